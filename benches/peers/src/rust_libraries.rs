//! Uses `x509-cert` and `x509-parser` as their documentation suggests.

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

/// The values that both make from the bytes, without parsing.
fn forwarded(der: &[u8]) -> [String; 4] {
    let sha1 = hex::encode(Sha1::digest(der));
    let sha256 = hex::encode(Sha256::digest(der));
    let base64 = STANDARD.encode(der);
    let byte_sequence = format!(":{base64}:");
    [sha1, sha256, base64, byte_sequence]
}

pub fn x509_cert_read(der: &[u8]) {
    use x509_cert::der::Decode as _;
    drop(black_box(x509_cert::Certificate::from_der(der)));
}

pub fn x509_cert(der: &[u8]) {
    use x509_cert::der::Decode as _;
    use x509_cert::ext::pkix::{AuthorityKeyIdentifier, SubjectKeyIdentifier};
    let Ok(certificate) = x509_cert::Certificate::from_der(der) else { return };
    let tbs = certificate.tbs_certificate();
    // It has one form of names, which is used for both.
    let names = [tbs.subject().to_string(), tbs.issuer().to_string()];
    let legacy = [tbs.subject().to_string(), tbs.issuer().to_string()];
    let serial = tbs.serial_number().to_string();
    let dates = [tbs.validity().not_before.to_string(), tbs.validity().not_after.to_string()];
    let subject_key = tbs.get_extension::<SubjectKeyIdentifier>().ok().flatten();
    let subject_key = subject_key.map(|(_, key)| hex::encode_upper(key.0.as_bytes()));
    let authority = tbs.get_extension::<AuthorityKeyIdentifier>().ok().flatten();
    let authority = authority
        .and_then(|(_, authority)| Some(hex::encode_upper(authority.key_identifier?.as_bytes())));
    black_box((names, legacy, serial, dates, subject_key, authority, forwarded(der)));
}

pub fn x509_parser_read(der: &[u8]) {
    drop(black_box(x509_parser::parse_x509_certificate(der)));
}

pub fn x509_parser(der: &[u8]) {
    use x509_parser::extensions::ParsedExtension;
    let Ok((_, certificate)) = x509_parser::parse_x509_certificate(der) else { return };
    let names = [certificate.subject().to_string(), certificate.issuer().to_string()];
    let legacy = [certificate.subject().to_string(), certificate.issuer().to_string()];
    let serial = certificate.raw_serial_as_string();
    let validity = certificate.validity();
    let dates = [validity.not_before.to_string(), validity.not_after.to_string()];
    let keys: Vec<String> = certificate
        .extensions()
        .iter()
        .filter_map(|extension| match extension.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(key) => Some(hex::encode_upper(key.0)),
            ParsedExtension::AuthorityKeyIdentifier(authority) => {
                authority.key_identifier.as_ref().map(|key| hex::encode_upper(key.0))
            }
            _ => None,
        })
        .collect();
    black_box((names, legacy, serial, dates, keys, forwarded(der)));
}
