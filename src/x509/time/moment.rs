//! The point in time of a date, read as leniently as OpenSSL reads it.

use time::{Date, Duration, Month, PrimitiveDateTime};

use super::{GENERALIZED_TIME, Time, UTC_TIME};

/// A point in time, and the digits after its seconds.
pub(super) struct Moment<'a> {
    pub(super) year: u16,
    pub(super) month: Month,
    pub(super) day: u8,
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
    pub(super) fraction: &'a [u8],
}

impl Moment<'_> {
    pub(super) fn utc(&self) -> Option<PrimitiveDateTime> {
        let date = Date::from_calendar_date(self.year.into(), self.month, self.day).ok()?;
        date.with_hms(self.hour, self.minute, self.second).ok()
    }

    pub(super) fn unix_timestamp(&self) -> Option<i64> {
        Some(self.utc()?.assume_utc().unix_timestamp())
    }
}

impl<'a> Time<'a> {
    /// Parses the date as OpenSSL's `asn1_time_to_tm` does.
    pub(super) fn moment(&self) -> Option<Moment<'a>> {
        let mut rest = self.contents;
        let year = match self.tag {
            UTC_TIME => match pair(&mut rest)? {
                year @ 0..50 => u16::from(year).checked_add(2000)?,
                year => u16::from(year).checked_add(1900)?,
            },
            GENERALIZED_TIME => {
                let century = u16::from(pair(&mut rest)?).checked_mul(100)?;
                century.checked_add(u16::from(pair(&mut rest)?))?
            }
            _ => return None,
        };
        let month = Month::try_from(pair(&mut rest)?).ok()?;
        let day = pair(&mut rest)?;
        let (hour, minute) = (pair(&mut rest)?, pair(&mut rest)?);
        let (mut second, mut fraction) = (0, &[][..]);
        if !matches!(rest.first(), Some(b'Z' | b'+' | b'-')) {
            second = pair(&mut rest)?;
            if let (GENERALIZED_TIME, Some((b'.', behind))) = (self.tag, rest.split_first()) {
                let digits = behind.iter().take_while(|byte| byte.is_ascii_digit()).count();
                (fraction, rest) = behind.split_at_checked(digits)?;
                if fraction.is_empty() {
                    return None;
                }
            }
        }
        if day == 0 || day > month.length(year.into()) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let local = Moment { year, month, day, hour, minute, second, fraction };
        match *rest {
            [b'Z'] => Some(local),
            [sign @ (b'+' | b'-'), ref offset @ ..] => moved(local, sign, offset),
            _ => None,
        }
    }
}

/// Converts local time to UTC by an offset of four digits.
fn moved<'a>(local: Moment<'a>, sign: u8, mut offset: &[u8]) -> Option<Moment<'a>> {
    let (hours, minutes) = (pair(&mut offset)?, pair(&mut offset)?);
    if hours > 12 || minutes > 59 || !offset.is_empty() {
        return None;
    }
    let offset =
        Duration::minutes(i64::from(hours).checked_mul(60)?.checked_add(i64::from(minutes))?);
    let utc = match sign {
        b'+' => local.utc()?.checked_sub(offset)?,
        _ => local.utc()?.checked_add(offset)?,
    };
    // `OPENSSL_gmtime_adj` supports these years only.
    if !offset.is_zero() && !(1900..=9999).contains(&utc.year()) {
        return None;
    }
    Some(Moment {
        year: u16::try_from(utc.year()).ok()?,
        month: utc.month(),
        day: utc.day(),
        hour: utc.hour(),
        minute: utc.minute(),
        ..local
    })
}

/// The number with these two digits.
const fn number(tens: u8, ones: u8) -> u8 {
    (tens & 0x0f).wrapping_mul(10).wrapping_add(ones & 0x0f)
}

/// Takes two digits.
#[inline(always)]
fn pair(rest: &mut &[u8]) -> Option<u8> {
    match **rest {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', ref behind @ ..] => {
            *rest = behind;
            Some(number(tens, ones))
        }
        _ => None,
    }
}
