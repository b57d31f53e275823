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
    /// The first identifier octet.
    pub(crate) tag: u8,
    /// Tag, length and contents.
    pub(crate) der: &'a [u8],
    pub(crate) contents: &'a [u8],
    /// The input up to this element's end, and where its contents start in it.
    bytes: &'a [u8],
    start: usize,
}

impl<'a> Element<'a> {
    /// A reader of the contents.
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

    pub(crate) const fn is_at_end(&self) -> bool {
        self.position >= self.bytes.len()
    }

    /// The next tag's first octet.
    pub(crate) fn peek_tag(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    /// The next element, whatever its tag.
    pub(crate) fn element(&mut self) -> Result<Element<'a>, ErrorKind> {
        let begin = self.position;
        let mut at = begin;
        let mut next = || {
            let byte = self.bytes.get(at).copied();
            at = at.saturating_add(1);
            byte.ok_or(ErrorKind::Truncated)
        };
        let tag = next()?;
        if tag & 0x1f == 0x1f {
            // High tag numbers: base 128, the last octet without the high bit (X.690 §8.1.2.4).
            while next()? & 0x80 != 0 {}
        }
        let length = match next()? {
            short @ 0..=0x7f => usize::from(short),
            0x80 => return Err(ErrorKind::IndefiniteLength),
            0x81 => match next()? {
                0..=0x7f => return Err(ErrorKind::NonMinimalLength),
                length => usize::from(length),
            },
            0x82 => match u16::from_be_bytes([next()?, next()?]) {
                0..=0xff => return Err(ErrorKind::NonMinimalLength),
                length => usize::from(length),
            },
            0x83 => match u32::from_be_bytes([0, next()?, next()?, next()?]) {
                0..=0xffff => return Err(ErrorKind::NonMinimalLength),
                length => usize::try_from(length).map_err(|_| ErrorKind::Truncated)?,
            },
            // 2^24 bytes or more, far beyond any limit of ours, or padded with zeros.
            _ if self.bytes.get(at) == Some(&0) => return Err(ErrorKind::NonMinimalLength),
            _ => return Err(ErrorKind::Truncated),
        };
        let end = at.saturating_add(length);
        let (Some(bytes), Some(contents)) = (self.bytes.get(..end), self.bytes.get(at..end)) else {
            return Err(ErrorKind::Truncated);
        };
        let der = bytes.get(begin..).unwrap_or_default();
        self.position = end;
        Ok(Element { tag, der, contents, bytes, start: at })
    }

    /// The next element, which must have this tag.
    pub(crate) fn expect(&mut self, tag: u8, part: Part) -> Result<Element<'a>, Error> {
        let offset = self.position;
        match self.peek_tag() {
            Some(found) if found != tag => Err(Error::new(part, ErrorKind::UnexpectedTag, offset)),
            _ => self.element().map_err(|kind| Error::new(part, kind, offset)),
        }
    }

    /// The next element, if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8, part: Part) -> Result<Option<Element<'a>>, Error> {
        if self.peek_tag() == Some(tag) { self.expect(tag, part).map(Some) } else { Ok(None) }
    }

    /// Nothing may follow.
    pub(crate) fn end(&self, part: Part) -> Result<(), Error> {
        if self.is_at_end() {
            Ok(())
        } else {
            Err(Error::new(part, ErrorKind::TrailingData, self.position))
        }
    }
}

/// Elements one after the other, up to the first that can't be read.
impl<'a> Iterator for Cursor<'a> {
    type Item = Result<Element<'a>, ErrorKind>;

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
            let read = Cursor::new(input).element().map(|element| element.contents.len());
            assert_eq!(read, expected, "{name}");
        }
    }

    #[test]
    fn a_high_tag_number_spans_octets() {
        let element = Cursor::new(&[0x1f, 0x81, 0x01, 1, 9, 0xff]).element().unwrap();
        assert_eq!((element.tag, element.contents, element.der.len()), (0x1f, &[9u8][..], 5));
    }

    #[test]
    fn a_cursor_ends_at_its_first_error() {
        let mut cursor = Cursor::new(&[5, 0, 4, 9]);
        assert!(cursor.next().unwrap().is_ok());
        assert_eq!(cursor.next().unwrap().unwrap_err(), ErrorKind::Truncated);
        assert!(cursor.next().is_none());
    }
}
