//! How much a request may claim.

use crate::x509::MAX_CERTIFICATE;

/// Sizes in bytes and a count. What is over them is an error.
///
/// ```
/// use tls_client_auth::{Receiver, Unstated};
/// use tls_client_auth::receive::ReceiveLimits;
///
/// let limits = ReceiveLimits::new().header(16 * 1024).chain(4);
/// let receiver = Receiver::rfc9440(Unstated::Verified).limits(limits);
/// # let _ = receiver;
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReceiveLimits {
    pub(crate) header: usize,
    pub(crate) certificate: usize,
    pub(crate) chain: usize,
}

impl ReceiveLimits {
    /// 64 KiB for a header value and for a certificate, 10 certificates after the leaf.
    #[must_use]
    pub const fn new() -> Self {
        Self { header: 64 * 1024, certificate: MAX_CERTIFICATE, chain: 10 }
    }

    /// The largest header value, in bytes.
    #[must_use]
    pub const fn header(mut self, bytes: usize) -> Self {
        self.header = bytes;
        self
    }

    /// The largest certificate, in bytes of DER.
    #[must_use]
    pub const fn certificate(mut self, bytes: usize) -> Self {
        self.certificate = bytes;
        self
    }

    /// The most certificates after the leaf.
    #[must_use]
    pub const fn chain(mut self, certificates: usize) -> Self {
        self.chain = certificates;
        self
    }
}

impl Default for ReceiveLimits {
    fn default() -> Self {
        Self::new()
    }
}
