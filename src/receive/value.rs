//! One header's value, read into what is stated.

use super::certificates::{check, digest, leaf_and_chain};
use super::dates::DateForm;
use super::error::ReceiveErrorKind;
use super::reads::Reads;
use super::stated::Stated;
use super::{Receiver, serial, traefik_info, xfcc};
use crate::encoding;
use crate::record::Property;
use crate::x509::Name;
use crate::x509::Part;
use crate::x509::cursor::{self, Cursor};

type Read = Result<(), ReceiveErrorKind>;

impl Reads {
    /// Reads the value into what is stated.
    pub(super) fn read(self, value: &[u8], receiver: &Receiver, stated: &mut Stated) -> Read {
        let limits = &receiver.limits;
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
            Self::Xfcc(elements) => xfcc::read(value, elements, receiver, stated)?,
            Self::TraefikInfo => traefik_info::read(value, &receiver.declared, stated)?,
            Self::Rfc2253(properties, legacy) | Self::Legacy(properties, legacy) => {
                stated.name(properties, legacy, value);
            }
            Self::HaProxyName(properties, legacy) => {
                if value.starts_with(b"/") {
                    stated.legacy_name(legacy, value, b"%", b"%20");
                } else {
                    stated.name(properties, legacy, value);
                }
            }
            Self::DerName(properties) => der_name(value, properties, stated)?,
            Self::Serial(property) => {
                let text = serial::from_hex(value).ok_or(ReceiveErrorKind::Malformed)?;
                stated.text(property, text);
            }
            Self::SerialOctets => {
                let text = serial::from_octets(value).ok_or(ReceiveErrorKind::Malformed)?;
                stated.text(Property::Serial, text);
            }
            Self::DecimalSerial => {
                let text = serial::from_decimal(value).ok_or(ReceiveErrorKind::Malformed)?;
                stated.text(Property::Serial, text);
            }
            Self::KeyIdentifier(property) => {
                let identifier = encoding::decode_hex(value).ok_or(ReceiveErrorKind::Malformed)?;
                stated.text(property, serial::hex_upper(&identifier));
            }
            Self::Sha1 => stated.sha1 = Some(digest(value)?),
            Self::Sha256 => stated.sha256 = Some(digest(value)?),
            Self::Date(property, form) => form.state(property, value, stated)?,
            Self::Validity => {
                for part in value.split(|byte| *byte == b';') {
                    if let Some(date) = part.strip_prefix(b"NotBefore=") {
                        DateForm::Rfc3339.state(Property::NotBefore, date, stated)?;
                    } else if let Some(date) = part.strip_prefix(b"NotAfter=") {
                        DateForm::Rfc3339.state(Property::NotAfter, date, stated)?;
                    } else {
                        return Err(ReceiveErrorKind::Malformed);
                    }
                }
            }
            Self::Name(kind) => stated.names.extend(kind.name(value)),
            Self::Base64Names(kind) => {
                for item in value.split(|byte| *byte == b',') {
                    let name = encoding::decode_base64(item.trim_ascii());
                    stated.names.extend(kind.name(&name.ok_or(ReceiveErrorKind::Malformed)?));
                }
            }
        }
        Ok(())
    }
}

fn der_name(value: &[u8], properties: &[Property], stated: &mut Stated) -> Read {
    let der = encoding::decode_base64(value).ok_or(ReceiveErrorKind::Malformed)?;
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
