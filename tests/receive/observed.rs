//! Receives what real proxies sent: `tests/fixtures/observed/receive.json`, written by `tools/observed_receive.py`.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use tls_client_auth::receive::ReceiveError;
use tls_client_auth::{
    ClientCertificate, Dialect, Receiver, TlsClientAuth, Unstated, Verification,
};

#[derive(Deserialize)]
struct Observed {
    chain: Vec<String>,
    sent: BTreeMap<String, Vec<(String, String)>>,
}

struct Case {
    name: String,
    leaf: Option<Vec<u8>>,
    chain: Vec<Vec<u8>>,
    sent: BTreeMap<String, Vec<(String, Vec<u8>)>>,
}

fn cases() -> Vec<Case> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let observed = std::fs::read(fixtures.join("observed/receive.json")).unwrap();
    let observed: BTreeMap<String, Observed> = serde_json::from_slice(&observed).unwrap();
    let case = |(name, observed): (String, Observed)| {
        let leaf =
            (name != "none").then(|| std::fs::read(fixtures.join(format!("{name}.der"))).unwrap());
        let decode = |text: String| STANDARD.decode(text).unwrap();
        // The file has each byte as a Latin-1 character.
        let bytes = |text: String| text.chars().map(|byte| u8::try_from(byte).unwrap()).collect();
        let line = |(name, value)| (name, bytes(value));
        let sent = |(proxy, lines): (String, Vec<(String, String)>)| {
            (proxy, lines.into_iter().map(line).collect())
        };
        Case {
            name,
            leaf,
            chain: observed.chain.into_iter().map(decode).collect(),
            sent: observed.sent.into_iter().map(sent).collect(),
        }
    };
    observed.into_iter().map(case).collect()
}

fn chain(auth: &TlsClientAuth) -> Vec<Vec<u8>> {
    auth.client_certificate().chain_certificates().map(<[u8]>::to_vec).collect()
}

/// Receives every recorded request of a proxy, and calls `check` for those with a certificate.
fn replay(
    proxy: &str,
    receiver: &Receiver,
    mut check: impl FnMut(&Case, Result<TlsClientAuth, ReceiveError>),
) {
    let mut checked = 0;
    for case in cases() {
        let Some(lines) = case.sent.get(proxy) else { continue };
        let received = receiver.receive(lines);
        match &case.leaf {
            None => {
                let auth = received.unwrap_or_else(|error| panic!("{proxy}, none: {error}"));
                assert!(!auth.is_presented() && !auth.is_trusted(), "{proxy}");
                assert_eq!((auth.cert_presented(), auth.cert_verified()), ("0", "NONE"), "{proxy}");
            }
            Some(_)
                if !lines.iter().any(|(_, value)| value.windows(3).any(|text| text == b"MII")) =>
            {
                // The recorded client did not send its certificate.
                assert!(!received.unwrap().is_presented(), "{proxy}, {}", case.name);
            }
            Some(_) => {
                check(&case, received);
                checked += 1;
            }
        }
    }
    assert!(checked > 20, "{proxy}: {checked}");
}

fn whole(proxy: &str, receiver: Receiver, with_chain: bool) {
    replay(proxy, &receiver, |case, received| {
        let name = &case.name;
        let auth = received.unwrap_or_else(|error| panic!("{proxy}, {name}: {error}"));
        assert_eq!(auth.client_certificate().leaf(), case.leaf.as_deref(), "{proxy}, {name}");
        let expected = if with_chain { &case.chain[..] } else { &[] };
        assert_eq!(chain(&auth), expected, "{proxy}, {name}");
    });
}

fn ingress_nginx() -> Receiver {
    let names = [
        ("ssl-client-cert", "ssl-client-escaped-cert"),
        ("ssl-client-subject-dn", "ssl-client-s-dn"),
        ("ssl-client-issuer-dn", "ssl-client-i-dn"),
    ];
    names.iter().fold(Receiver::ingress_nginx(), |receiver, (header, name)| {
        receiver.renamed(header, name).unwrap()
    })
}

#[test]
fn the_certificate_is_read_back() {
    whole("nginx", Receiver::nginx(), false);
    whole("nginx", ingress_nginx(), false);
    whole("haproxy", Receiver::haproxy(), true);
    whole("apache", Receiver::apache(), true);
    whole("traefik", Receiver::traefik(Unstated::NotVerified), true);
    whole("caddy", Receiver::caddy(Unstated::NotVerified), false);
    replay("envoy", &Receiver::envoy(Unstated::NotVerified), |case, received| {
        let auth = received.unwrap_or_else(|error| panic!("envoy, {}: {error}", case.name));
        assert_eq!(auth.client_certificate().leaf(), case.leaf.as_deref(), "{}", case.name);
        assert_eq!(chain(&auth), case.chain, "{}", case.name);
        assert!(auth.is_presented() && !auth.is_trusted());
    });
}

#[test]
fn verdicts_are_read_back() {
    let verdict = |proxy: &str, receiver: Receiver, name: &str| {
        let case = cases().into_iter().find(|case| case.name == name).unwrap();
        let auth = receiver.dialect(Dialect::OpenSsl).receive(&case.sent[proxy]).unwrap();
        auth.cert_verified().to_owned()
    };
    let cases = [
        ("plain", "SUCCESS", "SUCCESS"),
        ("expired", "FAILED:certificate has expired", "FAILED:certificate has expired"),
        (
            "bad_signature",
            "FAILED:certificate signature failure",
            "FAILED:certificate signature failure",
        ),
        (
            "unknown_ca_root_sent",
            "FAILED:self-signed certificate in certificate chain",
            "FAILED:self-signed certificate in certificate chain",
        ),
    ];
    for (name, nginx, haproxy) in cases {
        assert_eq!(verdict("nginx", Receiver::nginx(), name), nginx, "{name}");
        assert_eq!(verdict("haproxy", Receiver::haproxy(), name), haproxy, "{name}");
    }
}

#[test]
fn caddy_s_placeholders_are_no_certificate() {
    let case = cases().into_iter().find(|case| case.name == "none").unwrap();
    for proxy in ["caddy", "caddy_old"] {
        let auth = Receiver::caddy(Unstated::Verified).receive(&case.sent[proxy]).unwrap();
        assert!(!auth.is_presented(), "{proxy}");
    }
}

/// The facts that a proxy states, without the certificate's rows, equal those that the crate parses from the certificate.
#[test]
fn facts_are_read_back() {
    type Property = fn(&TlsClientAuth) -> &str;
    const NAMES: [(&str, Property); 4] = [
        ("subject", TlsClientAuth::cert_subject_dn),
        ("subject again", TlsClientAuth::cert_subject_dn_rfc2253),
        ("issuer", TlsClientAuth::cert_issuer_dn),
        ("serial", TlsClientAuth::cert_serial),
    ];
    const DATES: [(&str, Property); 2] =
        [("start", TlsClientAuth::cert_not_before), ("end", TlsClientAuth::cert_not_after)];
    const SHA256: [(&str, Property); 1] = [("SHA-256", TlsClientAuth::cert_fingerprint_sha256)];
    const SHA1: [(&str, Property); 1] = [("SHA-1", TlsClientAuth::cert_fingerprint_sha1)];
    let without = |receiver: Receiver, header: &str| {
        let names: Vec<String> = receiver.headers().map(str::to_owned).collect();
        let kept = names.iter().map(String::as_str).filter(|name| !name.contains(header));
        receiver.clone().only(kept).unwrap().dialect(Dialect::OpenSsl)
    };
    let envoy = Receiver::envoy(Unstated::Verified).declares(["Subject", "URI", "DNS"]).unwrap();
    let traefik = Receiver::traefik(Unstated::Verified).only(["X-Forwarded-Tls-Client-Cert-Info"]);
    let formats = [
        ("nginx", without(Receiver::nginx(), "cert"), [&NAMES[..], &DATES, &SHA1].concat()),
        ("apache", without(Receiver::apache(), "CERT"), [&NAMES[..], &DATES].concat()),
        ("haproxy", without(Receiver::haproxy(), "der"), [&NAMES[..], &DATES, &SHA1].concat()),
        ("envoy", envoy.dialect(Dialect::OpenSsl), [&NAMES[..2], &SHA256].concat()),
        ("traefik", traefik.unwrap().dialect(Dialect::OpenSsl), [&NAMES[3..], &DATES].concat()),
    ];
    for (proxy, receiver, properties) in formats {
        replay(proxy, &receiver, |case, received| {
            let name = &case.name;
            let auth = received.unwrap_or_else(|error| panic!("{proxy}, {name}: {error}"));
            let leaf = case.leaf.clone().unwrap_or_default();
            let client = ClientCertificate::presented(leaf, Verification::None);
            let own = TlsClientAuth::new(&client.dialect(Dialect::OpenSsl));
            assert!(auth.certificate().is_err());
            for (property, text) in &properties {
                // HAProxy drops the sign, and escapes control characters as `%0A`.
                if proxy == "haproxy"
                    && (name.starts_with("serial_neg") || text(&auth).contains('%'))
                {
                    continue;
                }
                // With a chain Traefik's facts can be ambiguous, and are then ignored.
                if proxy == "traefik" && !case.chain.is_empty() && text(&auth).is_empty() {
                    continue;
                }
                assert_eq!(text(&auth), text(&own), "{proxy}, {name}, {property}");
            }
        });
    }
}
