//! A forward reader over DER, X.690 §8.1 and §10.1: definite, minimal lengths and nothing else.

use crate::error::{Error, ErrorKind, Part};

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// A position in DER, up to the end of the element that is being read.
///
/// Offsets count from the start of the whole input, so that an error can name one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    /// The input, cut at the end of the element.
    bytes: &'a [u8],
    position: usize,
}

/// One tag-length-value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    /// The input, cut at the element's end.
    bytes: &'a [u8],
    /// Where its tag stands.
    begin: usize,
    /// Where its contents start.
    start: usize,
}

impl<'a> Element<'a> {
    /// The first identifier octet.
    #[inline]
    pub(crate) fn tag(&self) -> u8 {
        self.bytes.get(self.begin).copied().unwrap_or_default()
    }

    /// Tag, length and contents.
    #[inline]
    pub(crate) fn der(&self) -> &'a [u8] {
        self.bytes.get(self.begin..).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn contents(&self) -> &'a [u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// A reader of the contents.
    #[inline]
    pub(crate) const fn inside(&self) -> Cursor<'a> {
        Cursor { bytes: self.bytes, position: self.start }
    }
}

impl<'a> Cursor<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    pub(crate) const fn offset(&self) -> usize {
        self.position
    }

    #[inline]
    pub(crate) const fn is_at_end(&self) -> bool {
        self.position >= self.bytes.len()
    }

    /// The next tag's first octet.
    #[inline]
    pub(crate) fn peek_tag(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    /// The next element, whatever its tag.
    #[inline]
    pub(crate) fn element(&mut self) -> Result<Element<'a>, ErrorKind> {
        let begin = self.position;
        let rest = self.bytes.get(begin..).unwrap_or_default();
        // Almost every element has a tag and a length of one octet each, or two or three for the length.
        let (header, length) = match *rest {
            [tag, ..] if tag & 0x1f == 0x1f => return self.high_tag_element(),
            [_, length @ 0..=0x7f, ..] => (2, usize::from(length)),
            [_, 0x81, length @ 0x80..=0xff, ..] => (3, usize::from(length)),
            [_, 0x82, high @ 1..=0xff, low, ..] => {
                (4, usize::from(u16::from_be_bytes([high, low])))
            }
            _ => {
                let (octets, length) = long_length(rest.get(1..).unwrap_or_default())?;
                (octets.saturating_add(1), length)
            }
        };
        self.take(header, length)
    }

    /// X.690 §8.1.2.4: base 128, the last octet without the high bit.
    #[cold]
    fn high_tag_element(&mut self) -> Result<Element<'a>, ErrorKind> {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let octets = rest.iter().skip(1).take_while(|octet| **octet & 0x80 != 0).count();
        let tag = octets.saturating_add(2);
        let (length_octets, length) = long_length(rest.get(tag..).unwrap_or_default())?;
        self.take(tag.saturating_add(length_octets), length)
    }

    #[inline]
    fn take(&mut self, header: usize, length: usize) -> Result<Element<'a>, ErrorKind> {
        let begin = self.position;
        let start = begin.saturating_add(header);
        let end = start.saturating_add(length);
        let bytes = self.bytes.get(..end).ok_or(ErrorKind::Truncated)?;
        self.position = end;
        Ok(Element { bytes, begin, start })
    }

    /// The next element, which must have this tag.
    #[inline]
    pub(crate) fn expect(&mut self, tag: u8, part: Part) -> Result<Element<'a>, Error> {
        let offset = self.position;
        match self.peek_tag() {
            Some(found) if found != tag => Err(Error::new(part, ErrorKind::UnexpectedTag, offset)),
            _ => self.element().map_err(|kind| Error::new(part, kind, offset)),
        }
    }

    /// The next element, if it has this tag.
    #[inline]
    pub(crate) fn optional(&mut self, tag: u8, part: Part) -> Result<Option<Element<'a>>, Error> {
        if self.peek_tag() == Some(tag) { self.expect(tag, part).map(Some) } else { Ok(None) }
    }

    /// The next relative distinguished name, if it is of the usual kind: one attribute of three octets (`2.5.4.n`) with a short
    /// value. One look in place of four elements; names take a third of the time.
    #[inline]
    pub(crate) fn usual_rdn(&mut self) -> Option<(&'a [u8], Element<'a>)> {
        let begin = self.position;
        let [
            SET,
            set,
            SEQUENCE,
            sequence,
            OBJECT_IDENTIFIER,
            3,
            _,
            _,
            _,
            tag,
            value @ 0..=0x70,
            ..,
        ] = *self.bytes.get(begin..)?
        else {
            return None;
        };
        // The lengths leave nothing over, and the value has a tag of one octet.
        if u16::from(set) != u16::from(value).saturating_add(9)
            || u16::from(sequence) != u16::from(value).saturating_add(7)
            || tag & 0x1f == 0x1f
        {
            return None;
        }
        let kind = self.bytes.get(begin.saturating_add(6)..begin.saturating_add(9))?;
        let start = begin.saturating_add(11);
        let end = start.saturating_add(usize::from(value));
        let element =
            Element { bytes: self.bytes.get(..end)?, begin: begin.saturating_add(9), start };
        self.position = end;
        Some((kind, element))
    }

    /// Nothing may follow.
    #[inline]
    pub(crate) fn end(&self, part: Part) -> Result<(), Error> {
        if self.is_at_end() {
            Ok(())
        } else {
            Err(Error::new(part, ErrorKind::TrailingData, self.position))
        }
    }
}

/// A length of any form: how many octets it takes, and what it is.
#[cold]
fn long_length(octets: &[u8]) -> Result<(usize, usize), ErrorKind> {
    match *octets {
        [length @ 0..=0x7f, ..] => Ok((1, usize::from(length))),
        [0x80, ..] => Err(ErrorKind::IndefiniteLength),
        [0x81, length @ 0x80..=0xff, ..] => Ok((2, usize::from(length))),
        [0x82, high @ 1..=0xff, low, ..] => Ok((3, usize::from(u16::from_be_bytes([high, low])))),
        [0x83, high @ 1..=0xff, middle, low, ..] => {
            let length = u32::from_be_bytes([0, high, middle, low]);
            Ok((4, usize::try_from(length).map_err(|_| ErrorKind::Truncated)?))
        }
        [0x81, 0..=0x7f, ..] | [0x82..=0xff, 0, ..] => Err(ErrorKind::NonMinimalLength),
        // Cut off, or 2^24 bytes and more, far beyond any limit of ours.
        _ => Err(ErrorKind::Truncated),
    }
}
/// Elements one after the other, up to the first that can't be read.
impl<'a> Iterator for Cursor<'a> {
    type Item = Result<Element<'a>, ErrorKind>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.is_at_end() {
            return None;
        }
        let element = self.element();
        if element.is_err() {
            self.position = self.bytes.len();
        }
        Some(element)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn lengths() {
        let mut long = vec![4, 0x82, 1, 0];
        long.resize(4 + 256, 7);
        let mut longer = vec![4, 0x83, 1, 0, 0];
        longer.resize(5 + 65_536, 7);
        let cases: [(&str, &[u8], Result<usize, ErrorKind>); 13] = [
            ("empty input", &[], Err(ErrorKind::Truncated)),
            ("tag only", &[4], Err(ErrorKind::Truncated)),
            ("no contents", &[4, 0], Ok(0)),
            ("short", &[4, 2, 1, 2], Ok(2)),
            ("contents cut off", &[4, 3, 1, 2], Err(ErrorKind::Truncated)),
            ("indefinite", &[0x24, 0x80, 0, 0], Err(ErrorKind::IndefiniteLength)),
            ("81 for a short one", &[4, 0x81, 1, 0], Err(ErrorKind::NonMinimalLength)),
            ("82 with a zero", &[4, 0x82, 0, 0xff], Err(ErrorKind::NonMinimalLength)),
            ("83 with a zero", &[4, 0x83, 0, 0xff, 0xff], Err(ErrorKind::NonMinimalLength)),
            ("84 with a zero", &[4, 0x84, 0, 0, 0, 1], Err(ErrorKind::NonMinimalLength)),
            ("84 of 16 MiB", &[4, 0x84, 1, 0, 0, 0], Err(ErrorKind::Truncated)),
            ("82", &long, Ok(256)),
            ("83", &longer, Ok(65_536)),
        ];
        for (name, input, expected) in cases {
            let read = Cursor::new(input).element().map(|element| element.contents().len());
            assert_eq!(read, expected, "{name}");
        }
    }

    #[test]
    fn a_high_tag_number_spans_octets() {
        let element = Cursor::new(&[0x1f, 0x81, 0x01, 1, 9, 0xff]).element().unwrap();
        assert_eq!((element.tag(), element.contents(), element.der().len()), (0x1f, &[9u8][..], 5));
    }

    #[test]
    fn a_cursor_ends_at_its_first_error() {
        let mut cursor = Cursor::new(&[5, 0, 4, 9]);
        assert!(cursor.next().unwrap().is_ok());
        assert_eq!(cursor.next().unwrap().unwrap_err(), ErrorKind::Truncated);
        assert!(cursor.next().is_none());
    }
}
