//! Base64 (RFC 4648 §4).

use alloc::vec::Vec;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};

/// An engine that uses vector instructions, detected once: three times as fast as the portable one.
#[cfg(all(feature = "std", target_arch = "x86_64"))]
fn standard() -> &'static base64::engine::Simd {
    static ENGINE: std::sync::LazyLock<base64::engine::Simd> =
        std::sync::LazyLock::new(|| base64::engine::Simd::standard(general_purpose::PAD));
    &ENGINE
}
#[cfg(not(all(feature = "std", target_arch = "x86_64")))]
const fn standard() -> &'static GeneralPurpose {
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
        // The buffer has exactly the required size.
        let _ = engine.encode_slice(bytes, place);
    }
}

/// The length of this many bytes in base64 with padding.
pub(crate) const fn base64_len(bytes: usize) -> usize {
    bytes.div_ceil(3).saturating_mul(4)
}

/// Missing padding and nonzero pad bits are accepted, as RFC 9651 §4.2.7 recommends.
const TOLERANT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

const LENIENT: GeneralPurpose = GeneralPurpose::new(&STANDARD, TOLERANT);
const LENIENT_URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, TOLERANT);

/// Decodes base64 in the standard alphabet, with or without padding.
pub(crate) fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    // Nearly all input has correct padding, which the faster engine decodes.
    standard().decode(text).or_else(|_| LENIENT.decode(text)).ok()
}

/// Decodes one base64 item of a list, padded or not, into a buffer that the next item reuses. For short items this is faster than
/// [`decode_base64`].
pub(crate) fn decode_base64_item(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.clear();
    LENIENT.decode_vec(text, out).ok()
}

/// Decodes base64 in the URL-safe alphabet, with or without padding.
pub(crate) fn decode_base64_url(text: &[u8]) -> Option<Vec<u8>> {
    LENIENT_URL.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_optional() {
        // What was there before is no part of it.
        let mut item = Vec::from(*b"before");
        for text in ["MAA=", "MAA", "MAB="] {
            assert_eq!(decode_base64(text.as_bytes()).as_deref(), Some(&[0x30, 0][..]), "{text}");
            assert_eq!(decode_base64_item(text.as_bytes(), &mut item), Some(()), "{text}");
            assert_eq!(item, [0x30, 0], "{text}");
        }
        for text in ["MA A=", "MA-_", "M", "MAA==="] {
            assert_eq!(decode_base64(text.as_bytes()), None, "{text}");
            assert_eq!(decode_base64_item(text.as_bytes(), &mut item), None, "{text}");
        }
    }
}
