//! Certificates as PEM (RFC 7468): written with 64 columns and a line feed after every line; parsed in the forms in which headers
//! contain it: URL-encoded in several dialects, folded with tabs or spaces, or on one line.

use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::nibble;

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
const END: &[u8] = b"-----END CERTIFICATE-----";

/// The markers as most proxies escape them.
const ESCAPED_BEGIN: &[u8] = b"-----BEGIN%20CERTIFICATE-----";
const ESCAPED_END: &[u8] = b"-----END%20CERTIFICATE-----";

/// A `+` in the marker identifies the form dialect, in which every `+` is a space.
const FORM_BEGIN: &[u8] = b"-----BEGIN+CERTIFICATE-----";

/// Pushes the text in pieces; each line feed is a piece of its own.
pub(crate) fn pem(der: &[u8], mut push: impl FnMut(&[u8])) {
    push(BEGIN);
    push(b"\n");
    let mut line = [0; 64];
    for bytes in der.chunks(48) {
        let length = STANDARD.encode_slice(bytes, &mut line).unwrap_or_default();
        push(line.get(..length).unwrap_or_default());
        push(b"\n");
    }
    push(END);
    push(b"\n");
}

/// The base64 of every block, in order, without white space. Only white space is allowed around the blocks: anything else is `None`.
/// A block may be empty: Caddy sends one if there is no certificate.
pub(crate) fn pem_texts(text: &[u8]) -> impl Iterator<Item = Option<Vec<u8>>> {
    let mut rest = Text { rest: text, is_form: text.starts_with(FORM_BEGIN) };
    rest.skip_white_space();
    let mut is_broken = false;
    core::iter::from_fn(move || {
        if is_broken || rest.rest.is_empty() {
            return None;
        }
        let block = rest.block();
        is_broken = block.is_none();
        Some(block)
    })
}

/// The unread part of a text. Its URL-encoding is decoded while it is read, without a copy.
#[derive(Clone, Copy)]
struct Text<'t> {
    rest: &'t [u8],
    /// In the form dialect a `+` is a space and `%2B` is a `+`.
    is_form: bool,
}

impl<'t> Text<'t> {
    /// The next byte and the rest; `None` at the end, and for a `%` without two hex digits.
    const fn first(self) -> Option<(u8, &'t [u8])> {
        match self.rest {
            [b'%', high, low, behind @ ..] => match (nibble(*high), nibble(*low)) {
                (Some(high), Some(low)) => Some((high << 4 | low, behind)),
                _ => None,
            },
            [] | [b'%', ..] => None,
            [b'+', behind @ ..] if self.is_form => Some((b' ', behind)),
            [byte, behind @ ..] => Some((*byte, behind)),
        }
    }

    fn skip_white_space(&mut self) {
        while let Some((byte, behind)) = self.first()
            && byte.is_ascii_whitespace()
        {
            self.rest = behind;
        }
    }

    fn skip(&mut self, plain: &[u8], escaped: &[u8]) -> Option<()> {
        let usual = self.rest.strip_prefix(escaped).or_else(|| self.rest.strip_prefix(plain));
        if let Some(behind) = usual {
            self.rest = behind;
            return Some(());
        }
        for byte in plain {
            let (_, behind) = self.first().filter(|(own, _)| own == byte)?;
            self.rest = behind;
        }
        Some(())
    }

    fn block(&mut self) -> Option<Vec<u8>> {
        self.skip(BEGIN, ESCAPED_BEGIN)?;
        let base64 = self.up_to_a_dash()?;
        self.skip(END, ESCAPED_END)?;
        self.skip_white_space();
        // Some proxies join blocks with commas.
        let mut next = *self;
        if next.skip(b",", b",").is_some() {
            next.skip_white_space();
            if { next }.skip(BEGIN, ESCAPED_BEGIN).is_some() {
                *self = next;
            }
        }
        Some(base64)
    }

    /// Reads up to the first `-`, which base64 does not contain.
    fn up_to_a_dash(&mut self) -> Option<Vec<u8>> {
        let mut text = Vec::with_capacity(self.rest.len());
        loop {
            // Few bytes are escaped: the others are copied eight at a time.
            while let Some((eight, behind)) = self.rest.split_first_chunk::<8>() {
                let plain = digits(eight, self.is_form);
                text.extend_from_slice(eight);
                if plain < eight.len() {
                    text.truncate(text.len().saturating_sub(eight.len().saturating_sub(plain)));
                    self.rest = self.rest.get(plain..)?;
                    break;
                }
                self.rest = behind;
            }
            let (byte, behind) = self.first()?;
            match byte {
                b'-' => return Some(text),
                byte if byte.is_ascii_whitespace() => {}
                byte => text.push(byte),
            }
            self.rest = behind;
        }
    }
}

/// The number of bytes before the first `-`, `%` or white space: before the first byte that is `-` or less than `+`. In the form
/// dialect a `+` counts too. The eight bytes are compared at once, as one number.
fn digits(eight: &[u8; 8], is_form: bool) -> usize {
    const fn each(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    let word = u64::from_le_bytes(*eight);
    let below = word.wrapping_sub(each(if is_form { b',' } else { b'+' })) & !word;
    let dashes = word ^ each(b'-');
    let dashes = dashes.wrapping_sub(each(1)) & !dashes;
    let first = ((below | dashes) & each(0x80)).trailing_zeros() / u8::BITS;
    usize::try_from(first).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::{UrlForm, decode_base64};

    fn decoded(text: &[u8]) -> Option<Vec<Vec<u8>>> {
        pem_texts(text).map(|text| decode_base64(&text?)).collect()
    }

    #[test]
    fn every_byte_is_looked_at() {
        for byte in 0..=u8::MAX {
            for at in 0..8 {
                for is_form in [false, true] {
                    let mut eight = *b"AZaz09/=";
                    eight[at] = byte;
                    // A second one behind it.
                    eight[7] = if at < 7 { b'-' } else { byte };
                    let stops =
                        |byte: &u8| *byte < b'+' || *byte == b'-' || is_form && *byte == b'+';
                    let expected = eight.iter().position(stops).unwrap_or(8);
                    assert_eq!(digits(&eight, is_form), expected, "{byte} at {at}");
                }
            }
        }
    }

    #[test]
    fn what_is_written_is_read_in_every_length() {
        let bytes: Vec<u8> = (0..=u8::MAX).rev().collect();
        for length in 1..bytes.len() {
            for form in [UrlForm::Component, UrlForm::Envoy, UrlForm::Alb, UrlForm::Form] {
                let mut text = Vec::new();
                pem(&bytes[..length], |piece| form.write(piece, &mut text));
                let expected = Some(Vec::from([bytes[..length].to_vec()]));
                assert_eq!(decoded(&text), expected, "{form:?}, {length}");
            }
        }
    }

    #[test]
    fn lines_of_64_columns() {
        let cases: [(usize, &[usize]); 4] = [(1, &[4]), (48, &[64]), (49, &[64, 4]), (0, &[])];
        for (bytes, expected) in cases {
            let mut text = Vec::new();
            pem(&[7; 100][..bytes], |piece| text.extend_from_slice(piece));
            let text = core::str::from_utf8(&text).unwrap();
            assert!(text.ends_with("-----END CERTIFICATE-----\n"));
            let lines: Vec<usize> = text.lines().map(str::len).collect();
            assert_eq!(lines, [&[27], expected, &[25]].concat(), "{bytes}");
        }
    }

    #[test]
    fn every_dialect() {
        let cases: [(&str, &str, Option<usize>); 20] = [
            ("lines", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", Some(1)),
            (
                "CRLF",
                "-----BEGIN CERTIFICATE-----\r\nMAA=\r\n-----END CERTIFICATE-----\r\n",
                Some(1),
            ),
            (
                "tabs",
                "-----BEGIN CERTIFICATE-----\n\tMA\n\tA=\n\t-----END CERTIFICATE-----",
                Some(1),
            ),
            ("spaces", "-----BEGIN CERTIFICATE----- MA A= -----END CERTIFICATE----- ", Some(1)),
            ("one line", "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----", Some(1)),
            ("no padding", "-----BEGIN CERTIFICATE-----MAA-----END CERTIFICATE-----", Some(1)),
            (
                "escaped",
                "-----BEGIN%20CERTIFICATE-----%0AMAA%3D%0A-----END%20CERTIFICATE-----%0A",
                Some(1),
            ),
            (
                "escaped, `=` bare",
                "-----BEGIN%20CERTIFICATE-----%0AMAA=%0A-----END%20CERTIFICATE-----%0A",
                Some(1),
            ),
            (
                "two",
                "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----",
                Some(2),
            ),
            ("empty block", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", Some(1)),
            ("nothing", "", Some(0)),
            (
                "`+` for a space",
                "-----BEGIN+CERTIFICATE-----%0AMAA%3D%0A-----END+CERTIFICATE-----",
                Some(1),
            ),
            (
                "`+` at the end alone",
                "-----BEGIN CERTIFICATE-----MAA=-----END+CERTIFICATE-----",
                None,
            ),
            (
                "joined with commas",
                "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----, -----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----",
                Some(2),
            ),
            (
                "a comma at the end",
                "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----,",
                None,
            ),
            ("text before", "x-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----", None),
            ("text behind", "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----x", None),
            ("no end", "-----BEGIN CERTIFICATE-----MAA=", None),
            ("another kind", "-----BEGIN X509 CRL-----MAA=-----END X509 CRL-----", None),
            ("escaped twice", "-----BEGIN%2520CERTIFICATE-----", None),
        ];
        for (name, text, expected) in cases {
            let blocks = decoded(text.as_bytes()).map(|blocks| blocks.len());
            assert_eq!(blocks, expected, "{name}");
            // Nothing depends on what is escaped, but for `%` itself.
            if !text.contains(['%', '+']) {
                let escaped: Vec<u8> =
                    text.bytes().flat_map(|byte| crate::encoding::hex_escape(b'%', byte)).collect();
                assert_eq!(decoded(&escaped).map(|blocks| blocks.len()), expected, "{name}");
            }
        }
    }

    #[test]
    fn a_plus_is_a_space_only_in_the_form_dialect() {
        // Base64 of these three bytes is `++/+`.
        let bytes: [u8; 3] = [0xfb, 0xef, 0xfe];
        for text in [
            "-----BEGIN CERTIFICATE-----%0A++/+%0A-----END CERTIFICATE-----",
            "-----BEGIN%20CERTIFICATE-----%0A%2B+%2F%2B%0A-----END%20CERTIFICATE-----",
            "-----BEGIN+CERTIFICATE-----%0A%2B%2B%2F%2B%0A-----END+CERTIFICATE-----%0A",
        ] {
            assert_eq!(decoded(text.as_bytes()), Some(Vec::from([bytes.to_vec()])), "{text}");
        }
    }
}
