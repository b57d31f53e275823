//! The origin's side: the header sets read backwards, under rules.

mod certificates;
mod dates;
mod error;
mod formats;
mod headers;
mod limits;
mod reads;
mod serial;
mod stated;
mod traefik_info;
mod value;
mod verdict;
mod xfcc;
mod xfcc_element;
mod xfcc_json;

use alloc::vec::Vec;

use crate::client::ClientCertificate;
use crate::headers::FieldName;
use crate::headers::name::is_alike;
use crate::headers::name::is_reserved;
use crate::headers::{HeaderSetError, HeaderSetErrorKind};
use crate::record::TlsClientAuth;
use crate::x509::Dialect;

pub use error::{ReceiveError, ReceiveErrorKind};
pub use headers::RequestHeaders;
pub use limits::ReceiveLimits;
use reads::Reads;
use stated::Stated;
pub use stated::StatedName;
use verdict::Verdict;

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
/// - A leaf that is not a certificate is an error; no other certificate takes its place. So are a chain without a leaf and a
///   fingerprint that is not the leaf's.
/// - URL-encoding is taken off where there is one; a `+` is always a `+`.
/// - Sizes and counts are bounded by [`ReceiveLimits`]. Errors name the header and never its value.
#[derive(Clone, Debug)]
pub struct Receiver {
    rows: Vec<Row>,
    unstated: Option<Unstated>,
    limits: ReceiveLimits,
    dialect: Dialect,
}

/// A header of a format.
#[derive(Clone, Debug)]
struct Row {
    header: FieldName,
    reads: Reads,
}

/// A row with what a request has for it.
#[derive(Clone, Copy, Debug)]
struct Line<'h> {
    row: &'h Row,
    value: Option<&'h [u8]>,
}

impl Receiver {
    fn new(unstated: Option<Unstated>, table: &[(&'static str, Reads)]) -> Self {
        let row = |(name, reads): &(&'static str, Reads)| {
            Some(Row { header: FieldName::from_static(name)?, reads: *reads })
        };
        Self {
            rows: table.iter().filter_map(row).collect(),
            unstated,
            limits: ReceiveLimits::new(),
            dialect: Dialect::BoringSsl,
        }
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
        let refuse = |kind| HeaderSetError::new(name, kind);
        let position = self.position(header)?;
        let new = FieldName::from_text(name).ok_or(refuse(HeaderSetErrorKind::NotAToken))?;
        if is_reserved(name) {
            return Err(refuse(HeaderSetErrorKind::Reserved));
        }
        for (index, row) in self.rows.iter_mut().enumerate() {
            if index == position {
                row.header = new.clone();
            } else if is_alike(row.header.as_str().as_bytes(), name.as_bytes()) {
                return Err(refuse(HeaderSetErrorKind::Twice));
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

    /// Whose spelling the record uses for names and reasons; [`Dialect::BoringSsl`], Cloudflare's, unless told.
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
        self.receive_with_names(headers).map(|(auth, _)| auth)
    }

    /// The same, with the subject alternative names that the headers state. Only Envoy, Google and Linkerd state any, and where
    /// the certificate is there none are: ask [`Certificate::subject_alt_names`](crate::x509::Certificate::subject_alt_names).
    ///
    /// # Errors
    /// As [`receive`](Self::receive).
    pub fn receive_with_names<H: RequestHeaders + ?Sized>(
        &self,
        headers: &H,
    ) -> Result<(TlsClientAuth, Vec<StatedName>), ReceiveError> {
        let lines = self.lines(headers)?;
        let verdict = Verdict::read(&lines, self.unstated)?;
        let mut stated = Stated::default();
        stated.dialect = self.dialect;
        let (mut first, mut chain) = (None, None);
        for line in &lines {
            let Some(value) = line.value else { continue };
            let refuse = |kind| ReceiveError::new(&line.row.header, kind);
            let was_empty = stated.is_empty();
            line.row.reads.read(value, &self.limits, &mut stated).map_err(refuse)?;
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
            return Ok((TlsClientAuth::new(&ClientCertificate::none()), Vec::new()));
        };
        match (stated.leaf.take(), chain) {
            (Some(leaf), _) => {
                let client = ClientCertificate::presented(leaf, verification).chain(stated.chain);
                let client = client.revoked(revoked).dialect(self.dialect);
                Ok((TlsClientAuth::new(&client), Vec::new()))
            }
            (None, Some(header)) => {
                Err(ReceiveError::new(header, ReceiveErrorKind::ChainWithoutCertificate))
            }
            (None, None) => {
                // The record knows of a certificate that it does not have.
                let client = ClientCertificate::presented([], verification).revoked(revoked);
                Ok((stated.record(client), stated.names))
            }
        }
    }

    fn position(&self, header: &str) -> Result<usize, HeaderSetError> {
        let named = |row: &Row| row.header.as_str().eq_ignore_ascii_case(header);
        let position = self.rows.iter().position(named);
        position.ok_or_else(|| HeaderSetError::new(header, HeaderSetErrorKind::Missing))
    }

    /// Every row with its value, as far as the value says something.
    fn lines<'h, H: RequestHeaders + ?Sized>(
        &'h self,
        headers: &'h H,
    ) -> Result<Vec<Line<'h>>, ReceiveError> {
        let mut lines: Vec<Line<'h>> =
            self.rows.iter().map(|row| Line { row, value: None }).collect();
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

/// The value, or nothing where it is a proxy's way to say that there is none.
fn meaning<'h>(value: &'h [u8], reads: &Reads) -> Option<&'h [u8]> {
    let trimmed = value.trim_ascii();
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
