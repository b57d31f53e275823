//! Wraps text to a width.

pub(crate) fn length(text: &str) -> usize {
    text.chars().count()
}

/// Lines of at most `width` characters, broken after a comma or space near the end; at most `most` lines, the last with `…` if more
/// text follows.
pub(crate) fn wrapped(text: &str, width: usize, most: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut rest = characters.as_slice();
    let mut lines = Vec::new();
    while rest.len() > width && lines.len() < most {
        let (line, more) = rest.split_at(width);
        if lines.len().saturating_add(1) == most {
            let kept = line.get(..width.saturating_sub(1)).unwrap_or_default();
            lines.push(kept.iter().chain(&['…']).collect());
            return lines;
        }
        let is_gap = |character: &char| matches!(character, ' ' | ',');
        let gap = line.iter().rposition(is_gap).map(|at| at.saturating_add(1));
        let at = match more.first() {
            Some(' ') => width,
            _ => gap.filter(|at| *at > width.div_euclid(2)).unwrap_or(width),
        };
        let (line, more) = rest.split_at(at);
        lines.push(line.iter().collect::<String>().trim_end().to_owned());
        rest = more.strip_prefix(&[' ']).unwrap_or(more);
    }
    lines.push(rest.iter().collect());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_width() {
        let cases: [(&str, usize, usize, &[&str]); 8] = [
            ("", 10, 9, &[""]),
            ("fits", 4, 9, &["fits"]),
            ("abcdefgh", 3, 9, &["abc", "def", "gh"]),
            ("CN=client,OU=Ops", 12, 9, &["CN=client,", "OU=Ops"]),
            ("a b, all the rest", 8, 9, &["a b, all", "the rest"]),
            ("abcdefgh", 3, 2, &["abc", "de…"]),
            ("abcdef", 3, 2, &["abc", "def"]),
            ("äöüß", 2, 9, &["äö", "üß"]),
        ];
        for (text, width, most, expected) in cases {
            assert_eq!(wrapped(text, width, most), expected, "{text:?} {width} {most}");
        }
    }
}
