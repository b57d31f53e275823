//! The origin's side: parses every set and rejects ambiguous requests.

mod error;
mod lines;
#[cfg(feature = "std")]
mod memory;
mod record;
mod request;
#[cfg(test)]
mod round_trip;
mod verdict;

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::field::{CertificateForm, Declared, Field, Reading, UrlForm, VerdictForm};
use crate::headers::name::{is_alike, is_reserved};
use crate::headers::{HeaderName, HeaderSet, HeaderSetError, HeaderSetErrorKind, tells_verdict};
use crate::x509::Dialect;

pub use crate::field::declared::UnknownKey;
pub use crate::field::limits::ReceiveLimits;
pub use crate::field::stated::StatedName;
use lines::Names;

pub use error::{ReceiveError, ReceiveErrorKind, ReceiverError};
#[cfg(feature = "std")]
pub use memory::Memory;
pub use record::Received;

/// How to treat a certificate when the format carries no verdict. The right value depends on the proxy's configuration alone.
///
/// ```
/// use tls_client_auth::{Receiver, Unstated, Verification};
///
/// let request = [("x-forwarded-client-cert", format!("Hash={}", "ab".repeat(32)))];
/// let received = |unstated| Receiver::envoy(unstated).receive(&request);
/// assert_eq!(*received(Unstated::Verified)?.verification(), Verification::Success);
/// assert_eq!(*received(Unstated::NotVerified)?.verification(), Verification::None);
/// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum Unstated {
    /// The proxy rejects, or does not forward, certificates that do not verify:
    /// [`Verification::Success`](crate::Verification::Success).
    Verified,
    /// The proxy forwards what the client presented without verifying it:
    /// [`Verification::None`](crate::Verification::None).
    NotVerified,
}

/// Parses the client-certificate headers of one kind of proxy.
///
/// The result is a [`TlsClientAuth`](crate::TlsClientAuth) for every kind of proxy, so the origin's code does not depend on the
/// proxy: decide by [`is_trusted`](crate::TlsClientAuth::is_trusted). If the proxy sent the leaf, all properties are computed from
/// it. If it sent single facts, such as the subject, those properties are set, and the others are empty.
///
/// ```
/// use tls_client_auth::{ClientCertificate, HeaderSet, Receiver, TlsClientAuth, Unstated, Verification};
/// use tls_client_auth::field::Limits;
/// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
///
/// // The proxy, with this crate or any other implementation of RFC 9440 …
/// let client = ClientCertificate::presented(der, Verification::Success);
/// let lines = HeaderSet::rfc9440().lines(&client, Limits::new());
/// let request: Vec<(&str, &str)> = lines.iter().map(|line| (line.name(), line.value())).collect();
///
/// // … and the origin.
/// let auth = Receiver::rfc9440(Unstated::Verified).receive(&request)?;
/// assert!(auth.is_trusted());
/// assert_eq!(auth.client_certificate().leaf(), Some(der));
/// assert_eq!(auth, TlsClientAuth::new(&client));
/// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
/// ```
///
/// # The peer is trusted
///
/// A receiver cannot see who sent a request. By calling [`receive`](Self::receive) you assert that the peer of this connection is
/// the proxy. All of the following must hold:
///
/// - **Nobody else can connect.** The origin listens on a Unix socket or on loopback, or requires the proxy's own certificate
///   (mutual TLS between proxy and origin), or a network policy admits only the proxy. Do not pass requests of other peers to a
///   receiver, and remove these headers from them.
/// - **The proxy overwrites or removes every header in [`headers`](Self::headers)**, on every request, with a certificate or
///   without, on every listener and virtual host, and in the spellings with `_` too. Most proxies forward
///   headers that they are not configured to set: with an nginx that sets `ssl-client-verify` but not `ssl-client-escaped-cert`,
///   the client chooses its certificate. List the headers that your proxy sets with [`only`](Self::only).
/// - **The verdict is right.** If the format has none, [`Unstated`] must match the proxy's configuration.
///
/// # Rules
///
/// - A duplicated header line is an error, also for headers that are lists. So is a name that could be confused with one of the
///   format's (`ssl_client_verify`). The proxy sends neither.
/// - The verdict is parsed first, and must be one of the format's verdicts exactly. The result keeps it: a certificate with
///   `FAILED` is failed, a certificate with `NONE` is presented but not verified. Neither is trusted.
/// - A certificate counts as not revoked if the header for it ([`Field::Revoked`]) is absent. A proxy sends it on every request; another
///   one behind it must not drop it.
/// - A header counts as absent if its value is empty, `""`, `(null)`, `<nil>`, a byte sequence or PEM block without contents, or
///   the hash of no bytes. Without any certificate the result is the record of
///   [`ClientCertificate::none`](crate::ClientCertificate::none).
/// - nginx, ingress-nginx, Apache and HAProxy send a verdict on every request. A request without one did not pass the proxy, or
///   the proxy is not configured to send it; it is an error, unless [`verdict_may_be_absent`](Self::verdict_may_be_absent).
/// - A leaf that is not a certificate is an error; no other certificate is used instead. A chain without a leaf is an error, and
///   so is a fingerprint that is not the leaf's.
/// - If the leaf is present, other facts are ignored, except its fingerprints. Two headers of the same field must still agree.
/// - In `x-forwarded-client-cert` and Traefik's `Info`, only the keys that you [declare](Self::declares) are used, and only if no
///   name in the certificate can have produced them.
/// - URL-encoding is decoded. A `+` stays a `+`, except in PEM that begins with `-----BEGIN+`.
/// - Sizes and counts are bounded by [`ReceiveLimits`]. Errors name the header and never contain its value.
///
/// # Header sets
///
/// [`Receiver::of`](Self::of) creates a receiver for any header set: one of the crate's, a changed one, or your own table. The
/// crate's sets have constructors of their own, such as `Receiver::nginx()`, which document the proxy. Some fields are never
/// parsed, such as [`Field::DaysRemaining`]. Headers that state the same fact, in any form, must agree.
#[derive(Clone, Debug)]
pub struct Receiver {
    rows: Vec<Row>,
    reading: Reading,
    unstated: Option<Unstated>,
    dialect: Dialect,
    /// Whether the proxy sends its verdict on every request.
    has_verdict_always: bool,
    /// Whether one of the rows is a verdict.
    tells_verdict: bool,
    /// Whether one of the rows has text around its value.
    is_surrounded: bool,
    names: Names,
}

/// A header of a set.
#[derive(Clone, Debug)]
struct Row {
    header: HeaderName,
    field: Field,
    dialect: Dialect,
    /// Fixed text before and after the value.
    around: Option<Arc<[String; 2]>>,
    /// An earlier row with the same field.
    twin: Option<usize>,
}

impl Receiver {
    /// Creates a receiver for this header set, as this crate or another proxy sends it.
    ///
    /// `unstated` is required for a set without a verdict, and must be `None` for a set with one. A verdict is [`Field::Verdict`],
    /// or [`Field::Verified`] or [`Field::VerifiedFlag`] together with [`Field::Revoked`].
    ///
    /// ```
    /// use tls_client_auth::field::{DigestForm, Field, Limits, VerdictForm};
    /// use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Receiver, Verification};
    /// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
    ///
    /// let set = HeaderSet::new("mine", Dialect::OpenSsl, [
    ///     ("X-Client-Verify", Field::Verdict(VerdictForm::Text)),
    ///     ("X-Client-Sha256", Field::Sha256(DigestForm::Lower)),
    /// ])?;
    /// let receiver = Receiver::of(&set, None)?;
    ///
    /// let client = ClientCertificate::presented(der, Verification::Success);
    /// let lines = set.lines(&client, Limits::new());
    /// let request: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
    /// let auth = receiver.receive(&request)?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_fingerprint_sha256(), request[1].1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The set has a verdict and `unstated` is given; it has none and `unstated` is not given; all of its fields are ones that
    /// are never parsed; or it has a chain and no leaf.
    pub fn of(set: &HeaderSet, unstated: Option<Unstated>) -> Result<Self, ReceiverError> {
        let receiver = Self::from_set(set, unstated);
        match (receiver.has_verdict(), unstated) {
            _ if receiver.rows.is_empty() => Err(ReceiverError::NothingToRead),
            _ if receiver.chain_without_leaf().is_some() => Err(ReceiverError::ChainWithoutLeaf),
            (true, Some(_)) => Err(ReceiverError::VerdictStated),
            (false, None) => Err(ReceiverError::VerdictUnstated),
            _ => Ok(receiver),
        }
    }

    /// The same for a set of the crate; its tests show that it is valid.
    pub(crate) fn from_set(set: &HeaderSet, unstated: Option<Unstated>) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        for entry in set.entries().iter().chain(set.read_only()) {
            let header = &entry.name;
            let is_taken =
                |row: &Row| is_alike(row.header.as_str().as_bytes(), header.as_str().as_bytes());
            if entry.field.is_read_back() && !rows.iter().any(is_taken) {
                let dialect = entry.dialect.unwrap_or(Dialect::BoringSsl);
                rows.push(Row {
                    header: header.clone(),
                    field: entry.field,
                    dialect,
                    around: entry.around.clone(),
                    twin: None,
                });
            }
        }
        let dialect = rows.first().map_or(Dialect::BoringSsl, |row| row.dialect);
        Self::from_rows(rows, unstated, dialect)
    }

    fn from_rows(rows: Vec<Row>, unstated: Option<Unstated>, dialect: Dialect) -> Self {
        Self {
            rows: Vec::new(),
            reading: Reading::default(),
            unstated,
            dialect,
            has_verdict_always: false,
            tells_verdict: false,
            is_surrounded: false,
            names: Names::default(),
        }
        .with_rows(rows)
    }

    /// Sorts the rows into parsing order: verdict, leaf, chain, other facts.
    fn with_rows(mut self, mut rows: Vec<Row>) -> Self {
        rows.sort_by_key(|row| match row.field {
            field if field.is_beside_verdict() => 0,
            field if field.has_leaf() => 1,
            Field::ChainCertificate(index, _) => 2u16.saturating_add(index.into()),
            field if field.is_chain() => 2,
            _ => u16::MAX,
        });
        let fields: Vec<Field> = rows.iter().map(|row| row.field).collect();
        for (index, row) in rows.iter_mut().enumerate() {
            row.twin = fields.iter().take(index).position(|field| *field == row.field);
        }
        self.tells_verdict = tells_verdict(fields.into_iter());
        self.is_surrounded = rows.iter().any(|row| row.around.is_some());
        self.names = Names::of(&rows);
        self.rows = rows;
        self
    }

    /// Accepts the verdict `GENEROUS`: Apache accepted a certificate without verifying it.
    pub(crate) const fn generous(mut self) -> Self {
        self.reading.generous = true;
        self
    }

    /// Accepts elements of earlier hops before the nearest one's.
    pub(crate) const fn appended(mut self) -> Self {
        self.reading.appended = true;
        self
    }

    /// Without the verdict's rows, for a proxy that fills them with something else.
    pub(crate) fn without_verdict_rows(mut self) -> Self {
        self.rows.retain(|row| !row.field.is_of_verdict());
        let rows = core::mem::take(&mut self.rows);
        self.with_rows(rows)
    }

    /// Creates a receiver for a certificate in any header, such as `proxy_set_header X-SSL-CERT $ssl_client_escaped_cert` of an
    /// nginx with `ssl_verify_client on`.
    ///
    /// The encoding is detected: PEM (URL-encoded, with `%20` or `+` for a space, on one line, folded, or with `\n` in place of line
    /// ends), base64 of DER or of PEM, or RFC 9440's byte sequence. Certificates after the first are its chain.
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    /// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
    /// # use base64::Engine as _;
    /// # let value = base64::engine::general_purpose::STANDARD.encode(der);
    ///
    /// let receiver = Receiver::certificate("X-SSL-CERT", Unstated::Verified)?;
    /// let auth = receiver.receive(&[("x-ssl-cert", value)])?;
    /// assert!(auth.is_trusted());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `header` is not a token, or is a header of HTTP itself.
    pub fn certificate(header: &str, unstated: Unstated) -> Result<Self, HeaderSetError> {
        let header = checked_name(header)?;
        let field = Field::Certificate(CertificateForm::EscapedPem(UrlForm::Component));
        let row = Row { header, field, dialect: Dialect::BoringSsl, around: None, twin: None };
        Ok(Self::from_rows(Vec::from([row]), Some(unstated), Dialect::BoringSsl))
    }

    /// Creates a receiver for a certificate in any header, as [`certificate`](Self::certificate) does, and a verdict in another:
    /// `SUCCESS`, `NONE`, `FAILED:reason`, or your own [words](Self::verdict_words).
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let receiver = Receiver::certificate_and_verdict("X-SSL-CERT", "X-SSL-Verified")?.verdict_words(["OK", "1"]);
    /// assert!(!receiver.receive(&[("X-SSL-Verified", "NONE")])?.is_presented());
    /// assert!(receiver.receive(&[("X-SSL-Verified", "yes")]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A name is not a token, is a header of HTTP itself, or is the same as the other one.
    pub fn certificate_and_verdict(
        certificate: &str,
        verdict: &str,
    ) -> Result<Self, HeaderSetError> {
        let both = Self::certificate(certificate, Unstated::NotVerified)?;
        let header = checked_name(verdict)?;
        if is_alike(certificate.as_bytes(), verdict.as_bytes()) {
            return Err(HeaderSetError::new(verdict, HeaderSetErrorKind::Twice));
        }
        let field = Field::Verdict(VerdictForm::Text);
        let row = Row { header, field, dialect: Dialect::BoringSsl, around: None, twin: None };
        let rows = core::iter::once(row).chain(both.rows).collect();
        Ok(Self::from_rows(rows, None, Dialect::BoringSsl).with_verdict_always())
    }

    /// Sets the words that mean a verified certificate, instead of `SUCCESS`. `NONE`, `FAILED` and `FAILED:reason` keep their
    /// meaning; any other word is an error.
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let receiver = Receiver::nginx().verdict_words(["OK"]);
    /// assert!(receiver.receive(&[("ssl-client-verify", "OK"), ("ssl-client-s-dn", "CN=a")])?.is_trusted());
    /// assert!(receiver.receive(&[("ssl-client-verify", "SUCCESS")]).is_err());
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn verdict_words<'w>(mut self, words: impl IntoIterator<Item = &'w str>) -> Self {
        self.reading.verdict_words = Some(words.into_iter().map(String::from).collect());
        self
    }

    /// Accepts requests without the verdict's header, as requests without a certificate. By default they are an error for formats
    /// of proxies that always send a verdict.
    ///
    /// Use it for a proxy that sends the set on the first request of a connection only. A misconfigured proxy that never sends a
    /// verdict then goes unnoticed.
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let nothing: [(&str, &str); 0] = [];
    /// assert!(Receiver::nginx().receive(&nothing).is_err());
    /// assert!(!Receiver::nginx().verdict_may_be_absent().receive(&nothing)?.is_presented());
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn verdict_may_be_absent(self) -> Self {
        Self { has_verdict_always: false, ..self }
    }

    pub(crate) fn with_verdict_always(self) -> Self {
        Self { has_verdict_always: true, ..self }
    }

    /// Declares the keys of `x-forwarded-client-cert` that your Envoy is configured to send, or the groups of `…-Info` of your
    /// Traefik. By default all are declared. Case is ignored.
    ///
    /// Envoy and Traefik do not escape a certificate's names, so a name can look like another key. Undeclared keys are ignored.
    /// Envoy's keys are `By`, `Hash`, `Cert`, `Chain`, `Subject`, `URI`, `DNS` and `Issuer`; the first two are always sent. Traefik's groups are
    /// `Subject`, `Issuer`, `SerialNumber`, `NB`, `NA` and `SAN`.
    ///
    /// ```
    /// use tls_client_auth::receive::StatedName;
    /// use tls_client_auth::{Receiver, Unstated};
    /// # let hash = "73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa";
    ///
    /// // One URI and a DNS name, or one URI with a `;DNS=` in it?
    /// let request = [("x-forwarded-client-cert", format!("Hash={hash};URI=spiffe://tenant/a;DNS=b"))];
    /// let received = Receiver::envoy(Unstated::Verified).receive_with_names(&request)?;
    /// assert_eq!(received.names, []);
    ///
    /// let receiver = Receiver::envoy(Unstated::Verified).declares(["Subject", "URI"])?;
    /// let uri = StatedName::Uri("spiffe://tenant/a;DNS=b".to_owned());
    /// assert_eq!(receiver.receive_with_names(&request)?.names, [uri]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A key is not one of the format's, or the format has no keys.
    pub fn declares<'k>(
        mut self,
        keys: impl IntoIterator<Item = &'k str>,
    ) -> Result<Self, UnknownKey> {
        let known: Vec<_> = self.rows.iter().flat_map(|row| row.field.keys()).copied().collect();
        self.reading.declared = Declared::of(keys, &known)?;
        Ok(self)
    }

    /// Sets how to treat a certificate without a verdict, after [`only`](Self::only) removed the verdict's header. Ignored while
    /// the receiver reads a verdict.
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    ///
    /// let receiver = Receiver::nginx().only(["ssl-client-s-dn"])?.unstated(Unstated::Verified);
    /// assert!(receiver.receive(&[("ssl-client-s-dn", "CN=a")])?.is_trusted());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn unstated(self, unstated: Unstated) -> Self {
        Self { unstated: Some(unstated), ..self }
    }

    /// Whether one of the headers is a verdict; otherwise [`Unstated`] applies.
    ///
    /// ```
    /// # use tls_client_auth::{Receiver, Unstated};
    /// assert!(Receiver::nginx().has_verdict());
    /// assert!(!Receiver::rfc9440(Unstated::Verified).has_verdict());
    /// ```
    #[must_use]
    pub fn has_verdict(&self) -> bool {
        self.tells_verdict
    }

    /// The names of the headers that are read. The proxy must set or remove each of them on every request.
    ///
    /// ```
    /// # use tls_client_auth::{Receiver, Unstated};
    /// let headers: Vec<_> = Receiver::rfc9440(Unstated::Verified).headers().map(str::to_owned).collect();
    /// assert_eq!(headers, ["Client-Cert", "Client-Cert-Chain"]);
    /// ```
    #[must_use]
    pub fn headers(&self) -> impl ExactSizeIterator<Item = &str> {
        self.rows.iter().map(|row| row.header.as_str())
    }

    /// Reads only these headers of the format: those that the proxy sets. The other headers are ignored, so a client gains nothing
    /// by sending them.
    ///
    /// ```
    /// # use tls_client_auth::Receiver;
    /// let receiver = Receiver::nginx().only(["ssl-client-verify", "ssl-client-s-dn"])?;
    /// assert_eq!(receiver.headers().len(), 2);
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    ///
    /// # Errors
    /// A name is not one of the format's headers; or a header with a chain remains, and none with the leaf.
    pub fn only<'n>(
        mut self,
        headers: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self, HeaderSetError> {
        let mut rows = Vec::new();
        for header in headers {
            rows.push(self.rows.remove(self.position(header)?));
        }
        let reduced = self.with_rows(rows);
        match reduced.chain_without_leaf() {
            Some(name) => Err(HeaderSetError::new(name, HeaderSetErrorKind::ChainWithoutLeaf)),
            None => Ok(reduced),
        }
    }

    /// Reads one of the format's headers under another name, for proxies with configurable header names.
    ///
    /// ```
    /// # use tls_client_auth::Receiver;
    /// let receiver = Receiver::nginx().renamed("ssl-client-verify", "X-Client-Verify")?;
    /// assert!(!receiver.receive(&[("x-client-verify", "NONE")])?.is_presented());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `header` is not one of the format's; or `name` is not a token, is a header of HTTP itself, or is already in use.
    pub fn renamed(mut self, header: &str, name: &str) -> Result<Self, HeaderSetError> {
        let position = self.position(header)?;
        let new = checked_name(name)?;
        for (index, row) in self.rows.iter_mut().enumerate() {
            if index == position {
                row.header = new.clone();
            } else if is_alike(row.header.as_str().as_bytes(), name.as_bytes()) {
                return Err(HeaderSetError::new(name, HeaderSetErrorKind::Twice));
            }
        }
        self.names = Names::of(&self.rows);
        Ok(self)
    }

    /// Sets the size limits; [`ReceiveLimits::new`] by default.
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    /// use tls_client_auth::receive::{ReceiveErrorKind, ReceiveLimits};
    ///
    /// let receiver = Receiver::nginx().limits(ReceiveLimits::new().header(1024));
    /// let error = receiver.receive(&[("ssl-client-verify", "SUCCESS"), ("ssl-client-s-dn", &"x".repeat(1025))]).unwrap_err();
    /// assert_eq!(error.kind(), ReceiveErrorKind::TooLarge);
    /// ```
    #[must_use]
    pub const fn limits(mut self, limits: ReceiveLimits) -> Self {
        self.reading.limits = limits;
        self
    }

    /// Sets the dialect of the record's names and reasons; by default the dialect of the format's proxy.
    ///
    /// ```
    /// use tls_client_auth::{Dialect, Receiver};
    ///
    /// let receiver = Receiver::nginx().dialect(Dialect::BoringSsl);
    /// let auth = receiver.receive(&[("ssl-client-verify", "FAILED:self-signed certificate"), ("ssl-client-s-dn", "CN=a")])?;
    /// assert_eq!(auth.cert_verified(), "FAILED:self signed certificate");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub const fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// The first header with a chain, if none has the leaf.
    fn chain_without_leaf(&self) -> Option<&str> {
        let chain = self.rows.iter().find(|row| row.field.is_chain())?;
        let has_leaf = self.rows.iter().any(|row| row.field.sends_leaf());
        (!has_leaf).then_some(chain.header.as_str())
    }

    fn position(&self, header: &str) -> Result<usize, HeaderSetError> {
        let named = |row: &Row| is_alike(row.header.as_str().as_bytes(), header.as_bytes());
        let position = self.rows.iter().position(named);
        let known = || self.headers().map(String::from).collect();
        position
            .ok_or_else(|| HeaderSetError::new(header, HeaderSetErrorKind::Missing).among(known()))
    }
}

/// A header's name that a receiver may read.
fn checked_name(name: &str) -> Result<HeaderName, HeaderSetError> {
    let refuse = |kind| HeaderSetError::new(name, kind);
    let checked = HeaderName::from_text(name).ok_or(refuse(HeaderSetErrorKind::NotAToken))?;
    if is_reserved(name) { Err(refuse(HeaderSetErrorKind::Reserved)) } else { Ok(checked) }
}
