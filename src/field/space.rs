//! Spaces at the ends of a value. A header value must not begin or end with a space: recipients remove it (RFC 9110 §5.5), and HTTP/2
//! forbids it (RFC 9113 §8.2.1). If a certificate's text does, the space is replaced by the format's own escape, or left out if the
//! format has none.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::{Field, NameForm, SubjectAltNameForm};

/// In RFC 2253, and wherever a backslash escapes as there.
const RFC2253: &[u8] = b"\\20";
/// In the one-line form.
const LEGACY: &[u8] = b"\\x20";
/// In HAProxy's own form.
const HAPROXY: &[u8] = b"%20";

/// The escape for a space in the field's form.
const fn escape(field: Field) -> Option<&'static [u8]> {
    match field {
        Field::Issuer(form) | Field::Subject(form) | Field::RootSubject(form) => match form {
            NameForm::Rfc2253
            | NameForm::Go
            | NameForm::Attribute(..)
            | NameForm::EachAttribute(_) => Some(RFC2253),
            NameForm::Legacy => Some(LEGACY),
            NameForm::HaProxy | NameForm::CommonName => Some(HAPROXY),
            NameForm::Base64 | NameForm::Java | NameForm::PlainAttribute(..) => None,
        },
        Field::SubjectAltName(
            SubjectAltNameForm::Email(_)
            | SubjectAltNameForm::Dns(_)
            | SubjectAltNameForm::UserPrincipalName(_),
        ) => Some(RFC2253),
        _ => None,
    }
}

/// Escapes or removes the spaces at both ends of the value that begins at `start`.
pub(super) fn close(field: Field, start: usize, out: &mut Vec<u8>) {
    let escape = escape(field);
    if out.get(start) == Some(&b' ') {
        match escape {
            Some(escape) => drop(out.splice(start..=start, escape.iter().copied())),
            None => {
                let value = out.split_off(start);
                out.extend_from_slice(value.trim_ascii_start());
            }
        }
    }
    while out.len() > start && out.last() == Some(&b' ') {
        out.pop();
        if let Some(escape) = escape {
            if escape == RFC2253 && ends_in_escape(out.get(start..).unwrap_or_default()) {
                out.pop();
            }
            out.extend_from_slice(escape);
        }
    }
}

/// Whether the text ends in a backslash that escapes the next character.
pub(crate) fn ends_in_escape(text: &[u8]) -> bool {
    text.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// An RFC 2253 text as the libraries print it: with `\ ` at its end instead of a header's `\20`.
pub(crate) fn without_escape_of_rfc2253(text: &[u8]) -> Cow<'_, [u8]> {
    match text.strip_suffix(b"20") {
        Some(before) if ends_in_escape(before) => [before, b" "].concat().into(),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{CertificateForm, VerdictForm};

    #[test]
    fn ends_are_closed_and_opened_again() {
        const RFC2253: Field = Field::Subject(NameForm::Rfc2253);
        const LEGACY: Field = Field::Issuer(NameForm::Legacy);
        const HAPROXY: Field = Field::Subject(NameForm::CommonName);
        const MAIL: Field = Field::SubjectAltName(SubjectAltNameForm::Email(0));
        const PEM: Field = Field::Certificate(CertificateForm::OneLinePem);
        const VERDICT: Field = Field::Verdict(VerdictForm::Text);
        let cases: [(Field, &str, &str); 19] = [
            (RFC2253, "CN=a", "CN=a"),
            (RFC2253, r"CN=trail\ ,O=x\ ", r"CN=trail\ ,O=x\20"),
            (RFC2253, r"CN=\ ", r"CN=\20"),
            (RFC2253, r"CN=\  \ ", r"CN=\  \20"),
            (RFC2253, r"CN=a\\\ ", r"CN=a\\\20"),
            (RFC2253, r"CN=a\\20", r"CN=a\\20"),
            (LEGACY, "/O=x /CN=trail ", r"/O=x /CN=trail\x20"),
            (LEGACY, r"/CN=a\ ", r"/CN=a\\x20"),
            (LEGACY, "/CN=  ", r"/CN= \x20"),
            (HAPROXY, " ", "%20"),
            (HAPROXY, "  ", "%20%20"),
            (HAPROXY, " a ", "%20a%20"),
            (MAIL, " a@b ", r"\20a@b\20"),
            (MAIL, r"a\\ ", r"a\\\20"),
            (PEM, "-----END CERTIFICATE----- ", "-----END CERTIFICATE-----"),
            (VERDICT, "FAILED:  ", "FAILED:"),
            (VERDICT, "  a  ", "a"),
            (VERDICT, "  ", ""),
            (VERDICT, "", ""),
        ];
        for (field, value, expected) in cases {
            let mut out = Vec::from(*b"before ");
            out.extend_from_slice(value.as_bytes());
            close(field, 7, &mut out);
            let closed = out.get(7..).unwrap();
            assert_eq!(core::str::from_utf8(closed), Ok(expected), "{value}");
            assert!(out.starts_with(b"before "), "{value}");
            if field == RFC2253 {
                assert_eq!(&*without_escape_of_rfc2253(closed), value.as_bytes());
            }
        }
    }
}
