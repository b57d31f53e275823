//! What the origin's side costs on every request, as ratios to the floor: base64 decoding, SHA-1 and SHA-256 of the leaf, one after
//! the other.
//!
//! `cargo bench --bench receiving` runs every set's receiver in turn, round by round, over a request with twelve other headers, and
//! prints medians; `benches/run receiving` shows them as a table.

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
use tls_client_auth::field::Limits;
use tls_client_auth::receive::Memory;
use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, Verification};

/// The first of the receivers: the certificate in every form, facts beside it, facts alone.
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
            let forwarding = Forwarding::none()
                .on_every_request(set)
                .limits(Limits::new().encoded_leaf(1 << 16));
            let client = ClientCertificate::presented(*der, Verification::Success);
            let mut headers = request();
            ConnectionState::new(client, forwarding).forward(&mut headers).commit();
            let memory = Memory::new(receiver.clone());
            let [same, for_subject] = [headers.clone(), headers.clone()];
            let asked = receiver.clone();
            let receive = move || {
                black_box(receiver.receive(black_box(&headers)).unwrap());
            };
            candidates.push((set_name.clone(), Box::new(receive)));
            let remember = move || {
                black_box(memory.receive(black_box(&same)).unwrap());
            };
            candidates.push((format!("{set_name}, the same values again"), Box::new(remember)));
            let subject = move || {
                black_box(asked.trusted_subject(black_box(&for_subject)).unwrap());
            };
            candidates.push((format!("{set_name}, the subject alone"), Box::new(subject)));
        }
        harness::print(name, der, candidates);
    }
}
