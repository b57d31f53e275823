//! Names as nearly all certificates have them: one attribute an RDN, of a type that everybody knows, with a value in which no
//! printed form escapes anything. Read once, both of OpenSSL's forms are copies of its parts; each takes a fifth of the
//! instructions that [`rfc2253`](super::rfc2253) and [`legacy`](super::legacy) need, which print all other names.

use alloc::vec::Vec;

use super::Name;
use super::value::{IA5_STRING, NUMERIC_STRING, PRINTABLE_STRING, TELETEX_STRING, UTF8_STRING};
use crate::cursor;
use crate::encoding;

/// A name with more attributes is printed the general way.
const MOST: usize = 12;

/// By the last arc of `2.5.4.n`: what stands before the value, and its length.
const LABELS: [([u8; 4], usize); 12] = {
    let mut labels = [([0; 4], 0); 12];
    labels[3] = (*b"CN=\0", 3);
    labels[6] = (*b"C=\0\0", 2);
    labels[7] = (*b"L=\0\0", 2);
    labels[8] = (*b"ST=\0", 3);
    labels[10] = (*b"O=\0\0", 2);
    labels[11] = (*b"OU=\0", 3);
    labels
};

/// A name both of whose printed forms are copies.
pub(crate) struct UsualName<'a> {
    contents: &'a [u8],
    attributes: [Attribute; MOST],
    count: usize,
}

/// Kept small: a name is read for every certificate.
#[derive(Clone, Copy, Default)]
struct Attribute {
    arc: u8,
    /// Of the value, in the name's contents.
    length: u8,
    start: u16,
}

impl<'a> UsualName<'a> {
    /// `None` where anything about the name is not usual.
    pub(crate) fn read(name: &Name<'a>) -> Option<Self> {
        let contents = name.element.contents();
        let mut usual = Self { contents, attributes: [Attribute::default(); MOST], count: 0 };
        let mut rest = contents;
        while let Some((header, behind)) = rest.split_first_chunk::<11>() {
            let [_, set, _, sequence, _, _, _, _, arc, tag, length] = *header;
            let label = LABELS.get(usize::from(arc)).filter(|(_, length)| *length > 0);
            // Short lengths that leave nothing over, around three octets of an identifier.
            let is_usual = is_headed(header)
                & (length <= 0x70)
                & (set == length.wrapping_add(9))
                & (sequence == length.wrapping_add(7));
            let (text, next) = behind.split_at_checked(length.into())?;
            if !is_usual || label.is_none() || !is_text(tag) || !stands_for_itself(text) {
                return None;
            }
            let start = contents.len().checked_sub(behind.len())?;
            *usual.attributes.get_mut(usual.count)? =
                Attribute { arc, length, start: u16::try_from(start).ok()? };
            usual.count = usual.count.saturating_add(1);
            rest = next;
        }
        rest.is_empty().then_some(usual)
    }

    /// `CN=name,C=DE`
    pub(crate) fn write_rfc2253(&self, out: &mut Vec<u8>) {
        self.write_joined(self.attributes().iter().rev(), b',', out);
    }

    /// `/C=DE/CN=name`
    pub(crate) fn write_legacy(&self, out: &mut Vec<u8>) {
        if self.count > 0 {
            out.push(b'/');
        }
        self.write_joined(self.attributes().iter(), b'/', out);
    }

    fn attributes(&self) -> &[Attribute] {
        self.attributes.get(..self.count).unwrap_or_default()
    }

    /// Into room that is made once, and with pieces of fixed sizes whose ends the next one overwrites: a third of the time that it
    /// takes to append each part.
    #[inline]
    fn write_joined<'s>(
        &self,
        attributes: impl Iterator<Item = &'s Attribute>,
        separator: u8,
        out: &mut Vec<u8>,
    ) {
        let start = out.len();
        // An attribute takes more bytes in the certificate than in a text.
        out.resize(start.saturating_add(self.contents.len()).saturating_add(PIECE), 0);
        let room = out.get_mut(start..).unwrap_or_default();
        let mut end = 0usize;
        for Attribute { arc, length, start } in attributes {
            let Some((label, label_length)) = LABELS.get(usize::from(*arc)) else { continue };
            let length = usize::from(*length);
            let behind = self.contents.get(usize::from(*start)..).unwrap_or_default();
            put(room, end, label);
            end = end.saturating_add(*label_length);
            match behind.first_chunk::<PIECE>() {
                Some(piece) if length <= PIECE => put(room, end, piece),
                _ => {
                    let text = behind.get(..length).unwrap_or_default();
                    if let Some(place) = room.get_mut(end..end.saturating_add(length)) {
                        place.copy_from_slice(text);
                    }
                }
            }
            end = end.saturating_add(length);
            put(room, end, &[separator]);
            end = end.saturating_add(1);
        }
        // The separator behind the last one goes.
        out.truncate(start.saturating_add(end.saturating_sub(1)));
    }
}

/// How much is copied of a short value, whatever its length.
const PIECE: usize = 16;

#[inline(always)]
fn put<const N: usize>(room: &mut [u8], at: usize, piece: &[u8; N]) {
    if let Some(place) = room.get_mut(at..).and_then(|room| room.first_chunk_mut::<N>()) {
        *place = *piece;
    }
}

/// Whether it begins as one attribute `2.5.4.n` in an RDN does, lengths apart: one comparison in place of six.
fn is_headed(header: &[u8; 11]) -> bool {
    const TAGS: [u8; 8] =
        [cursor::SET, 0, cursor::SEQUENCE, 0, cursor::OBJECT_IDENTIFIER, 3, 0x55, 0x04];
    const MASK: [u8; 8] = [0xff, 0, 0xff, 0, 0xff, 0xff, 0xff, 0xff];
    let begin = header.first_chunk().copied().map_or(0, u64::from_ne_bytes);
    begin & u64::from_ne_bytes(MASK) == u64::from_ne_bytes(TAGS)
}

/// A string type whose ASCII both forms take as it is.
const fn is_text(tag: u8) -> bool {
    matches!(tag, UTF8_STRING | NUMERIC_STRING | PRINTABLE_STRING | TELETEX_STRING | IA5_STRING)
}

/// Whether neither form escapes anything in the value.
fn stands_for_itself(value: &[u8]) -> bool {
    encoding::all_in_sixteens(value, are_plain)
        && value.first() != Some(&b' ')
        && value.last() != Some(&b' ')
}

fn are_plain(bytes: &[u8; 16]) -> bool {
    bytes.iter().fold(true, |all, byte| all & is_plain(*byte))
}

/// Printable ASCII without `"#+,/;<>\`: `|` folds pairs that differ in one bit into one comparison.
#[inline]
const fn is_plain(byte: u8) -> bool {
    (byte >= b' ')
        & (byte <= b'~')
        & (byte | 1 != b'#')
        & (byte | 2 != b'>')
        & (byte | 4 != b'/')
        & (byte != b',')
        & (byte != b';')
        & (byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursor::Cursor;
    use crate::dialect::Dialect;
    use crate::name::{legacy, rfc2253};
    use alloc::vec;

    fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
        let mut der = match u8::try_from(contents.len()) {
            Ok(length @ ..0x80) => vec![tag, length],
            Ok(length) => vec![tag, 0x81, length],
            Err(_) => {
                let [high, low] = u16::try_from(contents.len()).unwrap().to_be_bytes();
                vec![tag, 0x82, high, low]
            }
        };
        der.extend_from_slice(contents);
        der
    }

    /// One attribute of that type, in an RDN of its own.
    fn rdn(arc: u8, tag: u8, value: &[u8]) -> Vec<u8> {
        let attribute = [element(0x06, &[0x55, 4, arc]), element(tag, value)].concat();
        element(0x31, &element(0x30, &attribute))
    }

    /// Whether it is; and if so, that it prints as the general way prints it, in both dialects.
    fn is_usual(rdns: &[Vec<u8>]) -> bool {
        let der = element(0x30, &rdns.concat());
        let name = Name::new(Cursor::new(&der).element().unwrap());
        let Some(usual) = UsualName::read(&name) else { return false };
        for dialect in [Dialect::OpenSsl, Dialect::BoringSsl] {
            let mut texts = [const { Vec::new() }; 4];
            usual.write_rfc2253(&mut texts[0]);
            rfc2253::write(&name, dialect, &mut texts[1]).unwrap();
            usual.write_legacy(&mut texts[2]);
            legacy::write(&name, dialect, &mut texts[3]).unwrap();
            assert_eq!(texts[0], texts[1]);
            assert_eq!(texts[2], texts[3]);
        }
        true
    }

    #[test]
    fn prints_as_the_general_way_or_not_at_all() {
        let of = |arc, value: &[u8]| vec![rdn(arc, UTF8_STRING, value)];
        let cases = [
            ("no RDN", vec![], true),
            ("a common name", of(3, b"client.example"), true),
            ("no characters", of(3, b""), true),
            ("a space inside", of(10, b"Example Corp"), true),
            ("a space in front", of(3, b" x"), false),
            ("a space behind", of(3, b"x "), false),
            ("a type of its own", of(5, b"1234"), false),
            ("a sharp inside", of(3, b"a#b"), false),
            ("UTF-8", of(3, "Jos\u{e9}".as_bytes()), false),
            ("a BMPString", vec![rdn(3, 0x1e, b"\0a")], false),
            (
                "six",
                [6, 8, 7, 10, 11, 3].map(|arc| rdn(arc, PRINTABLE_STRING, b"Weiden")).to_vec(),
                true,
            ),
            ("twelve", vec![rdn(11, IA5_STRING, b"x"); 12], true),
            ("thirteen", vec![rdn(11, IA5_STRING, b"x"); 13], false),
            ("long values", vec![rdn(3, UTF8_STRING, &[b'x'; 0x70]); 9], true),
        ];
        for (case, rdns, usual) in cases {
            assert_eq!(is_usual(&rdns), usual, "{case}");
        }
    }

    #[test]
    fn every_byte_in_every_place_of_every_length() {
        let plain = |byte: u8| (b' '..=b'~').contains(&byte) && !b"\"#+,/;<>\\".contains(&byte);
        for length in 1..=40 {
            for place in 0..length {
                for byte in 0..=u8::MAX {
                    let mut value = vec![b'x'; length];
                    value[place] = byte;
                    let outside = byte == b' ' && (place == 0 || place + 1 == length);
                    assert_eq!(stands_for_itself(&value), plain(byte) && !outside, "{value:?}");
                    if length < 18 {
                        is_usual(&[rdn(3, UTF8_STRING, &value)]);
                    }
                }
            }
        }
    }
}
