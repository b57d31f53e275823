//! The proxy: one state a TLS connection, one claim a request.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::http::uri::{Authority, Parts, PathAndQuery, Scheme, Uri};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Version};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tls_client_auth::{
    ClientCertificate, ConnectionState, Forwarding, HostnameSettings, Verification,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, ServerConnection};

use crate::Result;

const HANDSHAKE: Duration = Duration::from_secs(10);
const REQUEST_HEAD: Duration = Duration::from_secs(30);

type RequestBody = BoxBody<Bytes, hyper::Error>;

pub struct Proxy {
    tls: TlsAcceptor,
    origin: Authority,
    forwarding: Forwarding,
    settings: Option<HostnameSettings>,
    client: Client<HttpConnector, RequestBody>,
}

impl Proxy {
    pub fn new(
        tls: ServerConfig,
        origin: Authority,
        forwarding: Forwarding,
        settings: Option<HostnameSettings>,
    ) -> Self {
        let tls = TlsAcceptor::from(Arc::new(tls));
        // What is retried, and with which headers, is decided here and nowhere else.
        let client =
            Client::builder(TokioExecutor::new()).retry_canceled_requests(false).build_http();
        Self { tls, origin, forwarding, settings, client }
    }

    /// Serves every connection in a task of its own; one that fails ends alone.
    pub async fn accept(self: Arc<Self>, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let proxy = Arc::clone(&self);
                    tokio::spawn(async move {
                        if let Err(error) = proxy.connection(stream).await {
                            eprintln!("connection: {error}");
                        }
                    });
                }
                // Out of file descriptors, most likely: others will be closed.
                Err(error) => {
                    eprintln!("accept: {error}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    async fn connection(self: Arc<Self>, stream: TcpStream) -> Result<()> {
        stream.set_nodelay(true)?;
        let stream = tokio::time::timeout(HANDSHAKE, self.tls.accept(stream)).await??;
        let tls = stream.get_ref().1;
        let connection = ConnectionState::new(client_certificate(tls), self.forwarding.clone());
        let is_http2 = tls.alpn_protocol() == Some(b"h2");
        let service = service_fn(move |request| {
            let (proxy, connection) = (Arc::clone(&self), connection.clone());
            async move { Ok::<_, Infallible>(proxy.request(request, &connection).await) }
        });
        let stream = TokioIo::new(stream);
        if is_http2 {
            http2::Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .serve_connection(stream, service)
                .await?;
        } else {
            http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(REQUEST_HEAD)
                .serve_connection(stream, service)
                .await?;
        }
        Ok(())
    }

    async fn request(
        &self,
        request: Request<Incoming>,
        connection: &ConnectionState,
    ) -> Response<BoxBody<Bytes, hyper::Error>> {
        let Some(host) = host(&request) else { return answer(StatusCode::BAD_REQUEST) };
        // A host that does not forward the certificate must not use up the connection's first request.
        let forwards =
            self.settings.as_ref().is_none_or(|settings| settings.forwards(host.as_str()));
        let claim = if forwards { connection.claim() } else { connection.withhold() };

        let (head, body) = request.into_parts();
        let path = head.uri.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
        let attempt = |body| {
            let mut attempt = Request::new(body);
            *attempt.method_mut() = head.method.clone();
            *attempt.uri_mut() = uri(&self.origin, &path);
            let headers = attempt.headers_mut();
            headers.clone_from(&head.headers);
            claim.apply(headers);
            remove_hop_by_hop(headers);
            // An authority is a header value always.
            if let Ok(host) = HeaderValue::from_str(host.as_str()) {
                headers.insert(header::HOST, host);
            }
            self.client.request(attempt)
        };

        // Only what has no body and changes nothing can be sent twice.
        let is_retryable = body.is_end_stream() && is_idempotent(&head.method);
        let mut response = if is_retryable {
            attempt(empty()).await
        } else {
            let trailers = connection.clone();
            let body = body.map_frame(move |mut frame| {
                if let Some(fields) = frame.trailers_mut() {
                    trailers.strip_trailers(fields);
                }
                frame
            });
            attempt(body.boxed()).await
        };
        if let (true, Err(error)) = (is_retryable, &response) {
            eprintln!("origin: {error}; once more");
            response = attempt(empty()).await;
        }
        match response {
            Ok(mut response) => {
                claim.commit();
                remove_hop_by_hop(response.headers_mut());
                *response.version_mut() = Version::default();
                response.map(BodyExt::boxed)
            }
            // The claim is dropped: the next request carries what this one did not deliver.
            Err(error) => {
                eprintln!("origin: {error}");
                answer(StatusCode::BAD_GATEWAY)
            }
        }
    }
}

/// What the handshake said of the client. rustls has refused every certificate that does not verify.
fn client_certificate(tls: &ServerConnection) -> ClientCertificate {
    match tls.peer_certificates() {
        Some([leaf, chain @ ..]) => {
            ClientCertificate::presented(leaf.as_ref(), Verification::Success).chain(chain)
        }
        _ => ClientCertificate::none(),
    }
}

/// `:authority`, the target's, or `Host`.
fn host(request: &Request<Incoming>) -> Option<Authority> {
    let stated = || request.headers().get(header::HOST)?.to_str().ok()?.parse().ok();
    request.uri().authority().cloned().or_else(stated)
}

fn uri(origin: &Authority, path: &PathAndQuery) -> Uri {
    let mut parts = Parts::default();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(origin.clone());
    parts.path_and_query = Some(path.clone());
    Uri::from_parts(parts).unwrap_or_default()
}

/// RFC 9110 §9.2.2.
fn is_idempotent(method: &Method) -> bool {
    method.is_idempotent()
}

/// RFC 9110 §7.6.1: what belongs to one connection only. What the client listed in `Connection` is gone already.
fn remove_hop_by_hop(headers: &mut HeaderMap) {
    const HOP_BY_HOP: [HeaderName; 7] = [
        header::CONNECTION,
        header::PROXY_AUTHENTICATE,
        header::PROXY_AUTHORIZATION,
        header::TE,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
        HeaderName::from_static("keep-alive"),
    ];
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    headers.remove("proxy-connection");
}

fn empty() -> RequestBody {
    Empty::new().map_err(|never| match never {}).boxed()
}

fn answer(status: StatusCode) -> Response<BoxBody<Bytes, hyper::Error>> {
    let text = format!("{status}\n");
    let mut response = Response::new(Full::from(text).map_err(|never| match never {}).boxed());
    *response.status_mut() = status;
    response
}
