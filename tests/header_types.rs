//! Other authors' implementations of [`RequestHeadersMut`], also wrong ones: no forged header is left, and no header is removed that
//! neither the forwarding owns nor `Connection` lists.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test that can't go on must stop"
)]
#![allow(clippy::std_instead_of_alloc, reason = "tests have the standard library")]

mod common;

use common::der::{OU, Parts, UTF8_STRING, attribute, name};
use tls_client_auth::connection::{XfccMode, consume_connection};
use tls_client_auth::field::{Field, SerialForm, Xfcc};
use tls_client_auth::headers::{HeaderLine, RequestHeaders, RequestHeadersMut, TooManyHeaders};
use tls_client_auth::{
    ClientCertificate, ConnectionState, Dialect, Forwarding, HeaderSet, Verification,
};

const DER: &[u8] = include_bytes!("fixtures/plain.der");
const OWN: &str = "Hash=73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa";

/// How a type stores and shows its lines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// As they are.
    Plain,
    /// Shows names in upper case, and passes them to `remove` in lower case.
    OtherCase,
    /// Shows one line for each name, with all values joined by commas.
    Joined,
    /// Shows the last line first.
    Backwards,
    /// Calls `remove` several times for a name, and for names that it does not hold.
    AsksMuch,
    /// Calls `remove` once for each name, and drops all its lines at once.
    ByName,
    /// Shows each line twice, which the trait forbids.
    Twice,
    /// Shows all values of a name for each of its lines, which the trait forbids too.
    AllForEach,
}

#[derive(Clone)]
struct Headers {
    kind: Kind,
    lines: Vec<(Vec<u8>, Vec<u8>)>,
    /// The lines that `visit` shows.
    shown: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Headers {
    fn new(kind: Kind, lines: &[(&str, &str)]) -> Self {
        let lines =
            lines.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()));
        let mut headers = Self { kind, lines: lines.collect(), shown: Vec::new() };
        headers.show();
        headers
    }

    fn show(&mut self) {
        let named = |name: &[u8]| {
            let own = self.lines.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name));
            own.map(|(_, value)| value.clone()).collect::<Vec<_>>()
        };
        let mut shown: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        for (name, value) in &self.lines {
            let is_new = !shown.iter().any(|(seen, _)| seen.eq_ignore_ascii_case(name));
            match self.kind {
                Kind::OtherCase => shown.push((name.to_ascii_uppercase(), value.clone())),
                Kind::Joined if is_new => shown.push((name.clone(), named(name).join(&b", "[..]))),
                Kind::Joined => {}
                Kind::Twice => {
                    shown.extend([(name.clone(), value.clone()), (name.clone(), value.clone())])
                }
                Kind::AllForEach => {
                    shown.extend(named(name).into_iter().map(|value| (name.clone(), value)));
                }
                Kind::Plain | Kind::Backwards | Kind::AsksMuch | Kind::ByName => {
                    shown.push((name.clone(), value.clone()));
                }
            }
        }
        if self.kind == Kind::Backwards {
            shown.reverse();
        }
        self.shown = shown;
    }

    /// The lines, with names in lower case, sorted.
    fn sorted(&self) -> Vec<(String, String)> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let lines = self.lines.iter();
        let mut lines: Vec<_> =
            lines.map(|(name, value)| (text(&name.to_ascii_lowercase()), text(value))).collect();
        lines.sort();
        lines
    }
}

impl RequestHeaders for Headers {
    fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8])) {
        for (name, value) in &self.shown {
            visit(name, value);
        }
    }
}

impl RequestHeadersMut for Headers {
    fn remove_where(&mut self, remove: &mut dyn FnMut(&[u8]) -> bool) {
        match self.kind {
            Kind::OtherCase => self.lines.retain(|(name, _)| !remove(&name.to_ascii_lowercase())),
            Kind::AsksMuch => self.lines.retain(|(name, _)| {
                let answers = [remove(name), remove(b"client-cert"), remove(b""), remove(name)];
                assert_eq!(answers[0], answers[3]);
                !answers[0]
            }),
            Kind::ByName => {
                let mut names: Vec<Vec<u8>> =
                    self.lines.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
                names.dedup();
                names.retain(|name| remove(name));
                self.lines.retain(|(name, _)| !names.contains(&name.to_ascii_lowercase()));
            }
            _ => self.lines.retain(|(name, _)| !remove(name)),
        }
        self.show();
    }

    fn add_line(&mut self, line: HeaderLine<'_>) -> Result<(), TooManyHeaders> {
        let name = line.name().as_bytes();
        let is_one = !name.eq_ignore_ascii_case(b"X-Group");
        let mut present = self.lines.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        assert!(!is_one || present.next().is_none(), "added beside a line of the same name");
        self.lines.push((name.to_ascii_uppercase(), line.value().into()));
        self.show();
        Ok(())
    }
}

const REQUEST: [(&str, &str); 17] = [
    ("Authorization", "Basic YTpi"),
    ("X-Role", "authorization, connection, close, upgrade"),
    ("Connection", "close, X-Hop"),
    ("connection", "X-Other, ssl-client-verify, host"),
    ("CONNECTION", "upgrade"),
    ("X-Hop", "1"),
    ("x-hop", "2"),
    ("x-OTHER", "3"),
    ("Host", "a.example"),
    ("SSL_CLIENT-verify", "SUCCESS"),
    ("X-Tenant-Serial", "forged"),
    ("x_tenant_SERIAL", "forged"),
    ("x-forwarded-client-CERT", "Hash=1"),
    ("X-Forwarded-Client-Cert", "Hash=2"),
    ("UPGRADE", "h2c"),
    ("upgrade", "websocket"),
    ("HTTP2-Settings", "AAMAAABk"),
];

#[test]
fn no_forged_header_is_left_in_any_header_type() {
    let own = [("X-Tenant-Serial", Field::Serial(SerialForm::Hex))];
    let own = HeaderSet::new("own", Dialect::OpenSsl, own).unwrap();
    let kinds = [
        (Kind::Plain, 5, "Hash=1,Hash=2,"),
        (Kind::OtherCase, 5, "Hash=1,Hash=2,"),
        (Kind::Joined, 4, "Hash=1, Hash=2,"),
        (Kind::Backwards, 5, "Hash=2,Hash=1,"),
        (Kind::AsksMuch, 5, "Hash=1,Hash=2,"),
        (Kind::ByName, 5, "Hash=1,Hash=2,"),
        // A line that is shown twice is counted and kept twice.
        (Kind::Twice, 10, "Hash=1,Hash=1,Hash=2,Hash=2,"),
        (Kind::AllForEach, 7, "Hash=1,Hash=2,Hash=1,Hash=2,"),
    ];
    for (kind, owned, inbound) in kinds {
        for mode in [XfccMode::SanitizeSet, XfccMode::AppendForward] {
            let appends = mode == XfccMode::AppendForward;
            let forwarding = Forwarding::none()
                .on_every_request(HeaderSet::envoy_with(Xfcc::new()))
                .on_first_request(own.clone())
                .xfcc_mode(mode);
            let client = ClientCertificate::presented(DER, Verification::Success);
            let connection = ConnectionState::new(client, forwarding);
            let mut headers = Headers::new(kind, &REQUEST);
            let claim = connection.claim();
            let applied = claim.apply(&mut headers);
            let element = if appends { [inbound, OWN].concat() } else { OWN.to_owned() };
            let expected = [
                ("authorization", "Basic YTpi"),
                ("connection", "close"),
                ("host", "a.example"),
                ("x-forwarded-client-cert", &element),
                ("x-role", "authorization, connection, close, upgrade"),
                ("x-tenant-serial", "5A7001B17B539286C891"),
            ];
            let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert_eq!(headers.sorted(), expected, "{kind:?}, {mode:?}");
            assert!(applied.is_complete());
            let is_envoy_s = |name: &[u8]| name.eq_ignore_ascii_case(b"x-forwarded-client-cert");
            let before = Headers::new(kind, &REQUEST);
            let kept = before.shown.iter().filter(|(name, _)| appends && is_envoy_s(name)).count();
            assert_eq!(applied.stripped(), owned - kept, "{kind:?}, {mode:?}");
            // Applying the claim again changes nothing, except for a type that shows each line twice.
            let is_shown_once = kind != Kind::Twice;
            claim.apply(&mut headers);
            assert!(!is_shown_once || headers.sorted() == expected, "{kind:?}, {mode:?}: again");
            let mut trailers = Headers::new(kind, &REQUEST);
            assert_eq!(connection.strip_trailers(&mut trailers), owned, "{kind:?}");
            assert!(trailers.shown.iter().all(|(name, _)| !connection.owns(name)), "{kind:?}");
        }
        let mut consumed = Headers::new(kind, &REQUEST);
        consume_connection(&mut consumed);
        let left: Vec<String> = consumed.sorted().into_iter().map(|(name, _)| name).collect();
        assert!(left.contains(&"authorization".to_owned()), "{kind:?}");
        assert!(!left.iter().any(|name| name == "x-hop" || name == "x-other"), "{kind:?}");
        assert_eq!(left.iter().filter(|name| *name == "connection").count(), 1, "{kind:?}");
    }
}

#[test]
fn several_values_are_several_lines_in_every_header_type() {
    let units = ["one", "two"].map(|unit| attribute(OU, UTF8_STRING, unit));
    let leaf =
        Parts::with(|parts| parts.subject = name(&units.each_ref().map(std::slice::from_ref)));
    let rows = [("X-Group", "subject:each-attribute:OU".parse().unwrap())];
    let groups = HeaderSet::new("own", Dialect::OpenSsl, rows).unwrap();
    let client = ClientCertificate::presented(leaf.der(), Verification::Success);
    let connection = ConnectionState::new(client, Forwarding::none().on_every_request(groups));
    let expected = ["one", "two"].map(|unit| ("x-group".to_owned(), unit.to_owned()));

    let mut headers = Headers::new(Kind::Plain, &[("X_GROUP", "forged"), ("x-group", "forged")]);
    connection.claim().apply(&mut headers);
    connection.claim().apply(&mut headers);
    assert_eq!(headers.sorted(), expected);
    let mut pairs = vec![("X-Group".to_owned(), "forged".to_owned())];
    connection.claim().apply(&mut pairs);
    connection.claim().apply(&mut pairs);
    assert_eq!(pairs.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    #[cfg(feature = "http")]
    {
        let forged = http::HeaderValue::from_static("forged");
        let mut map = http::HeaderMap::new();
        map.append("x-group", forged.clone());
        map.append("x-group", forged);
        connection.claim().apply(&mut map);
        connection.claim().apply(&mut map);
        assert!(map.iter().map(|(_, value)| value.to_str().unwrap()).eq(["one", "two"]));
    }
    #[cfg(feature = "pingora")]
    {
        let mut request = pingora_http::RequestHeader::build("GET", b"/", None).unwrap();
        request.append_header("X-Group", "forged").unwrap();
        connection.claim().apply(&mut request);
        connection.claim().apply(&mut request);
        let values = request.headers.iter().map(|(_, value)| value.to_str().unwrap());
        assert!(values.eq(["one", "two"]));
    }
}
