//! A client of which only the SHA-256 is known: its headers are a subset of those for the whole certificate, without a name.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use tls_client_auth::client::VerifyError;
use tls_client_auth::field::{Field, Limits};
use tls_client_auth::hosts::{Conditions, Decision, Hosts, Refusal};
use tls_client_auth::x509::Certificate;
use tls_client_auth::{
    ClientCertificate, HeaderSet, Receiver, TlsClientAuth, Unstated, Verification,
};

const DER: &[u8] = include_bytes!("fixtures/plain.der");

fn known(verification: Verification) -> ClientCertificate {
    ClientCertificate::known_by_sha256(Certificate::from_der(DER).unwrap().sha256(), verification)
}

/// Whether the field can be written from the digest and the verification alone.
fn needs_no_certificate(field: Field) -> bool {
    matches!(
        field,
        Field::Sha256(_)
            | Field::Presented(_)
            | Field::Tls(_)
            | Field::Errors
            | Field::Verified
            | Field::VerifiedFlag(_)
            | Field::Verdict(_)
            | Field::Revoked(_)
            | Field::Xfcc(_)
    )
}

#[test]
fn every_set_sends_the_digest_and_the_verdict_only() {
    let outcomes = [Verification::Success, Verification::None, VerifyError::CertHasExpired.into()];
    let digest = TlsClientAuth::new(&known(Verification::Success));
    let digest = digest.cert_fingerprint_sha256();
    let mut digests = 0;
    for set in HeaderSet::all() {
        for verification in &outcomes {
            let case = format!("{}, {verification:?}", set.name());
            let sent = set.lines(&known(verification.clone()), Limits::new());
            let whole = ClientCertificate::presented(DER, verification.clone());
            let whole = set.lines(&whole, Limits::new());
            for (name, field) in set.rows() {
                let Some(value) = sent.get(name) else { continue };
                assert!(needs_no_certificate(field), "{case}: {name}: {value}");
                if matches!(field, Field::Xfcc(_)) {
                    let parts = [format!("Hash={digest}"), format!(r#"[{{"hash":"{digest}"}}]"#)];
                    assert!(parts.iter().any(|part| part == value), "{case}: {value}");
                } else {
                    assert_eq!(Some(value), whole.get(name), "{case}: {name}");
                }
                digests += usize::from(value.to_ascii_lowercase().contains(digest));
            }
        }
    }
    assert!(digests >= 10, "{digests}");
}

#[test]
fn a_receiver_reads_the_digest_back() {
    let client = known(Verification::Success);
    for (set, receiver) in [
        (HeaderSet::cloudflare_managed(), Receiver::cloudflare_managed()),
        (HeaderSet::envoy(), Receiver::envoy(Unstated::Verified)),
    ] {
        let lines = set.lines(&client, Limits::new());
        let headers: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
        let auth = receiver.receive(&headers).unwrap();
        assert!(auth.is_trusted(), "{}", set.name());
        let again = TlsClientAuth::new(auth.client_certificate());
        assert_eq!(again.cert_fingerprint_sha256(), auth.cert_fingerprint_sha256());
        assert_eq!(
            auth.cert_fingerprint_sha256(),
            TlsClientAuth::new(&client).cert_fingerprint_sha256()
        );
    }
}

#[test]
fn a_list_of_fingerprints_admits_the_digest() {
    let host = "a.example";
    let client = known(Verification::Success);
    let auth = TlsClientAuth::new(&client);
    let refused = Decision::Refuse(Refusal::Fingerprint);
    let other = "00".repeat(32);
    for (allowed, expected) in [(auth.cert_fingerprint_sha256(), None), (&other, Some(refused))] {
        let conditions = Conditions::new().fingerprints([allowed]).unwrap();
        let hosts = Hosts::new().ask([host]).unwrap().enforce_with([host], conditions).unwrap();
        let decision = hosts.decide(Some(host), host, &client);
        assert_eq!(Some(decision).filter(|it| matches!(it, Decision::Refuse(_))), expected);
    }
}
