//! Certificates made to be slow: the time for the record and for every header set, at a size and at twice that size.
//!
//! `cargo bench --bench worst_cases`. Linear is a ratio of 2. What the texts may be long is a test's matter: `tests/evidence.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    missing_docs
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;
use std::time::Instant;

use common::families::FAMILIES;
use tls_client_auth::field::Limits;
use tls_client_auth::{ClientCertificate, HeaderSet, TlsClientAuth, Verification};

fn main() {
    let sets = HeaderSet::all();
    println!(
        "{:<36}{:>8}{:>8}{:>14}{:>8}{:>20}",
        "family", "n", "KB", "record", "x n/2", "slowest set"
    );
    // The allocator keeps large blocks only once it has seen one, and the system's pages for them are no part of the job.
    drop(black_box(vec![1u8; 1 << 24]));
    for (name, most, family) in FAMILIES {
        let client = |n| ClientCertificate::presented(family(n), Verification::Success);
        let (half, whole) = (client(most / 2), client(most));
        let record = |client: &ClientCertificate| {
            microseconds(|| drop(black_box(TlsClientAuth::new(client))))
        };
        let (before, after) = (record(&half), record(&whole));
        let slowest = sets
            .iter()
            .map(|set| {
                let lines = || drop(black_box(set.lines(&whole, Limits::new())));
                (microseconds(lines), set.name())
            })
            .max_by(|one, other| one.0.total_cmp(&other.0))
            .unwrap();
        println!(
            "{name:<36}{most:>8}{:>8}{after:>11.0} us{:>8.2}{:>8.0} us {}",
            whole.leaf().unwrap().len() / 1000,
            after / before,
            slowest.0,
            slowest.1
        );
    }
}

/// The median of some runs.
fn microseconds(mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..31)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_nanos() as f64 / 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
