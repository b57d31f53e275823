//! Every rule of receiving, with a request that breaks it and the error.

use tls_client_auth::client::VerifyError;
use tls_client_auth::receive::{ReceiveErrorKind, ReceiveLimits};
use tls_client_auth::{Receiver, Unstated};

use super::*;

fn refused(receiver: &Receiver, lines: &Lines<'_>) -> (String, ReceiveErrorKind) {
    let error = receiver.receive(lines).unwrap_err();
    for (_, value) in lines {
        assert!(value.len() < 8 || !format!("{error} {error:?}").contains(value), "leaks {value}");
    }
    (error.header().to_owned(), error.kind())
}

#[test]
fn a_request_that_breaks_a_rule_is_refused() {
    use ReceiveErrorKind as E;
    let v = Unstated::Verified;
    let s = |text: &str| text.to_owned();
    let (leaf, ok) = (escaped(LEAF), || ("ssl-client-verify", s("SUCCESS")));
    let cert = |value: String| ("ssl-client-escaped-cert", value);
    let eleven = vec![sequence(CA); 11].join(", ");
    let broken = &LEAF[..LEAF.len() - 1];
    let (n, r, t) = (Receiver::nginx, || Receiver::rfc9440(v), || Receiver::traefik(v));
    let p = || Receiver::aws_alb_passthrough(v);
    let small = ReceiveLimits::new().header(100);
    let cases: Vec<(&str, Receiver, Lines<'_>, (&str, E))> = vec![
        (
            "a line twice",
            n(),
            vec![ok(), cert(leaf.clone()), cert(leaf.clone())],
            ("ssl-client-escaped-cert", E::Twice),
        ),
        (
            "a line twice, one empty",
            r(),
            vec![("client-cert", s("")), ("Client-Cert", sequence(LEAF))],
            ("Client-Cert", E::Twice),
        ),
        ("the verdict twice", n(), vec![ok(), ok()], ("ssl-client-verify", E::Twice)),
        (
            "a look-alike",
            n(),
            vec![("ssl_client_verify", s("SUCCESS"))],
            ("ssl-client-verify", E::LookAlike),
        ),
        (
            "a look-alike beside it",
            n(),
            vec![ok(), ("SSL.Client.Verify", s("NONE"))],
            ("ssl-client-verify", E::LookAlike),
        ),
        (
            "verdict in lower case",
            n(),
            vec![("ssl-client-verify", s("success")), cert(leaf.clone())],
            ("ssl-client-verify", E::NotAVerdict),
        ),
        (
            "verdict followed by another",
            n(),
            vec![("ssl-client-verify", s("SUCCESS, SUCCESS")), cert(leaf.clone())],
            ("ssl-client-verify", E::NotAVerdict),
        ),
        (
            "verdict in quotes",
            n(),
            vec![("ssl-client-verify", s("\"SUCCESS\"")), cert(leaf.clone())],
            ("ssl-client-verify", E::NotAVerdict),
        ),
        (
            "Apache's verdict at nginx",
            n(),
            vec![("ssl-client-verify", s("GENEROUS"))],
            ("ssl-client-verify", E::NotAVerdict),
        ),
        (
            "verdict before certificate",
            n(),
            vec![("ssl-client-verify", s("OK")), cert(s("!"))],
            ("ssl-client-verify", E::NotAVerdict),
        ),
        (
            "number with a sign",
            Receiver::haproxy(),
            vec![("ssl-c-verify", s("+0"))],
            ("ssl-c-verify", E::NotAVerdict),
        ),
        (
            "number with zeros",
            Receiver::haproxy(),
            vec![("ssl-c-verify", s("00"))],
            ("ssl-c-verify", E::NotAVerdict),
        ),
        (
            "word in upper case",
            Receiver::google(),
            vec![("client-cert-chain-verified", s("TRUE"))],
            ("client-cert-chain-verified", E::NotAVerdict),
        ),
        (
            "verdict missing",
            n(),
            vec![cert(leaf.clone())],
            ("ssl-client-verify", E::MissingVerdict),
        ),
        ("nothing at all", n(), vec![], ("ssl-client-verify", E::MissingVerdict)),
        (
            "nothing at all of HAProxy",
            Receiver::haproxy_manual(),
            vec![],
            ("X-SSL-Client-Verify", E::MissingVerdict),
        ),
        (
            "facts of HAProxy alone",
            Receiver::haproxy(),
            vec![("ssl-c-s-dn", s("/CN=a"))],
            ("ssl-c-verify", E::MissingVerdict),
        ),
        (
            "HAProxy's `ssl-c-used` alone",
            Receiver::haproxy(),
            vec![("ssl-c-used", s("1"))],
            ("ssl-c-verify", E::MissingVerdict),
        ),
        (
            "facts of HAProxy's manual alone",
            Receiver::haproxy_manual(),
            vec![("x-ssl", s("1")), ("x-ssl-client-dn", s("/CN=a"))],
            ("X-SSL-Client-Verify", E::MissingVerdict),
        ),
        (
            "verified, and not presented",
            Receiver::cloudflare_managed(),
            vec![("cf-cert-verified", s("true")), ("cf-cert-presented", s("false"))],
            ("cf-cert-verified", E::Disagrees),
        ),
        (
            "Google's chain verified, and no certificate",
            Receiver::google(),
            vec![("client-cert-chain-verified", s("true")), ("client-cert-present", s("false"))],
            ("client-cert-chain-verified", E::Disagrees),
        ),
        (
            "zeros beside a leaf",
            Receiver::cloudflare(v),
            vec![
                ("cf-client-cert-der-base64", base64(LEAF)),
                ("cf-client-cert-sha256", "0".repeat(64)),
            ],
            ("Cf-Client-Cert-Sha256", E::Disagrees),
        ),
        (
            "the hash of nothing beside a leaf",
            Receiver::envoy(v),
            vec![("x-forwarded-client-cert", format!("Hash={OF_NOTHING};Cert=\"{leaf}\""))],
            ("x-forwarded-client-cert", E::Disagrees),
        ),
        (
            "text that ends like a date",
            n(),
            vec![ok(), ("ssl-client-v-end", s("for ever GMT"))],
            ("ssl-client-v-end", E::Malformed),
        ),
        (
            "the published Worker's verdict",
            Receiver::cloudflare_worker(),
            vec![("x-cert-verify", s("undefined")), ("x-cert-serial", s(""))],
            ("X-CERT-VERIFY", E::NotAVerdict),
        ),
        (
            "verdict missing, nothing parsed",
            n(),
            vec![cert(s("!"))],
            ("ssl-client-verify", E::MissingVerdict),
        ),
        (
            "verdict (null)",
            Receiver::apache(),
            vec![("ssl-client-verify", s("(null)")), ("ssl-client-s-dn", s("CN=a"))],
            ("SSL-CLIENT-VERIFY", E::MissingVerdict),
        ),
        (
            "verdict taken from the table",
            n().only(["ssl-client-escaped-cert"]).unwrap(),
            vec![cert(leaf.clone())],
            ("ssl-client-escaped-cert", E::MissingVerdict),
        ),
        (
            "one `+` for a space beside `%20`",
            n(),
            vec![ok(), cert(leaf.replace("END%20", "END+"))],
            ("ssl-client-escaped-cert", E::Malformed),
        ),
        (
            "a broken leaf",
            r(),
            vec![("client-cert", sequence(broken)), ("client-cert-chain", sequence(CA))],
            ("Client-Cert", E::NotACertificate),
        ),
        (
            "a broken leaf before a good chain",
            t(),
            vec![("x-forwarded-tls-client-cert", format!("{},{}", base64(broken), base64(CA)))],
            ("X-Forwarded-Tls-Client-Cert", E::NotACertificate),
        ),
        (
            "an empty leaf before a good chain",
            t(),
            vec![("x-forwarded-tls-client-cert", format!(",{}", base64(CA)))],
            ("X-Forwarded-Tls-Client-Cert", E::NotACertificate),
        ),
        (
            "a broken leaf in PEM",
            p(),
            vec![("x-amzn-mtls-clientcert", aws(broken) + &aws(CA))],
            ("X-Amzn-Mtls-Clientcert", E::NotACertificate),
        ),
        (
            "a broken chain",
            r(),
            vec![("client-cert", sequence(LEAF)), ("client-cert-chain", sequence(broken))],
            ("Client-Cert-Chain", E::NotACertificate),
        ),
        (
            "bytes after the leaf",
            r(),
            vec![("client-cert", sequence(&[LEAF, b"\0"].concat()))],
            ("Client-Cert", E::NotACertificate),
        ),
        (
            "a chain without its leaf",
            r(),
            vec![("client-cert-chain", sequence(CA))],
            ("Client-Cert-Chain", E::ChainWithoutCertificate),
        ),
        (
            "11 certificates",
            r(),
            vec![("client-cert", sequence(LEAF)), ("client-cert-chain", eleven)],
            ("Client-Cert-Chain", E::TooManyCertificates),
        ),
        (
            "11 certificates in PEM",
            p(),
            vec![("x-amzn-mtls-clientcert", aws(LEAF) + &aws(CA).repeat(11))],
            ("X-Amzn-Mtls-Clientcert", E::TooManyCertificates),
        ),
        (
            "11 concatenated certificates",
            Receiver::haproxy(),
            vec![
                ("ssl-c-verify", s("0")),
                ("ssl-c-der-base64", base64(LEAF)),
                ("ssl-c-chain-der-base64", base64(&CA.repeat(11))),
            ],
            ("ssl-c-chain-der-base64", E::TooManyCertificates),
        ),
        (
            "two leaves",
            r(),
            vec![("client-cert", format!("{}, {}", sequence(LEAF), sequence(LEAF)))],
            ("Client-Cert", E::TooManyCertificates),
        ),
        (
            "over 64 KiB",
            n(),
            vec![ok(), cert("A".repeat(65_537))],
            ("ssl-client-escaped-cert", E::TooLarge),
        ),
        (
            "over the caller's limit",
            n().limits(small),
            vec![ok(), cert(leaf.clone())],
            ("ssl-client-escaped-cert", E::TooLarge),
        ),
        (
            "certificate over the limit",
            n().limits(ReceiveLimits::new().certificate(100)),
            vec![ok(), cert(leaf.clone())],
            ("ssl-client-escaped-cert", E::TooLarge),
        ),
        (
            "another fingerprint",
            Receiver::cloudflare(v),
            vec![("cf-client-cert-der-base64", base64(CA)), ("cf-client-cert-sha256", s(SHA256))],
            ("Cf-Client-Cert-Sha256", E::Disagrees),
        ),
        (
            "another SHA-1",
            n(),
            vec![ok(), cert(escaped(CA)), ("ssl-client-fingerprint", s(SHA1))],
            ("ssl-client-fingerprint", E::Disagrees),
        ),
        (
            "half a fingerprint",
            Receiver::cloudflare(v),
            vec![("cf-client-cert-sha256", s(&SHA256[..40]))],
            ("Cf-Client-Cert-Sha256", E::Malformed),
        ),
        (
            "not presented, but with a subject",
            Receiver::cloudflare_managed(),
            vec![
                ("cf-cert-presented", s("false")),
                ("cf-cert-verified", s("false")),
                ("cf-cert-subject-dn", s("CN=a")),
            ],
            ("cf-cert-subject-dn", E::Disagrees),
        ),
        (
            "not used, but with a certificate",
            Receiver::haproxy(),
            vec![
                ("ssl-c-verify", s("0")),
                ("ssl-c-used", s("0")),
                ("ssl-c-der-base64", base64(LEAF)),
            ],
            ("ssl-c-der-base64", E::Disagrees),
        ),
        (
            "another alphabet",
            Receiver::azure_app_service(v),
            vec![("X-ARR-ClientCert", base64(LEAF).replace('/', "_"))],
            ("X-ARR-ClientCert", E::Malformed),
        ),
        (
            "a malformed serial",
            n(),
            vec![ok(), ("ssl-client-serial", s("0x5A"))],
            ("ssl-client-serial", E::Malformed),
        ),
        (
            "a malformed decimal serial",
            Receiver::caddy(v),
            vec![("tls-client-serial", s("5A"))],
            ("tls-client-serial", E::Malformed),
        ),
        (
            "a key identifier that is not hex",
            Receiver::cloudflare_managed(),
            vec![("cf-cert-verified", s("true")), ("cf-cert-ski", s("2784:6F"))],
            ("cf-cert-ski", E::Malformed),
        ),
        (
            "a validity without its second date",
            Receiver::aws_alb(v),
            vec![("x-amzn-mtls-clientcert-validity", s("NotBefore=2025-01-02T03:04:05Z;Not=x"))],
            ("X-Amzn-Mtls-Clientcert-Validity", E::Malformed),
        ),
        (
            "an element with a quote inside",
            Receiver::envoy(v),
            vec![("x-forwarded-client-cert", s("Hash=a\"b"))],
            ("x-forwarded-client-cert", E::Malformed),
        ),
        (
            "an element without a value",
            Receiver::envoy(v),
            vec![("x-forwarded-client-cert", s("Hash"))],
            ("x-forwarded-client-cert", E::Malformed),
        ),
        (
            "a chain over the caller's limit",
            r().limits(ReceiveLimits::new().chain(0)),
            vec![("client-cert", sequence(LEAF)), ("client-cert-chain", sequence(CA))],
            ("Client-Cert-Chain", E::TooManyCertificates),
        ),
    ];
    for (name, receiver, lines, (header, kind)) in cases {
        assert_eq!(refused(&receiver, &lines), (header.to_owned(), kind), "{name}");
    }
    let ten =
        [("client-cert", sequence(LEAF)), ("client-cert-chain", vec![sequence(CA); 10].join(","))];
    let auth = r().receive(&ten).unwrap();
    assert_eq!(auth.client_certificate().chain_certificates().len(), 10);
}

#[test]
fn every_kind_of_error_has_its_text() {
    use ReceiveErrorKind as E;
    let words = [
        (E::Twice, "is duplicated"),
        (E::LookAlike, "another header looks like it"),
        (E::TooLarge, "exceeds the size limit"),
        (E::TooManyCertificates, "has more certificates than the limit"),
        (E::MissingVerdict, "is missing"),
        (E::NotAVerdict, "is not a valid verdict"),
        (E::Malformed, "is malformed"),
        (E::NotACertificate, "is not a certificate"),
        (E::ChainWithoutCertificate, "has a chain without its leaf"),
        (E::Disagrees, "contradicts another header"),
        (E::Ambiguous, "has more than one element, or a name that looks like one"),
    ];
    for (kind, expected) in words {
        assert_eq!(kind.to_string(), expected);
    }
    let refused = |lines: &Lines<'_>| Receiver::nginx().receive(lines).unwrap_err();
    let twice = vec![("ssl-client-verify", "NONE".to_owned()); 2];
    assert_eq!(refused(&twice), refused(&twice));
    let other = vec![("ssl-client-verify", "none".to_owned())];
    assert_ne!(refused(&twice), refused(&other));
}

#[test]
fn a_failed_certificate_is_returned_as_failed() {
    let lines = [
        ("ssl-client-verify", "FAILED:certificate has expired".to_owned()),
        ("ssl-client-escaped-cert", escaped(LEAF)),
    ];
    let auth = Receiver::nginx().receive(&lines).unwrap();
    assert_eq!(auth.verification(), &VerifyError::CertHasExpired.into());
    assert!(auth.is_presented() && !auth.is_trusted());
    let lines = [("ssl-client-verify", "GENEROUS"), ("ssl-client-s-dn", "CN=a")];
    let auth = Receiver::apache().receive(&lines).unwrap();
    assert!(auth.is_presented() && !auth.is_trusted());
    let lines = [
        ("client-cert-present", "true"),
        ("client-cert-chain-verified", "false"),
        ("client-cert-error", "client_cert_validation_failed"),
    ];
    let auth = Receiver::google().receive(&lines).unwrap();
    assert_eq!(auth.cert_verified(), "FAILED:client_cert_validation_failed");
}

#[test]
fn only_chosen_headers_are_read() {
    let receiver = Receiver::nginx().only(["ssl-client-verify", "ssl-client-s-dn"]).unwrap();
    let forged = [
        ("ssl-client-verify", "SUCCESS".to_owned()),
        ("ssl-client-s-dn", "CN=a".to_owned()),
        ("ssl-client-escaped-cert", escaped(CA)),
    ];
    let auth = receiver.receive(&forged).unwrap();
    assert_eq!((auth.cert_subject_dn(), auth.client_certificate().leaf()), ("CN=a", None));
    let errors = [
        Receiver::kong(Unstated::Verified).only(["X-Client-Certs"]).unwrap_err().to_string(),
        Receiver::kong(Unstated::Verified).renamed("x", "y").unwrap_err().to_string(),
        Receiver::nginx().renamed("ssl-client-verify", "a b").unwrap_err().to_string(),
        Receiver::nginx().renamed("ssl-client-verify", "Host").unwrap_err().to_string(),
        Receiver::nginx()
            .renamed("ssl-client-verify", "SSL_Client_Serial")
            .unwrap_err()
            .to_string(),
    ];
    let expected = [
        r#"header name "X-Client-Certs": is not in this set, did you mean "X-Client-Cert"? Known: X-Client-Cert, X-Client-Cert-Serial, X-Client-Cert-Issuer-DN, X-Client-Cert-Subject-DN, X-Client-Cert-Fingerprint"#,
        r#"header name "x": is not in this set, did you mean "X-Client-Cert"? Known: X-Client-Cert, X-Client-Cert-Serial, X-Client-Cert-Issuer-DN, X-Client-Cert-Subject-DN, X-Client-Cert-Fingerprint"#,
        r#"header name "a b": is not a token"#,
        r#"header name "Host": is a header of HTTP itself"#,
        r#"header name "SSL_Client_Serial": is duplicated"#,
    ];
    assert_eq!(errors, expected);
}
