//! Every field's written form.

use alloc::vec::Vec;

use super::google;
use super::{
    CertificateForm, ChainForm, DateForm, DigestForm, Facts, Field, Flag, NameForm, Occurrence,
    SerialForm, UrlForm, VerdictForm, alternative_names, public_key,
};
use crate::client::VerifyError;
use crate::client::{Reason, Verification};
use crate::encoding;
use crate::x509::Dialect;
use crate::x509::Name;
use crate::x509::SerialNumber;
use crate::x509::Time;
use crate::x509::fingerprint;

impl Facts<'_> {
    /// How long the value is at least: nothing is written that is known to be over its limit.
    pub(super) fn least_length(&self, field: Field) -> usize {
        let leaf = self.client.leaf().into_iter();
        let mut chain = self.client.chain_certificates();
        match field {
            Field::Certificate(form) => {
                let colons = if form == CertificateForm::ByteSequence { 2 } else { 0 };
                sum(leaf.map(|der| base64_len(der).saturating_add(colons)))
            }
            // Two colons each, and two characters between them.
            Field::Chain(ChainForm::ByteSequences) => {
                sum(chain.map(|der| base64_len(der).saturating_add(4))).saturating_sub(2)
            }
            Field::Chain(_) => encoding::base64_len(sum(chain.map(<[u8]>::len))),
            Field::LeafAndChain(_) => encoding::base64_len(sum(leaf.chain(chain).map(<[u8]>::len))),
            Field::ChainCertificate(index, _) => chain.nth(index.into()).map_or(0, base64_len),
            Field::Xfcc(xfcc) => {
                let (leaf, chain) = xfcc.copies();
                self.encoded_len(leaf, chain)
            }
            _ => 0,
        }
    }

    /// The length of so many copies of the leaf and of the chain in base64.
    fn encoded_len(&self, leaf: usize, chain: usize) -> usize {
        let leaf = sum(self.client.leaf().into_iter().map(base64_len)).saturating_mul(leaf);
        leaf.saturating_add(
            sum(self.client.chain_certificates().map(base64_len)).saturating_mul(chain),
        )
    }

    /// Appends the field's value. `None` where there is none, and then what was appended is no value.
    #[inline(always)]
    pub(super) fn append(&self, field: Field, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        let client = self.client;
        match field {
            Field::Presented(flag) => flag.write(client.is_presented(), out),
            Field::Verified => self.write_outcome(client.verification(), dialect, out),
            Field::VerifiedFlag(flag) => {
                flag.write(*client.verification() == Verification::Success, out);
            }
            Field::Verdict(form) => self.write_verdict(form, dialect, out)?,
            Field::Errors => self.write_errors(out)?,
            Field::Fixed => {}
            Field::Tls(flag) => flag.write(true, out),
            Field::Version => encoding::decimal(self.certificate?.version()?.into(), out),
            Field::Revoked(flag) => flag.write(client.is_revoked(), out),
            Field::Issuer(form) => form.write(self.certificate?.issuer(), dialect, out)?,
            Field::Subject(form) => form.write(self.certificate?.subject(), dialect, out)?,
            Field::Serial(form) => form.write(self.certificate?.serial_number()?, out)?,
            Field::IssuerSerial => self.issuer_serial?.write_hex(out),
            Field::SubjectKeyIdentifier => {
                encoding::hex_upper(self.subject_key_identifier?, out);
            }
            Field::IssuerSubjectKeyIdentifier => {
                encoding::hex_upper(self.issuer_key_identifier?, out);
            }
            Field::Sha1(form) => form.write(&self.sha1?, out),
            Field::Sha256(form) => form.write(&self.sha256?, out),
            Field::PublicKeySha256(form) => form.write(&self.certificate?.public_key_sha256(), out),
            Field::NotBefore(form) => form.write(self.certificate?.not_before(), dialect, out)?,
            Field::NotAfter(form) => form.write(self.certificate?.not_after(), dialect, out)?,
            Field::Validity => {
                let certificate = self.certificate?;
                out.extend_from_slice(b"NotBefore=");
                DateForm::Iso8601.write(certificate.not_before(), dialect, out)?;
                out.extend_from_slice(b";NotAfter=");
                DateForm::Iso8601.write(certificate.not_after(), dialect, out)?;
            }
            Field::DaysRemaining => {
                let now = client.seen_at_or_now()?;
                encoding::decimal(self.certificate?.not_after().days_after(now)?, out);
            }
            Field::SubjectAltName(form) => {
                form.write(self.certificate?.subject_alt_names(), out)?;
            }
            Field::Certificate(form) => form.write(client.leaf()?, out),
            Field::Chain(form) => form.write(client.chain_certificates(), out),
            Field::LeafAndChain(form) => {
                form.write(
                    core::iter::once(client.leaf()?).chain(client.chain_certificates()),
                    out,
                );
            }
            Field::ChainCertificate(index, form) => {
                form.write(client.chain_certificates().nth(index.into())?, out);
            }
            Field::SubjectAltNames(kind) => {
                alternative_names::write_go_list(self.certificate?, kind, out);
            }
            Field::PublicKeyBits => encoding::hex_lower(public_key::bits(self.certificate?)?, out),
            Field::PublicKeyBitsSha256(form) => {
                form.write(&fingerprint::sha256(public_key::bits(self.certificate?)?), out);
            }
            Field::TraefikInfo => self.write_info(out)?,
            Field::Xfcc(xfcc) => self.write_xfcc(xfcc, dialect, out)?,
        }
        Some(())
    }

    #[inline]
    fn write_verdict(&self, form: VerdictForm, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        const REVOKED: Verification = Verification::Failed(Reason::Known(VerifyError::CertRevoked));
        let client = self.client;
        let verification = match client.verification() {
            Verification::Success if client.is_revoked() => &REVOKED,
            verification => verification,
        };
        match form {
            VerdictForm::Text => self.write_outcome(verification, dialect, out),
            VerdictForm::Word => Flag::Word.write(client.is_trusted(), out),
            VerdictForm::Code | VerdictForm::Constant if !client.is_presented() => return None,
            VerdictForm::Constant => match verification {
                Verification::Success => out.extend_from_slice(b"X509_V_OK"),
                Verification::Failed(Reason::Known(error)) if error.code(dialect).is_some() => {
                    error.write_constant(out);
                }
                _ => out.extend_from_slice(b"X509_V_ERR_UNSPECIFIED"),
            },
            VerdictForm::Code => out.extend_from_slice(match verification {
                Verification::Success => b"0",
                Verification::Failed(Reason::Known(error)) => {
                    if let Some(code) = error.code(dialect) {
                        encoding::signed_decimal(code.into(), out);
                        return Some(());
                    }
                    b"1"
                }
                Verification::Failed(Reason::Other(_) | Reason::Unstated) | Verification::None => {
                    b"1"
                }
            }),
        }
        Some(())
    }

    /// The outcome in words. Facts never go without it, so a reason that is too long gives way to one that always fits.
    #[inline]
    fn write_outcome(&self, verification: &Verification, dialect: Dialect, out: &mut Vec<u8>) {
        const UNSPECIFIED: Verification =
            Verification::Failed(Reason::Known(VerifyError::Unspecified));
        let is_too_long = match verification {
            Verification::Failed(reason @ Reason::Other(_)) => {
                "FAILED:".len().saturating_add(reason.text(dialect).len()) > self.limits.text
            }
            _ => false,
        };
        (if is_too_long { &UNSPECIFIED } else { verification }).write(dialect, out);
    }
}

impl Flag {
    #[inline]
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
    #[inline]
    fn write(self, name: Name<'_>, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Rfc2253 => name.write_rfc2253(dialect, out)?,
            Self::Legacy => name.write_legacy(dialect, out)?,
            Self::HaProxy => name.write_haproxy(dialect, out)?,
            Self::CommonName => name.write_common_name(dialect, out)?,
            Self::Base64 if !google::base64_fits(name.as_der().len()) => return None,
            Self::Base64 => encoding::base64(name.as_der(), out),
            Self::Go => name.write_go(out)?,
            Self::Java => name.write_java(out)?,
            Self::Attribute(kind, which) => name.write_attribute(kind, which, dialect, out)?,
            Self::PlainAttribute(kind, which) => {
                let start = out.len();
                name.write_attribute(kind, which, dialect, out)?;
                // Of the plain characters, RFC 2253 escapes one.
                let value = out.split_off(start);
                for (index, byte) in value.iter().enumerate() {
                    match byte {
                        b'\\' if value.get(index.saturating_add(1)) == Some(&b'+') => {}
                        b'-' | b'.' | b'_' | b'@' | b':' | b'+' | b'~' => out.push(*byte),
                        byte if byte.is_ascii_alphanumeric() => out.push(*byte),
                        _ => return None,
                    }
                }
            }
            // The lines ask for one after the other.
            Self::EachAttribute(kind) => {
                name.write_attribute(kind, Occurrence::First, dialect, out)?;
            }
        }
        Some(())
    }
}

impl SerialForm {
    #[inline]
    fn write(self, serial: SerialNumber<'_>, out: &mut Vec<u8>) -> Option<()> {
        let mut signed = |digits: fn(&[u8], &mut Vec<u8>)| {
            if serial.is_negative() {
                out.push(b'-');
            }
            digits(&serial.magnitude(), out);
        };
        match self {
            Self::Hex => serial.write_hex(out),
            Self::HexLower => signed(encoding::hex_lower),
            Self::HexColons => signed(encoding::hex_lower_colons),
            Self::HexUpperColons => signed(encoding::hex_upper_colons),
            Self::HexUnsigned => encoding::hex_upper(&serial.magnitude(), out),
            Self::DerColons if serial.as_der().len() > google::MAX_SERIAL => return None,
            Self::DerColons => encoding::hex_lower_colons(serial.as_der(), out),
            Self::Decimal => return serial.write_decimal(out),
        }
        Some(())
    }
}

impl DigestForm {
    #[inline]
    fn write<const N: usize>(self, digest: &[u8; N], out: &mut Vec<u8>) {
        match self {
            Self::Lower => encoding::hex_lower(digest, out),
            Self::Upper => encoding::hex_upper(digest, out),
            Self::Base64Unpadded => encoding::base64_unpadded(digest, out),
            Self::Base64Url => encoding::base64_url(digest, out),
            Self::UpperColons => encoding::hex_upper_colons(digest, out),
        }
    }
}

impl DateForm {
    #[inline]
    fn write(self, date: Time<'_>, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::OpenSsl => date.write(dialect, out),
            Self::HaProxy => date.write_haproxy(out),
            Self::Iso8601 => date.write_iso8601(b"Z", dialect, out),
            Self::Iso8601Offset => date.write_iso8601(b"+00:00", dialect, out),
            Self::Iso8601Millis => date.write_iso8601(b".000Z", dialect, out),
            Self::UnixSeconds => date.write_unix_seconds(dialect, out),
        }
    }
}

impl CertificateForm {
    pub(super) fn write(self, der: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Base64 => encoding::base64(der, out),
            Self::ByteSequence => encoding::byte_sequence(der, out),
            Self::EscapedPem(form) => encoding::pem(der, |piece| form.write(piece, out)),
            Self::Base64Pem => {
                let mut text = Vec::new();
                encoding::pem(der, |piece| text.extend_from_slice(piece));
                encoding::base64(&text, out);
            }
            Self::TabbedPem => {
                encoding::pem(der, |piece| match piece {
                    b"\n" => out.push(b'\t'),
                    piece => out.extend_from_slice(piece),
                });
                out.pop();
            }
            Self::LiteralPem => encoding::pem(der, |piece| match piece {
                b"\n" => out.extend_from_slice(b"\\n"),
                piece => out.extend_from_slice(piece),
            }),
            Self::OneLinePem => encoding::pem(der, |piece| match piece {
                b"\n" => out.push(b' '),
                piece => out.extend_from_slice(piece),
            }),
        }
    }
}

impl ChainForm {
    pub(super) fn write<'c>(self, chain: impl Iterator<Item = &'c [u8]>, out: &mut Vec<u8>) {
        match self {
            Self::ByteSequences => encoding::list(chain, b", ", encoding::byte_sequence, out),
            Self::CommaBase64 => encoding::list(chain, b",", encoding::base64, out),
            Self::EscapedCommaBase64 => {
                let escaped = |der: &[u8], out: &mut Vec<u8>| {
                    let mut digits = Vec::new();
                    encoding::base64(der, &mut digits);
                    UrlForm::Component.write(&digits, out);
                };
                encoding::list(chain, b",", escaped, out);
            }
            Self::ConcatenatedBase64 => encoding::base64(&chain.collect::<Vec<_>>().concat(), out),
            Self::EscapedPem(form) => {
                chain.for_each(|der| CertificateForm::EscapedPem(form).write(der, out));
            }
        }
    }
}

fn base64_len(der: &[u8]) -> usize {
    encoding::base64_len(der.len())
}

fn sum(lengths: impl Iterator<Item = usize>) -> usize {
    lengths.fold(0, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ClientCertificate;
    use crate::field::{Limits, SubjectAltNameForm};
    use crate::field::{Needs, Written};
    use crate::x509::Certificate;
    use alloc::string::String;

    const PLAIN: &[u8] = include_bytes!("../../tests/fixtures/plain.der");

    fn text(write: impl FnOnce(&mut Vec<u8>) -> Option<()>) -> Option<String> {
        let mut out = Vec::new();
        write(&mut out)?;
        String::from_utf8(out).ok()
    }

    #[test]
    fn serial_numbers() {
        let high = &[0x00, 0xa3, 0x82, 0x8e, 0xb2, 0x4f, 0xd7, 0x79, 0xd0];
        let cases: [(SerialForm, &[u8], Option<&str>); 17] = [
            (SerialForm::Hex, high, Some("A3828EB24FD779D0")),
            (SerialForm::HexLower, high, Some("a3828eb24fd779d0")),
            (SerialForm::HexUnsigned, high, Some("A3828EB24FD779D0")),
            (SerialForm::HexColons, high, Some("a3:82:8e:b2:4f:d7:79:d0")),
            (SerialForm::HexUpperColons, high, Some("A3:82:8E:B2:4F:D7:79:D0")),
            (SerialForm::DerColons, high, Some("00:a3:82:8e:b2:4f:d7:79:d0")),
            (SerialForm::Decimal, high, Some("11782136471649483216")),
            (SerialForm::Hex, &[0xff], Some("-01")),
            (SerialForm::HexLower, &[0xff], Some("-01")),
            (SerialForm::HexUnsigned, &[0xff], Some("01")),
            (SerialForm::HexColons, &[0xff], Some("-01")),
            (SerialForm::DerColons, &[0xff], Some("ff")),
            (SerialForm::Decimal, &[0xff], Some("-1")),
            (SerialForm::HexColons, &[0], Some("00")),
            (SerialForm::DerColons, &[0], Some("00")),
            (SerialForm::Decimal, &[0], Some("0")),
            (SerialForm::DerColons, &[7; 51], None),
        ];
        for (form, contents, expected) in cases {
            let serial = SerialNumber::new(contents).unwrap();
            assert_eq!(text(|out| form.write(serial, out)).as_deref(), expected, "{form:?}");
        }
    }

    #[test]
    fn dates() {
        let date = Certificate::from_der(PLAIN).unwrap().not_before();
        let cases = [
            (DateForm::OpenSsl, "Jan  2 03:04:05 2025 GMT"),
            (DateForm::HaProxy, "250102030405Z"),
            (DateForm::Iso8601, "2025-01-02T03:04:05Z"),
            (DateForm::Iso8601Offset, "2025-01-02T03:04:05+00:00"),
            (DateForm::Iso8601Millis, "2025-01-02T03:04:05.000Z"),
            (DateForm::UnixSeconds, "1735787045"),
        ];
        for (form, expected) in cases {
            let written = text(|out| form.write(date, Dialect::OpenSsl, out));
            assert_eq!(written.as_deref(), Some(expected), "{form:?}");
        }
    }

    #[test]
    fn verdicts() {
        let presented = |verification| ClientCertificate::presented(PLAIN, verification);
        let other = Verification::Failed(Reason::other("denied by policy"));
        let boring_only = Verification::from(VerifyError::NameConstraintsWithoutSans);
        let cases = [
            ("none", ClientCertificate::none(), "NONE", None, "false"),
            ("not verified", presented(Verification::None), "NONE", Some("1"), "false"),
            ("verified", presented(Verification::Success), "SUCCESS", Some("0"), "true"),
            (
                "revoked",
                presented(Verification::Success).revoked(true),
                "FAILED:certificate revoked",
                Some("23"),
                "false",
            ),
            (
                "expired and revoked",
                presented(VerifyError::CertHasExpired.into()).revoked(true),
                "FAILED:certificate has expired",
                Some("10"),
                "false",
            ),
            ("by policy", presented(other), "FAILED:denied by policy", Some("1"), "false"),
            (
                "a reason of BoringSSL's",
                presented(boring_only),
                "FAILED:Issuer has name constraints but leaf has no SANs",
                Some("1"),
                "false",
            ),
        ];
        for (name, client, words, code, flag) in cases {
            let facts = Facts::new(&client, Limits::new(), Needs::NOTHING);
            let write = |form| text(|out| facts.write_verdict(form, Dialect::OpenSsl, out));
            assert_eq!(write(VerdictForm::Text).as_deref(), Some(words), "{name}");
            assert_eq!(write(VerdictForm::Code).as_deref(), code, "{name}");
            assert_eq!(write(VerdictForm::Word).as_deref(), Some(flag), "{name}");
        }
    }

    #[test]
    fn digests() {
        let client = ClientCertificate::presented(PLAIN, Verification::Success);
        let certificate = Certificate::from_der(PLAIN).unwrap();
        let lower = [
            (Field::Sha1(DigestForm::Lower), hex::encode(certificate.sha1())),
            (Field::Sha256(DigestForm::Lower), hex::encode(certificate.sha256())),
            (
                Field::PublicKeySha256(DigestForm::Lower),
                hex::encode(fingerprint::sha256(certificate.subject_public_key_info())),
            ),
            (
                Field::PublicKeySha256(DigestForm::Upper),
                hex::encode_upper(certificate.public_key_sha256()),
            ),
        ];
        for (field, expected) in lower {
            let facts = Facts::new(&client, Limits::new(), Needs::NOTHING.and(field));
            let mut out = Vec::new();
            assert_eq!(facts.write(field, Dialect::OpenSsl, &mut out), Written::Value);
            assert_eq!(core::str::from_utf8(&out), Ok(expected.as_str()), "{field:?}");
        }
    }

    #[test]
    fn alternative_names() {
        const ALL: &[u8] = include_bytes!("../../tests/fixtures/san_all.der");
        const NUL: &[u8] = include_bytes!("../../tests/fixtures/san_nul.der");
        const SPIFFE: &[u8] = include_bytes!("../../tests/fixtures/san_spiffe.der");
        const CRLF: &[u8] = include_bytes!("../../tests/fixtures/san_crlf.der");
        let cases = [
            (ALL, SubjectAltNameForm::Dns(1), Some("*.two.example")),
            (ALL, SubjectAltNameForm::Dns(2), None),
            (ALL, SubjectAltNameForm::Email(0), Some("joe@example.com")),
            (ALL, SubjectAltNameForm::UserPrincipalName(0), Some("upn@example.com")),
            (ALL, SubjectAltNameForm::UserPrincipalName(1), None),
            (
                ALL,
                SubjectAltNameForm::LinkerdIdentity,
                Some("spiffe://example.org/ns/default/sa/web"),
            ),
            (ALL, SubjectAltNameForm::SpiffeId, None),
            (ALL, SubjectAltNameForm::DnsBase64, Some("b25lLmV4YW1wbGU=,Ki50d28uZXhhbXBsZQ==")),
            (NUL, SubjectAltNameForm::Dns(0), Some("good.example\\00.evil.example")),
            (NUL, SubjectAltNameForm::LinkerdIdentity, None),
            (SPIFFE, SubjectAltNameForm::SpiffeId, Some("spiffe://example.org/ns/default/sa/web")),
            (CRLF, SubjectAltNameForm::LinkerdIdentity, None),
            (CRLF, SubjectAltNameForm::DnsBase64, None),
        ];
        for (der, form, expected) in cases {
            let client = ClientCertificate::presented(der, Verification::Success);
            let field = Field::SubjectAltName(form);
            let facts = Facts::new(&client, Limits::new(), Needs::NOTHING.and(field));
            let mut out = Vec::new();
            facts.write(field, Dialect::OpenSsl, &mut out);
            let expected = expected.unwrap_or_default();
            assert_eq!(core::str::from_utf8(&out), Ok(expected), "{form:?}");
        }
    }
}
