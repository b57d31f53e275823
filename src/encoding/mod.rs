//! Digits: hex and decimal, appended to a buffer.

use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose;

/// Two upper-case digits a byte.
pub(crate) fn hex_upper(bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        out.extend_from_slice(&[digit(byte >> 4, b'A'), digit(byte & 0x0f, b'A')]);
    }
}

const fn digit(nibble: u8, a: u8) -> u8 {
    match nibble {
        0..10 => b'0' | nibble,
        _ => a.wrapping_add(nibble).wrapping_sub(10),
    }
}

/// Two lower-case digits a byte, by the `hex` crate.
pub(crate) fn hex_lower<const N: usize>(bytes: &[u8; N], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start.saturating_add(N.saturating_mul(2)), 0);
    if let Some(place) = out.get_mut(start..) {
        // The place has exactly two bytes for each.
        let _ = hex::encode_to_slice(bytes, place);
    }
}

/// Without leading zeros.
pub(crate) fn decimal(number: u64, out: &mut Vec<u8>) {
    padded_decimal(number, 1, out);
}

/// With leading zeros up to this many digits, at most 20.
pub(crate) fn padded_decimal(mut number: u64, digits: usize, out: &mut Vec<u8>) {
    let mut reversed = [b'0'; 20];
    let mut length = 0usize;
    for place in &mut reversed {
        if number == 0 && length >= digits {
            break;
        }
        *place |= u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
        length = length.saturating_add(1);
    }
    out.extend(reversed.iter().take(length).rev());
}

/// A number below 100 in two characters.
pub(crate) fn two_digits(number: u8, padding: u8, out: &mut Vec<u8>) {
    let tens = match number / 10 {
        0 => padding,
        tens => digit(tens, b'A'),
    };
    out.extend_from_slice(&[tens, digit(number % 10, b'A')]);
}

/// Standard base64 with padding (RFC 4648 §4).
pub(crate) fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    let length = base64_len(bytes.len());
    out.resize(start.saturating_add(length), 0);
    if let Some(place) = out.get_mut(start..) {
        // The place has exactly the bytes it takes.
        let _ = BASE64.encode_slice(bytes, place);
    }
}

/// The engine that looks for vector instructions once: three times as fast as the one that does not.
#[cfg(all(feature = "std", target_arch = "x86_64"))]
static BASE64: std::sync::LazyLock<base64::engine::Simd> =
    std::sync::LazyLock::new(|| base64::engine::Simd::standard(general_purpose::PAD));
#[cfg(not(all(feature = "std", target_arch = "x86_64")))]
static BASE64: base64::engine::GeneralPurpose = general_purpose::STANDARD;

/// The length of so many bytes in base64 with padding.
pub(crate) const fn base64_len(bytes: usize) -> usize {
    bytes.div_ceil(3).saturating_mul(4)
}

/// A byte sequence of RFC 9651 §3.3.5, as RFC 9440 §2.2 sends a certificate: `:` base64 `:`.
pub(crate) fn byte_sequence(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b':');
    base64(bytes, out);
    out.push(b':');
}
