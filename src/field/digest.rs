//! Digests of the certificate.

use alloc::vec::Vec;

use super::ReceiveErrorKind;
use crate::encoding;

/// The encoding of a digest. For every form, receivers accept hex in either case, with or without colons, and base64.
///
/// ```
/// use tls_client_auth::field::{DigestForm, Field};
/// # use tls_client_auth::field::Limits;
/// # use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};
/// # let der = include_bytes!("../../tests/fixtures/plain.der");
/// # let value = |field| {
/// #     let client = ClientCertificate::presented(&der[..], Verification::Success);
/// #     let set = HeaderSet::new("one", Dialect::OpenSsl, [("X", field)]).unwrap().including_untrusted();
/// #     set.lines(&client, Limits::new()).get("X").unwrap_or_default().to_owned()
/// # };
///
/// // `value` returns the header value of a field for a test certificate.
/// assert_eq!(value(Field::Sha1(DigestForm::Lower)), "4224ef9941c41e23f02deb9c2998dc6fa1447470");
/// assert_eq!(value(Field::Sha1(DigestForm::Upper)), "4224EF9941C41E23F02DEB9C2998DC6FA1447470");
/// assert_eq!(value(Field::Sha1(DigestForm::UpperColons)), "42:24:EF:99:41:C4:1E:23:F0:2D:EB:9C:29:98:DC:6F:A1:44:74:70");
/// assert_eq!(value(Field::Sha256(DigestForm::Base64Unpadded)), "c8lLl8nyFfd+zWCFcjIWApaX+jsp0uzWL7kYbbd4RKo");
/// assert_eq!(value(Field::Sha256(DigestForm::Base64Url)), "c8lLl8nyFfd-zWCFcjIWApaX-jsp0uzWL7kYbbd4RKo");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DigestForm {
    /// `73c94b97…`: lower-case hex.
    Lower,
    /// `73C94B97…`: upper-case hex.
    Upper,
    /// `c8lLl8ny…`: standard base64 without padding. Google.
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
            Self::Lower => encoding::hex_lower_exactly(digest, out),
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
        if let Some(digest) = encoding::decode_hex_exactly(value) {
            return Ok(of(digest));
        }
        let hex = encoding::decode_hex(value).filter(|bytes| bytes.len() == N);
        let bytes = hex.or_else(|| match self {
            Self::Base64Url => encoding::decode_base64_url(value),
            _ => encoding::decode_base64(value),
        });
        let digest = bytes.and_then(|bytes| bytes.try_into().ok());
        digest.map(of).ok_or(ReceiveErrorKind::Malformed)
    }
}

/// The digests of no bytes.
const SHA1_OF_NOTHING: &[u8] =
    b"\xda\x39\xa3\xee\x5e\x6b\x4b\x0d\x32\x55\xbf\xef\x95\x60\x18\x90\xaf\xd8\x07\x09";
const SHA256_OF_NOTHING: &[u8] =
    b"\xe3\xb0\xc4\x42\x98\xfc\x1c\x14\x9a\xfb\xf4\xc8\x99\x6f\xb9\x24\x27\xae\x41\xe4\x64\x9b\x93\x4c\xa4\x95\x99\x1b\x78\x52\xb8\x55";

fn of<const N: usize>(digest: [u8; N]) -> Digest<N> {
    let nothing = digest == [0; N]
        || digest.as_slice() == SHA1_OF_NOTHING
        || digest.as_slice() == SHA256_OF_NOTHING;
    if nothing { Digest::OfNothing } else { Digest::Of(digest) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::fingerprint;
    use alloc::string::String;

    #[test]
    fn a_digest_of_no_bytes_is_recognized() {
        assert_eq!(of(fingerprint::sha1(&[])), Digest::OfNothing);
        assert_eq!(of(fingerprint::sha256(&[])), Digest::OfNothing);
        assert_eq!(of([0; 20]), Digest::OfNothing);
        assert_eq!(of([1; 20]), Digest::Of([1; 20]));
    }

    #[test]
    fn every_form_is_read_back() {
        let digest: [u8; 32] = core::array::from_fn(|at| u8::try_from(at * 7).unwrap());
        let forms = [
            DigestForm::Lower,
            DigestForm::Upper,
            DigestForm::Base64Unpadded,
            DigestForm::Base64Url,
            DigestForm::UpperColons,
        ];
        for form in forms {
            let mut text = Vec::new();
            form.write(&digest, &mut text);
            assert_eq!(form.read(&text), Ok(Digest::Of(digest)), "{form:?}");
            let short = &text[..text.len() - 1];
            assert!(form.read::<32>(short).is_err(), "{}", String::from_utf8_lossy(short));
        }
    }
}
