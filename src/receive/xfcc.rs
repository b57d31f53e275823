//! Envoy's `x-forwarded-client-cert`, as text and as JSON.
//!
//! Text: elements joined by `,`, pairs by `;`, `Key=value` or `Key="value"`; in quotes `\"` and `\\`. Each hop adds an
//! element at the end, so the last one is the nearest hop's, and no other is believed.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::certificates::{digest, leaf_and_chain};
use super::error::ReceiveErrorKind;
use super::limits::ReceiveLimits;
use super::reads::{Elements, Encoding, NameKind};
use super::stated::Stated;
use super::xfcc_element::{Key, LastElement, Pair};
use super::xfcc_json;
use crate::record::Property;

pub(super) fn read(
    value: &[u8],
    elements: Elements,
    limits: &ReceiveLimits,
    stated: &mut Stated,
) -> Result<(), ReceiveErrorKind> {
    let last = match value {
        [b'[', ..] => xfcc_json::last_element(value),
        _ => last_element(value),
    };
    let (pairs, count) = last.ok_or(ReceiveErrorKind::Malformed)?;
    if matches!(elements, Elements::One) && count > 1 {
        return Err(ReceiveErrorKind::Ambiguous);
    }
    let only = |key| {
        let mut found = pairs.iter().filter(|pair| pair.key == key && !pair.value.is_empty());
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(ReceiveErrorKind::Ambiguous),
            (pair, None) => Ok(pair.map(|pair| pair.value.as_ref())),
        }
    };
    let hash = only(Key::Hash)?;
    if let Some(hash) = hash {
        stated.sha256 = digest(hash)?;
    }
    if let Some(pem) = only(Key::Cert)? {
        let (leaf, chain) = leaf_and_chain(Encoding::Pem, pem, limits)?;
        if !chain.is_empty() {
            return Err(ReceiveErrorKind::TooManyCertificates);
        }
        stated.leaf = leaf;
    }
    let chain: Vec<u8> = pairs
        .iter()
        .filter(|pair| pair.key == Key::Chain)
        .flat_map(|pair| pair.value.iter().copied())
        .collect();
    if !chain.is_empty() {
        let (leaf, chain) = leaf_and_chain(Encoding::Pem, &chain, limits)?;
        if stated.leaf.is_some() && stated.leaf != leaf {
            return Err(ReceiveErrorKind::Disagrees);
        }
        (stated.leaf, stated.chain) = (leaf, chain);
    }
    if stated.leaf.is_some() {
        return Ok(());
    }
    if stated.sha256.is_none() {
        // Every element of Envoy has its hash. One without is a piece of a name with a comma in it.
        return if hash.is_some() { Ok(()) } else { Err(ReceiveErrorKind::Malformed) };
    }
    for (key, properties) in [
        (Key::Subject, [Property::SubjectDn, Property::SubjectDnRfc2253]),
        (Key::Issuer, [Property::IssuerDn, Property::IssuerDnRfc2253]),
    ] {
        if let Some(name) = only(key)? {
            properties.iter().for_each(|property| stated.escaped(*property, name, "\\"));
        }
    }
    let bare = |pair: &&Pair<'_>| pair.key == Key::Uri && pair.bare && !pair.value.is_empty();
    if pairs.iter().filter(bare).count() > 1 {
        return Err(ReceiveErrorKind::Ambiguous);
    }
    for pair in &pairs {
        match pair.key {
            Key::Uri => stated.names.extend(NameKind::Uri.name(&pair.value)),
            Key::Dns => stated.names.extend(NameKind::Dns.name(&pair.value)),
            _ => {}
        }
    }
    Ok(())
}

fn last_element(text: &[u8]) -> Option<LastElement<'_>> {
    let mut pairs = Vec::new();
    let mut count = 1usize;
    let mut rest = text.trim_ascii();
    loop {
        let (name, behind) = rest.split_at_checked(rest.iter().position(|byte| *byte == b'=')?)?;
        let key = Key::new(name)?;
        let (value, bare, behind) = match behind {
            [b'=', b'"', behind @ ..] => {
                let (inside, behind) = quoted(behind)?;
                // Envoy puts RFC 2253 into quotes as it is: its backslashes are the name's own.
                let own = matches!(key, Key::Subject | Key::Issuer);
                (if own { Cow::Borrowed(inside) } else { unescaped(inside) }, false, behind)
            }
            [b'=', behind @ ..] => {
                let end = behind.iter().position(|byte| matches!(byte, b';' | b','));
                let (value, behind) = behind.split_at_checked(end.unwrap_or(behind.len()))?;
                if value.contains(&b'"') {
                    return None;
                }
                (Cow::Borrowed(value), true, behind)
            }
            _ => return None,
        };
        pairs.push(Pair { key, value, bare });
        match behind {
            [] => return Some((pairs, count)),
            [b';', behind @ ..] => rest = behind,
            [b',', behind @ ..] => {
                pairs.clear();
                count = count.saturating_add(1);
                rest = behind.trim_ascii_start();
            }
            _ => return None,
        }
    }
}

/// What stands before the closing quote, still escaped, and what behind it.
fn quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut escaped = false;
    let end = text.iter().position(|byte| {
        let closes = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        closes
    })?;
    let (inside, behind) = text.split_at_checked(end)?;
    Some((inside, behind.get(1..)?))
}

fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text.iter().peekable();
    while let Some(byte) = rest.next() {
        match rest.next_if(|next| *byte == b'\\' && matches!(next, b'"' | b'\\')) {
            Some(next) => plain.push(*next),
            None => plain.push(*byte),
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn grammar() {
        let cases = [
            ("one", "Hash=a;URI=b", Some("Hash=a Uri=b")),
            ("keys in any case", "hASH=a;uri=b", Some("Hash=a Uri=b")),
            ("the last of three", "Hash=a,Hash=b, Hash=c", Some("Hash=c")),
            ("quotes hide separators", r#"Hash=a;URI="b;c,d=e""#, Some("Hash=a Uri=b;c,d=e")),
            ("escapes", r#"URI="a\"b\\c\d""#, Some(r#"Uri=a"b\c\d"#)),
            ("RFC 2253 stays", r#"Subject="CN=a\"b\\c\,d""#, Some(r#"Subject=CN=a\"b\\c\,d"#)),
            ("empty values", r#"Subject="";URI=;DNS=a"#, Some("Subject= Uri= Dns=a")),
            ("an equals sign", "URI=https://a/?b=c", Some("Uri=https://a/?b=c")),
            ("unknown keys", "By=x;New=y;Hash=a", Some("Other=x Other=y Hash=a")),
            ("a quote left open swallows nothing", r#"X=",Hash=a;Subject="CN=b""#, None),
            ("a quote left open at the end", r#"Hash=a,X=",Hash=b"#, None),
            ("an escaped closing quote", r#"Subject="CN=a\""#, None),
            ("text behind the quote", r#"Subject="CN=a"b"#, None),
            ("a quote inside", r#"URI=a"b"#, None),
            ("no value", "Hash", None),
            ("no key", "=a", None),
            ("an empty pair", "Hash=a;;URI=b", None),
            ("an empty element", "Hash=a,,Hash=b", None),
            ("a separator at the end", "Hash=a;", None),
            ("a space in a key", "Hash =a", None),
            ("nothing", "", None),
        ];
        for (name, text, expected) in cases {
            let shown = last_element(text.as_bytes()).map(|(pairs, _)| {
                let pair = |pair: &Pair<'_>| {
                    alloc::format!("{:?}={}", pair.key, String::from_utf8_lossy(&pair.value))
                };
                pairs.iter().map(pair).collect::<Vec<_>>().join(" ")
            });
            assert_eq!(shown.as_deref(), expected, "{name}");
        }
    }
}
