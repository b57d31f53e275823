//! A load on a TLS proxy by clients with a certificate. Prints one number: requests, or connections that are open.
//!
//! `load-client PORT FOLDER http1|http2|handshakes SECONDS CONNECTIONS` asks as fast as answers come: over connections that are kept, or
//! over a new one for each request. `load-client PORT FOLDER idle SECONDS CONNECTIONS` asks once on each connection, prints, and keeps
//! them for that long. The folder holds `root.pem`, `client.pem` and `client.key`.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::{http1, http2};
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;
type Body = Empty<Bytes>;

/// At a time, on one HTTP/2 connection.
const STREAMS: usize = 16;

struct Load {
    port: u16,
    config: Arc<ClientConfig>,
    until: Instant,
    requests: AtomicUsize,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, folder, kind, seconds, connections] = &arguments[..] else {
        return Err("PORT FOLDER http1|http2|handshakes|idle SECONDS CONNECTIONS".into());
    };
    let seconds = Duration::from_secs(seconds.parse()?);
    let connections: usize = connections.parse()?;
    let load = Arc::new(Load {
        port: port.parse()?,
        config: Arc::new(config(Path::new(folder), kind == "http2")?),
        until: Instant::now() + seconds,
        requests: AtomicUsize::new(0),
    });
    if kind == "idle" {
        return load.idle(seconds, connections).await;
    }
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let load = Arc::clone(&load);
        match kind.as_str() {
            "http1" => tasks.spawn(async move { load.http1().await }),
            "http2" => tasks.spawn(async move { load.http2().await }),
            "handshakes" => tasks.spawn(async move { load.handshakes().await }),
            _ => return Err("the load is http1, http2, handshakes or idle".into()),
        };
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    println!("{}", load.requests.load(Ordering::Relaxed));
    Ok(())
}

fn config(folder: &Path, is_http2: bool) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("root.pem"))?)?;
    let chain = vec![CertificateDer::from_pem_file(folder.join("client.pem"))?];
    let key = PrivateKeyDer::from_pem_file(folder.join("client.key"))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)?;
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![if is_http2 { b"h2".to_vec() } else { b"http/1.1".to_vec() }];
    Ok(config)
}

fn request(version: Version) -> Result<Request<Body>> {
    // HTTP/2 has `:authority`, and nginx refuses a request with both.
    let request = match version {
        Version::HTTP_2 => Request::get("https://localhost/"),
        _ => Request::get("/").header("host", "localhost"),
    };
    // What a browser sends beside.
    let fields =
        ["user-agent", "accept", "accept-language", "accept-encoding", "cookie", "referer"];
    let request = fields
        .iter()
        .fold(request, |request, name| request.header(*name, "a value of some length"));
    Ok(request.body(Empty::new())?)
}

async fn finish(response: Response<Incoming>) -> Result<()> {
    if response.status() != 200 {
        return Err(format!("status {}", response.status()).into());
    }
    response.into_body().collect().await?;
    Ok(())
}

impl Load {
    async fn connect(&self) -> Result<TokioIo<TlsStream<TcpStream>>> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from("localhost")?;
        Ok(TokioIo::new(TlsConnector::from(Arc::clone(&self.config)).connect(name, stream).await?))
    }

    fn goes_on(&self) -> bool {
        Instant::now() < self.until
    }

    async fn http1(&self) -> Result<()> {
        let (mut sender, connection) = http1::handshake(self.connect().await?).await?;
        tokio::spawn(connection);
        while self.goes_on() {
            sender.ready().await?;
            finish(sender.send_request(request(Version::HTTP_11)?).await?).await?;
            self.requests.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    async fn http2(self: Arc<Self>) -> Result<()> {
        let stream = self.connect().await?;
        let (sender, connection) = http2::handshake(TokioExecutor::new(), stream).await?;
        tokio::spawn(connection);
        let mut streams = JoinSet::new();
        for _ in 0..STREAMS {
            let (load, mut sender) = (Arc::clone(&self), sender.clone());
            streams.spawn(async move {
                while load.goes_on() {
                    sender.ready().await?;
                    finish(sender.send_request(request(Version::HTTP_2)?).await?).await?;
                    load.requests.fetch_add(1, Ordering::Relaxed);
                }
                Result::Ok(())
            });
        }
        while let Some(ended) = streams.join_next().await {
            ended??;
        }
        Ok(())
    }

    async fn handshakes(&self) -> Result<()> {
        while self.goes_on() {
            let (mut sender, connection) = http1::handshake(self.connect().await?).await?;
            let connection = tokio::spawn(connection);
            finish(sender.send_request(request(Version::HTTP_11)?).await?).await?;
            self.requests.fetch_add(1, Ordering::Relaxed);
            drop(sender);
            connection.await??;
        }
        Ok(())
    }

    async fn idle(&self, seconds: Duration, connections: usize) -> Result<()> {
        let mut open = Vec::new();
        for _ in 0..connections {
            let (mut sender, connection) = http1::handshake(self.connect().await?).await?;
            tokio::spawn(connection);
            finish(sender.send_request(request(Version::HTTP_11)?).await?).await?;
            open.push(sender);
        }
        println!("{}", open.iter().filter(|sender| !sender.is_closed()).count());
        tokio::time::sleep(seconds).await;
        Ok(())
    }
}
