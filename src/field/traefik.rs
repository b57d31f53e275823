//! Traefik's two values: all certificates in bare base64, and what it tells of each.
//!
//! Traefik escapes nothing inside the quotes, so a name of a client's choice can end a field, add others or begin another
//! certificate. Here the characters that could do that are written as RFC 2253 hex pairs (`\22`), so that readers which know no
//! escapes are not fooled either; everything else is Traefik's, byte for byte.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::{Facts, SanKind, UrlForm, alternative_names};
use crate::encoding;
use crate::x509::Certificate;
use crate::x509::Name;
use crate::x509::name::go::{GoName, GoValue, Kind};

impl Facts<'_> {
    /// The leaf and its chain, in the order sent.
    pub(super) fn all_certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.client.leaf().into_iter().chain(self.client.chain_certificates())
    }

    /// `None` where the leaf can't be read. Another certificate that can't be is an empty element: the rest keep their places.
    pub(super) fn write_info(&self, out: &mut Vec<u8>) -> Option<()> {
        let mut info = Vec::new();
        write_certificate(self.certificate?, &mut info)?;
        for der in self.client.chain_certificates() {
            info.push(b',');
            let start = info.len();
            let certificate = Certificate::from_der_up_to(der, self.limits.certificate).ok();
            if certificate.and_then(|read| write_certificate(read, &mut info)).is_none() {
                info.truncate(start);
            }
        }
        UrlForm::Form.write(&info, out);
        Some(())
    }
}

fn write_certificate(certificate: Certificate<'_>, out: &mut Vec<u8>) -> Option<()> {
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

/// `KEY="value"`, joined by `;`. A group without anything in it is left out; alternative names may be there and empty.
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

/// `DC=…,C=…,ST=…,L=…,O=…,OU=…,SN=…,CN=…`; an issuer is told without its units.
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

/// Where a value stands.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Place {
    /// In a distinguished name: `,` separates `KEY=value`.
    Attribute,
    /// In the list of alternative names: every `,` separates.
    Entry,
}

/// Writes as `\2C` what could be read as the end of this value and the beginning of another.
///
/// A quote always; a separator where a `=` follows before the next one, so that what stands behind it would read as another field
/// (`Acme, Inc.` stays); a backslash only where it would read as such a pair.
fn escape(value: &[u8], place: Place, out: &mut Vec<u8>) {
    // Whether a `=` stands between the separator and the next of its kind, found from the end.
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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn what_a_reader_could_be_fooled_by() {
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
}
