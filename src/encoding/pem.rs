//! DER as PEM (RFC 7468) in forms that fit into a header: `BEGIN` and `END`, 64 characters a line, a newline at the end.

use alloc::vec::Vec;

use super::base64;

/// What stands for a newline, a space, and the three characters of base64 that are neither letter nor digit.
struct Spelling {
    newline: &'static [u8],
    space: &'static [u8],
    plus: &'static [u8],
    slash: &'static [u8],
    equals: &'static [u8],
}

/// All but letters, digits, `-`, `.` and `_` percent-encoded: the bytes of `encodeURIComponent`.
pub(crate) fn percent_encoded(der: &[u8], out: &mut Vec<u8>) {
    let spelling =
        Spelling { newline: b"%0A", space: b"%20", plus: b"%2B", slash: b"%2F", equals: b"%3D" };
    write(der, &spelling, out);
}

/// As the inside of a JSON string.
pub(crate) fn in_json(der: &[u8], out: &mut Vec<u8>) {
    let spelling = Spelling { newline: b"\\n", space: b" ", plus: b"+", slash: b"/", equals: b"=" };
    write(der, &spelling, out);
}

fn write(der: &[u8], spelling: &Spelling, out: &mut Vec<u8>) {
    let mut digits = Vec::new();
    base64(der, &mut digits);
    boundary(b"-----BEGIN", spelling, out);
    for line in digits.chunks(64) {
        for digit in line {
            match digit {
                b'+' => out.extend_from_slice(spelling.plus),
                b'/' => out.extend_from_slice(spelling.slash),
                b'=' => out.extend_from_slice(spelling.equals),
                _ => out.push(*digit),
            }
        }
        out.extend_from_slice(spelling.newline);
    }
    boundary(b"-----END", spelling, out);
}

fn boundary(word: &[u8], spelling: &Spelling, out: &mut Vec<u8>) {
    out.extend_from_slice(word);
    out.extend_from_slice(spelling.space);
    out.extend_from_slice(b"CERTIFICATE-----");
    out.extend_from_slice(spelling.newline);
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn lines_of_64() {
        let text = |write: fn(&[u8], &mut Vec<u8>), der: &[u8]| {
            let mut out = Vec::new();
            write(der, &mut out);
            String::from_utf8(out).unwrap()
        };
        let cases: [(&str, &[u8], &str); 4] = [
            ("nothing", b"", ""),
            ("one line", &[0xfb, 0xff, 0], "%2B%2F8A%0A"),
            ("padding", &[0], "AA%3D%3D%0A"),
            ("a full line", &[0; 48], &("A".repeat(64) + "%0A")),
        ];
        for (name, der, body) in cases {
            let expected = "-----BEGIN%20CERTIFICATE-----%0A".to_owned()
                + body
                + "-----END%20CERTIFICATE-----%0A";
            assert_eq!(text(percent_encoded, der), expected, "{name}");
        }
        assert_eq!(
            text(in_json, &[0xfb, 0xff, 0]),
            r"-----BEGIN CERTIFICATE-----\n+/8A\n-----END CERTIFICATE-----\n"
        );
    }
}
