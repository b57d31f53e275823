//! Dates in every proxy's spelling, as OpenSSL prints them.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use time::{Month, OffsetDateTime};

use super::error::ReceiveErrorKind;
use super::stated::Stated;
use crate::encoding;
use crate::record::Property;
use crate::x509::{Dialect, Time};

/// How a date is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum DateForm {
    /// `Feb  3 00:55:52 2015 GMT`
    OpenSsl,
    /// `150203005552Z`: HAProxy cuts the century off and sends no date before 2000 or after 2099.
    HaProxy,
    /// `2015-02-03T00:55:52Z`, `2015-02-03T00:55:52+00:00`, with a fraction or without.
    Rfc3339,
    /// Seconds since 1970.
    Seconds,
}

impl DateForm {
    /// States the date as OpenSSL prints it. One that comes from the certificate as it stands there and can't be read is not
    /// stated; one that a proxy should have printed and did not is an error.
    pub(super) fn state(
        self,
        property: Property,
        value: &[u8],
        stated: &mut Stated,
    ) -> Result<(), ReceiveErrorKind> {
        let date = self.read(value, stated.dialect);
        // What OpenSSL prints where it can't read the date.
        if matches!(self, Self::OpenSsl) && date.is_none() && value != b"Bad time value" {
            return Err(ReceiveErrorKind::Malformed);
        }
        stated.text(property, date.unwrap_or_default());
        Ok(())
    }

    fn read(self, value: &[u8], dialect: Dialect) -> Option<String> {
        match self {
            Self::OpenSsl => openssl(value),
            Self::HaProxy => Time::generalized(&[b"20", value].concat()).text(dialect),
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

/// Whether it is a date of the calendar, printed so, and not text that ends like one.
fn openssl(value: &[u8]) -> Option<String> {
    const MONTHS: [&[u8]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
        b"Dec",
    ];
    let (month, rest) = value.split_at_checked(3)?;
    let month = MONTHS.iter().position(|name| *name == month)?;
    let month = Month::try_from(u8::try_from(month).ok()?.checked_add(1)?).ok()?;
    let (day, rest) = rest.strip_prefix(b" ")?.split_first_chunk::<2>()?;
    let day = number(day.strip_prefix(b" ").unwrap_or(day), 1..=2)?;
    let (clock, rest) = rest.strip_prefix(b" ")?.split_first_chunk::<8>()?;
    let [h, hh, b':', m, mm, b':', s, ss] = *clock else { return None };
    let clock = [[h, hh], [m, mm], [s, ss]].map(|pair| number(&pair, 2..=2));
    let rest = match rest {
        [b'.', fraction @ ..] if fraction.first()?.is_ascii_digit() => behind_digits(fraction),
        rest => rest,
    };
    let year = number(rest.strip_prefix(b" ")?.strip_suffix(b" GMT")?, 1..=4)?;
    let is_day = (1..=u16::from(month.length(year.into()))).contains(&day);
    let is_clock = matches!(clock, [Some(0..=23), Some(0..=59), Some(0..=59)]);
    (is_day && is_clock).then(|| core::str::from_utf8(value).ok().map(Into::into))?
}

/// As many digits as that.
fn number(digits: &[u8], length: RangeInclusive<usize>) -> Option<u16> {
    let are_digits = digits.iter().all(u8::is_ascii_digit);
    let text = core::str::from_utf8(digits).ok().filter(|_| are_digits)?;
    length.contains(&text.len()).then(|| text.parse().ok())?
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
            (DateForm::OpenSsl, "Feb 29 00:55:52 2015 GMT", None),
            (DateForm::OpenSsl, "Feb 03 00:55:52 2015 GMT", Some("Feb 03 00:55:52 2015 GMT")),
            (DateForm::OpenSsl, "Feb  3 24:55:52 2015 GMT", None),
            (DateForm::OpenSsl, "Feb  3 00:55 2015 GMT", None),
            (DateForm::OpenSsl, "Feb  3 00:55:52. 2015 GMT", None),
            (DateForm::OpenSsl, "Feb  3 00:55:52.5 2015 GMT", Some("Feb  3 00:55:52.5 2015 GMT")),
            (DateForm::OpenSsl, "Jan  1 00:00:00 1 GMT", Some("Jan  1 00:00:00 1 GMT")),
            (DateForm::OpenSsl, "Dec 31 23:59:59 9999 GMT", Some("Dec 31 23:59:59 9999 GMT")),
            (DateForm::OpenSsl, "Feb  3 00:55:52 2015  GMT", None),
            (DateForm::OpenSsl, "never, says a client GMT", None),
            (DateForm::OpenSsl, "", None),
            (DateForm::HaProxy, "150203005552Z", expected),
            (DateForm::HaProxy, "550101000000Z", Some("Jan  1 00:00:00 2055 GMT")),
            (DateForm::HaProxy, "991231235959Z", Some("Dec 31 23:59:59 2099 GMT")),
            (DateForm::HaProxy, "1502030055Z", None),
            (DateForm::HaProxy, "20150203005552Z", None),
            (DateForm::HaProxy, "x", None),
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
            assert_eq!(
                form.read(text.as_bytes(), Dialect::BoringSsl).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}
