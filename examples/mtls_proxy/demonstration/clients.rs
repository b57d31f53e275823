//! Clients over real TLS, one connection each.

use std::convert::Infallible;
use std::sync::Arc;

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::{http1, http2};
use hyper::header::{HeaderMap, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::Result;

pub type Headers<'a> = &'a [(&'a str, &'a str)];

const HOST: &str = "app.example";

pub async fn tls(
    server_name: &'static str,
    port: u16,
    config: &ClientConfig,
    protocol: &[u8],
) -> Result<TlsStream<TcpStream>> {
    let mut config = config.clone();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let name = ServerName::try_from(server_name)?;
    Ok(TlsConnector::from(Arc::new(config)).connect(name, stream).await?)
}

type RequestBody = BoxBody<Bytes, Infallible>;

fn request(target: &str, host: &str, headers: Headers<'_>) -> Result<Request<RequestBody>> {
    let request =
        headers.iter().fold(Request::get(target).header("Host", host), |request, (name, value)| {
            request.header(*name, *value)
        });
    Ok(request.body(Empty::new().boxed())?)
}

/// A body of unknown length with these trailers.
fn body_with(trailers: Headers<'_>) -> Result<(RequestBody, String)> {
    let mut fields = HeaderMap::new();
    for (name, value) in trailers {
        fields.insert(name.parse::<hyper::header::HeaderName>()?, HeaderValue::from_str(value)?);
    }
    let names: Vec<&str> = fields.keys().map(|name| name.as_str()).collect();
    let names = names.join(", ");
    Ok((Full::from("a body").with_trailers(std::future::ready(Some(Ok(fields)))).boxed(), names))
}

pub struct Http1(http1::SendRequest<RequestBody>);

impl Http1 {
    pub async fn connect(port: u16, config: &ClientConfig) -> Result<Self> {
        Self::connect_to(HOST, port, config).await
    }

    pub async fn connect_to(
        server_name: &'static str,
        port: u16,
        config: &ClientConfig,
    ) -> Result<Self> {
        let stream = tls(server_name, port, config, b"http/1.1").await?;
        let (sender, connection) =
            http1::Builder::new().title_case_headers(true).handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection.with_upgrades());
        Ok(Self(sender))
    }

    pub async fn get(
        &mut self,
        host: &str,
        path: &str,
        headers: Headers<'_>,
    ) -> Result<StatusCode> {
        let response = self.send(request(path, host, headers)?).await?;
        let status = response.status();
        response.into_body().collect().await?;
        Ok(status)
    }

    pub async fn post(&mut self, host: &str, trailers: Headers<'_>) -> Result<StatusCode> {
        let (body, names) = body_with(trailers)?;
        // Only announced trailers are sent.
        let request = Request::post("/")
            .header("Host", host)
            .header("Transfer-Encoding", "chunked")
            .header("Trailer", names)
            .body(body)?;
        Ok(self.send(request).await?.status())
    }

    /// Requests an upgrade; if it is granted, sends a text and returns the answer.
    pub async fn switch(
        &mut self,
        path: &str,
        headers: Headers<'_>,
        text: &[u8],
    ) -> Result<(StatusCode, Vec<u8>)> {
        let response = self.send(request(path, HOST, headers)?).await?;
        let status = response.status();
        let mut echo = vec![0; text.len()];
        if status == StatusCode::SWITCHING_PROTOCOLS {
            let mut stream = TokioIo::new(hyper::upgrade::on(response).await?);
            stream.write_all(text).await?;
            stream.read_exact(&mut echo).await?;
        }
        Ok((status, echo))
    }

    async fn send(&mut self, request: Request<RequestBody>) -> Result<Response<Incoming>> {
        self.0.ready().await?;
        Ok(self.0.send_request(request).await?)
    }
}

#[derive(Clone)]
pub struct Http2(http2::SendRequest<RequestBody>);

impl Http2 {
    pub async fn connect(port: u16, config: &ClientConfig) -> Result<Self> {
        Self::connect_to(HOST, port, config).await
    }

    pub async fn connect_to(
        server_name: &'static str,
        port: u16,
        config: &ClientConfig,
    ) -> Result<Self> {
        let stream = tls(server_name, port, config, b"h2").await?;
        let (sender, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    pub async fn get(mut self, host: &str, path: &str, headers: Headers<'_>) -> Result<StatusCode> {
        let request = request(&format!("https://{host}{path}"), host, headers)?;
        self.0.ready().await?;
        let response = self.0.send_request(request).await?;
        let status = response.status();
        response.into_body().collect().await?;
        Ok(status)
    }

    /// A call as gRPC makes it, with trailers both ways; those of the answer.
    pub async fn call(mut self, host: &str, trailers: Headers<'_>) -> Result<HeaderMap> {
        let (body, _) = body_with(trailers)?;
        let request = Request::post(format!("https://{host}/service/Method"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(body)?;
        self.0.ready().await?;
        let answer = self.0.send_request(request).await?.into_body().collect().await?;
        Ok(answer.trailers().cloned().unwrap_or_default())
    }
}
