//! Any request headers at all: nothing that could pass for ours survives, ours stand there once, and nothing else is lost but what
//! `Connection` lists.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tls_client_auth::connection::is_owned_name;
use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, HeaderSet, Verification};

const LEAF: &[u8] = include_bytes!("../../tests/fixtures/plain.der");

// One header a line, its name before the first colon.
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
        after.iter().filter(|(name, _)| is_owned_name(name.as_bytes())).cloned().collect();
    assert_eq!(found, ours);
    let is_connection = |name: &str| name.eq_ignore_ascii_case("connection");
    let listed: Vec<String> = before
        .iter()
        .filter(|(name, _)| is_connection(name))
        .flat_map(|(_, value)| {
            value.split(',').map(|option| option.trim_ascii().to_ascii_lowercase())
        })
        .collect();
    let kept = |(name, _): &&(String, String)| {
        !is_owned_name(name.as_bytes())
            && !is_connection(name)
            && !listed.contains(&name.to_ascii_lowercase())
    };
    let expected: Vec<_> = before.iter().filter(kept).collect();
    let remaining: Vec<_> = after.iter().filter(kept).collect();
    assert_eq!(remaining, expected);
    for (_, value) in after.iter().filter(|(name, _)| is_connection(name)) {
        assert!(value.split(',').all(|option| !is_owned_name(option.trim_ascii().as_bytes())));
    }
});
