//! `x-forwarded-client-cert` in both directions: whatever an earlier hop or a client wrote there, who reads the result finds our
//! certificate or an error, never another's.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tls_client_auth::connection::XfccMode;
use tls_client_auth::{
    ClientCertificate, ConnectionState, Forwarding, HeaderSet, Receiver, Unstated, Verification,
};

const LEAF: &[u8] = include_bytes!("../../tests/fixtures/san_all.der");

// The first byte picks the mode and the format, the rest is the header, one line a line.
fuzz_target!(|input: &[u8]| {
    let Some((pick, text)) = input.split_first() else { return };
    let mode = if pick & 1 == 0 { XfccMode::AppendForward } else { XfccMode::SanitizeSet };
    let set = if pick & 2 == 0 { HeaderSet::envoy() } else { HeaderSet::envoy_json() };
    let forwarding = Forwarding::none().on_every_request(set).xfcc_mode(mode);
    let text = String::from_utf8_lossy(text).into_owned();
    let mut headers: Vec<(String, String)> = text
        .split('\n')
        .map(|value| ("X-Forwarded-Client-Cert".to_owned(), value.to_owned()))
        .collect();
    let client = ClientCertificate::presented(LEAF, Verification::Success);
    let connection = ConnectionState::new(client, forwarding);
    connection.forward(&mut headers).commit();
    let mut alone: Vec<(String, String)> = Vec::new();
    connection.forward(&mut alone).commit();

    assert_eq!(headers.len(), 1);
    assert!(headers[0].1.bytes().all(|byte| matches!(byte, b' '..=b'~')));
    if mode == XfccMode::SanitizeSet {
        assert_eq!(headers, alone, "something of the request's stayed");
    }
    let receiver = match mode {
        XfccMode::AppendForward => Receiver::envoy_appended(Unstated::Verified),
        _ => Receiver::envoy(Unstated::Verified),
    };
    match receiver.receive(&headers) {
        Ok(auth) => assert_eq!(auth.client_certificate().leaf(), Some(LEAF)),
        Err(_) => assert_eq!(mode, XfccMode::AppendForward, "ours alone can be read"),
    }
});
