//! Encodings of one certificate and of several.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{ReceiveErrorKind, ReceiveLimits, UrlForm};
use crate::encoding::{self, Decoded};
use crate::x509::cursor::{self, Cursor};
use crate::x509::{Part, without_trust};

type Read<T = ()> = Result<T, ReceiveErrorKind>;

/// The encoding of a certificate.
///
/// Some proxies send other encodings under the same header names, so receivers accept more: for [`Base64`](Self::Base64),
/// [`OneLinePem`](Self::OneLinePem), [`TabbedPem`](Self::TabbedPem), [`Base64Pem`](Self::Base64Pem) and [`UrlForm::Component`] any of
/// base64, base64 of PEM, PEM (URL-encoded, folded, on one line, or with `\n` in place of line ends) and RFC 9440's form, which differ in
/// their first characters. For [`UrlForm::Component`] they also accept the certificates after the leaf. Base64 may be folded, and its
/// padding may be missing. The labels `CERTIFICATE`, `X509 CERTIFICATE` and `TRUSTED CERTIFICATE` are accepted in PEM.
///
/// ```
/// use tls_client_auth::field::{CertificateForm, Field, UrlForm};
/// # use tls_client_auth::field::Limits;
/// # use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};
/// # let der = include_bytes!("../../tests/fixtures/plain.der");
/// # let value = |field| {
/// #     let client = ClientCertificate::presented(&der[..], Verification::Success);
/// #     let set = HeaderSet::new("one", Dialect::OpenSsl, [("X", field)]).unwrap().including_untrusted();
/// #     set.lines(&client, Limits::new()).get("X").unwrap_or_default().to_owned()
/// # };
///
/// // `value` returns the header value of a field for a test certificate.
/// for (form, start) in [
///     (CertificateForm::Base64, "MIIB7jCCAZWg"),
///     (CertificateForm::ByteSequence, ":MIIB7jCCAZWg"),
///     (CertificateForm::EscapedPem(UrlForm::Component), "-----BEGIN%20CERTIFICATE-----%0AMIIB7jCCAZWg"),
///     (CertificateForm::EscapedPem(UrlForm::Envoy), "-----BEGIN%20CERTIFICATE-----%0AMIIB7jCCAZWg"),
///     (CertificateForm::OneLinePem, "-----BEGIN CERTIFICATE----- MIIB7jCCAZWg"),
///     (CertificateForm::Base64Pem, "LS0tLS1CRUdJTiBD"),
///     (CertificateForm::TabbedPem, "-----BEGIN CERTIFICATE-----\tMIIB7jCCAZWg"),
///     (CertificateForm::LiteralPem, r"-----BEGIN CERTIFICATE-----\nMIIB7jCCAZWg"),
/// ] {
///     assert!(value(Field::Certificate(form)).starts_with(start));
/// }
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CertificateForm {
    /// The DER in standard base64 with padding: `MIIB7jCCAZWg…`.
    Base64,
    /// The DER as a byte sequence: `:MIIB7jCCAZWg…:` (RFC 9440 §2.1).
    ByteSequence,
    /// PEM with its last line feed, URL-encoded: `-----BEGIN%20CERTIFICATE-----%0AMIIB…`.
    EscapedPem(UrlForm),
    /// PEM with a space for every line feed except the last: `-----BEGIN CERTIFICATE----- MIIB…`. (Apache sends a space for the last one too.)
    OneLinePem,
    /// PEM in standard base64 with padding: `LS0tLS1CRUdJTi…`. For WSO2 API Manager, Fastly and Service Fabric.
    Base64Pem,
    /// PEM with a tab for every line feed except the last, which is left out. For WSO2 Identity Server.
    TabbedPem,
    /// PEM with a backslash and an `n` for every line feed: `-----BEGIN CERTIFICATE-----\nMIIB…`.
    LiteralPem,
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

    /// Parses the value. nginx's form is parsed in every encoding that proxies send under its header names, with a chain after the
    /// leaf; Apache's form and plain base64 in every encoding of one certificate.
    pub(super) fn read<'v>(
        self,
        value: &'v [u8],
        limits: &ReceiveLimits,
    ) -> Read<Certificates<'v>> {
        let (encoding, most) = match self {
            Self::LiteralPem => (Encoding::Pem, 0),
            Self::Base64 | Self::OneLinePem | Self::TabbedPem | Self::Base64Pem => {
                (Encoding::of(value), 0)
            }
            Self::ByteSequence => (Encoding::ByteSequence, 0),
            Self::EscapedPem(UrlForm::Component) => (Encoding::of(value), limits.chain),
            Self::EscapedPem(_) => (Encoding::Pem, 0),
        };
        encoding.read(value, most.saturating_add(1), limits)
    }
}

/// The encoding of several certificates.
///
/// ```
/// use tls_client_auth::field::{ChainForm, Field, UrlForm};
/// # use tls_client_auth::field::Limits;
/// # use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};
/// # let der = include_bytes!("../../tests/fixtures/plain.der");
/// # let intermediate = include_bytes!("../../tests/fixtures/intermediate.der");
/// # let value = |field| {
/// #     let client = ClientCertificate::presented(&der[..], Verification::Success).chain([intermediate]);
/// #     let set = HeaderSet::new("one", Dialect::OpenSsl, [("X", field)]).unwrap().including_untrusted();
/// #     set.lines(&client, Limits::new()).get("X").unwrap_or_default().to_owned()
/// # };
///
/// // `value` returns the header value of a field for a test certificate.
/// for (form, start, end) in [
///     (ChainForm::ByteSequences, ":MIIBqzCCAVGg", "WUdQgsa1d4x6GWnp5E=:"),
///     (ChainForm::ConcatenatedBase64, "MIIBqzCCAVGg", "WUdQgsa1d4x6GWnp5E="),
///     (ChainForm::EscapedPem(UrlForm::Alb), "-----BEGIN%20CERTIFICATE-----%0AMIIBqzCCAVGg", "-----END%20CERTIFICATE-----%0A"),
///     (ChainForm::CommaBase64, "MIIBqzCCAVGg", "WUdQgsa1d4x6GWnp5E="),
///     (ChainForm::EscapedCommaBase64, "MIIBqzCCAVGg", "WUdQgsa1d4x6GWnp5E%3D"),
/// ] {
///     let value = value(Field::Chain(form));
///     assert!(value.starts_with(start) && value.ends_with(end));
/// }
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ChainForm {
    /// An RFC 9440 list of byte sequences: `:…:, :…:`.
    ByteSequences,
    /// The DER of all, one after the other, in standard base64 with padding: `MIIBqzCC…`. HAProxy's `ssl_c_chain_der`.
    ConcatenatedBase64,
    /// The PEM of all, one after the other, URL-encoded: `-----BEGIN%20CERTIFICATE-----%0AMIIB…`. AWS.
    EscapedPem(UrlForm),
    /// Standard base64 with padding, joined by `,`: `MIIB…,MIIC…`. Traefik.
    CommaBase64,
    /// The same with `%2B`, `%2F` and `%3D` for `+`, `/` and `=`.
    EscapedCommaBase64,
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

    /// Parses up to `most` certificates. URL-encoding is decoded.
    pub(super) fn read<'v>(
        self,
        value: &'v [u8],
        most: usize,
        limits: &ReceiveLimits,
    ) -> Read<Certificates<'v>> {
        let encoding = match self {
            Self::ByteSequences => Encoding::ByteSequence,
            Self::ConcatenatedBase64 => Encoding::Concatenated,
            Self::EscapedPem(_) => Encoding::Pem,
            Self::CommaBase64 | Self::EscapedCommaBase64 => Encoding::Base64,
        };
        encoding.read(value, most, limits)
    }
}

/// The encodings that receivers parse.
#[derive(Clone, Copy, Debug)]
enum Encoding {
    /// Base64 of DER; of several, joined by commas.
    Base64,
    /// Base64 of one DER after the other.
    Concatenated,
    /// RFC 9440.
    ByteSequence,
    /// PEM, URL-encoded or folded.
    Pem,
    /// Base64 of PEM.
    Base64OfPem,
}

/// The decoded certificates of a value. Most values have one, which needs no list.
#[derive(Debug, Default)]
pub(super) struct Certificates<'v> {
    pub(super) first: Option<Decoded<'v>>,
    pub(super) others: Vec<Arc<[u8]>>,
}

impl<'v> Certificates<'v> {
    fn push(&mut self, decoded: Decoded<'v>) {
        match self.first {
            None => self.first = Some(decoded),
            Some(_) => self.others.push(decoded.bytes),
        }
    }

    fn ders(&self) -> impl Iterator<Item = &Arc<[u8]>> {
        self.first.iter().map(|first| &first.bytes).chain(&self.others)
    }

    /// All certificates, without the text.
    pub(super) fn into_ders(self) -> Vec<Arc<[u8]>> {
        self.first.map(|first| first.bytes).into_iter().chain(self.others).collect()
    }

    pub(super) fn into_owned(self) -> Certificates<'static> {
        let first = self.first.map(|Decoded { bytes, text }| Decoded {
            bytes,
            text: text.map(|text| Cow::Owned(text.into_owned())),
        });
        Certificates { first, others: self.others }
    }
}

impl Encoding {
    /// Up to `most` certificates within the size limit. `Stated` and the receiver check that they are certificates.
    fn read<'v>(
        self,
        value: &'v [u8],
        most: usize,
        limits: &ReceiveLimits,
    ) -> Read<Certificates<'v>> {
        let certificates = match self.one(value) {
            Some(first) => Certificates { first: Some(first), others: Vec::new() },
            None => self.decode(value, most)?,
        };
        if certificates.ders().count() > most {
            return Err(ReceiveErrorKind::TooManyCertificates);
        }
        if certificates.ders().any(|der| der.len() > limits.certificate) {
            return Err(ReceiveErrorKind::TooLarge);
        }
        Ok(certificates)
    }

    /// The only certificate of a value in canonical base64, the usual case.
    fn one(self, value: &[u8]) -> Option<Decoded<'_>> {
        let ((Self::ByteSequence, [b':', text @ .., b':']) | (Self::Base64, text)) = (self, value)
        else {
            return None;
        };
        Decoded::exactly(text).filter(|decoded| !decoded.bytes.is_empty())
    }

    /// The decoded certificates, without checks; at least one more than `most` if there are too many; none for an empty value.
    fn decode<'v>(self, value: &'v [u8], most: usize) -> Read<Certificates<'v>> {
        let mut certificates = Certificates::default();
        let read = match self {
            Self::Base64 => base64(value, most, &mut certificates),
            Self::Concatenated => return concatenated(value, most),
            Self::Base64OfPem => encoding::decode_url(value)
                .and_then(|value| decode_base64(&value))
                .and_then(|text| pem(&text, most, &mut certificates)),
            Self::ByteSequence => encoding::byte_sequence_texts(value)
                .take(most.saturating_add(1))
                .try_for_each(|text| {
                    certificates.push(Decoded::of(Cow::Borrowed(text?))?);
                    Some(())
                }),
            Self::Pem => pem(value, most, &mut certificates),
        };
        read.ok_or(ReceiveErrorKind::Malformed)?;
        // `::` or a block without contents: the proxy had no certificate.
        let nothing = |first: &Decoded<'_>| first.bytes.is_empty();
        if certificates.others.is_empty() && certificates.first.as_ref().is_some_and(nothing) {
            certificates.first = None;
        }
        Ok(certificates)
    }

    /// The encoding, detected by the first characters.
    fn of(value: &[u8]) -> Self {
        match value {
            [b':', ..] => Self::ByteSequence,
            // A marker. Its hyphens and white space before it may be URL-encoded.
            [b'-' | b'%', ..] => Self::Pem,
            // `-----BEGIN`
            _ if value.starts_with(b"LS0tLS1CRUdJTi") => Self::Base64OfPem,
            _ => Self::Base64,
        }
    }
}

/// Decodes base64 of DER, joined by commas.
fn base64(value: &[u8], most: usize, certificates: &mut Certificates<'_>) -> Option<()> {
    let decoded = encoding::decode_url(value)?;
    let items = decoded.split(|byte| *byte == b',').take(most.saturating_add(1));
    for item in items {
        certificates.push(Decoded::of(Cow::Owned(unfolded(item)))?);
    }
    Some(())
}

/// Removes the white space of folded base64. If that white space was a `+`, too few bytes remain for a certificate.
fn unfolded(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
}

fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    encoding::decode_base64(text).or_else(|| encoding::decode_base64(&unfolded(text)))
}

/// Decodes PEM blocks, which may have `\n` or `\r\n` in place of line ends.
fn pem(text: &[u8], most: usize, certificates: &mut Certificates<'_>) -> Option<()> {
    if let Some(blocks) = pem_blocks(text, most) {
        *certificates = blocks;
        return Some(());
    }
    // Neither base64 nor a marker contains a backslash, so only the second attempt can read it.
    let lines = text.contains(&b'\\').then(|| String::from_utf8_lossy(text))?;
    let lines = lines.replace("\\r", "\r").replace("\\n", "\n");
    *certificates = pem_blocks(lines.as_bytes(), most)?;
    Some(())
}

fn pem_blocks(text: &[u8], most: usize) -> Option<Certificates<'static>> {
    let mut certificates = Certificates::default();
    for block in encoding::pem_texts(text).take(most.saturating_add(1)) {
        let (label, base64) = block?;
        let mut decoded = Decoded::of(Cow::Owned(base64))?;
        if label.name == encoding::PEM_TRUSTED {
            let bytes = without_trust(&decoded.bytes).ok()?.into();
            decoded = Decoded { bytes, text: None };
        }
        certificates.push(decoded);
    }
    Some(certificates)
}

fn concatenated<'v>(value: &[u8], most: usize) -> Read<Certificates<'v>> {
    let der = encoding::decode_url(value).and_then(|value| decode_base64(&value));
    let der = der.ok_or(ReceiveErrorKind::Malformed)?;
    let mut rest = Cursor::new(&der);
    let mut certificates = Certificates::default();
    while !rest.is_at_end() && certificates.ders().count() <= most {
        let element = rest.expect(cursor::SEQUENCE, Part::Certificate);
        let element = element.map_err(|_| ReceiveErrorKind::NotACertificate)?;
        certificates.push(Decoded { bytes: element.der().into(), text: None });
    }
    Ok(certificates)
}
