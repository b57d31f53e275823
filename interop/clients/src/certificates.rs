//! Makes clients of every kind, with the verification result of each library.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, SanType, date_time_ymd,
};
use tls_client_auth::client::VerifyError;
use tls_client_auth::client::VerifyError::*;
use tls_client_auth::{Dialect, Verification};

use crate::Error;

/// A client's certificate, and the expected results.
pub struct Identity {
    pub name: &'static str,
    /// DER, leaf first.
    pub chain: Vec<Vec<u8>>,
    /// PKCS #8.
    pub key: Vec<u8>,
    pub said: Said,
}

/// The error of each library with a callback that accepts everything, like nginx's; `None` if the certificate verifies.
#[derive(Clone, Copy)]
pub struct Said {
    openssl: Option<VerifyError>,
    boringssl: Option<VerifyError>,
    /// The result of webpki, if it differs from both.
    rustls: Option<Option<VerifyError>>,
}

impl Said {
    const SUCCESS: Self = Self { openssl: None, boringssl: None, rustls: None };

    const fn by_all(error: VerifyError) -> Self {
        Self { openssl: Some(error), boringssl: Some(error), rustls: None }
    }

    const fn but_rustls(self, said: Option<VerifyError>) -> Self {
        Self { rustls: Some(said), ..self }
    }

    fn error(self, library: Dialect) -> Option<VerifyError> {
        match library {
            Dialect::OpenSsl => self.openssl,
            Dialect::BoringSsl => self.boringssl,
        }
    }

    /// This library's result.
    pub fn by(self, library: Dialect) -> Verification {
        self.error(library).map_or(Verification::Success, Verification::from)
    }

    /// The result of rustls with this library's reasons.
    pub fn by_rustls(self, library: Dialect) -> Verification {
        let error = self.rustls.unwrap_or(self.error(library));
        error.map_or(Verification::Success, Verification::from)
    }
}

/// The root that the proxies trust, and the proxies' certificate for `proxy.example` and `www.example`.
pub struct Authorities {
    pub root: Vec<u8>,
    pub server: Vec<u8>,
    /// PKCS #8.
    pub server_key: Vec<u8>,
}

struct Signed {
    der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2099, 1, 1);
    params.use_authority_key_identifier_extension = true;
    params
}

fn authority(name: &str) -> CertificateParams {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn client() -> CertificateParams {
    let mut params = params("client");
    params.subject_alt_names = vec![SanType::DnsName("client.example".try_into().expect("a name"))];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

/// The value after this change.
fn with<T>(mut value: T, change: impl FnOnce(&mut T)) -> T {
    change(&mut value);
    value
}

fn signed(params: CertificateParams, issuer: Option<&Signed>) -> Result<Signed, rcgen::Error> {
    let key = KeyPair::generate()?;
    let certificate = match issuer {
        Some(issuer) => params.signed_by(&key, &issuer.issuer)?,
        None => params.self_signed(&key)?,
    };
    Ok(Signed { der: certificate.der().to_vec(), issuer: Issuer::new(params, key) })
}

/// The authorities, and every kind of client.
pub fn identities() -> Result<(Authorities, Vec<Identity>), Error> {
    let root = signed(authority("Root"), None)?;
    let other_root = signed(authority("Other Root"), None)?;
    let impostor = signed(authority("Root"), None)?;
    let below = |name, issuer: &Signed| signed(authority(name), Some(issuer));
    let intermediate = below("Intermediate", &root)?;
    let second = below("Second", &intermediate)?;
    let other_intermediate = below("Other Intermediate", &other_root)?;
    let no_authority =
        signed(with(params("No Authority"), |it| it.is_ca = IsCa::ExplicitNoCa), Some(&root))?;
    let no_signer = signed(
        with(authority("No Signer"), |it| it.key_usages = vec![KeyUsagePurpose::CrlSign]),
        Some(&root),
    )?;
    let expired_authority = signed(
        with(authority("Expired"), |it| it.not_after = date_time_ymd(2021, 1, 1)),
        Some(&root),
    )?;
    let short = signed(
        with(authority("Short"), |it| it.is_ca = IsCa::Ca(BasicConstraints::Constrained(0))),
        Some(&root),
    )?;
    let too_deep = below("Too Deep", &short)?;
    let constrained = |permitted: bool| {
        let subtree = |name: &str| vec![GeneralSubtree::DnsName(name.into())];
        signed(
            with(authority("Constrained"), |it| {
                it.name_constraints = Some(NameConstraints {
                    permitted_subtrees: if permitted { subtree("other.example") } else { vec![] },
                    excluded_subtrees: if permitted { vec![] } else { subtree("client.example") },
                });
            }),
            Some(&root),
        )
    };
    let (permits, excludes) = (constrained(true)?, constrained(false)?);
    let expired = || with(client(), |it| it.not_after = date_time_ymd(2021, 1, 1));
    let early = with(client(), |it| it.not_before = date_time_ymd(2098, 1, 1));
    let server_only = with(client(), |it| {
        it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    });
    let critical = with(authority("Critical"), |it| {
        let mut extension =
            CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 55738, 1], vec![5, 0]);
        extension.set_criticality(true);
        it.custom_extensions = vec![extension];
    });
    let critical = signed(critical, Some(&root))?;
    let self_issued = |with_key_identifier: bool| {
        with(client(), |it| {
            it.distinguished_name = DistinguishedName::new();
            it.distinguished_name.push(DnType::CommonName, "Other Root");
            // rcgen then adds a subject key identifier.
            it.is_ca = if with_key_identifier { IsCa::ExplicitNoCa } else { IsCa::NoCa };
        })
    };
    let client_authority = with(authority("client"), |it| {
        it.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    });

    let mut identities = Vec::new();
    let mut add = |name, leaf, issuer: Option<&Signed>, chain: &[&Signed], said| {
        let leaf = signed(leaf, issuer)?;
        let chain = [leaf.der].into_iter().chain(chain.iter().map(|it| it.der.clone())).collect();
        let key = leaf.issuer.key().serialize_der();
        identities.push(Identity { name, chain, key, said });
        Ok::<_, rcgen::Error>(())
    };
    add("good", client(), Some(&root), &[], Said::SUCCESS)?;
    add("root sent along", client(), Some(&root), &[&root], Said::SUCCESS)?;
    add("two intermediates", client(), Some(&second), &[&second, &intermediate], Said::SUCCESS)?;
    add("in disorder", client(), Some(&second), &[&intermediate, &second], Said::SUCCESS)?;

    let said = Said {
        boringssl: Some(UnableToGetIssuerCertLocally),
        ..Said::by_all(UnableToVerifyLeafSignature)
    };
    add("intermediate not sent", client(), Some(&intermediate), &[], said)?;
    add("unknown issuer", client(), Some(&other_root), &[], said)?;
    add("unknown issuer, known root sent", client(), Some(&other_root), &[&root], said)?;
    add("self-issued, issuer not sent", self_issued(true), Some(&other_root), &[], said)?;
    // webpki tries the root's key; OpenSSL compares the key identifiers first.
    let said = said.but_rustls(Some(CertSignatureFailure));
    add("root's name, another key", client(), Some(&impostor), &[], said)?;

    let said = Said::by_all(UnableToGetIssuerCertLocally);
    add("first intermediate not sent", client(), Some(&second), &[&second], said)?;
    let unknown = Some(&other_intermediate);
    add("unknown root", client(), unknown, &[&other_intermediate], said)?;

    let said = Said::by_all(SelfSignedCertInChain);
    add("unknown root sent", client(), Some(&other_root), &[&other_root], said)?;
    add("unknown root sent first", client(), unknown, &[&other_root, &other_intermediate], said)?;
    add("self-issued, issuer sent", self_issued(true), Some(&other_root), &[&other_root], said)?;
    let said = said.but_rustls(Some(CertSignatureFailure));
    add("root's name, another key, sent", client(), Some(&impostor), &[&impostor], said)?;

    let said = Said::by_all(DepthZeroSelfSignedCert);
    add("self-signed", client(), None, &[], said)?;
    add("self-signed, another root sent", client(), None, &[&other_root], said)?;
    add("self-issued without identifiers", self_issued(false), Some(&other_root), &[], said)?;

    let said = Said::by_all(CertHasExpired);
    add("expired", expired(), Some(&root), &[], said)?;
    add("expired and self-signed", expired(), None, &[], said)?;
    add("expired, unknown issuer", expired(), Some(&other_root), &[], said)?;
    add("issuer expired", client(), Some(&expired_authority), &[&expired_authority], said)?;
    add("not yet valid", early, Some(&root), &[], Said::by_all(CertNotYetValid))?;

    let said = Said::by_all(InvalidPurpose);
    add("for servers", server_only, Some(&root), &[], said)?;
    add("issuer is no authority", client(), Some(&no_authority), &[&no_authority], said)?;
    // webpki ignores the key usage of a CA.
    let said = Said {
        boringssl: Some(UnableToGetIssuerCertLocally),
        ..Said::by_all(KeyusageNoCertsign).but_rustls(None)
    };
    add("issuer may not sign", client(), Some(&no_signer), &[&no_signer], said)?;
    let said = Said::SUCCESS.but_rustls(Some(InvalidNonCa));
    add("an authority itself", client_authority, Some(&root), &[], said)?;
    let said = Said::by_all(UnhandledCriticalExtension);
    add("issuer, critical extension", client(), Some(&critical), &[&critical], said)?;
    let said = Said::by_all(PathLengthExceeded);
    add("path too long", client(), Some(&too_deep), &[&too_deep, &short], said)?;
    let said = Said::by_all(PermittedViolation);
    add("outside the permitted names", client(), Some(&permits), &[&permits], said)?;
    // webpki has one error for both.
    let said = Said::by_all(ExcludedViolation).but_rustls(Some(PermittedViolation));
    add("among the excluded names", client(), Some(&excludes), &[&excludes], said)?;

    let server = with(params("proxy.example"), |it| {
        let name = |name: &str| SanType::DnsName(name.try_into().expect("a name"));
        it.subject_alt_names = vec![name("proxy.example"), name("www.example")];
    });
    let server = signed(server, Some(&root))?;
    let server_key = server.issuer.key().serialize_der();
    Ok((Authorities { root: root.der, server: server.der, server_key }, identities))
}
