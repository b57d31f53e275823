//! The proxy shown at work: real TLS clients in front of it, an origin behind it that keeps what it saw.

mod certificates;
mod origin;

use std::convert::Infallible;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::{Body as _, Bytes};
use hyper::client::conn::{http1, http2};
use hyper::header::{HeaderMap, HeaderValue};
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::graceful::GracefulShutdown;
use sha2::{Digest as _, Sha256};
use tls_client_auth::hosts::HostnameSettings;
use tls_client_auth::{Forwarding, HeaderSet};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::Result;
use crate::proxy::Proxy;
use certificates::Certificates;
use origin::{Origin, Seen};

const BASE64: &str = "cf-client-cert-der-base64";
const SHA256: &str = "cf-client-cert-sha256";
const STREAMS: usize = 8;

/// What a client might try: the headers' names in every spelling, and their removal by `Connection`.
const FORGED: [(&str, &str); 5] = [
    ("Cf-Client-Cert-Sha256", "f0f0"),
    ("cf_client_cert_sha256", "f0f0"),
    ("CF.Client.Cert.Der.Base64", "Zm9yZ2Vk"),
    ("Client-Cert", ":Zm9yZ2Vk:"),
    ("X-CERT-VERIFY", "SUCCESS"),
];

/// Whether everything was as promised.
pub async fn run() -> Result<bool> {
    let certificates = Certificates::new()?;
    let origin = Origin::start().await?;
    let mut scene = Scene { kept: 0, broken: Vec::new(), client_der: certificates.client_der() };
    let settings: HostnameSettings = serde_json::from_str(
        r#"{"settings":[
            {"hostname":"app.example","china_network":false,"client_certificate_forwarding":true},
            {"hostname":"quiet.example","china_network":false,"client_certificate_forwarding":false}]}"#,
    )?;
    let once = Forwarding::cloudflare();
    let proxy = start(&certificates, &origin, once.clone(), Some(settings)).await?;
    let known = certificates.client_config(true)?;
    let unknown = certificates.client_config(false)?;

    println!("HTTP/1.1, one connection");
    let mut connection = Http1::connect(proxy, &known).await?;
    let (status, seen) = connection.get("app.example", "/", &FORGED, &origin).await?;
    scene.expect("request 1, with forged headers: answered", status == StatusCode::OK);
    scene.expect_pair("request 1: the certificate, once, and nothing forged", &seen);
    let (_, seen) = connection.get("app.example", "/", &FORGED, &origin).await?;
    scene.expect_nothing("request 2, with forged headers: nothing", &seen);
    let listed = [("Connection", "close, Cf-Client-Cert-Sha256"), FORGED[0]];
    let mut connection = Http1::connect(proxy, &known).await?;
    let (_, seen) = connection.get("app.example", "/", &listed, &origin).await?;
    scene.expect_pair(
        "a new connection whose request lists our header in Connection: the certificate",
        &seen,
    );

    let mut connection = Http1::connect(proxy, &known).await?;
    let (_, seen) = connection.post("app.example", &origin).await?;
    scene.expect_pair("a streamed body with forged trailers: the certificate alone", &seen);
    scene.expect(
        "the trailer that is not ours arrives",
        seen.first().and_then(|seen| seen.value("x-sum")) == Some("7"),
    );

    println!("HTTP/2, one connection, {STREAMS} streams at once");
    let connection = Http2::connect(proxy, &known).await?;
    let streams: Vec<_> = (0..STREAMS)
        .map(|_| {
            let connection = connection.clone();
            let headers = [&FORGED[..], &[("Cookie", "a=1"), ("Cookie", "b=2")]].concat();
            tokio::spawn(async move { connection.get("app.example", "/slow", &headers).await })
        })
        .collect();
    for stream in streams {
        stream.await??;
    }
    let seen = origin.take();
    scene.expect("every stream reached the origin", seen.len() == STREAMS);
    let carriers: Vec<Seen> =
        seen.iter().filter(|seen| seen.carries_certificate()).cloned().collect();
    scene.expect_pair("exactly one carries the certificate", &carriers);
    scene.expect("none carries anything forged", seen.iter().all(|seen| !seen.has_forged()));
    scene.expect(
        "cookies in two lines arrive as one",
        seen.iter().all(|seen| seen.value("cookie") == Some("a=1; b=2")),
    );

    println!("an origin that fails");
    let mut connection = Http1::connect(proxy, &known).await?;
    let (status, seen) = connection.get("app.example", "/fails-once", &[], &origin).await?;
    scene.expect(
        "closed without an answer, tried again: answered",
        status == StatusCode::OK && seen.len() == 2,
    );
    scene.expect_pair(
        "the first attempt carries the certificate",
        seen.get(..1).unwrap_or_default(),
    );
    scene.expect_pair("the second attempt carries it again", seen.get(1..).unwrap_or_default());
    let (_, seen) = connection.get("app.example", "/", &[], &origin).await?;
    scene.expect_nothing("the request after that: nothing", &seen);
    let mut connection = Http1::connect(proxy, &known).await?;
    let (status, _) = connection.get("app.example", "/fails", &[], &origin).await?;
    scene.expect("an outage: 502", status == StatusCode::BAD_GATEWAY);
    let (_, seen) = connection.get("app.example", "/", &[], &origin).await?;
    scene.expect_pair("the request after it carries what never arrived", &seen);

    println!("hosts and clients without forwarding");
    let mut connection = Http1::connect(proxy, &known).await?;
    let (_, seen) = connection.get("quiet.example", "/", &FORGED, &origin).await?;
    scene.expect_nothing("a host that does not forward: nothing", &seen);
    let (_, seen) = connection.get("App.Example.:443", "/", &[], &origin).await?;
    scene.expect_pair("it did not use up the first request of the host that does", &seen);
    let mut connection = Http1::connect(proxy, &unknown).await?;
    let (_, seen) = connection.get("app.example", "/", &FORGED, &origin).await?;
    scene.expect_nothing("a client without a certificate: nothing, and nothing forged", &seen);

    println!("a verdict on every request");
    let every = once.on_every_request(HeaderSet::cloudflare_managed());
    let proxy = start(&certificates, &origin, every, None).await?;
    for (name, config, verified) in [("known", &known, "true"), ("unknown", &unknown, "false")] {
        let mut connection = Http1::connect(proxy, config).await?;
        for request in 1..=2 {
            let (_, seen) = connection.get("app.example", "/", &FORGED, &origin).await?;
            let verdict = seen.first().and_then(|seen| seen.value("cf-cert-verified"));
            scene.expect(
                &format!("{name} client, request {request}: cf-cert-verified: {verified}"),
                verdict == Some(verified),
            );
        }
    }

    println!();
    if scene.broken.is_empty() {
        println!("all {} promises kept", scene.kept);
    } else {
        println!("{} promises kept, broken:", scene.kept);
        scene.broken.iter().for_each(|promise| println!("  {promise}"));
    }
    Ok(scene.broken.is_empty())
}

/// What was promised, and the certificate it is about.
struct Scene {
    kept: usize,
    broken: Vec<String>,
    client_der: Vec<u8>,
}

impl Scene {
    fn expect(&mut self, promise: &str, kept: bool) {
        let number = self.kept.saturating_add(self.broken.len()).saturating_add(1);
        println!("  {number:>2} {} {promise}", if kept { "ok   " } else { "WRONG" });
        if kept {
            self.kept = self.kept.saturating_add(1);
        } else {
            self.broken.push(promise.to_owned());
        }
    }

    /// One request, with exactly Cloudflare's pair; the values are made anew from the client's own bytes.
    fn expect_pair(&mut self, promise: &str, seen: &[Seen]) {
        let sha256: String =
            Sha256::digest(&self.client_der).iter().map(|byte| format!("{byte:02x}")).collect();
        let pair =
            [(BASE64.to_owned(), STANDARD.encode(&self.client_der)), (SHA256.to_owned(), sha256)];
        self.expect(promise, matches!(seen, [one] if one.of_certificates() == pair));
        seen.iter().for_each(Seen::print);
    }

    fn expect_nothing(&mut self, promise: &str, seen: &[Seen]) {
        self.expect(promise, matches!(seen, [one] if one.of_certificates().is_empty()));
        seen.iter().for_each(Seen::print);
    }
}

/// A proxy of these settings in front of the origin; its port.
async fn start(
    certificates: &Certificates,
    origin: &Origin,
    forwarding: Forwarding,
    settings: Option<HostnameSettings>,
) -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let authority = format!("127.0.0.1:{}", origin.port).parse()?;
    let proxy = Proxy::new(certificates.tls()?, authority, forwarding, settings);
    tokio::spawn(async move {
        Arc::new(proxy).accept(listener, &GracefulShutdown::new()).await;
    });
    Ok(port)
}

async fn tls(port: u16, config: &ClientConfig, protocol: &[u8]) -> Result<TlsStream<TcpStream>> {
    let mut config = config.clone();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let name = ServerName::try_from("app.example")?;
    Ok(TlsConnector::from(Arc::new(config)).connect(name, stream).await?)
}

type RequestBody = BoxBody<Bytes, Infallible>;

struct Http1(http1::SendRequest<RequestBody>);

impl Http1 {
    async fn connect(port: u16, config: &ClientConfig) -> Result<Self> {
        let stream = tls(port, config, b"http/1.1").await?;
        let (sender, connection) =
            http1::Builder::new().title_case_headers(true).handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    /// The answer's status, and what the origin saw meanwhile.
    async fn get(
        &mut self,
        host: &str,
        path: &str,
        headers: &[(&str, &str)],
        origin: &Origin,
    ) -> Result<(StatusCode, Vec<Seen>)> {
        let request = headers
            .iter()
            .fold(Request::get(path).header("Host", host), |request, (name, value)| {
                request.header(*name, *value)
            });
        self.send(request.body(Empty::new().boxed())?, origin).await
    }

    /// The same with a body of unknown length, and our headers in its trailers.
    async fn post(&mut self, host: &str, origin: &Origin) -> Result<(StatusCode, Vec<Seen>)> {
        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", HeaderValue::from_static("7"));
        for (name, value) in FORGED {
            trailers.insert(name, HeaderValue::from_static(value));
        }
        // Only announced trailers are sent.
        let names: Vec<&str> = trailers.keys().map(|name| name.as_str()).collect();
        let request = Request::post("/")
            .header("Host", host)
            .header("Transfer-Encoding", "chunked")
            .header("Trailer", names.join(", "));
        let body = Full::from("a body").with_trailers(std::future::ready(Some(Ok(trailers))));
        self.send(request.body(body.boxed())?, origin).await
    }

    async fn send(
        &mut self,
        request: Request<RequestBody>,
        origin: &Origin,
    ) -> Result<(StatusCode, Vec<Seen>)> {
        self.0.ready().await?;
        let response = self.0.send_request(request).await?;
        let status = response.status();
        response.into_body().collect().await?;
        Ok((status, origin.take()))
    }
}

#[derive(Clone)]
struct Http2(http2::SendRequest<Empty<Bytes>>);

impl Http2 {
    async fn connect(port: u16, config: &ClientConfig) -> Result<Self> {
        let stream = tls(port, config, b"h2").await?;
        let (sender, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    async fn get(mut self, host: &str, path: &str, headers: &[(&str, &str)]) -> Result<()> {
        let request = headers
            .iter()
            .fold(Request::get(format!("https://{host}{path}")), |request, (name, value)| {
                request.header(*name, *value)
            });
        self.0.ready().await?;
        let response = self.0.send_request(request.body(Empty::new())?).await?;
        let answered = response.status() == StatusCode::OK && !response.body().is_end_stream();
        response.into_body().collect().await?;
        if answered { Ok(()) } else { Err("a stream was not answered".into()) }
    }
}
