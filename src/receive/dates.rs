//! Dates in every proxy's spelling, as OpenSSL prints them.

use alloc::string::String;
use alloc::vec::Vec;

use time::OffsetDateTime;

use crate::encoding;
use crate::x509::Dialect;
use crate::x509::Time;

/// How a date is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum DateForm {
    /// `Feb  3 00:55:52 2015 GMT`
    OpenSsl,
    /// `150203005552Z`: HAProxy cuts the century off.
    Utc,
    /// `2015-02-03T00:55:52Z`, `2015-02-03T00:55:52+00:00`, with a fraction or without.
    Rfc3339,
    /// Seconds since 1970.
    Seconds,
}

impl DateForm {
    /// The date as OpenSSL prints it. `None` where it can't be read.
    pub(super) fn read(self, value: &[u8]) -> Option<String> {
        match self {
            Self::OpenSsl => {
                let printable = value.iter().all(|byte| matches!(byte, b' '..=b'~'));
                let text = core::str::from_utf8(value).ok()?;
                // Where there is no date to print, OpenSSL prints that.
                (printable && text.len() <= 64 && text.ends_with(" GMT")).then(|| text.into())
            }
            Self::Utc => Time::utc(value).text(Dialect::BoringSsl),
            Self::Rfc3339 => rfc3339(value),
            Self::Seconds => {
                let seconds = core::str::from_utf8(value).ok()?.parse().ok()?;
                let date = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
                let mut digits = Vec::new();
                encoding::padded_decimal(u64::try_from(date.year()).ok()?, 4, &mut digits);
                let month = u8::from(date.month());
                for part in [month, date.day(), date.hour(), date.minute(), date.second()] {
                    digits.extend_from_slice(&encoding::two_digits(part, b'0'));
                }
                digits.push(b'Z');
                Time::generalized(&digits).text(Dialect::BoringSsl)
            }
        }
    }
}

fn rfc3339(value: &[u8]) -> Option<String> {
    let (date, behind) = value.split_at_checked(19)?;
    let zone = match behind {
        [b'.', rest @ ..] => behind_digits(rest),
        rest => rest,
    };
    if !matches!(zone, b"Z" | b"+00:00" | b"-00:00") {
        return None;
    }
    let mut digits = Vec::with_capacity(15);
    for (index, byte) in date.iter().enumerate() {
        match (index, byte) {
            (4 | 7, b'-') | (10, b'T') | (13 | 16, b':') => {}
            (4 | 7 | 10 | 13 | 16, _) => return None,
            (_, digit) => digits.push(*digit),
        }
    }
    digits.push(b'Z');
    Time::generalized(&digits).text(Dialect::BoringSsl)
}

fn behind_digits(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.get(end..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        let expected = Some("Feb  3 00:55:52 2015 GMT");
        let cases = [
            (DateForm::OpenSsl, "Feb  3 00:55:52 2015 GMT", expected),
            (DateForm::OpenSsl, "Feb\t3 GMT", None),
            (DateForm::OpenSsl, "Bad time value", None),
            (DateForm::Utc, "150203005552Z", expected),
            (DateForm::Utc, "1502030055Z", None),
            (DateForm::Rfc3339, "2015-02-03T00:55:52Z", expected),
            (DateForm::Rfc3339, "2015-02-03T00:55:52.000Z", expected),
            (DateForm::Rfc3339, "2015-02-03T00:55:52+00:00", expected),
            (DateForm::Rfc3339, "2015-02-03T00:55:52+02:00", None),
            (DateForm::Rfc3339, "2015-02-03 00:55:52Z", None),
            (DateForm::Rfc3339, "2015-02-03T00:55Z", None),
            (DateForm::Rfc3339, "2015-13-03T00:55:52Z", None),
            (DateForm::Seconds, "1422924952", expected),
            (DateForm::Seconds, "-1", Some("Dec 31 23:59:59 1969 GMT")),
            (DateForm::Seconds, "1e9", None),
            (DateForm::Seconds, "99999999999999999999", None),
        ];
        for (form, text, expected) in cases {
            assert_eq!(form.read(text.as_bytes()).as_deref(), expected, "{text}");
        }
    }
}
