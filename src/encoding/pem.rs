//! Certificates as PEM (RFC 7468): written with 64 columns and a line feed after every line; parsed in the forms in which headers
//! contain it: URL-encoded in several dialects, folded with tabs or spaces, or on one line.

use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::nibble;

/// A label and its markers, as they are and as most proxies escape them.
pub(crate) struct PemLabel {
    pub(crate) name: &'static [u8],
    begin: [&'static [u8]; 2],
    end: [&'static [u8]; 2],
}

macro_rules! label {
    ($name:literal, $escaped:literal) => {
        PemLabel {
            name: $name.as_bytes(),
            begin: [
                concat!("-----BEGIN ", $name, "-----").as_bytes(),
                concat!("-----BEGIN%20", $escaped, "-----").as_bytes(),
            ],
            end: [
                concat!("-----END ", $name, "-----").as_bytes(),
                concat!("-----END%20", $escaped, "-----").as_bytes(),
            ],
        }
    };
}

const CERTIFICATE: PemLabel = label!("CERTIFICATE", "CERTIFICATE");

/// OpenSSL's own label: the certificate, followed by trust settings.
pub(crate) const PEM_TRUSTED: &[u8] = b"TRUSTED CERTIFICATE";

/// The labels that OpenSSL accepts for a certificate.
pub(crate) const PEM_LABELS: [PemLabel; 3] = [
    CERTIFICATE,
    label!("X509 CERTIFICATE", "X509%20CERTIFICATE"),
    label!("TRUSTED CERTIFICATE", "TRUSTED%20CERTIFICATE"),
];

/// A `+` in the marker identifies the form dialect, in which every `+` is a space.
const FORM_BEGIN: &[u8] = b"-----BEGIN+";

/// Pushes the text in pieces; each line feed is a piece of its own.
pub(crate) fn pem(der: &[u8], mut push: impl FnMut(&[u8])) {
    let PemLabel { begin: [begin, _], end: [end, _], .. } = CERTIFICATE;
    push(begin);
    push(b"\n");
    let mut line = [0; 64];
    for bytes in der.chunks(48) {
        let length = STANDARD.encode_slice(bytes, &mut line).unwrap_or_default();
        push(line.get(..length).unwrap_or_default());
        push(b"\n");
    }
    push(end);
    push(b"\n");
}

/// The label and the base64 of every block, in order, without white space. Only white space is allowed around the blocks: anything else
/// is `None`. A block may be empty: Caddy sends one if there is no certificate.
pub(crate) fn pem_texts(text: &[u8]) -> impl Iterator<Item = Option<(&'static PemLabel, Vec<u8>)>> {
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

    fn skip(&mut self, [plain, escaped]: [&[u8]; 2]) -> Option<()> {
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

    /// The label of the block that begins here, and the text behind its marker.
    fn label(self) -> Option<(&'static PemLabel, &'t [u8])> {
        const LABELS: &[PemLabel] = &PEM_LABELS;
        LABELS.iter().find_map(|label| {
            let mut behind = self;
            behind.skip(label.begin)?;
            Some((label, behind.rest))
        })
    }

    fn block(&mut self) -> Option<(&'static PemLabel, Vec<u8>)> {
        let (label, behind) = self.label()?;
        self.rest = behind;
        let base64 = self.up_to_a_dash()?;
        self.skip(label.end)?;
        self.skip_white_space();
        // Some proxies join blocks with commas.
        let mut next = *self;
        if next.skip([b","; 2]).is_some() {
            next.skip_white_space();
            if next.label().is_some() {
                *self = next;
            }
        }
        Some((label, base64))
    }

    /// Reads up to the first `-`, which base64 does not contain.
    fn up_to_a_dash(&mut self) -> Option<Vec<u8>> {
        let mut text = Vec::with_capacity(self.rest.len());
        loop {
            // Few bytes are escaped: the others are copied in pieces.
            while let Some((piece, behind)) = self.rest.split_first_chunk::<PIECE>() {
                let plain = digits(piece, self.is_form);
                text.extend_from_slice(piece);
                if plain < PIECE {
                    text.truncate(text.len().saturating_sub(PIECE.saturating_sub(plain)));
                    self.rest = self.rest.get(plain..)?;
                    break;
                }
                self.rest = behind;
            }
            let (byte, behind) = self.first()?;
            if byte == b'-' {
                return Some(text);
            }
            // Pushed and removed again: a branch on whether an escape is a line feed would often be mispredicted.
            text.push(byte);
            text.truncate(text.len().saturating_sub(byte.is_ascii_whitespace().into()));
            self.rest = behind;
        }
    }
}

/// Longer than most texts between two escapes, so that one piece is usually enough.
const PIECE: usize = 32;

/// The number of bytes before the first `-`, `%` or white space: before the first byte that is `-` or less than `+`. In the form
/// dialect a `+` counts too.
fn digits(piece: &[u8; PIECE], is_form: bool) -> usize {
    let (words, _) = piece.as_chunks::<8>();
    let [one, two, three, four] = words else { return 0 };
    let ends = |word: &[u8; 8]| ends(u64::from_le_bytes(*word), is_form);
    // Computed for all words, without a branch between them.
    let (one, two, three, four) = (ends(one), ends(two), ends(three), ends(four));
    let digits = if one != 0 {
        one.trailing_zeros() / 8
    } else if two != 0 {
        (two.trailing_zeros() / 8).saturating_add(8)
    } else if three != 0 {
        (three.trailing_zeros() / 8).saturating_add(16)
    } else {
        (four.trailing_zeros() / 8).saturating_add(24)
    };
    usize::try_from(digits).unwrap_or_default()
}

/// Sets the highest bit of each byte that ends the digits; only the first is exact. The eight bytes are compared at once, as one number.
const fn ends(word: u64, is_form: bool) -> u64 {
    const fn each(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    let below = word.wrapping_sub(each(if is_form { b',' } else { b'+' })) & !word;
    let dashes = word ^ each(b'-');
    let dashes = dashes.wrapping_sub(each(1)) & !dashes;
    (below | dashes) & each(0x80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::{UrlForm, decode_base64};

    fn decoded(text: &[u8]) -> Option<Vec<Vec<u8>>> {
        pem_texts(text).map(|block| decode_base64(&block?.1)).collect()
    }

    #[test]
    fn a_stop_is_found_at_every_position_of_a_piece() {
        for byte in 0..=u8::MAX {
            for at in 0..PIECE {
                for is_form in [false, true] {
                    let mut piece = *b"AZaz09/=BYby18/=CXcx27/=DWdw36/=";
                    piece[at] = byte;
                    // A second stop after it.
                    piece[PIECE - 1] = if at < PIECE - 1 { b'-' } else { byte };
                    let stops =
                        |byte: &u8| *byte < b'+' || *byte == b'-' || is_form && *byte == b'+';
                    let expected = piece.iter().position(stops).unwrap_or(PIECE);
                    assert_eq!(digits(&piece, is_form), expected, "{byte} at {at}");
                }
            }
        }
    }

    #[test]
    fn written_blocks_of_every_length_are_read_back() {
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
    fn blocks_in_each_spelling() {
        let cases: [(&str, &str, Option<usize>); 24] = [
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
            ("text after", "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----x", None),
            ("no end", "-----BEGIN CERTIFICATE-----MAA=", None),
            (
                "every label",
                "-----BEGIN X509 CERTIFICATE-----MAA=-----END X509 CERTIFICATE----------BEGIN TRUSTED CERTIFICATE-----MAA=-----END TRUSTED CERTIFICATE-----",
                Some(2),
            ),
            (
                "a label in the form dialect",
                "-----BEGIN+X509+CERTIFICATE-----%0AMAA%3D%0A-----END+X509+CERTIFICATE-----",
                Some(1),
            ),
            (
                "labels joined with a comma",
                "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----,-----BEGIN X509 CERTIFICATE-----MAA=-----END X509 CERTIFICATE-----",
                Some(2),
            ),
            (
                "an end with another label",
                "-----BEGIN X509 CERTIFICATE-----MAA=-----END CERTIFICATE-----",
                None,
            ),
            ("another kind", "-----BEGIN X509 CRL-----MAA=-----END X509 CRL-----", None),
            ("escaped twice", "-----BEGIN%2520CERTIFICATE-----", None),
        ];
        for (name, text, expected) in cases {
            let blocks = decoded(text.as_bytes()).map(|blocks| blocks.len());
            assert_eq!(blocks, expected, "{name}");
            // The result is the same with every byte escaped.
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
