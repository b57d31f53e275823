//! The dialect of printed names, dates and reasons: OpenSSL's or BoringSSL's.

/// The dialect of printed names, dates and reasons: the TLS library whose output is reproduced.
///
/// BoringSSL is the default, because Cloudflare's edge uses it. nginx, Apache and HAProxy of Linux distributions use OpenSSL.
///
/// ```
/// use tls_client_auth::Dialect;
/// use tls_client_auth::client::VerifyError;
///
/// assert_eq!(VerifyError::DepthZeroSelfSignedCert.text(Dialect::BoringSsl), "self signed certificate");
/// assert_eq!(VerifyError::DepthZeroSelfSignedCert.text(Dialect::OpenSsl), "self-signed certificate");
/// assert_eq!(Dialect::default(), Dialect::BoringSsl);
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a third library would be a breaking change of every form"
)]
pub enum Dialect {
    /// BoringSSL, as in Cloudflare and Envoy.
    #[default]
    BoringSsl,
    /// OpenSSL 3.0 and later.
    OpenSsl,
}
