//! RFC 9440, "Client-Cert HTTP Header Field".

use crate::field::{CertificateForm, ChainForm, Field, Sizes};
use crate::headers::HeaderSet;
use crate::receive::{Receiver, Unstated};

impl HeaderSet {
    /// `rfc9440`: the leaf, and the certificates after it as the client sent them.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `Client-Cert` | `:` base64 of the DER `:` (RFC 9440 §2.2) |
    /// | `Client-Cert-Chain` | `:…:, :…:` (§2.3); absent if there is no other certificate, or if the leaf exceeds its limit |
    ///
    /// The limits are Cloudflare's, 10 KiB for the leaf and 16 KiB for the chain, unless [`Limits`](crate::field::Limits) sets others.
    ///
    /// The RFC has no field for the verdict, so both are sent for trusted clients only. It requires them on every request (§2.4): use
    /// [`Forwarding::rfc9440`](crate::Forwarding::rfc9440).
    ///
    /// [`Receiver::rfc9440`](crate::Receiver::rfc9440) reads it back.
    #[doc(alias("Client-Cert", "Client-Cert-Chain", "RFC 9440"))]
    #[must_use]
    pub fn rfc9440() -> Self {
        Self::from_table(
            "rfc9440",
            &[
                ("Client-Cert", Field::Certificate(CertificateForm::ByteSequence)),
                ("Client-Cert-Chain", Field::Chain(ChainForm::ByteSequences)),
            ],
        )
        .with_sizes(Sizes::Cloudflare)
    }
}

impl Receiver {
    /// Reads RFC 9440's `Client-Cert` and `Client-Cert-Chain`, each in one line. Cloudflare, Google, Envoy's `client_cert` filter and
    /// CloudFront's passthrough mode send them; the last two also for unverified certificates.
    ///
    /// Reads the headers of [`HeaderSet::rfc9440`](crate::HeaderSet::rfc9440).
    #[must_use]
    pub fn rfc9440(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::rfc9440(), Some(unstated))
    }
}
