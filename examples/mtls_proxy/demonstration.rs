//! The demonstration: real TLS clients, the proxy, and an origin that records its requests.

mod certificates;
mod clients;
mod left_running;
mod origin;
mod page;
mod requests;
mod stage;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use tls_client_auth::Forwarding;
use tls_client_auth::hosts::Hosts;
use tokio_rustls::rustls::ClientConfig;

use crate::Result;
use crate::proxy::{Admission, Options, Settings};
use certificates::{Certificates, Client};
use origin::{Origin, Seen};
use stage::Stage;

const BASE64: &str = "cf-client-cert-der-base64";
const SHA256: &str = "cf-client-cert-sha256";

/// Forgeries: the headers' names in several spellings, and their removal by `Connection`.
const FORGED: [(&str, &str); 5] = [
    ("Cf-Client-Cert-Sha256", "f0f0"),
    ("cf_client_cert_sha256", "f0f0"),
    ("CF.Client.Cert.Der.Base64", "Zm9yZ2Vk"),
    ("Client-Cert", ":Zm9yZ2Vk:"),
    ("X-CERT-VERIFY", "SUCCESS"),
];

/// Runs the demonstration; returns whether everything was as promised.
pub async fn run() -> Result<bool> {
    let mut scene = Scene::new().await?;
    scene.the_page().await?;
    scene.one_connection_of_http1().await?;
    scene.one_connection_of_http2().await?;
    scene.an_origin_that_fails().await?;
    scene.without_forwarding().await?;
    scene.a_verdict_on_every_request().await?;
    scene.upgrades().await?;
    scene.http2_to_the_origin().await?;
    scene.tls_to_the_origin().await?;
    scene.settings_read_anew().await?;
    scene.left_running().await?;
    println!();
    if scene.broken.is_empty() {
        println!("all {} checks passed", scene.kept);
    } else {
        println!("{} checks passed, failed:", scene.kept);
        scene.broken.iter().for_each(|promise| println!("  {promise}"));
    }
    Ok(scene.broken.is_empty())
}

/// The results of the checks, and what the demonstration's proxies share.
struct Scene {
    kept: usize,
    broken: Vec<String>,
    certificates: Certificates,
    origin: Origin,
    known: ClientConfig,
    nobody: ClientConfig,
}

impl Scene {
    async fn new() -> Result<Self> {
        let certificates = Certificates::new()?;
        let origin = Origin::start().await?;
        let known = certificates.client_config(Client::Known)?;
        let nobody = certificates.client_config(Client::Nobody)?;
        Ok(Self { kept: 0, broken: Vec::new(), certificates, origin, known, nobody })
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

    /// Expects one request at the origin, with exactly Cloudflare's pair, computed again from the client's certificate.
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
        let hosts = Hosts::new().forward(["app.example"])?;
        self.start(Forwarding::cloudflare(), Some(hosts), change).await
    }

    /// A proxy that forwards for these hosts, or for all.
    async fn start(
        &self,
        forwarding: Forwarding,
        hosts: Option<Hosts>,
        change: impl FnOnce(&mut Options),
    ) -> Result<Stage> {
        let tls = self.certificates.tls(Admission::VerifiedOrNone)?;
        let forwards_all = hosts.is_none();
        let hosts = hosts.unwrap_or_default();
        let settings = Settings { tls, origin_tls: None, forwarding, hosts, forwards_all };
        Stage::start(self.origin.port, settings, change).await
    }
}
