//! An origin that keeps the headers of every request, and fails on demand.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::Result;

/// The headers of one request in the order they came, then its trailers.
#[derive(Clone)]
pub struct Seen(Vec<(String, String)>);

impl Seen {
    /// Those that speak of a client certificate, in any spelling; sorted.
    pub fn of_certificates(&self) -> Vec<(String, String)> {
        let mut found: Vec<_> = self
            .0
            .iter()
            .filter(|(name, _)| tls_client_auth::connection::is_owned_name(name.as_bytes()))
            .cloned()
            .collect();
        found.sort();
        found
    }

    pub fn carries_certificate(&self) -> bool {
        !self.of_certificates().is_empty()
    }

    pub fn has_forged(&self) -> bool {
        self.0.iter().any(|(_, value)| value.contains("f0f0") || value.contains("Zm9yZ2Vk"))
    }

    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    pub fn print(&self) {
        for (name, value) in self.of_certificates() {
            let shown: String = value.chars().take(48).collect();
            let more = if shown.len() < value.len() {
                format!("… ({} characters)", value.len())
            } else {
                String::new()
            };
            println!("          {name}: {shown}{more}");
        }
    }
}

pub struct Origin {
    pub port: u16,
    log: Arc<Mutex<Vec<Seen>>>,
}

impl Origin {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let log = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(serve(listener, Arc::clone(&log)));
        Ok(Self { port, log })
    }

    /// What came since the last look.
    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.log.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn serve(listener: TcpListener, log: Arc<Mutex<Vec<Seen>>>) {
    let has_failed = Arc::new(AtomicBool::new(false));
    while let Ok((stream, _)) = listener.accept().await {
        let (log, has_failed) = (Arc::clone(&log), Arc::clone(&has_failed));
        let service = service_fn(move |request: Request<Incoming>| {
            let (log, has_failed) = (Arc::clone(&log), Arc::clone(&has_failed));
            async move {
                let (head, body) = request.into_parts();
                let trailers =
                    body.collect().await.map_err(|_| "a broken body")?.trailers().cloned();
                let seen = lines(&head.headers).chain(trailers.iter().flat_map(lines)).collect();
                log.lock().unwrap_or_else(PoisonError::into_inner).push(Seen(seen));
                match head.uri.path() {
                    // An error of the service closes the connection without an answer.
                    "/fails" => return Err("an outage"),
                    "/fails-once" if !has_failed.swap(true, Ordering::Relaxed) => {
                        return Err("an outage");
                    }
                    "/slow" => tokio::time::sleep(Duration::from_millis(50)).await,
                    _ => {}
                }
                Ok(Response::new("seen\n".to_owned()))
            }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

fn lines(fields: &HeaderMap) -> impl Iterator<Item = (String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    fields.iter().map(move |(name, value)| (name.to_string(), text(value.as_bytes())))
}
