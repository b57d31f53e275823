//! The client's authentication status for a log, in one word.

use core::fmt;

use crate::client::ClientCertificate;
use crate::client::VerifyError;
use crate::client::{Reason, Verification};

/// The client's authentication status, as in Cloudflare's log field `ClientMTLSAuthStatus`.
///
/// ```
/// use tls_client_auth::hosts::AuthStatus;
/// use tls_client_auth::ClientCertificate;
/// use tls_client_auth::client::VerifyError;
/// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
///
/// let client = ClientCertificate::presented(der, VerifyError::CertHasExpired.into());
/// assert_eq!(AuthStatus::of(&client).to_string(), "expired");
/// assert_eq!(AuthStatus::of(&ClientCertificate::none()).to_string(), "absent");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "Cloudflare's six words")]
pub enum AuthStatus {
    /// `unknown`: a certificate was presented but not verified.
    Unknown,
    /// `ok`: the certificate verified and is not revoked.
    Ok,
    /// `absent`: no certificate was presented.
    Absent,
    /// `untrusted`: verification failed for another reason, or the certificate is revoked. (Cloudflare documents no word for revoked
    /// certificates.)
    Untrusted,
    /// `notyetvalid`: the certificate, or one of its issuers' certificates, is not valid yet.
    NotYetValid,
    /// `expired`: the certificate, or one of its issuers' certificates, has expired.
    Expired,
}

impl AuthStatus {
    /// The status of this client.
    #[must_use]
    pub fn of(client: &ClientCertificate) -> Self {
        match client.verification() {
            _ if !client.is_presented() => Self::Absent,
            Verification::None => Self::Unknown,
            Verification::Success if client.is_revoked() => Self::Untrusted,
            Verification::Success => Self::Ok,
            Verification::Failed(Reason::Known(VerifyError::CertHasExpired)) => Self::Expired,
            Verification::Failed(Reason::Known(VerifyError::CertNotYetValid)) => Self::NotYetValid,
            Verification::Failed(_) => Self::Untrusted,
        }
    }

    /// The word: `unknown`, `ok`, `absent`, `untrusted`, `notyetvalid` or `expired`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Ok => "ok",
            Self::Absent => "absent",
            Self::Untrusted => "untrusted",
            Self::NotYetValid => "notyetvalid",
            Self::Expired => "expired",
        }
    }
}

impl fmt::Display for AuthStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
