//! Shared by the benchmarks: the certificates, a browser's request, and medians of candidates that run in turn.

mod browser;

use std::time::{Duration, Instant};

use browser::REQUEST;

pub(crate) const CERTIFICATES: [(&str, &[u8]); 4] = [
    ("EC", include_bytes!("../certificates/ec.der")),
    ("RSA 2048", include_bytes!("../certificates/rsa2048.der")),
    ("RSA 4096", include_bytes!("../certificates/rsa4096.der")),
    ("310 names", include_bytes!("../certificates/large.der")),
];

/// Enough rounds, and enough time that a disturbance of two seconds does not change a median.
const LEAST_ROUNDS: usize = 500;
const LEAST_TIME: Duration = Duration::from_secs(5);
const TIMES: usize = 16;

pub(crate) type Candidate<'a> = (String, Box<dyn FnMut() + 'a>);

/// A browser's request.
pub(crate) fn request() -> http::HeaderMap {
    let line = |(name, value)| {
        (http::HeaderName::from_static(name), http::HeaderValue::from_static(value))
    };
    REQUEST.into_iter().map(line).collect()
}

/// Prints the head of the tab-separated table of [`print`].
pub(crate) fn print_head() {
    println!("certificate\tjob\tns\tx floor");
}

/// Prints a row for each candidate; the first one is the floor.
pub(crate) fn print(certificate: &str, der: &[u8], candidates: Vec<Candidate<'_>>) {
    let medians = medians(candidates);
    for (job, median) in &medians {
        let ratio = median / medians[0].1;
        println!("{certificate}, {} B\t{job}\t{median:.0}\t{ratio:.2}", der.len());
    }
}

/// Runs all candidates in turn within every round, so that a disturbance affects all.
fn medians(mut candidates: Vec<Candidate<'_>>) -> Vec<(String, f64)> {
    let mut times = vec![Vec::new(); candidates.len()];
    let began = Instant::now();
    while times[0].len() < LEAST_ROUNDS || began.elapsed() < LEAST_TIME {
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
    candidates.into_iter().zip(&mut times).map(|((name, _), times)| (name, median(times))).collect()
}
