//! Header field names: which are valid, which are alike, and which belong to client certificates.

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
const fn fold(byte: u8) -> u8 {
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

/// The names that tell an origin of a client certificate: those of this crate's sets, of the proxies that it stands in for, and of
/// what origins are configured to read. Each is owned itself and with anything behind a separator. Folded, so that `$WSCC`
/// begins with `-`.
const FAMILIES: [&[u8]; 42] = [
    b"-wscc",
    b"akamai-cc-der",
    b"bank-tls-certificate",
    b"cert-chain",
    b"cf-cert",
    b"cf-client-cert",
    b"client-cert",
    b"client-certificate",
    b"cloudfront-viewer-cert",
    b"l5d-client-id",
    b"ms-aspnetcore-clientcert",
    b"ssl-c",
    b"ssl-cert",
    b"ssl-client",
    b"tls-client",
    b"wl-proxy-client-cert",
    b"x-amzn-mtls-clientcert",
    b"x-arr-clientcert",
    b"x-bank-certificate",
    b"x-cert",
    b"x-client-cert",
    b"x-client-certificate",
    b"x-client-dn",
    b"x-client-i-dn",
    b"x-client-issuer-dn",
    b"x-client-s-dn",
    b"x-client-subject-dn",
    b"x-client-verified",
    b"x-client-verify",
    b"x-clientcert",
    b"x-clientcertificate",
    b"x-forwarded-client-cert",
    b"x-forwarded-for-client-cert",
    b"x-forwarded-mtls-client-cert",
    b"x-forwarded-ssl-client",
    b"x-forwarded-tls-client-cert",
    b"x-mtls",
    b"x-proxiedentitieschain",
    b"x-spiffe-id",
    b"x-ssl",
    b"x-tls-client",
    b"x-wso2-client-certificate",
];

/// Some of the families, a bit each.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Families(u64);

impl Families {
    /// The family of this name, any spelling of it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let at = FAMILIES.iter().position(|family| is_alike(family, name.as_bytes()))?;
        Some(Self(1u64.checked_shl(u32::try_from(at).ok()?)?))
    }

    /// All of them.
    pub(crate) const ALL: Self = Self((1 << FAMILIES.len()) - 1);

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The headers that belong to one connection only and that [`strip`](crate::connection) looks at.
const OF_ONE_HOP: [&[u8]; 4] = [b"connection", b"http2-settings", b"proxy-connection", b"upgrade"];

/// By place and byte: the families that have this character there, a bit each, and behind them the headers of one hop. Three looks
/// tell that a name is none of them, which is asked of every header of every request.
#[expect(clippy::indexing_slicing, clippy::as_conversions, reason = "the compiler has looked")]
static STARTS: [[u64; 256]; 3] = {
    let mut starts = [[0; 256]; 3];
    let mut family = 0;
    while family < FAMILIES.len() + OF_ONE_HOP.len() {
        let name = match family.checked_sub(FAMILIES.len()) {
            Some(other) => OF_ONE_HOP[other],
            None => FAMILIES[family],
        };
        let mut place = 0;
        while place < starts.len() {
            let mut byte = 0u8;
            loop {
                if fold(byte) == name[place] {
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

/// Whether a header with this name could pass for one of a client certificate, whatever is forwarded: in any case, with any
/// separator in place of `-`.
///
/// A name of the caller's own sets is in no family. What is stripped from a request is what
/// [`Claim::owns`](crate::Claim::owns) says.
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
    is_owned_but(name, Families::default())
}

/// Whether a name is of any other family than these.
#[inline]
pub(crate) fn is_owned_but(name: &[u8], kept: Families) -> bool {
    let families = beginnings(name) & Families::ALL.0 & !kept.0;
    families != 0 && is_of_family(name, families)
}

/// Whether a name begins like one that is owned, or like one that belongs to one hop only and is as long.
#[inline]
pub(crate) fn is_noted(name: &[u8]) -> bool {
    let names = beginnings(name);
    names != 0 && (names & Families::ALL.0 != 0 || matches!(name.len(), 7 | 10 | 14 | 16))
}

#[inline]
fn beginnings(name: &[u8]) -> u64 {
    let Some(start) = name.first_chunk::<3>() else { return 0 };
    STARTS.iter().zip(start).fold(u64::MAX, |names, (starts, byte)| {
        names & starts.get(usize::from(*byte)).copied().unwrap_or_default()
    })
}

fn is_of_family(name: &[u8], families: u64) -> bool {
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
            ("X-Forwarded-For-Client-Cert", true),
            ("x_forwarded_mtls_client_cert", true),
            ("X-Client-Verify", true),
            ("X-Client-Verified", true),
            ("X_CLIENT_DN", true),
            ("X-Client-IP", false),
            ("X-Client-Id", false),
            ("X-Client-Certificate", true),
            ("X-ClientCert", true),
            ("x-mtls-verify", true),
            ("X-MTLS-CERT", true),
            ("X-WSO2-CLIENT-CERTIFICATE", true),
            ("WL-Proxy-Client-Cert", true),
            ("WL-Proxy-Client-IP", false),
            ("$WSCC", true),
            ("$wscc", true),
            ("$WSSC", false),
            ("CERT_CHAIN_0", true),
            ("BANK-TLS-Certificate", true),
            ("X-BANK-Certificate-DN", true),
            ("X-BANK-Certificate-Verify", true),
            ("MS-ASPNETCORE-CLIENTCERT", true),
            ("X-Spiffe-Id", true),
            ("X-ProxiedEntitiesChain", true),
            ("Accept", false),
            ("My-Client-Cert", false),
        ];
        for (name, owned) in cases {
            assert_eq!(is_owned_name(name.as_bytes()), owned, "{name}");
        }
    }

    /// The guide to header sets lists them, each as `` `name` ``, in one paragraph.
    #[test]
    fn the_guide_lists_the_families() {
        let guide = include_str!("../guide/sets.md");
        let listed = guide.split("<!-- families -->").nth(1).unwrap();
        let listed: Vec<String> = listed.split('`').skip(1).step_by(2).map(folded).collect();
        let families: Vec<_> =
            FAMILIES.iter().map(|family| core::str::from_utf8(family).unwrap()).collect();
        assert_eq!(listed, families);
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
            assert!(HeaderName::from_text(name).is_none(), "{name:?}");
        }
        assert_eq!(HeaderName::from_static("X-Cert").unwrap().as_static(), Some("X-Cert"));
        assert_eq!(HeaderName::from_text("X-Cert").unwrap().as_static(), None);
    }
}
