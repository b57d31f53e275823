//! Envoy's `x-forwarded-client-cert`: what is believed of an element.

use alloc::borrow::Cow;

use super::certificates::{Digest, digest, leaf_and_chain};
use super::error::ReceiveErrorKind;
use super::reads::{Elements, Encoding, NameKind};
use super::stated::Stated;
use super::xfcc_element::Element;
use super::{Receiver, xfcc_json, xfcc_text};
use crate::record::Property;

pub(super) fn read(
    value: &[u8],
    hops: Elements,
    receiver: &Receiver,
    stated: &mut Stated,
) -> Result<(), ReceiveErrorKind> {
    let (limits, declared) = (&receiver.limits, &receiver.declared);
    let element = match (value, hops) {
        ([b'[', ..], _) => xfcc_json::element(last(value, hops)?, declared)?,
        (_, Elements::One) => xfcc_text::only_element(value, declared)?,
        (_, Elements::Many) => xfcc_text::one_of_a_list(last(value, hops)?, declared)?,
    };
    let Element { hash, cert, chain, subject, issuer, uris, dns_names } = element;
    // Every element of Envoy has its hash.
    stated.sha256 = Some(digest(&hash.ok_or(ReceiveErrorKind::Malformed)?)?);
    if let Some(pem) = cert {
        let (leaf, more) = leaf_and_chain(Encoding::Pem, &pem, limits)?;
        if !more.is_empty() {
            return Err(ReceiveErrorKind::TooManyCertificates);
        }
        stated.leaf = leaf;
    }
    if let Some(pem) = chain {
        let (leaf, chain) = leaf_and_chain(Encoding::Pem, &pem, limits)?;
        if stated.leaf.is_some() && stated.leaf != leaf {
            return Err(ReceiveErrorKind::Disagrees);
        }
        (stated.leaf, stated.chain) = (leaf, chain);
    }
    if stated.leaf.is_some() || matches!(stated.sha256, Some(Digest::OfNothing)) {
        return Ok(());
    }
    let texts = [
        (subject, [Property::SubjectDn, Property::SubjectDnRfc2253, Property::SubjectDnLegacy]),
        (issuer, [Property::IssuerDn, Property::IssuerDnRfc2253, Property::IssuerDnLegacy]),
    ];
    for (name, [dn, rfc2253, legacy]) in texts {
        if let Some(name) = name {
            stated.name(&[dn, rfc2253], legacy, &name);
        }
    }
    let names = |names: &[Cow<'_, [u8]>], kind: NameKind, stated: &mut Stated| {
        stated.names.extend(names.iter().filter_map(|name| kind.name(name)));
    };
    names(&uris, NameKind::Uri, stated);
    names(&dns_names, NameKind::Dns, stated);
    Ok(())
}

/// Calls `each` with the text of every element, in order; `None` where the whole can't be read.
pub(crate) fn elements<'v>(value: &'v [u8], each: impl FnMut(&'v [u8])) -> Option<()> {
    match value {
        [b'[', ..] => xfcc_json::elements(value, each),
        _ => xfcc_text::elements(value, each),
    }
}

fn last(value: &[u8], hops: Elements) -> Result<&[u8], ReceiveErrorKind> {
    let (mut last, mut count) = (None, 0usize);
    elements(value, |element| {
        last = Some(element);
        count = count.saturating_add(1);
    })
    .ok_or(ReceiveErrorKind::Malformed)?;
    match hops {
        Elements::One if count > 1 => Err(ReceiveErrorKind::Ambiguous),
        Elements::One | Elements::Many => last.ok_or(ReceiveErrorKind::Malformed),
    }
}
