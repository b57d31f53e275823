//! The decision on a request.

use core::fmt;

use crate::client::ClientCertificate;
use crate::client::Verification;

/// The decision on one request: the result of [`Hosts::decide`](super::Hosts::decide).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a proxy must handle each")]
pub enum Decision {
    /// It goes on, and carries the client's certificate: [`ConnectionState::claim`](crate::ConnectionState::claim).
    Forward,
    /// It goes on without anything of the certificate: [`ConnectionState::withhold`](crate::ConnectionState::withhold).
    Withhold,
    /// It is answered `403 Forbidden`, and the reason is logged.
    Refuse(Refusal),
    /// It is answered `421 Misdirected Request` (RFC 9110 §15.5.20): the handshake was for a host with another policy, or the host
    /// can't be read.
    Misdirected,
}

impl Decision {
    /// The status to answer with: 403 or 421. `None` where the request goes on.
    #[must_use]
    pub const fn status(self) -> Option<u16> {
        match self {
            Self::Forward | Self::Withhold => None,
            Self::Refuse(_) => Some(403),
            Self::Misdirected => Some(421),
        }
    }
}

/// The reason for a `403 Forbidden`.
///
/// ```
/// use tls_client_auth::hosts::Refusal;
///
/// assert_eq!(Refusal::Missing.to_string(), "no client certificate");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// The client presented no certificate.
    Missing,
    /// Its certificate did not verify; [`ClientCertificate::verification`] has the reason.
    Failed,
    /// Its certificate is revoked.
    Revoked,
    /// Its certificate is from an issuer that this host does not allow.
    Issuer,
    /// Its certificate is not among those that this host allows.
    Fingerprint,
}

impl Refusal {
    /// The reason for which a host that enforces refuses this client, further conditions apart.
    pub(super) fn of(client: &ClientCertificate) -> Option<Self> {
        if !client.is_presented() {
            Some(Self::Missing)
        } else if *client.verification() != Verification::Success {
            Some(Self::Failed)
        } else if client.is_revoked() {
            Some(Self::Revoked)
        } else {
            None
        }
    }

    /// The code of gRPC's status: 16 (`UNAUTHENTICATED`) where no valid certificate was presented, 7 (`PERMISSION_DENIED`) where a
    /// valid one is not allowed.
    #[must_use]
    pub const fn grpc_status(self) -> u8 {
        match self {
            Self::Missing | Self::Failed | Self::Revoked => 16,
            Self::Issuer | Self::Fingerprint => 7,
        }
    }

    /// The reason in words, for a log: `no client certificate`. Printable ASCII.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Missing => "no client certificate",
            Self::Failed => "client certificate not verified",
            Self::Revoked => "client certificate revoked",
            Self::Issuer => "issuer of the client certificate not allowed",
            Self::Fingerprint => "client certificate not allowed",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text())
    }
}
