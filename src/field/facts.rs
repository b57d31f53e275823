//! One client certificate, parsed and hashed once for all fields.

use alloc::string::String;
use alloc::vec::Vec;

use super::limits::Sizes;
use super::{Field, space};
use crate::client::ClientCertificate;
use crate::field::Limits;
use crate::x509::Certificate;
use crate::x509::Dialect;
use crate::x509::Name;
use crate::x509::SerialNumber;
use crate::x509::fingerprint::{Digests, Hashing};

/// The source of all fields' values.
pub(crate) struct Facts<'c> {
    pub(super) client: &'c ClientCertificate,
    pub(super) limits: Limits,
    /// The proxy's own identities, for [`Field::Xfcc`].
    pub(crate) by: &'c [String],
    /// The size limits for the field that is written next.
    sizes: Sizes,
    pub(super) certificate: Option<&'c Certificate<'c>>,
    /// The root's certificate, if the caller gave it.
    pub(super) root: Option<Name<'c>>,
    pub(super) sha1: Option<[u8; 20]>,
    pub(super) sha256: Option<[u8; 32]>,
    /// The leaf in canonical base64, if it was received so.
    pub(crate) base64: Option<&'c [u8]>,
    pub(super) subject_key_identifier: Option<&'c [u8]>,
    /// The issuer's key identifier: from the verified issuer's certificate if known, otherwise from the authority key identifier.
    pub(super) issuer_key_identifier: Option<&'c [u8]>,
    pub(super) issuer_serial: Option<SerialNumber<'c>>,
}

/// The outcome of writing a field.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Written {
    /// The value was appended.
    Value,
    /// The value was appended without its certificates, which exceed their limit.
    Part,
    /// The field has no value.
    Nothing,
    /// The value exceeds its limit; nothing was appended.
    TooLarge,
}

/// The work that a selection of fields requires, a bit each.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Needs(u8);

impl Needs {
    pub(crate) const NOTHING: Self = Self(0);
    /// Parse the certificate.
    pub(super) const READ: Self = Self(1);
    /// Parse it and extract the key identifiers.
    pub(super) const KEYS: Self = Self(1 << 1 | Self::READ.0);
    /// Parse the verified chain's root.
    pub(super) const ROOT: Self = Self(1 << 2);
    pub(super) const SHA1: Self = Self(1 << 3);
    pub(super) const SHA256: Self = Self(1 << 4);

    #[inline]
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a digest of the leaf is needed.
    #[inline]
    pub(crate) const fn has_digest(self) -> bool {
        self.0 & (Self::SHA1.0 | Self::SHA256.0) != 0
    }

    const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

fn are_printable(bytes: &[u8]) -> bool {
    // Vectorizes, because it does not return early.
    bytes.iter().fold(true, |all, byte| all & matches!(byte, b' '..=b'~'))
}

impl<'c> Facts<'c> {
    /// Parses the leaf for [`new`](Self::new), if the fields need it.
    #[inline]
    pub(crate) fn leaf(
        client: &'c ClientCertificate,
        limits: Limits,
        needs: Needs,
    ) -> Option<Certificate<'c>> {
        let leaf = client.leaf().filter(|_| needs.has(Needs::READ))?;
        Certificate::from_der_up_to(leaf, limits.certificate).ok()
    }

    /// Begins the digests that are needed, for [`set_digests`](Self::set_digests).
    #[inline]
    pub(crate) fn hashing(client: &'c ClientCertificate, needs: Needs) -> Hashing<'c> {
        Hashing::new(client.leaf(), needs.has(Needs::SHA1), needs.has(Needs::SHA256))
    }

    /// Creates the facts from the [leaf](Self::leaf), still without its digests.
    #[inline]
    pub(crate) fn new(
        client: &'c ClientCertificate,
        limits: Limits,
        needs: Needs,
        certificate: Option<&'c Certificate<'c>>,
    ) -> Self {
        let [keys, root] = [Needs::KEYS, Needs::ROOT].map(|need| needs.has(need));
        let (subject_key_identifier, authority) = match certificate {
            Some(certificate) if keys => certificate.key_identifiers(),
            _ => (None, None),
        };
        // Never from the chain: a client can add a certificate with its CA's name.
        let issuer = match client.issuer() {
            Some(issuer) if keys && certificate.is_some() => named(issuer, limits),
            _ => None,
        };
        Self {
            client,
            limits,
            by: &[],
            sizes: Sizes::Cloudflare,
            sha1: None,
            sha256: client.known_sha256().filter(|_| needs.has(Needs::SHA256)),
            base64: None,
            subject_key_identifier,
            issuer_key_identifier: issuer
                .as_ref()
                .and_then(Certificate::subject_key_identifier)
                .or_else(|| authority.as_ref()?.key_identifier()),
            issuer_serial: match &issuer {
                Some(issuer) => issuer.serial_number(),
                None => authority.and_then(|authority| authority.authority_cert_serial_number()),
            },
            root: match root {
                true => {
                    client.root().and_then(|root| named(root, limits)).map(|root| root.subject())
                }
                false => None,
            },
            certificate,
        }
    }

    /// Adds the leaf's digests, if there are any.
    #[inline]
    pub(crate) fn set_digests(&mut self, (sha1, sha256): Digests) {
        self.sha1 = sha1.or(self.sha1);
        self.sha256 = sha256.or(self.sha256);
    }

    /// The approximate length of the value: sufficient for common certificates, so that the buffer is allocated once.
    /// Inlined for constant fields.
    #[inline(always)]
    pub(crate) fn expected_length(&self, field: Field) -> usize {
        let name = |name: Name<'_>| name.as_der().len().saturating_add(16);
        match (field, self.certificate) {
            (Field::Issuer(_), Some(certificate)) => name(certificate.issuer()),
            (Field::Subject(_), Some(certificate)) => name(certificate.subject()),
            (field, _) if field.holds_certificates() => {
                let length = self.least_length(field);
                // Nothing will be written.
                if length > self.limit(field) {
                    return 0;
                }
                // PEM adds its frame and line feeds, and escaping adds more.
                let pem = if field.is_plain_base64() { 0 } else { (length / 8).saturating_add(64) };
                // Names and dates, in words.
                let words = match field {
                    Field::TraefikInfo | Field::Xfcc(_) => {
                        self.client.leaf().map_or(0, <[u8]>::len) / 2
                    }
                    _ => 0,
                };
                length.saturating_add(pem).saturating_add(words)
            }
            (field, _) => field.usual_length(),
        }
    }

    /// Appends the field's value as a valid header value: printable ASCII without a space at an end, within its limit. Otherwise
    /// appends nothing.
    #[inline]
    pub(crate) fn write(&self, field: Field, dialect: Dialect, out: &mut Vec<u8>) -> Written {
        let start = out.len();
        let written = match field {
            Field::Xfcc(xfcc) => self.write_what_fits(xfcc, dialect, out),
            field => self.write_inline(field, dialect, out),
        };
        let value = out.get(start..).unwrap_or_default();
        if value.first() == Some(&b' ') || value.last() == Some(&b' ') {
            return self.without_spaces(field, start, out);
        }
        written
    }

    /// Whether this text of the certificate is a valid header value: not empty, within its limit, and plain: printable ASCII without a
    /// space at an end.
    pub(crate) fn is_value(&self, text: &[u8], is_plain: bool) -> bool {
        let is_within = !text.is_empty() && text.len() <= self.limits.text;
        is_within
            && (is_plain || !text.starts_with(b" ") && !text.ends_with(b" ") && are_printable(text))
    }

    /// Escapes or removes the spaces at the ends of what was appended.
    #[cold]
    fn without_spaces(&self, field: Field, start: usize, out: &mut Vec<u8>) -> Written {
        space::close(field, start, out);
        match out.len().saturating_sub(start) {
            0 => Written::Nothing,
            length if length <= self.limit(field) => Written::Value,
            _ => {
                out.truncate(start);
                Written::TooLarge
            }
        }
    }

    /// Appends the field's value as the libraries print it, which may have spaces at its ends. Inlined for callers with a constant
    /// field.
    #[inline(always)]
    pub(crate) fn write_inline(
        &self,
        field: Field,
        dialect: Dialect,
        out: &mut Vec<u8>,
    ) -> Written {
        if self.is_too_large(field) {
            return Written::TooLarge;
        }
        let limit = self.limit(field);
        let start = out.len();
        let written = self.append(field, dialect, out);
        let value = out.get(start..).unwrap_or_default();
        let outcome = if written.is_none() || value.is_empty() {
            Written::Nothing
        } else if value.len() > limit {
            Written::TooLarge
        } else if field.is_encoded() || are_printable(value) {
            return Written::Value;
        } else {
            Written::Nothing
        };
        out.truncate(start);
        outcome
    }

    /// Sets the size limits for the following values.
    #[inline]
    pub(crate) fn bind(&mut self, limits: Limits, sizes: Sizes) {
        if self.sizes != sizes {
            self.limits = limits.of(sizes);
            self.sizes = sizes;
        }
    }

    #[inline]
    const fn limit(&self, field: Field) -> usize {
        match field {
            Field::Certificate(_) => self.limits.encoded_leaf,
            field if field.holds_certificates() => self.limits.encoded_chain,
            // One word, or a reason that fits: facts are never sent without their verdict.
            field if field.is_of_verdict() => usize::MAX,
            Field::Presented(_) | Field::Tls(_) => usize::MAX,
            _ => self.limits.text,
        }
    }

    /// Whether the value is known to exceed its limit before it is written.
    #[inline(always)]
    pub(crate) fn is_too_large(&self, field: Field) -> bool {
        field.holds_certificates()
            && (self.least_length(field) > self.limit(field)
                || self.sizes == Sizes::Google && self.is_too_large_for_google(field))
    }

    pub(crate) const fn certificate(&self) -> Option<&'c Certificate<'c>> {
        self.certificate
    }
}

/// A certificate that the caller gave. A separate function, so that connections without one do not pay for it.
#[cold]
fn named(certificate: &[u8], limits: Limits) -> Option<Certificate<'_>> {
    Certificate::from_der_up_to(certificate, limits.certificate).ok()
}
