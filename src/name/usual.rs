//! Names as nearly all certificates have them: one attribute an RDN, of a type that everybody knows, with a value in which no
//! printed form escapes anything. Read once, both of OpenSSL's forms are copies of its parts; each takes a fifth of the
//! instructions that [`rfc2253`](super::rfc2253) and [`legacy`](super::legacy) need, which print all other names.

use alloc::vec::Vec;

use super::Name;
use super::value::{IA5_STRING, NUMERIC_STRING, PRINTABLE_STRING, TELETEX_STRING, UTF8_STRING};
use crate::encoding;

/// A name with more attributes is printed the general way.
const MOST: usize = 12;

/// By the last arc of `2.5.4.n`: what stands before the value, and its length with a separator before it.
const LABELS: [([u8; 3], usize); 12] = {
    let mut labels = [([0; 3], 0); 12];
    labels[3] = (*b"CN=", 4);
    labels[6] = (*b"C=\0", 3);
    labels[7] = (*b"L=\0", 3);
    labels[8] = (*b"ST=", 4);
    labels[10] = (*b"O=\0", 3);
    labels[11] = (*b"OU=", 4);
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
        let mut rdns = name.element.inside();
        while !rdns.is_at_end() {
            let ([0x55, 0x04, arc], value) = rdns.usual_rdn()? else { return None };
            let label = LABELS.get(usize::from(*arc)).filter(|(_, length)| *length > 0);
            let text = value.contents();
            if label.is_none() || !is_text(value.tag()) || !stands_for_itself(text) {
                return None;
            }
            let start = contents.len().checked_sub(rdns.remaining())?.checked_sub(text.len())?;
            *usual.attributes.get_mut(usual.count)? = Attribute {
                arc: *arc,
                length: u8::try_from(text.len()).ok()?,
                start: u16::try_from(start).ok()?,
            };
            usual.count = usual.count.saturating_add(1);
        }
        Some(usual)
    }

    /// `CN=name,C=DE`
    pub(crate) fn write_rfc2253(&self, out: &mut Vec<u8>) {
        let mut attributes = self.attributes().iter().rev();
        if let Some(last) = attributes.next() {
            let start = out.len();
            self.write(b',', *last, out);
            // Nothing stands before the first one.
            out.remove(start);
        }
        attributes.for_each(|attribute| self.write(b',', *attribute, out));
    }

    /// `/C=DE/CN=name`
    pub(crate) fn write_legacy(&self, out: &mut Vec<u8>) {
        self.attributes().iter().for_each(|attribute| self.write(b'/', *attribute, out));
    }

    fn attributes(&self) -> &[Attribute] {
        self.attributes.get(..self.count).unwrap_or_default()
    }

    #[inline]
    fn write(&self, separator: u8, Attribute { arc, length, start }: Attribute, out: &mut Vec<u8>) {
        let Some(([one, two, three], label_length)) = LABELS.get(usize::from(arc)) else { return };
        let (length, begin) = (usize::from(length), out.len().wrapping_add(*label_length));
        out.extend_from_slice(&[separator, *one, *two, *three]);
        out.truncate(begin);
        let behind = self.contents.get(usize::from(start)..).unwrap_or_default();
        match behind.first_chunk::<16>() {
            // What follows in the name comes along and is cut off again: cheaper than a copy of any other length.
            Some(piece) if length <= 16 => {
                out.extend_from_slice(piece);
                out.truncate(begin.wrapping_add(length));
            }
            _ => out.extend_from_slice(behind.get(..length).unwrap_or_default()),
        }
    }
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
