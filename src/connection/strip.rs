//! What is taken out of every request before ours goes in: the headers that its `Connection` lists, and every name that could
//! pass for one of ours.

use alloc::string::String;
use alloc::vec::Vec;

use crate::headers::HeaderLine;

/// A request's headers, as far as [`Claim::apply`](crate::Claim::apply) must see and change them.
///
/// Implemented for `http::HeaderMap` (feature `http`) and for a list of pairs.
///
/// ```
/// use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding};
///
/// let mut headers = vec![("Host".to_owned(), "a.example".to_owned()), ("CF_CLIENT_CERT_SHA256".to_owned(), "f0".to_owned())];
/// ConnectionState::new(ClientCertificate::none(), Forwarding::cloudflare()).claim().apply(&mut headers);
/// assert_eq!(headers, [("Host".to_owned(), "a.example".to_owned())]);
/// ```
pub trait HeaderFields {
    /// Shows every header line, or at least every one named `Connection`, in order.
    fn visit_connection(&self, visit: &mut dyn FnMut(&[u8]));

    /// Shows the value of every line with exactly this name, case apart, in order. Only [`XfccMode`](crate::connection::XfccMode) needs it;
    /// without it, none is kept.
    fn visit_named(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        let _ = (name, visit);
    }

    /// Removes all lines whose name the closure says yes to.
    fn remove_where(&mut self, remove: &mut dyn FnMut(&[u8]) -> bool);

    /// Adds one line. None with its name is there.
    fn insert(&mut self, line: HeaderLine<'_>);

    /// Adds a `Connection` line. None is there.
    fn insert_connection(&mut self, options: &'static str);
}

/// The options of `Connection` that are the proxy's own business with its client: they stay.
const KEPT: [(&str, &str); 3] =
    [("close", "close"), ("keep-alive", "keep-alive"), ("upgrade", "upgrade")];

/// Headers that a client can't have removed by listing them in `Connection`: a message without them is another message.
const FRAMING: [&str; 6] =
    ["content-length", "host", "te", "trailer", "transfer-encoding", "connection"];

/// RFC 9110 §7.6.1: consumes what `Connection` lists, then removes every name that we own.
pub(crate) fn strip<H: HeaderFields + ?Sized>(
    headers: &mut H,
    mut owns: impl FnMut(&[u8]) -> bool,
) {
    let mut listed: Vec<String> = Vec::new();
    let mut kept: Option<&'static str> = None;
    headers.visit_connection(&mut |value| {
        for option in value.split(|byte| *byte == b',') {
            let option = option.trim_ascii();
            if let Some((_, name)) =
                KEPT.iter().find(|(kept, _)| option.eq_ignore_ascii_case(kept.as_bytes()))
            {
                // `upgrade` says more than `keep-alive`, `close` more than both.
                kept = match (kept, *name) {
                    (Some("close"), _) | (Some("upgrade"), "keep-alive") => kept,
                    _ => Some(name),
                };
            } else if let Ok(name) = core::str::from_utf8(option)
                && !name.is_empty()
                && !FRAMING.iter().any(|framing| name.eq_ignore_ascii_case(framing))
            {
                listed.push(name.to_ascii_lowercase());
            }
        }
    });
    if listed.is_empty() {
        headers.remove_where(&mut owns);
        return;
    }
    listed.sort_unstable();
    headers.remove_where(&mut |name| {
        let named = |listed: &String| listed.bytes().cmp(name.iter().map(u8::to_ascii_lowercase));
        owns(name)
            || name.eq_ignore_ascii_case(b"connection")
            || listed.binary_search_by(named).is_ok()
    });
    if let Some(option) = kept {
        headers.insert_connection(option);
    }
}

impl HeaderFields for Vec<(String, String)> {
    fn visit_connection(&self, visit: &mut dyn FnMut(&[u8])) {
        for (name, value) in self {
            if name.eq_ignore_ascii_case("connection") {
                visit(value.as_bytes());
            }
        }
    }

    fn visit_named(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        for (own, value) in self {
            if own.eq_ignore_ascii_case(name) {
                visit(value.as_bytes());
            }
        }
    }

    fn remove_where(&mut self, remove: &mut dyn FnMut(&[u8]) -> bool) {
        self.retain(|(name, _)| !remove(name.as_bytes()));
    }

    fn insert(&mut self, line: HeaderLine<'_>) {
        self.push((line.name().into(), line.value().into()));
    }

    fn insert_connection(&mut self, options: &'static str) {
        self.push(("Connection".into(), options.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::Forwarding;
    use crate::field::{Field, SerialForm};
    use crate::headers::HeaderSet;
    use crate::x509::Dialect;
    use crate::{ClientCertificate, ConnectionState};

    fn pairs(lines: &[(&str, &str)]) -> Vec<(String, String)> {
        lines.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    type Lines<'a> = &'a [(&'a str, &'a str)];

    #[test]
    fn a_request_is_stripped() {
        let set = HeaderSet::new(
            "own",
            Dialect::OpenSsl,
            [("X-Tenant.Serial", Field::Serial(SerialForm::Hex))],
        )
        .unwrap();
        let forwarding = Forwarding::cloudflare().on_every_request(set);
        let connection = ConnectionState::new(ClientCertificate::none(), forwarding);
        let cases: [(&str, Lines<'_>, Lines<'_>); 9] = [
            (
                "nothing of ours",
                &[("Host", "a"), ("Accept", "*/*")],
                &[("Host", "a"), ("Accept", "*/*")],
            ),
            (
                "all spellings and copies",
                &[
                    ("Cf-Client-Cert-Sha256", "1"),
                    ("cf_client_cert_sha256", "2"),
                    ("CF.CLIENT.CERT.SHA256", "3"),
                    ("Cf-Client-Cert-Sha256", "4"),
                ],
                &[],
            ),
            (
                "other sets' names",
                &[
                    ("Client-Cert", "::"),
                    ("X-CERT-VERIFY", "SUCCESS"),
                    ("ssl-client-verify", "SUCCESS"),
                ],
                &[],
            ),
            (
                "a name of the caller's own",
                &[("x_tenant_serial", "1"), ("X-Tenant", "2")],
                &[("X-Tenant", "2")],
            ),
            (
                "our name in Connection",
                &[("Connection", "close, Cf-Client-Cert-Sha256")],
                &[("Connection", "close")],
            ),
            (
                "a listed header goes",
                &[
                    ("Connection", "X-Hop"),
                    ("connection", "keep-alive"),
                    ("X-Hop", "1"),
                    ("x-hop", "2"),
                ],
                &[("Connection", "keep-alive")],
            ),
            (
                "options alone stay as they are",
                &[("Connection", "Upgrade, Keep-Alive"), ("Upgrade", "websocket")],
                &[("Connection", "Upgrade, Keep-Alive"), ("Upgrade", "websocket")],
            ),
            (
                "upgrade outlives the rest",
                &[("Connection", "keep-alive, X-Hop, Upgrade"), ("Upgrade", "websocket")],
                &[("Upgrade", "websocket"), ("Connection", "upgrade")],
            ),
            (
                "framing can't be listed away",
                &[
                    ("Connection", "Host, Content-Length, x-a"),
                    ("Host", "a"),
                    ("Content-Length", "3"),
                ],
                &[("Host", "a"), ("Content-Length", "3")],
            ),
        ];
        for (name, before, after) in cases {
            let mut headers = pairs(before);
            connection.claim().apply(&mut headers);
            assert_eq!(headers, pairs(after), "{name}");
        }
    }
}
