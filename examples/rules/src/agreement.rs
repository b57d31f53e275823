//! Tests that the engine and `Hosts::decide` block the same of 10,000 random requests.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use rcgen::KeyIdMethod;
use tls_client_auth::client::VerifyError;
use tls_client_auth::hosts::{Conditions, Decision, Hosts, normal_host};
use tls_client_auth::{ClientCertificate, TlsClientAuth, Verification};

use crate::engine::Rules;
use crate::identities::{authority, leaf, params};

const HOSTS: [&str; 4] =
    ["api.example.com", "www.example.com", "xn--bcher-kva.example", "192.0.2.1"];

/// Two certificates of each of two issuers, and one that cannot be parsed; and the issuers' own.
static CERTIFICATES: LazyLock<(Vec<Vec<u8>>, Vec<Vec<u8>>)> = LazyLock::new(|| {
    let mut authorities = Vec::new();
    let mut certificates = vec![b"no certificate".to_vec()];
    for name in ["One CA", "Other CA"] {
        let (certificate, issuer) = authority(name, KeyIdMethod::Sha256).expect("an authority");
        authorities.push(certificate.to_vec());
        certificates.extend((0..2).map(|_| {
            leaf(params("client.example").expect("a name"), &issuer)
                .expect("a certificate")
                .0
                .to_vec()
        }));
    }
    (certificates, authorities)
});

/// The property's values of all certificates, without duplicates and empty ones.
fn values(of: fn(&TlsClientAuth) -> &str) -> Vec<String> {
    let record = |der: &Vec<u8>| {
        of(&TlsClientAuth::new(&ClientCertificate::presented(
            der.as_slice(),
            Verification::Success,
        )))
        .to_owned()
    };
    let mut values: Vec<String> =
        CERTIFICATES.0.iter().map(record).filter(|it| !it.is_empty()).collect();
    values.sort();
    values.dedup();
    values
}

fn client() -> impl Strategy<Value = ClientCertificate> {
    let verification = select(vec![
        Verification::Success,
        Verification::Success,
        Verification::None,
        VerifyError::CertHasExpired.into(),
        VerifyError::SelfSignedCertInChain.into(),
    ]);
    let (leaf, issuer) = (select(CERTIFICATES.0.clone()), select(CERTIFICATES.1.clone()));
    let presented = (leaf, prop::option::of(issuer), verification, any::<bool>()).prop_map(
        |(leaf, issuer, verification, revoked)| {
            ClientCertificate::presented(leaf, verification)
                .verified_issuer(issuer.unwrap_or_default())
                .revoked(revoked)
        },
    );
    prop_oneof![1 => Just(ClientCertificate::none()), 6 => presented]
}

fn spelled() -> impl Strategy<Value = String> {
    (select(&HOSTS[..]), any::<bool>(), select(vec!["", ".", ":443", ".:8443"])).prop_map(
        |(host, capitals, end)| match capitals {
            true => host.to_uppercase() + end,
            false => host.to_owned() + end,
        },
    )
}

/// Some of these values, or no condition.
fn some_of(values: Vec<String>) -> impl Strategy<Value = Option<Vec<String>>> {
    prop::option::of(subsequence(values.clone(), 1..=values.len()))
}

fn set(values: &[String]) -> String {
    values.iter().map(|value| format!("{value:?} ")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_decision_is_that_of_the_engine(
        enforced in subsequence(HOSTS.map(String::from).to_vec(), 1..=HOSTS.len()),
        issuers in some_of(values(TlsClientAuth::cert_issuer_ski)),
        fingerprints in some_of(values(TlsClientAuth::cert_fingerprint_sha256)),
        spelled in spelled(),
        client in client(),
    ) {
        let mut conditions = Conditions::new();
        let mut rule = "not cf.tls_client_auth.cert_verified or cf.tls_client_auth.cert_revoked".to_owned();
        if let Some(issuers) = &issuers {
            conditions = conditions.issuers(issuers).unwrap();
            rule += &format!(" or not cf.tls_client_auth.cert_issuer_ski in {{{}}}", set(issuers));
        }
        if let Some(fingerprints) = &fingerprints {
            conditions = conditions.fingerprints(fingerprints).unwrap();
            rule += &format!(" or not cf.tls_client_auth.cert_fingerprint_sha256 in {{{}}}", set(fingerprints));
        }
        let rules = Rules::parse(&format!("http.host in {{{}}} and ({rule})", set(&enforced))).unwrap();
        let hosts = Hosts::new().enforce_with(&enforced, conditions).unwrap();

        let normal = normal_host(&spelled).unwrap();
        let blocked = rules.blocks(&normal, &TlsClientAuth::new(&client)).unwrap().is_some();
        let decision = hosts.decide(Some(&normal), &spelled, &client);
        prop_assert_eq!(matches!(decision, Decision::Refuse(_)), blocked, "{:?}", decision);
        prop_assert!(blocked || decision == Decision::Withhold);
    }
}

#[test]
fn unknown_fields_and_wrong_types_are_refused() {
    let cases = [
        ("not cf.tls_client_auth.cert_verify", "unknown field"),
        ("not cf.tls_client_auth.cert_verified\nhttp.hots eq \"a\"", "line 2"),
        ("cf.tls_client_auth.cert_verified eq \"SUCCESS\"", "line 1"),
        ("not cf.tls_client_auth.cert_serial", "line 1"),
        ("(cf.tls_client_auth.cert_revoked", "line 1"),
    ];
    for (text, expected) in cases {
        let error = Rules::parse(text).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(expected), "{text}: {error}");
    }
    assert!(Rules::parse("# only a comment\n\n  cf.tls_client_auth.cert_revoked  \n").is_ok());
}
