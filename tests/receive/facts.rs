//! Facts without a certificate, and no certificate at all.

use tls_client_auth::{ClientCertificate, Receiver, TlsClientAuth, Unstated};

use super::*;

#[test]
fn facts_without_a_certificate() {
    let dates = ["Jan  2 03:04:05 2025 GMT", "Nov 12 13:14:15 2035 GMT"];
    let colons = "5a:70:01:b1:7b:53:92:86:c8:91";
    let validity = "NotBefore=2025-01-02T03:04:05Z;NotAfter=2035-11-12T13:14:15Z";
    // CN=client.example, as DER.
    let name = "MBkxFzAVBgNVBAMMDmNsaWVudC5leGFtcGxl";
    let v = Unstated::Verified;
    let info = url(
        r#"Subject="CN=a";Issuer="CN=b";SerialNumber="427079140808787325536401";NB="1735787045";NA="2078486055""#,
    );
    let cases: [(&str, Receiver, &[(&str, &str)], &str); 10] = [
        (
            "worker",
            Receiver::cloudflare_worker(),
            &[
                ("x-cert-verify", "SUCCESS"),
                ("x-cert-subject-dn", SUBJECT),
                ("x-cert-serial", SERIAL),
                ("x-cert-notbe", dates[0]),
                ("x-cert-notaf", dates[1]),
            ],
            SUBJECT,
        ),
        (
            "managed",
            Receiver::cloudflare_managed(),
            &[
                ("cf-cert-verified", "true"),
                ("cf-cert-presented", "true"),
                ("cf-cert-revoked", "false"),
                ("cf-cert-subject-dn", SUBJECT),
                ("cf-cert-serial", SERIAL),
                ("cf-cert-ski", "27846FAE6EAC4A8DAD9101B519CF1EB460242831"),
                ("cf-cert-not-before", dates[0]),
                ("cf-cert-not-after", dates[1]),
            ],
            SUBJECT,
        ),
        (
            "apache, raw UTF-8",
            Receiver::apache(),
            &[
                ("ssl-client-verify", "SUCCESS"),
                ("ssl-client-s-dn", "CN=José"),
                ("ssl-client-m-serial", SERIAL),
                ("ssl-client-v-start", dates[0]),
                ("ssl-client-v-end", dates[1]),
            ],
            r"CN=Jos\C3\A9",
        ),
        (
            "haproxy",
            Receiver::haproxy(),
            &[
                ("ssl-c-verify", "0"),
                ("ssl-c-s-dn-rfc2253", SUBJECT),
                ("ssl-c-serial-hex", SERIAL),
                ("ssl-c-notbefore", "250102030405Z"),
                ("ssl-c-notafter", "351112131415Z"),
            ],
            SUBJECT,
        ),
        (
            "haproxy-manual",
            Receiver::haproxy_manual().renamed("X-SSL-Client-SHA1", "X-SHA1").unwrap(),
            &[
                ("x-ssl-client-verify", "0"),
                ("x-ssl-client-dn", "/CN=a"),
                ("x-ssl-client-notbefore", "250102030405Z"),
                ("x-ssl-client-notafter", "351112131415Z"),
            ],
            "",
        ),
        (
            "aws-alb",
            Receiver::aws_alb(v),
            &[
                ("x-amzn-mtls-clientcert-subject", SUBJECT),
                ("x-amzn-mtls-clientcert-serial-number", SERIAL),
                ("x-amzn-mtls-clientcert-validity", validity),
            ],
            SUBJECT,
        ),
        (
            "cloudfront",
            Receiver::cloudfront(v),
            &[
                ("cloudfront-viewer-cert-present", "1"),
                ("cloudfront-viewer-cert-subject", SUBJECT),
                ("cloudfront-viewer-cert-serial-number", colons),
                ("cloudfront-viewer-cert-validity", validity),
            ],
            SUBJECT,
        ),
        (
            "google",
            Receiver::google(),
            &[
                ("client-cert-present", "true"),
                ("client-cert-chain-verified", "true"),
                ("client-cert-subject-dn", name),
                ("client-cert-serial-number", colons),
                ("client-cert-valid-not-before", "2025-01-02T03:04:05+00:00"),
                ("client-cert-valid-not-after", "2035-11-12T13:14:15+00:00"),
            ],
            "CN=client.example",
        ),
        (
            "caddy",
            Receiver::caddy(v),
            &[("tls-client-subject", SUBJECT), ("tls-client-serial", "427079140808787325536401")],
            SUBJECT,
        ),
        ("traefik", Receiver::traefik(v), &[("x-forwarded-tls-client-cert-info", &info)], ""),
    ];
    for (name, receiver, lines, subject) in cases {
        let auth = receiver.receive(lines).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(auth.is_trusted() && auth.certificate().is_err(), "{name}");
        assert_eq!(auth.cert_subject_dn(), subject, "{name}");
        if name != "haproxy-manual" {
            assert_eq!(auth.cert_serial(), SERIAL, "{name}");
        }
        if name != "caddy" {
            assert_eq!([auth.cert_not_before(), auth.cert_not_after()], dates, "{name}");
        }
    }
}

#[test]
fn every_way_to_say_none() {
    let v = Unstated::Verified;
    let empty_block = "-----BEGIN CERTIFICATE----------END CERTIFICATE-----";
    let cases: [(&str, Receiver, &[(&str, &str)]); 15] = [
        ("nothing", Receiver::nginx(), &[]),
        ("NONE", Receiver::nginx(), &[("ssl-client-verify", "NONE")]),
        ("empty", Receiver::rfc9440(v), &[("client-cert", ""), ("client-cert-chain", " ")]),
        ("quotes", Receiver::caddy(v), &[("tls-client-certificate-der-base64", "\"\"")]),
        (
            "(null)",
            Receiver::apache(),
            &[
                ("ssl-client-verify", "NONE"),
                ("ssl-client-cert", "(null)"),
                ("ssl-client-s-dn", "(null)"),
            ],
        ),
        (
            "(null) alone",
            Receiver::apache(),
            &[("ssl-client-verify", "(null)"), ("ssl-client-cert", "(null)")],
        ),
        (
            "HAProxy's 0",
            Receiver::haproxy(),
            &[("ssl-c-verify", "0"), ("ssl-c-used", "0"), ("ssl-c-der-base64", "")],
        ),
        (
            "HAProxy's 0 alone",
            Receiver::haproxy_manual(),
            &[("x-ssl-client-verify", "0"), ("x-ssl-client-dn", "")],
        ),
        ("::", Receiver::rfc9440(v), &[("client-cert", "::")]),
        ("empty PEM", Receiver::kong(v), &[("x-client-cert", empty_block)]),
        (
            "SHA-256 of nothing",
            Receiver::caddy(v),
            &[("tls-client-fingerprint", OF_NOTHING), ("tls-client-serial", "<nil>")],
        ),
        (
            "SHA-1 of nothing",
            Receiver::kong(v),
            &[("x-client-cert-fingerprint", "da39a3ee5e6b4b0d3255bfef95601890afd80709")],
        ),
        ("zeros", Receiver::cloudflare(v), &[("cf-client-cert-sha256", &"0".repeat(64))]),
        ("CloudFront", Receiver::cloudfront(v), &[("cloudfront-viewer-cert-present", "0")]),
        (
            "Google",
            Receiver::google(),
            &[
                ("client-cert-present", "false"),
                ("client-cert-chain-verified", "false"),
                ("client-cert-error", "client_cert_not_provided"),
            ],
        ),
    ];
    let none = TlsClientAuth::new(&ClientCertificate::none());
    for (name, receiver, lines) in cases {
        assert_eq!(receiver.receive(lines), Ok(none.clone()), "{name}");
    }
}

/// Cloudflare's documentation once named the digests so; nobody but a client sets them.
#[test]
fn old_digest_names_are_never_believed() {
    use tls_client_auth::connection::is_owned_name;

    let receiver = Receiver::cloudflare_managed();
    let verdict = [("cf-cert-verified", "true"), ("cf-cert-presented", "true")];
    let (own, forged) = ("1".repeat(64), "2".repeat(64));
    let old = [("cf-cert-fingerprint-sha256", &*forged), ("cf-cert-fingerprint-sha1", SHA1)];
    let both = [&verdict[..], &[("cf-cert-sha256", &*own)], &old].concat();
    let auth = receiver.receive(&both).unwrap();
    assert_eq!((auth.cert_fingerprint_sha256(), auth.cert_fingerprint_sha1()), (&*own, ""));
    let auth = receiver.receive(&[&verdict[..], &old].concat()).unwrap();
    assert_eq!((auth.cert_fingerprint_sha256(), auth.cert_fingerprint_sha1()), ("", ""));
    for (name, _) in old {
        assert!(is_owned_name(name.as_bytes()), "{name}");
        assert!(receiver.headers().all(|header| header != name), "{name}");
    }
}
