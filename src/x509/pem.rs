//! PEM, for people who hold files (RFC 7468).

use alloc::vec::Vec;

use crate::encoding::pem::{BEGIN, END};
use crate::x509::{Error, ErrorKind, Part};

/// The DER of every `CERTIFICATE` block, in the file's order: the leaf first, then its chain. Text around the blocks and blocks
/// of other kinds are passed over; white space inside is too.
///
/// ```
/// use tls_client_auth::x509::certificates_from_pem;
///
/// let pem = b"leaf:\n-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
/// assert_eq!(certificates_from_pem(pem)?, [[0x30, 0x00]]);
/// # Ok::<(), tls_client_auth::x509::Error>(())
/// ```
///
/// # Errors
/// There is no block, one has no end, or what is inside is not base64.
pub fn certificates_from_pem(pem: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
    use base64::Engine as _;
    let mut certificates = Vec::new();
    let mut rest = pem;
    let offset = |rest: &[u8]| pem.len().saturating_sub(rest.len());
    while let Some((_, body)) = split_at_line(rest, BEGIN) {
        let (body, behind) = split_at_line(body, END).ok_or(Error::new(
            Part::Pem,
            ErrorKind::Truncated,
            offset(body),
        ))?;
        let text: Vec<u8> =
            body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let der = base64::engine::general_purpose::STANDARD
            .decode(text)
            .map_err(|_| Error::new(Part::Pem, ErrorKind::Invalid, offset(behind)))?;
        certificates.push(der);
        rest = behind;
    }
    if certificates.is_empty() {
        return Err(Error::new(Part::Pem, ErrorKind::Missing, pem.len()));
    }
    Ok(certificates)
}

/// What stands before and after a marker.
fn split_at_line<'a>(text: &'a [u8], marker: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = text.windows(marker.len()).position(|window| window == marker)?;
    Some((text.get(..at)?, text.get(at.saturating_add(marker.len())..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks() {
        let error = |kind, offset| Err(Error::new(Part::Pem, kind, offset));
        let cases: [(&str, &str, Result<usize, Error>); 6] = [
            ("one", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----", Ok(1)),
            (
                "two, CRLF",
                "-----BEGIN CERTIFICATE-----\r\nMAA=\r\n-----END CERTIFICATE-----\r\n-----BEGIN CERTIFICATE-----\r\nMAA=\r\n-----END CERTIFICATE-----\r\n",
                Ok(2),
            ),
            (
                "a key beside it",
                "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----",
                Ok(1),
            ),
            ("nothing", "hello", error(ErrorKind::Missing, 5)),
            ("no end", "-----BEGIN CERTIFICATE-----\nMAA=", error(ErrorKind::Truncated, 27)),
            (
                "no base64",
                "-----BEGIN CERTIFICATE-----\nM?A=\n-----END CERTIFICATE-----",
                error(ErrorKind::Invalid, 58),
            ),
        ];
        for (name, pem, expected) in cases {
            assert_eq!(
                certificates_from_pem(pem.as_bytes()).map(|found| found.len()),
                expected,
                "{name}"
            );
        }
    }
}
