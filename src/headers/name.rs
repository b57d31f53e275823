//! Header field names: which are valid, which are alike, and which are HTTP's own.

use alloc::string::String;
use alloc::sync::Arc;
use core::cmp::Ordering;
use core::fmt;

/// Envoy's header.
pub(crate) const X_FORWARDED_CLIENT_CERT: &str = "x-forwarded-client-cert";

/// A header field name (RFC 9110 §5.1) in its written case.
#[derive(Clone)]
pub struct HeaderName {
    written: Written,
    #[cfg(feature = "http")]
    http: http::HeaderName,
}

#[derive(Clone)]
enum Written {
    Static(&'static str),
    Shared(Arc<str>),
}

impl HeaderName {
    /// Creates a name from the program's source. `None` where it is not a token (RFC 9110 §5.6.2).
    #[must_use]
    pub fn from_static(name: &'static str) -> Option<Self> {
        Self::new(Written::Static(name), name)
    }

    /// Creates a name that is known at run time only. `None` where it is not a token.
    #[must_use]
    pub fn from_text(name: &str) -> Option<Self> {
        Self::new(Written::Shared(name.into()), name)
    }

    fn new(written: Written, name: &str) -> Option<Self> {
        if name.is_empty() || !name.bytes().all(is_token) {
            return None;
        }
        Some(Self {
            written,
            #[cfg(feature = "http")]
            http: http::HeaderName::from_bytes(name.as_bytes()).ok()?,
        })
    }

    /// The name as written: `Cf-Client-Cert-Sha256`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.written {
            Written::Static(name) => name,
            Written::Shared(name) => name,
        }
    }

    /// The name as written, where it was made from a static string: for libraries that keep its case only then.
    #[must_use]
    pub const fn as_static(&self) -> Option<&'static str> {
        match &self.written {
            Written::Static(name) => Some(name),
            Written::Shared(_) => None,
        }
    }

    /// The name as the `http` crate holds it.
    #[cfg(feature = "http")]
    #[must_use]
    pub const fn as_header_name(&self) -> &http::HeaderName {
        &self.http
    }
}

/// Equal in every letter: names that differ in case are other bytes in HTTP/1.
impl PartialEq for HeaderName {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for HeaderName {}

impl fmt::Debug for HeaderName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// The character that stands for this one where servers make variables of header names: CGI folds `-` to `_`, PHP `.` too,
/// others anything that is no letter or digit. All of those are one class here.
pub(super) const fn fold(byte: u8) -> u8 {
    if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'-' }
}

/// Whether an origin could take one name for the other.
pub(crate) fn is_alike(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        // Most are the same but for their case, which is compared without folding.
        && (one.eq_ignore_ascii_case(other)
            || one.iter().zip(other).all(|(one, other)| fold(*one) == fold(*other)))
}

/// The request headers of HTTP itself: what frames, steers, authorizes or describes a message, and `Cookie`. Folded.
const RESERVED: [&str; 50] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "accept-ranges",
    "authorization",
    "cache-control",
    "connection",
    "content-digest",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-md5",
    "content-range",
    "content-type",
    "cookie",
    "cookie2",
    "date",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "location",
    "max-forwards",
    "origin",
    "pragma",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "referer",
    "set-cookie",
    "set-cookie2",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "vary",
    "via",
    "www-authenticate",
];

/// Whether a name is one of HTTP's own, in any spelling: never a certificate's.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.iter().any(|reserved| is_alike(reserved.as_bytes(), name.as_bytes()))
}

/// The name, folded: equal for names that are alike.
pub(crate) fn folded(name: &str) -> String {
    name.bytes().map(|byte| char::from(fold(byte))).collect()
}

/// Compares a folded name with one as a client wrote it, of any bytes.
pub(crate) fn compare_folded(folded: &str, name: &[u8]) -> Ordering {
    folded.bytes().cmp(name.iter().copied().map(fold))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_http_itself_are_refused_by_sets_and_receivers() {
        use crate::field::{Field, SerialForm};
        use crate::headers::{HeaderSet, HeaderSetErrorKind};
        use crate::receive::Receiver;

        let refused = Some(HeaderSetErrorKind::Reserved);
        for reserved in RESERVED {
            let upper = reserved.to_ascii_uppercase();
            for name in [reserved, &upper, &reserved.replace('-', "_"), &reserved.replace('-', ".")]
            {
                let row = (name, Field::Serial(SerialForm::Hex));
                let new = HeaderSet::new("mine", crate::Dialect::OpenSsl, [row]).err();
                let renamed = HeaderSet::nginx().renamed("ssl-client-serial", name).err();
                let read = Receiver::nginx().renamed("ssl-client-serial", name).err();
                for error in [new, renamed, read] {
                    assert_eq!(error.map(|error| error.kind()), refused, "{name}");
                }
            }
        }
        for name in ["X-Cookie", "Authorization-Serial", "X-Content-Type", "Remote-User"] {
            assert!(!is_reserved(name), "{name}");
        }
        for set in HeaderSet::all() {
            assert!(set.rows().all(|(name, _)| !is_reserved(name)), "{}", set.name());
        }
    }

    #[test]
    fn names_are_tokens() {
        for name in ["", "a b", "a:b", "a\r\nb", "é", "a\0"] {
            assert!(HeaderName::from_text(name).is_none(), "{name:?}");
        }
        assert_eq!(HeaderName::from_static("X-Cert").unwrap().as_static(), Some("X-Cert"));
        assert_eq!(HeaderName::from_text("X-Cert").unwrap().as_static(), None);
    }
}
