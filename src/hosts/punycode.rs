//! The A-label form of a name, for error messages only.

use alloc::string::String;

/// Encodes every label with non-ASCII characters by RFC 3492. `None` if the name would need mapping or normalization first: for
/// characters other than lower-case letters, digits and hyphens, and for scripts with combining marks.
pub(super) fn a_labels(name: &str) -> Option<String> {
    let mut out = String::new();
    for (index, label) in name.split('.').enumerate() {
        if index > 0 {
            out.push('.');
        }
        if label.is_ascii() {
            out.push_str(label);
        } else {
            let plain = |it: char| it.is_ascii_alphanumeric() || it == '-' || is_plain(it);
            let lower: String = label.chars().flat_map(char::to_lowercase).collect();
            // IDNA 2008 keeps the sharp s and the final sigma, IDNA 2003 maps them.
            let disputed = lower.contains(['\u{df}', '\u{3c2}']);
            if disputed || !lower.chars().all(plain) {
                return None;
            }
            out.push_str("xn--");
            encode(&lower, &mut out)?;
        }
    }
    Some(out)
}

/// Whether IDNA leaves the character unchanged: Latin with precomposed accents, Greek and Cyrillic in lower case, kana, Han without
/// the compatibility blocks, precomposed Hangul.
const fn is_plain(character: char) -> bool {
    matches!(
        character,
        '\u{e0}'..='\u{f6}'
            | '\u{f8}'..='\u{131}'
            | '\u{134}'..='\u{13e}'
            | '\u{141}'..='\u{148}'
            | '\u{14a}'..='\u{17e}'
            | '\u{3ac}'..='\u{3ce}'
            | '\u{430}'..='\u{45f}'
            | '\u{3041}'..='\u{3096}'
            | '\u{30a1}'..='\u{30fa}'
            | '\u{30fc}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7a3}'
    )
}

/// RFC 3492 §6.3.
fn encode(label: &str, out: &mut String) -> Option<()> {
    let count = |it: usize| u32::try_from(it).ok();
    let basic = count(label.chars().filter(char::is_ascii).count())?;
    out.extend(label.chars().filter(char::is_ascii));
    if basic > 0 {
        out.push('-');
    }
    let (mut least, mut delta, mut bias, mut handled) = (0x80u32, 0u32, 72u32, basic);
    let total = count(label.chars().count())?;
    while handled < total {
        let next = label.chars().map(u32::from).filter(|it| *it >= least).min()?;
        let step = next.checked_sub(least)?.checked_mul(handled.checked_add(1)?)?;
        delta = delta.checked_add(step)?;
        for character in label.chars().map(u32::from) {
            if character < next {
                delta = delta.checked_add(1)?;
            } else if character == next {
                let (mut rest, mut position) = (delta, 36u32);
                loop {
                    let threshold = position.saturating_sub(bias).clamp(1, 26);
                    if rest < threshold {
                        break;
                    }
                    let (over, base) =
                        (rest.checked_sub(threshold)?, 36u32.checked_sub(threshold)?);
                    out.push(digit(threshold.checked_add(over.checked_rem(base)?)?)?);
                    rest = over.checked_div(base)?;
                    position = position.checked_add(36)?;
                }
                out.push(digit(rest)?);
                bias = adapt(delta, handled.checked_add(1)?, handled == basic)?;
                delta = 0;
                handled = handled.checked_add(1)?;
            }
        }
        delta = delta.checked_add(1)?;
        least = next.checked_add(1)?;
    }
    Some(())
}

/// RFC 3492 §6.1.
fn adapt(delta: u32, points: u32, first: bool) -> Option<u32> {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta = delta.checked_add(delta.checked_div(points)?)?;
    let mut bias = 0u32;
    while delta > 455 {
        delta /= 35;
        bias = bias.checked_add(36)?;
    }
    bias.checked_add(36u32.checked_mul(delta)?.checked_div(delta.checked_add(38)?)?)
}

/// 0 to 25 are letters, 26 to 35 digits.
fn digit(value: u32) -> Option<char> {
    char::from_digit(value.checked_add(10)?.checked_rem(36)?, 36)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_their_ascii_form() {
        let cases = [
            ("b\u{fc}cher.example", Some("xn--bcher-kva.example")),
            ("B\u{dc}CHER.example", Some("xn--bcher-kva.example")),
            ("www.m\u{fc}nchen.example", Some("www.xn--mnchen-3ya.example")),
            // RFC 3492 §7.1: B, and L with its capitals.
            (
                "\u{4ed6}\u{4eec}\u{4e3a}\u{4ec0}\u{4e48}\u{4e0d}\u{8bf4}\u{4e2d}\u{6587}",
                Some("xn--ihqwcrb4cv8a8dqg056pqjye"),
            ),
            (
                "3\u{5e74}b\u{7d44}\u{91d1}\u{516b}\u{5148}\u{751f}",
                Some("xn--3b-ww4c5e180e575a65lsy2b"),
            ),
            ("stra\u{df}e.example", None),
            ("a\u{308}.example", None),
            ("\u{ff21}.example", None),
            ("caf\u{e9} .example", None),
            ("\u{3002}", None),
        ];
        for (name, expected) in cases {
            assert_eq!(a_labels(name).as_deref(), expected, "{name}");
        }
    }
}
