//! Feature `serde`: forwardings in settings files.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::{Forwarding, KeepFrom, XfccMode};
use crate::field::Limits;
use crate::headers::families::Families;
use crate::headers::settings::table::{Entries, Pairs, once};
use crate::headers::settings::{Described, DescribedList};
use crate::headers::{HeaderSetError, HeaderSetErrorKind};
use crate::words::{Spelled, words};

words! {
    Key as "key" {
        "first-request" => FirstRequest,
        "every-request" => EveryRequest,
        "also-strip" => AlsoStrip,
        "xfcc-mode" => XfccMode,
        "keep-family" => KeepFamily,
        "limits" => Limits,
    }
    Limit as "limit" {
        "certificate" => Certificate,
        "encoded-leaf" => EncodedLeaf,
        "encoded-chain" => EncodedChain,
        "other-sets" => OtherSets,
        "text" => Text,
    }
}

#[derive(Clone, Copy)]
enum Key {
    FirstRequest,
    EveryRequest,
    AlsoStrip,
    XfccMode,
    KeepFamily,
    Limits,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Limit {
    Certificate,
    EncodedLeaf,
    EncodedChain,
    OtherSets,
    Text,
}

/// Reads a forwarding from settings.
///
/// The example is TOML; YAML, JSON and other formats have the same keys:
///
/// ```
/// use tls_client_auth::connection::{KeepFrom, XfccMode};
/// use tls_client_auth::field::Limits;
/// use tls_client_auth::{Forwarding, HeaderSet};
///
/// let forwarding: Forwarding = toml::from_str(r#"
///     first-request = "cloudflare"
///     every-request = [
///         "cloudflare-managed",
///         { set = "nginx", only = ["ssl-client-verify", "ssl-client-s-dn"] },
///     ]
///     also-strip = ["X-Remote-User"]
///     xfcc-mode = "append-forward"
///     keep-family = { x-amzn-mtls-clientcert = "trusted" }
///
///     [limits]
///     encoded-leaf = 20480
/// "#)?;
/// assert_eq!(
///     forwarding,
///     Forwarding::none()
///         .on_first_request(HeaderSet::cloudflare())
///         .on_every_request(HeaderSet::cloudflare_managed())
///         .on_every_request(HeaderSet::nginx().only(["ssl-client-verify", "ssl-client-s-dn"])?)
///         .also_strip(["X-Remote-User"])?
///         .xfcc_mode(XfccMode::AppendForward)
///         .keep_family("x-amzn-mtls-clientcert", KeepFrom::Trusted)?
///         .limits(Limits::new().encoded_leaf(20 * 1024))
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// | Key | Value | Same as |
/// |---|---|---|
/// | `first-request` | a [`HeaderSet`](crate::HeaderSet), or a list of them | [`on_first_request`](Self::on_first_request) |
/// | `every-request` | the same | [`on_every_request`](Self::on_every_request) |
/// | `also-strip` | names of headers: `["X-Remote-User"]`; also allowed in a set of the two lists above | [`also_strip`](Self::also_strip) |
/// | `xfcc-mode` | `"sanitize"`, `"sanitize-set"`, `"append-forward"`, `"forward-only"`, `"always-forward-only"` | [`xfcc_mode`](Self::xfcc_mode) |
/// | `keep-family` | a table of families, each `"trusted"` or `"anyone"` | [`keep_family`](Self::keep_family) |
/// | `limits` | sizes in bytes: `certificate`, `encoded-leaf`, `encoded-chain`, `other-sets`, `text` | [`limits`](Self::limits) |
///
/// A missing key has the value of [`none`](Self::none). An unknown key or word is an error that names the nearest known one and
/// lists all.
impl<'de> Deserialize<'de> for Forwarding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ForwardingVisitor)
    }
}

struct ForwardingVisitor;

impl<'de> Visitor<'de> for ForwardingVisitor {
    type Value = Forwarding;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a table with `first-request` or `every-request`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Forwarding, A::Error> {
        let [mut first, mut every] = [None, None];
        let (mut mode, mut kept, mut limits) = (None, None, None);
        let mut also_strip: Option<Vec<String>> = None;
        while let Some(Spelled(key)) = map.next_key()? {
            match key {
                Key::FirstRequest => once(&mut first, key, map.next_value()?)?,
                Key::EveryRequest => once(&mut every, key, map.next_value()?)?,
                Key::AlsoStrip => once(&mut also_strip, key, map.next_value()?)?,
                Key::XfccMode => once(&mut mode, key, map.next_value()?)?,
                Key::KeepFamily => once(&mut kept, key, map.next_value()?)?,
                Key::Limits => once(&mut limits, key, map.next_value()?)?,
            }
        }
        let mut forwarding = Forwarding::none();
        let mut stripped = also_strip.unwrap_or_default();
        let mut sets = |list: Option<DescribedList>| {
            let sets = list.into_iter().flat_map(|DescribedList(sets)| sets);
            let set = |Described { set, mut also_strip }| {
                stripped.append(&mut also_strip);
                set
            };
            sets.map(set).collect::<Vec<_>>()
        };
        let (first, every) = (sets(first), sets(every));
        forwarding = first.into_iter().fold(forwarding, Forwarding::on_first_request);
        forwarding = every.into_iter().fold(forwarding, Forwarding::on_every_request);
        if let Some(Spelled(mode)) = mode {
            forwarding = forwarding.xfcc_mode(mode);
        }
        let Pairs(kept) = kept.unwrap_or(Pairs(Vec::new()));
        for (family, Spelled(from)) in kept {
            forwarding = keep(forwarding, &family, from).map_err(A::Error::custom)?;
        }
        if let Some(SpelledLimits(limits)) = limits {
            forwarding = forwarding.limits(limits);
        }
        forwarding.also_strip(stripped).map_err(A::Error::custom)
    }
}

/// Keeps a family. A family that is already kept, in any spelling, is an error.
fn keep(
    forwarding: Forwarding,
    family: &str,
    from: KeepFrom,
) -> Result<Forwarding, HeaderSetError> {
    let before = forwarding.kept(true);
    let forwarding = forwarding.keep_family(family, from)?;
    match forwarding.kept(true) == before {
        true => Err(HeaderSetError::new(family, HeaderSetErrorKind::Twice)),
        false => Ok(forwarding),
    }
}

/// Writes the settings that [`Deserialize`] reads. Fails if a set has no settings.
impl Serialize for Forwarding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (first, every) = self.sets();
        let (limits, mode) = (self.size_limits(), self.stated_mode_of_xfcc());
        let also_strip = self.stripped();
        let (trusted, anyone) = (self.kept(true), self.kept(false));
        let kept =
            |families: Families, from| families.names().map(move |name| (name, Spelled(from)));
        let kept: BTreeMap<_, _> = kept(trusted.without(anyone), KeepFrom::Trusted)
            .chain(kept(anyone, KeepFrom::Anyone))
            .collect();
        let mut map = serializer.serialize_map(None)?;
        let mut entry = Entries(&mut map);
        entry.add("also-strip", (!also_strip.is_empty()).then_some(also_strip))?;
        entry.add("xfcc-mode", (mode != XfccMode::default()).then_some(Spelled(mode)))?;
        entry.add("first-request", (!first.is_empty()).then_some(first))?;
        entry.add("every-request", (!every.is_empty()).then_some(every))?;
        entry.add("keep-family", (!kept.is_empty()).then_some(kept))?;
        entry.add("limits", (limits != Limits::new()).then_some(SpelledLimits(limits)))?;
        map.end()
    }
}

/// The limits that differ from the default.
struct SpelledLimits(Limits);

impl Serialize for SpelledLimits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sizes = |Limits { certificate, encoded_leaf, encoded_chain, other_sets, text }| {
            [
                (Limit::Certificate, certificate),
                (Limit::EncodedLeaf, encoded_leaf),
                (Limit::EncodedChain, encoded_chain),
                (Limit::OtherSets, other_sets),
                (Limit::Text, text),
            ]
        };
        let changed = sizes(self.0).into_iter().zip(sizes(Limits::new()));
        let changed = changed.filter(|(own, default)| own != default);
        serializer.collect_map(changed.map(|((limit, size), _)| (Spelled(limit), size)))
    }
}

impl<'de> Deserialize<'de> for SpelledLimits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(LimitsVisitor).map(Self)
    }
}

struct LimitsVisitor;

impl<'de> Visitor<'de> for LimitsVisitor {
    type Value = Limits;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a table of sizes in bytes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Limits, A::Error> {
        let [mut certificate, mut leaf, mut chain, mut other, mut text] = [None; 5];
        while let Some(Spelled(limit)) = map.next_key()? {
            let size = match limit {
                Limit::Certificate => &mut certificate,
                Limit::EncodedLeaf => &mut leaf,
                Limit::EncodedChain => &mut chain,
                Limit::OtherSets => &mut other,
                Limit::Text => &mut text,
            };
            once(size, limit, map.next_value()?)?;
        }
        let default = Limits::new();
        Ok(default
            .certificate(certificate.unwrap_or(default.certificate))
            .encoded_leaf(leaf.unwrap_or(default.encoded_leaf))
            .encoded_chain(chain.unwrap_or(default.encoded_chain))
            .other_sets(other.unwrap_or(default.other_sets))
            .text(text.unwrap_or(default.text)))
    }
}
