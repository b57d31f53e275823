//! What a header can say of a client certificate: every field with its exact written form.

mod facts;
mod write;

pub(crate) use facts::{Facts, Written};

/// A value of the certificate or of the handshake, in one exact written form.
///
/// A field without a value (no certificate, no such extension, a date that can't be read) gives no header line.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Field {
    /// Whether a certificate was presented.
    Presented(Flag),
    /// `SUCCESS`, `NONE`, or `FAILED:` and the reason.
    Verified,
    /// Whether verification succeeded.
    VerifiedFlag(Flag),
    /// Whether the certificate is revoked.
    Revoked(Flag),
    /// The issuer's distinguished name.
    Issuer(NameForm),
    /// The subject's distinguished name.
    Subject(NameForm),
    /// The serial number.
    Serial(SerialForm),
    /// The serial number of the issuer's certificate in [`SerialForm::Hex`]: from the chain, else from the authority key
    /// identifier.
    IssuerSerial,
    /// The subject key identifier in upper-case hex: `27846FAE6EAC4A8DAD9101B519CF1EB460242831`.
    SubjectKeyIdentifier,
    /// The issuer's subject key identifier: from the chain, else from the authority key identifier.
    IssuerSubjectKeyIdentifier,
    /// SHA-1 of the certificate. For lookups only.
    Sha1(DigestForm),
    /// SHA-256 of the certificate.
    Sha256(DigestForm),
    /// SHA-256 of the SubjectPublicKeyInfo.
    PublicKeySha256(DigestForm),
    /// The start of validity.
    NotBefore(DateForm),
    /// The end of validity.
    NotAfter(DateForm),
    /// The leaf.
    Certificate(CertificateForm),
    /// The certificates after the leaf, as the client sent them.
    Chain(ChainForm),
}

/// How yes and no are written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Flag {
    /// `1` and `0`
    Digit,
    /// `true` and `false`
    Word,
}

/// How a distinguished name is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum NameForm {
    /// `CN=Jos\C3\A9,O=Acme\, Inc.,C=US`: see [`Name::rfc2253`](crate::Name::rfc2253).
    Rfc2253,
    /// `/C=US/O=Acme, Inc./CN=Jos\xC3\xA9`: see [`Name::legacy`](crate::Name::legacy). For display only.
    Legacy,
}

/// How a serial number is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SerialForm {
    /// `A3828EB24FD779D0`: see [`SerialNumber::to_hex`](crate::SerialNumber::to_hex).
    Hex,
}

/// How a digest is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DigestForm {
    /// Lower-case hex.
    Lower,
}

/// How a date is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DateForm {
    /// `Feb  3 00:55:52 2015 GMT`: see [`Time::text`](crate::Time::text).
    OpenSsl,
}

/// How a certificate is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CertificateForm {
    /// The DER in standard base64 with padding.
    Base64,
    /// The DER as an RFC 9440 byte sequence: `:` base64 `:`.
    ByteSequence,
}

/// How the certificates after the leaf are written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ChainForm {
    /// An RFC 9440 list of byte sequences: `:…:, :…:`.
    ByteSequences,
}

impl Field {
    /// Whether it tells an origin the outcome of verification.
    pub(crate) const fn is_verdict(self) -> bool {
        matches!(self, Self::Verified | Self::VerifiedFlag(_))
    }

    /// Whether it needs the key identifiers.
    pub(super) const fn is_of_keys(self) -> bool {
        matches!(
            self,
            Self::IssuerSerial | Self::SubjectKeyIdentifier | Self::IssuerSubjectKeyIdentifier
        )
    }

    /// Whether it needs the certificate read, not only its bytes.
    pub(super) const fn is_read(self) -> bool {
        match self {
            Self::Presented(_)
            | Self::Verified
            | Self::VerifiedFlag(_)
            | Self::Revoked(_)
            | Self::Sha1(_)
            | Self::Sha256(_)
            | Self::Certificate(_)
            | Self::Chain(_) => false,
            Self::Issuer(_)
            | Self::Subject(_)
            | Self::Serial(_)
            | Self::IssuerSerial
            | Self::SubjectKeyIdentifier
            | Self::IssuerSubjectKeyIdentifier
            | Self::PublicKeySha256(_)
            | Self::NotBefore(_)
            | Self::NotAfter(_) => true,
        }
    }
}
