//! Strips every request before headers are added: hop-by-hop headers, and every name that an origin could mistake for an owned one.

use alloc::vec::Vec;

use super::forwarding::Owner;
use crate::headers::families::{is_noted, is_owned_name};
use crate::headers::name::is_alike;
use crate::headers::{RequestHeadersMut, add_line};

/// Headers that are kept although `Connection` lists them: without them the message would be a different one.
const FRAMING: [&[u8]; 6] =
    [b"content-length", b"host", b"te", b"trailer", b"transfer-encoding", b"connection"];

/// The number of options of `Connection` that are parsed. A client could list 200,000; the rest are dropped with their line, and
/// the headers that they name are kept.
const OPTIONS: usize = 256;

/// Consumes `Connection` (RFC 9110 §7.6.1) and removes other hop-by-hop headers. [`Claim::apply`](super::Claim::apply) does the
/// same; a second run changes nothing.
///
/// Call it before any step that sets headers, such as `X-Real-IP`, if that step runs before `apply`: a client can list any header
/// in `Connection` to have it removed. Afterwards:
///
/// - The headers that `Connection` listed are removed, except for those that frame the message, and those of a
///   [family](super::is_owned_name), which are left to `apply`.
/// - `Connection` contains only `close`, `keep-alive` and, with `Upgrade: websocket`, `upgrade`.
/// - `Upgrade` is `websocket` or absent, and `HTTP2-Settings` and `Proxy-Connection` are absent: requests inside another
///   protocol would not be stripped.
///
/// ```
/// use tls_client_auth::connection::consume_connection;
///
/// let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
/// let mut headers = vec![pair("Connection", "close, X-Real-IP"), pair("X-Real-IP", "192.0.2.7"), pair("Host", "a.example")];
/// consume_connection(&mut headers);
/// headers.push(pair("X-Real-IP", "198.51.100.1"));
/// consume_connection(&mut headers);
/// assert_eq!(headers, [pair("Host", "a.example"), pair("Connection", "close"), pair("X-Real-IP", "198.51.100.1")]);
/// ```
pub fn consume_connection<H: RequestHeadersMut + ?Sized>(headers: &mut H) {
    strip(headers, Owner::NOBODY);
}

/// Removes every line with an owned name, and hop-by-hop headers. Returns the number of owned lines.
pub(crate) fn strip<H: RequestHeadersMut + ?Sized>(headers: &mut H, owner: Owner<'_>) -> usize {
    let mut hop = Hop::default();
    let owns_others = owner.owns_others();
    headers.visit(&mut |name, value| {
        if is_noted(name) || owns_others {
            hop.look(&owner, name, value);
        }
    });
    if hop.found { remove(headers, owner, hop) } else { 0 }
}

#[inline(never)]
fn remove<H: RequestHeadersMut + ?Sized>(headers: &mut H, owner: Owner<'_>, mut hop: Hop) -> usize {
    hop.listed.sort_unstable();
    let rewrites = hop.rewrites_connection();
    if hop.owned == 0 && !rewrites && !hop.drops_upgrade() && !hop.has_other {
        return 0;
    }
    headers.remove_where(&mut |name| owner.owns(name) || hop.removes(name, rewrites));
    if rewrites && let Some(option) = hop.option() {
        // A line of its name was removed, so that there is room for it; a request without it is a good one too.
        let _ = add_line(headers, "Connection", option);
    }
    hop.owned
}

/// The headers of a request that must not be forwarded.
#[derive(Default)]
struct Hop {
    /// Whether there may be any.
    found: bool,
    /// How many lines are owned.
    owned: usize,
    /// The header names that `Connection` lists, in lower case.
    listed: Vec<Vec<u8>>,
    /// How many options were parsed.
    options: usize,
    /// Whether `Connection` contains anything except its own options.
    lists: bool,
    close: bool,
    keep_alive: bool,
    /// Whether `Connection` contains it.
    upgrade: bool,
    websocket: bool,
    other_protocol: bool,
    /// Whether `HTTP2-Settings` or `Proxy-Connection` is present.
    has_other: bool,
}

impl Hop {
    /// Kept separate from the quick check by first bytes, which runs on every header.
    #[inline(never)]
    fn look(&mut self, owner: &Owner<'_>, name: &[u8], value: &[u8]) {
        match name.len() {
            7 if name.eq_ignore_ascii_case(b"upgrade") => {
                let websocket = trimmed(value).eq_ignore_ascii_case(b"websocket");
                self.websocket |= websocket;
                self.other_protocol |= !websocket;
            }
            10 if name.eq_ignore_ascii_case(b"connection") => self.look_at_options(value),
            14 | 16 if is_of_one_hop(name) => self.has_other = true,
            _ if owner.owns(name) => self.owned = self.owned.saturating_add(1),
            _ => return,
        }
        self.found = true;
    }

    fn look_at_options(&mut self, value: &[u8]) {
        for option in value.split(|byte| *byte == b',') {
            self.options = self.options.saturating_add(1);
            if self.options > OPTIONS {
                self.lists = true;
                return;
            }
            let option = trimmed(option);
            if option.eq_ignore_ascii_case(b"close") {
                self.close = true;
            } else if option.eq_ignore_ascii_case(b"keep-alive") {
                self.keep_alive = true;
            } else if option.eq_ignore_ascii_case(b"upgrade") {
                self.upgrade = true;
            } else if !option.is_empty() {
                self.lists = true;
                if !FRAMING.iter().any(|framing| option.eq_ignore_ascii_case(framing)) {
                    self.listed.push(option.to_ascii_lowercase());
                }
            }
        }
    }

    /// Whether `Connection` must be rewritten: it contains a header name, or an upgrade that is not forwarded.
    const fn rewrites_connection(&self) -> bool {
        self.lists || self.upgrade && !self.upgrades()
    }

    const fn upgrades(&self) -> bool {
        self.websocket && !self.other_protocol
    }

    const fn drops_upgrade(&self) -> bool {
        self.other_protocol
    }

    fn removes(&self, name: &[u8], connection: bool) -> bool {
        match name.len() {
            7 if name.eq_ignore_ascii_case(b"upgrade") => self.drops_upgrade(),
            10 if name.eq_ignore_ascii_case(b"connection") => connection,
            14 | 16 if is_of_one_hop(name) => true,
            _ => self.is_listed(name) && !is_owned_name(name),
        }
    }

    fn is_listed(&self, name: &[u8]) -> bool {
        let compare =
            |listed: &Vec<u8>| listed.iter().copied().cmp(name.iter().map(u8::to_ascii_lowercase));
        !self.listed.is_empty() && self.listed.binary_search_by(compare).is_ok()
    }

    /// The one option that is kept: `close` wins over `upgrade`, and `upgrade` over `keep-alive`.
    const fn option(&self) -> Option<&'static [u8]> {
        if self.close {
            Some(b"close")
        } else if self.upgrade && self.upgrades() {
            Some(b"upgrade")
        } else if self.keep_alive {
            Some(b"keep-alive")
        } else {
            None
        }
    }
}

/// Trims HTTP's white space. To some readers, other white space is part of the name.
fn trimmed(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// Whether the header is hop-by-hop: `HTTP2-Settings` starts HTTP/2 without TLS (RFC 7540 §3.2.1), and some servers treat
/// `Proxy-Connection` like `Connection`.
fn is_of_one_hop(name: &[u8]) -> bool {
    is_alike(name, b"http2-settings") || is_alike(name, b"proxy-connection")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::VerifyError;
    use crate::connection::KeepFrom;
    use crate::field::{Field, SerialForm};
    use crate::headers::HeaderLine;
    use crate::headers::{HeaderSet, HeaderSetErrorKind, RequestHeaders, TooManyHeaders};
    use crate::x509::Dialect;
    use crate::{ClientCertificate, ConnectionState, Forwarding, Verification};
    use alloc::string::String;
    use alloc::vec;

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
        let cases: [(&str, Lines<'_>, Lines<'_>); 25] = [
            (
                "no owned name",
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
                "names of other sets",
                &[
                    ("Client-Cert", "::"),
                    ("X-CERT-VERIFY", "SUCCESS"),
                    ("ssl-client-verify", "SUCCESS"),
                ],
                &[],
            ),
            (
                "a name of the caller's set",
                &[("x_tenant_serial", "1"), ("X-Tenant", "2")],
                &[("X-Tenant", "2")],
            ),
            (
                "an owned name in Connection",
                &[("Connection", "close, Cf-Client-Cert-Sha256")],
                &[("Connection", "close")],
            ),
            (
                "a header that Connection lists",
                &[
                    ("Connection", "X-Hop"),
                    ("connection", "keep-alive"),
                    ("X-Hop", "1"),
                    ("x-hop", "2"),
                ],
                &[("Connection", "keep-alive")],
            ),
            (
                "only options in Connection",
                &[("Connection", "Upgrade, Keep-Alive"), ("Upgrade", "websocket")],
                &[("Connection", "Upgrade, Keep-Alive"), ("Upgrade", "websocket")],
            ),
            (
                "an upgrade beside a listed header",
                &[("Connection", "keep-alive, X-Hop, Upgrade"), ("Upgrade", "websocket")],
                &[("Upgrade", "websocket"), ("Connection", "upgrade")],
            ),
            (
                "framing and a header in Connection",
                &[
                    ("Connection", "Host, Content-Length, x-a"),
                    ("Host", "a"),
                    ("Content-Length", "3"),
                ],
                &[("Host", "a"), ("Content-Length", "3")],
            ),
            ("framing in Connection", &[("Connection", "Host"), ("Host", "a")], &[("Host", "a")]),
            (
                "framing and an option in Connection",
                &[("Connection", "Content-Length, close"), ("Content-Length", "3")],
                &[("Content-Length", "3"), ("Connection", "close")],
            ),
            ("a name and another byte", &[("Connection", "ssl-client-verify\u{a0}")], &[]),
            ("a name after a space", &[("Connection", "close ssl-client-verify")], &[]),
            ("an option in quotes", &[("Connection", "\"close\"")], &[]),
            ("an option with other space", &[("Connection", "close\u{b}")], &[]),
            (
                "an owned name in one of many lines",
                &[("Connection", "close"), ("Connection", "x"), ("Connection", "Client-Cert")],
                &[("Connection", "close")],
            ),
            (
                "another protocol",
                &[
                    ("Connection", "Upgrade, HTTP2-Settings"),
                    ("Upgrade", "h2c"),
                    ("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA"),
                ],
                &[],
            ),
            (
                "another protocol that Connection does not list",
                &[("Upgrade", "h2c"), ("http2-settings", ""), ("Connection", "keep-alive")],
                &[("Connection", "keep-alive")],
            ),
            (
                "another protocol beside websocket",
                &[("Connection", "upgrade"), ("Upgrade", "websocket, h2c")],
                &[],
            ),
            (
                "another protocol in another line",
                &[("Connection", "upgrade"), ("Upgrade", "websocket"), ("upgrade", "TLS/1.0")],
                &[],
            ),
            (
                "websocket in capitals",
                &[("Connection", "Upgrade"), ("Upgrade", " WebSocket ")],
                &[("Connection", "Upgrade"), ("Upgrade", " WebSocket ")],
            ),
            (
                "an upgrade without a protocol",
                &[("Connection", "keep-alive, upgrade")],
                &[("Connection", "keep-alive")],
            ),
            (
                "a name in Proxy-Connection",
                &[("Proxy-Connection", "Client-Cert"), ("Accept", "*/*")],
                &[("Accept", "*/*")],
            ),
            (
                "names that origins trust",
                &[
                    ("X-Client-Verify", "SUCCESS"),
                    ("X-Client-DN", "CN=admin"),
                    ("X-Client-Certificate", "forged"),
                    ("X-ClientCert", "forged"),
                    ("$WSCC", "forged"),
                    ("X-Client-IP", "192.0.2.1"),
                ],
                &[("X-Client-IP", "192.0.2.1")],
            ),
            (
                "a value that looks like a list of names",
                &[("X-Role", "authorization, connection"), ("Authorization", "Basic")],
                &[("X-Role", "authorization, connection"), ("Authorization", "Basic")],
            ),
        ];
        for (name, before, after) in cases {
            let mut headers = pairs(before);
            connection.claim().apply(&mut headers);
            assert_eq!(headers, pairs(after), "{name}");
            consume_connection(&mut headers);
            assert_eq!(headers, pairs(after), "{name}, consumed again");
            let mut consumed = pairs(before);
            consume_connection(&mut consumed);
            connection.claim().apply(&mut consumed);
            assert_eq!(consumed, pairs(after), "{name}, consumed before");
        }
    }

    /// Names and values of any bytes.
    struct Raw(Vec<(Vec<u8>, Vec<u8>)>);

    impl RequestHeaders for Raw {
        fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8])) {
            self.0.visit(visit);
        }
    }

    impl RequestHeadersMut for Raw {
        fn remove_where(&mut self, remove: &mut dyn FnMut(&[u8]) -> bool) {
            self.0.retain(|(name, _)| !remove(name));
        }

        fn add_line(&mut self, line: HeaderLine<'_>) -> Result<(), TooManyHeaders> {
            self.0.push((line.name().into(), line.value().into()));
            Ok(())
        }
    }

    #[test]
    fn bytes_outside_utf8_are_folded_and_listed_too() {
        let set = HeaderSet::new(
            "own",
            Dialect::OpenSsl,
            [("X-Tenant-Serial", Field::Serial(SerialForm::Hex))],
        )
        .unwrap();
        let forwarding = Forwarding::none().on_every_request(set);
        let lines: [(&[u8], &[u8]); 6] = [
            (b"X-Tenant\xffSerial", b"forged"),
            (b"Client\xffCert", b"forged"),
            (b"Connection", b"X-\xff, close, ssl-client-verify\xa0"),
            (b"x-\xff", b"listed"),
            (b"Upgrade", b"\xff"),
            (b"Accept", b"*/*"),
        ];
        let mut headers = Raw(lines.map(|(name, value)| (name.into(), value.into())).into());
        assert_eq!(forwarding.claim(None).apply(&mut headers).stripped(), 2);
        let expected: [(&[u8], &[u8]); 2] = [(b"Accept", b"*/*"), (b"Connection", b"close")];
        assert_eq!(headers.0, expected.map(|(name, value)| (name.to_vec(), value.to_vec())));
    }

    #[test]
    fn options_are_capped_and_the_line_is_removed_anyway() {
        let names: Vec<String> = (0..200_000).map(|index| alloc::format!("x-{index}")).collect();
        let mut headers = pairs(&[("x-0", "1"), ("x-199999", "1"), ("Client-Cert", "forged")]);
        headers.push(("Connection".into(), names.join(",")));
        let claim = Forwarding::none().claim(None);
        claim.apply(&mut headers);
        assert_eq!(headers, pairs(&[("x-199999", "1")]));
    }

    #[test]
    fn owns_reports_what_is_stripped() {
        let set = HeaderSet::new(
            "own",
            Dialect::OpenSsl,
            [
                ("X-Remote-Serial", Field::Serial(SerialForm::Hex)),
                ("X-Remote-Verify", Field::Verified),
            ],
        )
        .unwrap();
        let renamed = HeaderSet::nginx().renamed("ssl-client-s-dn", "X-Remote-DN").unwrap();
        let forwarding = Forwarding::none()
            .on_first_request(set)
            .on_every_request(renamed)
            .also_strip(["X-Remote-User"])
            .unwrap();
        let connection = ConnectionState::new(ClientCertificate::none(), forwarding.clone());
        let (claim, withheld) = (connection.claim(), connection.withhold());
        let cases: [(&[u8], bool); 9] = [
            (b"x-remote-serial", true),
            (b"X_REMOTE_VERIFY", true),
            (b"x.remote.dn", true),
            (b"X-Remote-User", true),
            (b"X-Remote\xffUser", true),
            (b"ssl-client-serial", true),
            (b"X-Remote-Users", false),
            (b"X-Remote", false),
            (b"", false),
        ];
        for (name, owned) in cases {
            let shown = String::from_utf8_lossy(name);
            assert_eq!(forwarding.owns(name), owned, "forwarding: {shown}");
            assert_eq!(connection.owns(name), owned, "connection: {shown}");
            assert_eq!(claim.owns(name), owned, "claim: {shown}");
            assert_eq!(withheld.owns(name), owned, "withheld: {shown}");
            // Exactly the owned names are removed.
            let mut headers = Raw(vec![(name.to_vec(), b"forged".to_vec())]);
            let left = usize::from(!owned);
            assert_eq!(withheld.apply(&mut headers).stripped(), 1 - left, "{shown}");
            assert_eq!(headers.0.len(), left, "{shown}");
            let mut trailers = Raw(vec![(name.to_vec(), b"forged".to_vec())]);
            assert_eq!(connection.strip_trailers(&mut trailers), 1 - left, "trailer: {shown}");
            assert_eq!(trailers.0.len(), left, "trailer: {shown}");
        }
    }

    #[test]
    fn a_family_is_kept_by_name_and_from_the_chosen_clients() {
        use KeepFrom::{Anyone, Trusted};
        let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
        let trusted = ClientCertificate::presented(der, Verification::Success);
        let failed = ClientCertificate::presented(der, VerifyError::CertHasExpired.into());
        let none = ClientCertificate::none();
        let keep = |from| Forwarding::rfc9440().keep_family("client_cert", from).unwrap();
        let none_kept = Forwarding::rfc9440;
        let own = HeaderSet::new("own", Dialect::OpenSsl, [("Client-Cert-Role", Field::Verified)])
            .unwrap();
        let owned_again = || keep(Anyone).on_every_request(own.clone());
        // Whether the header is kept: in a claim of the connection, in a withheld one, and in one without a connection.
        let cases = [
            ("nothing is kept", none_kept(), &trusted, [false, false, false]),
            ("a trusted client", keep(Trusted), &trusted, [true, false, false]),
            ("a failed client", keep(Trusted), &failed, [false, false, false]),
            ("no certificate", keep(Trusted), &none, [false, false, false]),
            ("anyone", keep(Anyone), &none, [true, false, true]),
            ("anyone, failed", keep(Anyone), &failed, [true, false, true]),
            ("a name of a set", owned_again(), &trusted, [false, false, false]),
        ];
        for (case, forwarding, client, kept) in cases {
            let connection = ConnectionState::new(client.clone(), forwarding.clone());
            let claims = [connection.claim(), connection.withhold(), forwarding.claim(None)];
            for (claim, kept) in claims.into_iter().zip(kept) {
                let mut headers = pairs(&[
                    ("client_cert_role", "r"),
                    ("Client-Cert", "forged"),
                    ("ssl-client-verify", "forged"),
                    // A client of the proxy before this one can list it.
                    ("Connection", "client_cert_role"),
                ]);
                let applied = claim.apply(&mut headers);
                assert_eq!(claim.owns(b"Client-Cert-Role"), !kept, "{case}");
                let found = headers.iter().any(|(name, _)| name == "client_cert_role");
                assert_eq!(found, kept, "{case}");
                assert_eq!(applied.stripped(), if kept { 2 } else { 3 }, "{case}");
                assert!(headers.iter().all(|(_, value)| value != "forged"), "{case}");
                let mut trailers = pairs(&[("client_cert_role", "r"), ("Client-Cert", "forged")]);
                assert_eq!(claim.strip_trailers(&mut trailers), 2 - usize::from(kept), "{case}");
                assert_eq!(trailers.len(), usize::from(kept), "{case}");
            }
        }
        for name in
            ["client-cert-role", "host", "", "x-forwarded-client-cert", "X_Forwarded_Client_Cert"]
        {
            let error = Forwarding::none().keep_family(name, Trusted).unwrap_err();
            assert_eq!(error.kind(), HeaderSetErrorKind::NotAFamily, "{name}");
        }
    }
}
