//! Numbers of any length in decimal.

use alloc::vec::Vec;

use super::padded_decimal;

/// Digits in a limb: a limb times 256 still fits.
const DIGITS: usize = 16;
const LIMB: u64 = 10_000_000_000_000_000;

/// A big-endian number without leading zeros. The time grows with the square of its length.
pub(crate) fn big_endian(bytes: &[u8], out: &mut Vec<u8>) {
    // The lowest limb first.
    let mut limbs: Vec<u64> = Vec::new();
    for byte in bytes {
        let mut carry = u64::from(*byte);
        for limb in &mut limbs {
            let shifted = (*limb << 8).saturating_add(carry);
            *limb = shifted % LIMB;
            carry = shifted / LIMB;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let mut limbs = limbs.iter().rev();
    padded_decimal(limbs.next().copied().unwrap_or_default(), 1, out);
    limbs.for_each(|limb| padded_decimal(*limb, DIGITS, out));
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn numbers() {
        let cases: [(&[u8], &str); 7] = [
            (&[], "0"),
            (&[0], "0"),
            (&[0x0a], "10"),
            (&[0xff; 8], "18446744073709551615"),
            (&[0x23, 0x86, 0xf2, 0x6f, 0xc1, 0x00, 0x00], "10000000000000000"),
            (&[0x23, 0x86, 0xf2, 0x6f, 0xc0, 0xff, 0xff], "9999999999999999"),
            (&[0xff; 20], "1461501637330902918203684832716283019655932542975"),
        ];
        for (bytes, expected) in cases {
            let mut out = Vec::new();
            big_endian(bytes, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
