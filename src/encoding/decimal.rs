//! Decimal numbers, of any size.

use alloc::vec::Vec;

/// Appends the number without leading zeros.
pub(crate) fn decimal(number: u64, out: &mut Vec<u8>) {
    match u16::try_from(number) {
        // A year.
        Ok(number @ 1000..10_000) => {
            let half = |number: u16| two_digits(u8::try_from(number).unwrap_or_default(), b'0');
            out.extend_from_slice([half(number / 100), half(number % 100)].as_flattened());
        }
        _ => padded_decimal(number, 1, out),
    }
}

/// Appends the number, with `-` if it is negative.
pub(crate) fn signed_decimal(number: i64, out: &mut Vec<u8>) {
    if number < 0 {
        out.push(b'-');
    }
    decimal(number.unsigned_abs(), out);
}

/// Appends the number with leading zeros up to this many digits, at most 20.
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
pub(crate) const fn two_digits(number: u8, padding: u8) -> [u8; 2] {
    let tens = match number / 10 {
        0 => padding,
        tens => b'0' | tens,
    };
    [tens, b'0' | (number % 10)]
}

/// A number of any size in limbs of eighteen decimal digits, the lowest first.
#[derive(Default)]
pub(crate) struct Decimal(Vec<u64>);

impl Decimal {
    const LIMB: u128 = 1_000_000_000_000_000_000;

    /// Appends `width` bits, at most 64, to the number.
    pub(crate) fn append_bits(&mut self, bits: u64, width: usize) {
        let mut carry = u128::from(bits);
        for limb in &mut self.0 {
            let shifted = (u128::from(*limb) << width).saturating_add(carry);
            *limb = u64::try_from(shifted % Self::LIMB).unwrap_or_default();
            carry = shifted / Self::LIMB;
        }
        while carry > 0 {
            self.0.push(u64::try_from(carry % Self::LIMB).unwrap_or_default());
            carry /= Self::LIMB;
        }
    }

    /// Subtracts a number that is not larger.
    pub(crate) fn subtract(&mut self, mut number: u64) {
        for limb in &mut self.0 {
            let (difference, borrowed) = limb.overflowing_sub(number);
            if !borrowed {
                *limb = difference;
                return;
            }
            *limb = difference.wrapping_add(u64::try_from(Self::LIMB).unwrap_or_default());
            number = 1;
        }
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let mut limbs = self.0.iter().rev().skip_while(|limb| **limb == 0);
        decimal(limbs.next().copied().unwrap_or_default(), out);
        for limb in limbs {
            padded_decimal(*limb, 18, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_numbers() {
        let cases: [(&[u8], &str); 5] = [
            (&[0], "0"),
            (&[0xff; 8], "18446744073709551615"),
            (&[1, 0, 0, 0, 0, 0, 0, 0, 0], "18446744073709551616"),
            (&[0xff; 16], "340282366920938463463374607431768211455"),
            (&[0xde, 0x0b, 0x6b, 0x3a, 0x76, 0x40, 0x00, 0x00], "16000000000000000000"),
        ];
        for (bytes, expected) in cases {
            let mut number = Decimal::default();
            for byte in bytes {
                number.append_bits(u64::from(*byte), 8);
            }
            let mut text = Vec::new();
            number.write(&mut text);
            assert_eq!(core::str::from_utf8(&text), Ok(expected));
        }
    }

    #[test]
    fn numbers_with_a_sign() {
        for number in [0, 7, -7, 999, 1000, -2025, 9999, 10_000, i64::MAX, i64::MIN] {
            let mut text = Vec::new();
            signed_decimal(number, &mut text);
            assert_eq!(text, alloc::format!("{number}").as_bytes());
        }
    }

    #[test]
    fn a_subtraction_borrows_from_the_next_limb() {
        // 10^18: the lower limb is 0.
        let mut number = Decimal::default();
        number.append_bits(1_000_000_000_000_000_000, 64);
        number.subtract(80);
        let mut text = Vec::new();
        number.write(&mut text);
        assert_eq!(core::str::from_utf8(&text), Ok("999999999999999920"));
    }
}
