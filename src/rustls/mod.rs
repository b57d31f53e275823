//! Feature `rustls`: from a finished rustls handshake to a [`ClientCertificate`], with OpenSSL's words for what rustls found.

mod optional_no_ca;
mod reason;

use core::fmt;

use rustls::pki_types::CertificateDer;

use crate::client::ClientCertificate;
use crate::client::Verification;
use crate::x509::Part;
use crate::x509::cursor::{self, Cursor};

pub use optional_no_ca::OptionalNoCa;

impl ClientCertificate {
    /// From what `ServerConnection::peer_certificates` returns after the handshake: leaf first, as the client sent them; on a
    /// resumed session those of the first one, without a new verification.
    ///
    /// A client certificate of X.509 version 1, or a self-signed one with `CA:TRUE`, does not get as far with rustls' own verifier,
    /// though nginx accepts both: [`OptionalNoCa`] says what to do.
    ///
    /// With a verifier that refuses bad certificates, as `WebPkiClientVerifier` does, the verification of a presented one is
    /// [`Verification::Success`], unless the session was resumed: its certificate may have expired since. [`OptionalNoCa::client`]
    /// verifies again and tells the outcome itself.
    /// [`verified_issuer_among`](Self::verified_issuer_among) with the listener's CA certificates adds the issuer's facts.
    ///
    /// ```
    /// use rustls::pki_types::CertificateDer;
    /// use tls_client_auth::{ClientCertificate, Verification};
    /// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
    ///
    /// let certificates = [CertificateDer::from(der)];
    /// let client = ClientCertificate::from_rustls(Some(&certificates), Verification::Success)?;
    /// assert!(client.is_trusted());
    /// let nobody = ClientCertificate::from_rustls(None, Verification::Success)?;
    /// assert!(!nobody.is_presented());
    /// # Ok::<(), tls_client_auth::rustls::RawPublicKeyError>(())
    /// ```
    ///
    /// # Errors
    /// The connection negotiated raw public keys (RFC 7250): rustls then gives a SubjectPublicKeyInfo in the certificate's place.
    pub fn from_rustls(
        certificates: Option<&[CertificateDer<'_>]>,
        verification: Verification,
    ) -> Result<Self, RawPublicKeyError> {
        match certificates.unwrap_or_default() {
            [] => Ok(Self::none()),
            [key, ..] if is_subject_public_key_info(key) => Err(RawPublicKeyError),
            [leaf, chain @ ..] => Ok(Self::presented(leaf.as_ref(), verification).chain(chain)),
        }
    }
}

/// The client authenticated with a raw public key (RFC 7250): there is no certificate to speak of.
///
/// ```
/// use rustls::pki_types::CertificateDer;
/// use tls_client_auth::{ClientCertificate, Verification};
/// use tls_client_auth::x509::Certificate;
/// # let der = include_bytes!("../../tests/fixtures/plain.der");
///
/// let key = CertificateDer::from(Certificate::from_der(der)?.subject_public_key_info());
/// let error = ClientCertificate::from_rustls(Some(&[key]), Verification::Success).unwrap_err();
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

/// RFC 5280 §4.1: an algorithm and a bit string, where a certificate has the part that is signed.
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
