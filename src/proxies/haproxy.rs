//! HAProxy's sample fetches, and the header names of its manual.

use crate::field::{
    CertificateForm, ChainForm, DateForm, DigestForm, Field, Flag, NameForm, SerialForm,
    VerdictForm,
};
use crate::headers::HeaderSet;
use crate::receive::Receiver;
use crate::x509::Dialect;

impl HeaderSet {
    /// `haproxy`: the `ssl_c_…` sample fetches, as HAProxy 2.6 on OpenSSL 3 was observed to send them with `http-request
    /// set-header`.
    ///
    /// HAProxy has no fixed header names: these are the names of its fetches and converters with `-` for `_`.
    /// [`renamed`](Self::renamed) changes them.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `ssl-c-verify` | OpenSSL's code: `0`, `10` for an expired certificate |
    /// | `ssl-c-s-dn`, `-i-dn` | `/C=US/O=Acme, Inc./CN=Jos%C3%A9`, HAProxy's own form. For display only |
    /// | `ssl-c-s-dn-rfc2253`, `-i-dn-rfc2253` | `CN=Jos\C3\A9,O=Acme\, Inc.,C=US` |
    /// | `ssl-c-serial-hex` | `A3828EB24FD779D0`, without the sign of a negative number |
    /// | `ssl-c-sha1-hex`, `ssl-c-sha256-hex` | in upper-case hex |
    /// | `ssl-c-notbefore`, `-notafter` | `150203005552Z`; absent before 2000 and after 2099 |
    /// | `ssl-c-der-base64` | the leaf's DER in standard base64 |
    /// | `ssl-c-chain-der-base64` | the DER of the certificates after it, one after the other, in standard base64 |
    ///
    /// Differences:
    /// - Without a certificate nothing is sent; HAProxy sends `ssl-c-verify: 0`, as for a verified one, and the other headers
    ///   empty.
    /// - A header without a value is absent; HAProxy sends it empty.
    /// - In HAProxy's own form of a name, a tab and bytes over 0x7F are written as `%09` and `%C3`, as HAProxy writes control bytes;
    ///   HAProxy sends them raw. A `%` before two hex digits is written as `%25`, so that it cannot be mistaken for an escape.
    /// - A space at the end of a name is written as `%20`, and at the beginning of `X-SSL-Client-CN` too.
    /// - A certificate that was not verified, and a reason without a code, is `ssl-c-verify: 1`, never `0`.
    ///
    /// [`Receiver::haproxy`](crate::Receiver::haproxy) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::haproxy().lines(&client, Limits::new());
    /// assert_eq!(lines.get("ssl-c-verify"), Some("0"));
    /// assert_eq!(lines.get("ssl-c-s-dn-rfc2253"), Some("CN=client.example,OU=Ops,O=Example Corp,L=Weiden,ST=Bayern,C=DE"));
    /// ```
    #[doc(alias(
        "ssl_c_verify",
        "ssl_c_s_dn",
        "ssl_c_i_dn",
        "ssl_c_serial",
        "ssl_c_sha1",
        "ssl_c_notbefore",
        "ssl_c_notafter",
        "ssl_c_der",
        "ssl_c_chain_der",
        "ssl_c_used",
        "ssl-c-verify",
        "ssl-c-s-dn",
        "ssl-c-i-dn",
        "ssl-c-serial-hex",
        "ssl-c-sha1-hex",
        "ssl-c-sha256-hex",
        "ssl-c-notbefore",
        "ssl-c-notafter",
        "ssl-c-der",
        "ssl-c-chain-der",
        "ssl-c-used",
    ))]
    #[must_use]
    pub fn haproxy() -> Self {
        Self::from_table(
            "haproxy",
            &[
                ("ssl-c-verify", Field::Verdict(VerdictForm::Code)),
                ("ssl-c-s-dn", Field::Subject(NameForm::HaProxy)),
                ("ssl-c-s-dn-rfc2253", Field::Subject(NameForm::Rfc2253)),
                ("ssl-c-i-dn", Field::Issuer(NameForm::HaProxy)),
                ("ssl-c-i-dn-rfc2253", Field::Issuer(NameForm::Rfc2253)),
                ("ssl-c-serial-hex", Field::Serial(SerialForm::HexUnsigned)),
                ("ssl-c-sha1-hex", Field::Sha1(DigestForm::Upper)),
                ("ssl-c-sha256-hex", Field::Sha256(DigestForm::Upper)),
                ("ssl-c-notbefore", Field::NotBefore(DateForm::HaProxy)),
                ("ssl-c-notafter", Field::NotAfter(DateForm::HaProxy)),
                ("ssl-c-der-base64", Field::Certificate(CertificateForm::Base64)),
                ("ssl-c-chain-der-base64", Field::Chain(ChainForm::ConcatenatedBase64)),
            ],
        )
        .also_read(&[("ssl-c-used", Field::Presented(Flag::Digit))])
        .with_dialect(Dialect::OpenSsl)
    }

    /// `haproxy-manual`: the header names of the example in HAProxy's manual, which many configurations use, with the values of
    /// [`haproxy`](Self::haproxy).
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `X-SSL` | `1`: the connection is TLS. Also without a certificate |
    /// | `X-SSL-Client-Verify` | OpenSSL's code: `0`, `10` for an expired certificate |
    /// | `X-SSL-Client-DN` | `/C=US/O=Acme, Inc./CN=Jos%C3%A9`. For display only |
    /// | `X-SSL-Client-CN` | the first `CN`'s value: `Jos%C3%A9`. For display only: a BMPString can look like any ASCII text |
    /// | `X-SSL-Issuer` | the issuer's name |
    /// | `X-SSL-Client-NotBefore`, `-NotAfter` | `150203005552Z` |
    /// | `X-SSL-Client-SHA1` | `%[ssl_c_sha1,hex]`: in upper-case hex |
    ///
    /// The manual's `%{+Q}` adds no quotes to a header (observed with HAProxy 2.6). The differences are those of
    /// [`haproxy`](Self::haproxy).
    ///
    /// [`Receiver::haproxy_manual`](crate::Receiver::haproxy_manual) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::haproxy_manual().lines(&client, Limits::new());
    /// assert_eq!(lines.get("X-SSL-Client-Verify"), Some("0"));
    /// assert_eq!(lines.get("X-SSL-Client-CN"), Some("client.example"));
    /// ```
    #[doc(alias(
        "X-SSL",
        "X-SSL-Client-Verify",
        "X-SSL-Client-DN",
        "X-SSL-Client-CN",
        "X-SSL-Issuer",
        "X-SSL-Client-NotBefore",
        "X-SSL-Client-NotAfter",
        "X-SSL-Client-SHA1",
    ))]
    #[must_use]
    pub fn haproxy_manual() -> Self {
        let rows = [
            ("X-SSL", Field::Tls(Flag::Digit)),
            ("X-SSL-Client-Verify", Field::Verdict(VerdictForm::Code)),
            ("X-SSL-Client-DN", Field::Subject(NameForm::HaProxy)),
            ("X-SSL-Client-CN", Field::Subject(NameForm::CommonName)),
            ("X-SSL-Issuer", Field::Issuer(NameForm::HaProxy)),
            ("X-SSL-Client-NotBefore", Field::NotBefore(DateForm::HaProxy)),
            ("X-SSL-Client-NotAfter", Field::NotAfter(DateForm::HaProxy)),
            ("X-SSL-Client-SHA1", Field::Sha1(DigestForm::Upper)),
        ];
        Self::from_table("haproxy-manual", &rows).with_dialect(Dialect::OpenSsl)
    }
}

impl Receiver {
    /// Reads HAProxy's fetches `ssl_c_…` from headers with the same names. HAProxy sends `ssl-c-verify: 0` for a verified certificate and
    /// for none; `ssl-c-used` or any other fact distinguishes them. Two-digit years are those from 2000 to 2099, the only ones that
    /// HAProxy sends.
    ///
    /// HAProxy sends `ssl-c-verify` also without a certificate, so a request without it is an error. This crate's
    /// [`HeaderSet::haproxy`](crate::HeaderSet::haproxy) sends nothing without a certificate: read it with
    /// [`verdict_may_be_absent`](Self::verdict_may_be_absent). Facts without `ssl-c-verify` are always an error.
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let auth = Receiver::haproxy().receive(&[
    ///     ("ssl-c-verify", "0"),
    ///     ("ssl-c-used", "1"),
    ///     ("ssl-c-s-dn-rfc2253", "CN=client.example"),
    /// ])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_subject_dn(), "CN=client.example");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn haproxy() -> Self {
        Self::from_set(&HeaderSet::haproxy(), None).with_verdict_always()
    }

    /// Reads the headers of the example in HAProxy's manual: `X-SSL-Client-Verify` and others. Individual fields only; no certificate.
    ///
    /// The headers are those of [`HeaderSet::haproxy_manual`](crate::HeaderSet::haproxy_manual).
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let auth = Receiver::haproxy_manual().receive(&[
    ///     ("X-SSL-Client-Verify", "10"),
    ///     ("X-SSL-Client-DN", "/CN=client.example"),
    /// ])?;
    /// assert_eq!(auth.cert_verified(), "FAILED:certificate has expired");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn haproxy_manual() -> Self {
        Self::from_set(&HeaderSet::haproxy_manual(), None).with_verdict_always()
    }
}
