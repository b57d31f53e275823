//! Compares this crate with other libraries on both sides: `cargo run --release -- forwarding` and `-- receiving`; with BoringSSL instead
//! of OpenSSL `cargo run --release --no-default-features --features boring`.
//!
//! Forwarding makes every text of a client's certificate (both names in both forms, serial number, both digests, dates, key identifiers)
//! and what a proxy forwards (base64, SHA-256, RFC 9440); parsing is also measured alone. Receiving is in [`receiving`].
//!
//! All candidates run in turn within every round. The results are medians, and ratios to the floor: both hashes, base64 and a copy, one
//! after the other.

#[cfg(any(feature = "openssl", feature = "boring"))]
mod c_library;
mod receiving;
mod rust_libraries;

use std::hint::black_box;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::PAD;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use tls_client_auth::field::Limits;
use tls_client_auth::x509::Certificate;
use tls_client_auth::{ClientCertificate, HeaderSet, TlsClientAuth, Verification};

const CERTIFICATES: [(&str, &[u8]); 4] = [
    ("EC", include_bytes!("../../certificates/ec.der")),
    ("RSA 2048", include_bytes!("../../certificates/rsa2048.der")),
    ("RSA 4096", include_bytes!("../../certificates/rsa4096.der")),
    ("310 names", include_bytes!("../../certificates/large.der")),
];
/// The large certificate exceeds Cloudflare's limit; here it is forwarded, as by the other libraries.
const LIMITS: Limits = Limits::new().encoded_leaf(16 * 1024);
const ROUNDS: usize = 200;
const TIMES: u32 = 16;

type Candidate<'a> = (String, Box<dyn FnMut() + 'a>);

fn main() {
    let side = std::env::args().nth(1);
    let is_receiving = match side.as_deref() {
        Some("headers") => return receiving::print_headers(),
        Some("forwarding") => false,
        Some("receiving") => true,
        _ => return eprintln!("usage: peers-bench forwarding|receiving|headers"),
    };
    #[cfg(feature = "openssl")]
    println!("# OpenSSL: {}", openssl::version::version().split(' ').nth(1).unwrap_or_default());
    println!("certificate\tjob\tns\tx floor");
    for (name, der) in CERTIFICATES {
        let candidates = if is_receiving { receiving::candidates(der) } else { candidates(der) };
        let medians = medians(candidates);
        for (candidate, median) in &medians {
            println!(
                "{name}, {} B\t{candidate}\t{median:.0}\t{:.2}",
                der.len(),
                median / medians[0].1
            );
        }
    }
}

fn candidates(der: &'static [u8]) -> Vec<Candidate<'static>> {
    let engine = base64::engine::Simd::standard(PAD);
    let client = ClientCertificate::presented(der, Verification::Success);
    let also = client.clone();
    let pair = HeaderSet::cloudflare();
    let (mut text, mut copy) = (vec![0u8; der.len() * 2], vec![0u8; der.len()]);
    let mut candidates: Vec<Candidate<'static>> = vec![
        (
            "floor".to_owned(),
            Box::new(move || {
                black_box(Sha1::digest(black_box(der)));
                black_box(Sha256::digest(black_box(der)));
                black_box(engine.encode_slice(black_box(der), &mut text)).ok();
                copy.copy_from_slice(black_box(der));
                black_box(&copy);
            }),
        ),
        (
            "this crate: the record".to_owned(),
            Box::new(move || {
                drop(black_box(TlsClientAuth::with_limits(black_box(&client), LIMITS)))
            }),
        ),
        (
            "this crate: the pair as header values".to_owned(),
            Box::new(move || drop(black_box(pair.lines(black_box(&also), LIMITS)))),
        ),
        (
            "x509-cert, the obvious way".to_owned(),
            Box::new(move || rust_libraries::x509_cert(black_box(der))),
        ),
        (
            "x509-parser, the obvious way".to_owned(),
            Box::new(move || rust_libraries::x509_parser(black_box(der))),
        ),
    ];
    #[cfg(any(feature = "openssl", feature = "boring"))]
    {
        let parsed = c_library::read(der);
        candidates.push((
            c_library::PARSED.to_owned(),
            Box::new(move || c_library::job(black_box(&parsed))),
        ));
        candidates.push((
            c_library::FROM_DER.to_owned(),
            Box::new(move || c_library::job(&c_library::read(black_box(der)))),
        ));
    }
    candidates.push((
        "reading: this crate".to_owned(),
        Box::new(move || {
            let _ = black_box(Certificate::from_der(black_box(der)));
        }),
    ));
    candidates.push((
        "reading: rustls-webpki".to_owned(),
        Box::new(move || {
            let der = rustls_pki_types::CertificateDer::from(black_box(der));
            drop(black_box(webpki::EndEntityCert::try_from(&der)));
        }),
    ));
    candidates.push((
        "reading: x509-cert".to_owned(),
        Box::new(move || rust_libraries::x509_cert_read(black_box(der))),
    ));
    candidates.push((
        "reading: x509-parser".to_owned(),
        Box::new(move || rust_libraries::x509_parser_read(black_box(der))),
    ));
    #[cfg(any(feature = "openssl", feature = "boring"))]
    candidates.push((
        c_library::READING.to_owned(),
        Box::new(move || drop(black_box(c_library::read(black_box(der))))),
    ));
    candidates
}

/// Runs all candidates in turn within every round, so that a disturbance affects all.
fn medians(mut candidates: Vec<Candidate<'_>>) -> Vec<(String, f64)> {
    let mut times = vec![Vec::new(); candidates.len()];
    for _ in 0..ROUNDS {
        for ((_, run), times) in candidates.iter_mut().zip(&mut times) {
            // The previous candidate has replaced the contents of the caches.
            run();
            let start = Instant::now();
            for _ in 0..TIMES {
                run();
            }
            times.push(start.elapsed().as_secs_f64() * 1e9 / f64::from(TIMES));
        }
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    candidates.into_iter().zip(&mut times).map(|((name, _), times)| (name, median(times))).collect()
}
