//! The operator's options: fixed ones, and reloadable settings.

use std::time::Duration;

use hyper::http::uri::Authority;
use tls_client_auth::Forwarding;
use tls_client_auth::hosts::{Decision, Handshake, Hosts};
use tokio_rustls::rustls::ClientConfig;

use super::log::Sink;
use super::tls::{Judge, Tls};
use crate::Result;

/// Fixed options, which a reload does not change.
pub struct Options {
    pub origin: Authority,
    /// Whether the origin speaks HTTP/2, without TLS with prior knowledge, as gRPC servers do.
    pub origin_http2: bool,
    /// The protocols that a request may switch to, beside `websocket`.
    pub upgrades: Vec<String>,
    pub limits: Limits,
    /// Receives a line for each request.
    pub access_log: Option<Sink>,
    /// Receives errors, a bounded number of lines per minute.
    pub error_log: Sink,
}

/// Settings that are reloaded on SIGHUP. Open connections keep their TLS settings, CAs and forwarding; the hosts that enforce and forward apply at once.
pub struct Settings {
    pub tls: Tls,
    /// The TLS configuration for the origin; `None` for an origin without TLS.
    pub origin_tls: Option<ClientConfig>,
    pub forwarding: Forwarding,
    /// The hosts that ask for a certificate, enforce it and forward it. Without associations, every host asks.
    pub hosts: Hosts,
    /// Whether every host forwards, whatever its setting.
    pub forwards_all: bool,
}

impl Settings {
    /// The judge of the clients of a handshake for this server name; `None` if the host does not ask for a certificate.
    pub fn judge(&self, server_name: Option<&str>) -> Result<Option<&Judge>> {
        if !self.hosts.associations().is_empty() && !self.hosts.asks(server_name) {
            return Ok(None);
        }
        self.tls.judge(self.hosts.mtls_certificate_id(server_name)).map(Some)
    }

    /// The decision on a request for this host.
    pub fn decide(&self, handshake: &Handshake, host: &Authority) -> Decision {
        match self.hosts.decide(handshake.server_name(), host.as_str(), handshake.client()) {
            Decision::Withhold if self.forwards_all => Decision::Forward,
            decision => decision,
        }
    }
}

#[derive(Clone, Copy)]
pub struct Limits {
    /// The number of open connections; further ones wait to be accepted.
    pub connections: usize,
    /// The size of a request's head.
    pub header_bytes: u32,
    pub handshake: Duration,
    /// The time for a request's head, and between two requests of an HTTP/1.1 connection.
    pub head: Duration,
    /// The time until the origin accepts a connection.
    pub connect: Duration,
    /// The time until the origin's answer begins, after the last bytes were sent to it.
    pub answer: Duration,
    /// The time after which idle connections and tunnels are closed, on both sides.
    pub idle: Duration,
    /// The time for requests in progress at shutdown.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1000,
            header_bytes: 64 * 1024,
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(30),
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(60),
            idle: Duration::from_secs(60),
            drain: Duration::from_secs(10),
        }
    }
}
