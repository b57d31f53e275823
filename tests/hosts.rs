//! `Hosts`: which hosts ask for a certificate, enforce it and forward it. No spelling of a host gets a weaker decision than the host.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "tests"
)]

mod common;

use common::der::{
    AUTHORITY_KEY_IDENTIFIER, Parts, SEQUENCE, common_name, extension, subject_key_identifier, tlv,
};
use http::uri::Authority;
use proptest::prelude::*;
use tls_client_auth::client::VerifyError;
use tls_client_auth::hosts::{
    Answer, AuthStatus, Conditions, Decision, HostnameAssociation, HostnameErrorKind,
    HostnameSetting, HostnameSettings, Hosts, Refusal, normal_host,
};
use tls_client_auth::{ClientCertificate, TlsClientAuth, Verification};

const DER: &[u8] = include_bytes!("fixtures/plain.der");
const UPLOADED: &str = "b2134436-2555-4acf-be5b-26c48136575e";

fn good() -> ClientCertificate {
    ClientCertificate::presented(DER, Verification::Success)
}

/// No certificate, a good one, a failed one, one that was not verified, a revoked one.
fn clients() -> [ClientCertificate; 5] {
    [
        ClientCertificate::none(),
        good(),
        ClientCertificate::presented(DER, VerifyError::CertHasExpired.into()),
        ClientCertificate::presented(DER, Verification::None),
        good().revoked(true),
    ]
}

fn hosts() -> Hosts {
    let setting = |hostname: &str, forwards| HostnameSetting {
        hostname: hostname.into(),
        china_network: false,
        client_certificate_forwarding: forwards,
    };
    let settings = vec![
        setting("api.example.com", true),
        setting("*.wild.example.com", true),
        setting("quiet.wild.example.com", false),
        setting("192.0.2.1", true),
    ];
    let uploaded = HostnameAssociation::new(["uploaded.example.com", "[2001:db8::1]"]).unwrap();
    Hosts::new()
        .ask(["api.example.com", "asks.example.com", "*.wild.example.com", "192.0.2.1"])
        .unwrap()
        .associate(uploaded.mtls_certificate_id(UPLOADED).unwrap())
        .unwrap()
        .configure(HostnameSettings::new(settings).unwrap())
        .enforce([
            "API.example.com.",
            "strict.wild.example.com",
            "uploaded.example.com",
            "192.0.2.1",
        ])
        .unwrap()
        .enforce(["enforces-only.example.com"])
        .unwrap()
}

/// A letter for a decision: `+` passes and forwards, `-` passes and withholds, `M`, `F` and `R` are 403 for a missing, failed or
/// revoked certificate, `!` is 421.
fn letter(decision: Decision) -> char {
    match decision {
        Decision::Forward => '+',
        Decision::Withhold => '-',
        Decision::Refuse(Refusal::Missing) => 'M',
        Decision::Refuse(Refusal::Failed) => 'F',
        Decision::Refuse(Refusal::Revoked) => 'R',
        Decision::Misdirected => '!',
        other => panic!("{other:?}"),
    }
}

#[test]
fn decisions_by_server_name_host_and_client() {
    let api = Some("api.example.com");
    let www = Some("www.example.com");
    let wild = Some("one.wild.example.com");
    let uploaded = Some("uploaded.example.com");
    // One letter for each client, in the order of `clients`.
    let table = [
        // The same host as in the handshake.
        (api, "api.example.com", "M+FFR"),
        (api, "API.Example.COM", "M+FFR"),
        (api, "api.example.com.", "M+FFR"),
        (api, "api.example.com:443", "M+FFR"),
        (api, "api.example.com.:8443", "M+FFR"),
        (Some("API.example.com."), "api.example.com", "M+FFR"),
        (Some("asks.example.com"), "asks.example.com", "-----"),
        (www, "www.example.com", "-----"),
        (Some("enforces-only.example.com"), "enforces-only.example.com", "M-FFR"),
        (uploaded, "uploaded.example.com", "M-FFR"),
        // Wildcards.
        (wild, "one.wild.example.com", "+++++"),
        (Some("quiet.wild.example.com"), "quiet.wild.example.com", "-----"),
        (Some("strict.wild.example.com"), "strict.wild.example.com", "M+FFR"),
        (Some("wild.example.com"), "wild.example.com", "-----"),
        (Some("a.b.wild.example.com"), "a.b.wild.example.com", "-----"),
        (www, "a.b.wild.example.com", "-----"),
        (www, "wild.example.com", "-----"),
        (www, "one.wild.example.com", "!!!!!"),
        (wild, "two.wild.example.com", "+++++"),
        // Another host than in the handshake.
        (www, "other.example.net", "-----"),
        (www, "api.example.com", "!!!!!"),
        (www, "asks.example.com", "!!!!!"),
        (www, "API.example.com.:443", "!!!!!"),
        (www, "uploaded.example.com", "!!!!!"),
        (www, "enforces-only.example.com", "M-FFR"),
        (api, "www.example.com", "!!!!!"),
        (api, "asks.example.com", "-----"),
        (api, "one.wild.example.com", "+++++"),
        (api, "strict.wild.example.com", "M+FFR"),
        (Some("asks.example.com"), "api.example.com", "M+FFR"),
        (api, "uploaded.example.com", "!!!!!"),
        (uploaded, "api.example.com", "!!!!!"),
        (uploaded, "[2001:db8::1]:443", "-----"),
        // No server name, and hosts of two authorities.
        (None, "www.example.com", "-----"),
        (None, "api.example.com", "!!!!!"),
        (None, "192.0.2.1", "!!!!!"),
        (None, "enforces-only.example.com", "M-FFR"),
        // Addresses.
        (api, "192.0.2.1:443", "M+FFR"),
        (api, "[::ffff:192.0.2.1]", "M+FFR"),
        (www, "192.0.2.1", "!!!!!"),
        (www, "192.0.2.2", "-----"),
        (www, "[2001:DB8:0:0::1]", "!!!!!"),
        (Some("2001:db8::1"), "[2001:db8::1]", "-----"),
        (Some("[2001:db8::1]"), "[2001:db8::1]", "!!!!!"),
        // Hosts that cannot be parsed.
        (www, "", "!!!!!"),
        (www, "api.example.com/", "!!!!!"),
        (www, "user@www.example.com", "!!!!!"),
        (www, "api%2eexample.com", "!!!!!"),
        (www, "api..example.com", "!!!!!"),
        (www, "api.example.com..", "!!!!!"),
        (www, "api.example.com:https", "!!!!!"),
        (www, "*.wild.example.com", "!!!!!"),
        (www, "api\u{3002}example.com", "!!!!!"),
        (www, "b\u{fc}cher.example", "!!!!!"),
        (www, "192.0.2.01", "!!!!!"),
        (www, "3221225985", "!!!!!"),
        (www, "2001:db8::1", "!!!!!"),
        (Some("not a name"), "www.example.com", "!!!!!"),
        (Some(""), "api.example.com", "!!!!!"),
        (Some("not a name"), "", "!!!!!"),
    ];
    let hosts = hosts();
    for (server_name, host, expected) in table {
        let decided: String = clients()
            .iter()
            .map(|client| letter(hosts.decide(server_name, host, client)))
            .collect();
        assert_eq!(decided, expected, "{server_name:?} {host:?}");
    }
}

#[test]
fn without_a_server_name_hosts_of_one_authority_are_served() {
    let hosts = Hosts::new().ask(["api.example.com", "192.0.2.1"]).unwrap();
    let hosts = hosts.enforce(["api.example.com", "192.0.2.1"]).unwrap();
    assert!(hosts.asks(None));
    for (host, expected) in
        [("api.example.com", "M-FFR"), ("192.0.2.1", "M-FFR"), ("b.example", "-----")]
    {
        let decided: String =
            clients().iter().map(|client| letter(hosts.decide(None, host, client))).collect();
        assert_eq!(decided, expected, "{host}");
    }
    assert!(!Hosts::new().asks(None));
    assert_eq!(Hosts::new().decide(None, "a.example", &good()), Decision::Withhold);
}

#[test]
fn handshakes_ask_for_the_right_authority() {
    let hosts = hosts();
    let cases = [
        (Some("api.example.com"), true, None),
        (Some("API.EXAMPLE.COM."), true, None),
        (Some("one.wild.example.com"), true, None),
        (Some("quiet.wild.example.com"), true, None),
        (Some("wild.example.com"), false, None),
        (Some("uploaded.example.com"), true, Some(UPLOADED)),
        (Some("2001:db8::1"), true, Some(UPLOADED)),
        (Some("www.example.com"), false, None),
        (Some("enforces-only.example.com"), false, None),
        (Some("not a name"), true, None),
        (None, true, None),
    ];
    for (server_name, asks, authority) in cases {
        assert_eq!(hosts.asks(server_name), asks, "{server_name:?}");
        assert_eq!(hosts.mtls_certificate_id(server_name), authority, "{server_name:?}");
    }
    let uploaded = hosts.associate(HostnameAssociation::default()).unwrap();
    assert_eq!(uploaded.mtls_certificate_id(None), Some(UPLOADED));
}

/// A client that passes was asked for a certificate of the host's authority, in every spelling of the server name and of the host.
#[test]
fn a_request_that_passes_was_asked_for_its_host_s_authority() {
    let names = [
        "api.example.com",
        "API.example.com.",
        "api.example.com:443",
        "asks.example.com",
        "one.wild.example.com",
        "*.wild.example.com",
        "uploaded.example.com",
        "Uploaded.example.com.:443",
        "www.example.com",
        "192.0.2.1",
        "192.0.2.1.",
        "192.0.2.01",
        "[192.0.2.1]",
        "::ffff:192.0.2.1",
        "[::ffff:192.0.2.1]",
        "2001:db8::1",
        "2001:DB8:0::1",
        "[2001:db8::1]",
        "[2001:DB8:0::1]:443",
        "[2001:db8::1].",
        "[2001:db8::2]",
        "[api.example.com]",
        "user@api.example.com",
        "",
        ".",
        ":443",
    ];
    let hosts = hosts();
    let asked = |name: &str| hosts.asks(Some(name)).then(|| hosts.mtls_certificate_id(Some(name)));
    let mut passed = 0;
    for (server_name, host) in names.iter().flat_map(|name| names.map(|host| (name, host))) {
        let decision = hosts.decide(Some(server_name), host, &good());
        if decision != Decision::Misdirected {
            let host = normal_host(host).unwrap();
            assert_eq!(asked(server_name), asked(&host), "{server_name:?} {host:?}: {decision:?}");
            passed += 1;
        }
    }
    assert!(passed > 50, "{passed}");
}

#[test]
fn a_host_that_cannot_be_parsed_is_enforced_and_not_forwarded() {
    let hosts = hosts();
    let cases = [
        ("api.example.com:443", true, true),
        ("one.wild.example.com", false, true),
        ("quiet.wild.example.com", false, false),
        ("strict.wild.example.com", true, true),
        ("www.example.com", false, false),
        ("not a name", true, false),
    ];
    for (host, enforces, forwards) in cases {
        assert_eq!(hosts.enforces(host), enforces, "{host}");
        assert_eq!(hosts.forwards(host), forwards, "{host}");
    }
    assert!(!Hosts::new().enforces("not a name"));
}

#[test]
fn conditions_restrict_which_verified_clients_pass() {
    let issuer = "0102030405060708090A0B0C0D0E0F1011121314".to_owned();
    let identifier = tlv(SEQUENCE, tlv(0x80, hex::decode(&issuer).unwrap()));
    let issued = Parts::with(|parts| {
        parts.extensions = vec![extension(AUTHORITY_KEY_IDENTIFIER, identifier)];
    });
    let client = ClientCertificate::presented(issued.der(), Verification::Success);
    let fingerprint = TlsClientAuth::new(&client).cert_fingerprint_sha256().to_owned();
    let other = "27846FAE6EAC4A8DAD9101B519CF1EB460242831";
    let zeros = "0".repeat(64);
    let issuers = |list: &[&str]| Conditions::new().issuers(list).unwrap();
    let fingerprints = |list: &[&str]| Conditions::new().fingerprints(list).unwrap();
    let (allowed, no_issuer, no_fingerprint) = (
        Decision::Withhold,
        Decision::Refuse(Refusal::Issuer),
        Decision::Refuse(Refusal::Fingerprint),
    );
    let cases = [
        ("none", Conditions::new(), allowed),
        ("its issuer", issuers(&[other, &issuer]), allowed),
        ("its issuer in lower case", issuers(&[&issuer.to_lowercase()]), allowed),
        ("another issuer", issuers(&[other]), no_issuer),
        ("no issuer", issuers(&[]), no_issuer),
        ("its fingerprint", fingerprints(&[&zeros, &fingerprint]), allowed),
        ("its fingerprint in upper case", fingerprints(&[&fingerprint.to_uppercase()]), allowed),
        ("another fingerprint", fingerprints(&[&zeros]), no_fingerprint),
        ("no fingerprint", fingerprints(&[]), no_fingerprint),
        ("both", issuers(&[&issuer]).fingerprints([&fingerprint]).unwrap(), allowed),
        ("one of both", issuers(&[&issuer]).fingerprints([&zeros]).unwrap(), no_fingerprint),
    ];
    // A forged issuer in the chain that the client sends must not count.
    let forged = Parts::with(|parts| {
        parts.subject = common_name("issuer");
        parts.extensions = vec![subject_key_identifier(&hex::decode(other).unwrap())];
    });
    let chained = client.clone().chain([forged.der()]);
    for (case, conditions, expected) in cases {
        let hosts = Hosts::new().enforce_with(["a.example"], conditions).unwrap();
        let decide = |client: &ClientCertificate| hosts.decide(None, "a.example", client);
        assert_eq!(decide(&client), expected, "{case}");
        assert_eq!(decide(&chained), expected, "{case}");
        let refused = clients().map(|client| decide(&client));
        assert_eq!(refused[0], Decision::Refuse(Refusal::Missing), "{case}");
        assert_eq!(refused[2], Decision::Refuse(Refusal::Failed), "{case}");
        assert_eq!(refused[4], Decision::Refuse(Refusal::Revoked), "{case}");
    }
    // The verified issuer that the caller gives takes precedence over the leaf's authority key identifier.
    let hosts = Hosts::new().enforce_with(["a.example"], issuers(&[other])).unwrap();
    assert_eq!(hosts.decide(None, "a.example", &client), no_issuer);
    let named = client.clone().verified_issuer(forged.der());
    assert_eq!(hosts.decide(None, "a.example", &named), allowed);
    // Without an authority key identifier, the issuer is not known.
    assert_eq!(hosts.decide(None, "a.example", &good().chain([forged.der()])), no_issuer);
    let unread = ClientCertificate::presented(&b"no certificate"[..], Verification::Success);
    assert_eq!(hosts.decide(None, "a.example", &unread), no_issuer);
    let unread = unread.verified_issuer(forged.der());
    assert_eq!(hosts.decide(None, "a.example", &unread), no_issuer);

    let errors = [
        Conditions::new().issuers([other, "xyz"]).unwrap_err(),
        Conditions::new().issuers([""]).unwrap_err(),
        Conditions::new().fingerprints([&zeros[1..]]).unwrap_err(),
    ];
    let expected = [
        r#"issuers[1]: "xyz" is not a key identifier in hex"#.to_owned(),
        r#"issuers[0]: "" is not a key identifier in hex"#.to_owned(),
        format!("fingerprints[0]: {:?} is not a SHA-256 of 64 hex digits", &zeros[1..]),
    ];
    assert_eq!(errors.map(|error| error.to_string()), expected);
}

#[test]
fn entries_are_checked() {
    use HostnameErrorKind::{Duplicate, Malformed, NotAscii, Port, Wildcard};
    let long = "a".repeat(64);
    let cases = [
        ("", Malformed),
        (".", Malformed),
        ("a b", Malformed),
        ("a..b", Malformed),
        ("-a.example", Malformed),
        ("a.example/", Malformed),
        ("[::g]", Malformed),
        ("127.1", Malformed),
        (&long, Malformed),
        ("a.example:443", Port),
        ("[2001:db8::1]:443", Port),
        ("*", Wildcard),
        ("*.", Malformed),
        ("*.*.example", Wildcard),
        ("a.*.example", Wildcard),
        ("a*.example", Wildcard),
        ("*.192.0.2.1", Malformed),
        ("*.2001:db8::1", Malformed),
        ("b\u{fc}cher.example", NotAscii),
        ("*.b\u{fc}cher.example", NotAscii),
        ("FIRST.example.", Duplicate),
    ];
    for (hostname, kind) in cases {
        for error in [
            Hosts::new().ask(["first.example", hostname]).unwrap_err(),
            Hosts::new().enforce(["first.example", hostname]).unwrap_err(),
            Hosts::new().forward(["first.example", hostname]).unwrap_err(),
        ] {
            assert_eq!((error.index(), error.kind()), (1, kind), "{hostname}");
        }
    }
    let again =
        hosts().associate(HostnameAssociation::new(["x.example", "Uploaded.example.com"]).unwrap());
    let message = r#"hostnames[1]: "Uploaded.example.com" is duplicated"#;
    assert_eq!(again.unwrap_err().to_string(), message);
    assert!(hosts().enforce(["API.example.com"]).is_err());
    assert!(hosts().forward(["api.example.com"]).is_err());
    assert!(hosts().ask(["api.example.com"]).is_err());
    // A wildcard does not include its parent domain, and an address has no wildcard.
    let both = Hosts::new().ask(["a.example", "*.a.example", "192.0.2.1", "2001:db8::1"]).unwrap();
    assert!(both.asks(Some("a.example")) && both.asks(Some("b.a.example")));
}

#[test]
fn bodies_and_answers_are_read_back() {
    let body = r#"{"hostnames":["new.example.com","*.Example.net"],"mtls_certificate_id":"b2134436-2555-4acf-be5b-26c48136575e"}"#;
    let association: HostnameAssociation = serde_json::from_str(body).unwrap();
    assert_eq!(association.authority(), Some(UPLOADED));
    assert_eq!(serde_json::to_string(&association).unwrap(), body);
    let answer = format!(r#"{{"result":{body},"success":true,"errors":[],"messages":[]}}"#);
    assert_eq!(serde_json::to_string(&Answer(&association)).unwrap(), answer);
    assert_eq!(serde_json::from_str::<HostnameAssociation>(&answer).unwrap(), association);
    let empty: HostnameAssociation = serde_json::from_str(r#"{"hostnames":[]}"#).unwrap();
    assert_eq!(serde_json::to_string(&empty).unwrap(), r#"{"hostnames":[]}"#);

    // Some clients write an empty list as null.
    let answer = r#"{"result":{"hostnames":[]},"success":true,"errors":null,"messages":null}"#;
    assert_eq!(serde_json::from_str::<HostnameAssociation>(answer).unwrap(), empty);

    let list =
        r#"[{"hostname":"a.example","china_network":true,"client_certificate_forwarding":true}]"#;
    let answer = format!(r#"{{"result":{list},"success":true,"errors":[],"messages":[]}}"#);
    let settings: HostnameSettings = serde_json::from_str(&answer).unwrap();
    assert_eq!(serde_json::to_string(&settings).unwrap(), format!(r#"{{"settings":{list}}}"#));
    assert_eq!(serde_json::to_string(&Answer(&settings)).unwrap(), answer);

    // An association replaces the one of the same authority, and leaves the others.
    let hosts = hosts().associate(association).unwrap();
    assert!(!hosts.asks(Some("uploaded.example.com")) && hosts.asks(Some("asks.example.com")));
    let written: Vec<String> =
        hosts.associations().iter().map(|it| serde_json::to_string(it).unwrap()).collect();
    let again = written
        .iter()
        .try_fold(Hosts::new(), |hosts, body| hosts.associate(serde_json::from_str(body).unwrap()));
    assert_eq!(again.unwrap().associations(), hosts.associations());
}

#[test]
fn refused_bodies_name_the_entry() {
    let associations = [
        (r#"{"hostnames":["a.example","a b"]}"#, r#"hostnames[1]: "a b" is not a hostname"#),
        (
            r#"{"result":{"hostnames":["a.example:1"]},"success":true}"#,
            "hostnames[0]: \"a.example:1\" has a port",
        ),
        (r#"{"hostnames":["b\u00fccher.example"]}"#, "use \"xn--bcher-kva.example\""),
        (r#"{"hostnames":[],"mtls_certificate_id":"7"}"#, "\"7\" is not a UUID of 36 characters"),
        (r#"{"mtls_certificate_id":null}"#, "missing field `hostnames`"),
        (
            r#"{"result":null,"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}"#,
            "not a success: Authentication error",
        ),
        (r#"{"result":{"hostnames":[]}}"#, "neither a body with hostnames nor an answer"),
        (
            r#"{"hostnames":[],"result":{"hostnames":[]},"success":true}"#,
            "neither a body with hostnames nor an answer",
        ),
        (
            r#"{"result":{"hostnames":["a.example"]},"success":true,"errors":[{"code":1,"message":"partly"}]}"#,
            "not a success: partly",
        ),
        (r#"[["a.example"],null,null,null,null]"#, "expected an object"),
        (r#"{"result":[["a.example"],null],"success":true}"#, "expected an object"),
        (r#"["a.example"]"#, "expected an object"),
        (r#"{"hostnames":[1]}"#, "expected a string"),
        (r#"{"hostnames":["a.example"],"hostnames":[]}"#, "duplicate field `hostnames`"),
        (r#"{"hostnames":["a.example"],"mtls_certificate_id":7}"#, "expected a string"),
        (r#"{"result":{"hostnames":[]},"success":"true"}"#, "expected a boolean"),
    ];
    for (json, expected) in associations {
        let error = serde_json::from_str::<HostnameAssociation>(json).unwrap_err().to_string();
        assert!(error.contains(expected), "{json}: {error}");
    }
    let settings = [
        (
            r#"{"settings":[{"hostname":"a.*","client_certificate_forwarding":true}]}"#,
            "settings[0]: \"a.*\" has a *",
        ),
        (
            r#"{"settings":[{"hostname":"a.example"}]}"#,
            "missing field `client_certificate_forwarding`",
        ),
        ("{}", "missing field `settings`"),
        (r#"{"settings":[["a.example",false,true]]}"#, "expected an object"),
        (r#"{"result":[["a.example",false,true]],"success":true}"#, "expected an object"),
        (
            r#"{"settings":[{"hostname":"a.example","client_certificate_forwarding":1}]}"#,
            "expected a boolean",
        ),
    ];
    for (json, expected) in settings {
        let error = serde_json::from_str::<HostnameSettings>(json).unwrap_err().to_string();
        assert!(error.contains(expected), "{json}: {error}");
    }
}

#[test]
fn the_log_has_a_word_for_every_client() {
    let failed = |error: VerifyError| ClientCertificate::presented(DER, error.into());
    let cases = [
        (ClientCertificate::none(), "absent"),
        (good(), "ok"),
        (good().revoked(true), "untrusted"),
        (ClientCertificate::presented(DER, Verification::None), "unknown"),
        (failed(VerifyError::CertHasExpired), "expired"),
        (failed(VerifyError::CertNotYetValid), "notyetvalid"),
        (failed(VerifyError::SelfSignedCertInChain), "untrusted"),
        (failed(VerifyError::CertRevoked), "untrusted"),
    ];
    for (client, word) in cases {
        assert_eq!(AuthStatus::of(&client).to_string(), word);
    }
}

/// How much a decision lets through: the weaker, the larger.
fn weakness(decision: Decision) -> u8 {
    match decision {
        Decision::Misdirected => 0,
        Decision::Refuse(_) => 1,
        Decision::Withhold => 2,
        Decision::Forward => 3,
    }
}

/// The host that the crate `http` parses, in lower case and without a final dot.
fn judged(spelling: &str) -> Option<String> {
    let authority: Authority = spelling.parse().ok()?;
    let host = authority.host().to_ascii_lowercase();
    Some(host.strip_suffix('.').unwrap_or(&host).to_owned())
}

/// Compares each spelling with the host that nginx 1.22 and Node 20 parse from it, as recorded by `interop/hosts`.
#[test]
fn no_spelling_gets_a_weaker_decision_than_the_host_that_nginx_or_node_parse() {
    let hosts = hosts();
    let readings = include_str!("fixtures/host-readings.tsv");
    let mut enforced = 0;
    for line in readings.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [spelling, nginx, node] = columns[..] else { panic!("{line}") };
        let spelling: String = serde_json::from_str(spelling).unwrap();
        for reading in [nginx, node].into_iter().filter(|reading| *reading != "-") {
            let reading = reading.to_ascii_lowercase();
            let found = hosts.decide(Some("api.example.com"), &reading, &clients()[0]);
            enforced += usize::from(found == Decision::Refuse(Refusal::Missing));
            for client in &clients() {
                for server_name in [None, Some("www.example.com"), Some("api.example.com")] {
                    let (ours, theirs) = (
                        hosts.decide(server_name, &spelling, client),
                        hosts.decide(server_name, &reading, client),
                    );
                    assert!(
                        weakness(ours) <= weakness(theirs),
                        "{spelling:?}: {ours:?}; read as {reading:?}: {theirs:?}"
                    );
                }
            }
        }
    }
    // Most recorded hosts enforce; otherwise the comparison would show nothing.
    assert!(enforced >= 40, "{enforced}");
}

const NAMES: [&str; 7] = [
    "api.example.com",
    "asks.example.com",
    "strict.wild.example.com",
    "quiet.wild.example.com",
    "enforces-only.example.com",
    "192.0.2.1",
    "[2001:db8::1]",
];

/// A configured host with up to two changes.
fn spelling() -> impl Strategy<Value = String> {
    let change = (0usize..9, any::<prop::sample::Index>(), any::<char>());
    let name = prop::sample::select(&NAMES[..]);
    (name, prop::collection::vec(change, 0..3)).prop_map(|(name, changes)| {
        changes.into_iter().fold(name.to_owned(), |text, (kind, at, character)| {
            let mut characters: Vec<char> = text.chars().collect();
            let at = at.index(characters.len());
            match kind {
                0 => characters = text.to_ascii_uppercase().chars().collect(),
                1 => characters[at] = characters[at].to_ascii_uppercase(),
                2 => characters.push('.'),
                3 => characters.extend(":443".chars()),
                4 => characters.insert(at, character),
                5 => characters.insert(0, '@'),
                6 => characters
                    .splice(at..=at, format!("%{:02x}", u32::from(characters[at])).chars())
                    .for_each(drop),
                7 => characters.push(character),
                _ => characters
                    .insert(at, ['\t', ' ', '\0', ':', '.', '/', '\\', '?', '#', '-'][at % 10]),
            }
            characters.into_iter().collect()
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn no_spelling_gets_a_weaker_decision_than_its_host(spelling in spelling(), client in 0usize..5, named in any::<bool>()) {
        let hosts = hosts();
        let client = &clients()[client];
        let Some(normal) = judged(&spelling) else {
            // A host that `http` cannot parse is misdirected.
            prop_assert_eq!(hosts.decide(Some("www.example.com"), &spelling, client), Decision::Misdirected);
            return Ok(());
        };
        for server_name in ["www.example.com", "api.example.com", &normal] {
            let server_name = named.then_some(server_name);
            let (one, other) = (hosts.decide(server_name, &spelling, client), hosts.decide(server_name, &normal, client));
            prop_assert!(weakness(one) <= weakness(other), "{:?} {:?}: {:?}, {:?}: {:?}", server_name, spelling, one, normal, other);
        }
    }
}
