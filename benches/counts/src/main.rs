//! Repeats one job, for `benches/counts/run` to count its instructions and allocations.
//!
//! `counts JOB CERTIFICATE TIMES` repeats the job; `counts JOB CERTIFICATE allocations` prints the allocations of one. `counts held
//! CERTIFICATE waiting|sent` prints the bytes that a connection holds if it shares the certificate with the TLS library.

#[path = "../../harness/browser.rs"]
mod browser;

use std::alloc::System;
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;

use browser::REQUEST;
use http::{HeaderMap, HeaderName, HeaderValue};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tls_client_auth::field::Limits;
use tls_client_auth::receive::Memory;
use tls_client_auth::x509::Certificate;
use tls_client_auth::{
    ClientCertificate, ConnectionState, Forwarding, HeaderSet, Receiver, TlsClientAuth, Unstated,
    Verification,
};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The large certificate exceeds Cloudflare's limit; here it is forwarded.
const LIMITS: Limits = Limits::new().encoded_leaf(16 * 1024);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, job, certificate, times] = arguments.as_slice() else {
        eprintln!("usage: counts JOB CERTIFICATE TIMES|allocations");
        return ExitCode::from(2);
    };
    let der: Arc<[u8]> = match std::fs::read(certificate) {
        Ok(der) => der.into(),
        Err(error) => {
            eprintln!("{certificate}: {error}");
            return ExitCode::from(2);
        }
    };
    let client = ClientCertificate::presented(Arc::clone(&der), Verification::Success);
    let set = HeaderSet::cloudflare();
    let forwarding = Forwarding::cloudflare();
    let all = Forwarding::none()
        .on_every_request(HeaderSet::cloudflare_managed())
        .on_every_request(HeaderSet::cloudflare())
        .on_every_request(HeaderSet::rfc9440())
        .limits(LIMITS);
    let sent = ConnectionState::new(client.clone(), forwarding.clone());
    sent.claim().commit();
    let mut request = HeaderMap::new();
    for (name, value) in REQUEST {
        request.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let mut receiver = None;
    let received = ["receive-", "again-", "subject-"];
    if let Some(name) = received.iter().find_map(|prefix| job.strip_prefix(prefix)) {
        let Some((set, found)) = receiver_of(name) else {
            eprintln!("{job}: no such job");
            return ExitCode::from(2);
        };
        let forwarding = Forwarding::none().on_every_request(set).limits(LIMITS);
        ConnectionState::new(client.clone(), forwarding).forward(&mut request).commit();
        if let Err(error) = found.receive(&request) {
            eprintln!("{job}: {error}");
            return ExitCode::from(2);
        }
        receiver = Some(Memory::new(found));
    }
    if job == "held" {
        let region = Region::new(ALLOCATOR);
        let connection = ConnectionState::new(client.clone(), forwarding.clone());
        if times == "sent" {
            connection.claim().commit();
        }
        let change = region.change();
        println!("{}", change.bytes_allocated.saturating_sub(change.bytes_deallocated));
        drop(connection);
        return ExitCode::SUCCESS;
    }
    // Otherwise it depends on all of the above whether a job's buffer is cut from a gap in the heap, which is slower.
    let gaps: Vec<Vec<u8>> = (0..64).map(|_| Vec::with_capacity(2048)).collect();
    std::mem::forget(gaps);
    let mut run = || match job.as_str() {
        "hashes" => drop(black_box((Sha1::digest(&der), Sha256::digest(&der)))),
        "sha256" => drop(black_box(Sha256::digest(&der))),
        "walk" => drop(black_box(Certificate::from_der(&der))),
        "record" => drop(black_box(TlsClientAuth::with_limits(&client, LIMITS))),
        "values" => {
            drop(black_box(TlsClientAuth::with_limits(&client, LIMITS).into_header_values()))
        }
        "pair" => drop(black_box(set.lines(&client, LIMITS))),
        "all" => drop(black_box(ConnectionState::new(client.clone(), all.clone()))),
        "state" => {
            let client = ClientCertificate::presented(Arc::clone(&der), Verification::Success);
            drop(black_box(ConnectionState::new(client, forwarding.clone())));
        }
        "request" => drop(black_box(sent.claim().apply(&mut request))),
        job => receive(job, receiver.as_ref(), &request),
    };
    match times.parse::<usize>() {
        Ok(times) => (0..times).for_each(|_| run()),
        Err(_) => {
            // The first run makes what the process needs only once.
            run();
            let region = Region::new(ALLOCATOR);
            run();
            println!("{}", region.change().allocations);
        }
    }
    ExitCode::SUCCESS
}

/// Not inlined, so that the jobs of the proxy's side do not save registers for it.
#[inline(never)]
fn receive(job: &str, receiver: Option<&Memory>, request: &HeaderMap) {
    let Some(memory) = receiver else { return };
    match job.split('-').next() {
        Some("again") => drop(black_box(memory.receive(request))),
        Some("subject") => drop(black_box(memory.receiver().trusted_subject(request))),
        _ => drop(black_box(memory.receiver().receive(request))),
    }
}

fn receiver_of(name: &str) -> Option<(HeaderSet, Receiver)> {
    Some(match name {
        "cloudflare" => (HeaderSet::cloudflare(), Receiver::cloudflare(Unstated::Verified)),
        "managed" => (HeaderSet::cloudflare_managed(), Receiver::cloudflare_managed()),
        "rfc9440" => (HeaderSet::rfc9440(), Receiver::rfc9440(Unstated::Verified)),
        "nginx" => (HeaderSet::nginx(), Receiver::nginx()),
        "ingress-nginx" => (HeaderSet::ingress_nginx(), Receiver::ingress_nginx()),
        "haproxy" => (HeaderSet::haproxy(), Receiver::haproxy()),
        "envoy" => (HeaderSet::envoy(), Receiver::envoy(Unstated::Verified)),
        "traefik" => (HeaderSet::traefik(), Receiver::traefik(Unstated::Verified)),
        _ => return None,
    })
}
