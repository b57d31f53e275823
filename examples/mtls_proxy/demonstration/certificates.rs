//! A temporary CA, a server's certificate, and clients' certificates of every kind.

use std::collections::HashMap;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName,
    DnType, IsCa, Issuer, KeyIdMethod, KeyPair, RevokedCertParams, SerialNumber, date_time_ymd,
};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{
    CertificateDer, CertificateRevocationListDer, PrivateKeyDer, PrivatePkcs8KeyDer,
};
use tokio_rustls::rustls::{
    ClientConfig, DEFAULT_VERSIONS, RootCertStore, ServerConfig, SupportedProtocolVersion,
};

use crate::Result;
use crate::proxy::{Admission, Authorities, Tls};

/// The hosts of the server's certificate, which the proxy and the origin share.
const SERVERS: [&str; 7] = [
    "www.example",
    "quiet.example",
    "api.example",
    "app.example",
    "partner.example",
    "localhost",
    "::1",
];
/// The identifier of the CA of [`Client::Stranger`] in hosts' settings.
pub const PARTNER: &str = "b2134436-2555-4acf-be5b-26c48136575e";
/// The last year of the server's and the known client's certificates; the CA's is valid for longer.
pub const LAST_YEAR: i32 = 2099;

/// The kinds of clients.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Client {
    Nobody,
    /// Has a certificate of another CA.
    Stranger,
    Expired,
    Revoked,
    Known,
}

struct Identity {
    certificate: CertificateDer<'static>,
    /// PKCS #8.
    key: Vec<u8>,
}

pub struct Certificates {
    pub root: CertificateDer<'static>,
    /// The CA of [`Client::Stranger`].
    pub partner: CertificateDer<'static>,
    revocation_lists: [CertificateRevocationListDer<'static>; 2],
    server: Identity,
    clients: Vec<(Client, Identity)>,
}

impl Certificates {
    pub fn new() -> Result<Self> {
        let (root, issuer) = authority("Demonstration CA")?;
        let (partner, another) = authority("Another CA")?;
        let server = sign(leaf("proxy", &SERVERS)?, &issuer)?;
        let client = |name| leaf(name, &["client.example"]);
        let mut expired = client("expired")?;
        expired.not_after = date_time_ymd(2020, 12, 31);
        let mut revoked = client("revoked")?;
        let serial_number = SerialNumber::from_slice(b"revoked");
        revoked.serial_number = Some(serial_number.clone());
        let clients = vec![
            (Client::Stranger, sign(client("stranger")?, &another)?),
            (Client::Expired, sign(expired, &issuer)?),
            (Client::Revoked, sign(revoked, &issuer)?),
            (Client::Known, sign(client("client")?, &issuer)?),
        ];
        Ok(Self {
            root,
            partner,
            revocation_lists: [
                revocation_list(serial_number.clone(), &issuer)?,
                revocation_list(serial_number, &another)?,
            ],
            server,
            clients,
        })
    }

    pub fn client_der(&self) -> Vec<u8> {
        self.identity(Client::Known).map_or_else(Vec::new, |known| known.certificate.to_vec())
    }

    pub fn tls(&self, admission: Admission) -> Result<Tls> {
        let authorities = Authorities {
            certificates: vec![self.root.clone()],
            uploaded: HashMap::from([(PARTNER.to_owned(), vec![self.partner.clone()])]),
            revocation_lists: self.revocation_lists.to_vec(),
        };
        let chain = vec![self.server.certificate.clone()];
        Tls::new(chain, private_key(&self.server), authorities, admission)
    }

    /// The TLS configuration of an origin with the server's certificate.
    pub fn origin_tls(&self) -> Result<ServerConfig> {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth();
        let chain = vec![self.server.certificate.clone()];
        let mut config = builder.with_single_cert(chain, private_key(&self.server))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    pub fn client_config(&self, client: Client) -> Result<ClientConfig> {
        self.client_config_of(client, None)
    }

    /// The TLS configuration of a client, for one version of TLS if it is given.
    pub fn client_config_of(
        &self,
        client: Client,
        version: Option<&'static SupportedProtocolVersion>,
    ) -> Result<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone())?;
        let versions = version.map_or(DEFAULT_VERSIONS.to_vec(), |version| vec![version]);
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&versions)?
            .with_root_certificates(roots);
        Ok(match self.identity(client) {
            Some(identity) => builder
                .with_client_auth_cert(vec![identity.certificate.clone()], private_key(identity))?,
            None => builder.with_no_client_auth(),
        })
    }

    fn identity(&self, client: Client) -> Option<&Identity> {
        self.clients.iter().find(|(it, _)| *it == client).map(|(_, identity)| identity)
    }
}

type Authority = Issuer<'static, KeyPair>;

fn authority(name: &str) -> Result<(CertificateDer<'static>, Authority)> {
    let key = KeyPair::generate()?;
    let mut params = params(name, &[])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Ok((params.self_signed(&key)?.der().clone(), Issuer::new(params, key)))
}

fn leaf(name: &str, hosts: &[&str]) -> Result<CertificateParams> {
    let mut params = params(name, hosts)?;
    params.not_after = date_time_ymd(LAST_YEAR, 12, 31);
    Ok(params)
}

fn params(name: &str, hosts: &[&str]) -> Result<CertificateParams> {
    let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Example Corp");
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(params)
}

fn sign(params: CertificateParams, issuer: &Authority) -> Result<Identity> {
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?.der().clone();
    Ok(Identity { certificate, key: key.serialize_der() })
}

fn revocation_list(
    serial_number: SerialNumber,
    issuer: &Authority,
) -> Result<CertificateRevocationListDer<'static>> {
    let revoked = RevokedCertParams {
        serial_number,
        revocation_time: date_time_ymd(2020, 1, 1),
        reason_code: None,
        invalidity_date: None,
    };
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(2020, 1, 1),
        next_update: date_time_ymd(LAST_YEAR, 12, 31),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: vec![revoked],
        key_identifier_method: KeyIdMethod::Sha256,
    };
    Ok(params.signed_by(issuer)?.der().clone())
}

fn private_key(identity: &Identity) -> PrivateKeyDer<'static> {
    PrivatePkcs8KeyDer::from(identity.key.clone()).into()
}
