//! ISO 8601.

use alloc::vec::Vec;

use time::PrimitiveDateTime;

use super::{padded_decimal, two_digits};

/// `2025-01-02T03:04:05`, without a zone. For years from 0.
pub(crate) fn iso8601(moment: PrimitiveDateTime, out: &mut Vec<u8>) {
    padded_decimal(u64::from(moment.year().unsigned_abs()), 4, out);
    let rest = [
        (b'-', u8::from(moment.month())),
        (b'-', moment.day()),
        (b'T', moment.hour()),
        (b':', moment.minute()),
        (b':', moment.second()),
    ];
    for (separator, number) in rest {
        out.push(separator);
        two_digits(number, b'0', out);
    }
}
