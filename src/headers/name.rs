//! Header field names: valid ones, confusable ones, and HTTP's own.

use alloc::string::String;
use alloc::sync::Arc;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::FromStr;

use super::{HeaderSetError, HeaderSetErrorKind};

/// Envoy's header.
pub(crate) const X_FORWARDED_CLIENT_CERT: &str = "x-forwarded-client-cert";

/// A header field name (RFC 9110 §5.1) in its written case.
///
/// ```
/// use tls_client_auth::headers::HeaderName;
///
/// let name = HeaderName::from_static("SSL-CLIENT-VERIFY").unwrap();
/// assert_eq!(name.as_str(), "SSL-CLIENT-VERIFY");
/// assert_eq!(name.as_static(), Some("SSL-CLIENT-VERIFY"));
/// # #[cfg(feature = "http")]
/// assert_eq!(name.as_header_name(), "ssl-client-verify");
/// assert!(HeaderName::from_static("SSL CLIENT VERIFY").is_none());
/// ```
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
    /// Creates a name from a static string. `None` if it is not a token (RFC 9110 §5.6.2).
    #[must_use]
    pub fn from_static(name: &'static str) -> Option<Self> {
        Self::new(Written::Static(name), name)
    }

    /// Creates a name that is known at run time only. `None` if it is not a token.
    pub(crate) fn from_text(name: &str) -> Option<Self> {
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

    /// The name as written, if it was created from a static string; otherwise `None`. Some libraries keep the case of static names only.
    #[must_use]
    pub const fn as_static(&self) -> Option<&'static str> {
        match &self.written {
            Written::Static(name) => Some(name),
            Written::Shared(_) => None,
        }
    }

    /// The name as a `http::HeaderName`, in lower case: `cf-client-cert-sha256`.
    #[cfg(feature = "http")]
    #[must_use]
    pub const fn as_header_name(&self) -> &http::HeaderName {
        &self.http
    }
}

/// Compares case too: names that differ in case are different bytes in HTTP/1.
impl PartialEq for HeaderName {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for HeaderName {}

impl Hash for HeaderName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

/// The order of the names as written.
impl Ord for HeaderName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for HeaderName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The name as written.
impl fmt::Display for HeaderName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// Parses a name that is known at run time only.
///
/// ```
/// use tls_client_auth::headers::HeaderName;
///
/// let name: HeaderName = "X-Client-Serial".parse()?;
/// assert_eq!(name.to_string(), "X-Client-Serial");
/// let error = "X Client".parse::<HeaderName>().unwrap_err();
/// assert_eq!(error.to_string(), r#"header name "X Client": is not a token"#);
/// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
/// ```
///
/// # Errors
/// The text is not a token (RFC 9110 §5.6.2).
impl FromStr for HeaderName {
    type Err = HeaderSetError;

    fn from_str(text: &str) -> Result<Self, HeaderSetError> {
        let refused = || HeaderSetError::new(text, HeaderSetErrorKind::NotAToken);
        Self::from_text(text).ok_or_else(refused)
    }
}

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

/// Folds a byte as servers do that turn header names into variables: CGI folds `-` to `_`, PHP also `.`, others everything but
/// letters and digits. Here all of those are one class.
pub(super) const fn fold(byte: u8) -> u8 {
    if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'-' }
}

/// Whether an origin could take one name for the other.
pub(crate) fn is_alike(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        // Most differ in case only, which is compared without folding.
        && (one.eq_ignore_ascii_case(other)
            || one.iter().zip(other).all(|(one, other)| fold(*one) == fold(*other)))
}

/// The request headers of HTTP itself, folded: framing, routing, authorization, signatures, representation metadata, and `Cookie`; also
/// `Proxy`, which CGI programs read as `HTTP_PROXY`. All names that begin with `Sec-` are reserved too.
const RESERVED: [&str; 84] = [
    "a-im",
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "accept-ranges",
    "access-control-request-headers",
    "access-control-request-method",
    "age",
    "allow",
    "alt-svc",
    "alt-used",
    "authorization",
    "cache-control",
    "cdn-loop",
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
    "depth",
    "destination",
    "digest",
    "dpop",
    "early-data",
    "etag",
    "expect",
    "forwarded",
    "from",
    "host",
    "http2-settings",
    "if",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "last-modified",
    "link",
    "location",
    "lock-token",
    "max-forwards",
    "mime-version",
    "origin",
    "overwrite",
    "pragma",
    "prefer",
    "priority",
    "proxy",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-authorization",
    "proxy-connection",
    "proxy-status",
    "range",
    "referer",
    "repr-digest",
    "retry-after",
    "server",
    "set-cookie",
    "set-cookie2",
    "signature",
    "signature-input",
    "te",
    "timeout",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "vary",
    "via",
    "want-content-digest",
    "want-digest",
    "want-repr-digest",
    "www-authenticate",
];

/// The prefix of headers that only a browser may set (Fetch §2.2.2). Folded.
const RESERVED_BEGINNING: &str = "sec-";

/// Whether a name is one of HTTP's own, in any spelling.
pub(crate) fn is_reserved(name: &str) -> bool {
    let begins = name.as_bytes().get(..RESERVED_BEGINNING.len());
    begins.is_some_and(|begin| is_alike(begin, RESERVED_BEGINNING.as_bytes()))
        || RESERVED.iter().any(|reserved| is_alike(reserved.as_bytes(), name.as_bytes()))
}

/// The name, folded: equal for names that an origin could confuse.
pub(crate) fn folded(name: &str) -> String {
    name.bytes().map(|byte| char::from(fold(byte))).collect()
}

/// Compares a folded name with the bytes that a client sent as a name.
pub(crate) fn compare_folded(folded: &str, name: &[u8]) -> Ordering {
    folded.bytes().cmp(name.iter().copied().map(fold))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn names_of_http_itself_are_refused_by_sets_and_receivers() {
        use crate::field::{Field, SerialForm};
        use crate::headers::{HeaderSet, HeaderSetErrorKind};
        use crate::receive::Receiver;

        let refused = Some(HeaderSetErrorKind::Reserved);
        let websocket = ["sec-websocket-key", "sec-websocket-protocol", "sec-fetch-site"];
        for reserved in RESERVED.into_iter().chain(websocket) {
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
        for name in [
            "X-Cookie",
            "Authorization-Serial",
            "X-Content-Type",
            "Remote-User",
            "X-Forwarded-User",
            "Section",
            "Proxy-Client-Cert",
        ] {
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
        for name in ["X-Cert", "x_cert", "$WSCC"] {
            assert_eq!(name.parse::<HeaderName>().unwrap().to_string(), name);
        }
        assert_eq!(HeaderName::from_static("X-Cert").unwrap().as_static(), Some("X-Cert"));
        assert_eq!(HeaderName::from_text("X-Cert").unwrap().as_static(), None);
    }
}
