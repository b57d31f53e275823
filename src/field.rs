//! What a header can say of a client certificate: every field with its exact form.

use alloc::vec::Vec;

use crate::certificate::Certificate;
use crate::client_certificate::ClientCertificate;
use crate::dialect::Dialect;
use crate::encoding;
use crate::fingerprint;
use crate::limits::Limits;
use crate::serial_number::SerialNumber;
use crate::verification::Verification;

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
    /// The serial number in upper-case hex: `A3828EB24FD779D0`.
    Serial,
    /// The serial number of the issuer's certificate: from the chain, else from the authority key identifier.
    IssuerSerial,
    /// The subject key identifier in upper-case hex: `27846FAE6EAC4A8DAD9101B519CF1EB460242831`.
    SubjectKeyIdentifier,
    /// The issuer's subject key identifier: from the chain, else from the authority key identifier.
    IssuerSubjectKeyIdentifier,
    /// SHA-1 of the certificate in lower-case hex, 40 digits.
    Sha1,
    /// SHA-256 of the certificate in lower-case hex, 64 digits.
    Sha256,
    /// SHA-256 of the SubjectPublicKeyInfo in lower-case hex, 64 digits.
    PublicKeySha256,
    /// The start of validity: `Feb  3 00:55:52 2015 GMT`.
    NotBefore,
    /// The end of validity, in the same form.
    NotAfter,
    /// The certificate's DER in standard base64 with padding.
    CertificateBase64,
    /// The certificate's DER as an RFC 9440 byte sequence: `:` base64 `:`.
    CertificateByteSequence,
    /// The certificates after the leaf as an RFC 9440 list: `:…:, :…:`.
    ChainByteSequences,
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

impl Field {
    /// Whether it tells an origin the outcome of verification.
    pub(crate) const fn is_verdict(self) -> bool {
        matches!(self, Self::Verified | Self::VerifiedFlag(_))
    }
}

/// One client certificate, read once for all the fields that are wanted of it.
pub(crate) struct Facts<'c> {
    client: &'c ClientCertificate,
    limits: Limits,
    certificate: Option<Certificate<'c>>,
    sha1: Option<[u8; 20]>,
    sha256: Option<[u8; 32]>,
}

impl<'c> Facts<'c> {
    /// Reads and hashes no more than these fields need.
    pub(crate) fn new(
        client: &'c ClientCertificate,
        limits: Limits,
        fields: impl Iterator<Item = Field>,
    ) -> Self {
        let leaf = client.leaf();
        let mut facts = Self { client, limits, certificate: None, sha1: None, sha256: None };
        let Some(leaf) = leaf else { return facts };
        let mut parsed = false;
        for field in fields {
            match field {
                Field::Sha1 if facts.sha1.is_none() => facts.sha1 = Some(fingerprint::sha1(leaf)),
                Field::Sha256 if facts.sha256.is_none() => {
                    facts.sha256 = Some(fingerprint::sha256(leaf))
                }
                Field::PublicKeySha256
                | Field::Issuer(_)
                | Field::Subject(_)
                | Field::Serial
                | Field::IssuerSerial
                | Field::SubjectKeyIdentifier
                | Field::IssuerSubjectKeyIdentifier
                | Field::NotBefore
                | Field::NotAfter
                    if !parsed =>
                {
                    parsed = true;
                    facts.certificate = Certificate::from_der_up_to(leaf, limits.certificate).ok();
                }
                _ => {}
            }
        }
        facts
    }

    /// Appends the field's value: printable ASCII and within its limit, or nothing.
    pub(crate) fn write(&self, field: Field, dialect: Dialect, out: &mut Vec<u8>) -> Written {
        let start = out.len();
        let limit = match field {
            Field::CertificateBase64 | Field::CertificateByteSequence => {
                let length = encoding::base64_len(self.client.leaf().unwrap_or_default().len());
                let colons = if field == Field::CertificateBase64 { 0 } else { 2 };
                if length.saturating_add(colons) > self.limits.encoded_leaf {
                    return Written::TooLarge;
                }
                self.limits.encoded_leaf
            }
            Field::ChainByteSequences => {
                // Four more for the colons, the comma and the space; the last has no comma.
                let length =
                    self.client.chain_certificates().fold(0usize, |length, certificate| {
                        length
                            .saturating_add(encoding::base64_len(certificate.len()))
                            .saturating_add(4)
                    });
                if length.saturating_sub(2) > self.limits.encoded_chain {
                    return Written::TooLarge;
                }
                self.limits.encoded_chain
            }
            _ => self.limits.encoded_chain,
        };
        let written = self.append(field, dialect, out);
        let value = out.get(start..).unwrap_or_default();
        let outcome = if written.is_none() || value.is_empty() {
            Written::Nothing
        } else if value.len() > limit {
            Written::TooLarge
        } else if value.iter().all(|byte| matches!(byte, b' '..=b'~')) {
            return Written::Value;
        } else {
            Written::Nothing
        };
        out.truncate(start);
        outcome
    }

    fn append(&self, field: Field, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        let client = self.client;
        match field {
            Field::Presented(flag) => flag.write(client.is_presented(), out),
            Field::Verified => client.verification().write(dialect, out),
            Field::VerifiedFlag(flag) => {
                flag.write(*client.verification() == Verification::Success, out);
            }
            Field::Revoked(flag) => flag.write(client.is_revoked(), out),
            Field::Issuer(NameForm::Rfc2253) => {
                self.certificate?.issuer().write_rfc2253(dialect, out)?
            }
            Field::Issuer(NameForm::Legacy) => {
                self.certificate?.issuer().write_legacy(dialect, out)?
            }
            Field::Subject(NameForm::Rfc2253) => {
                self.certificate?.subject().write_rfc2253(dialect, out)?
            }
            Field::Subject(NameForm::Legacy) => {
                self.certificate?.subject().write_legacy(dialect, out)?
            }
            Field::Serial => self.certificate?.serial_number()?.write_hex(out),
            Field::IssuerSerial => self.issuer_serial(|serial| serial.write_hex(out))?,
            Field::SubjectKeyIdentifier => {
                encoding::hex_upper(self.certificate?.subject_key_identifier()?, out);
            }
            Field::IssuerSubjectKeyIdentifier => {
                encoding::hex_upper(self.issuer_key_identifier()?, out)
            }
            Field::Sha1 => encoding::hex_lower(&self.sha1?, out),
            Field::Sha256 => encoding::hex_lower(&self.sha256?, out),
            Field::PublicKeySha256 => {
                encoding::hex_lower(&self.certificate?.public_key_sha256(), out)
            }
            Field::NotBefore => self.certificate?.not_before().write(dialect, out)?,
            Field::NotAfter => self.certificate?.not_after().write(dialect, out)?,
            Field::CertificateBase64 => encoding::base64(client.leaf()?, out),
            Field::CertificateByteSequence => encoding::byte_sequence(client.leaf()?, out),
            Field::ChainByteSequences => {
                for (index, certificate) in client.chain_certificates().enumerate() {
                    if index > 0 {
                        out.extend_from_slice(b", ");
                    }
                    encoding::byte_sequence(certificate, out);
                }
            }
        }
        Some(())
    }

    /// The direct issuer's certificate, if the chain holds it: its subject is the leaf's issuer and, where both are there, its
    /// subject key identifier is the leaf's authority key identifier.
    fn issuer(&self) -> Option<Certificate<'c>> {
        let leaf = self.certificate?;
        let wanted = leaf.authority_key_identifier().and_then(|issuer| issuer.key_identifier());
        self.client
            .chain_certificates()
            .filter_map(|der| Certificate::from_der_up_to(der, self.limits.certificate).ok())
            .find(|candidate| {
                let key = candidate.subject_key_identifier();
                candidate.subject().as_der() == leaf.issuer().as_der()
                    && (key.is_none() || wanted.is_none() || key == wanted)
            })
    }

    fn issuer_serial(&self, write: impl FnOnce(SerialNumber<'_>)) -> Option<()> {
        if let Some(issuer) = self.issuer() {
            return issuer.serial_number().map(write);
        }
        self.certificate?.authority_key_identifier()?.authority_cert_serial_number().map(write)
    }

    fn issuer_key_identifier(&self) -> Option<&'c [u8]> {
        let own = self.issuer().and_then(|issuer| issuer.subject_key_identifier());
        own.or_else(|| self.certificate?.authority_key_identifier()?.key_identifier())
    }
}

impl Flag {
    fn write(self, yes: bool, out: &mut Vec<u8>) {
        out.extend_from_slice(match (self, yes) {
            (Self::Digit, true) => b"1",
            (Self::Digit, false) => b"0",
            (Self::Word, true) => b"true",
            (Self::Word, false) => b"false",
        });
    }
}
