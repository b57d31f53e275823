//! `OptionalNoCa` and the configuration of a proxy on rustls: verification results in OpenSSL's words, on new and resumed sessions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    missing_docs
)]

#[path = "../common/mod.rs"]
mod common;
mod handshake;
mod issuers;
mod malleability;
mod observed;
mod one_for_all;
#[path = "../common/peers.rs"]
mod peers;
mod sessions;

use std::sync::Arc;

use handshake::{
    Pair, authority_params, client_config, client_params, handshake, params, self_signed,
    server_config, signed, verifier,
};
use rcgen::{BasicConstraints, ExtendedKeyUsagePurpose, IsCa, date_time_ymd};
use rustls::HandshakeKind;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::version::{TLS12, TLS13};
use tls_client_auth::client::VerifyError;
use tls_client_auth::rustls::OptionalNoCa;
use tls_client_auth::{ClientCertificate, Dialect, TlsClientAuth, Verification};

fn server(root: &Pair) -> Pair {
    let mut params = params("server.example");
    params.subject_alt_names = vec![rcgen::SanType::DnsName("server.example".try_into().unwrap())];
    signed(params, root)
}

fn ders(pairs: &[&Pair]) -> Vec<CertificateDer<'static>> {
    pairs.iter().map(|pair| pair.certificate.der().clone()).collect()
}

/// Expected: the results of OpenSSL 3.0 with nginx's callback, which accepts every certificate.
#[test]
fn verification_results_are_those_of_openssl() {
    let root = self_signed(authority_params("Root"));
    let other_root = self_signed(authority_params("Other Root"));
    let impostor = self_signed(authority_params("Root"));
    let intermediate = signed(authority_params("Intermediate"), &root);
    let other_intermediate = signed(authority_params("Other Intermediate"), &other_root);
    let mut no_authority = params("No Authority");
    no_authority.is_ca = IsCa::ExplicitNoCa;
    let no_authority = signed(no_authority, &root);
    let mut short = authority_params("Short");
    short.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let short = signed(short, &root);
    let too_deep = signed(authority_params("Too Deep"), &short);

    let good = signed(client_params(), &root);
    let mut expired = client_params();
    expired.not_after = date_time_ymd(2021, 1, 1);
    let mut early = client_params();
    early.not_before = date_time_ymd(2098, 1, 1);
    let mut for_servers = params("server");
    for_servers.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let by_intermediate = signed(client_params(), &intermediate);
    let by_other_intermediate = signed(client_params(), &other_intermediate);
    let by_other_root = signed(client_params(), &other_root);

    let mut self_issued = client_params();
    self_issued.distinguished_name = other_root.params.distinguished_name.clone();
    self_issued.is_ca = IsCa::ExplicitNoCa;
    self_issued.use_authority_key_identifier_extension = true;
    let self_issued = signed(self_issued, &other_root);

    let failed = |error: VerifyError| Verification::from(error);
    let cases: Vec<(&str, Vec<Pair>, Vec<&Pair>, Verification)> = vec![
        ("good", vec![good], vec![], Verification::Success),
        (
            "with its intermediate",
            vec![by_intermediate],
            vec![&intermediate],
            Verification::Success,
        ),
        (
            "without its intermediate",
            vec![signed(client_params(), &intermediate)],
            vec![],
            failed(VerifyError::UnableToVerifyLeafSignature),
        ),
        (
            "unknown issuer",
            vec![by_other_root],
            vec![],
            failed(VerifyError::UnableToVerifyLeafSignature),
        ),
        (
            "unknown issuer of an intermediate",
            vec![by_other_intermediate],
            vec![&other_intermediate],
            failed(VerifyError::UnableToGetIssuerCertLocally),
        ),
        (
            "unknown root sent along",
            vec![signed(client_params(), &other_intermediate)],
            vec![&other_root, &other_intermediate],
            failed(VerifyError::SelfSignedCertInChain),
        ),
        (
            "self-signed",
            vec![self_signed(client_params())],
            vec![],
            failed(VerifyError::DepthZeroSelfSignedCert),
        ),
        (
            "with its issuer's name, but not self-signed",
            vec![self_issued],
            vec![],
            failed(VerifyError::UnableToVerifyLeafSignature),
        ),
        (
            "expired",
            vec![signed(expired.clone(), &root)],
            vec![],
            failed(VerifyError::CertHasExpired),
        ),
        (
            "expired and unknown",
            vec![signed(expired, &other_root)],
            vec![],
            failed(VerifyError::CertHasExpired),
        ),
        ("early", vec![signed(early, &root)], vec![], failed(VerifyError::CertNotYetValid)),
        (
            "for servers",
            vec![signed(for_servers, &root)],
            vec![],
            failed(VerifyError::InvalidPurpose),
        ),
        (
            "signed by a key that is not the root's",
            vec![signed(client_params(), &impostor)],
            vec![],
            failed(VerifyError::CertSignatureFailure),
        ),
        (
            "issued by a certificate that is not a CA",
            vec![signed(client_params(), &no_authority)],
            vec![&no_authority],
            failed(VerifyError::InvalidPurpose),
        ),
        (
            "more CAs than the path length allows",
            vec![signed(client_params(), &too_deep)],
            vec![&too_deep, &short],
            failed(VerifyError::PathLengthExceeded),
        ),
    ];

    let server_pair = server(&root);
    let verifier = verifier(&root);
    let server = server_config(Arc::clone(&verifier), &server_pair);
    for version in [&TLS12, &TLS13] {
        for (case, leaf, chain, expected) in &cases {
            let chain = ders(&[&[&leaf[0]], &chain[..]].concat());
            let identity = Some((chain.clone(), leaf[0].private_key()));
            let client = client_config(&root, version, identity);
            let connection = handshake(&server, &client).expect(case);
            let client = verifier.client(connection.peer_certificates(), UnixTime::now()).unwrap();
            assert_eq!(client.verification(), expected, "{case}");
            assert_eq!(client.leaf(), Some(&chain[0][..]), "{case}");
            let rest: Vec<_> = client.chain_certificates().collect();
            assert_eq!(rest, chain[1..].iter().map(|der| &der[..]).collect::<Vec<_>>(), "{case}");
        }
        let client = client_config(&root, version, None);
        let connection = handshake(&server, &client).unwrap();
        let client = verifier.client(connection.peer_certificates(), UnixTime::now()).unwrap();
        assert_eq!(client, ClientCertificate::none());
    }
}

/// The dialect determines the reason, its text and the names together.
#[test]
fn the_reason_and_its_text_are_of_one_library() {
    let [root, other_root] = ["Root", "Other Root"].map(|name| self_signed(authority_params(name)));
    let leaf = ders(&[&signed(client_params(), &other_root)]);
    let self_signed = ders(&[&self_signed(client_params())]);
    let chosen =
        |library| move |root: &Pair| Arc::into_inner(verifier(root)).unwrap().dialect(library);
    let unset = |root: &Pair| Arc::into_inner(verifier(root)).unwrap();
    type Case<'c> = (&'c str, &'c dyn Fn(&Pair) -> OptionalNoCa, VerifyError, &'c str);
    let cases: [Case<'_>; 3] = [
        (
            "by default",
            &unset,
            VerifyError::UnableToVerifyLeafSignature,
            "FAILED:self-signed certificate",
        ),
        (
            "OpenSSL",
            &chosen(Dialect::OpenSsl),
            VerifyError::UnableToVerifyLeafSignature,
            "FAILED:self-signed certificate",
        ),
        (
            "BoringSSL",
            &chosen(Dialect::BoringSsl),
            VerifyError::UnableToGetIssuerCertLocally,
            "FAILED:self signed certificate",
        ),
    ];
    for (case, verifier, reason, text) in cases {
        let verifier = verifier(&root);
        let client = verifier.client(Some(&leaf), UnixTime::now()).unwrap();
        assert_eq!(*client.verification(), reason.into(), "{case}");
        let client = verifier.client(Some(&self_signed), UnixTime::now()).unwrap();
        assert_eq!(TlsClientAuth::new(&client).cert_verified(), text, "{case}");
    }
}

/// Two kinds of certificates that OpenSSL accepts and webpki does not.
#[test]
fn webpki_refuses_version_1_and_a_self_signed_ca_as_clients() {
    const V1: &[u8] = include_bytes!("../fixtures/v1.der");
    let root = self_signed(authority_params("Root"));
    let server_pair = server(&root);
    let server = server_config(verifier(&root), &server_pair);
    let key = signed(client_params(), &root).private_key();
    let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
    for version in [&TLS12, &TLS13] {
        let presented = vec![CertificateDer::from(V1)];
        let presented = rustls::sign::CertifiedKey::new(presented, Arc::clone(&key));
        let mut client = Arc::unwrap_or_clone(client_config(&root, version, None));
        client.client_auth_cert_resolver =
            Arc::new(rustls::sign::SingleCertAndKey::from(presented));
        // The handshake fails, so there is no request to forward.
        let error = handshake(&server, &Arc::new(client)).unwrap_err();
        assert!(matches!(error, rustls::Error::InvalidCertificate(_)), "{error:?}");
    }
    // The crate itself reads version 1, for proxies on another TLS library.
    let record = TlsClientAuth::new(&ClientCertificate::presented(V1, Verification::Success));
    assert_eq!((record.cert_subject_dn(), record.cert_verified()), ("CN=v1-client", "SUCCESS"));

    // A self-signed leaf that the server trusts, with `CA:TRUE`, and without it, as the docs advise.
    let authority = self_signed(authority_params("client.example"));
    let mut advised = client_params();
    advised.is_ca = IsCa::ExplicitNoCa;
    let advised = self_signed(advised);
    let failed = VerifyError::InvalidNonCa.into();
    for (pair, expected) in [(authority, failed), (advised, Verification::Success)] {
        let trusting = verifier(&pair);
        let server = server_config(Arc::clone(&trusting), &server_pair);
        for version in [&TLS12, &TLS13] {
            let identity = Some((ders(&[&pair]), pair.private_key()));
            let connection = handshake(&server, &client_config(&root, version, identity)).unwrap();
            let client = trusting.client(connection.peer_certificates(), UnixTime::now()).unwrap();
            assert_eq!(*client.verification(), expected);
        }
    }
}

#[test]
fn a_malformed_certificate_fails_the_handshake() {
    let root = self_signed(authority_params("Root"));
    let server_pair = server(&root);
    let server = server_config(verifier(&root), &server_pair);
    let leaf = signed(client_params(), &root);
    let mut truncated = leaf.certificate.der().to_vec();
    truncated.pop();
    let key = rustls::crypto::ring::sign::any_supported_type(&leaf.private_key()).unwrap();
    for version in [&TLS12, &TLS13] {
        let certificate = CertificateDer::from(truncated.clone());
        let unread = rustls::sign::CertifiedKey::new(vec![certificate], Arc::clone(&key));
        let mut client = Arc::unwrap_or_clone(client_config(&root, version, None));
        client.client_auth_cert_resolver = Arc::new(rustls::sign::SingleCertAndKey::from(unread));
        let error = handshake(&server, &Arc::new(client)).unwrap_err();
        let bad = rustls::Error::InvalidCertificate(rustls::CertificateError::BadEncoding);
        assert_eq!(error, bad);
    }
}

#[test]
fn a_client_without_the_certificate_s_key_fails_the_handshake() {
    let root = self_signed(authority_params("Root"));
    let server_pair = server(&root);
    let server = server_config(verifier(&root), &server_pair);
    let (victim, thief) = (signed(client_params(), &root), signed(client_params(), &root));
    for version in [&TLS12, &TLS13] {
        let stolen = rustls::sign::CertifiedKey::new(
            ders(&[&victim]),
            rustls::crypto::ring::sign::any_supported_type(&thief.private_key()).unwrap(),
        );
        let mut client = Arc::unwrap_or_clone(client_config(&root, version, None));
        client.client_auth_cert_resolver = Arc::new(rustls::sign::SingleCertAndKey::from(stolen));
        let error = handshake(&server, &Arc::new(client)).unwrap_err();
        let bad = rustls::Error::InvalidCertificate(rustls::CertificateError::BadSignature);
        assert_eq!(error, bad);
    }
}

#[test]
fn a_resumed_session_has_its_certificate_and_a_new_verification() {
    let root = self_signed(authority_params("Root"));
    let server_pair = server(&root);
    let verifier = verifier(&root);
    let server = server_config(Arc::clone(&verifier), &server_pair);
    let leaf = signed(client_params(), &root);
    for version in [&TLS12, &TLS13] {
        let identity = Some((ders(&[&leaf]), leaf.private_key()));
        let client = client_config(&root, version, identity);
        let kinds =
            [(HandshakeKind::Full, 0), (HandshakeKind::Resumed, 0), (HandshakeKind::Resumed, 1)];
        for (kind, centuries) in kinds {
            let connection = handshake(&server, &client).unwrap();
            assert_eq!(connection.handshake_kind(), Some(kind));
            let later = std::time::Duration::from_secs(centuries * 100 * 365 * 86_400);
            let now = UnixTime::since_unix_epoch(
                std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap() + later,
            );
            let client = verifier.client(connection.peer_certificates(), now).unwrap();
            assert_eq!(client.leaf(), Some(&leaf.certificate.der()[..]));
            let expected = match centuries {
                0 => Verification::Success,
                _ => VerifyError::CertHasExpired.into(),
            };
            assert_eq!(*client.verification(), expected, "{version:?}");
        }
    }
}
