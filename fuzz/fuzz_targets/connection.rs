//! Any order of requests on one connection: of the open ones exactly one carries the first request's headers, until a claim that carries
//! them is committed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tls_client_auth::{
    Claim, ClientCertificate, ConnectionState, Forwarding, HeaderSet, Verification,
};

const LEAF: &[u8] = include_bytes!("../../tests/fixtures/plain.der");
/// The largest number of open requests. It is small, so that a short input can end each of them.
const MOST: usize = 16;

// Each octet is a step: its upper half selects the step, its lower half the open request.
fuzz_target!(|steps: &[u8]| {
    let client = ClientCertificate::presented(LEAF, Verification::Success);
    let forwarding = Forwarding::cloudflare().on_every_request(HeaderSet::nginx());
    let connection = ConnectionState::new(client, forwarding);
    let mut open: Vec<Claim> = Vec::new();
    let mut sent = false;
    for step in steps {
        let (kind, place) = (step >> 4, usize::from(step & 15));
        let held = open.iter().any(Claim::is_first);
        match kind % 6 {
            0 if open.len() < MOST => {
                let claim = connection.claim();
                assert_eq!(claim.is_first(), !sent && !held);
                open.push(claim);
            }
            1 if open.len() < MOST => {
                let claim = connection.clone().withhold();
                assert!(!claim.is_first());
                open.push(claim);
            }
            2 if place < open.len() => {
                let claim = open.swap_remove(place);
                sent |= claim.is_first();
                claim.commit();
            }
            3 if place < open.len() => drop(open.swap_remove(place)),
            4 if place < open.len() => {
                // Every attempt of a request carries the same headers.
                let forged = || vec![("Cf-Client-Cert-Sha256".to_owned(), "forged".to_owned())];
                let (mut one, mut other) = (forged(), forged());
                open[place].apply(&mut one);
                open[place].apply(&mut other);
                assert_eq!(one, other);
                let carried = one.iter().filter(|(name, _)| name.starts_with("Cf-")).count();
                assert_eq!(carried, if open[place].is_first() { 2 } else { 0 });
                assert!(one.iter().all(|(_, value)| value != "forged"));
            }
            _ => assert!(open.iter().filter(|claim| claim.is_first()).count() <= 1),
        }
        assert_eq!(connection.is_sent(), sent);
    }
    drop(open);
    assert_eq!(connection.claim().is_first(), !sent);
});
