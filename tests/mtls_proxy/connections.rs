//! The example proxy's connections, over loopback: concurrent HTTP/2 streams, reset streams, failing origins, GOAWAY, and resumed
//! sessions. One answered request of each connection carries the certificate.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::client::conn::{http1, http2};
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, HandshakeKind};
use tls_client_auth::Forwarding;
use tls_client_auth::hosts::Hosts;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::certificates::{Certificates, Client};
use crate::origin::{Origin, Seen};
use crate::proxy::{Admission, Settings};
use crate::stage::Stage;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// An origin and a proxy in front of it.
struct Scene {
    certificates: Certificates,
    origin: Origin,
    proxy: Stage,
}

impl Scene {
    async fn new() -> Self {
        let certificates = Certificates::new().unwrap();
        let origin = Origin::start().await.unwrap();
        let tls = certificates.tls(Admission::VerifiedOrNone).unwrap();
        let forwarding = Forwarding::cloudflare();
        let settings =
            Settings { tls, origin_tls: None, forwarding, hosts: Hosts::new(), forwards_all: true };
        let proxy = Stage::start(origin.port, settings, |_| {}).await.unwrap();
        Self { certificates, origin, proxy }
    }

    fn client(&self, version: Option<&'static rustls::SupportedProtocolVersion>) -> ClientConfig {
        self.certificates.client_config_of(Client::Known, version).unwrap()
    }

    async fn tls(&self, config: &Arc<ClientConfig>) -> TlsStream<TcpStream> {
        let stream = TcpStream::connect(("127.0.0.1", self.proxy.port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let name = ServerName::try_from("app.example").unwrap();
        TlsConnector::from(Arc::clone(config)).connect(name, stream).await.unwrap()
    }

    async fn http2(&self) -> http2::SendRequest<Empty<Bytes>> {
        let mut config = self.client(None);
        config.alpn_protocols = vec![b"h2".to_vec()];
        let stream = TokioIo::new(self.tls(&Arc::new(config)).await);
        let (sender, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
        tokio::spawn(connection);
        sender
    }

    /// Waits until the origin has seen this number of requests, and returns them.
    async fn seen(&self, requests: usize) -> Vec<Seen> {
        let mut seen = Vec::new();
        for _ in 0..500 {
            seen.extend(self.origin.take());
            if seen.len() >= requests {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(seen.len(), requests);
        seen
    }
}

fn carriers(seen: &[Seen]) -> usize {
    seen.iter().filter(|seen| seen.carries_certificate()).count()
}

type Answer = hyper::Result<hyper::Response<hyper::body::Incoming>>;

async fn get(mut sender: http2::SendRequest<Empty<Bytes>>, path: &str) -> Answer {
    sender.ready().await?;
    let request = Request::get(format!("https://app.example{path}")).body(Empty::new()).unwrap();
    sender.send_request(request).await
}

#[tokio::test]
async fn one_of_many_streams_carries_the_certificate() {
    let scene = Scene::new().await;
    let sender = scene.http2().await;
    let streams: Vec<_> = (0..64).map(|_| tokio::spawn(get(sender.clone(), "/slow"))).collect();
    for stream in streams {
        assert_eq!(stream.await.unwrap().unwrap().status(), StatusCode::OK);
    }
    assert_eq!(carriers(&scene.seen(64).await), 1);
}

#[tokio::test]
async fn a_reset_first_stream_gives_the_certificate_to_the_next() {
    let scene = Scene::new().await;
    let sender = scene.http2().await;
    let first = tokio::spawn(get(sender.clone(), "/slow"));
    assert_eq!(carriers(&scene.seen(1).await), 1, "the first request carries the certificate");
    // Dropping the future resets the stream before it is answered.
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let mut carried = 0;
    // Requests that arrive before the reset find the claim taken.
    for _ in 0..100 {
        get(sender.clone(), "/").await.unwrap();
        carried += carriers(&scene.seen(1).await);
        if carried > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(carried, 1, "the reset returned the claim");
    get(sender, "/").await.unwrap();
    assert_eq!(carriers(&scene.seen(1).await), 0, "the claim is committed");
}

#[tokio::test]
async fn an_outage_gives_the_certificate_to_the_next() {
    let scene = Scene::new().await;
    let sender = scene.http2().await;
    let answer = get(sender.clone(), "/fails").await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(carriers(&scene.seen(2).await), 2, "both attempts carry the certificate");
    get(sender.clone(), "/").await.unwrap();
    assert_eq!(carriers(&scene.seen(1).await), 1);
    get(sender, "/").await.unwrap();
    assert_eq!(carriers(&scene.seen(1).await), 0);
}

#[tokio::test]
async fn after_goaway_open_streams_are_answered_and_new_ones_refused() {
    let scene = Scene::new().await;
    let sender = scene.http2().await;
    let running = tokio::spawn(get(sender.clone(), "/slow"));
    assert_eq!(carriers(&scene.seen(1).await), 1);
    let ended = scene.proxy.end();
    let answer = running.await.unwrap().unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "the open stream is answered");
    answer.into_body().collect().await.unwrap();
    tokio::time::timeout(Duration::from_secs(5), ended).await.unwrap().unwrap();
    let refused = get(sender, "/").await;
    assert!(refused.is_err(), "GOAWAY: no new stream");
}

#[tokio::test]
async fn the_first_request_of_each_resumed_connection_carries_the_certificate() {
    for version in [&TLS12, &TLS13] {
        let scene = Scene::new().await;
        let mut config = scene.client(Some(version));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let config = Arc::new(config);
        for kind in [HandshakeKind::Full, HandshakeKind::Resumed, HandshakeKind::Resumed] {
            let stream = scene.tls(&config).await;
            assert_eq!(stream.get_ref().1.handshake_kind(), Some(kind), "{version:?}");
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
            tokio::spawn(connection);
            for carries in [1, 0] {
                sender.ready().await.unwrap();
                let request = Request::get("/").header("Host", "app.example");
                let request = request.body(Empty::<Bytes>::new()).unwrap();
                let answer = sender.send_request(request).await.unwrap();
                answer.into_body().collect().await.unwrap();
                let seen = scene.seen(1).await;
                assert_eq!(carriers(&seen), carries, "{version:?}, {kind:?}");
                let sent = seen[0].of_certificates().len();
                assert_eq!(sent, carries * 2, "both headers");
            }
        }
    }
}
