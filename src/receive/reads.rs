//! What one header of a format holds, and how it is read.

use alloc::vec::Vec;

use super::error::ReceiveErrorKind;
use super::limits::ReceiveLimits;
use super::stated::{Stated, StatedName};
use super::verdict::VerdictForm;
use super::{dates, serial, traefik_info, xfcc};
use crate::certificate::Certificate;
use crate::cursor::{self, Cursor};
use crate::decoding;
use crate::error::Part;
use crate::field::Flag;
use crate::name::Name;
use crate::tls_client_auth::Property;

/// What a header holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reads {
    Verdict(VerdictForm),
    /// Why verification failed, where the verdict does not say it.
    Reason,
    Presented(Flag),
    Revoked(Flag),
    Leaf(Encoding),
    /// The certificates after the leaf, or some of them.
    Chain(Encoding),
    /// The leaf and what follows it.
    LeafAndChain(Encoding),
    /// Envoy's `x-forwarded-client-cert`.
    Xfcc(xfcc::Elements),
    TraefikInfo,
    /// A distinguished name as text, RFC 2253 or similar.
    Rfc2253(&'static [Property]),
    /// A distinguished name in a one-line form.
    Legacy(Property),
    /// Base64 of a distinguished name's DER.
    DerName(&'static [Property]),
    /// Hex, with colons or not.
    Serial(Property),
    DecimalSerial,
    KeyIdentifier(Property),
    Sha1,
    /// Hex, or base64.
    Sha256,
    Date(Property, dates::DateForm),
    /// `NotBefore=…;NotAfter=…`
    Validity,
    Name(NameKind),
    /// A comma-separated list of base64 items.
    Base64Names(NameKind),
}

/// How certificates are encoded.
#[derive(Clone, Copy, Debug)]
pub(super) enum Encoding {
    /// Base64 of DER; of several, joined by commas.
    Base64,
    /// Base64 of one DER after the other.
    Concatenated,
    /// RFC 9440.
    ByteSequence,
    /// PEM, URL-encoded or folded.
    Pem,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum NameKind {
    Dns,
    Uri,
    Identity,
}

type Read<T = ()> = Result<T, ReceiveErrorKind>;

/// A leaf, if there is one, and what follows it.
type LeafAndChain = (Option<Vec<u8>>, Vec<Vec<u8>>);

impl Reads {
    pub(super) const fn is_verdict(&self) -> bool {
        matches!(self, Self::Verdict(_))
    }

    pub(super) const fn is_chain(&self) -> bool {
        matches!(self, Self::Chain(_))
    }

    /// Whether it belongs to the verdict, which is read first.
    pub(super) const fn is_of_verdict(&self) -> bool {
        matches!(self, Self::Verdict(_) | Self::Reason | Self::Presented(_) | Self::Revoked(_))
    }

    pub(super) const fn is_name(&self) -> bool {
        matches!(self, Self::Rfc2253(_) | Self::Legacy(_))
    }

    /// Whether it holds the leaf or a hash of it.
    pub(super) const fn identifies(&self) -> bool {
        matches!(
            self,
            Self::Leaf(_) | Self::LeafAndChain(_) | Self::Xfcc(_) | Self::Sha1 | Self::Sha256
        )
    }

    pub(super) const fn may_be_quoted(&self) -> bool {
        !matches!(self, Self::Verdict(_) | Self::Presented(_) | Self::Revoked(_) | Self::Xfcc(_))
    }

    /// Reads the value into what is stated.
    pub(super) fn read(self, value: &[u8], limits: &ReceiveLimits, stated: &mut Stated) -> Read {
        match self {
            Self::Verdict(_) | Self::Reason | Self::Presented(_) | Self::Revoked(_) => {}
            Self::Leaf(encoding) => {
                let mut leaves = encoding.decode(value, 1)?;
                if leaves.len() > 1 {
                    return Err(ReceiveErrorKind::TooManyCertificates);
                }
                stated.leaf = leaves.pop();
                check(stated.leaf.as_slice(), limits)?;
            }
            Self::Chain(encoding) => {
                let most = limits.chain.saturating_sub(stated.chain.len());
                let chain = encoding.decode(value, most)?;
                if chain.len() > most {
                    return Err(ReceiveErrorKind::TooManyCertificates);
                }
                check(&chain, limits)?;
                stated.chain.extend(chain);
            }
            Self::LeafAndChain(encoding) => {
                let (leaf, chain) = leaf_and_chain(encoding, value, limits)?;
                (stated.leaf, stated.chain) = (leaf, chain);
            }
            Self::Xfcc(elements) => xfcc::read(value, elements, limits, stated)?,
            Self::TraefikInfo => traefik_info::read(value, stated)?,
            Self::Rfc2253(properties) => {
                properties.iter().for_each(|property| stated.escaped(*property, value, "\\"));
            }
            Self::Legacy(property) => stated.escaped(property, value, "\\x"),
            Self::DerName(properties) => der_name(value, properties, stated)?,
            Self::Serial(property) => {
                let text = serial::from_hex(value).ok_or(ReceiveErrorKind::Malformed)?;
                stated.text(property, text);
            }
            Self::DecimalSerial => {
                let text = serial::from_decimal(value).ok_or(ReceiveErrorKind::Malformed)?;
                stated.text(Property::Serial, text);
            }
            Self::KeyIdentifier(property) => {
                let identifier = decoding::hex(value).ok_or(ReceiveErrorKind::Malformed)?;
                stated.text(property, serial::hex_upper(&identifier));
            }
            Self::Sha1 => stated.sha1 = digest(value)?,
            Self::Sha256 => stated.sha256 = digest(value)?,
            Self::Date(property, form) => stated.date(property, form, value),
            Self::Validity => {
                for part in value.split(|byte| *byte == b';') {
                    if let Some(date) = part.strip_prefix(b"NotBefore=") {
                        stated.date(Property::NotBefore, dates::DateForm::Rfc3339, date);
                    } else if let Some(date) = part.strip_prefix(b"NotAfter=") {
                        stated.date(Property::NotAfter, dates::DateForm::Rfc3339, date);
                    } else {
                        return Err(ReceiveErrorKind::Malformed);
                    }
                }
            }
            Self::Name(kind) => stated.names.extend(kind.name(value)),
            Self::Base64Names(kind) => {
                for item in value.split(|byte| *byte == b',') {
                    let name = decoding::base64(item.trim_ascii());
                    stated.names.extend(kind.name(&name.ok_or(ReceiveErrorKind::Malformed)?));
                }
            }
        }
        Ok(())
    }
}

impl Encoding {
    /// The certificates, and of too many at least one more than the most; none where the encoding says so.
    fn decode(self, value: &[u8], most: usize) -> Read<Vec<Vec<u8>>> {
        let certificates = match self {
            Self::Base64 => decoding::percent(value).and_then(|value| {
                let items = value.split(|byte| *byte == b',').take(most.saturating_add(1));
                items.map(|item| decoding::base64(item.trim_ascii())).collect()
            }),
            Self::Concatenated => return concatenated(value, most),
            Self::ByteSequence => decoding::byte_sequences(value, most),
            Self::Pem => decoding::pem_blocks(value, most),
        };
        let mut certificates: Vec<Vec<u8>> = certificates.ok_or(ReceiveErrorKind::Malformed)?;
        // `::` and a block without contents: a proxy that had nothing to put there.
        if matches!(certificates.as_slice(), [only] if only.is_empty()) {
            certificates.clear();
        }
        Ok(certificates)
    }
}

fn concatenated(value: &[u8], most: usize) -> Read<Vec<Vec<u8>>> {
    let der = decoding::percent(value).and_then(|value| decoding::base64(&value));
    let der = der.ok_or(ReceiveErrorKind::Malformed)?;
    let mut rest = Cursor::new(&der);
    let mut certificates = Vec::new();
    while !rest.is_at_end() && certificates.len() <= most {
        let element = rest.expect(cursor::SEQUENCE, Part::Certificate);
        certificates.push(element.map_err(|_| ReceiveErrorKind::NotACertificate)?.der().to_vec());
    }
    Ok(certificates)
}

/// The first is the leaf, whatever it is: where it is broken, the next one does not become it.
pub(super) fn leaf_and_chain(
    encoding: Encoding,
    value: &[u8],
    limits: &ReceiveLimits,
) -> Read<LeafAndChain> {
    let most = limits.chain.saturating_add(1);
    let certificates = encoding.decode(value, most)?;
    if certificates.len() > most {
        return Err(ReceiveErrorKind::TooManyCertificates);
    }
    check(&certificates, limits)?;
    let mut certificates = certificates.into_iter();
    Ok((certificates.next(), certificates.collect()))
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

/// Hex or base64 of the bytes; all zeros and the hash of nothing say that there was nothing to hash.
pub(super) fn digest<const N: usize>(value: &[u8]) -> Read<Option<[u8; N]>> {
    let hex = decoding::hex(value).filter(|bytes| bytes.len() == N);
    let bytes = hex.or_else(|| decoding::base64(value)).ok_or(ReceiveErrorKind::Malformed)?;
    let digest: [u8; N] = bytes.try_into().map_err(|_| ReceiveErrorKind::Malformed)?;
    let nothing = digest.iter().all(|byte| *byte == 0)
        || digest.as_slice() == crate::fingerprint::sha1(&[])
        || digest.as_slice() == crate::fingerprint::sha256(&[]);
    Ok(Some(digest).filter(|_| !nothing))
}

fn der_name(value: &[u8], properties: &[Property], stated: &mut Stated) -> Read {
    let der = decoding::base64(value).ok_or(ReceiveErrorKind::Malformed)?;
    let mut outer = Cursor::new(&der);
    let name = outer.expect(cursor::SEQUENCE, Part::Subject);
    let name = Name::new(name.map_err(|_| ReceiveErrorKind::Malformed)?);
    outer.end(Part::Subject).map_err(|_| ReceiveErrorKind::Malformed)?;
    for property in properties {
        let text = match property {
            Property::IssuerDnLegacy | Property::SubjectDnLegacy => name.legacy(stated.dialect),
            _ => name.rfc2253(stated.dialect),
        };
        stated.text(*property, text.unwrap_or_default());
    }
    Ok(())
}

impl NameKind {
    /// Printable ASCII without spaces; what is anything else is not stated, as in
    /// [`SubjectAltName::Unreadable`](crate::SubjectAltName::Unreadable).
    pub(super) fn name(self, value: &[u8]) -> Option<StatedName> {
        let text = core::str::from_utf8(value).ok()?;
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        Some(match self {
            Self::Dns => StatedName::Dns(text.into()),
            Self::Uri => StatedName::Uri(text.into()),
            Self::Identity => StatedName::Identity(text.into()),
        })
    }
}
