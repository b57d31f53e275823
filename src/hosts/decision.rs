//! The decision on a request.

use core::fmt;

use crate::client::ClientCertificate;
use crate::client::Verification;

/// The decision on one request: the result of [`Hosts::decide`](super::Hosts::decide).
///
/// ```
/// use tls_client_auth::ClientCertificate;
/// use tls_client_auth::hosts::{Decision, Hosts, Refusal};
///
/// let hosts = Hosts::new().ask(["api.example"])?.enforce(["api.example"])?;
/// let nobody = ClientCertificate::none();
/// let decision = hosts.decide(Some("api.example"), "api.example", &nobody);
/// assert_eq!((decision, decision.status()), (Decision::Refuse(Refusal::Missing), Some(403)));
/// let decision = hosts.decide(Some("api.example"), "www.example", &nobody);
/// assert_eq!((decision, decision.status()), (Decision::Misdirected, Some(421)));
/// let decision = hosts.decide(Some("www.example"), "www.example", &nobody);
/// assert_eq!((decision, decision.status()), (Decision::Withhold, None));
/// let hosts = hosts.forward(["www.example"])?;
/// assert_eq!(hosts.decide(Some("www.example"), "www.example", &nobody), Decision::Forward);
/// # Ok::<(), tls_client_auth::hosts::HostnameError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a proxy must handle each")]
pub enum Decision {
    /// Pass the request on with the client's certificate: [`ConnectionState::claim`](crate::ConnectionState::claim).
    Forward,
    /// Pass the request on without the certificate: [`ConnectionState::withhold`](crate::ConnectionState::withhold).
    Withhold,
    /// Answer `403 Forbidden`, and log the reason.
    Refuse(Refusal),
    /// Answer `421 Misdirected Request` (RFC 9110 §15.5.20): the handshake was for a host with another policy, or the request's host
    /// is invalid.
    Misdirected,
}

impl Decision {
    /// The status to answer with: 403 or 421. `None` if the request is passed on.
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
/// for (refusal, text, grpc_status) in [
///     (Refusal::Missing, "no client certificate", 16),
///     (Refusal::Failed, "client certificate not verified", 16),
///     (Refusal::Revoked, "client certificate revoked", 16),
///     (Refusal::Issuer, "issuer of the client certificate not allowed", 7),
///     (Refusal::Fingerprint, "client certificate not allowed", 7),
/// ] {
///     assert_eq!((refusal.text(), refusal.grpc_status()), (text, grpc_status));
/// }
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// The client presented no certificate.
    Missing,
    /// The certificate did not verify; [`ClientCertificate::verification`] has the reason.
    Failed,
    /// The certificate is revoked.
    Revoked,
    /// The host does not allow the certificate's issuer.
    Issuer,
    /// The host does not allow the certificate.
    Fingerprint,
}

impl Refusal {
    /// The reason for which a host that enforces rejects this client, without further conditions.
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

    /// The gRPC status code: 16 (`UNAUTHENTICATED`) if no valid certificate was presented, 7 (`PERMISSION_DENIED`) if a valid one is
    /// not allowed.
    #[must_use]
    pub const fn grpc_status(self) -> u8 {
        match self {
            Self::Missing | Self::Failed | Self::Revoked => 16,
            Self::Issuer | Self::Fingerprint => 7,
        }
    }

    /// The reason as text for a log, in printable ASCII: `no client certificate`.
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
