//! Strict parsers of the formats, written from their specifications. They return `None` for a value that is not of the format.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The types and values of a distinguished name (RFC 4514 §3), in the order of the text.
pub(crate) fn distinguished_name(text: &str) -> Option<Vec<(String, String)>> {
    let mut attributes = Vec::new();
    let mut rest = text;
    loop {
        let (kind, after) = rest.split_once('=')?;
        if kind.is_empty() || !kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
        {
            return None;
        }
        let (value, after) = attribute_value(after.as_bytes())?;
        attributes.push((kind.to_owned(), value));
        match after.split_first() {
            None => return Some(attributes),
            Some((b',' | b'+', after)) => rest = core::str::from_utf8(after).ok()?,
            Some(_) => return None,
        }
    }
}

/// An attribute value, a string or `#` and hex, and the rest from the separator on.
fn attribute_value(mut rest: &[u8]) -> Option<(String, &[u8])> {
    if let Some(hex) = rest.strip_prefix(b"#") {
        let end = hex.iter().position(|byte| matches!(byte, b',' | b'+')).unwrap_or(hex.len());
        let (hex, rest) = hex.split_at(end);
        let encoded = (!hex.is_empty() && hex.len() % 2 == 0)
            .then(|| hex.iter().all(u8::is_ascii_hexdigit))?;
        return encoded.then(|| (format!("#{}", String::from_utf8_lossy(hex)), rest));
    }
    let mut value = Vec::new();
    let mut last_is_bare_space = false;
    loop {
        let bare_space = matches!(rest, [b' ', ..]);
        match rest {
            [] | [b',' | b'+', ..] => break,
            [b'"' | b';' | b'<' | b'>', ..] => return None,
            [
                b'\\',
                special @ (b' ' | b'"' | b'#' | b'+' | b',' | b';' | b'<' | b'=' | b'>' | b'\\'),
                after @ ..,
            ] => {
                value.push(*special);
                rest = after;
            }
            [b'\\', high, low, after @ ..] => {
                value.push(hex_pair(*high, *low)?);
                rest = after;
            }
            [b'\\', ..] => return None,
            [b' ', ..] if value.is_empty() => return None,
            [byte @ b' '..=b'~', after @ ..] => {
                value.push(*byte);
                rest = after;
            }
            _ => return None,
        }
        last_is_bare_space = bare_space;
    }
    (!last_is_bare_space).then_some(())?;
    Some((String::from_utf8(value).ok()?, rest))
}

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// The number of separating slashes in OpenSSL's one-line form.
pub(crate) fn unescaped_slashes(text: &str) -> usize {
    text.replace("\\/", "").matches('/').count()
}

/// Padded base64 (RFC 4648 §4).
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// A list of byte sequences without parameters (RFC 9651 §4.2).
pub(crate) fn byte_sequences(text: &str) -> Option<Vec<Vec<u8>>> {
    text.split(", ").map(|item| base64(item.strip_prefix(':')?.strip_suffix(':')?)).collect()
}

/// Percent-encoding (RFC 3986 §2.1), without unescaped separators of headers, quoted strings and lists.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::new();
    let mut rest = text.as_bytes();
    loop {
        match rest {
            [] => return String::from_utf8(decoded).ok(),
            [b'%', high, low, after @ ..] => {
                decoded.push(hex_pair(*high, *low)?);
                rest = after;
            }
            [b' ' | b'"' | b'%' | b'\\' | b',' | b';', ..] => return None,
            [byte @ b'!'..=b'~', after @ ..] => {
                decoded.push(*byte);
                rest = after;
            }
            _ => return None,
        }
    }
}

/// Percent-encoding with `+` for a space.
pub(crate) fn form_decoded(text: &str) -> Option<String> {
    percent_decoded(&text.replace('+', "%20"))
}

pub(crate) fn escaped_pem(text: &str) -> Option<Vec<Vec<u8>>> {
    pem(&percent_decoded(text)?)
}

/// Blocks in RFC 7468's strict form, without text around them.
pub(crate) fn pem(text: &str) -> Option<Vec<Vec<u8>>> {
    let blocks = text.strip_suffix("-----END CERTIFICATE-----\n")?;
    blocks
        .split("-----END CERTIFICATE-----\n")
        .map(|block| {
            let lines = block.strip_prefix("-----BEGIN CERTIFICATE-----\n")?;
            let lines: Vec<&str> = lines.lines().collect();
            let (last, full) = lines.split_last()?;
            let whole = full.iter().all(|line| line.len() == 64) && (1..=64).contains(&last.len());
            whole.then(|| base64(&lines.concat()))?
        })
        .collect()
}

/// The items of Go's printed list, `[a b]`.
pub(crate) fn go_list(text: &str) -> Option<Vec<&str>> {
    let items = text.strip_prefix('[')?.strip_suffix(']')?;
    Some(if items.is_empty() { vec![] } else { items.split(' ').collect() })
}

/// Keys and values of one element.
pub(crate) type Pairs = Vec<(String, String)>;

/// Traefik's `Info`: `KEY="value"` joined by `;`, certificates by `,`. Nothing is escaped, so a quote ends a value.
pub(crate) fn traefik(text: &str) -> Option<Vec<Pairs>> {
    let mut certificates = vec![Pairs::new()];
    let mut rest = text;
    loop {
        let (key, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return None;
        }
        certificates.last_mut()?.push((key.to_owned(), value.to_owned()));
        match after.split_at_checked(1) {
            None => return Some(certificates),
            Some((";", after)) => rest = after,
            Some((",", after)) => {
                certificates.push(Pairs::new());
                rest = after;
            }
            Some(_) => return None,
        }
    }
}

/// Envoy's text: elements joined by `,`, pairs by `;`. A value with one of these is quoted, and a quote in it is escaped with a
/// backslash. Backslashes are kept, because Envoy does not escape those of a name.
pub(crate) fn xfcc(text: &str) -> Option<Vec<Pairs>> {
    let mut elements = vec![Pairs::new()];
    let mut rest = text;
    loop {
        let (key, after) = rest.split_once('=')?;
        let known = ["By", "Hash", "Cert", "Chain", "Subject", "URI", "DNS", "Issuer"];
        known.contains(&key).then_some(())?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted_string(quoted)?,
            None => {
                let end = after.find([',', ';']).unwrap_or(after.len());
                let (value, after) = after.split_at(end);
                (!value.contains('"')).then(|| (value.to_owned(), after))?
            }
        };
        elements.last_mut()?.push((key.to_owned(), value));
        match after.split_at_checked(1) {
            None => return Some(elements),
            Some((";", after)) => rest = after,
            Some((",", after)) => {
                elements.push(Pairs::new());
                rest = after;
            }
            Some(_) => return None,
        }
    }
}

/// The text up to the closing quote, and the rest after it.
fn quoted_string(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return Some((value, text.get(index + 1..)?)),
            '\\' => value.extend(['\\', characters.next()?.1]),
            _ => value.push(character),
        }
    }
    None
}

/// Asserts that an HTTP/1.1 parser reads the lines as the same headers.
pub(crate) fn one_header_each(lines: impl Iterator<Item = (String, String)>) {
    let lines: Vec<(String, String)> = lines.collect();
    let mut head = String::from("GET / HTTP/1.1\r\n");
    for (name, value) in &lines {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    let parsed = request.parse(head.as_bytes());
    assert_eq!(parsed, Ok(httparse::Status::Complete(head.len())), "{head}");
    let read: Vec<(&str, &str)> = request
        .headers
        .iter()
        .map(|header| (header.name, core::str::from_utf8(header.value).unwrap()))
        .collect();
    let written: Vec<(&str, &str)> =
        lines.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(read, written);
}
