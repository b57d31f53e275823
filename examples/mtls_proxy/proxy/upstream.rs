//! Requests to the origin: HTTP/1.1 over a pool of connections, or HTTP/2 over one.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http2};
use hyper::header::{self, HeaderValue};
use hyper::http::uri::{Authority, Parts, PathAndQuery, Scheme};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::connect::Connection as _;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_rustls::rustls::ClientConfig;
use tower::ServiceExt as _;

use super::connector::{self, Connector, connector};
use super::message::Body;
use super::options::Options;
use crate::Result;

pub struct Upstream {
    scheme: Scheme,
    origin: Authority,
    http1: Client<Connector, Body>,
    http2: Option<Http2>,
}

impl Upstream {
    pub fn new(options: &Options, tls: Option<&ClientConfig>) -> Result<Self> {
        let Options { origin, limits, .. } = options;
        let scheme = if tls.is_some() { Scheme::HTTPS } else { Scheme::HTTP };
        let tls = tls.cloned().map_or_else(|| connector::tls([]), Ok)?;
        let connector = |http2| connector(tls.clone(), http2, limits.connect);
        // The client retries only requests that it did not begin to send. Without a timer it would never close an idle connection.
        let http1 = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(limits.idle)
            .pool_timer(TokioTimer::new())
            .build(connector(false));
        let http2 = options.origin_http2.then(|| Http2 {
            origin: uri(&scheme, origin, &PathAndQuery::from_static("/")),
            connector: connector(true),
            connect: limits.connect,
            connection: Mutex::new(None),
        });
        Ok(Self { scheme, origin: origin.clone(), http1, http2 })
    }

    /// Sends one attempt of a request for this host. An upgrade, which HTTP/2 does not support, is sent over HTTP/1.1.
    pub async fn send(
        &self,
        mut request: Request<Body>,
        host: &Authority,
        path: &PathAndQuery,
    ) -> std::result::Result<Response<Incoming>, Failure> {
        match &self.http2 {
            Some(http2) if !request.headers().contains_key(header::UPGRADE) => {
                *request.uri_mut() = uri(&self.scheme, host, path);
                request.headers_mut().remove(header::HOST);
                // gRPC servers require this sign that trailers are supported.
                request.headers_mut().insert(header::TE, HeaderValue::from_static("trailers"));
                let mut answer = http2.connection().await?.try_send_request(request).await;
                // If the connection closes, it returns a request that it did not begin to send.
                if let Err(error) = &mut answer
                    && let Some(request) = error.take_message()
                {
                    answer = http2.connection().await?.try_send_request(request).await;
                }
                Ok(answer.map_err(TrySendError::into_error)?)
            }
            _ => {
                *request.uri_mut() = uri(&self.scheme, &self.origin, path);
                // An authority is always a header value.
                if let Ok(host) = HeaderValue::from_str(host.as_str()) {
                    request.headers_mut().insert(header::HOST, host);
                }
                Ok(self.http1.request(request).await?)
            }
        }
    }
}

fn uri(scheme: &Scheme, authority: &Authority, path: &PathAndQuery) -> Uri {
    let mut parts = Parts::default();
    parts.scheme = Some(scheme.clone());
    parts.authority = Some(authority.clone());
    parts.path_and_query = Some(path.clone());
    Uri::from_parts(parts).unwrap_or_default()
}

/// One connection for all requests, opened again after it is closed.
struct Http2 {
    origin: Uri,
    connector: Connector,
    connect: Duration,
    connection: Mutex<Option<http2::SendRequest<Body>>>,
}

impl Http2 {
    /// The open connection or a new one. The timeout includes waiting for another request's attempt to connect.
    async fn connection(&self) -> std::result::Result<http2::SendRequest<Body>, Failure> {
        timeout(self.connect, self.shared()).await.unwrap_or(Err(Failure::Unreachable(None)))
    }

    async fn shared(&self) -> std::result::Result<http2::SendRequest<Body>, Failure> {
        let mut shared = self.connection.lock().await;
        if let Some(connection) = shared.as_ref().filter(|connection| !connection.is_closed()) {
            return Ok(connection.clone());
        }
        let unreachable = |error| Failure::Unreachable(Some(error));
        let connected = self.connector.clone().oneshot(self.origin.clone()).await;
        let stream = connected.map_err(unreachable)?;
        if self.origin.scheme() == Some(&Scheme::HTTPS) && !stream.connected().is_negotiated_h2() {
            return Err(unreachable("it does not agree on HTTP/2 in its TLS handshake".into()));
        }
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(self.connect)
            .handshake(stream)
            .await?;
        tokio::spawn(connection);
        Ok(shared.insert(sender).clone())
    }
}

/// The reason why the origin did not answer.
#[derive(Debug)]
pub enum Failure {
    Http1(legacy::Error),
    Http2(hyper::Error),
    /// The origin accepts no connection; `None` if not in time.
    Unreachable(Option<Box<dyn Error + Send + Sync>>),
    /// The origin switches to a protocol that was not requested.
    Unasked,
    /// The origin does not answer in time.
    Slow,
}

impl Failure {
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Slow => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        }
    }

    /// Whether the origin can't be reached, or closed the connection before it answered.
    pub fn was_not_answered(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Http1(error) if error.is_connect() => true,
            _ => causes(self).any(|cause| {
                cause.downcast_ref::<hyper::Error>().is_some_and(|error| {
                    error.is_incomplete_message() || error.is_canceled() || error.is_closed()
                }) || cause.downcast_ref::<io::Error>().is_some_and(|error| {
                    matches!(
                        error.kind(),
                        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
                    )
                })
            }),
        }
    }
}

/// An error and its sources.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("origin: ")?;
        match self {
            Self::Http1(_) | Self::Http2(_) | Self::Unreachable(Some(_)) => {
                let texts: Vec<String> = causes(self).skip(1).map(ToString::to_string).collect();
                formatter.write_str(&texts.join(": "))
            }
            Self::Unreachable(None) => formatter.write_str("no connection in time"),
            Self::Unasked => formatter.write_str("101 without having been asked"),
            Self::Slow => formatter.write_str("no answer in time"),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Http1(error) => Some(error),
            Self::Http2(error) => Some(error),
            Self::Unreachable(Some(error)) => Some(&**error),
            Self::Unreachable(None) | Self::Unasked | Self::Slow => None,
        }
    }
}

impl From<legacy::Error> for Failure {
    fn from(error: legacy::Error) -> Self {
        Self::Http1(error)
    }
}

impl From<hyper::Error> for Failure {
    fn from(error: hyper::Error) -> Self {
        Self::Http2(error)
    }
}
