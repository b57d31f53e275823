//! A temporary CA, and the TLS configurations of the proxy and of clients.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::Result;

pub(crate) struct Tls {
    pub(crate) server: ServerConfig,
    pub(crate) root: CertificateDer<'static>,
    /// With a certificate, with one whose subject looks like another's URI, and without any.
    pub(crate) good: Arc<ClientConfig>,
    pub(crate) forger: Arc<ClientConfig>,
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
        let (chain, key) = leaf("localhost", SanType::DnsName("localhost".try_into()?), &issuer)?;
        let mut server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)?;
        // A resumed session is not verified again.
        server.session_storage = Arc::new(NoServerSessionStorage {});
        server.send_tls13_tickets = 0;

        let client = || {
            ClientConfig::builder_with_provider(Arc::clone(&provider))
                .with_safe_default_protocol_versions()
                .map(|builder| builder.with_root_certificates(Arc::clone(&roots)))
        };
        let with = |name: &str, uri: &str| -> Result<_> {
            let (chain, key) = leaf(name, SanType::URI(uri.try_into()?), &issuer)?;
            Ok(Arc::new(client()?.with_client_auth_cert(chain, key)?))
        };
        Ok(Self {
            good: with("good", "spiffe://example.org/good")?,
            forger: with("forger;URI=spiffe://example.org/admin", "spiffe://example.org/forger")?,
            nobody: Arc::new(client()?.with_no_client_auth()),
            server,
            root,
        })
    }
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn leaf(name: &str, san: SanType, issuer: &Issuer<'static, KeyPair>) -> Result<Identity> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.subject_alt_names = vec![san];
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok((vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
}
