//! What one header of a format can hold.

use super::dates::DateForm;
use super::stated::StatedName;
use super::{traefik_info, xfcc_element};
use crate::field::Flag;
use crate::record::Property;

/// What a header holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reads {
    Verdict(VerdictForm),
    /// Why verification failed, where the verdict does not say it.
    Reason,
    Presented(Flag),
    Revoked(Flag),
    Leaf(Encoding),
    /// The certificates after the leaf, or some of them.
    Chain(Encoding),
    /// The leaf and what follows it.
    LeafAndChain(Encoding),
    /// Envoy's `x-forwarded-client-cert`.
    Xfcc(Elements),
    TraefikInfo,
    /// A distinguished name as text, RFC 2253 or similar; where it is in a one-line form after all, the property for that.
    Rfc2253(&'static [Property], Property),
    /// A distinguished name in OpenSSL's one-line form.
    Legacy(&'static [Property], Property),
    /// The same in HAProxy's own form, with its escapes.
    HaProxyName(&'static [Property], Property),
    /// Base64 of a distinguished name's DER.
    DerName(&'static [Property]),
    /// Hex, with colons or not.
    Serial(Property),
    DecimalSerial,
    /// Hex of the number's own octets, with colons: `00:a3:82`, `ff`.
    SerialOctets,
    KeyIdentifier(Property),
    Sha1,
    /// Hex, or base64.
    Sha256,
    Date(Property, DateForm),
    /// `NotBefore=…;NotAfter=…`
    Validity,
    Name(NameKind),
    /// A comma-separated list of base64 items.
    Base64Names(NameKind),
}

/// How certificates are encoded.
#[derive(Clone, Copy, Debug)]
pub(super) enum Encoding {
    /// Base64 of DER; of several, joined by commas.
    Base64,
    /// Base64 of one DER after the other.
    Concatenated,
    /// RFC 9440.
    ByteSequence,
    /// PEM, URL-encoded or folded.
    Pem,
    /// Base64 of PEM.
    Base64OfPem,
    /// Whichever of `Base64`, `ByteSequence`, `Pem` and `Base64OfPem` it begins like.
    Any,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum NameKind {
    Dns,
    Uri,
    Identity,
}

/// How a format words its verdict.
#[derive(Clone, Copy, Debug)]
pub(super) enum VerdictForm {
    /// `SUCCESS`, `NONE`, `FAILED:reason`
    Text,
    /// The same, and `GENEROUS`: Apache took a certificate that nobody verified.
    Apache,
    /// `true`, `false`
    Word,
    /// OpenSSL's number; 0 is a good certificate, and no certificate too.
    Code,
    /// The caller's words for a good certificate; the others as in `Text`.
    Words,
}

/// How many elements there may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Elements {
    /// Only the nearest hop's.
    One,
    /// Those of earlier hops before it.
    Many,
}

impl Reads {
    pub(super) const fn is_verdict(&self) -> bool {
        matches!(self, Self::Verdict(_))
    }

    pub(super) const fn is_chain(&self) -> bool {
        matches!(self, Self::Chain(_))
    }

    /// Whether it belongs to the verdict, which is read first.
    pub(super) const fn is_of_verdict(&self) -> bool {
        matches!(self, Self::Verdict(_) | Self::Reason | Self::Presented(_) | Self::Revoked(_))
    }

    pub(super) const fn is_name(&self) -> bool {
        matches!(self, Self::Rfc2253(..) | Self::Legacy(..) | Self::HaProxyName(..))
    }

    /// Whether the value is a name of the certificate as it stands there: no text in it can mean that there is none.
    pub(super) const fn is_bare_name(&self) -> bool {
        matches!(self, Self::Name(_))
    }

    /// The keys that the caller can declare.
    pub(super) const fn keys(&self) -> &'static [&'static str] {
        match self {
            Self::Xfcc(_) => &xfcc_element::KEYS,
            Self::TraefikInfo => &traefik_info::GROUPS,
            _ => &[],
        }
    }

    /// Whether it holds the leaf or a hash of it.
    pub(super) const fn identifies(&self) -> bool {
        matches!(
            self,
            Self::Leaf(_) | Self::LeafAndChain(_) | Self::Xfcc(_) | Self::Sha1 | Self::Sha256
        )
    }

    pub(super) const fn may_be_quoted(&self) -> bool {
        !matches!(self, Self::Verdict(_) | Self::Presented(_) | Self::Revoked(_) | Self::Xfcc(_))
    }
}

impl NameKind {
    /// Printable ASCII without spaces; what is anything else is not stated, as in
    /// [`SubjectAltName::Unreadable`](crate::x509::SubjectAltName::Unreadable).
    pub(super) fn name(self, value: &[u8]) -> Option<StatedName> {
        let text = core::str::from_utf8(value).ok()?;
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        Some(match self {
            Self::Dns => StatedName::Dns(text.into()),
            Self::Uri => StatedName::Uri(text.into()),
            Self::Identity => StatedName::Identity(text.into()),
        })
    }
}
