//! Measures each job of the proxy's side, as ratios to the floor: its hashes, its base64 and one copy, one after the other.
//!
//! `cargo bench --bench whole_job` runs every candidate in turn, round by round, and prints medians; `benches/run whole_job` prints them
//! as a table. `benches/peers` compares with other libraries; `benches/counts/run` counts instructions and allocations.

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    missing_docs
)]

mod harness;

use std::hint::black_box;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::PAD;
use harness::{CERTIFICATES, Candidate};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use tls_client_auth::field::Limits;
use tls_client_auth::x509::Certificate;
use tls_client_auth::{
    ClientCertificate, ConnectionState, Forwarding, HeaderSet, TlsClientAuth, Verification,
};

/// The large certificate exceeds Cloudflare's limit; here it is forwarded, because the floor encodes it too.
const LIMITS: Limits = Limits::new().encoded_leaf(16 * 1024);

fn main() {
    harness::print_head();
    for (name, der) in CERTIFICATES {
        certificate(name, der);
    }
}

fn certificate(name: &str, der: &'static [u8]) {
    let engine = base64::engine::Simd::standard(PAD);
    let engine = &engine;
    let shared: Arc<[u8]> = der.into();
    let present = |der: Arc<[u8]>| ClientCertificate::presented(der, Verification::Success);
    let client = present(Arc::clone(&shared));
    // Copies that differ, at different addresses.
    let many: Vec<ClientCertificate> = (0..=u8::MAX)
        .map(|byte| {
            let mut der = der.to_vec();
            *der.last_mut().unwrap() = byte;
            present(der.into())
        })
        .collect();
    let mut turn = many.iter().cycle();
    let set = HeaderSet::cloudflare();
    let forwarding = Forwarding::cloudflare();
    let connection = ConnectionState::new(client.clone(), forwarding.clone());
    let all = Forwarding::none()
        .on_every_request(HeaderSet::cloudflare_managed())
        .on_every_request(HeaderSet::cloudflare())
        .on_every_request(HeaderSet::rfc9440())
        .limits(LIMITS);
    connection.claim().commit();
    let mut request = harness::request();
    let mut text = vec![0u8; der.len() * 2];
    let mut text2 = text.clone();
    let mut copy = vec![0u8; der.len()];

    let candidates: Vec<Candidate<'_>> = vec![
        (
            "floor".to_owned(),
            Box::new(|| {
                black_box(Sha1::digest(black_box(der)));
                black_box(Sha256::digest(black_box(der)));
                black_box(engine.encode_slice(black_box(der), &mut text).unwrap());
                copy.copy_from_slice(black_box(der));
                black_box(&copy);
            }),
        ),
        (
            "floor of the pair".to_owned(),
            Box::new(|| {
                black_box(Sha256::digest(black_box(der)));
                black_box(engine.encode_slice(black_box(der), &mut text2).unwrap());
            }),
        ),
        (
            "framing walk".to_owned(),
            Box::new(|| {
                black_box(Certificate::from_der(black_box(der)).unwrap());
            }),
        ),
        (
            "record".to_owned(),
            Box::new(|| {
                black_box(TlsClientAuth::with_limits(black_box(&client), LIMITS));
            }),
        ),
        (
            "record, 256 in turn".to_owned(),
            Box::new(|| {
                black_box(TlsClientAuth::with_limits(black_box(turn.next().unwrap()), LIMITS));
            }),
        ),
        (
            "record, 3 header values".to_owned(),
            Box::new(|| {
                black_box(
                    TlsClientAuth::with_limits(black_box(&client), LIMITS).into_header_values(),
                );
            }),
        ),
        (
            "pair, with header values".to_owned(),
            Box::new(|| {
                black_box(set.lines(black_box(&client), LIMITS));
            }),
        ),
        (
            "all 20, with header values".to_owned(),
            Box::new(|| {
                black_box(ConnectionState::new(black_box(client.clone()), all.clone()));
            }),
        ),
        (
            "a later request".to_owned(),
            Box::new(|| {
                connection.claim().apply(black_box(&mut request));
            }),
        ),
        (
            "a connection, not asked yet".to_owned(),
            Box::new(|| {
                black_box(ConnectionState::new(present(Arc::clone(&shared)), forwarding.clone()));
            }),
        ),
    ];
    harness::print(name, der, candidates);
}
