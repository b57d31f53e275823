//! The families of client-certificate headers, which are stripped from every request.

use crate::headers::name::{fold, is_alike};

/// The families of client-certificate headers: those of this crate's sets, of the proxies that it replaces, and of origins'
/// configurations. A family is the name itself and every name that continues it after a separator. Folded, so `$WSCC` begins
/// with `-`.
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

/// A set of families, one bit each.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Families(u64);

impl Families {
    /// The family with this name, in any spelling.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let at = FAMILIES.iter().position(|family| is_alike(family, name.as_bytes()))?;
        Some(Self(1u64.checked_shl(u32::try_from(at).ok()?)?))
    }

    /// Their names, in alphabetical order.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        let families = FAMILIES.iter().enumerate();
        let named = families.filter(move |(index, _)| self.0 >> index & 1 == 1);
        named.filter_map(|(_, name)| core::str::from_utf8(name).ok())
    }

    /// All of them.
    pub(crate) const ALL: Self = Self((1 << FAMILIES.len()) - 1);

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn in_both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    #[cfg(feature = "serde")]
    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// The headers that belong to one connection only and that [`strip`](crate::connection) looks at.
const OF_ONE_HOP: [&[u8]; 4] = [b"connection", b"http2-settings", b"proxy-connection", b"upgrade"];

/// For each position and byte, the families with this byte at this position, one bit each, followed by the hop-by-hop headers.
/// Three look-ups rule out most names; every header of every request is checked.
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

/// Whether the name belongs to a family of client-certificate headers, in any case and with any separator in place of `-`.
///
/// Names of your own sets are in no family: [`Claim::owns`](crate::Claim::owns) returns whether a header is stripped from a
/// request.
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

/// Whether a name belongs to a family other than these.
#[inline]
pub(crate) fn is_owned_but(name: &[u8], kept: Families) -> bool {
    let families = beginnings(name) & Families::ALL.0 & !kept.0;
    families != 0 && is_of_family(name, families)
}

/// Whether a name may be owned or a hop-by-hop header, by its first bytes and its length.
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
    use crate::headers::name::folded;
    use alloc::borrow::ToOwned as _;
    use alloc::string::String;
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

    /// The guide to header sets lists the families, each as `` `name` ``, in one paragraph.
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
    fn every_family_is_found_in_every_spelling() {
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
}
