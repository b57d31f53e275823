//! Byte sequences of structured fields (RFC 9651 §3.3.5), alone and in a list, as RFC 9440 sends certificates.

use alloc::vec::Vec;

use super::base64;
#[cfg(any(feature = "headers", feature = "serde", test))]
use super::decode_base64;

/// `:` base64 `:`.
pub(crate) fn byte_sequence(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b':');
    base64(bytes, out);
    out.push(b':');
}

/// Decodes such an item.
#[cfg(feature = "serde")]
pub(crate) fn decode_byte_sequence(item: &[u8]) -> Option<Vec<u8>> {
    decode_base64(text(item)?)
}

/// The base64 of such an item. Parameters after it have no meaning yet (RFC 9440 §2.2) and are skipped.
fn text(item: &[u8]) -> Option<&[u8]> {
    let item = item.strip_prefix(b":")?;
    let end = item.iter().position(|byte| *byte == b':')?;
    let (text, behind) = item.split_at_checked(end)?;
    let parameters = behind.strip_prefix(b":")?;
    if !parameters.is_empty() && !parameters.starts_with(b";") {
        return None;
    }
    // Tokens and numbers only: a quoted string could hide a comma.
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b";=_-.*/?: ".contains(byte);
    parameters.iter().all(plain).then_some(text)
}

/// The base64 of each item of a list.
pub(crate) fn byte_sequence_texts(list: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    list.split(|byte| *byte == b',').map(|item| text(item.trim_ascii()))
}

/// Decodes a list of them, up to `most` and one more, so that the caller can detect too many.
#[cfg(any(feature = "headers", test))]
pub(crate) fn decode_byte_sequences(list: &[u8], most: usize) -> Option<Vec<Vec<u8>>> {
    let items = byte_sequence_texts(list).take(most.saturating_add(1));
    items.map(|text| decode_base64(text?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_byte_sequences() {
        let cases: [(&str, Option<usize>); 11] = [
            (":MAA=:", Some(1)),
            (":MAA:", Some(1)),
            (":MAA=:;a=1; b", Some(1)),
            (":MAA=:, :MAA=:,:MAA=:", Some(3)),
            ("MAA=", None),
            (":MAA=", None),
            (":MAA=:x", None),
            (":MAA=:;a=\"b\"", None),
            (":MAA=:,", None),
            (",:MAA=:", None),
            (":MA A=:", None),
        ];
        for (list, expected) in cases {
            let read = decode_byte_sequences(list.as_bytes(), 10).map(|items| items.len());
            assert_eq!(read, expected, "{list}");
        }
        assert_eq!(
            decode_byte_sequences(b":MAA=:, :MAA=:, !", 1).map(|items| items.len()),
            Some(2)
        );
    }
}
