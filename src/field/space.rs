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
    fn spaces_at_the_ends_are_escaped_or_removed() {
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

    /// Returns the certificate with `text` replaced by another of the same length.
    fn replaced(der: &[u8], text: &str, other: &str) -> Vec<u8> {
        assert_eq!(text.len(), other.len());
        let mut changed = der.to_vec();
        let at = der.windows(text.len()).position(|part| part == text.as_bytes()).unwrap();
        for (byte, other) in changed.iter_mut().skip(at).zip(other.bytes()) {
            *byte = other;
        }
        changed
    }

    #[test]
    fn no_value_of_any_field_has_a_space_at_an_end() {
        use crate::client::{ClientCertificate, Reason, Verification};
        use crate::field::{Facts, Limits, Written};
        use crate::words::Words as _;
        use crate::x509::Dialect;

        let plain = &include_bytes!("../../tests/fixtures/plain.der")[..];
        let names = &include_bytes!("../../tests/fixtures/san_all.der")[..];
        let subjects = ["client.example", "Example Corp", "Ops", "Bayern", "Weiden"];
        let alternatives = ["one.example", "joe@example.com", "upn@example.com", "san_all"];
        let uris = ["spiffe://example.org/ns/default/sa/web", "https://example.org/id?a=b"];
        let texts = subjects.map(|text| (plain, text)).into_iter();
        let texts = texts.chain(alternatives.map(|text| (names, text)));
        let texts: Vec<_> = texts.chain(uris.map(|text| (names, text))).collect();
        let fill = [" ", "  ", r"\ "];
        // Certificates and digests cannot contain spaces. Of the choices of Envoy's keys, those with the subject suffice.
        let has_text = |word: &String| {
            let begins = ["subject", "issuer", "san", "verdict", "verified", "errors", "traefik"];
            begins.iter().any(|begin| word.starts_with(begin)) || word.starts_with("xfcc:subject")
        };
        let words: Vec<_> = Field::texts().into_iter().filter(has_text).collect();
        let (mut values, mut closed) = (0, 0);
        for (der, text) in texts {
            // Spaces at the start, at the end, at both ends, and only spaces.
            let others = fill.iter().flat_map(|fill| {
                let rest = text.get(fill.len().min(text.len())..).unwrap_or_default();
                let short = rest.get(fill.len().min(rest.len())..).unwrap_or_default();
                [[*fill, rest].concat(), [rest, fill].concat(), [*fill, short, fill].concat()]
            });
            let all_spaces = " ".repeat(text.len());
            for other in others.chain([all_spaces]).filter(|other| other.len() == text.len()) {
                let client = ClientCertificate::presented(
                    replaced(der, text, &other),
                    Verification::Failed(Reason::other(&other)),
                )
                .chain([der]);
                for word in &words {
                    let field: Field = word.parse().unwrap();
                    let field = field.nth(0).unwrap_or(field);
                    let needs = field.needs();
                    let leaf = Facts::leaf(&client, Limits::new(), needs);
                    let facts = Facts::new(&client, Limits::new(), needs, leaf.as_ref());
                    for dialect in [Dialect::OpenSsl, Dialect::BoringSsl] {
                        let (mut out, mut raw) = (Vec::new(), Vec::new());
                        let written = facts.write(field, dialect, &mut out);
                        assert_eq!(written == Written::Nothing, out.is_empty(), "{word}");
                        let has_space = out.first() == Some(&b' ') || out.last() == Some(&b' ');
                        assert!(!has_space, "{word}: {other:?}");
                        facts.write_inline(field, dialect, &mut raw);
                        values += usize::from(!out.is_empty());
                        closed += usize::from(raw != out);
                    }
                }
            }
        }
        assert!(values > 10_000 && closed > 100, "{values}, {closed}");
    }
}
