//! Any bytes as the relative distinguished names of a subject: checks both forms in both dialects.

#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

use common::{checks, der};
use tls_client_auth::x509::Certificate;

libfuzzer_sys::fuzz_target!(|rdns: &[u8]| {
    let name = der::tlv(der::SEQUENCE, rdns);
    let der = der::Parts::with(|parts| parts.subject = name.clone()).der();
    if der.len() > tls_client_auth::x509::MAX_CERTIFICATE {
        return;
    }
    let certificate = Certificate::from_der(&der).unwrap();
    assert_eq!(certificate.subject().as_der(), name);
    checks::certificate(&der);
});
