//! TLS: who gets in, and who a client is when the handshake is done.

use std::io;
use std::sync::Arc;

use tls_client_auth::rustls::OptionalNoCa;
use tls_client_auth::{ClientCertificate, TlsClientAuth};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, ServerConnection};
use tokio_rustls::server::TlsStream;

use crate::Result;

/// Which clients get in: nginx's `ssl_verify_client` `on`, `optional`, `optional_no_ca`.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum Admission {
    Verified,
    VerifiedOrNone,
    Any,
}

/// What a handshake needs, and who judges the client after it.
pub struct Tls {
    pub config: Arc<ServerConfig>,
    verifier: OptionalNoCa,
    authorities: Vec<CertificateDer<'static>>,
    admission: Admission,
}

impl Tls {
    /// TLS 1.2 and 1.3, HTTP/2 before HTTP/1.1; a verified client's certificate leads to one of the authorities.
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        authorities: Vec<CertificateDer<'static>>,
        admission: Admission,
    ) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        for authority in &authorities {
            roots.add(authority.clone())?;
        }
        let provider = Arc::new(ring::default_provider());
        let builder =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let verifier = match admission {
            Admission::VerifiedOrNone => builder.allow_unauthenticated().build()?,
            Admission::Verified | Admission::Any => builder.build()?,
        };
        let in_handshake: Arc<dyn ClientCertVerifier> = match admission {
            Admission::Any => Arc::new(OptionalNoCa::new(Arc::clone(&verifier))),
            Admission::Verified | Admission::VerifiedOrNone => Arc::clone(&verifier),
        };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(in_handshake)
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let (config, verifier) = (Arc::new(config), OptionalNoCa::new(verifier));
        Ok(Self { config, verifier, authorities, admission })
    }

    pub async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        TlsAcceptor::from(Arc::clone(&self.config)).accept(stream).await
    }

    /// The client of a finished handshake, as it verifies now.
    ///
    /// On a resumed session rustls hands out the first handshake's certificates and verifies nothing: they may have expired since.
    pub fn client(&self, connection: &ServerConnection) -> Result<ClientCertificate> {
        let now = self.config.time_provider.current_time().ok_or("no time to verify at")?;
        let client = self
            .verifier
            .client(connection.peer_certificates(), now)?
            .verified_issuer_among(&self.authorities);
        if self.admission != Admission::Any && client.is_presented() && !client.is_trusted() {
            let verdict = TlsClientAuth::new(&client);
            return Err(format!("resumed session: {}", verdict.cert_verified()).into());
        }
        Ok(client)
    }
}
