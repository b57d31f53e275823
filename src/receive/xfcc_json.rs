//! The JSON form of `x-forwarded-client-cert`: an array of flat objects. Its values are strings and arrays of strings, so that
//! nothing nests and nothing recurses.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::xfcc_element::{Key, LastElement, Pair};
use crate::decoding::nibble;

pub(super) fn last_element(text: &[u8]) -> Option<LastElement<'_>> {
    let mut json = Json { rest: text };
    let (mut pairs, mut count) = (Vec::new(), 0usize);
    json.expect(b'[')?;
    loop {
        pairs.clear();
        count = count.saturating_add(1);
        json.object(&mut pairs)?;
        if !json.goes_on(b']')? {
            return json.rest.trim_ascii().is_empty().then_some((pairs, count));
        }
    }
}

/// What is left to read.
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

    /// Whether a comma follows, and not this end.
    fn goes_on(&mut self, end: u8) -> Option<bool> {
        let comma = self.peek()? == b',';
        self.expect(if comma { b',' } else { end })?;
        Some(comma)
    }

    fn object(&mut self, pairs: &mut Vec<Pair<'_>>) -> Option<()> {
        self.expect(b'{')?;
        loop {
            let key = Key::new(&self.string()?)?;
            self.expect(b':')?;
            if self.peek()? == b'[' {
                self.expect(b'[')?;
                if self.peek()? == b']' {
                    self.expect(b']')?;
                } else {
                    loop {
                        self.pair(key, pairs)?;
                        if !self.goes_on(b']')? {
                            break;
                        }
                    }
                }
            } else {
                self.pair(key, pairs)?;
            }
            if !self.goes_on(b'}')? {
                return Some(());
            }
        }
    }

    fn pair(&mut self, key: Key, pairs: &mut Vec<Pair<'_>>) -> Option<()> {
        let value = Cow::Owned(self.string()?);
        pairs.push(Pair { key, value, bare: false });
        Some(())
    }

    /// RFC 8259 §7.
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
    fn grammar() {
        let cases = [
            ("one", r#"[{"hash":"a","uri":["b","c"],"dns":[]}]"#, Some("Hash=a Uri=b Uri=c")),
            ("the last of two", r#"[{"hash":"a"} , {"Hash" : "b"}] "#, Some("Hash=b")),
            ("escapes", r#"[{"cert":"a\nb\/\u0041\ud83d\ude00"}]"#, Some("Cert=a\nb/A😀")),
            ("control bytes", r#"[{"cert":"\b\f\r\t"}]"#, Some("Cert=\u{8}\u{c}\r\t")),
            ("no escape", r#"[{"cert":"\x41"}]"#, None),
            ("half a pair", r#"[{"cert":"\ud83d"}]"#, None),
            ("another object", r#"[{"hash":"a","cert":{"x":"y"}}]"#, None),
            ("nested arrays", r#"[{"uri":[["a"]]}]"#, None),
            ("a number", r#"[{"hash":1}]"#, None),
            ("no end", r#"[{"hash":"a"}"#, None),
            ("text behind", r#"[{"hash":"a"}]x"#, None),
            ("an empty array", "[]", None),
            ("an empty object", "[{}]", None),
            ("a comma at the end", r#"[{"hash":"a"},]"#, None),
            ("a control character", "[{\"hash\":\"\n\"}]", None),
            ("an open string", r#"[{"hash":"a\"}]"#, None),
        ];
        for (name, text, expected) in cases {
            let shown = last_element(text.as_bytes()).map(|(pairs, _)| {
                let pair = |pair: &Pair<'_>| {
                    alloc::format!("{:?}={}", pair.key, String::from_utf8_lossy(&pair.value))
                };
                pairs.iter().map(pair).collect::<Vec<_>>().join(" ")
            });
            assert_eq!(shown.as_deref(), expected, "{name}");
        }
        let deep = "[".repeat(100_000);
        assert!(last_element(deep.as_bytes()).is_none());
    }
}
