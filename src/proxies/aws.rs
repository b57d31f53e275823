//! Amazon's load balancer and CDN. Source: their documentation; no live traffic was seen.

use crate::encoding::UrlForm;
use crate::field::{CertificateForm, ChainForm, DigestForm, Field, Flag, NameForm, SerialForm};
use crate::headers::{HeaderSet, When};
use crate::receive::{Receiver, Unstated};
use crate::x509::Dialect;

impl HeaderSet {
    /// `aws-alb`: an Application Load Balancer in mutual TLS *verify* mode. Source: Amazon's documentation, "Mutual
    /// authentication with TLS in Application Load Balancer", as of 2026.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `X-Amzn-Mtls-Clientcert-Serial-Number` | `03A5B1` |
    /// | `X-Amzn-Mtls-Clientcert-Issuer`, `-Subject` | `CN=client.example,O=Acme\, Inc.,C=US` (RFC 2253) |
    /// | `X-Amzn-Mtls-Clientcert-Validity` | `NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z` |
    /// | `X-Amzn-Mtls-Clientcert-Leaf` | `-----BEGIN%20CERTIFICATE-----%0AMIIB+g==%0A…`: `+`, `/` and `=` are not encoded |
    ///
    /// The balancer rejects the handshake of every other client, so the set is sent for trusted clients only. The form of names is not
    /// documented; OpenSSL's is assumed.
    ///
    /// [`Receiver::aws_alb`](crate::Receiver::aws_alb) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::aws_alb().lines(&client, Limits::new());
    /// assert_eq!(lines.get("X-Amzn-Mtls-Clientcert-Serial-Number"), Some("5A7001B17B539286C891"));
    /// ```
    #[doc(alias(
        "X-Amzn-Mtls-Clientcert-Leaf",
        "X-Amzn-Mtls-Clientcert-Serial-Number",
        "X-Amzn-Mtls-Clientcert-Issuer",
        "X-Amzn-Mtls-Clientcert-Subject",
        "X-Amzn-Mtls-Clientcert-Validity",
        "ELB",
    ))]
    #[must_use]
    pub fn aws_alb() -> Self {
        Self::from_table(
            "aws-alb",
            &[
                ("X-Amzn-Mtls-Clientcert-Serial-Number", Field::Serial(SerialForm::Hex)),
                ("X-Amzn-Mtls-Clientcert-Issuer", Field::Issuer(NameForm::Rfc2253)),
                ("X-Amzn-Mtls-Clientcert-Subject", Field::Subject(NameForm::Rfc2253)),
                ("X-Amzn-Mtls-Clientcert-Validity", Field::Validity),
                ("X-Amzn-Mtls-Clientcert-Leaf", ESCAPED_LEAF),
            ],
        )
        .with_dialect(Dialect::OpenSsl)
    }

    /// `aws-alb-passthrough`: the same balancer in *passthrough* mode.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `X-Amzn-Mtls-Clientcert` | the PEM of the leaf and of the certificates after it: `-----BEGIN%20CERTIFICATE-----%0AMIIB+g==%0A…` |
    ///
    /// Difference: the balancer does not verify certificates and leaves that to the origin. Here the set is sent for trusted clients
    /// only, unless you call [`including_untrusted`](Self::including_untrusted).
    ///
    /// [`Receiver::aws_alb_passthrough`](crate::Receiver::aws_alb_passthrough) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::aws_alb_passthrough().lines(&client, Limits::new());
    /// assert!(lines.get("X-Amzn-Mtls-Clientcert").is_some_and(|value| value.starts_with("-----BEGIN%20CERTIFICATE-----%0AMIIB7jCC")));
    /// ```
    #[doc(alias("X-Amzn-Mtls-Clientcert"))]
    #[must_use]
    pub fn aws_alb_passthrough() -> Self {
        let chain = Field::LeafAndChain(ChainForm::EscapedPem(UrlForm::Alb));
        Self::from_table("aws-alb-passthrough", &[("X-Amzn-Mtls-Clientcert", chain)])
            .with_dialect(Dialect::OpenSsl)
    }

    /// `cloudfront`: Amazon CloudFront's viewer mutual TLS in its *required* and *optional* modes. Source: Amazon's
    /// documentation, "Viewer mTLS headers", as of 2026.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `CloudFront-Viewer-Cert-Serial-Number` | `4a:3f:5c:92:d1:e8:7b:6c` |
    /// | `CloudFront-Viewer-Cert-Issuer`, `-Subject` | `CN=client.example,O=Acme\, Inc.,C=US` (RFC 2253) |
    /// | `CloudFront-Viewer-Cert-Present` | `1`, and `0` without a certificate |
    /// | `CloudFront-Viewer-Cert-Sha256` | in lower-case hex |
    /// | `CloudFront-Viewer-Cert-Validity` | `NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z` |
    /// | `CloudFront-Viewer-Cert-Pem` | `-----BEGIN%20CERTIFICATE-----%0AMIIB+g==%0A…` |
    ///
    /// A certificate that fails verification never reaches an origin behind CloudFront, and gives no header here. Not documented, and
    /// assumed: `+`, `/` and `=` are not encoded in the PEM, a serial number has no sign byte, names are in OpenSSL's form.
    /// CloudFront's *passthrough* mode is [`rfc9440`](Self::rfc9440).
    ///
    /// [`Receiver::cloudfront`](crate::Receiver::cloudfront) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::cloudfront().lines(&client, Limits::new());
    /// assert_eq!(lines.get("CloudFront-Viewer-Cert-Present"), Some("1"));
    /// assert_eq!(lines.get("CloudFront-Viewer-Cert-Serial-Number"), Some("5a:70:01:b1:7b:53:92:86:c8:91"));
    /// ```
    #[doc(alias(
        "CloudFront-Viewer-Cert-Present",
        "CloudFront-Viewer-Cert-Pem",
        "CloudFront-Viewer-Cert-Serial-Number",
        "CloudFront-Viewer-Cert-Issuer",
        "CloudFront-Viewer-Cert-Subject",
        "CloudFront-Viewer-Cert-Sha256",
        "CloudFront-Viewer-Cert-Validity",
    ))]
    #[must_use]
    pub fn cloudfront() -> Self {
        let rows = [
            ("CloudFront-Viewer-Cert-Serial-Number", Field::Serial(SerialForm::HexColons)),
            ("CloudFront-Viewer-Cert-Issuer", Field::Issuer(NameForm::Rfc2253)),
            ("CloudFront-Viewer-Cert-Subject", Field::Subject(NameForm::Rfc2253)),
            ("CloudFront-Viewer-Cert-Present", Field::Presented(Flag::Digit)),
            ("CloudFront-Viewer-Cert-Sha256", Field::Sha256(DigestForm::Lower)),
            ("CloudFront-Viewer-Cert-Validity", Field::Validity),
            ("CloudFront-Viewer-Cert-Pem", ESCAPED_LEAF),
        ];
        // CloudFront's origins read "present" as "verified".
        let when = |field| match field {
            Field::Presented(_) => When::TrustedOrNone,
            _ => When::Trusted,
        };
        let rows = rows.into_iter().map(|(name, field)| (name, field, when(field)));
        Self::from_table_when("cloudfront", rows).with_dialect(Dialect::OpenSsl)
    }
}

impl Receiver {
    /// Reads the headers of an AWS Application Load Balancer in verify mode, in which a handshake without a valid certificate fails.
    ///
    /// The headers are those of [`HeaderSet::aws_alb`](crate::HeaderSet::aws_alb).
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    ///
    /// let auth = Receiver::aws_alb(Unstated::Verified).receive(&[
    ///     ("X-Amzn-Mtls-Clientcert-Subject", "CN=client.example"),
    ///     ("X-Amzn-Mtls-Clientcert-Serial-Number", "03A5B1"),
    /// ])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_serial(), "03A5B1");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn aws_alb(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::aws_alb(), Some(unstated))
    }

    /// Reads the header of an AWS Application Load Balancer in passthrough mode: the presented chain, unverified. Verify it after
    /// [`receive`](Self::receive), and create a new [`ClientCertificate`](crate::ClientCertificate) with the result.
    ///
    /// The headers are those of [`HeaderSet::aws_alb_passthrough`](crate::HeaderSet::aws_alb_passthrough).
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    /// # use tls_client_auth::{ClientCertificate, HeaderSet, Verification, field::Limits};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    /// # let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// # let lines = HeaderSet::aws_alb_passthrough().lines(&client, Limits::new());
    /// # let value = lines.get("X-Amzn-Mtls-Clientcert").unwrap();
    ///
    /// // `value` is `-----BEGIN%20CERTIFICATE-----%0AMIIB7jCC…`.
    /// let auth = Receiver::aws_alb_passthrough(Unstated::NotVerified).receive(&[("X-Amzn-Mtls-Clientcert", value)])?;
    /// assert!(!auth.is_trusted());
    /// let leaf = auth.client_certificate().leaf().unwrap(); // verify it, and `chain_certificates`, here
    /// # assert_eq!(leaf, der);
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn aws_alb_passthrough(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::aws_alb_passthrough(), Some(unstated))
    }

    /// Reads the headers of CloudFront's viewer mTLS in its required and optional modes. Its passthrough mode sends RFC 9440's headers:
    /// use [`rfc9440`](Self::rfc9440).
    ///
    /// The headers are those of [`HeaderSet::cloudfront`](crate::HeaderSet::cloudfront).
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    ///
    /// let auth = Receiver::cloudfront(Unstated::Verified).receive(&[
    ///     ("CloudFront-Viewer-Cert-Present", "1"),
    ///     ("CloudFront-Viewer-Cert-Subject", "CN=client.example"),
    /// ])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_subject_dn(), "CN=client.example");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn cloudfront(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::cloudfront(), Some(unstated))
    }
}

const ESCAPED_LEAF: Field = Field::Certificate(CertificateForm::EscapedPem(UrlForm::Alb));
