//! Object identifiers: compared by their bytes, printed dotted.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::object_names;
use crate::encoding::{self, Decimal};
use crate::x509::Dialect;

/// The length to which both libraries cut the text of `OBJ_obj2txt`, in a buffer of 80 bytes.
const DOTTED_MAX: usize = 79;
/// OpenSSL prints nothing for an identifier of more bytes.
const OPENSSL_MAX: usize = 586;

/// An object identifier, borrowed from its DER.
///
/// ```
/// # use tls_client_auth::Dialect;
/// # use tls_client_auth::x509::Certificate;
/// # let certificate = Certificate::from_der(include_bytes!("../../../tests/fixtures/plain.der"))?;
/// let extension = certificate.extensions().next().unwrap();
/// assert_eq!(extension.identifier().dotted(Dialect::BoringSsl), "2.5.29.19");
/// assert_eq!(extension.identifier().short_name(Dialect::BoringSsl), Some("basicConstraints"));
/// assert_eq!(extension.identifier().as_der(), [0x55, 0x1d, 0x13]);
/// # Ok::<(), tls_client_auth::x509::Error>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct ObjectIdentifier<'a> {
    contents: &'a [u8],
}

/// Prints sizes, not bytes, which come from the client.
impl fmt::Debug for ObjectIdentifier<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ObjectIdentifier").field("bytes", &self.contents.len()).finish()
    }
}

impl<'a> ObjectIdentifier<'a> {
    pub(crate) const fn new(contents: &'a [u8]) -> Self {
        Self { contents }
    }

    /// The contents of the DER, without tag and length.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.contents
    }

    /// The library's short name: `CN`, `emailAddress`. `None` if it has none.
    #[must_use]
    pub fn short_name(&self, dialect: Dialect) -> Option<&'static str> {
        object_names::short_name(self.contents, dialect)
    }

    /// The dotted form, as `OBJ_obj2txt` writes it: `1.2.840.113549.1.9.1`. Cut after 79 characters; empty if the library cannot print
    /// it (BoringSSL: an arc over 64 bits; OpenSSL: more than 586 bytes).
    #[must_use]
    pub fn dotted(&self, dialect: Dialect) -> String {
        let mut text = Vec::new();
        self.write_dotted(dialect, &mut text);
        String::from_utf8(text).unwrap_or_default()
    }

    pub(crate) fn write_dotted(&self, dialect: Dialect, out: &mut Vec<u8>) {
        let start = out.len();
        if self.write_arcs(dialect, DOTTED_MAX, out).is_none() {
            out.truncate(start);
        }
        out.truncate(start.saturating_add(DOTTED_MAX));
    }

    /// Appends the dotted form uncut, as Go prints it; an identifier that Go cannot represent as OpenSSL prints it.
    pub(super) fn write_uncut(&self, out: &mut Vec<u8>) {
        let start = out.len();
        if self.write_arcs(Dialect::BoringSsl, usize::MAX, out).is_none() {
            out.truncate(start);
            self.write_dotted(Dialect::OpenSsl, out);
        }
    }

    /// Appends at least `most` characters, or all; `None` if the library fails.
    fn write_arcs(&self, dialect: Dialect, most: usize, out: &mut Vec<u8>) -> Option<()> {
        let start = out.len();
        if self.contents.is_empty()
            || dialect == Dialect::OpenSsl && self.contents.len() > OPENSSL_MAX
        {
            return None;
        }
        for arc in self.contents.split_inclusive(|octet| octet & 0x80 == 0) {
            if arc.last().is_none_or(|last| last & 0x80 != 0) || arc.first() == Some(&0x80) {
                return None;
            }
            let number = small(arc);
            if number.is_none() && dialect == Dialect::BoringSsl {
                return None;
            }
            let written = out.len().saturating_sub(start);
            if written > most {
                // It will be cut off, but the library still fails on it.
                continue;
            }
            // The first octets encode two arcs: 40 × first + second (X.690 §8.19.4).
            let mut first = 0;
            if written == 0 {
                first = number.map_or(2, |number| (number / 40).min(2));
                encoding::decimal(first, out);
            }
            out.push(b'.');
            let both = first.saturating_mul(40);
            match number {
                Some(number) => encoding::decimal(number.saturating_sub(both), out),
                None => {
                    let mut number = from_base_128(arc);
                    number.subtract(both);
                    number.write(out);
                }
            }
        }
        Some(())
    }
}

/// The number, if it fits in 64 bits.
fn small(arc: &[u8]) -> Option<u64> {
    arc.iter().try_fold(0u64, |number, octet| {
        (number >> 57 == 0).then_some(number << 7 | u64::from(octet & 0x7f))
    })
}

fn from_base_128(arc: &[u8]) -> Decimal {
    let mut number = Decimal::default();
    // Eight octets, 56 bits, at a time.
    for octets in arc.chunks(8) {
        number.append_bits(small(octets).unwrap_or_default(), octets.len().saturating_mul(7));
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn identifiers_are_printed_as_the_libraries_print_them() {
        let uuid = &[
            0x69, 0x83, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
        ];
        let first = &[0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00];
        let long = vec![0x2a; 80];
        let too_long = vec![0x2a; 587];
        let cut = "1.2".to_owned() + &".42".repeat(25) + ".";
        let cases: [(&str, &[u8], &str, &str); 10] = [
            ("empty", &[], "", ""),
            ("two arcs", &[0x2a], "1.2", "1.2"),
            ("third root", &[0x88, 0x37], "2.999", "2.999"),
            (
                "largest arc of 64 bits",
                &[0x2a, 0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
                "1.2.18446744073709551615",
                "1.2.18446744073709551615",
            ),
            ("a UUID", uuid, "2.25.340282366920938463463374607431768211455", ""),
            ("a first arc over 64 bits", first, "2.18446744073709551536", ""),
            ("ends within an arc", &[0x2a, 0x86], "", ""),
            ("padded arc", &[0x2a, 0x80, 0x01], "", ""),
            ("cut after 79 characters", &long, &cut, &cut),
            ("more than 586 bytes", &too_long, "", &cut),
        ];
        for (name, contents, openssl, boringssl) in cases {
            let identifier = ObjectIdentifier::new(contents);
            assert_eq!(identifier.dotted(Dialect::OpenSsl), openssl, "{name}");
            assert_eq!(identifier.dotted(Dialect::BoringSsl), boringssl, "{name}");
        }
    }
}
