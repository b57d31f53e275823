//! A temporary CA, a server and a client.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Certificates and keys, in DER.
pub struct Certificates {
    pub root: Vec<u8>,
    pub server: Vec<u8>,
    pub server_key: Vec<u8>,
    pub client: Vec<u8>,
    pub client_key: Vec<u8>,
}

impl Certificates {
    pub fn new() -> Result<Self, Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Example CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&key)?.der().to_vec();
        let issuer = Issuer::new(params, key);
        let (server, server_key) = leaf("localhost", &issuer)?;
        let (client, client_key) = leaf("client.example", &issuer)?;
        Ok(Self { root, server, server_key, client, client_key })
    }
}

fn leaf(name: &str, issuer: &Issuer<'static, KeyPair>) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let mut params = CertificateParams::new([name.to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate()?;
    Ok((params.signed_by(&key, issuer)?.der().to_vec(), key.serialize_der()))
}
