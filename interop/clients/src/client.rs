//! A client on rustls that resumes sessions, and the verification result of rustls for it as a server.

use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tls_client_auth::rustls::OptionalNoCa;
use tls_client_auth::{Dialect, Verification};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, HandshakeKind, RootCertStore};

use crate::one_for_all::OneForAll;
use crate::{Authorities, Error, Identity};

/// The client's TLS version.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Version {
    Tls12,
    Tls13,
}

/// A client with the sessions that it can resume.
pub struct Client {
    config: Arc<ClientConfig>,
    /// The sessions that it offers to every host.
    for_all: Option<Arc<OneForAll>>,
}

impl Client {
    pub fn new(
        authorities: &Authorities,
        identity: Option<&Identity>,
        version: Version,
    ) -> Result<Self, Error> {
        let versions = match version {
            Version::Tls12 => &[&TLS12],
            Version::Tls13 => &[&TLS13],
        };
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)?
            .with_root_certificates(roots(authorities)?);
        let config = match identity {
            Some(identity) => builder.with_client_auth_cert(
                certificates(identity),
                PrivatePkcs8KeyDer::from(identity.key.clone()).into(),
            )?,
            None => builder.with_no_client_auth(),
        };
        Ok(Self { config: Arc::new(config), for_all: None })
    }

    /// Makes the client offer its last session to every host.
    pub fn offering_to_all(mut self) -> Self {
        let sessions = Arc::new(OneForAll::new());
        Arc::make_mut(&mut self.config).resumption = Resumption::store(sessions.clone());
        self.for_all = Some(sessions);
        self
    }

    /// The number of sessions that it has offered to every host.
    pub fn offered(&self) -> usize {
        self.for_all.as_ref().map_or(0, |sessions| sessions.offered())
    }

    /// Sends one request on a new connection. Returns whether the session was resumed, and the header lines at the origin.
    pub async fn request(&self, proxy: SocketAddr) -> Result<(bool, String), Error> {
        let (resumed, _, lines) = self.request_for(proxy, "proxy.example").await?;
        Ok((resumed, lines))
    }

    /// Like [`request`](Self::request) for a host, also with the status of the answer.
    pub async fn request_for(
        &self,
        proxy: SocketAddr,
        host: &'static str,
    ) -> Result<(bool, StatusCode, String), Error> {
        let stream = TcpStream::connect(proxy).await?;
        let name = ServerName::try_from(host)?;
        let stream = TlsConnector::from(Arc::clone(&self.config)).connect(name, stream).await?;
        let resumed = stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed);
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let request = Request::get("/").header("Host", host).body(Empty::<Bytes>::new())?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?;
        // Reads to the end, so that the client also gets the sessions that follow the handshake.
        drop(sender);
        connection.await??;
        Ok((resumed, status, String::from_utf8(body.to_bytes().into())?))
    }
}

impl Identity {
    /// The result of `OptionalNoCa` on rustls for this client, with this library's reasons.
    pub fn asked_of_rustls(
        &self,
        authorities: &Authorities,
        library: Dialect,
    ) -> Result<Verification, Error> {
        let provider = Arc::new(ring::default_provider());
        let inner =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots(authorities)?), provider);
        let verifier = OptionalNoCa::new(inner.build()?).dialect(library);
        let client = verifier.client(Some(&certificates(self)), UnixTime::now())?;
        Ok(client.verification().clone())
    }
}

fn roots(authorities: &Authorities) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authorities.root.clone()))?;
    Ok(roots)
}

fn certificates(identity: &Identity) -> Vec<CertificateDer<'static>> {
    identity.chain.iter().map(|der| CertificateDer::from(der.clone())).collect()
}
