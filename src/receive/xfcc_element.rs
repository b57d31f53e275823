//! What both forms of `x-forwarded-client-cert` are read into: the pairs of the last element.

use alloc::borrow::Cow;
use alloc::vec::Vec;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Key {
    Hash,
    Cert,
    Chain,
    Subject,
    Issuer,
    Uri,
    Dns,
    /// `By` names the proxy; others may come.
    Other,
}

impl Key {
    pub(super) fn new(name: &[u8]) -> Option<Self> {
        const KEYS: [(&[u8], Key); 7] = [
            (b"hash", Key::Hash),
            (b"cert", Key::Cert),
            (b"chain", Key::Chain),
            (b"subject", Key::Subject),
            (b"issuer", Key::Issuer),
            (b"uri", Key::Uri),
            (b"dns", Key::Dns),
        ];
        if name.is_empty() || !name.iter().all(u8::is_ascii_alphanumeric) {
            return None;
        }
        let known = KEYS.iter().find(|(key, _)| name.eq_ignore_ascii_case(key));
        Some(known.map_or(Self::Other, |(_, key)| *key))
    }
}

/// A pair of the last element.
#[derive(Debug)]
pub(super) struct Pair<'v> {
    pub(super) key: Key,
    pub(super) value: Cow<'v, [u8]>,
    /// Not in quotes: Envoy writes names so, and a name with a `;` in it looks like two.
    pub(super) bare: bool,
}

/// The last element's pairs, and how many elements there are.
pub(super) type LastElement<'v> = (Vec<Pair<'v>>, usize);
