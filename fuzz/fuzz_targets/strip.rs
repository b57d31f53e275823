//! Any request headers: no header that could be mistaken for ours is left, ours are present once, and nothing else is lost except what
//! `Connection` lists.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tls_client_auth::connection::consume_connection;
use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, HeaderSet, Verification};

const LEAF: &[u8] = include_bytes!("../../tests/fixtures/plain.der");

// Each line is a header, its name before the first colon.
fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let before: Vec<(String, String)> = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let client = ClientCertificate::presented(LEAF, Verification::Success);
    let forwarding = Forwarding::rfc9440().on_every_request(HeaderSet::cloudflare_managed());
    let claim = ConnectionState::new(client, forwarding).claim();
    let mut after = before.clone();
    claim.apply(&mut after);

    let ours: Vec<_> =
        claim.lines().map(|line| (line.name().to_owned(), line.value().to_owned())).collect();
    let found: Vec<_> =
        after.iter().filter(|(name, _)| claim.owns(name.as_bytes())).cloned().collect();
    assert_eq!(found, ours);
    let is_connection = |name: &str| name.eq_ignore_ascii_case("connection");
    let listed: Vec<String> = before
        .iter()
        .filter(|(name, _)| is_connection(name))
        .flat_map(|(_, value)| {
            value.split(',').map(|option| option.trim_ascii().to_ascii_lowercase())
        })
        .collect();
    let is_of_one_hop = |name: &str| {
        let name = name.replace(|byte: char| !byte.is_ascii_alphanumeric(), "-");
        ["connection", "upgrade", "http2-settings", "proxy-connection"]
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own))
    };
    let kept = |(name, _): &&(String, String)| {
        !claim.owns(name.as_bytes())
            && !is_of_one_hop(name)
            && !listed.contains(&name.to_ascii_lowercase())
    };
    let expected: Vec<_> = before.iter().filter(kept).collect();
    let remaining: Vec<_> = after.iter().filter(kept).collect();
    assert_eq!(remaining, expected);
    let mut upgrades = false;
    for (name, value) in &after {
        if name.eq_ignore_ascii_case("upgrade") {
            upgrades = true;
            assert!(value.trim_matches([' ', '\t']).eq_ignore_ascii_case("websocket"));
        }
        assert!(!name.eq_ignore_ascii_case("http2-settings"));
    }
    for (_, value) in after.iter().filter(|(name, _)| is_connection(name)) {
        for option in value.split(',').map(|option| option.trim_matches([' ', '\t'])) {
            let option = option.to_ascii_lowercase();
            let is_option = matches!(&option[..], "" | "close" | "keep-alive");
            assert!(is_option || upgrades && option == "upgrade", "{option}");
        }
    }
    let mut again = after.clone();
    consume_connection(&mut again);
    assert_eq!(again, after);
});
