//! Sets of proxies that could not be run: their lines equal the samples in the vendors' documentation.

use tls_client_auth::client::VerifyError;
use tls_client_auth::field::Limits;
use tls_client_auth::{ClientCertificate, HeaderSet, Verification};

const HIGH: &[u8] = include_bytes!("fixtures/serial_high_bit.der");
const ALL_NAMES: &[u8] = include_bytes!("fixtures/san_all.der");
const SPIFFE: &[u8] = include_bytes!("fixtures/san_spiffe.der");
const NUL: &[u8] = include_bytes!("fixtures/san_nul.der");

fn lines(set: &HeaderSet, client: &ClientCertificate) -> Vec<(String, String)> {
    let lines = set.lines(client, Limits::new());
    lines.iter().map(|line| (line.name().to_owned(), line.value().to_owned())).collect()
}

fn trusted(der: &[u8]) -> ClientCertificate {
    ClientCertificate::presented(der, Verification::Success)
}

/// Asserts that the set sends these lines. An expected value that ends in `…` is a prefix.
fn check(set: &HeaderSet, client: &ClientCertificate, expected: &[(&str, &str)]) {
    let lines = lines(set, client);
    let names = |(name, _): &(String, String)| name.clone();
    let expected_names: Vec<String> = expected.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(lines.iter().map(names).collect::<Vec<_>>(), expected_names, "{}", set.name());
    for ((name, value), (_, expected)) in lines.iter().zip(expected) {
        match expected.strip_suffix('…') {
            Some(beginning) => assert!(value.starts_with(beginning), "{name}: {value}"),
            None => assert_eq!(value, expected, "{} {name}", set.name()),
        }
    }
}

#[test]
fn each_set_of_a_trusted_client() {
    check(
        &HeaderSet::aws_alb(),
        &trusted(HIGH),
        &[
            ("X-Amzn-Mtls-Clientcert-Serial-Number", "F1E2D3C4B5A69788"),
            ("X-Amzn-Mtls-Clientcert-Issuer", "CN=Peers Root CA,O=Peers Test,C=DE"),
            ("X-Amzn-Mtls-Clientcert-Subject", "CN=serial_high_bit,O=Peers"),
            (
                "X-Amzn-Mtls-Clientcert-Validity",
                "NotBefore=2025-01-02T03:04:05Z;NotAfter=2035-11-12T13:14:15Z",
            ),
            ("X-Amzn-Mtls-Clientcert-Leaf", "-----BEGIN%20CERTIFICATE-----%0AMII…"),
        ],
    );
    check(
        &HeaderSet::cloudfront(),
        &trusted(HIGH),
        &[
            ("CloudFront-Viewer-Cert-Serial-Number", "f1:e2:d3:c4:b5:a6:97:88"),
            ("CloudFront-Viewer-Cert-Issuer", "CN=Peers Root CA,O=Peers Test,C=DE"),
            ("CloudFront-Viewer-Cert-Subject", "CN=serial_high_bit,O=Peers"),
            ("CloudFront-Viewer-Cert-Present", "1"),
            (
                "CloudFront-Viewer-Cert-Sha256",
                "1689f231b0615b32e0f1e409f1151ef674c494dfda5f12251064f1b64d8e9314",
            ),
            (
                "CloudFront-Viewer-Cert-Validity",
                "NotBefore=2025-01-02T03:04:05Z;NotAfter=2035-11-12T13:14:15Z",
            ),
            ("CloudFront-Viewer-Cert-Pem", "-----BEGIN%20CERTIFICATE-----%0AMII…"),
        ],
    );
    check(
        &HeaderSet::google(),
        &trusted(HIGH),
        &[
            ("client-cert-present", "true"),
            ("client-cert-chain-verified", "true"),
            ("client-cert-sha256-fingerprint", "FonyMbBhWzLg8eQJ8RUe9nTElN/aXxIlEGTxtk2OkxQ"),
            ("client-cert-serial-number", "00:f1:e2:d3:c4:b5:a6:97:88"),
            ("client-cert-dnsname-sans", "Y2xpZW50LmV4YW1wbGU="),
            ("client-cert-valid-not-before", "2025-01-02T03:04:05+00:00"),
            ("client-cert-valid-not-after", "2035-11-12T13:14:15+00:00"),
            (
                "client-cert-issuer-dn",
                "MDoxCzAJBgNVBAYTAkRFMRMwEQYDVQQKDApQZWVycyBUZXN0MRYwFAYDVQQDDA1QZWVycyBSb290IENB",
            ),
            (
                "client-cert-subject-dn",
                "MCoxDjAMBgNVBAoMBVBlZXJzMRgwFgYDVQQDDA9zZXJpYWxfaGlnaF9iaXQ=",
            ),
            ("client-cert-leaf", ":MII…"),
        ],
    );
    check(
        &HeaderSet::azure_application_gateway(),
        &trusted(HIGH),
        &[
            ("client-certificate", "-----BEGIN%20CERTIFICATE-----%0AMII…"),
            ("client-certificate-end-date", "Nov 12 13:14:15 2035 GMT"),
            ("client-certificate-fingerprint", "89cd5abdbc5f382dd8ef3bdbc8510049aa8edf0a"),
            ("client-certificate-issuer", "CN=Peers Root CA,O=Peers Test,C=DE"),
            ("client-certificate-serial", "F1E2D3C4B5A69788"),
            ("client-certificate-start-date", "Jan  2 03:04:05 2025 GMT"),
            ("client-certificate-subject", "/O=Peers/CN=serial_high_bit"),
            ("client-certificate-verification", "SUCCESS"),
        ],
    );
    check(
        &HeaderSet::kong(),
        &trusted(HIGH),
        &[
            ("X-Client-Cert", "-----BEGIN%20CERTIFICATE-----%0AMII…"),
            ("X-Client-Cert-Serial", "F1E2D3C4B5A69788"),
            ("X-Client-Cert-Issuer-DN", "CN=Peers Root CA,O=Peers Test,C=DE"),
            ("X-Client-Cert-Subject-DN", "CN=serial_high_bit,O=Peers"),
            ("X-Client-Cert-Fingerprint", "89cd5abdbc5f382dd8ef3bdbc8510049aa8edf0a"),
        ],
    );
    check(&HeaderSet::azure_app_service(), &trusted(HIGH), &[("X-ARR-ClientCert", "MII…")]);
    check(&HeaderSet::cloud_foundry(), &trusted(HIGH), &[("X-Forwarded-Client-Cert", "MII…")]);
    let identities = [
        (HIGH, Some("client.example")),
        (ALL_NAMES, Some("spiffe://example.org/ns/default/sa/web")),
        (NUL, None),
    ];
    for (der, identity) in identities {
        let expected = identity.map(|identity| ("l5d-client-id", identity));
        check(&HeaderSet::linkerd(), &trusted(der), expected.as_slice());
    }
}

#[test]
fn each_set_of_clients_that_are_not_trusted() {
    let failed = ClientCertificate::presented(HIGH, VerifyError::CertHasExpired.into());
    let clients = [
        ("none", ClientCertificate::none()),
        ("failed", failed.clone()),
        ("not verified", ClientCertificate::presented(HIGH, Verification::None)),
        ("revoked", trusted(HIGH).revoked(true)),
    ];
    let trusted_only = [
        HeaderSet::aws_alb(),
        HeaderSet::aws_alb_passthrough(),
        HeaderSet::azure_app_service(),
        HeaderSet::kong(),
        HeaderSet::linkerd(),
        HeaderSet::cloud_foundry(),
    ];
    for (name, client) in &clients {
        for set in &trusted_only {
            assert!(lines(set, client).is_empty(), "{name} {}", set.name());
        }
    }
    for set in trusted_only {
        assert!(!lines(&set.including_untrusted(), &failed).is_empty());
    }

    let fingerprint =
        ("client-cert-sha256-fingerprint", "FonyMbBhWzLg8eQJ8RUe9nTElN/aXxIlEGTxtk2OkxQ");
    let google = |present, error| {
        let verdict = [
            ("client-cert-present", present),
            ("client-cert-chain-verified", "false"),
            ("client-cert-error", error),
        ];
        let rest = (present == "true").then_some(fingerprint);
        verdict.into_iter().chain(rest).collect::<Vec<_>>()
    };
    let expected: [(&str, &[_], _); 4] = [
        (
            "none",
            &[("CloudFront-Viewer-Cert-Present", "0")],
            google("false", "client_cert_not_provided"),
        ),
        ("failed", &[], google("true", "client_cert_validation_failed")),
        ("not verified", &[], google("true", "client_cert_validation_not_performed")),
        ("revoked", &[], google("true", "client_cert_validation_failed")),
    ];
    for ((name, client), (same_name, cloudfront, google)) in clients.iter().zip(expected) {
        assert_eq!(*name, same_name);
        check(&HeaderSet::cloudfront(), client, cloudfront);
        check(&HeaderSet::google(), client, &google);
    }
    check(&HeaderSet::haproxy_manual(), &ClientCertificate::none(), &[("X-SSL", "1")]);
}

#[test]
fn google_reports_what_it_leaves_out() {
    let limits = Limits::new().other_sets(100);
    let client = trusted(SPIFFE).chain([HIGH]);
    let lines = HeaderSet::google().lines(&client, limits);
    let errors: Vec<_> = lines.get("client-cert-error").unwrap().split(',').collect();
    assert_eq!(
        errors,
        [
            "client_cert_validated_leaf_exceeded_size_limit",
            "client_cert_validated_chain_exceeded_size_limit"
        ]
    );
    assert_eq!(lines.get("client-cert-spiffe-id"), Some("spiffe://example.org/ns/default/sa/web"));
    assert_eq!(lines.too_large().collect::<Vec<_>>(), ["client-cert-leaf", "client-cert-chain"]);
}

#[test]
fn a_passed_through_chain_is_one_escaped_pem_text() {
    let client = trusted(HIGH).chain([ALL_NAMES, SPIFFE]);
    let set = HeaderSet::aws_alb_passthrough();
    let lines = lines(&set, &client);
    let text = lines[0].1.replace("%20", " ").replace("%0A", "\n");
    assert!(!text.contains('%'), "nothing else is escaped");
    let certificates = tls_client_auth::x509::certificates_from_pem(text.as_bytes()).unwrap();
    assert_eq!(certificates, [HIGH, ALL_NAMES, SPIFFE]);
}
