//! The result of parsing a request: a record of the leaf, or of single facts.

use alloc::vec::Vec;

use crate::client::{ClientCertificate, Verification};
use crate::encoding;
use crate::field::digest::Digest;
use crate::field::limits::ReceiveLimits;
use crate::field::stated::{Fact, NameKind, Printed, Stated, StatedName, Whose};
use crate::record::{Property, TlsClientAuth};
use crate::x509::{Certificate, SubjectAltName};

/// The result of [`Receiver::receive_with_names`](crate::Receiver::receive_with_names): the record, and the certificate's names.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Received {
    /// The record, as [`Receiver::receive`](crate::Receiver::receive) returns it.
    pub auth: TlsClientAuth,
    /// The certificate's DNS names, URIs and TLS identities: from the leaf if it was sent, otherwise from the headers, without
    /// those that another name of the certificate can have produced.
    pub names: Vec<StatedName>,
}

/// A client whose leaf was not sent.
pub(super) fn client(stated: &Stated, verification: Verification) -> ClientCertificate {
    match stated.sha256 {
        Some(Digest::Of(digest)) => ClientCertificate::known_by_sha256(digest, verification),
        _ => ClientCertificate::presented([], verification),
    }
}

/// The record of a client without its leaf: the facts as stated.
pub(super) fn record(stated: &Stated, client: ClientCertificate) -> TlsClientAuth {
    let client = client.dialect(stated.dialect);
    let verified = client.verification().text(stated.dialect);
    let (mut sha1, mut sha256) = (Vec::new(), Vec::new());
    if let Some(Digest::Of(digest)) = &stated.sha1 {
        encoding::hex_lower(digest, &mut sha1);
    }
    if let Some(Digest::Of(digest)) = &stated.sha256 {
        encoding::hex_lower(digest, &mut sha256);
    }
    let texts = Property::ALL.map(|property| match property {
        Property::Presented => "1",
        Property::Verified => &verified,
        Property::Revoked if client.is_revoked() => "1",
        Property::Revoked => "0",
        Property::FingerprintSha1 => core::str::from_utf8(&sha1).unwrap_or_default(),
        Property::FingerprintSha256 => core::str::from_utf8(&sha256).unwrap_or_default(),
        _ => fact(property).map_or("", |fact| stated.get(fact)),
    });
    TlsClientAuth::from_texts(&texts, client, false, false)
}

const fn fact(property: Property) -> Option<Fact> {
    use Printed::{Legacy, Rfc2253};
    use Whose::{Issuer, Subject};
    Some(match property {
        Property::SubjectDn | Property::SubjectDnRfc2253 => Fact::Name(Subject, Rfc2253),
        Property::SubjectDnLegacy => Fact::Name(Subject, Legacy),
        Property::IssuerDn | Property::IssuerDnRfc2253 => Fact::Name(Issuer, Rfc2253),
        Property::IssuerDnLegacy => Fact::Name(Issuer, Legacy),
        Property::Serial => Fact::Serial,
        Property::IssuerSerial => Fact::IssuerSerial,
        Property::Ski => Fact::SubjectKeyIdentifier,
        Property::IssuerSki => Fact::IssuerSubjectKeyIdentifier,
        Property::NotBefore => Fact::NotBefore,
        Property::NotAfter => Fact::NotAfter,
        _ => return None,
    })
}

/// Whether the stated digests equal those of the leaf in the record.
pub(super) fn has_digests(auth: &TlsClientAuth, stated: &Stated) -> bool {
    agrees(stated.sha1, auth.cert_fingerprint_sha1())
        && agrees(stated.sha256, auth.cert_fingerprint_sha256())
}

fn agrees<const N: usize>(stated: Option<Digest<N>>, own: &str) -> bool {
    match stated {
        None => true,
        Some(Digest::OfNothing) => false,
        Some(Digest::Of(digest)) => {
            let mut text = Vec::with_capacity(own.len());
            encoding::hex_lower(&digest, &mut text);
            text == own.as_bytes()
        }
    }
}

/// The leaf's own names, of the kinds that headers state.
pub(super) fn names(client: &ClientCertificate, limits: &ReceiveLimits) -> Vec<StatedName> {
    let leaf = client.leaf().unwrap_or_default();
    let Ok(certificate) = Certificate::from_der_up_to(leaf, limits.certificate) else {
        return Vec::new();
    };
    let stated = |name| match name {
        SubjectAltName::Dns(name) => NameKind::Dns.name(name.as_bytes()),
        SubjectAltName::Uri(name) => NameKind::Uri.name(name.as_bytes()),
        _ => None,
    };
    certificate.subject_alt_names().filter_map(stated).collect()
}
