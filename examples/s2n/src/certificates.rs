//! Temporary CAs in PEM: a root and an intermediate that issue for the server and a client, and one that the server does not know.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use crate::Result;

pub(crate) struct Certificates {
    pub(crate) root: String,
    pub(crate) server: Identity,
    /// With the intermediate.
    pub(crate) known: Identity,
    pub(crate) stranger: Identity,
}

#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) chain: String,
    pub(crate) key: String,
}

impl Certificates {
    pub(crate) fn new() -> Result<Self> {
        let (params, key) = authority("Example CA")?;
        let root = params.self_signed(&key)?.pem();
        let issuer = Issuer::new(params, key);
        let (params, key) = authority("Example Intermediate CA")?;
        let intermediate = params.signed_by(&key, &issuer)?.pem();
        let between = Issuer::new(params, key);
        let (params, key) = authority("Unknown CA")?;
        let unknown = Issuer::new(params, key);
        let mut known = leaf("client.example", &between)?;
        known.chain.push_str(&intermediate);
        Ok(Self {
            root,
            server: leaf("localhost", &issuer)?,
            known,
            stranger: leaf("stranger.example", &unknown)?,
        })
    }
}

fn authority(name: &str) -> Result<(CertificateParams, KeyPair)> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Ok((params, KeyPair::generate()?))
}

fn leaf(name: &str, issuer: &Issuer<'static, KeyPair>) -> Result<Identity> {
    let mut params = CertificateParams::new([name.to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate()?;
    Ok(Identity { chain: params.signed_by(&key, issuer)?.pem(), key: key.serialize_pem() })
}
