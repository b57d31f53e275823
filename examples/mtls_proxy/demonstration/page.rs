//! Cloudflare's page "Enable mTLS", step by step: hosts that ask for a certificate, enforce it and forward it.

use hyper::StatusCode;
use tls_client_auth::hosts::Hosts;
use tls_client_auth::{Forwarding, HeaderSet};

use super::certificates::Client;
use super::clients::{Http1, Http2};
use super::stage::Stage;
use super::{FORGED, Scene};
use crate::Result;
use crate::proxy::{Admission, Settings};

/// Bodies of the API.
const ASSOCIATIONS: [&str; 2] = [
    r#"{"hostnames":["quiet.example","api.example"]}"#,
    r#"{"hostnames":["partner.example"],"mtls_certificate_id":"b2134436-2555-4acf-be5b-26c48136575e"}"#,
];
const SETTINGS: &str = r#"{"settings":[{"hostname":"api.example","china_network":false,"client_certificate_forwarding":true},{"hostname":"partner.example","china_network":false,"client_certificate_forwarding":true}]}"#;

impl Scene {
    pub async fn the_page(&mut self) -> Result<()> {
        let first = self.page(Forwarding::cloudflare()).await?;
        self.hosts_that_ask(&first).await?;
        self.a_host_that_enforces(&first).await?;
        self.a_host_with_a_ca_of_its_own(&first).await?;
        self.a_host_that_forwards(&first).await?;
        let always = Forwarding::none().on_every_request(HeaderSet::cloudflare());
        self.a_host_that_always_forwards(&self.page(always).await?).await?;
        self.one_connection_for_two_hosts(&first).await
    }

    async fn page(&self, forwarding: Forwarding) -> Result<Stage> {
        let hosts = Hosts::new()
            .associate(serde_json::from_str(ASSOCIATIONS[0])?)?
            .associate(serde_json::from_str(ASSOCIATIONS[1])?)?
            .enforce(["api.example", "partner.example"])?
            .configure(serde_json::from_str(SETTINGS)?);
        let tls = self.certificates.tls(Admission::Any)?;
        let settings = Settings { tls, origin_tls: None, forwarding, hosts, forwards_all: false };
        Stage::start(self.origin.port, settings, |_| {}).await
    }

    /// One request on a connection of its own; prints the lines that it left in the logs.
    async fn ask(
        &self,
        proxy: &Stage,
        host: &'static str,
        client: Client,
    ) -> Result<(StatusCode, Vec<String>)> {
        let config = self.certificates.client_config(client)?;
        let mut connection = Http1::connect_to(host, proxy.port, &config).await?;
        let status = connection.get(host, "/", &FORGED).await?;
        let lines = [proxy.error_log.take(), proxy.access_log.take()].concat();
        lines.iter().for_each(|line| println!("          {line}"));
        Ok((status, lines))
    }

    async fn hosts_that_ask(&mut self, proxy: &Stage) -> Result<()> {
        println!("step 1: hosts that ask for a client certificate");
        for (host, verdict) in [("www.example", "NONE"), ("quiet.example", "SUCCESS")] {
            let (status, lines) = self.ask(proxy, host, Client::Known).await?;
            let known_as = format!("verdict=\"{verdict}\"");
            let asked = if verdict == "NONE" { "does not ask" } else { "asks" };
            self.expect(
                &format!("{host} {asked}"),
                status == StatusCode::OK && lines.iter().all(|line| line.contains(&known_as)),
            );
            self.expect_nothing("it does not forward: nothing arrives");
        }
        Ok(())
    }

    async fn a_host_that_enforces(&mut self, proxy: &Stage) -> Result<()> {
        println!("step 2: a host that enforces it");
        for (client, reason) in [
            (Client::Nobody, "no client certificate (absent)"),
            (Client::Stranger, "client certificate not verified (untrusted)"),
            (Client::Expired, "client certificate not verified (expired)"),
            (Client::Revoked, "client certificate not verified (untrusted)"),
        ] {
            let (status, lines) = self.ask(proxy, "api.example", client).await?;
            let is_logged = lines.iter().any(|line| line.ends_with(reason));
            let is_unseen = self.origin.take().is_empty();
            self.expect(
                &format!("{client:?}: 403, and the reason in the log"),
                status == StatusCode::FORBIDDEN && is_logged && is_unseen,
            );
        }
        let (status, _) = self.ask(proxy, "quiet.example", Client::Stranger).await?;
        self.expect(
            "a host that does not enforce admits an unknown client",
            status == StatusCode::OK,
        );
        self.expect_nothing("nothing of the stranger's certificate arrives");
        Ok(())
    }

    async fn a_host_with_a_ca_of_its_own(&mut self, proxy: &Stage) -> Result<()> {
        println!("step 2, by the CA of an mtls_certificate_id");
        let (status, lines) = self.ask(proxy, "partner.example", Client::Stranger).await?;
        let carries = matches!(&self.origin.take()[..], [one] if one.carries_certificate());
        self.expect(
            "its own client, unknown at other hosts: trusted, and forwarded",
            status == StatusCode::OK
                && carries
                && lines.iter().any(|line| line.contains("verdict=\"SUCCESS\"")),
        );
        let (status, _) = self.ask(proxy, "partner.example", Client::Known).await?;
        let is_unseen = self.origin.take().is_empty();
        self.expect(
            "the client of the other hosts' CA: 403",
            status == StatusCode::FORBIDDEN && is_unseen,
        );
        Ok(())
    }

    async fn a_host_that_forwards(&mut self, proxy: &Stage) -> Result<()> {
        println!("step 3: a host that forwards it, on the first request of a connection");
        let mut connection = Http1::connect_to("api.example", proxy.port, &self.known).await?;
        connection.get("api.example", "/", &FORGED).await?;
        self.expect_pair("request 1, with forged headers: the certificate, and nothing forged");
        connection.get("api.example", "/", &FORGED).await?;
        self.expect_nothing("request 2: nothing");
        Ok(())
    }

    async fn a_host_that_always_forwards(&mut self, proxy: &Stage) -> Result<()> {
        println!("step 4: the same on every request");
        let mut connection = Http1::connect_to("api.example", proxy.port, &self.known).await?;
        for request in 1..=2 {
            connection.get("api.example", "/", &FORGED).await?;
            self.expect_pair(&format!("request {request}: the certificate"));
        }
        Ok(())
    }

    async fn one_connection_for_two_hosts(&mut self, proxy: &Stage) -> Result<()> {
        println!("HTTP/2, one connection for two hosts");
        let plain = Http2::connect_to("www.example", proxy.port, &self.known).await?;
        let status = plain.clone().get("api.example", "/", &[]).await?;
        let is_unseen = self.origin.take().is_empty();
        self.expect(
            "connection to a host that does not ask, request for one that does: 421",
            status == StatusCode::MISDIRECTED_REQUEST && is_unseen,
        );
        let status = plain.get("www.example", "/", &[]).await?;
        self.expect("a request for its own host is answered", status == StatusCode::OK);
        self.expect_nothing("without the certificate");
        let asked = Http2::connect_to("quiet.example", proxy.port, &self.known).await?;
        asked.clone().get("quiet.example", "/", &[]).await?;
        self.expect_nothing("connection to a host that asks and does not forward: nothing");
        asked.get("api.example", "/", &[]).await?;
        self.expect_pair("request for another that asks and forwards: the certificate");
        let asked = Http2::connect_to("api.example", proxy.port, &self.known).await?;
        let status = asked.get("partner.example", "/", &[]).await?;
        let is_unseen = self.origin.take().is_empty();
        self.expect(
            "request for a host with another CA: 421",
            status == StatusCode::MISDIRECTED_REQUEST && is_unseen,
        );
        Ok(())
    }
}
