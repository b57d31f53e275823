//! The error of parsing: the part of the input that failed, the reason, and the offset.

use core::fmt;

/// The reason for which bytes cannot be parsed as a certificate.
///
/// The error names the part and the offset, and never contains text of the certificate.
///
/// ```
/// use tls_client_auth::x509::{Certificate, ErrorKind, Part};
///
/// let error = Certificate::from_der(&[0x30, 0x80, 0, 0]).unwrap_err();
/// assert_eq!((error.part(), error.kind(), error.offset()), (Part::Certificate, ErrorKind::IndefiniteLength, 0));
/// assert_eq!(error.to_string(), "certificate: indefinite length (BER, not DER) at offset 0");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Error {
    part: Part,
    kind: ErrorKind,
    offset: usize,
}

impl Error {
    pub(crate) const fn new(part: Part, kind: ErrorKind, offset: usize) -> Self {
        Self { part, kind, offset }
    }

    /// The part of the input that failed.
    #[must_use]
    pub const fn part(&self) -> Part {
        self.part
    }

    /// The reason.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The offset in bytes from the start of the input; for [`TooLarge`](ErrorKind::TooLarge), the limit.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ErrorKind::TooLarge => {
                write!(formatter, "{}: exceeds the limit of {} bytes", self.part, self.offset)
            }
            ErrorKind::Missing => write!(formatter, "{}: {}", self.part, self.kind),
            kind => write!(formatter, "{}: {kind} at offset {}", self.part, self.offset),
        }
    }
}

impl core::error::Error for Error {}

macro_rules! worded {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* #[doc = concat!("`", $text, "`")] $variant,)*
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(match self {
                    $(Self::$variant => $text,)*
                })
            }
        }
    };
}

worded! {
    /// A part of the input, with its name in RFC 5280.
    ///
    /// ```
    /// use tls_client_auth::x509::Part;
    ///
    /// for (part, name) in [
    ///     (Part::Certificate, "certificate"),
    ///     (Part::TbsCertificate, "tbsCertificate"),
    ///     (Part::Version, "version"),
    ///     (Part::SerialNumber, "serialNumber"),
    ///     (Part::SignatureAlgorithm, "signatureAlgorithm"),
    ///     (Part::Issuer, "issuer"),
    ///     (Part::Validity, "validity"),
    ///     (Part::Subject, "subject"),
    ///     (Part::SubjectPublicKeyInfo, "subjectPublicKeyInfo"),
    ///     (Part::UniqueIdentifier, "uniqueIdentifier"),
    ///     (Part::Extensions, "extensions"),
    ///     (Part::SignatureValue, "signatureValue"),
    ///     (Part::SubjectAltName, "subjectAltName"),
    ///     (Part::Pem, "PEM"),
    /// ] {
    ///     assert_eq!(part.to_string(), name);
    /// }
    /// ```
    Part {
        Certificate = "certificate",
        TbsCertificate = "tbsCertificate",
        Version = "version",
        SerialNumber = "serialNumber",
        SignatureAlgorithm = "signatureAlgorithm",
        Issuer = "issuer",
        Validity = "validity",
        Subject = "subject",
        SubjectPublicKeyInfo = "subjectPublicKeyInfo",
        UniqueIdentifier = "uniqueIdentifier",
        Extensions = "extensions",
        SignatureValue = "signatureValue",
        SubjectAltName = "subjectAltName",
        Pem = "PEM",
    }
}

worded! {
    /// The reason for which a part is invalid.
    ///
    /// ```
    /// use tls_client_auth::x509::{Certificate, ErrorKind, certificates_from_pem};
    ///
    /// let kind = |der: &[u8]| Certificate::from_der_up_to(der, 100).unwrap_err().kind();
    /// assert_eq!(kind(&[0x30, 0x05]), ErrorKind::Truncated);
    /// assert_eq!(kind(&[0x30, 0x80, 0, 0]), ErrorKind::IndefiniteLength);
    /// assert_eq!(kind(&[0x30, 0x81, 0x00]), ErrorKind::NonMinimalLength);
    /// assert_eq!(kind(&[0x02, 0x00]), ErrorKind::UnexpectedTag);
    /// assert_eq!(kind(&[0x30, 0x00, 0x00]), ErrorKind::TrailingData);
    /// assert_eq!(kind(&[0; 101]), ErrorKind::TooLarge);
    ///
    /// let kind = |pem| certificates_from_pem(pem).unwrap_err().kind();
    /// assert_eq!(kind(b"-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----"), ErrorKind::Invalid);
    /// assert_eq!(kind(b"no certificate"), ErrorKind::Missing);
    /// ```
    ErrorKind {
        Truncated = "ends too early",
        IndefiniteLength = "indefinite length (BER, not DER)",
        NonMinimalLength = "length is not minimal (BER, not DER)",
        UnexpectedTag = "unexpected tag",
        TrailingData = "trailing data",
        TooLarge = "exceeds the limit",
        Invalid = "not a valid value",
        Missing = "no certificate found",
    }
}
