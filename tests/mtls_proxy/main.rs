//! Tests the proxy of `examples/mtls_proxy` over loopback: hosts, upgrades, HTTP/2 to the origin, limits, logs, resumption, reloads.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "tests, and the modules of a program"
)]

#[path = "../../examples/mtls_proxy/arguments.rs"]
mod arguments;
#[path = "../../examples/mtls_proxy/demonstration/certificates.rs"]
mod certificates;
#[path = "../../examples/mtls_proxy/demonstration/clients.rs"]
mod clients;
#[path = "../../examples/mtls_proxy/forwarding.rs"]
mod forwarding;
#[path = "../../examples/mtls_proxy/hosts.rs"]
mod hosts;
#[path = "../rustls/one_for_all.rs"]
mod one_for_all;
#[path = "../../examples/mtls_proxy/demonstration/origin.rs"]
mod origin;
#[path = "../../examples/mtls_proxy/pem.rs"]
mod pem;
#[path = "../../examples/mtls_proxy/proxy/mod.rs"]
mod proxy;
#[path = "../../examples/mtls_proxy/demonstration/stage.rs"]
mod stage;

mod by_host;
mod connections;
mod guide;
mod logs;
mod options;
mod resumption;
mod tunnels;
mod upstream;

use std::time::Duration;

use hyper::{StatusCode, Version};
use rustls::ClientConfig;
use tls_client_auth::field::Limits;
use tls_client_auth::hosts::Hosts;
use tls_client_auth::{
    ClientCertificate, Dialect, Forwarding, HeaderSet, TlsClientAuth, Verification,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use arguments::{Arguments, HELP};
use certificates::{Certificates, Client, PARTNER};
use clients::{Http1, Http2};
use origin::Origin;
use proxy::{Admission, Options, Settings};
use stage::{Lines, Stage};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const SHORT: Duration = Duration::from_millis(150);
const PATIENCE: Duration = Duration::from_secs(10);
const SHA256: &str = "cf-client-cert-sha256";

/// An origin, a proxy in front of it, and a client with a certificate.
struct Scene {
    origin: Origin,
    proxy: Stage,
    client: ClientConfig,
    certificates: Certificates,
}

impl Scene {
    async fn new(change: impl FnOnce(&mut Options)) -> Self {
        let certificates = Certificates::new().unwrap();
        let origin = Origin::start().await.unwrap();
        let settings = settings(&certificates);
        let proxy = Stage::start(origin.port, settings, change).await.unwrap();
        let client = certificates.client_config(Client::Known).unwrap();
        Self { origin, proxy, client, certificates }
    }

    async fn http1(&self) -> Http1 {
        Http1::connect(self.proxy.port, &self.client).await.unwrap()
    }

    async fn http2(&self) -> Http2 {
        Http2::connect(self.proxy.port, &self.client).await.unwrap()
    }

    /// Sends these bytes on a new connection, and returns everything until it is closed.
    async fn raw(&self, request: &[u8]) -> String {
        let mut stream =
            clients::tls("app.example", self.proxy.port, &self.client, b"http/1.1").await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        // A connection that is closed without a TLS `close_notify` is an error here, and does not matter.
        let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

fn settings(certificates: &Certificates) -> Settings {
    let tls = certificates.tls(Admission::VerifiedOrNone).unwrap();
    let forwarding = Forwarding::cloudflare();
    Settings { tls, origin_tls: None, forwarding, hosts: Hosts::new(), forwards_all: true }
}

#[tokio::test]
async fn a_burst_leaves_no_connection_behind() {
    // Longer than the pause between two requests on a busy machine.
    let scene = Scene::new(|options| options.limits.idle = SHORT * 4).await;
    let connections = [scene.http2().await, scene.http2().await];
    let requests = connections.iter().cycle().take(400);
    let requests: Vec<_> = requests
        .map(|connection| tokio::spawn(connection.clone().get("app.example", "/slow", &[])))
        .collect();
    for request in requests {
        assert_eq!(request.await.unwrap().unwrap(), StatusCode::OK);
    }
    let closed = async {
        while scene.origin.open_connections() > 0 {
            tokio::time::sleep(SHORT).await;
        }
    };
    timeout(PATIENCE, closed).await.unwrap();
    let client_closed = async {
        while connections[0].clone().get("app.example", "/", &[]).await.is_ok() {
            tokio::time::sleep(SHORT * 10).await;
        }
    };
    timeout(PATIENCE, client_closed).await.expect("an idle connection of the client is closed");
}

#[tokio::test]
async fn connections_and_request_heads_are_limited() {
    let scene = Scene::new(|options| {
        options.limits.connections = 1;
        options.limits.header_bytes = 8192;
        options.limits.head = SHORT;
    })
    .await;
    let mut first = scene.http1().await;
    assert_eq!(first.get("app.example", "/", &[]).await.unwrap(), StatusCode::OK);
    let port = scene.proxy.port;
    let config = scene.client.clone();
    let second = tokio::spawn(async move { Http1::connect(port, &config).await.map(|_| ()) });
    tokio::time::sleep(SHORT / 3).await;
    assert!(!second.is_finished(), "the second connection waits for the first to end");
    // The first ends because no further request arrives on it.
    timeout(PATIENCE, second).await.unwrap().unwrap().unwrap();
    let large = "x".repeat(9000);
    let request = format!("GET / HTTP/1.1\r\nHost: app.example\r\nX-Large: {large}\r\n\r\n");
    assert!(scene.raw(request.as_bytes()).await.starts_with("HTTP/1.1 431 "));
    assert_eq!(scene.raw(b"GET / HTTP/1.1\r\nHost: ").await, "", "an incomplete head");
    let lines = scene.proxy.error_log.take();
    assert!(
        !lines.iter().any(|line| line.contains("timed out") || line.contains("timeout")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_reload_of_settings_drops_no_connection() {
    let scene = Scene::new(|_| {}).await;
    let open = scene.http2().await;
    let running = tokio::spawn(open.clone().get("app.example", "/slow", &[]));
    scene.origin.wait().await;
    let others = Certificates::new().unwrap();
    scene.proxy.proxy.reload(settings(&others)).unwrap();
    assert_eq!(running.await.unwrap().unwrap(), StatusCode::OK);
    assert_eq!(open.get("app.example", "/", &[]).await.unwrap(), StatusCode::OK);
    assert!(Http1::connect(scene.proxy.port, &scene.client).await.is_err());
    let config = others.client_config(Client::Known).unwrap();
    let mut connection = Http1::connect(scene.proxy.port, &config).await.unwrap();
    assert_eq!(connection.get("app.example", "/", &[]).await.unwrap(), StatusCode::OK);
}

#[tokio::test]
async fn the_issuer_s_serial_number_is_that_of_the_listener_s_authority() {
    let scene = Scene::new(|_| {}).await;
    let field = "issuer-serial".parse().unwrap();
    let set = HeaderSet::new("own", Dialect::OpenSsl, [("X-Issuer-Serial", field)]).unwrap();
    let forwarding = Forwarding::none().on_every_request(set);
    scene.proxy.proxy.reload(Settings { forwarding, ..settings(&scene.certificates) }).unwrap();
    scene.http1().await.get("app.example", "/", &[]).await.unwrap();
    let root = ClientCertificate::presented(&scene.certificates.root[..], Verification::None);
    let root = TlsClientAuth::new(&root);
    let seen = scene.origin.take();
    assert_eq!(seen[0].value("x-issuer-serial"), Some(root.cert_serial()));
}
