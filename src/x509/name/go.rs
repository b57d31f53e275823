//! Names as Go stores and prints them: `crypto/x509/pkix`, `Name.FillFromRDNSequence` and `Name.String`.

use alloc::vec::Vec;

use super::value::{self, Characters};
use super::{Name, ObjectIdentifier};
use crate::encoding;
use crate::x509::cursor::{BMP_STRING, Element, PRINTABLE_STRING, UTF8_STRING};

/// `2.5.4`, the arc of all types for which Go has fields.
const ATTRIBUTE_TYPES: [u8; 2] = [0x55, 0x04];
/// `0.9.2342.19200300.100.1.25`
const DOMAIN_COMPONENT: &[u8] = &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19];

/// The last arc of a type that Go has a field for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Kind(u8);

impl Kind {
    pub(crate) const COMMON_NAME: Self = Self(3);
    pub(crate) const SERIAL_NUMBER: Self = Self(5);
    pub(crate) const COUNTRY: Self = Self(6);
    pub(crate) const LOCALITY: Self = Self(7);
    pub(crate) const PROVINCE: Self = Self(8);
    pub(crate) const STREET: Self = Self(9);
    pub(crate) const ORGANIZATION: Self = Self(10);
    pub(crate) const UNIT: Self = Self(11);
    pub(crate) const POSTAL_CODE: Self = Self(17);
}

/// Fields with one value: the last in the name.
const SINGLE: [(Kind, &str); 2] =
    [(Kind::SERIAL_NUMBER, "SERIALNUMBER"), (Kind::COMMON_NAME, "CN")];
/// Fields with all values.
const LISTS: [(Kind, &str); 7] = [
    (Kind::UNIT, "OU"),
    (Kind::ORGANIZATION, "O"),
    (Kind::POSTAL_CODE, "POSTALCODE"),
    (Kind::STREET, "STREET"),
    (Kind::LOCALITY, "L"),
    (Kind::PROVINCE, "ST"),
    (Kind::COUNTRY, "C"),
];

/// A name with decoded values.
pub(crate) struct GoName<'a> {
    attributes: Vec<Attribute<'a>>,
}

struct Attribute<'a> {
    identifier: ObjectIdentifier<'a>,
    kind: Option<Kind>,
    value: GoValue<'a>,
}

/// The value of an attribute.
pub(crate) enum GoValue<'a> {
    /// Text in UTF-8.
    Text(Vec<u8>),
    /// A value for which Go rejects the certificate.
    Other(Element<'a>),
}

impl<'a> GoName<'a> {
    /// Parses a name. `None` if its framing is malformed.
    pub(crate) fn read(name: &Name<'a>) -> Option<Self> {
        let attribute = |attribute: Option<super::Attribute<'a>>| {
            let super::Attribute { kind: identifier, value, .. } = attribute?;
            let kind = match identifier.as_der() {
                [first, second, last] if [*first, *second] == ATTRIBUTE_TYPES => Some(Kind(*last)),
                _ => None,
            };
            let kind = kind.filter(|kind| {
                SINGLE.iter().chain(&LISTS).any(|(with_field, _)| with_field == kind)
            });
            Some(Attribute { identifier, kind, value: GoValue::read(value) })
        };
        let attributes = name.attributes().map(attribute).collect::<Option<_>>()?;
        Some(Self { attributes })
    }

    /// All values of a type, in the name's order.
    pub(crate) fn all(&self, kind: Kind) -> impl Iterator<Item = &GoValue<'a>> {
        self.attributes
            .iter()
            .filter(move |attribute| attribute.kind == Some(kind))
            .map(|attribute| &attribute.value)
    }

    /// The value of a field with one value: the last. `None` if it is empty.
    pub(crate) fn last(&self, kind: Kind) -> Option<&GoValue<'a>> {
        self.all(kind).last().filter(|value| !value.is_empty())
    }

    /// The domain components, in the name's order.
    pub(crate) fn domain_components(&self) -> impl Iterator<Item = &GoValue<'a>> {
        self.attributes
            .iter()
            .filter(|attribute| attribute.identifier.as_der() == DOMAIN_COMPONENT)
            .map(|attribute| &attribute.value)
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        let separate = |separator: u8, out: &mut Vec<u8>| {
            if out.len() > start {
                out.push(separator);
            }
        };
        for (kind, name) in SINGLE {
            if let Some(value) = self.last(kind) {
                separate(b',', out);
                value.write(name, out);
            }
        }
        for (kind, name) in LISTS {
            for (index, value) in self.all(kind).enumerate() {
                separate(if index == 0 { b',' } else { b'+' }, out);
                value.write(name, out);
            }
        }
        for attribute in self.attributes.iter().rev().filter(|attribute| attribute.kind.is_none()) {
            separate(b',', out);
            attribute.identifier.write_uncut(out);
            out.extend_from_slice(b"=#");
            attribute.value.write_hex(out);
        }
    }
}

impl<'a> GoValue<'a> {
    fn read(element: Element<'a>) -> Self {
        let mut contents = element.contents();
        if element.tag() == BMP_STRING {
            // Go drops a terminator.
            contents = contents.strip_suffix(&[0, 0]).unwrap_or(contents);
        }
        let mut text = Vec::with_capacity(contents.len());
        let decoded = Characters::of(element.tag()).and_then(|characters| {
            value::write_utf8(contents, characters, |character, _, _| {
                text.extend_from_slice(character.as_bytes());
            })
        });
        if decoded.is_some() { Self::Text(text) } else { Self::Other(element) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }

    fn write(&self, name: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(name.as_bytes());
        out.push(b'=');
        match self {
            Self::Text(text) => escape(text, out),
            Self::Other(_) => {
                out.push(b'#');
                self.write_hex(out);
            }
        }
    }

    /// Appends the DER in lower-case hex; text is encoded again, as a PrintableString if possible, otherwise as a UTF8String.
    pub(crate) fn write_hex(&self, out: &mut Vec<u8>) {
        match self {
            Self::Text(text) => {
                let printable = text.iter().all(is_printable_string);
                let mut der = Vec::with_capacity(text.len().saturating_add(4));
                der.push(if printable { PRINTABLE_STRING } else { UTF8_STRING });
                push_length(text.len(), &mut der);
                der.extend_from_slice(text);
                out.extend_from_slice(hex::encode(der).as_bytes());
            }
            Self::Other(element) => out.extend_from_slice(hex::encode(element.der()).as_bytes()),
        }
    }
}

/// Appends a DER length (X.690 §10.1).
fn push_length(length: usize, der: &mut Vec<u8>) {
    let bytes = length.to_be_bytes();
    let significant = bytes.iter().skip_while(|byte| **byte == 0);
    if length > 0x7f {
        der.push(0x80 | u8::try_from(significant.clone().count()).unwrap_or_default());
    } else if length == 0 {
        der.push(0);
    }
    der.extend(significant);
}

/// Whether the byte is allowed in a PrintableString (X.680 §41.4). Go also accepts `*` and `&`, but does not write them.
const fn is_printable_string(byte: &u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b' ' | b'\'' | b'(' | b')' | b'+'..=b'/' | b':' | b'=' | b'?')
}

fn escape(text: &[u8], out: &mut Vec<u8>) {
    let last = text.len().saturating_sub(1);
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b',' | b'+' | b'"' | b'\\' | b'<' | b'>' | b';' => {
                out.extend_from_slice(&[b'\\', *byte]);
            }
            b' ' if index == 0 || index == last => out.extend_from_slice(b"\\ "),
            b'#' if index == 0 => out.extend_from_slice(b"\\#"),
            b' '..=b'~' => out.push(*byte),
            // Go does not escape these.
            _ => out.extend_from_slice(&encoding::hex_escape(b'\\', *byte)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::cursor::Cursor;
    use alloc::string::String;

    fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
        let mut der = Vec::from([tag]);
        push_length(contents.len(), &mut der);
        der.extend_from_slice(contents);
        der
    }

    /// The contents of the identifier, and the tag and contents of the value.
    type Attribute<'a> = (&'a [u8], u8, &'a [u8]);

    /// Prints a name of these attributes, each in an RDN of its own.
    fn printed(attributes: &[Attribute<'_>]) -> String {
        let mut rdns = Vec::new();
        for (identifier, tag, contents) in attributes {
            let attribute = [element(0x06, identifier), element(*tag, contents)].concat();
            rdns.extend(element(0x31, &element(0x30, &attribute)));
        }
        let der = element(0x30, &rdns);
        Name::new(Cursor::new(&der).element().unwrap()).go().unwrap()
    }

    #[test]
    fn names_are_printed_as_go_prints_them() {
        let [cn, sn, c, l, st, street, o, ou, postal] =
            [3, 5, 6, 7, 8, 9, 10, 11, 17].map(|last| [0x55, 0x04, last]);
        let title = [0x55, 0x04, 12];
        let long = "x".repeat(200);
        let long_hex = "2.5.4.12=#1381c8".to_owned() + &"78".repeat(200);
        let cases: [(&str, &[Attribute<'_>], &str); 8] = [
            ("nothing", &[], ""),
            (
                "grouped and ordered",
                &[
                    (&title, 0x0c, b"Ti"),
                    (&c, 0x13, b"US"),
                    (&o, 0x0c, br#"Acme, "Inc"; <a>+b\c"#),
                    (&ou, 0x0c, b"#hash"),
                    (&ou, 0x0c, b" both "),
                    (&postal, 0x0c, b"1"),
                    (&st, 0x0c, b"Te/xas=x"),
                    (&o, 0x0c, b"x"),
                    (&l, 0x0c, "Bémp".as_bytes()),
                    (&street, 0x0c, b"Main 1"),
                    (&cn, 0x0c, b"first"),
                    (&cn, 0x0c, b"tab\there"),
                    (&sn, 0x13, b"SN42"),
                    (DOMAIN_COMPONENT, 0x16, b"a*"),
                ],
                r##"SERIALNUMBER=SN42,CN=tab\09here,OU=\#hash+OU=\ both\ ,O=Acme\, \"Inc\"\; \<a\>\+b\\c+O=x,POSTALCODE=1,STREET=Main 1,L=B\C3\A9mp,ST=Te/xas=x,C=US,0.9.2342.19200300.100.1.25=#0c02612a,2.5.4.12=#13025469"##,
            ),
            ("the last common name is empty", &[(&cn, 0x0c, b"a"), (&cn, 0x0c, b"")], ""),
            ("empty organizations stay", &[(&o, 0x0c, b""), (&o, 0x0c, b"")], "O=+O="),
            ("Latin-1", &[(&cn, 0x14, b"caf\xe9")], r"CN=caf\C3\A9"),
            ("BMPString with a terminator", &[(&cn, 0x1e, b"\0a\0\0")], "CN=a"),
            (
                "no text",
                &[(&cn, 0x02, &[42]), (&title, 0x0c, &[0xff])],
                "CN=#02012a,2.5.4.12=#0c01ff",
            ),
            ("long", &[(&title, 0x0c, long.as_bytes())], &long_hex),
        ];
        for (case, attributes, expected) in cases {
            assert_eq!(printed(attributes), expected, "{case}");
        }
    }
}
