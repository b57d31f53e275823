//! Counts, with the allocator, the bytes that the crate alone holds for each of 10,000 idle connections.
//!
//! `held FOLDER` prints one row for each variant: before the first request, and after it was answered. The certificates are shared with
//! rustls.

use std::alloc::System;
use std::path::Path;

use load::{Connection, Result, Variant};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tls_client_auth::ClientCertificate;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const CONNECTIONS: usize = 10_000;
const VARIANTS: [&str; 8] = [
    "without",
    "plain",
    "first:cloudflare",
    "cloudflare",
    "rfc9440",
    "ingress-nginx",
    "nginx",
    "envoy",
];

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).ok_or("FOLDER")?;
    let (certificate, _) = load::identity(Path::new(&folder), "client")?;
    println!("# client's certificate: {} bytes", certificate.len());
    println!(
        "this crate, {CONNECTIONS} connections\tbytes before the first request\tbytes after it"
    );
    let certificates = [certificate];
    for name in VARIANTS {
        let variant = Variant::named(name)?;
        let client = || {
            ClientCertificate::from_verified_chain(Some(&certificates))
                .unwrap_or_else(|_| ClientCertificate::none())
        };
        let region = Region::new(ALLOCATOR);
        let mut connections: Vec<Connection> = Vec::with_capacity(CONNECTIONS);
        connections.extend((0..CONNECTIONS).map(|_| variant.connection(client)));
        // The list of connections is not part of the crate's memory.
        let list = CONNECTIONS * size_of::<Connection>();
        let held = || {
            let change = region.change();
            let bytes = change.bytes_allocated - change.bytes_deallocated - list;
            bytes as f64 / CONNECTIONS as f64
        };
        let before = held();
        for claim in connections.iter().filter_map(Connection::claim) {
            let mut request = hyper::HeaderMap::new();
            claim.apply(&mut request);
            claim.commit();
        }
        println!("{name}\t{before:.0}\t{:.0}", held());
    }
    Ok(())
}
