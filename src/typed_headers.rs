//! Feature `headers`: RFC 9440's two fields as typed headers of the `headers` crate.

use alloc::vec::Vec;
use core::fmt;

use headers_core::{Error, Header};
use http::{HeaderName, HeaderValue};

use crate::encoding;
use crate::field::limits::ReceiveLimits;

static CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");
static CLIENT_CERT_CHAIN: HeaderName = HeaderName::from_static("client-cert-chain");

/// `Client-Cert`: the client's certificate (DER) as a byte sequence, `:MIIB…:` (RFC 9440 §2.2).
///
/// Decoding requires exactly one line with one item; encoding DER never fails. The type does not check who sent the header or whether
/// the certificate verified: use a [`Receiver`](crate::Receiver) for that.
///
/// ```
/// use headers::HeaderMapExt;
/// use tls_client_auth::typed_headers::ClientCert;
///
/// let mut headers = http::HeaderMap::new();
/// headers.typed_insert(ClientCert(vec![0x30, 0x00]));
/// assert_eq!(headers["client-cert"], ":MAA=:");
/// assert_eq!(headers.typed_get::<ClientCert>(), Some(ClientCert(vec![0x30, 0x00])));
/// ```
#[derive(Clone, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "the field's one item")]
pub struct ClientCert(pub Vec<u8>);

/// Prints the size, not the bytes, which come from the client.
impl fmt::Debug for ClientCert {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ClientCert({} bytes)", self.0.len())
    }
}

impl Header for ClientCert {
    fn name() -> &'static HeaderName {
        &CLIENT_CERT
    }

    fn decode<'i, I: Iterator<Item = &'i HeaderValue>>(values: &mut I) -> Result<Self, Error> {
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(Error::invalid());
        };
        let items =
            encoding::decode_byte_sequences(value.as_bytes(), 1).ok_or_else(Error::invalid)?;
        match <[Vec<u8>; 1]>::try_from(items) {
            Ok([der]) if !der.is_empty() => Ok(Self(der)),
            _ => Err(Error::invalid()),
        }
    }

    fn encode<E: Extend<HeaderValue>>(&self, values: &mut E) {
        values.extend(list(core::slice::from_ref(&self.0)));
    }
}

/// `Client-Cert-Chain`: the certificates (DER) after the leaf as a list, `:MIIB…:, :MIIC…:` (RFC 9440 §2.3).
///
/// Several lines are one list (RFC 9651 §4.2). At most 10 certificates are decoded, as by the [`Receiver`](crate::Receiver).
///
/// ```
/// use headers::HeaderMapExt;
/// use tls_client_auth::typed_headers::ClientCertChain;
///
/// let mut headers = http::HeaderMap::new();
/// headers.typed_insert(ClientCertChain(vec![vec![0x30, 0x00], vec![0x31, 0x00]]));
/// assert_eq!(headers["client-cert-chain"], ":MAA=:, :MQA=:");
/// assert_eq!(headers.typed_get::<ClientCertChain>().unwrap().0.len(), 2);
/// ```
#[derive(Clone, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "the field's one list")]
pub struct ClientCertChain(pub Vec<Vec<u8>>);

/// Prints sizes, not bytes, which come from the client.
impl fmt::Debug for ClientCertChain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<usize> = self.0.iter().map(Vec::len).collect();
        write!(formatter, "ClientCertChain({sizes:?} bytes)")
    }
}

impl Header for ClientCertChain {
    fn name() -> &'static HeaderName {
        &CLIENT_CERT_CHAIN
    }

    fn decode<'i, I: Iterator<Item = &'i HeaderValue>>(values: &mut I) -> Result<Self, Error> {
        let most = ReceiveLimits::new().chain;
        let mut chain = Vec::new();
        for value in values {
            let items = encoding::decode_byte_sequences(value.as_bytes(), most);
            chain.extend(items.ok_or_else(Error::invalid)?);
            if chain.len() > most {
                return Err(Error::invalid());
            }
        }
        if chain.is_empty() || chain.iter().any(Vec::is_empty) {
            return Err(Error::invalid());
        }
        Ok(Self(chain))
    }

    fn encode<E: Extend<HeaderValue>>(&self, values: &mut E) {
        values.extend(list(&self.0));
    }
}

/// The list's value; `None` for an empty list, which has no line (RFC 9651 §4.1).
fn list(certificates: &[Vec<u8>]) -> Option<HeaderValue> {
    let mut text = Vec::new();
    let items = certificates.iter().map(Vec::as_slice);
    encoding::list(items, b", ", encoding::byte_sequence, &mut text);
    if text.is_empty() {
        return None;
    }
    HeaderValue::from_maybe_shared(bytes::Bytes::from(text)).ok()
}
