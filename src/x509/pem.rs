//! Certificates from PEM files (RFC 7468).

use alloc::vec::Vec;

use crate::encoding::{PEM_LABELS, PEM_TRUSTED};
use crate::x509::cursor::{self, Cursor};
use crate::x509::error::{Error, ErrorKind, Part};

/// The byte order mark, which some editors on Windows write before the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Returns the DER of every certificate of a PEM file, in the file's order: the leaf first, then its chain.
///
/// The labels `CERTIFICATE`, `X509 CERTIFICATE` and `TRUSTED CERTIFICATE` are accepted, as by OpenSSL; the trust settings of the last
/// one are dropped. A marker must be on a line of its own, with optional spaces around it. Other text and blocks with other labels are
/// skipped.
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
/// There is no certificate block; or a block is empty, has no end, or does not contain base64.
pub fn certificates_from_pem(pem: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
    use base64::Engine as _;
    let mut certificates = Vec::new();
    let mut open: Option<Block<'_>> = None;
    let mut offset = 0usize;
    for line in pem.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
        let behind = offset.saturating_add(line.len());
        let error = |kind| Error::new(Part::Pem, kind, offset);
        let text = match offset {
            0 => line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line).trim_ascii(),
            _ => line.trim_ascii(),
        };
        match open.take() {
            None => {
                let label = marker(text, b"BEGIN ")
                    .filter(|name| PEM_LABELS.iter().any(|label| label.name == *name));
                open = label.map(|label| Block { label, base64: Vec::new(), start: behind });
            }
            Some(block) if marker(text, b"END ") == Some(block.label) => {
                if block.base64.is_empty() {
                    return Err(error(ErrorKind::Missing));
                }
                let der = base64::engine::general_purpose::STANDARD.decode(&block.base64);
                let der = der.map_err(|_| error(ErrorKind::Invalid))?;
                let is_trusted = block.label == PEM_TRUSTED;
                certificates.push(if is_trusted { without_trust(&der)?.to_vec() } else { der });
            }
            // A second begin marker, or the end marker of another block.
            Some(_) if text.starts_with(b"-----") => return Err(error(ErrorKind::Truncated)),
            Some(mut block) => {
                block.base64.extend(text.iter().filter(|byte| !byte.is_ascii_whitespace()));
                open = Some(block);
            }
        }
        offset = behind;
    }
    if let Some(block) = open {
        return Err(Error::new(Part::Pem, ErrorKind::Truncated, block.start));
    }
    if certificates.is_empty() {
        return Err(Error::new(Part::Pem, ErrorKind::Missing, pem.len()));
    }
    Ok(certificates)
}

/// An open block.
struct Block<'p> {
    label: &'p [u8],
    base64: Vec<u8>,
    /// The start of its contents.
    start: usize,
}

/// The label, if the line consists of this marker.
fn marker<'l>(line: &'l [u8], kind: &[u8]) -> Option<&'l [u8]> {
    line.strip_prefix(b"-----")?.strip_prefix(kind)?.strip_suffix(b"-----")
}

/// Returns the certificate of a block with OpenSSL's own label, without the trust settings.
pub(crate) fn without_trust(der: &[u8]) -> Result<&[u8], Error> {
    let certificate = Cursor::new(der).expect(cursor::SEQUENCE, Part::Certificate)?;
    Ok(certificate.der())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned as _;
    use alloc::string::String;
    use alloc::{format, vec};

    fn block(label: &str, body: &str) -> String {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    type Read = Result<Vec<Vec<u8>>, Error>;

    #[test]
    fn blocks() {
        let error = |kind, offset| Err(Error::new(Part::Pem, kind, offset));
        let plain = || block("CERTIFICATE", "MAA=");
        let der = || vec![0x30, 0];
        let cases: [(&str, String, Read); 22] = [
            ("one", plain(), Ok(vec![der()])),
            ("two", plain() + &block("CERTIFICATE", "MAEA"), Ok(vec![der(), vec![0x30, 1, 0]])),
            ("CRLF", (plain() + &plain()).replace('\n', "\r\n"), Ok(vec![der(), der()])),
            ("CR", plain().replace('\n', "\r"), Ok(vec![der()])),
            ("a byte order mark", "\u{feff}".to_owned() + &plain(), Ok(vec![der()])),
            ("no line end at the end", plain().trim_end().into(), Ok(vec![der()])),
            ("indented", plain().replace('\n', " \n\t "), Ok(vec![der()])),
            ("white space inside", block("CERTIFICATE", "M A\n\nA ="), Ok(vec![der()])),
            ("a private key before", block("PRIVATE KEY", "!") + &plain(), Ok(vec![der()])),
            ("the oldest label", block("X509 CERTIFICATE", "MAA="), Ok(vec![der()])),
            (
                "OpenSSL's own label",
                block("TRUSTED CERTIFICATE", "MAAwAA==") + &plain(),
                Ok(vec![der(), der()]),
            ),
            (
                "a block in a comment",
                "friendlyName: ".to_owned() + &plain().replace('\n', "") + "\n" + &plain(),
                Ok(vec![der()]),
            ),
            (
                "text before the block on its line",
                "a -----BEGIN CERTIFICATE-----\nMAEA\n".to_owned() + &plain(),
                Ok(vec![der()]),
            ),
            ("nothing", "hello".into(), error(ErrorKind::Missing, 5)),
            ("a request", block("CERTIFICATE REQUEST", "MAA="), error(ErrorKind::Missing, 75)),
            ("all on one line", plain().replace('\n', ""), error(ErrorKind::Missing, 56)),
            ("no end", "-----BEGIN CERTIFICATE-----\nMAA=".into(), error(ErrorKind::Truncated, 28)),
            (
                "a second begin line before the end",
                "-----BEGIN CERTIFICATE-----\nMAA=\n".to_owned() + &plain(),
                error(ErrorKind::Truncated, 33),
            ),
            (
                "an end with another label",
                plain().replace("END CERT", "END X509 CERT"),
                error(ErrorKind::Truncated, 33),
            ),
            ("an empty block", block("CERTIFICATE", " "), error(ErrorKind::Missing, 30)),
            ("no base64", block("CERTIFICATE", "M?A="), error(ErrorKind::Invalid, 33)),
            (
                "trust settings without a certificate",
                block("TRUSTED CERTIFICATE", "BAA="),
                Err(Error::new(Part::Certificate, ErrorKind::UnexpectedTag, 0)),
            ),
        ];
        for (name, pem, expected) in cases {
            assert_eq!(certificates_from_pem(pem.as_bytes()), expected, "{name}");
        }
    }
}
