//! Subject alternative names: ambiguous lists are not sent, and well-formed ones are sent as each proxy sends them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that can't go on must stop"
)]
#![allow(clippy::std_instead_of_alloc, reason = "tests have the standard library")]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::der::{
    self, IA5_STRING, INTEGER, OBJECT_IDENTIFIER, Parts, SEQUENCE, UTF8_STRING, of, tlv,
};
use common::trusted;
use tls_client_auth::HeaderSet;
use tls_client_auth::field::Limits;

/// Tags of a GeneralName's choices.
const MAIL: u8 = 0x81;
const DNS: u8 = 0x82;
const URI: u8 = 0x86;
/// `1.3.6.1.4.1.311.20.2.3`
const USER_PRINCIPAL_NAME: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 0x14, 2, 3];

/// A certificate with this list of names.
fn with_names(entries: &[Vec<u8>]) -> Vec<u8> {
    let extension = der::extension(der::SUBJECT_ALT_NAME, of(SEQUENCE, entries));
    Parts::with(|parts| parts.extensions = vec![extension]).der()
}

fn principal(value: Vec<u8>) -> Vec<u8> {
    of(0xa0, &[tlv(OBJECT_IDENTIFIER, USER_PRINCIPAL_NAME), tlv(0xa0, value)])
}

/// One unreadable entry, at any place of the list: no set sends any name of it.
#[test]
fn no_name_is_sent_from_a_malformed_list() {
    const NAME: &str = "spiffe://example/admin";
    let names = [
        tlv(URI, NAME),
        tlv(DNS, "admin.example"),
        tlv(MAIL, "admin@example"),
        principal(tlv(UTF8_STRING, "admin@example")),
    ];
    let unreadable: [(&str, &[u8]); 6] = [
        ("cut off", &[0x86, 9, b'a']),
        ("a length in BER", &[0x86, 0x81, 1, b'a']),
        ("a length of length", &[0x86, 0x84, 0, 0, 0, 1, b'a']),
        ("constructed", &[0xa6, 3, 0x16, 1, b'a']),
        ("an indefinite length", &[0x86, 0x80, b'a', 0, 0]),
        ("a long tag", &[0x9f, 0x06, 1, b'a']),
    ];
    let hidden = [NAME, "admin", &*STANDARD.encode(NAME), &*STANDARD.encode("admin.example")];
    for (case, entry) in unreadable {
        for place in 0..=names.len() {
            let mut entries = names.to_vec();
            entries.insert(place, entry.to_vec());
            let der = with_names(&entries);
            for set in HeaderSet::all() {
                for line in set.lines(&trusted(&der), Limits::new()).iter() {
                    let is_sent = hidden.iter().any(|hidden| line.value().contains(hidden));
                    assert!(!is_sent, "{case}, {place}: {}: {}", line.name(), line.value());
                }
            }
        }
    }
    // Without such an entry all of them are sent.
    let der = with_names(&names);
    for (set, header) in [
        (HeaderSet::google(), "client-cert-spiffe-id"),
        (HeaderSet::linkerd(), "l5d-client-id"),
        (HeaderSet::apache(), "SSL-CLIENT-SAN-OTHER-msUPN-0"),
        (HeaderSet::caddy(), "tls-client-san-emails"),
    ] {
        let lines = set.lines(&trusted(&der), Limits::new());
        assert!(lines.get(header).is_some_and(|value| value.contains("admin")), "{header}");
    }
}

/// Counting ends at an entry that another parser could read as a principal name. Other entries are skipped.
#[test]
fn principal_names_are_counted_over_all_entries() {
    let good = || principal(tlv(UTF8_STRING, "u@example"));
    let cases = [
        ("alone", vec![good()], Some("u@example"), None),
        ("second", vec![principal(tlv(UTF8_STRING, "a")), good()], Some("a"), Some("u@example")),
        (
            "after another type of text",
            vec![principal(tlv(IA5_STRING, "a")), good()],
            Some("u@example"),
            None,
        ),
        (
            "after a constructed one",
            vec![principal(tlv(0x2c, tlv(UTF8_STRING, "a"))), good()],
            None,
            None,
        ),
        ("after one in BER", vec![tlv(0xa0, [6, 0x81, 1, 1]), good()], None, None),
        ("before one in BER", vec![good(), tlv(0xa0, [6, 0x81, 1, 1])], Some("u@example"), None),
    ];
    for (case, entries, first, second) in cases {
        let der = with_names(&entries);
        let lines = HeaderSet::apache().lines(&trusted(&der), Limits::new());
        let of = |header| lines.get(header);
        let found = [of("SSL-CLIENT-SAN-OTHER-msUPN-0"), of("SSL-CLIENT-SAN-OTHER-msUPN-1")];
        assert_eq!(found, [first, second], "{case}");
    }
}

/// Go reads no extensions of a certificate whose version is not 3; OpenSSL does.
#[test]
fn only_version_3_has_alternative_names_in_go() {
    let versions = [
        (tlv(0xa0, tlv(INTEGER, [2])), true),
        (tlv(0xa0, tlv(INTEGER, [1])), false),
        (tlv(0xa0, tlv(INTEGER, [0])), false),
        (Vec::new(), false),
    ];
    for (version, is_three) in versions {
        let der = Parts::with(|parts| {
            parts.version = version.clone();
            let names = of(SEQUENCE, &[tlv(0x82, "a.example"), tlv(0x86, "spiffe://a/b")]);
            parts.extensions = vec![der::extension(der::SUBJECT_ALT_NAME, names)];
        })
        .der();
        let lines = |set: HeaderSet| set.lines(&trusted(&der), Limits::new());
        let caddy = lines(HeaderSet::caddy());
        let dns = if is_three { "[a.example]" } else { "[]" };
        assert_eq!(caddy.get("tls-client-san-dns-names"), Some(dns), "{version:?}");
        assert_eq!(caddy.get("tls-client-san-uris").map(str::len) == Some(2), !is_three);
        let traefik = lines(HeaderSet::traefik());
        let info = traefik.get("X-Forwarded-Tls-Client-Cert-Info").unwrap();
        assert_eq!(info.contains("SAN"), is_three, "{version:?}: {info}");
        let apache = lines(HeaderSet::apache());
        assert_eq!(apache.get("SSL-CLIENT-SAN-DNS-0"), Some("a.example"), "{version:?}");
    }
}

/// As in `client_identity` of linkerd2-proxy, with the exceptions that the set's documentation lists.
#[test]
fn linkerd_takes_the_first_name_that_is_an_identity() {
    const ID: &str = "spiffe://example.org/ns/default/sa/web";
    let long = ["a"; 130].join(".");
    type Case<'a> = (&'static str, &'a [(u8, &'a str)], Option<&'a str>);
    let cases: [Case<'_>; 32] = [
        ("none", &[], None),
        ("a DNS name", &[(DNS, "web.linkerd.cluster.local")], Some("web.linkerd.cluster.local")),
        ("in lower case", &[(DNS, "Web.Example")], Some("web.example")),
        ("underscores", &[(DNS, "_m.foo_")], Some("_m.foo_")),
        ("a SPIFFE ID", &[(URI, ID)], Some(ID)),
        ("with a port", &[(URI, "spiffe://host:1234/path")], Some("spiffe://host:1234/path")),
        ("the first", &[(URI, ID), (DNS, "web.example")], Some(ID)),
        ("after other kinds", &[(MAIL, "a@b"), (DNS, "web.example")], Some("web.example")),
        ("an asterisk", &[(DNS, "*.example"), (DNS, "web.example")], Some("web.example")),
        ("a dot at the end", &[(DNS, "web.example."), (URI, ID)], Some(ID)),
        ("a dot at the end alone", &[(DNS, "web.example.")], None),
        ("a leading hyphen", &[(DNS, "-a.example"), (DNS, "b")], Some("b")),
        ("a trailing hyphen", &[(DNS, "a-.example"), (DNS, "b")], Some("b")),
        ("an address", &[(DNS, "192.0.2.1"), (DNS, "b")], Some("b")),
        ("a first label of digits", &[(DNS, "1.a")], Some("1.a")),
        ("an empty label", &[(DNS, "a..b"), (DNS, "b")], Some("b")),
        ("an empty name", &[(DNS, ""), (DNS, "b")], Some("b")),
        ("a space", &[(DNS, "a b"), (DNS, "b")], Some("b")),
        ("a NUL", &[(DNS, "a\0.example"), (DNS, "b")], Some("b")),
        ("too long", &[(DNS, &long), (DNS, "b")], Some("b")),
        ("another scheme", &[(URI, "https://a.example/"), (DNS, "b")], Some("b")),
        ("no scheme", &[(URI, "not a uri"), (DNS, "b")], Some("b")),
        ("not ASCII", &[(URI, "spiffe://\u{fc}/"), (DNS, "b")], Some("b")),
        // linkerd's URL library normalizes these. Neither the normalized name nor the next name is sent.
        ("an upper-case scheme", &[(URI, "SPIFFE://a/b"), (DNS, "b")], None),
        ("a leading space", &[(URI, " spiffe://a/b"), (DNS, "b")], None),
        ("a line break inside", &[(URI, "spi\r\nffe://a/b"), (DNS, "b")], None),
        ("a space inside", &[(URI, "spiffe://a/b c"), (DNS, "b")], None),
        ("dots to resolve", &[(URI, "spiffe://a/b/../c"), (DNS, "b")], None),
        ("escaped dots", &[(URI, "spiffe://a/b/%2E%2e/c"), (DNS, "b")], None),
        ("no host", &[(URI, "spiffe:///a"), (DNS, "b")], None),
        ("a port with a leading zero", &[(URI, "spiffe://a:080/"), (DNS, "b")], None),
        ("a fragment", &[(URI, "spiffe://a/b#c"), (DNS, "b")], None),
    ];
    for (case, names, expected) in cases {
        let entries: Vec<_> = names.iter().map(|(tag, name)| tlv(*tag, name)).collect();
        let der = with_names(&entries);
        let lines = HeaderSet::linkerd().lines(&trusted(&der), Limits::new());
        assert_eq!(lines.get("l5d-client-id"), expected, "{case}");
    }
}
