//! The text form of `x-forwarded-client-cert`, as Envoy writes it, which differs from its documentation.
//!
//! The order is fixed: `By`, `Hash`, `Cert`, `Chain`, `Subject`, `URI`, `DNS`. `Cert`, `Chain`, `Subject` and `Issuer` are quoted and
//! cannot end early, because URL-encoding and RFC 2253 leave no bare quote. `By` is chosen by the operator and may contain `;` and `,`.
//! `URI` and `DNS` are chosen by the client and unquoted, one pair for each name, so a name can contain `;Subject=…` or `;URI=…`. Text
//! after the first of them is not parsed as keys, and a name is used only if it is the only one.

use alloc::borrow::Cow;

use super::element::Element;
use crate::field::ReceiveErrorKind;
use crate::field::declared::Declared;

const HASH: &[u8] = b"Hash=";
const HASH_DIGITS: usize = 64;

/// The header's only element.
pub(super) fn only_element<'v>(
    text: &'v [u8],
    declared: &Declared,
) -> Result<Element<'v>, ReceiveErrorKind> {
    let (before, element, names) = element(text, declared)?;
    // If another element could begin here, the proxy appends to the client's header, or a name looks like an element.
    if contains(before, HASH) || [before, names].iter().any(|part| begins_another(part)) {
        return Err(ReceiveErrorKind::Ambiguous);
    }
    Ok(element)
}

/// Parses an element that was split off a list.
pub(super) fn one_of_a_list<'v>(
    text: &'v [u8],
    declared: &Declared,
) -> Result<Element<'v>, ReceiveErrorKind> {
    element(text, declared).map(|(_, element, _)| element)
}

/// Calls `each` with every element of a list, in order. `None` if the text is not a list of elements: a quote that another hop left
/// open would absorb the next element.
///
/// An element is `Key=value` and `Key="value"`, joined by `;`. An unquoted value ends at the next `;` or `,`; a value of `By` ends
/// before the next `By` or `Hash`.
pub(super) fn elements<'v>(text: &'v [u8], mut each: impl FnMut(&'v [u8])) -> Option<()> {
    let mut rest = text.trim_ascii_start();
    let mut element = rest;
    loop {
        let (key, value) = rest.split_at_checked(rest.iter().position(|byte| *byte == b'=')?)?;
        if key.is_empty() || !key.iter().all(u8::is_ascii_alphanumeric) {
            return None;
        }
        let value = value.get(1..)?;
        let behind = match value {
            [b'"', value @ ..] => quoted(value)?.1,
            value => {
                let (value, behind) = value.split_at_checked(end_of_bare(key, value))?;
                if value.contains(&b'"') && key != b"By" {
                    return None;
                }
                behind
            }
        };
        if matches!(behind, [] | [b',', ..]) {
            each(element.get(..element.len().saturating_sub(behind.len()))?);
        }
        rest = match behind {
            [] => return Some(()),
            [b';', behind @ ..] => behind,
            [b',', behind @ ..] => {
                element = behind.trim_ascii_start();
                element
            }
            _ => return None,
        };
    }
}

fn end_of_bare(key: &[u8], value: &[u8]) -> usize {
    let operators = |at: &usize| {
        let behind = value.get(*at..).unwrap_or_default();
        [&b";By="[..], b";Hash=", b",By=", b",Hash="].iter().any(|next| behind.starts_with(next))
    };
    let by = (0..value.len()).find(operators).filter(|_| key == b"By");
    let end = || value.iter().position(|byte| matches!(byte, b';' | b','));
    by.or_else(end).unwrap_or(value.len())
}

/// The text before the hash, the element, and the text of its names.
fn element<'v>(
    text: &'v [u8],
    declared: &Declared,
) -> Result<(&'v [u8], Element<'v>, &'v [u8]), ReceiveErrorKind> {
    let (before, hash, mut rest) = around_the_hash(text).ok_or(ReceiveErrorKind::Malformed)?;
    let mut element = Element { hash: Some(Cow::Borrowed(hash)), ..Element::default() };
    // The previous value: a chain begins with the leaf, which is not searched again.
    let mut known: &[u8] = b"";
    for key in ["Cert", "Chain", "Subject", "Issuer"] {
        let Some(value) = quoted_value(rest, key) else { continue };
        let (inside, behind) = quoted_behind(known, value).ok_or(ReceiveErrorKind::Malformed)?;
        known = inside;
        if let Some(place) = element.place(key).filter(|_| declared.has(key)) {
            *place = Some(Cow::Borrowed(inside)).filter(|inside: &Cow<'_, _>| !inside.is_empty());
        }
        rest = behind;
    }
    match rest {
        [] => {}
        [b',', ..] => return Err(ReceiveErrorKind::Ambiguous),
        _ => names(rest, declared, &mut element).ok_or(ReceiveErrorKind::Malformed)?,
    }
    Ok((before, element, rest))
}

/// Splits `By=…;By=…;Hash=<hex>…` into the text before the hash, the hash, and the rest. The first hash is Envoy's, and the text
/// before it the operator's.
fn around_the_hash(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut start = 0usize;
    if !text.starts_with(HASH) {
        if !text.starts_with(b"By=") {
            return None;
        }
        start = position(text, b";Hash=")?.saturating_add(1);
    }
    let (before, behind) = text.split_at_checked(start)?;
    let (hash, behind) = behind.strip_prefix(HASH)?.split_at_checked(HASH_DIGITS)?;
    let ends = matches!(behind, [] | [b';' | b',', ..]);
    (ends && hash.iter().all(u8::is_ascii_hexdigit)).then_some((before, hash, behind))
}

/// If the next key is this one, the text behind its opening quote.
fn quoted_value<'v>(rest: &'v [u8], key: &str) -> Option<&'v [u8]> {
    rest.strip_prefix(b";")?.strip_prefix(key.as_bytes())?.strip_prefix(b"=\"")
}

/// The text before the closing quote, still escaped, and the rest.
fn quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    quoted_behind(b"", text)
}

/// The same for a text that may begin with `known`, a value that contains no closing quote.
fn quoted_behind<'v>(known: &[u8], text: &'v [u8]) -> Option<(&'v [u8], &'v [u8])> {
    let mut end = if text.starts_with(known) { known.len() } else { 0 };
    loop {
        let rest = text.get(end..)?;
        end = end.saturating_add(position_of_either(rest, [b'"', b'\\'])?);
        let (inside, behind) = text.split_at_checked(end)?;
        match behind.split_first()? {
            (b'"', behind) => return Some((inside, behind)),
            // An escaped character does not close the value.
            _ => end = end.saturating_add(2),
        }
    }
}

/// Certificates are long and contain neither: the text is first checked in pieces, which vectorizes.
fn position_of_either(text: &[u8], [one, other]: [u8; 2]) -> Option<usize> {
    let is_either = |byte: &u8| (*byte == one) | (*byte == other);
    let holds_either =
        |piece: &&[u8; 32]| piece.iter().fold(false, |any, byte| any | is_either(byte));
    let (pieces, _) = text.as_chunks::<32>();
    let before = pieces.iter().take_while(|piece| !holds_either(piece)).count().saturating_mul(32);
    let behind = text.get(before..)?.iter().position(is_either)?;
    Some(before.saturating_add(behind))
}

/// Parses `;URI=…;URI=…;DNS=…`, followed by `;Issuer="…"`.
fn names<'v>(text: &'v [u8], declared: &Declared, element: &mut Element<'v>) -> Option<()> {
    let key = ["URI", "DNS"].into_iter().find(|key| begins(text, key))?;
    let mut list = text;
    if let Some((before, issuer)) = issuer_behind(text).filter(|_| declared.has("Issuer")) {
        if !declared.is_told() {
            // An issuer, or a name that ends like one.
            return Some(());
        }
        element.issuer =
            Some(Cow::Borrowed(issuer)).filter(|issuer: &Cow<'_, _>| !issuer.is_empty());
        list = before;
    }
    let name = list.get(key.len().saturating_add(2)..)?;
    let separates = |(key, next): (&str, &[u8])| declared.has(key) && contains(name, next);
    let is_alone = !separates(("URI", b";URI=")) && !separates(("DNS", b";DNS="));
    // In Envoy's header a quote is part of the name; in this crate's it quotes a value that would end early.
    if declared.has(key) && is_alone && !name.is_empty() && !name.contains(&b'"') {
        element.list(key)?.push(Cow::Borrowed(name));
    }
    Some(())
}

/// Whether this is `;KEY=…`
fn begins(text: &[u8], key: &str) -> bool {
    let behind = text.strip_prefix(b";").and_then(|text| text.strip_prefix(key.as_bytes()));
    behind.is_some_and(|behind| behind.starts_with(b"="))
}

/// The names, and the issuer at the end of the element. An issuer's text has no bare quote, so the last one is the issuer's.
fn issuer_behind(text: &[u8]) -> Option<(&[u8], &[u8])> {
    const KEY: &[u8] = b";Issuer=\"";
    // The names begin with a semicolon of their own.
    if !may_contain(text.get(1..)?, KEY) {
        return None;
    }
    let at = text.windows(KEY.len()).rposition(|window| window == KEY)?;
    let (names, behind) = text.split_at_checked(at)?;
    let (issuer, behind) = quoted(behind.strip_prefix(KEY)?)?;
    behind.is_empty().then_some((names, issuer))
}

fn begins_another(text: &[u8]) -> bool {
    contains(text, b",By=") || contains(text, b",Hash=")
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    position(text, part).is_some()
}

fn position(text: &[u8], part: &[u8]) -> Option<usize> {
    may_contain(text, part).then(|| text.windows(part.len()).position(|window| window == part))?
}

/// Whether the text contains the first byte of the part: a fast check, and usually false.
fn may_contain(text: &[u8], part: &[u8]) -> bool {
    part.first().is_some_and(|first| text.contains(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    const HASH_A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn shown(element: Result<Element<'_>, ReceiveErrorKind>) -> String {
        let element = match element {
            Ok(element) => element,
            Err(kind) => return format!("{kind:?}"),
        };
        let mut text = String::new();
        let text_of = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        for (key, value) in [
            ("cert", element.cert),
            ("chain", element.chain),
            ("subject", element.subject),
            ("issuer", element.issuer),
        ] {
            text += &value.map_or_else(String::new, |value| format!(" {key}={}", text_of(&value)));
        }
        for (key, list) in [("uri", element.uris), ("dns", element.dns_names)] {
            list.iter().for_each(|value| text += &format!(" {key}={}", text_of(value)));
        }
        format!("{}{text}", &text_of(&element.hash.unwrap_or_default())[..1])
    }

    fn declared(keys: &str) -> Declared {
        match keys {
            "" => Declared::default(),
            keys => Declared::of(keys.split(','), &super::super::element::KEYS).unwrap(),
        }
    }

    #[test]
    fn the_only_element_of_a_value() {
        // `H` stands for a whole hash.
        let cases = [
            ("the hash alone", "", "H", "a"),
            (
                "everything quoted",
                "",
                r#"By=x;H;Cert="c";Chain="d";Subject="CN=a""#,
                "a cert=c chain=d subject=CN=a",
            ),
            (
                "an operator's name with separators",
                "",
                r#"By=urn:a(b;c),d"e;By=;H;Subject="CN=a""#,
                "a subject=CN=a",
            ),
            (
                "an escaped quote",
                "",
                r#"H;Subject="CN=a\";URI=x\\""#,
                r#"a subject=CN=a\";URI=x\\"#,
            ),
            ("empty values", "", r#"H;Subject="";URI="#, "a"),
            ("one URI", "", "H;URI=spiffe://a", "a uri=spiffe://a"),
            ("one DNS name", "", "H;DNS=a.example", "a dns=a.example"),
            (
                "a name that writes a subject",
                "",
                "H;URI=spiffe://a;Subject=CN=admin",
                "a uri=spiffe://a;Subject=CN=admin",
            ),
            (
                "a name that writes a quoted subject",
                "",
                r#"H;URI=spiffe://a;Subject="CN=admin""#,
                "a",
            ),
            ("a name that writes a certificate", "", r#"H;URI=x;Cert="c";DNS=y"#, "a"),
            ("two URIs, or one that writes another", "", "H;URI=a;URI=b", "a"),
            ("a URI and a DNS name, or a URI that writes one", "", "H;URI=a;DNS=b", "a"),
            ("an empty URI, or one that writes a DNS name", "", "H;URI=;DNS=b", "a"),
            ("only URIs are sent", "URI", "H;URI=a;DNS=b", "a uri=a;DNS=b"),
            ("only DNS names are sent", "dns", "H;DNS=b;URI=a", "a dns=b;URI=a"),
            ("a key that is not sent", "Cert,DNS", "H;URI=a;DNS=b", "a"),
            ("a subject that is not sent", "URI", r#"H;Subject="CN=a";URI=b"#, "a uri=b"),
            (
                "an issuer before the names",
                "",
                r#"H;Subject="CN=a";Issuer="CN=b";URI=c"#,
                "a subject=CN=a issuer=CN=b uri=c",
            ),
            ("an issuer after the names, or a name", "", r#"H;URI=c;Issuer="CN=b""#, "a"),
            (
                "an issuer after the names, declared",
                "URI,Issuer",
                r#"H;URI=c;Issuer="CN=x";Issuer="CN=b\"""#,
                r#"a issuer=CN=b\""#,
            ),
            ("an issuer that is not sent", "URI", r"H;URI=c;Issuer=d", "a uri=c;Issuer=d"),
            ("another element", "", "H,H", "Ambiguous"),
            ("another element after a quote", "", r#"H;Subject="",H"#, "Ambiguous"),
            ("another element after a name", "", "H;URI=a,By=x;H", "Ambiguous"),
            ("another element in By", "", "By=a;Hash=1;H", "Malformed"),
            ("a hash in By", "", "By=a,Hash=1;H", "Ambiguous"),
            ("an element in By", "", "By=a,By=b;H", "Ambiguous"),
            ("a comma in a name", "", "H;URI=a,b", "a uri=a,b"),
            ("no hash", "", "By=x", "Malformed"),
            ("a short hash", "", "Hash=aa", "Malformed"),
            ("a long hash", "", "Ha", "Malformed"),
            ("a subject without quotes", "", "H;Subject=CN=a", "Malformed"),
            ("a subject before the certificate", "", r#"H;Subject="CN=a";Cert="c""#, "Malformed"),
            ("an open quote", "", r#"H;Subject="CN=a\""#, "Malformed"),
            ("text after a quote", "", r#"H;Subject="CN=a"b"#, "Malformed"),
            ("a separator at the end", "", "H;", "Malformed"),
            ("an unknown key", "", "H;New=a", "Malformed"),
            ("nothing", "", "", "Malformed"),
        ];
        for (name, keys, text, expected) in cases {
            let text = text
                .replace('H', &format!("Hash={HASH_A}"))
                .replace(&format!("Hash={HASH_A}ash"), "Hash");
            assert_eq!(shown(only_element(text.as_bytes(), &declared(keys))), expected, "{name}");
        }
    }

    #[test]
    fn a_list_is_split_into_its_elements() {
        let cases = [
            ("one", "Hash=a;URI=b", Some("Hash=a;URI=b")),
            ("keys in any case", "hASH=a;uri=b", Some("hASH=a;uri=b")),
            ("three", "Hash=a,Hash=b, Hash=c", Some("Hash=a|Hash=b|Hash=c")),
            ("quotes hide separators", r#"Hash=a;URI="b;c,d=e""#, Some(r#"Hash=a;URI="b;c,d=e""#)),
            ("escapes", r#"URI="a\"b\\c\d",Hash=a"#, Some(r#"URI="a\"b\\c\d"|Hash=a"#)),
            ("empty values", r#"Subject="";URI=;DNS=a"#, Some(r#"Subject="";URI=;DNS=a"#)),
            ("an equals sign", "URI=https://a/?b=c", Some("URI=https://a/?b=c")),
            ("unknown keys", "New=y;Hash=a", Some("New=y;Hash=a")),
            ("an operator's name", "By=urn:a(b;c),d;Hash=a", Some("By=urn:a(b;c),d;Hash=a")),
            ("By that is not before a hash", "By=x,By=y;Hash=a", Some("By=x|By=y;Hash=a")),
            ("By alone", "By=x;URI=b,Hash=a", Some("By=x;URI=b|Hash=a")),
            ("an open quote before another quote", r#"X=",Hash=a;Subject="CN=b""#, None),
            ("an open quote at the end", r#"Hash=a,X=",Hash=b"#, None),
            ("an escaped closing quote", r#"Subject="CN=a\""#, None),
            ("text after the quote", r#"Subject="CN=a"b"#, None),
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
            let mut list = Vec::new();
            let whole = elements(text.as_bytes(), |element| {
                list.push(String::from_utf8_lossy(element).into_owned());
            });
            assert_eq!(whole.map(|()| list.join("|")).as_deref(), expected, "{name}");
        }
    }
}
