//! One element of `x-forwarded-client-cert`, in text or JSON: the values of the keys that Envoy itself wrote.

use alloc::borrow::Cow;
use alloc::vec::Vec;

/// The keys, in Envoy's order. `Issuer` came last, and its place was not observed.
pub(in crate::field) const KEYS: [&str; 8] =
    ["By", "Hash", "Cert", "Chain", "Subject", "Issuer", "URI", "DNS"];

/// Values of an element; empty ones count as absent.
#[derive(Debug, Default)]
pub(super) struct Element<'v> {
    pub(super) hash: Option<Cow<'v, [u8]>>,
    pub(super) cert: Option<Cow<'v, [u8]>>,
    pub(super) chain: Option<Cow<'v, [u8]>>,
    pub(super) subject: Option<Cow<'v, [u8]>>,
    pub(super) issuer: Option<Cow<'v, [u8]>>,
    /// Only those that no other name can have produced.
    pub(super) uris: Vec<Cow<'v, [u8]>>,
    pub(super) dns_names: Vec<Cow<'v, [u8]>>,
}

impl<'v> Element<'v> {
    /// The slot of a key with one value.
    pub(super) fn place(&mut self, key: &str) -> Option<&mut Option<Cow<'v, [u8]>>> {
        Some(match key {
            "Hash" => &mut self.hash,
            "Cert" => &mut self.cert,
            "Chain" => &mut self.chain,
            "Subject" => &mut self.subject,
            "Issuer" => &mut self.issuer,
            _ => return None,
        })
    }

    /// The list of a key with several values.
    pub(super) fn list(&mut self, key: &str) -> Option<&mut Vec<Cow<'v, [u8]>>> {
        Some(match key {
            "URI" => &mut self.uris,
            "DNS" => &mut self.dns_names,
            _ => return None,
        })
    }
}
