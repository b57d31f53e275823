//! Finds the lines that a receiver reads, in one pass over the headers of a request.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{ReceiveError, ReceiveErrorKind, Receiver, Row};
use crate::field::Field;
use crate::headers::RequestHeaders;
use crate::headers::name::is_alike;

/// The names of a receiver's headers, sorted by length.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    names: Box<[Name]>,
    /// The lengths of all names, modulo 64, a bit each: most headers of a request have none of them.
    lengths: u64,
    /// The first name of each length, modulo 64. The names of a length end where those of the next one begin.
    starts: Box<[u32]>,
}

#[derive(Clone, Debug)]
struct Name {
    /// In lower case.
    name: Box<[u8]>,
    row: usize,
    /// The letters and digits among its last eight bytes, and a mask of their positions: every similar name has the same ones there.
    /// Both are 0 for a shorter name.
    letters: u64,
    mask: u64,
}

/// The last eight bytes, with letters in lower case. Other bytes may change too.
#[inline]
fn ending(name: &[u8]) -> u64 {
    const LOWER: u64 = u64::from_le_bytes([0x20; 8]);
    name.last_chunk::<8>().map_or(0, |last| u64::from_le_bytes(*last) | LOWER)
}

impl Name {
    fn of((row, own): (usize, &Row)) -> Self {
        let name = own.header.as_str().to_ascii_lowercase().into_bytes();
        let letter = |byte: u8| if byte.is_ascii_alphanumeric() { u8::MAX } else { 0 };
        let mask = name.last_chunk::<8>().map_or(0, |last| u64::from_le_bytes(last.map(letter)));
        Self { letters: ending(&name) & mask, mask, name: name.into(), row }
    }
}

impl Names {
    pub(super) fn of(rows: &[Row]) -> Self {
        let mut names: Vec<Name> = rows.iter().enumerate().map(Name::of).collect();
        names.sort_by_key(|name| name.name.len() & 63);
        let start = |length| {
            let before = names.partition_point(|name| name.name.len() & 63 < length);
            u32::try_from(before).unwrap_or(u32::MAX)
        };
        let lengths = names.iter().fold(0, |lengths, name| lengths | 1 << (name.name.len() & 63));
        Self { lengths, starts: (0..=64).map(start).collect(), names: names.into() }
    }

    /// Whether any of the names has this one's length, modulo 64.
    #[inline]
    const fn have_length_of(&self, name: &[u8]) -> bool {
        self.lengths >> (name.len() & 63) & 1 == 1
    }

    /// The row of a header, and whether the name is the row's in any case; otherwise it only looks like it.
    #[inline]
    fn find(&self, name: &[u8]) -> Option<(usize, bool)> {
        let bound = |at| self.starts.get(at).and_then(|start| usize::try_from(*start).ok());
        let length = name.len() & 63;
        let own = self.names.get(bound(length)?..bound(length.saturating_add(1))?)?;
        let ending = ending(name);
        let mut is_similar = false;
        for own in own.iter().filter(|own| ending & own.mask == own.letters) {
            // HTTP/2 and the `http` crate have all names in lower case.
            if is_same(&own.name, name) {
                return Some((own.row, true));
            }
            is_similar = true;
        }
        if is_similar { alike(own, name) } else { None }
    }
}

/// Whether two names are equal. Inlined: calling a function for it takes longer than comparing.
#[inline(always)]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && match one.len() {
            8..16 => have_same_ends::<8>(one, other),
            16..=32 => have_same_ends::<16>(one, other),
            _ => one == other,
        }
}

/// Compares the first `N` bytes and the last, which overlap in a text of up to twice that length.
#[inline(always)]
fn have_same_ends<const N: usize>(one: &[u8], other: &[u8]) -> bool {
    one.first_chunk::<N>() == other.first_chunk::<N>()
        && one.last_chunk::<N>() == other.last_chunk::<N>()
}

/// The row of the header that this name spells in another way, and whether only the case differs.
#[inline(never)]
fn alike(own: &[Name], name: &[u8]) -> Option<(usize, bool)> {
    let own = own.iter().find(|own| is_alike(&own.name, name))?;
    Some((own.row, own.name.eq_ignore_ascii_case(name)))
}

/// More than any set of the crate has.
const FEW: usize = 24;

/// The values that a request has for the rows of a receiver.
#[derive(Clone, Debug)]
pub(super) struct Lines<'h> {
    few: [Option<&'h [u8]>; FEW],
    /// Replaces `few` if a receiver has more rows.
    many: Vec<Option<&'h [u8]>>,
    rows: usize,
}

/// A row and its line in a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'h> {
    pub(super) row: &'h Row,
    /// The value as received.
    pub(super) whole: Option<&'h [u8]>,
}

impl<'h> Line<'h> {
    /// The value; `None` if it means absence.
    pub(super) fn value(&self) -> Option<&'h [u8]> {
        meaning(self.whole?, self.row.field)
    }
}

impl<'h> Lines<'h> {
    /// No values yet, for a receiver with this many rows.
    pub(super) fn none(rows: usize) -> Self {
        let many = if rows > FEW { alloc::vec![None; rows] } else { Vec::new() };
        Self { few: [None; FEW], many, rows }
    }

    /// The value of each row.
    pub(super) fn values(&self) -> &[Option<&'h [u8]>] {
        let values = if self.rows > FEW { &self.many } else { self.few.as_slice() };
        values.get(..self.rows).unwrap_or_default()
    }

    fn values_mut(&mut self) -> &mut [Option<&'h [u8]>] {
        let values = if self.rows > FEW { &mut self.many } else { self.few.as_mut_slice() };
        values.get_mut(..self.rows).unwrap_or_default()
    }
}

impl Receiver {
    /// Finds the lines of a request. A duplicate, a similar name and a value that is too long are errors.
    pub(super) fn find<'h, H: RequestHeaders + ?Sized>(
        &self,
        headers: &'h H,
        lines: &mut Lines<'h>,
    ) -> Result<(), ReceiveError> {
        let values = lines.values_mut();
        let mut error = None;
        headers.visit(&mut |name, value| {
            if !self.names.have_length_of(name) {
                return;
            }
            let Some((row, is_own)) = self.names.find(name) else { return };
            let Some(place) = values.get_mut(row) else { return };
            let kind = if !is_own {
                ReceiveErrorKind::LookAlike
            } else if value.len() > self.reading.limits.header {
                ReceiveErrorKind::TooLarge
            } else if place.replace(value).is_some() {
                ReceiveErrorKind::Twice
            } else {
                return;
            };
            error.get_or_insert((row, kind));
        });
        match error.and_then(|(row, kind)| Some((self.rows.get(row)?, kind))) {
            Some((row, kind)) => Err(ReceiveError::new(&row.header, kind)),
            None => Ok(()),
        }
    }

    /// Removes the fixed text around some rows' values.
    pub(super) fn inside(&self, lines: &mut Lines<'_>) -> Result<(), ReceiveError> {
        for (row, whole) in self.rows.iter().zip(lines.values_mut()) {
            let (Some(value), Some([before, after])) = (*whole, row.around.as_deref()) else {
                continue;
            };
            let inside = value.strip_prefix(before.as_bytes());
            *whole = match inside.and_then(|rest| rest.strip_suffix(after.as_bytes())) {
                // A row without a value is sent without the text around it.
                None if value.trim_ascii().is_empty() => Some(value),
                None => return Err(ReceiveError::new(&row.header, ReceiveErrorKind::Malformed)),
                inside => inside,
            };
        }
        Ok(())
    }

    pub(super) fn line<'l>(&'l self, lines: &Lines<'l>, row: usize) -> Option<Line<'l>> {
        let whole = *lines.values().get(row)?;
        Some(Line { row: self.rows.get(row)?, whole })
    }

    /// Every row and its line.
    pub(super) fn rows_of<'l>(&'l self, lines: &Lines<'l>) -> impl Iterator<Item = Line<'l>> {
        self.rows.iter().zip(lines.values()).map(|(row, whole)| Line { row, whole: *whole })
    }
}

/// The value, or `None` if it is a proxy's text for an absent value.
fn meaning(value: &[u8], field: Field) -> Option<&[u8]> {
    // Most values neither begin nor end with a character that matters below.
    if let ([b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'/' | b':', ..], [.., b'!'..=b'~']) =
        (value, value)
    {
        return Some(value);
    }
    // HTTP/1.1 removes a space at the end of a name, HTTP/2 may not. Without it, it would be another name.
    let value = match value.trim_ascii_start() {
        name if !name.is_empty() && field.may_end_with_a_name() => name,
        value => value.trim_ascii_end(),
    };
    if field.is_bare_name() {
        return Some(value).filter(|name| !name.is_empty());
    }
    let value = match value {
        // HAProxy's `%{+Q}`. A verdict is exact, and quotes are Envoy's grammar.
        [b'"', inside @ .., b'"'] if field.may_be_quoted() => inside.trim_ascii_start(),
        value => value,
    };
    // Apache, Caddy 2.11, Caddy 2.6.
    let nothing = matches!(value, b"" | b"\"\"" | b"(null)" | b"<nil>") || is_placeholder(value);
    (!nothing).then_some(value)
}

/// Whether the whole value is an unexpanded placeholder, `{http.request.tls.client.serial}`. A client may have chosen a value that
/// only begins like one.
fn is_placeholder(value: &[u8]) -> bool {
    let name =
        value.strip_prefix(b"{http.request.tls.client.").and_then(|rest| rest.strip_suffix(b"}"));
    name.is_some_and(|name| {
        name.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::NameForm;
    use alloc::vec;

    fn names(own: &[&str]) -> Names {
        let row = |name: &&str| Row {
            header: crate::headers::HeaderName::from_text(name).unwrap(),
            field: Field::Subject(NameForm::Rfc2253),
            dialect: crate::x509::Dialect::OpenSsl,
            around: None,
            twin: None,
        };
        Names::of(&own.iter().map(row).collect::<Vec<_>>())
    }

    #[test]
    fn names_are_found_in_every_spelling() {
        let long = "x-".repeat(60);
        let own = [
            "A",
            "X-SSL",
            "ssl-client-verify",
            // Of one length, and with one ending.
            "ssl-client-s-dn-legacy",
            "ssl-client-i-dn-legacy",
            "Cf.Cert_1",
            "x-cert-2",
            &long,
        ];
        let names = names(&own);
        for (row, name) in own.iter().enumerate() {
            let (lower, upper) = (name.to_lowercase(), name.to_uppercase());
            for name in [*name, &lower, &upper] {
                assert_eq!(names.find(name.as_bytes()), Some((row, true)), "{name}");
            }
            for separator in [b'_', b'.', b'-', b' ', 0, 0xff] {
                let fold = |byte: u8| if byte.is_ascii_alphanumeric() { byte } else { separator };
                let spelled: Vec<u8> = upper.bytes().map(fold).collect();
                let is_own = spelled.eq_ignore_ascii_case(name.as_bytes());
                assert_eq!(names.find(&spelled), Some((row, is_own)), "{name}");
            }
        }
        for other in
            ["", "B", "X-SSM", "ssl-client-verifx", "tsl-client-verify", "x-cert-3", "x-certa2"]
        {
            assert_eq!(names.find(other.as_bytes()), None, "{other}");
        }
        assert_eq!(Names::default().find(b"x-ssl"), None);
    }

    #[test]
    fn values_are_trimmed_and_placeholders_count_as_absent() {
        let verdict = Field::Verdict(crate::field::VerdictForm::Text);
        let name = Field::Subject(NameForm::Rfc2253);
        let serial = Field::Serial(crate::field::SerialForm::Hex);
        let spiffe_id = Field::SubjectAltName(crate::field::SubjectAltNameForm::SpiffeId);
        let xfcc = Field::Xfcc(crate::field::Xfcc::new());
        let cases = vec![
            (serial, "", None),
            (serial, " \t", None),
            (serial, "(null)", None),
            (serial, "<nil>", None),
            (serial, "\"\"", None),
            (serial, "{http.request.tls.client.serial}", None),
            (
                serial,
                "{http.request.tls.client.serial}x",
                Some("{http.request.tls.client.serial}x"),
            ),
            (serial, "\"0A\"", Some("0A")),
            (serial, " 0A", Some("0A")),
            (serial, "0A ", Some("0A")),
            (serial, "0A", Some("0A")),
            (serial, "0", Some("0")),
            (serial, ":", Some(":")),
            (name, "CN=a ", Some("CN=a ")),
            (name, "  ", None),
            (name, " CN=a", Some("CN=a")),
            (name, "\" CN=a\"", Some("CN=a")),
            (spiffe_id, " spiffe://a ", Some("spiffe://a ")),
            (spiffe_id, " \t ", None),
            (xfcc, " Hash=00;URI=spiffe://a ", Some("Hash=00;URI=spiffe://a ")),
            (verdict, "\"SUCCESS\"", Some("\"SUCCESS\"")),
            (verdict, "SUCCESS", Some("SUCCESS")),
        ];
        for (field, value, expected) in cases {
            assert_eq!(meaning(value.as_bytes(), field), expected.map(str::as_bytes), "{value:?}");
        }
    }
}
