//! Every field's written form.

use alloc::vec::Vec;

use super::{CertificateForm, ChainForm, Facts, Field, alternative_names, date, public_key};
use crate::client::Verification;
use crate::encoding;
use crate::x509::Dialect;
use crate::x509::fingerprint;

impl Facts<'_> {
    /// The least length of the value: a value that is known to exceed its limit is not written.
    #[inline]
    pub(super) fn least_length(&self, field: Field) -> usize {
        match field {
            Field::Certificate(form) => {
                let colons = if form == CertificateForm::ByteSequence { 2 } else { 0 };
                self.client.leaf().map_or(0, |der| base64_len(der).saturating_add(colons))
            }
            // Most clients send none.
            Field::Chain(_) if self.client.chain_certificates().len() == 0 => 0,
            field => self.least_length_of_several(field),
        }
    }

    fn least_length_of_several(&self, field: Field) -> usize {
        let leaf = self.client.leaf().into_iter();
        let mut chain = self.client.chain_certificates();
        match field {
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

    /// The length of this many copies of the leaf and of the chain in base64.
    fn encoded_len(&self, leaf: usize, chain: usize) -> usize {
        let leaf = sum(self.client.leaf().into_iter().map(base64_len)).saturating_mul(leaf);
        leaf.saturating_add(
            sum(self.client.chain_certificates().map(base64_len)).saturating_mul(chain),
        )
    }

    /// Appends the field's value. `None` if it has no value; the caller then discards what was appended.
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
            Field::RootSubject(form) => form.write(self.root?, dialect, out)?,
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
            Field::Validity => date::write_validity(self.certificate?, dialect, out)?,
            Field::DaysRemaining => {
                let now = client.seen_at_or_now()?;
                encoding::decimal(self.certificate?.not_after().days_after(now)?, out);
            }
            Field::SubjectAltName(form) => {
                form.write(self.certificate?.subject_alt_names(), out)?;
            }
            Field::Certificate(form) => match self.base64 {
                Some(base64) if form == CertificateForm::ByteSequence => {
                    out.push(b':');
                    out.extend_from_slice(base64);
                    out.push(b':');
                }
                _ => form.write(client.leaf()?, out),
            },
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
    use crate::field::Written;
    use crate::field::{DigestForm, Limits, SubjectAltNameForm};
    use crate::x509::Certificate;

    const PLAIN: &[u8] = include_bytes!("../../tests/fixtures/plain.der");

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
            let needs = field.needs();
            let leaf = Facts::leaf(&client, Limits::new(), needs);
            let mut facts = Facts::new(&client, Limits::new(), needs, leaf.as_ref());
            facts.set_digests(Facts::hashing(&client, needs).finish());
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
            let needs = field.needs();
            let leaf = Facts::leaf(&client, Limits::new(), needs);
            let facts = Facts::new(&client, Limits::new(), needs, leaf.as_ref());
            let mut out = Vec::new();
            facts.write(field, Dialect::OpenSsl, &mut out);
            let expected = expected.unwrap_or_default();
            assert_eq!(core::str::from_utf8(&out), Ok(expected), "{form:?}");
        }
    }
}
