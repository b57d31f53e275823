//! Cloud Foundry's routers.

use crate::field::{CertificateForm, Field};
use crate::headers::HeaderSet;
use crate::receive::{Receiver, Unstated};
use crate::x509::Dialect;

impl HeaderSet {
    /// `cloud-foundry`: the header of Gorouter and haproxy-boshrelease with `forwarded_client_cert: sanitize_set`. Source: their
    /// documentation, as of 2026; no live traffic was seen.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `X-Forwarded-Client-Cert` | the DER in standard base64 with padding |
    ///
    /// Envoy's header has the same name with another value: do not send both to one origin. The header has no verdict, so it is sent for
    /// trusted clients only.
    ///
    /// [`Receiver::cloud_foundry`](crate::Receiver::cloud_foundry) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::cloud_foundry().lines(&client, Limits::new());
    /// assert!(lines.get("X-Forwarded-Client-Cert").is_some_and(|value| value.starts_with("MIIB7jCC")));
    /// ```
    #[doc(alias("X-Forwarded-Client-Cert", "Gorouter", "forwarded_client_cert"))]
    #[must_use]
    pub fn cloud_foundry() -> Self {
        let row = ("X-Forwarded-Client-Cert", Field::Certificate(CertificateForm::Base64));
        Self::from_table("cloud-foundry", &[row]).with_dialect(Dialect::OpenSsl)
    }
}

impl Receiver {
    /// Reads Cloud Foundry's `X-Forwarded-Client-Cert`: base64 of the DER, with the name of Envoy's header.
    ///
    /// The headers are those of [`HeaderSet::cloud_foundry`](crate::HeaderSet::cloud_foundry).
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    /// # use tls_client_auth::{ClientCertificate, HeaderSet, Verification, field::Limits};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    /// # let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// # let lines = HeaderSet::cloud_foundry().lines(&client, Limits::new());
    /// # let value = lines.get("X-Forwarded-Client-Cert").unwrap();
    ///
    /// // `value` is `MIIB7jCC…`.
    /// let auth = Receiver::cloud_foundry(Unstated::Verified).receive(&[("X-Forwarded-Client-Cert", value)])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_serial(), "5A7001B17B539286C891");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn cloud_foundry(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::cloud_foundry(), Some(unstated))
    }
}
