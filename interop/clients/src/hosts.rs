//! A host that asks for a certificate and a host that does not: sessions of one are offered to the other, and must not be resumed.

use std::net::SocketAddr;

use hyper::StatusCode;
use tls_client_auth::hosts::{HostnameError, Hosts};

use crate::{Authorities, Client, Error, Identity, Version};

/// The hosts: `proxy.example` asks for a certificate and forwards it, `www.example` does neither.
pub fn hosts() -> Result<Hosts, HostnameError> {
    Hosts::new().ask(["proxy.example"])?.forward(["proxy.example"])
}

/// Prints the results of a good client's requests to both hosts. Fails if it is not asked, or if a session of `www.example` is resumed at
/// `proxy.example`.
pub async fn run_hosts(
    proxy: SocketAddr,
    verify: &str,
    authorities: &Authorities,
    identities: &[Identity],
) -> Result<(), Error> {
    let mut wrong = 0usize;
    for version in [Version::Tls12, Version::Tls13] {
        for (first, second) in [
            ("www.example", "www.example"),
            ("proxy.example", "proxy.example"),
            ("www.example", "proxy.example"),
            ("proxy.example", "www.example"),
        ] {
            let client = Client::new(authorities, identities.first(), version)?.offering_to_all();
            let (_, _, before) = client.request_for(proxy, first).await?;
            let after = client.request_for(proxy, second).await;
            let is_asked = |lines: &str, host| {
                let is_verified = lines.contains(&format!("{verify}: SUCCESS"));
                is_verified == (host == "proxy.example")
            };
            let (outcome, is_right) = match &after {
                Ok((resumed, StatusCode::OK, lines)) => {
                    let as_it_should = is_asked(lines, second) && *resumed == (first == second);
                    let how = if *resumed { "resumed" } else { "a full handshake" };
                    (how.to_owned(), as_it_should)
                }
                Ok((_, status, _)) => (status.to_string(), first != second),
                Err(error) => (format!("refused: {error}"), first != second),
            };
            println!("{version:?}: a session of {first} offered to {second}: {outcome}");
            if !is_right || !is_asked(&before, first) || client.offered() == 0 {
                println!("  WRONG");
                wrong = wrong.saturating_add(1);
            }
        }
    }
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} wrong").into()) }
}
