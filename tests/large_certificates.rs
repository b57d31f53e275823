//! Certificates larger than usual, as with post-quantum keys: what each set sends, and what it leaves out.

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

use common::der::{self, Parts, SEQUENCE, UNKNOWN, of, tlv};
use common::trusted;
use tls_client_auth::field::{Limits, Xfcc};
use tls_client_auth::headers::HeaderLines;
use tls_client_auth::receive::ReceiveLimits;
use tls_client_auth::{HeaderSet, Receiver, TlsClientAuth, Unstated};

const ML_DSA_65: &[u8] = include_bytes!("fixtures/cases/ml_dsa_65.der");
/// Size in bytes of a certificate with a key and a signature of ML-DSA-87.
const ML_DSA_87: usize = 7_520;

/// A certificate of this size, with a DNS name and a URI.
fn of_size(bytes: usize) -> Vec<u8> {
    let sized = |padding: usize| {
        let names = of(SEQUENCE, &[tlv(0x82, "a.example"), tlv(0x86, "spiffe://example/a")]);
        let names = der::extension(der::SUBJECT_ALT_NAME, names);
        let padding = der::extension(UNKNOWN, vec![0x5a; padding]);
        Parts::with(|parts| parts.extensions = vec![names, padding]).der()
    };
    let around = sized(bytes).len() - bytes;
    let der = sized(bytes - around);
    assert_eq!(der.len(), bytes);
    der
}

fn names_too_large(lines: &HeaderLines) -> Vec<String> {
    lines.too_large().map(str::to_owned).collect()
}

#[test]
fn no_set_leaves_out_a_row_of_a_post_quantum_certificate() {
    for leaf in [ML_DSA_65.to_vec(), of_size(ML_DSA_87)] {
        for set in HeaderSet::all() {
            // Google's limit is for the leaf and the chain together.
            let chain = if set.name() == "google" { 0 } else { 1 };
            let client = trusted(&leaf).chain(vec![leaf.clone(); chain]);
            let lines = set.lines(&client, Limits::new());
            assert_eq!(names_too_large(&lines), [""; 0], "{}, {} bytes", set.name(), leaf.len());
        }
        let record = TlsClientAuth::new(&trusted(&leaf));
        assert!(!record.cert_rfc9440_too_large());
    }
}

#[test]
fn each_set_has_its_proxy_s_limit() {
    type Case = (&'static str, HeaderSet, usize, &'static [&'static str]);
    let cases: [Case; 10] = [
        ("10 KiB in base64", HeaderSet::cloudflare(), 7_680, &[]),
        ("over it", HeaderSet::cloudflare(), 7_681, &["Cf-Client-Cert-Der-Base64"]),
        ("10 KiB with colons", HeaderSet::rfc9440(), 7_677, &[]),
        ("over it", HeaderSet::rfc9440(), 7_680, &["Client-Cert"]),
        ("16 KiB of DER", HeaderSet::google(), 16 * 1024, &[]),
        ("over it", HeaderSet::google(), 16 * 1024 + 1, &["client-cert-leaf"]),
        ("64 KiB in base64", HeaderSet::cloud_foundry(), 49_152, &[]),
        ("over it", HeaderSet::cloud_foundry(), 49_153, &["X-Forwarded-Client-Cert"]),
        ("64 KiB, escaped", HeaderSet::ingress_nginx(), 40_000, &[]),
        ("over it", HeaderSet::ingress_nginx(), 49_000, &["ssl-client-cert"]),
    ];
    for (case, set, bytes, too_large) in cases {
        let lines = set.lines(&trusted(&of_size(bytes)), Limits::new());
        let reported = names_too_large(&lines);
        assert_eq!(reported.is_empty(), too_large.is_empty(), "{}: {case}", set.name());
        for name in too_large {
            assert_eq!(lines.get(name), None, "{}: {case}", set.name());
            assert!(reported.iter().any(|reported| reported == name), "{}: {case}", set.name());
        }
        // The other headers are sent.
        let others = ["cloudflare", "google", "ingress-nginx"].contains(&set.name());
        assert!(!others || lines.iter().next().is_some(), "{}: {case}", set.name());
    }
    let larger = Limits::new().other_sets(100 * 1024).encoded_leaf(100 * 1024);
    for set in [HeaderSet::cloudflare(), HeaderSet::ingress_nginx(), HeaderSet::cloud_foundry()] {
        let lines = set.lines(&trusted(&of_size(49_153)), larger);
        assert_eq!(lines.too_large().len(), 0, "{}", set.name());
    }
}

#[test]
fn google_s_limit_is_for_the_leaf_and_the_chain_together() {
    let (leaf, chain) = (of_size(8 * 1024), of_size(8 * 1024));
    let lines =
        |chain: Vec<u8>| HeaderSet::google().lines(&trusted(&leaf).chain([chain]), Limits::new());
    assert_eq!(lines(chain).too_large().len(), 0);
    let lines = lines(of_size(8 * 1024 + 1));
    assert_eq!(names_too_large(&lines), ["client-cert-chain"]);
    assert_eq!(
        lines.get("client-cert-error"),
        Some("client_cert_validated_chain_exceeded_size_limit")
    );
}

/// Keys over the limit are left out, and the others are sent, in both of Envoy's formats.
#[test]
fn envoy_sends_the_keys_within_the_limit() {
    const NAME: &str = "x-forwarded-client-cert";
    let leaf = of_size(ML_DSA_87);
    let client = trusted(&leaf).chain([leaf.clone()]);
    let all = Xfcc::new().cert().chain().subject().uri().dns();
    let without_chain = Xfcc::new().cert().subject().uri().dns();
    let alone = Xfcc::new().subject().uri().dns();
    let cases = [
        ("all", 64 * 1024, Some(all), false),
        ("the certificate", 20 * 1024, Some(without_chain), true),
        ("no certificate", 4 * 1024, Some(alone), true),
        ("nothing", 100, None, true),
    ];
    for (case, room, sent, reported) in cases {
        for json in [false, true] {
            let set = |xfcc: Xfcc| HeaderSet::envoy_with(if json { xfcc.json() } else { xfcc });
            let lines = set(all).lines(&client, Limits::new().other_sets(room));
            let expected = sent.map(|xfcc| set(xfcc).lines(&client, Limits::new()));
            let expected = expected.as_ref().and_then(|lines| lines.get(NAME));
            assert_eq!(lines.get(NAME), expected, "{case}");
            assert_eq!(expected.is_some(), sent.is_some(), "{case}");
            assert_eq!(lines.too_large().eq([NAME]), reported, "{case}");
        }
    }
    let hash = HeaderSet::envoy_with(Xfcc::new()).lines(&client, Limits::new().other_sets(10));
    assert_eq!(names_too_large(&hash), [NAME]);
}

/// An empty `URI=` would mean that the certificate has no URI; if the certificate was not parsed, that is not known.
#[test]
fn names_of_a_certificate_that_was_not_parsed_are_not_sent_as_empty() {
    let client = trusted(&of_size(2_000));
    let set = HeaderSet::envoy_with(Xfcc::new().subject().uri().dns());
    let lines = set.lines(&client, Limits::new().certificate(1_000));
    let value = lines.get("x-forwarded-client-cert").unwrap();
    assert!(value.starts_with("Hash=") && !value.contains(';'), "{value}");
}

/// A leaf within the receiver's limits is also parsed.
#[test]
fn a_receiver_with_larger_limits_parses_larger_leaves() {
    let leaf = of_size(80_000);
    let limits = Limits::new().other_sets(1 << 20).encoded_leaf(1 << 20).certificate(1 << 20);
    let received = ReceiveLimits::new().header(1 << 20).certificate(80_000);
    for (set, receiver) in [
        (HeaderSet::rfc9440(), Receiver::rfc9440(Unstated::Verified)),
        (HeaderSet::nginx(), Receiver::nginx()),
        (HeaderSet::envoy(), Receiver::envoy(Unstated::Verified)),
    ] {
        let lines = set.lines(&trusted(&leaf), limits);
        let lines: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
        let read = receiver.clone().limits(received).receive_with_names(&lines).unwrap();
        assert_eq!(read.auth.client_certificate().leaf(), Some(&*leaf), "{}", set.name());
        assert_eq!(read.auth.cert_subject_dn(), "CN=subject", "{}", set.name());
        assert_eq!(read.names.len(), 2, "{}", set.name());
        let smaller = received.certificate(79_999);
        assert!(receiver.clone().limits(smaller).receive(&lines).is_err(), "{}", set.name());
        assert!(receiver.receive(&lines).is_err(), "{}", set.name());
    }
}
