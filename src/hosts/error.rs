//! Errors for entries of lists of hosts and conditions.

use alloc::string::{String, ToString as _};
use core::fmt;

use super::punycode;

/// An invalid entry in a list of hostnames or in the conditions of an enforced host.
///
/// The error contains the list, the position in it from 0, the entry and the reason.
///
/// ```
/// use tls_client_auth::hosts::{HostnameErrorKind, Hosts};
///
/// let error = Hosts::new().ask(["a.example", "A.example."]).unwrap_err();
/// assert_eq!(error.to_string(), r#"hostnames[1]: "A.example." is duplicated"#);
/// assert_eq!((error.list(), error.index(), error.kind()), ("hostnames", 1, HostnameErrorKind::Duplicate));
/// let error = Hosts::new().ask(["bücher.example"]).unwrap_err();
/// assert_eq!(error.to_string(), r#"hostnames[0]: "bücher.example" is not ASCII; use "xn--bcher-kva.example""#);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HostnameError {
    list: &'static str,
    index: usize,
    entry: String,
    kind: HostnameErrorKind,
}

/// The reason for which an entry is invalid.
///
/// ```
/// use tls_client_auth::hosts::{Conditions, HostnameAssociation, HostnameErrorKind};
///
/// let hosts = |hosts: &[&str]| HostnameAssociation::new(hosts).unwrap_err().kind();
/// assert_eq!(hosts(&["a..example"]), HostnameErrorKind::Malformed);
/// assert_eq!(hosts(&["a.example:443"]), HostnameErrorKind::Port);
/// assert_eq!(hosts(&["a*.example"]), HostnameErrorKind::Wildcard);
/// assert_eq!(hosts(&["bücher.example"]), HostnameErrorKind::NotAscii);
/// assert_eq!(hosts(&["a.example", "A.example"]), HostnameErrorKind::Duplicate);
/// let association = HostnameAssociation::new(["a.example"])?.mtls_certificate_id("b2134436");
/// assert_eq!(association.unwrap_err().kind(), HostnameErrorKind::CertificateId);
/// assert_eq!(Conditions::new().issuers(["a CA"]).unwrap_err().kind(), HostnameErrorKind::KeyIdentifier);
/// assert_eq!(Conditions::new().fingerprints(["73c9"]).unwrap_err().kind(), HostnameErrorKind::Fingerprint);
/// # Ok::<(), tls_client_auth::hosts::HostnameError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum HostnameErrorKind {
    /// The entry is neither a hostname nor an address.
    Malformed,
    /// The entry has a port, which is not part of a hostname.
    Port,
    /// The entry has a `*` that is not the whole first label of a longer name.
    Wildcard,
    /// The entry has characters outside ASCII. Use its A-label form (RFC 5890 §2.3.2.1).
    NotAscii,
    /// The host is duplicated.
    Duplicate,
    /// The `mtls_certificate_id` is not a UUID.
    CertificateId,
    /// The key identifier is not hex, or is empty.
    KeyIdentifier,
    /// The fingerprint is not 64 hex digits.
    Fingerprint,
}

impl HostnameError {
    pub(super) fn new(
        list: &'static str,
        index: usize,
        entry: &str,
        kind: HostnameErrorKind,
    ) -> Self {
        Self { list, index, entry: entry.to_string(), kind }
    }

    /// The list: `hostnames`, `settings`, `enforced`, `issuers`, `fingerprints` or `mtls_certificate_id`.
    #[must_use]
    pub const fn list(&self) -> &'static str {
        self.list
    }

    /// The position in the list, from 0.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// The reason.
    #[must_use]
    pub const fn kind(&self) -> HostnameErrorKind {
        self.kind
    }
}

impl fmt::Display for HostnameError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.kind {
            HostnameErrorKind::Malformed => "is not a hostname",
            HostnameErrorKind::Port => "has a port",
            HostnameErrorKind::Wildcard => {
                "has a * that is not the whole first label of a longer name"
            }
            HostnameErrorKind::NotAscii => "is not ASCII",
            HostnameErrorKind::Duplicate => "is duplicated",
            HostnameErrorKind::CertificateId => "is not a UUID of 36 characters",
            HostnameErrorKind::KeyIdentifier => "is not a key identifier in hex",
            HostnameErrorKind::Fingerprint => "is not a SHA-256 of 64 hex digits",
        };
        write!(formatter, "{}[{}]: {:?} {reason}", self.list, self.index, self.entry)?;
        match punycode::a_labels(&self.entry) {
            Some(ascii) if self.kind == HostnameErrorKind::NotAscii => {
                write!(formatter, "; use {ascii:?}")
            }
            _ => Ok(()),
        }
    }
}

impl core::error::Error for HostnameError {}
