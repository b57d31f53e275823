//! Round trips: what the crate's sets write for any certificate is received as written. Arbitrary bytes are received without a panic.

use proptest::prelude::{ProptestConfig, proptest};
use tls_client_auth::client::VerifyError;
use tls_client_auth::field::{Limits, Xfcc};
use tls_client_auth::x509::Certificate;
use tls_client_auth::{
    ClientCertificate, Dialect, HeaderSet, Receiver, TlsClientAuth, Unstated, Verification,
};

use super::common::der;
use super::*;

/// Cloudflare's and RFC 9440's sets, for every fixture and kind of client.
#[test]
fn cloudflare_s_and_rfc_9440_s_sets_are_read_back() {
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
            // The Worker's verdict is the only one of its headers that can state a revocation.
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
    #[test]
    fn any_bytes_are_refused_or_make_a_printable_record(value in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), grammar in r#"[A-Za-z=;,"\\\[\]{}:%+ -]{0,80}"#) {
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

/// Every set that sends the certificate, its receiver, and whether the set also sends the chain.
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

/// The dialect in which a set's proxy prints names.
fn dialect(set: &str) -> Dialect {
    match set {
        "cloudflare" | "cloudflare-worker" | "cloudflare-managed" | "rfc9440" | "caddy" => {
            Dialect::BoringSsl
        }
        set if set.starts_with("envoy") || set.starts_with("traefik") => Dialect::BoringSsl,
        _ => Dialect::OpenSsl,
    }
}

/// Every set that sends facts, its receiver without the rows of certificates, and the properties that it reads.
fn sets_of_facts() -> Vec<(HeaderSet, Receiver, Vec<(&'static str, Property)>)> {
    use Unstated::Verified as V;
    let facts = |set: HeaderSet, receiver: Receiver, expected: &[(&'static str, Property)]| {
        let plain = ClientCertificate::presented(LEAF, Verification::Success);
        let lines = set.lines(&plain, Limits::new());
        let is_chain = |name: &str| {
            let name = name.to_ascii_lowercase();
            name.contains("-chain") && !name.ends_with("-verified")
        };
        let is_fact = |name: &&str| {
            !is_chain(name) && !lines.get(name).is_some_and(|value| value.contains("MII"))
        };
        let names: Vec<String> = receiver.headers().filter(is_fact).map(str::to_owned).collect();
        let receiver = receiver.only(names.iter().map(String::as_str)).unwrap();
        (set, receiver, expected.to_vec())
    };
    let xfcc = Xfcc::new().subject().issuer();
    let envoy = || Receiver::envoy(V).declares(["Subject", "Issuer"]).unwrap();
    let traefik = &[&[SERIAL_NUMBER], &DATES[..]].concat()[..];
    let sha1_and_no_legacy = &[&NAMES[..], &[SERIAL_NUMBER, FIRST], &DATES].concat()[..];
    let legacy = [&LEGACY[..], &[SERIAL_NUMBER], &DATES].concat();
    let nginx = [&NAMES[..], &LEGACY, &[SERIAL_NUMBER, FIRST], &DATES].concat();
    let azure = [&LEGACY[1..], &NAMES[2..], &[SERIAL_NUMBER, FIRST], &DATES].concat();
    let aws = [&NAMES[..], &[SERIAL_NUMBER], &DATES].concat();
    vec![
        facts(HeaderSet::cloudflare(), Receiver::cloudflare(V), &[SECOND]),
        facts(HeaderSet::cloudflare_worker(), Receiver::cloudflare_worker(), &nginx),
        facts(HeaderSet::nginx(), Receiver::nginx(), &nginx),
        facts(HeaderSet::ingress_nginx(), Receiver::ingress_nginx(), &NAMES),
        facts(HeaderSet::apache(), Receiver::apache(), &aws),
        facts(HeaderSet::apache_legacy(), Receiver::apache(), &legacy),
        facts(HeaderSet::haproxy(), Receiver::haproxy(), &[sha1_and_no_legacy, &[SECOND]].concat()),
        facts(
            HeaderSet::haproxy_manual(),
            Receiver::haproxy_manual(),
            &[&[FIRST], &DATES[..]].concat(),
        ),
        facts(HeaderSet::envoy_with(xfcc), envoy(), &[&NAMES[..], &[SECOND]].concat()),
        facts(HeaderSet::envoy_with(xfcc.json()), envoy(), &[&NAMES[..], &[SECOND]].concat()),
        facts(HeaderSet::traefik(), Receiver::traefik(V), traefik),
        facts(HeaderSet::traefik_escaped(), Receiver::traefik(V), traefik),
        facts(HeaderSet::caddy(), Receiver::caddy(V), &[SERIAL_NUMBER, SECOND]),
        facts(HeaderSet::aws_alb(), Receiver::aws_alb(V), &aws),
        facts(HeaderSet::cloudfront(), Receiver::cloudfront(V), &[&aws[..], &[SECOND]].concat()),
        facts(HeaderSet::google(), Receiver::google(), &[&aws[..], &LEGACY, &[SECOND]].concat()),
        facts(
            HeaderSet::azure_application_gateway(),
            Receiver::azure_application_gateway(),
            &azure,
        ),
        facts(
            HeaderSet::kong(),
            Receiver::kong(V),
            &[&NAMES[..], &[SERIAL_NUMBER, FIRST]].concat(),
        ),
    ]
}

type Property = fn(&TlsClientAuth) -> &str;

const NAMES: [(&str, Property); 4] = [
    ("certSubjectDN", TlsClientAuth::cert_subject_dn),
    ("certSubjectDNRFC2253", TlsClientAuth::cert_subject_dn_rfc2253),
    ("certIssuerDN", TlsClientAuth::cert_issuer_dn),
    ("certIssuerDNRFC2253", TlsClientAuth::cert_issuer_dn_rfc2253),
];
const LEGACY: [(&str, Property); 2] = [
    ("certIssuerDNLegacy", TlsClientAuth::cert_issuer_dn_legacy),
    ("certSubjectDNLegacy", TlsClientAuth::cert_subject_dn_legacy),
];
const DATES: [(&str, Property); 2] = [
    ("certNotBefore", TlsClientAuth::cert_not_before),
    ("certNotAfter", TlsClientAuth::cert_not_after),
];
const SERIAL_NUMBER: (&str, Property) = ("certSerial", TlsClientAuth::cert_serial);
const FIRST: (&str, Property) = ("certFingerprintSHA1", TlsClientAuth::cert_fingerprint_sha1);
const SECOND: (&str, Property) = ("certFingerprintSHA256", TlsClientAuth::cert_fingerprint_sha256);

/// Without the certificate's rows, facts are read from their own rows.
#[test]
fn facts_are_read_back_without_the_certificate() {
    let sets = sets_of_facts();
    let (mut equal, mut absent) = (0, 0);
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures")).unwrap()
    {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "der") {
            continue;
        }
        let file = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let client =
            ClientCertificate::presented(std::fs::read(&path).unwrap(), Verification::Success);
        facts_are_read(&sets, &client, &file);
        for (set, receiver, properties) in &sets {
            let own = TlsClientAuth::new(&client.clone().dialect(dialect(set.name())));
            let lines = set.lines(&client, Limits::new());
            let lines: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
            let set = set.name();
            let auth =
                receiver.receive(&lines).unwrap_or_else(|error| panic!("{set}, {file}: {error}"));
            assert!(auth.is_trusted() && auth.certificate().is_err(), "{set}, {file}");
            for (property, text) in properties {
                // HAProxy drops the sign.
                let is_unsigned = set.starts_with("haproxy") && text(&own).starts_with('-');
                // The dialects differ in these two dates, and some forms have no fraction.
                let is_date = property.starts_with("certNot");
                let is_odd = matches!(&*file, "time_gen_fraction" | "time_utc_noseconds");
                if is_unsigned && *property == "certSerial" || is_date && is_odd {
                    continue;
                }
                match text(&auth) {
                    "" if text(&own).is_empty() => {}
                    "" => absent += 1,
                    read => {
                        assert_eq!(read, text(&own), "{set}, {file}, {property}");
                        equal += 1;
                    }
                }
                if file == "plain" {
                    assert_ne!(text(&auth), "", "{set}, {property}");
                }
            }
        }
    }
    assert!(equal > 5000 && absent * 50 < equal, "{equal} equal, {absent} absent");
}

/// Asserts that the names and the serial number that each receiver reads are the certificate's or empty, and that the record is read
/// back from its JSON.
fn facts_are_read(
    sets: &[(HeaderSet, Receiver, Vec<(&'static str, Property)>)],
    client: &ClientCertificate,
    name: &str,
) {
    for (set, receiver, properties) in sets {
        let own = TlsClientAuth::new(&client.clone().dialect(dialect(set.name())));
        let lines = set.lines(client, Limits::new().text(1 << 20));
        let lines: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
        let set = set.name();
        let auth =
            receiver.receive(&lines).unwrap_or_else(|error| panic!("{set}, {name}: {error}"));
        for (property, text) in properties.iter().filter(|(property, _)| property.ends_with("DN")) {
            assert!(["", text(&own)].contains(&text(&auth)), "{set}, {name}, {property}");
        }
        let serials = [auth.cert_serial(), own.cert_serial()].map(|it| it.trim_start_matches('-'));
        assert!(["", serials[1]].contains(&serials[0]), "{set}, {name}");
        #[cfg(feature = "serde")]
        for record in [auth, own] {
            let json = serde_json::to_string(&record).unwrap();
            let read: TlsClientAuth = serde_json::from_str(&json)
                .unwrap_or_else(|error| panic!("{set}, {name}: {error}"));
            assert_eq!(serde_json::to_string(&read).unwrap(), json, "{set}, {name}");
        }
    }
}

/// Asserts that each receiver reads this certificate back from what its set writes.
fn is_read_back(sets: &[(HeaderSet, Receiver, bool)], der: &[u8], name: &str) {
    // No limit leaves anything out.
    let limits = Limits::new().encoded_leaf(1 << 20).encoded_chain(1 << 20).text(1 << 20);
    let alone = ClientCertificate::presented(der, Verification::Success);
    let client = alone.clone().chain([INTERMEDIATE, CA]);
    for (set, receiver, chain) in sets {
        let lines = set.lines(&client, limits);
        // A client with an error in Google's set, also about a value's size, is not trusted.
        if lines.get("client-cert-error").is_some() {
            continue;
        }
        let lines: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
        let expected = if *chain { &client } else { &alone };
        let expected = TlsClientAuth::new(&expected.clone().dialect(dialect(set.name())));
        assert_eq!(receiver.receive(&lines), Ok(expected), "{}, {name}", set.name());
    }
}

#[test]
fn every_set_is_read_back() {
    let sets = sets_with_a_certificate();
    let mut read = 0;
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures")).unwrap()
    {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "der") {
            is_read_back(&sets, &std::fs::read(&path).unwrap(), &path.display().to_string());
            read += 1;
        }
    }
    assert!(read > 80, "{read}");
    for (set, receiver, _) in &sets {
        let none = set.lines(&ClientCertificate::none(), Limits::new());
        let none: Vec<_> = none.iter().map(|line| (line.name(), line.value())).collect();
        // Without a certificate the crate sends no verdict as a code.
        let receiver = receiver.clone().verdict_may_be_absent();
        assert!(!receiver.receive(&none).unwrap().is_presented(), "{}", set.name());
    }
}

/// Certificates from the field, if they are unpacked in the folder `corpus` of the folder `TLS_CLIENT_AUTH_CORPUS`.
#[test]
fn every_set_is_read_back_for_certificates_from_the_field() {
    let Some(folder) = std::env::var_os("TLS_CLIENT_AUTH_CORPUS") else {
        println!("skipped: TLS_CLIENT_AUTH_CORPUS is not set");
        return;
    };
    let Ok(files) = std::fs::read_dir(std::path::Path::new(&folder).join("corpus")) else {
        println!("skipped: certificates.tar.xz is not unpacked in that folder");
        return;
    };
    let (sets, facts) = (sets_with_a_certificate(), sets_of_facts());
    let mut read = 0;
    for file in files {
        let path = file.unwrap().path();
        let der = std::fs::read(&path).unwrap();
        if Certificate::from_der(&der).is_ok() {
            let name = path.display().to_string();
            is_read_back(&sets, &der, &name);
            facts_are_read(
                &facts,
                &ClientCertificate::presented(der, Verification::Success),
                &name,
            );
            read += 1;
        }
    }
    assert!(read > 0, "no certificate in the folder");
    println!("{read} certificates through {} sets and back", sets.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Names and alternative names of the formats' separators and escapes.
    #[test]
    fn hostile_names_are_read_back(
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
        is_read_back(&sets_with_a_certificate(), &certificate.der(), &subject);
        let client = ClientCertificate::presented(certificate.der(), Verification::Success);
        facts_are_read(&sets_of_facts(), &client, &subject);
    }
}
