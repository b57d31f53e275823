//! Measures the origin's side for each request, as ratios to the floor: base64 decoding, SHA-1 and SHA-256 of the leaf, one after the
//! other.
//!
//! `cargo bench --bench receiving` runs every set's receiver in turn, round by round, with a request that has twelve other headers, and
//! prints medians; `benches/run receiving` prints them as a table.

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    missing_docs
)]

mod harness;
#[path = "harness/receivers.rs"]
mod receivers;

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::PAD;
use harness::{CERTIFICATES, Candidate, request};
use receivers::receivers;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use tls_client_auth::field::{Field, Limits, NameForm};
use tls_client_auth::receive::Memory;
use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, Receiver, Verification};

/// The measured receivers: the certificate in every form, with facts, and facts only.
const MEASURED: usize = 8;

fn main() {
    harness::print_head();
    for (name, der) in &CERTIFICATES[..3] {
        let engine = base64::engine::Simd::standard(PAD);
        let text = engine.encode(der);
        let mut candidates: Vec<Candidate<'_>> = vec![(
            "floor".to_owned(),
            Box::new(|| {
                let der = engine.decode(black_box(&text)).unwrap();
                black_box(Sha1::digest(black_box(&der)));
                black_box(Sha256::digest(black_box(&der)));
            }),
        )];
        for (set, receiver) in receivers().into_iter().take(MEASURED) {
            let set_name = set.name().to_owned();
            let rows: Vec<(String, Field)> =
                set.rows().map(|(name, field)| (name.to_owned(), field)).collect();
            let of_rows = receiver.clone();
            let forwarding = Forwarding::none()
                .on_every_request(set)
                .limits(Limits::new().encoded_leaf(1 << 16));
            let client = ClientCertificate::presented(*der, Verification::Success);
            let mut headers = request();
            ConnectionState::new(client, forwarding).forward(&mut headers).commit();
            let read: Vec<Vec<u8>> = rows
                .iter()
                .flat_map(|(name, _)| headers.get(name))
                .map(|value| value.as_bytes().to_vec())
                .collect();
            let kept = read.clone();
            let memory = Memory::new(receiver.clone());
            let [same, for_subject, of_headers] =
                [headers.clone(), headers.clone(), headers.clone()];
            let asked = receiver.clone();
            let receive = move || {
                black_box(receiver.receive(black_box(&headers)).unwrap());
            };
            candidates.push((set_name.clone(), Box::new(receive)));
            let remember = move || {
                black_box(memory.receive(black_box(&same)).unwrap());
            };
            candidates.push((format!("{set_name}, the same values again"), Box::new(remember)));
            let compare = move || {
                black_box(black_box(&read) == black_box(&kept));
            };
            candidates.push((format!("{set_name}, comparing the values alone"), Box::new(compare)));
            let subject = move || {
                black_box(asked.trusted_subject(black_box(&for_subject)).unwrap());
            };
            candidates.push((format!("{set_name}, the subject alone"), Box::new(subject)));
            if let Some(reduced) = for_the_subject(of_rows, &rows) {
                let headers = of_headers;
                assert!(reduced.trusted_subject(&headers).unwrap().is_some(), "{set_name}");
                let subject = move || {
                    black_box(reduced.trusted_subject(black_box(&headers)).unwrap());
                };
                candidates.push((
                    format!("{set_name}, the subject from its own text"),
                    Box::new(subject),
                ));
            }
        }
        harness::print(name, der, candidates);
    }
}

/// The receiver that reads only what an origin needs for the subject of a trusted client: the verdict, and the subject or else the
/// leaf. `None` if that is all that the set has.
fn for_the_subject(receiver: Receiver, rows: &[(String, Field)]) -> Option<Receiver> {
    if rows.iter().any(|(_, field)| matches!(field, Field::Xfcc(_))) {
        return receiver.declares(["Subject"]).ok();
    }
    let is_subject =
        |field: &Field| matches!(field, Field::Subject(NameForm::Rfc2253 | NameForm::Legacy));
    let has_subject = rows.iter().any(|(_, field)| is_subject(field));
    let is_needed = |field: &Field| match field {
        Field::Verdict(_)
        | Field::Verified
        | Field::VerifiedFlag(_)
        | Field::Presented(_)
        | Field::Revoked(_) => true,
        Field::Certificate(_) | Field::LeafAndChain(_) => !has_subject,
        field => is_subject(field),
    };
    let needed = rows.iter().filter(|(_, field)| is_needed(field)).map(|(name, _)| name.as_str());
    receiver.only(needed.clone()).ok().filter(|_| needed.count() < rows.len())
}
