//! The result of parsing a request: a record of the leaf, or of single facts.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::client::{ClientCertificate, Verification};
use crate::encoding;
use crate::field::digest::Digest;
use crate::field::stated::{Fact, NameKind, Printed, Stated, StatedName, Whose};
use crate::record::{Property, TlsClientAuth};
use crate::x509::{Certificate, SubjectAltName};

/// The result of [`Receiver::receive_with_names`](crate::Receiver::receive_with_names): the record, and the certificate's names.
///
/// ```
/// use tls_client_auth::receive::StatedName;
/// use tls_client_auth::{Receiver, Unstated};
///
/// let hash = "73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa";
/// let header = format!("Hash={hash};URI=spiffe://example.org/web");
/// let receiver = Receiver::envoy(Unstated::Verified).declares(["URI"]).unwrap();
/// let received = receiver.receive_with_names(&[("x-forwarded-client-cert", header)])?;
/// assert!(received.auth.is_trusted());
/// assert_eq!(received.names, [StatedName::Uri("spiffe://example.org/web".into())]);
/// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
/// ```
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
pub(super) fn client(stated: &Stated<'_>, verification: Verification) -> ClientCertificate {
    match stated.sha256 {
        Some(Digest::Of(digest)) => ClientCertificate::known_by_sha256(digest, verification),
        _ => ClientCertificate::presented(Arc::<[u8]>::default(), verification),
    }
}

/// The record of a client without its leaf: the facts as stated.
pub(super) fn record(stated: &Stated<'_>, client: ClientCertificate) -> TlsClientAuth {
    let verified = client.verification().text(stated.dialect);
    let mut hex = Vec::with_capacity(104);
    if let Some(Digest::Of(digest)) = &stated.sha1 {
        encoding::hex_lower_exactly(digest, &mut hex);
    }
    let end_of_sha1 = hex.len();
    if let Some(Digest::Of(digest)) = &stated.sha256 {
        encoding::hex_lower_exactly(digest, &mut hex);
    }
    let (sha1, sha256) = hex.split_at_checked(end_of_sha1).unwrap_or_default();
    let texts: [&[u8]; Property::ALL.len()] = Property::ALL.map(|property| match property {
        Property::Presented => b"1",
        Property::Verified => verified.as_bytes(),
        Property::Revoked if client.is_revoked() => b"1",
        Property::Revoked => b"0",
        Property::FingerprintSha1 => sha1,
        Property::FingerprintSha256 => sha256,
        _ => fact(property).map_or(&[][..], |fact| stated.get(fact)),
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

/// Whether the stated digest, if any, equals the leaf's.
pub(super) fn agrees<const N: usize>(stated: Option<Digest<N>>, own: Option<[u8; N]>) -> bool {
    match stated {
        None => true,
        Some(Digest::OfNothing) => false,
        Some(Digest::Of(digest)) => own == Some(digest),
    }
}

/// The leaf's own names, of the kinds that headers state.
pub(super) fn names(certificate: &Certificate<'_>) -> Vec<StatedName> {
    let stated = |name| match name {
        SubjectAltName::Dns(name) => NameKind::Dns.name(name.as_bytes()),
        SubjectAltName::Uri(name) => NameKind::Uri.name(name.as_bytes()),
        _ => None,
    };
    certificate.subject_alt_names().filter_map(stated).collect()
}
