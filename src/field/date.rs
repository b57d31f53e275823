//! Dates in every proxy's format. They are parsed into OpenSSL's.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use time::{Month, OffsetDateTime};

use super::ReceiveErrorKind;
use super::stated::{Fact, Stated};
use crate::encoding;
use crate::x509::{Certificate, Dialect, Time};

/// The format of a date. Receivers accept any of the three ISO 8601 forms for each other.
///
/// ```
/// use tls_client_auth::field::{DateForm, Field};
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
/// let value = |form| value(Field::NotBefore(form));
/// assert_eq!(value(DateForm::OpenSsl), "Jan  2 03:04:05 2025 GMT");
/// assert_eq!(value(DateForm::HaProxy), "250102030405Z");
/// assert_eq!(value(DateForm::Iso8601), "2025-01-02T03:04:05Z");
/// assert_eq!(value(DateForm::Iso8601Offset), "2025-01-02T03:04:05+00:00");
/// assert_eq!(value(DateForm::Iso8601Millis), "2025-01-02T03:04:05.000Z");
/// assert_eq!(value(DateForm::UnixSeconds), "1735787045");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DateForm {
    /// `Feb  3 00:55:52 2015 GMT`: see [`Time::text`](crate::x509::Time::text).
    OpenSsl,
    /// `150203005552Z`: without a century, and only for the years from 2000 to 2099. HAProxy.
    HaProxy,
    /// `2015-02-03T00:55:52Z`
    Iso8601,
    /// `2015-02-03T00:55:52+00:00`
    Iso8601Offset,
    /// `2015-02-03T00:55:52.000Z`
    Iso8601Millis,
    /// `1422924952`
    UnixSeconds,
}

impl DateForm {
    #[inline]
    pub(super) fn write(self, date: Time<'_>, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::OpenSsl => date.write(dialect, out),
            Self::HaProxy => date.write_haproxy(out),
            Self::Iso8601 => date.write_iso8601(b"Z", dialect, out),
            Self::Iso8601Offset => date.write_iso8601(b"+00:00", dialect, out),
            Self::Iso8601Millis => date.write_iso8601(b".000Z", dialect, out),
            Self::UnixSeconds => date.write_unix_seconds(dialect, out),
        }
    }

    /// States the date as OpenSSL prints it. ISO 8601 forms may have a fraction, and `Z` or a zero offset; HAProxy's years are
    /// those from 2000 to 2099. A malformed date in a form that copies the certificate's encoding is skipped; in other forms it is
    /// an error.
    pub(super) fn read(
        self,
        fact: Fact,
        value: &[u8],
        stated: &mut Stated<'_>,
    ) -> Result<(), ReceiveErrorKind> {
        let date = self.openssl_text(value, stated.dialect);
        // OpenSSL's text for a date that it cannot parse.
        if matches!(self, Self::OpenSsl) && date.is_none() && value != b"Bad time value" {
            return Err(ReceiveErrorKind::Malformed);
        }
        stated.date(fact, &date.unwrap_or_default())
    }

    fn openssl_text(self, value: &[u8], dialect: Dialect) -> Option<Cow<'_, str>> {
        let text = match self {
            Self::OpenSsl => return openssl(value).map(Cow::Borrowed),
            Self::HaProxy => Time::generalized(&[b"20", value].concat()).text(dialect),
            Self::Iso8601 | Self::Iso8601Offset | Self::Iso8601Millis => rfc3339(value),
            Self::UnixSeconds => {
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
        };
        text.map(Cow::Owned)
    }
}

/// `NotBefore=…;NotAfter=…`
pub(super) fn write_validity(
    certificate: &Certificate<'_>,
    dialect: Dialect,
    out: &mut Vec<u8>,
) -> Option<()> {
    out.extend_from_slice(b"NotBefore=");
    DateForm::Iso8601.write(certificate.not_before(), dialect, out)?;
    out.extend_from_slice(b";NotAfter=");
    DateForm::Iso8601.write(certificate.not_after(), dialect, out)
}

pub(super) fn read_validity(value: &[u8], stated: &mut Stated<'_>) -> Result<(), ReceiveErrorKind> {
    for part in value.split(|byte| *byte == b';') {
        if let Some(date) = part.strip_prefix(b"NotBefore=") {
            DateForm::Iso8601.read(Fact::NotBefore, date, stated)?;
        } else if let Some(date) = part.strip_prefix(b"NotAfter=") {
            DateForm::Iso8601.read(Fact::NotAfter, date, stated)?;
        } else {
            return Err(ReceiveErrorKind::Malformed);
        }
    }
    Ok(())
}

/// The date, if the text is exactly a valid date in OpenSSL's format.
fn openssl(value: &[u8]) -> Option<&str> {
    const MONTHS: [&[u8]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
        b"Dec",
    ];
    let (month, rest) = value.split_at_checked(3)?;
    let month = MONTHS.iter().position(|name| *name == month)?;
    let month = Month::try_from(u8::try_from(month).ok()?.checked_add(1)?).ok()?;
    let (day, rest) = rest.strip_prefix(b" ")?.split_first_chunk::<2>()?;
    let day = number(day.strip_prefix(b" ").unwrap_or(day))?;
    let (clock, rest) = rest.strip_prefix(b" ")?.split_first_chunk::<8>()?;
    let [h, hh, b':', m, mm, b':', s, ss] = *clock else { return None };
    let clock = [[h, hh], [m, mm], [s, ss]].map(|pair| number(&pair));
    let rest = match rest {
        [b'.', fraction @ ..] if fraction.first()?.is_ascii_digit() => behind_digits(fraction),
        rest => rest,
    };
    let year = number(rest.strip_prefix(b" ")?.strip_suffix(b" GMT")?)?;
    let is_day = (1..=u16::from(month.length(year.into()))).contains(&day);
    let is_clock = matches!(clock, [Some(0..=23), Some(0..=59), Some(0..=59)]);
    core::str::from_utf8(value).ok().filter(|_| is_day && is_clock)
}

/// A number of one to four digits.
fn number(digits: &[u8]) -> Option<u16> {
    let digit = |number: u16, digit: &u8| {
        let digit = digit.is_ascii_digit().then_some(digit & 0x0f)?;
        Some(number.wrapping_mul(10).wrapping_add(digit.into()))
    };
    digits.iter().try_fold(0, digit).filter(|_| matches!(digits.len(), 1..=4))
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
    use crate::field::text_of as text;

    const PLAIN: &[u8] = include_bytes!("../../tests/fixtures/plain.der");

    #[test]
    fn a_date_in_each_form() {
        let date = Certificate::from_der(PLAIN).unwrap().not_before();
        let cases = [
            (DateForm::OpenSsl, "Jan  2 03:04:05 2025 GMT"),
            (DateForm::HaProxy, "250102030405Z"),
            (DateForm::Iso8601, "2025-01-02T03:04:05Z"),
            (DateForm::Iso8601Offset, "2025-01-02T03:04:05+00:00"),
            (DateForm::Iso8601Millis, "2025-01-02T03:04:05.000Z"),
            (DateForm::UnixSeconds, "1735787045"),
        ];
        for (form, expected) in cases {
            let written = text(|out| form.write(date, Dialect::OpenSsl, out));
            assert_eq!(written.as_deref(), Some(expected), "{form:?}");
        }
    }

    #[test]
    fn dates_are_read_in_their_form() {
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
            (DateForm::Iso8601, "2015-02-03T00:55:52Z", expected),
            (DateForm::Iso8601, "2015-02-03T00:55:52.000Z", expected),
            (DateForm::Iso8601, "2015-02-03T00:55:52+00:00", expected),
            (DateForm::Iso8601, "2015-02-03T00:55:52+02:00", None),
            (DateForm::Iso8601, "2015-02-03 00:55:52Z", None),
            (DateForm::Iso8601, "2015-02-03T00:55Z", None),
            (DateForm::Iso8601, "2015-13-03T00:55:52Z", None),
            (DateForm::UnixSeconds, "1422924952", expected),
            (DateForm::UnixSeconds, "-1", Some("Dec 31 23:59:59 1969 GMT")),
            (DateForm::UnixSeconds, "1e9", None),
            (DateForm::UnixSeconds, "99999999999999999999", None),
        ];
        for (form, text, expected) in cases {
            assert_eq!(
                form.openssl_text(text.as_bytes(), Dialect::BoringSsl).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}
