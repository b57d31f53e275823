//! Replays what Envoy, Traefik and Caddy sent to an origin for the certificates in `fixtures`: our lines are equal, or their
//! difference stands in [`DIFFERENCES`].

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tls_client_auth::{ClientCertificate, HeaderSet, Limits, Verification};

/// A value that was seen: a list where the header came twice.
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

/// Certificate, listener (`proxy/listener`, or its beginning), header, and why ours differs.
const DIFFERENCES: &[(&str, &str, &str, &str)] = &[];

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
        tls_client_auth::certificates_from_pem(pem.as_bytes()).unwrap().remove(0)
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
fn what_the_proxies_sent() {
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
                    [name.as_str(), "*"].contains(on)
                        && listener.starts_with(at)
                        && header.eq_ignore_ascii_case(of)
                });
                let [equal, different] = counts.entry(listener).or_default();
                if ours == theirs {
                    *equal += 1;
                } else if let Some(index) = documented {
                    used[index] = true;
                    *different += 1;
                } else {
                    wrong.push(format!("{name} {listener} {header}\n  theirs {theirs:?}\n  ours   {ours:?}"));
                }
            }
        }
    }
    for (listener, [equal, different]) in counts {
        println!("{listener}: {equal} equal, {different} differ as documented");
    }
    let gone = DIFFERENCES.iter().zip(used).filter(|(_, used)| !used);
    wrong.extend(gone.map(|(row, _)| format!("{row:?} is no difference")));
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
