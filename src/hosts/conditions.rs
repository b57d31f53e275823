//! Further conditions of an enforced host on verified certificates.

use alloc::vec::Vec;

use super::decision::Refusal;
use super::error::{HostnameError, HostnameErrorKind};
use crate::client::ClientCertificate;
use crate::x509::Certificate;

/// Conditions on the verified clients that an enforced host admits: the issuer, the certificate, or both.
///
/// Both lists are allow-lists. There is no deny-list of fingerprints, because a client can change its certificate's bytes, and so
/// its fingerprint, without breaking the signature.
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
    /// Creates conditions that admit every verified client.
    #[must_use]
    pub const fn new() -> Self {
        Self { issuers: None, fingerprints: None }
    }

    /// Allows only certificates of these issuers, by the issuer's subject key identifier in hex, as in `cert_issuer_ski`:
    /// `27846FAE6EAC4A8DAD9101B519CF1EB460242831`. An empty list admits nobody.
    ///
    /// The identifier is that of [`ClientCertificate::verified_issuer`] if set, otherwise the verified leaf's authority key identifier,
    /// which the issuer signed. The chain that the client sent is never used. A client with neither is rejected.
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

    /// Allows only these certificates, by the SHA-256 of their DER: 64 hex digits, as in `cert_fingerprint_sha256`. An empty list
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
            // As in the record, a leaf that cannot be parsed has no identifiers.
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
