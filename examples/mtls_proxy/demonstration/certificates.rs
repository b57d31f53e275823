//! A throwaway CA, a server and a client certificate.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{
    ClientConfig, DEFAULT_VERSIONS, RootCertStore, SupportedProtocolVersion,
};

use crate::Result;
use crate::proxy::{Admission, Tls};

/// Of the server's and the client's certificate; the CA's is valid for longer.
pub const LAST_YEAR: i32 = 2099;

pub struct Certificates {
    pub root: CertificateDer<'static>,
    server: (CertificateDer<'static>, Vec<u8>),
    client: (CertificateDer<'static>, Vec<u8>),
}

impl Certificates {
    pub fn new() -> Result<Self> {
        let key = KeyPair::generate()?;
        let mut params = params("Demonstration CA", &[])?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&key)?.der().clone();
        let issuer = Issuer::new(params, key);
        let issue = |name, hosts: &[&str]| -> Result<(CertificateDer<'static>, Vec<u8>)> {
            let key = KeyPair::generate()?;
            let mut params = self::params(name, hosts)?;
            params.not_after = date_time_ymd(LAST_YEAR, 12, 31);
            let certificate = params.signed_by(&key, &issuer)?;
            Ok((certificate.der().clone(), key.serialize_der()))
        };
        let server = issue("proxy", &["app.example", "quiet.example"])?;
        let client = issue("client", &["client.example"])?;
        Ok(Self { root, server, client })
    }

    pub fn client_der(&self) -> Vec<u8> {
        self.client.0.to_vec()
    }

    pub fn tls(&self, admission: Admission) -> Result<Tls> {
        let (certificate, key) = &self.server;
        let chain = vec![certificate.clone()];
        Tls::new(chain, private_key(key), vec![self.root.clone()], admission)
    }

    pub fn client_config(&self, with_certificate: bool) -> Result<ClientConfig> {
        self.client_config_of(with_certificate, None)
    }

    /// The same for a client that speaks one version of TLS only.
    pub fn client_config_of(
        &self,
        with_certificate: bool,
        version: Option<&'static SupportedProtocolVersion>,
    ) -> Result<ClientConfig> {
        let versions = version.map_or(DEFAULT_VERSIONS.to_vec(), |version| vec![version]);
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&versions)?
            .with_root_certificates(self.roots()?);
        let (certificate, key) = &self.client;
        Ok(if with_certificate {
            builder.with_client_auth_cert(vec![certificate.clone()], private_key(key))?
        } else {
            builder.with_no_client_auth()
        })
    }

    fn roots(&self) -> Result<RootCertStore> {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone())?;
        Ok(roots)
    }
}

fn params(name: &str, hosts: &[&str]) -> Result<CertificateParams> {
    let mut params =
        CertificateParams::new(hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>())?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Example Corp");
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(params)
}

fn private_key(der: &[u8]) -> PrivateKeyDer<'static> {
    PrivatePkcs8KeyDer::from(der.to_vec()).into()
}
