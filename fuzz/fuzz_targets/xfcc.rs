//! Any inbound `x-forwarded-client-cert`: a reader of the forwarded header finds our certificate or an error, never another certificate.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tls_client_auth::connection::XfccMode;
use tls_client_auth::{
    ClientCertificate, ConnectionState, Forwarding, HeaderSet, Receiver, Unstated, Verification,
};

/// A leaf with all kinds of alternative names, and two with quotes in the subject.
const LEAVES: [&[u8]; 3] = [
    include_bytes!("../../tests/fixtures/san_all.der"),
    include_bytes!("../../tests/fixtures/ch_quote.der"),
    include_bytes!("../../tests/fixtures/inj_traefik_multi.der"),
];

/// The last element for a simple reader, which splits the text at commas outside of quotes.
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

// The first byte selects the mode, the format and the certificate. The rest are the header's lines, in which `{own}` is our own element.
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
        assert_eq!(headers, alone, "a part of the inbound header is left");
    }
    let is_json = pick & 2 != 0;
    let ends = headers[0].1.strip_suffix(if is_json { "]" } else { "" });
    assert!(ends.is_some_and(|value| value.ends_with(own)), "our element is the last");
    assert!(is_json || naive_last(&headers[0].1) == own, "a simple reader finds another element");
    let receiver = match mode {
        XfccMode::AppendForward => Receiver::envoy_appended(Unstated::Verified),
        _ => Receiver::envoy(Unstated::Verified),
    };
    match receiver.receive(&headers) {
        Ok(auth) => assert_eq!(auth.client_certificate().leaf(), Some(leaf)),
        Err(_) => assert_eq!(mode, XfccMode::AppendForward, "our element alone is received"),
    }
});
