//! Serial numbers in every proxy's spelling, as nginx and Cloudflare print them: upper-case hex, no leading zeros.

use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding;

/// Decimal digits are turned into bytes in quadratic time. This many are a number of 415 bytes, more than any certificate of
/// today has.
const MOST_DECIMAL_DIGITS: usize = 1000;

pub(super) fn hex_upper(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    encoding::hex_upper(bytes, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// `A382`, `-01`, `0`, `a3:82`, `00:a3:82`
pub(super) fn from_hex(value: &[u8]) -> Option<String> {
    let (sign, digits) = sign(value)?;
    let bytes = if !digits.len().is_multiple_of(2) && !digits.contains(&b':') {
        encoding::decode_hex(&[b"0", digits].concat())
    } else {
        encoding::decode_hex(digits)
    };
    Some(written(sign, &bytes?))
}

/// `00:a3:82`, `ff`: two's complement, as in the certificate.
pub(super) fn from_octets(value: &[u8]) -> Option<String> {
    let mut bytes = encoding::decode_hex(value)?;
    if *bytes.first()? < 0x80 {
        return Some(written("", &bytes));
    }
    let mut carry = true;
    for byte in bytes.iter_mut().rev() {
        (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
    }
    Some(written("-", &bytes))
}

pub(super) fn from_decimal(value: &[u8]) -> Option<String> {
    let (sign, digits) = sign(value).filter(|(_, digits)| digits.len() <= MOST_DECIMAL_DIGITS)?;
    // Base 256, the least significant byte first.
    let mut number: Vec<u8> = Vec::new();
    for digit in digits {
        let mut carry = u16::from(digit.is_ascii_digit().then_some(digit & 0x0f)?);
        for byte in &mut number {
            let [high, low] = u16::from(*byte).wrapping_mul(10).wrapping_add(carry).to_be_bytes();
            *byte = low;
            carry = u16::from(high);
        }
        if carry > 0 {
            number.push(u8::try_from(carry).unwrap_or_default());
        }
    }
    number.reverse();
    Some(written(sign, &number))
}

fn sign(value: &[u8]) -> Option<(&'static str, &[u8])> {
    let (sign, digits) = match value {
        [b'-', digits @ ..] => ("-", digits),
        digits => ("", digits),
    };
    (!digits.is_empty()).then_some((sign, digits))
}

fn written(sign: &str, bytes: &[u8]) -> String {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let text = match bytes.get(start..) {
        None | Some([]) => "00".into(),
        Some(magnitude) => hex_upper(magnitude),
    };
    [sign, &text].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        let cases = [
            ("A3828EB2", Some("A3828EB2")),
            ("a3828eb2", Some("A3828EB2")),
            ("00:a3:82:8e:b2", Some("A3828EB2")),
            ("00", Some("00")),
            ("0", Some("00")),
            ("-01", Some("-01")),
            ("abc", Some("0ABC")),
            ("", None),
            ("-", None),
            ("0x12", None),
            ("7F\\\n7F", None),
        ];
        for (text, expected) in cases {
            assert_eq!(from_hex(text.as_bytes()).as_deref(), expected, "{text}");
        }
        let cases = [
            ("00:a3:82", Some("A382")),
            ("5a:70", Some("5A70")),
            ("00", Some("00")),
            ("ff", Some("-01")),
            ("80", Some("-80")),
            ("80:00", Some("-8000")),
            ("ff:7f", Some("-81")),
            ("", None),
            ("-01", None),
        ];
        for (text, expected) in cases {
            assert_eq!(from_octets(text.as_bytes()).as_deref(), expected, "{text}");
        }
        let cases = [
            ("11782136471649483216", Some("A3828EB24FD779D0")),
            ("0", Some("00")),
            ("255", Some("FF")),
            ("256", Some("0100")),
            ("-128", Some("-80")),
            ("1a", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(from_decimal(text.as_bytes()).as_deref(), expected, "{text}");
        }
        assert_eq!(from_decimal(&[b'9'; 1001]), None);
        assert_eq!(from_hex(&[b'a'; 2000]).map(|text| text.len()), Some(2000));
    }
}
