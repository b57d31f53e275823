//! What a host that enforces asks of a verified certificate beyond its verification.

use alloc::vec::Vec;

use super::decision::Refusal;
use super::error::{HostnameError, HostnameErrorKind};
use crate::client::ClientCertificate;
use crate::x509::Certificate;

/// Which verified clients an enforced host admits: those of certain issuers, those with certain certificates, or both.
///
/// Both lists only allow. There is no list of certificates to deny, because a certificate's bytes can be changed without breaking
/// its signature, and so can its fingerprint.
///
/// ```
/// use tls_client_auth::hosts::Conditions;
///
/// let conditions = Conditions::new().issuers(["27846FAE6EAC4A8DAD9101B519CF1EB460242831"])?;
/// # let _ = conditions;
/// assert!(Conditions::new().fingerprints(["2784"]).is_err());
/// # Ok::<(), tls_client_auth::hosts::HostnameError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Conditions {
    issuers: Option<Vec<Vec<u8>>>,
    fingerprints: Option<Vec<[u8; 32]>>,
}

impl Conditions {
    /// Creates no further condition.
    #[must_use]
    pub const fn new() -> Self {
        Self { issuers: None, fingerprints: None }
    }

    /// Allows only certificates of these issuers, by the issuer's subject key identifier in hex, as in `cert_issuer_ski`. A list without
    /// entries admits nobody.
    ///
    /// It is read from [the issuer's certificate](ClientCertificate::verified_issuer) that the caller named as verified, else from the
    /// verified leaf's authority key identifier, which the issuer signed, and never from what the client sent along. A client with
    /// neither is refused.
    ///
    /// # Errors
    /// An entry is not hex.
    pub fn issuers<I: AsRef<str>>(
        mut self,
        key_identifiers: impl IntoIterator<Item = I>,
    ) -> Result<Self, HostnameError> {
        let read = |text: &str| hex::decode(text).ok().filter(|bytes| !bytes.is_empty());
        let kind = HostnameErrorKind::KeyIdentifier;
        self.issuers = Some(entries("issuers", key_identifiers, kind, read)?);
        Ok(self)
    }

    /// Allows only these certificates, by the SHA-256 of their DER: 64 hex digits, as in `cert_fingerprint_sha256`. A list without entries
    /// admits nobody.
    ///
    /// # Errors
    /// An entry is not 64 hex digits.
    pub fn fingerprints<F: AsRef<str>>(
        mut self,
        sha256: impl IntoIterator<Item = F>,
    ) -> Result<Self, HostnameError> {
        let read = |text: &str| {
            let mut digest = [0; 32];
            hex::decode_to_slice(text, &mut digest).ok().map(|()| digest)
        };
        let kind = HostnameErrorKind::Fingerprint;
        self.fingerprints = Some(entries("fingerprints", sha256, kind, read)?);
        Ok(self)
    }

    /// The condition that a verified client does not meet.
    pub(super) fn refuses(&self, client: &ClientCertificate) -> Option<Refusal> {
        if let Some(allowed) = &self.issuers {
            // As in the record: of a leaf that can't be read, nothing is known.
            let identifier = client.certificate().ok().and_then(|leaf| {
                let issuer = client.issuer().and_then(|der| Certificate::from_der(der).ok());
                issuer
                    .and_then(|it| it.subject_key_identifier())
                    .or_else(|| leaf.authority_key_identifier()?.key_identifier())
            });
            if !identifier.is_some_and(|identifier| allowed.iter().any(|it| it == identifier)) {
                return Some(Refusal::Issuer);
            }
        }
        if let Some(allowed) = &self.fingerprints {
            let fingerprint = client.sha256();
            if !fingerprint.is_some_and(|fingerprint| allowed.contains(&fingerprint)) {
                return Some(Refusal::Fingerprint);
            }
        }
        None
    }
}

fn entries<E: AsRef<str>, T>(
    list: &'static str,
    texts: impl IntoIterator<Item = E>,
    kind: HostnameErrorKind,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, HostnameError> {
    let entry = |(index, text): (usize, E)| {
        let text = text.as_ref();
        read(text).ok_or_else(|| HostnameError::new(list, index, text, kind))
    };
    texts.into_iter().enumerate().map(entry).collect()
}
