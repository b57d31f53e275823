//! The proxy shown at work: real TLS clients in front of it, an origin behind it that keeps what it saw.

mod certificates;
mod clients;
mod origin;
mod stage;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::{StatusCode, Version};
use sha2::{Digest as _, Sha256};
use tls_client_auth::hosts::HostnameSettings;
use tls_client_auth::{Forwarding, HeaderSet};
use tokio_rustls::rustls::ClientConfig;

use crate::Result;
use crate::proxy::{Admission, Options, Settings};
use certificates::Certificates;
use clients::{Headers, Http1, Http2};
use origin::{Origin, Seen};
use stage::Stage;

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
    let mut scene = Scene::new().await?;
    scene.one_connection_of_http1().await?;
    scene.one_connection_of_http2().await?;
    scene.an_origin_that_fails().await?;
    scene.without_forwarding().await?;
    scene.a_verdict_on_every_request().await?;
    scene.upgrades().await?;
    scene.http2_to_the_origin().await?;
    scene.settings_read_anew().await?;
    scene.left_running().await?;
    println!();
    if scene.broken.is_empty() {
        println!("all {} promises kept", scene.kept);
    } else {
        println!("{} promises kept, broken:", scene.kept);
        scene.broken.iter().for_each(|promise| println!("  {promise}"));
    }
    Ok(scene.broken.is_empty())
}

/// What was promised, and on what stage.
struct Scene {
    kept: usize,
    broken: Vec<String>,
    certificates: Certificates,
    origin: Origin,
    known: ClientConfig,
    unknown: ClientConfig,
}

impl Scene {
    async fn new() -> Result<Self> {
        let certificates = Certificates::new()?;
        let origin = Origin::start().await?;
        let known = certificates.client_config(true)?;
        let unknown = certificates.client_config(false)?;
        Ok(Self { kept: 0, broken: Vec::new(), certificates, origin, known, unknown })
    }

    async fn one_connection_of_http1(&mut self) -> Result<()> {
        println!("HTTP/1.1, one connection");
        let proxy = self.cloudflare(|_| {}).await?;
        let mut connection = Http1::connect(proxy.port, &self.known).await?;
        let status = connection.get("app.example", "/", &FORGED).await?;
        self.expect("request 1, with forged headers: answered", status == StatusCode::OK);
        self.expect_pair("request 1: the certificate, once, and nothing forged");
        let lines = proxy.access_log.take();
        let line = lines.first().map_or("", String::as_str);
        println!("          {line}");
        self.expect(
            "its line in the access log tells who it was",
            lines.len() == 1 && line.ends_with(" subject=\"CN=client,O=Example Corp\""),
        );
        connection.get("app.example", "/", &FORGED).await?;
        self.expect_nothing("request 2, with forged headers: nothing");
        let listed = [("Connection", "close, Cf-Client-Cert-Sha256"), FORGED[0]];
        Http1::connect(proxy.port, &self.known).await?.get("app.example", "/", &listed).await?;
        self.expect_pair("another one, that lists our header in Connection: the certificate");

        let mut connection = Http1::connect(proxy.port, &self.known).await?;
        connection.post("app.example", &[&FORGED[..], &[("x-sum", "7")]].concat()).await?;
        let seen = self.expect_pair("a streamed body with forged trailers: the certificate alone");
        let sum = seen.first().and_then(|seen| seen.value("x-sum"));
        self.expect("the trailer that is not ours arrives", sum == Some("7"));
        Ok(())
    }

    async fn one_connection_of_http2(&mut self) -> Result<()> {
        println!("HTTP/2, one connection, {STREAMS} streams at once");
        let proxy = self.cloudflare(|_| {}).await?;
        let connection = Http2::connect(proxy.port, &self.known).await?;
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
        let seen = self.origin.take();
        self.expect("every stream reached the origin", seen.len() == STREAMS);
        let carriers: Vec<Seen> =
            seen.iter().filter(|seen| seen.carries_certificate()).cloned().collect();
        self.expect_pair_in("exactly one carries the certificate", &carriers);
        self.expect("none carries anything forged", seen.iter().all(|seen| !seen.has_forged()));
        self.expect(
            "cookies in two lines arrive as one",
            seen.iter().all(|seen| seen.value("cookie") == Some("a=1; b=2")),
        );
        Ok(())
    }

    async fn an_origin_that_fails(&mut self) -> Result<()> {
        println!("an origin that fails: one answered request carries the certificate");
        let proxy = self.cloudflare(|_| {}).await?;
        let mut connection = Http1::connect(proxy.port, &self.known).await?;
        let status = connection.get("app.example", "/fails-once", &[]).await?;
        let seen = self.origin.take();
        self.expect(
            "closed without an answer, tried again: answered",
            status == StatusCode::OK && seen.len() == 2,
        );
        let (first, second) = seen.split_at(seen.len().min(1));
        self.expect_pair_in("the first attempt carries the certificate", first);
        self.expect_pair_in("the second attempt carries it again", second);
        connection.get("app.example", "/", &[]).await?;
        self.expect_nothing("the request after that, which was answered: nothing");
        let mut connection = Http1::connect(proxy.port, &self.known).await?;
        let status = connection.get("app.example", "/fails", &[]).await?;
        self.origin.take();
        self.expect("an outage: 502", status == StatusCode::BAD_GATEWAY);
        connection.get("app.example", "/", &[]).await?;
        self.expect_pair("the request after it carries what was not answered");
        Ok(())
    }

    async fn without_forwarding(&mut self) -> Result<()> {
        println!("hosts and clients without forwarding");
        let proxy = self.cloudflare(|_| {}).await?;
        let mut connection = Http1::connect(proxy.port, &self.known).await?;
        connection.get("quiet.example", "/", &FORGED).await?;
        self.expect_nothing("a host that does not forward: nothing");
        connection.get("App.Example.:443", "/", &[]).await?;
        self.expect_pair("it did not use up the first request of the host that does");
        let mut connection = Http1::connect(proxy.port, &self.unknown).await?;
        connection.get("app.example", "/", &FORGED).await?;
        self.expect_nothing("a client without a certificate: nothing, and nothing forged");
        Ok(())
    }

    async fn a_verdict_on_every_request(&mut self) -> Result<()> {
        println!("a verdict on every request");
        let every = Forwarding::cloudflare().on_every_request(HeaderSet::cloudflare_managed());
        let proxy = self.start(every, None, |_| {}).await?;
        for (name, config, verified) in
            [("known", self.known.clone(), "true"), ("unknown", self.unknown.clone(), "false")]
        {
            let mut connection = Http1::connect(proxy.port, &config).await?;
            for request in 1..=2 {
                connection.get("app.example", "/", &FORGED).await?;
                let seen = self.origin.take();
                let verdict = seen.first().and_then(|seen| seen.value("cf-cert-verified"));
                self.expect(
                    &format!("{name} client, request {request}: cf-cert-verified: {verified}"),
                    verdict == Some(verified),
                );
            }
        }
        Ok(())
    }

    async fn upgrades(&mut self) -> Result<()> {
        println!("upgrades");
        let proxy = self.cloudflare(|_| {}).await?;
        let mut connection = Http1::connect(proxy.port, &self.known).await?;
        let headers = switch("websocket");
        let (status, echo) = connection.switch("/echo", &headers, b"into the tunnel").await?;
        self.expect("to websocket: 101", status == StatusCode::SWITCHING_PROTOCOLS);
        self.expect_pair("its handshake carries the certificate, and nothing forged");
        self.expect("what goes into the tunnel comes back", echo == b"into the tunnel");

        let mut connection = Http1::connect(proxy.port, &self.known).await?;
        let (status, _) = connection.switch("/echo", &switch("h2c"), b"").await?;
        let seen = self.expect_pair("to h2c, which would carry requests: an ordinary request");
        let asked = |seen: &Seen| {
            ["upgrade", "connection", "http2-settings"]
                .iter()
                .any(|name| seen.value(name).is_some())
        };
        self.expect(
            "the origin is not asked to switch",
            status == StatusCode::UPGRADE_REQUIRED && !seen.iter().any(asked),
        );
        let mut connection = Http1::connect(proxy.port, &self.known).await?;
        let status = connection.get("app.example", "/unasked", &[]).await?;
        self.origin.take();
        self.expect("a 101 that nobody asked for: 502", status == StatusCode::BAD_GATEWAY);
        Ok(())
    }

    async fn http2_to_the_origin(&mut self) -> Result<()> {
        println!("HTTP/2 to the origin");
        let proxy = self.cloudflare(|options| options.origin_http2 = true).await?;
        let connection = Http2::connect(proxy.port, &self.known).await?;
        let trailers = [&FORGED[..], &[("x-sum", "7")]].concat();
        let answered = connection.clone().call("app.example", &trailers).await?;
        let seen = self.expect_pair("a gRPC call with forged trailers: the certificate alone");
        let one = seen.first();
        self.expect(
            "it arrives over HTTP/2 under its own authority",
            one.is_some_and(|seen| {
                seen.version == Version::HTTP_2 && seen.value(":authority") == Some("app.example")
            }),
        );
        self.expect(
            "trailers pass, both ways",
            one.and_then(|seen| seen.value("x-sum")) == Some("7")
                && answered.get("grpc-status").is_some_and(|status| status == "0"),
        );
        connection.call("app.example", &trailers).await?;
        self.expect_nothing("the next call: nothing");
        Ok(())
    }

    async fn settings_read_anew(&mut self) -> Result<()> {
        println!("settings read anew while it runs");
        let proxy = self.cloudflare(|_| {}).await?;
        let mut open = Http1::connect(proxy.port, &self.known).await?;
        let others = Certificates::new()?;
        let hosts = Some(hosts("quiet.example")?);
        let tls = others.tls(Admission::Verified)?;
        proxy.proxy.reload(Settings { tls, forwarding: Forwarding::cloudflare(), hosts });
        let status = open.get("app.example", "/", &FORGED).await?;
        self.expect("an open connection goes on", status == StatusCode::OK);
        self.expect_nothing("its host forwards no more: nothing");
        open.get("quiet.example", "/", &FORGED).await?;
        self.expect_pair("another does: the certificate");
        let refused = Http1::connect(proxy.port, &self.known).await.is_err();
        self.expect("a new connection gets the new certificate", refused);
        let config = others.client_config(true)?;
        let status =
            Http1::connect(proxy.port, &config).await?.get("app.example", "/", &[]).await?;
        self.origin.take();
        self.expect("and shows its own to the new CA", status == StatusCode::OK);
        Ok(())
    }

    async fn left_running(&mut self) -> Result<()> {
        println!("left running");
        let idle = Duration::from_millis(200);
        let proxy = self.cloudflare(|options| options.limits.idle = idle).await?;
        let connection = Http2::connect(proxy.port, &self.known).await?;
        for path in ["/slow", "/fails"] {
            let burst = (0..100).map(|_| connection.clone().get("app.example", path, &[]));
            for request in burst.map(tokio::spawn).collect::<Vec<_>>() {
                request.await??;
            }
        }
        let lines = proxy.error_log.take();
        println!("          {}", lines.first().map_or("", String::as_str));
        self.expect("an outage for 100 requests: 20 lines", lines.len() == 20);
        let mut patience = 0..50;
        while self.origin.open_connections() > 0 && patience.next().is_some() {
            tokio::time::sleep(idle).await;
        }
        self.expect("unused connections are closed", self.origin.open_connections() == 0);
        self.origin.take();
        let running = tokio::spawn(connection.get("app.example", "/slow", &[]));
        self.origin.wait().await;
        let ended = proxy.end();
        let answered = running.await?? == StatusCode::OK;
        ended.await?;
        self.expect("told to end, it answers what is under way, then ends", answered);
        Ok(())
    }

    fn expect(&mut self, promise: &str, kept: bool) {
        let number = self.kept.saturating_add(self.broken.len()).saturating_add(1);
        println!("  {number:>2} {} {promise}", if kept { "ok   " } else { "WRONG" });
        if kept {
            self.kept = self.kept.saturating_add(1);
        } else {
            self.broken.push(promise.to_owned());
        }
    }

    /// The origin saw one request, with exactly Cloudflare's pair; the values are made anew from the client's own bytes.
    fn expect_pair(&mut self, promise: &str) -> Vec<Seen> {
        let seen = self.origin.take();
        self.expect_pair_in(promise, &seen);
        seen
    }

    fn expect_pair_in(&mut self, promise: &str, seen: &[Seen]) {
        let der = self.certificates.client_der();
        let sha256: String =
            Sha256::digest(&der).iter().map(|byte| format!("{byte:02x}")).collect();
        let pair = [(BASE64.to_owned(), STANDARD.encode(&der)), (SHA256.to_owned(), sha256)];
        self.expect(promise, matches!(seen, [one] if one.of_certificates() == pair));
        seen.iter().for_each(Seen::print);
    }

    fn expect_nothing(&mut self, promise: &str) {
        let seen = self.origin.take();
        self.expect(promise, matches!(&seen[..], [one] if one.of_certificates().is_empty()));
        seen.iter().for_each(Seen::print);
    }

    /// A proxy that forwards Cloudflare's pair for `app.example`.
    async fn cloudflare(&self, change: impl FnOnce(&mut Options)) -> Result<Stage> {
        self.start(Forwarding::cloudflare(), Some(hosts("app.example")?), change).await
    }

    async fn start(
        &self,
        forwarding: Forwarding,
        hosts: Option<HostnameSettings>,
        change: impl FnOnce(&mut Options),
    ) -> Result<Stage> {
        let tls = self.certificates.tls(Admission::VerifiedOrNone)?;
        Stage::start(self.origin.port, Settings { tls, forwarding, hosts }, change).await
    }
}

/// Cloudflare's settings, in which one host forwards.
fn hosts(forwards: &str) -> Result<HostnameSettings> {
    let setting = |host: &str| {
        let forwards = host == forwards;
        format!(
            r#"{{"hostname":"{host}","china_network":false,"client_certificate_forwarding":{forwards}}}"#
        )
    };
    let settings = ["app.example", "quiet.example"].map(setting).join(",");
    Ok(serde_json::from_str(&format!(r#"{{"settings":[{settings}]}}"#))?)
}

/// A request to switch, with forged headers.
fn switch(protocol: &'static str) -> Vec<(&'static str, &'static str)> {
    let asked: Headers<'static> =
        &[("Connection", "Upgrade, HTTP2-Settings"), ("HTTP2-Settings", "AAMAAABkAAQAAP__")];
    [asked, &[("Upgrade", protocol)], &FORGED[..]].concat()
}
