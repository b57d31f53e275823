//! Names that contain the formats' separators, quotes and escapes, in every header set: strict parsers, written independently of the
//! crate, find one value, and the text of the certificate in it.

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
mod strict_readers;

use common::checks;
use common::der::{self, CN, O, SEQUENCE, SUBJECT_ALT_NAME, UTF8_STRING, attribute, of, tlv};
use strict_readers as read;
use tls_client_auth::client::Reason;
use tls_client_auth::field::{CertificateForm, ChainForm, Field, Limits, NameForm};
use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};

/// Texts in a client's certificate that try to pass as more than one value.
const HOSTILE: [(&str, &str); 29] = [
    ("nothing special", "a"),
    ("separators", "a,b;c=d+e:f/g&h|i"),
    ("a quote", "a\"b"),
    ("a backslash at the end", "a\\"),
    ("a backslash and a quote", "a\\\"b"),
    ("an escaped separator", "a\\,b\\2Cc"),
    ("a request", "a\r\n\r\nGET /admin HTTP/1.1\r\nHost: a\r\nClient-Cert: :MAA=:\r\n\r\n"),
    ("a header", "a\nX-Client-Cert: a"),
    ("a header after a lone carriage return", "a\rX-Client-Cert: a"),
    ("a NUL", "a\0b"),
    ("a control byte and DEL", "\u{1}a\u{7f}"),
    ("Latin-1", "Jos\u{e9}"),
    ("next line and line separator", "a\u{85}b\u{2028}c"),
    ("a bidirectional override", "a\u{202e}nimda"),
    ("outside the basic plane", "\u{1f980}"),
    ("percent signs", "%0d%0a%22%2C%00%"),
    ("another element of Envoy's", "a\",By=spiffe://evil;Subject=\"CN=admin"),
    ("another field of Traefik's", "a\";Issuer=\"CN=admin\",Subject=\"CN=admin"),
    ("another attribute", "a,CN=admin+OU=root/CN=admin"),
    ("JSON", "a\"},{\"subject\":\"CN=admin\"}],[{\"\\u0022"),
    ("a structured field", ":MAA=:, ;a=1"),
    ("spaces and sharps at the ends", " #a# "),
    ("a space", " "),
    ("two spaces", "  "),
    ("a trailing space", "trail "),
    ("a trailing backslash and space", "a\\ "),
    ("trailing escaped spaces", "a\\20\\x20%20 "),
    ("an encoded value", "#0c0161"),
    ("a Go list", "a] [b c"),
];

/// A certificate with this text as `O` and `CN` of subject and issuer, and as an email address, DNS name and URI.
fn certificate(text: &str) -> Vec<u8> {
    let name =
        || der::name(&[&[attribute(O, UTF8_STRING, text)], &[attribute(CN, UTF8_STRING, text)]]);
    let names = of(SEQUENCE, &[tlv(0x81, text), tlv(0x82, text), tlv(0x86, text)]);
    let parts = der::Parts::with(|parts| {
        parts.subject = name();
        parts.issuer = name();
        parts.extensions = vec![der::extension(SUBJECT_ALT_NAME, names)];
    });
    parts.der()
}

#[test]
fn every_value_stays_one_value() {
    let mut judged = 0;
    for (case, text) in HOSTILE {
        let (leaf, issuer) = (certificate(text), certificate("issuer"));
        for dialect in checks::DIALECTS {
            let client = ClientCertificate::presented(leaf.as_slice(), Verification::Success)
                .chain([&issuer])
                .dialect(dialect);
            for set in checks::sets() {
                let lines = set.lines(&client, Limits::new());
                for line in lines.iter() {
                    let what = format!("{case}: {}, {}: {}", set.name(), line.name(), line.value());
                    let (_, field) =
                        set.rows().find(|(name, _)| *name == line.name()).expect(&what);
                    checks::header_value(&what, line.value());
                    judged += usize::from(is_one_value(
                        &what,
                        field,
                        line.value(),
                        text,
                        [&leaf, &issuer],
                        dialect,
                    ));
                }
                read::one_header_each(
                    lines.iter().map(|line| (line.name().to_owned(), line.value().to_owned())),
                );
            }
        }
    }
    assert!(judged > 2000, "{judged}");
}

/// Asserts that a strict parser finds the expected structure and text. Returns whether there is a parser for the field.
fn is_one_value(
    what: &str,
    field: Field,
    value: &str,
    text: &str,
    [leaf, issuer]: [&Vec<u8>; 2],
    dialect: Dialect,
) -> bool {
    let attributes = || vec![("CN".to_owned(), text.to_owned()), ("O".to_owned(), text.to_owned())];
    let both = || vec![leaf.clone(), issuer.clone()];
    match field {
        Field::Issuer(NameForm::Rfc2253 | NameForm::Go)
        | Field::Subject(NameForm::Rfc2253 | NameForm::Go) => {
            assert_eq!(read::distinguished_name(value), Some(attributes()), "{what}");
        }
        // Neither dialect escapes backslashes, so no strict parser exists. OpenSSL's escapes the slashes of a value.
        Field::Issuer(NameForm::Legacy) | Field::Subject(NameForm::Legacy) => {
            if dialect == Dialect::OpenSsl && !text.contains('\\') {
                assert_eq!(read::unescaped_slashes(value), 2, "{what}");
            }
        }
        Field::Certificate(CertificateForm::Base64) => {
            assert_eq!(read::base64(value), Some(leaf.clone()), "{what}");
        }
        Field::Certificate(CertificateForm::ByteSequence) => {
            assert_eq!(read::byte_sequences(value), Some(vec![leaf.clone()]), "{what}");
        }
        Field::Certificate(CertificateForm::EscapedPem(_)) => {
            assert_eq!(read::escaped_pem(value), Some(vec![leaf.clone()]), "{what}");
        }
        Field::Certificate(CertificateForm::OneLinePem) => {
            // The last line feed would be a space at the end of the value, so it is left out.
            let lines = value.replace(' ', "\n").replace("\nCERTIFICATE", " CERTIFICATE") + "\n";
            assert_eq!(read::pem(&lines), Some(vec![leaf.clone()]), "{what}");
        }
        Field::Chain(ChainForm::ByteSequences) => {
            assert_eq!(read::byte_sequences(value), Some(vec![issuer.clone()]), "{what}");
        }
        Field::Chain(ChainForm::ConcatenatedBase64) => {
            assert_eq!(read::base64(value), Some(issuer.clone()), "{what}");
        }
        Field::LeafAndChain(ChainForm::EscapedPem(_)) => {
            assert_eq!(read::escaped_pem(value), Some(both()), "{what}");
        }
        Field::LeafAndChain(ChainForm::CommaBase64) => {
            let certificates: Option<Vec<_>> = value.split(',').map(read::base64).collect();
            assert_eq!(certificates, Some(both()), "{what}");
        }
        Field::LeafAndChain(ChainForm::EscapedCommaBase64) => {
            let item = |item: &str| read::base64(&read::percent_decoded(item)?);
            let certificates: Option<Vec<_>> = value.split(',').map(item).collect();
            assert_eq!(certificates, Some(both()), "{what}");
        }
        Field::SubjectAltNames(_) => {
            // A text that the kind does not allow is left out.
            let items = read::go_list(value).expect(what);
            assert!(items.len() <= 1, "{what}");
        }
        Field::TraefikInfo => {
            let value = read::form_decoded(value).expect(what);
            let certificates = read::traefik(&value).expect(what);
            assert_eq!(certificates.len(), 2, "{what}");
            for certificate in certificates {
                let keys: Vec<&str> = certificate.iter().map(|(key, _)| key.as_str()).collect();
                let (names, rest) =
                    keys.split_at(keys.len() - usize::from(keys.last() == Some(&"SAN")));
                assert_eq!(names, ["Subject", "Issuer", "SerialNumber", "NB", "NA"], "{what}");
                assert!(rest.len() <= 1, "{what}");
                for (key, value) in &certificate {
                    // A part without `=`, as in `Acme, Inc.`, belongs to the value before it.
                    let parts: Vec<&str> = value.split(',').collect();
                    let keyed: Vec<&str> =
                        parts.iter().copied().filter(|part| part.contains('=')).collect();
                    match key.as_str() {
                        "Subject" | "Issuer" => {
                            let is_both = matches!(keyed[..], [o, cn] if o.starts_with("O=") && cn.starts_with("CN="));
                            assert!(is_both && parts[0] == keyed[0], "{what}");
                        }
                        // At most one name of each kind.
                        "SAN" => assert!(parts.len() <= 3, "{what}"),
                        _ => assert!(value.bytes().all(|byte| byte.is_ascii_digit()), "{what}"),
                    }
                }
            }
        }
        Field::Xfcc(_) if value.starts_with('[') => {
            let elements: Vec<serde_json::Map<String, serde_json::Value>> =
                serde_json::from_str(value).expect(what);
            let [element] = &elements[..] else { panic!("{what}") };
            let known = ["hash", "cert", "chain", "subject", "uri", "dns", "issuer"];
            assert!(element.keys().all(|key| known.contains(&key.as_str())), "{what}");
            for key in ["subject", "issuer"] {
                if let Some(name) = element.get(key).and_then(|name| name.as_str()) {
                    assert_eq!(read::distinguished_name(name), Some(attributes()), "{what}");
                }
            }
            for key in ["uri", "dns"] {
                let count = element.get(key).and_then(|names| names.as_array()).map_or(0, Vec::len);
                assert!(count <= 1, "{what}");
            }
        }
        Field::Xfcc(_) => {
            let elements = read::xfcc(value).expect(what);
            let [element] = &elements[..] else { panic!("{what}") };
            let keys: Vec<&str> = element.iter().map(|(key, _)| key.as_str()).collect();
            let count = |key| keys.iter().filter(|own| **own == key).count();
            assert!(count("By") == 0 && count("Hash") == 1 && count("Subject") <= 1, "{what}");
            assert!(count("URI") <= 1 && count("DNS") <= 1, "{what}");
            for (key, value) in element {
                match key.as_str() {
                    "Subject" | "Issuer" => {
                        assert_eq!(read::distinguished_name(value), Some(attributes()), "{what}");
                    }
                    "URI" | "DNS" if !value.is_empty() => {
                        let value = value.replace("\\\"", "\"").replace("\\\\", "\\");
                        assert_eq!(value, text, "{what}");
                    }
                    "Cert" => {
                        assert_eq!(read::escaped_pem(value), Some(vec![leaf.clone()]), "{what}")
                    }
                    "Chain" => assert_eq!(read::escaped_pem(value), Some(both()), "{what}"),
                    _ => {}
                }
            }
        }
        _ => return false,
    }
    true
}

/// The reason of a failed verification is the caller's text, and may contain anything.
#[test]
fn reasons_stay_one_value() {
    for (case, text) in HOSTILE {
        let verification = Verification::Failed(Reason::other(text));
        let client = ClientCertificate::presented(certificate("a"), verification);
        for set in checks::sets() {
            let lines = set.lines(&client, Limits::new());
            for line in lines.iter() {
                checks::header_value(case, line.value());
            }
            read::one_header_each(
                lines.iter().map(|line| (line.name().to_owned(), line.value().to_owned())),
            );
        }
        let said = HeaderSet::nginx().lines(&client, Limits::new());
        let said = said.get("ssl-client-verify").expect(case);
        assert!(said.starts_with("FAILED:"), "{case}: {said}");
        assert_eq!(said == "FAILED:", text.trim_matches(' ').is_empty(), "{case}: {said}");
    }
}
