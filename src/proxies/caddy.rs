//! Caddy's set.

use crate::field::{CertificateForm, DigestForm, Field, NameForm, SanKind, SerialForm};
use crate::headers::HeaderSet;
use crate::receive::{Receiver, Unstated};

impl HeaderSet {
    /// `caddy`: Caddy 2.11's placeholders `{http.request.tls.client.*}`, each in a header with its name. Caddy has no fixed header
    /// names: an operator writes `header_up Tls-Client-Subject {http.request.tls.client.subject}`.
    ///
    /// | Header | Value | Example |
    /// |---|---|---|
    /// | `tls-client-subject`, `-issuer` | [`Name::go`](crate::x509::Name::go) | `CN=client.example,O=Example Corp,C=DE` |
    /// | `tls-client-serial` | decimal | `427079140808787325536401` |
    /// | `tls-client-fingerprint` | SHA-256 in lower-case hex | `73c94b97…` |
    /// | `tls-client-certificate-der-base64` | the DER in standard base64 with padding | `MIIB7j…` |
    /// | `tls-client-public-key` | the key's bits in lower-case hex; elliptic curves and Ed25519 only | `04026167…` |
    /// | `tls-client-public-key-sha256` | their SHA-256 in lower-case hex | `84be6510…` |
    /// | `tls-client-san-dns-names`, `-emails`, `-ips`, `-uris` | all of the kind | `[one.example two.example]`, `[]` |
    ///
    /// URIs are as Go's `URL.String` prints them: `HTTP://UP/a b` is `http://UP/a%20b`, and a trailing `#` is dropped, so different URIs
    /// can print alike. An empty name is an empty entry. Go parses no extensions of a certificate with a version other than 3: its
    /// lists are `[]`.
    ///
    /// Source: observed with Caddy 2.11.7 and 2.6.2. Both print the same, but 2.6 also accepts negative serial numbers and UTF-16 pairs in
    /// a BMPString, for which 2.11 rejects the certificate. No header has the verdict, so the set is sent for trusted clients only.
    ///
    /// Differences:
    /// - Caddy does not escape UTF-8 and TAB in names, and answers 502 for other control bytes. Here every byte outside printable ASCII
    ///   is written as `\C3`, as RFC 2253 allows.
    /// - A header without a value is absent; Caddy sends it empty (an empty subject, an RSA key).
    /// - Without a certificate all are absent; Caddy 2.11 sends `<nil>`, `[]` and the SHA-256 of no bytes, 2.6 the placeholders.
    /// - A subject alternative name with a control byte, or with a space in a list separated by spaces, is left out.
    /// - A space at the end of a name is written as `\20`; Caddy removes it and keeps the backslash before it.
    /// - A serial number of more than 256 bytes is absent.
    /// - `certificate_pem` is not in the set: it contains line breaks, for which Caddy answers 502.
    ///
    /// [`Receiver::caddy`](crate::Receiver::caddy) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::caddy().lines(&client, Limits::new());
    /// assert_eq!(lines.get("tls-client-subject"), Some("CN=client.example,OU=Ops,O=Example Corp,L=Weiden,ST=Bayern,C=DE"));
    /// assert_eq!(lines.get("tls-client-san-dns-names"), Some("[client.example]"));
    /// ```
    #[doc(alias(
        "http.request.tls.client.subject",
        "http.request.tls.client.issuer",
        "http.request.tls.client.serial",
        "http.request.tls.client.fingerprint",
        "http.request.tls.client.certificate_der_base64",
        "http.request.tls.client.public_key",
        "http.request.tls.client.public_key_sha256",
        "http.request.tls.client.san.dns_names",
        "http.request.tls.client.san.emails",
        "http.request.tls.client.san.ips",
        "http.request.tls.client.san.uris",
        "tls-client-subject",
        "tls-client-issuer",
        "tls-client-serial",
        "tls-client-fingerprint",
        "tls-client-certificate-der-base64",
        "tls-client-public-key",
        "tls-client-public-key-sha256",
        "tls-client-san-dns-names",
        "tls-client-san-emails",
        "tls-client-san-ips",
        "tls-client-san-uris",
    ))]
    #[must_use]
    pub fn caddy() -> Self {
        Self::from_table(
            "caddy",
            &[
                ("tls-client-subject", Field::Subject(NameForm::Go)),
                ("tls-client-issuer", Field::Issuer(NameForm::Go)),
                ("tls-client-serial", Field::Serial(SerialForm::Decimal)),
                ("tls-client-fingerprint", Field::Sha256(DigestForm::Lower)),
                ("tls-client-certificate-der-base64", Field::Certificate(CertificateForm::Base64)),
                ("tls-client-public-key", Field::PublicKeyBits),
                ("tls-client-public-key-sha256", Field::PublicKeyBitsSha256(DigestForm::Lower)),
                ("tls-client-san-dns-names", Field::SubjectAltNames(SanKind::Dns)),
                ("tls-client-san-emails", Field::SubjectAltNames(SanKind::Email)),
                ("tls-client-san-ips", Field::SubjectAltNames(SanKind::Ip)),
                ("tls-client-san-uris", Field::SubjectAltNames(SanKind::Uri)),
            ],
        )
    }
}

impl Receiver {
    /// Reads Caddy's placeholders `{http.request.tls.client.…}` from headers with the same names. Go reorders distinguished names, so
    /// without the certificate they differ from the text that other proxies send.
    ///
    /// The headers are those of [`HeaderSet::caddy`](crate::HeaderSet::caddy).
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    ///
    /// let auth = Receiver::caddy(Unstated::Verified).receive(&[
    ///     ("tls-client-subject", "CN=client.example"),
    ///     ("tls-client-serial", "240049"),
    /// ])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_serial(), "03A9B1");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn caddy(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::caddy(), Some(unstated))
    }
}
