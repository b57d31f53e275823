//! Requests to hosts that forward: the certificate arrives once for each connection, and nothing forged arrives.

use hyper::StatusCode;
use tls_client_auth::{Forwarding, HeaderSet};

use super::clients::{Http1, Http2};
use super::origin::Seen;
use super::{FORGED, Scene};
use crate::Result;

const STREAMS: usize = 8;

impl Scene {
    pub async fn one_connection_of_http1(&mut self) -> Result<()> {
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
            "its line in the access log identifies the client",
            lines.len() == 1 && line.ends_with(" subject=\"CN=client,O=Example Corp\""),
        );
        connection.get("app.example", "/", &FORGED).await?;
        self.expect_nothing("request 2, with forged headers: nothing");
        let listed = [("Connection", "close, Cf-Client-Cert-Sha256"), FORGED[0]];
        Http1::connect(proxy.port, &self.known).await?.get("app.example", "/", &listed).await?;
        self.expect_pair("a new connection, with our header listed in Connection: the certificate");

        let mut connection = Http1::connect(proxy.port, &self.known).await?;
        connection.post("app.example", &[&FORGED[..], &[("x-sum", "7")]].concat()).await?;
        let seen = self.expect_pair("a streamed body with forged trailers: only the certificate");
        let sum = seen.first().and_then(|seen| seen.value("x-sum"));
        self.expect("an ordinary trailer arrives", sum == Some("7"));
        Ok(())
    }

    pub async fn one_connection_of_http2(&mut self) -> Result<()> {
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

    pub async fn an_origin_that_fails(&mut self) -> Result<()> {
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
        self.expect_pair("the next request carries the certificate");
        Ok(())
    }

    pub async fn without_forwarding(&mut self) -> Result<()> {
        println!("hosts and clients without forwarding");
        let proxy = self.cloudflare(|_| {}).await?;
        let mut connection = Http1::connect(proxy.port, &self.known).await?;
        connection.get("quiet.example", "/", &FORGED).await?;
        self.expect_nothing("a host that does not forward: nothing");
        connection.get("App.Example.:443", "/", &[]).await?;
        self.expect_pair("the first request to a host that forwards: the certificate");
        let mut connection = Http1::connect(proxy.port, &self.nobody).await?;
        connection.get("app.example", "/", &FORGED).await?;
        self.expect_nothing("a client without a certificate: nothing, and nothing forged");
        Ok(())
    }

    pub async fn a_verdict_on_every_request(&mut self) -> Result<()> {
        println!("a verdict on every request");
        let every = Forwarding::cloudflare().on_every_request(HeaderSet::cloudflare_managed());
        let proxy = self.start(every, None, |_| {}).await?;
        for (name, config, verified) in
            [("known", self.known.clone(), "true"), ("unknown", self.nobody.clone(), "false")]
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
}
