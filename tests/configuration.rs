//! Header sets and forwardings in settings files: TOML, YAML and JSON mean the same, written settings are read back, and errors give
//! the place, the wrong word and the known words.

#![allow(clippy::unwrap_used, clippy::std_instead_of_alloc, reason = "a test")]

use serde::{Deserialize, Serialize};
use tls_client_auth::connection::{KeepFrom, XfccMode};
use tls_client_auth::field::{
    CertificateForm, Field, Limits, NameForm, SubjectAltNameForm, UrlForm, VerdictForm, Xfcc,
};
use tls_client_auth::{Dialect, Forwarding, HeaderSet};

/// Settings of a proxy that uses the crate.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Settings {
    forwarding: Forwarding,
}

type Read<T> = fn(&str) -> Result<T, String>;

fn formats<T: for<'de> Deserialize<'de>>() -> [(&'static str, Read<T>); 3] {
    [
        ("TOML", |text| toml::from_str(text).map_err(|error| error.to_string())),
        ("YAML", |text| serde_norway::from_str(text).map_err(|error| error.to_string())),
        ("JSON", |text| serde_json::from_str(text).map_err(|error| error.to_string())),
    ]
}

#[test]
fn toml_yaml_and_json_mean_the_same() {
    let toml = r#"
        [forwarding]
        first-request = ["cloudflare", { set = "rfc9440", including-untrusted = true }]
        also-strip = ["X-Remote-User"]
        xfcc-mode = "append-forward"
        keep-family = { x-amzn-mtls-clientcert = "trusted", akamai-cc-der = "anyone" }
        limits = { encoded-leaf = 20480, text = 4096 }

        [[forwarding.every-request]]
        set = "nginx"
        only = ["ssl-client-verify", "ssl-client-s-dn"]
        rename = { ssl-client-s-dn = "X-SSL-Client-DN" }
        dialect = "boringssl"
        also-strip = ["X-SSL-Client-Role"]

        [[forwarding.every-request]]
        name = "mine"
        dialect = "openssl"
        by = ["spiffe://example.org/proxy"]

        rows = [
            { X-Verdict = "verdict:word" },
            { X-Forwarded-Client-Cert = "xfcc:hash,uri" },
            { X-CA = "chain-certificate:0:pem-url" },
            { X-Mail = "subject-alt-name:email:1" },
        ]
    "#;
    let yaml = r#"
forwarding:
  first-request:
    - cloudflare
    - set: rfc9440
      including-untrusted: true
  also-strip: [X-Remote-User]
  xfcc-mode: append-forward
  keep-family:
    x-amzn-mtls-clientcert: trusted
    akamai-cc-der: anyone
  limits:
    encoded-leaf: 20480
    text: 4096
  every-request:
    - set: nginx
      only: [ssl-client-verify, ssl-client-s-dn]
      rename:
        ssl-client-s-dn: X-SSL-Client-DN
      dialect: boringssl
      also-strip: [X-SSL-Client-Role]
    - name: mine
      dialect: openssl
      by: [spiffe://example.org/proxy]
      rows:
        X-Verdict: verdict:word
        X-Forwarded-Client-Cert: xfcc:hash,uri
        X-CA: chain-certificate:0:pem-url
        X-Mail: subject-alt-name:email:1
    "#;
    let json = r#"{"forwarding": {
        "first-request": ["cloudflare", {"set": "rfc9440", "including-untrusted": true}],
        "also-strip": ["X-Remote-User"],
        "xfcc-mode": "append-forward",
        "keep-family": {"x-amzn-mtls-clientcert": "trusted", "akamai-cc-der": "anyone"},
        "limits": {"encoded-leaf": 20480, "text": 4096},
        "every-request": [
            {
                "set": "nginx",
                "only": ["ssl-client-verify", "ssl-client-s-dn"],
                "rename": {"ssl-client-s-dn": "X-SSL-Client-DN"},
                "dialect": "boringssl",
                "also-strip": ["X-SSL-Client-Role"]
            },
            {
                "name": "mine",
                "dialect": "openssl",
                "by": ["spiffe://example.org/proxy"],
                "rows": {
                    "X-Verdict": "verdict:word",
                    "X-Forwarded-Client-Cert": "xfcc:hash,uri",
                    "X-CA": "chain-certificate:0:pem-url",
                    "X-Mail": "subject-alt-name:email:1"
                }
            }
        ]
    }}"#;
    let nginx = HeaderSet::nginx().only(["ssl-client-verify", "ssl-client-s-dn"]).unwrap();
    let nginx = nginx.renamed("ssl-client-s-dn", "X-SSL-Client-DN").unwrap();
    let rows = [
        ("X-Verdict", Field::Verdict(VerdictForm::Word)),
        ("X-Forwarded-Client-Cert", Field::Xfcc(Xfcc::new().uri())),
        ("X-CA", Field::ChainCertificate(0, CertificateForm::EscapedPem(UrlForm::Component))),
        ("X-Mail", Field::SubjectAltName(SubjectAltNameForm::Email(1))),
    ];
    let mine = HeaderSet::new("mine", Dialect::OpenSsl, rows).unwrap();
    let forwarding = Forwarding::none()
        .on_first_request(HeaderSet::cloudflare())
        .on_first_request(HeaderSet::rfc9440().including_untrusted())
        .on_every_request(nginx.with_dialect(Dialect::BoringSsl))
        .on_every_request(mine.by(["spiffe://example.org/proxy"]).unwrap())
        .xfcc_mode(XfccMode::AppendForward)
        .limits(Limits::new().encoded_leaf(20 * 1024).text(4096))
        .also_strip(["X-Remote-User", "X-SSL-Client-Role"])
        .and_then(|it| it.keep_family("X_Amzn_Mtls_Clientcert", KeepFrom::Trusted))
        .and_then(|it| it.keep_family("akamai-cc-der", KeepFrom::Anyone))
        .unwrap();
    let settings = Settings { forwarding };
    for ((format, read), text) in formats().into_iter().zip([toml, yaml, json]) {
        assert_eq!(read(text).as_ref(), Ok(&settings), "{format}");
    }
    let written = [
        toml::to_string(&settings).unwrap(),
        serde_norway::to_string(&settings).unwrap(),
        serde_json::to_string(&settings).unwrap(),
    ];
    for ((format, read), text) in formats().into_iter().zip(written) {
        assert_eq!(read(&text).as_ref(), Ok(&settings), "{format}: {text}");
    }
}

#[test]
fn a_set_is_read_back() {
    let nginx = HeaderSet::nginx;
    let managed = HeaderSet::cloudflare_managed;
    let own = |rows: &[(&str, Field)]| {
        HeaderSet::new("own", Dialect::OpenSsl, rows.iter().copied()).unwrap()
    };
    let subject = ("X-Subject", Field::Subject(NameForm::Rfc2253));
    let exchanged = |one, other| {
        let set = HeaderSet::ingress_nginx().renamed(one, "X-Third").unwrap();
        set.renamed(other, one).unwrap().renamed("X-Third", other).unwrap()
    };
    let mut sets = vec![
        (
            nginx().only(["ssl-client-s-dn"]).unwrap(),
            r#"{"set":"nginx","only":["ssl-client-s-dn"]}"#,
        ),
        (
            nginx().only(["ssl-client-s-dn"]).unwrap().including_untrusted(),
            r#"{"set":"nginx","only":["ssl-client-s-dn"],"including-untrusted":true}"#,
        ),
        (
            nginx().only(["ssl-client-verify", "ssl-client-s-dn"]).unwrap(),
            r#"{"set":"nginx","only":["ssl-client-verify","ssl-client-s-dn"]}"#,
        ),
        (
            HeaderSet::rfc9440().renamed("Client-Cert", "X-Cert").unwrap(),
            r#"{"set":"rfc9440","rename":{"Client-Cert":"X-Cert"}}"#,
        ),
        (
            exchanged("ssl-client-subject-dn", "ssl-client-issuer-dn"),
            r#"{"set":"ingress-nginx","rename":[{"ssl-client-subject-dn":"ssl-client-issuer-dn"},{"ssl-client-issuer-dn":"ssl-client-subject-dn"}]}"#,
        ),
        // Two rows with the same field.
        (
            managed().only(["cf-cert-subject-dn-rfc2253"]).unwrap(),
            r#"{"set":"cloudflare-managed","only":["cf-cert-subject-dn-rfc2253"]}"#,
        ),
        (
            HeaderSet::cloudflare().with_dialect(Dialect::OpenSsl),
            r#"{"set":"cloudflare","dialect":"openssl"}"#,
        ),
        (
            HeaderSet::envoy().by(["spiffe://a", "urn:b"]).unwrap(),
            r#"{"set":"envoy","by":["spiffe://a","urn:b"]}"#,
        ),
        (HeaderSet::named("nifi").unwrap(), r#""nifi""#),
        (
            HeaderSet::named("nifi").unwrap().surrounded("X-ProxiedEntitiesChain", "", "").unwrap(),
            r#"{"name":"nifi","dialect":"openssl","rows":{"X-ProxiedEntitiesChain":"subject:java"}}"#,
        ),
        (
            HeaderSet::new("own", Dialect::OpenSsl, [("X-Auth-Method", Field::Fixed)])
                .and_then(|set| set.surrounded("X-Auth-Method", "mtls", ""))
                .unwrap(),
            r#"{"name":"own","dialect":"openssl","rows":{"X-Auth-Method":"fixed"},"around":{"X-Auth-Method":["mtls",""]}}"#,
        ),
        (
            HeaderSet::envoy_with(Xfcc::new().subject()),
            r#"{"name":"envoy","dialect":"boringssl","rows":{"x-forwarded-client-cert":"xfcc:hash,subject"}}"#,
        ),
        (
            own(&[subject, ("X-CA", Field::Version)]),
            r#"{"name":"own","dialect":"openssl","rows":[{"X-Subject":"subject:rfc2253"},{"X-CA":"version"}]}"#,
        ),
        (own(&[]), r#"{"name":"own","dialect":"boringssl","rows":{}}"#),
        (
            own(&[subject]),
            r#"{"name":"own","dialect":"openssl","rows":{"X-Subject":"subject:rfc2253"}}"#,
        ),
        (
            own(&[subject]).including_untrusted(),
            r#"{"name":"own","dialect":"openssl","including-untrusted":true,"rows":{"X-Subject":"subject:rfc2253"}}"#,
        ),
    ];
    let names: Vec<_> = HeaderSet::all().iter().map(|set| format!("{:?}", set.name())).collect();
    sets.extend(HeaderSet::all().into_iter().zip(names.iter().map(String::as_str)));
    for (set, json) in sets {
        assert_eq!(serde_json::to_string(&set).unwrap(), json);
        assert_eq!(serde_json::from_str::<HeaderSet>(json).unwrap(), set, "{json}");
        let yaml = serde_norway::to_string(&set).unwrap();
        assert_eq!(serde_norway::from_str::<HeaderSet>(&yaml).unwrap(), set, "{yaml}");
        let forwarding = Forwarding::none().on_every_request(set);
        let toml = toml::to_string(&forwarding).unwrap();
        assert_eq!(toml::from_str::<Forwarding>(&toml).unwrap(), forwarding, "{toml}");
    }
}

/// Every change that settings can express, alone and combined with every other, on every set.
#[test]
fn every_change_of_every_set_is_read_back() {
    type Change = fn(HeaderSet) -> HeaderSet;
    let changes: [Change; 6] = [
        |set| {
            let names: Vec<String> = set.rows().map(|(name, _)| name.to_owned()).collect();
            set.only(names.iter().rev().take(2).map(String::as_str)).unwrap()
        },
        |set| {
            let name = set.rows().next().unwrap().0.to_owned();
            set.renamed(&name, "X-Renamed").unwrap()
        },
        |set| set.with_dialect(Dialect::BoringSsl),
        |set| {
            let name = set.rows().last().unwrap().0.to_owned();
            set.surrounded(&name, "<", ">").unwrap()
        },
        |set| set.by(["spiffe://example.org/proxy"]).unwrap(),
        HeaderSet::including_untrusted,
    ];
    let sets = || HeaderSet::all().into_iter().chain(HeaderSet::readers().map(|(set, _)| set));
    for set in sets() {
        for (at, one) in changes.iter().enumerate() {
            for other in changes.iter().skip(at) {
                let changed = other(one(set.clone()));
                let json = serde_json::to_string(&changed).unwrap();
                assert_eq!(serde_json::from_str::<HeaderSet>(&json).unwrap(), changed, "{json}");
            }
        }
    }
}

#[test]
fn a_forwarding_is_read_back() {
    let none = Forwarding::none;
    let cases = [
        (none(), "{}"),
        (Forwarding::cloudflare(), r#"{"first-request":["cloudflare"]}"#),
        (none().xfcc_mode(XfccMode::Sanitize), r#"{"xfcc-mode":"sanitize"}"#),
        (none().limits(Limits::new().certificate(9)), r#"{"limits":{"certificate":9}}"#),
        (none().limits(Limits::new().encoded_chain(9)), r#"{"limits":{"encoded-chain":9}}"#),
        (none().also_strip(["X-A", "x_a"]).unwrap(), r#"{"also-strip":["X-A","x_a"]}"#),
        (
            none().keep_family("$WSCC", KeepFrom::Trusted).unwrap(),
            r#"{"keep-family":{"-wscc":"trusted"}}"#,
        ),
    ];
    for (forwarding, json) in cases {
        assert_eq!(serde_json::to_string(&forwarding).unwrap(), json);
        assert_eq!(serde_json::from_str::<Forwarding>(json).unwrap(), forwarding);
    }
    let one = r#"{"every-request":"nginx"}"#;
    let listed = none().on_every_request(HeaderSet::nginx());
    assert_eq!(serde_json::from_str::<Forwarding>(one).unwrap(), listed);
    let one = r#"{"every-request":{"set":"nginx"}}"#;
    assert_eq!(serde_json::from_str::<Forwarding>(one).unwrap(), listed);

    let modes = [
        XfccMode::Sanitize,
        XfccMode::SanitizeSet,
        XfccMode::AppendForward,
        XfccMode::ForwardOnly,
        XfccMode::AlwaysForwardOnly,
    ];
    for mode in modes {
        let json = serde_json::to_string(&none().xfcc_mode(mode)).unwrap();
        assert_eq!(serde_json::from_str::<Forwarding>(&json).unwrap(), none().xfcc_mode(mode));
    }

    // The order of sets of the first request and of every request does not matter.
    let (nginx, own) = (HeaderSet::nginx(), HeaderSet::ingress_nginx());
    let forwarding = none().on_every_request(nginx.clone()).on_first_request(own.clone());
    assert_eq!(forwarding, none().on_first_request(own).on_every_request(nginx));
    let json = serde_json::to_string(&forwarding).unwrap();
    assert_eq!(serde_json::from_str::<Forwarding>(&json).unwrap(), forwarding);
}

#[test]
fn forwardings_that_differ_are_not_equal() {
    let with = |set| Forwarding::none().on_every_request(set);
    let base = || with(HeaderSet::nginx());
    assert_eq!(base(), base());
    let others = [
        ("another set", with(HeaderSet::ingress_nginx())),
        ("on the first request", Forwarding::none().on_first_request(HeaderSet::nginx())),
        ("another dialect", with(HeaderSet::nginx().with_dialect(Dialect::BoringSsl))),
        (
            "another case",
            with(HeaderSet::nginx().renamed("ssl-client-verify", "SSL-Client-Verify").unwrap()),
        ),
        ("fewer rows", with(HeaderSet::nginx().only(["ssl-client-verify"]).unwrap())),
        ("including untrusted", with(HeaderSet::cloudflare().including_untrusted())),
        ("a limit", base().limits(Limits::new().text(1))),
        ("a mode", base().xfcc_mode(XfccMode::Sanitize)),
        ("another stripped name", base().also_strip(["X-A"]).unwrap()),
        ("a family kept", base().keep_family("x-ssl", KeepFrom::Trusted).unwrap()),
        ("a family kept from anyone", base().keep_family("x-ssl", KeepFrom::Anyone).unwrap()),
    ];
    for (index, (name, forwarding)) in others.iter().enumerate() {
        assert_ne!(*forwarding, base(), "{name}");
        assert!(others.iter().skip(index + 1).all(|(_, other)| other != forwarding), "{name}");
    }
}

/// An operator's mistakes, in TOML, and texts that the error contains beside the line.
#[test]
fn errors_give_the_place_the_wrong_word_and_the_known_words() {
    let cases: [(&str, &str, &[&str]); 30] = [
        (
            "a set",
            r#"every-request = "ngnix""#,
            &["header set \"ngnix\"", "did you mean \"nginx\"?", "Known: cloudflare, ", ", caddy"],
        ),
        (
            "a set in a list",
            r#"every-request = ["nginx", "envoi"]"#,
            &["\"envoi\"", "did you mean \"envoy\"?"],
        ),
        (
            "a set in a table",
            r#"every-request = { set = "haproxi" }"#,
            &["\"haproxi\"", "did you mean \"haproxy\"?"],
        ),
        (
            "a key",
            r#"every-requests = "nginx""#,
            &[
                "key \"every-requests\": is not known, did you mean \"every-request\"? Known: first-request, every-request, also-strip, xfcc-mode, keep-family, limits",
            ],
        ),
        ("a key with _", r#"first_request = "nginx""#, &["did you mean \"first-request\"?"]),
        (
            "a set's key",
            r#"every-request = { set = "nginx", renamed = {} }"#,
            &[
                "key \"renamed\": is not known, did you mean \"rename\"? Known: set, only, rename, name, dialect, rows, around, by, including-untrusted",
            ],
        ),
        (
            "a header",
            r#"every-request = { set = "ingress-nginx", only = ["ssl-client-verfy"] }"#,
            &[
                "header name \"ssl-client-verfy\"",
                "did you mean \"ssl-client-verify\"?",
                "Known: ssl-client-verify, ssl-client-subject-dn, ",
            ],
        ),
        (
            "a header that `only` dropped",
            r#"every-request = { set = "nginx", only = ["ssl-client-verify"], rename = { ssl-client-s-dn = "X-DN" } }"#,
            &["header name \"ssl-client-s-dn\": is not in this set", "nown: ssl-client-verify"],
        ),
        (
            "a new name",
            r#"every-request = { set = "nginx", rename = { ssl-client-verify = "X Verify" } }"#,
            &["header name \"X Verify\": is not a token"],
        ),
        (
            "a header of HTTP itself",
            r#"every-request = { set = "nginx", rename = { ssl-client-verify = "Host" } }"#,
            &["header name \"Host\": is a header of HTTP itself"],
        ),
        (
            "a field",
            r#"every-request = { dialect = "openssl", rows = { X-A = "subjct:rfc2253" } }"#,
            &[
                "field \"subjct:rfc2253\": \"subjct\" is not known, did you mean \"subject\"? Known: presented, ",
            ],
        ),
        (
            "a form",
            r#"every-request = { dialect = "openssl", rows = { X-A = "subject:rfc2254" } }"#,
            &["\"rfc2254\" is not known, did you mean \"rfc2253\"? Known: rfc2253, legacy, "],
        ),
        (
            "no form",
            r#"every-request = { dialect = "openssl", rows = { X-A = "subject" } }"#,
            &["field \"subject\": lacks its form, one of rfc2253, legacy, "],
        ),
        (
            "a duplicated header",
            r#"every-request = { dialect = "openssl", rows = { X-A = "version", x_a = "version" } }"#,
            &["header name \"x_a\""],
        ),
        (
            "no dialect",
            r#"every-request = { rows = { X-A = "version" } }"#,
            &["`rows` need a `dialect`, boringssl or openssl"],
        ),
        (
            "a dialect",
            r#"every-request = { set = "nginx", dialect = "opensll" }"#,
            &[
                "dialect \"opensll\": is not known, did you mean \"openssl\"? Known: boringssl, openssl",
            ],
        ),
        (
            "an identity",
            r#"every-request = { set = "envoy", by = ["a b"] }"#,
            &["identity \"a b\": is not printable ASCII"],
        ),
        (
            "`set` beside `rows`",
            r#"every-request = { set = "nginx", rows = {} }"#,
            &["`set` and `rows` exclude each other"],
        ),
        (
            "neither `set` nor `rows`",
            "every-request = { }",
            &["either `set` or `rows` must be given"],
        ),
        (
            "a name for a known set",
            r#"every-request = { set = "nginx", name = "mine" }"#,
            &["`name` belongs to `rows`"],
        ),
        (
            "`only` beside `rows`",
            r#"every-request = { dialect = "openssl", rows = { X-A = "version" }, only = ["X-A"] }"#,
            &["`only` and `rename` belong to `set`"],
        ),
        (
            "a mode",
            r#"xfcc-mode = "sanitise""#,
            &[
                "xfcc-mode \"sanitise\": is not known, did you mean \"sanitize\"? Known: sanitize, sanitize-set, append-forward, forward-only, always-forward-only",
            ],
        ),
        (
            "a limit",
            "limits = { encoded-leave = 1 }",
            &[
                "limit \"encoded-leave\": is not known, did you mean \"encoded-leaf\"? Known: certificate, encoded-leaf, encoded-chain, other-sets, text",
            ],
        ),
        (
            "a family",
            r#"keep-family = { x-amzn-mtls = "trusted" }"#,
            &["is not a family of certificate headers, did you mean \"x-amzn-mtls-clientcert\"?"],
        ),
        (
            "a family that `xfcc-mode` handles",
            r#"keep-family = { x-forwarded-client-cert = "trusted" }"#,
            &["header name \"x-forwarded-client-cert\": is not a family of certificate headers"],
        ),
        (
            "a family twice",
            r#"keep-family = { x-ssl = "trusted", X_SSL = "anyone" }"#,
            &["header name \"x-ssl\": is duplicated"],
        ),
        (
            "from whom it is kept",
            r#"keep-family = { x-ssl = "trustd" }"#,
            &[
                "keep-family \"trustd\": is not known, did you mean \"trusted\"? Known: trusted, anyone",
            ],
        ),
        ("a negative limit", "limits = { text = -1 }", &["-1"]),
        ("a name to strip", r#"also-strip = ["X A"]"#, &["header name \"X A\": is not a token"]),
        ("another type", "every-request = 5", &["integer `5`", "a header set or a list of them"]),
    ];
    for (case, line, said) in cases {
        let toml = format!("\n[forwarding]\n{line}\n");
        let error = toml::from_str::<Settings>(&toml).unwrap_err();
        let error = error.to_string();
        for said in said {
            assert!(error.contains(said), "{case}: {error}");
        }
        assert!(error.contains("line "), "{case}: {error}");
    }
}

/// JSON and YAML parsers accept duplicated keys, so the crate rejects them.
#[test]
fn duplicated_keys_are_rejected() {
    let cases = [
        (r#"{"every-request":"nginx","every-request":"envoy"}"#, "every-request"),
        (r#"{"every-request":{"set":"nginx","set":"envoy"}}"#, "set"),
        (r#"{"limits":{"text":1,"text":2}}"#, "text"),
    ];
    for (json, key) in cases {
        let error = serde_json::from_str::<Forwarding>(json).unwrap_err().to_string();
        assert!(error.contains(&format!("{key:?}: is duplicated")), "{error}");
    }
    let rows = r#"{"dialect":"openssl","rows":{"X-A":"version","X-A":"version"}}"#;
    let error = serde_json::from_str::<HeaderSet>(rows).unwrap_err().to_string();
    assert!(error.starts_with("header name \"X-A\""), "{error}");
    let renames =
        r#"{"set":"nginx","rename":{"ssl-client-verify":"X-A","ssl-client-verify":"X-B"}}"#;
    let error = serde_json::from_str::<HeaderSet>(renames).unwrap_err().to_string();
    assert!(error.starts_with("header name \"ssl-client-verify\""), "{error}");
    let alone = r#"{"set":"nginx","also-strip":["X-A"]}"#;
    let error = serde_json::from_str::<HeaderSet>(alone).unwrap_err().to_string();
    assert!(error.starts_with("`also-strip` belongs to a forwarding"), "{error}");
}
