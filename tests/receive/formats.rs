//! A whole certificate in every format.

use tls_client_auth::{Receiver, Unstated, Verification};

use super::*;

fn assert_whole(name: &str, receiver: &Receiver, lines: &Lines<'_>, chain: &[&[u8]], ok: bool) {
    let auth = receiver.receive(lines).unwrap_or_else(|error| panic!("{name}: {error}"));
    let client = auth.client_certificate();
    assert_eq!(client.leaf(), Some(LEAF), "{name}");
    assert_eq!(client.chain_certificates().collect::<Vec<_>>(), chain, "{name}");
    assert_eq!(auth.is_trusted(), ok, "{name}");
    assert_eq!(auth.cert_subject_dn(), SUBJECT, "{name}");
    let absent: [(&str, &str); 1] = [("Host", "origin.example")];
    assert!(!receiver.receive(&absent).unwrap().is_presented(), "{name}");
}

#[test]
fn whole_certificates() {
    let v = Unstated::Verified;
    let s = |text: &str| text.to_owned();
    let ok = || s("SUCCESS");
    let (b, i) = (base64(LEAF), base64(INTERMEDIATE));
    let both = base64(&[INTERMEDIATE, CA].concat());
    let xfcc = format!(
        "Hash={SHA256};Cert=\"{}\";Chain=\"{}{}\"",
        escaped(LEAF),
        escaped(LEAF),
        escaped(CA)
    );
    let json = format!(
        r#"[{{"hash":"00"}},{{"by":["x"],"hash":"{SHA256}","cert":"{leaf}","chain":["{leaf}","{ca}"],"uri":[]}}]"#,
        leaf = pem(LEAF, "\\n"),
        ca = pem(CA, "\\n"),
    );
    let apache = |der| pem(der, " ");
    let none: &[&[u8]] = &[];
    let cases: Vec<(&str, Receiver, Lines<'_>, &[&[u8]])> = vec![
        (
            "cloudflare",
            Receiver::cloudflare(v),
            vec![("CF-Client-Cert-DER-Base64", b.clone()), ("cf-client-cert-sha256", s(SHA256))],
            none,
        ),
        (
            "rfc9440",
            Receiver::rfc9440(v),
            vec![
                ("client-cert", sequence(LEAF)),
                ("client-cert-chain", format!("{},{}", sequence(INTERMEDIATE), sequence(CA))),
            ],
            &[INTERMEDIATE, CA],
        ),
        (
            "nginx",
            Receiver::nginx(),
            vec![
                ("ssl-client-verify", ok()),
                ("ssl-client-escaped-cert", escaped(LEAF)),
                ("ssl-client-fingerprint", s(SHA1)),
            ],
            none,
        ),
        (
            "nginx, folded",
            Receiver::nginx(),
            vec![("ssl-client-verify", ok()), ("ssl-client-escaped-cert", pem(LEAF, "\n\t"))],
            none,
        ),
        (
            "ingress-nginx",
            Receiver::ingress_nginx(),
            vec![("ssl-client-verify", ok()), ("ssl-client-cert", escaped(LEAF))],
            none,
        ),
        (
            "apache",
            Receiver::apache(),
            vec![
                ("ssl-client-verify", ok()),
                ("ssl-client-cert", apache(LEAF)),
                ("ssl-client-cert-chain-0", apache(CA)),
                ("ssl-client-cert-chain-1", s("(null)")),
            ],
            &[CA],
        ),
        (
            "haproxy",
            Receiver::haproxy(),
            vec![
                ("ssl-c-verify", s("0")),
                ("ssl-c-used", s("1")),
                ("ssl-c-der-base64", b.clone()),
                ("ssl-c-chain-der-base64", both),
                ("ssl-c-sha256-hex", SHA256.to_uppercase()),
            ],
            &[INTERMEDIATE, CA],
        ),
        (
            "haproxy, quoted",
            Receiver::haproxy(),
            vec![
                ("ssl-c-verify", s("0")),
                ("ssl-c-der-base64", format!("\"{b}\"")),
                ("ssl-c-chain-der-base64", s("\"\"")),
            ],
            none,
        ),
        ("envoy", Receiver::envoy(v), vec![("x-forwarded-client-cert", xfcc)], &[CA]),
        ("envoy, JSON", Receiver::envoy(v), vec![("x-forwarded-client-cert", json)], &[CA]),
        (
            "traefik",
            Receiver::traefik(v),
            vec![("x-forwarded-tls-client-cert", format!("{b},{i}"))],
            &[INTERMEDIATE],
        ),
        (
            "traefik before 2.9.4",
            Receiver::traefik(v),
            vec![("x-forwarded-tls-client-cert", url(&b))],
            none,
        ),
        (
            "caddy",
            Receiver::caddy(v),
            vec![
                ("tls-client-certificate-der-base64", b.clone()),
                ("tls-client-fingerprint", s(SHA256)),
            ],
            none,
        ),
        (
            "caddy, PEM",
            Receiver::nginx().renamed("ssl-client-escaped-cert", "x").unwrap(),
            vec![("ssl-client-verify", ok()), ("x", pem(LEAF, ""))],
            none,
        ),
        ("aws-alb", Receiver::aws_alb(v), vec![("x-amzn-mtls-clientcert-leaf", aws(LEAF))], none),
        (
            "aws-alb-passthrough",
            Receiver::aws_alb_passthrough(v),
            vec![("x-amzn-mtls-clientcert", aws(LEAF) + &aws(INTERMEDIATE))],
            &[INTERMEDIATE],
        ),
        (
            "cloudfront",
            Receiver::cloudfront(v),
            vec![
                ("cloudfront-viewer-cert-present", s("1")),
                ("cloudfront-viewer-cert-pem", aws(LEAF)),
                ("cloudfront-viewer-cert-sha256", s(SHA256)),
            ],
            none,
        ),
        (
            "google",
            Receiver::google(),
            vec![
                ("client-cert-present", s("true")),
                ("client-cert-chain-verified", s("true")),
                ("client-cert-error", s("")),
                ("client-cert-leaf", sequence(LEAF)),
                ("client-cert-chain", sequence(CA)),
                (
                    "client-cert-sha256-fingerprint",
                    s("c8lLl8nyFfd+zWCFcjIWApaX+jsp0uzWL7kYbbd4RKo"),
                ),
            ],
            &[CA],
        ),
        (
            "azure-app-service",
            Receiver::azure_app_service(v),
            vec![("X-ARR-ClientCert", b.clone())],
            none,
        ),
        (
            "azure-app-service, no padding",
            Receiver::azure_app_service(v),
            vec![("X-ARR-ClientCert", b.trim_end_matches('=').to_owned())],
            none,
        ),
        (
            "azure-application-gateway",
            Receiver::azure_application_gateway(),
            vec![("client-certificate-verification", ok()), ("client-certificate", escaped(LEAF))],
            none,
        ),
        (
            "kong",
            Receiver::kong(v),
            vec![("X-Client-Cert", escaped(LEAF)), ("X-Client-Cert-Fingerprint", s(SHA1))],
            none,
        ),
        (
            "cloud-foundry",
            Receiver::cloud_foundry(v),
            vec![("X-Forwarded-Client-Cert", b.clone())],
            none,
        ),
    ];
    for (name, receiver, lines, chain) in &cases {
        assert_whole(name, receiver, lines, chain, true);
    }
}

#[test]
fn what_is_unstated_is_the_callers() {
    let lines = [("Client-Cert", sequence(LEAF))];
    let verified = Receiver::rfc9440(Unstated::Verified).receive(&lines).unwrap();
    assert_eq!(verified.verification(), &Verification::Success);
    let not_verified = Receiver::rfc9440(Unstated::NotVerified).receive(&lines).unwrap();
    assert_eq!(not_verified.verification(), &Verification::None);
    assert!(not_verified.is_presented() && !not_verified.is_trusted());
}

#[cfg(feature = "http")]
#[test]
fn a_header_map() {
    use http::header::{HeaderMap, HeaderValue};
    let mut headers = HeaderMap::new();
    headers.insert("client-cert", HeaderValue::from_str(&sequence(LEAF)).unwrap());
    let receiver = Receiver::rfc9440(Unstated::Verified);
    assert!(receiver.receive(&headers).unwrap().is_trusted());
    headers.append("client-cert", HeaderValue::from_str(&sequence(CA)).unwrap());
    assert_eq!(
        receiver.receive(&headers).unwrap_err().kind(),
        tls_client_auth::receive::ReceiveErrorKind::Twice
    );
    headers.remove("client-cert");
    headers.insert("client_cert", HeaderValue::from_static(""));
    assert_eq!(
        receiver.receive(&headers).unwrap_err().kind(),
        tls_client_auth::receive::ReceiveErrorKind::LookAlike
    );
}
