//! A small reverse proxy with hyper and rustls, a settings file, and two listeners, one of them without TLS. The code for this crate is
//! between `// {` and `// }`.

#[path = "shared/mod.rs"]
mod shared;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
// {
use rustls::pki_types::UnixTime;
use tls_client_auth::http_body::StrippedBody;
use tls_client_auth::rustls::OptionalNoCa;
use tls_client_auth::{ConnectionState, Forwarding};
// }

use shared::{Result, Tls};

#[derive(Clone, Debug, Deserialize)]
struct Settings {
    origin: SocketAddr,
    // {
    /// By default nothing is sent, and forged headers are stripped.
    #[serde(default = "Forwarding::none")]
    client_certificate: Forwarding,
    // }
}

#[derive(Clone)]
struct Proxy {
    settings: Settings,
    acceptor: TlsAcceptor,
    // {
    verifier: Arc<OptionalNoCa>,
    upstream: Client<HttpConnector, StrippedBody<Incoming>>,
    // }
}

impl Proxy {
    async fn listen(self, listener: TcpListener, is_secure: bool) -> Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            let proxy = self.clone();
            tokio::spawn(async move {
                match is_secure {
                    true => proxy.secure(stream).await,
                    false => proxy.serve(stream, None).await,
                }
            });
        }
    }

    async fn secure(self, stream: TcpStream) -> Result<()> {
        let stream = self.acceptor.accept(stream).await?;
        // {
        let certificates = stream.get_ref().1.peer_certificates();
        let client = self.verifier.client(certificates, UnixTime::now())?;
        let state = ConnectionState::new(client, self.settings.client_certificate.clone());
        // }
        self.serve(stream, Some(state)).await
    }

    async fn serve(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        // {
        state: Option<ConnectionState>,
        // }
    ) -> Result<()> {
        let service = service_fn(|request| self.forward(request, state.as_ref()));
        http1::Builder::new().serve_connection(TokioIo::new(stream), service).await?;
        Ok(())
    }

    async fn forward(
        &self,
        mut request: Request<Incoming>,
        // {
        state: Option<&ConnectionState>,
        // }
    ) -> Result<Response<Incoming>> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        *request.uri_mut() = format!("http://{}{path}", self.settings.origin).parse()?;
        // {
        let claim = self.settings.client_certificate.claim(state);
        claim.apply(request.headers_mut());
        let request = request.map(|body| claim.strip_body(body));
        // }
        let answer = self.upstream.request(request).await?;
        // {
        claim.commit();
        // }
        Ok(answer)
    }
}

async fn serve_origin(listener: TcpListener) -> Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let connection = http1::Builder::new();
        tokio::spawn(connection.serve_connection(TokioIo::new(stream), service_fn(seen)));
    }
}

/// Returns the headers that the origin received.
async fn seen(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let ours = request.headers().iter().filter(|(name, _)| name.as_str().contains("client"));
    let ours = ours.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?")));
    let mut ours: Vec<_> = ours.collect();
    ours.sort();
    Ok(Response::new(Full::from(ours.join("\n"))))
}

/// The port of one proxy's listener.
async fn start(tls: &Tls, settings: &str, is_secure: bool) -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let proxy = Proxy {
        settings: toml::from_str(settings)?,
        acceptor: TlsAcceptor::from(tls.server.clone()),
        // {
        verifier: tls.verifier.clone(),
        // }
        // Without a timer the client would never close idle connections.
        upstream: Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build_http(),
    };
    tokio::spawn(proxy.listen(listener, is_secure));
    Ok(port)
}

#[tokio::main]
async fn main() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let before = format!("origin = \"{}\"\n", listener.local_addr()?);
    tokio::spawn(serve_origin(listener));
    // {
    let settings = before.clone()
        + r#"
        [client_certificate]
        every-request = { set = "nginx", only = ["ssl-client-verify", "ssl-client-s-dn"] }
        "#;
    // }
    let tls = Tls::new()?;
    let secure = start(&tls, &settings, true).await?;
    let off = start(&tls, &before, true).await?;
    let cleartext = start(&tls, &settings, false).await?;

    let failed = "ssl-client-s-dn: CN=stranger.example\nssl-client-verify: FAILED:unable to verify the first certificate";
    let expected = [
        "ssl-client-s-dn: CN=client.example\nssl-client-verify: SUCCESS",
        failed,
        "ssl-client-verify: NONE",
    ];
    for ((name, config), expected) in tls.clients.iter().zip(expected) {
        for (case, port, expected) in [("forwarding", secure, expected), ("off", off, "")] {
            let (_, seen) = shared::get(port, "/", config).await?;
            println!("{name}, {case}: {seen:?}");
            assert_eq!(seen, expected, "{name}, {case}");
        }
    }
    let stream = TcpStream::connect(("127.0.0.1", cleartext)).await?;
    let seen = shared::request(TokioIo::new(stream), "/").await?.1;
    println!("without TLS: {seen:?}");
    assert_eq!(seen, "ssl-client-verify: NONE", "without TLS");
    println!("as expected");
    Ok(())
}
