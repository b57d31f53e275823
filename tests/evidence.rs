//! Promises of SECURITY.md that no other test covers: the tests that it names exist, texts stay in proportion to the certificate, and
//! errors and `Debug` print nothing that a client wrote.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    missing_docs,
    reason = "tests"
)]

mod common;
#[path = "common/files.rs"]
mod files;

use std::fmt::Debug;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::checks;
use common::der::{self, Parts, attribute, of, tlv};
use common::families::FAMILIES;
use files::rust_text;
use tls_client_auth::client::Reason;
use tls_client_auth::field::Limits;
use tls_client_auth::x509::Certificate;
use tls_client_auth::{
    ClientCertificate, ConnectionState, Forwarding, HeaderSet, Receiver, TlsClientAuth, Unstated,
    Verification,
};

#[test]
fn every_test_that_the_security_page_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let text = rust_text("src") + &rust_text("tests");
    let rules =
        page.lines().filter(|line| line.starts_with("| ") && line.matches('|').count() == 4);
    let shown = rules.filter_map(|line| line.split('|').nth(3));
    let named: Vec<&str> = shown
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .filter(|name| name.contains('_') && !name.contains(['/', '.']))
        .map(|name| name.rsplit("::").next().unwrap_or_default())
        .collect();
    assert!(named.len() > 15, "{named:?}");
    for name in named {
        let defined = ["fn ", "mod "].iter().any(|kind| {
            text.match_indices(&format!("{kind}{name}")).any(|(at, found)| {
                !text[at + found.len()..]
                    .starts_with(|next: char| next.is_alphanumeric() || next == '_')
            })
        });
        assert!(defined, "SECURITY.md names {name}, which does not exist");
    }
}

/// An escape takes at most six times its bytes, and values over the limit are not sent.
#[test]
fn slow_certificates_make_no_long_texts() {
    for (name, most, family) in FAMILIES {
        // A tenth of the size is enough, because the texts grow in proportion.
        let der = family(most / 10);
        checks::certificate(&der);
        let length = der.len();
        let client = ClientCertificate::presented(der, Verification::Success);
        let record = TlsClientAuth::new(&client);
        let text: usize = checks::properties(&record).iter().map(|(_, text)| text.len()).sum();
        assert!(text < 30 * length + 1000, "{name}: {text} bytes of text from {length}");
        for set in HeaderSet::all() {
            let rows = set.rows().len();
            let lines = set.lines(&client, Limits::new());
            let total: usize = lines.iter().map(|line| line.value().len()).sum();
            assert!(total <= rows * 64 * 1024, "{name}, {}: {total}", set.name());
            assert!(lines.iter().count() <= rows, "{name}, {}", set.name());
        }
    }
}

#[test]
fn errors_and_debug_do_not_show_the_client_s_text() {
    const MARK: &str = "MARK";
    let name = || {
        let mark = attribute(&[0x55, 4, 3], 0x0c, MARK);
        of(der::SEQUENCE, &[of(der::SET, &[mark])])
    };
    let kinds = [0x81, 0x82, 0x86, 0x87, 0x88, 0xa3];
    let mut names: Vec<Vec<u8>> = kinds.iter().map(|tag| tlv(*tag, MARK)).collect();
    let other = [tlv(0x06, [0x2a, 0x03]), tlv(0xa0, tlv(0x0c, MARK))];
    names.extend([of(0xa0, &other), of(0xa4, &[name()])]);
    let certificate = Parts::with(|parts| {
        (parts.subject, parts.issuer) = (name(), name());
        parts.serial = tlv(0x02, MARK);
        parts.not_before = tlv(0x17, MARK);
        let octets = tlv(der::OCTET_STRING, MARK);
        let authority = [tlv(0x80, MARK), of(0xa1, &[of(0xa4, &[name()])]), tlv(0x82, MARK)];
        parts.extensions = vec![
            der::extension(der::SUBJECT_ALT_NAME, of(der::SEQUENCE, &names)),
            der::extension(der::AUTHORITY_KEY_IDENTIFIER, of(der::SEQUENCE, &authority)),
            der::extension(der::SUBJECT_KEY_IDENTIFIER, octets.clone()),
            // The client also chooses an extension's identifier.
            der::extension(MARK.as_bytes(), octets),
        ];
    });
    let bytes = certificate.der();
    let read = Certificate::from_der(&bytes).unwrap();
    let client = ClientCertificate::presented(&bytes[..], Verification::Success).chain([&bytes]);
    let record = TlsClientAuth::new(&client);
    assert!(record.cert_subject_dn().contains(MARK), "the record contains the mark");
    let every = HeaderSet::all().into_iter().fold(Forwarding::none(), Forwarding::on_every_request);
    let connection = ConnectionState::new(client.clone(), every);
    let claim = connection.claim();
    let lines = HeaderSet::cloudflare_managed().lines(&client, Limits::new());
    let line = lines.iter().next().unwrap();
    let cut = Certificate::from_der(&bytes[..bytes.len() - 1]).unwrap_err();
    let refusals =
        [("client-cert", "MARK"), ("client-cert", ":MARK:"), ("client-cert-chain", ":MARK:")];
    let refused: Vec<_> = refusals
        .iter()
        .map(|line| Receiver::rfc9440(Unstated::Verified).receive(&[*line]).unwrap_err())
        .collect();
    let failed = Receiver::nginx().receive(&[("ssl-client-verify", MARK)]).unwrap_err();

    let names: Vec<_> = read.subject_alt_names().collect();
    let extensions: Vec<_> = read.extensions().collect();
    let identifiers: Vec<_> = extensions.iter().map(|extension| extension.identifier()).collect();
    let authority = read.authority_key_identifier().unwrap();
    assert_eq!((names.len(), extensions.len()), (8, 4), "names and extensions are parsed");
    let serial = read.serial_number().unwrap();
    let serials = [serial, authority.authority_cert_serial_number().unwrap()];
    let (subject, time, alternative_names, all_extensions) =
        (read.subject(), read.not_before(), read.subject_alt_names(), read.extensions());
    let attributes = subject.attribute_values();
    let rules: Vec<_> = record.rule_fields().collect();
    let handshake = tls_client_auth::hosts::Handshake::new(None, client.clone());
    let every_set = HeaderSet::all();
    let received: Vec<_> = every_set
        .iter()
        .filter_map(|set| {
            let receiver =
                Receiver::of(set, None).or_else(|_| Receiver::of(set, Some(Unstated::Verified)));
            let lines = set.lines(&client, Limits::new());
            let lines: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
            Some(receiver.ok()?.receive_with_names(&lines))
        })
        .collect();
    assert!(received.iter().any(|received| received.is_ok()), "some sets are received");
    let mut shown: Vec<(&str, &dyn Debug)> = vec![
        ("attributes", &attributes),
        ("fields of rules", &rules),
        ("handshake", &handshake),
        ("received", &received),
        ("certificate", &read),
        ("name", &subject),
        ("time", &time),
        ("serial numbers", &serials),
        ("alternative names", &names),
        ("the list of alternative names", &alternative_names),
        ("extensions", &extensions),
        ("the list of extensions", &all_extensions),
        ("object identifiers", &identifiers),
        ("authority key identifier", &authority),
        ("client", &client),
        ("record", &record),
        ("connection", &connection),
        ("claim", &claim),
        ("lines", &lines),
        ("line", &line),
        ("error", &cut),
        ("refusals", &refused),
        ("verdict", &failed),
    ];
    #[cfg(feature = "rustls-webpki")]
    let verifier = {
        let inner = rustls::server::WebPkiClientVerifier::no_client_auth();
        let authority = rustls::pki_types::CertificateDer::from(bytes.clone());
        tls_client_auth::rustls::OptionalNoCa::new(inner).authorities([authority])
    };
    #[cfg(feature = "rustls-webpki")]
    shown.push(("verifier", &verifier));
    #[cfg(feature = "headers")]
    let typed = (
        tls_client_auth::typed_headers::ClientCert(bytes.clone()),
        tls_client_auth::typed_headers::ClientCertChain(vec![bytes.clone()]),
    );
    #[cfg(feature = "headers")]
    shown.push(("typed headers", &typed));
    #[cfg(feature = "http")]
    let values = record.clone().into_header_values();
    #[cfg(feature = "http")]
    shown.push(("header values", &values));
    for (what, value) in shown {
        for text in [format!("{value:?}"), format!("{value:#?}")] {
            // The mark as text, as bytes in decimal, in hex, and in base64.
            let squeezed: String = text.split_whitespace().collect();
            let lower = squeezed.to_lowercase();
            for mark in [MARK.to_lowercase().as_str(), "77,65,82,75", "4d41524b", "4d,41,52,4b"] {
                assert!(!lower.contains(mark), "{what}: {text}");
            }
            assert!(
                !squeezed.contains(STANDARD.encode("MARK").trim_end_matches('=')),
                "{what}: {text}"
            );
            assert!(text.len() < 200_000, "{what}: {} characters", text.len());
        }
    }
    let errors =
        refused.iter().map(ToString::to_string).chain([cut.to_string(), failed.to_string()]);
    for text in errors {
        assert!(!text.contains(MARK), "{text}");
    }
    // A caller's own reason is shown, but only printable.
    let reason = Reason::other("MARK\r\nX-Injected: 1");
    checks::printable("reason", &format!("{reason:?}"));
}
