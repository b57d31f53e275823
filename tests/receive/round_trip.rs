//! What this crate's own sets wrote, and bytes that nobody wrote.

use proptest::prelude::{ProptestConfig, proptest};
use tls_client_auth::client::VerifyError;
use tls_client_auth::field::Limits;
use tls_client_auth::x509::Certificate;
use tls_client_auth::{
    ClientCertificate, HeaderSet, Receiver, TlsClientAuth, Unstated, Verification,
};

use super::common::der;
use super::*;

/// What the sets wrote comes back, for every fixture, hostile names included.
#[test]
fn own_sets_come_back() {
    let mut read = 0;
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures")).unwrap()
    {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "der") {
            continue;
        }
        let (name, der) = (path.display(), std::fs::read(&path).unwrap());
        let outcomes = [
            (Verification::Success, false),
            (Verification::Success, true),
            (VerifyError::CertHasExpired.into(), false),
            (Verification::None, false),
        ];
        for (verification, revoked) in outcomes {
            let client = ClientCertificate::presented(der.clone(), verification)
                .chain([INTERMEDIATE, CA])
                .revoked(revoked);
            let own = TlsClientAuth::new(&client);
            let sent = |set: HeaderSet, receiver: Receiver| {
                let lines = set.lines(&client, Limits::new());
                let lines: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
                receiver.receive(&lines).unwrap_or_else(|error| panic!("{name}: {error}"))
            };
            if client.is_trusted() {
                let v = Unstated::Verified;
                assert_eq!(sent(HeaderSet::rfc9440(), Receiver::rfc9440(v)), own, "{name}");
                let alone = TlsClientAuth::new(&client.clone().chain(Vec::<Vec<u8>>::new()));
                assert_eq!(sent(HeaderSet::cloudflare(), Receiver::cloudflare(v)), alone, "{name}");
            }
            let worker = sent(HeaderSet::cloudflare_worker(), Receiver::cloudflare_worker());
            // The only one of its headers that could tell of the revocation.
            let revoked = Verification::from(VerifyError::CertRevoked);
            let verification = if own.is_revoked() { &revoked } else { own.verification() };
            assert_eq!(worker.verification(), verification, "{name}");
            let managed = sent(HeaderSet::cloudflare_managed(), Receiver::cloudflare_managed());
            assert_eq!(managed.is_trusted(), own.is_trusted(), "{name}");
            assert_eq!(managed.is_revoked(), own.is_revoked(), "{name}");
            type Property = fn(&TlsClientAuth) -> &str;
            let both: [Property; 10] = [
                TlsClientAuth::cert_presented,
                TlsClientAuth::cert_issuer_dn,
                TlsClientAuth::cert_subject_dn,
                TlsClientAuth::cert_subject_dn_rfc2253,
                TlsClientAuth::cert_issuer_dn_legacy,
                TlsClientAuth::cert_subject_dn_legacy,
                TlsClientAuth::cert_serial,
                TlsClientAuth::cert_fingerprint_sha1,
                TlsClientAuth::cert_not_before,
                TlsClientAuth::cert_not_after,
            ];
            for property in both {
                assert_eq!(property(&worker), property(&own), "{name}");
                assert_eq!(property(&managed), property(&own), "{name}");
            }
            let only: [Property; 4] = [
                TlsClientAuth::cert_fingerprint_sha256,
                TlsClientAuth::cert_issuer_serial,
                TlsClientAuth::cert_ski,
                TlsClientAuth::cert_issuer_ski,
            ];
            for property in only {
                assert_eq!(property(&managed), property(&own), "{name}");
            }
        }
        read += 1;
    }
    assert!(read > 80, "{read}");
}

proptest::proptest! {
    /// No bytes at all make a receiver panic, and none make a record that prints anything else than ASCII.
    #[test]
    fn any_bytes(value in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), grammar in r#"[A-Za-z=;,"\\\[\]{}:%+ -]{0,80}"#) {
        let v = Unstated::Verified;
        let receivers = [
            Receiver::nginx(), Receiver::apache(), Receiver::haproxy(), Receiver::google(), Receiver::cloudflare_managed(),
            Receiver::envoy(v), Receiver::traefik(v), Receiver::caddy(v), Receiver::rfc9440(v), Receiver::aws_alb(v), Receiver::linkerd(v),
        ];
        for receiver in &receivers {
            let verdict: &[u8] = if receiver.headers().any(|name| name == "ssl-c-verify") { b"0" } else { b"SUCCESS" };
            for value in [&value[..], grammar.as_bytes()] {
                let line = |(index, name)| (name, if index == 0 && receiver.headers().len() > 4 { verdict } else { value });
                let lines: Vec<(&str, &[u8])> = receiver.headers().enumerate().map(line).collect();
                if let Ok(auth) = receiver.receive(&lines) {
                    for text in [auth.cert_subject_dn(), auth.cert_issuer_dn_legacy(), auth.cert_verified(), auth.cert_not_before()] {
                        proptest::prop_assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')));
                    }
                }
            }
        }
    }
}

/// Every set that sends the certificate, its receiver, and whether the chain goes with it.
fn sets_with_a_certificate() -> Vec<(HeaderSet, Receiver, bool)> {
    use Unstated::Verified as V;
    vec![
        (HeaderSet::nginx(), Receiver::nginx(), false),
        (HeaderSet::ingress_nginx(), Receiver::ingress_nginx(), false),
        (HeaderSet::apache(), Receiver::apache(), true),
        (HeaderSet::apache_legacy(), Receiver::apache(), true),
        (HeaderSet::haproxy(), Receiver::haproxy(), true),
        (HeaderSet::envoy(), Receiver::envoy(V), true),
        (HeaderSet::envoy_json(), Receiver::envoy(V), true),
        (HeaderSet::traefik(), Receiver::traefik(V), true),
        (HeaderSet::traefik_escaped(), Receiver::traefik(V), true),
        (HeaderSet::caddy(), Receiver::caddy(V), false),
        (HeaderSet::aws_alb(), Receiver::aws_alb(V), false),
        (HeaderSet::aws_alb_passthrough(), Receiver::aws_alb_passthrough(V), true),
        (HeaderSet::cloudfront(), Receiver::cloudfront(V), false),
        (HeaderSet::google(), Receiver::google(), true),
        (HeaderSet::azure_app_service(), Receiver::azure_app_service(V), false),
        (HeaderSet::azure_application_gateway(), Receiver::azure_application_gateway(), false),
        (HeaderSet::kong(), Receiver::kong(V), false),
        (HeaderSet::cloud_foundry(), Receiver::cloud_foundry(V), false),
    ]
}

/// What each set wrote of this certificate comes back.
fn comes_back(sets: &[(HeaderSet, Receiver, bool)], der: &[u8], name: &str) {
    // Whatever the limits leave out can't come back.
    let limits = Limits::new().encoded_leaf(1 << 20).encoded_chain(1 << 20).text(1 << 20);
    let alone = ClientCertificate::presented(der, Verification::Success);
    let client = alone.clone().chain([INTERMEDIATE, CA]);
    for (set, receiver, chain) in sets {
        let lines = set.lines(&client, limits);
        let lines: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
        let expected = TlsClientAuth::new(if *chain { &client } else { &alone });
        assert_eq!(receiver.receive(&lines), Ok(expected), "{}, {name}", set.name());
    }
}

#[test]
fn every_set_comes_back() {
    let sets = sets_with_a_certificate();
    let mut read = 0;
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures")).unwrap()
    {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "der") {
            comes_back(&sets, &std::fs::read(&path).unwrap(), &path.display().to_string());
            read += 1;
        }
    }
    assert!(read > 80, "{read}");
    for (set, receiver, _) in &sets {
        let none = set.lines(&ClientCertificate::none(), Limits::new());
        let none: Vec<_> = none.iter().map(|line| (line.name(), line.value())).collect();
        assert!(!receiver.receive(&none).unwrap().is_presented(), "{}", set.name());
    }
}

/// Certificates that nobody here made: the files of the folder `corpus` in the one that `TLS_CLIENT_AUTH_CORPUS` names, if they
/// are unpacked there.
#[test]
fn every_set_comes_back_of_foreign_certificates() {
    let Some(folder) = std::env::var_os("TLS_CLIENT_AUTH_CORPUS") else {
        println!("skipped: TLS_CLIENT_AUTH_CORPUS names no folder");
        return;
    };
    let Ok(files) = std::fs::read_dir(std::path::Path::new(&folder).join("corpus")) else {
        println!("skipped: certificates.tar.xz is not unpacked in that folder");
        return;
    };
    let sets = sets_with_a_certificate();
    let mut read = 0;
    for file in files {
        let path = file.unwrap().path();
        let der = std::fs::read(&path).unwrap();
        if Certificate::from_der(&der).is_ok() {
            comes_back(&sets, &der, &path.display().to_string());
            read += 1;
        }
    }
    println!("{read} certificates through {} sets and back", sets.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Names and alternative names made of what the formats separate and escape with.
    #[test]
    fn hostile_names_come_back(
        subject in r#"[a,;=+"\\<># /%{}\[\]&\r\n\x00\x7fé]{0,24}"#,
        organization in r#"[a,;=+"\\<># /%]{0,24}"#,
        uri in r#"[a:/,;="\\%&\r\n ]{0,24}"#,
        dns in r#"[a.*,;="\\ ]{0,24}"#,
    ) {
        let attribute = |kind, text: &String| der::attribute(kind, der::UTF8_STRING, text);
        let names = [der::tlv(0x86, uri), der::tlv(0x82, dns)];
        let names = der::extension(der::SUBJECT_ALT_NAME, der::of(der::SEQUENCE, &names));
        let certificate = der::Parts::with(|parts| {
            parts.subject = der::name(&[&[attribute(der::O, &organization)], &[attribute(der::CN, &subject)]]);
            parts.extensions = vec![names];
        });
        comes_back(&sets_with_a_certificate(), &certificate.der(), &subject);
    }
}
