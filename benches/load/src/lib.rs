//! Shared by the programs of this folder: the compared variants of a proxy, and certificates from files.

use std::error::Error;
use std::io;
use std::path::Path;
use std::sync::Arc;

use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use tls_client_auth::field::Limits;
use tls_client_auth::headers::HeaderLine;
use tls_client_auth::{
    Claim, ClientCertificate, ConnectionState, Forwarding, HeaderSet, Receiver, Unstated,
};

pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// What a proxy does with the certificate.
#[derive(Clone)]
pub enum Variant {
    /// The proxy without the crate.
    Without,
    /// The proxy with the crate. `plain` only strips; the name of a set sends it on every request, after `first:` on the first request.
    Crate(Forwarding),
    /// The lines of a set, made once for a connection and inserted without the crate.
    ByHand(HeaderSet),
}

/// A variant for one connection.
#[derive(Clone)]
pub enum Connection {
    Without,
    Crate(ConnectionState),
    ByHand(Arc<[(HeaderName, HeaderValue)]>),
}

impl Variant {
    pub fn named(name: &str) -> Result<Self> {
        Ok(match name.split_once(':') {
            None if name == "without" => Self::Without,
            None if name == "plain" => Self::Crate(Forwarding::none()),
            None => Self::Crate(Forwarding::none().on_every_request(HeaderSet::named(name)?)),
            Some(("first", set)) => {
                Self::Crate(Forwarding::none().on_first_request(HeaderSet::named(set)?))
            }
            Some(("by-hand", set)) => Self::ByHand(HeaderSet::named(set)?),
            Some(_) => return Err(format!("{name}: no such variant").into()),
        })
    }

    /// The state that a connection keeps. `client` is called only if the variant needs it.
    pub fn connection(&self, client: impl FnOnce() -> ClientCertificate) -> Connection {
        match self {
            Self::Without => Connection::Without,
            Self::Crate(forwarding) => {
                Connection::Crate(ConnectionState::new(client(), forwarding.clone()))
            }
            Self::ByHand(set) => {
                let lines = set.lines(&client(), Limits::new());
                let line = |line: HeaderLine<'_>| {
                    (line.header_name().as_header_name().clone(), line.header_value().clone())
                };
                Connection::ByHand(lines.iter().map(line).collect())
            }
        }
    }
}

impl Connection {
    pub fn claim(&self) -> Option<Claim> {
        match self {
            Self::Crate(state) => Some(state.claim()),
            Self::Without | Self::ByHand(_) => None,
        }
    }

    pub fn insert_by_hand(&self, headers: &mut HeaderMap) {
        if let Self::ByHand(lines) = self {
            for (name, value) in &**lines {
                headers.insert(name.clone(), value.clone());
            }
        }
    }
}

/// The sets for which an origin is measured.
pub fn received() -> Vec<(HeaderSet, Receiver)> {
    vec![
        (HeaderSet::cloudflare(), Receiver::cloudflare(Unstated::Verified)),
        (HeaderSet::rfc9440(), Receiver::rfc9440(Unstated::Verified)),
        (HeaderSet::ingress_nginx(), Receiver::ingress_nginx()),
        (HeaderSet::nginx(), Receiver::nginx()),
        (HeaderSet::envoy(), Receiver::envoy(Unstated::Verified)),
    ]
}

/// A proxy's arguments: the folder of certificates, the port of the origin, and `VARIANT=PORT` for each listener.
pub struct Arguments {
    pub folder: String,
    pub origin: u16,
    pub listeners: Vec<(Variant, u16)>,
}

impl Arguments {
    pub fn from_command_line() -> Result<Self> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let [folder, origin, listeners @ ..] = &arguments[..] else {
            return Err("FOLDER ORIGIN VARIANT=PORT …".into());
        };
        let listener = |text: &String| {
            let (name, port) = text.rsplit_once('=').ok_or("VARIANT=PORT")?;
            Result::Ok((Variant::named(name)?, port.parse()?))
        };
        let listeners = listeners.iter().map(listener).collect::<Result<_>>()?;
        Ok(Self { folder: folder.clone(), origin: origin.parse()?, listeners })
    }
}

/// A certificate and its key, `NAME.pem` and `NAME.key`.
pub fn identity(
    folder: &Path,
    name: &str,
) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>)> {
    let certificate = CertificateDer::from_pem_file(folder.join(format!("{name}.pem")))?;
    Ok((certificate, PrivateKeyDer::from_pem_file(folder.join(format!("{name}.key")))?))
}

pub fn roots(folder: &Path) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("root.pem"))?)?;
    Ok(roots)
}

/// A client with a certificate, which never resumes a session.
pub fn client_config(folder: &Path, protocol: &[u8]) -> Result<Arc<ClientConfig>> {
    let (certificate, key) = identity(folder, "client")?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots(folder)?)
        .with_client_auth_cert(vec![certificate], key)?;
    config.resumption = rustls::client::Resumption::disabled();
    config.alpn_protocols = vec![protocol.to_vec()];
    Ok(Arc::new(config))
}

/// A runtime with one worker, like the other proxies.
pub fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()
}
