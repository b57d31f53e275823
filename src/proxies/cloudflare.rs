//! Cloudflare's three sets. BoringSSL's spelling unless the certificate says otherwise.

use crate::field::{
    CertificateForm, DateForm, DigestForm, Field, Flag, NameForm, SerialForm, VerdictForm,
};
use crate::headers::HeaderSet;

impl HeaderSet {
    /// `cloudflare`: what "client certificate forwarding" sends.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `Cf-Client-Cert-Der-Base64` | the DER in standard base64 with padding |
    /// | `Cf-Client-Cert-Sha256` | its SHA-256 in lower-case hex |
    ///
    /// No verdict stands beside them, so they go out for trusted certificates only. Source: Cloudflare's documentation,
    /// "Enable mTLS".
    #[must_use]
    pub fn cloudflare() -> Self {
        Self::from_table(
            "cloudflare",
            &[
                ("Cf-Client-Cert-Der-Base64", Field::Certificate(CertificateForm::Base64)),
                ("Cf-Client-Cert-Sha256", Field::Sha256(DigestForm::Lower)),
            ],
        )
    }

    /// `cloudflare-worker`: the nine headers of Cloudflare's sample Worker, from `request.cf.tlsClientAuth`.
    ///
    /// What differs: of a revoked certificate `X-CERT-VERIFY` is `FAILED:certificate revoked`. Cloudflare's property says `SUCCESS`, and
    /// the sample sends no header from which its reader could learn of the revocation.
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

    /// `cloudflare-managed`: the seventeen headers of the managed transform "Add TLS client auth headers", in its order.
    /// Revoked, verified and presented are `true` or `false`. `cf-cert-revoked: true` stands beside `cf-cert-verified: true` only: of
    /// a certificate that failed anyhow, revocation is not reported.
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
                ("cf-cert-fingerprint-sha256", Field::Sha256(DigestForm::Lower)),
                ("cf-cert-fingerprint-sha1", Field::Sha1(DigestForm::Lower)),
                ("cf-cert-not-before", Field::NotBefore(DateForm::OpenSsl)),
                ("cf-cert-not-after", Field::NotAfter(DateForm::OpenSsl)),
                ("cf-cert-ski", Field::SubjectKeyIdentifier),
                ("cf-cert-issuer-ski", Field::IssuerSubjectKeyIdentifier),
            ],
        )
    }
}
