//! Traefik's `X-Forwarded-Tls-Client-Cert-Info`: `Subject="…";Issuer="…";SerialNumber="…";NB="…";NA="…";SAN="…"`.
//!
//! Nothing in the values is escaped, so a common name can end its group and write others. Serial number and dates are read, which
//! are the issuer's words, and only where no name can have written them: every group that the caller declared and that Traefik
//! never leaves out is there, each of them once, and no other. One that a name wrote would be its second. The names themselves are
//! not read.

use alloc::vec::Vec;

use super::dates::DateForm;
use super::declared::Declared;
use super::error::ReceiveErrorKind;
use super::serial;
use super::stated::Stated;
use crate::encoding;
use crate::record::Property;

/// In Traefik's order.
pub(super) const GROUPS: [&str; 6] = ["Subject", "Issuer", "SerialNumber", "NB", "NA", "SAN"];

/// Those that no certificate is without.
const ALWAYS: [&str; 4] = ["Issuer", "SerialNumber", "NB", "NA"];

pub(super) fn read(
    value: &[u8],
    declared: &Declared,
    stated: &mut Stated,
) -> Result<(), ReceiveErrorKind> {
    let text = encoding::decode_url(value).ok_or(ReceiveErrorKind::Malformed)?;
    stated.something = true;
    let Some([_, serial, not_before, not_after]) = certain(&text, declared) else {
        return Ok(());
    };
    if let Some(serial) = serial.and_then(serial::from_decimal) {
        stated.text(Property::Serial, serial);
    }
    for (property, date) in [(Property::NotBefore, not_before), (Property::NotAfter, not_after)] {
        if let Some(date) = date {
            DateForm::Seconds.state(property, date, stated)?;
        }
    }
    Ok(())
}

/// The values of the declared groups, if they are what this Traefik sends.
fn certain<'t>(text: &'t [u8], declared: &Declared) -> Option<[Option<&'t [u8]>; ALWAYS.len()]> {
    // What comes first no name can have written.
    let begins = |group: &&&str| text.starts_with(&beginning(group));
    declared.has(GROUPS.iter().find(begins)?).then_some(())?;
    // What this Traefik does not send, a name has written.
    let is_strange = |group: &&str| !declared.has(group) && contains(text, &beginning(group));
    if GROUPS.iter().any(is_strange) {
        return None;
    }
    let mut values = [None; ALWAYS.len()];
    for (group, value) in ALWAYS.iter().zip(&mut values).filter(|(group, _)| declared.has(group)) {
        *value = Some(only_value(text, &beginning(group))?);
    }
    Some(values)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// `Subject="`
fn beginning(group: &str) -> Vec<u8> {
    [group.as_bytes(), b"=\""].concat()
}

/// What is behind the only beginning like this, up to the next quote.
fn only_value<'t>(text: &'t [u8], beginning: &[u8]) -> Option<&'t [u8]> {
    let is_one = |(at, window): (usize, &[u8])| (window == beginning).then_some(at);
    let mut places = text.windows(beginning.len()).enumerate().filter_map(is_one);
    let (Some(at), None) = (places.next(), places.next()) else { return None };
    text.get(at.saturating_add(beginning.len())..)?.split(|byte| *byte == b'"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_forged() {
        let complete = r#"Subject="CN=a";Issuer="CN=b";SerialNumber="5";NB="1";NA="2";SAN="c""#;
        let numbers = r#"SerialNumber="5";NB="1";NA="2""#;
        let forged = r#"Subject="CN=a";SerialNumber="6";NB="1";NA="2""#;
        let both = r#"Subject="CN=a";SerialNumber="6";SerialNumber="5";NB="1";NA="2""#;
        let cases = [
            ("complete", complete, "", true),
            ("without names of the client's", &complete[15..], "", true),
            ("all declared by name", complete, "subject,issuer,serialnumber,nb,na,san", true),
            ("a first group that is not sent", complete, "Issuer,SerialNumber,NB,NA", false),
            ("numbers, if all are sent", numbers, "", false),
            ("numbers, and only they are sent", numbers, "SerialNumber,NB,NA", true),
            ("one number", r#"NA="2""#, "NA", true),
            ("a subject that writes what is not sent", forged, "Subject", false),
            ("a subject that writes what is left out", forged, "", false),
            ("a subject that writes what is sent", both, "Subject,SerialNumber,NB,NA", false),
            (
                "a subject that ends in the middle of a group",
                r#"Subject="CN=a";SerialNumber="6";SAN=";SerialNumber="5""#,
                "Subject,SerialNumber,SAN",
                false,
            ),
            (
                "a name that hides what is sent",
                r#"Subject="CN=a";SerialNumber="6";SAN="x;SerialNumber="5";SAN="b""#,
                "Subject,SerialNumber,SAN",
                false,
            ),
            (
                "a subject that writes a certificate",
                r#"Subject="CN=a";SerialNumber="6",Subject="x";SerialNumber="5""#,
                "Subject,SerialNumber",
                false,
            ),
            ("an alternative name that does", r#"NB="1";SAN="a";NB="2""#, "NB,SAN", false),
            ("a quote in a subject", r#"Subject="CN=a"b";NB="1""#, "Subject,NB", true),
            ("two certificates", r#"NB="1",NB="2""#, "NB", false),
            ("a group that is missing", r#"Subject="CN=a";NB="1""#, "Subject,NB,NA", false),
            ("another group", r#"Other="1";NB="1""#, "NB", false),
            ("nothing", "", "SerialNumber", false),
        ];
        for (name, text, keys, expected) in cases {
            let declared = match keys {
                "" => Declared::default(),
                keys => Declared::of(keys.split(','), &GROUPS).unwrap(),
            };
            assert_eq!(certain(text.as_bytes(), &declared).is_some(), expected, "{name}");
        }
        let declared = Declared::of(["Subject", "NB"], &GROUPS).unwrap();
        let values = certain(br#"Subject="a";NB="1""#, &declared);
        assert_eq!(values, Some([None, None, Some(&b"1"[..]), None]));
    }
}
