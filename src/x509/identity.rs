//! Common questions about a certificate: common name, e-mail addresses, SPIFFE ID, days until expiry.

use alloc::string::String;
use alloc::vec::Vec;

use time::OffsetDateTime;

use crate::x509::cursor::Element;
use crate::x509::name::{Characters, write_utf8};
use crate::x509::subject_alt_name::tag::URI;
use crate::x509::{Certificate, Name, ObjectIdentifier, SubjectAltName};

/// `2.5.4.3`
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// The longest SPIFFE ID, in bytes (SPIFFE-ID §2.3).
const MAX_SPIFFE_ID: usize = 2048;

/// One attribute of a name: its type and its value (RFC 5280 §4.1.2.4).
///
/// ```
/// use tls_client_auth::Dialect;
/// # use tls_client_auth::x509::Certificate;
/// # let certificate = Certificate::from_der(include_bytes!("../../tests/fixtures/plain.der"))?;
/// let subject = certificate.subject();
/// let units: Vec<_> = subject
///     .attribute_values()
///     .iter()
///     .filter(|attribute| attribute.identifier().short_name(Dialect::OpenSsl) == Some("OU"))
///     .map(|attribute| attribute.text())
///     .collect();
/// assert_eq!(units, [Some("Ops".to_owned())]);
/// assert_eq!(subject.attribute_values()[0].as_der(), b"\x13\x02DE");
/// # Ok::<(), tls_client_auth::x509::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct AttributeValue<'a> {
    kind: ObjectIdentifier<'a>,
    value: Element<'a>,
}

impl<'a> AttributeValue<'a> {
    /// The attribute's type: `CN` is `2.5.4.3`.
    #[must_use]
    pub const fn identifier(&self) -> ObjectIdentifier<'a> {
        self.kind
    }

    /// The value as text: `José`.
    ///
    /// The text can contain any Unicode letters. `None` if the value is not a string, if its bytes are invalid for its string type, or if
    /// it contains a control character, such as a line feed or NUL. A TeletexString is decoded as Latin-1, as by OpenSSL.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let mut text = String::new();
        let characters = Characters::of(self.value.tag())?;
        write_utf8(self.value.contents(), characters, |character, _, _| text.push_str(character))?;
        (!text.chars().any(char::is_control)).then_some(text)
    }

    /// The DER of the value, tag and length included.
    #[must_use]
    pub fn as_der(&self) -> &'a [u8] {
        self.value.der()
    }
}

/// Prints no text, which comes from the client.
impl core::fmt::Debug for AttributeValue<'_> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut shown = formatter.debug_struct("AttributeValue");
        shown.field("bytes", &self.value.der().len()).finish_non_exhaustive()
    }
}

impl<'a> Name<'a> {
    /// All attributes in the certificate's order, usually the most general first. Empty if the name is malformed.
    ///
    /// ```
    /// # use tls_client_auth::x509::Certificate;
    /// # let certificate = Certificate::from_der(include_bytes!("../../tests/fixtures/plain.der"))?;
    /// let values: Vec<_> = certificate.issuer().attribute_values().iter().filter_map(|attribute| attribute.text()).collect();
    /// assert_eq!(values, ["DE", "Peers Test", "Peers Root CA"]);
    /// # Ok::<(), tls_client_auth::x509::Error>(())
    /// ```
    #[must_use]
    pub fn attribute_values(&self) -> Vec<AttributeValue<'a>> {
        let value = |attribute: Option<super::name::Attribute<'a>>| {
            attribute
                .map(|attribute| AttributeValue { kind: attribute.kind, value: attribute.value })
        };
        self.attributes().map(value).collect::<Option<_>>().unwrap_or_default()
    }

    /// The first common name (`CN`), decoded: `client.example`. The same as HAProxy's `ssl_c_s_dn(cn)`.
    ///
    /// `None` if there is none, or if [`AttributeValue::text`] returns `None` for it; no other is used instead. A name can have several
    /// common names: for access decisions, compare the whole name.
    ///
    /// ```
    /// # use tls_client_auth::x509::Certificate;
    /// # let certificate = Certificate::from_der(include_bytes!("../../tests/fixtures/plain.der"))?;
    /// assert_eq!(certificate.subject().first_common_name().as_deref(), Some("client.example"));
    /// # Ok::<(), tls_client_auth::x509::Error>(())
    /// ```
    #[doc(alias = "common name")]
    #[doc(alias = "CN")]
    #[must_use]
    pub fn first_common_name(&self) -> Option<String> {
        self.common_names().next()?.text()
    }

    /// The last common name, decoded by the same rules: `client.example`. The same as Go's `Subject.CommonName`.
    ///
    /// ```
    /// # use tls_client_auth::x509::Certificate;
    /// # let certificate = Certificate::from_der(include_bytes!("../../tests/fixtures/plain.der"))?;
    /// assert_eq!(certificate.subject().last_common_name().as_deref(), Some("client.example"));
    /// # Ok::<(), tls_client_auth::x509::Error>(())
    /// ```
    #[must_use]
    pub fn last_common_name(&self) -> Option<String> {
        self.common_names().next_back()?.text()
    }

    fn common_names(&self) -> impl DoubleEndedIterator<Item = AttributeValue<'a>> {
        let is_common_name =
            |attribute: &AttributeValue<'_>| attribute.kind.as_der() == COMMON_NAME;
        self.attribute_values().into_iter().filter(is_common_name)
    }
}

impl<'a> Certificate<'a> {
    /// The whole days from `now` until the end of validity: `3275`. `0` on the last day and afterwards, as in nginx's
    /// `$ssl_client_v_remain`.
    ///
    /// `None` if the date is invalid. To find out whether a certificate has expired, compare the dates:
    /// `certificate.not_after().to_offset_date_time() < Some(now)`.
    ///
    /// ```
    /// use time::{Duration, OffsetDateTime};
    /// # use tls_client_auth::x509::Certificate;
    /// # let certificate = Certificate::from_der(include_bytes!("../../tests/fixtures/plain.der"))?;
    ///
    /// let end = certificate.not_after().to_offset_date_time().unwrap();
    /// assert_eq!(certificate.days_remaining(end - Duration::hours(49)), Some(2));
    /// assert_eq!(certificate.days_remaining(end + Duration::hours(49)), Some(0));
    /// # Ok::<(), tls_client_auth::x509::Error>(())
    /// ```
    #[doc(alias = "expiry")]
    #[must_use]
    pub fn days_remaining(&self, now: OffsetDateTime) -> Option<u64> {
        self.not_after().days_after(now)
    }

    /// The SPIFFE ID: `spiffe://example.org/ns/default/sa/web`.
    ///
    /// The only URI of the subject alternative names, as X509-SVID §2 requires. `None` if the certificate has several URIs, or if the URI is
    /// not a SPIFFE ID (SPIFFE-ID §2): it has another scheme, a trust domain with characters outside `a-z0-9._-`, an empty, `.` or `..`
    /// segment, a query, or more than 2048 bytes.
    ///
    /// ```
    /// # use tls_client_auth::x509::Certificate;
    /// # let certificate = Certificate::from_der(include_bytes!("../../tests/fixtures/san_spiffe.der"))?;
    /// assert_eq!(certificate.spiffe_id(), Some("spiffe://example.org/ns/default/sa/web"));
    /// # Ok::<(), tls_client_auth::x509::Error>(())
    /// ```
    #[doc(alias = "SPIFFE")]
    #[doc(alias = "SVID")]
    #[must_use]
    pub fn spiffe_id(&self) -> Option<&'a str> {
        // A malformed entry counts too.
        let mut uris = self.subject_alt_names().entries().filter(|(tag, _)| *tag == URI);
        let (_, id) = uris.next()?;
        let id = core::str::from_utf8(id).ok().filter(|id| is_spiffe_id(id))?;
        uris.next().is_none().then_some(id)
    }

    /// The e-mail addresses in the subject alternative names, in the certificate's order: `user@client.example`.
    ///
    /// Only addresses in printable ASCII. The subject's `emailAddress`, which RFC 5280 §4.1.2.6 deprecates, is not included: see
    /// [`Name::attribute_values`].
    ///
    /// ```
    /// # use tls_client_auth::x509::Certificate;
    /// # let certificate = Certificate::from_der(include_bytes!("../../tests/fixtures/san_all.der"))?;
    /// assert_eq!(certificate.emails().next(), Some("joe@example.com"));
    /// # Ok::<(), tls_client_auth::x509::Error>(())
    /// ```
    #[doc(alias = "rfc822Name")]
    pub fn emails(&self) -> impl Iterator<Item = &'a str> {
        self.subject_alt_names().filter_map(|name| match name {
            SubjectAltName::Email(address) => Some(address),
            _ => None,
        })
    }
}

/// Whether the text is a SPIFFE ID (SPIFFE-ID §2): a trust domain, and a path of plain segments.
fn is_spiffe_id(id: &str) -> bool {
    let Some(rest) = id.strip_prefix("spiffe://").filter(|_| id.len() <= MAX_SPIFFE_ID) else {
        return false;
    };
    let (domain, path) = match rest.split_once('/') {
        Some((domain, path)) => (domain, Some(path)),
        None => (rest, None),
    };
    let in_domain = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_');
    let in_path = |byte: u8| byte.is_ascii_uppercase() || in_domain(byte);
    let is_segment =
        |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(in_path);
    !domain.is_empty()
        && domain.bytes().all(in_domain)
        && path.is_none_or(|path| path.split('/').all(is_segment))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::cursor::Cursor;
    use alloc::vec;

    /// A SEQUENCE, SET or string of fewer than 128 bytes.
    fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
        let mut der = vec![tag, u8::try_from(contents.len()).unwrap()];
        der.extend_from_slice(contents);
        der
    }

    /// A name of attributes `2.5.4.n`, each with its string type and bytes.
    fn name(attributes: &[(u8, u8, &[u8])]) -> Vec<u8> {
        let rdn = |(last, tag, contents): &(u8, u8, &[u8])| {
            let attribute = [der(0x06, &[0x55, 0x04, *last]), der(*tag, contents)].concat();
            der(0x31, &der(0x30, &attribute))
        };
        der(0x30, &attributes.iter().flat_map(rdn).collect::<Vec<_>>())
    }

    fn read(der: &[u8]) -> Name<'_> {
        Name::new(Cursor::new(der).next().unwrap().unwrap())
    }

    #[test]
    fn first_and_last_common_name() {
        type Attributes<'a> = &'a [(u8, u8, &'a [u8])];
        let cases: [(&str, Attributes<'_>, Option<&str>, Option<&str>); 13] = [
            ("none", &[(10, 0x0c, b"Acme")], None, None),
            ("one", &[(10, 0x0c, b"Acme"), (3, 0x0c, b"a")], Some("a"), Some("a")),
            ("two", &[(3, 0x0c, b"a"), (10, 0x0c, b"x"), (3, 0x13, b"b")], Some("a"), Some("b")),
            ("UTF-8", &[(3, 0x0c, "José".as_bytes())], Some("José"), Some("José")),
            ("broken UTF-8", &[(3, 0x0c, b"a\xff"), (3, 0x0c, b"b")], None, Some("b")),
            ("two bytes per letter", &[(3, 0x1e, b"\0a\x20\xac")], Some("a€"), Some("a€")),
            ("half a letter", &[(3, 0x1e, b"\0a\0")], None, None),
            ("four bytes per letter", &[(3, 0x1c, b"\0\0\0a")], Some("a"), Some("a")),
            ("Latin-1", &[(3, 0x14, b"Jos\xe9")], Some("José"), Some("José")),
            ("a NUL", &[(3, 0x0c, b"a"), (3, 0x0c, b"admin\0.evil")], Some("a"), None),
            ("a line feed", &[(3, 0x16, b"a\nb")], None, None),
            ("a control character over 0x7F", &[(3, 0x14, b"a\x85b")], None, None),
            ("a number", &[(3, 0x02, b"\x01")], None, None),
        ];
        for (case, attributes, first, last) in cases {
            let der = name(attributes);
            let name = read(&der);
            assert_eq!(name.attribute_values().len(), attributes.len(), "{case}");
            assert_eq!(name.first_common_name().as_deref(), first, "{case}");
            assert_eq!(name.last_common_name().as_deref(), last, "{case}");
        }
    }

    #[test]
    fn a_name_that_is_broken_anywhere_has_no_attributes() {
        let good = name(&[(3, 0x0c, b"a")]);
        let broken = [
            der(0x30, &[good.get(2..).unwrap(), &[0x31, 0x05, 0x30]].concat()),
            der(0x30, &[good.get(2..).unwrap(), &der(0x30, &[])].concat()),
        ];
        assert_eq!(read(&good).first_common_name().as_deref(), Some("a"));
        for der in &broken {
            assert!(read(der).attribute_values().is_empty());
            assert_eq!(read(der).first_common_name(), None);
        }
    }

    #[test]
    fn debug_shows_no_text_of_a_value() {
        let der = name(&[(3, 0x0c, b"secret")]);
        let shown = alloc::format!("{:?}", read(&der).attribute_values());
        assert!(!shown.contains("secret") && !shown.contains("115"), "{shown}");
    }

    #[test]
    fn spiffe_ids() {
        let long = |length: usize| {
            let start = "spiffe://example.org/";
            alloc::format!("{start}{}", "a".repeat(length - start.len()))
        };
        let (longest, too_long) = (long(2048), long(2049));
        let cases = [
            ("spiffe://example.org", true),
            ("spiffe://example.org/ns/default/sa/web", true),
            ("spiffe://example.org/A.b-c_d/...", true),
            ("spiffe://10.0.0.1/a", true),
            (&longest, true),
            (&too_long, false),
            ("", false),
            ("spiffe://", false),
            ("spiffe:///a", false),
            ("SPIFFE://example.org/a", false),
            ("https://example.org/a", false),
            ("spiffe://Example.org/a", false),
            ("spiffe://example.org:443/a", false),
            ("spiffe://user@example.org/a", false),
            ("spiffe://example.org/", false),
            ("spiffe://example.org/a/", false),
            ("spiffe://example.org//a", false),
            ("spiffe://example.org/./a", false),
            ("spiffe://example.org/a/..", false),
            ("spiffe://example.org/a?b", false),
            ("spiffe://example.org/a#b", false),
            ("spiffe://example.org/a%2e", false),
            ("spiffe://example.org/a b", false),
            ("spiffe://example.org/ä", false),
        ];
        for (id, is_one) in cases {
            assert_eq!(is_spiffe_id(id), is_one, "{id}");
        }
    }

    #[test]
    fn only_one_uri_is_a_spiffe_id() {
        let spiffe = &include_bytes!("../../tests/fixtures/san_spiffe.der")[..];
        let at = |needle: &[u8]| spiffe.windows(needle.len()).position(|part| part == needle);
        let start = at(b"spiffe://").unwrap();
        let end = start + "spiffe://example.org/ns/default/sa/web".len();
        // The same entry cut in two: the second has the tag of a URI, and then of a DNS name.
        for (tag, id) in [(0x86, None), (0x82, Some("spiffe://example.org/ns/default"))] {
            let mut two = spiffe.to_vec();
            let first = "spiffe://example.org/ns/default".len();
            *two.get_mut(start - 1).unwrap() = u8::try_from(first).unwrap();
            *two.get_mut(start + first).unwrap() = tag;
            *two.get_mut(start + first + 1).unwrap() =
                u8::try_from(end - start - first - 2).unwrap();
            assert_eq!(Certificate::from_der(&two).unwrap().spiffe_id(), id, "{tag:#x}");
        }
        for without in ["plain", "san_none", "san_nul"] {
            let path =
                alloc::format!("{}/tests/fixtures/{without}.der", env!("CARGO_MANIFEST_DIR"));
            let der = std::fs::read(path).unwrap();
            assert_eq!(Certificate::from_der(&der).unwrap().spiffe_id(), None, "{without}");
        }
    }
}
