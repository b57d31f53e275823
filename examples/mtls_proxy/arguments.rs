//! The command line: every bad argument and unreadable file gets a message of its own.

use std::collections::HashMap;
use std::fs;
use std::sync::Arc;

use hyper::http::uri::{Authority, Scheme, Uri};
use tls_client_auth::hosts::HostnameSettings;
use tls_client_auth::rustls::OptionalNoCa;
use tls_client_auth::{Forwarding, HeaderSet};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::Result;

pub const HELP: &str = "\
A TLS-terminating proxy that tells its origin who the client is.

Usage: mtls_proxy                      demonstrate it on loopback
       mtls_proxy --listen ADDR --origin URL --cert FILE --key FILE --client-ca FILE [OPTIONS]

  --listen ADDR       where to accept TLS: 127.0.0.1:8443
  --origin URL        where requests go: http://127.0.0.1:8080
  --cert FILE         the server's certificate chain, PEM
  --key FILE          its private key, PEM
  --client-ca FILE    the CAs that clients' certificates must lead to, PEM
  --optional          let clients without a certificate in
  --optional-no-ca    let every client in; a set with a verdict tells the origin what was wrong
  --settings FILE     Cloudflare's hostname settings, JSON: which hosts forward the certificate  [all do]
  --forward WHEN      first: on a connection's first request; every: on every one  [first]
  --headers SET       the header set; can be given several times  [cloudflare]
  --help              print this and end
";

pub struct Arguments {
    pub listen: String,
    pub origin: Authority,
    pub tls: Tls,
    pub forwarding: Forwarding,
    pub settings: Option<HostnameSettings>,
}

/// What a handshake needs, and who judges the client after it; without a judge, only the verified get in.
pub struct Tls {
    pub config: ServerConfig,
    pub verifier: Option<Arc<OptionalNoCa>>,
}

/// Which clients get in: nginx's `ssl_verify_client` `on`, `optional`, `optional_no_ca`.
#[derive(Clone, Copy)]
pub enum Admission {
    Verified,
    VerifiedOrNone,
    Any,
}

impl Arguments {
    pub fn parse(arguments: Vec<String>) -> Result<Self> {
        let mut values: HashMap<&str, String> = HashMap::new();
        let mut sets = Vec::new();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            // `--name value` and `--name=value` are the same.
            let (name, attached) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            let value = match name {
                "--optional" | "--optional-no-ca" if attached.is_some() => {
                    return Err(format!("{name} takes no value").into());
                }
                "--optional" | "--optional-no-ca" => String::new(),
                "--listen" | "--origin" | "--cert" | "--key" | "--client-ca" | "--settings"
                | "--forward" | "--headers" => attached
                    .or_else(|| arguments.next().cloned())
                    .ok_or_else(|| format!("{name} needs a value"))?,
                _ => return Err(format!("{name}: no such option; see --help").into()),
            };
            if name == "--headers" {
                sets.push(header_set(&value)?);
            } else if values.insert(name, value).is_some() {
                return Err(format!("{name} stands there twice").into());
            }
        }
        if sets.is_empty() {
            sets.push(HeaderSet::cloudflare());
        }
        let required = |name: &str| {
            values.get(name).cloned().ok_or_else(|| format!("{name} is missing; see --help"))
        };
        let forwarding = match values.get("--forward").map_or("first", String::as_str) {
            "first" => sets.into_iter().fold(Forwarding::none(), Forwarding::on_first_request),
            "every" => sets.into_iter().fold(Forwarding::none(), Forwarding::on_every_request),
            other => return Err(format!("--forward {other}: first or every").into()),
        };
        let given = |name| values.contains_key(name);
        let admission = match (given("--optional"), given("--optional-no-ca")) {
            (_, true) => Admission::Any,
            (true, false) => Admission::VerifiedOrNone,
            (false, false) => Admission::Verified,
        };
        Ok(Self {
            listen: required("--listen")?,
            origin: origin(&required("--origin")?)?,
            tls: tls_from_files(
                &required("--cert")?,
                &required("--key")?,
                &required("--client-ca")?,
                admission,
            )?,
            forwarding,
            settings: values.get("--settings").map(|file| hostname_settings(file)).transpose()?,
        })
    }
}

fn header_set(name: &str) -> Result<HeaderSet> {
    let sets = HeaderSet::all();
    let known: Vec<String> = sets.iter().map(|set| set.name().to_owned()).collect();
    sets.into_iter()
        .find(|set| set.name() == name)
        .ok_or_else(|| format!("--headers {name}: no such set, but {}", known.join(", ")).into())
}

fn origin(url: &str) -> Result<Authority> {
    let uri: Uri = url.parse().map_err(|error| format!("--origin {url}: {error}"))?;
    match (uri.scheme() == Some(&Scheme::HTTP), uri.path(), uri.authority()) {
        (true, "" | "/", Some(authority)) => Ok(authority.clone()),
        _ => {
            Err(format!("--origin {url}: an http URL without a path, as http://127.0.0.1:8080")
                .into())
        }
    }
}

fn hostname_settings(file: &str) -> Result<HostnameSettings> {
    let json = fs::read_to_string(file).map_err(|error| format!("--settings {file}: {error}"))?;
    Ok(serde_json::from_str(&json).map_err(|error| format!("--settings {file}: {error}"))?)
}

fn tls_from_files(cert: &str, key: &str, client_ca: &str, admission: Admission) -> Result<Tls> {
    let private_key =
        PrivateKeyDer::from_pem_file(key).map_err(|error| format!("--key {key}: {error}"))?;
    let mut roots = RootCertStore::empty();
    for root in certificates("--client-ca", client_ca)? {
        roots.add(root).map_err(|error| format!("--client-ca {client_ca}: {error}"))?;
    }
    tls(certificates("--cert", cert)?, private_key, roots, admission)
        .map_err(|error| format!("--cert {cert}, --key {key}: {error}").into())
}

fn certificates(option: &str, file: &str) -> Result<Vec<CertificateDer<'static>>> {
    let read = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>);
    match read {
        Ok(certificates) if certificates.is_empty() => {
            Err(format!("{option} {file}: no certificate in it").into())
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(format!("{option} {file}: {error}").into()),
    }
}

/// TLS 1.2 and 1.3, HTTP/2 before HTTP/1.1; a verified client's certificate leads to one of the roots.
pub fn tls(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    roots: RootCertStore,
    admission: Admission,
) -> Result<Tls> {
    let provider = Arc::new(ring::default_provider());
    let builder =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let mut verifier = None;
    let inner: Arc<dyn ClientCertVerifier> = match admission {
        Admission::Verified => builder.build()?,
        Admission::VerifiedOrNone => builder.allow_unauthenticated().build()?,
        Admission::Any => verifier.insert(Arc::new(OptionalNoCa::new(builder.build()?))).clone(),
    };
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(inner)
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Tls { config, verifier })
}
