//! Feature `http`: header values from a record's text.

use core::fmt;

use bytes::{Buf as _, Bytes};
use http::HeaderValue;

use crate::record::{Property, TlsClientAuth};

/// A record's certificate as header values, for proxies that set headers themselves. Such a proxy must first remove every header for
/// which [`is_owned_name`](crate::connection::is_owned_name) returns `true`. All values share one buffer, the record's whole text; a
/// clone copies nothing.
///
/// ```
/// use tls_client_auth::{ClientCertificate, TlsClientAuth, Verification};
/// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
///
/// let record = TlsClientAuth::new(&ClientCertificate::presented(der, Verification::Success));
/// let values = record.into_header_values();
/// assert!(values.der_base64.is_some_and(|value| value.as_bytes().starts_with(b"MII")));
/// assert!(values.sha256.is_some_and(|value| value.len() == 64));
/// assert!(values.client_cert.is_some_and(|value| value.as_bytes().starts_with(b":MII")));
/// ```
#[derive(Clone, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct HeaderValues {
    /// `Cf-Client-Cert-Der-Base64`, as Cloudflare sends it: base64 of the DER, `MIIB7jCCAZWgAwIB…`. `None` if `certRFC9440` exceeds
    /// its limit: 10 KiB with its colons, unless [`with_limits`](TlsClientAuth::with_limits) set another.
    pub der_base64: Option<HeaderValue>,
    /// `Cf-Client-Cert-Sha256`, as Cloudflare sends it: lower-case hex, 64 digits, `73c94b97…`.
    pub sha256: Option<HeaderValue>,
    /// `Client-Cert` (RFC 9440 §2.2): `:` base64 of the DER `:`, `:MIIB7jCC…:`. `None` if `certRFC9440` exceeds its limit.
    pub client_cert: Option<HeaderValue>,
}

impl TlsClientAuth {
    /// Converts the record into Cloudflare's pair and `Client-Cert`, without copying. All are `None` for a client that is not
    /// [trusted](Self::is_trusted), because these headers carry no verdict.
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, TlsClientAuth};
    ///
    /// let values = TlsClientAuth::new(&ClientCertificate::none()).into_header_values();
    /// assert!(values.sha256.is_none());
    /// ```
    #[must_use]
    pub fn into_header_values(self) -> HeaderValues {
        if !self.is_trusted() {
            return HeaderValues::default();
        }
        let (text, [certificate, sha256]) =
            self.into_text([Property::Rfc9440, Property::FingerprintSha256]);
        let mut text = Bytes::from(text);
        let sha256 = text.slice(sha256);
        text.truncate(certificate.end);
        text.advance(certificate.start);
        // Cloudflare sends it without the colons.
        let der_base64 = match text.len().checked_sub(1) {
            Some(end @ 1..) => text.slice(1..end),
            _ => Bytes::new(),
        };
        // Printable ASCII is always a valid value.
        let value = |text: Bytes| match text.is_empty() {
            true => None,
            false => HeaderValue::from_maybe_shared(text).ok(),
        };
        HeaderValues {
            der_base64: value(der_base64),
            sha256: value(sha256),
            client_cert: value(text),
        }
    }
}

/// Prints sizes, not values, which come from the client.
impl fmt::Debug for HeaderValues {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = |value: &Option<HeaderValue>| value.as_ref().map(HeaderValue::len);
        formatter
            .debug_struct("HeaderValues")
            .field("der_base64", &length(&self.der_base64))
            .field("sha256", &length(&self.sha256))
            .field("client_cert", &length(&self.client_cert))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ClientCertificate;
    use crate::client::Verification;
    use crate::client::VerifyError;
    use crate::field::Limits;
    use crate::headers::HeaderSet;

    const DER: &[u8] = include_bytes!("../../tests/fixtures/plain.der");

    fn values(client: &ClientCertificate, limits: Limits) -> [Option<HeaderValue>; 3] {
        let HeaderValues { der_base64, sha256, client_cert } =
            TlsClientAuth::with_limits(client, limits).into_header_values();
        [der_base64, sha256, client_cert]
    }

    #[test]
    fn the_values_equal_those_that_the_sets_send() {
        let presented = |verification| ClientCertificate::presented(DER, verification);
        let small = Limits::new().encoded_leaf(100);
        let cases = [
            ("trusted", presented(Verification::Success), Limits::new(), 3),
            ("too large", presented(Verification::Success), small, 1),
            ("failed", presented(VerifyError::CertHasExpired.into()), Limits::new(), 0),
            ("not verified", presented(Verification::None), Limits::new(), 0),
            ("revoked", presented(Verification::Success).revoked(true), Limits::new(), 0),
            ("none", ClientCertificate::none(), Limits::new(), 0),
            (
                "a certificate of no bytes",
                ClientCertificate::presented(&[][..], Verification::Success),
                Limits::new(),
                0,
            ),
        ];
        for (case, client, limits, count) in cases {
            let pair = HeaderSet::cloudflare().lines(&client, limits);
            let rfc9440 = HeaderSet::rfc9440().lines(&client, limits);
            let sent = [
                pair.get("Cf-Client-Cert-Der-Base64"),
                pair.get("Cf-Client-Cert-Sha256"),
                rfc9440.get("Client-Cert"),
            ];
            let values = values(&client, limits);
            assert_eq!(
                values.each_ref().map(|value| value.as_ref()?.to_str().ok()),
                sent,
                "{case}"
            );
            assert_eq!(values.iter().flatten().count(), count, "{case}");
        }
    }

    #[test]
    fn debug_shows_only_sizes() {
        let client = ClientCertificate::presented(&[0; 3][..], Verification::Success);
        let values = TlsClientAuth::new(&client).into_header_values();
        let shown = "HeaderValues { der_base64: Some(4), sha256: Some(64), client_cert: Some(6) }";
        assert_eq!(alloc::format!("{values:?}"), shown);
    }
}
