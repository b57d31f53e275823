//! Cloudflare's three sets. Their dialect is the client's, BoringSSL by default.

use crate::field::{
    CertificateForm, DateForm, DigestForm, Field, Flag, NameForm, SerialForm, Sizes, VerdictForm,
};
use crate::headers::HeaderSet;
use crate::receive::{Receiver, Unstated};

impl HeaderSet {
    /// `cloudflare`: the two headers of Cloudflare's "client certificate forwarding".
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `Cf-Client-Cert-Der-Base64` | the DER in standard base64 with padding |
    /// | `Cf-Client-Cert-Sha256` | its SHA-256 in lower-case hex |
    ///
    /// The headers have no verdict, so they are sent for trusted clients only. Source: Cloudflare's documentation, "Enable mTLS"; no
    /// live traffic was seen.
    ///
    /// [`Receiver::cloudflare`](crate::Receiver::cloudflare) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::cloudflare().lines(&client, Limits::new());
    /// assert!(lines.get("Cf-Client-Cert-Der-Base64").is_some_and(|value| value.starts_with("MIIB7jCC")));
    /// assert!(lines.get("Cf-Client-Cert-Sha256").is_some_and(|value| value.starts_with("73c94b97")));
    /// ```
    #[doc(alias("Cf-Client-Cert-Der-Base64", "Cf-Client-Cert-Sha256"))]
    #[must_use]
    pub fn cloudflare() -> Self {
        Self::from_table(
            "cloudflare",
            &[
                ("Cf-Client-Cert-Der-Base64", Field::Certificate(CertificateForm::Base64)),
                ("Cf-Client-Cert-Sha256", Field::Sha256(DigestForm::Lower)),
            ],
        )
        .with_sizes(Sizes::Cloudflare)
    }

    /// `cloudflare-worker`: the nine headers of Cloudflare's sample Worker, from `request.cf.tlsClientAuth`. Source: Cloudflare's
    /// documentation; no live traffic was seen.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `X-CERT-ISSUER-DN`, `X-CERT-SUBJECT-DN` | `CN=Jos\C3\A9,O=Acme\, Inc.,C=US` (RFC 2253) |
    /// | `X-CERT-ISSUER-DN-L`, `X-CERT-SUBJECT-DN-L` | `/C=US/O=Acme, Inc./CN=Jos\xC3\xA9`. For display only |
    /// | `X-CERT-SERIAL` | `A3828EB24FD779D0` |
    /// | `X-CERT-FINGER` | SHA-1 in lower-case hex |
    /// | `X-CERT-VERIFY` | `SUCCESS`, `NONE`, `FAILED:certificate has expired` |
    /// | `X-CERT-NOTBE`, `X-CERT-NOTAF` | `Feb  3 00:55:52 2015 GMT` |
    ///
    /// Difference: for a revoked certificate `X-CERT-VERIFY` is `FAILED:certificate revoked`. Cloudflare's property is `SUCCESS`, and the
    /// sample has no header for the revocation.
    ///
    /// [`Receiver::cloudflare_worker`](crate::Receiver::cloudflare_worker) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::cloudflare_worker().lines(&client, Limits::new());
    /// assert_eq!(lines.get("X-CERT-VERIFY"), Some("SUCCESS"));
    /// assert_eq!(lines.get("X-CERT-SERIAL"), Some("5A7001B17B539286C891"));
    /// ```
    #[doc(alias(
        "X-CERT-ISSUER-DN",
        "X-CERT-SUBJECT-DN",
        "X-CERT-ISSUER-DN-L",
        "X-CERT-SUBJECT-DN-L",
        "X-CERT-SERIAL",
        "X-CERT-FINGER",
        "X-CERT-VERIFY",
        "X-CERT-NOTBE",
        "X-CERT-NOTAF",
        "Workers",
    ))]
    #[must_use]
    pub fn cloudflare_worker() -> Self {
        Self::from_table(
            "cloudflare-worker",
            &[
                ("X-CERT-ISSUER-DN", Field::Issuer(NameForm::Rfc2253)),
                ("X-CERT-SUBJECT-DN", Field::Subject(NameForm::Rfc2253)),
                ("X-CERT-ISSUER-DN-L", Field::Issuer(NameForm::Legacy)),
                ("X-CERT-SUBJECT-DN-L", Field::Subject(NameForm::Legacy)),
                ("X-CERT-SERIAL", Field::Serial(SerialForm::Hex)),
                ("X-CERT-FINGER", Field::Sha1(DigestForm::Lower)),
                ("X-CERT-VERIFY", Field::Verdict(VerdictForm::Text)),
                ("X-CERT-NOTBE", Field::NotBefore(DateForm::OpenSsl)),
                ("X-CERT-NOTAF", Field::NotAfter(DateForm::OpenSsl)),
            ],
        )
    }

    /// `cloudflare-managed`: the seventeen headers of the managed transform "Add TLS client auth headers", in its order. Source:
    /// Cloudflare's documentation; no live traffic was seen.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `cf-cert-revoked`, `cf-cert-verified`, `cf-cert-presented` | `true`, `false` |
    /// | `cf-cert-issuer-dn`, `cf-cert-subject-dn`, and the same with `-rfc2253` | `CN=Jos\C3\A9,O=Acme\, Inc.,C=US` (RFC 2253) |
    /// | `cf-cert-issuer-dn-legacy`, `cf-cert-subject-dn-legacy` | `/C=US/O=Acme, Inc./CN=Jos\xC3\xA9`. For display only |
    /// | `cf-cert-serial`, `cf-cert-issuer-serial` | `A3828EB24FD779D0` |
    /// | `cf-cert-sha256`, `cf-cert-sha1` | in lower-case hex |
    /// | `cf-cert-not-before`, `cf-cert-not-after` | `Feb  3 00:55:52 2015 GMT` |
    /// | `cf-cert-ski`, `cf-cert-issuer-ski` | in upper-case hex: `27846FAE6EAC4A8DAD9101B519CF1EB460242831` |
    ///
    /// `cf-cert-revoked: true` is sent only with `cf-cert-verified: true`, because revocation is not reported for a certificate that failed
    /// verification.
    ///
    /// The digests are `cf-cert-sha256` and `cf-cert-sha1`. Editions of the documentation before September 2026 called them
    /// `cf-cert-fingerprint-sha256` and `-sha1`. Cloudflare never sets those, so a client could: they are stripped from every request,
    /// and no receiver reads them.
    ///
    /// [`Receiver::cloudflare_managed`](crate::Receiver::cloudflare_managed) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::cloudflare_managed().lines(&client, Limits::new());
    /// assert_eq!(lines.get("cf-cert-verified"), Some("true"));
    /// assert_eq!(lines.get("cf-cert-subject-dn"), Some("CN=client.example,OU=Ops,O=Example Corp,L=Weiden,ST=Bayern,C=DE"));
    /// ```
    #[doc(alias(
        "cf-cert-revoked",
        "cf-cert-verified",
        "cf-cert-presented",
        "cf-cert-issuer-dn",
        "cf-cert-subject-dn",
        "cf-cert-issuer-dn-legacy",
        "cf-cert-subject-dn-legacy",
        "cf-cert-serial",
        "cf-cert-issuer-serial",
        "cf-cert-sha256",
        "cf-cert-sha1",
        "cf-cert-not-before",
        "cf-cert-not-after",
        "cf-cert-ski",
        "cf-cert-issuer-ski",
    ))]
    #[must_use]
    pub fn cloudflare_managed() -> Self {
        Self::from_table(
            "cloudflare-managed",
            &[
                ("cf-cert-revoked", Field::Revoked(Flag::Word)),
                ("cf-cert-verified", Field::VerifiedFlag(Flag::Word)),
                ("cf-cert-presented", Field::Presented(Flag::Word)),
                ("cf-cert-issuer-dn", Field::Issuer(NameForm::Rfc2253)),
                ("cf-cert-subject-dn", Field::Subject(NameForm::Rfc2253)),
                ("cf-cert-issuer-dn-rfc2253", Field::Issuer(NameForm::Rfc2253)),
                ("cf-cert-subject-dn-rfc2253", Field::Subject(NameForm::Rfc2253)),
                ("cf-cert-issuer-dn-legacy", Field::Issuer(NameForm::Legacy)),
                ("cf-cert-subject-dn-legacy", Field::Subject(NameForm::Legacy)),
                ("cf-cert-serial", Field::Serial(SerialForm::Hex)),
                ("cf-cert-issuer-serial", Field::IssuerSerial),
                ("cf-cert-sha256", Field::Sha256(DigestForm::Lower)),
                ("cf-cert-sha1", Field::Sha1(DigestForm::Lower)),
                ("cf-cert-not-before", Field::NotBefore(DateForm::OpenSsl)),
                ("cf-cert-not-after", Field::NotAfter(DateForm::OpenSsl)),
                ("cf-cert-ski", Field::SubjectKeyIdentifier),
                ("cf-cert-issuer-ski", Field::IssuerSubjectKeyIdentifier),
            ],
        )
    }
}

impl Receiver {
    /// Reads [`HeaderSet::cloudflare`](crate::HeaderSet::cloudflare): `Cf-Client-Cert-Der-Base64` and `…-Sha256`.
    ///
    /// Cloudflare sends them on the first request of a connection only: a request without them may be of a client with a certificate.
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    /// # use tls_client_auth::{ClientCertificate, HeaderSet, Verification, field::Limits};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    /// # let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// # let lines = HeaderSet::cloudflare().lines(&client, Limits::new());
    /// # let value = lines.get("Cf-Client-Cert-Der-Base64").unwrap();
    ///
    /// // `value` is `MIIB7jCC…`.
    /// let auth = Receiver::cloudflare(Unstated::Verified).receive(&[("Cf-Client-Cert-Der-Base64", value)])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_serial(), "5A7001B17B539286C891");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn cloudflare(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::cloudflare(), Some(unstated))
    }

    /// Reads [`HeaderSet::cloudflare_worker`](crate::HeaderSet::cloudflare_worker). Individual fields only; no certificate.
    ///
    /// The sample Worker as published sends `X-CERT-VERIFY: undefined`, which is an error here: the Worker reads the property
    /// `certVerify`, but its name is `certVerified`. Correct that line of the Worker; if you cannot, use
    /// [`cloudflare_worker_as_published`](Self::cloudflare_worker_as_published).
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let auth = Receiver::cloudflare_worker().receive(&[
    ///     ("X-CERT-VERIFY", "SUCCESS"),
    ///     ("X-CERT-SUBJECT-DN", "CN=client.example"),
    /// ])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_subject_dn(), "CN=client.example");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn cloudflare_worker() -> Self {
        Self::from_set(&HeaderSet::cloudflare_worker(), None)
    }

    /// Reads the headers of the sample Worker as published. Its `X-CERT-VERIFY` is `undefined`, and is ignored. Use
    /// [`Unstated::Verified`] only if the zone's rules block clients that do not verify.
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    ///
    /// let request = [("X-CERT-VERIFY", "undefined"), ("X-CERT-SUBJECT-DN", "CN=a"), ("X-CERT-SERIAL", "")];
    /// assert!(Receiver::cloudflare_worker().receive(&request).is_err());
    /// let receiver = Receiver::cloudflare_worker_as_published(Unstated::NotVerified);
    /// let auth = receiver.receive(&request)?;
    /// assert!(auth.is_presented() && !auth.is_trusted());
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn cloudflare_worker_as_published(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::cloudflare_worker(), Some(unstated)).without_verdict_rows()
    }

    /// Reads [`HeaderSet::cloudflare_managed`](crate::HeaderSet::cloudflare_managed). Individual fields only; no certificate, and no
    /// reason for a failed verification.
    ///
    /// Without `cf-cert-revoked` the certificate counts as not revoked. Cloudflare sends it on every request; a proxy between
    /// Cloudflare and the origin must not drop it.
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let auth = Receiver::cloudflare_managed().receive(&[
    ///     ("cf-cert-presented", "true"),
    ///     ("cf-cert-verified", "true"),
    ///     ("cf-cert-revoked", "true"),
    /// ])?;
    /// assert!(auth.is_presented() && auth.is_revoked() && !auth.is_trusted());
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn cloudflare_managed() -> Self {
        Self::from_set(&HeaderSet::cloudflare_managed(), None)
    }
}
