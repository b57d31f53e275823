//! One client certificate, read and hashed once for all the fields that are wanted of it.

use alloc::string::String;
use alloc::vec::Vec;

use super::Field;
use crate::certificate::Certificate;
use crate::client_certificate::ClientCertificate;
use crate::dialect::Dialect;
use crate::encoding;
use crate::fingerprint;
use crate::key_identifier::AuthorityKeyIdentifier;
use crate::limits::Limits;
use crate::serial_number::SerialNumber;

/// What the fields are written from.
pub(crate) struct Facts<'c> {
    pub(super) client: &'c ClientCertificate,
    pub(super) limits: Limits,
    /// The proxy's own identities, for the one field that tells them.
    pub(crate) by: &'c [String],
    pub(super) certificate: Option<Certificate<'c>>,
    pub(super) sha1: Option<[u8; 20]>,
    pub(super) sha256: Option<[u8; 32]>,
    pub(super) subject_key_identifier: Option<&'c [u8]>,
    pub(super) authority_key_identifier: Option<AuthorityKeyIdentifier<'c>>,
}

/// What became of a field's value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Written {
    /// It was appended.
    Value,
    /// There is none.
    Nothing,
    /// It is over its limit; nothing was appended.
    TooLarge,
}

impl<'c> Facts<'c> {
    /// Reads and hashes no more than these fields need.
    pub(crate) fn new(
        client: &'c ClientCertificate,
        limits: Limits,
        fields: impl Iterator<Item = Field>,
    ) -> Self {
        let (mut read, mut keys, mut sha1, mut sha256) = (false, false, false, false);
        for field in fields {
            read |= field.is_read();
            keys |= field.is_of_keys();
            sha1 |= matches!(field, Field::Sha1(_));
            sha256 |= matches!(field, Field::Sha256(_) | Field::Xfcc(_));
        }
        let leaf = client.leaf();
        let certificate = leaf
            .filter(|_| read)
            .and_then(|leaf| Certificate::from_der_up_to(leaf, limits.certificate).ok());
        let (subject_key_identifier, authority_key_identifier) = certificate
            .filter(|_| keys)
            .map_or((None, None), |certificate| certificate.key_identifiers());
        let (sha1, sha256) = match leaf {
            Some(leaf) if sha1 && sha256 => {
                let (sha1, sha256) = fingerprint::sha1_and_sha256(leaf);
                (Some(sha1), Some(sha256))
            }
            Some(leaf) => {
                (sha1.then(|| fingerprint::sha1(leaf)), sha256.then(|| fingerprint::sha256(leaf)))
            }
            None => (None, None),
        };
        Self {
            client,
            limits,
            by: &[],
            sha1,
            sha256,
            subject_key_identifier,
            authority_key_identifier,
            certificate,
        }
    }

    /// About how long all fields are together: right for usual certificates, so that their text is allocated once.
    pub(crate) fn expected_length(&self) -> usize {
        let leaf = self.client.leaf().unwrap_or_default().len();
        let chain =
            self.client.chain_certificates().fold(0usize, |sum, der| sum.saturating_add(der.len()));
        let names = self.certificate.map_or(0, |certificate| {
            certificate.issuer().as_der().len().saturating_add(certificate.subject().as_der().len())
        });
        encoding::base64_len(leaf.saturating_add(chain))
            .saturating_add(names.saturating_mul(2))
            .saturating_add(400)
    }

    /// Appends the field's value: printable ASCII and within its limit, or nothing.
    pub(crate) fn write(&self, field: Field, dialect: Dialect, out: &mut Vec<u8>) -> Written {
        if self.is_too_large(field) {
            return Written::TooLarge;
        }
        let limit = self.limit(field);
        let start = out.len();
        let written = self.append(field, dialect, out);
        let value = out.get(start..).unwrap_or_default();
        let outcome = if written.is_none() || value.is_empty() {
            Written::Nothing
        } else if value.len() > limit {
            Written::TooLarge
        } else if value.iter().fold(true, |all, byte| all & matches!(byte, b' '..=b'~')) {
            return Written::Value;
        } else {
            Written::Nothing
        };
        out.truncate(start);
        outcome
    }

    const fn limit(&self, field: Field) -> usize {
        match field {
            Field::Certificate(_) => self.limits.encoded_leaf,
            Field::Chain(_)
            | Field::LeafAndChain(_)
            | Field::ChainCertificate(..)
            | Field::TraefikInfo
            | Field::Xfcc(_) => self.limits.encoded_chain,
            _ => self.limits.text,
        }
    }

    /// Whether that can be said before anything is written.
    pub(super) fn is_too_large(&self, field: Field) -> bool {
        self.least_length(field) > self.limit(field)
    }

    /// The direct issuer's certificate, if the chain holds it: its subject is the leaf's issuer and, where both are there, its
    /// subject key identifier is the leaf's authority key identifier.
    fn issuer(&self) -> Option<Certificate<'c>> {
        let leaf = self.certificate?;
        let wanted = self.authority_key_identifier.and_then(|issuer| issuer.key_identifier());
        self.client
            .chain_certificates()
            .filter_map(|der| Certificate::from_der_up_to(der, self.limits.certificate).ok())
            .find(|candidate| {
                let key = candidate.subject_key_identifier();
                candidate.subject().as_der() == leaf.issuer().as_der()
                    && (key.is_none() || wanted.is_none() || key == wanted)
            })
    }

    pub(super) fn issuer_serial(&self, write: impl FnOnce(SerialNumber<'_>)) -> Option<()> {
        if let Some(issuer) = self.issuer() {
            return issuer.serial_number().map(write);
        }
        self.authority_key_identifier?.authority_cert_serial_number().map(write)
    }

    pub(super) fn issuer_key_identifier(&self) -> Option<&'c [u8]> {
        let own = self.issuer().and_then(|issuer| issuer.subject_key_identifier());
        own.or_else(|| self.authority_key_identifier?.key_identifier())
    }
}
