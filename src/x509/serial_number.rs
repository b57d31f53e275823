//! A certificate's serial number, of any length and sign.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::encoding::{self, Decimal};

/// The longest number that is written in decimal, in bytes.
const MAX_DECIMAL: usize = 256;

/// A serial number (RFC 5280 §4.1.2.2): the contents of a minimally encoded INTEGER.
///
/// ```
/// # use tls_client_auth::x509::Certificate;
/// # let certificate = Certificate::from_der(include_bytes!("../../tests/fixtures/serial_neg_128.der"))?;
/// let serial = certificate.serial_number().unwrap();
/// assert_eq!(serial.as_der(), [0x80]);
/// assert_eq!(serial.to_hex(), "-80");
/// assert_eq!(serial.to_decimal().as_deref(), Some("-128"));
/// assert!(serial.is_negative());
/// # Ok::<(), tls_client_auth::x509::Error>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct SerialNumber<'a> {
    contents: &'a [u8],
}

/// Prints sizes, not bytes, which come from the client.
impl fmt::Debug for SerialNumber<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SerialNumber").field("bytes", &self.contents.len()).finish()
    }
}

impl<'a> SerialNumber<'a> {
    pub(crate) fn new(contents: &'a [u8]) -> Option<Self> {
        // X.690 §8.3.2: the first nine bits are not all the same.
        let minimal = match contents {
            [] => false,
            [0x00, second, ..] => *second >= 0x80,
            [0xff, second, ..] => *second < 0x80,
            _ => true,
        };
        minimal.then_some(Self { contents })
    }

    /// The INTEGER's contents, two's complement, big-endian.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.contents
    }

    /// Whether the number is negative, which RFC 5280 §4.1.2.2 forbids.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.contents.first().is_some_and(|first| first & 0x80 != 0)
    }

    /// The number in upper-case hex, two digits for each byte, without a sign byte, with `-` if it is negative: `A3828EB24FD779D0`, `00`,
    /// `-80`.
    ///
    /// As OpenSSL's `i2a_ASN1_INTEGER`, but always on one line: OpenSSL breaks lines after 35 bytes.
    #[must_use]
    pub fn to_hex(&self) -> String {
        let mut text = Vec::new();
        self.write_hex(&mut text);
        String::from_utf8(text).unwrap_or_default()
    }

    /// The number in decimal: `11782136471649483216`. `None` for more than 256 bytes, because the conversion takes quadratic time (RFC
    /// 5280 allows 20 bytes).
    #[must_use]
    pub fn to_decimal(&self) -> Option<String> {
        let mut text = Vec::new();
        self.write_decimal(&mut text)?;
        String::from_utf8(text).ok()
    }

    pub(crate) fn write_decimal(&self, out: &mut Vec<u8>) -> Option<()> {
        if self.contents.len() > MAX_DECIMAL {
            return None;
        }
        if self.is_negative() {
            out.push(b'-');
        }
        let mut number = Decimal::default();
        for bytes in self.magnitude().rchunks(8).rev() {
            let bits = bytes.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
            number.append_bits(bits, bytes.len().saturating_mul(8));
        }
        number.write(out);
        Some(())
    }

    /// The bytes of the absolute value, without leading zeros, but at least one.
    pub(crate) fn magnitude(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.contents.len());
        write_magnitude(self.contents, |byte| bytes.push(byte));
        bytes
    }

    pub(crate) fn write_hex(&self, out: &mut Vec<u8>) {
        match *self.contents {
            [0x80..=0xff, ..] => {
                out.push(b'-');
                encoding::hex_upper(&self.magnitude(), out);
            }
            [0, ref digits @ ..] if !digits.is_empty() => encoding::hex_upper(digits, out),
            ref digits => encoding::hex_upper(digits, out),
        }
    }
}

/// The absolute value of a two's complement number, byte by byte, without leading zeros but at least one byte.
pub(crate) fn write_magnitude(contents: &[u8], mut push: impl FnMut(u8)) {
    let negative = contents.first().is_some_and(|first| first & 0x80 != 0);
    // Negation inverts every byte before the last nonzero one, negates that one, and keeps the zeros after it.
    let last = contents.iter().rposition(|byte| *byte != 0).unwrap_or(0);
    let magnitude = |index: usize, byte: u8| match negative {
        true if index < last => !byte,
        true if index == last => byte.wrapping_neg(),
        _ => byte,
    };
    let mut leading = true;
    for (index, byte) in contents.iter().enumerate() {
        let byte = magnitude(index, *byte);
        leading &= byte == 0;
        if !leading || index.saturating_add(1) == contents.len() {
            push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_as_openssl_prints_it() {
        let long = [0x7f; 40];
        let digits = "7F".repeat(long.len());
        let cases: [(&str, &[u8], Option<&str>); 14] = [
            ("empty", &[], None),
            ("padded", &[0, 1], None),
            ("padded below zero", &[0xff, 0x80], None),
            ("zero", &[0], Some("00")),
            ("0a", &[0x0a], Some("0A")),
            ("7f", &[0x7f], Some("7F")),
            ("sign byte", &[0, 0x93, 0x6e], Some("936E")),
            ("-1", &[0xff], Some("-01")),
            ("-128", &[0x80], Some("-80")),
            ("-129", &[0xff, 0x7f], Some("-81")),
            ("-256", &[0xff, 0x00], Some("-0100")),
            ("-32768", &[0x80, 0x00], Some("-8000")),
            ("-65280", &[0xff, 0x01, 0x00], Some("-FF00")),
            ("40 bytes on one line", &long, Some(&digits)),
        ];
        for (name, contents, expected) in cases {
            let hex = SerialNumber::new(contents).map(|serial| serial.to_hex());
            assert_eq!(hex.as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn decimal_of_any_size() {
        let long = [0x7f; 257];
        // The digits of 2^1600 were computed by another program.
        let mut power = [0; 201];
        power[0] = 1;
        let decimal = concat!(
            "4446241647709404462001681406551736431581923451213783931941822309375368306976915223898478257617396941",
            "7485953521141049383745107056455283979316385016701612810119562585078620415976730705698345087039035930",
            "7612750838272654055960654181736526850357888981139916270423292468503140298771616224874118777795788920",
            "9702969046153200191531136686246894214889220599788382826572129029622024920267474066981470581856476500",
            "9960300389641843321936008416473775144511929246788246559538970957296160626364645376",
        );
        let cases: [(&str, &[u8], Option<&str>); 8] = [
            ("zero", &[0], Some("0")),
            ("-1", &[0xff], Some("-1")),
            ("-128", &[0x80], Some("-128")),
            (
                "64 bits and a sign byte",
                &[0x00, 0xa3, 0x82, 0x8e, 0xb2, 0x4f, 0xd7, 0x79, 0xd0],
                Some("11782136471649483216"),
            ),
            ("20 bytes", &[0x7f; 20], Some("727885129180488904360266563744972327436484050815")),
            ("201 bytes", &power, Some(decimal)),
            ("10 bytes", &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0], Some("4722366482869645213696")),
            ("257 bytes", &long, None),
        ];
        for (name, contents, expected) in cases {
            let serial = SerialNumber::new(contents).unwrap();
            assert_eq!(serial.to_decimal().as_deref(), expected, "{name}");
        }
        let longest = SerialNumber::new(&long[..256]).unwrap().to_decimal();
        assert_eq!(longest.map(|text| text.len()), Some(617));
    }
}
