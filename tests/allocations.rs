//! Looking up a host, and a request in a receiver's memory, allocates nothing.
//!
//! The allocator counts for the whole process, so this program has one test only.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::alloc::System;
use std::hint::black_box;
use std::sync::Arc;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tls_client_auth::hosts::{Conditions, Decision, Hosts};
use tls_client_auth::receive::Memory;
use tls_client_auth::{
    ClientCertificate, ConnectionState, Forwarding, HeaderSet, Receiver, TlsClientAuth,
    Verification,
};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[test]
fn look_ups_allocate_nothing() {
    let region = Region::new(ALLOCATOR);
    drop(black_box(Box::new(1)));
    assert_ne!(region.change().allocations, 0, "allocations are counted");
    looking_up_hosts();
    receiving_a_repeated_request();
}

fn looking_up_hosts() {
    let der = &include_bytes!("fixtures/plain.der")[..];
    let client = ClientCertificate::presented(der, Verification::Success);
    let fingerprint = TlsClientAuth::new(&client).cert_fingerprint_sha256().to_owned();
    let conditions = Conditions::new().fingerprints([fingerprint]).unwrap();
    let names = || (0..1000).map(|number| format!("host-{number}.example.com"));
    let hosts = Hosts::new()
        .ask(names().chain(["*.wild.example.com".into(), "2001:db8::1".into()]))
        .and_then(|hosts| hosts.enforce_with(names(), conditions))
        .and_then(|hosts| hosts.forward(names()))
        .unwrap();
    let cases = [
        (Some("host-7.example.com"), "Host-7.Example.com.:8443", Decision::Forward),
        (Some("host-8.example.com"), "host-7.example.com", Decision::Forward),
        (Some("a.wild.example.com"), "b.wild.example.com", Decision::Withhold),
        (None, "[2001:DB8:0::1]:443", Decision::Withhold),
        (Some("www.example.com"), "www.example.com", Decision::Withhold),
        (Some("www.example.com"), "host-7.example.com", Decision::Misdirected),
        (Some("www.example.com"), "not a host", Decision::Misdirected),
    ];
    for (server_name, host, expected) in cases {
        // Another thread of the process can add to one count, but not to all five.
        let counts = (0..5).map(|_| {
            let region = Region::new(ALLOCATOR);
            black_box(hosts.asks(server_name));
            black_box(hosts.mtls_certificate_id(server_name));
            black_box(hosts.forwards(host));
            black_box(hosts.enforces(host));
            let decision = black_box(hosts.decide(server_name, host, &client));
            let allocations = region.change().allocations;
            assert_eq!(decision, expected, "{server_name:?} {host}");
            allocations
        });
        assert_eq!(counts.min(), Some(0), "{server_name:?} {host}");
    }
}

fn receiving_a_repeated_request() {
    let der = &include_bytes!("fixtures/plain.der")[..];
    let client = ClientCertificate::presented(der, Verification::Success);
    let mut headers = http::HeaderMap::new();
    let forwarding = Forwarding::none().on_every_request(HeaderSet::nginx());
    ConnectionState::new(client, forwarding).forward(&mut headers).commit();
    let memory = Memory::new(Receiver::nginx());
    let first = memory.receive(&headers).unwrap();
    let counts = (0..5).map(|_| {
        let region = Region::new(ALLOCATOR);
        let again = black_box(memory.receive(black_box(&headers)).unwrap());
        let allocations = region.change().allocations;
        assert!(Arc::ptr_eq(&first, &again));
        allocations
    });
    assert_eq!(counts.min(), Some(0));
}
