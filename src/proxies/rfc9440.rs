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
    /// | `Client-Cert-Chain` | `:…:, :…:` (§2.3); absent where there is no other certificate, or no room for the leaf |
    ///
    /// The sizes are Cloudflare's: 10 KiB for the leaf and 16 KiB for the chain, unless [`Limits`](crate::field::Limits) says otherwise.
    ///
    /// The RFC has no field for a failed verification, so both go out for trusted certificates only. It wants them on every
    /// request (§2.4): [`Forwarding::rfc9440`](crate::Forwarding::rfc9440) does that.
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
    /// RFC 9440: `Client-Cert` and `Client-Cert-Chain`, each one line. Cloudflare, Google, Envoy's `client_cert` filter and
    /// CloudFront's passthrough mode send it; the last two also for certificates that nobody verified.
    #[doc(alias("Client-Cert", "Client-Cert-Chain", "RFC 9440"))]
    #[must_use]
    pub fn rfc9440(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::rfc9440(), Some(unstated))
    }
}
