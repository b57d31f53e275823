//! Finds a certificate's issuer by names and key identifiers (RFC 5280 §4.1.2.4, §4.2.1.1). No signature is checked.

#[cfg(feature = "rustls-webpki")]
use alloc::collections::{BTreeMap, VecDeque};
#[cfg(feature = "rustls-webpki")]
use alloc::vec::Vec;

use super::Certificate;

/// Whether the issuer's subject is the certificate's issuer, byte for byte, and the key identifiers agree if both have one.
pub(crate) fn is_issued_by(certificate: &Certificate<'_>, issuer: &Certificate<'_>) -> bool {
    let key = || certificate.authority_key_identifier()?.key_identifier();
    certificate.issuer().as_der() == issuer.subject().as_der()
        && key()
            .zip(issuer.subject_key_identifier())
            .is_none_or(|(authority, subject)| authority == subject)
}

/// Certificates, each of which can be found once as an issuer. Finding all takes O(n log n) time, for any names.
#[cfg(feature = "rustls-webpki")]
pub(crate) struct Issuers<'a> {
    /// `None` after the certificate was found.
    certificates: Vec<Option<Certificate<'a>>>,
    /// Their indexes, in order, by subject and key.
    places: BTreeMap<(&'a [u8], Key<'a>), VecDeque<usize>>,
}

/// The key to search for.
#[cfg(feature = "rustls-webpki")]
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Key<'a> {
    /// Any key.
    Any,
    /// A certificate without a key identifier.
    Unnamed,
    Named(&'a [u8]),
}

#[cfg(feature = "rustls-webpki")]
impl<'a> Issuers<'a> {
    pub(crate) fn new(certificates: impl Iterator<Item = Certificate<'a>>) -> Self {
        let mut issuers = Self { certificates: Vec::new(), places: BTreeMap::new() };
        for (place, certificate) in certificates.enumerate() {
            let subject = certificate.subject().as_der();
            let key = certificate.subject_key_identifier().map_or(Key::Unnamed, Key::Named);
            for key in [Key::Any, key] {
                issuers.places.entry((subject, key)).or_default().push_back(place);
            }
            issuers.certificates.push(Some(certificate));
        }
        issuers
    }

    /// Removes and returns the first certificate for which [`is_issued_by`] is true.
    pub(crate) fn take(&mut self, certificate: &Certificate<'a>) -> Option<Certificate<'a>> {
        let issuer = certificate.issuer().as_der();
        let authority = certificate.authority_key_identifier();
        let place = match authority.and_then(|authority| authority.key_identifier()) {
            None => self.first(issuer, Key::Any),
            Some(key) => {
                let (named, unnamed) =
                    (self.first(issuer, Key::Named(key)), self.first(issuer, Key::Unnamed));
                named.into_iter().chain(unnamed).min()
            }
        };
        self.certificates.get_mut(place?)?.take()
    }

    /// The first index that still has a certificate. Indexes before it are dropped.
    fn first(&mut self, subject: &'a [u8], key: Key<'a>) -> Option<usize> {
        let places = self.places.get_mut(&(subject, key))?;
        while let Some(place) = places.front() {
            if self.certificates.get(*place).is_some_and(Option::is_some) {
                return Some(*place);
            }
            places.pop_front();
        }
        None
    }
}

#[cfg(all(test, feature = "rustls-webpki"))]
mod tests {
    use super::*;
    use crate::x509::cursor::{BIT_STRING, INTEGER, OCTET_STRING, SEQUENCE};

    fn tlv(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
        let contents = contents.concat();
        [&[tag, u8::try_from(contents.len()).unwrap_or_default()], &contents[..]].concat()
    }

    /// A certificate of which only names and key identifiers matter.
    fn certificate(subject: u8, issuer: u8, key: Option<u8>, authority: Option<u8>) -> Vec<u8> {
        let name = |name| tlv(SEQUENCE, &[&tlv(0x31, &[&[name]])]);
        let extension = |arc, value: Vec<u8>| {
            tlv(SEQUENCE, &[&[6, 3, 0x55, 0x1d, arc], &tlv(OCTET_STRING, &[&value])])
        };
        let key = key.map(|key| extension(14, tlv(OCTET_STRING, &[&[key]])));
        let authority = authority.map(|key| extension(35, tlv(SEQUENCE, &[&tlv(0x80, &[&[key]])])));
        let extensions = [key, authority].map(Option::unwrap_or_default);
        let time = tlv(0x17, &[b"250102030405Z"]);
        let tbs = tlv(
            SEQUENCE,
            &[
                &tlv(INTEGER, &[&[1]]),
                &tlv(SEQUENCE, &[]),
                &name(issuer),
                &tlv(SEQUENCE, &[&time, &time]),
                &name(subject),
                &tlv(SEQUENCE, &[]),
                &tlv(0xa3, &[&tlv(SEQUENCE, &[&extensions.concat()])]),
            ],
        );
        tlv(SEQUENCE, &[&tbs, &tlv(SEQUENCE, &[]), &tlv(BIT_STRING, &[&[0]])])
    }

    #[test]
    fn the_index_finds_the_same_issuers_as_a_search() {
        let keys = [None, Some(1), Some(2)];
        let mut ders = Vec::new();
        for (subject, issuer) in [(b'a', b'a'), (b'a', b'b'), (b'b', b'a'), (b'b', b'b')] {
            for (key, authority) in keys.iter().flat_map(|key| keys.map(|other| (*key, other))) {
                ders.push(certificate(subject, issuer, key, authority));
            }
        }
        let read = |der| Certificate::from_der(der).unwrap();
        let all: Vec<Certificate<'_>> = ders.iter().map(|der| read(der)).collect();
        for certificate in &all {
            let searched = all.iter().filter(|issuer| is_issued_by(certificate, issuer));
            let searched: Vec<&[u8]> = searched.map(Certificate::as_der).collect();
            let mut issuers = Issuers::new(all.iter().copied());
            let found = core::iter::from_fn(|| issuers.take(certificate));
            let found: Vec<&[u8]> = found.map(|issuer| issuer.as_der()).collect();
            assert_eq!(found, searched);
            assert!(!found.is_empty());
        }
    }
}
