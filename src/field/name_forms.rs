//! Compares the two printed forms of a name: whether both can belong to the same name.

use alloc::string::String;
use alloc::vec::Vec;

/// Whether the one-line form can belong to the name with this RFC 2253 form.
///
/// Values that the two forms print from different bytes (non-ASCII text, and unknown types) cannot be compared, and count as equal.
pub(super) fn can_be_one(rfc2253: &str, legacy: &str) -> bool {
    let Some(attributes) = attributes(rfc2253) else { return true };
    // BMPString and UniversalString have zero bytes before each character.
    let without_zeros = legacy.replace("\\x00", "");
    // HTTP removes spaces from the end of a value, and this form does not escape them.
    let same = |printed: &str, legacy: &str| printed.trim_end() == legacy.trim_end();
    [Escapes::Yes, Escapes::No].into_iter().any(|escapes| {
        let printed = one_line(&attributes, escapes);
        same(&printed, legacy) || same(&printed, &without_zeros)
    })
}

/// Whether the attributes of a name without escapes and multi-valued RDNs are those of the one-line form, the usual case.
pub(super) fn are_plain_forms_of_one(rfc2253: &[u8], legacy: &[u8]) -> bool {
    // Vectorizes, because it does not return early.
    if rfc2253.iter().fold(0, |any, byte| any | u8::from((*byte == b'\\') | (*byte == b'+'))) > 0 {
        return false;
    }
    let (mut rfc2253, mut legacy) = (rfc2253, legacy);
    loop {
        let comma = rfc2253.iter().position(|byte| *byte == b',');
        let (attribute, others) = rfc2253.split_at(comma.unwrap_or(rfc2253.len()));
        let rest = legacy.strip_suffix(attribute).and_then(|rest| rest.strip_suffix(b"/"));
        match (rest, others) {
            (None, _) => return false,
            (Some(rest), []) => return rest.is_empty(),
            (Some(rest), [_, others @ ..]) => (rfc2253, legacy) = (others, rest),
        }
    }
}

/// Whether `/` and `+` in values are escaped, and attributes of one RDN joined by `+`: as in OpenSSL 3 only.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Escapes {
    Yes,
    No,
}

/// `CN=name`, without escapes, and whether a `+` follows it.
type Attribute = (String, bool);

/// The attributes in printed order, the last one first.
fn attributes(rfc2253: &str) -> Option<Vec<Attribute>> {
    let mut attributes = Vec::new();
    let mut attribute = String::new();
    let mut rest = rfc2253.chars();
    while let Some(character) = rest.next() {
        match character {
            ',' | '+' => attributes.push((core::mem::take(&mut attribute), character == '+')),
            // Values other than DER in hex have it escaped.
            '#' if attribute.ends_with('=') && !attribute.trim_end_matches('=').contains('=') => {
                return None;
            }
            '\\' => {
                let escaped = rest.next()?;
                let second = rest.as_str().chars().next().and_then(|second| second.to_digit(16));
                match (escaped.to_digit(16), second) {
                    (Some(high), Some(low)) => {
                        rest.next();
                        let byte = char::from_u32(high << 4 | low)?;
                        matches!(byte, ' '..='~').then(|| attribute.push(byte))?;
                    }
                    _ => attribute.push(escaped),
                }
            }
            character => attribute.push(character),
        }
    }
    attributes.push((attribute, false));
    Some(attributes)
}

fn one_line(attributes: &[Attribute], escapes: Escapes) -> String {
    let mut line = String::new();
    for (attribute, is_joined) in attributes.iter().rev() {
        line.push(if *is_joined && escapes == Escapes::Yes { '+' } else { '/' });
        for character in attribute.chars() {
            if matches!(character, '/' | '+') && escapes == Escapes::Yes {
                line.push('\\');
            }
            line.push(character);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::{Certificate, Dialect};

    #[test]
    fn two_forms_of_the_same_name_can_be_the_same() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut names = 0;
        for path in paths.filter(|path| path.extension().is_some_and(|ending| ending == "der")) {
            let der = std::fs::read(&path).unwrap();
            let Ok(certificate) = Certificate::from_der(&der) else { continue };
            for name in [certificate.subject(), certificate.issuer()] {
                for (one, other) in [Dialect::OpenSsl, Dialect::BoringSsl]
                    .into_iter()
                    .flat_map(|one| [(one, Dialect::OpenSsl), (one, Dialect::BoringSsl)])
                {
                    let (Some(rfc2253), Some(legacy)) = (name.rfc2253(one), name.legacy(other))
                    else {
                        continue;
                    };
                    if !rfc2253.is_empty() {
                        assert!(can_be_one(&rfc2253, &legacy), "{rfc2253} {legacy}");
                        names += 1;
                    }
                }
            }
        }
        assert!(names > 500, "{names}");
    }

    #[test]
    fn forms_of_different_names_are_recognized() {
        let cases = [
            ("the same", "CN=a,O=b", "/O=b/CN=a", true),
            ("another value", "CN=a", "/CN=b", false),
            ("one attribute more", "CN=a", "/O=b/CN=a", false),
            ("another order", "CN=a,O=b", "/CN=a/O=b", false),
            ("another type", "CN=a", "/O=a", false),
            ("an escaped comma", r"CN=a\,O=b", "/CN=a,O=b", true),
            ("a separator and a comma", "CN=a,O=b", "/CN=a,O=b", false),
            ("an escaped slash of OpenSSL 3", "CN=a/O=b", r"/CN=a\/O=b", true),
            ("a slash of BoringSSL", "CN=a/O=b", "/CN=a/O=b", true),
            ("two attributes in an RDN", "CN=a+O=b,C=c", "/C=c/O=b/CN=a", true),
            ("two attributes in an RDN, OpenSSL 3", "CN=a+O=b,C=c", "/C=c/O=b+CN=a", true),
            ("a space at the end", r"CN=a\ ", "/CN=a ", true),
            ("a space at the end, which HTTP removes", r"CN=a\ ", "/CN=a", true),
            ("a space at the end of the legacy form", r"CN=a\ ,O=b", "/O=b/CN=a", true),
            ("a space elsewhere", r"CN=a,O=b\ ", "/O=b/CN=a", false),
            ("a quote", r#"CN=\"a\\"#, r#"/CN="a\"#, true),
            ("a number sign", r"CN=\#a", "/CN=#a", true),
            ("two bytes per character", "CN=ab", r"/CN=\x00a\x00b", true),
            ("not ASCII", r"CN=\C3\A9", r"/CN=\xE9", true),
            ("an unknown type", "1.2.3=#0C0161", "/1.2.3=a", true),
            ("a number sign in a value", "CN=a=#b", "/CN=c", false),
            ("an unfinished escape", r"CN=a\", "/CN=b", true),
        ];
        for (case, rfc2253, legacy, can) in cases {
            assert_eq!(can_be_one(rfc2253, legacy), can, "{case}");
            let are_plain = are_plain_forms_of_one(rfc2253.as_bytes(), legacy.as_bytes());
            assert_eq!(
                are_plain,
                can && !legacy.contains('\\') && !rfc2253.contains(['\\', '+', '#']),
                "{case}"
            );
        }
    }
}
