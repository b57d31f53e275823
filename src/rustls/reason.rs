//! What rustls and webpki refuse, in OpenSSL's words.
//!
//! Origins know nginx's reasons, which are OpenSSL's. Where webpki has a cause that OpenSSL does not, the nearest one stands;
//! what is no verdict on a certificate at all is "unspecified certificate verification error".

use alloc::vec::Vec;

use rustls::pki_types::CertificateDer;
use rustls::{CertRevocationListError, CertificateError};

use crate::certificate::Certificate;
use crate::cursor::{self, Cursor};
use crate::error::Part;
use crate::verify_error::VerifyError;

/// SHA-1 and MD5 with RSA, and SHA-1 with ECDSA: what OpenSSL calls too weak and webpki does not know.
const WEAK: [&[u8]; 3] = [
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05],
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01],
];

/// The reason for which this chain was refused.
pub(super) fn verify_error(
    error: &rustls::Error,
    leaf: &[u8],
    chain: &[CertificateDer<'_>],
) -> VerifyError {
    match error {
        rustls::Error::InvalidCertificate(error) => certificate_error(error, leaf, chain),
        rustls::Error::InvalidCertRevocationList(error) => revocation_list_error(error),
        _ => VerifyError::Unspecified,
    }
}

#[expect(deprecated, reason = "a verifier may still answer with them")]
fn certificate_error(
    error: &CertificateError,
    leaf: &[u8],
    chain: &[CertificateDer<'_>],
) -> VerifyError {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            VerifyError::CertHasExpired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            VerifyError::CertNotYetValid
        }
        CertificateError::Revoked => VerifyError::CertRevoked,
        CertificateError::UnhandledCriticalExtension => VerifyError::UnhandledCriticalExtension,
        CertificateError::UnknownIssuer => unknown_issuer(leaf, chain),
        CertificateError::UnknownRevocationStatus => VerifyError::UnableToGetCrl,
        CertificateError::ExpiredRevocationList
        | CertificateError::ExpiredRevocationListContext { .. } => VerifyError::CrlHasExpired,
        CertificateError::BadSignature => VerifyError::CertSignatureFailure,
        CertificateError::UnsupportedSignatureAlgorithmContext {
            signature_algorithm_id, ..
        } if is_weak(signature_algorithm_id) => VerifyError::CaMdTooWeak,
        CertificateError::UnsupportedSignatureAlgorithm
        | CertificateError::UnsupportedSignatureAlgorithmContext { .. } => {
            VerifyError::UnsupportedSignatureAlgorithm
        }
        CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            VerifyError::SignatureAlgorithmMismatch
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            VerifyError::HostnameMismatch
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            VerifyError::InvalidPurpose
        }
        CertificateError::InvalidOcspResponse => VerifyError::OcspVerifyFailed,
        CertificateError::ApplicationVerificationFailure => VerifyError::ApplicationVerification,
        CertificateError::Other(other) => {
            other.0.downcast_ref().map_or(VerifyError::Unspecified, webpki_error)
        }
        _ => VerifyError::Unspecified,
    }
}

/// Those that rustls has no variant for and passes on.
const fn webpki_error(error: &webpki::Error) -> VerifyError {
    match error {
        webpki::Error::CaUsedAsEndEntity => VerifyError::InvalidNonCa,
        webpki::Error::EndEntityUsedAsCa => VerifyError::InvalidCa,
        webpki::Error::CertDistrusted => VerifyError::CertRejected,
        webpki::Error::PathLenConstraintViolated => VerifyError::PathLengthExceeded,
        webpki::Error::NameConstraintViolation => VerifyError::PermittedViolation,
        webpki::Error::UnsupportedNameType => VerifyError::UnsupportedConstraintType,
        webpki::Error::MalformedNameConstraint | webpki::Error::InvalidNetworkMaskConstraint => {
            VerifyError::UnsupportedConstraintSyntax
        }
        webpki::Error::MalformedDnsIdentifier => VerifyError::UnsupportedNameSyntax,
        webpki::Error::MaximumPathDepthExceeded
        | webpki::Error::MaximumPathBuildCallsExceeded
        | webpki::Error::MaximumSignatureChecksExceeded
        | webpki::Error::MaximumNameConstraintComparisonsExceeded => VerifyError::CertChainTooLong,
        webpki::Error::EmptyEkuExtension
        | webpki::Error::ExtensionValueInvalid
        | webpki::Error::MalformedExtensions => VerifyError::InvalidExtension,
        webpki::Error::SignatureAlgorithmMismatch => VerifyError::SignatureAlgorithmInconsistency,
        webpki::Error::UnsupportedCriticalExtension => VerifyError::UnhandledCriticalExtension,
        webpki::Error::UnsupportedCrlIssuingDistributionPoint
        | webpki::Error::UnsupportedIndirectCrl => VerifyError::DifferentCrlScope,
        webpki::Error::IssuerNotCrlSigner => VerifyError::KeyusageNoCrlSign,
        _ => VerifyError::Unspecified,
    }
}

const fn revocation_list_error(error: &CertRevocationListError) -> VerifyError {
    match error {
        CertRevocationListError::BadSignature => VerifyError::CrlSignatureFailure,
        CertRevocationListError::IssuerInvalidForCrl => VerifyError::KeyusageNoCrlSign,
        CertRevocationListError::UnsupportedCriticalExtension => {
            VerifyError::UnhandledCriticalCrlExtension
        }
        CertRevocationListError::UnsupportedIndirectCrl
        | CertRevocationListError::UnsupportedDeltaCrl => VerifyError::DifferentCrlScope,
        _ => VerifyError::CrlPathValidationError,
    }
}

/// OpenSSL tells four cases apart where webpki sees one. It builds the chain from what the client sent, leaf first, and says
/// of what it can't finish: a self-signed leaf (18), a self-signed certificate at its end (19), an issuer that is not there (20)
/// or, where that is the leaf's own, a leaf that can't be verified (21).
fn unknown_issuer(leaf: &[u8], chain: &[CertificateDer<'_>]) -> VerifyError {
    let Ok(mut last) = Certificate::from_der(leaf) else { return VerifyError::Unspecified };
    let mut unused: Vec<Certificate<'_>> =
        chain.iter().filter_map(|der| Certificate::from_der(der).ok()).collect();
    let mut depth = 0usize;
    loop {
        if last.issuer().as_der() == last.subject().as_der() {
            return match depth {
                0 => VerifyError::DepthZeroSelfSignedCert,
                _ => VerifyError::SelfSignedCertInChain,
            };
        }
        let issued = |issuer: &Certificate<'_>| issuer.subject().as_der() == last.issuer().as_der();
        match unused.iter().position(issued) {
            Some(index) => last = unused.swap_remove(index),
            None if depth == 0 => return VerifyError::UnableToVerifyLeafSignature,
            None => return VerifyError::UnableToGetIssuerCertLocally,
        }
        depth = depth.saturating_add(1);
    }
}

/// Whether that is the content of an AlgorithmIdentifier (RFC 5280 §4.1.1.2) for a digest that OpenSSL calls too weak.
fn is_weak(algorithm: &[u8]) -> bool {
    Cursor::new(algorithm)
        .expect(cursor::OBJECT_IDENTIFIER, Part::SignatureAlgorithm)
        .is_ok_and(|identifier| WEAK.contains(&identifier.contents()))
}
