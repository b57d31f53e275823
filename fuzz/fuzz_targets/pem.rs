//! Any text as a PEM file: the parsed certificates equal those of a PEM file that another library writes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tls_client_auth::x509::certificates_from_pem;

fuzz_target!(|text: &[u8]| {
    let Ok(certificates) = certificates_from_pem(text) else { return };
    let blocks: Vec<pem::Pem> =
        certificates.iter().map(|der| pem::Pem::new("CERTIFICATE", der.clone())).collect();
    let written = pem::encode_many(&blocks);
    assert_eq!(certificates_from_pem(written.as_bytes()).as_ref(), Ok(&certificates));
});
