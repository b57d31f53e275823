//! Finds the certificates in a file, or explains why there are none.

use std::fs;
use std::io::{self, Read as _};

use tls_client_auth::x509::certificates_from_pem;

pub(crate) fn read(file: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    match file {
        "-" => io::stdin().read_to_end(&mut bytes).map(|_| bytes),
        _ => fs::read(file),
    }
    .map_err(|error| error.to_string())
}

/// The certificates of a file: one in DER, or PEM with text around it, such as the output of `openssl s_client`.
pub(crate) fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    // Text can begin with DER's first byte, the digit 0, but text with PEM in it is never this short.
    if matches!(bytes, [0x30, length, ..] if *length >= 0x80 || bytes.len() < 128) {
        return Ok(vec![bytes.to_vec()]);
    }
    let labels: Vec<String> =
        bytes.split(|byte| matches!(byte, b'\n' | b'\r')).filter_map(label).collect();
    if labels.iter().any(|label| is_certificates(label)) {
        return certificates_from_pem(bytes).map_err(|error| error.to_string());
    }
    Err(match labels.first() {
        Some(label) => format!("contains {label}, not a certificate"),
        None if bytes.is_empty() => "is empty".into(),
        None => {
            "contains no certificate: neither DER nor a line \"-----BEGIN CERTIFICATE-----\"".into()
        }
    })
}

fn is_certificates(label: &str) -> bool {
    matches!(label, "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE")
}

/// The label of a line that begins a PEM block.
fn label(line: &[u8]) -> Option<String> {
    let label = line.trim_ascii().strip_prefix(b"-----BEGIN ")?.strip_suffix(b"-----")?;
    let is_label = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b' ';
    let is_one = label.len() <= 40 && label.iter().all(is_label);
    is_one.then(|| String::from_utf8_lossy(label).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_found_or_the_contents_are_named() {
        let block = |label: &str, body: &str| {
            format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n").into_bytes()
        };
        let one = || Ok(vec![vec![0x30, 0]]);
        let other = |label: &str| Err(format!("contains {label}, not a certificate"));
        let dump = [
            b"0 s:CN=a\n   i:CN=b\n---\nCertificate chain\n".to_vec(),
            block("CERTIFICATE", "MAA="),
        ];
        type Case<'c> = (&'c str, Vec<u8>, Result<Vec<Vec<u8>>, String>);
        let cases: [Case<'_>; 13] = [
            ("DER", vec![0x30, 0x82, 0, 1], Ok(vec![vec![0x30, 0x82, 0, 1]])),
            ("short DER", vec![0x30, 0], one()),
            ("PEM", block("CERTIFICATE", "MAA="), one()),
            ("a dump that begins with a digit", [dump.concat(), vec![b'\n'; 128]].concat(), one()),
            (
                "with a key before it",
                [block("PRIVATE KEY", "!"), block("CERTIFICATE", "MAA=")].concat(),
                one(),
            ),
            ("a key", block("EC PRIVATE KEY", "MAA="), other("EC PRIVATE KEY")),
            ("a request", block("CERTIFICATE REQUEST", "MAA="), other("CERTIFICATE REQUEST")),
            (
                "another kind",
                block("ATTRIBUTE CERTIFICATE", "MAA="),
                other("ATTRIBUTE CERTIFICATE"),
            ),
            ("a list", block("X509 CRL", "MAA="), other("X509 CRL")),
            ("nothing", vec![], Err("is empty".into())),
            (
                "text",
                b"hello".to_vec(),
                Err("contains no certificate: neither DER nor a line \"-----BEGIN CERTIFICATE-----\""
                    .into()),
            ),
            (
                "no label",
                block("\x1b[2J", "MAA="),
                Err("contains no certificate: neither DER nor a line \"-----BEGIN CERTIFICATE-----\""
                    .into()),
            ),
            (
                "two",
                [block("CERTIFICATE", "MAA="), block("X509 CERTIFICATE", "MAA=")].concat(),
                one().map(|one| [one.clone(), one].concat()),
            ),
        ];
        for (case, bytes, expected) in cases {
            assert_eq!(certificates(&bytes), expected, "{case}");
        }
        for broken in ["M?A=", ""] {
            assert!(certificates(&block("CERTIFICATE", broken)).is_err(), "{broken}");
        }
    }
}
