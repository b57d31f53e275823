//! Java's `X500Principal.toString`: `CN=John Doe, OU="Sales, North", O=Acme, C=US`.
//!
//! Java quotes a value with a special character, and escapes only `"` and `\`. Here bytes outside printable ASCII are hex pairs, which
//! Java's parser accepts; a value with quotes of its own is quoted again; and `<` and `>` are escaped by a backslash, because readers
//! enclose names in them.

use alloc::vec::Vec;

use super::value::{self, Characters};
use super::{Attribute, Name, ObjectIdentifier};
use crate::encoding;
use crate::x509::Dialect;
use crate::x509::cursor;

/// The keywords of `sun.security.x509.AVAKeyword` in OpenJDK 17; other types are `OID.2.5.4.97`.
const KEYWORDS: [(&[u8], &str); 17] = [
    (b"\x55\x04\x03", "CN"),
    (b"\x55\x04\x04", "SURNAME"),
    (b"\x55\x04\x05", "SERIALNUMBER"),
    (b"\x55\x04\x06", "C"),
    (b"\x55\x04\x07", "L"),
    (b"\x55\x04\x08", "ST"),
    (b"\x55\x04\x09", "STREET"),
    (b"\x55\x04\x0a", "O"),
    (b"\x55\x04\x0b", "OU"),
    (b"\x55\x04\x0c", "T"),
    (b"\x55\x04\x2a", "GIVENNAME"),
    (b"\x55\x04\x2b", "INITIALS"),
    (b"\x55\x04\x2c", "GENERATION"),
    (b"\x55\x04\x2e", "DNQ"),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", "EMAILADDRESS"),
    (b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", "UID"),
    (b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", "DC"),
];

pub(super) fn write(name: &Name<'_>, out: &mut Vec<u8>) -> Option<()> {
    let attributes: Vec<Attribute<'_>> = name.attributes().collect::<Option<_>>()?;
    // The last RDN first; attributes inside an RDN in the certificate's order.
    for (index, rdn) in attributes.chunk_by(|one, other| one.rdn == other.rdn).rev().enumerate() {
        if index > 0 {
            out.extend_from_slice(b", ");
        }
        for (index, attribute) in rdn.iter().enumerate() {
            if index > 0 {
                out.extend_from_slice(b" + ");
            }
            write_keyword(attribute.kind, out);
            out.push(b'=');
            write_value(attribute, out)?;
        }
    }
    Some(())
}

fn write_keyword(kind: ObjectIdentifier<'_>, out: &mut Vec<u8>) {
    match KEYWORDS.iter().find(|(contents, _)| *contents == kind.as_der()) {
        Some((_, keyword)) => out.extend_from_slice(keyword.as_bytes()),
        None => {
            out.extend_from_slice(b"OID.");
            kind.write_dotted(Dialect::OpenSsl, out);
        }
    }
}

fn write_value(attribute: &Attribute<'_>, out: &mut Vec<u8>) -> Option<()> {
    let element = &attribute.value;
    // `DerValue.getAsString` has no text for the others.
    let is_text = matches!(
        element.tag(),
        cursor::UTF8_STRING
            | cursor::PRINTABLE_STRING
            | cursor::TELETEX_STRING
            | cursor::IA5_STRING
            | cursor::GENERAL_STRING
            | cursor::BMP_STRING
            | cursor::UNIVERSAL_STRING
    );
    let characters = match element.tag() {
        cursor::GENERAL_STRING => Some(Characters::Latin1),
        tag => Characters::of(tag),
    };
    let Some(characters) = characters.filter(|_| is_text) else {
        out.push(b'#');
        encoding::hex_lower(element.der(), out);
        return Some(());
    };
    let mut text = Vec::new();
    value::write_utf8(element.contents(), characters, |character, _, _| {
        text.extend_from_slice(character.as_bytes());
    })?;
    let special = |byte: &u8| b",+=\n<>#;\\\"".contains(byte);
    let at_an_end = text.first() == Some(&b' ') || text.last() == Some(&b' ');
    let quotes = at_an_end || text.iter().any(special) || text.windows(2).any(|pair| pair == b"  ");
    if quotes {
        out.push(b'"');
    }
    for byte in text {
        match byte {
            b'"' | b'\\' | b'<' | b'>' => out.extend_from_slice(&[b'\\', byte]),
            b' '..=b'~' => out.push(byte),
            byte => out.extend_from_slice(&encoding::hex_escape(b'\\', byte)),
        }
    }
    if quotes {
        out.push(b'"');
    }
    Some(())
}
