//! Certificates, keys and revocation lists in PEM files.

use std::collections::HashMap;
use std::io::{self, Write as _};

use hyper::http::uri::Scheme;
use time::OffsetDateTime;
use tls_client_auth::Dialect;
use tls_client_auth::x509::Certificate;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{
    CertificateDer, CertificateRevocationListDer, PrivateKeyDer,
};

use crate::Result;
use crate::proxy::{Admission, Authorities, Tls, connector};

/// The TLS configuration for the origin; an `https` URL requires its CAs.
pub fn origin_tls(scheme: &Scheme, origin_ca: Option<&str>) -> Result<Option<ClientConfig>> {
    match (*scheme == Scheme::HTTPS, origin_ca) {
        (true, None) => Err("--origin-ca is missing: the origin's URL is https".into()),
        (false, Some(_)) => Err("--origin-ca: the origin's URL is not https".into()),
        (_, origin_ca) => {
            let tls = |file| {
                connector::tls(certificates("--origin-ca", file)?)
                    .map_err(|error| format!("--origin-ca {file}: {error}").into())
            };
            origin_ca.map(tls).transpose()
        }
    }
}

pub fn tls(cert: &str, key: &str, authorities: Authorities, admission: Admission) -> Result<Tls> {
    let private_key =
        PrivateKeyDer::from_pem_file(key).map_err(|error| format!("--key {key}: {error}"))?;
    let chain = certificates("--cert", cert)?;
    Tls::new(chain, private_key, authorities, admission)
        .map_err(|error| format!("--cert {cert}, --key {key}, --client-ca: {error}").into())
}

pub fn authorities(
    client_ca: &str,
    uploaded: &[(String, String)],
    client_crl: Option<&str>,
) -> Result<Authorities> {
    let mut by_identifier = HashMap::new();
    for (identifier, file) in uploaded {
        let certificates = certificates("--ca", file)?;
        if by_identifier.insert(identifier.to_ascii_lowercase(), certificates).is_some() {
            return Err(format!("--ca {identifier}: is duplicated").into());
        }
    }
    let lists =
        client_crl.map(|file| items::<CertificateRevocationListDer<'_>>("--client-crl", file));
    Ok(Authorities {
        certificates: certificates("--client-ca", client_ca)?,
        uploaded: by_identifier,
        revocation_lists: lists.transpose()?.unwrap_or_default(),
    })
}

/// The certificates of a file. webpki does not check the dates of a trusted CA, and accepts clients of an expired one, so the operator is
/// warned.
fn certificates(option: &str, file: &str) -> Result<Vec<CertificateDer<'static>>> {
    let certificates = items::<CertificateDer<'_>>(option, file)?;
    for subject in certificates.iter().filter_map(|certificate| has_expired(certificate)) {
        let _ = writeln!(io::stderr(), "mtls_proxy: {option} {file}: has expired: {subject}");
    }
    Ok(certificates)
}

/// The subject of a certificate that has expired.
pub fn has_expired(certificate: &[u8]) -> Option<String> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let last = certificate.not_after().to_offset_date_time()?;
    (last < OffsetDateTime::now_utc())
        .then(|| certificate.subject().rfc2253(Dialect::OpenSsl).unwrap_or_default())
}

/// The certificates or revocation lists of a file, at least one.
fn items<T: PemObject>(option: &str, file: &str) -> Result<Vec<T>> {
    let read = T::pem_file_iter(file).and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>);
    match read {
        Ok(items) if items.is_empty() => {
            Err(format!("{option} {file}: no PEM block of this kind").into())
        }
        Ok(items) => Ok(items),
        Err(error) => Err(format!("{option} {file}: {error}").into()),
    }
}
