//! The distance of a date from now, in words.

use time::{Duration, OffsetDateTime};

use crate::page::Tone;

/// Expiry within this time is a warning.
const SOON: Duration = Duration::days(30);

/// `22 months ago`, or `not valid yet: starts in 24 hours`.
pub(crate) fn since(start: OffsetDateTime, now: OffsetDateTime) -> (String, Tone) {
    match distance(start, now) {
        past if !past.is_positive() => (format!("{} ago", span(past)), Tone::Plain),
        future => (format!("not valid yet: starts in {}", span(future)), Tone::Bad),
    }
}

/// `expires in 8 years`, `expired 3 days ago`
pub(crate) fn until(end: OffsetDateTime, now: OffsetDateTime) -> (String, Tone) {
    match distance(end, now) {
        past if past.is_negative() => (format!("expired {} ago", span(past)), Tone::Bad),
        future => {
            let tone = if future < SOON { Tone::Warning } else { Tone::Plain };
            (format!("expires in {}", span(future)), tone)
        }
    }
}

fn distance(time: OffsetDateTime, now: OffsetDateTime) -> Duration {
    Duration::seconds(time.unix_timestamp().saturating_sub(now.unix_timestamp()))
}

/// A duration in the largest unit of which it has at least two, or in seconds.
fn span(duration: Duration) -> String {
    // Months and years have their average length.
    const UNITS: [(i64, &str); 6] = [
        (31_556_952, "year"),
        (2_629_746, "month"),
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let seconds = duration.whole_seconds().saturating_abs();
    let count = |(unit, name): (i64, &'static str)| (seconds.div_euclid(unit), name);
    let (number, name) = UNITS
        .map(count)
        .into_iter()
        .find(|(number, _)| *number >= 2)
        .unwrap_or((seconds, "second"));
    format!("{number} {name}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_words() {
        let now = OffsetDateTime::UNIX_EPOCH;
        let cases = [
            (Duration::ZERO, "0 seconds ago", "expires in 0 seconds"),
            (Duration::seconds(-1), "1 second ago", "expired 1 second ago"),
            (Duration::seconds(90), "not valid yet: starts in 90 seconds", "expires in 90 seconds"),
            (Duration::hours(-47), "47 hours ago", "expired 47 hours ago"),
            (Duration::days(-3), "3 days ago", "expired 3 days ago"),
            (Duration::days(45), "not valid yet: starts in 45 days", "expires in 45 days"),
            (Duration::days(-670), "22 months ago", "expired 22 months ago"),
            (Duration::days(3_280), "not valid yet: starts in 8 years", "expires in 8 years"),
        ];
        for (distance, start, end) in cases {
            assert_eq!(since(now + distance, now).0, start);
            assert_eq!(until(now + distance, now).0, end);
        }
        let tones = [(-1, Tone::Bad), (29, Tone::Warning), (31, Tone::Plain)];
        for (days, tone) in tones {
            assert_eq!(until(now + Duration::days(days), now).1, tone, "{days}");
        }
    }
}
