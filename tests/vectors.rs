//! Test vectors: certificates that are unusual in one field, and the exact values and errors.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that can't go on must stop"
)]
#![allow(clippy::std_instead_of_alloc, reason = "tests have the standard library")]

mod common;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::checks;
use common::der::{
    self, BIT_STRING, BMP_STRING, C, CN, GENERAL_STRING, GENERALIZED_TIME, IA5_STRING, INTEGER, L,
    NUMERIC_STRING, O, OBJECT_IDENTIFIER, OCTET_STRING, ORGANIZATION_IDENTIFIER, OU,
    PRINTABLE_STRING, Parts, SEQUENCE, ST, TELETEX_STRING, UID, UNIVERSAL_STRING, UNKNOWN,
    UTC_TIME, UTF8_STRING, VISIBLE_STRING, attribute, name, of, subject_key_identifier, tlv,
};
use common::trusted;
use tls_client_auth::client::VerifyError;
use tls_client_auth::field::Limits;
use tls_client_auth::x509::{Certificate, ErrorKind, MAX_CERTIFICATE, Part, SubjectAltName};
use tls_client_auth::{
    ClientCertificate, Dialect, HeaderSet, Receiver, TlsClientAuth, Verification,
};

const PLAIN: &[u8] = include_bytes!("fixtures/plain.der");

/// The RFC 2253 form and the legacy form that a library prints; `None` if it prints nothing.
type Forms = (Option<&'static str>, Option<&'static str>);

const fn both(rfc2253: &'static str, legacy: &'static str) -> Forms {
    (Some(rfc2253), Some(legacy))
}

/// OpenSSL refuses the certificate, so there is nothing to compare with.
const REFUSED: Option<Forms> = None;

#[test]
fn names() {
    let one = |kind: &[u8], tag: u8, value: &[u8]| name(&[&[attribute(kind, tag, value)]]);
    let text = |kind: &[u8], value: &str| one(kind, UTF8_STRING, value.as_bytes());
    let cases: [(&str, Vec<u8>, Option<Forms>, Forms); 42] = [
        ("empty", name(&[]), Some(both("", "")), both("", "")),
        (
            "slash",
            text(ST, "Te/xas=x"),
            Some(both("ST=Te/xas=x", r"/ST=Te\/xas=x")),
            both("ST=Te/xas=x", "/ST=Te/xas=x"),
        ),
        (
            "specials",
            text(O, r#"Acme, "Inc"; <a>+b\c"#),
            Some(both(r#"O=Acme\, \"Inc\"\; \<a\>\+b\\c"#, r#"/O=Acme, "Inc"; <a>\+b\c"#)),
            both(r#"O=Acme\, \"Inc\"\; \<a\>\+b\\c"#, r#"/O=Acme, "Inc"; <a>+b\c"#),
        ),
        (
            "hash first",
            text(OU, "#hash lead"),
            Some(both(r"OU=\#hash lead", "/OU=#hash lead")),
            both(r"OU=\#hash lead", "/OU=#hash lead"),
        ),
        ("hash alone", text(CN, "#"), Some(both("CN=#", "/CN=#")), both(r"CN=\#", "/CN=#")),
        (
            "spaces at both ends",
            text(OU, " lead trail "),
            Some(both(r"OU=\ lead trail\ ", "/OU= lead trail ")),
            both(r"OU=\ lead trail\ ", "/OU= lead trail "),
        ),
        ("one space", text(CN, " "), Some(both(r"CN=\ ", "/CN= ")), both(r"CN=\ ", "/CN= ")),
        (
            "two spaces",
            text(CN, "  "),
            Some(both(r"CN=\ \ ", "/CN=  ")),
            both(r"CN=\ \ ", "/CN=  "),
        ),
        ("no text", text(CN, ""), Some(both("CN=", "/CN=")), both("CN=", "/CN=")),
        (
            "tab and line feed",
            text(CN, "tab\there\nnl"),
            Some(both(r"CN=tab\09here\0Anl", r"/CN=tab\x09here\x0Anl")),
            both(r"CN=tab\09here\0Anl", r"/CN=tab\x09here\x0Anl"),
        ),
        (
            "a header in a value",
            text(CN, "a\r\nX-Admin: 1"),
            Some(both(r"CN=a\0D\0AX-Admin: 1", r"/CN=a\x0D\x0AX-Admin: 1")),
            both(r"CN=a\0D\0AX-Admin: 1", r"/CN=a\x0D\x0AX-Admin: 1"),
        ),
        (
            "NUL",
            text(CN, "a\0b"),
            Some(both(r"CN=a\00b", r"/CN=a\x00b")),
            both(r"CN=a\00b", r"/CN=a\x00b"),
        ),
        (
            "DEL",
            text(CN, "a\x7f"),
            Some(both(r"CN=a\7F", r"/CN=a\x7F")),
            both(r"CN=a\7F", r"/CN=a\x7F"),
        ),
        (
            "two attributes in one RDN",
            name(&[&[attribute(CN, UTF8_STRING, "José 山"), attribute(UID, UTF8_STRING, "u1")]]),
            Some(both(r"UID=u1+CN=Jos\C3\A9 \E5\B1\B1", r"/CN=Jos\xC3\xA9 \xE5\xB1\xB1+UID=u1")),
            both(r"UID=u1+CN=Jos\C3\A9 \E5\B1\B1", r"/CN=Jos\xC3\xA9 \xE5\xB1\xB1/UID=u1"),
        ),
        (
            "several RDNs, one of them of two",
            name(&[
                &[attribute(C, PRINTABLE_STRING, "US")],
                &[attribute(O, UTF8_STRING, "a"), attribute(OU, UTF8_STRING, "b")],
                &[attribute(CN, UTF8_STRING, "c")],
            ]),
            Some(both("CN=c,OU=b+O=a,C=US", "/C=US/O=a+OU=b/CN=c")),
            both("CN=c,OU=b+O=a,C=US", "/C=US/O=a/OU=b/CN=c"),
        ),
        (
            "one value like two",
            text(CN, "foo/O=bar"),
            Some(both("CN=foo/O=bar", r"/CN=foo\/O=bar")),
            both("CN=foo/O=bar", "/CN=foo/O=bar"),
        ),
        (
            "BMPString",
            one(L, BMP_STRING, b"\0B\0\xe9\0m\0p"),
            Some(both(r"L=B\C3\A9mp", r"/L=\x00B\x00\xE9\x00m\x00p")),
            both(r"L=B\C3\A9mp", r"/L=\x00B\x00\xE9\x00m\x00p"),
        ),
        (
            "BMPString with an odd byte",
            one(L, BMP_STRING, b"\0B\0"),
            REFUSED,
            (None, Some(r"/L=\x00B\x00")),
        ),
        (
            "BMPString with surrogates",
            one(L, BMP_STRING, b"\xd8\x3d\xde\x00"),
            REFUSED,
            (None, Some(r"/L=\xD8=\xDE\x00")),
        ),
        (
            "UniversalString",
            one(CN, UNIVERSAL_STRING, b"\0\0\0A"),
            Some(both("CN=A", r"/CN=\x00\x00\x00A")),
            both("CN=A", r"/CN=\x00\x00\x00A"),
        ),
        (
            "UniversalString beyond 16 bits",
            one(CN, UNIVERSAL_STRING, b"\0\x01\xf6\0"),
            Some(both(r"CN=\F0\9F\98\80", r"/CN=\x00\x01\xF6\x00")),
            both(r"CN=\F0\9F\98\80", r"/CN=\x00\x01\xF6\x00"),
        ),
        (
            "T61String",
            one(CN, TELETEX_STRING, b"\xe9"),
            Some(both(r"CN=\C3\A9", r"/CN=\xE9")),
            both(r"CN=\C3\A9", r"/CN=\xE9"),
        ),
        (
            "PrintableString outside its alphabet",
            one(CN, PRINTABLE_STRING, b"\xe9"),
            Some(both(r"CN=\C3\A9", r"/CN=\xE9")),
            both(r"CN=\C3\A9", r"/CN=\xE9"),
        ),
        (
            "IA5String outside its alphabet",
            one(CN, IA5_STRING, b"\xe9"),
            Some(both(r"CN=\C3\A9", r"/CN=\xE9")),
            both(r"CN=\C3\A9", r"/CN=\xE9"),
        ),
        (
            "NumericString",
            one(CN, NUMERIC_STRING, b"12"),
            Some(both("CN=12", "/CN=12")),
            both("CN=12", "/CN=12"),
        ),
        ("VisibleString", one(CN, VISIBLE_STRING, b"v"), REFUSED, both("CN=v", "/CN=v")),
        (
            "BIT STRING",
            one(CN, BIT_STRING, b"\x01ab"),
            Some(both("CN=#0303016162", "/CN=ab")),
            both("CN=#0303016162", "/CN=ab"),
        ),
        (
            "BIT STRING with unused bits set",
            one(CN, BIT_STRING, b"\x01ac"),
            Some(both("CN=#0303016162", "/CN=ab")),
            both("CN=#0303016162", "/CN=ab"),
        ),
        (
            "SEQUENCE",
            one(CN, SEQUENCE, &tlv(INTEGER, [5])),
            Some(both("CN=#3003020105", r"/CN=0\x03\x02\x01\x05")),
            both("CN=#3003020105", r"/CN=0\x03\x02\x01\x05"),
        ),
        ("INTEGER below zero", one(CN, INTEGER, &[0xfb]), REFUSED, both("CN=#0201FB", r"/CN=\x05")),
        ("INTEGER of zero", one(CN, INTEGER, &[0]), REFUSED, both("CN=#020100", "/CN=")),
        (
            "ENUMERATED of zero",
            one(CN, 0x0a, &[0]),
            Some(both("CN=#0A0100", r"/CN=\x00")),
            both("CN=#0A0100", "/CN="),
        ),
        ("OCTET STRING", one(CN, OCTET_STRING, b"ab"), REFUSED, both("CN=#04026162", "/CN=ab")),
        (
            "GeneralString",
            one(CN, GENERAL_STRING, b"abc"),
            REFUSED,
            both("CN=#1B03616263", "/CN=abc"),
        ),
        (
            "GeneralString that looks like four bytes a character",
            one(CN, GENERAL_STRING, b"\0\0\0A\0\0\0B"),
            REFUSED,
            both("CN=#1B080000004100000042", "/CN=AB"),
        ),
        (
            "unknown identifier",
            text(UNKNOWN, "unk"),
            Some(both("1.2.3.4.5=#0C03756E6B", "/1.2.3.4.5=unk")),
            both("1.2.3.4.5=#0C03756E6B", "/1.2.3.4.5=unk"),
        ),
        (
            "an identifier with a name in OpenSSL only",
            one(ORGANIZATION_IDENTIFIER, PRINTABLE_STRING, b"VATDE-1"),
            Some(both("organizationIdentifier=VATDE-1", "/organizationIdentifier=VATDE-1")),
            both("2.5.4.97=#130756415444452D31", "/2.5.4.97=VATDE-1"),
        ),
        ("invalid UTF-8", one(CN, UTF8_STRING, b"\xc3("), REFUSED, (None, Some(r"/CN=\xC3("))),
        (
            "a surrogate in UTF-8",
            one(CN, UTF8_STRING, b"\xed\xa0\x80"),
            REFUSED,
            (None, Some(r"/CN=\xED\xA0\x80")),
        ),
        ("an RDN that is not a SET", of(SEQUENCE, &[tlv(SEQUENCE, [])]), REFUSED, (None, None)),
        (
            "bytes after an attribute's value",
            of(SEQUENCE, &[tlv(der::SET, tlv(SEQUENCE, [6, 1, 0x55, 12, 1, b'a', 5, 0]))]),
            REFUSED,
            (None, None),
        ),
        (
            "an attribute cut off",
            of(SEQUENCE, &[tlv(der::SET, [0x30, 5, 6, 3, 0x55])]),
            REFUSED,
            (None, None),
        ),
    ];
    for (case, subject, openssl, boringssl) in cases {
        let der = Parts::with(|parts| parts.subject = subject.clone()).der();
        let certificate = Certificate::from_der(&der).unwrap();
        assert_eq!(certificate.subject().as_der(), subject, "{case}");
        let expected = [(Dialect::OpenSsl, openssl), (Dialect::BoringSsl, Some(boringssl))];
        for (dialect, expected) in expected {
            let Some((rfc2253, legacy)) = expected else { continue };
            let subject = certificate.subject();
            assert_eq!(subject.rfc2253(dialect).as_deref(), rfc2253, "{case}, {dialect:?}");
            assert_eq!(subject.legacy(dialect).as_deref(), legacy, "{case}, {dialect:?}");
            // A malformed name loses only its own value.
            let record = TlsClientAuth::new(&trusted(&der).dialect(dialect));
            assert_eq!(record.cert_subject_dn(), rfc2253.unwrap_or_default(), "{case}");
            assert_eq!(record.cert_subject_dn_legacy(), legacy.unwrap_or_default(), "{case}");
            assert_eq!(record.cert_issuer_dn(), "CN=issuer", "{case}");
        }
    }
}

#[test]
fn versions() {
    let cases: [(&str, Vec<u8>, Option<u16>); 8] = [
        ("absent", Vec::new(), Some(1)),
        ("1", tlv(0xa0, tlv(INTEGER, [0])), Some(1)),
        ("2", tlv(0xa0, tlv(INTEGER, [1])), Some(2)),
        ("3", tlv(0xa0, tlv(INTEGER, [2])), Some(3)),
        ("256", tlv(0xa0, tlv(INTEGER, [0, 0xff])), Some(256)),
        ("below zero", tlv(0xa0, tlv(INTEGER, [0xff])), None),
        ("no INTEGER", tlv(0xa0, tlv(OCTET_STRING, [2])), None),
        ("nothing inside", tlv(0xa0, []), None),
    ];
    for (case, version, expected) in cases {
        let der = Parts::with(|parts| parts.version = version).der();
        let certificate = Certificate::from_der(&der).unwrap();
        assert_eq!(certificate.version(), expected, "{case}");
        assert_eq!(certificate.extensions().count(), 0, "{case}");
        assert_eq!(certificate.subject_key_identifier(), None, "{case}");
    }
}

#[test]
fn serial_numbers() {
    let long = [0x5a; 40];
    let cases: [(&str, &[u8], String); 8] = [
        ("zero", &[0], "00".into()),
        ("without a sign byte", &[0, 0xa3, 0x82], "A382".into()),
        ("below zero", &[0xff], "-01".into()),
        ("below zero, several bytes", &[0xfe, 0xdc, 0xba], "-012346".into()),
        ("below zero, zeros at the end", &[0x80, 0, 0], "-800000".into()),
        ("40 bytes on one line", &long, "5A".repeat(40)),
        ("padded", &[0, 1], String::new()),
        ("empty", &[], String::new()),
    ];
    for (case, serial, expected) in cases {
        let der = Parts::with(|parts| parts.serial = tlv(INTEGER, serial)).der();
        let record = TlsClientAuth::new(&trusted(&der));
        assert_eq!(record.cert_serial(), expected, "{case}");
        assert_eq!(record.cert_subject_dn(), "CN=subject", "{case}: other values");
    }
}

#[test]
fn dates() {
    let first = Some("Jan  1 00:00:00 0 GMT");
    let cases = [
        ("year 0", tlv(GENERALIZED_TIME, "00000101000000Z"), first, first),
        ("no seconds", tlv(UTC_TIME, "2501020304Z"), Some("Jan  2 03:04:00 2025 GMT"), None),
        ("month 13", tlv(UTC_TIME, "251302030405Z"), None, None),
        ("another type", tlv(INTEGER, [1]), None, None),
        ("empty", tlv(UTC_TIME, ""), None, None),
    ];
    for (case, date, openssl, boringssl) in cases {
        let der = Parts::with(|parts| parts.not_before = date).der();
        for (dialect, expected) in [(Dialect::OpenSsl, openssl), (Dialect::BoringSsl, boringssl)] {
            let record = TlsClientAuth::new(&trusted(&der).dialect(dialect));
            assert_eq!(record.cert_not_before(), expected.unwrap_or_default(), "{case}");
            assert_eq!(record.cert_not_after(), "Nov 12 13:14:15 2035 GMT", "{case}");
        }
    }
}

#[test]
fn subject_key_identifiers() {
    let ski = |value: Vec<u8>| der::extension(der::SUBJECT_KEY_IDENTIFIER, value);
    let good = subject_key_identifier(&[0x27, 0x84]);
    let unknown = || der::extension(UNKNOWN, "anything");
    let bad = of(SEQUENCE, &[tlv(OBJECT_IDENTIFIER, UNKNOWN), tlv(INTEGER, [1])]);
    let cases: [(&str, Vec<Vec<u8>>, &str); 9] = [
        ("none", vec![], ""),
        ("one", vec![unknown(), good.clone()], "2784"),
        ("twice", vec![good.clone(), good.clone()], ""),
        ("twice and different", vec![good.clone(), unknown(), subject_key_identifier(&[1])], ""),
        ("no OCTET STRING", vec![ski(tlv(BIT_STRING, [0, 1]))], ""),
        ("cut off", vec![ski(vec![OCTET_STRING, 9, 1])], ""),
        ("bytes after it", vec![ski([tlv(OCTET_STRING, [7]), vec![0]].concat())], "07"),
        ("before a bad extension", vec![good.clone(), bad.clone()], "2784"),
        ("after a bad extension", vec![bad, good], ""),
    ];
    for (case, extensions, expected) in cases {
        let der = Parts::with(|parts| parts.extensions = extensions).der();
        let record = TlsClientAuth::new(&trusted(&der));
        assert_eq!(record.cert_ski(), expected, "{case}");
        assert_eq!(record.cert_subject_dn(), "CN=subject", "{case}: other values");
    }
}

#[test]
fn authority_key_identifiers() {
    let key = || tlv(0x80, [0xaa, 0xbb]);
    let serial = |contents: &[u8]| tlv(0x82, contents);
    let issuer = || tlv(0xa1, tlv(0xa4, der::common_name("root")));
    type Expected = Option<(Option<&'static [u8]>, Option<&'static str>, usize)>;
    let cases: [(&str, Vec<u8>, Expected); 10] = [
        ("empty", of(SEQUENCE, &[]), Some((None, None, 0))),
        ("key", of(SEQUENCE, &[key()]), Some((Some(&[0xaa, 0xbb]), None, 0))),
        (
            "all",
            of(SEQUENCE, &[key(), issuer(), serial(&[0x11])]),
            Some((Some(&[0xaa, 0xbb]), Some("11"), 1)),
        ),
        (
            "a padded serial number loses its own value",
            of(SEQUENCE, &[key(), issuer(), serial(&[0, 1])]),
            Some((Some(&[0xaa, 0xbb]), None, 1)),
        ),
        (
            "an empty serial number loses its own value",
            of(SEQUENCE, &[key(), serial(&[])]),
            Some((Some(&[0xaa, 0xbb]), None, 0)),
        ),
        (
            "a malformed issuer loses its own value",
            of(SEQUENCE, &[key(), tlv(0xa1, [0xa4, 9]), serial(&[0x11])]),
            Some((Some(&[0xaa, 0xbb]), Some("11"), 1)),
        ),
        (
            "bytes after it",
            [of(SEQUENCE, &[key()]), vec![0]].concat(),
            Some((Some(&[0xaa, 0xbb]), None, 0)),
        ),
        ("an unknown field", of(SEQUENCE, &[key(), tlv(0x83, [1])]), None),
        ("a field cut off", of(SEQUENCE, &[key(), vec![0x82, 9, 1]]), None),
        ("no SEQUENCE", tlv(OCTET_STRING, [1]), None),
    ];
    for (case, value, expected) in cases {
        let der = Parts::with(|parts| {
            parts.extensions = vec![der::extension(der::AUTHORITY_KEY_IDENTIFIER, value)];
        })
        .der();
        let identifier = Certificate::from_der(&der).unwrap().authority_key_identifier();
        let found = identifier.map(|identifier| {
            let serial = identifier.authority_cert_serial_number().map(|serial| serial.to_hex());
            (identifier.key_identifier(), serial, identifier.authority_cert_issuer().count())
        });
        let found = found.as_ref().map(|(key, serial, names)| (*key, serial.as_deref(), *names));
        assert_eq!(found, expected, "{case}");
    }
}

#[test]
fn subject_alternative_names() {
    let entries: [(&str, Vec<u8>, &str); 17] = [
        ("DNS", tlv(0x82, "a.example"), "DNS a.example"),
        ("email", tlv(0x81, "u@a.example"), "email u@a.example"),
        ("URI", tlv(0x86, "spiffe://td/x"), "URI spiffe://td/x"),
        ("IPv4", tlv(0x87, [192, 0, 2, 1]), "IP 192.0.2.1"),
        (
            "IPv6",
            tlv(0x87, [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
            "IP 2001:db8::1",
        ),
        ("directory", tlv(0xa4, der::common_name("d")), "directory CN=d"),
        ("registered ID", tlv(0x88, UNKNOWN), "ID 1.2.3.4.5"),
        (
            "other name",
            of(0xa0, &[tlv(OBJECT_IDENTIFIER, UNKNOWN), tlv(0xa0, tlv(UTF8_STRING, "u"))]),
            "other 1.2.3.4.5 [12, 1, 117]",
        ),
        ("NUL in a host name", tlv(0x82, "good.example\0.evil.example"), "unreadable"),
        ("a space in a URI", tlv(0x86, "spiffe://td/a b"), "unreadable"),
        ("UTF-8 in a host name", tlv(0x82, "bücher.example"), "unreadable"),
        ("an empty host name", tlv(0x82, ""), "unreadable"),
        ("an address of 5 bytes", tlv(0x87, [1, 2, 3, 4, 5]), "unreadable"),
        ("a directory name that is not a Name", tlv(0xa4, [5, 0]), "unreadable"),
        ("an other name without a value", tlv(0xa0, tlv(OBJECT_IDENTIFIER, UNKNOWN)), "unreadable"),
        ("x400Address", tlv(0xa3, []), "unreadable"),
        ("an unknown type", tlv(0x89, [1]), "unreadable"),
    ];
    let read = |extensions: Vec<Vec<u8>>| {
        let der = Parts::with(|parts| parts.extensions = extensions).der();
        let names = Certificate::from_der(&der).unwrap().subject_alt_names().map(shown);
        names.collect::<Vec<_>>()
    };
    let extension = |value: Vec<u8>| der::extension(der::SUBJECT_ALT_NAME, value);
    let list = |entries: &[Vec<u8>]| extension(of(SEQUENCE, entries));
    for (case, entry, expected) in &entries {
        // The entries before and after it are read.
        let around = [entries[0].1.clone(), entry.clone(), entries[0].1.clone()];
        assert_eq!(read(vec![list(&around)]), [entries[0].2, expected, entries[0].2], "{case}");
    }
    let good = || list(&[entries[0].1.clone()]);
    type Case = (&'static str, Vec<Vec<u8>>, &'static [&'static str]);
    let bad = of(SEQUENCE, &[tlv(OBJECT_IDENTIFIER, UNKNOWN), tlv(INTEGER, [1])]);
    let with = |entry: &[u8]| list(&[entries[0].1.clone(), entry.to_vec()]);
    // No name is read. A parser of BER could read a further name, or none, from the malformed lists.
    let cases: [Case; 18] = [
        ("no extension", vec![], &[]),
        ("no entries", vec![list(&[])], &[]),
        ("twice", vec![good(), good()], &[]),
        ("no SEQUENCE", vec![extension(entries[0].1.clone())], &[]),
        (
            "bytes after it",
            vec![extension([of(SEQUENCE, &[entries[0].1.clone()]), vec![0]].concat())],
            &[],
        ),
        ("an entry cut off", vec![with(&[0x82, 9, b'a'])], &[]),
        ("a length that is not minimal", vec![with(&[0x86, 0x81, 1, b'a'])], &[]),
        ("an indefinite length", vec![with(&[0xa6, 0x80, 0x16, 1, b'a', 0, 0])], &[]),
        ("a tag alone", vec![with(&[0x86])], &[]),
        ("a constructed host name", vec![with(&tlv(0xa2, tlv(IA5_STRING, "b.example")))], &[]),
        ("a constructed URI", vec![with(&tlv(0xa6, tlv(IA5_STRING, "spiffe://td/x")))], &[]),
        ("a constructed address", vec![with(&tlv(0xa7, tlv(OCTET_STRING, [192, 0, 2, 1])))], &[]),
        ("a primitive other name", vec![with(&tlv(0x80, "u"))], &[]),
        ("a primitive directory name", vec![with(&tlv(0x84, der::common_name("d")))], &[]),
        ("a primitive x400Address", vec![with(&tlv(0x83, []))], &[]),
        ("a tag number in its long form", vec![with(&[0x9f, 0x06, 1, b'a'])], &[]),
        ("before a bad extension", vec![good(), bad.clone()], &[]),
        ("after a bad extension", vec![bad, good()], &[]),
    ];
    for (case, extensions, expected) in cases {
        assert_eq!(read(extensions), expected, "{case}");
    }
}

/// A key that is denied by its hash could be presented in another encoding.
#[test]
fn one_key_has_three_encodings() {
    // P-256's generator (SEC 2 §2.4.2).
    let x = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
    let y = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
    let encodings = [format!("04{x}{y}"), format!("03{x}"), format!("07{x}{y}")];
    let hashes: BTreeSet<[u8; 32]> = encodings
        .iter()
        .map(|point| {
            let digit = |digit: &str| u8::from_str_radix(digit, 16).unwrap();
            let point = (0..point.len()).step_by(2).map(|at| digit(&point[at..at + 2]));
            let bits: Vec<u8> = core::iter::once(0).chain(point).collect();
            let curve = tlv(OBJECT_IDENTIFIER, [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
            let key = tlv(OBJECT_IDENTIFIER, [0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]);
            let info = of(SEQUENCE, &[of(SEQUENCE, &[key, curve]), tlv(BIT_STRING, bits)]);
            let der = Parts::with(|parts| parts.public_key = info).der();
            Certificate::from_der(&der).unwrap().public_key_sha256()
        })
        .collect();
    assert_eq!(hashes.len(), 3);
}

/// The documentation of `Name::rfc2253` warns of different names with the same text.
#[test]
fn names_with_long_identifiers_can_have_the_same_text() {
    let kind = |last: u8| [vec![0x2a; 80], vec![last]].concat();
    let wide = |last: u8| [vec![0x2a, 0x83], vec![0xff; 12], vec![last]].concat();
    let printed = |kind: &[u8], dialect| {
        let der =
            Parts::with(|parts| parts.subject = name(&[&[attribute(kind, UTF8_STRING, "a")]]));
        let der = der.der();
        let subject = Certificate::from_der(&der).unwrap().subject();
        (subject.rfc2253(dialect).unwrap(), subject.as_der().to_vec())
    };
    for dialect in checks::DIALECTS {
        for kinds in [[kind(1), kind(2)], [wide(1), wide(2)]] {
            let [(one, one_der), (two, two_der)] = kinds.map(|kind| printed(&kind, dialect));
            assert_ne!(one_der, two_der);
            // Both libraries cut long identifiers. Only OpenSSL prints arcs over 64 bits.
            let is_equal = dialect == Dialect::BoringSsl || is_cut(&one);
            assert_eq!(one == two, is_equal, "{one} {two}");
        }
    }
}

/// Whether the identifier was cut at 79 characters.
fn is_cut(text: &str) -> bool {
    text.split('=').next().is_some_and(|kind| kind.len() == 79)
}

/// Headers escape a space at the end of a name; the record has the libraries' text.
#[test]
fn a_space_at_the_end_of_a_name_is_escaped_in_headers() {
    const DER: &[u8] = include_bytes!("fixtures/cases/name_ends_with_space.der");
    let client = trusted(DER).dialect(Dialect::OpenSsl);
    let record = TlsClientAuth::new(&client);
    assert_eq!(record.cert_subject_dn(), r"CN=trail\ ,O=x\ ");
    assert_eq!(record.cert_subject_dn_legacy(), "/O=x /CN=trail ");
    let cases = [
        (HeaderSet::nginx(), "ssl-client-s-dn", r"CN=trail\ ,O=x\20"),
        (HeaderSet::nginx(), "ssl-client-s-dn-legacy", r"/O=x /CN=trail\x20"),
        (HeaderSet::apache(), "SSL-CLIENT-I-DN", r"CN=trail\ ,O=x\20"),
        (HeaderSet::haproxy(), "ssl-c-s-dn", "/O=x /CN=trail%20"),
        (HeaderSet::haproxy_manual(), "X-SSL-Client-CN", "trail%20"),
        (HeaderSet::caddy(), "tls-client-subject", r"CN=trail\ ,O=x\20"),
        (HeaderSet::cloudflare_worker(), "X-CERT-SUBJECT-DN", r"CN=trail\ ,O=x\20"),
    ];
    for (set, header, expected) in cases {
        let lines = set.lines(&client, Limits::new());
        assert_eq!(lines.get(header), Some(expected), "{}", set.name());
    }
    let pem = HeaderSet::apache().lines(&client, Limits::new());
    assert!(pem.get("SSL-CLIENT-CERT").unwrap().ends_with("-----END CERTIFICATE-----"));

    // A receiver without the certificate restores the record's text.
    let lines = HeaderSet::cloudflare_worker().lines(&client, Limits::new());
    let lines: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
    let read = Receiver::cloudflare_worker().receive(&lines).unwrap();
    assert_eq!(read.cert_subject_dn(), record.cert_subject_dn());
    assert_eq!(read.cert_subject_dn_legacy(), record.cert_subject_dn_legacy());
}

/// nginx parses its own printed dates to count the days, and cannot parse all of them.
#[test]
fn days_that_nginx_cannot_count_are_not_sent() {
    let year_1 = Parts::with(|parts| parts.not_after = tlv(GENERALIZED_TIME, "00010101000000Z"));
    let lines = HeaderSet::nginx().lines(&trusted(&year_1.der()), Limits::new());
    assert_eq!(lines.get("ssl-client-v-end"), Some("Jan  1 00:00:00 1 GMT"));
    assert_eq!(lines.get("ssl-client-v-remain"), None);
}

/// A common name is sent only if the whole name can be parsed.
#[test]
fn a_common_name_in_a_malformed_name_is_not_sent() {
    let name = |rest: &[u8]| {
        let good = of(der::SET, &[attribute(CN, UTF8_STRING, "admin")]);
        tlv(SEQUENCE, [good, rest.to_vec()].concat())
    };
    for (rest, expected) in [(&[][..], Some("admin")), (&[der::SET, 9, 1], None)] {
        let der = Parts::with(|parts| parts.subject = name(rest)).der();
        let lines = HeaderSet::haproxy_manual().lines(&trusted(&der), Limits::new());
        assert_eq!(lines.get("X-SSL-Client-CN"), expected);
        assert_eq!(lines.get("X-SSL-Client-DN").is_some(), expected.is_some());
    }
}

fn shown(name: SubjectAltName<'_>) -> String {
    let dialect = Dialect::BoringSsl;
    match name {
        SubjectAltName::Dns(text) => format!("DNS {text}"),
        SubjectAltName::Email(text) => format!("email {text}"),
        SubjectAltName::Uri(text) => format!("URI {text}"),
        SubjectAltName::Ip(address) => format!("IP {address}"),
        SubjectAltName::Directory(name) => format!("directory {}", name.rfc2253(dialect).unwrap()),
        SubjectAltName::RegisteredId(identifier) => format!("ID {}", identifier.dotted(dialect)),
        SubjectAltName::Other(kind, value) => format!("other {} {value:?}", kind.dotted(dialect)),
        SubjectAltName::Unreadable(_) => "unreadable".into(),
        _ => panic!("a type without a text in this test"),
    }
}

/// What the caller gives as the verified issuer.
enum Named {
    Nobody,
    Certificate(Vec<u8>),
    Among(Vec<Vec<u8>>),
}

/// The issuer's facts come from the certificate that the caller gives, or else from the leaf; never from the chain that the client
/// sends.
#[test]
fn issuer_facts_have_a_verified_source() {
    let certificate = |subject: &str, serial: u8, key: Option<u8>| {
        Parts::with(|parts| {
            parts.subject = der::common_name(subject);
            parts.serial = tlv(INTEGER, [serial]);
            parts.extensions = key.iter().map(|key| subject_key_identifier(&[*key])).collect();
        })
        .der()
    };
    let issuer = || certificate("issuer", 0x11, Some(0xaa));
    let renewed = || certificate("issuer", 0x22, Some(0xbb));
    let without_key = || certificate("issuer", 0x33, None);
    let other = || certificate("another", 0x44, Some(0xaa));
    let noise = || vec![0x30, 0x80, 0, 0];

    let key = |key: u8| vec![tlv(0x80, [key])];
    let key_and_serial = |key: u8, serial: u8| vec![tlv(0x80, [key]), tlv(0x82, [serial])];
    let none = Vec::new;
    let failed = || Verification::from(VerifyError::CertHasExpired);
    type Case = (&'static str, Vec<Vec<u8>>, Verification, Named, (&'static str, &'static str));
    let ok = || Verification::Success;
    let cases: Vec<Case> = vec![
        ("no AKI", none(), ok(), Named::Nobody, ("", "")),
        ("key in the AKI", key(0xaa), ok(), Named::Nobody, ("", "AA")),
        ("both in the AKI", key_and_serial(0xcc, 0x55), ok(), Named::Nobody, ("55", "CC")),
        ("named", none(), ok(), Named::Certificate(issuer()), ("11", "AA")),
        ("named, under another name", none(), ok(), Named::Certificate(other()), ("44", "AA")),
        (
            "named, against the AKI",
            key_and_serial(0xcc, 0x55),
            ok(),
            Named::Certificate(issuer()),
            ("11", "AA"),
        ),
        (
            "named without a key of its own",
            key_and_serial(0xcc, 0x55),
            ok(),
            Named::Certificate(without_key()),
            ("33", "CC"),
        ),
        (
            "named and unreadable",
            key_and_serial(0xcc, 0x55),
            ok(),
            Named::Certificate(noise()),
            ("55", "CC"),
        ),
        ("an empty slice", key(0xaa), ok(), Named::Certificate(vec![]), ("", "AA")),
        ("named and not verified", key(0xaa), failed(), Named::Certificate(issuer()), ("", "AA")),
        ("among: by its name", none(), ok(), Named::Among(vec![issuer()]), ("11", "AA")),
        ("among: by name and key", key(0xaa), ok(), Named::Among(vec![issuer()]), ("11", "AA")),
        (
            "among: after others",
            none(),
            ok(),
            Named::Among(vec![other(), noise(), issuer()]),
            ("11", "AA"),
        ),
        (
            "among: the key decides",
            key(0xbb),
            ok(),
            Named::Among(vec![issuer(), renewed()]),
            ("22", "BB"),
        ),
        ("among: nothing decides", none(), ok(), Named::Among(vec![issuer(), renewed()]), ("", "")),
        (
            "among: twice the same",
            none(),
            ok(),
            Named::Among(vec![issuer(), issuer()]),
            ("11", "AA"),
        ),
        (
            "among: same name, another key",
            key_and_serial(0xcc, 0x55),
            ok(),
            Named::Among(vec![issuer()]),
            ("55", "CC"),
        ),
        (
            "among: same key, another name",
            key_and_serial(0xaa, 0x55),
            ok(),
            Named::Among(vec![other()]),
            ("55", "AA"),
        ),
        ("among: not verified", none(), failed(), Named::Among(vec![issuer()]), ("", "")),
        ("among nobody", none(), ok(), Named::Among(vec![]), ("", "")),
    ];
    // Chains that the client sends: its own certificates, also with the CA's name and key identifier.
    let stranger = || certificate("issuer", 0xf0, Some(0xee));
    let chains = [
        vec![],
        vec![stranger()],
        vec![issuer()],
        vec![certificate("issuer", 0xf0, Some(0xcc)), noise()],
    ];
    for (case, authority, verification, named, expected) in cases {
        let leaf = Parts::with(|parts| {
            if !authority.is_empty() {
                let value = of(SEQUENCE, &authority);
                parts.extensions = vec![der::extension(der::AUTHORITY_KEY_IDENTIFIER, value)];
            }
        });
        let client = ClientCertificate::presented(leaf.der(), verification);
        let client = match named {
            Named::Nobody => client,
            Named::Certificate(issuer) => client.verified_issuer(issuer),
            Named::Among(authorities) => client.verified_issuer_among(authorities),
        };
        for chain in &chains {
            let client = client.clone().chain(chain);
            let record = TlsClientAuth::new(&client);
            let found = (record.cert_issuer_serial(), record.cert_issuer_ski());
            assert_eq!(found, expected, "{case}, a chain of {}", chain.len());
            let lines = HeaderSet::cloudflare_managed().lines(&client, Limits::new());
            let sent = ["cf-cert-issuer-serial", "cf-cert-issuer-ski"]
                .map(|name| lines.get(name).unwrap_or_default());
            assert_eq!(sent, [expected.0, expected.1], "{case}: as headers");
        }
    }
}

/// Cloudflare's documented example: the client sends its leaf only, and the serial number of its issuer is known.
#[test]
fn the_issuer_s_serial_number_is_known_without_a_chain() {
    const ISSUER: &[u8] = include_bytes!("fixtures/ca.der");
    let client = trusted(PLAIN).verified_issuer(ISSUER);
    let record = TlsClientAuth::new(&client);
    assert_eq!(record.cert_issuer_serial(), "01");
    assert_eq!(record.cert_chain_rfc9440(), "", "the verified issuer is not forwarded");
    for set in HeaderSet::all() {
        let base64 = STANDARD.encode(ISSUER);
        for line in set.lines(&client, Limits::new()).iter() {
            assert!(!line.value().contains(&base64[..40]), "{}", line.name());
        }
    }
}

#[test]
fn framing_is_strict() {
    use ErrorKind::{
        IndefiniteLength, NonMinimalLength, TooLarge, TrailingData, Truncated, UnexpectedTag,
    };
    let good = Parts::new().der();
    let change = |change: fn(&mut Vec<u8>)| {
        let mut der = good.clone();
        change(&mut der);
        der
    };
    let after_extensions = Parts::with(|parts| {
        parts.extensions = vec![subject_key_identifier(&[1])];
        parts.more = tlv(5, []);
    })
    .der();
    // The signature takes 5 bytes, its algorithm 12, the added field 2.
    let added = after_extensions.len() - 5 - 12 - 2;
    let cases: [(&str, Vec<u8>, Part, ErrorKind, usize); 13] = [
        ("nothing", vec![], Part::Certificate, Truncated, 0),
        ("no SEQUENCE", change(|der| der[0] = 0x31), Part::Certificate, UnexpectedTag, 0),
        (
            "cut off",
            change(|der| {
                der.pop();
            }),
            Part::Certificate,
            Truncated,
            0,
        ),
        ("a trailing byte", change(|der| der.push(0)), Part::Certificate, TrailingData, good.len()),
        (
            "a trailing certificate",
            [good.clone(), good.clone()].concat(),
            Part::Certificate,
            TrailingData,
            good.len(),
        ),
        (
            "indefinite length",
            [&[0x30, 0x80], &good[3..], &[0, 0]].concat(),
            Part::Certificate,
            IndefiniteLength,
            0,
        ),
        (
            "length with a zero before it",
            [&[0x30, 0x82, 0], &good[2..]].concat(),
            Part::Certificate,
            NonMinimalLength,
            0,
        ),
        (
            "a field after the signature",
            of(SEQUENCE, &[good[3..].to_vec(), tlv(5, [])]),
            Part::Certificate,
            TrailingData,
            good.len(),
        ),
        (
            "a field after the extensions",
            after_extensions,
            Part::TbsCertificate,
            TrailingData,
            added,
        ),
        (
            "no serial number",
            Parts::with(|parts| parts.serial.clear()).der(),
            Part::SerialNumber,
            UnexpectedTag,
            9,
        ),
        (
            "a third date",
            Parts::with(|parts| parts.not_after.extend(tlv(UTC_TIME, "351112131415Z"))).der(),
            Part::Validity,
            TrailingData,
            76,
        ),
        (
            "a signature that is not a BIT STRING",
            Parts::with(|parts| parts.signature = tlv(OCTET_STRING, [0, 0x30, 0])).der(),
            Part::SignatureValue,
            UnexpectedTag,
            good.len() - 5,
        ),
        (
            "over the limit",
            vec![0x30; MAX_CERTIFICATE + 1],
            Part::Certificate,
            TooLarge,
            MAX_CERTIFICATE,
        ),
    ];
    assert!(Certificate::from_der(&good).is_ok());
    for (case, der, part, kind, offset) in cases {
        let error = Certificate::from_der(&der).expect_err(case);
        assert_eq!((error.part(), error.kind(), error.offset()), (part, kind, offset), "{case}");
    }
}

/// A certificate of exactly this size.
fn of_size(size: usize) -> Vec<u8> {
    let with = |bytes: usize| {
        Parts::with(|parts| parts.extensions = vec![der::extension(UNKNOWN, vec![0; bytes])]).der()
    };
    let sizes = (0..).map(|less| with(size - less)).find(|der| der.len() <= size);
    sizes.filter(|der| der.len() == size).expect("a size that no length octet skips")
}

#[test]
fn the_size_limit_is_exact() {
    let largest = of_size(MAX_CERTIFICATE);
    let larger = of_size(MAX_CERTIFICATE + 1);
    assert!(Certificate::from_der(&largest).is_ok());
    assert_eq!(Certificate::from_der(&larger).unwrap_err().kind(), ErrorKind::TooLarge);
    assert!(Certificate::from_der_up_to(&larger, larger.len()).is_ok());
    assert!(Certificate::from_der_up_to(&larger, larger.len() - 1).is_err());

    let fields = |der: &[u8], limits: Limits| {
        let record = TlsClientAuth::with_limits(&trusted(der), limits);
        (record.cert_subject_dn().to_owned(), record.cert_fingerprint_sha256().len())
    };
    assert_eq!(fields(&largest, Limits::new()), ("CN=subject".into(), 64));
    assert_eq!(fields(&larger, Limits::new()), (String::new(), 64));
    let raised = Limits::new().certificate(larger.len());
    assert_eq!(fields(&larger, raised), ("CN=subject".into(), 64));
}

#[test]
fn a_malformed_leaf_is_forwarded_without_facts() {
    let failed = Verification::from(VerifyError::CertHasExpired);
    let leaf = &b"\x30\x80no certificate"[..];
    let client = ClientCertificate::presented(leaf, failed).chain([&b"chain"[..]]);
    let record = TlsClientAuth::new(&client);
    let filled: Vec<_> =
        checks::properties(&record).into_iter().filter(|(_, text)| !text.is_empty()).collect();
    assert_eq!(
        filled,
        [
            ("certPresented", "1"),
            ("certVerified", "FAILED:certificate has expired"),
            ("certRevoked", "0"),
            // sha1sum and sha256sum of the bytes.
            ("certFingerprintSHA1", "b5ae1b37dfc9acd7dd8cdc3c9affea4e06ddd150"),
            (
                "certFingerprintSHA256",
                "0001c31c3c15e8be720a12f021b6476ea59be059622a2ace8d1dbe8b44212810"
            ),
            ("certRFC9440", ":MIBubyBjZXJ0aWZpY2F0ZQ==:"),
            ("certChainRFC9440", ":Y2hhaW4=:"),
        ]
    );
    assert!(record.certificate().is_err());

    let names = |set: HeaderSet, client: &ClientCertificate| -> Vec<String> {
        set.lines(client, Limits::new()).iter().map(|line| line.name().to_owned()).collect()
    };
    let verdict = [
        "cf-cert-revoked",
        "cf-cert-verified",
        "cf-cert-presented",
        "cf-cert-sha256",
        "cf-cert-sha1",
    ];
    assert_eq!(names(HeaderSet::cloudflare_managed(), &client), verdict);
    assert_eq!(names(HeaderSet::cloudflare(), &client), [""; 0]);
    let pair = ["Cf-Client-Cert-Der-Base64", "Cf-Client-Cert-Sha256"];
    assert_eq!(names(HeaderSet::cloudflare(), &trusted(leaf)), pair);
}

/// Base64 takes four characters for three bytes, and a byte sequence two more. The longest values within 10 KiB have 10,240 and 10,238
/// characters, and the longest within 16 KiB has 16,382.
#[test]
fn the_limits_of_values_are_exact() {
    type Value = fn(&ClientCertificate, Limits) -> Result<usize, bool>;
    let header = |set: HeaderSet, name: &str, client: &ClientCertificate, limits: Limits| {
        let lines = set.lines(client, limits);
        let too_large = lines.too_large().any(|large| large == name);
        lines.get(name).map(str::len).ok_or(too_large)
    };
    let base64: Value = |client, limits| {
        let lines = HeaderSet::cloudflare().lines(client, limits);
        assert_eq!(lines.get("Cf-Client-Cert-Sha256").map(str::len), Some(64));
        lines
            .get("Cf-Client-Cert-Der-Base64")
            .map(str::len)
            .ok_or(lines.too_large().eq(["Cf-Client-Cert-Der-Base64"]))
    };
    let leaf: Value = |client, limits| {
        let record = TlsClientAuth::with_limits(client, limits);
        match record.cert_rfc9440() {
            "" => Err(record.cert_rfc9440_too_large()),
            value => Ok(value.len()),
        }
    };
    let chain: Value = |client, limits| {
        let record = TlsClientAuth::with_limits(client, limits);
        match record.cert_chain_rfc9440() {
            "" => Err(record.cert_chain_rfc9440_too_large()),
            value => Ok(value.len()),
        }
    };
    let name: Value = |client, limits| {
        let record = TlsClientAuth::with_limits(client, limits);
        assert!(!record.cert_subject_dn().is_empty(), "the record has no such limit");
        let lines = HeaderSet::cloudflare_managed().lines(client, limits);
        lines
            .get("cf-cert-subject-dn")
            .map(str::len)
            .ok_or(lines.too_large().any(|large| large == "cf-cert-subject-dn"))
    };

    let of_leaf = |bytes: usize| trusted(&vec![7; bytes]);
    let of_chain = |bytes: &[usize]| trusted(&[7]).chain(bytes.iter().map(|bytes| vec![7; *bytes]));
    // The printed name has `CN=` and two characters for each quote.
    let of_quotes = |count: usize| {
        trusted(&Parts::with(|parts| parts.subject = der::common_name(&"\"".repeat(count))).der())
    };
    let cases: [(&str, Value, ClientCertificate, Result<usize, bool>); 10] = [
        ("base64, the last", base64, of_leaf(7680), Ok(10_240)),
        ("base64, over", base64, of_leaf(7681), Err(true)),
        ("leaf, the last", leaf, of_leaf(7677), Ok(10_238)),
        ("leaf, over", leaf, of_leaf(7678), Err(true)),
        ("chain, the last", chain, of_chain(&[12_285]), Ok(16_382)),
        ("chain, over", chain, of_chain(&[12_286]), Err(true)),
        ("chain of two, the last", chain, of_chain(&[6141, 6141]), Ok(16_382)),
        ("chain of two, over", chain, of_chain(&[6141, 6142]), Err(true)),
        ("name, the last", name, of_quotes(32_766), Ok(65_535)),
        ("name, over", name, of_quotes(32_767), Err(true)),
    ];
    for (case, value, client, expected) in cases {
        assert_eq!(value(&client, Limits::new()), expected, "{case}");
        let Ok(length) = expected else { continue };
        let limits =
            |bytes| Limits::new().encoded_leaf(bytes).encoded_chain(bytes).text(bytes.max(64));
        assert_eq!(value(&client, limits(length)), Ok(length), "{case}, a limit of its length");
        assert_eq!(value(&client, limits(length - 1)), Err(true), "{case}, a limit of one less");
    }

    for (name, client) in
        [("Client-Cert", of_leaf(7678)), ("Client-Cert-Chain", of_chain(&[12_286]))]
    {
        assert_eq!(header(HeaderSet::rfc9440(), name, &client, Limits::new()), Err(true), "{name}");
    }
    let record = TlsClientAuth::new(&trusted(PLAIN));
    assert!(!record.cert_rfc9440_too_large() && !record.cert_chain_rfc9440_too_large());
    assert_eq!(record.cert_chain_rfc9440(), "");
}

#[cfg(feature = "serde")]
#[test]
fn the_json_is_cloudflares() {
    let client = trusted(PLAIN).chain([&b"chain"[..], b"root"]).revoked(true);
    let json = serde_json::to_string(&TlsClientAuth::new(&client)).unwrap();
    let expected = [
        r#"{"certPresented":"1","certVerified":"SUCCESS","certRevoked":"1","#,
        r#""certIssuerDN":"CN=Peers Root CA,O=Peers Test,C=DE","#,
        r#""certSubjectDN":"CN=client.example,OU=Ops,O=Example Corp,L=Weiden,ST=Bayern,C=DE","#,
        r#""certIssuerDNRFC2253":"CN=Peers Root CA,O=Peers Test,C=DE","#,
        r#""certSubjectDNRFC2253":"CN=client.example,OU=Ops,O=Example Corp,L=Weiden,ST=Bayern,C=DE","#,
        r#""certIssuerDNLegacy":"/C=DE/O=Peers Test/CN=Peers Root CA","#,
        r#""certSubjectDNLegacy":"/C=DE/ST=Bayern/L=Weiden/O=Example Corp/OU=Ops/CN=client.example","#,
        r#""certSerial":"5A7001B17B539286C891","certIssuerSerial":"","certSKI":"","certIssuerSKI":"","#,
        r#""certFingerprintSHA1":"4224ef9941c41e23f02deb9c2998dc6fa1447470","#,
        r#""certFingerprintSHA256":"73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa","#,
        r#""certNotBefore":"Jan  2 03:04:05 2025 GMT","certNotAfter":"Nov 12 13:14:15 2035 GMT","#,
        &format!(r#""certRFC9440":":{}:","certRFC9440TooLarge":false,"#, STANDARD.encode(PLAIN)),
        r#""certChainRFC9440":":Y2hhaW4=:, :cm9vdA==:","certChainRFC9440TooLarge":false}"#,
    ];
    assert_eq!(json, expected.concat());

    let limits = Limits::new().encoded_leaf(10).encoded_chain(10);
    let json = serde_json::to_string(&TlsClientAuth::with_limits(&client, limits)).unwrap();
    let end = r#""certRFC9440":"","certRFC9440TooLarge":true,"certChainRFC9440":"","certChainRFC9440TooLarge":true}"#;
    assert!(json.ends_with(end), "{json}");

    let nobody = serde_json::to_string(&TlsClientAuth::new(&ClientCertificate::none())).unwrap();
    let expected = [
        r#"{"certPresented":"0","certVerified":"NONE","certRevoked":"0","certIssuerDN":"","certSubjectDN":"","#,
        r#""certIssuerDNRFC2253":"","certSubjectDNRFC2253":"","certIssuerDNLegacy":"","certSubjectDNLegacy":"","#,
        r#""certSerial":"","certIssuerSerial":"","certSKI":"","certIssuerSKI":"","certFingerprintSHA1":"","#,
        r#""certFingerprintSHA256":"","certNotBefore":"","certNotAfter":"","certRFC9440":"","#,
        r#""certRFC9440TooLarge":false,"certChainRFC9440":"","certChainRFC9440TooLarge":false}"#,
    ];
    assert_eq!(nobody, expected.concat());
}

#[test]
fn the_header_sets_line_by_line() {
    let authority = of(SEQUENCE, &[tlv(0x80, [0xbb]), tlv(0x82, [0x11])]);
    let der = Parts::with(|parts| {
        parts.extensions = vec![
            subject_key_identifier(&[0xaa]),
            der::extension(der::AUTHORITY_KEY_IDENTIFIER, authority),
        ];
    })
    .der();
    let client = trusted(&der).chain([&b"chain"[..]]);
    let (sha1, sha256) = {
        use sha1::Digest as _;
        (checks::lower_hex(sha1::Sha1::digest(&der)), checks::lower_hex(sha2::Sha256::digest(&der)))
    };
    let base64 = STANDARD.encode(&der);
    let byte_sequence = format!(":{base64}:");
    let (from, to) = ("Jan  2 03:04:05 2025 GMT", "Nov 12 13:14:15 2035 GMT");
    let cases: [(HeaderSet, &[(&str, &str)]); 4] = [
        (
            HeaderSet::cloudflare(),
            &[("Cf-Client-Cert-Der-Base64", &base64), ("Cf-Client-Cert-Sha256", &sha256)],
        ),
        (
            HeaderSet::cloudflare_worker(),
            &[
                ("X-CERT-ISSUER-DN", "CN=issuer"),
                ("X-CERT-SUBJECT-DN", "CN=subject"),
                ("X-CERT-ISSUER-DN-L", "/CN=issuer"),
                ("X-CERT-SUBJECT-DN-L", "/CN=subject"),
                ("X-CERT-SERIAL", "5A"),
                ("X-CERT-FINGER", &sha1),
                ("X-CERT-VERIFY", "SUCCESS"),
                ("X-CERT-NOTBE", from),
                ("X-CERT-NOTAF", to),
            ],
        ),
        (
            HeaderSet::cloudflare_managed(),
            &[
                ("cf-cert-revoked", "false"),
                ("cf-cert-verified", "true"),
                ("cf-cert-presented", "true"),
                ("cf-cert-issuer-dn", "CN=issuer"),
                ("cf-cert-subject-dn", "CN=subject"),
                ("cf-cert-issuer-dn-rfc2253", "CN=issuer"),
                ("cf-cert-subject-dn-rfc2253", "CN=subject"),
                ("cf-cert-issuer-dn-legacy", "/CN=issuer"),
                ("cf-cert-subject-dn-legacy", "/CN=subject"),
                ("cf-cert-serial", "5A"),
                ("cf-cert-issuer-serial", "11"),
                ("cf-cert-sha256", &sha256),
                ("cf-cert-sha1", &sha1),
                ("cf-cert-not-before", from),
                ("cf-cert-not-after", to),
                ("cf-cert-ski", "AA"),
                ("cf-cert-issuer-ski", "BB"),
            ],
        ),
        (
            HeaderSet::rfc9440(),
            &[("Client-Cert", &byte_sequence), ("Client-Cert-Chain", ":Y2hhaW4=:")],
        ),
    ];
    for (set, expected) in cases {
        let lines = set.lines(&client, Limits::new());
        let found: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
        assert_eq!(found, expected, "{}", set.name());
        assert_eq!(lines.too_large().len(), 0, "{}", set.name());
    }
}

/// A change to parts that the signature does not cover changes the fingerprint of the certificate, and not that of its key.
#[test]
fn changes_of_unsigned_parts_are_detected() {
    let good = Parts::new();
    let null = Parts::with(|parts| {
        let identifier = tlv(OBJECT_IDENTIFIER, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]);
        parts.outer_algorithm = of(SEQUENCE, &[identifier, tlv(5, [])]);
    });
    let cases = [
        ("as issued", good.clone(), true),
        ("NULL parameters outside", null, false),
        (
            "unused bits",
            Parts::with(|parts| parts.signature = tlv(BIT_STRING, [1, 0x30, 0])),
            false,
        ),
        (
            "no octet of unused bits",
            Parts::with(|parts| parts.signature = tlv(BIT_STRING, [])),
            false,
        ),
    ];
    let good = good.der();
    let good = Certificate::from_der(&good).unwrap();
    for (case, parts, agree) in cases {
        let der = parts.der();
        let certificate = Certificate::from_der(&der).unwrap();
        assert_eq!(certificate.unsigned_parts_agree(), agree, "{case}");
        assert_eq!(certificate.sha256() == good.sha256(), agree, "{case}");
        assert_eq!(certificate.public_key_sha256(), good.public_key_sha256(), "{case}");
    }
    assert!(Certificate::from_der(PLAIN).unwrap().unsigned_parts_agree());
}
