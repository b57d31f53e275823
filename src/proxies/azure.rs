//! Microsoft's App Service and Application Gateway. Source: their documentation; no live traffic was seen.

use crate::encoding::UrlForm;
use crate::field::{
    CertificateForm, DateForm, DigestForm, Field, NameForm, SerialForm, VerdictForm,
};
use crate::headers::HeaderSet;
use crate::receive::{Receiver, Unstated};
use crate::x509::Dialect;

impl HeaderSet {
    /// `azure-app-service`: the header that applications in Azure App Service receive, and that ASP.NET Core's certificate forwarding
    /// reads by default. Source: Microsoft's documentation, "Configure TLS mutual authentication", as of 2026.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `X-ARR-ClientCert` | the DER in standard base64 with padding |
    ///
    /// Difference: App Service does not verify certificates and leaves that to the application. Here the set is sent for trusted
    /// clients only, unless you call [`including_untrusted`](Self::including_untrusted).
    ///
    /// [`Receiver::azure_app_service`](crate::Receiver::azure_app_service) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::azure_app_service().lines(&client, Limits::new());
    /// assert!(lines.get("X-ARR-ClientCert").is_some_and(|value| value.starts_with("MIIB7jCC")));
    /// ```
    #[doc(alias("X-ARR-ClientCert"))]
    #[must_use]
    pub fn azure_app_service() -> Self {
        let row = ("X-ARR-ClientCert", Field::Certificate(CertificateForm::Base64));
        Self::from_table("azure-app-service", &[row]).with_dialect(Dialect::OpenSsl)
    }

    /// `azure-application-gateway`: the mutual authentication variables of Azure Application Gateway. Source: Microsoft's
    /// documentation, "Rewrite HTTP headers and URL", as of 2026. The gateway is an nginx.
    ///
    /// Its administrator chooses the header names: these are the variables' names with `-` for `_`. [`renamed`](Self::renamed) changes
    /// them.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `client-certificate` | `-----BEGIN%20CERTIFICATE-----%0AMIIB%2Bg…%0A` |
    /// | `client-certificate-end-date`, `-start-date` | `Feb  3 00:55:52 2015 GMT` |
    /// | `client-certificate-fingerprint` | SHA-1 in lower-case hex |
    /// | `client-certificate-issuer` | `CN=ca.example,O=Acme\, Inc.,C=US` (RFC 2253) |
    /// | `client-certificate-serial` | `A3828EB24FD779D0` |
    /// | `client-certificate-subject` | `/C=US/O=Acme, Inc./CN=client.example`, which is not the issuer's form. For display only |
    /// | `client-certificate-verification` | `SUCCESS`, `NONE`, `FAILED:certificate has expired` |
    ///
    /// Differences: those of [`nginx`](Self::nginx). Not documented, and assumed: OpenSSL 3's forms.
    ///
    /// [`Receiver::azure_application_gateway`](crate::Receiver::azure_application_gateway) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::azure_application_gateway().lines(&client, Limits::new());
    /// assert_eq!(lines.get("client-certificate-verification"), Some("SUCCESS"));
    /// assert_eq!(lines.get("client-certificate-end-date"), Some("Nov 12 13:14:15 2035 GMT"));
    /// ```
    #[doc(alias(
        "client_certificate",
        "client_certificate_end_date",
        "client_certificate_fingerprint",
        "client_certificate_issuer",
        "client_certificate_serial",
        "client_certificate_start_date",
        "client_certificate_subject",
        "client_certificate_verification",
        "client-certificate",
        "client-certificate-end-date",
        "client-certificate-fingerprint",
        "client-certificate-issuer",
        "client-certificate-serial",
        "client-certificate-start-date",
        "client-certificate-subject",
        "client-certificate-verification",
    ))]
    #[must_use]
    pub fn azure_application_gateway() -> Self {
        let escaped = CertificateForm::EscapedPem(UrlForm::Component);
        Self::from_table(
            "azure-application-gateway",
            &[
                ("client-certificate", Field::Certificate(escaped)),
                ("client-certificate-end-date", Field::NotAfter(DateForm::OpenSsl)),
                ("client-certificate-fingerprint", Field::Sha1(DigestForm::Lower)),
                ("client-certificate-issuer", Field::Issuer(NameForm::Rfc2253)),
                ("client-certificate-serial", Field::Serial(SerialForm::Hex)),
                ("client-certificate-start-date", Field::NotBefore(DateForm::OpenSsl)),
                ("client-certificate-subject", Field::Subject(NameForm::Legacy)),
                ("client-certificate-verification", Field::Verdict(VerdictForm::Text)),
            ],
        )
        .with_dialect(Dialect::OpenSsl)
    }
}

impl Receiver {
    /// Reads Azure App Service's `X-ARR-ClientCert`. The platform does not verify the certificate.
    ///
    /// The headers are those of [`HeaderSet::azure_app_service`](crate::HeaderSet::azure_app_service).
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    /// # use tls_client_auth::{ClientCertificate, HeaderSet, Verification, field::Limits};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    /// # let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// # let lines = HeaderSet::azure_app_service().lines(&client, Limits::new());
    /// # let value = lines.get("X-ARR-ClientCert").unwrap();
    ///
    /// // `value` is `MIIB7jCC…`.
    /// let auth = Receiver::azure_app_service(Unstated::Verified).receive(&[("X-ARR-ClientCert", value)])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_serial(), "5A7001B17B539286C891");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn azure_app_service(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::azure_app_service(), Some(unstated))
    }

    /// Reads Azure Application Gateway's server variables `client_certificate…` from headers with the same names. The gateway writes the
    /// subject in the one-line form and the issuer in RFC 2253's form.
    ///
    /// The headers are those of [`HeaderSet::azure_application_gateway`](crate::HeaderSet::azure_application_gateway).
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let auth = Receiver::azure_application_gateway().receive(&[
    ///     ("client-certificate-verification", "SUCCESS"),
    ///     ("client-certificate-issuer", "CN=ca.example"),
    /// ])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_issuer_dn(), "CN=ca.example");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn azure_application_gateway() -> Self {
        Self::from_set(&HeaderSet::azure_application_gateway(), None)
    }
}
