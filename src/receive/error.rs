//! Why request headers were refused.

use core::fmt;

use crate::headers::HeaderName;

/// Which header of a request was refused, and why. It never carries the value: that may be the client's.
///
/// ```
/// use tls_client_auth::Receiver;
/// use tls_client_auth::receive::ReceiveErrorKind;
///
/// let error = Receiver::nginx().receive(&[("ssl-client-verify", "success")]).unwrap_err();
/// assert_eq!((error.header(), error.kind()), ("ssl-client-verify", ReceiveErrorKind::NotAVerdict));
/// assert_eq!(error.to_string(), "header ssl-client-verify: is no verdict of this format");
/// ```
#[derive(Clone)]
pub struct ReceiveError {
    header: HeaderName,
    kind: ReceiveErrorKind,
}

impl ReceiveError {
    pub(super) fn new(header: &HeaderName, kind: ReceiveErrorKind) -> Self {
        Self { header: header.clone(), kind }
    }

    /// The header's name in the receiver's own table, not as the request spells it.
    #[must_use]
    pub fn header(&self) -> &str {
        self.header.as_str()
    }

    /// Why.
    #[must_use]
    pub const fn kind(&self) -> ReceiveErrorKind {
        self.kind
    }
}

impl fmt::Debug for ReceiveError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ReceiveError")
            .field("header", &self.header)
            .field("kind", &self.kind)
            .finish()
    }
}

impl PartialEq for ReceiveError {
    fn eq(&self, other: &Self) -> bool {
        self.header() == other.header() && self.kind == other.kind
    }
}

impl Eq for ReceiveError {}

impl fmt::Display for ReceiveError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "header {}: {}", self.header(), self.kind)
    }
}

impl core::error::Error for ReceiveError {}

/// What is wrong with a header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ReceiveErrorKind {
    /// The request has it more than once: one of them may be the client's.
    Twice,
    /// The request has a header that an origin could take for it, `ssl_client_verify` for `ssl-client-verify`. No proxy of
    /// ours sends that.
    LookAlike,
    /// Its value or a certificate in it is over the limit.
    TooLarge,
    /// It holds more certificates than the limit.
    TooManyCertificates,
    /// The verdict is missing beside other headers of the format, or where the format's proxy always sends one.
    MissingVerdict,
    /// It is there and says nothing that this format's verdict can say, to the letter.
    NotAVerdict,
    /// It is not in its format.
    Malformed,
    /// What it encodes is not a certificate.
    NotACertificate,
    /// It holds a chain, and nothing holds the leaf.
    ChainWithoutCertificate,
    /// It contradicts the verdict, the certificate or another header.
    Disagrees,
    /// It can be read in two ways, and nothing tells which one is meant.
    Ambiguous,
}

impl fmt::Display for ReceiveErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Twice => "is there twice",
            Self::LookAlike => "another header looks like it",
            Self::TooLarge => "larger than the limit",
            Self::TooManyCertificates => "more certificates than the limit",
            Self::MissingVerdict => "is missing",
            Self::NotAVerdict => "is no verdict of this format",
            Self::Malformed => "is not in its format",
            Self::NotACertificate => "holds no certificate",
            Self::ChainWithoutCertificate => "a chain without its certificate",
            Self::Disagrees => "contradicts another header",
            Self::Ambiguous => "can be read in two ways",
        })
    }
}
