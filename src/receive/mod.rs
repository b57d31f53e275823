//! The origin's side: the header sets read backwards, under rules.

mod certificates;
mod dates;
mod declared;
mod error;
mod formats;
mod limits;
#[cfg(feature = "std")]
mod memory;
mod reads;
mod serial;
mod stated;
mod traefik_info;
mod value;
mod verdict;
mod xfcc;
mod xfcc_element;
mod xfcc_json;
mod xfcc_text;

use alloc::string::String;
use alloc::vec::Vec;

use crate::client::ClientCertificate;
use crate::headers::name::is_alike;
use crate::headers::name::is_reserved;
use crate::headers::{HeaderName, HeaderSetError, HeaderSetErrorKind, RequestHeaders};
use crate::record::TlsClientAuth;
use crate::x509::{Dialect, SubjectAltName};

use declared::Declared;
pub use declared::UnknownKey;
pub use error::{ReceiveError, ReceiveErrorKind};
pub use limits::ReceiveLimits;
#[cfg(feature = "std")]
pub use memory::Memory;
use reads::{NameKind, Reads, VerdictForm};
use stated::Stated;
pub use stated::{Received, StatedName};
use verdict::Verdict;
pub(crate) use xfcc::elements as xfcc_elements;

/// What a certificate without a verdict beside it means: nobody but the proxy's own configuration knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum Unstated {
    /// The proxy refuses, or does not forward, certificates that do not verify:
    /// [`Verification::Success`](crate::Verification::Success).
    Verified,
    /// The proxy forwards whatever the client presented, and nobody has looked at it:
    /// [`Verification::None`](crate::Verification::None).
    NotVerified,
}

/// Reads what one kind of proxy tells of the client's certificate.
///
/// Whichever proxy stands before the origin, a [`TlsClientAuth`] comes out, so that the origin logs and decides the same way:
/// [`is_trusted`](TlsClientAuth::is_trusted) is the one question. Where the leaf was sent, every property is computed from it.
/// Where only facts about it were sent, the properties hold those facts, and the rest is empty.
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
/// A header is believed because of who sent it. Calling [`receive`](Self::receive) says that the peer of this connection is
/// the proxy; the receiver can't see that. It is true where all of this is:
///
/// - **Nobody else can connect.** The origin listens on a Unix socket or on loopback, or demands the proxy's own certificate
///   (mutual TLS on the hop), or a network policy admits the proxy alone. A request of any other peer is not passed to a
///   receiver, and these headers are removed from it.
/// - **The proxy overwrites or removes every header in [`headers`](Self::headers)**, on every request, with a certificate or
///   without, on every listener and virtual host, and in the spellings with `_` too. Most proxies pass on what they were not
///   told about: an nginx that sets `ssl-client-verify` and not `ssl-client-escaped-cert` lets the client choose its
///   certificate. Name what your proxy sets with [`only`](Self::only).
/// - **The proxy's verdict is what the format says.** Where it sends none, [`Unstated`] is this origin's knowledge of the
///   proxy's configuration.
///
/// # Rules
///
/// - A header line that is there twice is an error, a list in two lines too, and so is a name that looks like one of the
///   format's (`ssl_client_verify`): none of them can come from the proxy.
/// - The verdict is read first and to the letter; nothing else is parsed before it is right. It comes back as it is: a `FAILED`
///   certificate as failed, one beside `NONE` as presented and not verified. Neither is trusted.
/// - Absent, empty, `""`, `(null)`, `<nil>`, a byte sequence or PEM block without contents and the hash of nothing all say
///   that there is none. Without any certificate the result is the record of [`ClientCertificate::none`].
/// - nginx, ingress-nginx, Apache and HAProxy send their verdict on every request. One without it did not come that way, or the
///   proxy is not configured to send it, and is an error: see [`verdict_may_be_absent`](Self::verdict_may_be_absent).
/// - A leaf that is not a certificate is an error; no other certificate takes its place. So are a chain without a leaf and a
///   fingerprint that is not the leaf's.
/// - Beside the leaf no other fact is read but its fingerprints.
/// - Of `x-forwarded-client-cert` and Traefik's `Info` only the keys that the caller [declares](Self::declares) are believed, and only
///   where no name of the certificate can have written them.
/// - URL-encoding is taken off where there is one; a `+` is a `+`, but in PEM that begins with `-----BEGIN+CERTIFICATE-----`.
/// - Sizes and counts are bounded by [`ReceiveLimits`]. Errors name the header and never its value.
#[derive(Clone, Debug)]
pub struct Receiver {
    rows: Vec<Row>,
    unstated: Option<Unstated>,
    limits: ReceiveLimits,
    dialect: Dialect,
    declared: Declared,
    /// The caller's words for a certificate that verified.
    verdict_words: Vec<String>,
    /// Whether the proxy sends its verdict on every request.
    has_verdict_always: bool,
}

/// A header of a format.
#[derive(Clone, Debug)]
struct Row {
    header: HeaderName,
    reads: Reads,
}

/// A row with what a request has for it.
#[derive(Clone, Copy, Debug)]
struct Line<'h> {
    row: &'h Row,
    value: Option<&'h [u8]>,
    /// Whether the request has the header, whatever it says.
    is_there: bool,
}

impl Receiver {
    fn new(unstated: Option<Unstated>, table: &[(&'static str, Reads)]) -> Self {
        let row = |(name, reads): &(&'static str, Reads)| {
            Some(Row { header: HeaderName::from_static(name)?, reads: *reads })
        };
        Self {
            rows: table.iter().filter_map(row).collect(),
            unstated,
            limits: ReceiveLimits::new(),
            dialect: Dialect::BoringSsl,
            declared: Declared::default(),
            verdict_words: Vec::new(),
            has_verdict_always: false,
        }
    }

    /// Reads one certificate in one header: `proxy_set_header X-SSL-CERT $ssl_client_escaped_cert` of an nginx with `ssl_verify_client
    /// on`, and whatever else has no format of its own.
    ///
    /// The encoding is seen from the value: PEM (URL-encoded, with `%20` or `+` for a space, on one line or folded), base64 of DER or
    /// of PEM, or RFC 9440's byte sequence. Certificates after the first are its chain.
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
    /// `header` is not a token or belongs to HTTP's own framing.
    pub fn certificate(header: &str, unstated: Unstated) -> Result<Self, HeaderSetError> {
        let header = checked_name(header)?;
        let row = Row { header, reads: Reads::LeafAndChain(reads::Encoding::Any) };
        Ok(Self { rows: Vec::from([row]), ..Self::new(Some(unstated), &[]) })
    }

    /// Reads one certificate in one header, as [`certificate`](Self::certificate) does, and a verdict in another: `SUCCESS`, `NONE`,
    /// `FAILED:reason`, or the caller's own [words](Self::verdict_words).
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
    /// A name is not a token, belongs to HTTP's own framing, or is the other one.
    pub fn certificate_and_verdict(
        certificate: &str,
        verdict: &str,
    ) -> Result<Self, HeaderSetError> {
        let both = Self::certificate(certificate, Unstated::NotVerified)?;
        let header = checked_name(verdict)?;
        if is_alike(certificate.as_bytes(), verdict.as_bytes()) {
            return Err(HeaderSetError::new(verdict, HeaderSetErrorKind::Twice));
        }
        let row = Row { header, reads: Reads::Verdict(VerdictForm::Text) };
        let rows = core::iter::once(row).chain(both.rows).collect();
        Ok(Self { rows, ..Self::new(None, &[]) }.with_verdict_always())
    }

    /// Takes these words of a worded verdict for a certificate that verified, and `SUCCESS` no longer. `NONE`, `FAILED` and
    /// `FAILED:reason` keep their meaning; any other word is an error.
    #[must_use]
    pub fn verdict_words<'w>(mut self, words: impl IntoIterator<Item = &'w str>) -> Self {
        for row in &mut self.rows {
            if matches!(row.reads, Reads::Verdict(VerdictForm::Text | VerdictForm::Apache)) {
                row.reads = Reads::Verdict(VerdictForm::Words);
            }
        }
        self.verdict_words = words.into_iter().map(String::from).collect();
        self
    }

    /// Takes a request without the verdict's header for one without a certificate, where the format's proxy always sends one.
    ///
    /// For a proxy that sends the set on the first request of a connection only, and for this crate's own
    /// [`HeaderSet::haproxy`](crate::HeaderSet::haproxy), which sends nothing where there is no certificate. A misconfigured
    /// proxy that sends nothing at all is not noticed.
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

    fn with_verdict_always(self) -> Self {
        Self { has_verdict_always: true, ..self }
    }

    /// Says which keys of `x-forwarded-client-cert` this Envoy is configured to send, or which groups of `…-Info` this Traefik:
    /// all of them unless told. Case does not matter.
    ///
    /// Neither escapes the names of a certificate, so that a name can look like another key. What is not declared is not believed.
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
    /// A key is not one of the format's, or the format has none.
    pub fn declares<'k>(self, keys: impl IntoIterator<Item = &'k str>) -> Result<Self, UnknownKey> {
        let known: Vec<_> = self.rows.iter().flat_map(|row| row.reads.keys()).copied().collect();
        Ok(Self { declared: Declared::of(keys, &known)?, ..self })
    }

    /// Says what a certificate without a verdict means, for a format whose verdict row was taken out with [`only`](Self::only).
    /// A format with a verdict row is read by that row alone.
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

    /// Whether one of the headers holds a verdict; where none does, [`Unstated`] decides.
    #[must_use]
    pub fn has_verdict(&self) -> bool {
        self.rows.iter().any(|row| row.reads.is_verdict())
    }

    /// The headers that are read. The proxy must set or remove every one of them on every request.
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

    /// Reads these headers of the format alone: those that the proxy sets. A client that sends one of the others gets it
    /// ignored, instead of believed.
    ///
    /// ```
    /// # use tls_client_auth::Receiver;
    /// let receiver = Receiver::nginx().only(["ssl-client-verify", "ssl-client-s-dn"])?;
    /// assert_eq!(receiver.headers().len(), 2);
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    ///
    /// # Errors
    /// A name is none of the format's headers.
    pub fn only<'n>(
        mut self,
        headers: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self, HeaderSetError> {
        let mut rows = Vec::new();
        for header in headers {
            rows.push(self.rows.remove(self.position(header)?));
        }
        Ok(Self { rows, ..self })
    }

    /// Reads one of the format's headers under another name, for proxies whose administrators choose the names.
    ///
    /// ```
    /// # use tls_client_auth::Receiver;
    /// let receiver = Receiver::nginx().renamed("ssl-client-verify", "X-Client-Verify")?;
    /// assert!(!receiver.receive(&[("x-client-verify", "NONE")])?.is_presented());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `header` is none of the format's; `name` is not a token, is one of HTTP's own, or is another header's.
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
        Ok(self)
    }

    /// Limits other than [`ReceiveLimits::new`].
    #[must_use]
    pub const fn limits(mut self, limits: ReceiveLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Whose spelling the record uses for names and reasons; the format's own proxy's unless told.
    #[must_use]
    pub const fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Reads the headers of a request that came from the proxy: see "The peer is trusted" above.
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let auth = Receiver::nginx().receive(&[
    ///     ("Host", "origin.example"),
    ///     ("ssl-client-verify", "FAILED:certificate has expired"),
    ///     ("ssl-client-s-dn", "CN=client.example"),
    ///     ("ssl-client-escaped-cert", ""),
    /// ])?;
    /// assert!(auth.is_presented() && !auth.is_trusted());
    /// assert_eq!(auth.cert_subject_dn(), "CN=client.example");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    ///
    /// # Errors
    /// The headers break one of the rules above. A request like that is a forgery or shows a misconfigured proxy: refuse it.
    pub fn receive<H: RequestHeaders + ?Sized>(
        &self,
        headers: &H,
    ) -> Result<TlsClientAuth, ReceiveError> {
        self.receive_with_names(headers).map(|received| received.auth)
    }

    /// Reads the same with the names that the certificate is for: DNS names, URIs (a SPIFFE ID is one) and TLS identities.
    ///
    /// Where the leaf was sent, they are the leaf's. Else only Envoy, Google and Linkerd state any, and those that another name of
    /// the certificate can have written are left out. Names with bytes other than printable ASCII, or with a space, are left out
    /// too.
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    /// # let hash = "73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa";
    ///
    /// let header = format!("By=spiffe://mesh/proxy;Hash={hash};URI=spiffe://mesh/web");
    /// let received = Receiver::envoy(Unstated::Verified).receive_with_names(&[("x-forwarded-client-cert", header)])?;
    /// assert!(received.auth.is_trusted());
    /// assert_eq!((received.names[0].kind(), received.names[0].as_str()), ("uri", "spiffe://mesh/web"));
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    ///
    /// # Errors
    /// As [`receive`](Self::receive).
    pub fn receive_with_names<H: RequestHeaders + ?Sized>(
        &self,
        headers: &H,
    ) -> Result<Received, ReceiveError> {
        let lines = self.lines(headers)?;
        let verdict = Verdict::read(&lines, self)?;
        let mut stated = Stated::default();
        stated.dialect = self.dialect;
        let (mut first, mut chain) = (None, None);
        for line in &lines {
            let Some(value) = line.value else { continue };
            // The leaf tells it better.
            if stated.leaf.is_some() && !line.row.reads.identifies() && !line.row.reads.is_chain() {
                continue;
            }
            let refuse = |kind| ReceiveError::new(&line.row.header, kind);
            let was_empty = stated.is_empty();
            line.row.reads.read(value, self, &mut stated).map_err(refuse)?;
            if line.row.reads.identifies() && stated.disagrees() {
                return Err(refuse(ReceiveErrorKind::Disagrees));
            }
            if was_empty && !stated.is_empty() {
                first = Some(&line.row.header);
            }
            if line.row.reads.is_chain() && !stated.chain.is_empty() {
                chain = Some(&line.row.header);
            }
        }
        let Some((verification, revoked)) = verdict.conclude(first)? else {
            let auth = TlsClientAuth::new(&ClientCertificate::none());
            return Ok(Received { auth, names: Vec::new() });
        };
        match (stated.leaf.take(), chain) {
            (Some(leaf), _) => {
                let client = ClientCertificate::presented(leaf, verification).chain(stated.chain);
                let client = client.revoked(revoked).dialect(self.dialect);
                let auth = TlsClientAuth::new(&client);
                let names = names(&client);
                Ok(Received { auth, names })
            }
            (None, Some(header)) => {
                Err(ReceiveError::new(header, ReceiveErrorKind::ChainWithoutCertificate))
            }
            (None, None) => {
                // The record knows of a certificate that it does not have.
                let client = stated.client(verification).revoked(revoked);
                Ok(Received { auth: stated.record(client), names: stated.names })
            }
        }
    }

    fn position(&self, header: &str) -> Result<usize, HeaderSetError> {
        let named = |row: &Row| is_alike(row.header.as_str().as_bytes(), header.as_bytes());
        let position = self.rows.iter().position(named);
        position.ok_or_else(|| HeaderSetError::new(header, HeaderSetErrorKind::Missing))
    }

    /// Every row with its value, as far as the value says something.
    fn lines<'h, H: RequestHeaders + ?Sized>(
        &'h self,
        headers: &'h H,
    ) -> Result<Vec<Line<'h>>, ReceiveError> {
        let mut lines: Vec<Line<'h>> =
            self.rows.iter().map(|row| Line { row, value: None, is_there: false }).collect();
        let mut error = None;
        headers.visit(&mut |name, value| {
            for line in &mut lines {
                let own = line.row.header.as_str().as_bytes();
                if !is_alike(own, name) {
                    continue;
                }
                let kind = if !own.eq_ignore_ascii_case(name) {
                    ReceiveErrorKind::LookAlike
                } else if value.len() > self.limits.header {
                    ReceiveErrorKind::TooLarge
                } else if line.value.replace(value).is_some() {
                    ReceiveErrorKind::Twice
                } else {
                    line.is_there = true;
                    continue;
                };
                error.get_or_insert_with(|| ReceiveError::new(&line.row.header, kind));
            }
        });
        if let Some(error) = error {
            return Err(error);
        }
        for line in &mut lines {
            line.value = line.value.and_then(|value| meaning(value, &line.row.reads));
        }
        Ok(lines)
    }
}

/// A header's name that a receiver may read.
fn checked_name(name: &str) -> Result<HeaderName, HeaderSetError> {
    let refuse = |kind| HeaderSetError::new(name, kind);
    let checked = HeaderName::from_text(name).ok_or(refuse(HeaderSetErrorKind::NotAToken))?;
    if is_reserved(name) { Err(refuse(HeaderSetErrorKind::Reserved)) } else { Ok(checked) }
}

/// The leaf's own names, of the kinds that headers state.
fn names(client: &ClientCertificate) -> Vec<StatedName> {
    let Ok(certificate) = client.certificate() else { return Vec::new() };
    let stated = |name| match name {
        SubjectAltName::Dns(name) => NameKind::Dns.name(name.as_bytes()),
        SubjectAltName::Uri(name) => NameKind::Uri.name(name.as_bytes()),
        _ => None,
    };
    certificate.subject_alt_names().filter_map(stated).collect()
}

/// The value, or nothing where it is a proxy's way to say that there is none.
fn meaning<'h>(value: &'h [u8], reads: &Reads) -> Option<&'h [u8]> {
    let trimmed = value.trim_ascii();
    if reads.is_bare_name() {
        return Some(trimmed).filter(|name| !name.is_empty());
    }
    // A name may end with a space.
    let value = if reads.is_name() && !trimmed.is_empty() { value } else { trimmed };
    let value = match value {
        // HAProxy's `%{+Q}`. A verdict is exact, and quotes are Envoy's grammar.
        [b'"', inside @ .., b'"'] if reads.may_be_quoted() => inside,
        value => value,
    };
    // Apache, Caddy 2.11, Caddy 2.6.
    let nothing = matches!(value, b"" | b"\"\"" | b"(null)" | b"<nil>") || is_placeholder(value);
    (!nothing).then_some(value)
}

/// `{http.request.tls.client.serial}`, the whole value: what only begins so may be of a client's making.
fn is_placeholder(value: &[u8]) -> bool {
    let name =
        value.strip_prefix(b"{http.request.tls.client.").and_then(|rest| rest.strip_suffix(b"}"));
    name.is_some_and(|name| {
        name.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.'))
    })
}
