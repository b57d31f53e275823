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
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Received {
    /// The record, as [`Receiver::receive`](crate::Receiver::receive) returns it.
    pub auth: TlsClientAuth,
    /// The certificate's DNS names, URIs and TLS identities: from the leaf if it was sent, otherwise from the headers, without
    /// those that another name of the certificate can have produced.
    pub names: Vec<StatedName>,
    /// Beside its result, so that a cached result is one allocation with one reference count.
    #[cfg(feature = "std")]
    pub(super) key: super::memory::Key,
}

/// Equal if the records and the names are equal.
impl PartialEq for Received {
    fn eq(&self, other: &Self) -> bool {
        self.auth == other.auth && self.names == other.names
    }
}

impl Eq for Received {}

/// A client whose leaf was not sent.
pub(super) fn client(stated: &Stated<'_>, verification: Verification) -> ClientCertificate {
    match stated.sha256 {
        Some(Digest::Of(digest)) => ClientCertificate::known_by_sha256(digest, verification),
        _ => ClientCertificate::presented(Arc::<[u8]>::default(), verification),
    }
}

/// The record of a client without its leaf: the facts as stated.
pub(super) fn record(stated: &Stated<'_>, client: ClientCertificate) -> TlsClientAuth {
    // Digests and the verdict are not in the stated text.
    let length = stated.length().saturating_add(160);
    TlsClientAuth::from_texts(client, length, [false; 2], |client, property, out| match property {
        Property::Presented => out.push(b'1'),
        Property::Verified => client.verification().write(stated.dialect, out),
        Property::Revoked => out.push(if client.is_revoked() { b'1' } else { b'0' }),
        Property::FingerprintSha1 => write(&stated.sha1, out),
        Property::FingerprintSha256 => write(&stated.sha256, out),
        _ => {
            if let Some(fact) = fact(property) {
                out.extend_from_slice(stated.get(fact));
            }
        }
    })
}

fn write<const N: usize>(digest: &Option<Digest<N>>, out: &mut Vec<u8>) {
    if let Some(Digest::Of(digest)) = digest {
        encoding::hex_lower_exactly(digest, out);
    }
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
