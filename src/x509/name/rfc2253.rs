//! `X509_NAME_print_ex` with `XN_FLAG_RFC2253`: RFC 2253 with every byte outside ASCII escaped.

use alloc::vec::Vec;

use super::value::{self, Characters};
use super::{Attribute, Name};
use crate::encoding;
use crate::x509::Dialect;
use crate::x509::cursor::Element;

/// Names of up to this many attributes are reversed without an allocation.
const FEW: usize = 16;

pub(super) fn write(name: &Name<'_>, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
    let mut few = [None; FEW];
    let mut many = Vec::new();
    for (index, attribute) in name.attributes().enumerate() {
        match few.get_mut(index) {
            Some(place) => *place = Some(attribute?),
            None => many.push(attribute?),
        }
    }
    let mut previous = None;
    for attribute in many.iter().rev().chain(few.iter().rev().flatten()) {
        match previous {
            Some(rdn) if rdn == attribute.rdn => out.push(b'+'),
            Some(_) => out.push(b','),
            None => {}
        }
        previous = Some(attribute.rdn);
        write_attribute(attribute, dialect, out)?;
    }
    Some(())
}

fn write_attribute(attribute: &Attribute<'_>, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
    let characters = match attribute.kind.short_name(dialect) {
        Some(name) => {
            out.extend_from_slice(name.as_bytes());
            Characters::of(attribute.value.tag())
        }
        None => {
            attribute.kind.write_dotted(dialect, out);
            None
        }
    };
    out.push(b'=');
    write_value(&attribute.value, characters, dialect, out)
}

/// Appends the value: text if its string type is known, otherwise the DER in hex.
pub(super) fn write_value(
    value: &Element<'_>,
    characters: Option<Characters>,
    dialect: Dialect,
    out: &mut Vec<u8>,
) -> Option<()> {
    let contents = value.contents();
    match characters {
        Some(characters) if characters.is_ascii_compatible() && stands_for_itself(contents) => {
            out.extend_from_slice(contents);
        }
        Some(Characters::Utf8) => {
            core::str::from_utf8(contents).ok()?;
            // Characters that are escaped because of their position are ASCII, so bytes can be used.
            let last = contents.len().saturating_sub(1);
            for (index, byte) in contents.iter().enumerate() {
                escape(&[*byte], index == 0, index == last, dialect, out);
            }
        }
        Some(characters) => value::write_utf8(contents, characters, |character, first, last| {
            escape(character.as_bytes(), first, last, dialect, out);
        })?,
        None => {
            out.push(b'#');
            encoding::hex_upper(value.der(), out);
            if let Some(last) = value::last_octet(value) {
                out.truncate(out.len().saturating_sub(2));
                encoding::hex_upper(&[last], out);
            }
        }
    }
    Some(())
}

/// Whether nothing in an ASCII-compatible value is escaped. It checks every byte, which vectorizes.
fn stands_for_itself(contents: &[u8]) -> bool {
    let plain = |byte: &u8| {
        matches!(byte, b' '..=b'~')
            & !matches!(byte, b'"' | b'#' | b'+' | b',' | b';' | b'<' | b'>' | b'\\')
    };
    contents.iter().fold(true, |all, byte| all & plain(byte))
        && contents.first() != Some(&b' ')
        && contents.last() != Some(&b' ')
}

/// Appends a character's UTF-8, escaped if necessary.
#[inline]
fn escape(character: &[u8], first: bool, last: bool, dialect: Dialect, out: &mut Vec<u8>) {
    match *character {
        [byte @ (b',' | b'+' | b'"' | b'\\' | b'<' | b'>' | b';')] => {
            out.extend_from_slice(&[b'\\', byte]);
        }
        [b' '] if first || last => out.extend_from_slice(b"\\ "),
        // A lone `#` is also the last character, and OpenSSL then does not treat it as the first.
        [b'#'] if first && (!last || dialect == Dialect::BoringSsl) => {
            out.extend_from_slice(b"\\#");
        }
        [byte @ b' '..=b'~'] => out.push(byte),
        ref bytes => {
            for byte in bytes {
                out.extend_from_slice(&encoding::hex_escape(b'\\', *byte));
            }
        }
    }
}

impl Characters {
    /// Whether an ASCII byte represents that character.
    const fn is_ascii_compatible(self) -> bool {
        matches!(self, Self::Utf8 | Self::Latin1)
    }
}
