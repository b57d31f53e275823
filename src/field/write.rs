//! Every field's written form.

use alloc::vec::Vec;

use super::{
    CertificateForm, ChainForm, DateForm, DigestForm, Facts, Field, Flag, NameForm, SerialForm,
};
use crate::dialect::Dialect;
use crate::encoding;
use crate::name::Name;
use crate::serial_number::SerialNumber;
use crate::validity::Time;
use crate::verification::Verification;

impl Facts<'_> {
    /// How long the value is at least: nothing is written that is known to be over its limit.
    pub(super) fn least_length(&self, field: Field) -> usize {
        match field {
            Field::Certificate(_) => {
                encoding::base64_len(self.client.leaf().unwrap_or_default().len())
            }
            Field::Chain(_) => self
                .client
                .chain_certificates()
                .fold(0, |length, der| length.saturating_add(encoding::base64_len(der.len()))),
            _ => 0,
        }
    }

    /// Appends the field's value. `None` where there is none, and then what was appended is no value.
    pub(super) fn append(&self, field: Field, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        let client = self.client;
        match field {
            Field::Presented(flag) => flag.write(client.is_presented(), out),
            Field::Verified => client.verification().write(dialect, out),
            Field::VerifiedFlag(flag) => {
                flag.write(*client.verification() == Verification::Success, out);
            }
            Field::Revoked(flag) => flag.write(client.is_revoked(), out),
            Field::Issuer(form) => form.write(self.certificate?.issuer(), dialect, out)?,
            Field::Subject(form) => form.write(self.certificate?.subject(), dialect, out)?,
            Field::Serial(form) => form.write(self.certificate?.serial_number()?, out),
            Field::IssuerSerial => {
                self.issuer_serial(|serial| SerialForm::Hex.write(serial, out))?
            }
            Field::SubjectKeyIdentifier => {
                encoding::hex_upper(self.subject_key_identifier?, out);
            }
            Field::IssuerSubjectKeyIdentifier => {
                encoding::hex_upper(self.issuer_key_identifier()?, out)
            }
            Field::Sha1(form) => form.write(&self.sha1?, out),
            Field::Sha256(form) => form.write(&self.sha256?, out),
            Field::PublicKeySha256(form) => form.write(&self.certificate?.public_key_sha256(), out),
            Field::NotBefore(form) => form.write(self.certificate?.not_before(), dialect, out)?,
            Field::NotAfter(form) => form.write(self.certificate?.not_after(), dialect, out)?,
            Field::Certificate(form) => form.write(client.leaf()?, out),
            Field::Chain(form) => form.write(client.chain_certificates(), out),
        }
        Some(())
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

impl NameForm {
    fn write(self, name: Name<'_>, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Rfc2253 => name.write_rfc2253(dialect, out),
            Self::Legacy => name.write_legacy(dialect, out),
        }
    }
}

impl SerialForm {
    fn write(self, serial: SerialNumber<'_>, out: &mut Vec<u8>) {
        match self {
            Self::Hex => serial.write_hex(out),
        }
    }
}

impl DigestForm {
    fn write<const N: usize>(self, digest: &[u8; N], out: &mut Vec<u8>) {
        match self {
            Self::Lower => encoding::hex_lower(digest, out),
        }
    }
}

impl DateForm {
    fn write(self, date: Time<'_>, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::OpenSsl => date.write(dialect, out),
        }
    }
}

impl CertificateForm {
    fn write(self, der: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Base64 => encoding::base64(der, out),
            Self::ByteSequence => encoding::byte_sequence(der, out),
        }
    }
}

impl ChainForm {
    fn write<'c>(self, chain: impl Iterator<Item = &'c [u8]>, out: &mut Vec<u8>) {
        match self {
            Self::ByteSequences => {
                for (index, der) in chain.enumerate() {
                    if index > 0 {
                        out.extend_from_slice(b", ");
                    }
                    encoding::byte_sequence(der, out);
                }
            }
        }
    }
}
