//! Features of a long-running proxy: upgrades, HTTP/2 to the origin, reloading of settings, graceful shutdown.

use std::time::Duration;

use hyper::{StatusCode, Version};
use tls_client_auth::Forwarding;
use tls_client_auth::hosts::Hosts;

use super::certificates::{Certificates, Client};
use super::clients::{Headers, Http1, Http2};
use super::origin::{Origin, Seen};
use super::stage::Stage;
use super::{FORGED, Scene};
use crate::Result;
use crate::proxy::{Admission, Options, Settings, connector};

impl Scene {
    pub async fn upgrades(&mut self) -> Result<()> {
        println!("upgrades");
        let proxy = self.cloudflare(|_| {}).await?;
        let mut connection = Http1::connect(proxy.port, &self.known).await?;
        let headers = switch("websocket");
        let (status, echo) = connection.switch("/echo", &headers, b"into the tunnel").await?;
        self.expect("to websocket: 101", status == StatusCode::SWITCHING_PROTOCOLS);
        self.expect_pair("its handshake carries the certificate, and nothing forged");
        self.expect("bytes in the tunnel are echoed", echo == b"into the tunnel");

        let mut connection = Http1::connect(proxy.port, &self.known).await?;
        let (status, _) = connection.switch("/echo", &switch("h2c"), b"").await?;
        let seen = self.expect_pair("to h2c, which would carry requests: an ordinary request");
        let asked = |seen: &Seen| {
            ["upgrade", "connection", "http2-settings"]
                .iter()
                .any(|name| seen.value(name).is_some())
        };
        self.expect(
            "the origin receives no Upgrade",
            status == StatusCode::UPGRADE_REQUIRED && !seen.iter().any(asked),
        );
        let mut connection = Http1::connect(proxy.port, &self.known).await?;
        let status = connection.get("app.example", "/unasked", &[]).await?;
        self.origin.take();
        self.expect("a 101 without an upgrade request: 502", status == StatusCode::BAD_GATEWAY);
        Ok(())
    }

    pub async fn http2_to_the_origin(&mut self) -> Result<()> {
        println!("HTTP/2 to the origin");
        let proxy = self.cloudflare(|options| options.origin_http2 = true).await?;
        let connection = Http2::connect(proxy.port, &self.known).await?;
        let trailers = [&FORGED[..], &[("x-sum", "7")]].concat();
        let answered = connection.clone().call("app.example", &trailers).await?;
        let seen = self.expect_pair("a gRPC call with forged trailers: only the certificate");
        let one = seen.first();
        self.expect(
            "it arrives over HTTP/2 under its own authority",
            one.is_some_and(|seen| {
                seen.version == Version::HTTP_2 && seen.value(":authority") == Some("app.example")
            }),
        );
        self.expect(
            "ordinary trailers arrive on both sides",
            one.and_then(|seen| seen.value("x-sum")) == Some("7")
                && answered.get("grpc-status").is_some_and(|status| status == "0"),
        );
        connection.call("app.example", &trailers).await?;
        self.expect_nothing("the next call: nothing");
        Ok(())
    }

    pub async fn tls_to_the_origin(&mut self) -> Result<()> {
        println!("TLS to the origin");
        let origin = Origin::listen("127.0.0.1:0", Some(self.certificates.origin_tls()?)).await?;
        for origin_http2 in [false, true] {
            for authority in [self.certificates.root.clone(), self.certificates.partner.clone()] {
                let settings = Settings {
                    tls: self.certificates.tls(Admission::VerifiedOrNone)?,
                    origin_tls: Some(connector::tls([authority.clone()])?),
                    forwarding: Forwarding::cloudflare(),
                    hosts: Hosts::new(),
                    forwards_all: true,
                };
                // Its certificate is verified for this name, and not for the request's host.
                let address = format!("localhost:{}", origin.port).parse()?;
                let change = |options: &mut Options| {
                    options.origin = address;
                    options.origin_http2 = origin_http2;
                };
                let proxy = Stage::start(origin.port, settings, change).await?;
                let mut connection = Http1::connect(proxy.port, &self.known).await?;
                let status = connection.get("app.example", "/", &FORGED).await?;
                let seen = origin.take();
                let protocol = if origin_http2 { Version::HTTP_2 } else { Version::HTTP_11 };
                if authority == self.certificates.root {
                    self.expect_pair_in("trusted by its CA: the certificate arrives", &seen);
                    let arrived = seen.first().map(|seen| seen.version);
                    self.expect(&format!("over {protocol:?}"), arrived == Some(protocol));
                } else {
                    let lines = proxy.error_log.take();
                    println!("          {}", lines.last().map_or("", String::as_str));
                    self.expect(
                        "not trusted by another: 502, and nothing arrives",
                        status == StatusCode::BAD_GATEWAY && seen.is_empty(),
                    );
                }
            }
        }
        Ok(())
    }

    pub async fn settings_read_anew(&mut self) -> Result<()> {
        println!("settings reloaded while it runs");
        let proxy = self.cloudflare(|_| {}).await?;
        let mut open = Http1::connect(proxy.port, &self.known).await?;
        let others = Certificates::new()?;
        let hosts = Hosts::new().forward(["quiet.example"])?;
        let tls = others.tls(Admission::Verified)?;
        let forwarding = Forwarding::cloudflare();
        proxy.proxy.reload(Settings {
            tls,
            origin_tls: None,
            forwarding,
            hosts,
            forwards_all: false,
        })?;
        let status = open.get("app.example", "/", &FORGED).await?;
        self.expect("an open connection continues", status == StatusCode::OK);
        self.expect_nothing("its host no longer forwards: nothing");
        open.get("quiet.example", "/", &FORGED).await?;
        self.expect_pair("another host now forwards: the certificate");
        let refused = Http1::connect(proxy.port, &self.known).await.is_err();
        self.expect("a new connection gets the new certificate", refused);
        let config = others.client_config(Client::Known)?;
        let status =
            Http1::connect(proxy.port, &config).await?.get("app.example", "/", &[]).await?;
        self.origin.take();
        self.expect("and verifies clients with the new CA", status == StatusCode::OK);
        Ok(())
    }

    pub async fn left_running(&mut self) -> Result<()> {
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
        self.expect("at shutdown the request in progress is answered", answered);
        Ok(())
    }
}

/// A request to switch, with forged headers.
fn switch(protocol: &'static str) -> Vec<(&'static str, &'static str)> {
    let asked: Headers<'static> =
        &[("Connection", "Upgrade, HTTP2-Settings"), ("HTTP2-Settings", "AAMAAABkAAQAAP__")];
    [asked, &[("Upgrade", protocol)], &FORGED[..]].concat()
}
