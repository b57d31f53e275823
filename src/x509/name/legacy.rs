//! `X509_NAME_oneline`: `/C=US/CN=name`, with the bytes of each value.

use alloc::vec::Vec;

use super::Name;
use super::value;
use crate::encoding;
use crate::x509::Dialect;
use crate::x509::cursor::{
    Element, GENERAL_STRING, IA5_STRING, NUMERIC_STRING, PRINTABLE_STRING, TELETEX_STRING,
    UTF8_STRING,
};

pub(super) fn write(name: &Name<'_>, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
    let mut previous = None;
    for attribute in name.attributes() {
        let attribute = attribute?;
        let same_rdn = previous == Some(attribute.rdn);
        previous = Some(attribute.rdn);
        out.push(if same_rdn && dialect == Dialect::OpenSsl { b'+' } else { b'/' });
        match attribute.kind.short_name(dialect) {
            Some(name) => out.extend_from_slice(name.as_bytes()),
            None => attribute.kind.write_dotted(dialect, out),
        }
        out.push(b'=');
        write_value(&attribute.value, dialect, out);
    }
    Some(())
}

fn write_value(value: &Element<'_>, dialect: Dialect, out: &mut Vec<u8>) {
    let printable = |byte: &u8| {
        matches!(byte, b' '..=b'~')
            & (!matches!(byte, b'/' | b'+') | (dialect == Dialect::BoringSsl))
    };
    if is_kept_as_contents(value.tag())
        && value.contents().iter().fold(true, |all, byte| all & printable(byte))
    {
        out.extend_from_slice(value.contents());
        return;
    }
    let fourth_only = value.tag() == GENERAL_STRING && is_ascii_in_four_bytes(value.contents());
    let mut index = 0u8;
    value::stored(value, dialect, |byte| {
        index = index.wrapping_add(1);
        if fourth_only && !index.is_multiple_of(4) {
            return;
        }
        match byte {
            b'/' | b'+' if dialect == Dialect::OpenSsl => out.extend_from_slice(&[b'\\', byte]),
            b' '..=b'~' => out.push(byte),
            _ => {
                let [mark, high, low] = encoding::hex_escape(b'x', byte);
                out.extend_from_slice(&[b'\\', mark, high, low]);
            }
        }
    });
}

/// The usual string types: most values are copied whole.
const fn is_kept_as_contents(tag: u8) -> bool {
    matches!(tag, UTF8_STRING | NUMERIC_STRING | PRINTABLE_STRING | TELETEX_STRING | IA5_STRING)
}

/// Both libraries treat such a GeneralString as four bytes for each character, the first three of them zero.
fn is_ascii_in_four_bytes(contents: &[u8]) -> bool {
    let (units, rest) = contents.as_chunks::<4>();
    rest.is_empty() && units.iter().all(|unit| matches!(unit, [0, 0, 0, _]))
}
