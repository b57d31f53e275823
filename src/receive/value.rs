//! One header's value, read into what is stated.

use super::certificates::{check, digest, leaf_and_chain};
use super::error::ReceiveErrorKind;
use super::limits::ReceiveLimits;
use super::reads::Reads;
use super::stated::Stated;
use super::{dates, serial, traefik_info, xfcc};
use crate::decoding;
use crate::field::{without_escape_of_legacy, without_escape_of_rfc2253};
use crate::record::Property;
use crate::x509::Name;
use crate::x509::Part;
use crate::x509::cursor::{self, Cursor};

type Read = Result<(), ReceiveErrorKind>;

impl Reads {
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
                let value = without_escape_of_rfc2253(value);
                properties.iter().for_each(|property| stated.escaped(*property, &value, "\\"));
            }
            Self::Legacy(property) => {
                stated.escaped(property, &without_escape_of_legacy(value), "\\x");
            }
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
