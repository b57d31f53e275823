//! Any header values, to every receiver: no panic, no value in an error, and a record of printable ASCII. The record is read back from RFC
//! 9440's headers and from JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tls_client_auth::field::Limits;
use tls_client_auth::{HeaderSet, Receiver, TlsClientAuth, Unstated};

fn receivers() -> Vec<Receiver> {
    let unstated = Unstated::Verified;
    vec![
        Receiver::cloudflare(unstated),
        Receiver::cloudflare_worker(),
        Receiver::cloudflare_managed(),
        Receiver::rfc9440(unstated),
        Receiver::nginx(),
        Receiver::ingress_nginx(),
        Receiver::apache(),
        Receiver::haproxy(),
        Receiver::haproxy_manual(),
        Receiver::envoy(unstated),
        Receiver::envoy_appended(unstated),
        Receiver::envoy(unstated).declares(["Subject", "URI", "Issuer"]).unwrap(),
        Receiver::certificate("X-SSL-CERT", unstated).unwrap(),
        Receiver::certificate_and_verdict("X-SSL-CERT", "X-SSL-VERIFY").unwrap(),
        Receiver::cloudflare_worker_as_published(unstated),
        Receiver::traefik(unstated),
        Receiver::caddy(unstated),
        Receiver::aws_alb(unstated),
        Receiver::aws_alb_passthrough(unstated),
        Receiver::cloudfront(unstated),
        Receiver::google(),
        Receiver::azure_app_service(unstated),
        Receiver::azure_application_gateway(),
        Receiver::kong(unstated),
        Receiver::linkerd(unstated),
        Receiver::cloud_foundry(unstated),
    ]
}

// The first byte selects the receiver. Each line is the value of its next header; a line `-` leaves the header out.
fuzz_target!(|input: &[u8]| {
    let Some((pick, values)) = input.split_first() else { return };
    let receivers = receivers();
    let receiver = &receivers[usize::from(*pick) % receivers.len()];
    let lines: Vec<(&str, &[u8])> = receiver
        .headers()
        .zip(values.split(|byte| *byte == b'\n'))
        .filter(|(_, value)| *value != b"-")
        .collect();
    let Ok(received) = receiver.receive_with_names(&lines) else { return };
    let auth = received.auth;
    for name in &received.names {
        assert!(name.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
    }
    let texts = [
        auth.cert_verified(),
        auth.cert_issuer_dn(),
        auth.cert_subject_dn(),
        auth.cert_issuer_dn_legacy(),
        auth.cert_subject_dn_legacy(),
        auth.cert_serial(),
        auth.cert_ski(),
        auth.cert_not_before(),
        auth.cert_not_after(),
    ];
    for text in texts {
        assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')));
    }
    assert!(auth.is_presented() || !auth.is_trusted());
    let json = serde_json::to_string(&auth).unwrap();
    let read: TlsClientAuth = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), json);
    let client = auth.client_certificate();
    if client.leaf().is_some_and(|leaf| !leaf.is_empty()) {
        // With a leaf, the record is the certificate's, whatever the other headers state.
        assert_eq!(auth, TlsClientAuth::new(client));
        let limits = Limits::new().encoded_leaf(1 << 20).encoded_chain(1 << 20);
        let sent = HeaderSet::rfc9440().including_untrusted().lines(client, limits);
        let sent: Vec<(&str, &str)> = sent.iter().map(|line| (line.name(), line.value())).collect();
        if sent.iter().all(|(_, value)| value.len() <= 64 * 1024) {
            let again = Receiver::rfc9440(Unstated::Verified).receive(&sent).unwrap();
            let again = again.client_certificate();
            assert_eq!(again.leaf(), client.leaf());
            assert!(again.chain_certificates().eq(client.chain_certificates()));
        }
    }
});
