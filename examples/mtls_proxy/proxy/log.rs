//! Log lines for requests and errors: one printable line each, with the peer and its identity.

use std::fmt::{self, Display};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::http::uri::Authority;
use hyper::{Method, Request, StatusCode, Uri, Version};
use time::OffsetDateTime;
use tls_client_auth::{ClientCertificate, TlsClientAuth};

/// Where lines go.
pub type Sink = Arc<dyn Fn(&str) + Send + Sync>;

/// The client of a connection.
pub struct Peer {
    address: SocketAddr,
    /// Verdict, fingerprint, serial number and subject.
    identity: String,
}

impl Peer {
    pub fn new(address: SocketAddr, client: &ClientCertificate) -> Self {
        let identity = TlsClientAuth::new(client).to_string();
        Self { address, identity }
    }
}

impl Display for Peer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.address, self.identity)
    }
}

/// A request's line in the access log: `2026-11-27T09:30:00Z 192.0.2.1:50312 app.example "GET / HTTP/2.0" 200 verdict="SUCCESS"
/// sha256=9f86… serial=5A70… subject="CN=client"`, written when this is dropped. The status of a request that the client gave up is `-`.
pub struct Entry<'a> {
    sink: Option<&'a Sink>,
    peer: &'a Peer,
    host: Option<Authority>,
    request: (Method, Uri, Version),
    pub status: Option<StatusCode>,
}

impl<'a> Entry<'a> {
    pub fn new<B>(
        sink: Option<&'a Sink>,
        peer: &'a Peer,
        host: Option<Authority>,
        request: &Request<B>,
    ) -> Self {
        let request = (request.method().clone(), request.uri().clone(), request.version());
        Self { sink, peer, host, request, status: None }
    }
}

impl Display for Entry<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host.as_ref().map_or("-", Authority::as_str);
        let (method, uri, version) = &self.request;
        let target = uri.path_and_query().map_or_else(|| uri.to_string(), ToString::to_string);
        write!(formatter, "{} {} \"", self.peer.address, Printable(host))?;
        write!(formatter, "{method} {} {version:?}\" ", Printable(&target))?;
        match self.status {
            Some(status) => write!(formatter, "{} ", status.as_u16())?,
            None => formatter.write_str("- ")?,
        }
        formatter.write_str(&self.peer.identity)
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        if let Some(sink) = self.sink {
            sink(&format!("{} {self}", Now));
        }
    }
}

/// An error log with at most [`LINES`](Self::LINES) lines in a period, then the number of further errors.
pub struct Errors {
    sink: Sink,
    length: Duration,
    period: Mutex<Period>,
}

struct Period {
    began: Instant,
    lines: u32,
    left_out: u64,
}

impl Errors {
    pub const LINES: u32 = 20;
    pub const PERIOD: Duration = Duration::from_secs(60);

    pub fn new(sink: Sink, length: Duration) -> Self {
        let period = Period { began: Instant::now(), lines: 0, left_out: 0 };
        Self { sink, length, period: Mutex::new(period) }
    }

    pub fn report(&self, source: impl Display, error: impl Display) {
        let mut period = self.period.lock().unwrap_or_else(PoisonError::into_inner);
        if period.began.elapsed() >= self.length {
            if period.left_out > 0 {
                (self.sink)(&format!("{Now} and {} more errors like these", period.left_out));
            }
            *period = Period { began: Instant::now(), lines: 0, left_out: 0 };
        }
        if period.lines < Self::LINES {
            period.lines = period.lines.saturating_add(1);
            (self.sink)(&format!("{Now} {source}: {}", Printable(&error.to_string())));
        } else {
            period.left_out = period.left_out.saturating_add(1);
        }
    }
}

/// Printable ASCII without quotes; the rest as nginx escapes it: `\x22`.
struct Printable<'a>(&'a str);

impl Display for Printable<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            match byte {
                b'"' | b'\\' => write!(formatter, "\\x{byte:02X}")?,
                b' '..=b'~' => write!(formatter, "{}", char::from(byte))?,
                _ => write!(formatter, "\\x{byte:02X}")?,
            }
        }
        Ok(())
    }
}

/// RFC 3339, in UTC.
struct Now;

impl Display for Now {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now = OffsetDateTime::now_utc();
        let (year, month, day) = now.to_calendar_date();
        let (hour, minute, second) = now.to_hms();
        write!(
            formatter,
            "{year}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z",
            u8::from(month)
        )
    }
}
