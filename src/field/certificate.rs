//! Encodings of one certificate and of several.

use alloc::string::String;
use alloc::vec::Vec;

use super::{ReceiveErrorKind, ReceiveLimits, UrlForm};
use crate::encoding;
use crate::x509::cursor::{self, Cursor};
use crate::x509::{Certificate, Part};

type Read<T = ()> = Result<T, ReceiveErrorKind>;

/// The encoding of a certificate.
///
/// Some proxies send other encodings under the same header names, so receivers accept more: for [`Base64`](Self::Base64),
/// [`OneLinePem`](Self::OneLinePem), [`TabbedPem`](Self::TabbedPem), [`Base64Pem`](Self::Base64Pem) and [`UrlForm::Component`] any of
/// base64, base64 of PEM, PEM (URL-encoded, folded or on one line) and RFC 9440's form, which differ in their first characters. For
/// [`UrlForm::Component`] they also accept the certificates after the leaf.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CertificateForm {
    /// The DER in standard base64 with padding.
    Base64,
    /// The DER as an RFC 9440 byte sequence: `:` base64 `:`.
    ByteSequence,
    /// PEM with its last line feed, URL-encoded.
    EscapedPem(UrlForm),
    /// PEM with a space for every line feed except the last. (Apache sends a space for the last one too.)
    OneLinePem,
    /// PEM in standard base64 with padding: `LS0tLS1CRUdJTi…`. For WSO2 API Manager, Fastly and Service Fabric.
    Base64Pem,
    /// PEM with a tab for every line feed except the last, which is left out. For WSO2 Identity Server.
    TabbedPem,
    /// PEM with a backslash and an `n` for every line feed.
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
    pub(super) fn read(self, value: &[u8], limits: &ReceiveLimits) -> Read<Vec<Vec<u8>>> {
        let (encoding, most) = match self {
            Self::LiteralPem => {
                let text = String::from_utf8_lossy(value).replace("\\n", "\n");
                return Encoding::Pem.read(text.as_bytes(), 1, limits);
            }
            Self::Base64 | Self::OneLinePem | Self::TabbedPem | Self::Base64Pem => {
                (Encoding::Any, 0)
            }
            Self::ByteSequence => (Encoding::ByteSequence, 0),
            Self::EscapedPem(UrlForm::Component) => (Encoding::Any, limits.chain),
            Self::EscapedPem(_) => (Encoding::Pem, 0),
        };
        encoding.read(value, most.saturating_add(1), limits)
    }
}

/// The encoding of several certificates.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ChainForm {
    /// An RFC 9440 list of byte sequences: `:…:, :…:`.
    ByteSequences,
    /// The DER of all, one after the other, in standard base64 with padding. HAProxy.
    ConcatenatedBase64,
    /// The PEM of all, one after the other, URL-encoded. AWS.
    EscapedPem(UrlForm),
    /// Standard base64 with padding, joined by `,`. Traefik.
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
    pub(super) fn read(
        self,
        value: &[u8],
        most: usize,
        limits: &ReceiveLimits,
    ) -> Read<Vec<Vec<u8>>> {
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
    /// `Base64`, `ByteSequence`, `Pem` or `Base64OfPem`, detected by the first characters.
    Any,
}

impl Encoding {
    /// The certificates, each checked to be one.
    fn read(self, value: &[u8], most: usize, limits: &ReceiveLimits) -> Read<Vec<Vec<u8>>> {
        let certificates = self.decode(value, most)?;
        if certificates.len() > most {
            return Err(ReceiveErrorKind::TooManyCertificates);
        }
        check(&certificates, limits)?;
        Ok(certificates)
    }

    /// The decoded certificates, without checks; at least one more than `most` if there are too many; none for an empty value.
    fn decode(self, value: &[u8], most: usize) -> Read<Vec<Vec<u8>>> {
        let certificates = match self {
            Self::Base64 => encoding::decode_url(value).and_then(|value| {
                if !value.contains(&b',') {
                    return encoding::decode_base64(value.trim_ascii()).map(|der| Vec::from([der]));
                }
                let items = value.split(|byte| *byte == b',').take(most.saturating_add(1));
                items.map(|item| encoding::decode_base64(item.trim_ascii())).collect()
            }),
            Self::Concatenated => return concatenated(value, most),
            Self::Base64OfPem => encoding::decode_url(value)
                .and_then(|value| encoding::decode_base64(&value))
                .and_then(|pem| encoding::decode_pem(&pem, most)),
            Self::ByteSequence => encoding::decode_byte_sequences(value, most),
            Self::Pem => encoding::decode_pem(value, most),
            Self::Any => return Self::of(value).decode(value, most),
        };
        let mut certificates: Vec<Vec<u8>> = certificates.ok_or(ReceiveErrorKind::Malformed)?;
        // `::` or a block without contents: the proxy had no certificate.
        if matches!(certificates.as_slice(), [only] if only.is_empty()) {
            certificates.clear();
        }
        Ok(certificates)
    }

    /// The encoding, detected by the first characters.
    fn of(value: &[u8]) -> Self {
        match value {
            [b':', ..] => Self::ByteSequence,
            [b'-', ..] => Self::Pem,
            // `-----BEGIN`
            _ if value.starts_with(b"LS0tLS1CRUdJTi") => Self::Base64OfPem,
            _ => Self::Base64,
        }
    }
}

fn concatenated(value: &[u8], most: usize) -> Read<Vec<Vec<u8>>> {
    let der = encoding::decode_url(value).and_then(|value| encoding::decode_base64(&value));
    let der = der.ok_or(ReceiveErrorKind::Malformed)?;
    let mut rest = Cursor::new(&der);
    let mut certificates = Vec::new();
    while !rest.is_at_end() && certificates.len() <= most {
        let element = rest.expect(cursor::SEQUENCE, Part::Certificate);
        certificates.push(element.map_err(|_| ReceiveErrorKind::NotACertificate)?.der().to_vec());
    }
    Ok(certificates)
}

fn check(certificates: &[Vec<u8>], limits: &ReceiveLimits) -> Read {
    for der in certificates {
        if der.len() > limits.certificate {
            return Err(ReceiveErrorKind::TooLarge);
        }
        Certificate::from_der_up_to(der, limits.certificate)
            .map_err(|_| ReceiveErrorKind::NotACertificate)?;
    }
    Ok(())
}
