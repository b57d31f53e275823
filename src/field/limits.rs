//! How large a certificate is read, and how large a header value may become.

use crate::x509::MAX_CERTIFICATE;

/// Sizes in bytes. What is larger is left out whole and reported; nothing is ever cut.
///
/// The defaults are Cloudflare's for the two values: 10 KiB for the leaf, 16 KiB for the chain, both as encoded in the header.
///
/// ```
/// use tls_client_auth::field::Limits;
///
/// let limits = Limits::new().encoded_leaf(4 * 1024);
/// assert_eq!(limits, Limits::new().encoded_leaf(4096).encoded_chain(16 * 1024).certificate(64 * 1024));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    pub(crate) certificate: usize,
    pub(crate) encoded_leaf: usize,
    pub(crate) encoded_chain: usize,
    pub(crate) text: usize,
}

impl Limits {
    /// 64 KiB to read; 10 KiB of leaf, 16 KiB of chain or of anything else to send.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            certificate: MAX_CERTIFICATE,
            encoded_leaf: 10 * 1024,
            encoded_chain: 16 * 1024,
            text: 16 * 1024,
        }
    }

    /// The largest certificate that is read for its fields, in bytes of DER.
    #[must_use]
    pub const fn certificate(mut self, bytes: usize) -> Self {
        self.certificate = bytes;
        self
    }

    /// The largest value that holds the leaf.
    #[must_use]
    pub const fn encoded_leaf(mut self, bytes: usize) -> Self {
        self.encoded_leaf = bytes;
        self
    }

    /// The largest value that holds the chain, or all certificates.
    #[must_use]
    pub const fn encoded_chain(mut self, bytes: usize) -> Self {
        self.encoded_chain = bytes;
        self
    }

    /// The largest of any other header value, a distinguished name for one. The record's properties are not bound by it: they
    /// are no headers yet. A verdict is always written: a reason of the caller's own that is larger gives way to
    /// `FAILED:unspecified certificate verification error`.
    #[must_use]
    pub const fn text(mut self, bytes: usize) -> Self {
        self.text = bytes;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}
