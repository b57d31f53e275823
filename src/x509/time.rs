//! The two dates of a certificate: parsed as leniently as by OpenSSL, and printed as by each library.

mod moment;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use time::{Month, OffsetDateTime};

use crate::encoding;
use crate::x509::Dialect;
use crate::x509::cursor::{Cursor, GENERALIZED_TIME, UTC_TIME};
use crate::x509::{Error, Part};
use moment::Moment;

/// A date of a certificate's validity (RFC 5280 §4.1.2.5), as encoded.
///
/// ```
/// use tls_client_auth::Dialect;
/// # use tls_client_auth::x509::Certificate;
/// # let certificate = Certificate::from_der(include_bytes!("../../tests/fixtures/plain.der"))?;
/// let not_before = certificate.not_before();
/// assert_eq!(not_before.as_bytes(), b"250102030405Z");
/// assert_eq!(not_before.text(Dialect::BoringSsl).unwrap(), "Jan  2 03:04:05 2025 GMT");
/// assert_eq!(not_before.to_offset_date_time().unwrap().unix_timestamp(), 1_735_787_045);
/// # Ok::<(), tls_client_auth::x509::Error>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Time<'a> {
    tag: u8,
    contents: &'a [u8],
}

/// Prints sizes, not bytes, which come from the client.
impl fmt::Debug for Time<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Time").field("bytes", &self.contents.len()).finish()
    }
}

impl<'a> Time<'a> {
    /// Reads the element at the date's position, with any tag. Inlined, because returning it in memory is slow.
    #[inline(always)]
    pub(crate) fn read(validity: &mut Cursor<'a>) -> Result<Self, Error> {
        let offset = validity.offset();
        match validity.element() {
            Ok(element) => Ok(Self { tag: element.tag(), contents: element.contents() }),
            Err(kind) => Err(Error::new(Part::Validity, kind, offset)),
        }
    }

    /// Creates a GeneralizedTime with these characters.
    pub(crate) const fn generalized(contents: &'a [u8]) -> Self {
        Self { tag: GENERALIZED_TIME, contents }
    }

    /// The characters of the UTCTime or GeneralizedTime: `250102030405Z`, `20500102030405Z`.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.contents
    }

    /// The date as `ASN1_TIME_print` writes it, with the day padded by a space: `Feb  3 00:55:52 2015 GMT`. `None` if the library cannot
    /// parse it: BoringSSL accepts the exact forms of RFC 5280 only; OpenSSL also accepts dates without seconds, with an offset from UTC,
    /// and with a fraction, which it prints.
    #[must_use]
    pub fn text(&self, dialect: Dialect) -> Option<String> {
        let mut text = Vec::new();
        self.write(dialect, &mut text)?;
        String::from_utf8(text).ok()
    }

    /// The point in time, for years 0 to 9999, without a fraction of a second; `None` if neither library can parse the date.
    #[must_use]
    pub fn to_offset_date_time(&self) -> Option<OffsetDateTime> {
        Some(self.moment()?.utc()?.assume_utc())
    }

    pub(crate) fn write(&self, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        if let Some(text) = self.usual_text() {
            out.extend_from_slice(text.as_flattened());
            return Some(());
        }
        let Moment { year, month, day, hour, minute, second, fraction } =
            self.moment_as(dialect)?;
        let [day_tens, day_ones] = encoding::two_digits(day, b' ');
        let [hour_tens, hour_ones] = encoding::two_digits(hour, b'0');
        let [minute_tens, minute_ones] = encoding::two_digits(minute, b'0');
        let [second_tens, second_ones] = encoding::two_digits(second, b'0');
        let [one, two, three] = short(month);
        out.extend_from_slice(&[
            one,
            two,
            three,
            b' ',
            day_tens,
            day_ones,
            b' ',
            hour_tens,
            hour_ones,
            b':',
            minute_tens,
            minute_ones,
            b':',
            second_tens,
            second_ones,
        ]);
        if !fraction.is_empty() {
            out.push(b'.');
            out.extend_from_slice(fraction);
        }
        out.push(b' ');
        encoding::decimal(u64::from(year), out);
        out.extend_from_slice(b" GMT");
        Some(())
    }

    /// A fast path for nearly all dates: a UTCTime in RFC 5280's form, on a day that every month has. Moves its digits in words of
    /// eight characters: single bytes that are read back together would wait for their stores.
    fn usual_text(&self) -> Option<[[u8; 8]; 3]> {
        let (date, rest) = self.contents.split_first_chunk::<8>()?;
        let (time, [b'Z']) = rest.split_first_chunk::<4>()? else { return None };
        let (date, time) = (word(*date), u64::from(u32::from_le_bytes(*time)));
        let [_, month, day, hour] = pairs(numbers(date));
        let [minute, second, ..] = pairs(numbers(time));
        let usual = are_digits(date)
            & are_digits(time | ZEROS << 32)
            & matches!(day, 1..=28)
            & (hour < 24)
            & (minute < 60)
            & (second < 60);
        if self.tag != UTC_TIME || !usual {
            return None;
        }
        let [one, two, three] = short(Month::try_from(u8::try_from(month).ok()?).ok()?);
        let month = word([one, two, three, b' ', 0, 0, b' ', 0]);
        let [year, _, day, hour] = pairs(date);
        let [minute, second, ..] = pairs(time);
        // A zero becomes a space.
        let day = if day & 0xff == 0x30 { day ^ 0x10 } else { day };
        let century = if year & 0xff < 0x35 { *b"20\0\0 GMT" } else { *b"19\0\0 GMT" };
        let words = [
            month | day << 32 | hour << 56,
            hour >> 8 | minute << 16 | second << 40 | word(*b"\0:\0\0:\0\0 "),
            year << 16 | word(century),
        ];
        Some(words.map(u64::to_le_bytes))
    }

    /// Appends `2025-01-02T03:04:05` and the zone's suffix.
    pub(crate) fn write_iso8601(
        &self,
        zone: &[u8],
        dialect: Dialect,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let Moment { year, month, day, hour, minute, second, .. } = self.moment_as(dialect)?;
        encoding::padded_decimal(u64::from(year), 4, out);
        for (separator, number) in
            [(b'-', month.into()), (b'-', day), (b'T', hour), (b':', minute), (b':', second)]
        {
            out.push(separator);
            out.extend_from_slice(&encoding::two_digits(number, b'0'));
        }
        out.extend_from_slice(zone);
        Some(())
    }

    /// `1735787045`
    pub(crate) fn write_unix_seconds(&self, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        let seconds = self.moment_as(dialect)?.unix_timestamp()?;
        encoding::signed_decimal(seconds, out);
        Some(())
    }

    /// Appends the date as HAProxy's `ssl_sock_get_time` does: the encoded characters without a century, for the years from 2000 to 2099
    /// only.
    pub(crate) fn write_haproxy(&self, out: &mut Vec<u8>) -> Option<()> {
        out.extend_from_slice(match (self.tag, self.contents) {
            (GENERALIZED_TIME, [b'2', b'0', rest @ ..]) if rest.len() >= 10 => rest,
            (UTC_TIME, [first, ..]) if *first < b'5' && self.contents.len() >= 10 => self.contents,
            _ => return None,
        });
        Some(())
    }

    /// Whole days from `then` until this date; 0 after it. `None` also for dates that nginx cannot parse after the library printed them:
    /// with a fraction of a second, or a year of fewer than four digits; and for the last second before 1970, nginx's value for an error.
    pub(crate) fn days_after(&self, then: OffsetDateTime) -> Option<u64> {
        let moment = self.moment()?;
        let is_read = moment.fraction.is_empty() && moment.year >= 1000;
        let end = moment.unix_timestamp().filter(|end| is_read && *end != -1)?;
        let seconds = end.checked_sub(then.unix_timestamp())?;
        Some(u64::try_from(seconds).unwrap_or_default() / 86_400)
    }

    /// BoringSSL prints only dates in RFC 5280 §4.1.2.5's form: seconds, no fraction, `Z`. Among valid dates, the length identifies these.
    fn moment_as(&self, dialect: Dialect) -> Option<Moment<'a>> {
        let profiled =
            matches!((self.tag, self.contents.len()), (UTC_TIME, 13) | (GENERALIZED_TIME, 15))
                && self.contents.last() == Some(&b'Z');
        if dialect == Dialect::BoringSsl && !profiled {
            return None;
        }
        self.moment()
    }
}

/// Eight characters as one number.
const fn word(text: [u8; 8]) -> u64 {
    u64::from_le_bytes(text)
}

/// Four pairs of characters.
const fn pairs(word: u64) -> [u64; 4] {
    [word & 0xffff, word >> 16 & 0xffff, word >> 32 & 0xffff, word >> 48]
}

/// Four pairs of digits as numbers.
const fn numbers(word: u64) -> u64 {
    const DIGIT: u64 = 0x000f_000f_000f_000f;
    (word & DIGIT).wrapping_mul(10).wrapping_add(word >> 8 & DIGIT)
}

/// Eight times `0`.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// Whether all eight characters are digits.
const fn are_digits(word: u64) -> bool {
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    // Six more than `9` is no longer in the row of the digits.
    word & HIGH == ZEROS && word.wrapping_add(0x0606_0606_0606_0606) & HIGH == ZEROS
}

const fn short(month: Month) -> [u8; 3] {
    *match month {
        Month::January => b"Jan",
        Month::February => b"Feb",
        Month::March => b"Mar",
        Month::April => b"Apr",
        Month::May => b"May",
        Month::June => b"Jun",
        Month::July => b"Jul",
        Month::August => b"Aug",
        Month::September => b"Sep",
        Month::October => b"Oct",
        Month::November => b"Nov",
        Month::December => b"Dec",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name of the case, the tag, the contents, and what OpenSSL and BoringSSL print.
    type Case = (&'static str, u8, &'static str, Option<&'static str>, Option<&'static str>);

    #[test]
    fn every_month() {
        let months = "JanFebMarAprMayJunJulAugSepOctNovDec";
        for (number, month) in (1..).zip(months.as_bytes().chunks(3)) {
            let contents = alloc::format!("25{number:02}04050607Z");
            let time = Time { tag: UTC_TIME, contents: contents.as_bytes() };
            let month = core::str::from_utf8(month).unwrap();
            let expected = alloc::format!("{month}  4 05:06:07 2025 GMT");
            assert_eq!(time.text(Dialect::OpenSsl).unwrap(), expected);
        }
    }

    #[test]
    fn usual_dates_are_printed_as_the_general_path_prints_them() {
        let mut dates = Vec::new();
        for place in 0..6 {
            for number in 0..100 {
                let mut parts = [25, 1, 2, 3, 4, 5];
                parts[place] = number;
                let date = parts.map(|part| alloc::format!("{part:02}")).concat() + "Z";
                dates.push(date.into_bytes());
            }
        }
        for place in 0..13 {
            for byte in 0..=u8::MAX {
                let mut date = b"250111111111Z".to_vec();
                date[place] = byte;
                dates.push(date);
            }
        }
        let mut usual = 0;
        for contents in &dates {
            let time = Time { tag: UTC_TIME, contents };
            let Some(text) = time.usual_text() else { continue };
            let moment = time.moment().unwrap();
            let Moment { year, month, day, hour, minute, second, .. } = moment;
            let expected = alloc::format!(
                "{} {day:2} {hour:02}:{minute:02}:{second:02} {year} GMT",
                core::str::from_utf8(&short(month)).unwrap()
            );
            assert_eq!(text.as_flattened(), expected.as_bytes(), "{contents:?}");
            usual += 1;
        }
        let of_numbers = 100 + 12 + 28 + 24 + 60 + 60;
        // Tens and ones of each number; the last byte is `Z`.
        let of_bytes = (10 + 10) + (2 + 9) + (3 + 10) + (3 + 10) + (6 + 10) + (6 + 10) + 1;
        assert_eq!(usual, of_numbers + of_bytes);
    }

    #[test]
    fn times_are_printed_as_the_libraries_print_them() {
        const UTC: u8 = UTC_TIME;
        const GEN: u8 = GENERALIZED_TIME;
        let cases: [Case; 26] = [
            (
                "UTC",
                UTC,
                "150203005552Z",
                Some("Feb  3 00:55:52 2015 GMT"),
                Some("Feb  3 00:55:52 2015 GMT"),
            ),
            (
                "UTC 2049",
                UTC,
                "491231235959Z",
                Some("Dec 31 23:59:59 2049 GMT"),
                Some("Dec 31 23:59:59 2049 GMT"),
            ),
            (
                "UTC 1950",
                UTC,
                "500101000000Z",
                Some("Jan  1 00:00:00 1950 GMT"),
                Some("Jan  1 00:00:00 1950 GMT"),
            ),
            (
                "generalized",
                GEN,
                "20500101000000Z",
                Some("Jan  1 00:00:00 2050 GMT"),
                Some("Jan  1 00:00:00 2050 GMT"),
            ),
            (
                "year 0",
                GEN,
                "00000101000000Z",
                Some("Jan  1 00:00:00 0 GMT"),
                Some("Jan  1 00:00:00 0 GMT"),
            ),
            (
                "year 9999",
                GEN,
                "99991231235959Z",
                Some("Dec 31 23:59:59 9999 GMT"),
                Some("Dec 31 23:59:59 9999 GMT"),
            ),
            ("no seconds", UTC, "1502030055Z", Some("Feb  3 00:55:00 2015 GMT"), None),
            (
                "generalized, no seconds",
                GEN,
                "201502030055Z",
                Some("Feb  3 00:55:00 2015 GMT"),
                None,
            ),
            ("offset east", UTC, "150203005552+0200", Some("Feb  2 22:55:52 2015 GMT"), None),
            (
                "offset west, no seconds",
                UTC,
                "1502030055-0130",
                Some("Feb  3 02:25:00 2015 GMT"),
                None,
            ),
            (
                "offset of nothing",
                GEN,
                "18000101000000+0000",
                Some("Jan  1 00:00:00 1800 GMT"),
                None,
            ),
            ("offset before 1900", GEN, "18000101000000+0100", None, None),
            ("offset of 13 hours", UTC, "150203005552+1300", None, None),
            ("offset cut off", UTC, "150203005552+02", None, None),
            ("fraction", GEN, "20150203005552.125Z", Some("Feb  3 00:55:52.125 2015 GMT"), None),
            ("fraction without digits", GEN, "20150203005552.Z", None, None),
            ("fraction in a UTCTime", UTC, "150203005552.1Z", None, None),
            ("month 13", UTC, "151303005552Z", None, None),
            ("29 February", UTC, "150229005552Z", None, None),
            (
                "29 February of a leap year",
                UTC,
                "160229005552Z",
                Some("Feb 29 00:55:52 2016 GMT"),
                Some("Feb 29 00:55:52 2016 GMT"),
            ),
            ("second 60", UTC, "150203005560Z", None, None),
            ("hour 24", UTC, "150203245552Z", None, None),
            ("no zone", UTC, "150203005552", None, None),
            ("text after the zone", UTC, "150203005552Z\n", None, None),
            ("letters", UTC, "15o203005552Z", None, None),
            ("another type", 0x0c, "150203005552Z", None, None),
        ];
        for (name, tag, contents, openssl, boringssl) in cases {
            let time = Time { tag, contents: contents.as_bytes() };
            assert_eq!(time.text(Dialect::OpenSsl).as_deref(), openssl, "{name}");
            assert_eq!(time.text(Dialect::BoringSsl).as_deref(), boringssl, "{name}");
        }
    }

    #[test]
    fn days_are_whole_and_never_negative() {
        let then = OffsetDateTime::from_unix_timestamp(1_735_787_045).unwrap();
        let cases: [(&str, &str, Option<u64>); 6] = [
            ("the same second", "250102030405Z", Some(0)),
            ("a second less than a day", "250103030404Z", Some(0)),
            ("a day", "250103030405Z", Some(1)),
            ("long ago", "500101000000Z", Some(0)),
            ("2049", "491231235959Z", Some(9129)),
            ("unreadable", "251302030405Z", None),
        ];
        for (name, contents, days) in cases {
            let time = Time { tag: UTC_TIME, contents: contents.as_bytes() };
            assert_eq!(time.days_after(then), days, "{name}");
        }
        let generalized: [(&str, &str, Option<u64>); 6] = [
            ("a fraction", "20551112131415.5Z", None),
            ("the year 1", "00010101000000Z", None),
            ("the last year of three digits", "09991231235959Z", None),
            ("the first of four", "10000101000000Z", Some(0)),
            ("nginx' value for an error", "19691231235959Z", None),
            ("a second before it", "19691231235958Z", Some(0)),
        ];
        for (name, contents, days) in generalized {
            let time = Time { tag: GENERALIZED_TIME, contents: contents.as_bytes() };
            assert_eq!(time.days_after(then), days, "{name}");
        }
    }
}
