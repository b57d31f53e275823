//! `x-forwarded-client-cert` in both directions: whatever an earlier hop or a client wrote there, who reads the result finds our
//! certificate or an error, never another's.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tls_client_auth::connection::XfccMode;
use tls_client_auth::{
    ClientCertificate, ConnectionState, Forwarding, HeaderSet, Receiver, Unstated, Verification,
};

/// All kinds of alternative names, and two subjects with quotes.
const LEAVES: [&[u8]; 3] = [
    include_bytes!("../../tests/fixtures/san_all.der"),
    include_bytes!("../../tests/fixtures/ch_quote.der"),
    include_bytes!("../../tests/fixtures/inj_traefik_multi.der"),
];

/// The last element for a reader of a few lines: text is split at commas outside of quotes.
fn naive_last(value: &str) -> &str {
    let (mut quoted, mut escaped, mut start) = (false, false, 0);
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b',' if !quoted => start = at + 1,
            _ => {}
        }
    }
    &value[start..]
}

// The first byte picks the mode, the format and the certificate, the rest is the header, one line a line; `{own}` in it is our own
// element.
fuzz_target!(|input: &[u8]| {
    let Some((pick, text)) = input.split_first() else { return };
    let mode = if pick & 1 == 0 { XfccMode::AppendForward } else { XfccMode::SanitizeSet };
    let set = if pick & 2 == 0 { HeaderSet::envoy() } else { HeaderSet::envoy_json() };
    let forwarding = Forwarding::none().on_every_request(set).xfcc_mode(mode);
    let leaf = LEAVES[usize::from(pick >> 2) % LEAVES.len()];
    let client = ClientCertificate::presented(leaf, Verification::Success);
    let connection = ConnectionState::new(client, forwarding);
    let mut alone: Vec<(String, String)> = Vec::new();
    connection.forward(&mut alone).commit();
    let own = alone[0].1.trim_matches(['[', ']']);

    let text = String::from_utf8_lossy(text).replace("{own}", own);
    let mut headers: Vec<(String, String)> = text
        .split('\n')
        .map(|value| ("X-Forwarded-Client-Cert".to_owned(), value.to_owned()))
        .collect();
    connection.forward(&mut headers).commit();

    assert_eq!(headers.len(), 1);
    assert!(headers[0].1.bytes().all(|byte| matches!(byte, b' '..=b'~')));
    if mode == XfccMode::SanitizeSet {
        assert_eq!(headers, alone, "something of the request's stayed");
    }
    let is_json = pick & 2 != 0;
    let ends = headers[0].1.strip_suffix(if is_json { "]" } else { "" });
    assert!(ends.is_some_and(|value| value.ends_with(own)), "ours is the last");
    assert!(is_json || naive_last(&headers[0].1) == own, "for a naive reader too");
    let receiver = match mode {
        XfccMode::AppendForward => Receiver::envoy_appended(Unstated::Verified),
        _ => Receiver::envoy(Unstated::Verified),
    };
    match receiver.receive(&headers) {
        Ok(auth) => assert_eq!(auth.client_certificate().leaf(), Some(leaf)),
        Err(_) => assert_eq!(mode, XfccMode::AppendForward, "ours alone can be read"),
    }
});
