//! Base64 (RFC 4648 §4).

use alloc::borrow::Cow;
use alloc::sync::Arc;
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

/// Decoded bytes, with their text if it is their canonical encoding: it need not be encoded again.
#[derive(Debug)]
pub(crate) struct Decoded<'t> {
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) text: Option<Cow<'t, [u8]>>,
}

impl<'t> Decoded<'t> {
    /// Decodes standard base64, with or without padding.
    pub(crate) fn of(text: Cow<'t, [u8]>) -> Option<Self> {
        match exactly(&text) {
            Some(bytes) => Some(Self { bytes, text: Some(text) }),
            None => Some(Self { bytes: LENIENT.decode(text).ok()?.into(), text: None }),
        }
    }

    /// Decodes canonical base64 alone: with padding, and with pad bits of zero.
    pub(crate) fn exactly(text: &'t [u8]) -> Option<Self> {
        Some(Self { bytes: exactly(text)?, text: Some(Cow::Borrowed(text)) })
    }
}

/// Decodes canonical base64 into the final allocation, as its padding gives the length.
fn exactly(text: &[u8]) -> Option<Arc<[u8]>> {
    let padding = text.iter().rev().take(2).take_while(|byte| **byte == b'=').count();
    let length = (text.len() / 4).checked_mul(3)?.checked_sub(padding)?;
    let mut bytes: Arc<[u8]> = core::iter::repeat_n(0, length).collect();
    let decoded = standard().decode_slice(text, Arc::get_mut(&mut bytes)?).ok()?;
    (decoded == length).then_some(bytes)
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
        // The item replaces what the buffer held.
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

    #[test]
    fn only_the_canonical_encoding_is_kept() {
        let cases = [
            ("MAA=", Some((2, true))),
            ("MAAA", Some((3, true))),
            ("MA==", Some((1, true))),
            ("", Some((0, true))),
            ("MAA", Some((2, false))),
            ("MAB=", Some((2, false))),
            ("MA", Some((1, false))),
            ("MA=", Some((1, false))),
            ("====", None),
            ("MAA===", None),
            ("MAA=MAA=", None),
            ("MA A", None),
        ];
        for (text, expected) in cases {
            let decoded = Decoded::of(Cow::Borrowed(text.as_bytes()));
            let shown = decoded.map(|decoded| (decoded.bytes.len(), decoded.text.is_some()));
            assert_eq!(shown, expected, "{text}");
            let kept = Decoded::exactly(text.as_bytes()).is_some();
            assert_eq!(kept, matches!(expected, Some((_, true))), "{text}");
        }
        // Every length up to one that needs several steps of the vectorized loop.
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        for length in 0..bytes.len() {
            let mut text = Vec::new();
            base64(&bytes[..length], &mut text);
            assert_eq!(&*Decoded::exactly(&text).unwrap().bytes, &bytes[..length]);
        }
    }
}
