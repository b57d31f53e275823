//! What a finished handshake leaves behind: the client's certificate, or none, and the verdict on it.

mod verification;
mod verify_error;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use time::OffsetDateTime;

use crate::x509::Certificate;
use crate::x509::Dialect;
use crate::x509::{Error, ErrorKind, Part};

pub use verification::{OtherReason, Reason, Verification};
pub use verify_error::VerifyError;

/// The client's side of a TLS handshake: presented or not, its bytes, the rest of the chain as it was sent, whether it
/// verified, whether it is revoked.
///
/// Making one reads nothing; cloning one copies no bytes. A certificate that can't be read as X.509 is kept all the same:
/// its bytes and fingerprints can be forwarded.
///
/// ```
/// use tls_client_auth::{ClientCertificate, Verification};
/// # let (leaf, intermediate) = (&include_bytes!("../../tests/fixtures/plain.der")[..], &[0u8; 0][..]);
///
/// let client = ClientCertificate::presented(leaf, Verification::Success).chain([intermediate]);
/// assert!(client.is_trusted());
/// assert!(!ClientCertificate::none().is_presented());
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct ClientCertificate {
    leaf: Option<Arc<[u8]>>,
    chain: Option<Arc<Vec<Arc<[u8]>>>>,
    verification: Verification,
    revoked: bool,
    dialect: Dialect,
    seen_at: Option<OffsetDateTime>,
}

impl ClientCertificate {
    /// The client presented no certificate.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            leaf: None,
            chain: None,
            verification: Verification::None,
            revoked: false,
            dialect: Dialect::BoringSsl,
            seen_at: None,
        }
    }

    /// The client presented this leaf (DER), and this is what the TLS library said of it. An `Arc<[u8]>` is shared, not
    /// copied.
    #[must_use]
    pub fn presented(leaf: impl Into<Arc<[u8]>>, verification: Verification) -> Self {
        Self { leaf: Some(leaf.into()), verification, ..Self::none() }
    }

    /// The certificates that the client sent after the leaf (DER), in the order sent.
    #[must_use]
    pub fn chain<C: AsRef<[u8]>>(mut self, certificates: impl IntoIterator<Item = C>) -> Self {
        let chain: Vec<Arc<[u8]>> =
            certificates.into_iter().map(|certificate| certificate.as_ref().into()).collect();
        self.chain = (!chain.is_empty()).then(|| Arc::new(chain));
        self
    }

    /// Whether the certificate is known to be revoked. Cloudflare reports that beside a `SUCCESS`.
    #[must_use]
    pub fn revoked(mut self, revoked: bool) -> Self {
        self.revoked = revoked;
        self
    }

    /// Whose spelling the record and the header sets use that name no other; [`Dialect::BoringSsl`] unless told.
    #[must_use]
    pub const fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// The time from which the days that a certificate has left are counted. The time at which the headers are made, unless
    /// told; without the standard library there is none, and no header either.
    #[must_use]
    pub const fn seen_at(mut self, time: OffsetDateTime) -> Self {
        self.seen_at = Some(time);
        self
    }

    /// Whether the client presented a certificate.
    #[must_use]
    pub const fn is_presented(&self) -> bool {
        self.leaf.is_some()
    }

    /// Whether it presented one that verified and is not revoked.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.is_presented() && self.verification == Verification::Success && !self.revoked
    }

    /// Whether it is known to be revoked.
    #[must_use]
    pub const fn is_revoked(&self) -> bool {
        self.revoked
    }

    /// What the TLS library said; [`Verification::None`] where nothing was presented.
    #[must_use]
    pub const fn verification(&self) -> &Verification {
        &self.verification
    }

    /// The leaf's DER, as the client sent it. `None` also where one was presented and its bytes are not known: made from
    /// none, as a TLS stack that keeps only a digest has them.
    #[must_use]
    pub fn leaf(&self) -> Option<&[u8]> {
        self.leaf.as_deref().filter(|leaf| !leaf.is_empty())
    }

    /// The certificates after the leaf.
    pub fn chain_certificates(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.chain.as_deref().map_or(&[][..], Vec::as_slice).iter().map(AsRef::as_ref)
    }

    /// The leaf as a certificate.
    ///
    /// # Errors
    /// The leaf is missing ([`ErrorKind::Missing`]) or is not the DER of a certificate.
    pub fn certificate(&self) -> Result<Certificate<'_>, Error> {
        Certificate::from_der(self.leaf().ok_or(Error::new(
            Part::Certificate,
            ErrorKind::Missing,
            0,
        ))?)
    }

    pub(crate) fn seen_at_or_now(&self) -> Option<OffsetDateTime> {
        #[cfg(feature = "std")]
        let now = Some(OffsetDateTime::now_utc());
        #[cfg(not(feature = "std"))]
        let now = None;
        self.seen_at.or(now)
    }

    pub(crate) const fn printed_as(&self) -> Dialect {
        self.dialect
    }
}

/// Sizes instead of bytes: nothing that a client wrote gets into a log this way.
impl fmt::Debug for ClientCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientCertificate")
            .field("leaf_bytes", &self.leaf().map(<[u8]>::len))
            .field("chain_certificates", &self.chain_certificates().len())
            .field("verification", &self.verification)
            .field("revoked", &self.revoked)
            .finish_non_exhaustive()
    }
}
