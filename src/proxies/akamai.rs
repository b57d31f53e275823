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
    /// [`Receiver::akamai`](crate::Receiver::akamai) reads it back.
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
    /// Reads the headers of [`HeaderSet::akamai`](crate::HeaderSet::akamai).
    #[must_use]
    pub fn akamai(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::akamai(), Some(unstated))
    }
}
