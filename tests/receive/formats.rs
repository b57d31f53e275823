//! Receiving a whole certificate in every format.

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
    let receiver = receiver.clone().verdict_may_be_absent();
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
        (
            "envoy, JSON",
            Receiver::envoy_appended(v),
            vec![("x-forwarded-client-cert", json)],
            &[CA],
        ),
        (
            "traefik",
            Receiver::traefik(v),
            vec![("x-forwarded-tls-client-cert", format!("{b},{i}"))],
            &[INTERMEDIATE],
        ),
        (
            "nginx, the form dialect",
            Receiver::nginx(),
            vec![
                ("ssl-client-verify", ok()),
                ("ssl-client-escaped-cert", escaped(LEAF).replace("%20", "+")),
            ],
            none,
        ),
        (
            "nginx, leaf and chain",
            Receiver::nginx(),
            vec![
                ("ssl-client-verify", ok()),
                ("ssl-client-escaped-cert", escaped(LEAF) + &escaped(CA)),
            ],
            &[CA],
        ),
        (
            "nginx, base64",
            Receiver::nginx(),
            vec![("ssl-client-verify", ok()), ("ssl-client-escaped-cert", b.clone())],
            none,
        ),
        (
            "a verdict in the caller's words",
            Receiver::certificate_and_verdict("X-SSL-CERT", "X-SSL-OK")
                .unwrap()
                .verdict_words(["OK", "1"]),
            vec![("x-ssl-ok", s("OK")), ("x-ssl-cert", escaped(LEAF))],
            none,
        ),
        (
            "kong, base64 of PEM",
            Receiver::kong(v),
            vec![("X-Client-Cert", base64(pem(LEAF, "\n").as_bytes()))],
            none,
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
            "PEM without line ends, in a renamed header",
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
fn beside_the_leaf_no_fact_decides() {
    let lines = [
        ("ssl-client-verify", "SUCCESS".to_owned()),
        ("ssl-client-serial", "no serial number".to_owned()),
        ("ssl-client-v-end", "no date".to_owned()),
        ("ssl-client-s-dn", "CN=admin".to_owned()),
        ("ssl-client-escaped-cert", escaped(LEAF)),
    ];
    let auth = Receiver::nginx().receive(&lines).unwrap();
    assert_eq!((auth.cert_serial(), auth.cert_subject_dn()), (SERIAL, SUBJECT));
    let serial = format!("00:{}", vec!["a3"; 101].join(":"));
    let lines = [("client-cert-chain-verified", "true"), ("client-cert-serial-number", &serial)];
    let auth = Receiver::google().receive(&lines).unwrap();
    assert_eq!(auth.cert_serial(), "A3".repeat(101));
}

/// One certificate in one header, in every encoding that is known to be sent.
#[test]
fn one_certificate_in_one_header() {
    let text = pem(LEAF, "\n");
    let both = text.clone() + &pem(CA, "\n");
    let labelled = |label: &str, der: &[u8]| pem(der, "\n").replace("CERTIFICATE", label);
    // OpenSSL's CertAux with the purpose of client authentication.
    let trust = &[0x30, 0x0c, 0x30, 0x0a, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2][..];
    let trusted = labelled("TRUSTED CERTIFICATE", &[LEAF, trust].concat());
    let folded = |text: &str, fold: &str| {
        let lines: Vec<_> = text.as_bytes().chunks(76).map(String::from_utf8_lossy).collect();
        lines.join(fold)
    };
    let cases = [
        ("URL-encoded", url(&text), 0),
        ("URL-encoded as by AWS", aws(LEAF), 0),
        ("the form dialect", url(&text).replace("%20", "+"), 0),
        ("one line", pem(LEAF, " "), 0),
        ("folded", pem(LEAF, "\n\t"), 0),
        ("CRLF", url(&pem(LEAF, "\r\n")), 0),
        ("tabs", pem(LEAF, "\t"), 0),
        ("no line ends", pem(LEAF, ""), 0),
        ("line ends written out", pem(LEAF, "\\n"), 0),
        ("line ends of Windows written out, in quotes", format!("\"{}\"", pem(LEAF, "\\r\\n")), 0),
        ("lower-case percent-encoding", url(&text).replace("%0A", "%0a").replace("%2F", "%2f"), 0),
        ("escaped hyphens", url(&text).replace('-', "%2D"), 0),
        ("everything escaped", text.bytes().map(|byte| format!("%{byte:02x}")).collect(), 0),
        ("a line end before it", url(&format!("\n{text}")), 0),
        ("the label X509", url(&labelled("X509 CERTIFICATE", LEAF)), 0),
        ("the label X509 on one line", labelled("X509 CERTIFICATE", LEAF).replace('\n', " "), 0),
        (
            "the label X509 in the form dialect",
            { url(&labelled("X509 CERTIFICATE", LEAF)).replace("%20", "+") },
            0,
        ),
        ("OpenSSL's own label", url(&labelled("TRUSTED CERTIFICATE", LEAF)), 0),
        ("OpenSSL's own label, with trust settings", url(&trusted), 0),
        ("labels mixed", url(&(trusted.clone() + &labelled("X509 CERTIFICATE", CA))), 1),
        ("base64 of another label", base64(labelled("X509 CERTIFICATE", LEAF).as_bytes()), 0),
        ("base64 without padding", base64(LEAF).trim_end_matches('=').to_owned(), 0),
        ("base64 folded", folded(&base64(LEAF), " "), 0),
        ("base64 folded with tabs", folded(&base64(LEAF), "\r\n\t"), 0),
        ("base64 of PEM folded", folded(&base64(text.as_bytes()), " "), 0),
        ("base64", base64(LEAF), 0),
        ("base64, URL-encoded", url(&base64(LEAF)), 0),
        ("base64 of PEM", base64(text.as_bytes()), 0),
        ("base64 of PEM, URL-encoded", url(&base64(text.as_bytes())), 0),
        ("a byte sequence", sequence(LEAF), 0),
        ("two, URL-encoded", url(&both), 1),
        ("two in the form dialect", url(&both).replace("%20", "+"), 1),
        ("two joined with a comma", url(&text) + "," + &url(&pem(CA, "\n")), 1),
        ("two in base64", base64(LEAF) + "," + &base64(CA), 1),
        ("base64 of two PEMs", base64(both.as_bytes()), 1),
        ("two byte sequences", sequence(LEAF) + ", " + &sequence(CA), 1),
    ];
    for (unstated, is_trusted) in [(Unstated::Verified, true), (Unstated::NotVerified, false)] {
        let receiver = Receiver::certificate("X-SSL-CERT", unstated).unwrap();
        for (name, value, chain) in &cases {
            let lines = vec![("x-ssl-cert", value.clone())];
            let auth = receiver.receive(&lines).unwrap_or_else(|error| panic!("{name}: {error}"));
            let client = auth.client_certificate();
            assert_eq!(client.leaf(), Some(LEAF), "{name}");
            let expected: &[&[u8]] = if *chain == 1 { &[CA] } else { &[] };
            assert_eq!(client.chain_certificates().collect::<Vec<_>>(), expected, "{name}");
            assert_eq!(auth.is_trusted(), is_trusted, "{name}");
        }
        assert!(!receiver.receive(&[("x-ssl-cert", "")]).unwrap().is_presented());
    }
    let receiver = Receiver::certificate("X-SSL-CERT", Unstated::Verified).unwrap();
    // The base64 of this certificate contains `+` and `/`.
    let der = &include_bytes!("../fixtures/ch_quote.der")[..];
    let text = base64(der);
    assert!(text.contains('+') && text.contains('/'));
    let refused = [
        ("another label", url(&labelled("CERTIFICATE REQUEST", LEAF))),
        ("the label of a list", url(&labelled("X509 CRL", LEAF))),
        ("another label at the end", url(&pem(LEAF, "\n").replace("END ", "END X509 "))),
        ("a label in lower case", url(&labelled("certificate", LEAF))),
        ("trust without a certificate", url(&labelled("TRUSTED CERTIFICATE", &trust[2..]))),
        ("trust settings under the usual label", url(&pem(&[LEAF, trust].concat(), "\n"))),
        ("text before", url(&format!("subject=CN=a\n{}", pem(LEAF, "\n")))),
        ("text after", url(&format!("{}x", pem(LEAF, "\n")))),
        ("a key after", url(&(pem(LEAF, "\n") + &labelled("PRIVATE KEY", LEAF)))),
        (
            "a header line inside",
            url(&pem(LEAF, "\n").replacen('\n', "\nProc-Type: 4,CLEAR\n\n", 1)),
        ),
        ("joined with a semicolon", url(&pem(LEAF, "\n")) + ";" + &url(&pem(CA, "\n"))),
        ("a plus that became a space", text.replace('+', " ")),
        ("a plus that became a space in PEM", pem(der, "\n").replace(['+', '\n'], " ")),
        ("the alphabet for URLs", text.replace('+', "-").replace('/', "_")),
        ("hex", der.iter().map(|byte| format!("{byte:02x}")).collect()),
        ("too much padding", text.trim_end_matches('=').to_owned() + "==="),
        ("escaped twice", url(&url(&pem(LEAF, "\n")))),
    ];
    for (name, value) in refused {
        assert!(receiver.receive(&[("x-ssl-cert", value)]).is_err(), "{name}");
    }
    for (certificate, verdict) in [("a b", "X"), ("X", "Host"), ("X-Cert", "x_cert")] {
        assert!(Receiver::certificate_and_verdict(certificate, verdict).is_err());
    }
}

#[test]
fn a_caller_s_words_replace_success_only() {
    let receiver = Receiver::nginx().verdict_words(["OK", "1"]);
    let verdict = |word: &str| {
        let lines =
            [("ssl-client-verify", word.to_owned()), ("ssl-client-s-dn", "CN=a".to_owned())];
        receiver.receive(&lines).ok().map(|auth| auth.cert_verified().to_owned())
    };
    let cases = [
        ("OK", Some("SUCCESS")),
        ("1", Some("SUCCESS")),
        ("NONE", Some("NONE")),
        ("FAILED:certificate has expired", Some("FAILED:certificate has expired")),
        ("FAILED", Some("FAILED")),
        ("SUCCESS", None),
        ("ok", None),
        ("0", None),
    ];
    for (word, expected) in cases {
        assert_eq!(verdict(word).as_deref(), expected, "{word}");
    }
}

#[test]
fn a_set_without_its_verdict_row() {
    let receiver = Receiver::nginx().only(["ssl-client-escaped-cert"]).unwrap();
    let lines = [("ssl-client-escaped-cert", escaped(LEAF))];
    assert!(!receiver.has_verdict() && receiver.receive(&lines).is_err());
    assert!(receiver.unstated(Unstated::Verified).receive(&lines).unwrap().is_trusted());
    // If the set has a verdict row, `unstated` has no effect.
    let receiver = Receiver::nginx().unstated(Unstated::Verified).verdict_may_be_absent();
    assert!(receiver.receive(&lines).is_err());
}

#[test]
fn a_format_without_a_verdict_has_the_callers_verification() {
    let lines = [("Client-Cert", sequence(LEAF))];
    let verified = Receiver::rfc9440(Unstated::Verified).receive(&lines).unwrap();
    assert_eq!(verified.verification(), &Verification::Success);
    let not_verified = Receiver::rfc9440(Unstated::NotVerified).receive(&lines).unwrap();
    assert_eq!(not_verified.verification(), &Verification::None);
    assert!(not_verified.is_presented() && !not_verified.is_trusted());
}

#[cfg(feature = "http")]
#[test]
fn a_header_map_is_received_like_pairs() {
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
