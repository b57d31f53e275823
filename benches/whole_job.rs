//! What each job costs, as ratios to the floor: its hashes, its base64 and one copy, one after the other.
//!
//! `cargo bench --bench whole_job` runs every candidate in turn, round by round, and prints medians. `benches/peers` does the same
//! beside other libraries; `benches/counts/run` counts instructions and allocations.

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
use base64::engine::general_purpose::PAD;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use tls_client_auth::field::Limits;
use tls_client_auth::x509::Certificate;
use tls_client_auth::{
    ClientCertificate, ConnectionState, Forwarding, HeaderSet, TlsClientAuth, Verification,
};

const CERTIFICATES: [(&str, &[u8]); 4] = [
    ("EC", include_bytes!("certificates/ec.der")),
    ("RSA 2048", include_bytes!("certificates/rsa2048.der")),
    ("RSA 4096", include_bytes!("certificates/rsa4096.der")),
    ("310 names", include_bytes!("certificates/large.der")),
];

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

/// The large certificate is over Cloudflare's limit; here it is forwarded all the same, as the floor encodes it.
const LIMITS: Limits = Limits::new().encoded_leaf(16 * 1024);

/// So many that a disturbance of a tenth of a second spoils no median.
const ROUNDS: usize = 2000;
const TIMES: usize = 16;

type Candidate<'a> = (&'static str, Box<dyn FnMut() + 'a>);

fn main() {
    println!("{:<28}{:>12}{:>10}", "", "median", "x floor");
    for (name, der) in CERTIFICATES {
        println!("{name}, {} bytes", der.len());
        certificate(der);
    }
}

fn certificate(der: &'static [u8]) {
    let engine = base64::engine::Simd::standard(PAD);
    let engine = &engine;
    let shared: Arc<[u8]> = der.into();
    let present = |der: Arc<[u8]>| ClientCertificate::presented(der, Verification::Success);
    let client = present(Arc::clone(&shared));
    // Different bytes at different places in memory.
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
    let mut request = http::HeaderMap::new();
    for (name, value) in REQUEST {
        let name = http::HeaderName::from_static(name);
        request.insert(name, http::HeaderValue::from_static(value));
    }
    let mut text = vec![0u8; der.len() * 2];
    let mut text2 = text.clone();
    let mut copy = vec![0u8; der.len()];

    let candidates: Vec<Candidate<'_>> = vec![
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
            "floor of the pair",
            Box::new(|| {
                black_box(Sha256::digest(black_box(der)));
                black_box(engine.encode_slice(black_box(der), &mut text2).unwrap());
            }),
        ),
        (
            "framing walk",
            Box::new(|| {
                black_box(Certificate::from_der(black_box(der)).unwrap());
            }),
        ),
        (
            "record",
            Box::new(|| {
                black_box(TlsClientAuth::with_limits(black_box(&client), LIMITS));
            }),
        ),
        (
            "record, 256 in turn",
            Box::new(|| {
                black_box(TlsClientAuth::with_limits(black_box(turn.next().unwrap()), LIMITS));
            }),
        ),
        (
            "record, 3 header values",
            Box::new(|| {
                black_box(
                    TlsClientAuth::with_limits(black_box(&client), LIMITS).into_header_values(),
                );
            }),
        ),
        (
            "pair, with header values",
            Box::new(|| {
                black_box(set.lines(black_box(&client), LIMITS));
            }),
        ),
        (
            "all 20, with header values",
            Box::new(|| {
                black_box(ConnectionState::new(black_box(client.clone()), all.clone()));
            }),
        ),
        (
            "a later request",
            Box::new(|| {
                connection.claim().apply(black_box(&mut request));
            }),
        ),
        (
            "a connection, not asked yet",
            Box::new(|| {
                black_box(ConnectionState::new(present(Arc::clone(&shared)), forwarding.clone()));
            }),
        ),
    ];
    let medians = medians(candidates);
    for (candidate, median) in &medians {
        println!("  {candidate:<26}{median:>9.0} ns{:>10.2}", median / medians[0].1);
    }
}

/// All in turn within every round, so that what disturbs one disturbs all.
fn medians(mut candidates: Vec<Candidate<'_>>) -> Vec<(&'static str, f64)> {
    let mut times = vec![Vec::new(); candidates.len()];
    for _ in 0..ROUNDS {
        for ((_, run), times) in candidates.iter_mut().zip(&mut times) {
            let start = Instant::now();
            for _ in 0..TIMES {
                run();
            }
            times.push(start.elapsed().as_nanos() as f64 / TIMES as f64);
        }
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    candidates.iter().zip(&mut times).map(|((name, _), times)| (*name, median(times))).collect()
}
