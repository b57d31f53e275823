//! Writes DER: elements, and certificates of chosen parts.

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const NUMERIC_STRING: u8 = 0x12;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const TELETEX_STRING: u8 = 0x14;
pub(crate) const IA5_STRING: u8 = 0x16;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const VISIBLE_STRING: u8 = 0x1a;
pub(crate) const GENERAL_STRING: u8 = 0x1b;
pub(crate) const UNIVERSAL_STRING: u8 = 0x1c;
pub(crate) const BMP_STRING: u8 = 0x1e;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

pub(crate) const CN: &[u8] = &[0x55, 0x04, 0x03];
pub(crate) const C: &[u8] = &[0x55, 0x04, 0x06];
pub(crate) const L: &[u8] = &[0x55, 0x04, 0x07];
pub(crate) const ST: &[u8] = &[0x55, 0x04, 0x08];
pub(crate) const O: &[u8] = &[0x55, 0x04, 0x0a];
pub(crate) const OU: &[u8] = &[0x55, 0x04, 0x0b];
/// `0.9.2342.19200300.100.1.1`
pub(crate) const UID: &[u8] = &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x01];
/// `2.5.4.97`, which has a name in OpenSSL and none in BoringSSL.
pub(crate) const ORGANIZATION_IDENTIFIER: &[u8] = &[0x55, 0x04, 0x61];
/// `1.2.3.4.5`, which has no name.
pub(crate) const UNKNOWN: &[u8] = &[0x2a, 0x03, 0x04, 0x05];

pub(crate) const SUBJECT_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 0x0e];
pub(crate) const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
pub(crate) const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 0x23];

/// An element: tag, length in its shortest form, contents.
pub(crate) fn tlv(tag: u8, contents: impl AsRef<[u8]>) -> Vec<u8> {
    let contents = contents.as_ref();
    let mut der = vec![tag];
    match u8::try_from(contents.len()) {
        Ok(short @ 0..=0x7f) => der.push(short),
        _ => {
            let length = contents.len().to_be_bytes();
            let octets: Vec<u8> = length.into_iter().skip_while(|octet| *octet == 0).collect();
            der.push(0x80 | u8::try_from(octets.len()).unwrap_or_default());
            der.extend(octets);
        }
    }
    der.extend(contents);
    der
}

/// A constructed element of these elements.
pub(crate) fn of(tag: u8, elements: &[Vec<u8>]) -> Vec<u8> {
    tlv(tag, elements.concat())
}

/// An AttributeTypeAndValue.
pub(crate) fn attribute(kind: &[u8], tag: u8, value: impl AsRef<[u8]>) -> Vec<u8> {
    of(SEQUENCE, &[tlv(OBJECT_IDENTIFIER, kind), tlv(tag, value)])
}

/// A Name of these relative distinguished names, each of attributes.
pub(crate) fn name(rdns: &[&[Vec<u8>]]) -> Vec<u8> {
    let rdns: Vec<Vec<u8>> = rdns.iter().map(|attributes| of(SET, attributes)).collect();
    of(SEQUENCE, &rdns)
}

/// A Name of one common name.
pub(crate) fn common_name(text: &str) -> Vec<u8> {
    name(&[&[attribute(CN, UTF8_STRING, text)]])
}

/// An extension that is not critical.
pub(crate) fn extension(identifier: &[u8], value: impl AsRef<[u8]>) -> Vec<u8> {
    of(SEQUENCE, &[tlv(OBJECT_IDENTIFIER, identifier), tlv(OCTET_STRING, value)])
}

pub(crate) fn subject_key_identifier(key: &[u8]) -> Vec<u8> {
    extension(SUBJECT_KEY_IDENTIFIER, tlv(OCTET_STRING, key))
}

/// The fields of a certificate, each as DER; an empty one is left out.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) version: Vec<u8>,
    pub(crate) serial: Vec<u8>,
    pub(crate) inner_algorithm: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) not_before: Vec<u8>,
    pub(crate) not_after: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) public_key: Vec<u8>,
    pub(crate) extensions: Vec<Vec<u8>>,
    /// Bytes after the extensions, inside the tbsCertificate.
    pub(crate) more: Vec<u8>,
    pub(crate) outer_algorithm: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl Parts {
    /// Version 3 without extensions, from `CN=issuer` for `CN=subject`.
    pub(crate) fn new() -> Self {
        let algorithm = of(
            SEQUENCE,
            &[tlv(OBJECT_IDENTIFIER, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])],
        );
        Self {
            version: tlv(0xa0, tlv(INTEGER, [2])),
            serial: tlv(INTEGER, [0x5a]),
            inner_algorithm: algorithm.clone(),
            issuer: common_name("issuer"),
            not_before: tlv(UTC_TIME, "250102030405Z"),
            not_after: tlv(UTC_TIME, "351112131415Z"),
            subject: common_name("subject"),
            public_key: of(SEQUENCE, &[algorithm.clone(), tlv(BIT_STRING, [0, 4, 1])]),
            extensions: Vec::new(),
            more: Vec::new(),
            outer_algorithm: algorithm,
            signature: tlv(BIT_STRING, [0, 0x30, 0]),
        }
    }

    pub(crate) fn with(change: impl FnOnce(&mut Self)) -> Self {
        let mut parts = Self::new();
        change(&mut parts);
        parts
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let extensions = match self.extensions.as_slice() {
            [] => Vec::new(),
            extensions => tlv(0xa3, of(SEQUENCE, extensions)),
        };
        let tbs_certificate = of(
            SEQUENCE,
            &[
                self.version.clone(),
                self.serial.clone(),
                self.inner_algorithm.clone(),
                self.issuer.clone(),
                of(SEQUENCE, &[self.not_before.clone(), self.not_after.clone()]),
                self.subject.clone(),
                self.public_key.clone(),
                extensions,
                self.more.clone(),
            ],
        );
        of(SEQUENCE, &[tbs_certificate, self.outer_algorithm.clone(), self.signature.clone()])
    }
}
