//! TLS: the hosts that ask for a certificate, the CAs that verify it, and the client after the handshake.

use std::collections::HashMap;
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

/// The clients that are admitted: nginx's `ssl_verify_client` `on`, `optional`, `optional_no_ca`.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum Admission {
    Verified,
    VerifiedOrNone,
    Any,
}

/// The CAs that clients' certificates must lead to, and the certificates that they revoked.
pub struct Authorities {
    pub certificates: Vec<CertificateDer<'static>>,
    /// The CAs of hosts with an `mtls_certificate_id`, by this identifier.
    pub uploaded: HashMap<String, Vec<CertificateDer<'static>>>,
    /// If there is one, each CA in a client's chain needs one.
    pub revocation_lists: Vec<CertificateRevocationListDer<'static>>,
}

/// The TLS configurations for handshakes.
pub struct Tls {
    /// For hosts that ask for a certificate without an `mtls_certificate_id`.
    pub own: Judge,
    uploaded: HashMap<String, Judge>,
    /// For hosts that do not ask. It has sessions of its own: a session of such a host must not be resumed for a host that asks.
    pub plain: Arc<ServerConfig>,
    admission: Admission,
}

/// The CAs that verify the clients of some hosts, in the handshake and afterwards. It has sessions of its own, too: a session that began
/// with other CAs is not resumed.
pub struct Judge {
    pub config: Arc<ServerConfig>,
    verifier: OptionalNoCa,
}

impl Tls {
    /// TLS 1.2 and 1.3, HTTP/2 before HTTP/1.1; a verified client's certificate leads to one of the authorities.
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        authorities: Authorities,
        admission: Admission,
    ) -> Result<Self> {
        let Authorities { certificates, uploaded, revocation_lists } = authorities;
        let provider = Arc::new(ring::default_provider());
        let config = |verifier| -> Result<Arc<ServerConfig>> {
            let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
                .with_safe_default_protocol_versions()?
                .with_client_cert_verifier(verifier)
                .with_single_cert(chain.clone(), key.clone_key())?;
            config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
            Ok(Arc::new(config))
        };
        let judge = |certificates: Vec<CertificateDer<'static>>| -> Result<Judge> {
            let mut roots = RootCertStore::empty();
            for certificate in &certificates {
                roots.add(certificate.clone())?;
            }
            let builder =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                    .with_crls(revocation_lists.iter().cloned());
            let verifier = match admission {
                Admission::VerifiedOrNone => builder.allow_unauthenticated().build()?,
                Admission::Verified | Admission::Any => builder.build()?,
            };
            let in_handshake: Arc<dyn ClientCertVerifier> = match admission {
                Admission::Any => Arc::new(OptionalNoCa::new(Arc::clone(&verifier))),
                Admission::Verified | Admission::VerifiedOrNone => Arc::clone(&verifier),
            };
            let verifier = OptionalNoCa::new(verifier).authorities(certificates);
            Ok(Judge { config: config(in_handshake)?, verifier })
        };
        let uploaded = uploaded.into_iter().map(|(identifier, certificates)| {
            Ok((identifier.to_ascii_lowercase(), judge(certificates)?))
        });
        Ok(Self {
            uploaded: uploaded.collect::<Result<_>>()?,
            own: judge(certificates)?,
            plain: config(Arc::new(NoClientAuth))?,
            admission,
        })
    }

    /// The judge of the hosts with this `mtls_certificate_id`, or with none. An identifier without CAs is an error: no other CA may
    /// judge these clients.
    pub fn judge(&self, identifier: Option<&str>) -> Result<&Judge> {
        let Some(identifier) = identifier else { return Ok(&self.own) };
        let judge = self.uploaded.get(&identifier.to_ascii_lowercase());
        judge.ok_or_else(|| format!("mtls_certificate_id {identifier}: no --ca for it").into())
    }

    /// Selects the judge by the client's server name; without one, the client is not asked for a certificate.
    pub async fn accept<'t>(
        &self,
        stream: TcpStream,
        judge: impl FnOnce(Option<&str>) -> Result<Option<&'t Judge>>,
    ) -> Result<(TlsStream<TcpStream>, Option<&'t Judge>)> {
        let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let judge = judge(hello.client_hello().server_name())?;
        let config = judge.map_or(&self.plain, |judge| &judge.config);
        Ok((hello.into_stream(Arc::clone(config)).await?, judge))
    }

    /// The client of a finished handshake, with its judge's result at the current time; without a certificate if it was not asked.
    ///
    /// On a resumed session rustls returns the first handshake's certificates without verification: they may have expired since.
    pub fn client(
        &self,
        judge: Option<&Judge>,
        connection: &ServerConnection,
    ) -> Result<ClientCertificate> {
        let Some(judge) = judge else { return Ok(ClientCertificate::none()) };
        let now = judge.config.time_provider.current_time().ok_or("no time to verify at")?;
        let client = judge.verifier.client(connection.peer_certificates(), now)?;
        if self.admission != Admission::Any && client.is_presented() && !client.is_trusted() {
            let verdict = TlsClientAuth::new(&client);
            return Err(format!("resumed session: {}", verdict.cert_verified()).into());
        }
        Ok(client)
    }
}
