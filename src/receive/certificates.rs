//! The certificates of a header value, and their digests.

use alloc::vec::Vec;

use super::error::ReceiveErrorKind;
use super::limits::ReceiveLimits;
use super::reads::Encoding;
use crate::encoding;
use crate::x509::Certificate;
use crate::x509::Part;
use crate::x509::cursor::{self, Cursor};

type Read<T = ()> = Result<T, ReceiveErrorKind>;

/// A leaf, if there is one, and what follows it.
type LeafAndChain = (Option<Vec<u8>>, Vec<Vec<u8>>);

impl Encoding {
    /// The certificates, and of too many at least one more than the most; none where the encoding says so.
    pub(super) fn decode(self, value: &[u8], most: usize) -> Read<Vec<Vec<u8>>> {
        let certificates = match self {
            Self::Base64 => encoding::decode_url(value).and_then(|value| {
                let items = value.split(|byte| *byte == b',').take(most.saturating_add(1));
                items.map(|item| encoding::decode_base64(item.trim_ascii())).collect()
            }),
            Self::Concatenated => return concatenated(value, most),
            Self::Base64OfPem => encoding::decode_url(value)
                .and_then(|value| encoding::decode_base64(&value))
                .and_then(|pem| encoding::decode_pem(&pem, most)),
            Self::ByteSequence => encoding::decode_byte_sequences(value, most),
            Self::Pem => encoding::decode_pem(value, most),
            Self::Any => return Self::of(value).decode(value, most),
        };
        let mut certificates: Vec<Vec<u8>> = certificates.ok_or(ReceiveErrorKind::Malformed)?;
        // `::` and a block without contents: a proxy that had nothing to put there.
        if matches!(certificates.as_slice(), [only] if only.is_empty()) {
            certificates.clear();
        }
        Ok(certificates)
    }

    /// Which one it is, where each begins in its own way.
    fn of(value: &[u8]) -> Self {
        match value {
            [b':', ..] => Self::ByteSequence,
            [b'-', ..] => Self::Pem,
            // `-----BEGIN`
            _ if value.starts_with(b"LS0tLS1CRUdJTi") => Self::Base64OfPem,
            _ => Self::Base64,
        }
    }
}

fn concatenated(value: &[u8], most: usize) -> Read<Vec<Vec<u8>>> {
    let der = encoding::decode_url(value).and_then(|value| encoding::decode_base64(&value));
    let der = der.ok_or(ReceiveErrorKind::Malformed)?;
    let mut rest = Cursor::new(&der);
    let mut certificates = Vec::new();
    while !rest.is_at_end() && certificates.len() <= most {
        let element = rest.expect(cursor::SEQUENCE, Part::Certificate);
        certificates.push(element.map_err(|_| ReceiveErrorKind::NotACertificate)?.der().to_vec());
    }
    Ok(certificates)
}

/// The first is the leaf, whatever it is: where it is broken, the next one does not become it.
pub(super) fn leaf_and_chain(
    encoding: Encoding,
    value: &[u8],
    limits: &ReceiveLimits,
) -> Read<LeafAndChain> {
    let most = limits.chain.saturating_add(1);
    let certificates = encoding.decode(value, most)?;
    if certificates.len() > most {
        return Err(ReceiveErrorKind::TooManyCertificates);
    }
    check(&certificates, limits)?;
    let mut certificates = certificates.into_iter();
    Ok((certificates.next(), certificates.collect()))
}

pub(super) fn check(certificates: &[Vec<u8>], limits: &ReceiveLimits) -> Read {
    for der in certificates {
        if der.len() > limits.certificate {
            return Err(ReceiveErrorKind::TooLarge);
        }
        Certificate::from_der_up_to(der, limits.certificate)
            .map_err(|_| ReceiveErrorKind::NotACertificate)?;
    }
    Ok(())
}

/// A stated digest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Digest<const N: usize> {
    Of([u8; N]),
    /// All zeros, or the digest of no bytes: there was nothing to hash.
    OfNothing,
}

/// Hex, or base64.
pub(super) fn digest<const N: usize>(value: &[u8]) -> Read<Digest<N>> {
    let hex = encoding::decode_hex(value).filter(|bytes| bytes.len() == N);
    let bytes =
        hex.or_else(|| encoding::decode_base64(value)).ok_or(ReceiveErrorKind::Malformed)?;
    let digest: [u8; N] = bytes.try_into().map_err(|_| ReceiveErrorKind::Malformed)?;
    let nothing = digest.iter().all(|byte| *byte == 0)
        || digest.as_slice() == crate::x509::fingerprint::sha1(&[])
        || digest.as_slice() == crate::x509::fingerprint::sha256(&[]);
    Ok(if nothing { Digest::OfNothing } else { Digest::Of(digest) })
}
