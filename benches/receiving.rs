//! What the origin's side costs on every request, as ratios to the floor: base64 decoding, SHA-1 and SHA-256 of the leaf, one after
//! the other.
//!
//! `cargo bench --bench receiving` runs every set's receiver in turn, round by round, over a request with twelve other headers, and
//! prints medians.

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    missing_docs
)]

mod harness;

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::PAD;
use harness::{CERTIFICATES, Candidate, medians, request};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use tls_client_auth::field::Limits;
use tls_client_auth::receive::Memory;
use tls_client_auth::{
    ClientCertificate, ConnectionState, Forwarding, HeaderSet, Receiver, Unstated, Verification,
};

fn receivers() -> Vec<(&'static str, HeaderSet, Receiver)> {
    vec![
        ("cloudflare", HeaderSet::cloudflare(), Receiver::cloudflare(Unstated::Verified)),
        ("rfc9440", HeaderSet::rfc9440(), Receiver::rfc9440(Unstated::Verified)),
        ("ingress-nginx", HeaderSet::ingress_nginx(), Receiver::ingress_nginx()),
        ("traefik", HeaderSet::traefik(), Receiver::traefik(Unstated::Verified)),
        ("nginx", HeaderSet::nginx(), Receiver::nginx()),
        ("haproxy", HeaderSet::haproxy(), Receiver::haproxy()),
        ("envoy", HeaderSet::envoy(), Receiver::envoy(Unstated::Verified)),
        ("cloudflare-managed", HeaderSet::cloudflare_managed(), Receiver::cloudflare_managed()),
    ]
}

fn main() {
    println!("{:<28}{:>12}{:>10}", "", "median", "x floor");
    for (name, der) in &CERTIFICATES[..3] {
        println!("{name}, {} bytes", der.len());
        let engine = base64::engine::Simd::standard(PAD);
        let text = engine.encode(der);
        let mut candidates: Vec<Candidate<'_>> = vec![(
            "floor",
            Box::new(|| {
                let der = engine.decode(black_box(&text)).unwrap();
                black_box(Sha1::digest(black_box(&der)));
                black_box(Sha256::digest(black_box(&der)));
            }),
        )];
        for (set_name, set, receiver) in receivers() {
            let forwarding = Forwarding::none()
                .on_every_request(set)
                .limits(Limits::new().encoded_leaf(1 << 16));
            let client = ClientCertificate::presented(*der, Verification::Success);
            let mut headers = request();
            ConnectionState::new(client, forwarding).forward(&mut headers).commit();
            let memory = Memory::new(receiver.clone());
            let same = headers.clone();
            let receive = move || {
                black_box(receiver.receive(black_box(&headers)).unwrap());
            };
            candidates.push((set_name, Box::new(receive)));
            let remember = move || {
                black_box(memory.receive(black_box(&same)).unwrap());
            };
            candidates.push(("  the same values again", Box::new(remember)));
        }
        let medians = medians(candidates);
        for (candidate, median) in &medians {
            println!("  {candidate:<26}{median:>9.0} ns{:>10.2}", median / medians[0].1);
        }
    }
}
