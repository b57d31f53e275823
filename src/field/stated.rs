//! The facts that header values state about a certificate, or the certificate itself. Values of the same fact must agree.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::certificate::Certificates;
use super::digest::Digest;
use super::name_forms::{are_plain_forms_of_one, can_be_one};
use super::space::{ends_in_escape, without_escape_of_rfc2253};
use super::{ReceiveErrorKind, ReceiveLimits};
use crate::encoding::{self, Decoded};
use crate::x509::{Certificate, Dialect};

/// A subject alternative name in a request's headers or leaf, in printable ASCII without spaces.
///
/// ```
/// use tls_client_auth::{Receiver, Unstated};
/// use tls_client_auth::receive::StatedName;
///
/// let headers = [("l5d-client-id", "web.default.serviceaccount.identity.linkerd.cluster.local")];
/// let received = Receiver::linkerd(Unstated::Verified).receive_with_names(&headers)?;
/// assert!(received.auth.is_trusted());
/// assert_eq!(received.names, [StatedName::Identity(headers[0].1.to_owned())]);
/// assert_eq!((received.names[0].kind(), received.names[0].as_str()), ("identity", headers[0].1));
/// assert_eq!(StatedName::Dns("client.example".to_owned()).kind(), "dns");
/// assert_eq!(StatedName::Uri("spiffe://example.org/web".to_owned()).kind(), "uri");
/// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
/// ```
#[doc(alias("SPIFFE", "SVID"))]
#[derive(Clone, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum StatedName {
    /// A `dNSName`: `client.example`.
    Dns(String),
    /// A `uniformResourceIdentifier`, such as a SPIFFE ID: `spiffe://example.org/web`.
    Uri(String),
    /// Linkerd's TLS identity: a DNS name or a URI; the header does not distinguish them.
    Identity(String),
}

impl StatedName {
    /// The name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Dns(name) | Self::Uri(name) | Self::Identity(name) => name,
        }
    }

    /// The name's kind: `dns`, `uri` or `identity`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Dns(_) => "dns",
            Self::Uri(_) => "uri",
            Self::Identity(_) => "identity",
        }
    }
}

/// Prints the kind and the length, because the text is client input.
impl fmt::Debug for StatedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {} bytes", self.kind(), self.as_str().len())
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum NameKind {
    Dns,
    Uri,
    Identity,
}

impl NameKind {
    /// The name, if it is printable ASCII without spaces: other text is unreadable, as in
    /// [`SubjectAltName::Unreadable`](crate::x509::SubjectAltName::Unreadable).
    pub(crate) fn name(self, value: &[u8]) -> Option<StatedName> {
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

/// A text about the certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fact {
    Name(Whose, Printed),
    Serial,
    /// A serial number without its sign.
    UnsignedSerial,
    IssuerSerial,
    SubjectKeyIdentifier,
    IssuerSubjectKeyIdentifier,
    NotBefore,
    NotAfter,
}

/// The owner of a distinguished name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Whose {
    Subject,
    Issuer,
}

/// The library that printed a name: one attribute's name differs between them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Printed {
    Rfc2253,
    Go,
    Legacy,
    HaProxy,
}

impl Fact {
    /// How many there are.
    const COUNT: usize = 15;

    const fn index(self) -> usize {
        match self {
            Self::Name(Whose::Subject, Printed::Rfc2253) => 0,
            Self::Name(Whose::Subject, Printed::Go) => 1,
            Self::Name(Whose::Subject, Printed::Legacy) => 2,
            Self::Name(Whose::Subject, Printed::HaProxy) => 3,
            Self::Name(Whose::Issuer, Printed::Rfc2253) => 4,
            Self::Name(Whose::Issuer, Printed::Go) => 5,
            Self::Name(Whose::Issuer, Printed::Legacy) => 6,
            Self::Name(Whose::Issuer, Printed::HaProxy) => 7,
            Self::Serial => 8,
            Self::UnsignedSerial => 9,
            Self::IssuerSerial => 10,
            Self::SubjectKeyIdentifier => 11,
            Self::IssuerSubjectKeyIdentifier => 12,
            Self::NotBefore => 13,
            Self::NotAfter => 14,
        }
    }
}

type Read = Result<(), ReceiveErrorKind>;

/// Everything that the headers of a set stated.
#[derive(Debug, Default)]
pub(crate) struct Stated<'v> {
    /// The receiver checks that it is a certificate.
    pub(crate) leaf: Option<Decoded<'v>>,
    /// All certificates after the leaf.
    chain: Option<Vec<Arc<[u8]>>>,
    /// Single certificates after the leaf, with their positions.
    places: Vec<(u8, Arc<[u8]>)>,
    pub(crate) sha1: Option<Digest<20>>,
    pub(crate) sha256: Option<Digest<32>>,
    pub(crate) names: Vec<StatedName>,
    /// A certificate was presented, of which nothing else is known.
    pub(super) something: bool,
    /// All texts, joined, and the range of each fact's.
    text: Vec<u8>,
    ranges: [Range<usize>; Fact::COUNT],
    /// The record's dialect.
    pub(crate) dialect: Dialect,
}

impl<'v> Stated<'v> {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { dialect, ..Self::default() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        let certificate = self.leaf.is_some() || self.has_chain();
        let digest =
            matches!(self.sha1, Some(Digest::Of(_))) || matches!(self.sha256, Some(Digest::Of(_)));
        let text = !self.names.is_empty() || !self.text.is_empty();
        !(certificate || digest || text || self.something)
    }

    pub(crate) fn has_chain(&self) -> bool {
        !self.places.is_empty() || self.chain.as_ref().is_some_and(|chain| !chain.is_empty())
    }

    /// States the leaf, if the value has one.
    pub(super) fn leaf(&mut self, leaf: Option<Decoded<'v>>) -> Read {
        match (&self.leaf, leaf) {
            (_, None) => Ok(()),
            (None, leaf) => {
                self.leaf = leaf;
                Ok(())
            }
            (Some(stated), Some(leaf)) if stated.bytes == leaf.bytes => Ok(()),
            _ => Err(ReceiveErrorKind::Disagrees),
        }
    }

    pub(super) fn chain(&mut self, chain: Vec<Arc<[u8]>>, limits: &ReceiveLimits) -> Read {
        chain.iter().try_for_each(|der| check(der, limits))?;
        agree(&mut self.chain, chain)
    }

    /// States the leaf, and the whole chain if it follows.
    pub(super) fn leaf_and_chain(
        &mut self,
        certificates: Certificates<'v>,
        limits: &ReceiveLimits,
    ) -> Read {
        let Certificates { first, others } = certificates;
        // The first is the leaf. If it is broken, the next one does not take its place.
        self.leaf(first)?;
        if others.is_empty() { Ok(()) } else { self.chain(others, limits) }
    }

    /// States the chain's certificate at this position.
    pub(super) fn place(&mut self, index: u8, der: Arc<[u8]>, limits: &ReceiveLimits) -> Read {
        check(&der, limits)?;
        let at = self.places.partition_point(|(place, _)| *place < index);
        match self.places.get(at) {
            Some((place, stated)) if *place == index => {
                if *stated == der {
                    Ok(())
                } else {
                    Err(ReceiveErrorKind::Disagrees)
                }
            }
            _ if self.places.len() >= limits.chain => Err(ReceiveErrorKind::TooManyCertificates),
            _ => {
                self.places.insert(at, (index, der));
                Ok(())
            }
        }
    }

    /// The chain, in order; `None` if positions are missing.
    pub(crate) fn take_chain(&mut self) -> Option<Vec<Arc<[u8]>>> {
        let chain = self.chain.take();
        if self.places.is_empty() {
            return Some(chain.unwrap_or_default());
        }
        let places = core::mem::take(&mut self.places);
        let Some(chain) = chain else {
            return Some(places.into_iter().map(|(_, der)| der).collect());
        };
        let agrees = |(index, der): &(u8, Arc<[u8]>)| chain.get(usize::from(*index)) == Some(der);
        places.iter().all(agrees).then_some(chain)
    }

    pub(super) fn sha1(&mut self, digest: Digest<20>) -> Read {
        agree(&mut self.sha1, digest)
    }

    pub(super) fn sha256(&mut self, digest: Digest<32>) -> Read {
        agree(&mut self.sha256, digest)
    }

    /// States a fact, in printable ASCII.
    pub(super) fn text(&mut self, fact: Fact, text: &[u8]) -> Read {
        match self.get_exactly(fact) {
            _ if text.is_empty() => return Ok(()),
            [] => {}
            stated if stated == text => return Ok(()),
            _ => return Err(ReceiveErrorKind::Disagrees),
        }
        if self.text.is_empty() {
            // Enough for all facts about most certificates.
            self.text.reserve(960);
        }
        let start = self.text.len();
        self.text.extend_from_slice(text);
        if let Some(range) = self.ranges.get_mut(fact.index()) {
            *range = start..self.text.len();
        }
        Ok(())
    }

    /// The length of all texts.
    pub(crate) const fn length(&self) -> usize {
        self.text.len()
    }

    fn get_exactly(&self, fact: Fact) -> &[u8] {
        let range = self.ranges.get(fact.index()).cloned().unwrap_or_default();
        self.text.get(range).unwrap_or_default()
    }

    /// The fact's text in its most exact form.
    pub(crate) fn get(&self, fact: Fact) -> &[u8] {
        let other = match fact {
            Fact::Name(whose, Printed::Rfc2253) => Fact::Name(whose, Printed::Go),
            Fact::Name(whose, Printed::Legacy) => Fact::Name(whose, Printed::HaProxy),
            Fact::Serial => Fact::UnsignedSerial,
            fact => fact,
        };
        match self.get_exactly(fact) {
            [] => self.get_exactly(other),
            text => text,
        }
    }

    pub(super) fn serial(&mut self, is_unsigned: bool, text: &[u8]) -> Read {
        let (fact, other) = if is_unsigned {
            (Fact::UnsignedSerial, Fact::Serial)
        } else {
            (Fact::Serial, Fact::UnsignedSerial)
        };
        match self.get_exactly(other) {
            [] => self.text(fact, text),
            stated if magnitude(stated) == magnitude(text) => self.text(fact, text),
            _ => Err(ReceiveErrorKind::Disagrees),
        }
    }

    /// States a date as OpenSSL prints it. Some forms have no fractions of a second.
    pub(super) fn date(&mut self, fact: Fact, text: &str) -> Read {
        match core::str::from_utf8(self.get_exactly(fact)) {
            Ok(stated)
                if !stated.is_empty() && without_fraction(stated) == without_fraction(text) =>
            {
                Ok(())
            }
            _ => self.text(fact, text.as_bytes()),
        }
    }

    pub(super) fn name(&mut self, (whose, printed): (Whose, Printed), text: &[u8]) -> Read {
        self.text(Fact::Name(whose, printed), text)?;
        let [rfc2253, legacy] = [Printed::Rfc2253, Printed::Legacy]
            .map(|printed| self.get_exactly(Fact::Name(whose, printed)));
        if rfc2253.is_empty() || legacy.is_empty() || are_plain_forms_of_one(rfc2253, legacy) {
            return Ok(());
        }
        let text = |text| core::str::from_utf8(text).unwrap_or_default();
        if can_be_one(text(rfc2253), text(legacy)) {
            Ok(())
        } else {
            Err(ReceiveErrorKind::Disagrees)
        }
    }

    /// States a distinguished name in RFC 2253's form. Bytes outside printable ASCII become that form's escapes, and the escape of
    /// a space at the end becomes the space again.
    pub(super) fn rfc2253_name(&mut self, name: (Whose, Printed), value: &[u8]) -> Read {
        let value = escaped(value.trim_ascii_end(), b"\\");
        let mut text = without_escape_of_rfc2253(&value);
        // HTTP removed the space that the backslash escapes.
        if ends_in_escape(&text) {
            text.to_mut().push(b' ');
        }
        self.name(name, &text)
    }

    /// States a name in a one-line form, with this prefix of escapes, and this escape for a space at the end.
    pub(super) fn legacy_name(
        &mut self,
        name: (Whose, Printed),
        value: &[u8],
        prefix: &[u8],
        space: &[u8],
    ) -> Read {
        let mut text = escaped(value, prefix);
        if let Some(before) = text.strip_suffix(space) {
            text = [before, b" "].concat().into();
        }
        self.name(name, &text)
    }
}

/// Checks that a certificate of the chain can be parsed.
fn check(der: &[u8], limits: &ReceiveLimits) -> Read {
    let read = Certificate::from_der_up_to(der, limits.certificate);
    read.map(drop).map_err(|_| ReceiveErrorKind::NotACertificate)
}

/// Stores the value, or compares it with the stored one.
fn agree<T: PartialEq>(place: &mut Option<T>, value: T) -> Read {
    match place {
        Some(stated) if *stated == value => Ok(()),
        Some(_) => Err(ReceiveErrorKind::Disagrees),
        None => {
            *place = Some(value);
            Ok(())
        }
    }
}

fn magnitude(serial: &[u8]) -> &[u8] {
    serial.strip_prefix(b"-").unwrap_or(serial)
}

/// `Feb  3 00:55:52 2015 GMT` of `Feb  3 00:55:52.5 2015 GMT`
fn without_fraction(date: &str) -> (&str, &str) {
    let Some((before, behind)) = date.split_once('.') else {
        return date.split_at_checked(15).unwrap_or_default();
    };
    (before, behind.trim_start_matches(|digit: char| digit.is_ascii_digit()))
}

pub(super) fn hex_upper(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    encoding::hex_upper(bytes, &mut text);
    text
}

/// Escapes bytes outside printable ASCII by this prefix and two hex digits.
fn escaped<'v>(value: &'v [u8], prefix: &[u8]) -> Cow<'v, [u8]> {
    // Vectorizes, because it does not return early.
    if value.iter().fold(true, |all, byte| all & matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(value);
    }
    let mut text = Vec::with_capacity(value.len());
    for byte in value {
        if matches!(byte, b' '..=b'~') {
            text.push(*byte);
        } else {
            text.extend_from_slice(prefix);
            encoding::hex_upper(&[*byte], &mut text);
        }
    }
    Cow::Owned(text)
}
