//! What a request states of a certificate: the certificate itself, or texts about it.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::certificates::Digest;
use crate::client::{ClientCertificate, Verification};
use crate::encoding;
use crate::field::{ends_in_escape, without_escape_of_rfc2253};
use crate::record::{Property, TlsClientAuth};
use crate::x509::Dialect;
use crate::x509::fingerprint;

/// A subject alternative name that a request states without sending the certificate: printable ASCII without spaces.
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
#[derive(Clone, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum StatedName {
    /// A `dNSName`.
    Dns(String),
    /// A `uniformResourceIdentifier`, a SPIFFE ID for one.
    Uri(String),
    /// Linkerd's TLS identity: one of the two, and the header does not say which.
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

    /// The kind in a word: `dns`, `uri` or `identity`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Dns(_) => "dns",
            Self::Uri(_) => "uri",
            Self::Identity(_) => "identity",
        }
    }
}

/// The kind and the length: the text is the client's.
impl fmt::Debug for StatedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {} bytes", self.kind(), self.as_str().len())
    }
}

/// What a request says of the client's certificate: the result of
/// [`Receiver::receive_with_names`](crate::Receiver::receive_with_names).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Received {
    /// The record, as [`Receiver::receive`](crate::Receiver::receive) returns it.
    pub auth: TlsClientAuth,
    /// DNS names, URIs and TLS identities of the certificate: the leaf's own where it was sent, else those that the headers state
    /// and that no other name of the certificate can have written.
    pub names: Vec<StatedName>,
}

/// Everything that the headers of a format stated.
#[derive(Debug, Default)]
pub(super) struct Stated {
    pub(super) leaf: Option<Vec<u8>>,
    pub(super) chain: Vec<Vec<u8>>,
    pub(super) sha1: Option<Digest<20>>,
    pub(super) sha256: Option<Digest<32>>,
    pub(super) names: Vec<StatedName>,
    /// There was a certificate, of which nothing can be said.
    pub(super) something: bool,
    texts: Vec<(Property, String)>,
    /// Whose spelling the record uses.
    pub(super) dialect: Dialect,
}

impl Stated {
    pub(super) fn is_empty(&self) -> bool {
        let certificate = self.leaf.is_some() || !self.chain.is_empty();
        let digest =
            matches!(self.sha1, Some(Digest::Of(_))) || matches!(self.sha256, Some(Digest::Of(_)));
        let text = !self.names.is_empty() || !self.texts.is_empty();
        !(certificate || digest || text || self.something)
    }

    /// Whether a digest is not the leaf's.
    pub(super) fn disagrees(&self) -> bool {
        self.leaf.as_ref().is_some_and(|leaf| {
            self.sha1.is_some_and(|stated| stated != Digest::Of(fingerprint::sha1(leaf)))
                || self.sha256.is_some_and(|stated| stated != Digest::Of(fingerprint::sha256(leaf)))
        })
    }

    /// Printable ASCII, made by this crate.
    pub(super) fn text(&mut self, property: Property, text: String) {
        if !text.is_empty() {
            self.texts.push((property, text));
        }
    }

    /// A distinguished name as a proxy printed it: in a one-line form where it begins with `/`, as no RFC 2253 name does, and in
    /// RFC 2253's else. Bytes that are not printable ASCII become that form's escapes, and the escape of a space at the end, which
    /// HTTP would cut off, becomes the space again.
    pub(super) fn name(&mut self, rfc2253: &[Property], legacy: Property, value: &[u8]) {
        if value.starts_with(b"/") {
            self.legacy_name(legacy, value, b"\\x", b"\\x20");
            return;
        }
        let mut text = without_escape_of_rfc2253(&escaped(value, b"\\")).into_owned();
        // HTTP has cut off the space that the backslash escapes.
        if ends_in_escape(&text) {
            text.push(b' ');
        }
        for property in rfc2253 {
            self.text(*property, String::from_utf8(text.clone()).unwrap_or_default());
        }
    }

    /// A one-line form, with this prefix of escapes, and this for a space at the end.
    pub(super) fn legacy_name(
        &mut self,
        property: Property,
        value: &[u8],
        prefix: &[u8],
        space: &[u8],
    ) {
        let mut text = escaped(value, prefix);
        if let Some(before) = text.strip_suffix(space) {
            text.truncate(before.len());
            text.push(b' ');
        }
        self.text(property, String::from_utf8(text).unwrap_or_default());
    }

    /// A client whose leaf was not sent.
    pub(super) fn client(&self, verification: Verification) -> ClientCertificate {
        match self.sha256 {
            Some(Digest::Of(digest)) => ClientCertificate::known_by_sha256(digest, verification),
            _ => ClientCertificate::presented([], verification),
        }
    }

    /// The record for a client whose leaf was not sent: the texts as they were stated.
    pub(super) fn record(&self, client: ClientCertificate) -> TlsClientAuth {
        let client = client.dialect(self.dialect);
        let verified = client.verification().text(self.dialect);
        let (mut sha1, mut sha256) = (Vec::new(), Vec::new());
        if let Some(Digest::Of(digest)) = &self.sha1 {
            encoding::hex_lower(digest, &mut sha1);
        }
        if let Some(Digest::Of(digest)) = &self.sha256 {
            encoding::hex_lower(digest, &mut sha256);
        }
        let texts = Property::ALL.map(|property| match property {
            Property::Presented => "1",
            Property::Verified => &verified,
            Property::Revoked if client.is_revoked() => "1",
            Property::Revoked => "0",
            Property::FingerprintSha1 => core::str::from_utf8(&sha1).unwrap_or_default(),
            Property::FingerprintSha256 => core::str::from_utf8(&sha256).unwrap_or_default(),
            _ => {
                let stated = self.texts.iter().find(|(stated, _)| *stated == property);
                stated.map_or("", |(_, text)| text.as_str())
            }
        });
        TlsClientAuth::from_texts(&texts, client, false, false)
    }
}

/// What is not printable ASCII as this prefix and two hex digits.
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
