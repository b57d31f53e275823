//! Serial numbers in every proxy's format. They are parsed into that of nginx and Cloudflare: upper-case hex, no leading zeros.

use alloc::vec::Vec;

use super::ReceiveErrorKind;
use super::google;
use super::stated::{Fact, Stated};
use crate::encoding;
use crate::x509::SerialNumber;

/// Parsing decimal digits takes quadratic time. This many are a number of 415 bytes, more than certificates in use have.
const MOST_DECIMAL_DIGITS: usize = 1000;

/// The format of a serial number.
///
/// ```
/// use tls_client_auth::field::{Field, SerialForm};
/// # use tls_client_auth::field::Limits;
/// # use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};
/// # let der = include_bytes!("../../tests/fixtures/plain.der");
/// # let value = |field| {
/// #     let client = ClientCertificate::presented(&der[..], Verification::Success);
/// #     let set = HeaderSet::new("one", Dialect::OpenSsl, [("X", field)]).unwrap().including_untrusted();
/// #     set.lines(&client, Limits::new()).get("X").unwrap_or_default().to_owned()
/// # };
///
/// // `value` returns the header value of a field for a test certificate.
/// let value = |form| value(Field::Serial(form));
/// assert_eq!(value(SerialForm::Hex), "5A7001B17B539286C891");
/// assert_eq!(value(SerialForm::HexLower), "5a7001b17b539286c891");
/// assert_eq!(value(SerialForm::HexUnsigned), "5A7001B17B539286C891");
/// assert_eq!(value(SerialForm::HexColons), "5a:70:01:b1:7b:53:92:86:c8:91");
/// assert_eq!(value(SerialForm::HexUpperColons), "5A:70:01:B1:7B:53:92:86:C8:91");
/// assert_eq!(value(SerialForm::DerColons), "5a:70:01:b1:7b:53:92:86:c8:91");
/// assert_eq!(value(SerialForm::Decimal), "427079140808787325536401");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SerialForm {
    /// `A3828EB24FD779D0`: see [`SerialNumber::to_hex`](crate::x509::SerialNumber::to_hex).
    Hex,
    /// `a3828eb24fd779d0`: the same in lower case.
    HexLower,
    /// `A3828EB24FD779D0`: the same as [`Hex`](Self::Hex), without the sign of a negative number. HAProxy.
    HexUnsigned,
    /// `a3:82:8e:b2:4f:d7:79:d0`. CloudFront, F5.
    HexColons,
    /// `A3:82:8E:B2:4F:D7:79:D0`
    HexUpperColons,
    /// `00:a3:82:8e:b2:4f:d7:79:d0`: the bytes of the DER, at most 50; otherwise no value. Google.
    DerColons,
    /// `11782136471649483216`: see [`SerialNumber::to_decimal`](crate::x509::SerialNumber::to_decimal).
    Decimal,
}

impl SerialForm {
    #[inline]
    pub(super) fn write(self, serial: SerialNumber<'_>, out: &mut Vec<u8>) -> Option<()> {
        let mut signed = |digits: fn(&[u8], &mut Vec<u8>)| {
            if serial.is_negative() {
                out.push(b'-');
            }
            digits(&serial.magnitude(), out);
        };
        match self {
            Self::Hex => serial.write_hex(out),
            Self::HexLower => signed(encoding::hex_lower),
            Self::HexColons => signed(encoding::hex_lower_colons),
            Self::HexUpperColons => signed(encoding::hex_upper_colons),
            Self::HexUnsigned => encoding::hex_upper(&serial.magnitude(), out),
            Self::DerColons if serial.as_der().len() > google::MAX_SERIAL => return None,
            Self::DerColons => encoding::hex_lower_colons(serial.as_der(), out),
            Self::Decimal => return serial.write_decimal(out),
        }
        Some(())
    }

    /// Parses the value. Hex may be in either case, with or without colons.
    pub(super) fn read(
        self,
        value: &[u8],
        stated: &mut Stated<'_>,
    ) -> Result<(), ReceiveErrorKind> {
        let is_unsigned = self == Self::HexUnsigned;
        if !matches!(self, Self::DerColons | Self::Decimal) && is_written(value) {
            return stated.serial(is_unsigned, value);
        }
        let text = match self {
            Self::DerColons => from_octets(value),
            Self::Decimal => from_decimal(value),
            _ => from_hex(value),
        };
        stated.serial(is_unsigned, &text.ok_or(ReceiveErrorKind::Malformed)?)
    }
}

/// Another certificate's serial number, in hex.
pub(super) fn read_hex(
    fact: Fact,
    value: &[u8],
    stated: &mut Stated<'_>,
) -> Result<(), ReceiveErrorKind> {
    if is_written(value) {
        return stated.text(fact, value);
    }
    stated.text(fact, &from_hex(value).ok_or(ReceiveErrorKind::Malformed)?)
}

/// Whether the value is already in the spelling of [`written`], the usual case.
fn is_written(value: &[u8]) -> bool {
    encoding::is_hex_upper(value) && !value.is_empty() && !value.starts_with(b"00")
}

/// `A382`, `-01`, `0`, `a3:82`, `00:a3:82`
fn from_hex(value: &[u8]) -> Option<Vec<u8>> {
    let (sign, digits) = sign(value)?;
    let bytes = if !digits.len().is_multiple_of(2) && !digits.contains(&b':') {
        encoding::decode_hex(&[b"0", digits].concat())
    } else {
        encoding::decode_hex(digits)
    };
    Some(written(sign, &bytes?))
}

/// `00:a3:82`, `ff`: two's complement, as in the certificate.
fn from_octets(value: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = encoding::decode_hex(value)?;
    if *bytes.first()? < 0x80 {
        return Some(written(b"", &bytes));
    }
    let mut carry = true;
    for byte in bytes.iter_mut().rev() {
        (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
    }
    Some(written(b"-", &bytes))
}

fn from_decimal(value: &[u8]) -> Option<Vec<u8>> {
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

fn sign(value: &[u8]) -> Option<(&'static [u8], &[u8])> {
    let (sign, digits) = match value {
        [b'-', digits @ ..] => (&b"-"[..], digits),
        digits => (&[][..], digits),
    };
    (!digits.is_empty()).then_some((sign, digits))
}

fn written(sign: &[u8], bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let text = match bytes.get(start..) {
        None | Some([]) => b"00".into(),
        Some(magnitude) => super::stated::hex_upper(magnitude),
    };
    [sign, &text].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::text_of as text;

    #[test]
    fn a_serial_number_in_each_form() {
        let high = &[0x00, 0xa3, 0x82, 0x8e, 0xb2, 0x4f, 0xd7, 0x79, 0xd0];
        let cases: [(SerialForm, &[u8], Option<&str>); 17] = [
            (SerialForm::Hex, high, Some("A3828EB24FD779D0")),
            (SerialForm::HexLower, high, Some("a3828eb24fd779d0")),
            (SerialForm::HexUnsigned, high, Some("A3828EB24FD779D0")),
            (SerialForm::HexColons, high, Some("a3:82:8e:b2:4f:d7:79:d0")),
            (SerialForm::HexUpperColons, high, Some("A3:82:8E:B2:4F:D7:79:D0")),
            (SerialForm::DerColons, high, Some("00:a3:82:8e:b2:4f:d7:79:d0")),
            (SerialForm::Decimal, high, Some("11782136471649483216")),
            (SerialForm::Hex, &[0xff], Some("-01")),
            (SerialForm::HexLower, &[0xff], Some("-01")),
            (SerialForm::HexUnsigned, &[0xff], Some("01")),
            (SerialForm::HexColons, &[0xff], Some("-01")),
            (SerialForm::DerColons, &[0xff], Some("ff")),
            (SerialForm::Decimal, &[0xff], Some("-1")),
            (SerialForm::HexColons, &[0], Some("00")),
            (SerialForm::DerColons, &[0], Some("00")),
            (SerialForm::Decimal, &[0], Some("0")),
            (SerialForm::DerColons, &[7; 51], None),
        ];
        for (form, contents, expected) in cases {
            let serial = SerialNumber::new(contents).unwrap();
            assert_eq!(text(|out| form.write(serial, out)).as_deref(), expected, "{form:?}");
        }
    }

    #[test]
    fn serial_numbers_are_read_in_their_form() {
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
            let expected = expected.map(str::as_bytes);
            assert_eq!(from_hex(text.as_bytes()).as_deref(), expected, "{text}");
            if is_written(text.as_bytes()) {
                assert_eq!(expected, Some(text.as_bytes()));
            }
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
            let expected = expected.map(str::as_bytes);
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
            let expected = expected.map(str::as_bytes);
            assert_eq!(from_decimal(text.as_bytes()).as_deref(), expected, "{text}");
        }
        assert_eq!(from_decimal(&[b'9'; 1001]), None);
        assert_eq!(from_hex(&[b'a'; 2000]).map(|text| text.len()), Some(2000));
    }
}
