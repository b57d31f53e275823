//! A temporary CA, and the TLS configurations of the proxy and of two clients.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::Result;

pub(crate) struct Tls {
    pub(crate) server: ServerConfig,
    pub(crate) root: CertificateDer<'static>,
    /// With a certificate of the CA that the server knows.
    pub(crate) known: Arc<ClientConfig>,
    /// Without a certificate.
    pub(crate) nobody: Arc<ClientConfig>,
}

impl Tls {
    pub(crate) fn new() -> Result<Self> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Example CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate()?;
        let root = params.self_signed(&key)?.der().clone();
        let issuer = Issuer::new(params, key);
        let mut roots = RootCertStore::empty();
        roots.add(root.clone())?;
        let roots = Arc::new(roots);

        let provider = Arc::new(ring::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider))
                .allow_unauthenticated()
                .build()?;
        let (chain, key) = leaf("localhost", &issuer)?;
        let mut server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&TLS13])?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)?;
        server.alpn_protocols = vec![b"h3".to_vec()];
        // A resumed session is not verified again, and early data can be replayed: neither is taken.
        server.session_storage = Arc::new(NoServerSessionStorage {});
        server.send_tls13_tickets = 0;
        server.max_early_data_size = 0;

        let client = || {
            ClientConfig::builder_with_provider(Arc::clone(&provider))
                .with_protocol_versions(&[&TLS13])
                .map(|builder| builder.with_root_certificates(Arc::clone(&roots)))
        };
        let (chain, key) = leaf("client.example", &issuer)?;
        let mut known = client()?.with_client_auth_cert(chain, key)?;
        let mut nobody = client()?.with_no_client_auth();
        known.alpn_protocols = vec![b"h3".to_vec()];
        nobody.alpn_protocols = known.alpn_protocols.clone();
        Ok(Self { server, root, known: Arc::new(known), nobody: Arc::new(nobody) })
    }
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn leaf(name: &str, issuer: &Issuer<'static, KeyPair>) -> Result<Identity> {
    let mut params = CertificateParams::new([name.to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok((vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
}
