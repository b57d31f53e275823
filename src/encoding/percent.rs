//! Percent-encoding (RFC 3986 §2.1) in the dialects of others.

use alloc::vec::Vec;

use super::hex_upper;

/// Go's `url.QueryEscape`: all but letters, digits, `-`, `.`, `_` and `~`; a space becomes `+`.
pub(crate) fn query(bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(*byte),
            b' ' => out.push(b'+'),
            _ => escape(*byte, out),
        }
    }
}

/// `%2C`
pub(crate) fn escape(byte: u8, out: &mut Vec<u8>) {
    out.push(b'%');
    hex_upper(&[byte], out);
}
