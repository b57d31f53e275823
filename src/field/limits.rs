//! Size limits for certificates that are parsed, header values that are sent, and requests that are received.

use crate::x509::MAX_CERTIFICATE;

/// Size limits for header values that are sent, in bytes. A larger value is left out and reported; nothing is truncated.
///
/// Cloudflare's sets, RFC 9440's and the record have Cloudflare's limits: 10 KiB for the leaf and 16 KiB for the chain, both as
/// encoded in the header. The limit of every other set is 64 KiB, more than certificates in use need. Google's set also has
/// Google's limits.
///
/// ```
/// use tls_client_auth::field::Limits;
///
/// let limits = Limits::new().encoded_leaf(4 * 1024);
/// let others = Limits::new().certificate(64 * 1024).encoded_chain(16 * 1024).other_sets(64 * 1024).text(64 * 1024);
/// assert_eq!(limits, others.encoded_leaf(4096));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    pub(crate) certificate: usize,
    pub(crate) encoded_leaf: usize,
    pub(crate) encoded_chain: usize,
    pub(crate) other_sets: usize,
    pub(crate) text: usize,
}

impl Limits {
    /// Creates the default limits: 64 KiB for a certificate that is parsed; 10 KiB for the leaf and 16 KiB for the chain in
    /// Cloudflare's and RFC 9440's sets; 64 KiB for any other value.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            certificate: MAX_CERTIFICATE,
            encoded_leaf: 10 * 1024,
            encoded_chain: 16 * 1024,
            other_sets: 64 * 1024,
            text: 64 * 1024,
        }
    }

    /// Sets the size of the largest certificate that is parsed, in bytes of DER; 64 KiB by default. A larger one is still forwarded and
    /// hashed.
    #[must_use]
    pub const fn certificate(mut self, bytes: usize) -> Self {
        self.certificate = bytes;
        self
    }

    /// Sets the size of the largest value with the leaf in Cloudflare's and RFC 9440's sets and in the record's `certRFC9440`, in bytes as
    /// encoded; 10 KiB by default.
    #[must_use]
    pub const fn encoded_leaf(mut self, bytes: usize) -> Self {
        self.encoded_leaf = bytes;
        self
    }

    /// Sets the size of the largest value with the chain in RFC 9440's set and in the record's `certChainRFC9440`, in bytes as encoded;
    /// 16 KiB by default.
    #[must_use]
    pub const fn encoded_chain(mut self, bytes: usize) -> Self {
        self.encoded_chain = bytes;
        self
    }

    /// Sets the size of the largest value with certificates in any other set (nginx's, Envoy's, your own), in bytes as encoded; 64 KiB by
    /// default.
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// use tls_client_auth::field::Limits;
    /// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
    ///
    /// let client = ClientCertificate::presented(der, Verification::Success);
    /// let lines = HeaderSet::ingress_nginx().lines(&client, Limits::new().other_sets(500));
    /// assert!(lines.too_large().eq(["ssl-client-cert"]));
    /// assert_eq!(lines.get("ssl-client-verify"), Some("SUCCESS"));
    /// ```
    #[must_use]
    pub const fn other_sets(mut self, bytes: usize) -> Self {
        self.other_sets = bytes;
        self
    }

    /// Sets the size of the largest header value without certificates, such as a distinguished name, in bytes; 64 KiB by default. It
    /// does not apply to the record's properties. A verdict is always sent: one with a longer reason becomes
    /// `FAILED:unspecified certificate verification error`.
    #[must_use]
    pub const fn text(mut self, bytes: usize) -> Self {
        self.text = bytes;
        self
    }

    /// The limits for a set: one size for all certificates, except in sets with Cloudflare's sizes.
    #[inline]
    pub(crate) const fn of(mut self, sizes: Sizes) -> Self {
        if !matches!(sizes, Sizes::Cloudflare) {
            (self.encoded_leaf, self.encoded_chain) = (self.other_sets, self.other_sets);
        }
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

/// The size limits for the certificates of a set.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Sizes {
    /// Cloudflare's, for the encoded value.
    Cloudflare,
    /// Google's, for the DER, in addition to those of other sets.
    Google,
    #[default]
    Other,
}

/// Limits on header size, certificate size and chain length. Exceeding one is an error.
///
/// ```
/// use tls_client_auth::{Receiver, Unstated};
/// use tls_client_auth::receive::ReceiveLimits;
///
/// let limits = ReceiveLimits::new().header(16 * 1024).certificate(8 * 1024).chain(4);
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
    /// Creates the default limits: 64 KiB for a header value and for a certificate, 10 certificates after the leaf.
    #[must_use]
    pub const fn new() -> Self {
        Self { header: 64 * 1024, certificate: MAX_CERTIFICATE, chain: 10 }
    }

    /// Sets the largest header value, in bytes; 64 KiB by default.
    #[must_use]
    pub const fn header(mut self, bytes: usize) -> Self {
        self.header = bytes;
        self
    }

    /// Sets the largest certificate, in bytes of DER; 64 KiB by default. The record's properties and the names are parsed from a leaf of
    /// up to this size; [`TlsClientAuth::certificate`](crate::TlsClientAuth::certificate) parses up to 64 KiB.
    #[must_use]
    pub const fn certificate(mut self, bytes: usize) -> Self {
        self.certificate = bytes;
        self
    }

    /// Sets the largest number of certificates after the leaf; 10 by default.
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
