//! The JSON form of `x-forwarded-client-cert`: an array of flat objects. Values are strings and arrays of strings, so the parser does
//! not recurse.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::element::{Element, KEYS};
use crate::encoding::nibble;
use crate::field::ReceiveErrorKind;
use crate::field::declared::Declared;

/// Calls `each` with the text of every object, in order. `None` if the text is not an array of objects.
pub(super) fn elements<'v>(text: &'v [u8], mut each: impl FnMut(&'v [u8])) -> Option<()> {
    let mut json = Json { rest: text };
    json.expect(b'[')?;
    loop {
        json.peek()?;
        let object = json.rest;
        json.object(&mut |_, _| ())?;
        each(object.get(..object.len().saturating_sub(json.rest.len()))?);
        if !json.goes_on(b']')? {
            return json.rest.trim_ascii().is_empty().then_some(());
        }
    }
}

/// Parses one of those objects.
pub(super) fn element<'v>(
    object: &[u8],
    declared: &Declared,
) -> Result<Element<'v>, ReceiveErrorKind> {
    let mut pairs = Vec::new();
    let read = Json { rest: object }.object(&mut |key, value| pairs.push((key.to_vec(), value)));
    read.ok_or(ReceiveErrorKind::Malformed)?;
    let mut element = Element::default();
    for (key, value) in pairs {
        let known = KEYS.iter().find(|known| known.as_bytes().eq_ignore_ascii_case(&key));
        let Some(key) = known.filter(|key| declared.has(key) || **key == "Hash") else { continue };
        if value.is_empty() {
            continue;
        }
        if let Some(list) = element.list(key) {
            list.push(Cow::Owned(value));
        } else if let Some(place) = element.place(key) {
            match place {
                // An array of PEMs.
                Some(chain) if *key == "Chain" => chain.to_mut().extend_from_slice(&value),
                Some(_) => return Err(ReceiveErrorKind::Ambiguous),
                None => *place = Some(Cow::Owned(value)),
            }
        }
    }
    Ok(element)
}

/// The remaining text.
struct Json<'t> {
    rest: &'t [u8],
}

impl Json<'_> {
    fn peek(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_ascii_start();
        self.rest.first().copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        let (_, behind) = (self.peek()? == byte).then(|| self.rest.split_first())??;
        self.rest = behind;
        Some(())
    }

    /// Whether a comma follows; `false` for this end.
    fn goes_on(&mut self, end: u8) -> Option<bool> {
        let comma = self.peek()? == b',';
        self.expect(if comma { b',' } else { end })?;
        Some(comma)
    }

    fn object(&mut self, pair: &mut dyn FnMut(&[u8], Vec<u8>)) -> Option<()> {
        self.expect(b'{')?;
        loop {
            let key = self.string()?;
            self.expect(b':')?;
            if self.peek()? == b'[' {
                self.expect(b'[')?;
                if self.peek()? == b']' {
                    self.expect(b']')?;
                } else {
                    loop {
                        pair(&key, self.string()?);
                        if !self.goes_on(b']')? {
                            break;
                        }
                    }
                }
            } else {
                pair(&key, self.string()?);
            }
            if !self.goes_on(b'}')? {
                return Some(());
            }
        }
    }

    /// Parses a string (RFC 8259 §7).
    fn string(&mut self) -> Option<Vec<u8>> {
        self.expect(b'"')?;
        let mut text = Vec::new();
        loop {
            match self.byte()? {
                b'"' => return Some(text),
                b'\\' => match self.byte()? {
                    byte @ (b'"' | b'\\' | b'/') => text.push(byte),
                    b'b' => text.push(8),
                    b'f' => text.push(12),
                    b'n' => text.push(b'\n'),
                    b'r' => text.push(b'\r'),
                    b't' => text.push(b'\t'),
                    b'u' => {
                        let character = self.unicode()?;
                        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                    _ => return None,
                },
                0..=0x1f => return None,
                byte => text.push(byte),
            }
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, behind) = self.rest.split_first()?;
        self.rest = behind;
        Some(*byte)
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(u32::from(first));
        }
        (self.byte()? == b'\\' && self.byte()? == b'u').then_some(())?;
        let pair = [first, self.unit()?];
        char::decode_utf16(pair).next()?.ok()
    }

    fn unit(&mut self) -> Option<u16> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit << 4 | u16::from(nibble(self.byte()?)?);
        }
        Some(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn lists_of_objects_of_strings_are_read() {
        let cases = [
            ("one", r#"[{"hash":"a","uri":["b","c"],"dns":[]}]"#, Some("hash=a uri=b uri=c")),
            ("the last of two", r#"[{"hash":"a"} , {"Hash" : "b"}] "#, Some("Hash=b")),
            ("escapes", r#"[{"cert":"a\nb\/\u0041\ud83d\ude00"}]"#, Some("cert=a\nb/A😀")),
            ("control bytes", r#"[{"cert":"\b\f\r\t"}]"#, Some("cert=\u{8}\u{c}\r\t")),
            ("an escape that JSON lacks", r#"[{"cert":"\x41"}]"#, None),
            ("half a surrogate pair", r#"[{"cert":"\ud83d"}]"#, None),
            ("a nested object", r#"[{"hash":"a","cert":{"x":"y"}}]"#, None),
            ("nested arrays", r#"[{"uri":[["a"]]}]"#, None),
            ("a number", r#"[{"hash":1}]"#, None),
            ("no end", r#"[{"hash":"a"}"#, None),
            ("text after", r#"[{"hash":"a"}]x"#, None),
            ("an empty array", "[]", None),
            ("an empty object", "[{}]", None),
            ("a comma at the end", r#"[{"hash":"a"},]"#, None),
            ("a control character", "[{\"hash\":\"\n\"}]", None),
            ("an open string", r#"[{"hash":"a\"}]"#, None),
        ];
        for (name, text, expected) in cases {
            let mut last = None;
            let whole = elements(text.as_bytes(), |object| last = Some(object));
            let shown = whole.and(last).map(|object| {
                let mut shown = Vec::new();
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                Json { rest: object }.object(&mut |key, value| {
                    shown.push(alloc::format!("{}={}", text(key), text(&value)));
                });
                shown.join(" ")
            });
            assert_eq!(shown.as_deref(), expected, "{name}");
        }
        let deep = "[".repeat(100_000);
        assert!(elements(deep.as_bytes(), |_| ()).is_none());
    }
}
