//! What a request states of a certificate: the certificate itself, or texts about it.

use alloc::string::String;
use alloc::vec::Vec;

use super::dates::DateForm;
use crate::client::ClientCertificate;
use crate::encoding;
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
/// let (auth, names) = Receiver::linkerd(Unstated::Verified).receive_with_names(&headers)?;
/// assert!(auth.is_trusted());
/// assert_eq!(names, [StatedName::Identity(headers[0].1.to_owned())]);
/// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum StatedName {
    /// A `dNSName`.
    Dns(String),
    /// A `uniformResourceIdentifier`, a SPIFFE ID for one.
    Uri(String),
    /// Linkerd's TLS identity: one of the two, and the header does not say which.
    Identity(String),
}

/// Everything that the headers of a format stated.
#[derive(Debug, Default)]
pub(super) struct Stated {
    pub(super) leaf: Option<Vec<u8>>,
    pub(super) chain: Vec<Vec<u8>>,
    pub(super) sha1: Option<[u8; 20]>,
    pub(super) sha256: Option<[u8; 32]>,
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
        let digest = self.sha1.is_some() || self.sha256.is_some();
        let text = !self.names.is_empty() || !self.texts.is_empty();
        !(certificate || digest || text || self.something)
    }

    /// Whether a hash is not the leaf's.
    pub(super) fn disagrees(&self) -> bool {
        self.leaf.as_ref().is_some_and(|leaf| {
            self.sha1.is_some_and(|digest| digest != fingerprint::sha1(leaf))
                || self.sha256.is_some_and(|digest| digest != fingerprint::sha256(leaf))
        })
    }

    /// Printable ASCII, made by this crate.
    pub(super) fn text(&mut self, property: Property, text: String) {
        if !text.is_empty() {
            self.texts.push((property, text));
        }
    }

    /// Text of a proxy: what is not printable ASCII becomes this prefix and two hex digits, as the proxies that escape write
    /// it.
    pub(super) fn escaped(&mut self, property: Property, value: &[u8], prefix: &str) {
        let mut text = Vec::with_capacity(value.len());
        for byte in value {
            if matches!(byte, b' '..=b'~') {
                text.push(*byte);
            } else {
                text.extend_from_slice(prefix.as_bytes());
                encoding::hex_upper(&[*byte], &mut text);
            }
        }
        self.text(property, String::from_utf8(text).unwrap_or_default());
    }

    /// A date that can't be read is not stated.
    pub(super) fn date(&mut self, property: Property, form: DateForm, value: &[u8]) {
        self.text(property, form.read(value).unwrap_or_default());
    }

    /// The record for a client whose leaf was not sent: the texts as they were stated.
    pub(super) fn record(&self, client: ClientCertificate) -> TlsClientAuth {
        let client = client.dialect(self.dialect);
        let verified = client.verification().text(self.dialect);
        let (mut sha1, mut sha256) = (Vec::new(), Vec::new());
        if let Some(digest) = &self.sha1 {
            encoding::hex_lower(digest, &mut sha1);
        }
        if let Some(digest) = &self.sha256 {
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
