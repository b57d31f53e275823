//! Apache httpd's mod_ssl variables.

use crate::field::{
    CertificateForm, DateForm, Field, NameForm, SerialForm, SubjectAltNameForm, VerdictForm,
};
use crate::headers::HeaderSet;
use crate::receive::Receiver;
use crate::x509::Dialect;

impl HeaderSet {
    /// `apache`: the `SSL_CLIENT_…` variables, as Apache httpd 2.4.71 on OpenSSL 3 was observed to send them with
    /// `RequestHeader set NAME "%{VARIABLE}s"`.
    ///
    /// Apache has no fixed header names: these are its variables' names with `-` for `_`. [`renamed`](Self::renamed) changes them.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `SSL-CLIENT-VERIFY` | `SUCCESS`, `NONE`, `FAILED:certificate has expired` |
    /// | `SSL-CLIENT-M-VERSION` | `3` |
    /// | `SSL-CLIENT-M-SERIAL` | `A3828EB24FD779D0`, `-01` |
    /// | `SSL-CLIENT-S-DN`, `-I-DN` | `CN=Jos\C3\A9,O=Acme\, Inc.,C=US` (RFC 2253) |
    /// | `SSL-CLIENT-V-START`, `-V-END` | `Feb  3 00:55:52 2015 GMT` |
    /// | `SSL-CLIENT-V-REMAIN` | whole days: `3275` |
    /// | `SSL-CLIENT-CERT` | `-----BEGIN CERTIFICATE----- MIIB+g… -----END CERTIFICATE-----` |
    /// | `SSL-CLIENT-CERT-CHAIN-0` … `-3` | the certificates after the leaf in the same form |
    /// | `SSL-CLIENT-SAN-Email-0` … `-3` | `user@client.example` |
    /// | `SSL-CLIENT-SAN-DNS-0` … `-3` | `client.example` |
    /// | `SSL-CLIENT-SAN-OTHER-msUPN-0`, `-1` | `user@example.com` |
    ///
    /// Without a certificate, only `SSL-CLIENT-VERIFY: NONE` is sent.
    ///
    /// Differences:
    /// - A variable without a value gives no header; Apache sends `(null)`.
    /// - Bytes over 0x7F in a name are written as `\C3\A9`, as by nginx; Apache sends them raw. The same in an alternative name, in which
    ///   Apache reads UTF-8 as Latin-1 and writes that as UTF-8.
    /// - No value begins or ends with a space. Apache's PEM ends with one, and a name or an alternative name can; there it is written
    ///   as `\20`, in the legacy form as `\x20`.
    /// - A serial number of more than 35 bytes is on one line.
    /// - An invalid date gives no header; Apache sends `Bad time value`, and `0` for the days.
    /// - `GENEROUS`, Apache's word for a certificate that `optional_no_ca` accepted, is not sent: the header has the TLS library's result.
    ///
    /// [`Receiver::apache`](crate::Receiver::apache) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::apache().lines(&client, Limits::new());
    /// assert_eq!(lines.get("SSL-CLIENT-VERIFY"), Some("SUCCESS"));
    /// assert_eq!(lines.get("SSL-CLIENT-S-DN"), Some("CN=client.example,OU=Ops,O=Example Corp,L=Weiden,ST=Bayern,C=DE"));
    /// ```
    #[doc(alias(
        "SSL_CLIENT_VERIFY",
        "SSL_CLIENT_M_VERSION",
        "SSL_CLIENT_M_SERIAL",
        "SSL_CLIENT_S_DN",
        "SSL_CLIENT_I_DN",
        "SSL_CLIENT_V_START",
        "SSL_CLIENT_V_END",
        "SSL_CLIENT_V_REMAIN",
        "SSL_CLIENT_CERT",
        "SSL_CLIENT_CERT_CHAIN_0",
        "SSL_CLIENT_SAN_Email_0",
        "SSL_CLIENT_SAN_DNS_0",
        "SSL_CLIENT_SAN_OTHER_msUPN_0",
        "SSL-CLIENT-VERIFY",
        "SSL-CLIENT-M-VERSION",
        "SSL-CLIENT-M-SERIAL",
        "SSL-CLIENT-S-DN",
        "SSL-CLIENT-I-DN",
        "SSL-CLIENT-V-START",
        "SSL-CLIENT-V-END",
        "SSL-CLIENT-V-REMAIN",
        "SSL-CLIENT-CERT",
        "SSL-CLIENT-CERT-CHAIN-0",
        "SSL-CLIENT-SAN-Email-0",
        "SSL-CLIENT-SAN-DNS-0",
        "SSL-CLIENT-SAN-OTHER-msUPN-0",
        "httpd",
        "mod_ssl",
        "RequestHeader",
    ))]
    #[must_use]
    pub fn apache() -> Self {
        Self::apache_with("apache", NameForm::Rfc2253)
    }

    /// `apache-legacy`: the same with `SSLOptions +LegacyDNStringFormat`: names are `/C=US/O=Acme, Inc./CN=Jos\xC3\xA9`. For display
    /// only: different names can print alike.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::apache_legacy().lines(&client, Limits::new());
    /// assert_eq!(lines.get("SSL-CLIENT-I-DN"), Some("/C=DE/O=Peers Test/CN=Peers Root CA"));
    /// ```
    #[doc(alias("LegacyDNStringFormat"))]
    #[must_use]
    pub fn apache_legacy() -> Self {
        Self::apache_with("apache-legacy", NameForm::Legacy)
    }

    fn apache_with(name: &str, form: NameForm) -> Self {
        const fn san(form: SubjectAltNameForm) -> Field {
            Field::SubjectAltName(form)
        }
        const fn chain(index: u8) -> Field {
            Field::ChainCertificate(index, CertificateForm::OneLinePem)
        }
        Self::from_table(
            name,
            &[
                ("SSL-CLIENT-VERIFY", Field::Verdict(VerdictForm::Text)),
                ("SSL-CLIENT-M-VERSION", Field::Version),
                ("SSL-CLIENT-M-SERIAL", Field::Serial(SerialForm::Hex)),
                ("SSL-CLIENT-S-DN", Field::Subject(form)),
                ("SSL-CLIENT-I-DN", Field::Issuer(form)),
                ("SSL-CLIENT-V-START", Field::NotBefore(DateForm::OpenSsl)),
                ("SSL-CLIENT-V-END", Field::NotAfter(DateForm::OpenSsl)),
                ("SSL-CLIENT-V-REMAIN", Field::DaysRemaining),
                ("SSL-CLIENT-CERT", Field::Certificate(CertificateForm::OneLinePem)),
                ("SSL-CLIENT-CERT-CHAIN-0", chain(0)),
                ("SSL-CLIENT-CERT-CHAIN-1", chain(1)),
                ("SSL-CLIENT-CERT-CHAIN-2", chain(2)),
                ("SSL-CLIENT-CERT-CHAIN-3", chain(3)),
                ("SSL-CLIENT-SAN-Email-0", san(SubjectAltNameForm::Email(0))),
                ("SSL-CLIENT-SAN-Email-1", san(SubjectAltNameForm::Email(1))),
                ("SSL-CLIENT-SAN-Email-2", san(SubjectAltNameForm::Email(2))),
                ("SSL-CLIENT-SAN-Email-3", san(SubjectAltNameForm::Email(3))),
                ("SSL-CLIENT-SAN-DNS-0", san(SubjectAltNameForm::Dns(0))),
                ("SSL-CLIENT-SAN-DNS-1", san(SubjectAltNameForm::Dns(1))),
                ("SSL-CLIENT-SAN-DNS-2", san(SubjectAltNameForm::Dns(2))),
                ("SSL-CLIENT-SAN-DNS-3", san(SubjectAltNameForm::Dns(3))),
                ("SSL-CLIENT-SAN-OTHER-msUPN-0", san(SubjectAltNameForm::UserPrincipalName(0))),
                ("SSL-CLIENT-SAN-OTHER-msUPN-1", san(SubjectAltNameForm::UserPrincipalName(1))),
            ],
        )
        .also_read(&[
            ("SSL-CLIENT-CERT-CHAIN-4", chain(4)),
            ("SSL-CLIENT-CERT-CHAIN-5", chain(5)),
            ("SSL-CLIENT-CERT-CHAIN-6", chain(6)),
            ("SSL-CLIENT-CERT-CHAIN-7", chain(7)),
            ("SSL-CLIENT-CERT-CHAIN-8", chain(8)),
            ("SSL-CLIENT-CERT-CHAIN-9", chain(9)),
            ("SSL-CLIENT-CERT-CHAIN-10", chain(10)),
        ])
        .with_dialect(Dialect::OpenSsl)
    }
}

impl Receiver {
    /// Reads Apache's variables `SSL_CLIENT_…` from headers with the same names, with or without `LegacyDNStringFormat`: names that begin
    /// with `/` are parsed as the legacy form. `GENEROUS` is a certificate that was not verified.
    ///
    /// With `optional_no_ca`, Apache sends `SUCCESS` for a self-signed certificate on a resumed TLS 1.2 session: use
    /// `SSLVerifyClient optional` or `require`.
    ///
    /// The headers are those of [`HeaderSet::apache`](crate::HeaderSet::apache).
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let auth = Receiver::apache().receive(&[
    ///     ("SSL-CLIENT-VERIFY", "SUCCESS"),
    ///     ("SSL-CLIENT-S-DN", "CN=client.example"),
    /// ])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_subject_dn(), "CN=client.example");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn apache() -> Self {
        Self::from_set(&HeaderSet::apache(), None).generous().with_verdict_always()
    }
}
