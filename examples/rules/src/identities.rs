//! A server, two authorities that it knows and one that it does not, and clients of every kind.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, IsCa, Issuer,
    KeyIdMethod, KeyPair, KeyUsagePurpose, RevocationReason, RevokedCertParams, SerialNumber,
    date_time_ymd,
};
use tls_client_auth::client::VerifyError;
use tls_client_auth::rustls::OptionalNoCa;
use tls_client_auth::{ClientCertificate, Verification};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime,
};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::Result;

/// The authority that `rules/issuer.rules` names.
const ISSUER: &str = "27846FAE6EAC4A8DAD9101B519CF1EB460242831";
const REVOKED: u64 = 7;

pub struct Identities {
    pub server: Arc<ServerConfig>,
    pub verifier: Arc<OptionalNoCa>,
    /// In the order of the outcomes that `main` expects.
    pub clients: Vec<(&'static str, Arc<ClientConfig>)>,
    /// The SHA-256 of the good client's certificate.
    pub fingerprint: String,
}

pub type Authority = (CertificateDer<'static>, Issuer<'static, KeyPair>);
pub type Identity = (CertificateDer<'static>, PrivateKeyDer<'static>);

pub fn params(name: &str) -> Result<CertificateParams> {
    let mut params = CertificateParams::new([name.to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2099, 1, 1);
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

pub fn authority(name: &str, key_identifier: KeyIdMethod) -> Result<Authority> {
    let mut params = params(name)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.key_identifier_method = key_identifier;
    let key = KeyPair::generate()?;
    Ok((params.self_signed(&key)?.der().clone(), Issuer::new(params, key)))
}

pub fn leaf(params: CertificateParams, issuer: &Issuer<'static, KeyPair>) -> Result<Identity> {
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?.der().clone();
    Ok((certificate, PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
}

impl Identities {
    pub fn new() -> Result<Self> {
        let identifier =
            (0..ISSUER.len()).step_by(2).map(|at| u8::from_str_radix(&ISSUER[at..at + 2], 16));
        let named = KeyIdMethod::PreSpecified(identifier.collect::<std::result::Result<_, _>>()?);
        let (root, issuer) = authority("Named CA", named)?;
        let (other_root, other_issuer) = authority("Other CA", KeyIdMethod::Sha256)?;
        let (_, stranger) = authority("Unknown CA", KeyIdMethod::Sha256)?;

        let with_serial = |serial: u64| {
            params("client.example").map(|mut params| {
                params.serial_number = Some(SerialNumber::from(serial));
                params
            })
        };
        let mut old = with_serial(3)?;
        old.not_after = date_time_ymd(2021, 1, 1);
        let good = leaf(with_serial(1)?, &issuer)?;
        let fingerprint = tls_client_auth::TlsClientAuth::new(&ClientCertificate::presented(
            good.0.as_ref(),
            Verification::Success,
        ));
        let fingerprint = fingerprint.cert_fingerprint_sha256().to_owned();
        let identities = [
            ("no certificate", None),
            ("good", Some(good)),
            ("good, of another issuer", Some(leaf(with_serial(2)?, &other_issuer)?)),
            ("of an unknown issuer", Some(leaf(with_serial(4)?, &stranger)?)),
            ("expired", Some(leaf(old, &issuer)?)),
            ("revoked", Some(leaf(with_serial(REVOKED)?, &issuer)?)),
        ];

        let mut roots = RootCertStore::empty();
        roots.add(root)?;
        roots.add(other_root)?;
        let roots = Arc::new(roots);
        let revoked = CertificateRevocationListParams {
            this_update: date_time_ymd(2020, 1, 1),
            next_update: date_time_ymd(2099, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: vec![RevokedCertParams {
                serial_number: SerialNumber::from(REVOKED),
                revocation_time: date_time_ymd(2021, 1, 1),
                reason_code: Some(RevocationReason::KeyCompromise),
                invalidity_date: None,
            }],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let revoked = revoked.signed_by(&issuer)?;
        let provider = Arc::new(ring::default_provider());
        let inner =
            WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider))
                .with_crls([revoked.der().clone()])
                .allow_unknown_revocation_status();
        let verifier = Arc::new(OptionalNoCa::new(inner.build()?));
        let (certificate, key) = leaf(params("api.example.com")?, &issuer)?;
        let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier.clone())
            .with_single_cert(vec![certificate], key)?;
        let client = |identity: Option<Identity>| {
            let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
                .with_safe_default_protocol_versions()?
                .with_root_certificates(Arc::clone(&roots));
            match identity {
                Some((certificate, key)) => builder.with_client_auth_cert(vec![certificate], key),
                None => Ok(builder.with_no_client_auth()),
            }
        };
        let clients =
            identities.into_iter().map(|(name, identity)| Ok((name, Arc::new(client(identity)?))));
        let clients = clients.collect::<Result<_>>()?;
        Ok(Self { server: Arc::new(server), verifier, clients, fingerprint })
    }

    /// The client of a finished handshake. Cloudflare reports a revoked certificate as one that verified.
    pub fn client(&self, certificates: Option<&[CertificateDer<'_>]>) -> Result<ClientCertificate> {
        let client = self.verifier.client(certificates, UnixTime::now())?;
        let revoked = Verification::from(VerifyError::CertRevoked);
        Ok(match *client.verification() == revoked {
            true => ClientCertificate::from_verified_chain(certificates)?.revoked(true),
            false => client,
        })
    }
}
