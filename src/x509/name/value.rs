//! The value of an attribute: its characters by string type, and the bytes that each library stores.

use crate::x509::Dialect;
use crate::x509::cursor::{
    BIT_STRING, BMP_STRING, ENUMERATED, Element, GENERAL_STRING, GENERALIZED_TIME, GRAPHIC_STRING,
    IA5_STRING, INTEGER, NUMERIC_STRING, OCTET_STRING, PRINTABLE_STRING, SEQUENCE, SET,
    TELETEX_STRING, UNIVERSAL_STRING, UTC_TIME, UTF8_STRING, VIDEOTEX_STRING, VISIBLE_STRING,
};
use crate::x509::serial_number::write_magnitude;

/// The character encoding of a string type.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Characters {
    Utf8,
    /// One byte for each character: the libraries read T61 and all ASCII types as Latin-1.
    Latin1,
    /// Two bytes, without surrogates.
    Ucs2,
    /// Four bytes.
    Ucs4,
}

impl Characters {
    /// The encoding for this tag; `None` for values that the libraries print as hex.
    pub(crate) const fn of(tag: u8) -> Option<Self> {
        match tag {
            UTF8_STRING => Some(Self::Utf8),
            NUMERIC_STRING | PRINTABLE_STRING | TELETEX_STRING | IA5_STRING | UTC_TIME
            | GENERALIZED_TIME | VISIBLE_STRING => Some(Self::Latin1),
            BMP_STRING => Some(Self::Ucs2),
            UNIVERSAL_STRING => Some(Self::Ucs4),
            _ => None,
        }
    }
}

/// Passes each character as UTF-8, with whether it is the first and whether it is the last; `None` if the bytes are invalid.
pub(crate) fn write_utf8(
    contents: &[u8],
    characters: Characters,
    mut push: impl FnMut(&str, bool, bool),
) -> Option<()> {
    let total = contents.len();
    let mut at = 0usize;
    let mut buffer = [0; 4];
    let mut one = |character: char, width: usize| {
        let first = at == 0;
        at = at.saturating_add(width);
        push(character.encode_utf8(&mut buffer), first, at == total);
    };
    match characters {
        Characters::Utf8 => {
            for character in core::str::from_utf8(contents).ok()?.chars() {
                one(character, character.len_utf8());
            }
        }
        Characters::Latin1 => contents.iter().for_each(|byte| one(char::from(*byte), 1)),
        Characters::Ucs2 => {
            let (units, rest) = contents.as_chunks::<2>();
            for unit in units {
                one(char::from_u32(u32::from(u16::from_be_bytes(*unit)))?, 2);
            }
            return rest.is_empty().then_some(());
        }
        Characters::Ucs4 => {
            let (units, rest) = contents.as_chunks::<4>();
            for unit in units {
                one(char::from_u32(u32::from_be_bytes(*unit))?, 4);
            }
            return rest.is_empty().then_some(());
        }
    }
    Some(())
}

/// The bytes that a library stores as the value's data and prints in its one-line form: the contents, except for numbers (their
/// absolute value), bit strings (without the count of unused bits) and values that it stores whole.
pub(super) fn stored(value: &Element<'_>, dialect: Dialect, mut push: impl FnMut(u8)) {
    match (value.tag(), dialect) {
        // BoringSSL stores no bytes for a zero.
        (ENUMERATED | INTEGER, Dialect::BoringSsl) if value.contents() == [0] => {}
        (ENUMERATED, _) | (INTEGER, Dialect::BoringSsl) => write_magnitude(value.contents(), push),
        (BIT_STRING, _) => {
            let mask = 0xff << value.contents().first().map_or(0, |unused| unused & 7);
            if let Some((last, bytes)) = value.contents().get(1..).and_then(<[u8]>::split_last) {
                bytes.iter().for_each(|byte| push(*byte));
                push(last & mask);
            }
        }
        (SEQUENCE | SET, _) => value.der().iter().for_each(|byte| push(*byte)),
        (tag, Dialect::BoringSsl)
            if Characters::of(tag).is_none()
                && !matches!(
                    tag,
                    OCTET_STRING | VIDEOTEX_STRING | GRAPHIC_STRING | GENERAL_STRING
                ) =>
        {
            value.der().iter().for_each(|byte| push(*byte));
        }
        _ => value.contents().iter().for_each(|byte| push(*byte)),
    }
}

/// The last octet of the value's DER as the libraries encode it again, if it can differ: the unused bits of a bit string become zero.
pub(super) fn last_octet(value: &Element<'_>) -> Option<u8> {
    match (value.tag(), value.contents()) {
        (BIT_STRING, [unused, .., last]) => Some(last & (0xff << (unused & 7))),
        _ => None,
    }
}
