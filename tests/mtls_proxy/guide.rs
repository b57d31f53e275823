//! The guide on moving: in each section, the other proxy's configuration, the Rust lines and the options send the same headers.

use std::collections::BTreeSet;

use super::*;
use tls_client_auth::field::Xfcc;
use tls_client_auth::{ConnectionState, TlsClientAuth};

const GUIDE: &str = include_str!("../../src/guide/moving.md");
const LEAF: &[u8] = include_bytes!("../fixtures/san_all.der");

/// The language and text of each code block in a section.
fn blocks(title: &str) -> Vec<(&'static str, &'static str)> {
    let (_, after) = GUIDE.split_once(&format!("\n# {title}\n")).unwrap();
    let mut blocks = Vec::new();
    let mut rest = after;
    // A line that begins with `#` ends the section only outside a code block.
    while let Some((_, block)) = rest.split_once("```").filter(|(prose, _)| !prose.contains("\n# "))
    {
        let (block, after) = block.split_once("```").unwrap();
        blocks.push(block.split_once('\n').unwrap());
        rest = after;
    }
    blocks
}

/// The forwarding that the options of the section's first command choose.
fn of_options(title: &str) -> Forwarding {
    let blocks = blocks(title);
    let (_, command) =
        blocks.iter().find(|(kind, text)| *kind == "sh" && text.starts_with("mtls_proxy")).unwrap();
    let line = command.replace("\\\n", " ");
    let line = line.lines().next().unwrap();
    let words: Vec<&str> = line.split_whitespace().skip(2).collect();
    let mut chosen = options::none();
    for pair in words.chunks(2) {
        let [option, value] = pair else { panic!("{title}: {line}") };
        let value = (*value).to_owned();
        let both = value.split_once('=').map(|(one, other)| (one.to_owned(), other.to_owned()));
        match *option {
            "--forward" => chosen.when = Some(value),
            "--headers" => chosen.sets.push(value),
            "--only" => chosen.only.push(value),
            "--header" => chosen.own.push(both.unwrap()),
            "--rename" => chosen.renamed.push(both.unwrap()),
            "--forwarding" => {
                let (_, text) = blocks.iter().find(|(kind, _)| *kind == "toml").unwrap();
                return toml::from_str(text).unwrap();
            }
            other => panic!("{title}: {other}"),
        }
    }
    chosen.read().unwrap()
}

fn clients() -> Vec<ClientCertificate> {
    let presented = |verification| ClientCertificate::presented(LEAF, verification).chain([LEAF]);
    vec![
        ClientCertificate::none(),
        presented(Verification::Success),
        presented(Verification::Success).revoked(true),
        presented(tls_client_auth::client::VerifyError::CertHasExpired.into()),
    ]
}

/// The lines of the first two requests, sorted.
fn sent(forwarding: &Forwarding, client: ClientCertificate) -> [Vec<(String, String)>; 2] {
    let connection = ConnectionState::new(client, forwarding.clone());
    [(); 2].map(|()| {
        let mut lines = Vec::new();
        connection.forward(&mut lines).commit();
        lines.sort();
        lines
    })
}

#[test]
fn the_configuration_the_options_and_the_rust_lines_send_the_same() {
    let every = |set| Forwarding::none().on_every_request(set);
    let only = |set: HeaderSet, names: &[&str]| every(set.only(names.iter().copied()).unwrap());
    let nginx = [
        ("ssl-client-verify", "X-SSL-Verify"),
        ("ssl-client-s-dn", "X-SSL-Subject"),
        ("ssl-client-serial", "X-SSL-Serial"),
        ("ssl-client-fingerprint", "X-SSL-Fingerprint"),
        ("ssl-client-escaped-cert", "X-SSL-Cert"),
    ];
    let rows = HeaderSet::nginx().only(nginx.map(|(row, _)| row)).unwrap();
    let renamed = nginx.iter().fold(rows, |set, (row, name)| set.renamed(row, name).unwrap());
    let envoy = HeaderSet::envoy_with(Xfcc::new().cert().subject().uri().dns());
    let envoy = envoy.by(["spiffe://cluster.local/ns/default/sa/gateway"]).unwrap();
    let haproxy = ["X-SSL", "X-SSL-Client-Verify", "X-SSL-Client-DN", "X-SSL-Client-SHA1"];
    let apache = ["SSL-CLIENT-VERIFY", "SSL-CLIENT-S-DN", "SSL-CLIENT-CERT"];
    let cases = [
        ("nginx", every(renamed)),
        ("ingress-nginx", every(HeaderSet::ingress_nginx())),
        ("Envoy and Istio", every(envoy)),
        ("Traefik", only(HeaderSet::traefik(), &["X-Forwarded-Tls-Client-Cert"])),
        ("HAProxy", only(HeaderSet::haproxy_manual(), &haproxy)),
        ("Apache", only(HeaderSet::apache(), &apache)),
        ("Caddy", only(HeaderSet::caddy(), &["tls-client-subject", "tls-client-fingerprint"])),
        ("An AWS Application Load Balancer", every(HeaderSet::aws_alb())),
        (
            "Cloudflare itself",
            Forwarding::cloudflare().on_every_request(HeaderSet::cloudflare_managed()),
        ),
    ];
    let all = GUIDE.lines().filter(|line| line.starts_with("mtls_proxy … --forward"));
    // The section on ingress-nginx has two commands.
    assert_eq!(all.count(), cases.len() + 1);
    for (title, lines) in cases {
        let options = of_options(title);
        for client in clients() {
            let case = format!("{title}, {}", TlsClientAuth::new(&client));
            let here = sent(&lines, client.clone());
            assert_eq!(sent(&options, client), here, "{case}");
        }
        // The names in the other proxy's configuration are exactly those sent for a trusted client.
        let there: BTreeSet<String> = blocks(title)
            .iter()
            .flat_map(|(_, text)| text.lines())
            .filter_map(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                match &words[..] {
                    ["proxy_set_header" | "header_up", name, ..]
                    | ["http-request", "set-header", name, ..]
                    | ["RequestHeader", "set", name, ..] => Some(name.to_ascii_lowercase()),
                    _ => None,
                }
            })
            .collect();
        let [first, _] = sent(&lines, clients().swap_remove(1));
        let here: BTreeSet<String> =
            first.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        assert!(there.is_empty() || here == there, "{title}: {here:?}, {there:?}");
    }
}
