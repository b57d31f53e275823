//! TLS: which hosts ask for a certificate, who gets in, and who a client is when the handshake is done.

use std::io;
use std::sync::Arc;

use tls_client_auth::rustls::OptionalNoCa;
use tls_client_auth::{ClientCertificate, TlsClientAuth};
use tokio::net::TcpStream;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{
    CertificateDer, CertificateRevocationListDer, PrivateKeyDer,
};
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::server::{Acceptor, NoClientAuth, WebPkiClientVerifier};
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

/// The CAs that clients' certificates must lead to, and the certificates that they revoked.
pub struct Authorities {
    pub certificates: Vec<CertificateDer<'static>>,
    /// With any, each CA in a client's chain needs one.
    pub revocation_lists: Vec<CertificateRevocationListDer<'static>>,
}

/// What a handshake needs, and who judges the client after it.
pub struct Tls {
    /// For hosts that ask for a certificate.
    pub asking: Arc<ServerConfig>,
    /// For those that do not. Its sessions are its own: a client that was not asked must not resume where it would have been.
    pub plain: Arc<ServerConfig>,
    verifier: OptionalNoCa,
    admission: Admission,
}

impl Tls {
    /// TLS 1.2 and 1.3, HTTP/2 before HTTP/1.1; a verified client's certificate leads to one of the authorities.
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        authorities: Authorities,
        admission: Admission,
    ) -> Result<Self> {
        let Authorities { certificates, revocation_lists } = authorities;
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            roots.add(certificate.clone())?;
        }
        let provider = Arc::new(ring::default_provider());
        let builder =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .with_crls(revocation_lists);
        let verifier = match admission {
            Admission::VerifiedOrNone => builder.allow_unauthenticated().build()?,
            Admission::Verified | Admission::Any => builder.build()?,
        };
        let in_handshake: Arc<dyn ClientCertVerifier> = match admission {
            Admission::Any => Arc::new(OptionalNoCa::new(Arc::clone(&verifier))),
            Admission::Verified | Admission::VerifiedOrNone => Arc::clone(&verifier),
        };
        let config = |verifier| -> Result<Arc<ServerConfig>> {
            let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
                .with_safe_default_protocol_versions()?
                .with_client_cert_verifier(verifier)
                .with_single_cert(chain.clone(), key.clone_key())?;
            config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
            Ok(Arc::new(config))
        };
        let (asking, plain) = (config(in_handshake)?, config(Arc::new(NoClientAuth))?);
        let verifier = OptionalNoCa::new(verifier).authorities(certificates);
        Ok(Self { asking, plain, verifier, admission })
    }

    /// The client's server name decides whether it is asked for a certificate.
    pub async fn accept(
        &self,
        stream: TcpStream,
        asks: impl FnOnce(Option<&str>) -> bool,
    ) -> io::Result<TlsStream<TcpStream>> {
        let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let asks = asks(hello.client_hello().server_name());
        let config = if asks { &self.asking } else { &self.plain };
        hello.into_stream(Arc::clone(config)).await
    }

    /// The client of a finished handshake, as it verifies now; nobody, where it was not asked.
    ///
    /// On a resumed session rustls hands out the first handshake's certificates and verifies nothing: they may have expired since.
    pub fn client(&self, connection: &ServerConnection) -> Result<ClientCertificate> {
        let now = self.asking.time_provider.current_time().ok_or("no time to verify at")?;
        let client = self.verifier.client(connection.peer_certificates(), now)?;
        if self.admission != Admission::Any && client.is_presented() && !client.is_trusted() {
            let verdict = TlsClientAuth::new(&client);
            return Err(format!("resumed session: {}", verdict.cert_verified()).into());
        }
        Ok(client)
    }
}
