//! What the whole job costs, as ratios to the floor: its hashes, its base64 and one copy, one after the other.
//!
//! `cargo bench --bench whole_job` runs every candidate in turn, round by round, and prints medians.

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    missing_docs
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use tls_client_auth::{
    Certificate, ClientCertificate, ConnectionState, Forwarding, HeaderSet, Limits, TlsClientAuth,
    Verification,
};

/// What a browser sends.
const REQUEST: [(&str, &str); 12] = [
    ("host", "app.example.com"),
    ("user-agent", "Mozilla/5.0"),
    ("accept", "text/html"),
    ("accept-language", "en"),
    ("accept-encoding", "gzip"),
    ("cookie", "session=1"),
    ("referer", "https://app.example.com/"),
    ("cache-control", "no-cache"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "none"),
    ("x-request-id", "1"),
    ("content-type", "application/json"),
];

const ROUNDS: usize = 300;

type Candidate<'a> = (&'static str, Box<dyn FnMut() + 'a>);

fn main() {
    let engine = base64::engine::Simd::standard(base64::engine::general_purpose::PAD);
    for (name, der) in [("EC", &include_bytes!("../tests/fixtures/plain.der")[..])] {
        let shared: Arc<[u8]> = der.into();
        let client = ClientCertificate::presented(Arc::clone(&shared), Verification::Success);
        let mut text = vec![0u8; der.len() * 2];
        let mut text2 = vec![0u8; der.len() * 2];
        let mut copy = vec![0u8; der.len()];
        let engine = &engine;
        let forwarding = Forwarding::cloudflare();
        let connection = ConnectionState::new(client.clone(), forwarding.clone());
        let mut request = http::HeaderMap::new();
        for (name, value) in REQUEST {
            request
                .insert(http::HeaderName::from_static(name), http::HeaderValue::from_static(value));
        }
        connection.forward(&mut http::HeaderMap::new()).commit();
        let mut candidates: Vec<Candidate<'_>> = vec![
            (
                "floor",
                Box::new(|| {
                    black_box(Sha1::digest(black_box(der)));
                    black_box(Sha256::digest(black_box(der)));
                    black_box(engine.encode_slice(black_box(der), &mut text).unwrap());
                    copy.copy_from_slice(black_box(der));
                    black_box(&copy);
                }),
            ),
            (
                "pair floor",
                Box::new(|| {
                    black_box(Sha256::digest(black_box(der)));
                    black_box(engine.encode_slice(black_box(der), &mut text2).unwrap());
                }),
            ),
            (
                "walk",
                Box::new(|| {
                    black_box(Certificate::from_der(black_box(der)).unwrap());
                }),
            ),
            (
                "record",
                Box::new(|| {
                    black_box(TlsClientAuth::new(black_box(&client)));
                }),
            ),
            (
                "pair",
                Box::new(|| {
                    black_box(HeaderSet::cloudflare().lines(black_box(&client), Limits::new()));
                }),
            ),
            (
                "request",
                Box::new(|| {
                    connection.claim().apply(black_box(&mut request));
                }),
            ),
            (
                "state",
                Box::new(|| {
                    let client =
                        ClientCertificate::presented(Arc::clone(&shared), Verification::Success);
                    black_box(ConnectionState::new(client, forwarding.clone()));
                }),
            ),
        ];
        let mut times = vec![Vec::new(); candidates.len()];
        for _ in 0..ROUNDS {
            for (index, (_, run)) in candidates.iter_mut().enumerate() {
                let start = Instant::now();
                for _ in 0..20 {
                    run();
                }
                times[index].push(start.elapsed().as_nanos() as f64 / 20.0);
            }
        }
        println!("{name}, {} bytes", der.len());
        let mut floor = 0.0;
        for ((candidate, _), times) in candidates.iter().zip(&mut times) {
            times.sort_by(f64::total_cmp);
            let median = times[0];
            if *candidate == "floor" {
                floor = median;
            }
            println!("  {candidate:<12}{median:>10.0} ns {:>8.2} x floor", median / floor);
        }
    }
}
