//! The reason why a header set or a forwarding is invalid.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use crate::words::write_known;

/// The reason why a header set or a forwarding is invalid.
///
/// ```
/// use tls_client_auth::{Dialect, HeaderSet};
/// use tls_client_auth::field::{DigestForm, Field, SerialForm};
/// use tls_client_auth::headers::HeaderSetErrorKind;
///
/// let rows = [("X-Cert", Field::Serial(SerialForm::Hex)), ("x_cert", Field::Sha256(DigestForm::Lower))];
/// let error = HeaderSet::new("mine", Dialect::OpenSsl, rows).unwrap_err();
/// assert_eq!(error.to_string(), r#"header name "x_cert": is duplicated"#);
/// assert_eq!((error.name(), error.kind()), ("x_cert", HeaderSetErrorKind::Twice));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HeaderSetError {
    name: String,
    kind: HeaderSetErrorKind,
    /// The names to choose from, if the name is unknown.
    known: Vec<String>,
}

/// The kind of error in a header set or a forwarding.
///
/// ```
/// use tls_client_auth::connection::KeepFrom;
/// use tls_client_auth::headers::HeaderSetErrorKind;
/// use tls_client_auth::{Forwarding, HeaderSet, Receiver, Unstated};
///
/// let renamed = |name| HeaderSet::nginx().renamed("ssl-client-verify", name).unwrap_err().kind();
/// assert_eq!(renamed("X Verify"), HeaderSetErrorKind::NotAToken);
/// assert_eq!(renamed("Cookie"), HeaderSetErrorKind::Reserved);
/// assert_eq!(renamed("SSL_Client_S_DN"), HeaderSetErrorKind::Twice);
/// assert_eq!(HeaderSet::nginx().only(["X-Verify"]).unwrap_err().kind(), HeaderSetErrorKind::Missing);
/// assert_eq!(HeaderSet::named("ngnix").unwrap_err().kind(), HeaderSetErrorKind::UnknownSet);
/// let surrounded = HeaderSet::nginx().surrounded("ssl-client-serial", "№ ", "");
/// assert_eq!(surrounded.unwrap_err().kind(), HeaderSetErrorKind::Text);
/// assert_eq!(HeaderSet::envoy().by(["a proxy"]).unwrap_err().kind(), HeaderSetErrorKind::Identity);
///
/// let kept = Forwarding::none().keep_family("X-Verify", KeepFrom::Trusted);
/// assert_eq!(kept.unwrap_err().kind(), HeaderSetErrorKind::NotAFamily);
/// let chain = Receiver::rfc9440(Unstated::Verified).only(["Client-Cert-Chain"]);
/// assert_eq!(chain.unwrap_err().kind(), HeaderSetErrorKind::ChainWithoutLeaf);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum HeaderSetErrorKind {
    /// The header name is not a token (RFC 9110 §5.6.2).
    NotAToken,
    /// The header is one of HTTP's own: `Host`, `Connection`, `Content-Length`, `Cookie`, `Authorization`, … A set's headers are
    /// stripped from every request, and stripping these would change the request.
    Reserved,
    /// The header name is duplicated; case and separators are ignored.
    Twice,
    /// The header name is not in this set.
    Missing,
    /// No header set has this name.
    UnknownSet,
    /// The name is not a header family of [`Forwarding::keep_family`](crate::Forwarding::keep_family).
    NotAFamily,
    /// The fixed text around a value is not printable ASCII, or puts a space at an end of the value.
    Text,
    /// The header contains a chain, and no header of the [`Receiver`](crate::Receiver) contains the leaf.
    ChainWithoutLeaf,
    /// An identity of the proxy is empty, or is not printable ASCII without spaces.
    Identity,
}

impl HeaderSetError {
    pub(crate) fn new(name: &str, kind: HeaderSetErrorKind) -> Self {
        Self { name: name.to_string(), kind, known: Vec::new() }
    }

    /// The same with the known names.
    pub(crate) fn among(self, known: Vec<String>) -> Self {
        Self { known, ..self }
    }

    /// The rejected name, as given: of a header, a set, a family or an identity.
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
            HeaderSetErrorKind::Reserved => "is a header of HTTP itself",
            HeaderSetErrorKind::Twice => "is duplicated",
            HeaderSetErrorKind::Missing => "is not in this set",
            HeaderSetErrorKind::UnknownSet => "is not known",
            HeaderSetErrorKind::NotAFamily => "is not a family of certificate headers",
            HeaderSetErrorKind::Text => {
                "its fixed text is not printable ASCII without spaces at the ends"
            }
            HeaderSetErrorKind::ChainWithoutLeaf => "holds a chain, and no header holds its leaf",
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
