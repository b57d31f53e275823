//! Changes that a client can make to its own certificate without its CA, and whether the changed certificate verifies.

use der::{Decode as _, Encode as _};
use rustls::pki_types::{CertificateDer, UnixTime};
use tls_client_auth::Verification;
use tls_client_auth::x509::Certificate;

use super::common::der::{BIT_STRING, INTEGER, SEQUENCE, of, tlv};
use super::handshake::{authority_params, client_params, self_signed, signed, verifier};

/// The order of P-256's group (SEC 2 §2.4.2).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

#[derive(Debug, PartialEq)]
enum Outcome {
    /// The certificate is not parsed.
    Refused,
    /// It is parsed, but does not verify, and `unsigned_parts_agree` is false.
    Changed,
    /// It verifies, with another fingerprint.
    Verified,
}

#[test]
fn a_client_can_change_its_fingerprint_but_not_its_key_or_serial_number() {
    let root = self_signed(authority_params("Root"));
    let leaf = signed(client_params(), &root);
    let der = leaf.certificate.der().to_vec();
    let parts = x509_cert::Certificate::from_der(&der).unwrap();
    let tbs = parts.tbs_certificate().to_der().unwrap();
    let algorithm = parts.signature_algorithm().to_der().unwrap();
    let with_null = {
        let identifier = parts.signature_algorithm().oid.to_der().unwrap();
        of(SEQUENCE, &[identifier, tlv(5, [])])
    };
    let signature = parts.signature().raw_bytes();
    let bits = |unused: u8, bytes: &[u8]| tlv(BIT_STRING, [&[unused], bytes].concat());
    let of_parts = |algorithm: &[u8], signature: Vec<u8>| {
        of(SEQUENCE, &[tbs.clone(), algorithm.to_vec(), signature])
    };
    assert_eq!(of_parts(&algorithm, bits(0, signature)), der);

    let (header, contents) = der.split_at(4);
    let cases = [
        (
            "the other of ECDSA's two signatures",
            of_parts(&algorithm, bits(0, &mirrored(signature))),
            Outcome::Verified,
        ),
        (
            "a length that is not minimal",
            [&[0x30, 0x83, 0], &header[2..], contents].concat(),
            Outcome::Refused,
        ),
        ("an indefinite length", [&[0x30, 0x80], contents, &[0, 0]].concat(), Outcome::Refused),
        (
            "NULL parameters in the outer algorithm",
            of_parts(&with_null, bits(0, signature)),
            Outcome::Changed,
        ),
        (
            "unused bits in the signature",
            of_parts(&algorithm, {
                let (last, front) = signature.split_last().unwrap();
                bits(1, &[front, &[last & 0xfe]].concat())
            }),
            Outcome::Changed,
        ),
        ("a trailing byte", [der.as_slice(), &[0]].concat(), Outcome::Refused),
        (
            "an element after the signature",
            of(SEQUENCE, &[tbs.clone(), algorithm.clone(), bits(0, signature), tlv(5, [])]),
            Outcome::Refused,
        ),
    ];

    let verifier = verifier(&root);
    let original = Certificate::from_der(&der).unwrap();
    assert!(original.unsigned_parts_agree());
    for (case, changed, expected) in cases {
        assert_ne!(changed, der, "{case}");
        let chain = [CertificateDer::from(changed.clone())];
        let client = verifier.client(Some(&chain), UnixTime::now()).unwrap();
        let verified = *client.verification() == Verification::Success;
        let outcome = match Certificate::from_der(&changed) {
            Err(_) => Outcome::Refused,
            Ok(certificate) => {
                assert_ne!(certificate.sha256(), original.sha256(), "{case}");
                assert_eq!(certificate.public_key_sha256(), original.public_key_sha256(), "{case}");
                let serial = |certificate: &Certificate<'_>| {
                    certificate.serial_number().map(|serial| serial.to_hex())
                };
                assert_eq!(serial(&certificate), serial(&original), "{case}");
                assert_eq!(certificate.issuer().as_der(), original.issuer().as_der(), "{case}");
                match certificate.unsigned_parts_agree() {
                    true => Outcome::Verified,
                    false => Outcome::Changed,
                }
            }
        };
        assert_eq!(outcome, expected, "{case}");
        assert_eq!(verified, expected == Outcome::Verified, "{case}");
    }
}

/// The signature `(r, n - s)` for `(r, s)`, which also verifies.
fn mirrored(signature: &[u8]) -> Vec<u8> {
    let sequence = der::AnyRef::from_der(signature).unwrap();
    let [r, s] = sequence
        .sequence(|reader| {
            Ok::<_, der::Error>([
                der::asn1::UintRef::decode(reader)?,
                der::asn1::UintRef::decode(reader)?,
            ])
        })
        .unwrap()
        .map(|number| number.as_bytes().to_vec());
    let mut padded = vec![0; ORDER.len() - s.len()];
    padded.extend(s);
    let mut borrow = 0;
    let mut difference = [0; ORDER.len()];
    for place in (0..ORDER.len()).rev() {
        let digit = i32::from(ORDER[place]) - i32::from(padded[place]) - borrow;
        borrow = i32::from(digit < 0);
        difference[place] = u8::try_from(digit.rem_euclid(256)).unwrap();
    }
    let number = |bytes: &[u8]| {
        let bytes: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
        let padding: &[u8] = if bytes[0] & 0x80 == 0 { &[] } else { &[0] };
        tlv(INTEGER, [padding, &bytes].concat())
    };
    of(SEQUENCE, &[number(&r), number(&difference)])
}
