//! Certificates as PEM (RFC 7468): 64 columns, a line feed after every line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(crate) const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
pub(crate) const END: &[u8] = b"-----END CERTIFICATE-----";

/// Pushes the text piece by piece, the line feeds as bytes of their own.
pub(crate) fn pem(der: &[u8], mut push: impl FnMut(&[u8])) {
    push(BEGIN);
    push(b"\n");
    let mut line = [0; 64];
    for bytes in der.chunks(48) {
        let length = STANDARD.encode_slice(bytes, &mut line).unwrap_or_default();
        push(line.get(..length).unwrap_or_default());
        push(b"\n");
    }
    push(END);
    push(b"\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn lines_of_64_columns() {
        let cases: [(usize, &[usize]); 4] = [(1, &[4]), (48, &[64]), (49, &[64, 4]), (0, &[])];
        for (bytes, expected) in cases {
            let mut text = Vec::new();
            pem(&[7; 100][..bytes], |piece| text.extend_from_slice(piece));
            let text = core::str::from_utf8(&text).unwrap();
            assert!(text.ends_with("-----END CERTIFICATE-----\n"));
            let lines: Vec<usize> = text.lines().map(str::len).collect();
            assert_eq!(lines, [&[27], expected, &[25]].concat(), "{bytes}");
        }
    }
}
