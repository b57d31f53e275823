//! The proxy: one state a TLS connection, one claim a request.

use std::convert::Infallible;
use std::error::Error;
use std::io;
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
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tls_client_auth::hosts::HostnameSettings;
use tls_client_auth::rustls::OptionalNoCa;
use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, Verification};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::UnixTime;

use crate::Result;
use crate::arguments::Tls;

const HANDSHAKE: Duration = Duration::from_secs(10);
const REQUEST_HEAD: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(10);

type RequestBody = BoxBody<Bytes, hyper::Error>;

pub struct Proxy {
    tls: TlsAcceptor,
    /// Who judges clients that the handshake let in; without one it refused all that did not verify.
    verifier: Option<Arc<OptionalNoCa>>,
    origin: Authority,
    forwarding: Forwarding,
    settings: Option<HostnameSettings>,
    client: Client<HttpConnector, RequestBody>,
}

impl Proxy {
    pub fn new(
        tls: Tls,
        origin: Authority,
        forwarding: Forwarding,
        settings: Option<HostnameSettings>,
    ) -> Self {
        let Tls { config, verifier } = tls;
        let tls = TlsAcceptor::from(Arc::new(config));
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT));
        connector.set_nodelay(true);
        // It sends again by itself only what it never began to send.
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Self { tls, verifier, origin, forwarding, settings, client }
    }

    /// Serves every connection in a task of its own; one that fails ends alone. `shutdown` ends them after their requests.
    pub async fn accept(self: Arc<Self>, listener: TcpListener, shutdown: &GracefulShutdown) {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let (proxy, watcher) = (Arc::clone(&self), shutdown.watcher());
                    tokio::spawn(async move {
                        if let Err(error) = proxy.connection(stream, watcher).await {
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

    async fn connection(self: Arc<Self>, stream: TcpStream, watcher: Watcher) -> Result<()> {
        stream.set_nodelay(true)?;
        let stream = tokio::time::timeout(HANDSHAKE, self.tls.accept(stream))
            .await
            .map_err(|_| "the handshake took too long")??;
        let tls = stream.get_ref().1;
        let certificates = tls.peer_certificates();
        let client = match &self.verifier {
            Some(verifier) => verifier.client(certificates, UnixTime::now())?,
            None => ClientCertificate::from_rustls(certificates, Verification::Success)?,
        };
        let connection = ConnectionState::new(client, self.forwarding.clone());
        let is_http2 = tls.alpn_protocol() == Some(b"h2");
        let service = service_fn(move |request| {
            let (proxy, connection) = (Arc::clone(&self), connection.clone());
            async move { Ok::<_, Infallible>(proxy.request(request, &connection).await) }
        });
        let stream = TokioIo::new(stream);
        if is_http2 {
            let connection = http2::Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .serve_connection(stream, service);
            watcher.watch(connection).await?;
        } else {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(REQUEST_HEAD)
                .serve_connection(stream, service);
            watcher.watch(connection).await?;
        }
        Ok(())
    }

    async fn request(
        &self,
        request: Request<Incoming>,
        connection: &ConnectionState,
    ) -> Response<BoxBody<Bytes, hyper::Error>> {
        // A tunnel would carry requests that nobody strips.
        if request.method() == Method::CONNECT {
            return answer(StatusCode::NOT_IMPLEMENTED);
        }
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
            join_cookies(headers);
            // An authority is a header value always.
            if let Ok(host) = HeaderValue::from_str(host.as_str()) {
                headers.insert(header::HOST, host);
            }
            self.client.request(attempt)
        };

        // Only what has no body and changes nothing can be sent twice.
        let is_retryable = body.is_end_stream() && head.method.is_idempotent();
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
        if let Err(error) = &response
            && is_retryable
            && was_not_answered(error)
        {
            eprintln!("origin: {}; once more", text(error));
            response = attempt(empty()).await;
        }
        match response {
            Ok(mut response) => {
                claim.commit();
                remove_listed(response.headers_mut());
                remove_hop_by_hop(response.headers_mut());
                *response.version_mut() = Version::default();
                response.map(BodyExt::boxed)
            }
            // The claim is dropped: the next request carries what this one did not deliver.
            Err(error) => {
                eprintln!("origin: {}", text(&error));
                answer(StatusCode::BAD_GATEWAY)
            }
        }
    }
}

/// `:authority`, the target's, or `Host`; `None` unless it is one host (RFC 9112 §3.2).
fn host(request: &Request<Incoming>) -> Option<Authority> {
    let mut stated = request.headers().get_all(header::HOST).iter();
    let (first, second) = (stated.next(), stated.next());
    if second.is_some() {
        return None;
    }
    let host = match request.uri().authority() {
        Some(authority) => authority.clone(),
        None => first?.to_str().ok()?.parse().ok()?,
    };
    (!host.host().is_empty() && !host.as_str().contains('@')).then_some(host)
}

fn uri(origin: &Authority, path: &PathAndQuery) -> Uri {
    let mut parts = Parts::default();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(origin.clone());
    parts.path_and_query = Some(path.clone());
    Uri::from_parts(parts).unwrap_or_default()
}

/// Whether the origin can't be reached, or closed the connection before it answered.
fn was_not_answered(error: &legacy::Error) -> bool {
    error.is_connect()
        || causes(error).any(|cause| {
            cause.downcast_ref::<hyper::Error>().is_some_and(|error| {
                error.is_incomplete_message() || error.is_canceled() || error.is_closed()
            }) || cause.downcast_ref::<io::Error>().is_some_and(|error| {
                matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
            })
        })
}

/// An error and what it comes from.
fn causes(error: &legacy::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(Some::<&(dyn Error + 'static)>(error), |&error| error.source())
}

fn text(error: &legacy::Error) -> String {
    causes(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// RFC 9110 §7.6.1: what belongs to one connection only. What the client listed in `Connection` is gone already.
fn remove_hop_by_hop(headers: &mut HeaderMap) {
    const HOP_BY_HOP: [HeaderName; 8] = [
        header::CONNECTION,
        header::PROXY_AUTHENTICATE,
        header::PROXY_AUTHORIZATION,
        header::TE,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
        HeaderName::from_static("keep-alive"),
        HeaderName::from_static("proxy-connection"),
    ];
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}

/// What an origin lists in `Connection` is for us, not for the client.
fn remove_listed(headers: &mut HeaderMap) {
    let lines = headers.get_all(header::CONNECTION).iter();
    let listed: Vec<HeaderName> = lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
        // Without its length it would be another message.
        .filter(|name| *name != header::CONTENT_LENGTH)
        .collect();
    for name in listed {
        headers.remove(name);
    }
}

/// RFC 9113 §8.2.3: HTTP/2 may split cookies, HTTP/1.1 knows one line.
fn join_cookies(headers: &mut HeaderMap) {
    if headers.get_all(header::COOKIE).iter().nth(1).is_some() {
        let lines: Vec<&[u8]> =
            headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
        // Made of header values, it is one.
        if let Ok(line) = HeaderValue::from_bytes(&lines.join(&b"; "[..])) {
            headers.insert(header::COOKIE, line);
        }
    }
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
