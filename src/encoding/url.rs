//! Percent-encoding, in the four dialects in which PEM is sent, and its decoder.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::{hex_escape, nibble};

/// The dialect of a URL-encoded PEM: the bytes that are not encoded. The hex digits are always upper-case.
///
/// Decoders must distinguish the last two: a `+` is a `+` in `Alb` and a space in `Form`.
///
/// ```
/// use tls_client_auth::field::{CertificateForm, Field, UrlForm};
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
/// assert_eq!(value(Field::Certificate(CertificateForm::EscapedPem(UrlForm::Component)))[..32], *"-----BEGIN%20CERTIFICATE-----%0A");
/// assert_eq!(value(Field::Certificate(CertificateForm::EscapedPem(UrlForm::Form)))[..30], *"-----BEGIN+CERTIFICATE-----%0A");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum UrlForm {
    /// Letters, digits and `-._~`, RFC 3986's unreserved: `-----BEGIN%20CERTIFICATE-----%0AMIIB%2Bg%3D%3D%0A`. nginx, Kong,
    /// Azure.
    Component,
    /// Letters, digits and `*-._`, Envoy's table. The same bytes for every PEM.
    Envoy,
    /// Letters, digits and `-._~+=/`: `-----BEGIN%20CERTIFICATE-----%0AMIIB+g==%0A`. AWS.
    Alb,
    /// As [`Component`](Self::Component), with `+` for a space: `-----BEGIN+CERTIFICATE-----%0AMIIB%2Bg%3D%3D%0A`. HTML forms.
    Form,
}

impl UrlForm {
    pub(crate) fn write(self, bytes: &[u8], out: &mut Vec<u8>) {
        for byte in bytes {
            match (*byte, self) {
                (b' ', Self::Form) => out.push(b'+'),
                (byte, _) if self.keeps(byte) => out.push(byte),
                (byte, _) => out.extend_from_slice(&hex_escape(b'%', byte)),
            }
        }
    }

    const fn keeps(self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric()
            || match byte {
                b'-' | b'.' | b'_' => true,
                b'~' => !matches!(self, Self::Envoy),
                b'*' => matches!(self, Self::Envoy),
                b'+' | b'=' | b'/' => matches!(self, Self::Alb),
                _ => false,
            }
    }
}

/// Decodes every `%XX`; everything else is kept, in particular `+`. `None` if a `%` is not followed by two hex digits.
pub(crate) fn decode_url(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    if !text.contains(&b'%') {
        return Some(Cow::Borrowed(text));
    }
    // Few bytes are escaped: the text between them is copied whole.
    let mut pieces = text.split(|byte| *byte == b'%');
    let mut decoded = Vec::with_capacity(text.len());
    decoded.extend_from_slice(pieces.next()?);
    for piece in pieces {
        let ([high, low], plain) = piece.split_first_chunk::<2>()?;
        decoded.push(nibble(*high)? << 4 | nibble(*low)?);
        decoded.extend_from_slice(plain);
    }
    Some(Cow::Owned(decoded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded() {
        let cases: [(&str, Option<&str>); 7] = [
            ("a+b", Some("a+b")),
            ("a%2Bb%2b+", Some("a+b++")),
            ("%20%0A", Some(" \n")),
            ("%", None),
            ("%2", None),
            ("%2g", None),
            ("%%41", None),
        ];
        for (text, expected) in cases {
            let decoded = decode_url(text.as_bytes());
            assert_eq!(decoded.as_deref(), expected.map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn each_dialect_escapes_its_own_bytes() {
        let cases = [
            (UrlForm::Component, "a-b._~%2A%2B%2F%3D%20%0A%00%C3%A9%25"),
            (UrlForm::Envoy, "a-b._%7E*%2B%2F%3D%20%0A%00%C3%A9%25"),
            (UrlForm::Alb, "a-b._~%2A+/=%20%0A%00%C3%A9%25"),
            (UrlForm::Form, "a-b._~%2A%2B%2F%3D+%0A%00%C3%A9%25"),
        ];
        for (form, expected) in cases {
            let mut text = Vec::new();
            form.write("a-b._~*+/= \n\0é%".as_bytes(), &mut text);
            assert_eq!(core::str::from_utf8(&text), Ok(expected), "{form:?}");
        }
    }
}
