//! Receiving facts without the certificate, and requests without a client certificate.

use tls_client_auth::field::{Field, Limits, VerdictForm};
use tls_client_auth::{ClientCertificate, HeaderSet, Receiver, TlsClientAuth, Unstated};

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

/// Each form of a distinguished name is read into its own properties; a space that the sender escaped at an end is restored.
#[test]
fn names_are_read_into_the_properties_of_their_form() {
    let cases = [
        ("CN=a", "CN=a", ""),
        ("/C=DE/O=Acme, Inc./CN=a", "", "/C=DE/O=Acme, Inc./CN=a"),
        ("/CN=José", "", r"/CN=Jos\xC3\xA9"),
        (r"CN=a,O=x\20", r"CN=a,O=x\ ", ""),
        (r"CN=a,O=x\\20", r"CN=a,O=x\\20", ""),
        (r"CN=a,O=x\", r"CN=a,O=x\ ", ""),
        (r"CN=a,O=x\\", r"CN=a,O=x\\", ""),
        (r"CN=\ a\20b", r"CN=\ a\20b", ""),
        (r"/O=x /CN=a\x20", "", "/O=x /CN=a "),
        (r"/O=x\x20/CN=a", "", r"/O=x\x20/CN=a"),
        ("\"CN=a\"", "CN=a", ""),
        ("(null)", "", ""),
        // Empty attribute types.
        ("=#0C0161,C=DE", "=#0C0161,C=DE", ""),
        ("/C=DE/=a", "", "/C=DE/=a"),
        // White space at the ends, which an HTTP parser should have trimmed.
        (" /CN=a", "", "/CN=a"),
        (r"CN=a\ ", r"CN=a\ ", ""),
        ("\tCN=a  ", "CN=a", ""),
        (r" CN=a\ ", r"CN=a\ ", ""),
        ("\" /CN=a\"", "", "/CN=a"),
    ];
    let receivers = [
        (Receiver::nginx(), "ssl-client-s-dn"),
        (Receiver::nginx(), "ssl-client-s-dn-legacy"),
        (Receiver::ingress_nginx(), "ssl-client-subject-dn"),
        (Receiver::apache(), "SSL-CLIENT-S-DN"),
        (Receiver::azure_application_gateway(), "client-certificate-subject"),
        (Receiver::cloudflare_worker(), "X-CERT-SUBJECT-DN-L"),
    ];
    for (receiver, header) in &receivers {
        let verdict = receiver.headers().next().unwrap();
        for (value, rfc2253, legacy) in cases {
            let auth = receiver.receive(&[(verdict, "SUCCESS"), (header, value)]).unwrap();
            let read = [auth.cert_subject_dn(), auth.cert_subject_dn_rfc2253()];
            assert_eq!(read, [rfc2253; 2], "{header}: {value}");
            assert_eq!(auth.cert_subject_dn_legacy(), legacy, "{header}: {value}");
        }
    }
    let haproxy = Receiver::haproxy();
    for (value, expected) in [("/CN=a%20", "/CN=a "), ("/CN=José", "/CN=Jos%C3%A9")] {
        let auth = haproxy.receive(&[("ssl-c-verify", "0"), ("ssl-c-s-dn", value)]).unwrap();
        assert_eq!((auth.cert_subject_dn(), auth.cert_subject_dn_legacy()), ("", expected));
    }
}

/// Placeholders that a proxy could send for a missing value.
#[test]
fn a_placeholder_is_not_read_as_a_fact() {
    let words = ["-", "none", "NONE", "nil", "null", "undefined", "N/A", "{}", "[]", "/"];
    let mut accepted = 0;
    for set in HeaderSet::all() {
        let receiver = verdicts::receiver(&set);
        let is_verdict = |field: Field| {
            matches!(field, Field::Verdict(_) | Field::Verified | Field::VerifiedFlag(_))
        };
        let verdict = set.rows().find(|(_, field)| is_verdict(*field));
        let verdict = verdict.map(|(name, field)| match field {
            Field::Verdict(VerdictForm::Code) => (name, "0"),
            Field::Verdict(VerdictForm::Text) => (name, "SUCCESS"),
            _ => (name, "true"),
        });
        for header in receiver.headers().filter(|name| Some(*name) != verdict.map(|it| it.0)) {
            for word in words {
                let lines: Vec<_> = verdict.into_iter().chain([(header, word)]).collect();
                let Ok(received) = receiver.receive_with_names(&lines) else { continue };
                // These headers carry one bare name or reason, which can be any text.
                if matches!(header, "l5d-client-id" | "client-cert-spiffe-id" | "client-cert-error")
                {
                    continue;
                }
                let auth = &received.auth;
                let facts = [
                    auth.cert_subject_dn(),
                    auth.cert_subject_dn_legacy(),
                    auth.cert_issuer_dn(),
                    auth.cert_issuer_dn_legacy(),
                    auth.cert_serial(),
                    auth.cert_issuer_serial(),
                    auth.cert_ski(),
                    auth.cert_issuer_ski(),
                    auth.cert_fingerprint_sha1(),
                    auth.cert_fingerprint_sha256(),
                    auth.cert_not_before(),
                    auth.cert_not_after(),
                ];
                assert_eq!(facts, [""; 12], "{header}: {word}");
                assert_eq!(received.names, [], "{header}: {word}");
                accepted += 1;
            }
        }
    }
    assert!(accepted > 50, "{accepted}");
}

/// A name of a certificate may look like a proxy's placeholder.
#[test]
fn a_bare_name_is_never_read_as_a_placeholder() {
    let receiver = Receiver::linkerd(Unstated::Verified);
    for name in ["(null)", "<nil>", "\"\"", "\"a\"", "{http.request.tls.client.serial}", "a.b"] {
        let received = receiver.receive_with_names(&[("l5d-client-id", name)]).unwrap();
        assert!(received.auth.is_trusted(), "{name}");
        assert_eq!(received.names.len(), 1, "{name}");
        assert_eq!(received.names[0].as_str(), name);
    }
    assert!(!receiver.receive(&[("l5d-client-id", "")]).unwrap().is_presented());
    // Another name than the one without the space.
    assert_eq!(receiver.receive_with_names(&[("l5d-client-id", "a.b ")]).unwrap().names, []);
}

#[test]
fn haproxys_dates_are_of_this_century() {
    for (receiver, verdict, dates) in [
        (Receiver::haproxy(), "ssl-c-verify", ["ssl-c-notbefore", "ssl-c-notafter"]),
        (
            Receiver::haproxy_manual(),
            "x-ssl-client-verify",
            ["x-ssl-client-notbefore", "x-ssl-client-notafter"],
        ),
    ] {
        let lines = [(verdict, "0"), (dates[0], "500101000000Z"), (dates[1], "550101000000Z")];
        let auth = receiver.receive(&lines).unwrap();
        let read = [auth.cert_not_before(), auth.cert_not_after()];
        assert_eq!(read, ["Jan  1 00:00:00 2050 GMT", "Jan  1 00:00:00 2055 GMT"]);
    }
}

#[test]
fn an_error_beside_googles_verdict_is_a_failure() {
    let lines = [
        ("client-cert-present", "true"),
        ("client-cert-chain-verified", "true"),
        ("client-cert-error", "client_cert_chain_exceeded_limit"),
    ];
    let auth = Receiver::google().receive(&lines).unwrap();
    assert!(auth.is_presented() && !auth.is_trusted());
    assert_eq!(auth.cert_verified(), "FAILED:client_cert_chain_exceeded_limit");
}

/// Names are printed in the proxy's dialect, both from the leaf and from the facts.
#[test]
fn each_receiver_prints_in_its_proxy_s_dialect() {
    let der = &include_bytes!("../fixtures/inj_legacy_slash.der")[..];
    let client = ClientCertificate::presented(der, tls_client_auth::Verification::Success);
    for (set, receiver) in [
        (HeaderSet::nginx(), Receiver::nginx()),
        (HeaderSet::cloudflare_worker(), Receiver::cloudflare_worker()),
    ] {
        let lines = set.lines(&client, Limits::new());
        let lines: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
        let facts = receiver.headers().filter(|name| !name.contains("cert")).map(str::to_owned);
        let facts: Vec<String> = facts.collect();
        let facts = receiver.clone().only(facts.iter().map(String::as_str)).unwrap();
        let (whole, facts) = (receiver.receive(&lines).unwrap(), facts.receive(&lines).unwrap());
        assert_eq!(whole.cert_subject_dn_legacy(), facts.cert_subject_dn_legacy());
        assert!(facts.certificate().is_err() && !facts.cert_subject_dn_legacy().is_empty());
    }
}

#[test]
fn every_form_of_no_certificate() {
    let v = Unstated::Verified;
    let empty_block = "-----BEGIN CERTIFICATE----------END CERTIFICATE-----";
    let cases: [(&str, Receiver, &[(&str, &str)]); 17] = [
        ("nothing", Receiver::nginx().verdict_may_be_absent(), &[]),
        ("nothing of HAProxy", Receiver::haproxy().verdict_may_be_absent(), &[]),
        ("HAProxy's manual", Receiver::haproxy_manual().verdict_may_be_absent(), &[("x-ssl", "1")]),
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

/// Names of the digests in an old documentation of Cloudflare, which no product sends: only a client can set them.
#[test]
fn old_digest_names_are_stripped_and_not_read() {
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
