//! The public key as Caddy prints it.

use crate::x509::Certificate;
use crate::x509::Part;
use crate::x509::cursor::{self, Cursor};

/// `1.2.840.10045.2.1`
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// `1.3.101.112`
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// P-256, P-384 and P-521.
const CURVES: [&[u8]; 3] = [
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
    &[0x2b, 0x81, 0x04, 0x00, 0x22],
    &[0x2b, 0x81, 0x04, 0x00, 0x23],
];

/// The contents of the BIT STRING (RFC 5280 §4.1.2.7), for the kinds of keys that Caddy prints, which exclude RSA.
pub(super) fn bits<'c>(certificate: &Certificate<'c>) -> Option<&'c [u8]> {
    const PART: Part = Part::SubjectPublicKeyInfo;
    let mut outer = Cursor::new(certificate.subject_public_key_info());
    let mut fields = outer.expect(cursor::SEQUENCE, PART).ok()?.inside();
    let mut algorithm = fields.expect(cursor::SEQUENCE, PART).ok()?.inside();
    let identifier = algorithm.expect(cursor::OBJECT_IDENTIFIER, PART).ok()?.contents();
    let printed = match identifier {
        EC_PUBLIC_KEY => {
            let curve = algorithm.expect(cursor::OBJECT_IDENTIFIER, PART).ok()?;
            CURVES.contains(&curve.contents())
        }
        _ => identifier == ED25519,
    };
    let key = fields.expect(cursor::BIT_STRING, PART).ok()?.contents();
    key.strip_prefix(&[0]).filter(|_| printed)
}
