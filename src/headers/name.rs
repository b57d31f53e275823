//! Header field names: which are valid, which are alike, and which belong to client certificates.

use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

/// Envoy's header.
pub(crate) const X_FORWARDED_CLIENT_CERT: &str = "x-forwarded-client-cert";

/// A header field name (RFC 9110 §5.1) in its written case.
#[derive(Clone)]
pub struct FieldName {
    written: Written,
    #[cfg(feature = "http")]
    http: http::HeaderName,
}

#[derive(Clone)]
enum Written {
    Static(&'static str),
    Shared(Arc<str>),
}

impl FieldName {
    /// A name of the crate's own tables or the program's source. `None` where it is not a token (RFC 9110 §5.6.2).
    #[must_use]
    pub fn from_static(name: &'static str) -> Option<Self> {
        Self::new(Written::Static(name), name)
    }

    /// A name that is known at run time only. `None` where it is not a token.
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
impl PartialEq for FieldName {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for FieldName {}

impl fmt::Debug for FieldName {
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
const fn fold(byte: u8) -> u8 {
    if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'-' }
}

/// Whether an origin could take one name for the other.
pub(crate) fn is_alike(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| fold(*one) == fold(*other))
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

/// The names that tell an origin of a client certificate, in this crate's sets or in those of the proxies it stands in for:
/// each for itself and for every name that goes on with a separator. Folded.
const FAMILIES: [&[u8]; 20] = [
    b"akamai-cc-der",
    b"cf-cert",
    b"cf-client-cert",
    b"client-cert",
    b"client-certificate",
    b"cloudfront-viewer-cert",
    b"l5d-client-id",
    b"ssl-c",
    b"ssl-cert",
    b"ssl-client",
    b"tls-client",
    b"x-amzn-mtls-clientcert",
    b"x-arr-clientcert",
    b"x-cert",
    b"x-client-cert",
    b"x-forwarded-client-cert",
    b"x-forwarded-ssl-client",
    b"x-forwarded-tls-client-cert",
    b"x-ssl",
    b"x-tls-client",
];

/// By place and byte: the families that have this character there, a bit each. Three looks tell that a name is of none, which is
/// asked of every header of every request.
#[expect(clippy::indexing_slicing, clippy::as_conversions, reason = "the compiler has looked")]
static STARTS: [[u32; 256]; 3] = {
    let mut starts = [[0; 256]; 3];
    let mut family = 0;
    while family < FAMILIES.len() {
        let mut place = 0;
        while place < starts.len() {
            let mut byte = 0u8;
            loop {
                if fold(byte) == FAMILIES[family][place] {
                    starts[place][byte as usize] |= 1 << family;
                }
                if byte == u8::MAX {
                    break;
                }
                byte += 1;
            }
            place += 1;
        }
        family += 1;
    }
    starts
};

/// Whether a header with this name could pass for one of a client certificate: in any case, with any separator in place of
/// `-`. [`Claim::apply`](crate::Claim::apply) removes all of them from every request.
///
/// ```
/// use tls_client_auth::connection::is_owned_name;
///
/// for forged in ["Cf-Client-Cert-Sha256", "CF_CLIENT_CERT_SHA256", "cf.client-cert_der.base64", "Client-Cert"] {
///     assert!(is_owned_name(forged.as_bytes()));
/// }
/// assert!(!is_owned_name(b"Client-Certainty"));
/// ```
#[must_use]
#[inline]
pub fn is_owned_name(name: &[u8]) -> bool {
    let Some(start) = name.first_chunk::<3>() else { return false };
    let families = STARTS.iter().zip(start).fold(u32::MAX, |families, (starts, byte)| {
        families & starts.get(usize::from(*byte)).copied().unwrap_or_default()
    });
    families != 0 && is_of_family(name, families)
}

fn is_of_family(name: &[u8], families: u32) -> bool {
    FAMILIES.iter().enumerate().any(|(index, family)| {
        families >> index & 1 == 1
            && name.split_at_checked(family.len()).is_some_and(|(begin, behind)| {
                is_alike(begin, family) && behind.first().is_none_or(|byte| fold(*byte) == b'-')
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn owned_names() {
        let cases = [
            ("Cf-Client-Cert-Der-Base64", true),
            ("cf_client_cert_der_base64", true),
            ("CF.CLIENT~CERT-SHA256", true),
            ("Cf-Cert-Verified", true),
            ("X-CERT-ISSUER-DN", true),
            ("X-Cert", true),
            ("Client-Cert", true),
            ("client_cert_chain", true),
            ("ssl-client-verify", true),
            ("X-SSL", true),
            ("X-SSL-Client-CN", true),
            ("x-forwarded-client-cert", true),
            ("X_Forwarded.Tls-Client-Cert-Info", true),
            ("", false),
            ("Host", false),
            ("Cf-Ray", false),
            ("Cf-Certain", false),
            ("Client-Certificate-Subject", true),
            ("Client-Certification", false),
            ("X-Certificate-Transparency", false),
            ("X-Forwarded-For", false),
            ("Accept", false),
            ("My-Client-Cert", false),
        ];
        for (name, owned) in cases {
            assert_eq!(is_owned_name(name.as_bytes()), owned, "{name}");
        }
    }

    #[test]
    fn the_short_cut_leaves_no_family_out() {
        for family in FAMILIES {
            let family = core::str::from_utf8(family).unwrap();
            for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_alphanumeric()) {
                let spelled = |name: &str| -> Vec<u8> {
                    name.bytes().map(|own| if own == b'-' { byte } else { own }).collect()
                };
                for name in [family.to_owned(), family.to_uppercase(), family.to_owned() + "-x"] {
                    assert!(is_owned_name(&spelled(&name)), "{name} with {byte}");
                }
                assert!(!is_owned_name(&spelled(&(family.to_owned() + "x"))), "{family}x");
            }
        }
    }

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
            assert!(FieldName::from_text(name).is_none(), "{name:?}");
        }
        assert_eq!(FieldName::from_static("X-Cert").unwrap().as_static(), Some("X-Cert"));
        assert_eq!(FieldName::from_text("X-Cert").unwrap().as_static(), None);
    }
}
