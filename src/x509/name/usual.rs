//! A fast path for the names of nearly all certificates: one attribute in each RDN, of a common type, with a value that needs no
//! escapes. Both of OpenSSL's forms are then the same parts in opposite orders, and are written in one pass, with a quarter of the
//! instructions of [`rfc2253`](super::rfc2253) and [`legacy`](super::legacy), which print all other names.

use alloc::vec::Vec;

use super::Name;
use crate::x509::cursor::{
    self, IA5_STRING, NUMERIC_STRING, PRINTABLE_STRING, TELETEX_STRING, UTF8_STRING,
};

/// The size of the bytes before an attribute's value: tags and lengths of the RDN, the attribute, its type, and the value.
const HEADER: usize = 11;
/// The number of bytes copied for a short value of any length; the next copy overwrites the excess.
const PIECE: usize = 16;

/// Longer names take the general path, so that counts here fit in a byte.
const LONGEST: usize = 4000;

/// The text before a value: at the start of its four bytes in the legacy form, at their end in the other.
struct Label {
    legacy: [u8; 4],
    rfc2253: [u8; 4],
    length: usize,
}

/// The label for the last arc of `2.5.4.n`.
const fn label(arc: u8) -> Option<Label> {
    const fn label(legacy: [u8; 4], rfc2253: [u8; 4], length: usize) -> Option<Label> {
        Some(Label { legacy, rfc2253, length })
    }
    match arc {
        3 => label(*b"/CN=", *b",CN=", 4),
        6 => label(*b"/C=\0", *b"\0,C=", 3),
        7 => label(*b"/L=\0", *b"\0,L=", 3),
        8 => label(*b"/ST=", *b",ST=", 4),
        10 => label(*b"/O=\0", *b"\0,O=", 3),
        11 => label(*b"/OU=", *b",OU=", 4),
        _ => None,
    }
}

/// Appends `CN=name,C=DE` and then `/C=DE/CN=name`, and returns their start offsets; bytes before the first offset are unused. `None`,
/// with nothing appended, if the name needs the general path.
pub(crate) fn write_both(name: &Name<'_>, out: &mut Vec<u8>) -> Option<[usize; 2]> {
    let contents = name.contents;
    if contents.len() > LONGEST {
        return None;
    }
    let start = out.len();
    // An attribute is longer in the certificate than in the text.
    let half = contents.len().saturating_add(PIECE);
    out.resize(start.saturating_add(half).saturating_add(half), 0);
    let lengths = out.get_mut(start..).and_then(|room| {
        let (rfc2253, legacy) = room.split_at_mut_checked(half)?;
        fill(contents, rfc2253, legacy)
    });
    let Some((rfc2253, legacy)) = lengths else {
        out.truncate(start);
        return None;
    };
    let middle = start.saturating_add(half);
    out.truncate(middle.saturating_add(legacy));
    Some([middle.saturating_sub(rfc2253), middle])
}

/// Fills the first buffer from its end and the second from its start; returns the lengths of both texts.
fn fill(contents: &[u8], rfc2253: &mut [u8], legacy: &mut [u8]) -> Option<(usize, usize)> {
    // The remaining part of each.
    let (mut rest, mut down, mut up) = (contents, &mut *rfc2253, &mut *legacy);
    let mut count = 0u16;
    while let Some((header, behind)) = rest.split_first_chunk::<HEADER>() {
        let [_, set, _, sequence, _, _, _, _, arc, tag, length] = *header;
        // Short lengths that leave nothing over, around three octets of an identifier.
        let is_usual = is_headed(header)
            & is_text(tag)
            & (length <= 0x70)
            & (set == length.wrapping_add(9))
            & (sequence == length.wrapping_add(7));
        let label = label(arc)?;
        let (text, next) = behind.split_at_checked(length.into())?;
        if !is_usual || text.first() == Some(&b' ') || text.last() == Some(&b' ') {
            return None;
        }
        let walked = contents.get(..contents.len().checked_sub(next.len())?)?;

        *up.first_chunk_mut()? = label.legacy;
        up = up.split_at_mut_checked(label.length)?.1;
        match behind.first_chunk::<PIECE>() {
            Some(piece) if text.len() <= PIECE => *up.first_chunk_mut()? = *piece,
            _ => up.get_mut(..text.len())?.copy_from_slice(text),
        }
        up = up.split_at_mut_checked(text.len())?.1;

        let before = down.len().checked_sub(text.len())?;
        match walked.last_chunk::<PIECE>() {
            Some(piece) if text.len() <= PIECE => *down.last_chunk_mut()? = *piece,
            _ => down.get_mut(before..)?.copy_from_slice(text),
        }
        down = down.split_at_mut_checked(before)?.0;
        *down.last_chunk_mut()? = label.rfc2253;
        down = down.split_at_mut_checked(before.checked_sub(label.length)?)?.0;

        count = count.checked_add(1)?;
        rest = next;
    }
    *up.first_chunk_mut()? = [b' '; PIECE];
    let (down, up) = (down.len(), up.len());
    let end = legacy.len().checked_sub(up)?;
    // Each attribute has exactly one slash, its separator, and no other character that needs an escape.
    let is_plain =
        rest.is_empty() && escaped_in(legacy.get(..end.next_multiple_of(PIECE))?) == count;
    // Without the first comma.
    is_plain.then(|| (rfc2253.len().saturating_sub(down).saturating_sub(1), end))
}

/// Whether the bytes, ignoring lengths, begin an RDN with one attribute `2.5.4.n`: one comparison instead of six.
fn is_headed(header: &[u8; HEADER]) -> bool {
    const TAGS: [u8; 8] =
        [cursor::SET, 0, cursor::SEQUENCE, 0, cursor::OBJECT_IDENTIFIER, 3, 0x55, 0x04];
    const MASK: [u8; 8] = [0xff, 0, 0xff, 0, 0xff, 0xff, 0xff, 0xff];
    let begin = header.first_chunk().copied().map_or(0, u64::from_ne_bytes);
    begin & u64::from_ne_bytes(MASK) == u64::from_ne_bytes(TAGS)
}

/// Whether both forms copy ASCII of this string type.
const fn is_text(tag: u8) -> bool {
    matches!(tag, UTF8_STRING | NUMERIC_STRING | PRINTABLE_STRING | TELETEX_STRING | IA5_STRING)
}

/// The number of bytes that need an escape. Counted for a whole name at once; checking each value takes three times as long.
fn escaped_in(text: &[u8]) -> u16 {
    let mut counts = [0u8; PIECE];
    for piece in text.as_chunks::<PIECE>().0 {
        for (count, byte) in counts.iter_mut().zip(piece) {
            *count = count.wrapping_add(u8::from(!is_plain(*byte)));
        }
    }
    counts.iter().fold(0, |sum, count| u16::from(*count).wrapping_add(sum))
}

/// Printable ASCII without `"#`, `+;`, `,<`, `/`, `>` and `\`: `|` folds pairs that differ in one bit into one comparison.
#[inline]
const fn is_plain(byte: u8) -> bool {
    (byte >= b' ')
        & (byte <= b'~')
        & (byte | 0x01 != b'#')
        & (byte | 0x10 != b';')
        & (byte | 0x10 != b'<')
        & (byte != b'/')
        & (byte != b'>')
        & (byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::Dialect;
    use crate::x509::cursor::Cursor;
    use crate::x509::name::{legacy, rfc2253};
    use alloc::vec;

    fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
        let mut der = match u8::try_from(contents.len()) {
            Ok(length @ ..0x80) => vec![tag, length],
            Ok(length) => vec![tag, 0x81, length],
            Err(_) => {
                let [high, low] = u16::try_from(contents.len()).unwrap().to_be_bytes();
                vec![tag, 0x82, high, low]
            }
        };
        der.extend_from_slice(contents);
        der
    }

    /// One attribute of that type, in an RDN of its own.
    fn rdn(arc: u8, tag: u8, value: &[u8]) -> Vec<u8> {
        let attribute = [element(0x06, &[0x55, 4, arc]), element(tag, value)].concat();
        element(0x31, &element(0x30, &attribute))
    }

    /// Returns whether the name is usual. If it is, checks that both forms equal those of the general path; if not, that nothing is appended.
    fn is_usual(rdns: &[Vec<u8>]) -> bool {
        let der = element(0x30, &rdns.concat());
        let name = Name::new(Cursor::new(&der).element().unwrap());
        let mut both = Vec::from(*b"before");
        let Some([begin, middle]) = write_both(&name, &mut both) else {
            assert_eq!(both, b"before");
            return false;
        };
        assert!(both.starts_with(b"before"));
        for dialect in [Dialect::OpenSsl, Dialect::BoringSsl] {
            let (mut first, mut second) = (Vec::new(), Vec::new());
            rfc2253::write(&name, dialect, &mut first).unwrap();
            legacy::write(&name, dialect, &mut second).unwrap();
            assert_eq!(both[begin..middle], first);
            assert_eq!(both[middle..], second);
        }
        true
    }

    #[test]
    fn usual_names_are_printed_as_the_general_path_prints_them() {
        let of = |arc, value: &[u8]| vec![rdn(arc, UTF8_STRING, value)];
        let cases = [
            ("no RDN", vec![], true),
            ("a common name", of(3, b"client.example"), true),
            ("no characters", of(3, b""), true),
            ("a space inside", of(10, b"Example Corp"), true),
            ("a space at the start", of(3, b" x"), false),
            ("a space at the end", of(3, b"x "), false),
            ("an unusual type", of(5, b"1234"), false),
            ("a number sign inside", of(3, b"a#b"), false),
            ("UTF-8", of(3, "Jos\u{e9}".as_bytes()), false),
            ("a BMPString", vec![rdn(3, 0x1e, b"\0a")], false),
            (
                "six RDNs",
                [6, 8, 7, 10, 11, 3].map(|arc| rdn(arc, PRINTABLE_STRING, b"Weiden")).to_vec(),
                true,
            ),
            ("a slash inside", of(3, b"x/y"), false),
            ("an RDN without an attribute", vec![vec![0x31, 0]], false),
            ("333 RDNs", vec![rdn(11, IA5_STRING, b"x"); 333], true),
            ("334 RDNs", vec![rdn(11, IA5_STRING, b"x"); 334], false),
            (
                "values of every length",
                (0..0x39).map(|n| rdn(3, UTF8_STRING, &vec![b'x'; n])).collect(),
                true,
            ),
            ("long values", vec![rdn(3, UTF8_STRING, &[b'x'; 0x70]); 9], true),
        ];
        for (case, rdns, usual) in cases {
            assert_eq!(is_usual(&rdns), usual, "{case}");
        }
    }

    #[test]
    fn a_value_of_plain_bytes_is_usual_at_every_length() {
        let plain = |byte: u8| (b' '..=b'~').contains(&byte) && !b"\"#+,/;<>\\".contains(&byte);
        for length in 1..=40 {
            for place in 0..length {
                for byte in 0..=u8::MAX {
                    let mut value = vec![b'x'; length];
                    value[place] = byte;
                    let outside = byte == b' ' && (place == 0 || place + 1 == length);
                    let rdns = [rdn(6, PRINTABLE_STRING, b"DE"), rdn(3, UTF8_STRING, &value)];
                    assert_eq!(is_usual(&rdns), plain(byte) && !outside, "{value:?}");
                }
            }
        }
    }
}
