//! Sends many requests over HTTP/2 through the example's proxy. Some are reset, some fail at the origin, and some are retried.
//!
//! 4,000 requests, or the number in `TLS_CLIENT_AUTH_REQUESTS`:
//! `TLS_CLIENT_AUTH_REQUESTS=1000000 cargo test --release --all-features --test stress -- --nocapture`

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "a test, and the modules of a program"
)]
#![allow(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "tests have the standard library"
)]

#[path = "../examples/mtls_proxy/demonstration/certificates.rs"]
mod certificates;
#[path = "../examples/mtls_proxy/proxy/mod.rs"]
mod proxy;
#[path = "../examples/mtls_proxy/demonstration/stage.rs"]
mod stage;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tls_client_auth::Forwarding;
use tls_client_auth::hosts::Hosts;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use certificates::{Certificates, Client};
use proxy::{Admission, Options, Settings};
use stage::Stage;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Requests on each connection.
const REQUESTS: usize = 500;
/// Concurrent requests on a connection.
const STREAMS: usize = 16;
/// Concurrent connections.
const CONNECTIONS: usize = 4;

#[derive(Default)]
struct Origin {
    /// Answered requests that carried the certificate, by connection.
    answered: Mutex<HashMap<String, usize>>,
    requests: AtomicUsize,
    failures: AtomicUsize,
}

impl Origin {
    async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> std::result::Result<Response<String>, &'static str> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let fails = match request.uri().path() {
            "/fails" => true,
            "/flaky" => number.is_multiple_of(2),
            _ => false,
        };
        let headers = request.headers();
        let carries = headers.contains_key("cf-client-cert-sha256");
        assert_eq!(carries, headers.contains_key("cf-client-cert-der-base64"));
        let connection = headers["x-connection"].to_str().unwrap().to_owned();
        if fails {
            self.failures.fetch_add(1, Ordering::Relaxed);
            return Err("an outage");
        }
        if carries {
            *self.answered.lock().unwrap().entry(connection).or_default() += 1;
        }
        let response = Response::builder().header("x-carried", if carries { "1" } else { "0" });
        Ok(response.body(String::new()).unwrap())
    }

    async fn serve(self: Arc<Self>, listener: TcpListener) {
        loop {
            let stream = listener.accept().await.unwrap().0;
            stream.set_nodelay(true).unwrap();
            let origin = Arc::clone(&self);
            let service = service_fn(move |request| Arc::clone(&origin).answer(request));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    }
}

/// A request's result at the client.
enum Outcome {
    Answered { carried: bool },
    Failed,
    Reset,
}

/// A pseudo-random number, the same in every run.
fn chance(connection: usize, request: usize) -> u64 {
    let mut number = u64::try_from(connection * REQUESTS + request).unwrap();
    for _ in 0..3 {
        number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    }
    number ^ (number >> 31)
}

type Sender = http2::SendRequest<Full<Bytes>>;

async fn ask(mut sender: Sender, connection: usize, request: usize) -> Outcome {
    let chance = chance(connection, request);
    let (method, path) = match chance % 100 {
        0..60 => (Method::GET, "/"),
        60..75 => (Method::GET, "/flaky"),
        75..80 => (Method::GET, "/fails"),
        80..90 => (Method::POST, "/flaky"),
        _ => (Method::POST, "/"),
    };
    let body = if method == Method::POST { "body" } else { "" };
    let request = Request::builder()
        .method(method)
        .uri(format!("https://app.example{path}"))
        .header("x-connection", connection)
        .body(Full::from(body))
        .unwrap();
    sender.ready().await.unwrap();
    let answer = sender.send_request(request);
    // One in eight is reset after a random time.
    let patience = match chance >> 8 & 7 {
        0 => Duration::from_micros(chance >> 16 & 0xfff),
        _ => Duration::from_secs(60),
    };
    match tokio::time::timeout(patience, answer).await {
        Err(_) => Outcome::Reset,
        Ok(answer) => {
            let answer = answer.unwrap();
            match answer.status() {
                StatusCode::OK => {
                    Outcome::Answered { carried: answer.headers()["x-carried"] == "1" }
                }
                status => {
                    assert_eq!(status, StatusCode::BAD_GATEWAY);
                    Outcome::Failed
                }
            }
        }
    }
}

/// Sends all requests of a connection, and returns how many were answered, failed and were reset.
async fn connection(
    number: usize,
    port: u16,
    config: Arc<ClientConfig>,
    origin: Arc<Origin>,
) -> [usize; 3] {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let name = ServerName::try_from("app.example").unwrap();
    let stream = TlsConnector::from(config).connect(name, stream).await.unwrap();
    let (sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);

    let (mut outcomes, mut carried) = ([0; 3], 0);
    let mut streams = JoinSet::new();
    for request in 0..REQUESTS {
        // A request that is sent after the carrying request was answered must not carry the certificate.
        let (sender, spent) = (sender.clone(), carried > 0);
        streams.spawn(async move { (spent, ask(sender, number, request).await) });
        while streams.len() >= STREAMS || request + 1 == REQUESTS && !streams.is_empty() {
            let (spent, outcome) = streams.join_next().await.unwrap().unwrap();
            match outcome {
                Outcome::Answered { carried: own } => {
                    outcomes[0] += 1;
                    carried += usize::from(own);
                    assert!(!(own && spent), "connection {number}: carried again after an answer");
                }
                Outcome::Failed => outcomes[1] += 1,
                Outcome::Reset => outcomes[2] += 1,
            }
        }
    }
    assert!(
        carried <= 1,
        "connection {number}: {carried} answered requests carried the certificate"
    );
    assert!(outcomes[0] > 0, "connection {number}: no request was answered");
    // The client may have reset the request that the origin answered.
    let answered = origin.answered.lock().unwrap().remove(&number.to_string()).unwrap_or_default();
    assert!(answered >= 1, "connection {number}: the origin never got the certificate");
    outcomes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_answered_request_of_a_connection_carries_the_certificate() {
    let requests = std::env::var("TLS_CLIENT_AUTH_REQUESTS")
        .map_or(4000, |requests| requests.parse::<usize>().unwrap());
    let certificates = Certificates::new().unwrap();
    let backend = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let backend_port = backend.local_addr().unwrap().port();
    let origin = Arc::new(Origin::default());
    tokio::spawn(Arc::clone(&origin).serve(backend));
    let tls = certificates.tls(Admission::VerifiedOrNone).unwrap();
    let forwarding = Forwarding::cloudflare();
    let settings =
        Settings { tls, origin_tls: None, forwarding, hosts: Hosts::new(), forwards_all: true };
    let no_log = |options: &mut Options| options.access_log = None;
    let proxy = Stage::start(backend_port, settings, no_log).await.unwrap();
    let port = proxy.port;
    let mut config = certificates.client_config_of(Client::Known, None).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let config = Arc::new(config);

    let mut sum = [0; 3];
    let mut connections = JoinSet::new();
    for number in 0..requests.div_ceil(REQUESTS) {
        connections.spawn(connection(number, port, Arc::clone(&config), Arc::clone(&origin)));
        while connections.len() >= CONNECTIONS {
            add(&mut sum, connections.join_next().await.unwrap().unwrap());
        }
    }
    while let Some(outcomes) = connections.join_next().await {
        add(&mut sum, outcomes.unwrap());
    }
    let [answered, failed, reset] = sum;
    println!(
        "{} connections, {} requests: {answered} answered, {failed} failed, {reset} reset; the origin got {} and failed {}",
        requests.div_ceil(REQUESTS),
        answered + failed + reset,
        origin.requests.load(Ordering::Relaxed),
        origin.failures.load(Ordering::Relaxed),
    );
    assert!(failed > 0 && reset > 0);
}

fn add(sum: &mut [usize; 3], outcomes: [usize; 3]) {
    sum.iter_mut().zip(outcomes).for_each(|(sum, outcome)| *sum += outcome);
}
