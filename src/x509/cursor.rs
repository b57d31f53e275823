//! A forward reader over DER (X.690 §8.1 and §10.1): only definite, minimal lengths.

use crate::x509::{Error, ErrorKind, Part};

// The tags of X.680 §8.6 that certificates and the names in them use.
pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const NUMERIC_STRING: u8 = 0x12;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const TELETEX_STRING: u8 = 0x14;
pub(crate) const VIDEOTEX_STRING: u8 = 0x15;
pub(crate) const IA5_STRING: u8 = 0x16;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const GRAPHIC_STRING: u8 = 0x19;
pub(crate) const VISIBLE_STRING: u8 = 0x1a;
pub(crate) const GENERAL_STRING: u8 = 0x1b;
pub(crate) const UNIVERSAL_STRING: u8 = 0x1c;
pub(crate) const BMP_STRING: u8 = 0x1e;
pub(crate) const SEQUENCE: u8 = 0x10 | CONSTRUCTED;
pub(crate) const SET: u8 = 0x11 | CONSTRUCTED;

/// The bit of an encoding that is made of elements.
pub(crate) const CONSTRUCTED: u8 = 0x20;

/// The tag `[n]`, primitive.
pub(crate) const fn context(number: u8) -> u8 {
    0x80 | number
}

/// The tag `[n]`, constructed.
pub(crate) const fn constructed(number: u8) -> u8 {
    context(number) | CONSTRUCTED
}

/// The remaining bytes of an element, and their end in the whole input, for offsets in errors.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    end: usize,
}

/// One tag-length-value.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    der: &'a [u8],
    /// The length of tag and length.
    header: usize,
    /// Its end in the whole input.
    end: usize,
}

impl<'a> Element<'a> {
    /// The first identifier octet.
    #[inline]
    pub(crate) fn tag(&self) -> u8 {
        self.der.first().copied().unwrap_or_default()
    }

    /// Tag, length and contents.
    #[inline]
    pub(crate) const fn der(&self) -> &'a [u8] {
        self.der
    }

    #[inline]
    pub(crate) fn contents(&self) -> &'a [u8] {
        self.der.get(self.header..).unwrap_or_default()
    }

    /// A reader of the contents.
    #[inline]
    pub(crate) fn inside(&self) -> Cursor<'a> {
        Cursor { rest: self.contents(), end: self.end }
    }
}

impl<'a> Cursor<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, end: bytes.len() }
    }

    #[inline]
    pub(crate) const fn offset(&self) -> usize {
        self.end.saturating_sub(self.rest.len())
    }

    #[inline]
    pub(crate) const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next element, with any tag. Always inlined: parsing a certificate consists of little else.
    #[inline(always)]
    pub(crate) fn element(&mut self) -> Result<Element<'a>, ErrorKind> {
        // Almost every element has a tag of one octet and a length of one to three.
        let (header, length) = match *self.rest {
            [tag, length @ 0..=0x7f, ..] if tag & 0x1f != 0x1f => (2, usize::from(length)),
            [tag, 0x81, length @ 0x80..=0xff, ..] if tag & 0x1f != 0x1f => (3, usize::from(length)),
            [tag, 0x82, high @ 1..=0xff, low, ..] if tag & 0x1f != 0x1f => {
                (4, usize::from(u16::from_be_bytes([high, low])))
            }
            _ => unusual_header(self.rest)?,
        };
        self.take(header, length)
    }

    #[inline(always)]
    fn take(&mut self, header: usize, length: usize) -> Result<Element<'a>, ErrorKind> {
        let (der, rest) = self
            .rest
            .split_at_checked(header.saturating_add(length))
            .ok_or(ErrorKind::Truncated)?;
        self.rest = rest;
        Ok(Element { der, header, end: self.end.saturating_sub(rest.len()) })
    }

    /// The next element, which must have this tag. Inlined as `element` is.
    #[inline(always)]
    pub(crate) fn expect(&mut self, tag: u8, part: Part) -> Result<Element<'a>, Error> {
        match self.rest.first() {
            Some(found) if *found != tag => {
                Err(Error::new(part, ErrorKind::UnexpectedTag, self.offset()))
            }
            _ => {
                let offset = self.offset();
                self.element().map_err(|kind| Error::new(part, kind, offset))
            }
        }
    }

    /// The next element, if it has this tag. Inlined as `element` is.
    #[inline(always)]
    pub(crate) fn optional(&mut self, tag: u8, part: Part) -> Result<Option<Element<'a>>, Error> {
        if self.rest.first() == Some(&tag) { self.expect(tag, part).map(Some) } else { Ok(None) }
    }

    /// The next extension, if it has the usual form: an identifier of three octets (`2.5.29.n`), the flag only if it is set, short
    /// lengths. One match instead of four elements.
    #[inline]
    pub(crate) fn usual_extension(&mut self) -> Option<(&'a [u8], bool, &'a [u8])> {
        let [SEQUENCE, sequence, OBJECT_IDENTIFIER, 3, ref behind @ ..] = *self.rest else {
            return None;
        };
        let (kind, behind) = behind.split_at_checked(3)?;
        let (critical, header, length) = match *behind {
            [OCTET_STRING, length @ 0..=0x70, ..] => (false, 2, length),
            [BOOLEAN, 1, 0xff, OCTET_STRING, length @ 0..=0x70, ..] => (true, 5, length),
            _ => return None,
        };
        // The length leaves nothing over.
        if usize::from(sequence) != usize::from(length).saturating_add(header).saturating_add(5) {
            return None;
        }
        let (_, value) = behind.split_at_checked(header)?;
        let (value, rest) = value.split_at_checked(usize::from(length))?;
        self.rest = rest;
        Some((kind, critical, value))
    }

    /// Checks that nothing follows.
    #[inline]
    pub(crate) fn end(&self, part: Part) -> Result<(), Error> {
        if self.is_at_end() {
            Ok(())
        } else {
            Err(Error::new(part, ErrorKind::TrailingData, self.offset()))
        }
    }
}

/// The size of an unusual tag and length, and the length: X.690 §8.1.2.4 encodes a high tag number in octets of base 128, the last
/// one without the high bit.
#[cold]
fn unusual_header(rest: &[u8]) -> Result<(usize, usize), ErrorKind> {
    let tag = match rest.first() {
        Some(tag) if tag & 0x1f == 0x1f => {
            let octets = rest.iter().skip(1).take_while(|octet| **octet & 0x80 != 0).count();
            octets.saturating_add(2)
        }
        _ => 1,
    };
    let (octets, length) = long_length(rest.get(tag..).unwrap_or_default())?;
    Ok((tag.saturating_add(octets), length))
}

/// A length in any form: its size in octets, and its value.
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
        // Truncated, or 2^24 bytes and more, far over every limit.
        _ => Err(ErrorKind::Truncated),
    }
}

/// Yields elements up to the first malformed one.
impl<'a> Iterator for Cursor<'a> {
    type Item = Result<Element<'a>, ErrorKind>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.is_at_end() {
            return None;
        }
        let element = self.element();
        if element.is_err() {
            self.rest = &[];
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
        assert_eq!(cursor.next().unwrap().err(), Some(ErrorKind::Truncated));
        assert!(cursor.next().is_none());
    }
}
