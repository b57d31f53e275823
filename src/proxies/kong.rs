//! Kong Gateway.

use crate::encoding::UrlForm;
use crate::field::{CertificateForm, DigestForm, Field, NameForm, SerialForm};
use crate::headers::HeaderSet;
use crate::receive::{Receiver, Unstated};
use crate::x509::Dialect;

impl HeaderSet {
    /// `kong`: the headers of Kong Gateway's plugin *TLS Metadata Headers*, under their default names. Source: the plugin's
    /// documentation, as of 2026; no live traffic was seen. Kong is an nginx, so the values are assumed to be
    /// [`nginx`](Self::nginx)'s.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `X-Client-Cert` | `-----BEGIN%20CERTIFICATE-----%0AMIIB%2Bg…%0A` |
    /// | `X-Client-Cert-Serial` | `A3828EB24FD779D0` |
    /// | `X-Client-Cert-Issuer-DN`, `-Subject-DN` | `CN=client.example,O=Acme\, Inc.,C=US` (RFC 2253) |
    /// | `X-Client-Cert-Fingerprint` | SHA-1 in lower-case hex |
    ///
    /// The headers have no verdict, so they are sent for trusted clients only.
    ///
    /// [`Receiver::kong`](crate::Receiver::kong) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::kong().lines(&client, Limits::new());
    /// assert_eq!(lines.get("X-Client-Cert-Serial"), Some("5A7001B17B539286C891"));
    /// ```
    #[doc(alias(
        "X-Client-Cert",
        "X-Client-Cert-Serial",
        "X-Client-Cert-Issuer-DN",
        "X-Client-Cert-Subject-DN",
        "X-Client-Cert-Fingerprint",
        "tls-metadata-headers",
    ))]
    #[must_use]
    pub fn kong() -> Self {
        let escaped = CertificateForm::EscapedPem(UrlForm::Component);
        Self::from_table(
            "kong",
            &[
                ("X-Client-Cert", Field::Certificate(escaped)),
                ("X-Client-Cert-Serial", Field::Serial(SerialForm::Hex)),
                ("X-Client-Cert-Issuer-DN", Field::Issuer(NameForm::Rfc2253)),
                ("X-Client-Cert-Subject-DN", Field::Subject(NameForm::Rfc2253)),
                ("X-Client-Cert-Fingerprint", Field::Sha1(DigestForm::Lower)),
            ],
        )
        .with_dialect(Dialect::OpenSsl)
    }
}

impl Receiver {
    /// Reads the headers of Kong's `tls-metadata-headers` plugin.
    ///
    /// The headers are those of [`HeaderSet::kong`](crate::HeaderSet::kong).
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    ///
    /// let auth = Receiver::kong(Unstated::Verified).receive(&[
    ///     ("X-Client-Cert-Serial", "03A5B1"),
    ///     ("X-Client-Cert-Subject-DN", "CN=client.example"),
    /// ])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_subject_dn(), "CN=client.example");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn kong(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::kong(), Some(unstated))
    }
}
