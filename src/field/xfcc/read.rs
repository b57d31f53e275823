//! Parses an element of Envoy's `x-forwarded-client-cert`, without values that a name can have produced.

use super::element::Element;
use super::{json, text};
use crate::field::certificate::Certificates;
use crate::field::stated::{NameKind, Stated, Whose};
use crate::field::{
    CertificateForm, ChainForm, DigestForm, NameForm, Reading, ReceiveErrorKind, UrlForm, digest,
};

const PEM: UrlForm = UrlForm::Envoy;

pub(in crate::field) fn read(
    value: &[u8],
    reading: &Reading,
    stated: &mut Stated<'_>,
) -> Result<(), ReceiveErrorKind> {
    let Reading { limits, declared, appended, .. } = reading;
    let element = match (value, appended) {
        ([b'[', ..], _) => json::element(last(value, *appended)?, declared)?,
        (_, false) => text::only_element(value, declared)?,
        (_, true) => text::one_of_a_list(last(value, true)?, declared)?,
    };
    let Element { hash, cert, chain, subject, issuer, uris, dns_names } = element;
    // Every element of Envoy has its hash.
    let hash = DigestForm::Lower.read(&hash.ok_or(ReceiveErrorKind::Malformed)?)?;
    stated.sha256(hash)?;
    if let Some(pem) = &cert {
        stated.leaf(CertificateForm::EscapedPem(PEM).read(pem, limits)?.into_owned().first)?;
    }
    if let Some(pem) = &chain {
        let most = limits.chain.saturating_add(1);
        let read = |pem, most| {
            ChainForm::EscapedPem(PEM).read(pem, most, limits).map(Certificates::into_owned)
        };
        // The chain begins with the leaf, in the same bytes.
        let behind = cert.as_ref().and_then(|cert| pem.strip_prefix(&**cert));
        match behind.filter(|_| stated.leaf.is_some()) {
            Some([]) => {}
            Some(behind) if behind.starts_with(b"-----BEGIN") => {
                let chain = read(behind, limits.chain)?.into_ders();
                if !chain.is_empty() {
                    stated.chain(chain, limits)?;
                }
            }
            _ => stated.leaf_and_chain(read(pem, most)?, limits)?,
        }
    }
    if stated.leaf.is_some() || hash == digest::Digest::OfNothing {
        return Ok(());
    }
    for (name, whose) in [(subject, Whose::Subject), (issuer, Whose::Issuer)] {
        if let Some(name) = name {
            NameForm::Rfc2253.read(whose, &name, stated)?;
        }
    }
    stated.names.extend(uris.iter().filter_map(|name| NameKind::Uri.name(name)));
    stated.names.extend(dns_names.iter().filter_map(|name| NameKind::Dns.name(name)));
    Ok(())
}

/// Calls `each` with the text of every element, in order; `None` if the value cannot be parsed.
pub(crate) fn elements<'v>(value: &'v [u8], each: impl FnMut(&'v [u8])) -> Option<()> {
    match value {
        [b'[', ..] => json::elements(value, each),
        _ => text::elements(value, each),
    }
}

fn last(value: &[u8], appended: bool) -> Result<&[u8], ReceiveErrorKind> {
    let (mut last, mut count) = (None, 0usize);
    elements(value, |element| {
        last = Some(element);
        count = count.saturating_add(1);
    })
    .ok_or(ReceiveErrorKind::Malformed)?;
    if count > 1 && !appended {
        return Err(ReceiveErrorKind::Ambiguous);
    }
    last.ok_or(ReceiveErrorKind::Malformed)
}
