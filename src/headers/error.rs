//! Why a header set or a forwarding is refused.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use crate::field::words::write_known;

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

    /// The same with the names that there are.
    pub(crate) fn among(self, known: Vec<String>) -> Self {
        Self { known, ..self }
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
