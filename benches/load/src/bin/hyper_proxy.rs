//! A proxy on hyper and rustls, as in `examples/mtls_proxy`, with a listener for each variant with and without the crate.
//!
//! `hyper_proxy FOLDER ORIGIN VARIANT=PORT …`; the variants are those of [`load::Variant`].

use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use http_body_util::BodyExt as _;
use http_body_util::combinators::BoxBody;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::http::uri::{Authority, Parts, PathAndQuery, Scheme};
use hyper::service::service_fn;
use hyper::{Request, Response, Uri, Version};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use load::{Arguments, Connection, Result, Variant};
use rustls::ServerConfig;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use tls_client_auth::ClientCertificate;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

type Body = BoxBody<Bytes, hyper::Error>;

const HOP_BY_HOP: [header::HeaderName; 6] = [
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

struct Proxy {
    variant: Variant,
    tls: TlsAcceptor,
    origin: Authority,
    client: Client<HttpConnector, Body>,
}

fn main() -> Result<()> {
    load::runtime()?.block_on(async {
        let arguments = Arguments::from_command_line()?;
        let tls = TlsAcceptor::from(tls(Path::new(&arguments.folder))?);
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        for (variant, port) in arguments.listeners {
            let origin = format!("127.0.0.1:{}", arguments.origin).parse()?;
            let (tls, client) = (tls.clone(), client.clone());
            let proxy = Arc::new(Proxy { variant, tls, origin, client });
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let proxy = Arc::clone(&proxy);
                    tokio::spawn(async move { proxy.connection(stream).await.ok() });
                }
            });
        }
        std::future::pending().await
    })
}

/// TLS 1.3 for verified clients, without resumption.
fn tls(folder: &Path) -> Result<Arc<ServerConfig>> {
    let (certificate, key) = load::identity(folder, "server")?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = Arc::new(load::roots(folder)?);
    let verifier = WebPkiClientVerifier::builder_with_provider(roots, Arc::clone(&provider));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(verifier.build()?)
        .with_single_cert(vec![certificate], key)?;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

impl Proxy {
    async fn connection(self: Arc<Self>, stream: TcpStream) -> Result<()> {
        stream.set_nodelay(true)?;
        let stream = self.tls.accept(stream).await?;
        let tls = stream.get_ref().1;
        let connection = self.variant.connection(|| {
            let certificates = tls.peer_certificates();
            ClientCertificate::from_verified_chain(certificates)
                .unwrap_or_else(|_| ClientCertificate::none())
        });
        let builder = auto::Builder::new(TokioExecutor::new());
        let builder = match tls.alpn_protocol() {
            Some(b"h2") => builder.http2_only(),
            _ => builder.http1_only(),
        };
        let service = service_fn(move |request| {
            let (proxy, connection) = (Arc::clone(&self), connection.clone());
            async move { proxy.forward(request, &connection).await.map_err(io::Error::other) }
        });
        builder.serve_connection(TokioIo::new(stream), service).await
    }

    async fn forward(
        &self,
        request: Request<Incoming>,
        connection: &Connection,
    ) -> Result<Response<Incoming>> {
        let (mut head, body) = request.into_parts();
        let claim = connection.claim();
        if let Some(claim) = &claim {
            claim.apply(&mut head.headers);
        }
        remove_hop_by_hop(&mut head.headers);
        connection.insert_by_hand(&mut head.headers);
        if let Some(host) = head.uri.authority() {
            head.headers.insert(header::HOST, HeaderValue::from_str(host.as_str())?);
        }
        let mut parts = Parts::default();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(self.origin.clone());
        let path = head.uri.path_and_query().cloned();
        parts.path_and_query = Some(path.unwrap_or(PathAndQuery::from_static("/")));
        head.uri = Uri::from_parts(parts)?;
        head.version = Version::HTTP_11;
        let body = match connection {
            Connection::Crate(state) => {
                let state = state.clone();
                let strip = move |mut frame: hyper::body::Frame<Bytes>| {
                    if let Some(trailers) = frame.trailers_mut() {
                        state.strip_trailers(trailers);
                    }
                    frame
                };
                body.map_frame(strip).boxed()
            }
            Connection::Without | Connection::ByHand(_) => body.boxed(),
        };
        let mut response = self.client.request(Request::from_parts(head, body)).await?;
        if let Some(claim) = claim {
            claim.commit();
        }
        remove_hop_by_hop(response.headers_mut());
        *response.version_mut() = Version::default();
        Ok(response)
    }
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}
