//! What the encodings of a header value decode to. Tolerant where the proxies differ, and never guessing: a `+` stays a `+`.

mod byte_sequence;
mod pem;

use alloc::borrow::Cow;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

pub(crate) use byte_sequence::byte_sequences;
pub(crate) use pem::pem_blocks;

/// The standard alphabet; padding may be missing and pad bits set, as RFC 9651 §4.2.7 wants of a reader.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Base64 of the standard alphabet, padded or not.
pub(crate) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    LENIENT.decode(text).ok()
}

/// Every `%XX` as its byte; everything else stays, `+` above all. `None` where a `%` has no two digits behind it.
pub(crate) fn percent(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    if !text.contains(&b'%') {
        return Some(Cow::Borrowed(text));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'%' => nibble(*rest.next()?)? << 4 | nibble(*rest.next()?)?,
            byte => *byte,
        });
    }
    Some(Cow::Owned(decoded))
}

/// Hex digits in either case, in pairs, with a colon between the pairs or with none anywhere.
pub(crate) fn hex(text: &[u8]) -> Option<Vec<u8>> {
    let colons = text.get(2) == Some(&b':');
    let width = if colons { 3 } else { 2 };
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut pairs = text.chunks(width).peekable();
    while let Some(pair) = pairs.next() {
        let (digits, behind) = pair.split_at_checked(2)?;
        // A colon stands between two pairs, never behind the last.
        if behind.is_empty() == (colons && pairs.peek().is_some()) {
            return None;
        }
        match (digits, behind) {
            (&[high, low], [] | [b':']) => bytes.push(nibble(high)? << 4 | nibble(low)?),
            _ => return None,
        }
    }
    Some(bytes)
}

pub(crate) const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit & 0x0f),
        b'a'..=b'f' | b'A'..=b'F' => Some((digit & 0x0f).wrapping_add(9)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs() {
        let cases: [(&str, Option<&str>); 7] = [
            ("a+b", Some("a+b")),
            ("a%2Bb%2b+", Some("a+b++")),
            ("%20%0A", Some(" \n")),
            ("%", None),
            ("%2", None),
            ("%2g", None),
            ("%%41", None),
        ];
        for (text, expected) in cases {
            let decoded = percent(text.as_bytes());
            assert_eq!(decoded.as_deref(), expected.map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn hex_digits() {
        let cases: [(&str, Option<&[u8]>); 11] = [
            ("", Some(&[])),
            ("0aFF", Some(&[0x0a, 0xff])),
            ("0a:ff", Some(&[0x0a, 0xff])),
            ("0a", Some(&[0x0a])),
            ("0a:", None),
            ("0a:f", None),
            ("0a:ff:", None),
            ("0aff:00", None),
            ("0a:ff00", None),
            ("abc", None),
            ("0x", None),
        ];
        for (text, expected) in cases {
            assert_eq!(hex(text.as_bytes()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn padding_is_optional() {
        for text in ["MAA=", "MAA", "MAB="] {
            assert_eq!(base64(text.as_bytes()).as_deref(), Some(&[0x30, 0][..]), "{text}");
        }
        for text in ["MA A=", "MA-_", "M", "MAA==="] {
            assert_eq!(base64(text.as_bytes()), None, "{text}");
        }
    }
}
