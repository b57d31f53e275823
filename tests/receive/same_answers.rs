//! `Memory::receive`, `trusted_subject` and `receive_with_names` return what `receive` returns, for valid and for broken requests.

#[path = "../../benches/harness/receivers.rs"]
mod receivers;

use tls_client_auth::client::VerifyError;
use tls_client_auth::field::Limits;
use tls_client_auth::receive::{Memory, StatedName};
use tls_client_auth::{ClientCertificate, TlsClientAuth, Verification};

use super::*;

type Request = Vec<(String, String)>;

fn clients() -> Vec<ClientCertificate> {
    let spiffe = &include_bytes!("../fixtures/san_spiffe.der")[..];
    let verifications =
        [Verification::Success, VerifyError::CertHasExpired.into(), Verification::None];
    let presented = |leaf: &[u8], verification: &Verification| {
        ClientCertificate::presented(leaf, verification.clone())
    };
    let mut clients = vec![
        ClientCertificate::none(),
        presented(LEAF, &Verification::Success).chain([INTERMEDIATE, CA]),
        presented(LEAF, &Verification::Success).revoked(true),
    ];
    for leaf in [LEAF, spiffe] {
        clients.extend(verifications.iter().map(|verification| presented(leaf, verification)));
    }
    clients
}

/// The request, and variants with one change in one header.
fn changed(request: &Request) -> Vec<Request> {
    let mut all = vec![request.clone()];
    for at in 0..request.len() {
        let mut with = |change: &dyn Fn(&mut Request)| {
            let mut request = request.clone();
            change(&mut request);
            all.push(request);
        };
        with(&|request| drop(request.remove(at)));
        with(&|request| request.push(request[at].clone()));
        with(&|request| request[at].0 = request[at].0.replace('-', "_"));
        with(&|request| request[at].0 = request[at].0.to_uppercase());
        with(&|request| request[at].1.clear());
        with(&|request| request[at].1 = format!(" {} ", request[at].1));
        with(&|request| request[at].1 = format!("\"{}\"", request[at].1));
        with(&|request| request[at].1 = request[at].1.chars().skip(1).collect());
        for place in [0, 1, 2] {
            with(&|request| {
                let value = &mut request[at].1;
                let place = place * value.len().saturating_sub(1) / 2;
                if !value.is_empty() {
                    let other = if &value[place..=place] == "A" { "B" } else { "A" };
                    value.replace_range(place..=place, other);
                }
            });
        }
        let next = (at + 1) % request.len();
        with(&|request| request[at].1 = request[next].1.clone());
    }
    all
}

#[test]
fn every_way_to_receive_has_the_same_answer() {
    let (mut subjects, mut nobody, mut errors) = (0, 0, 0);
    for (set, receiver) in receivers::receivers() {
        // With few slots, requests displace each other.
        let memory = Memory::with_sizes(receiver.clone(), 3, 16 * 1024);
        for client in clients() {
            let set = set.clone().including_untrusted();
            let lines = set.lines(&client, Limits::new());
            let line = |line: tls_client_auth::headers::HeaderLine<'_>| {
                (line.name().to_owned(), line.value().to_owned())
            };
            for request in changed(&lines.iter().map(line).collect()) {
                let received = receiver.receive(&request);
                let subject = receiver.trusted_subject(&request);
                let expected = received
                    .clone()
                    .map(|auth| auth.is_trusted().then(|| auth.cert_subject_dn().to_owned()));
                assert_eq!(subject, expected, "{}: {request:?}", set.name());
                match subject {
                    Ok(Some(_)) => subjects += 1,
                    Ok(None) => nobody += 1,
                    Err(_) => errors += 1,
                }
                // With a leaf, the record equals the one that is made from the leaf.
                if let Ok(auth) = &received
                    && auth.client_certificate().leaf().is_some()
                {
                    assert_eq!(*auth, TlsClientAuth::new(auth.client_certificate()));
                }
                let with_names = receiver.receive_with_names(&request);
                assert_eq!(with_names.clone().map(|received| received.auth), received);
                let names = with_names.map(|received| received.names);
                for _ in 0..2 {
                    let remembered = memory.receive(&request);
                    let auth = remembered.clone().map(|received| received.auth.clone());
                    let own: Result<Vec<StatedName>, _> =
                        remembered.map(|received| received.names.clone());
                    assert_eq!((auth, own), (received.clone(), names.clone()), "{}", set.name());
                }
            }
        }
    }
    assert!(subjects > 500 && nobody > 500 && errors > 500, "{subjects} {nobody} {errors}");
}
