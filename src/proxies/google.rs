//! Google Cloud's Application Load Balancer. Source: its documentation; no live traffic was seen.

use crate::field::{
    CertificateForm, ChainForm, DateForm, DigestForm, Field, Flag, NameForm, SerialForm, Sizes,
    SubjectAltNameForm, VerdictForm,
};
use crate::headers::{HeaderSet, When};
use crate::receive::Receiver;
use crate::x509::Dialect;

impl HeaderSet {
    /// `google`: the mutual TLS variables of Google Cloud's Application Load Balancer. Source: Google's documentation,
    /// "Create custom headers in backend services", as of 2026.
    ///
    /// Its administrator chooses the header names: these are the variables' names with `-` for `_`. [`renamed`](Self::renamed) changes
    /// them.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `client-cert-present` | `true`, `false` |
    /// | `client-cert-chain-verified` | `true`, `false` |
    /// | `client-cert-error` | `client_cert_not_provided`, `client_cert_validation_failed`, …; absent without an error |
    /// | `client-cert-sha256-fingerprint` | in standard base64 without padding: 43 characters |
    /// | `client-cert-serial-number` | `00:a3:82:8e:b2:4f:d7:79:d0`, with the sign byte |
    /// | `client-cert-spiffe-id` | `spiffe://example.org/web` |
    /// | `client-cert-uri-sans`, `client-cert-dnsname-sans` | each entry in standard base64, separated by commas |
    /// | `client-cert-valid-not-before`, `-after` | `2022-07-01T18:05:09+00:00` |
    /// | `client-cert-issuer-dn`, `client-cert-subject-dn` | the name's DER in standard base64 |
    /// | `client-cert-leaf` | RFC 9440: `:MIIB…:` |
    /// | `client-cert-chain` | RFC 9440: `:MIIB…:, :MIIB…:` |
    ///
    /// As in Google's documentation, the first three are sent for a client without a certificate, and also the fingerprint for a
    /// certificate that fails verification. A value over Google's limit (50 bytes for the serial number, 2048 bytes for the SPIFFE ID,
    /// 512 characters for each name and list, 16 KiB of DER for the leaf, and for leaf and chain together) is absent, and
    /// `client-cert-error` has Google's word for it: `client_cert_subject_dn_exceeded_size_limit`.
    ///
    /// Differences: a header without a value is absent, not empty. Every failure, also a revoked certificate, is
    /// `client_cert_validation_failed`; Google has separate words for some failures.
    ///
    /// [`Receiver::google`](crate::Receiver::google) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::google().lines(&client, Limits::new());
    /// assert_eq!(lines.get("client-cert-chain-verified"), Some("true"));
    /// assert_eq!(lines.get("client-cert-serial-number"), Some("5a:70:01:b1:7b:53:92:86:c8:91"));
    /// ```
    #[doc(alias(
        "client_cert_present",
        "client_cert_chain_verified",
        "client_cert_error",
        "client_cert_sha256_fingerprint",
        "client_cert_serial_number",
        "client_cert_spiffe_id",
        "client_cert_uri_sans",
        "client_cert_dnsname_sans",
        "client_cert_valid_not_before",
        "client_cert_valid_not_after",
        "client_cert_issuer_dn",
        "client_cert_subject_dn",
        "client_cert_leaf",
        "client_cert_chain",
        "client-cert-present",
        "client-cert-chain-verified",
        "client-cert-error",
        "client-cert-sha256-fingerprint",
        "client-cert-serial-number",
        "client-cert-spiffe-id",
        "client-cert-uri-sans",
        "client-cert-dnsname-sans",
        "client-cert-valid-not-before",
        "client-cert-valid-not-after",
        "client-cert-issuer-dn",
        "client-cert-subject-dn",
        "client-cert-leaf",
        "client-cert-chain",
        "GCP",
    ))]
    #[must_use]
    pub fn google() -> Self {
        const fn san(form: SubjectAltNameForm) -> Field {
            Field::SubjectAltName(form)
        }
        let leaf = Field::Certificate(CertificateForm::ByteSequence);
        let rows = [
            ("client-cert-present", Field::Presented(Flag::Word)),
            ("client-cert-chain-verified", Field::Verdict(VerdictForm::Word)),
            ("client-cert-error", Field::Errors),
            ("client-cert-sha256-fingerprint", Field::Sha256(DigestForm::Base64Unpadded)),
            ("client-cert-serial-number", Field::Serial(SerialForm::DerColons)),
            ("client-cert-spiffe-id", san(SubjectAltNameForm::SpiffeId)),
            ("client-cert-uri-sans", san(SubjectAltNameForm::UriBase64)),
            ("client-cert-dnsname-sans", san(SubjectAltNameForm::DnsBase64)),
            ("client-cert-valid-not-before", Field::NotBefore(DateForm::Iso8601Offset)),
            ("client-cert-valid-not-after", Field::NotAfter(DateForm::Iso8601Offset)),
            ("client-cert-issuer-dn", Field::Issuer(NameForm::Base64)),
            ("client-cert-subject-dn", Field::Subject(NameForm::Base64)),
            ("client-cert-leaf", leaf),
            ("client-cert-chain", Field::Chain(ChainForm::ByteSequences)),
        ];
        let when = |field| match field {
            Field::Presented(_) | Field::Verdict(_) | Field::Errors | Field::Sha256(_) => {
                When::WithVerdict
            }
            _ => When::Trusted,
        };
        let rows = rows.into_iter().map(|(name, field)| (name, field, when(field)));
        Self::from_table_when("google", rows)
            .with_dialect(Dialect::OpenSsl)
            .with_sizes(Sizes::Google)
    }
}

impl Receiver {
    /// Reads the variables `client_cert_…` of Google's Application Load Balancer from headers with the same names.
    ///
    /// A certificate with a `client-cert-error` is not trusted, whatever `client-cert-chain-verified` is and whatever the error is,
    /// also `client_cert_subject_dn_exceeded_size_limit`.
    ///
    /// The headers are those of [`HeaderSet::google`](crate::HeaderSet::google).
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let auth = Receiver::google().receive(&[
    ///     ("client-cert-present", "true"),
    ///     ("client-cert-chain-verified", "true"),
    ///     ("client-cert-serial-number", "03:a5:b1"),
    /// ])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_serial(), "03A5B1");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn google() -> Self {
        Self::from_set(&HeaderSet::google(), None)
    }
}
