//! Puts load on a TLS proxy, with clients that have a certificate, or on an origin, with certificate headers.
//!
//! `client PORT FOLDER http1|http2|handshakes CONNECTIONS` connects and prints `ready`. For each line of its input, a number of seconds, it
//! sends requests for that time, each after the previous answer, and prints the number of answers. `handshakes` uses a new connection for
//! each request. `client PORT FOLDER origin CONNECTIONS FILE` does the same without TLS, with the headers of the file's parts in turn.
//! `client PORT FOLDER idle CONNECTIONS` sends one request on each connection, prints the number of open connections, and keeps them until
//! its input ends.

use std::io::BufRead as _;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::{http1, http2};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use load::Result;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

type Body = Empty<Bytes>;

/// Concurrent requests on one HTTP/2 connection.
const STREAMS: usize = 16;

/// Names of further headers, as a browser sends them.
const FIELDS: [&str; 6] =
    ["user-agent", "accept", "accept-language", "accept-encoding", "cookie", "referer"];

#[derive(Clone)]
enum Connection {
    Http1(Arc<tokio::sync::Mutex<http1::SendRequest<Body>>>),
    Http2(http2::SendRequest<Body>),
    /// A new connection for each request.
    None,
}

struct Load {
    port: u16,
    config: Arc<ClientConfig>,
    /// The headers of requests, used in turn.
    headers: Vec<HeaderMap>,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, folder, kind, connections, more @ ..] = &arguments[..] else {
        return Err("PORT FOLDER http1|http2|handshakes|origin|idle CONNECTIONS".into());
    };
    let protocol = if kind == "http2" { "h2" } else { "http/1.1" };
    let headers = match more.first() {
        Some(file) => parts(&std::fs::read_to_string(file)?)?,
        None => vec![HeaderMap::new()],
    };
    let config = load::client_config(Path::new(folder), protocol.as_bytes())?;
    let load = Arc::new(Load { port: port.parse()?, config, headers });
    load::runtime()?.block_on(load.run(kind, connections.parse()?))
}

/// Parses lines of `name: value`; an empty line ends a part.
fn parts(text: &str) -> Result<Vec<HeaderMap>> {
    let line = |line: &str| {
        let (name, value) = line.split_once(": ").ok_or("name: value")?;
        Result::Ok((HeaderName::try_from(name)?, HeaderValue::try_from(value)?))
    };
    let parts = text.split("\n\n").filter(|part| !part.is_empty());
    parts.map(|part| part.lines().map(line).collect()).collect()
}

impl Load {
    async fn run(self: Arc<Self>, kind: &str, connections: usize) -> Result<()> {
        let mut open = Vec::new();
        for _ in 0..connections {
            open.push(match kind {
                "http1" | "idle" => self.http1(self.tls().await?).await?,
                "origin" => self.http1(TokioIo::new(self.tcp().await?)).await?,
                "http2" => {
                    let (sender, connection) =
                        http2::handshake(TokioExecutor::new(), self.tls().await?).await?;
                    tokio::spawn(connection);
                    Connection::Http2(sender)
                }
                "handshakes" => Connection::None,
                _ => return Err("the load is http1, http2, handshakes, origin or idle".into()),
            });
            if kind == "idle" {
                self.once(&mut open.last().cloned().unwrap_or(Connection::None), 0).await?;
            }
        }
        if kind == "idle" {
            println!("{}", open.len());
        } else {
            println!("ready");
        }
        for line in std::io::stdin().lock().lines() {
            let until = Instant::now() + Duration::from_secs_f64(line?.parse()?);
            let mut tasks = JoinSet::new();
            for (number, connection) in open.iter().enumerate() {
                let at_a_time =
                    if matches!(connection, Connection::Http2(_)) { STREAMS } else { 1 };
                for _ in 0..at_a_time {
                    let (load, connection) = (Arc::clone(&self), connection.clone());
                    tasks.spawn(load.ask(connection, number, until));
                }
            }
            let mut requests = 0;
            while let Some(ended) = tasks.join_next().await {
                requests += ended??;
            }
            println!("{requests}");
        }
        Ok(())
    }

    async fn tcp(&self) -> Result<TcpStream> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    async fn tls(&self) -> Result<TokioIo<TlsStream<TcpStream>>> {
        let connector = TlsConnector::from(Arc::clone(&self.config));
        let name = ServerName::try_from("localhost")?;
        Ok(TokioIo::new(connector.connect(name, self.tcp().await?).await?))
    }

    async fn http1<S>(&self, stream: S) -> Result<Connection>
    where
        S: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
    {
        let (sender, connection) = http1::handshake(stream).await?;
        tokio::spawn(connection);
        Ok(Connection::Http1(Arc::new(sender.into())))
    }

    async fn ask(
        self: Arc<Self>,
        mut connection: Connection,
        mut turn: usize,
        until: Instant,
    ) -> Result<usize> {
        let mut requests = 0;
        while Instant::now() < until {
            self.once(&mut connection, turn).await?;
            // Each connection starts at another part.
            turn += 61;
            requests += 1;
        }
        Ok(requests)
    }

    async fn once(&self, connection: &mut Connection, turn: usize) -> Result<()> {
        match connection {
            Connection::Http1(sender) => {
                let mut sender = sender.lock().await;
                sender.ready().await?;
                finish(sender.send_request(self.request(Version::HTTP_11, turn)?).await?).await
            }
            Connection::Http2(sender) => {
                sender.ready().await?;
                finish(sender.send_request(self.request(Version::HTTP_2, turn)?).await?).await
            }
            Connection::None => {
                let (mut sender, connection) = http1::handshake(self.tls().await?).await?;
                let connection = tokio::spawn(connection);
                finish(sender.send_request(self.request(Version::HTTP_11, turn)?).await?).await?;
                drop(sender);
                Ok(connection.await??)
            }
        }
    }

    fn request(&self, version: Version, turn: usize) -> Result<Request<Body>> {
        // HTTP/2 has `:authority`; nginx refuses a request that also has `Host`.
        let request = match version {
            Version::HTTP_2 => Request::get("https://localhost/"),
            _ => Request::get("/").header("host", "localhost"),
        };
        let mut request = request.body(Empty::new())?;
        let headers = request.headers_mut();
        for name in FIELDS {
            headers.insert(name, HeaderValue::from_static("a value of some length"));
        }
        if let Some(more) = self.headers.get(turn % self.headers.len()) {
            headers.extend(more.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        Ok(request)
    }
}

async fn finish(response: Response<Incoming>) -> Result<()> {
    if response.status() != 200 {
        return Err(format!("status {}", response.status()).into());
    }
    if response.into_body().collect().await?.to_bytes() != "ok" {
        return Err("another answer".into());
    }
    Ok(())
}
