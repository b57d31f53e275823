//! A header set: an ordered table of rows, each with a header name, a field, and the clients for which it is sent.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::HeaderSetError;
use super::entry::{Entry, When, tells_verdict};
use super::name::HeaderName;
use super::rows::checked_name;
use super::table::Table;
use crate::field::{Field, Sizes};
use crate::x509::Dialect;

/// An ordered table of header names, each with the [`Field`] that is the header's value.
///
/// A set without a verdict is sent for verified, unrevoked certificates only, unless you call
/// [`including_untrusted`](Self::including_untrusted). A verdict is [`Field::Verdict`], which counts a revoked certificate as
/// failed, or [`Field::Verified`] or [`Field::VerifiedFlag`] together with [`Field::Revoked`].
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
/// [`named`](Self::named) finds a set of the crate by its name. With feature `serde`, settings files can describe a set:
/// [`Deserialize`](#impl-Deserialize%3C'de%3E-for-HeaderSet) lists the keys. Two sets are equal if their names and rows are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HeaderSet {
    name: Arc<str>,
    pub(super) entries: Table,
    /// Rows that other implementations send and this crate does not: parsed, never written.
    read_only: Arc<[Entry]>,
}

impl HeaderSet {
    /// Creates a set from your own table of header names and fields; `name` is for display.
    ///
    /// Distinguished names, dates and reasons follow the dialect: [`Dialect::OpenSsl`] for origins that read the headers of nginx,
    /// Apache or HAProxy, [`Dialect::BoringSsl`] for those that read Cloudflare's or Envoy's.
    ///
    /// ```
    /// use tls_client_auth::field::{Field, NameForm, VerdictForm};
    /// use tls_client_auth::{Dialect, HeaderSet};
    ///
    /// let set = HeaderSet::new("mine", Dialect::OpenSsl, [
    ///     ("X-Client-Verify", Field::Verdict(VerdictForm::Text)),
    ///     ("X-Client-Subject", Field::Subject(NameForm::Rfc2253)),
    /// ])?;
    /// assert_eq!((set.name(), set.rows().len()), ("mine", 2));
    ///
    /// let error = HeaderSet::new("mine", Dialect::OpenSsl, [("Host", Field::Verified)]).unwrap_err();
    /// assert_eq!(error.to_string(), r#"header name "Host": is a header of HTTP itself"#);
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
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

    /// Creates a set from a table of the crate; its tests show that the names are valid.
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

    pub(super) fn from_entries(name: &str, mut entries: Vec<Entry>) -> Self {
        let leaf = entries.iter().find_map(|entry| match entry.field {
            Field::Certificate(form) => Some(form),
            _ => None,
        });
        for entry in &mut entries {
            entry.leaf = leaf.filter(|_| entry.field.is_chain());
        }
        Self {
            name: name.into(),
            entries: entries.into_iter().collect(),
            read_only: Arc::default(),
        }
    }

    /// The same table with every row changed.
    pub(crate) fn map(mut self, change: impl Fn(Entry) -> Entry) -> Self {
        self.entries = self.entries.iter().cloned().map(change).collect();
        self
    }

    /// The same set with these rows.
    pub(super) fn with_entries(self, entries: Vec<Entry>) -> Self {
        Self { entries: entries.into_iter().collect(), ..self }
    }

    pub(crate) fn for_trusted_without_verdict(self) -> Self {
        if self.tells_verdict() {
            return self;
        }
        self.when(When::Trusted)
    }

    pub(super) fn tells_verdict(&self) -> bool {
        tells_verdict(self.entries.iter().map(|entry| entry.field))
    }

    pub(crate) fn when(self, when: When) -> Self {
        self.map(|entry| Entry { when, ..entry })
    }

    /// Sends the verdict for every client, and all other rows for trusted clients only. The origin then learns that a client
    /// failed verification, but receives nothing that the client chose.
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

    /// Sends the set also for certificates that did not verify or are revoked. The origin must learn the verdict from elsewhere.
    ///
    /// ```
    /// use tls_client_auth::client::VerifyError;
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet};
    ///
    /// let client = ClientCertificate::presented(*b"DER", VerifyError::CertHasExpired.into());
    /// let lines = |set: HeaderSet| set.lines(&client, Limits::new()).iter().count();
    /// assert_eq!(lines(HeaderSet::rfc9440()), 0);
    /// assert_eq!(lines(HeaderSet::rfc9440().including_untrusted()), 1);
    /// ```
    #[must_use]
    pub fn including_untrusted(self) -> Self {
        self.when(When::Always)
    }

    /// Fixes the dialect of all rows, instead of the client's [`dialect`](crate::ClientCertificate::dialect).
    ///
    /// ```
    /// use tls_client_auth::client::VerifyError;
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, Dialect, HeaderSet};
    ///
    /// let client = ClientCertificate::presented(*b"DER", VerifyError::DepthZeroSelfSignedCert.into());
    /// let lines = HeaderSet::nginx().with_dialect(Dialect::BoringSsl).lines(&client, Limits::new());
    /// assert_eq!(lines.get("ssl-client-verify"), Some("FAILED:self signed certificate"));
    /// ```
    #[must_use]
    pub fn with_dialect(self, dialect: Dialect) -> Self {
        self.map(|entry| Entry { dialect: Some(dialect), ..entry })
    }

    /// The same table with other size limits, for systems that document their own.
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

    /// The rows, in order: header names, in their written case, and fields.
    ///
    /// ```
    /// use tls_client_auth::HeaderSet;
    ///
    /// let names: Vec<_> = HeaderSet::cloudflare().rows().map(|(name, _)| name.to_owned()).collect();
    /// assert_eq!(names, ["Cf-Client-Cert-Der-Base64", "Cf-Client-Cert-Sha256"]);
    /// ```
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&str, Field)> {
        self.entries.iter().map(|entry| (entry.name.as_str(), entry.field))
    }

    pub(crate) const fn entries(&self) -> &Table {
        &self.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{ClientCertificate, Verification, VerifyError};
    use crate::field::{Limits, SerialForm};
    use crate::headers::HeaderSetErrorKind;
    use alloc::string::ToString as _;

    #[test]
    fn every_row_of_the_ready_sets_is_kept_and_stripped() {
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
    fn a_chain_is_never_sent_without_its_leaf() {
        let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
        let client = ClientCertificate::presented(der, Verification::Success).chain([&der[..9]]);
        for (limit, left_out) in [(1000, 0), (100, 2)] {
            let lines = HeaderSet::rfc9440().lines(&client, Limits::new().encoded_leaf(limit));
            assert_eq!((lines.iter().count(), lines.too_large().len()), (2 - left_out, left_out));
        }
    }

    #[test]
    fn names_of_an_own_set_are_checked() {
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
    fn an_own_set_has_the_dialect_that_it_was_given() {
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
}
