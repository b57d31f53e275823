//! The facts that header values state about a certificate, or the certificate itself. Values of the same fact must agree.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::ReceiveErrorKind;
use super::digest::Digest;
use super::name_forms::can_be_one;
use super::space::{ends_in_escape, without_escape_of_rfc2253};
use crate::encoding;
use crate::x509::Dialect;

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
/// assert_eq!(received.names[0].as_str(), headers[0].1);
/// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
/// ```
#[doc(alias("SPIFFE", "SVID"))]
#[derive(Clone, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum StatedName {
    /// A `dNSName`.
    Dns(String),
    /// A `uniformResourceIdentifier`, such as a SPIFFE ID.
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

type Read = Result<(), ReceiveErrorKind>;

/// Everything that the headers of a set stated.
#[derive(Debug, Default)]
pub(crate) struct Stated {
    pub(crate) leaf: Option<Vec<u8>>,
    /// All certificates after the leaf.
    chain: Option<Vec<Vec<u8>>>,
    /// Single certificates after the leaf, with their positions.
    places: Vec<(u8, Vec<u8>)>,
    pub(crate) sha1: Option<Digest<20>>,
    pub(crate) sha256: Option<Digest<32>>,
    pub(crate) names: Vec<StatedName>,
    /// A certificate was presented, of which nothing else is known.
    pub(super) something: bool,
    texts: Vec<(Fact, String)>,
    /// The record's dialect.
    pub(crate) dialect: Dialect,
}

impl Stated {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { dialect, ..Self::default() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        let certificate = self.leaf.is_some() || self.has_chain();
        let digest =
            matches!(self.sha1, Some(Digest::Of(_))) || matches!(self.sha256, Some(Digest::Of(_)));
        let text = !self.names.is_empty() || !self.texts.is_empty();
        !(certificate || digest || text || self.something)
    }

    pub(crate) fn has_chain(&self) -> bool {
        !self.places.is_empty() || self.chain.as_ref().is_some_and(|chain| !chain.is_empty())
    }

    /// States the leaf, if the value has one.
    pub(super) fn leaf(&mut self, leaf: Option<Vec<u8>>) -> Read {
        agree(&mut self.leaf, leaf)
    }

    pub(super) fn chain(&mut self, chain: Vec<Vec<u8>>) -> Read {
        agree(&mut self.chain, Some(chain))
    }

    /// States the leaf, and the whole chain if it follows.
    pub(super) fn leaf_and_chain(&mut self, certificates: Vec<Vec<u8>>) -> Read {
        let mut certificates = certificates.into_iter();
        // The first is the leaf. If it is broken, the next one does not take its place.
        self.leaf(certificates.next())?;
        if certificates.len() > 0 { self.chain(certificates.collect()) } else { Ok(()) }
    }

    /// States the chain's certificate at this position, for a chain of at most `most`.
    pub(super) fn place(&mut self, index: u8, der: Vec<u8>, most: usize) -> Read {
        let at = self.places.partition_point(|(place, _)| *place < index);
        match self.places.get(at) {
            Some((place, stated)) if *place == index => {
                if *stated == der {
                    Ok(())
                } else {
                    Err(ReceiveErrorKind::Disagrees)
                }
            }
            _ if self.places.len() >= most => Err(ReceiveErrorKind::TooManyCertificates),
            _ => {
                self.places.insert(at, (index, der));
                Ok(())
            }
        }
    }

    /// The chain, in order; `None` if positions are missing.
    pub(crate) fn take_chain(&mut self) -> Option<Vec<Vec<u8>>> {
        let places = core::mem::take(&mut self.places);
        let Some(chain) = self.chain.take() else {
            return Some(places.into_iter().map(|(_, der)| der).collect());
        };
        let agrees = |(index, der): &(u8, Vec<u8>)| chain.get(usize::from(*index)) == Some(der);
        places.iter().all(agrees).then_some(chain)
    }

    pub(super) fn sha1(&mut self, digest: Digest<20>) -> Read {
        agree(&mut self.sha1, Some(digest))
    }

    pub(super) fn sha256(&mut self, digest: Digest<32>) -> Read {
        agree(&mut self.sha256, Some(digest))
    }

    /// States a fact, in printable ASCII written by this crate.
    pub(super) fn text(&mut self, fact: Fact, text: String) -> Read {
        if text.is_empty() {
            return Ok(());
        }
        match self.find(fact) {
            None => self.texts.push((fact, text)),
            Some(stated) if *stated == *text => {}
            Some(_) => return Err(ReceiveErrorKind::Disagrees),
        }
        Ok(())
    }

    fn find(&self, fact: Fact) -> Option<&str> {
        self.texts.iter().find(|(stated, _)| *stated == fact).map(|(_, text)| text.as_str())
    }

    /// The fact's text in its most exact form.
    pub(crate) fn get(&self, fact: Fact) -> &str {
        let other = match fact {
            Fact::Name(whose, Printed::Rfc2253) => Some(Fact::Name(whose, Printed::Go)),
            Fact::Name(whose, Printed::Legacy) => Some(Fact::Name(whose, Printed::HaProxy)),
            Fact::Serial => Some(Fact::UnsignedSerial),
            _ => None,
        };
        self.find(fact).or_else(|| self.find(other?)).unwrap_or_default()
    }

    pub(super) fn serial(&mut self, is_unsigned: bool, text: String) -> Read {
        let (fact, other) = if is_unsigned {
            (Fact::UnsignedSerial, Fact::Serial)
        } else {
            (Fact::Serial, Fact::UnsignedSerial)
        };
        let magnitude = text.trim_start_matches('-');
        match self.find(other) {
            Some(stated) if stated.trim_start_matches('-') != magnitude => {
                Err(ReceiveErrorKind::Disagrees)
            }
            _ => self.text(fact, text),
        }
    }

    /// States a date as OpenSSL prints it. Some forms have no fractions of a second.
    pub(super) fn date(&mut self, fact: Fact, text: String) -> Read {
        match self.find(fact) {
            Some(stated) if without_fraction(stated) == without_fraction(&text) => Ok(()),
            _ => self.text(fact, text),
        }
    }

    pub(super) fn name(&mut self, (whose, printed): (Whose, Printed), text: String) -> Read {
        self.text(Fact::Name(whose, printed), text)?;
        let [rfc2253, legacy] = [Printed::Rfc2253, Printed::Legacy]
            .map(|printed| self.find(Fact::Name(whose, printed)));
        match rfc2253.zip(legacy) {
            Some((rfc2253, legacy)) if !can_be_one(rfc2253, legacy) => {
                Err(ReceiveErrorKind::Disagrees)
            }
            _ => Ok(()),
        }
    }

    /// States a distinguished name in RFC 2253's form. Bytes outside printable ASCII become that form's escapes, and the escape of
    /// a space at the end becomes the space again.
    pub(super) fn rfc2253_name(&mut self, name: (Whose, Printed), value: &[u8]) -> Read {
        let value = escaped(value.trim_ascii_end(), b"\\");
        let mut text = without_escape_of_rfc2253(&value).into_owned();
        // HTTP removed the space that the backslash escapes.
        if ends_in_escape(&text) {
            text.push(b' ');
        }
        self.name(name, String::from_utf8(text).unwrap_or_default())
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
            text.truncate(before.len());
            text.push(b' ');
        }
        self.name(name, String::from_utf8(text).unwrap_or_default())
    }
}

/// Stores the value, or compares it with the stored one.
fn agree<T: PartialEq>(place: &mut Option<T>, value: Option<T>) -> Read {
    match (&place, value) {
        (_, None) => Ok(()),
        (None, value) => {
            *place = value;
            Ok(())
        }
        (Some(stated), Some(value)) if *stated == value => Ok(()),
        _ => Err(ReceiveErrorKind::Disagrees),
    }
}

/// `Feb  3 00:55:52 2015 GMT` of `Feb  3 00:55:52.5 2015 GMT`
fn without_fraction(date: &str) -> (&str, &str) {
    let Some((before, behind)) = date.split_once('.') else {
        return date.split_at_checked(15).unwrap_or_default();
    };
    (before, behind.trim_start_matches(|digit: char| digit.is_ascii_digit()))
}

pub(super) fn hex_upper(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    encoding::hex_upper(bytes, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// Escapes bytes outside printable ASCII by this prefix and two hex digits.
fn escaped(value: &[u8], prefix: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(value.len());
    for byte in value {
        if matches!(byte, b' '..=b'~') {
            text.push(*byte);
        } else {
            text.extend_from_slice(prefix);
            encoding::hex_upper(&[*byte], &mut text);
        }
    }
    text
}
