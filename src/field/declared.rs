//! The keys or groups of a header that the proxy is configured to send.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::words::write_known;

/// The keys that the caller declared; all by default.
#[derive(Clone, Debug, Default)]
pub(crate) struct Declared(Option<Vec<&'static str>>);

impl Declared {
    /// Declares these keys, in any case, if they are known.
    pub(crate) fn of<'k>(
        keys: impl IntoIterator<Item = &'k str>,
        known: &[&'static str],
    ) -> Result<Self, UnknownKey> {
        let find = |key: &str| known.iter().find(|known| known.eq_ignore_ascii_case(key)).copied();
        let unknown = |key: &str| UnknownKey { key: key.into(), known: known.to_vec() };
        let declared = keys.into_iter().map(|key| find(key).ok_or_else(|| unknown(key)));
        declared.collect::<Result<_, _>>().map(|keys| Self(Some(keys)))
    }

    /// Whether the caller named any.
    pub(crate) const fn is_told(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.as_ref().is_none_or(|keys| keys.contains(&key))
    }
}

/// A declared key is not a key of the receiver's format: see [`Receiver::declares`](crate::Receiver::declares).
///
/// ```
/// use tls_client_auth::{Receiver, Unstated};
///
/// let error = Receiver::envoy(Unstated::Verified).declares(["URL"]).unwrap_err();
/// assert_eq!(error.key(), "URL");
/// assert!(error.to_string().starts_with(r#""URL" is not a key of this receiver's format, did you mean "URI"?"#));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownKey {
    key: String,
    /// The format's keys.
    known: Vec<&'static str>,
}

impl UnknownKey {
    /// The rejected key, as given.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for UnknownKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?} is not a key of this receiver's format", self.key)?;
        if self.known.is_empty() {
            return Ok(());
        }
        write_known(&self.key, self.known.iter().copied(), formatter)
    }
}

impl core::error::Error for UnknownKey {}
