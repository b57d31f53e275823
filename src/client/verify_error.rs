//! The reasons for which a chain fails verification, with OpenSSL's and BoringSSL's codes and texts.
//!
//! Source: `X509_verify_cert_error_string` of OpenSSL 3.0 and of BoringSSL. The same code can mean
//! different things in the two (24, 65 to 67), and the same reason can have different texts (18).

use crate::words::nearest;
use crate::x509::Dialect;

use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

macro_rules! verify_errors {
    ($($variant:ident: ($openssl_code:expr, $openssl:literal), ($boringssl_code:expr, $boringssl:literal);)*) => {
        /// A verification error: OpenSSL's and BoringSSL's `X509_V_ERR_…` constants. Each variant is documented by OpenSSL's text.
        ///
        /// ```
        /// use tls_client_auth::Dialect;
        /// use tls_client_auth::client::VerifyError;
        ///
        /// let error = VerifyError::from_code(18, Dialect::OpenSsl).unwrap();
        /// assert_eq!(error, VerifyError::DepthZeroSelfSignedCert);
        /// assert_eq!(error.code(Dialect::BoringSsl), Some(18));
        /// assert_eq!(error.text(Dialect::OpenSsl), "self-signed certificate");
        /// assert_eq!(error.text(Dialect::BoringSsl), "self signed certificate");
        /// assert_eq!(VerifyError::from_code(12345, Dialect::OpenSsl), None);
        /// ```
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum VerifyError {
            $(
                #[doc = concat!("`", $openssl, "`")]
                $variant,
            )*
        }

        /// Every reason with OpenSSL's code and text, then BoringSSL's.
        static TABLE: &[(VerifyError, (Option<u8>, &str), (Option<u8>, &str))] = &[
            $((VerifyError::$variant, ($openssl_code, $openssl), ($boringssl_code, $boringssl)),)*
        ];

        impl VerifyError {
            /// The variant's name.
            const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($variant),)*
                }
            }

            /// The text that `X509_verify_cert_error_string` of this library returns, in printable ASCII. For a reason
            /// that only the other library knows, the other library's text.
            #[must_use]
            pub const fn text(self, dialect: Dialect) -> &'static str {
                match (self, dialect) {
                    $(
                        (Self::$variant, Dialect::OpenSsl) => $openssl,
                        (Self::$variant, Dialect::BoringSsl) => $boringssl,
                    )*
                }
            }
        }
    };
}

verify_errors! {
    Unspecified: (Some(1), "unspecified certificate verification error"), (None, "unspecified certificate verification error");
    UnableToGetIssuerCert: (Some(2), "unable to get issuer certificate"), (Some(2), "unable to get issuer certificate");
    UnableToGetCrl: (Some(3), "unable to get certificate CRL"), (Some(3), "unable to get certificate CRL");
    UnableToDecryptCertSignature: (Some(4), "unable to decrypt certificate's signature"), (Some(4), "unable to decrypt certificate's signature");
    UnableToDecryptCrlSignature: (Some(5), "unable to decrypt CRL's signature"), (Some(5), "unable to decrypt CRL's signature");
    UnableToDecodeIssuerPublicKey: (Some(6), "unable to decode issuer public key"), (Some(6), "unable to decode issuer public key");
    CertSignatureFailure: (Some(7), "certificate signature failure"), (Some(7), "certificate signature failure");
    CrlSignatureFailure: (Some(8), "CRL signature failure"), (Some(8), "CRL signature failure");
    CertNotYetValid: (Some(9), "certificate is not yet valid"), (Some(9), "certificate is not yet valid");
    CertHasExpired: (Some(10), "certificate has expired"), (Some(10), "certificate has expired");
    CrlNotYetValid: (Some(11), "CRL is not yet valid"), (Some(11), "CRL is not yet valid");
    CrlHasExpired: (Some(12), "CRL has expired"), (Some(12), "CRL has expired");
    ErrorInCertNotBeforeField: (Some(13), "format error in certificate's notBefore field"), (Some(13), "format error in certificate's notBefore field");
    ErrorInCertNotAfterField: (Some(14), "format error in certificate's notAfter field"), (Some(14), "format error in certificate's notAfter field");
    ErrorInCrlLastUpdateField: (Some(15), "format error in CRL's lastUpdate field"), (Some(15), "format error in CRL's lastUpdate field");
    ErrorInCrlNextUpdateField: (Some(16), "format error in CRL's nextUpdate field"), (Some(16), "format error in CRL's nextUpdate field");
    OutOfMem: (Some(17), "out of memory"), (Some(17), "out of memory");
    DepthZeroSelfSignedCert: (Some(18), "self-signed certificate"), (Some(18), "self signed certificate");
    SelfSignedCertInChain: (Some(19), "self-signed certificate in certificate chain"), (Some(19), "self signed certificate in certificate chain");
    UnableToGetIssuerCertLocally: (Some(20), "unable to get local issuer certificate"), (Some(20), "unable to get local issuer certificate");
    UnableToVerifyLeafSignature: (Some(21), "unable to verify the first certificate"), (Some(21), "unable to verify the first certificate");
    CertChainTooLong: (Some(22), "certificate chain too long"), (Some(22), "certificate chain too long");
    CertRevoked: (Some(23), "certificate revoked"), (Some(23), "certificate revoked");
    NoIssuerPublicKey: (Some(24), "issuer certificate doesn't have a public key"), (None, "issuer certificate doesn't have a public key");
    InvalidCa: (Some(79), "invalid CA certificate"), (Some(24), "invalid CA certificate");
    PathLengthExceeded: (Some(25), "path length constraint exceeded"), (Some(25), "path length constraint exceeded");
    InvalidPurpose: (Some(26), "unsuitable certificate purpose"), (Some(26), "unsupported certificate purpose");
    CertUntrusted: (Some(27), "certificate not trusted"), (Some(27), "certificate not trusted");
    CertRejected: (Some(28), "certificate rejected"), (Some(28), "certificate rejected");
    SubjectIssuerMismatch: (Some(29), "subject issuer mismatch"), (Some(29), "subject issuer mismatch");
    AkidSkidMismatch: (Some(30), "authority and subject key identifier mismatch"), (Some(30), "authority and subject key identifier mismatch");
    AkidIssuerSerialMismatch: (Some(31), "authority and issuer serial number mismatch"), (Some(31), "authority and issuer serial number mismatch");
    KeyusageNoCertsign: (Some(32), "key usage does not include certificate signing"), (Some(32), "key usage does not include certificate signing");
    UnableToGetCrlIssuer: (Some(33), "unable to get CRL issuer certificate"), (Some(33), "unable to get CRL issuer certificate");
    UnhandledCriticalExtension: (Some(34), "unhandled critical extension"), (Some(34), "unhandled critical extension");
    KeyusageNoCrlSign: (Some(35), "key usage does not include CRL signing"), (Some(35), "key usage does not include CRL signing");
    UnhandledCriticalCrlExtension: (Some(36), "unhandled critical CRL extension"), (Some(36), "unhandled critical CRL extension");
    InvalidNonCa: (Some(37), "invalid non-CA certificate (has CA markings)"), (Some(37), "invalid non-CA certificate (has CA markings)");
    ProxyPathLengthExceeded: (Some(38), "proxy path length constraint exceeded"), (Some(38), "proxy path length constraint exceeded");
    KeyusageNoDigitalSignature: (Some(39), "key usage does not include digital signature"), (Some(39), "key usage does not include digital signature");
    ProxyCertificatesNotAllowed: (Some(40), "proxy certificates not allowed, please set the appropriate flag"), (Some(40), "proxy certificates not allowed, please set the appropriate flag");
    InvalidExtension: (Some(41), "invalid or inconsistent certificate extension"), (Some(41), "invalid or inconsistent certificate extension");
    InvalidPolicyExtension: (Some(42), "invalid or inconsistent certificate policy extension"), (Some(42), "invalid or inconsistent certificate policy extension");
    NoExplicitPolicy: (Some(43), "no explicit policy"), (Some(43), "no explicit policy");
    DifferentCrlScope: (Some(44), "different CRL scope"), (Some(44), "Different CRL scope");
    UnsupportedExtensionFeature: (Some(45), "unsupported extension feature"), (Some(45), "Unsupported extension feature");
    UnnestedResource: (Some(46), "RFC 3779 resource not subset of parent's resources"), (Some(46), "RFC 3779 resource not subset of parent's resources");
    PermittedViolation: (Some(47), "permitted subtree violation"), (Some(47), "permitted subtree violation");
    ExcludedViolation: (Some(48), "excluded subtree violation"), (Some(48), "excluded subtree violation");
    SubtreeMinmax: (Some(49), "name constraints minimum and maximum not supported"), (Some(49), "name constraints minimum and maximum not supported");
    ApplicationVerification: (Some(50), "application verification failure"), (Some(50), "application verification failure");
    UnsupportedConstraintType: (Some(51), "unsupported name constraint type"), (Some(51), "unsupported name constraint type");
    UnsupportedConstraintSyntax: (Some(52), "unsupported or invalid name constraint syntax"), (Some(52), "unsupported or invalid name constraint syntax");
    UnsupportedNameSyntax: (Some(53), "unsupported or invalid name syntax"), (Some(53), "unsupported or invalid name syntax");
    CrlPathValidationError: (Some(54), "CRL path validation error"), (Some(54), "CRL path validation error");
    PathLoop: (Some(55), "path loop"), (None, "path loop");
    SuiteBInvalidVersion: (Some(56), "Suite B: certificate version invalid"), (None, "Suite B: certificate version invalid");
    SuiteBInvalidAlgorithm: (Some(57), "Suite B: invalid public key algorithm"), (None, "Suite B: invalid public key algorithm");
    SuiteBInvalidCurve: (Some(58), "Suite B: invalid ECC curve"), (None, "Suite B: invalid ECC curve");
    SuiteBInvalidSignatureAlgorithm: (Some(59), "Suite B: invalid signature algorithm"), (None, "Suite B: invalid signature algorithm");
    SuiteBLosNotAllowed: (Some(60), "Suite B: curve not allowed for this LOS"), (None, "Suite B: curve not allowed for this LOS");
    SuiteBCannotSignP384WithP256: (Some(61), "Suite B: cannot sign P-384 with P-256"), (None, "Suite B: cannot sign P-384 with P-256");
    HostnameMismatch: (Some(62), "hostname mismatch"), (Some(62), "Hostname mismatch");
    EmailMismatch: (Some(63), "email address mismatch"), (Some(63), "Email address mismatch");
    IpAddressMismatch: (Some(64), "IP address mismatch"), (Some(64), "IP address mismatch");
    DaneNoMatch: (Some(65), "no matching DANE TLSA records"), (None, "no matching DANE TLSA records");
    InvalidCall: (Some(69), "invalid certificate verification context"), (Some(65), "Invalid certificate verification context");
    EeKeyTooSmall: (Some(66), "EE certificate key too weak"), (None, "EE certificate key too weak");
    StoreLookup: (Some(70), "issuer certificate lookup error"), (Some(66), "Issuer certificate lookup error");
    CaKeyTooSmall: (Some(67), "CA certificate key too weak"), (None, "CA certificate key too weak");
    NameConstraintsWithoutSans: (None, "Issuer has name constraints but leaf has no SANs"), (Some(67), "Issuer has name constraints but leaf has no SANs");
    CaMdTooWeak: (Some(68), "CA signature digest algorithm too weak"), (None, "CA signature digest algorithm too weak");
    NoValidScts: (Some(71), "Certificate Transparency required, but no valid SCTs found"), (None, "Certificate Transparency required, but no valid SCTs found");
    ProxySubjectNameViolation: (Some(72), "proxy subject name violation"), (None, "proxy subject name violation");
    OcspVerifyNeeded: (Some(73), "OCSP verification needed"), (None, "OCSP verification needed");
    OcspVerifyFailed: (Some(74), "OCSP verification failed"), (None, "OCSP verification failed");
    OcspCertUnknown: (Some(75), "OCSP unknown cert"), (None, "OCSP unknown cert");
    UnsupportedSignatureAlgorithm: (Some(76), "Cannot find certificate signature algorithm"), (None, "Cannot find certificate signature algorithm");
    SignatureAlgorithmMismatch: (Some(77), "subject signature algorithm and issuer public key algorithm mismatch"), (None, "subject signature algorithm and issuer public key algorithm mismatch");
    SignatureAlgorithmInconsistency: (Some(78), "cert info signature and signature algorithm mismatch"), (None, "cert info signature and signature algorithm mismatch");
    PathlenInvalidForNonCa: (Some(80), "Path length invalid for non-CA cert"), (None, "Path length invalid for non-CA cert");
    PathlenWithoutKuKeyCertSign: (Some(81), "Path length given without key usage keyCertSign"), (None, "Path length given without key usage keyCertSign");
    KuKeyCertSignInvalidForNonCa: (Some(82), "Key usage keyCertSign invalid for non-CA cert"), (None, "Key usage keyCertSign invalid for non-CA cert");
    IssuerNameEmpty: (Some(83), "Issuer name empty"), (None, "Issuer name empty");
    SubjectNameEmpty: (Some(84), "Subject name empty"), (None, "Subject name empty");
    MissingAuthorityKeyIdentifier: (Some(85), "Missing Authority Key Identifier"), (None, "Missing Authority Key Identifier");
    MissingSubjectKeyIdentifier: (Some(86), "Missing Subject Key Identifier"), (None, "Missing Subject Key Identifier");
    EmptySubjectAltName: (Some(87), "Empty Subject Alternative Name extension"), (None, "Empty Subject Alternative Name extension");
    EmptySubjectSanNotCritical: (Some(88), "Subject empty and Subject Alt Name extension not critical"), (None, "Subject empty and Subject Alt Name extension not critical");
    CaBconsNotCritical: (Some(89), "Basic Constraints of CA cert not marked critical"), (None, "Basic Constraints of CA cert not marked critical");
    AuthorityKeyIdentifierCritical: (Some(90), "Authority Key Identifier marked critical"), (None, "Authority Key Identifier marked critical");
    SubjectKeyIdentifierCritical: (Some(91), "Subject Key Identifier marked critical"), (None, "Subject Key Identifier marked critical");
    CaCertMissingKeyUsage: (Some(92), "CA cert does not include key usage extension"), (None, "CA cert does not include key usage extension");
    ExtensionsRequireVersion3: (Some(93), "Using cert extension requires at least X509v3"), (None, "Using cert extension requires at least X509v3");
    EcKeyExplicitParams: (Some(94), "Certificate public key has explicit ECC parameters"), (None, "Certificate public key has explicit ECC parameters");
}

impl VerifyError {
    /// The reason with this library's code, as `SSL_get_verify_result` or `X509_STORE_CTX_get_error` returns it. `None` for 0
    /// (`X509_V_OK`) and for codes that the library does not define.
    #[must_use]
    pub fn from_code(code: i32, dialect: Dialect) -> Option<Self> {
        TABLE
            .iter()
            .find(|(_, openssl, boringssl)| {
                let own = match dialect {
                    Dialect::OpenSsl => openssl.0,
                    Dialect::BoringSsl => boringssl.0,
                };
                own.is_some_and(|own| i32::from(own) == code)
            })
            .map(|(error, ..)| *error)
    }

    /// The library's code for this reason: `10` for an expired certificate. `None` if the library has none.
    #[must_use]
    pub fn code(self, dialect: Dialect) -> Option<i32> {
        let (_, openssl, boringssl) = TABLE.iter().find(|(error, ..)| *error == self)?;
        match dialect {
            Dialect::OpenSsl => openssl.0,
            Dialect::BoringSsl => boringssl.0,
        }
        .map(i32::from)
    }

    /// Appends the name of OpenSSL's constant, the variant's name in capitals: `X509_V_ERR_CERT_HAS_EXPIRED`.
    pub(crate) fn write_constant(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"X509_V_ERR");
        let mut digits = false;
        for byte in self.name().bytes() {
            if byte.is_ascii_uppercase() || byte.is_ascii_digit() && !digits {
                out.push(b'_');
            }
            digits = byte.is_ascii_digit();
            out.push(byte.to_ascii_uppercase());
        }
    }

    /// The reason with this OpenSSL constant.
    pub(crate) fn from_constant(constant: &[u8]) -> Option<Self> {
        let has_it = |error: &Self| {
            let mut text = Vec::new();
            error.write_constant(&mut text);
            text == constant
        };
        TABLE.iter().map(|(error, ..)| *error).find(has_it)
    }

    /// The reason with exactly this text in either library.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        TABLE
            .iter()
            .find(|(_, openssl, boringssl)| openssl.1 == text || boringssl.1 == text)
            .map(|(error, ..)| *error)
    }
}

/// Prints OpenSSL's text, as `X509_verify_cert_error_string` returns it.
impl fmt::Display for VerifyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.text(Dialect::OpenSsl))
    }
}

impl core::error::Error for VerifyError {}

/// Parses OpenSSL's or BoringSSL's text of a reason.
///
/// ```
/// use tls_client_auth::client::VerifyError;
///
/// assert_eq!("certificate has expired".parse(), Ok(VerifyError::CertHasExpired));
/// assert_eq!(VerifyError::CertHasExpired.to_string(), "certificate has expired");
/// let error = "certificate expired".parse::<VerifyError>().unwrap_err();
/// let message = r#"the text is not a reason of OpenSSL or BoringSSL, did you mean "certificate has expired"?"#;
/// assert_eq!(error.to_string(), message);
/// ```
impl FromStr for VerifyError {
    type Err = ParseVerifyError;

    fn from_str(text: &str) -> Result<Self, ParseVerifyError> {
        let known = TABLE.iter().flat_map(|(_, openssl, boringssl)| [openssl.1, boringssl.1]);
        let error = || ParseVerifyError::new("a reason of OpenSSL or BoringSSL", text, known);
        Self::from_text(text).ok_or_else(error)
    }
}

/// The text is not a reason of OpenSSL or BoringSSL, or not a result of verification.
///
/// The error names the most similar known text. It does not contain the given text, which may come from a client.
///
/// ```
/// use tls_client_auth::client::VerifyError;
///
/// assert_eq!("certificate has expired".parse(), Ok(VerifyError::CertHasExpired));
/// assert!("expired".parse::<VerifyError>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ParseVerifyError {
    what: &'static str,
    nearest: Option<&'static str>,
}

impl ParseVerifyError {
    pub(super) fn new(
        what: &'static str,
        text: &str,
        known: impl Iterator<Item = &'static str> + Clone,
    ) -> Self {
        Self { what, nearest: nearest(text, known) }
    }
}

impl fmt::Display for ParseVerifyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the text is not {}", self.what)?;
        self.nearest.map_or(Ok(()), |nearest| write!(formatter, ", did you mean {nearest:?}?"))
    }
}

impl core::error::Error for ParseVerifyError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Verification;
    use alloc::string::ToString as _;

    #[test]
    fn a_reason_is_read_back_from_its_codes_and_texts() {
        for &(error, (openssl, openssl_text), (boringssl, boringssl_text)) in TABLE {
            for (code, dialect) in [(openssl, Dialect::OpenSsl), (boringssl, Dialect::BoringSsl)] {
                if let Some(code) = code.map(i32::from) {
                    assert_eq!(VerifyError::from_code(code, dialect), Some(error));
                    assert_eq!(error.code(dialect), Some(code));
                }
            }
            assert_eq!(error.to_string().parse(), Ok(error));
            let outcome = Verification::from(error);
            assert_eq!(outcome.to_string().parse(), Ok(outcome.clone()));
            assert_eq!(outcome.text(Dialect::BoringSsl).parse(), Ok(outcome));
            assert_eq!(VerifyError::from_text(openssl_text), Some(error));
            assert_eq!(VerifyError::from_text(boringssl_text), Some(error));
        }
    }

    #[test]
    fn constants_are_written_as_in_openssl_and_read_back() {
        let cases = [
            (VerifyError::Unspecified, "X509_V_ERR_UNSPECIFIED"),
            (VerifyError::CertHasExpired, "X509_V_ERR_CERT_HAS_EXPIRED"),
            (VerifyError::KeyusageNoCertsign, "X509_V_ERR_KEYUSAGE_NO_CERTSIGN"),
            (
                VerifyError::SuiteBCannotSignP384WithP256,
                "X509_V_ERR_SUITE_B_CANNOT_SIGN_P_384_WITH_P_256",
            ),
            (VerifyError::ExtensionsRequireVersion3, "X509_V_ERR_EXTENSIONS_REQUIRE_VERSION_3"),
        ];
        for (error, constant) in cases {
            let mut out = Vec::new();
            error.write_constant(&mut out);
            assert_eq!(core::str::from_utf8(&out), Ok(constant));
        }
        for (error, ..) in TABLE {
            let mut out = Vec::new();
            error.write_constant(&mut out);
            assert_eq!(VerifyError::from_constant(&out), Some(*error));
        }
    }

    #[test]
    fn an_unknown_code_is_a_failure() {
        for code in [-1, 255, i32::MAX] {
            let verification = Verification::from_code(code, Dialect::OpenSsl);
            assert_eq!(
                verification.text(Dialect::OpenSsl),
                "FAILED:unknown certificate verification error"
            );
        }
    }

    #[test]
    fn a_code_has_the_meaning_of_its_library() {
        let cases = [
            (24, Dialect::OpenSsl, "issuer certificate doesn't have a public key"),
            (24, Dialect::BoringSsl, "invalid CA certificate"),
            (66, Dialect::OpenSsl, "EE certificate key too weak"),
            (66, Dialect::BoringSsl, "Issuer certificate lookup error"),
        ];
        for (code, dialect, text) in cases {
            assert_eq!(VerifyError::from_code(code, dialect).unwrap().text(dialect), text);
        }
    }
}
