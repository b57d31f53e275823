//! Header sets as data: ordered tables of a name and a field, and the lines they give for one certificate.

mod lines;
pub(crate) mod name;
mod named;
mod request;
#[cfg(feature = "serde")]
pub(crate) mod settings;

use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::client::ClientCertificate;
use crate::field::words::write_known;
use crate::field::{CertificateForm, Field, Sizes};
use crate::x509::Dialect;
use name::{is_alike, is_reserved};

pub(crate) use lines::add_line;
pub use lines::{HeaderLine, HeaderLines};
pub use name::HeaderName;
pub use request::{RequestHeaders, RequestHeadersMut, TooManyHeaders};

/// An ordered table of header names, each with the field that is its value.
///
/// A set from which its reader cannot learn whether the client is trusted is sent for verified, unrevoked certificates only;
/// [`including_untrusted`](Self::including_untrusted) lifts that. A reader learns it from [`Field::Verdict`], which counts a revoked
/// certificate as failed, or from [`Field::Verified`] or [`Field::VerifiedFlag`] beside [`Field::Revoked`].
///
/// ```
/// use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};
/// use tls_client_auth::field::{Field, Limits, SerialForm, VerdictForm};
/// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
///
/// let set = HeaderSet::new("mine", Dialect::OpenSsl, [
///     ("X-Client-Serial", Field::Serial(SerialForm::Hex)),
///     ("X-Client-Verify", Field::Verdict(VerdictForm::Text)),
/// ])?;
/// let client = ClientCertificate::presented(der, Verification::Success);
/// let lines = set.lines(&client, Limits::new());
/// let lines: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
/// assert_eq!(lines, [("X-Client-Serial", "5A7001B17B539286C891"), ("X-Client-Verify", "SUCCESS")]);
/// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
/// ```
///
/// [`named`](Self::named) finds a set of the crate. With feature `serde` a set is read from settings files: its
/// [`Deserialize`](#impl-Deserialize%3C'de%3E-for-HeaderSet) lists the keys. Two sets are equal when their names and rows are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HeaderSet {
    name: Arc<str>,
    entries: Arc<[Entry]>,
    /// Rows that other implementations send and this crate does not: read, never written.
    read_only: Arc<[Entry]>,
}

/// A line of the table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Entry {
    pub(crate) name: HeaderName,
    pub(crate) field: Field,
    /// In this library's spelling, whatever the certificate's.
    pub(crate) dialect: Option<Dialect>,
    /// The proxy's own identities, for [`Field::Xfcc`].
    pub(crate) by: Arc<[String]>,
    /// Of a chain: the form of its set's leaf, without which it is not sent.
    pub(crate) leaf: Option<CertificateForm>,
    /// Fixed text before and after the value.
    pub(crate) around: Option<Arc<[String; 2]>>,
    /// Whose sizes hold for the certificates in it.
    pub(crate) sizes: Sizes,
    pub(crate) when: When,
}

/// For which clients a row is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum When {
    /// For all, because the caller wants it so.
    Always,
    /// For all, because the set's reader can tell a trusted client from the others.
    WithVerdict,
    /// For those whose certificate verified and is not revoked.
    Trusted,
    /// For those, and for clients without a certificate.
    TrustedOrNone,
}

impl HeaderSet {
    /// Creates a table of the caller's own, with a display name.
    ///
    /// Names, dates and reasons are printed in the dialect's spelling: [`Dialect::OpenSsl`] for origins that read what nginx, Apache
    /// or HAProxy send, [`Dialect::BoringSsl`] for those that read Cloudflare's or Envoy's.
    ///
    /// # Errors
    /// A header name is not a token, is one of HTTP's own, or is duplicated (case and separators apart).
    pub fn new<'n>(
        name: &str,
        dialect: Dialect,
        rows: impl IntoIterator<Item = (&'n str, Field)>,
    ) -> Result<Self, HeaderSetError> {
        let mut checked: Vec<Entry> = Vec::new();
        for (name, field) in rows {
            let name = checked_name(name, checked.iter())
                .map_err(|kind| HeaderSetError::new(name, kind))?;
            checked.push(Entry::new(name, field, When::WithVerdict));
        }
        Ok(Self::from_entries(name, checked).for_trusted_without_verdict().with_dialect(dialect))
    }

    /// A table of the crate's own; its tests show that the names are valid.
    pub(crate) fn from_table(name: &str, table: &[(&'static str, Field)]) -> Self {
        let row = |(name, field): &(&'static str, Field)| (*name, *field, When::WithVerdict);
        Self::from_table_when(name, table.iter().map(row)).for_trusted_without_verdict()
    }

    /// The same, for rows that are not sent to all clients.
    pub(crate) fn from_table_when(
        name: &str,
        table: impl IntoIterator<Item = (&'static str, Field, When)>,
    ) -> Self {
        let entry =
            |(name, field, when)| Some(Entry::new(HeaderName::from_static(name)?, field, when));
        Self::from_entries(name, table.into_iter().filter_map(entry).collect())
    }

    fn from_entries(name: &str, mut entries: Vec<Entry>) -> Self {
        let leaf = entries.iter().find_map(|entry| match entry.field {
            Field::Certificate(form) => Some(form),
            _ => None,
        });
        for entry in &mut entries {
            entry.leaf = leaf.filter(|_| entry.field.is_chain());
        }
        Self { name: name.into(), entries: entries.into(), read_only: Arc::default() }
    }

    /// The same table with every line changed.
    pub(crate) fn map(mut self, change: impl Fn(Entry) -> Entry) -> Self {
        self.entries = self.entries.iter().cloned().map(change).collect();
        self
    }

    pub(crate) fn for_trusted_without_verdict(self) -> Self {
        if self.tells_verdict() {
            return self;
        }
        self.when(When::Trusted)
    }

    fn tells_verdict(&self) -> bool {
        tells_verdict(self.entries.iter().map(|entry| entry.field))
    }

    pub(crate) fn when(self, when: When) -> Self {
        self.map(|entry| Entry { when, ..entry })
    }

    /// Returns the set with its facts for trusted clients only, and its verdict for everyone: an origin learns that a client failed, and
    /// nothing that the client chose.
    ///
    /// ```
    /// use tls_client_auth::client::VerifyError;
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet};
    /// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
    ///
    /// let stranger = ClientCertificate::presented(der, VerifyError::UnableToVerifyLeafSignature.into());
    /// let lines = HeaderSet::nginx().facts_for_trusted().lines(&stranger, Limits::new());
    /// let lines: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
    /// assert_eq!(lines, [("ssl-client-verify", "FAILED:unable to verify the first certificate")]);
    /// ```
    #[must_use]
    pub fn facts_for_trusted(self) -> Self {
        self.map(|entry| match entry.field {
            field if field.is_of_verdict() || matches!(field, Field::Presented(_)) => entry,
            _ => Entry { when: When::Trusted, ..entry },
        })
    }

    /// Sends the table for every client, also for certificates that did not verify or are revoked. Its reader must learn the
    /// verdict elsewhere.
    #[must_use]
    pub fn including_untrusted(self) -> Self {
        self.when(When::Always)
    }

    /// Keeps these rows alone, in this order.
    ///
    /// Where no row with the verdict is left, the rows are sent for trusted clients only, as in a set without one;
    /// [`including_untrusted`](Self::including_untrusted) lifts that when it is called afterwards.
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// use tls_client_auth::field::Limits;
    /// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
    ///
    /// let set = HeaderSet::nginx().only(["ssl-client-s-dn"])?;
    /// for (verification, lines) in [(Verification::Success, 1), (Verification::None, 0)] {
    ///     let client = ClientCertificate::presented(der, verification);
    ///     assert_eq!(set.lines(&client, Limits::new()).iter().count(), lines);
    /// }
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    ///
    /// # Errors
    /// No row has one of the names, or one is given twice.
    pub fn only<'n>(
        self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self, HeaderSetError> {
        let mut left = self.entries.to_vec();
        let mut kept = Vec::new();
        for name in names {
            kept.push(left.remove(position(&left, name)?));
        }
        let set = Self::from_entries(&self.name, kept);
        Ok(if set.tells_verdict() { set } else { set.map(Entry::without_verdict) })
    }

    /// Gives one row another header name, for origins that know the value by that name.
    ///
    /// ```
    /// use tls_client_auth::HeaderSet;
    ///
    /// let set = HeaderSet::nginx().renamed("ssl-client-s-dn", "X-SSL-Client-DN")?;
    /// assert_eq!(set.rows().next().map(|(name, _)| name), Some("X-SSL-Client-DN"));
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    ///
    /// # Errors
    /// No row has the old name, or the new one is refused as in [`new`](Self::new).
    pub fn renamed(self, from: &str, to: &str) -> Result<Self, HeaderSetError> {
        self.renamed_at_once(&[(from, to)])
    }

    /// The same table with other header names in some rows, which may be exchanged.
    pub(crate) fn renamed_at_once<N: AsRef<str>>(
        self,
        names: &[(N, N)],
    ) -> Result<Self, HeaderSetError> {
        let mut at = Vec::new();
        for (from, _) in names {
            let index = position(&self.entries, from.as_ref())?;
            if at.contains(&index) {
                return Err(HeaderSetError::new(from.as_ref(), HeaderSetErrorKind::Twice));
            }
            at.push(index);
        }
        let is_kept = |(index, _): &(usize, &Entry)| !at.contains(index);
        let kept = self.entries.iter().enumerate().filter(is_kept);
        let mut taken: Vec<Entry> = kept.map(|(_, entry)| entry.clone()).collect();
        let mut entries = self.entries.to_vec();
        for ((_, to), at) in names.iter().zip(&at) {
            let name = checked_name(to.as_ref(), taken.iter())
                .map_err(|kind| HeaderSetError::new(to.as_ref(), kind))?;
            if let Some(entry) = entries.get_mut(*at) {
                entry.name = name;
                taken.push(entry.clone());
            }
        }
        Ok(Self { entries: entries.into(), ..self })
    }

    /// Puts fixed text before and after one row's value, for readers that expect it: `<CN=John Doe, O=Acme>`. A row of
    /// [`Field::Fixed`] has nothing else.
    ///
    /// ```
    /// use tls_client_auth::field::{Field, Limits, NameForm};
    /// use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};
    /// # let der = &include_bytes!("../../tests/fixtures/expired.der")[..];
    ///
    /// let rows = [("X-Principal", Field::Subject(NameForm::Java)), ("X-Auth-Method", Field::Fixed)];
    /// let set = HeaderSet::new("mine", Dialect::OpenSsl, rows)?
    ///     .surrounded("X-Principal", "<", ">")?
    ///     .surrounded("X-Auth-Method", "mtls", "")?;
    /// let lines = set.lines(&ClientCertificate::presented(der, Verification::Success), Limits::new());
    /// assert_eq!(lines.get("X-Principal"), Some("<CN=expired, O=Peers>"));
    /// assert_eq!(lines.get("X-Auth-Method"), Some("mtls"));
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    ///
    /// # Errors
    /// No row has the name. A text holds anything but printable ASCII, or a space where the header's value would begin or end with it.
    pub fn surrounded(
        self,
        header: &str,
        before: &str,
        after: &str,
    ) -> Result<Self, HeaderSetError> {
        let at = position(&self.entries, header)?;
        let printable = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let is_text = printable(before) && printable(after);
        if !is_text || before.starts_with(' ') || after.ends_with(' ') {
            return Err(HeaderSetError::new(header, HeaderSetErrorKind::Text));
        }
        let mut entries = self.entries.to_vec();
        if let Some(entry) = entries.get_mut(at) {
            let texts = [before.into(), after.into()];
            entry.around = (!before.is_empty() || !after.is_empty()).then(|| Arc::new(texts));
        }
        Ok(Self { entries: entries.into(), ..self })
    }

    /// Prints the table in this library's spelling, whatever the certificate's [`dialect`](crate::ClientCertificate::dialect).
    #[must_use]
    pub fn with_dialect(self, dialect: Dialect) -> Self {
        self.map(|entry| Entry { dialect: Some(dialect), ..entry })
    }

    /// The same table with the sizes of a system that documents its own.
    pub(crate) fn with_sizes(self, sizes: Sizes) -> Self {
        self.map(|entry| Entry { sizes, ..entry })
    }

    /// The same table with rows that the proxy sends and this crate does not.
    pub(crate) fn also_read(self, table: &[(&'static str, Field)]) -> Self {
        let entry = |(name, field): &(&'static str, Field)| {
            Some(Entry::new(HeaderName::from_static(name)?, *field, When::Always))
        };
        Self { read_only: table.iter().filter_map(entry).collect(), ..self }
    }

    pub(crate) fn read_only(&self) -> &[Entry] {
        &self.read_only
    }

    /// The set's name: `cloudflare`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rows: header names and fields.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&str, Field)> {
        self.entries.iter().map(|entry| (entry.name.as_str(), entry.field))
    }

    pub(crate) const fn entries(&self) -> &Arc<[Entry]> {
        &self.entries
    }
}

impl Entry {
    fn new(name: HeaderName, field: Field, when: When) -> Self {
        Self {
            name,
            field,
            dialect: None,
            by: Arc::default(),
            around: None,
            leaf: None,
            sizes: Sizes::Other,
            when,
        }
    }

    /// The same row where its set's verdict does not go beside it.
    pub(crate) fn without_verdict(self) -> Self {
        match self.when {
            When::WithVerdict => Self { when: When::Trusted, ..self },
            _ => self,
        }
    }

    /// Whether this row, sent under the name of another, is the same part of a verdict.
    pub(crate) fn is_verdict_for(&self, other: &Self) -> bool {
        self.field == other.field && matches!(self.when, When::Always | When::WithVerdict)
    }

    /// Whether the row is sent for this client.
    pub(crate) fn is_for(&self, client: &ClientCertificate) -> bool {
        match self.when {
            When::Always | When::WithVerdict => true,
            When::Trusted => client.is_trusted(),
            When::TrustedOrNone => client.is_trusted() || !client.is_presented(),
        }
    }
}

/// Whether a reader of these fields can tell a trusted client from the others, revoked ones above all.
pub(crate) fn tells_verdict(fields: impl Iterator<Item = Field> + Clone) -> bool {
    let any = |is: fn(&Field) -> bool| fields.clone().any(|field| is(&field));
    any(|field| matches!(field, Field::Verdict(_)))
        || any(|field| matches!(field, Field::Verified | Field::VerifiedFlag(_)))
            && any(|field| matches!(field, Field::Revoked(_)))
}

/// Which row has that name, or one alike.
fn position(entries: &[Entry], name: &str) -> Result<usize, HeaderSetError> {
    let named = |entry: &Entry| is_alike(entry.name.as_str().as_bytes(), name.as_bytes());
    entries.iter().position(named).ok_or_else(|| {
        let known = entries.iter().map(|entry| entry.name.as_str().into()).collect();
        HeaderSetError { known, ..HeaderSetError::new(name, HeaderSetErrorKind::Missing) }
    })
}

/// A name that may stand beside those of the other rows.
fn checked_name<'r>(
    name: &str,
    mut others: impl Iterator<Item = &'r Entry>,
) -> Result<HeaderName, HeaderSetErrorKind> {
    let checked = HeaderName::from_text(name).ok_or(HeaderSetErrorKind::NotAToken)?;
    if is_reserved(name) {
        return Err(HeaderSetErrorKind::Reserved);
    }
    if others.any(|entry| is_alike(entry.name.as_str().as_bytes(), name.as_bytes())) {
        return Err(HeaderSetErrorKind::Twice);
    }
    Ok(checked)
}

/// The reason for which a header set or a forwarding is invalid.
///
/// ```
/// use tls_client_auth::{Dialect, HeaderSet};
/// use tls_client_auth::field::{DigestForm, Field, SerialForm};
///
/// let rows = [("X-Cert", Field::Serial(SerialForm::Hex)), ("x_cert", Field::Sha256(DigestForm::Lower))];
/// let error = HeaderSet::new("mine", Dialect::OpenSsl, rows).unwrap_err();
/// assert_eq!(error.to_string(), r#"header name "x_cert": is duplicated"#);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HeaderSetError {
    name: String,
    kind: HeaderSetErrorKind,
    /// Which names there are, where the name is none of them.
    known: Vec<String>,
}

/// What is wrong with a header name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum HeaderSetErrorKind {
    /// Not a token of RFC 9110 §5.6.2.
    NotAToken,
    /// One of HTTP's own: `Host`, `Connection`, `Content-Length`, `Cookie`, `Authorization`, … A set's names are removed from every
    /// request, which would be another request without these.
    Reserved,
    /// The name is duplicated, case and separators apart.
    Twice,
    /// The name is not in this set.
    Missing,
    /// Not a header name but that of a set, and no set has it.
    UnknownSet,
    /// The name of no family of headers that [`Forwarding::keep_family`](crate::Forwarding::keep_family) could keep.
    NotAFamily,
    /// The fixed text around a value is not printable ASCII, or begins or ends it with a space.
    Text,
    /// Not a header name but one of the proxy's own identities: empty, or more than printable ASCII without spaces.
    Identity,
}

impl HeaderSetError {
    pub(crate) fn new(name: &str, kind: HeaderSetErrorKind) -> Self {
        Self { name: name.to_string(), kind, known: Vec::new() }
    }

    /// The name that was refused.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The reason.
    #[must_use]
    pub const fn kind(&self) -> HeaderSetErrorKind {
        self.kind
    }
}

impl fmt::Display for HeaderSetError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.kind {
            HeaderSetErrorKind::NotAToken => "is not a token",
            HeaderSetErrorKind::Reserved => "belongs to HTTP itself",
            HeaderSetErrorKind::Twice => "is duplicated",
            HeaderSetErrorKind::Missing => "is not in this set",
            HeaderSetErrorKind::UnknownSet => "is not known",
            HeaderSetErrorKind::NotAFamily => "is not a family of certificate headers",
            HeaderSetErrorKind::Text => {
                "its fixed text is not printable ASCII without spaces at the ends"
            }
            HeaderSetErrorKind::Identity => "is not printable ASCII without spaces",
        };
        let what = match self.kind {
            HeaderSetErrorKind::Identity => "identity",
            HeaderSetErrorKind::UnknownSet => "header set",
            _ => "header name",
        };
        write!(formatter, "{what} {:?}: {reason}", self.name)?;
        if self.known.is_empty() {
            return Ok(());
        }
        write_known(&self.name, self.known.iter().map(String::as_str), formatter)
    }
}

impl core::error::Error for HeaderSetError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Verification, VerifyError};
    use crate::field::Limits;
    use crate::field::SerialForm;

    #[test]
    fn own_tables_hold_every_row_and_are_stripped_again() {
        let sets = [
            (HeaderSet::cloudflare(), 2),
            (HeaderSet::cloudflare_worker(), 9),
            (HeaderSet::cloudflare_managed(), 17),
            (HeaderSet::rfc9440(), 2),
            (HeaderSet::nginx(), 11),
            (HeaderSet::ingress_nginx(), 4),
            (HeaderSet::apache(), 23),
            (HeaderSet::apache_legacy(), 23),
            (HeaderSet::haproxy(), 12),
            (HeaderSet::haproxy_manual(), 8),
            (HeaderSet::aws_alb(), 5),
            (HeaderSet::aws_alb_passthrough(), 1),
            (HeaderSet::cloudfront(), 7),
            (HeaderSet::google(), 14),
            (HeaderSet::azure_app_service(), 1),
            (HeaderSet::azure_application_gateway(), 8),
            (HeaderSet::kong(), 5),
            (HeaderSet::linkerd(), 1),
            (HeaderSet::cloud_foundry(), 1),
            (HeaderSet::envoy(), 1),
            (HeaderSet::envoy_json(), 1),
            (HeaderSet::traefik(), 2),
            (HeaderSet::traefik_escaped(), 2),
            (HeaderSet::caddy(), 11),
        ];
        for (set, rows) in sets {
            assert_eq!(set.rows().len(), rows, "{}", set.name());
            for (name, _) in set.rows() {
                assert!(crate::connection::is_owned_name(name.as_bytes()), "{name}");
            }
            assert!(
                HeaderSet::new("again", Dialect::OpenSsl, set.rows()).is_ok(),
                "{}",
                set.name()
            );
        }
    }

    #[test]
    fn a_chain_never_goes_without_its_leaf() {
        let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
        let client = ClientCertificate::presented(der, Verification::Success).chain([&der[..9]]);
        for (limit, left_out) in [(1000, 0), (100, 2)] {
            let lines = HeaderSet::rfc9440().lines(&client, Limits::new().encoded_leaf(limit));
            assert_eq!((lines.iter().count(), lines.too_large().len()), (2 - left_out, left_out));
        }
    }

    #[test]
    fn tables_are_checked() {
        let cases = [
            ("a space", "X Cert", HeaderSetErrorKind::NotAToken),
            ("a line break", "X-Cert\r\nHost", HeaderSetErrorKind::NotAToken),
            ("nothing", "", HeaderSetErrorKind::NotAToken),
            ("framing", "Content_Length", HeaderSetErrorKind::Reserved),
            ("twice", "x.first", HeaderSetErrorKind::Twice),
        ];
        for (case, name, kind) in cases {
            let error = HeaderSet::new(
                "t",
                Dialect::OpenSsl,
                [
                    ("X-First", Field::Serial(SerialForm::Hex)),
                    (name, Field::Serial(SerialForm::Hex)),
                ],
            )
            .unwrap_err();
            assert_eq!((error.name(), error.kind()), (name, kind), "{case}");
        }
    }

    #[test]
    fn rows_of_a_table_alone() {
        let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
        let (verify, subject) = ("ssl-client-verify", "ssl-client-s-dn");
        let nginx = HeaderSet::nginx;
        let cases = [
            ("with the verdict", nginx().only([verify, subject]), vec![verify, subject], 2),
            ("in any spelling", nginx().only(["SSL_CLIENT_VERIFY"]), vec![verify], 1),
            ("without it", nginx().only([subject]), vec![subject], 0),
            (
                "without it for everybody",
                nginx().only([subject]).map(HeaderSet::including_untrusted),
                vec![subject],
                1,
            ),
            (
                "everybody before",
                HeaderSet::rfc9440().including_untrusted().only(["Client-Cert"]),
                vec!["Client-Cert"],
                1,
            ),
            (
                "half of it",
                HeaderSet::cloudflare_managed().only(["cf-cert-verified"]),
                vec!["cf-cert-verified"],
                0,
            ),
            ("nothing", nginx().only([]), vec![], 0),
        ];
        for (case, set, names, untrusted) in cases {
            let set = set.unwrap();
            assert_eq!(set.rows().map(|(name, _)| name).collect::<Vec<_>>(), names, "{case}");
            let lines = |verification| {
                let client = ClientCertificate::presented(der, verification);
                set.lines(&client, Limits::new()).iter().count()
            };
            assert_eq!(lines(Verification::Success), names.len(), "{case}");
            assert_eq!(lines(Verification::None), untrusted, "{case}");
        }
        for names in [["ssl-client-verfy", subject], [subject, subject]] {
            let error = nginx().only(names).unwrap_err();
            assert_eq!(error.kind(), HeaderSetErrorKind::Missing, "{names:?}");
        }
        assert_eq!(
            HeaderSet::ingress_nginx().only(["ssl-client-verfy"]).unwrap_err().to_string(),
            "header name \"ssl-client-verfy\": is not in this set, did you mean \"ssl-client-verify\"? \
             Known: ssl-client-verify, ssl-client-subject-dn, ssl-client-issuer-dn, ssl-client-cert"
        );
    }

    #[test]
    fn a_dialect_is_part_of_making_one() {
        let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
        let failed = Verification::from(VerifyError::DepthZeroSelfSignedCert);
        let client = ClientCertificate::presented(der, failed);
        let nginx = HeaderSet::nginx();
        let own = HeaderSet::new("nginx", Dialect::OpenSsl, nginx.rows()).unwrap();
        assert_eq!(own, nginx);
        let other = HeaderSet::new("nginx", Dialect::BoringSsl, nginx.rows()).unwrap();
        assert_ne!(other, nginx);
        for dialect in [Dialect::OpenSsl, Dialect::BoringSsl] {
            let client = client.clone().dialect(dialect);
            let verdict = |set: &HeaderSet| {
                set.lines(&client, Limits::new()).get("ssl-client-verify").unwrap().to_string()
            };
            assert_eq!(verdict(&own), "FAILED:self-signed certificate");
            assert_eq!(verdict(&nginx), "FAILED:self-signed certificate");
            assert_eq!(verdict(&other), "FAILED:self signed certificate");
        }
    }

    #[test]
    fn renaming_is_checked_too() {
        let cases = [
            ("X-SSL", "x-tls", None),
            ("x_ssl", "X-SSL", None),
            ("X-SSL", "X SSL", Some(HeaderSetErrorKind::NotAToken)),
            ("X-SSL", "Host", Some(HeaderSetErrorKind::Reserved)),
            ("X-SSL", "Set.Cookie", Some(HeaderSetErrorKind::Reserved)),
            ("X-SSL", "x-ssl-issuer", Some(HeaderSetErrorKind::Twice)),
            ("X-TLS", "X-Other", Some(HeaderSetErrorKind::Missing)),
        ];
        for (from, to, refused) in cases {
            let result = HeaderSet::haproxy_manual().renamed(from, to);
            assert_eq!(result.err().map(|error| error.kind()), refused, "{from} to {to}");
        }
    }
}
