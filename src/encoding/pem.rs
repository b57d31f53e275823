//! Certificates as PEM (RFC 7468): written with 64 columns and a line feed after every line; parsed in the forms in which headers
//! contain it: URL-encoded in several dialects, folded with tabs or spaces, or on one line.

use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{decode_base64, decode_url};

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
const END: &[u8] = b"-----END CERTIFICATE-----";

/// A `+` in the marker identifies the form dialect, in which every `+` is a space.
const FORM_BEGIN: &[u8] = b"-----BEGIN+CERTIFICATE-----";

/// Pushes the text in pieces; each line feed is a piece of its own.
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

/// Decodes every block, up to `most` and one more, so that the caller can detect too many. Only white space is allowed around the
/// blocks. A block may be empty: Caddy sends one if there is no certificate.
pub(crate) fn decode_pem(text: &[u8], most: usize) -> Option<Vec<Vec<u8>>> {
    let plain = text.starts_with(FORM_BEGIN).then(|| form_spaces(text));
    let decoded = decode_url(plain.as_deref().unwrap_or(text))?;
    let mut rest = decoded.trim_ascii();
    let mut blocks = Vec::new();
    while !rest.is_empty() && blocks.len() <= most {
        let body = rest.strip_prefix(BEGIN)?;
        // Base64 contains no `-`: the first one ends it.
        let end = body.iter().position(|byte| *byte == b'-')?;
        let (body, behind) = body.split_at_checked(end)?;
        rest = behind.strip_prefix(END)?.trim_ascii_start();
        // Some proxies join blocks with commas.
        if let Some(next) = rest.strip_prefix(b",").map(<[u8]>::trim_ascii_start)
            && next.starts_with(BEGIN)
        {
            rest = next;
        }
        let mut joined = Vec::with_capacity(body.len());
        for line in body.split(u8::is_ascii_whitespace) {
            joined.extend_from_slice(line);
        }
        blocks.push(decode_base64(&joined)?);
    }
    Some(blocks)
}

/// In the form dialect a `+` is a space and `%2B` is a `+`.
fn form_spaces(text: &[u8]) -> Vec<u8> {
    text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn every_dialect() {
        let cases: [(&str, &str, Option<usize>); 20] = [
            ("lines", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", Some(1)),
            (
                "CRLF",
                "-----BEGIN CERTIFICATE-----\r\nMAA=\r\n-----END CERTIFICATE-----\r\n",
                Some(1),
            ),
            (
                "tabs",
                "-----BEGIN CERTIFICATE-----\n\tMA\n\tA=\n\t-----END CERTIFICATE-----",
                Some(1),
            ),
            ("spaces", "-----BEGIN CERTIFICATE----- MA A= -----END CERTIFICATE----- ", Some(1)),
            ("one line", "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----", Some(1)),
            ("no padding", "-----BEGIN CERTIFICATE-----MAA-----END CERTIFICATE-----", Some(1)),
            (
                "escaped",
                "-----BEGIN%20CERTIFICATE-----%0AMAA%3D%0A-----END%20CERTIFICATE-----%0A",
                Some(1),
            ),
            (
                "escaped, `=` bare",
                "-----BEGIN%20CERTIFICATE-----%0AMAA=%0A-----END%20CERTIFICATE-----%0A",
                Some(1),
            ),
            (
                "two",
                "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----",
                Some(2),
            ),
            ("empty block", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", Some(1)),
            ("nothing", "", Some(0)),
            (
                "`+` for a space",
                "-----BEGIN+CERTIFICATE-----%0AMAA%3D%0A-----END+CERTIFICATE-----",
                Some(1),
            ),
            (
                "`+` at the end alone",
                "-----BEGIN CERTIFICATE-----MAA=-----END+CERTIFICATE-----",
                None,
            ),
            (
                "joined with commas",
                "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----, -----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----",
                Some(2),
            ),
            (
                "a comma at the end",
                "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----,",
                None,
            ),
            ("text before", "x-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----", None),
            ("text behind", "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----x", None),
            ("no end", "-----BEGIN CERTIFICATE-----MAA=", None),
            ("another kind", "-----BEGIN X509 CRL-----MAA=-----END X509 CRL-----", None),
            ("escaped twice", "-----BEGIN%2520CERTIFICATE-----", None),
        ];
        for (name, text, expected) in cases {
            let blocks = decode_pem(text.as_bytes(), 10).map(|blocks| blocks.len());
            assert_eq!(blocks, expected, "{name}");
        }
    }

    #[test]
    fn a_plus_is_a_space_only_in_the_form_dialect() {
        // Base64 of these three bytes is `++/+`.
        let bytes: [u8; 3] = [0xfb, 0xef, 0xfe];
        for text in [
            "-----BEGIN CERTIFICATE-----%0A++/+%0A-----END CERTIFICATE-----",
            "-----BEGIN%20CERTIFICATE-----%0A%2B+%2F%2B%0A-----END%20CERTIFICATE-----",
            "-----BEGIN+CERTIFICATE-----%0A%2B%2B%2F%2B%0A-----END+CERTIFICATE-----%0A",
        ] {
            assert_eq!(decode_pem(text.as_bytes(), 1), Some(Vec::from([bytes.to_vec()])), "{text}");
        }
    }
}
