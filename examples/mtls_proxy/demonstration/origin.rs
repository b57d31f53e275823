//! An origin that records the headers of every request, fails on demand, and supports HTTP/1.1, HTTP/2 and another protocol.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::Result;

/// One request: its protocol, its headers in order, then its trailers.
#[derive(Clone)]
pub struct Seen {
    pub version: Version,
    lines: Vec<(String, String)>,
}

impl Seen {
    /// The client-certificate headers, in any spelling; sorted.
    pub fn of_certificates(&self) -> Vec<(String, String)> {
        let mut found: Vec<_> = self
            .lines
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
        // A fingerprint can contain the forged digits.
        let is_forged = |value: &str| value.split(", ").any(|one| one == "f0f0");
        self.lines.iter().any(|(_, value)| is_forged(value) || value.contains("Zm9yZ2Vk"))
    }

    pub fn value(&self, name: &str) -> Option<&str> {
        self.lines.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
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
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    log: Mutex<Vec<Seen>>,
    has_failed: AtomicBool,
    /// The number of open connections.
    open: AtomicUsize,
}

impl Origin {
    pub async fn start() -> Result<Self> {
        Self::listen("127.0.0.1:0", None).await
    }

    /// Listens on this address, with TLS if a configuration is given.
    pub async fn listen(address: &str, tls: Option<ServerConfig>) -> Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let port = listener.local_addr()?.port();
        let state = Arc::<State>::default();
        let tls = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
        tokio::spawn(serve(listener, tls, Arc::clone(&state)));
        Ok(Self { port, state })
    }

    /// The requests since the last call.
    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.state.log.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until [`take`](Self::take) has a request.
    pub async fn wait(&self) {
        while self.state.log.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub fn open_connections(&self) -> usize {
        self.state.open.load(Ordering::Relaxed)
    }
}

async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (tls, state) = (tls.clone(), Arc::clone(&state));
        tokio::spawn(async move {
            state.open.fetch_add(1, Ordering::Relaxed);
            match tls {
                None => connection(stream, &state).await,
                Some(tls) => {
                    // It fails if the client does not trust this origin.
                    if let Ok(stream) = tls.accept(stream).await {
                        connection(stream, &state).await;
                    }
                }
            }
            state.open.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

async fn connection<S>(stream: S, state: &Arc<State>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(|request| answer(request, Arc::clone(state)));
    let _ = auto::Builder::new(TokioExecutor::new())
        .serve_connection_with_upgrades(TokioIo::new(stream), service)
        .await;
}

type Answer = Response<BoxBody<Bytes, Infallible>>;

async fn answer(
    mut request: Request<Incoming>,
    state: Arc<State>,
) -> std::result::Result<Answer, &'static str> {
    let upgrade = hyper::upgrade::on(&mut request);
    let (head, body) = request.into_parts();
    let trailers = body.collect().await.map_err(|_| "a broken body")?.trailers().cloned();
    let mut seen: Vec<_> = lines(&head.headers).chain(trailers.iter().flat_map(lines)).collect();
    if let Some(authority) = head.uri.authority() {
        seen.push((":authority".to_owned(), authority.to_string()));
    }
    let seen = Seen { version: head.version, lines: seen };
    state.log.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    match head.uri.path() {
        // An error of the service closes the connection without an answer.
        "/fails" => return Err("an outage"),
        "/fails-once" if !state.has_failed.swap(true, Ordering::Relaxed) => {
            return Err("an outage");
        }
        "/slow" => tokio::time::sleep(Duration::from_millis(50)).await,
        "/hangs" => tokio::time::sleep(Duration::from_secs(3600)).await,
        "/echo" if head.headers.get(header::UPGRADE).is_some() => {
            tokio::spawn(async move {
                let (mut from, mut to) = tokio::io::split(TokioIo::new(upgrade.await?));
                tokio::io::copy(&mut from, &mut to).await?;
                Result::Ok(())
            });
            return Ok(switching("websocket"));
        }
        "/echo" => return Ok(status(StatusCode::UPGRADE_REQUIRED)),
        "/unasked" => return Ok(switching("h2c")),
        _ => {}
    }
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let body = Full::from("seen\n").with_trailers(std::future::ready(Some(Ok(trailers))));
    let mut response = Response::new(body.boxed());
    response.headers_mut().insert(header::TRAILER, HeaderValue::from_static("grpc-status"));
    Ok(response)
}

fn status(status: StatusCode) -> Answer {
    let mut response = Response::new(Full::from("").boxed());
    *response.status_mut() = status;
    response
}

fn switching(protocol: &'static str) -> Answer {
    let mut response = status(StatusCode::SWITCHING_PROTOCOLS);
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static(protocol));
    response
}

fn lines(fields: &HeaderMap) -> impl Iterator<Item = (String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    fields.iter().map(move |(name, value)| (name.to_string(), text(value.as_bytes())))
}
