//! Akamai.

use crate::field::{CertificateForm, Field};
use crate::headers::HeaderSet;
use crate::receive::{Receiver, Unstated};

impl HeaderSet {
    /// `akamai`: `Akamai-CC-DER`, the certificate as Akamai's edge forwards it. Source: Akamai's documentation, as of 2026; no live
    /// traffic was seen.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `Akamai-CC-DER` | `:MIIB…==:`, a byte sequence (RFC 9651 §3.3.5) of the DER |
    ///
    /// The header has no verdict, so it is sent for trusted clients only. Akamai's headers for single attributes are not in the set,
    /// because their names are not documented.
    ///
    /// [`Receiver::akamai`](crate::Receiver::akamai) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::akamai().lines(&client, Limits::new());
    /// assert!(lines.get("Akamai-CC-DER").is_some_and(|value| value.starts_with(":MIIB7jCC")));
    /// ```
    #[doc(alias = "Akamai-CC-DER")]
    #[must_use]
    pub fn akamai() -> Self {
        let leaf = Field::Certificate(CertificateForm::ByteSequence);
        Self::from_table("akamai", &[("Akamai-CC-DER", leaf)])
    }
}

impl Receiver {
    /// Reads Akamai's `Akamai-CC-DER`.
    ///
    /// The edge forwards it for every certificate that the property's criteria admit; `unstated` must match these criteria.
    ///
    /// The headers are those of [`HeaderSet::akamai`](crate::HeaderSet::akamai).
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    /// # use tls_client_auth::{ClientCertificate, HeaderSet, Verification, field::Limits};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    /// # let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// # let lines = HeaderSet::akamai().lines(&client, Limits::new());
    /// # let value = lines.get("Akamai-CC-DER").unwrap();
    ///
    /// // `value` is `:MIIB7jCC…:`.
    /// let auth = Receiver::akamai(Unstated::Verified).receive(&[("Akamai-CC-DER", value)])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_serial(), "5A7001B17B539286C891");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn akamai(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::akamai(), Some(unstated))
    }
}
