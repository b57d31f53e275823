//! The TLS library's verification result for the client's certificate: an input to this crate, which verifies nothing itself.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::client::{ParseVerifyError, VerifyError};
use crate::x509::Dialect;

/// The outcome of verifying the client's certificate chain, as the TLS library reported it.
///
/// ```
/// use tls_client_auth::{Dialect, Verification};
/// use tls_client_auth::client::{Reason, VerifyError};
///
/// let failed = Verification::from(VerifyError::CertHasExpired);
/// assert_eq!(failed, Verification::Failed(Reason::Known(VerifyError::CertHasExpired)));
/// assert_eq!(failed.text(Dialect::BoringSsl), "FAILED:certificate has expired");
/// assert_eq!(Verification::None.text(Dialect::BoringSsl), "NONE");
/// assert_eq!(Verification::from_code(0, Dialect::OpenSsl), Verification::Success);
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "nginx and Cloudflare know these three")]
pub enum Verification {
    /// No certificate was verified: `NONE`.
    None,
    /// The certificate verified: `SUCCESS`.
    Success,
    /// The certificate did not verify: `FAILED:` and the reason.
    Failed(Reason),
}

impl Verification {
    /// Converts the number that OpenSSL's or BoringSSL's `SSL_get_verify_result` returned for a presented certificate.
    ///
    /// ```
    /// use tls_client_auth::{Dialect, Verification};
    ///
    /// // `SSL_get_verify_result` returned 0 (`X509_V_OK`), or 10 (`X509_V_ERR_CERT_HAS_EXPIRED`).
    /// assert_eq!(Verification::from_code(0, Dialect::OpenSsl), Verification::Success);
    /// assert_eq!(Verification::from_code(10, Dialect::OpenSsl).text(Dialect::OpenSsl), "FAILED:certificate has expired");
    /// ```
    #[must_use]
    pub fn from_code(code: i32, library: Dialect) -> Self {
        if code == 0 {
            return Self::Success;
        }
        Self::Failed(
            VerifyError::from_code(code, library).map_or_else(
                || Reason::other("unknown certificate verification error"),
                Reason::Known,
            ),
        )
    }

    /// The result as text, in printable ASCII: `SUCCESS`, `NONE`, `FAILED:certificate has expired`, or `FAILED` without a reason.
    #[must_use]
    pub fn text(&self, dialect: Dialect) -> String {
        let mut text = Vec::new();
        self.write(dialect, &mut text);
        String::from_utf8(text).unwrap_or_default()
    }

    pub(crate) fn write(&self, dialect: Dialect, out: &mut Vec<u8>) {
        match self {
            Self::None => out.extend_from_slice(b"NONE"),
            Self::Success => out.extend_from_slice(b"SUCCESS"),
            Self::Failed(Reason::Unstated) => out.extend_from_slice(b"FAILED"),
            Self::Failed(reason) => {
                out.extend_from_slice(b"FAILED:");
                out.extend_from_slice(reason.text(dialect).as_bytes());
            }
        }
    }

    /// Parses a result as [`FromStr`] does; `None` if the text is not one.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        match text {
            "NONE" => Some(Self::None),
            "SUCCESS" => Some(Self::Success),
            "FAILED" => Some(Self::Failed(Reason::Unstated)),
            _ => {
                let reason = text.strip_prefix("FAILED:")?;
                Some(Self::Failed(match VerifyError::from_text(reason) {
                    Some(error) => Reason::Known(error),
                    None => Reason::other(reason),
                }))
            }
        }
    }
}

/// Prints the result in OpenSSL's words: [`text`](Self::text) with [`Dialect::OpenSsl`].
impl fmt::Display for Verification {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.text(Dialect::OpenSsl))
    }
}

/// Parses the output of [`text`](Self::text), in either dialect. A reason of neither library becomes [`Reason::Other`].
///
/// ```
/// use tls_client_auth::Verification;
/// use tls_client_auth::client::{Reason, VerifyError};
///
/// assert_eq!("SUCCESS".parse(), Ok(Verification::Success));
/// assert_eq!("FAILED:path loop".parse(), Ok(Verification::from(VerifyError::PathLoop)));
/// assert_eq!("FAILED".parse(), Ok(Verification::Failed(Reason::Unstated)));
/// let error = "success".parse::<Verification>().unwrap_err();
/// assert_eq!(error.to_string(), r#"the text is not a verification result, did you mean "SUCCESS"?"#);
/// ```
///
/// # Errors
/// The text is not `NONE`, `SUCCESS` or `FAILED`, nor `FAILED:` and a reason.
impl FromStr for Verification {
    type Err = ParseVerifyError;

    fn from_str(text: &str) -> Result<Self, ParseVerifyError> {
        const KNOWN: [&str; 3] = ["NONE", "SUCCESS", "FAILED"];
        let error = || ParseVerifyError::new("a verification result", text, KNOWN.into_iter());
        Self::from_text(text).ok_or_else(error)
    }
}

impl From<VerifyError> for Verification {
    fn from(error: VerifyError) -> Self {
        Self::Failed(Reason::Known(error))
    }
}

/// The reason for which verification failed: one of OpenSSL's and BoringSSL's, or the caller's own text.
///
/// ```
/// use tls_client_auth::client::{Reason, VerifyError};
/// use tls_client_auth::{Dialect, Verification};
///
/// let failed = Verification::from_code(10, Dialect::OpenSsl);
/// assert_eq!(failed, Verification::Failed(Reason::Known(VerifyError::CertHasExpired)));
/// let failed: Verification = "FAILED:not on our list".parse()?;
/// assert_eq!(failed, Verification::Failed(Reason::other("not on our list")));
/// assert!(matches!(failed, Verification::Failed(Reason::Other(_))));
/// assert_eq!("FAILED".parse(), Ok(Verification::Failed(Reason::Unstated)));
/// assert_eq!(Reason::Unstated.text(Dialect::OpenSsl), "");
/// # Ok::<(), tls_client_auth::client::ParseVerifyError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// A reason that OpenSSL or BoringSSL has a number for.
    Known(VerifyError),
    /// Any other reason, as text.
    Other(OtherReason),
    /// No reason was given: the bare `FAILED` of some proxies.
    Unstated,
}

impl Reason {
    /// Creates a reason from the caller's own text. Characters outside printable ASCII become `?`.
    ///
    /// ```
    /// use tls_client_auth::Dialect;
    /// use tls_client_auth::client::Reason;
    ///
    /// assert_eq!(Reason::other("denied by policy\n").text(Dialect::BoringSsl), "denied by policy?");
    /// ```
    #[must_use]
    pub fn other(text: &str) -> Self {
        let printable = |character| if matches!(character, ' '..='~') { character } else { '?' };
        Self::Other(OtherReason(text.chars().map(printable).collect::<String>().into()))
    }

    /// The reason's text, in printable ASCII: `certificate has expired`. Empty for [`Unstated`](Self::Unstated).
    #[must_use]
    pub fn text(&self, dialect: Dialect) -> &str {
        match self {
            Self::Known(error) => error.text(dialect),
            Self::Other(other) => &other.0,
            Self::Unstated => "",
        }
    }
}

/// Prints the reason in OpenSSL's words, or `no reason given`.
impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Unstated => "no reason given",
            reason => reason.text(Dialect::OpenSsl),
        })
    }
}

impl core::error::Error for Reason {}

/// A reason in the caller's words, in printable ASCII: see [`Reason::other`].
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct OtherReason(Arc<str>);

impl fmt::Debug for OtherReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}
