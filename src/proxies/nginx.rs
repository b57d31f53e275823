//! nginx's variables, and ingress-nginx's headers.

use crate::encoding::UrlForm;
use crate::field::{
    CertificateForm, DateForm, DigestForm, Field, NameForm, SerialForm, VerdictForm,
};
use crate::headers::HeaderSet;
use crate::receive::Receiver;
use crate::x509::Dialect;

impl HeaderSet {
    /// `nginx`: the `$ssl_client_…` variables, as nginx 1.22 and 1.28 on OpenSSL 3 were observed to send them with
    /// `proxy_set_header`.
    ///
    /// nginx has no fixed header names: these are its variables' names with `-` for `_`. [`renamed`](Self::renamed) changes them.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `ssl-client-s-dn`, `-i-dn` | `CN=Jos\C3\A9,O=Acme\, Inc.,C=US` (RFC 2253) |
    /// | `ssl-client-s-dn-legacy`, `-i-dn-legacy` | `/C=US/O=Acme, Inc./CN=Jos\xC3\xA9` |
    /// | `ssl-client-serial` | `A3828EB24FD779D0`, `-01` |
    /// | `ssl-client-fingerprint` | SHA-1 in lower-case hex |
    /// | `ssl-client-v-start`, `-v-end` | `Feb  3 00:55:52 2015 GMT` |
    /// | `ssl-client-v-remain` | whole days: `3275`; `0` on the last day and afterwards; absent for years before 1000 and dates with a fraction of a second, which nginx cannot parse |
    /// | `ssl-client-verify` | `SUCCESS`, `NONE`, `FAILED:certificate has expired` |
    /// | `ssl-client-escaped-cert` | `-----BEGIN%20CERTIFICATE-----%0AMIIB%2Bg…%0A` |
    ///
    /// As with nginx, without a certificate only `ssl-client-verify: NONE` is sent, and a variable without a value gives no header.
    ///
    /// Differences:
    /// - A serial number of more than 35 bytes is on one line; nginx breaks it and sends a bare line feed.
    /// - A space at the end of a name is written as `\20`, in the legacy form as `\x20`.
    /// - An invalid date gives no header; nginx sends `Bad time value`.
    /// - A name that cannot be parsed gives no header; nginx rejects the handshake.
    /// - nginx by default answers 400 to most certificates that fail verification, so its origins seldom receive `FAILED`.
    ///
    /// [`Receiver::nginx`](crate::Receiver::nginx) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::nginx().lines(&client, Limits::new());
    /// assert_eq!(lines.get("ssl-client-verify"), Some("SUCCESS"));
    /// assert_eq!(lines.get("ssl-client-s-dn"), Some("CN=client.example,OU=Ops,O=Example Corp,L=Weiden,ST=Bayern,C=DE"));
    /// ```
    #[doc(alias(
        "ssl_client_verify",
        "ssl_client_s_dn",
        "ssl_client_i_dn",
        "ssl_client_s_dn_legacy",
        "ssl_client_i_dn_legacy",
        "ssl_client_serial",
        "ssl_client_fingerprint",
        "ssl_client_v_start",
        "ssl_client_v_end",
        "ssl_client_v_remain",
        "ssl_client_escaped_cert",
        "ssl-client-verify",
        "ssl-client-s-dn",
        "ssl-client-i-dn",
        "ssl-client-s-dn-legacy",
        "ssl-client-i-dn-legacy",
        "ssl-client-serial",
        "ssl-client-fingerprint",
        "ssl-client-v-start",
        "ssl-client-v-end",
        "ssl-client-v-remain",
        "ssl-client-escaped-cert",
        "proxy_set_header",
    ))]
    #[must_use]
    pub fn nginx() -> Self {
        Self::from_table(
            "nginx",
            &[
                ("ssl-client-s-dn", Field::Subject(NameForm::Rfc2253)),
                ("ssl-client-i-dn", Field::Issuer(NameForm::Rfc2253)),
                ("ssl-client-s-dn-legacy", Field::Subject(NameForm::Legacy)),
                ("ssl-client-i-dn-legacy", Field::Issuer(NameForm::Legacy)),
                ("ssl-client-serial", Field::Serial(SerialForm::Hex)),
                ("ssl-client-fingerprint", Field::Sha1(DigestForm::Lower)),
                ("ssl-client-v-start", Field::NotBefore(DateForm::OpenSsl)),
                ("ssl-client-v-end", Field::NotAfter(DateForm::OpenSsl)),
                ("ssl-client-v-remain", Field::DaysRemaining),
                ("ssl-client-verify", Field::Verdict(VerdictForm::Text)),
                ("ssl-client-escaped-cert", ESCAPED_CERTIFICATE),
            ],
        )
        .with_dialect(Dialect::OpenSsl)
    }

    /// `ingress-nginx`: the headers of the Kubernetes controller (template `nginx.tmpl`, all versions since 0.9), with
    /// `auth-tls-pass-certificate-to-upstream: "true"` for the last one.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `ssl-client-verify` | `$ssl_client_verify`: `SUCCESS`, `NONE`, `FAILED:certificate has expired` |
    /// | `ssl-client-subject-dn` | `$ssl_client_s_dn`: `CN=Jos\C3\A9,O=Acme\, Inc.,C=US` |
    /// | `ssl-client-issuer-dn` | `$ssl_client_i_dn` |
    /// | `ssl-client-cert` | `$ssl_client_escaped_cert`: `-----BEGIN%20CERTIFICATE-----%0AMIIB%2Bg…%0A` |
    ///
    /// The values and the differences are those of [`nginx`](Self::nginx). The controller does not strip a client's own headers on hosts
    /// without a client CA; here they are stripped on all hosts.
    ///
    /// [`Receiver::ingress_nginx`](crate::Receiver::ingress_nginx) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::ingress_nginx().lines(&client, Limits::new());
    /// assert_eq!(lines.get("ssl-client-verify"), Some("SUCCESS"));
    /// assert_eq!(lines.get("ssl-client-issuer-dn"), Some("CN=Peers Root CA,O=Peers Test,C=DE"));
    /// ```
    #[doc(alias(
        "ssl-client-verify",
        "ssl-client-subject-dn",
        "ssl-client-issuer-dn",
        "ssl-client-cert",
        "auth-tls-secret",
        "auth-tls-pass-certificate-to-upstream",
        "kubernetes",
    ))]
    #[must_use]
    pub fn ingress_nginx() -> Self {
        Self::from_table(
            "ingress-nginx",
            &[
                ("ssl-client-verify", Field::Verdict(VerdictForm::Text)),
                ("ssl-client-subject-dn", Field::Subject(NameForm::Rfc2253)),
                ("ssl-client-issuer-dn", Field::Issuer(NameForm::Rfc2253)),
                ("ssl-client-cert", ESCAPED_CERTIFICATE),
            ],
        )
        .with_dialect(Dialect::OpenSsl)
    }
}

impl Receiver {
    /// Reads nginx's variables `$ssl_client_…` from headers with the same names. The certificate is `$ssl_client_escaped_cert`,
    /// `$ssl_client_cert` with its folded lines, or an encoding that other proxies send under that name: PEM with `+` for a space,
    /// several PEMs, base64 of DER or PEM.
    ///
    /// The headers are those of [`HeaderSet::nginx`](crate::HeaderSet::nginx).
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let auth = Receiver::nginx().receive(&[
    ///     ("ssl-client-verify", "SUCCESS"),
    ///     ("ssl-client-s-dn", "CN=client.example"),
    /// ])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_subject_dn(), "CN=client.example");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn nginx() -> Self {
        Self::from_set(&HeaderSet::nginx(), None).with_verdict_always()
    }

    /// Reads the headers of ingress-nginx, and of Traefik's replacement for it. Without `auth-tls-pass-certificate-to-upstream` the
    /// controller does not set the certificate's header and forwards a client's own: read [`only`](Self::only) the other three then. On
    /// hosts without `auth-tls-secret` it forwards all four.
    ///
    /// The headers are those of [`HeaderSet::ingress_nginx`](crate::HeaderSet::ingress_nginx).
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let auth = Receiver::ingress_nginx().receive(&[
    ///     ("ssl-client-verify", "SUCCESS"),
    ///     ("ssl-client-subject-dn", "CN=client.example"),
    /// ])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_subject_dn(), "CN=client.example");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn ingress_nginx() -> Self {
        Self::from_set(&HeaderSet::ingress_nginx(), None).with_verdict_always()
    }
}

const ESCAPED_CERTIFICATE: Field =
    Field::Certificate(CertificateForm::EscapedPem(UrlForm::Component));
