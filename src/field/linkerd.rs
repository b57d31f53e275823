//! The TLS identity of linkerd2-proxy's peer. Source: its `client_identity` in `meshtls/verifier`, `Id` in `identity`, and `Name` in
//! `dns/name`.

use alloc::vec::Vec;

use crate::x509::SubjectAltNames;
use crate::x509::subject_alt_name::tag::{DNS, URI};

const SCHEME: &[u8] = b"spiffe:";

/// Appends the first valid DNS name or SPIFFE ID; other entries are skipped. `None` if there is none, or if linkerd2-proxy's URL
/// library would rewrite the ID.
pub(super) fn write(names: SubjectAltNames<'_>, out: &mut Vec<u8>) -> Option<()> {
    for (tag, name) in names.entries() {
        if tag == DNS && is_dns_name(name) {
            // As linkerd2-proxy's `Name` stores it.
            out.extend(name.iter().map(u8::to_ascii_lowercase));
            return Some(());
        }
        if tag == URI && is_of_scheme(name) {
            return is_kept(name).then(|| out.extend_from_slice(name));
        }
    }
    None
}

/// Whether the name has RFC 5280's preferred name syntax, with underscores allowed, a last label that is not a number, no `*` and
/// no trailing dot.
fn is_dns_name(name: &[u8]) -> bool {
    let is_label = |label: &[u8]| {
        let is_kept = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=63).contains(&label.len())
            && label.iter().all(is_kept)
            && label.first() != Some(&b'-')
            && label.last() != Some(&b'-')
    };
    let mut labels = name.rsplit(|byte| *byte == b'.');
    let last = labels.next().unwrap_or_default();
    name.len() <= 253
        && is_label(last)
        && !last.iter().all(u8::is_ascii_digit)
        && labels.all(is_label)
}

/// Whether a WHATWG URL parser finds the scheme: it removes leading spaces and control bytes, and tabs and line breaks everywhere.
fn is_of_scheme(uri: &[u8]) -> bool {
    let mut shown = uri
        .iter()
        .skip_while(|byte| **byte <= b' ')
        .filter(|byte| !matches!(byte, b'\t' | b'\n' | b'\r'));
    // linkerd2-proxy accepts IA5Strings only.
    uri.is_ascii()
        && SCHEME
            .iter()
            .all(|byte| shown.next().is_some_and(|shown| shown.eq_ignore_ascii_case(byte)))
}

/// Whether that parser returns the ID unchanged: a host, an optional port, and a path with nothing to resolve or escape.
fn is_kept(uri: &[u8]) -> bool {
    let Some(rest) = uri.strip_prefix(b"spiffe://") else { return false };
    let mut segments = rest.split(|byte| *byte == b'/');
    let mut authority = segments.next().unwrap_or_default().split(|byte| *byte == b':');
    let host = authority.next().unwrap_or_default();
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._".contains(byte);
    let is_port = |port: &[u8]| {
        let number = core::str::from_utf8(port).ok().and_then(|port| port.parse::<u16>().ok());
        number.is_some() && port.iter().all(u8::is_ascii_digit) && !port.starts_with(b"0")
    };
    let is_path = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%".contains(byte);
    let is_segment = |segment: &[u8]| {
        let is_dot = |three: &[u8]| three.eq_ignore_ascii_case(b"%2e");
        segment.iter().all(is_path)
            && !matches!(segment, b"." | b"..")
            && !segment.windows(3).any(is_dot)
    };
    !host.is_empty()
        && host.iter().all(is_host)
        && authority.next().is_none_or(is_port)
        && authority.next().is_none()
        && segments.all(is_segment)
}
