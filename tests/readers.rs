//! Sets that are named after the program that reads them: each is parsed by that program's rules, with honest and hostile names.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::unwrap_used,
    reason = "a test"
)]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::der::{CN, IA5_STRING, O, Parts, UTF8_STRING, attribute, name};
use tls_client_auth::client::VerifyError;
use tls_client_auth::field::Limits;
use tls_client_auth::headers::HeaderLines;
use tls_client_auth::{ClientCertificate, HeaderSet, Verification};

const LEAF: &[u8] = include_bytes!("fixtures/plain.der");
const INTERMEDIATE: &[u8] = include_bytes!("fixtures/intermediate.der");
/// `1.2.840.113549.1.9.1`
const EMAIL: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01";

fn lines(set: &str, client: &ClientCertificate) -> HeaderLines {
    HeaderSet::named(set).unwrap().lines(client, Limits::new())
}

fn trusted(leaf: impl AsRef<[u8]>) -> ClientCertificate {
    ClientCertificate::presented(leaf.as_ref(), Verification::Success).chain([INTERMEDIATE])
}

/// The contents of one PEM block, with any white space between its lines.
fn pem(text: &str) -> Option<Vec<u8>> {
    let body = text.trim().strip_prefix("-----BEGIN CERTIFICATE-----")?;
    let body = body.strip_suffix("-----END CERTIFICATE-----")?;
    STANDARD.decode(body.split_ascii_whitespace().collect::<String>()).ok()
}

/// Java's `URLDecoder`, Python's `unquote_plus`: a `+` is a space.
fn form_decoded(text: &str) -> String {
    percent_decoded(&text.replace('+', " "))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte == b'%' {
            bytes.push(u8::from_str_radix(str::from_utf8(&rest[..2]).unwrap(), 16).unwrap());
            rest = &rest[2..];
        } else {
            bytes.push(*byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// The reader's function from a header value to the certificate's DER.
type Decoding = fn(&str) -> Option<Vec<u8>>;

const CERTIFICATES: &[(&str, &str, Decoding)] = &[
    ("keycloak-nginx", "ssl-client-cert", |value| pem(&form_decoded(value))),
    ("keycloak-apache", "SSL_CLIENT_CERT", |value| pem(value)),
    ("keycloak-haproxy", "SSL_CLIENT_CERT", |value| STANDARD.decode(value).ok()),
    ("keycloak-traefik", "X-Forwarded-Tls-Client-Cert", |value| {
        let text = form_decoded(value);
        let end = "-----END CERTIFICATE-----";
        pem(&text[..text.find(end)? + end.len()])
    }),
    ("vault", "X-Forwarded-For-Client-Cert", |value| STANDARD.decode(value).ok()),
    ("puppet", "X-Client-Cert", |value| pem(&percent_decoded(value))),
    ("tomcat", "ssl_client_cert", |value| pem(value)),
    ("tomcat", "ssl_client_escaped_cert", |value| pem(&form_decoded(value))),
    ("cas", "ssl_client_cert", |value| pem(value)),
    // Undertow replaces spaces by line feeds and cuts at fixed offsets.
    ("undertow", "SSL_CLIENT_CERT", |value| {
        let lines = value.replace(' ', "\n");
        STANDARD.decode(lines[28..lines.len() - 26].replace('\n', "")).ok()
    }),
    ("aspnet", "X-Client-Cert", |value| STANDARD.decode(value).ok()),
    ("foreman", "SSL-CLIENT-CERT", |value| pem(value)),
    ("pulp", "X-CLIENT-CERT", |value| pem(&percent_decoded(value))),
    ("opennebula", "SSL-CLIENT-CERT", |value| pem(value)),
    ("authentik", "SSL-Client-Cert", |value| pem(&form_decoded(value))),
    ("wso2-apim", "X-WSO2-CLIENT-CERTIFICATE", |value| pem(&utf8(STANDARD.decode(value).ok()?))),
    ("wso2-is", "X-SSL-CERT", |value| pem(value).filter(|_| value.contains('\t'))),
    ("dirac", "X-SSL-CERT", |value| pem(&percent_decoded(value))),
    ("janssen", "X-ClientCert", |value| pem(&percent_decoded(value))),
    ("authlete", "X-Ssl-Cert", |value| pem(&form_decoded(value))),
    ("openfinance-brazil", "BANK-TLS-Certificate", |value| pem(value)),
    ("fastapi-client-cert-auth", "X-MTLS-CERT", |value| pem(&percent_decoded(value))),
    ("websphere", "$WSCC", |value| STANDARD.decode(value).ok()),
    ("weblogic", "WL-Proxy-Client-Cert", |value| STANDARD.decode(value).ok()),
    ("oidc-provider", "x-ssl-client-cert", |value| pem(&percent_decoded(value))),
];

#[test]
fn readers_get_the_certificate() {
    for (set, header, decode) in CERTIFICATES {
        let lines = lines(set, &trusted(LEAF));
        let value = lines.get(header).unwrap_or_else(|| panic!("{set}: no {header}"));
        assert_eq!(decode(value).as_deref(), Some(LEAF), "{set}: {header}");
    }
    let chains: [(&str, &str, Decoding); 3] = [
        ("keycloak-apache", "CERT_CHAIN_0", |value| pem(value)),
        ("keycloak-haproxy", "CERT_CHAIN_0", |value| STANDARD.decode(value).ok()),
        ("authlete", "X-Ssl-Cert-Chain-1", |value| pem(&form_decoded(value))),
    ];
    for (set, header, decode) in chains {
        let value = lines(set, &trusted(LEAF)).get(header).map(str::to_owned).unwrap();
        assert_eq!(decode(&value).as_deref(), Some(INTERMEDIATE), "{set}: {header}");
    }
}

#[test]
fn readers_without_a_verdict_get_trusted_clients_only() {
    let presented = |verification| ClientCertificate::presented(LEAF, verification);
    let failed = VerifyError::CertHasExpired;
    let clients = [
        ("nobody", ClientCertificate::none()),
        ("not verified", presented(Verification::None)),
        ("failed", presented(failed.into())),
        ("revoked", presented(Verification::Success).revoked(true)),
    ];
    for (set, reader) in HeaderSet::readers() {
        let verdicts = set.rows().filter(|(_, field)| field.to_string() == "verdict:text");
        let verdict = verdicts.map(|(name, _)| name.to_owned()).next();
        for (kind, client) in &clients {
            let lines = set.lines(client, Limits::new());
            match &verdict {
                Some(name) => assert_ne!(lines.get(name), Some("SUCCESS"), "{reader}: {kind}"),
                None => assert_eq!(lines.iter().count(), 0, "{reader}: {kind}"),
            }
        }
    }
}

/// A certificate with these attributes in its subject.
fn named(attributes: &[(&[u8], u8, &str)]) -> ClientCertificate {
    let rdns: Vec<_> =
        attributes.iter().map(|(kind, tag, value)| [attribute(kind, *tag, value)]).collect();
    let rdns: Vec<&[Vec<u8>]> = rdns.iter().map(|rdn| &rdn[..]).collect();
    trusted(Parts::with(|parts| parts.subject = name(&rdns)).der())
}

/// Foreman takes the text after the first `CN=`, up to white space, `/` or `,`.
fn foreman(dn: &str) -> Option<String> {
    let value = dn.split_once("CN=")?.1;
    let end = value.find([' ', '/', ',']).unwrap_or(value.len());
    (end > 0).then(|| value[..end].to_owned())
}

/// Mattermost splits at every `/`, and each part at `=`.
fn mattermost(dn: &str) -> Option<String> {
    let mut pairs = dn.split('/').filter_map(|part| part.split_once('='));
    let address = pairs.rfind(|(key, value)| *key == "emailAddress" && !value.contains('='));
    address.map(|(_, value)| value.to_owned())
}

/// Symfony takes an address after `emailAddress=`.
fn symfony(dn: &str) -> Option<String> {
    let value = dn.split_once("emailAddress=")?.1;
    let end = value.find([',', '/']).unwrap_or(value.len());
    value[..end].contains('@').then(|| value[..end].to_owned())
}

/// NiFi splits the chain at `><` and unescapes `\<` and `\>`.
fn nifi(chain: &str) -> Vec<String> {
    let inside = chain.strip_prefix('<').and_then(|chain| chain.strip_suffix('>')).unwrap();
    inside.split("><").map(|dn| dn.replace(r"\<", "<").replace(r"\>", ">")).collect()
}

#[test]
fn no_hostile_name_is_read_as_another_client() {
    let hostile: [&[(&[u8], u8, &str)]; 8] = [
        &[(O, UTF8_STRING, "CN=admin"), (CN, UTF8_STRING, "mallory")],
        &[(CN, UTF8_STRING, "mallory"), (O, UTF8_STRING, "CN=admin")],
        &[(CN, UTF8_STRING, "admin x")],
        &[(CN, UTF8_STRING, "admin,CN=x")],
        &[(CN, UTF8_STRING, "mallory/CN=admin/emailAddress=admin@a.example")],
        &[(O, UTF8_STRING, "x/emailAddress=admin@a.example"), (CN, UTF8_STRING, "mallory")],
        &[
            (O, UTF8_STRING, "emailAddress=admin@a.example"),
            (EMAIL, IA5_STRING, "mallory@a.example"),
        ],
        &[(CN, UTF8_STRING, "mallory><CN=admin")],
    ];
    for subject in hostile {
        let client = named(subject);
        let foreman = lines("foreman", &client).get("SSL-CLIENT-S-DN").and_then(foreman);
        assert_ne!(foreman.as_deref(), Some("admin"), "{subject:?}");
        let mattermost =
            lines("mattermost", &client).get("X-SSL-Client-Cert-Subject-DN").and_then(mattermost);
        assert_ne!(mattermost.as_deref(), Some("admin@a.example"), "{subject:?}");
        let symfony_lines = lines("symfony", &client);
        let address = symfony_lines.get("SSL_CLIENT_S_DN_Email").map(str::to_owned);
        let address = address.or_else(|| symfony_lines.get("SSL_CLIENT_S_DN").and_then(symfony));
        assert_ne!(address.as_deref(), Some("admin@a.example"), "{subject:?}");
        let chain = lines("nifi", &client).get("X-ProxiedEntitiesChain").map(nifi).unwrap();
        assert_eq!(chain.len(), 1, "{subject:?}");
        assert!(!chain.contains(&"CN=admin".to_owned()), "{subject:?}");
        let user = lines("kubernetes", &client).get("X-Remote-User").map(str::to_owned);
        assert_ne!(user.as_deref(), Some("admin"), "{subject:?}");
    }
}

#[test]
fn honest_names_are_read_by_each_reader() {
    let client = named(&[
        (O, UTF8_STRING, "Acme, Inc."),
        (O, UTF8_STRING, "system:masters"),
        (CN, UTF8_STRING, "old.example"),
        (CN, UTF8_STRING, "client.example"),
        (EMAIL, IA5_STRING, "jo+x@a.example"),
    ]);
    let value = |set, header| lines(set, &client).get(header).map(str::to_owned);
    assert_eq!(foreman(&value("foreman", "SSL-CLIENT-S-DN").unwrap()).unwrap(), "client.example");
    assert_eq!(
        mattermost(&value("mattermost", "X-SSL-Client-Cert-Subject-DN").unwrap()).unwrap(),
        "jo+x@a.example"
    );
    assert_eq!(value("symfony", "SSL_CLIENT_S_DN_Email").unwrap(), "jo+x@a.example");
    assert_eq!(symfony(&value("symfony", "SSL_CLIENT_S_DN").unwrap()).unwrap(), "jo+x@a.example");
    assert_eq!(value("kubernetes", "X-Remote-User").unwrap(), "client.example");
    let kubernetes = lines("kubernetes", &client);
    let groups = kubernetes.iter().filter(|line| line.name() == "X-Remote-Group");
    assert_eq!(
        groups.map(|line| line.value()).collect::<Vec<_>>(),
        [r"Acme\, Inc.", "system:masters"]
    );
    assert_eq!(
        value("nifi", "X-ProxiedEntitiesChain").unwrap(),
        r#"<EMAILADDRESS="jo+x@a.example", CN=client.example, CN=old.example, O=system:masters, O="Acme, Inc.">"#
    );
    let puppet = value("puppet", "X-Client-DN").unwrap();
    assert_eq!(
        puppet,
        r"emailAddress=jo\+x@a.example,CN=client.example,CN=old.example,O=system:masters,O=Acme\, Inc."
    );
}

/// Expected: `X500Principal.toString` of OpenJDK 17, with bytes outside printable ASCII as hex pairs; Java leaves them raw.
#[test]
fn names_as_java_prints_them() {
    macro_rules! fixture {
        ($name:literal) => {
            &include_bytes!(concat!("fixtures/", $name, ".der"))[..]
        };
    }
    let cases: [(&[u8], &str); 9] = [
        (fixture!("plain"), "CN=client.example, OU=Ops, O=Example Corp, L=Weiden, ST=Bayern, C=DE"),
        (fixture!("ch_comma"), r#"CN="a,b", O=Peers"#),
        (fixture!("ch_quote"), r#"CN="a\"b", O=Peers"#),
        (fixture!("ch_equals"), r#"CN="a=b", O=Peers"#),
        (fixture!("ch_space_two"), r#"CN="  ", O=Peers"#),
        (fixture!("dn_dc_uid"), "CN=John Doe, UID=jdoe, OU=People, DC=example, DC=org"),
        (
            fixture!("dn_unknown_oid"),
            r#"OID.2.999.7=x, OID.1.3.6.1.4.1.55555.1.2="hello, w\C3\B6rld", CN=unk"#,
        ),
        (fixture!("dn_utf8_c1"), r"CN=a\C2\80b\C2\85c\C2\A0d, O=Peers"),
        (
            fixture!("intermediate"),
            r#"CN=Peers Intermediate CA, OU="Sub+Unit", O="Peers, Test & S\C3\B6hne", C=DE"#,
        ),
    ];
    for (der, expected) in cases {
        let lines = lines("nifi", &trusted(der));
        assert_eq!(lines.get("X-ProxiedEntitiesChain"), Some(&*format!("<{expected}>")));
    }
    let quoted = named(&[(CN, UTF8_STRING, r#""admin""#)]);
    assert_eq!(lines("nifi", &quoted).get("X-ProxiedEntitiesChain"), Some(r#"<CN="\"admin\"">"#));
}
