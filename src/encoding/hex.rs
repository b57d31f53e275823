//! Hex in four spellings; any of them is parsed.

use alloc::vec::Vec;

/// `A382`
pub(crate) fn hex_upper(bytes: &[u8], out: &mut Vec<u8>) {
    spell::<b'A'>(bytes, out);
}

/// `a382`
pub(crate) fn hex_lower(bytes: &[u8], out: &mut Vec<u8>) {
    spell::<b'a'>(bytes, out);
}

/// `a382`, for an array, such as a digest: in one piece.
#[inline]
pub(crate) fn hex_lower_exactly<const N: usize>(bytes: &[u8; N], out: &mut Vec<u8>) {
    piece::<b'a', N>(bytes, out);
}

/// Writes sixteen bytes at a time, then four, then one.
fn spell<const A: u8>(bytes: &[u8], out: &mut Vec<u8>) {
    let (sixteens, rest) = bytes.as_chunks::<16>();
    let (fours, rest) = rest.as_chunks::<4>();
    sixteens.iter().for_each(|bytes| piece::<A, 16>(bytes, out));
    fours.iter().for_each(|bytes| piece::<A, 4>(bytes, out));
    rest.iter().for_each(|byte| out.extend_from_slice(&pair(*byte, A)));
}

/// Computes both digits of a byte as one 16-bit number, which vectorizes on every processor: a third of the instructions.
#[inline]
fn piece<const A: u8, const N: usize>(bytes: &[u8; N], out: &mut Vec<u8>) {
    // From `9` to the first letter.
    let gap = u16::from(A.wrapping_sub(b':'));
    let mut digits = [[0; 2]; N];
    for (place, byte) in digits.iter_mut().zip(bytes) {
        let nibbles = u16::from(*byte) >> 4 | (u16::from(*byte) & 0x0f) << 8;
        // 1 in each half that is over nine.
        let letters = nibbles.wrapping_add(0x0606) >> 4 & 0x0101;
        let text = nibbles.wrapping_add(0x3030).wrapping_add(letters.wrapping_mul(gap));
        *place = text.to_le_bytes();
    }
    out.extend_from_slice(digits.as_flattened());
}

/// One byte as an escape: `\A3`, `%A3`.
#[inline]
pub(crate) const fn hex_escape(mark: u8, byte: u8) -> [u8; 3] {
    let [high, low] = pair(byte, b'A');
    [mark, high, low]
}

/// `A3:82`
pub(crate) fn hex_upper_colons(bytes: &[u8], out: &mut Vec<u8>) {
    colons(bytes, b'A', out);
}

/// `a3:82`
pub(crate) fn hex_lower_colons(bytes: &[u8], out: &mut Vec<u8>) {
    colons(bytes, b'a', out);
}

fn colons(bytes: &[u8], a: u8, out: &mut Vec<u8>) {
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 {
            out.push(b':');
        }
        out.extend_from_slice(&pair(*byte, a));
    }
}

#[inline]
const fn pair(byte: u8, a: u8) -> [u8; 2] {
    [digit(byte >> 4, a), digit(byte & 0x0f, a)]
}

#[inline]
const fn digit(nibble: u8, a: u8) -> u8 {
    match nibble {
        0..10 => b'0' | nibble,
        _ => a.wrapping_add(nibble).wrapping_sub(10),
    }
}

/// Whether the text is pairs of upper-case hex digits, without colons.
pub(crate) fn is_hex_upper(text: &[u8]) -> bool {
    // Without an early exit the loop is vectorized.
    text.iter().fold(text.len().is_multiple_of(2), |all, byte| {
        all & matches!(byte, b'0'..=b'9' | b'A'..=b'F')
    })
}

/// Decodes exactly `N` bytes from hex digits in either case, in loops that are vectorized.
pub(crate) fn decode_hex_exactly<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let (pairs, rest) = text.as_chunks::<2>();
    let are_digits = text.iter().fold(true, |all, byte| all & byte.is_ascii_hexdigit());
    if !are_digits || pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; N];
    for (place, pair) in bytes.iter_mut().zip(pairs) {
        // Both digits at once: a letter has bit 6, and its value is nine more than its last four bits.
        let pair = u16::from_le_bytes(*pair);
        let nibbles = (pair & 0x0f0f).wrapping_add((pair >> 6 & 0x0101).wrapping_mul(9));
        let [high, low] = nibbles.to_le_bytes();
        *place = high << 4 | low;
    }
    Some(bytes)
}

/// Decodes pairs of hex digits in either case, with a colon between all pairs or between none.
pub(crate) fn decode_hex(text: &[u8]) -> Option<Vec<u8>> {
    let colons = text.get(2) == Some(&b':');
    let width = if colons { 3 } else { 2 };
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut pairs = text.chunks(width).peekable();
    while let Some(pair) = pairs.next() {
        let (digits, behind) = pair.split_at_checked(2)?;
        // A colon separates two pairs, and does not follow the last.
        if behind.is_empty() == (colons && pairs.peek().is_some()) {
            return None;
        }
        match (digits, behind) {
            (&[high, low], [] | [b':']) => bytes.push(nibble(high)? << 4 | nibble(low)?),
            _ => return None,
        }
    }
    Some(bytes)
}

pub(crate) const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit & 0x0f),
        b'a'..=b'f' | b'A'..=b'F' => Some((digit & 0x0f).wrapping_add(9)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_digits() {
        let cases: [(&str, Option<&[u8]>); 11] = [
            ("", Some(&[])),
            ("0aFF", Some(&[0x0a, 0xff])),
            ("0a:ff", Some(&[0x0a, 0xff])),
            ("0a", Some(&[0x0a])),
            ("0a:", None),
            ("0a:f", None),
            ("0a:ff:", None),
            ("0aff:00", None),
            ("0a:ff00", None),
            ("abc", None),
            ("0x", None),
        ];
        for (text, expected) in cases {
            assert_eq!(decode_hex(text.as_bytes()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_fixed_number_of_bytes_is_decoded_as_any_number_is() {
        for byte in 0..=u8::MAX {
            for text in [[b'7', byte, b'1', b'b'], [byte, b'7', b'1', b'b']] {
                let decoded = decode_hex_exactly::<2>(&text).map(Vec::from);
                assert_eq!(decoded, decode_hex(&text), "{byte}");
            }
        }
        for text in ["", "07", "070", "07:1b", "071b0", "071b07"] {
            assert_eq!(decode_hex_exactly::<2>(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn every_byte_is_written_in_every_length() {
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        for length in 0..=bytes.len() {
            for bytes in [&bytes[..length], &bytes[bytes.len() - length..]] {
                let (mut upper, mut lower) = (Vec::from(*b"-"), Vec::from(*b"-"));
                hex_upper(bytes, &mut upper);
                hex_lower(bytes, &mut lower);
                assert_eq!(&upper[1..], hex::encode_upper(bytes).as_bytes());
                assert_eq!(&lower[1..], hex::encode(bytes).as_bytes());
            }
        }
    }

    #[test]
    fn upper_and_lower_case_with_and_without_colons() {
        type Spelling = fn(&[u8], &mut Vec<u8>);
        let cases: [(Spelling, &[u8], &str); 8] = [
            (hex_upper, &[0x09, 0xaf, 0x90, 0xfa, 0x5c], "09AF90FA5C"),
            (hex_lower, &[0x09, 0xaf, 0x90, 0xfa, 0x5c], "09af90fa5c"),
            (hex_upper, &[0x00, 0xa3, 0x8f], "00A38F"),
            (hex_lower, &[0x00, 0xa3, 0x8f], "00a38f"),
            (hex_upper_colons, &[0x00, 0xa3, 0x8f], "00:A3:8F"),
            (hex_lower_colons, &[0x00, 0xa3, 0x8f], "00:a3:8f"),
            (hex_lower_colons, &[0x0a], "0a"),
            (hex_lower_colons, &[], ""),
        ];
        for (spelling, bytes, expected) in cases {
            let mut text = Vec::new();
            spelling(bytes, &mut text);
            assert_eq!(text, expected.as_bytes(), "{expected}");
        }
    }
}
