//! The issuer's facts with rustls: they have a verified source, and finding the reason for a long chain takes linear time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rcgen::SerialNumber;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::version::{TLS12, TLS13};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, SignatureScheme};
use tls_client_auth::client::VerifyError;
use tls_client_auth::rustls::OptionalNoCa;
use tls_client_auth::{HeaderSet, TlsClientAuth};

use super::common::der::{self, Parts, of, tlv};
use super::handshake::{
    Pair, authority_params, client_config, client_params, handshake, self_signed, server_config,
    signed, verifier,
};
use super::{ders, server};

fn authority(name: &str, serial: u8) -> Pair {
    let mut params = authority_params(name);
    params.serial_number = Some(SerialNumber::from(vec![serial]));
    self_signed(params)
}

/// A client appends its own certificates to a leaf that verifies.
#[test]
fn an_unrelated_certificate_in_the_chain_is_not_the_issuer() {
    let root = authority("Root", 0x11);
    let stranger = authority("Root", 0xf0);
    let leaf = || signed(client_params(), &root);
    let mut with_key = client_params();
    with_key.use_authority_key_identifier_extension = true;
    let with_key = || signed(with_key.clone(), &root);
    let unknown = || signed(client_params(), &stranger);
    let key: String =
        root.params.key_identifier(&root.key).iter().map(|byte| format!("{byte:02X}")).collect();
    let known = || vec![root.certificate.der().clone()];
    let cases = [
        ("CA given, leaf alone", known(), leaf(), vec![], ("11", &key[..])),
        ("CA given, a stranger sent", known(), leaf(), vec![&stranger], ("11", &key)),
        ("CA given, and also sent", known(), leaf(), vec![&root], ("11", &key)),
        ("no CA given, a stranger sent", vec![], leaf(), vec![&stranger], ("", "")),
        ("no CA given, an AKI in the leaf", vec![], with_key(), vec![&stranger], ("", &key)),
        ("not verified", known(), unknown(), vec![&stranger], ("", "")),
    ];
    let server_pair = server(&root);
    for (case, authorities, leaf, sent, expected) in cases {
        let verifier = Arc::into_inner(verifier(&root)).unwrap().authorities(authorities);
        let verifier = Arc::new(verifier);
        let server = server_config(Arc::clone(&verifier), &server_pair);
        for version in [&TLS12, &TLS13] {
            let identity = Some((ders(&[&[&leaf], &sent[..]].concat()), leaf.private_key()));
            let connection =
                handshake(&server, &client_config(&root, version, identity)).expect(case);
            let client = verifier.client(connection.peer_certificates(), UnixTime::now()).unwrap();
            let record = TlsClientAuth::new(&client);
            let found = (record.cert_issuer_serial(), record.cert_issuer_ski());
            assert_eq!(found, expected, "{case}");
            assert_eq!(client.chain_certificates().len(), sent.len(), "{case}");
            let lines = HeaderSet::cloudflare_managed().lines(&client, Default::default());
            assert_eq!(
                lines.get("cf-cert-issuer-serial").unwrap_or_default(),
                expected.0,
                "{case}"
            );
        }
    }
}

/// A verifier that finds no issuer.
#[derive(Debug)]
struct Refuses;

impl ClientCertVerifier for Refuses {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Err(CertificateError::UnknownIssuer.into())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(CertificateError::BadSignature.into())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(CertificateError::BadSignature.into())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        Vec::new()
    }
}

/// Each certificate is issued by the one before it, so that the path from the last leads through all of them.
#[test]
fn the_reason_for_a_long_chain_is_found_in_linear_time() {
    const LENGTH: u32 = 6_000;
    let verifier = OptionalNoCa::new(Arc::new(Refuses));
    let key = |extension: &[u8], value: Vec<u8>| der::extension(extension, value);
    let with_keys: Vec<CertificateDer<'static>> = (0..LENGTH)
        .map(|index| {
            let parts = Parts::with(|parts| {
                (parts.subject, parts.issuer) = (der::common_name("a"), der::common_name("a"));
                let (own, next) = (index.to_be_bytes(), (index.wrapping_sub(1)).to_be_bytes());
                parts.extensions = vec![
                    key(der::SUBJECT_KEY_IDENTIFIER, tlv(der::OCTET_STRING, own)),
                    key(der::AUTHORITY_KEY_IDENTIFIER, of(der::SEQUENCE, &[tlv(0x80, next)])),
                ];
            });
            CertificateDer::from(parts.der())
        })
        .collect();
    let by_name: Vec<CertificateDer<'static>> = (0..LENGTH)
        .map(|index| {
            let parts = Parts::with(|parts| {
                parts.subject = der::common_name(&index.to_string());
                parts.issuer = der::common_name(&index.wrapping_sub(1).to_string());
            });
            CertificateDer::from(parts.der())
        })
        .collect();
    for (case, mut chain) in [("by key", with_keys), ("by name", by_name)] {
        let leaf = chain.pop().unwrap();
        chain.insert(0, leaf);
        let start = Instant::now();
        let client = verifier.client(Some(&chain), UnixTime::now()).unwrap();
        // It takes minutes if each step looks at every certificate.
        assert!(start.elapsed() < Duration::from_secs(5), "{case}: {:?}", start.elapsed());
        let expected = VerifyError::UnableToGetIssuerCertLocally;
        assert_eq!(*client.verification(), expected.into(), "{case}: the whole path is followed");
    }
}
