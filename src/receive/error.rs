//! The reasons for which request headers are rejected.

use core::fmt;

pub use crate::field::read::ReceiveErrorKind;
use crate::headers::HeaderName;

/// The reason why [`Receiver::of`](crate::Receiver::of) rejects a header set.
///
/// ```
/// use tls_client_auth::field::{ChainForm, Field, Flag};
/// use tls_client_auth::{Dialect, HeaderSet, Receiver, Unstated};
/// use tls_client_auth::receive::ReceiverError;
///
/// let verified = Some(Unstated::Verified);
/// let error = Receiver::of(&HeaderSet::rfc9440(), None).unwrap_err();
/// assert_eq!(error, ReceiverError::VerdictUnstated);
/// let error = Receiver::of(&HeaderSet::nginx(), verified).unwrap_err();
/// assert_eq!(error, ReceiverError::VerdictStated);
/// assert_eq!(error.to_string(), "the header set has a verdict, and an `Unstated` was given");
///
/// let of_one = |field| Receiver::of(&HeaderSet::new("one", Dialect::OpenSsl, [("X-One", field)]).unwrap(), verified);
/// assert_eq!(of_one(Field::Tls(Flag::Digit)).unwrap_err(), ReceiverError::NothingToRead);
/// assert_eq!(of_one(Field::Chain(ChainForm::CommaBase64)).unwrap_err(), ReceiverError::ChainWithoutLeaf);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ReceiverError {
    /// The set has no verdict that covers revocation, and no [`Unstated`](crate::Unstated) was given.
    VerdictUnstated,
    /// The set has a verdict, and an [`Unstated`](crate::Unstated) was given.
    VerdictStated,
    /// All fields of the set are ones that receivers do not parse, such as [`Field::Tls`](crate::field::Field::Tls).
    NothingToRead,
    /// A header contains a chain, and no header contains the leaf.
    ChainWithoutLeaf,
}

impl fmt::Display for ReceiverError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::VerdictUnstated => "the header set has no verdict, and no `Unstated` was given",
            Self::VerdictStated => "the header set has a verdict, and an `Unstated` was given",
            Self::NothingToRead => "none of the header set's fields can be parsed",
            Self::ChainWithoutLeaf => "the header set has a chain and no leaf",
        })
    }
}

impl core::error::Error for ReceiverError {}

/// The header for which a request is rejected, and the reason. It never contains the value, which a client may have chosen.
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

    /// The header's name as in [`Receiver::headers`](crate::Receiver::headers), not as spelled in the request.
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
