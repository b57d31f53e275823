//! Digests of the certificate.

use alloc::vec::Vec;

use super::ReceiveErrorKind;
use crate::encoding;
use crate::x509::fingerprint;

/// The encoding of a digest. For every form, receivers accept hex in either case, with or without colons, and base64.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DigestForm {
    /// Lower-case hex.
    Lower,
    /// Upper-case hex.
    Upper,
    /// Standard base64 without padding. Google.
    Base64Unpadded,
    /// `A4uDrbA6…`: base64url without padding. `x5t#S256` of RFC 8705 §3.1.
    Base64Url,
    /// `73:C9:4B:97:…`: upper-case hex with colons, as `openssl x509 -fingerprint` prints it.
    UpperColons,
}

impl DigestForm {
    #[inline]
    pub(super) fn write<const N: usize>(self, digest: &[u8; N], out: &mut Vec<u8>) {
        match self {
            Self::Lower => encoding::hex_lower(digest, out),
            Self::Upper => encoding::hex_upper(digest, out),
            Self::Base64Unpadded => encoding::base64_unpadded(digest, out),
            Self::Base64Url => encoding::base64_url(digest, out),
            Self::UpperColons => encoding::hex_upper_colons(digest, out),
        }
    }
}

/// A stated digest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Digest<const N: usize> {
    Of([u8; N]),
    /// All zeros, or the digest of no bytes: there was no certificate.
    OfNothing,
}

impl DigestForm {
    /// Parses hex in any spelling, or base64 with or without padding, for every form.
    pub(super) fn read<const N: usize>(self, value: &[u8]) -> Result<Digest<N>, ReceiveErrorKind> {
        let hex = encoding::decode_hex(value).filter(|bytes| bytes.len() == N);
        let bytes = hex.or_else(|| match self {
            Self::Base64Url => encoding::decode_base64_url(value),
            _ => encoding::decode_base64(value),
        });
        of(&bytes.ok_or(ReceiveErrorKind::Malformed)?)
    }
}

fn of<const N: usize>(bytes: &[u8]) -> Result<Digest<N>, ReceiveErrorKind> {
    let digest: [u8; N] = bytes.try_into().map_err(|_| ReceiveErrorKind::Malformed)?;
    let nothing = digest.iter().all(|byte| *byte == 0)
        || digest.as_slice() == fingerprint::sha1(&[])
        || digest.as_slice() == fingerprint::sha256(&[]);
    Ok(if nothing { Digest::OfNothing } else { Digest::Of(digest) })
}
