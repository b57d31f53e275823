//! Traefik's `X-Forwarded-Tls-Client-Cert-Info`: `Subject="…";Issuer="…";SerialNumber="…";NB="…";NA="…";SAN="…"`.
//!
//! Nothing in the values is escaped, so a common name can end its group and write others. Only what that can't forge is read:
//! one certificate's groups, each once, in Traefik's order, serial number and dates all there. The names are not read at all.

use super::dates::DateForm;
use super::error::ReceiveErrorKind;
use super::serial;
use super::stated::Stated;
use crate::decoding;
use crate::record::Property;

const ORDER: [&[u8]; 6] = [b"Subject", b"Issuer", b"SerialNumber", b"NB", b"NA", b"SAN"];

pub(super) fn read(value: &[u8], stated: &mut Stated) -> Result<(), ReceiveErrorKind> {
    let text = decoding::percent(value).ok_or(ReceiveErrorKind::Malformed)?;
    stated.something = true;
    if let Some([_, _, Some(serial), Some(not_before), Some(not_after), _]) = groups(&text)
        && let Some(serial) = serial::from_decimal(serial)
    {
        stated.text(Property::Serial, serial);
        stated.date(Property::NotBefore, DateForm::Seconds, not_before);
        stated.date(Property::NotAfter, DateForm::Seconds, not_after);
    }
    Ok(())
}

fn groups(text: &[u8]) -> Option<[Option<&[u8]>; ORDER.len()]> {
    let mut groups = [None; ORDER.len()];
    let mut places = ORDER.iter().zip(&mut groups);
    let mut rest = text;
    loop {
        let (name, behind) = split_once(rest, b"=\"")?;
        // Searching on from the last one's place: each at most once, and in order.
        let (_, place) = places.find(|(wanted, _)| **wanted == name)?;
        let (value, behind) = split_once(behind, b"\"")?;
        *place = Some(value);
        match behind {
            [] => return Some(groups),
            [b';', behind @ ..] => rest = behind,
            _ => return None,
        }
    }
}

fn split_once<'t>(text: &'t [u8], separator: &[u8]) -> Option<(&'t [u8], &'t [u8])> {
    let at = text.windows(separator.len()).position(|window| window == separator)?;
    Some((text.get(..at)?, text.get(at.saturating_add(separator.len())..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_forged() {
        let cases = [
            (
                "complete",
                r#"Subject="CN=a";Issuer="CN=b";SerialNumber="5";NB="1";NA="2";SAN="c""#,
                true,
            ),
            ("without names", r#"SerialNumber="5";NB="1";NA="2""#, true),
            ("a group missing", r#"Subject="CN=a";SerialNumber="5";NB="1""#, false),
            (
                "a common name that writes groups",
                r#"Subject="CN=a";SerialNumber="6";NB="1";NA="2";Issuer="CN=b";SerialNumber="5";NB="1";NA="2""#,
                false,
            ),
            (
                "a common name that writes a certificate",
                r#"Subject="CN=a";SerialNumber="6";NB="1";NA="2",Subject="x";SerialNumber="5";NB="1";NA="2""#,
                false,
            ),
            ("a quote", r#"Subject="CN=a"b";SerialNumber="5";NB="1";NA="2""#, false),
            ("nothing", "", false),
        ];
        for (name, text, expected) in cases {
            let groups = groups(text.as_bytes());
            let complete = groups.is_some_and(|groups| groups[2..5].iter().all(Option::is_some));
            assert_eq!(complete, expected, "{name}");
        }
    }
}
