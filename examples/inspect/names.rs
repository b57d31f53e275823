//! Subject alternative names as text.

use der::asn1::{AnyRef, BmpString, ObjectIdentifier};
use der::{Decode as _, Reader as _, SliceReader, Tag, Tagged as _};
use tls_client_auth::Dialect;
use tls_client_auth::x509::SubjectAltName;

/// Types of other names, with their values' ASN.1.
const OTHER_NAMES: [(&str, &str); 10] = [
    ("1.3.6.1.4.1.311.20.2.3", "UPN"), // UTF8String, [MS-WCCE] §2.2.2.7.7.1
    ("1.3.6.1.4.1.311.25.1", "domain controller GUID"), // OCTET STRING
    (KERBEROS, "Kerberos principal"),  // KRB5PrincipalName, RFC 4556 §3.2.2
    ("1.3.6.1.5.5.7.8.3", "permanent identifier"), // RFC 4043 §2
    ("1.3.6.1.5.5.7.8.4", "hardware module"), // HardwareModuleName, RFC 4108 §5
    ("1.3.6.1.5.5.7.8.5", "XMPP address"), // UTF8String, RFC 6120 §13.7.1.4
    ("1.3.6.1.5.5.7.8.7", "SRV name"), // IA5String, RFC 4985 §2
    ("1.3.6.1.5.5.7.8.8", "NAI realm"), // UTF8String, RFC 7585 §2.2
    ("1.3.6.1.5.5.7.8.9", "email"),    // SmtpUTF8Mailbox, RFC 9598 §3
    ("2.16.840.1.101.3.6.6", "FASC-N"), // OCTET STRING, FIPS 201-3
];
const KERBEROS: &str = "1.3.6.1.5.2.2";

/// The deepest nesting that is parsed; names in use are flatter.
const DEEPEST: usize = 8;
/// The most bytes that are printed as hex.
const MOST_BYTES: usize = 64;

pub(crate) fn in_words(name: &SubjectAltName<'_>, dialect: Dialect) -> String {
    match name {
        SubjectAltName::Dns(name) => format!("DNS {name}"),
        SubjectAltName::Email(name) => format!("email {name}"),
        SubjectAltName::Uri(name) => format!("URI {name}"),
        SubjectAltName::Ip(address) => format!("IP {address}"),
        SubjectAltName::Directory(name) => match name.rfc2253(dialect) {
            Some(text) if text.is_empty() => "directory (empty)".into(),
            Some(text) => format!("directory {text}"),
            None => format!("directory (unreadable) {}", bytes(name.as_der())),
        },
        SubjectAltName::RegisteredId(identifier) => {
            let known = identifier.short_name(dialect).map(|name| format!(" ({name})"));
            format!("registered ID {}{}", identifier.dotted(dialect), known.unwrap_or_default())
        }
        SubjectAltName::Other(kind, value) => other(&kind.dotted(dialect), value),
        SubjectAltName::Unreadable(entry) => unreadable(entry),
        _ => "(unknown)".into(),
    }
}

/// The other name of this type with this value, DER.
fn other(kind: &str, value: &[u8]) -> String {
    let known = OTHER_NAMES.iter().find(|(identifier, _)| *identifier == kind);
    let title =
        known.map_or_else(|| format!("other name {kind}:"), |(_, title)| (*title).to_owned());
    let mut parts = Vec::new();
    let is_read = add_parts(value, DEEPEST, &mut parts).is_some() && !parts.is_empty();
    let text = match &parts[..] {
        _ if !is_read => bytes(value),
        // The realm comes first, then the kind of principal and its components.
        [(Tag::GeneralString, realm), (Tag::Integer, _), names @ ..] if kind == KERBEROS => {
            let names: Vec<_> = names.iter().map(|(_, name)| name.as_str()).collect();
            format!("{}@{realm}", names.join("/"))
        }
        parts => parts.iter().map(|(_, part)| part.as_str()).collect::<Vec<_>>().join(", "),
    };
    format!("{title} {text}")
}

/// Adds every value in this DER, in order.
fn add_parts(der: &[u8], depth: usize, parts: &mut Vec<(Tag, String)>) -> Option<()> {
    let mut reader = SliceReader::new(der).ok()?;
    while !reader.is_finished() {
        let part = AnyRef::decode(&mut reader).ok()?;
        match part.tag() {
            tag if tag.is_constructed() => add_parts(part.value(), depth.checked_sub(1)?, parts)?,
            tag => parts.push((tag, one(tag, part)?)),
        }
    }
    Some(())
}

fn one(tag: Tag, part: AnyRef<'_>) -> Option<String> {
    let text = match tag {
        Tag::Utf8String
        | Tag::NumericString
        | Tag::PrintableString
        | Tag::Ia5String
        | Tag::VisibleString
        | Tag::GeneralString => str::from_utf8(part.value()).ok()?.to_owned(),
        Tag::TeletexString => part.value().iter().copied().map(char::from).collect(),
        Tag::BmpString => part.decode_as::<BmpString>().ok()?.to_string(),
        Tag::ObjectIdentifier => part.decode_as::<ObjectIdentifier>().ok()?.to_string(),
        _ => return Some(bytes(part.value())),
    };
    Some(printable(&text))
}

/// An entry that is invalid for its tag, with its contents.
fn unreadable(entry: &[u8]) -> String {
    let kind = match entry.first() {
        Some(0x81) => "email",
        Some(0x82) => "DNS",
        Some(0x86) => "URI",
        Some(0x87) => "IP",
        Some(0xa0) => "other name",
        Some(0xa3) => "X.400 address",
        Some(0xa4) => "directory",
        Some(0xa5) => "EDI party",
        _ => "name of unknown kind",
    };
    let contents = AnyRef::try_from(entry).map_or(entry, AnyRef::value);
    let text = match entry.first() {
        Some(0x81 | 0x82 | 0x86) => format!("\"{}\"", contents.escape_ascii()),
        _ => bytes(contents),
    };
    format!("{kind} (unreadable) {text}")
}

fn bytes(bytes: &[u8]) -> String {
    match bytes.get(..MOST_BYTES) {
        Some(start) if bytes.len() > MOST_BYTES => {
            format!("{}… ({} bytes)", hex::encode(start), bytes.len())
        }
        _ => hex::encode(bytes),
    }
}

/// Text that is safe on a terminal: control characters and characters that change the text direction are escaped.
pub(crate) fn printable(text: &str) -> String {
    let shown = |character: char| match character {
        '\'' | '"' => vec![character],
        _ => character.escape_debug().collect(),
    };
    text.chars().flat_map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tls_client_auth::x509::Certificate;

    /// DER of fewer than 128 bytes.
    fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
        [&[tag, u8::try_from(contents.len()).unwrap()], contents].concat()
    }

    #[test]
    fn other_names_by_type() {
        let general = |text: &str| der(0x1b, text.as_bytes());
        let names = der(0x30, &[general("HTTP"), general("host.example")].concat());
        let principal = der(0x30, &[der(0xa0, &der(2, &[1])), der(0xa1, &names)].concat());
        let kerberos =
            der(0x30, &[der(0xa0, &general("EXAMPLE.COM")), der(0xa1, &principal)].concat());
        let module = der(0x30, &[der(6, &[0x2a, 3, 4]), der(4, &[0xab, 0xcd])].concat());
        let cases = [
            (
                "1.3.6.1.4.1.311.20.2.3",
                der(12, "jos\u{e9}@corp.example".as_bytes()),
                "UPN josé@corp.example",
            ),
            ("1.3.6.1.4.1.311.20.2.3", der(12, b"a\x1b[2J\0"), "UPN a\\u{1b}[2J\\0"),
            ("1.3.6.1.4.1.311.20.2.3", der(12, "a\u{202e}b".as_bytes()), "UPN a\\u{202e}b"),
            ("1.3.6.1.4.1.311.20.2.3", der(12, b"O'Brien"), "UPN O'Brien"),
            ("1.3.6.1.4.1.311.20.2.3", der(12, b"\xff"), "UPN 0c01ff"),
            ("1.3.6.1.4.1.311.20.2.3", vec![], "UPN "),
            (KERBEROS, kerberos, "Kerberos principal HTTP/host.example@EXAMPLE.COM"),
            ("1.3.6.1.5.5.7.8.4", module, "hardware module 1.2.3.4, abcd"),
            ("1.3.6.1.5.5.7.8.7", der(22, b"_xmpp.a.example"), "SRV name _xmpp.a.example"),
            ("1.2.3", der(30, &[0, b'a', 0x20, 0xac]), "other name 1.2.3: a€"),
            ("1.2.3", vec![0x30, 5, 0], "other name 1.2.3: 300500"),
        ];
        for (kind, value, expected) in cases {
            assert_eq!(other(kind, &value), expected);
        }
        let nested = (0..9).fold(der(5, &[]), |inner, _| der(0x30, &inner));
        assert_eq!(other("1.2.3", &nested), format!("other name 1.2.3: {}", hex::encode(&nested)));
        let long = der(4, &[7; 100]);
        assert_eq!(
            other("1.2.3", &long),
            format!("other name 1.2.3: {}… (100 bytes)", "07".repeat(64))
        );
    }

    fn names_of(fixture: &str) -> Vec<String> {
        let file = format!("{}/tests/fixtures/{fixture}.der", env!("CARGO_MANIFEST_DIR"));
        let der = std::fs::read(file).unwrap();
        let certificate = Certificate::from_der(&der).unwrap();
        certificate.subject_alt_names().map(|name| in_words(&name, Dialect::OpenSsl)).collect()
    }

    #[test]
    fn every_kind_of_a_certificate() {
        let expected = [
            "URI spiffe://example.org/ns/default/sa/web",
            "URI https://example.org/id?a=b",
            "DNS one.example",
            "DNS *.two.example",
            "email joe@example.com",
            "IP 192.0.2.1",
            "IP 2001:db8::1",
            "directory CN=dir,O=Dir\\, Inc",
            "UPN upn@example.com",
            "other name 1.3.6.1.4.1.55555.3: custom",
            "registered ID 1.2.3.4",
        ];
        let names = names_of("san_all");
        for name in expected {
            assert!(names.iter().any(|shown| shown == name), "{name}: {names:?}");
        }
        assert!(names.iter().all(|name| !name.contains("bytes")), "{names:?}");
    }

    #[test]
    fn unreadable_names_are_shown_escaped() {
        let cases = [
            ("san_nul", r#"DNS (unreadable) "good.example\x00.evil.example""#),
            ("san_bad_ip", "IP (unreadable) 0102030405"),
        ];
        for (fixture, name) in cases {
            assert_eq!(names_of(fixture), [name], "{fixture}");
        }
    }
}
