//! Hex, in its four spellings.

use alloc::vec::Vec;

/// `A382`
pub(crate) fn hex_upper(bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        out.extend_from_slice(&pair(*byte, b'A'));
    }
}

/// `a382`
pub(crate) fn hex_lower(bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start.saturating_add(bytes.len().saturating_mul(2)), 0);
    if let Some(place) = out.get_mut(start..) {
        // The place has exactly two bytes for each.
        let _ = hex::encode_to_slice(bytes, place);
    }
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

const fn pair(byte: u8, a: u8) -> [u8; 2] {
    [digit(byte >> 4, a), digit(byte & 0x0f, a)]
}

const fn digit(nibble: u8, a: u8) -> u8 {
    match nibble {
        0..10 => b'0' | nibble,
        _ => a.wrapping_add(nibble).wrapping_sub(10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_spellings() {
        type Spelling = fn(&[u8], &mut Vec<u8>);
        let cases: [(Spelling, &[u8], &str); 6] = [
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
