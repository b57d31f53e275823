//! Base64 (RFC 4648 §4), and what is wrapped around it.

use alloc::vec::Vec;

use base64::engine::general_purpose;

/// The engine that looks for vector instructions once: three times as fast as the one that does not.
#[cfg(all(feature = "std", target_arch = "x86_64"))]
fn standard() -> &'static base64::engine::Simd {
    static ENGINE: std::sync::LazyLock<base64::engine::Simd> =
        std::sync::LazyLock::new(|| base64::engine::Simd::standard(general_purpose::PAD));
    &ENGINE
}
#[cfg(not(all(feature = "std", target_arch = "x86_64")))]
const fn standard() -> &'static base64::engine::GeneralPurpose {
    &general_purpose::STANDARD
}

/// Standard base64 with padding.
pub(crate) fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    encode(standard(), bytes, base64_len(bytes.len()), out);
}

/// Standard base64 without padding.
pub(crate) fn base64_unpadded(bytes: &[u8], out: &mut Vec<u8>) {
    let length = bytes.len().saturating_mul(4).div_ceil(3);
    encode(&general_purpose::STANDARD_NO_PAD, bytes, length, out);
}

/// The alphabet for URLs without padding.
pub(crate) fn base64_url(bytes: &[u8], out: &mut Vec<u8>) {
    let length = bytes.len().saturating_mul(4).div_ceil(3);
    encode(&general_purpose::URL_SAFE_NO_PAD, bytes, length, out);
}

fn encode(engine: &impl base64::Engine, bytes: &[u8], length: usize, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start.saturating_add(length), 0);
    if let Some(place) = out.get_mut(start..) {
        // The place has exactly the bytes it takes.
        let _ = engine.encode_slice(bytes, place);
    }
}

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
