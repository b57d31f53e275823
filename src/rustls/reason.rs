//! Maps errors of rustls and webpki to OpenSSL's reasons.
//!
//! Origins know nginx's reasons, which are OpenSSL's: the last error that its verification finds if it is not stopped. An error that
//! only webpki has is mapped to the nearest reason; an error that is not about the certificate is "unspecified certificate
//! verification error". `tests/rustls/observed.rs` and `interop/openssl` compare the two.
//!
//! Their results can differ. webpki does not check key usage or an RSA key's strength, rejects a CA certificate as a client's and
//! dates before 1970, does not distinguish permitted from excluded names, and tries a root's key on every certificate with that
//! root's name as its issuer: if the key identifiers differ, OpenSSL finds no issuer and webpki a bad signature.

use rustls::pki_types::CertificateDer;
use rustls::{CertRevocationListError, CertificateError};

use crate::client::VerifyError;
use crate::x509::Certificate;
use crate::x509::Dialect;
use crate::x509::Part;
use crate::x509::Time;
use crate::x509::cursor::{self, Cursor};
use crate::x509::issuer::{Issuers, is_issued_by};

/// SHA-1 and MD5 with RSA, and SHA-1 with ECDSA: too weak for OpenSSL, and unknown to webpki.
const WEAK: [&[u8]; 3] = [
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05],
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01],
];

/// The reason for which this chain was rejected.
pub(super) fn verify_error(
    error: &rustls::Error,
    leaf: &[u8],
    chain: &[CertificateDer<'_>],
    library: Dialect,
) -> VerifyError {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            unknown_issuer(leaf, chain, library)
        }
        rustls::Error::InvalidCertificate(CertificateError::BadEncoding) => bad_encoding(leaf),
        rustls::Error::InvalidCertificate(error) => certificate_error(error),
        rustls::Error::InvalidCertRevocationList(error) => revocation_list_error(error),
        _ => VerifyError::Unspecified,
    }
}

#[expect(deprecated, reason = "a verifier may still answer with them")]
fn certificate_error(error: &CertificateError) -> VerifyError {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            VerifyError::CertHasExpired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            VerifyError::CertNotYetValid
        }
        CertificateError::Revoked => VerifyError::CertRevoked,
        CertificateError::UnhandledCriticalExtension => VerifyError::UnhandledCriticalExtension,
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

/// Maps webpki's errors for which rustls has no variant.
const fn webpki_error(error: &webpki::Error) -> VerifyError {
    match error {
        webpki::Error::CaUsedAsEndEntity => VerifyError::InvalidNonCa,
        // OpenSSL also finds "invalid CA certificate", but the purpose last.
        webpki::Error::EndEntityUsedAsCa => VerifyError::InvalidPurpose,
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

/// OpenSSL distinguishes four cases where webpki has one error. It builds the chain from the certificates that the client sent, leaf
/// first, and if it cannot complete it reports: a self-signed leaf (18), a self-signed certificate at the end (19), a missing issuer
/// (20) or, if the missing issuer is the leaf's, a leaf that cannot be verified (21). BoringSSL reports 20 for the last case too.
fn unknown_issuer(leaf: &[u8], chain: &[CertificateDer<'_>], library: Dialect) -> VerifyError {
    let Ok(mut last) = Certificate::from_der(leaf) else { return VerifyError::Unspecified };
    let mut unused = Issuers::new(chain.iter().filter_map(|der| Certificate::from_der(der).ok()));
    let mut depth = 0usize;
    loop {
        if is_issued_by(&last, &last) {
            return match depth {
                0 => VerifyError::DepthZeroSelfSignedCert,
                _ => VerifyError::SelfSignedCertInChain,
            };
        }
        match unused.take(&last) {
            Some(issuer) => last = issuer,
            None if depth == 0 && library == Dialect::OpenSsl => {
                return VerifyError::UnableToVerifyLeafSignature;
            }
            None => return VerifyError::UnableToGetIssuerCertLocally,
        }
        depth = depth.saturating_add(1);
    }
}

/// OpenSSL reports the date that violates RFC 5280 §4.1.2.5, notAfter last; BoringSSL's parser accepts no other form.
fn bad_encoding(leaf: &[u8]) -> VerifyError {
    let Ok(leaf) = Certificate::from_der(leaf) else { return VerifyError::Unspecified };
    let is_bad = |date: Time<'_>| date.text(Dialect::BoringSsl).is_none();
    if is_bad(leaf.not_after()) {
        VerifyError::ErrorInCertNotAfterField
    } else if is_bad(leaf.not_before()) {
        VerifyError::ErrorInCertNotBeforeField
    } else {
        VerifyError::Unspecified
    }
}

/// Whether the content of an AlgorithmIdentifier (RFC 5280 §4.1.1.2) has a digest that is too weak for OpenSSL.
fn is_weak(algorithm: &[u8]) -> bool {
    Cursor::new(algorithm)
        .expect(cursor::OBJECT_IDENTIFIER, Part::SignatureAlgorithm)
        .is_ok_and(|identifier| WEAK.contains(&identifier.contents()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::sync::Arc;
    use alloc::vec::Vec;
    use rustls::{Error, OtherError};

    /// Errors that no handshake of the tests produces.
    #[test]
    fn every_kind_of_refusal_has_a_reason() {
        let webpki = |error: webpki::Error| CertificateError::Other(OtherError(Arc::new(error)));
        let cases: [(CertificateError, VerifyError); 24] = [
            (CertificateError::BadEncoding, VerifyError::Unspecified),
            (CertificateError::Revoked, VerifyError::CertRevoked),
            (CertificateError::UnknownRevocationStatus, VerifyError::UnableToGetCrl),
            (CertificateError::ExpiredRevocationList, VerifyError::CrlHasExpired),
            (CertificateError::NotValidForName, VerifyError::HostnameMismatch),
            (CertificateError::InvalidOcspResponse, VerifyError::OcspVerifyFailed),
            (
                CertificateError::ApplicationVerificationFailure,
                VerifyError::ApplicationVerification,
            ),
            (unsupported(WEAK[1]), VerifyError::CaMdTooWeak),
            (unsupported(&[0x2b, 0x65, 0x71]), VerifyError::UnsupportedSignatureAlgorithm),
            (CertificateError::UnhandledCriticalExtension, VerifyError::UnhandledCriticalExtension),
            (webpki(webpki::Error::CaUsedAsEndEntity), VerifyError::InvalidNonCa),
            (webpki(webpki::Error::NameConstraintViolation), VerifyError::PermittedViolation),
            (webpki(webpki::Error::IssuerNotCrlSigner), VerifyError::KeyusageNoCrlSign),
            (webpki(webpki::Error::CertDistrusted), VerifyError::CertRejected),
            (webpki(webpki::Error::UnsupportedCertVersion), VerifyError::Unspecified),
            (webpki(webpki::Error::UnsupportedNameType), VerifyError::UnsupportedConstraintType),
            (
                webpki(webpki::Error::MalformedNameConstraint),
                VerifyError::UnsupportedConstraintSyntax,
            ),
            (webpki(webpki::Error::MalformedDnsIdentifier), VerifyError::UnsupportedNameSyntax),
            (webpki(webpki::Error::MaximumPathDepthExceeded), VerifyError::CertChainTooLong),
            (webpki(webpki::Error::MalformedExtensions), VerifyError::InvalidExtension),
            (
                webpki(webpki::Error::SignatureAlgorithmMismatch),
                VerifyError::SignatureAlgorithmInconsistency,
            ),
            (webpki(webpki::Error::UnsupportedIndirectCrl), VerifyError::DifferentCrlScope),
            (webpki(webpki::Error::InvalidSerialNumber), VerifyError::Unspecified),
            (
                CertificateError::Other(OtherError(Arc::new(core::fmt::Error))),
                VerifyError::Unspecified,
            ),
        ];
        for (error, expected) in cases {
            let error = Error::InvalidCertificate(error);
            assert_eq!(verify_error(&error, &[], &[], Dialect::OpenSsl), expected, "{error:?}");
        }
        let cases = [
            (CertRevocationListError::BadSignature, VerifyError::CrlSignatureFailure),
            (CertRevocationListError::IssuerInvalidForCrl, VerifyError::KeyusageNoCrlSign),
            (
                CertRevocationListError::UnsupportedCriticalExtension,
                VerifyError::UnhandledCriticalCrlExtension,
            ),
            (CertRevocationListError::UnsupportedDeltaCrl, VerifyError::DifferentCrlScope),
            (CertRevocationListError::ParseError, VerifyError::CrlPathValidationError),
        ];
        for (error, expected) in cases {
            let error = Error::InvalidCertRevocationList(error);
            assert_eq!(verify_error(&error, &[], &[], Dialect::OpenSsl), expected, "{error:?}");
        }
        let none = verify_error(&Error::DecryptError, &[], &[], Dialect::OpenSsl);
        assert_eq!(none, VerifyError::Unspecified);
    }

    fn unsupported(identifier: &[u8]) -> CertificateError {
        let length = u8::try_from(identifier.len()).unwrap();
        CertificateError::UnsupportedSignatureAlgorithmContext {
            signature_algorithm_id: [&[6, length], identifier].concat(),
            supported_algorithms: Vec::new(),
        }
    }
}
