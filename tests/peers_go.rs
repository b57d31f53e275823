//! Compares the header sets with what Envoy, Traefik and Caddy sent for the certificates in `fixtures`. Every line is equal or listed
//! in [`DIFFERENCES`].

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::unwrap_used,
    reason = "a test"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tls_client_auth::client::VerifyError;
use tls_client_auth::field::{Limits, Xfcc};
use tls_client_auth::{ClientCertificate, HeaderSet, TlsClientAuth, Verification};

/// A recorded value, or a list if the header was sent several times.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Seen {
    Once(String),
    Often(Vec<String>),
}

#[derive(serde::Deserialize)]
struct Fixture {
    chains: BTreeMap<String, Vec<String>>,
    observed: BTreeMap<String, BTreeMap<String, BTreeMap<String, Seen>>>,
}

const NOTHING: &str = "without a certificate no header is sent: a placeholder, or the digest of nothing, could pass as a client";
const EMPTY: &str = "an empty value is no header";
const RAW: &str =
    "bytes outside printable ASCII are \\XX, as RFC 2253 allows; Caddy leaves them raw";
const SURROGATES: &str =
    "a BMPString has no surrogates, so its DER is printed; Caddy 2.11 refuses the certificate";
const QUOTE: &str = "a quote would end the field, so it is \\22";
const NUL: &str = "an alternative name with a control byte is left out";
const EIGHT_BIT: &str =
    "an alternative name outside printable ASCII is left out; Envoy leaves it raw";

/// Certificate, listener (`proxy/listener`, or a prefix), header (or `*`), and why ours differs.
const DIFFERENCES: &[(&str, &str, &str, &str)] = &[
    ("none", "caddy-2.11", "*", NOTHING),
    ("none", "caddy-2.6", "*", NOTHING),
    ("key_rsa1024", "caddy", "tls-client-public-key", EMPTY),
    ("key_rsa1024", "caddy", "tls-client-public-key-sha256", EMPTY),
    ("dn_only_empty_cn", "caddy", "tls-client-subject", EMPTY),
    ("san_spiffe", "caddy", "tls-client-subject", EMPTY),
    ("ch_tab", "caddy", "tls-client-subject", RAW),
    ("ch_tab_lead", "caddy", "tls-client-subject", RAW),
    ("dn_bmp", "caddy", "tls-client-subject", RAW),
    ("dn_utf8_c1", "caddy", "tls-client-subject", RAW),
    ("dn_bmp_surrogates", "caddy-2.6", "tls-client-subject", SURROGATES),
    ("ch_quote", "traefik", "X-Forwarded-Tls-Client-Cert-Info", QUOTE),
    ("inj_traefik_multi", "traefik", "X-Forwarded-Tls-Client-Cert-Info", QUOTE),
    ("san_nul", "traefik", "X-Forwarded-Tls-Client-Cert-Info", NUL),
    ("san_nonascii", "envoy", "x-forwarded-client-cert", EIGHT_BIT),
];

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn fixture() -> Fixture {
    let json = fs::read_to_string(fixtures().join("observed/go.json")).unwrap();
    serde_json::from_str(&json).unwrap()
}

fn client(fixture: &Fixture, name: &str) -> ClientCertificate {
    if name == "none" {
        return ClientCertificate::none();
    }
    let leaf = fs::read(fixtures().join(name).with_extension("der")).unwrap();
    let chain = fixture.chains[name].iter().map(|base64| {
        let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
        tls_client_auth::x509::certificates_from_pem(pem.as_bytes()).unwrap().remove(0)
    });
    ClientCertificate::presented(leaf, Verification::Success).chain(chain)
}

fn set(listener: &str) -> HeaderSet {
    match listener.split_once('/').unwrap().0 {
        "envoy-1.40" => HeaderSet::envoy().by(["spiffe://peers/proxy"]).unwrap(),
        "traefik-3.7" => HeaderSet::traefik(),
        "caddy-2.6" | "caddy-2.11" => HeaderSet::caddy(),
        other => panic!("{other}"),
    }
}

#[test]
fn sets_send_what_the_proxies_sent() {
    let fixture = fixture();
    let mut used = vec![false; DIFFERENCES.len()];
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for (name, listeners) in &fixture.observed {
        let client = client(&fixture, name);
        for (listener, seen) in listeners {
            let set = set(listener);
            let lines = set.lines(&client, Limits::new());
            assert_eq!(lines.too_large().len(), 0, "{name} {listener}");
            for (header, _) in set.rows() {
                let theirs = seen.get(&header.to_ascii_lowercase()).map(|seen| match seen {
                    Seen::Once(value) => value.as_str(),
                    Seen::Often(values) => panic!("{name} {listener} {header}: {values:?}"),
                });
                let ours = lines.get(header);
                let documented = DIFFERENCES.iter().position(|(on, at, of, _)| {
                    name == on
                        && listener.starts_with(at)
                        && (*of == "*" || header.eq_ignore_ascii_case(of))
                });
                let [equal, different] = counts.entry(listener).or_default();
                if ours == theirs {
                    *equal += 1;
                } else if let Some(index) = documented {
                    used[index] = true;
                    *different += 1;
                } else {
                    wrong.push(format!(
                        "{name} {listener} {header}\n  theirs {theirs:?}\n  ours   {ours:?}"
                    ));
                }
            }
        }
    }
    for (listener, [equal, different]) in counts {
        println!("{listener}: {equal} equal, {different} differ as documented");
    }
    let gone = DIFFERENCES.iter().zip(used).filter(|(_, used)| !used);
    wrong.extend(gone.map(|(row, _)| format!("{row:?}: the difference is gone")));
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn values_of_awkward_certificates() {
    let value = |set: HeaderSet, name: &str, header| {
        let der = fs::read(fixtures().join(name).with_extension("der")).unwrap();
        let client = ClientCertificate::presented(der, Verification::Success);
        set.lines(&client, Limits::new()).get(header).unwrap_or_default().to_owned()
    };
    let cases = [
        (
            HeaderSet::traefik(),
            "inj_traefik_multi",
            "X-Forwarded-Tls-Client-Cert-Info",
            "Subject%3D%22O%3DPeers%2CCN%3Da%5C22%5C2C%5C22CN%3Db%22%3BIssuer",
        ),
        (
            HeaderSet::traefik(),
            "time_utc_1950",
            "X-Forwarded-Tls-Client-Cert-Info",
            "%3BNB%3D%2218446744073078399616%22%3B",
        ),
        (
            HeaderSet::traefik_escaped(),
            "plain",
            "X-Forwarded-Tls-Client-Cert",
            "DAYDVR0TAQH%2FBAIwADAO",
        ),
        (HeaderSet::caddy(), "ch_crlf_lead", "tls-client-subject", r"CN=\0D\0Alead,O=Peers"),
        (HeaderSet::caddy(), "dn_bmp_surrogates", "tls-client-subject", "CN=#1e060078d83ddd10"),
        (HeaderSet::caddy(), "san_nul", "tls-client-san-dns-names", "[]"),
        (HeaderSet::envoy(), "san_crlf", "x-forwarded-client-cert", ";URI="),
        (HeaderSet::envoy(), "ch_quote", "x-forwarded-client-cert", r#"Subject="CN=a\"b,O=Peers""#),
        (
            HeaderSet::envoy_with(Xfcc::new().subject().uri().dns().issuer().json()),
            "ch_quote",
            "x-forwarded-client-cert",
            r#","subject":"CN=a\\\"b,O=Peers","dns":["client.example"],"issuer":"CN=Peers Root CA,O=Peers Test,C=DE"}]"#,
        ),
    ];
    for (set, name, header, part) in cases {
        let value = value(set, name, header);
        assert!(value.contains(part), "{name}: {value}");
    }
}

/// The subject, if it can be printed and is not empty.
fn printed_subject(fixture: &Fixture, name: &str) -> Option<String> {
    let record = TlsClientAuth::new(&client(fixture, name));
    Some(record.cert_subject_dn().to_owned()).filter(|subject| !subject.is_empty())
}

#[test]
fn every_json_element_parses_and_has_the_certificate_s_values() {
    let fixture = fixture();
    for name in fixture.observed.keys().filter(|name| *name != "none") {
        let set = HeaderSet::envoy_json().by(["spiffe://a/\"b\\"]).unwrap();
        let lines = set.lines(&client(&fixture, name), Limits::new());
        let json: serde_json::Value =
            serde_json::from_str(lines.get("x-forwarded-client-cert").unwrap()).unwrap();
        let element = &json[0];
        assert_eq!(element["by"][0], "spiffe://a/\"b\\", "{name}");
        assert_eq!(element["hash"].as_str().unwrap().len(), 64);
        let leaf = element["cert"].as_str().unwrap();
        assert_eq!(element["chain"][0], leaf);
        assert_eq!(element["chain"].as_array().unwrap().len(), fixture.chains[name].len() + 1);
        let der = tls_client_auth::x509::certificates_from_pem(leaf.as_bytes()).unwrap().remove(0);
        assert_eq!(der, fs::read(fixtures().join(name).with_extension("der")).unwrap());
        // Envoy refuses a certificate with a name that it cannot print; the crate leaves out the name.
        let subject = printed_subject(&fixture, name);
        assert_eq!(element["subject"].as_str(), subject.as_deref(), "{name}");
        // Empty lists are left out.
        for member in ["uri", "dns"] {
            assert!(element[member].as_array().is_none_or(|names| !names.is_empty()), "{name}");
        }
    }
}

#[test]
fn without_a_trusted_certificate_no_line_is_sent() {
    let fixture = fixture();
    let der = fs::read(fixtures().join("plain.der")).unwrap();
    let failed = ClientCertificate::presented(der, VerifyError::CertHasExpired.into());
    for listener in fixture.observed["plain"].keys() {
        let lines =
            |client: &ClientCertificate| set(listener).lines(client, Limits::new()).iter().count();
        assert_eq!(lines(&ClientCertificate::none()), 0, "{listener}");
        assert_eq!(lines(&failed), 0, "{listener}");
        let all = set(listener).including_untrusted().lines(&failed, Limits::new());
        assert_eq!(all.iter().count(), set(listener).rows().len(), "{listener}");
    }
}
