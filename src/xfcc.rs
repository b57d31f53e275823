//! What becomes of the `x-forwarded-client-cert` that a request brings along: Envoy's `forward_client_cert_details`.

use alloc::vec::Vec;

use crate::field_name::FieldName;
use crate::headers::HeaderLine;
use crate::strip::HeaderFields;

pub(crate) const NAME: &str = "x-forwarded-client-cert";

/// What becomes of the `x-forwarded-client-cert` that a request brings along.
///
/// A header is kept only where the one before this proxy may be believed: its client is itself a proxy, and has shown so by its
/// certificate. Kept is the header under its exact name, all lines joined by `,`; other spellings never are. One with a byte
/// outside printable ASCII, or with a quote or bracket left open, is dropped: it could swallow what is appended.
///
/// ```
/// use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, HeaderSet, Verification, Xfcc, XfccMode};
/// # let der = &include_bytes!("../tests/fixtures/plain.der")[..];
///
/// let forwarding = Forwarding::none()
///     .on_every_request(HeaderSet::envoy_with(Xfcc::new().dns()))
///     .xfcc_mode(XfccMode::AppendForward);
/// let client = ClientCertificate::presented(der, Verification::Success);
/// let mut headers = vec![("X-Forwarded-Client-Cert".to_owned(), "Hash=00;DNS=first.example".to_owned())];
/// ConnectionState::new(client, forwarding).forward(&mut headers).commit();
/// assert_eq!(
///     headers[0].1,
///     "Hash=00;DNS=first.example,Hash=73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa;DNS=client.example"
/// );
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum XfccMode {
    /// `SANITIZE`: the request's own is removed, and none is sent.
    Sanitize,
    /// `SANITIZE_SET`: the request's own is removed; what the sets say is sent.
    #[default]
    SanitizeSet,
    /// `APPEND_FORWARD`: from a trusted client, the request's own with ours behind it. Where ours has no value, or the other has
    /// another format, as for [`SanitizeSet`](Self::SanitizeSet).
    AppendForward,
    /// `FORWARD_ONLY`: from a trusted client, the request's own alone.
    ForwardOnly,
    /// `ALWAYS_FORWARD_ONLY`: the request's own alone, **whoever the client is**, also without a certificate or TLS. Only for a
    /// listener that nobody but proxies can reach.
    AlwaysForwardOnly,
}

impl XfccMode {
    /// Whether a request's own header is kept, from a client that is trusted or not.
    pub(crate) const fn keeps(self, trusted: bool) -> bool {
        match self {
            Self::AppendForward | Self::ForwardOnly => trusted,
            Self::AlwaysForwardOnly => true,
            Self::Sanitize | Self::SanitizeSet => false,
        }
    }

    /// Whether our own value is sent.
    pub(crate) const fn sends(self) -> bool {
        matches!(self, Self::SanitizeSet | Self::AppendForward)
    }
}

/// Whether a line of ours is the header.
pub(crate) fn is_own(line: &HeaderLine<'_>) -> bool {
    line.name().eq_ignore_ascii_case(NAME)
}

/// The request's own, if it can be kept.
pub(crate) fn inbound<H: HeaderFields + ?Sized>(headers: &H) -> Option<Vec<u8>> {
    let mut joined = Vec::new();
    headers.visit_named(NAME, &mut |value| {
        if !joined.is_empty() {
            joined.push(b',');
        }
        joined.extend_from_slice(value);
    });
    let joined = joined.trim_ascii();
    (!joined.is_empty() && is_whole(joined)).then(|| joined.to_vec())
}

/// Whether it is printable, and every quote and, in JSON, every bracket is closed.
fn is_whole(value: &[u8]) -> bool {
    let json = is_json(value);
    let (mut quoted, mut escaped, mut depth) = (false, false, 0usize);
    for (index, byte) in value.iter().enumerate() {
        if !matches!(byte, b' '..=b'~') || json && depth == 0 && index > 0 {
            return false;
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'[' | b'{' if json && !quoted => depth = depth.saturating_add(1),
            b']' | b'}' if json && !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    !quoted && depth == 0
}

/// How Envoy tells its two formats apart.
fn is_json(value: &[u8]) -> bool {
    value.starts_with(b"[") && value.ends_with(b"]")
}

/// The request's own with ours behind it; ours alone where the formats differ. Ours is not appended again to headers that were
/// prepared before.
pub(crate) fn appended(inbound: Vec<u8>, own: &[u8]) -> Vec<u8> {
    let inside = |value: &[u8]| {
        value.get(1..value.len().saturating_sub(1)).unwrap_or_default().trim_ascii().to_vec()
    };
    match (is_json(&inbound), is_json(own)) {
        (false, false) => joined(inbound, own),
        (true, true) => {
            let mut array = Vec::from(*b"[");
            array.append(&mut joined(inside(&inbound), &inside(own)));
            array.push(b']');
            array
        }
        _ => own.to_vec(),
    }
}

fn joined(mut list: Vec<u8>, last: &[u8]) -> Vec<u8> {
    let there = list.strip_suffix(last).is_some_and(|rest| rest.is_empty() || rest.ends_with(b","));
    if !there {
        if !list.is_empty() {
            list.push(b',');
        }
        list.extend_from_slice(last);
    }
    list
}

/// Adds the header with this value, which is printable ASCII.
pub(crate) fn insert<H: HeaderFields + ?Sized>(headers: &mut H, value: &[u8]) {
    let Some(name) = FieldName::from_static(NAME) else { return };
    #[cfg(feature = "http")]
    let http = http::HeaderValue::from_bytes(value).ok();
    headers.insert(HeaderLine::from_parts(
        &name,
        value,
        #[cfg(feature = "http")]
        http.as_ref(),
    ));
}
