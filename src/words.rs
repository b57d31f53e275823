//! Words of settings files: the spelling of fields and modes, and errors for unknown words.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

/// A value with a textual form of words separated by colons: `chain-certificate:0:base64`.
///
/// [`words!`] implements it.
pub(crate) trait Words: Sized {
    /// The noun in errors.
    const WHAT: &'static str = "form";

    /// Writes the value's words.
    fn write_words(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Parses the value's words, and leaves the rest.
    fn read_words(words: &mut Unread<'_>) -> Result<Self, ParseWordsError>;

    /// The texts of all values; for numbers and lists, of some.
    #[cfg(test)]
    fn texts() -> Vec<String>;

    /// Parses a whole text.
    fn parse_words(text: &str) -> Result<Self, ParseWordsError> {
        let mut words = Unread { what: Self::WHAT, text, rest: Some(text) };
        let value = Self::read_words(&mut words)?;
        match words.rest {
            Some(rest) => Err(words.error(Problem::TooMany(rest.to_string()))),
            None => Ok(value),
        }
    }
}

/// Implements [`Words`] for enums from tables; a variant without a row does not compile.
///
/// `"email" => Email(index: u8)` is followed by the words of its parts; `"pem-url" => EscapedPem[UrlForm::Component]` is one word
/// for that variant with that content.
macro_rules! words {
    ($($form:ident $(as $what:literal)? {
        $($word:literal => $variant:ident $(($($part:ident: $type:ty),+))? $([$content:path])?,)+
    })+) => {$(
        impl $crate::words::Words for $form {
            $(const WHAT: &'static str = $what;)?

            fn write_words(&self, text: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self {
                    $(Self::$variant $(($($part),+))? $(($content))? => {
                        text.write_str($word)?;
                        $($(
                            text.write_str(":")?;
                            <$type as $crate::words::Words>::write_words($part, text)?;
                        )+)?
                        Ok(())
                    })+
                }
            }

            fn read_words(
                words: &mut $crate::words::Unread<'_>,
            ) -> Result<Self, $crate::words::ParseWordsError> {
                match words.next() {
                    $(Some($word) => Ok(Self::$variant
                        $(($(<$type as $crate::words::Words>::read_words(words)?),+))?
                        $(($content))?
                    ),)+
                    other => Err(words.unknown(other, &[$($word),+])),
                }
            }

            #[cfg(test)]
            fn texts() -> alloc::vec::Vec<alloc::string::String> {
                let mut all = alloc::vec::Vec::new();
                $(
                    #[allow(unused_mut, reason = "a variant may have no parts")]
                    let mut texts = alloc::vec![alloc::string::String::from($word)];
                    $($(
                        let parts = <$type as $crate::words::Words>::texts();
                        let joined = |text| parts.iter().map(move |part| alloc::format!("{text}:{part}"));
                        texts = texts.into_iter().flat_map(joined).collect();
                    )+)?
                    all.append(&mut texts);
                )+
                all
            }
        }
    )+};
}
pub(crate) use words;

/// Implements `Display` and `FromStr` for types with [`Words`].
macro_rules! in_words {
    ($($form:ty),+ $(,)?) => {$(
        impl core::fmt::Display for $form {
            fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::words::Words::write_words(self, formatter)
            }
        }

        impl core::str::FromStr for $form {
            type Err = $crate::words::ParseWordsError;

            fn from_str(text: &str) -> Result<Self, $crate::words::ParseWordsError> {
                $crate::words::Words::parse_words(text)
            }
        }
    )+};
}
pub(crate) use in_words;

/// The words that are not parsed yet.
pub(crate) struct Unread<'t> {
    what: &'static str,
    text: &'t str,
    rest: Option<&'t str>,
}

impl<'t> Unread<'t> {
    /// The next word. A text has at least one, which may be empty.
    pub(crate) fn next(&mut self) -> Option<&'t str> {
        let rest = self.rest?;
        let (word, rest) = match rest.split_once(':') {
            Some((word, rest)) => (word, Some(rest)),
            None => (rest, None),
        };
        self.rest = rest;
        Some(word)
    }

    pub(crate) fn unknown(&self, word: Option<&str>, known: &[&'static str]) -> ParseWordsError {
        let known = known.to_vec();
        self.error(match word {
            Some(word) => Problem::Unknown { word: word.to_string(), known },
            None => Problem::TooFew { known },
        })
    }

    fn error(&self, problem: Problem) -> ParseWordsError {
        ParseWordsError { what: self.what, text: self.text.to_string(), problem }
    }
}

impl Words for u8 {
    fn write_words(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, text)
    }

    fn read_words(words: &mut Unread<'_>) -> Result<Self, ParseWordsError> {
        let word = words.next().unwrap_or_default();
        let number = word.parse().ok().filter(|number: &Self| number.to_string() == word);
        number.ok_or_else(|| words.error(Problem::NoIndex(word.to_string())))
    }

    #[cfg(test)]
    fn texts() -> Vec<String> {
        ["0", "1", "255"].map(String::from).into()
    }
}

/// Parses some of these words, each at most once, separated by commas, to their indexes in the list.
pub(crate) fn read_list(
    words: &mut Unread<'_>,
    known: &[&'static str],
) -> Result<Vec<usize>, ParseWordsError> {
    let Some(list) = words.next() else { return Err(words.unknown(None, known)) };
    let mut places = Vec::new();
    for word in list.split(',') {
        let place = known.iter().position(|known| *known == word);
        let place = place.ok_or_else(|| words.unknown(Some(word), known))?;
        if places.contains(&place) {
            return Err(words.error(Problem::Twice(word.to_string())));
        }
        places.push(place);
    }
    Ok(places)
}

/// A value in a settings file, as its words.
#[cfg(feature = "serde")]
pub(crate) struct Spelled<T>(pub(crate) T);

#[cfg(feature = "serde")]
mod serde {
    use super::{Spelled, Words};
    use alloc::string::String;
    use core::fmt;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    impl<T: Words> fmt::Display for Spelled<T> {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.write_words(formatter)
        }
    }

    impl<T: Words> Serialize for Spelled<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self)
        }
    }

    impl<'de, T: Words> Deserialize<'de> for Spelled<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            T::parse_words(&text).map(Self).map_err(D::Error::custom)
        }
    }
}

/// The reason why a text is not a [`Field`](crate::field::Field), one of its forms, or another value that settings name by words.
///
/// The error names the nearest known word and lists all of them.
///
/// ```
/// use tls_client_auth::field::Field;
///
/// let error = "subject:rfc2254".parse::<Field>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"field "subject:rfc2254": "rfc2254" is not known, did you mean "rfc2253"? Known: rfc2253, legacy, haproxy, common-name, base64, go, java, attribute, plain-attribute, each-attribute"#
/// );
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ParseWordsError {
    what: &'static str,
    text: String,
    problem: Problem,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Problem {
    Unknown { word: String, known: Vec<&'static str> },
    TooFew { known: Vec<&'static str> },
    TooMany(String),
    NoIndex(String),
    Twice(String),
}

impl ParseWordsError {
    /// The text is not one of the known words.
    pub(crate) fn new(what: &'static str, text: &str, known: &[&'static str]) -> Self {
        let problem = Problem::Unknown { word: text.to_string(), known: known.to_vec() };
        Self { what, text: text.to_string(), problem }
    }
}

impl fmt::Display for ParseWordsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {:?}: ", self.what, self.text)?;
        match &self.problem {
            Problem::Unknown { word, known } => {
                if *word != self.text {
                    write!(formatter, "{word:?} ")?;
                }
                formatter.write_str("is not known")?;
                write_known(word, known.iter().copied(), formatter)
            }
            Problem::TooFew { known } => {
                write!(formatter, "lacks its form, one of {}", known.join(", "))
            }
            Problem::TooMany(rest) => write!(formatter, "has no form {rest:?}"),
            Problem::NoIndex(word) => write!(formatter, "{word:?} is not a number from 0 to 255"),
            Problem::Twice(word) => write!(formatter, "{word:?} is duplicated"),
        }
    }
}

impl core::error::Error for ParseWordsError {}

/// Writes the suggestion after an unknown word: `, did you mean "nginx"? Known: cloudflare, …`.
pub(crate) fn write_known<'w>(
    word: &str,
    known: impl Iterator<Item = &'w str> + Clone,
    text: &mut impl fmt::Write,
) -> fmt::Result {
    match nearest(word, known.clone()) {
        Some(nearest) => write!(text, ", did you mean {nearest:?}? Known: ")?,
        None => text.write_str("; known: ")?,
    }
    for (index, word) in known.enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        write!(text, "{comma}{word}")?;
    }
    Ok(())
}

/// The known word that was most likely meant: it differs in few letters, or begins with the given word.
pub(crate) fn nearest<'w>(
    word: &str,
    known: impl Iterator<Item = &'w str> + Clone,
) -> Option<&'w str> {
    // No known word is longer, and the search takes quadratic time.
    const LONGEST: usize = 64;
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let plain = |word: &str| word.to_ascii_lowercase().replace(['_', ' '], "-");
    let word = plain(word);
    let near = |known: &&'w str| {
        let distance = distance(&word, &plain(known));
        let longer = known.len().max(word.len());
        // Two letters of a short word, a quarter of a long one.
        (distance.saturating_sub(1) <= longer / 4).then_some((distance, *known))
    };
    let nearest =
        known.clone().filter_map(|known| near(&known)).min_by_key(|(distance, _)| *distance);
    nearest
        .map(|(_, known)| known)
        .or_else(|| known.clone().find(|known| plain(known).starts_with(&*word)))
}

/// The number of letters to add, remove or replace (Levenshtein distance).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (1..=other.chars().count()).collect();
    let mut last = row.len();
    for (index, letter) in one.chars().enumerate() {
        let (mut diagonal, mut left) = (index, index.saturating_add(1));
        for (above, same) in row.iter_mut().zip(other.chars().map(|other| other == letter)) {
            let replaced = diagonal.saturating_add(usize::from(!same));
            diagonal = *above;
            left = replaced.min(left.saturating_add(1)).min(above.saturating_add(1));
            *above = left;
        }
        last = left;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_suggested() {
        let cases = [
            ("ngnix", Some("nginx")),
            ("NGINX", Some("nginx")),
            ("haproxy_manual", Some("haproxy-manual")),
            ("haprox", Some("haproxy")),
            ("ingress", Some("ingress-nginx")),
            ("envoy", Some("envoy")),
            ("dnss", Some("dns")),
            ("ur", Some("uri")),
            ("caddy2", None),
            ("x", None),
            ("", None),
        ];
        let known = ["nginx", "ingress-nginx", "haproxy", "haproxy-manual", "envoy", "dns", "uri"];
        for (word, meant) in cases {
            assert_eq!(nearest(word, known.into_iter()), meant, "{word}");
        }
        assert_eq!(nearest(&"nginx".repeat(100), known.into_iter()), None);
    }

    #[test]
    fn distances() {
        let cases = [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("ab", "ba", 2),
        ];
        for (one, other, letters) in cases {
            assert_eq!(distance(one, other), letters, "{one}, {other}");
        }
    }
}
