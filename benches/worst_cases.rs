//! Measures inputs that are made to be slow: certificates for the record and for every header set, and requests for every receiver. Each is
//! measured at a size and at half that size; a ratio of 2 is linear.
//!
//! `cargo bench --bench worst_cases` measures both sides, with the argument `writing` or `receiving` one; `benches/run worst_cases` prints a
//! table. `tests/evidence.rs` tests the length of the texts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::type_complexity,
    missing_docs
)]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "harness/receivers.rs"]
mod receivers;

use std::hint::black_box;
use std::time::Instant;

use common::families::FAMILIES;
use receivers::receivers;
use tls_client_auth::field::Limits;
use tls_client_auth::{ClientCertificate, HeaderSet, Receiver, TlsClientAuth, Verification};

/// The longest header value that a receiver accepts.
const HEADER: usize = 64 * 1024;
const LOOK_ALIKES: usize = 10_000;
const CHAIN: usize = 10;
/// Larger than Cloudflare's limits, so that a header can be as large as a receiver accepts.
const LIMITS: Limits =
    Limits::new().encoded_leaf(2 * HEADER).encoded_chain(2 * HEADER).other_sets(2 * HEADER);
const RUNS: usize = 31;
const MILLISECOND: f64 = 1000.0;
/// The largest ratio that counts as linear. A disturbance exceeds 2, and quadratic time gives 4.
const LINEAR: f64 = 3.0;

/// Patterns; each is repeated up to the longest value.
const PATTERNS: [&str; 48] = [
    "a",
    "A",
    "9",
    "0",
    "F",
    " ",
    "\"",
    "\\",
    "\\\"",
    "\\,",
    "\\C3",
    "\\x41",
    "%",
    "%22",
    "%41",
    "%0A",
    "%250A",
    ",",
    "+",
    "/",
    "=",
    ";",
    ":",
    "[",
    "QQ,",
    "QQ==,",
    "AAAA,",
    "YQ,",
    "YS5i,",
    "a,",
    "a, ",
    "a ",
    "%2C",
    "%3B%22",
    "DNS:a, ",
    "CN=a,",
    "CN=a+",
    "/CN=a",
    "2.5.4.97=#0C01,",
    "Hash=a;",
    "URI=a;",
    "Subject=\"\\\"\";",
    "Cert=\"a\",",
    "{\"Cert\":",
    ":AAAA:, ",
    ":AA==:, ",
    "-----BEGIN CERTIFICATE-----",
    "-----BEGIN%20CERTIFICATE-----%0AAAAA%0A-----END%20CERTIFICATE-----%0A",
];

type Request = Vec<(String, String)>;

fn main() {
    // After the first large block the allocator keeps such blocks, so that the system's page faults are not measured.
    drop(black_box(vec![1u8; 1 << 24]));
    println!("kind\tcase\tn\tKB\tus\tx n/2\tremark");
    let has = |side: &str| std::env::args().any(|argument| argument == side);
    if !has("receiving") {
        writing();
    }
    if has("writing") {
        return;
    }
    for (set, receiver) in receivers() {
        certificates(&set, &receiver);
        values(&set, &receiver);
        look_alikes(&set, &receiver);
        chains(&set, &receiver);
    }
}

fn client(der: Vec<u8>) -> ClientCertificate {
    ClientCertificate::presented(der, Verification::Success)
}

fn small() -> ClientCertificate {
    client(include_bytes!("certificates/ec.der").to_vec())
}

fn writing() {
    let sets = HeaderSet::all();
    for (name, most, family) in FAMILIES {
        let (half, whole) = (client(family(most / 2)), client(family(most)));
        let bytes = whole.leaf().unwrap().len();
        let record = |client: &ClientCertificate| drop(black_box(TlsClientAuth::new(client)));
        let times = in_turn(|| record(&whole), || record(&half));
        row("record", name, most, bytes, times);
        let lines = |set: &HeaderSet, client: &ClientCertificate| {
            drop(black_box(set.lines(client, Limits::new())));
        };
        let slowest = sets.iter().map(|set| (about(|| lines(set, &whole)), set));
        let (_, set) = slowest.max_by(|one, other| one.0.total_cmp(&other.0)).unwrap();
        let case = format!("{}: {name}", set.name());
        row(
            "slowest set",
            &case,
            most,
            bytes,
            in_turn(|| lines(set, &whole), || lines(set, &half)),
        );
    }
}

/// Measures the slowest family of certificates, in the largest size that fits into a header.
fn certificates(set: &HeaderSet, receiver: &Receiver) {
    let slowest = FAMILIES.iter().map(|(name, most, family)| {
        let with = |n| lines(set, &client(family(n)));
        let mut n = *most;
        let (mut request, mut half) = (with(n), with(n / 2));
        // Over its limit, a set would send less for the whole size than for the half.
        while longest(&request).max(longest(&half)) > HEADER {
            n = n * 15 / 16;
            (request, half) = (with(n), with(n / 2));
        }
        (about(|| receive(receiver, &request)), name, n, request, half)
    });
    let slowest = slowest.max_by(|one, other| one.0.total_cmp(&other.0)).unwrap();
    let (_, name, n, request, half) = slowest;
    let case = format!("{}: {name}", set.name());
    pair("received certificate", &case, n, receiver, &request, &half);
}

/// Measures the slowest value of the slowest header, beside the client's other headers and beside the verdict only.
fn values(set: &HeaderSet, receiver: &Receiver) {
    let whole = lines(set, &small());
    let few: Request =
        whole.iter().filter(|(name, value)| value.len() < 8 && !name.is_empty()).cloned().collect();
    let headers: Vec<String> = receiver.headers().map(str::to_owned).collect();
    let with = |request: &Request, header: &str, pattern: &str, length: usize| {
        let mut request = request.clone();
        request.retain(|(name, _)| !name.eq_ignore_ascii_case(header));
        request.push((header.to_owned(), pattern.chars().cycle().take(length).collect()));
        request
    };
    let mut slowest = (0.0, "", "", &whole);
    for base in [&whole, &few] {
        for header in &headers {
            for pattern in PATTERNS {
                let time = {
                    let request = with(base, header, pattern, HEADER);
                    about(|| receive(receiver, &request))
                };
                if time > slowest.0 {
                    slowest = (time, header, pattern, base);
                }
            }
        }
    }
    let (_, header, pattern, base) = slowest;
    let [request, half] = [HEADER, HEADER / 2].map(|length| with(base, header, pattern, length));
    let case = format!("{}: {header}: {}…", set.name(), pattern.escape_debug());
    pair("received value", &case, HEADER, receiver, &request, &half);
}

/// Measures names that look like the set's, names that almost do, and one of the set's names repeated.
fn look_alikes(set: &HeaderSet, receiver: &Receiver) {
    let Some(longest) = receiver.headers().max_by_key(|name| name.len()).map(str::to_owned) else {
        return;
    };
    let kinds: [(&str, &dyn Fn(usize) -> String); 3] = [
        ("names that look alike", &|_| longest.replace('-', "_")),
        ("names that almost do", &|number| format!("{}{number}", &longest[..longest.len() - 1])),
        ("one name again and again", &|_| longest.clone()),
    ];
    for (kind, name) in kinds {
        let request = |count| {
            let mut request = lines(set, &small());
            request.extend((0..count).map(|number| (name(number), "a".to_owned())));
            request
        };
        let (whole, half) = (request(LOOK_ALIKES), request(LOOK_ALIKES / 2));
        pair(kind, set.name(), LOOK_ALIKES, receiver, &whole, &half);
    }
}

/// Measures ten certificates after the leaf, as large as the header allows.
fn chains(set: &HeaderSet, receiver: &Receiver) {
    let (_, _, family) = FAMILIES[1];
    let with = |certificates: usize, n: usize| {
        lines(set, &small().chain((0..certificates).map(|_| family(n))))
    };
    if with(CHAIN, 10) == lines(set, &small()) {
        return;
    }
    let mut n = 1000;
    while longest(&with(CHAIN, n)) > HEADER {
        n = n * 15 / 16;
    }
    let (whole, half) = (with(CHAIN, n), with(CHAIN / 2, n));
    pair("received chain", set.name(), CHAIN, receiver, &whole, &half);
}

fn lines(set: &HeaderSet, client: &ClientCertificate) -> Request {
    let lines = set.lines(client, LIMITS);
    lines.iter().map(|line| (line.name().to_owned(), line.value().to_owned())).collect()
}

fn longest(request: &Request) -> usize {
    request.iter().map(|(_, value)| value.len()).max().unwrap_or(0)
}

fn receive(receiver: &Receiver, request: &Request) {
    drop(black_box(receiver.receive(black_box(request.as_slice()))));
}

fn pair(kind: &str, case: &str, n: usize, receiver: &Receiver, whole: &Request, half: &Request) {
    let bytes = whole.iter().map(|(name, value)| name.len() + value.len()).sum();
    let refused = if receiver.receive(whole.as_slice()).is_err() { " (refused)" } else { "" };
    let times = in_turn(|| receive(receiver, whole), || receive(receiver, half));
    row(kind, &format!("{case}{refused}"), n, bytes, times);
}

fn row(kind: &str, case: &str, n: usize, bytes: usize, (time, half): (f64, f64)) {
    let ratio = time / half;
    let slow = if time > MILLISECOND { "over 1 ms" } else { "" };
    // For a few microseconds, the clock's error is larger.
    let bent = if ratio > LINEAR && time > 50.0 { "not linear" } else { "" };
    let size = bytes / 1000;
    println!("{kind}\t{case}\t{n}\t{size}\t{time:.0}\t{ratio:.2}\t{slow}{bent}");
}

/// The medians of both, in microseconds. They run in turn, so that a disturbance affects both.
fn in_turn(mut whole: impl FnMut(), mut half: impl FnMut()) -> (f64, f64) {
    let (mut wholes, mut halves) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        wholes.push(microseconds(&mut whole));
        halves.push(microseconds(&mut half));
    }
    (median(wholes), median(halves))
}

/// The median of a few runs, for the choice of a case.
fn about(mut run: impl FnMut()) -> f64 {
    median((0..5).map(|_| microseconds(&mut run)).collect())
}

fn microseconds(run: &mut impl FnMut()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_nanos() as f64 / 1000.0
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
