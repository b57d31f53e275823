//! PEM as it arrives in a header: URL-encoded in several dialects, folded with tabs or spaces, or on one line.

use alloc::vec::Vec;

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
const END: &[u8] = b"-----END CERTIFICATE-----";

/// The contents of every block, up to this many; one more is enough to see that there are too many. Nothing but white space
/// may stand around the blocks. A block may be empty: Caddy sends one where there is no certificate.
pub(crate) fn pem_blocks(text: &[u8], most: usize) -> Option<Vec<Vec<u8>>> {
    let decoded = super::percent(text)?;
    let mut rest = decoded.trim_ascii();
    let mut blocks = Vec::new();
    while !rest.is_empty() && blocks.len() <= most {
        let body = rest.strip_prefix(BEGIN)?;
        // Base64 holds no `-`: the first one ends it.
        let end = body.iter().position(|byte| *byte == b'-')?;
        let (body, behind) = body.split_at_checked(end)?;
        rest = behind.strip_prefix(END)?.trim_ascii_start();
        let lines = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
        blocks.push(super::base64(&lines.collect::<Vec<u8>>())?);
    }
    Some(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect() {
        let cases: [(&str, &str, Option<usize>); 17] = [
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
                None,
            ),
            ("text before", "x-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----", None),
            ("text behind", "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----x", None),
            ("no end", "-----BEGIN CERTIFICATE-----MAA=", None),
            ("another kind", "-----BEGIN X509 CRL-----MAA=-----END X509 CRL-----", None),
            ("escaped twice", "-----BEGIN%2520CERTIFICATE-----", None),
        ];
        for (name, text, expected) in cases {
            let blocks = pem_blocks(text.as_bytes(), 10).map(|blocks| blocks.len());
            assert_eq!(blocks, expected, "{name}");
        }
    }
}
