//! A temporary CA, the proxy's TLS configuration, and the certificates of two clients.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use tonic::transport::{Certificate, Identity};

use crate::Result;

pub(crate) struct Tls {
    pub(crate) server: Arc<ServerConfig>,
    pub(crate) root: CertificateDer<'static>,
    /// What the clients trust.
    pub(crate) trusted: Certificate,
    /// Of the CA that the server knows, and of one that it does not know.
    pub(crate) known: Identity,
    pub(crate) stranger: Identity,
}

impl Tls {
    pub(crate) fn new() -> Result<Self> {
        let (root, issuer) = authority("Example CA")?;
        let (_, unknown) = authority("Unknown CA")?;
        let mut roots = RootCertStore::empty();
        roots.add(root.der().clone())?;
        let provider = Arc::new(ring::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .allow_unauthenticated()
                .build()?;
        let (certificate, key) = leaf("localhost", &issuer)?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![certificate.der().clone()], key.into())?;
        server.alpn_protocols = vec![b"h2".to_vec()];
        // A resumed session is not verified again.
        server.session_storage = Arc::new(NoServerSessionStorage {});
        server.send_tls13_tickets = 0;
        let identity = |name, issuer| {
            let (certificate, key) = leaf(name, issuer)?;
            Ok::<_, crate::Error>(Identity::from_pem(certificate.pem(), key.serialize_pem()))
        };
        Ok(Self {
            server: Arc::new(server),
            root: root.der().clone(),
            trusted: Certificate::from_pem(root.pem()),
            known: identity("client.example", &issuer)?,
            stranger: identity("stranger.example", &unknown)?,
        })
    }
}

fn authority(name: &str) -> Result<(rcgen::Certificate, Issuer<'static, KeyPair>)> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate()?;
    Ok((params.self_signed(&key)?, Issuer::new(params, key)))
}

fn leaf(name: &str, issuer: &Issuer<'static, KeyPair>) -> Result<(rcgen::Certificate, KeyPair)> {
    let mut params = CertificateParams::new([name.to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate()?;
    Ok((params.signed_by(&key, issuer)?, key))
}
