//! Measures looking up a host among 10,000.
//!
//! `cargo bench --bench hosts` prints medians of many rounds, in nanoseconds; `benches/run hosts` prints them as a table.

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    missing_docs
)]

use std::hint::black_box;
use std::time::Instant;

use tls_client_auth::hosts::Hosts;
use tls_client_auth::{ClientCertificate, Verification};

const HOSTS: usize = 10_000;
const ROUNDS: usize = 500;

fn main() {
    let names: Vec<String> =
        (0..HOSTS).map(|number| format!("host-{number}.customers.example.com")).collect();
    // In an order that caches cannot predict.
    let order: Vec<&str> = (0..HOSTS).map(|at| names[at * 7919 % HOSTS].as_str()).collect();
    let spelled: Vec<String> =
        order.iter().map(|name| format!("{}.:8443", name.to_uppercase())).collect();
    let unlisted: Vec<String> = order.iter().map(|name| format!("x{name}")).collect();
    let wild: Vec<String> = order.iter().map(|name| format!("a.{name}")).collect();
    let exact = Hosts::new().ask(&names).unwrap().enforce(&names).unwrap().forward(&names).unwrap();
    let wildcards = exact.clone().ask(names.iter().map(|name| format!("*.{name}"))).unwrap();
    let der = &include_bytes!("certificates/ec.der")[..];
    let client = ClientCertificate::presented(der, Verification::Success);

    let (spelled, unlisted, wild) = (texts(&spelled), texts(&unlisted), texts(&wild));
    println!("entries\tquestion\tns");
    for (hosts, entries) in [(&exact, "10,000 names"), (&wildcards, "and as many wildcards")] {
        let forwards = |host: &str| {
            black_box(hosts.forwards(black_box(host)));
        };
        let asks = |host: &str| {
            black_box(hosts.asks(Some(black_box(host))));
        };
        let decide = |host: &str| {
            black_box(hosts.decide(Some(black_box(host)), black_box(host), &client));
        };
        print(entries, "asks, a listed server name", &order, asks);
        print(entries, "forwards, a listed host", &order, forwards);
        print(entries, "forwards, in capitals with dot and port", &spelled, forwards);
        print(entries, "forwards, a host that is not listed", &unlisted, forwards);
        print(entries, "forwards, a host below", &wild, forwards);
        print(entries, "decide, both names the same", &order, decide);
    }
}

fn texts(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

fn print(entries: &str, question: &str, hosts: &[&str], mut run: impl FnMut(&str)) {
    let mut times: Vec<f64> = hosts
        .chunks(16)
        .cycle()
        .take(ROUNDS * HOSTS / 16 / 10)
        .map(|hosts| {
            let start = Instant::now();
            hosts.iter().for_each(|host| run(host));
            start.elapsed().as_nanos() as f64 / hosts.len() as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{entries}\t{question}\t{:.0}", times[times.len() / 2]);
}
