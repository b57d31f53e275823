//! A URI as Go prints it: the result of `url.Parse` and `URL.String`, which can differ from the certificate's text. Source: Go's
//! `net/url`, observed behind Caddy 2.11 and Traefik 3.7.

use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding;

/// The printed form of a URI in printable ASCII. A URI that Go cannot parse, and its TLS library therefore rejects, is unchanged.
pub(super) fn printed(uri: &str) -> String {
    parts(uri).unwrap_or_else(|| uri.into())
}

fn parts(uri: &str) -> Option<String> {
    let (uri, fragment) = uri.split_once('#').unwrap_or((uri, ""));
    let mut out = String::with_capacity(uri.len());
    let (scheme, rest) = scheme(uri);
    if let Some(scheme) = scheme {
        out.push_str(&scheme.to_ascii_lowercase());
        out.push(':');
    }
    // A lone `?` at the end is kept too.
    let (rest, query) =
        rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
    if rest.starts_with('/') || scheme.is_none() {
        hierarchy(scheme.is_some(), rest, &mut out)?;
    } else {
        // A rootless path is opaque.
        out.push_str(rest);
    }
    if let Some(query) = query {
        out.push('?');
        out.push_str(query);
    }
    if !fragment.is_empty() {
        out.push('#');
        out.push_str(&escaped(fragment, Place::Fragment)?);
    }
    Some(out)
}

/// The text before the first colon, if it is a valid scheme, and the rest.
fn scheme(uri: &str) -> (Option<&str>, &str) {
    match uri.split_once(':') {
        Some((scheme, rest))
            if scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) =>
        {
            (Some(scheme), rest)
        }
        _ => (None, uri),
    }
}

/// Writes an authority, if present, and a path.
fn hierarchy(has_scheme: bool, rest: &str, out: &mut String) -> Option<()> {
    let authority = rest.strip_prefix("//").filter(|rest| has_scheme || !rest.starts_with('/'));
    let Some(behind) = authority else {
        out.push_str(&escaped(rest, Place::Path)?);
        return Some(());
    };
    let (authority, path) = behind.split_at(behind.find('/').unwrap_or(behind.len()));
    if !authority.is_empty() || !path.is_empty() {
        out.push_str("//");
    }
    let host = match authority.rsplit_once('@') {
        Some((user, host)) => {
            let (name, password) = user
                .split_once(':')
                .map_or((user, None), |(name, password)| (name, Some(password)));
            out.push_str(&encoded(&encoding::decode_url(name.as_bytes())?, Place::User)?);
            if let Some(password) = password {
                out.push(':');
                out.push_str(&encoded(&encoding::decode_url(password.as_bytes())?, Place::User)?);
            }
            out.push('@');
            host
        }
        None => authority,
    };
    out.push_str(host);
    out.push_str(&escaped(path, Place::Path)?);
    Some(())
}

#[derive(Clone, Copy)]
enum Place {
    User,
    Path,
    Fragment,
}

impl Place {
    /// The opposite of Go's `shouldEscape`.
    const fn keeps(self, byte: u8) -> bool {
        match byte {
            b'-' | b'_' | b'.' | b'~' => true,
            b'$' | b'&' | b'+' | b',' | b';' | b'=' => true,
            b'/' | b':' | b'@' => !matches!(self, Self::User),
            b'?' | b'!' | b'(' | b')' | b'*' => matches!(self, Self::Fragment),
            _ => byte.is_ascii_alphanumeric(),
        }
    }
}

/// The text unchanged if it is a valid encoding, otherwise decoded and encoded again.
fn escaped(text: &str, place: Place) -> Option<String> {
    let decoded = encoding::decode_url(text.as_bytes())?;
    let is_valid = |byte: u8| b"!'()*[]%".contains(&byte) || place.keeps(byte);
    if text.bytes().all(is_valid) { Some(text.into()) } else { encoded(&decoded, place) }
}

fn encoded(bytes: &[u8], place: Place) -> Option<String> {
    let mut out = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if place.keeps(*byte) {
            out.push(*byte);
        } else {
            out.extend_from_slice(&encoding::hex_escape(b'%', *byte));
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that Caddy 2.11.7 sent to an origin; it refuses the certificates of the last three.
    #[test]
    fn uris_are_printed_as_caddy_prints_them() {
        let cases = [
            ("HTTP://UP.Example/Case", "http://UP.Example/Case"),
            ("http://h", "http://h"),
            ("http://h?", "http://h?"),
            ("http://h/??", "http://h/??"),
            ("http://h/#", "http://h/"),
            ("http://h/?#f", "http://h/?#f"),
            ("http://h/a b", "http://h/a%20b"),
            ("http://h/a%41", "http://h/a%41"),
            ("http://h/a%41 b", "http://h/aA%20b"),
            ("http://h/!'()*[]", "http://h/!'()*[]"),
            ("http://h/!'()*[] z", "http://h/%21%27%28%29%2A%5B%5D%20z"),
            (r#"http://h/a"b"#, "http://h/a%22b"),
            ("http://h/a<b>", "http://h/a%3Cb%3E"),
            (r#"http://h/a\b"#, "http://h/a%5Cb"),
            ("http://h/a^b`c{d|e}", "http://h/a%5Eb%60c%7Bd%7Ce%7D"),
            (r#"http://h/?q=a b"c<d>\"#, r#"http://h/?q=a b"c<d>\"#),
            ("http://h/?q=a%zz", "http://h/?q=a%zz"),
            ("http://h/#a b", "http://h/#a%20b"),
            (r#"http://h/#a"b(c)!*"#, "http://h/#a%22b(c)!*"),
            ("http://h/#%41 b", "http://h/#A%20b"),
            ("http://h/a#b#c", "http://h/a#b%23c"),
            ("http://us!er@h/", "http://us%21er@h/"),
            ("http://u%41:p%20w@h/", "http://uA:p%20w@h/"),
            ("http://u:@h/", "http://u:@h/"),
            ("http://@h/", "http://@h/"),
            ("http://a:b:c@h/", "http://a:b%3Ac@h/"),
            (r#"URN:A b"c"#, r#"urn:A b"c"#),
            ("urn:a?", "urn:a?"),
            ("urn:a#f g", "urn:a#f%20g"),
            ("file:///x", "file:///x"),
            ("file:/x", "file:/x"),
            ("file://", "file:"),
            ("FILE:", "file:"),
            ("//x/y", "//x/y"),
            ("/a/b c", "/a/b%20c"),
            ("a b", "a%20b"),
            ("?q", "?q"),
            ("", ""),
            ("*", "*"),
            ("http://[2001:DB8::1]/x", "http://[2001:DB8::1]/x"),
            ("http://[::1]:80/", "http://[::1]:80/"),
            ("http:////x", "http:////x"),
            ("http://h/%e6 x", "http://h/%E6%20x"),
            ("http://h/%7ex", "http://h/%7ex"),
            ("http://h/%7ex y", "http://h/~x%20y"),
            ("http://h/' '", "http://h/%27%20%27"),
            ("http://h/a%", "http://h/a%"),
            ("http://u%4@h/", "http://u%4@h/"),
            ("a_b://h/", "a_b://h/"),
        ];
        for (uri, expected) in cases {
            assert_eq!(printed(uri), expected, "{uri}");
        }
    }
}
