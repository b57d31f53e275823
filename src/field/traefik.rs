//! Traefik's two values: all certificates in bare base64, and a summary of each.
//!
//! Traefik escapes nothing inside the quotes, so a name that a client chose can end a field, add fields or begin another
//! certificate. Here the characters that could do that are written as RFC 2253 hex pairs (`\22`), so that readers that know no
//! escapes are not misled either. Everything else equals Traefik's output.
//!
//! Receivers parse only the serial number and the dates, which the issuer chose, and only if no name can have produced them: each
//! declared group that Traefik never leaves out must be present exactly once and at its position, and no other group. A forged group
//! would be the second of its kind. The names themselves are not parsed.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::declared::Declared;
use super::stated::{Fact, Stated};
use super::{DateForm, Facts, ReceiveErrorKind, SanKind, SerialForm, UrlForm, alternative_names};
use crate::encoding;
use crate::x509::Certificate;
use crate::x509::Name;
use crate::x509::name::go::{GoName, GoValue, Kind};

impl Facts<'_> {
    /// The leaf and its chain, in the order sent.
    pub(super) fn all_certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.client.leaf().into_iter().chain(self.client.chain_certificates())
    }

    /// Appends the summary. `None` if the leaf cannot be parsed. Any other certificate that cannot be parsed is an empty element, so
    /// that the others keep their positions.
    pub(super) fn write_info(&self, out: &mut Vec<u8>) -> Option<()> {
        let mut info = Vec::new();
        write_certificate(self.certificate?, &mut info)?;
        for der in self.client.chain_certificates() {
            info.push(b',');
            let start = info.len();
            let certificate = Certificate::from_der_up_to(der, self.limits.certificate).ok();
            if certificate.as_ref().and_then(|read| write_certificate(read, &mut info)).is_none() {
                info.truncate(start);
            }
        }
        UrlForm::Form.write(&info, out);
        Some(())
    }
}

fn write_certificate(certificate: &Certificate<'_>, out: &mut Vec<u8>) -> Option<()> {
    let mut groups = Groups { out, any: false };
    let subject = name(certificate.subject(), true)?;
    groups.push("Subject", &subject);
    let issuer = name(certificate.issuer(), false)?;
    groups.push("Issuer", &issuer);
    let mut serial = Vec::new();
    if let Some(number) = certificate.serial_number() {
        number.write_decimal(&mut serial);
    }
    groups.push("SerialNumber", &serial);
    for (key, date) in [("NB", certificate.not_before()), ("NA", certificate.not_after())] {
        if let Some(date) = date.to_offset_date_time() {
            // A date before 1970 wraps around, as Traefik's does.
            let seconds = date.unix_timestamp().cast_unsigned();
            groups.push(key, seconds.to_string().as_bytes());
        }
    }
    let kinds = [SanKind::Dns, SanKind::Email, SanKind::Ip, SanKind::Uri];
    let names: Vec<String> =
        kinds.into_iter().flat_map(|kind| alternative_names::go(certificate, kind)).collect();
    if !names.is_empty() {
        let mut list = Vec::new();
        let escaped = |name: &[u8], out: &mut Vec<u8>| escape(name, Place::Entry, out);
        encoding::list(names.iter().map(String::as_bytes), b",", escaped, &mut list);
        groups.push_even_empty("SAN", &list);
    }
    Some(())
}

/// `KEY="value"`, joined by `;`. An empty group is left out, except for alternative names.
struct Groups<'o> {
    out: &'o mut Vec<u8>,
    any: bool,
}

impl Groups<'_> {
    fn push(&mut self, key: &str, value: &[u8]) {
        if !value.is_empty() {
            self.push_even_empty(key, value);
        }
    }

    fn push_even_empty(&mut self, key: &str, value: &[u8]) {
        if self.any {
            self.out.push(b';');
        }
        self.any = true;
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"=\"");
        self.out.extend_from_slice(value);
        self.out.push(b'"');
    }
}

/// `DC=…,C=…,ST=…,L=…,O=…,OU=…,SN=…,CN=…`; an issuer's has no `OU`.
fn name(name: Name<'_>, units: bool) -> Option<Vec<u8>> {
    let name = GoName::read(&name)?;
    let mut out = Vec::new();
    name.domain_components().for_each(|value| push_attribute("DC", value, &mut out));
    let lists = [
        (Kind::COUNTRY, "C"),
        (Kind::PROVINCE, "ST"),
        (Kind::LOCALITY, "L"),
        (Kind::ORGANIZATION, "O"),
        (Kind::UNIT, "OU"),
    ];
    for (kind, key) in lists.into_iter().filter(|(kind, _)| units || *kind != Kind::UNIT) {
        name.all(kind)
            .filter(|value| !value.is_empty())
            .for_each(|value| push_attribute(key, value, &mut out));
    }
    for (kind, key) in [(Kind::SERIAL_NUMBER, "SN"), (Kind::COMMON_NAME, "CN")] {
        if let Some(value) = name.last(kind) {
            push_attribute(key, value, &mut out);
        }
    }
    Some(out)
}

fn push_attribute(key: &str, value: &GoValue<'_>, out: &mut Vec<u8>) {
    if !out.is_empty() {
        out.push(b',');
    }
    out.extend_from_slice(key.as_bytes());
    out.push(b'=');
    match value {
        GoValue::Text(text) => escape(text, Place::Attribute, out),
        GoValue::Other(_) => {
            out.push(b'#');
            value.write_hex(out);
        }
    }
}

/// The position of a value.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Place {
    /// In a distinguished name: `,` separates `KEY=value`.
    Attribute,
    /// In the list of alternative names: every `,` separates.
    Entry,
}

/// Escapes, such as by `\2C`, characters that a reader could take for the end of this value.
///
/// A quote is always escaped; a separator if a `=` follows before the next separator, because the text between would look like
/// another field (`Acme, Inc.` is unchanged); a backslash only before two hex digits.
fn escape(value: &[u8], place: Place, out: &mut Vec<u8>) {
    // Whether a `=` follows before the next separator of this kind; computed from the end.
    let (mut behind_comma, mut behind_semicolon) = (false, false);
    let (mut next, mut after_next) = (None, None);
    let start = out.len();
    for byte in value.iter().rev() {
        let is_hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
        let escaped = match byte {
            b'"' => true,
            b'\\' => is_hex(next) && is_hex(after_next),
            b',' => core::mem::take(&mut behind_comma) || place == Place::Entry,
            b';' => core::mem::take(&mut behind_semicolon),
            _ => false,
        };
        if *byte == b'=' {
            (behind_comma, behind_semicolon) = (true, true);
        }
        (after_next, next) = (next, Some(byte));
        if escaped {
            let [mark, high, low] = encoding::hex_escape(b'\\', *byte);
            out.extend_from_slice(&[low, high, mark]);
        } else {
            out.push(*byte);
        }
    }
    out.get_mut(start..).unwrap_or_default().reverse();
}

/// In Traefik's order.
pub(super) const GROUPS: [&str; 6] = ["Subject", "Issuer", "SerialNumber", "NB", "NA", "SAN"];

/// The groups that every certificate has.
const ALWAYS: [&str; 4] = ["Issuer", "SerialNumber", "NB", "NA"];

pub(super) fn read_info(
    value: &[u8],
    declared: &Declared,
    stated: &mut Stated<'_>,
) -> Result<(), ReceiveErrorKind> {
    let text = encoding::decode_url(value).ok_or(ReceiveErrorKind::Malformed)?;
    stated.something = true;
    let Some([_, serial, not_before, not_after]) = certain(&text, declared) else {
        return Ok(());
    };
    if let Some(serial) = serial {
        // A serial number that is too long to parse is skipped.
        match SerialForm::Decimal.read(serial, stated) {
            Err(ReceiveErrorKind::Malformed) => {}
            read => read?,
        }
    }
    for (fact, date) in [(Fact::NotBefore, not_before), (Fact::NotAfter, not_after)] {
        if let Some(date) = date {
            DateForm::UnixSeconds.read(fact, date, stated)?;
        }
    }
    Ok(())
}

/// The values of the declared groups, if exactly these are present.
fn certain<'t>(text: &'t [u8], declared: &Declared) -> Option<[Option<&'t [u8]>; ALWAYS.len()]> {
    // No name can have produced the first group.
    let begins = |group: &&&str| text.starts_with(&beginning(group));
    declared.has(GROUPS.iter().find(begins)?).then_some(())?;
    // A name produced any group that was not declared.
    let is_strange = |group: &&str| !declared.has(group) && contains(text, &beginning(group));
    if GROUPS.iter().any(is_strange) {
        return None;
    }
    let mut values = [None; ALWAYS.len()];
    for (group, value) in ALWAYS.iter().zip(&mut values).filter(|(group, _)| declared.has(group)) {
        *value = Some(only_value(text, &beginning(group))?);
    }
    are_in_place(text, &values).then_some(values)
}

/// Whether the numbers are adjacent, after the issuer, with the client's names only at the ends, as Traefik writes them. A group forged
/// by a name is at another position, unless the name forges all the rest.
fn are_in_place(text: &[u8], values: &[Option<&[u8]>; ALWAYS.len()]) -> bool {
    let numbers = ALWAYS.iter().zip(values).skip(1);
    let numbers =
        numbers.filter_map(|(group, value)| Some([&beginning(group), (*value)?, b"\""].concat()));
    let row = numbers.collect::<Vec<_>>().join(&b';');
    let Some(at) = text.windows(row.len().max(1)).position(|window| window == row) else {
        return row.is_empty();
    };
    let (before, behind) = text.split_at_checked(at).unwrap_or_default();
    let behind = behind.get(row.len()..).unwrap_or_default();
    let [subject, issuer, names] = ["Subject", "Issuer", "SAN"].map(beginning);
    let is_first = before.is_empty() || before.ends_with(b"\";");
    let is_last = behind.is_empty() || behind.starts_with(&[b";", &*names].concat());
    let strays = contains(before, &names)
        || contains(before.get(1..).unwrap_or_default(), &subject)
        || contains(behind.get(2..).unwrap_or_default(), &names)
        || contains(behind, &issuer);
    is_first && is_last && !strays
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// `Subject="`
fn beginning(group: &str) -> Vec<u8> {
    [group.as_bytes(), b"=\""].concat()
}

/// The text after the only occurrence of this beginning, up to the next quote.
fn only_value<'t>(text: &'t [u8], beginning: &[u8]) -> Option<&'t [u8]> {
    let is_one = |(at, window): (usize, &[u8])| (window == beginning).then_some(at);
    let mut places = text.windows(beginning.len()).enumerate().filter_map(is_one);
    let (Some(at), None) = (places.next(), places.next()) else { return None };
    text.get(at.saturating_add(beginning.len())..)?.split(|byte| *byte == b'"').next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn text_that_could_mislead_a_reader_is_escaped() {
        let cases = [
            ("Acme, Inc.", "Acme, Inc.", r"Acme\2C Inc."),
            ("a=b", "a=b", "a=b"),
            ("a,b=c", r"a\2Cb=c", r"a\2Cb=c"),
            ("a=b,c", "a=b,c", r"a=b\2Cc"),
            ("a,b,c=d,e", r"a,b\2Cc=d,e", r"a\2Cb\2Cc=d\2Ce"),
            ("a;b", "a;b", "a;b"),
            (r#"a";SAN="x"#, r"a\22\3BSAN=\22x", r"a\22\3BSAN=\22x"),
            (r"DOMAIN\user", r"DOMAIN\user", r"DOMAIN\user"),
            (r"a\22b", r"a\5C22b", r"a\5C22b"),
            (r#"\2""#, r"\2\22", r"\2\22"),
            ("", "", ""),
        ];
        for (value, attribute, entry) in cases {
            let escaped = |place| {
                let mut out = Vec::new();
                escape(value.as_bytes(), place, &mut out);
                String::from_utf8(out).unwrap()
            };
            assert_eq!(escaped(Place::Attribute), attribute, "{value}");
            assert_eq!(escaped(Place::Entry), entry, "{value}");
        }
    }

    #[test]
    fn only_values_that_cannot_be_forged_are_read() {
        let complete = r#"Subject="CN=a";Issuer="CN=b";SerialNumber="5";NB="1";NA="2";SAN="c""#;
        let numbers = r#"SerialNumber="5";NB="1";NA="2""#;
        let forged = r#"Subject="CN=a";SerialNumber="6";NB="1";NA="2""#;
        let both = r#"Subject="CN=a";SerialNumber="6";SerialNumber="5";NB="1";NA="2""#;
        let cases = [
            ("complete", complete, "", true),
            ("no subject", &complete[15..], "", true),
            ("all declared by name", complete, "subject,issuer,serialnumber,nb,na,san", true),
            ("a first group that is not sent", complete, "Issuer,SerialNumber,NB,NA", false),
            ("numbers without a declaration", numbers, "", false),
            ("numbers that are declared", numbers, "SerialNumber,NB,NA", true),
            ("one number that is declared", r#"NA="2""#, "NA", true),
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
                "a subject that hides what is sent",
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
            ("a number in an alternative name", r#"NB="1";SAN="a";NB="2""#, "NB,SAN", false),
            ("a quote in a subject", r#"Subject="CN=a"b";NB="1""#, "Subject,NB", true),
            ("two certificates", r#"NB="1",NB="2""#, "NB", false),
            (
                "a subject that writes all the numbers, before the issuer",
                r#"Subject="CN=a";SerialNumber="6";NB="1";NA="4";Issuer="CN=b""#,
                "",
                false,
            ),
            (
                "a subject that writes one number, before the issuer",
                r#"Subject="CN=a";SerialNumber="6";Issuer="CN=b";NB="1";NA="4""#,
                "",
                false,
            ),
            (
                "an unknown group among the others",
                r#"Issuer="CN=b";SerialNumber="6";X="";NB="1";NA="4""#,
                "",
                false,
            ),
            (
                "a subject that writes another certificate's",
                r#"Subject="CN=x",Subject="CN=b";Issuer="CN=b";SerialNumber="7";NB="1";NA="4""#,
                "",
                false,
            ),
            (
                "a subject that writes all the rest, before the alternative names",
                r#"Subject="CN=a";Issuer="x";SerialNumber="6";NB="1";NA="2";SAN="";SAN="b""#,
                "",
                false,
            ),
            ("text before a number", r#"Subject="CN=xNB="1""#, "Subject,NB", false),
            ("text after a number", r#"Subject="CN=x";NB="1"y"#, "Subject,NB", false),
            ("quotes in alternative names", r#"NB="1";SAN="a";b="c""#, "NB,SAN", true),
            ("a group that is missing", r#"Subject="CN=a";NB="1""#, "Subject,NB,NA", false),
            ("an unknown group", r#"Other="1";NB="1""#, "NB", false),
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
