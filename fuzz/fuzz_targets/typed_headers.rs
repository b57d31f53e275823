//! Any field lines as `Client-Cert` and `Client-Cert-Chain`: a decoded header equals itself after encoding and decoding, and the receiver
//! also refuses what the typed header refuses for its form.

#![no_main]

use headers::{Header, HeaderValue};
use libfuzzer_sys::fuzz_target;
use tls_client_auth::typed_headers::{ClientCert, ClientCertChain};
use tls_client_auth::{Receiver, Unstated};

// Each line of the input is a field line.
fuzz_target!(|input: &[u8]| {
    let values: Vec<HeaderValue> = input
        .split(|byte| *byte == b'\n')
        .filter_map(|line| HeaderValue::from_bytes(line).ok())
        .collect();
    let leaf = ClientCert::decode(&mut values.iter());
    if let Ok(leaf) = &leaf {
        assert_eq!(again(leaf), *leaf);
    }
    let lines: Vec<(&str, &[u8])> =
        values.iter().map(|value| ("client-cert", value.as_bytes())).collect();
    if Receiver::rfc9440(Unstated::Verified).receive(&lines).is_ok_and(|auth| auth.is_presented()) {
        assert!(leaf.is_ok());
    }
    if let Ok(chain) = ClientCertChain::decode(&mut values.iter()) {
        assert!(!chain.0.is_empty() && chain.0.iter().all(|der| !der.is_empty()));
        assert_eq!(again(&chain), chain);
    }
});

fn again<T: Header>(header: &T) -> T {
    let mut values = Vec::new();
    header.encode(&mut values);
    T::decode(&mut values.iter()).unwrap_or_else(|_| panic!("an encoded header is not decoded"))
}
