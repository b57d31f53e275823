//! A client from the certificate list that a TLS library returns after the handshake.

use core::fmt;

use super::{ClientCertificate, Verification};
use crate::x509::Part;
use crate::x509::cursor::{self, Cursor};

impl ClientCertificate {
    /// Creates a client from certificates that the TLS library verified (DER): leaf first, as the client sent them. `None` or an
    /// empty list is a client without a certificate.
    ///
    /// Takes what `peer_certificates` of a rustls `ServerConnection` returns if the listener's verifier rejects invalid
    /// certificates, as `WebPkiClientVerifier` does; the certificates in the `peer_identity` of a quinn `Connection`; and the
    /// `peer_cert_chain` of s2n-tls without its root. The [`verification`](Self::verification) of a presented certificate is
    /// [`Verification::Success`].
    ///
    /// TLS libraries verify in the first handshake. On a resumed session they return its certificates again, which may have
    /// expired since: disable resumption, or verify again as [`OptionalNoCa::client`](../rustls/struct.OptionalNoCa.html#method.client)
    /// does. If the verifier admits invalid certificates, use [`presented`](Self::presented) with its result.
    ///
    /// [`verified_issuer_among`](Self::verified_issuer_among) with the listener's CA certificates adds the issuer's serial number
    /// and key identifier.
    ///
    /// ```
    /// use tls_client_auth::ClientCertificate;
    /// # let leaf = &include_bytes!("../../tests/fixtures/plain.der")[..];
    /// # let intermediate = &include_bytes!("../../tests/fixtures/intermediate.der")[..];
    ///
    /// // With rustls: connection.peer_certificates()
    /// let peer_certificates = Some(&[leaf, intermediate][..]);
    /// let client = ClientCertificate::from_verified_chain(peer_certificates)?;
    /// assert!(client.is_trusted());
    /// assert_eq!(client.chain_certificates().len(), 1);
    ///
    /// let nobody = ClientCertificate::from_verified_chain(None::<&[&[u8]]>)?;
    /// assert!(!nobody.is_presented());
    /// # Ok::<(), tls_client_auth::client::RawPublicKeyError>(())
    /// ```
    ///
    /// # Errors
    /// The connection negotiated raw public keys (RFC 7250): the first element is a SubjectPublicKeyInfo, not a certificate.
    pub fn from_verified_chain<C: AsRef<[u8]>>(
        certificates: Option<&[C]>,
    ) -> Result<Self, RawPublicKeyError> {
        Self::from_chain(certificates, Verification::Success)
    }

    pub(crate) fn from_chain<C: AsRef<[u8]>>(
        certificates: Option<&[C]>,
        verification: Verification,
    ) -> Result<Self, RawPublicKeyError> {
        match certificates.unwrap_or_default() {
            [] => Ok(Self::none()),
            [key, ..] if is_subject_public_key_info(key.as_ref()) => Err(RawPublicKeyError),
            [leaf, chain @ ..] => Ok(Self::presented(leaf.as_ref(), verification).chain(chain)),
        }
    }
}

/// The client authenticated with a raw public key (RFC 7250), so there is no certificate.
///
/// ```
/// use tls_client_auth::ClientCertificate;
/// use tls_client_auth::x509::Certificate;
/// # let der = include_bytes!("../../tests/fixtures/plain.der");
///
/// let key = Certificate::from_der(der)?.subject_public_key_info();
/// let error = ClientCertificate::from_verified_chain(Some(&[key])).unwrap_err();
/// assert_eq!(error.to_string(), "the client presented a raw public key, not a certificate");
/// # Ok::<(), tls_client_auth::x509::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct RawPublicKeyError;

impl fmt::Display for RawPublicKeyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the client presented a raw public key, not a certificate")
    }
}

impl core::error::Error for RawPublicKeyError {}

/// Whether the DER is a `SubjectPublicKeyInfo` (RFC 5280 §4.1): an algorithm and a bit string.
fn is_subject_public_key_info(der: &[u8]) -> bool {
    let read = || {
        let mut outer = Cursor::new(der);
        let mut fields = outer.expect(cursor::SEQUENCE, Part::SubjectPublicKeyInfo).ok()?.inside();
        let mut algorithm =
            fields.expect(cursor::SEQUENCE, Part::SubjectPublicKeyInfo).ok()?.inside();
        algorithm.expect(cursor::OBJECT_IDENTIFIER, Part::SubjectPublicKeyInfo).ok()?;
        fields.expect(cursor::BIT_STRING, Part::SubjectPublicKeyInfo).ok()?;
        Some(fields.is_at_end() && outer.is_at_end())
    };
    read().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::Certificate;
    use alloc::vec::Vec;

    const LEAF: &[u8] = include_bytes!("../../tests/fixtures/plain.der");

    #[test]
    fn the_certificates_of_any_tls_library_are_read() {
        let key = Certificate::from_der(LEAF).unwrap().subject_public_key_info();
        let verified = |chain: &[&[u8]]| {
            Ok(ClientCertificate::presented(LEAF, Verification::Success).chain(chain))
        };
        type List<'l> = Option<&'l [&'l [u8]]>;
        type Made = Result<ClientCertificate, RawPublicKeyError>;
        let (lone_key, leaf_and_key) = ([key], [LEAF, key]);
        let cases: [(&str, List<'_>, Made); 7] = [
            ("no list", None, Ok(ClientCertificate::none())),
            ("an empty list", Some(&[]), Ok(ClientCertificate::none())),
            ("a leaf", Some(&[LEAF]), verified(&[])),
            ("a leaf and its chain", Some(&[LEAF, b"one", b"two"]), verified(&[b"one", b"two"])),
            ("a raw public key", Some(&lone_key), Err(RawPublicKeyError)),
            ("a key after a leaf", Some(&leaf_and_key), verified(&[key])),
            (
                "neither a certificate nor a key",
                Some(&[b"?"]),
                Ok(ClientCertificate::presented(&b"?"[..], Verification::Success)),
            ),
        ];
        for (case, list, expected) in cases {
            assert_eq!(ClientCertificate::from_verified_chain(list), expected, "{case}");
            let owned: Option<Vec<Vec<u8>>> =
                list.map(|list| list.iter().map(|der| der.to_vec()).collect());
            assert_eq!(
                ClientCertificate::from_verified_chain(owned.as_deref()),
                expected,
                "{case}"
            );
        }
    }
}
