//! Any bytes as a client, its settings and a request: checks the record, all header sets, and the stripped request.
//!
//! The input is one octet of settings, the leaf, a certificate of the chain (each after two octets of length), and header lines.

#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

use common::checks;
use tls_client_auth::ClientCertificate;
use tls_client_auth::field::Limits;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((settings, rest)) = input.split_first() else { return };
    let Some((leaf, rest)) = section(rest) else { return };
    let Some((issuer, lines)) = section(rest) else { return };

    let verifications = checks::verifications();
    let verification = &verifications[usize::from(settings >> 2) % verifications.len()];
    let client = if *settings == 0xff {
        ClientCertificate::none()
    } else {
        ClientCertificate::presented(leaf, verification.clone())
            .chain(Some(issuer).filter(|issuer| !issuer.is_empty()))
            .revoked(settings & 1 != 0)
            .dialect(checks::DIALECTS[usize::from(settings >> 1 & 1)])
    };
    let encoded = if settings & 0x80 == 0 { [10 * 1024, 16 * 1024] } else { [600, 900] };
    checks::record_and_headers(&client, Limits::new(), encoded);
    checks::strip(&client, checks::everything(), &headers(lines));
});

fn section(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = input.split_first_chunk::<2>()?;
    Some(rest.split_at(rest.len().min(usize::from(u16::from_be_bytes(*length)))))
}

/// The lines that an HTTP library accepts.
fn headers(lines: &[u8]) -> Vec<(String, String)> {
    let line = |line: &[u8]| {
        let line = str::from_utf8(line).ok()?;
        let (name, value) = line.split_once(':')?;
        http::HeaderName::from_bytes(name.as_bytes()).ok()?;
        http::HeaderValue::from_str(value).ok()?.to_str().ok()?;
        Some((name.to_owned(), value.to_owned()))
    };
    lines.split(|byte| *byte == b'\n').filter_map(line).collect()
}
