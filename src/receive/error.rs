//! The reasons for which request headers are rejected.

use core::fmt;

pub use crate::field::read::ReceiveErrorKind;
use crate::headers::HeaderName;

/// Why a receiver can't be made of a header set.
///
/// ```
/// use tls_client_auth::{HeaderSet, Receiver, Unstated};
/// use tls_client_auth::receive::ReceiverError;
///
/// let error = Receiver::of(&HeaderSet::rfc9440(), None).unwrap_err();
/// assert_eq!(error, ReceiverError::VerdictUnstated);
/// let error = Receiver::of(&HeaderSet::nginx(), Some(Unstated::Verified)).unwrap_err();
/// assert_eq!(error.to_string(), "the header set has a verdict, which decides alone");
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ReceiverError {
    /// The set has no verdict from which a revoked client can be told from a good one, and nobody said what a certificate means.
    VerdictUnstated,
    /// The set has a verdict; [`Unstated`](crate::Unstated) would contradict it.
    VerdictStated,
    /// No header of the set can be read back.
    NothingToRead,
}

impl fmt::Display for ReceiverError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::VerdictUnstated => {
                "the header set has no verdict, and it is not said what a certificate without one means"
            }
            Self::VerdictStated => "the header set has a verdict, which decides alone",
            Self::NothingToRead => "no header of the set can be read back",
        })
    }
}

impl core::error::Error for ReceiverError {}

/// The header for which a request is rejected, and the reason. It never carries the value, which may be the client's.
///
/// ```
/// use tls_client_auth::Receiver;
/// use tls_client_auth::receive::ReceiveErrorKind;
///
/// let error = Receiver::nginx().receive(&[("ssl-client-verify", "success")]).unwrap_err();
/// assert_eq!((error.header(), error.kind()), ("ssl-client-verify", ReceiveErrorKind::NotAVerdict));
/// assert_eq!(error.to_string(), "header ssl-client-verify: is not a valid verdict");
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

    /// The reason.
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
