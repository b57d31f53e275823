//! The client's authentication status for a log, in one word.

use core::fmt;
use core::str::FromStr;

use crate::client::ClientCertificate;
use crate::client::VerifyError;
use crate::client::{Reason, Verification};
use crate::words::ParseWordsError;

/// The client's authentication status, as in Cloudflare's log field `ClientMTLSAuthStatus`.
///
/// ```
/// use tls_client_auth::client::VerifyError;
/// use tls_client_auth::hosts::AuthStatus;
/// use tls_client_auth::{ClientCertificate, Verification};
///
/// let status = |verification| AuthStatus::of(&ClientCertificate::presented(*b"DER", verification));
/// assert_eq!(status(Verification::None), AuthStatus::Unknown);
/// assert_eq!(status(Verification::Success), AuthStatus::Ok);
/// assert_eq!(AuthStatus::of(&ClientCertificate::none()), AuthStatus::Absent);
/// assert_eq!(status(VerifyError::CertRevoked.into()), AuthStatus::Untrusted);
/// assert_eq!(status(VerifyError::CertNotYetValid.into()), AuthStatus::NotYetValid);
/// assert_eq!(status(VerifyError::CertHasExpired.into()), AuthStatus::Expired);
///
/// assert_eq!(AuthStatus::Expired.as_str(), "expired");
/// assert_eq!("absent".parse(), Ok(AuthStatus::Absent));
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
    const ALL: [Self; 6] =
        [Self::Unknown, Self::Ok, Self::Absent, Self::Untrusted, Self::NotYetValid, Self::Expired];

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

/// Parses the word.
///
/// # Errors
/// The text is not one of the six words.
impl FromStr for AuthStatus {
    type Err = ParseWordsError;

    fn from_str(text: &str) -> Result<Self, ParseWordsError> {
        let status = Self::ALL.into_iter().find(|status| status.as_str() == text);
        status.ok_or_else(|| ParseWordsError::new("status", text, &Self::ALL.map(Self::as_str)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn every_status_is_parsed_back_from_its_word() {
        for status in AuthStatus::ALL {
            assert_eq!(status.to_string().parse(), Ok(status));
        }
        let error = "OK".parse::<AuthStatus>().unwrap_err().to_string();
        let said = r#"status "OK": is not known, did you mean "ok"? Known: unknown, ok, absent, untrusted, notyetvalid, expired"#;
        assert_eq!(error, said);
    }
}
