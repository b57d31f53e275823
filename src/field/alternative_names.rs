//! Subject alternative names as Go prints them, for Caddy and Traefik.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::net::IpAddr;

use super::go_uri;
use crate::x509::Certificate;
use crate::x509::SubjectAltName;
use crate::x509::cursor::Cursor;
use crate::x509::subject_alt_name::tag;

/// A kind of subject alternative name (RFC 5280 §4.2.1.6) that is text or an address.
///
/// ```
/// use tls_client_auth::field::{Field, SanKind};
/// # use tls_client_auth::field::Limits;
/// # use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};
/// # let der = include_bytes!("../../tests/fixtures/san_all.der");
/// # let value = |field| {
/// #     let client = ClientCertificate::presented(&der[..], Verification::Success);
/// #     let set = HeaderSet::new("one", Dialect::OpenSsl, [("X", field)]).unwrap().including_untrusted();
/// #     set.lines(&client, Limits::new()).get("X").unwrap_or_default().to_owned()
/// # };
///
/// // `value` returns the header value of a field for a test certificate.
/// assert_eq!(value(Field::SubjectAltNames(SanKind::Dns)), "[one.example *.two.example]");
/// assert_eq!(value(Field::SubjectAltNames(SanKind::Email)), "[joe@example.com]");
/// assert_eq!(value(Field::SubjectAltNames(SanKind::Ip)), "[192.0.2.1 2001:db8::1]");
/// assert_eq!(value(Field::SubjectAltNames(SanKind::Uri)), "[spiffe://example.org/ns/default/sa/web https://example.org/id?a=b]");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SanKind {
    /// `dNSName`
    Dns,
    /// `rfc822Name`
    Email,
    /// `iPAddress`
    Ip,
    /// `uniformResourceIdentifier`
    Uri,
}

impl SanKind {
    /// The tag of its GeneralName.
    const fn tag(self) -> u8 {
        match self {
            Self::Email => tag::EMAIL,
            Self::Dns => tag::DNS,
            Self::Uri => tag::URI,
            Self::Ip => tag::IP,
        }
    }
}

/// The text of a kind's entries, as encoded in the certificate. An entry with a byte outside 0x20 to 0x7E is left out.
pub(super) fn raw<'c>(
    certificate: &Certificate<'c>,
    kind: SanKind,
) -> impl Iterator<Item = &'c str> + use<'c> {
    certificate.subject_alt_names().filter_map(move |name| match (name, kind) {
        (SubjectAltName::Dns(text), SanKind::Dns)
        | (SubjectAltName::Email(text), SanKind::Email)
        | (SubjectAltName::Uri(text), SanKind::Uri) => Some(text),
        // It is unreadable only because it is empty or contains a space, which no valid name does.
        (SubjectAltName::Unreadable(der), _) => {
            let element = Cursor::new(der).element().ok()?;
            let printable = element.contents().iter().all(|byte| matches!(byte, b' '..=b'~'));
            let wanted = element.tag() == kind.tag() && kind != SanKind::Ip && printable;
            core::str::from_utf8(element.contents()).ok().filter(|_| wanted)
        }
        _ => None,
    })
}

/// The entries of a kind as Go prints them, without those that contain anything but printable ASCII. Go parses extensions of
/// version 3 only: `parseCertificate` of `crypto/x509`.
pub(super) fn go(certificate: &Certificate<'_>, kind: SanKind) -> Vec<String> {
    if certificate.version() != Some(3) {
        return Vec::new();
    }
    match kind {
        SanKind::Dns | SanKind::Email => raw(certificate, kind).map(String::from).collect(),
        SanKind::Uri => raw(certificate, kind).map(go_uri::printed).collect(),
        SanKind::Ip => certificate
            .subject_alt_names()
            .filter_map(|name| match name {
                SubjectAltName::Ip(IpAddr::V6(address)) => Some(
                    address
                        .to_ipv4_mapped()
                        .map_or(address.to_string(), |mapped| mapped.to_string()),
                ),
                SubjectAltName::Ip(address) => Some(address.to_string()),
                _ => None,
            })
            .collect(),
    }
}

/// Writes the list as Go does: `[a b]`, or `[]` if it is empty. A space separates entries, so an entry with a space is left out.
pub(super) fn write_go_list(certificate: &Certificate<'_>, kind: SanKind, out: &mut Vec<u8>) {
    let mut entries = go(certificate, kind);
    entries.retain(|entry| !entry.contains(' '));
    out.push(b'[');
    out.extend_from_slice(entries.join(" ").as_bytes());
    out.push(b']');
}
