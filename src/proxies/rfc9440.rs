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
    /// [`Receiver::rfc9440`](crate::Receiver::rfc9440) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::rfc9440().lines(&client, Limits::new());
    /// assert!(lines.get("Client-Cert").is_some_and(|value| value.starts_with(":MIIB7jCC")));
    /// assert_eq!(lines.get("Client-Cert-Chain"), None); // the client sent no other certificate
    /// ```
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
    /// The headers are those of [`HeaderSet::rfc9440`](crate::HeaderSet::rfc9440).
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    /// # use tls_client_auth::{ClientCertificate, HeaderSet, Verification, field::Limits};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    /// # let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// # let lines = HeaderSet::rfc9440().lines(&client, Limits::new());
    /// # let value = lines.get("Client-Cert").unwrap();
    ///
    /// // `value` is `:MIIB7jCC…:`.
    /// let auth = Receiver::rfc9440(Unstated::Verified).receive(&[("Client-Cert", value)])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_serial(), "5A7001B17B539286C891");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn rfc9440(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::rfc9440(), Some(unstated))
    }
}
