//! Families of certificates that could make a parser slow, each with a size to choose.

use super::der::{self, Parts, SEQUENCE, SET, attribute, of, tlv};

const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const UTF8: u8 = 0x0c;

/// A family: its name, the size that makes about 60 KB, and the function from a size to a certificate.
pub(crate) type Family = (&'static str, usize, fn(usize) -> Vec<u8>);

pub(crate) const FAMILIES: [Family; 14] = [
    ("attributes in one RDN", 4000, |n| {
        subject(of(SEQUENCE, &[of(SET, &vec![attribute(COMMON_NAME, UTF8, "a"); n])]))
    }),
    ("RDNs", 4000, |n| {
        subject(of(SEQUENCE, &vec![of(SET, &[attribute(COMMON_NAME, UTF8, "a")]); n]))
    }),
    ("RDNs of an unknown type", 3500, |n| {
        subject(of(SEQUENCE, &vec![of(SET, &[attribute(&[0x2a, 3, 4, 5], UTF8, "a")]); n]))
    }),
    ("plain characters in one value", 60_000, |n| named(&"a".repeat(n))),
    ("quotes in one value", 60_000, |n| named(&"\"".repeat(n))),
    ("line breaks in one value", 30_000, |n| named(&"\r\n".repeat(n))),
    ("three-byte characters in one value", 20_000, |n| named(&"\u{5c71}".repeat(n))),
    ("bytes in an identifier", 60_000, |n| {
        let mut identifier = vec![0x81; n];
        identifier.push(1);
        subject(of(SEQUENCE, &[of(SET, &[attribute(&identifier, UTF8, "a")])]))
    }),
    ("parts of an identifier", 60_000, |n| {
        subject(of(SEQUENCE, &[of(SET, &[attribute(&vec![0x2a; n], UTF8, "a")])]))
    }),
    ("bytes in the serial number", 60_000, |n| {
        Parts::with(|parts| parts.serial = tlv(0x02, vec![0x7f; n])).der()
    }),
    ("alternative names", 6000, |n| {
        let names = of(SEQUENCE, &vec![tlv(0x82, "a.b.c.d"); n]);
        with_extensions(&[der::extension(&[0x55, 0x1d, 0x11], names)])
    }),
    ("extensions", 4000, |n| {
        with_extensions(&vec![der::extension(&[0x55, 0x1d, 0x20], [5, 0]); n])
    }),
    ("extensions of alternative names", 4000, |n| {
        with_extensions(&vec![der::extension(&[0x55, 0x1d, 0x11], [0x30, 0]); n])
    }),
    ("sequences within each other", 10_000, |n| {
        // Built from the inside out and reversed, because inserting at the front would take quadratic time.
        let mut reversed: Vec<u8> = Vec::new();
        for _ in 0..n {
            let mut header = tlv(0x30, vec![0; reversed.len()]);
            header.truncate(header.len() - reversed.len());
            reversed.extend(header.iter().rev());
        }
        let nest: Vec<u8> = reversed.into_iter().rev().collect();
        subject(of(SEQUENCE, &[of(SET, &[of(SEQUENCE, &[tlv(0x06, COMMON_NAME), nest])])]))
    }),
];

fn subject(name: Vec<u8>) -> Vec<u8> {
    Parts::with(|parts| parts.subject = name).der()
}

fn named(text: &str) -> Vec<u8> {
    subject(der::common_name(text))
}

fn with_extensions(extensions: &[Vec<u8>]) -> Vec<u8> {
    Parts::with(|parts| parts.extensions = extensions.to_vec()).der()
}
