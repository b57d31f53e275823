//! Envoy's `x-forwarded-client-cert`: every choice of keys is read back, and no name of a client writes another key.

use tls_client_auth::connection::XfccMode;
use tls_client_auth::field::{Limits, Xfcc};
use tls_client_auth::receive::{ReceiveErrorKind, Received, StatedName};
use tls_client_auth::x509::SubjectAltName;
use tls_client_auth::{
    ClientCertificate, ConnectionState, Dialect, Forwarding, HeaderSet, Receiver, TlsClientAuth,
    Unstated, Verification,
};

use super::*;

const V: Unstated = Unstated::Verified;

fn uri(text: &str) -> StatedName {
    StatedName::Uri(text.to_owned())
}

fn dns(text: &str) -> StatedName {
    StatedName::Dns(text.to_owned())
}

fn read(value: &str) -> Received {
    read_by(Receiver::envoy(V), value).unwrap_or_else(|kind| panic!("{value}: {kind}"))
}

fn read_by(receiver: Receiver, value: &str) -> Result<Received, ReceiveErrorKind> {
    let lines = [("x-forwarded-client-cert", value)];
    receiver.receive_with_names(&lines).map_err(|error| error.kind())
}

/// Values that Envoy 1.40 sent.
#[test]
fn names_write_no_keys() {
    let hash = format!("Hash={SHA256}");
    let received = read(&format!("{hash};URI=spiffe://tenant/mallory;Subject=CN=admin"));
    assert!(received.auth.is_trusted());
    assert_eq!(received.auth.cert_subject_dn(), "");
    assert_eq!(received.names, [uri("spiffe://tenant/mallory;Subject=CN=admin")]);
    let received = read(&format!("By=urn:a(b;c);{hash};Subject=\"CN=a\""));
    assert!(received.auth.is_trusted());
    assert_eq!(received.auth.cert_subject_dn(), "CN=a");
    assert_eq!(received.auth.cert_fingerprint_sha256(), SHA256);
}

/// For each pair of hostile lists of URIs and DNS names, in a header as Envoy writes it: what is read is the certificate's own.
#[test]
fn nothing_wrong_is_read_whatever_the_names() {
    let texts = [
        "spiffe://a",
        "b.example",
        "spiffe://space-after ",
        "",
        ";",
        "x;URI=spiffe://admin",
        "x;DNS=admin.example",
        "x;Subject=\"CN=admin\"",
        "x;Issuer=\"CN=admin\"",
        "x\";Issuer=\"CN=admin",
        ";URI=spiffe://admin;DNS=admin.example",
        "\"spiffe://admin\"",
        "x,By=y;Hash=0000000000000000000000000000000000000000000000000000000000000001;URI=spiffe://admin",
        "x;Cert=\"y\"",
    ];
    let mut lists = vec![vec![]];
    for one in texts {
        lists.push(vec![one]);
        lists.extend(texts.map(|two| vec![one, two]));
    }
    let mut read = 0;
    let declared: [&[&str]; 4] =
        [&["Subject", "URI", "DNS"], &["Subject", "URI"], &["Subject", "DNS"], &["URI", "Issuer"]];
    for uris in &lists {
        for dns_names in &lists {
            for keys in declared {
                let mut header = format!("By=urn:a;b,c;Hash={SHA256}");
                if keys.contains(&"Subject") {
                    header += ";Subject=\"CN=client\"";
                }
                if keys.contains(&"URI") {
                    let none = if uris.is_empty() { ";URI=" } else { "" };
                    header += none;
                    uris.iter().for_each(|uri| header += &format!(";URI={uri}"));
                }
                if keys.contains(&"DNS") {
                    dns_names.iter().for_each(|name| header += &format!(";DNS={name}"));
                }
                if keys.contains(&"Issuer") {
                    header += ";Issuer=\"CN=ca\\\"\"";
                }
                for keys in [Some(keys), None] {
                    let receiver = Receiver::envoy(V);
                    let receiver = match keys {
                        Some(keys) => receiver.declares(keys.iter().copied()).unwrap(),
                        None => receiver,
                    };
                    let Ok(Received { auth, names, .. }) = read_by(receiver, &header) else {
                        assert!(header.contains(",By=y"), "{header}");
                        continue;
                    };
                    assert_eq!(auth.cert_fingerprint_sha256(), SHA256, "{header}");
                    assert!(["", "CN=client"].contains(&auth.cert_subject_dn()), "{header}");
                    assert!(["", "CN=ca\\\""].contains(&auth.cert_issuer_dn()), "{header}");
                    for name in names {
                        let own = match name {
                            StatedName::Uri(_) => uris,
                            _ => dns_names,
                        };
                        assert!(own.contains(&name.as_str()), "{header}: {}", name.as_str());
                        read += 1;
                    }
                }
            }
        }
    }
    assert!(read > 1000, "{read}");
}

#[test]
fn only_declared_keys_are_read() {
    let hash = format!("Hash={SHA256}");
    let header = format!("{hash};Subject=\"CN=a\";URI=spiffe://a;Issuer=\"CN=ca\"");
    let cases: [(&[&str], &str, &str, &[StatedName]); 4] = [
        (&["Subject", "URI", "Issuer"], "CN=a", "CN=ca", &[uri("spiffe://a")]),
        (&["uri", "issuer"], "", "CN=ca", &[uri("spiffe://a")]),
        (&["Subject"], "CN=a", "", &[]),
        (&[], "", "", &[]),
    ];
    for (keys, subject, issuer, names) in cases {
        let receiver = Receiver::envoy(V).declares(keys.iter().copied()).unwrap();
        let received = read_by(receiver, &header).unwrap();
        assert_eq!(received.auth.cert_subject_dn(), subject, "{keys:?}");
        assert_eq!(received.auth.cert_issuer_dn(), issuer, "{keys:?}");
        assert_eq!(received.names, names, "{keys:?}");
    }
    let cert = format!("{hash};Cert=\"{}\"", escaped(CA));
    let receiver = Receiver::envoy(V).declares(["URI"]).unwrap();
    assert!(read_by(receiver, &cert).unwrap().auth.certificate().is_err());
    for (receiver, key) in [(Receiver::envoy(V), "Serial"), (Receiver::nginx(), "URI")] {
        let error = receiver.declares([key]).unwrap_err();
        assert_eq!(error.key(), key);
        assert!(error.to_string().contains("is not a key"));
    }
}

/// Every choice of `SetCurrentClientCertDetails`, as text and as JSON, also if the proxy's own identity contains separators.
#[test]
fn every_choice_of_keys_is_read_back() {
    type Add = fn(Xfcc) -> Xfcc;
    let keys: [(&str, Add); 6] = [
        ("Cert", Xfcc::cert),
        ("Chain", Xfcc::chain),
        ("Subject", Xfcc::subject),
        ("URI", Xfcc::uri),
        ("DNS", Xfcc::dns),
        ("Issuer", Xfcc::issuer),
    ];
    let files = ["plain", "san_all", "ch_quote", "ch_semicolon", "san_space_uri"];
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut read = 0;
    for file in files {
        let der = std::fs::read(folder.join(format!("{file}.der"))).unwrap();
        let client = ClientCertificate::presented(der.clone(), Verification::Success).chain([CA]);
        let own = TlsClientAuth::new(&client.clone().dialect(Dialect::BoringSsl));
        let certificate = client.certificate().unwrap();
        let names: Vec<String> = certificate
            .subject_alt_names()
            .filter_map(|name| match name {
                SubjectAltName::Dns(name) | SubjectAltName::Uri(name) => Some(name.to_owned()),
                _ => None,
            })
            .collect();
        for chosen in 0..1u32 << keys.len() {
            let chosen: Vec<_> = keys
                .iter()
                .enumerate()
                .filter(|(at, _)| chosen >> at & 1 == 1)
                .map(|(_, it)| it)
                .collect();
            let text = chosen.iter().fold(Xfcc::new(), |xfcc, (_, add)| add(xfcc));
            let receiver = Receiver::envoy(V).declares(chosen.iter().map(|(key, _)| *key)).unwrap();
            let has = |key: &str| chosen.iter().any(|(chosen, _)| *chosen == key);
            for xfcc in [text, text.json()] {
                for by in [&[][..], &["spiffe://a"], &["urn:a(b;c)", "urn:d,e=\"f\\\\"]] {
                    let set = HeaderSet::envoy_with(xfcc).by(by.iter().copied()).unwrap();
                    let lines = set.lines(&client, Limits::new());
                    let value = lines.get("x-forwarded-client-cert").unwrap();
                    let received = read_by(receiver.clone(), value)
                        .unwrap_or_else(|kind| panic!("{file}, {value}: {kind}"));
                    let auth = &received.auth;
                    assert_eq!(auth.cert_fingerprint_sha256(), own.cert_fingerprint_sha256());
                    let leaf = (has("Cert") || has("Chain")).then_some(&*der);
                    assert_eq!(auth.client_certificate().leaf(), leaf, "{value}");
                    let is_sent = |key| leaf.is_some() || has(key);
                    let expected = |key, text: &str| {
                        if is_sent(key) { text.to_owned() } else { String::new() }
                    };
                    assert_eq!(
                        auth.cert_subject_dn(),
                        expected("Subject", own.cert_subject_dn()),
                        "{value}"
                    );
                    assert_eq!(
                        auth.cert_issuer_dn(),
                        expected("Issuer", own.cert_issuer_dn()),
                        "{value}"
                    );
                    for name in &received.names {
                        assert!(names.iter().any(|own| own == name.as_str()), "{value}");
                    }
                    read += 1;
                }
            }
        }
    }
    assert!(read > 1000, "{read}");
}

#[test]
fn json_states_every_name() {
    let json =
        |more: &str| format!(r#"[{{"by":["x;y"],"hash":"{SHA256}","subject":"CN=a"{more}}}]"#);
    let received = read(&json(r#","uri":["spiffe://a;DNS=b","https://b"],"dns":["c"]"#));
    assert_eq!(received.auth.cert_subject_dn(), "CN=a");
    assert_eq!(received.names, [uri("spiffe://a;DNS=b"), uri("https://b"), dns("c")]);
    let receiver = Receiver::envoy(V).declares(["DNS"]).unwrap();
    let received = read_by(receiver, &json(r#","uri":["spiffe://a"],"dns":["c"]"#)).unwrap();
    assert_eq!((received.auth.cert_subject_dn(), &received.names[..]), ("", &[dns("c")][..]));
    let twice = read_by(Receiver::envoy(V), &json(r#","subject":"CN=b""#));
    assert_eq!(twice.unwrap_err(), ReceiveErrorKind::Ambiguous);
}

#[test]
fn with_the_certificate_its_own_names_are_read() {
    let (hash, cert) = (format!("Hash={SHA256}"), escaped(LEAF));
    let header =
        format!("{hash};Cert=\"{cert}\";Subject=\"CN=x\";URI=spiffe://a;URI=spiffe://evil");
    let received = read(&header);
    assert_eq!(received.auth.client_certificate().leaf(), Some(LEAF));
    assert_eq!(received.auth.cert_subject_dn(), SUBJECT);
    assert_eq!(received.names, [dns("client.example")]);
}

#[test]
fn ambiguous_and_malformed_elements_are_refused() {
    use ReceiveErrorKind as E;
    let (hash, cert) = (format!("Hash={SHA256}"), escaped(LEAF));
    let refused = [
        ("a name that writes an element", format!("{hash};URI=a,By=x;{hash}"), E::Ambiguous),
        ("two elements", format!("{hash},{hash}"), E::Ambiguous),
        (
            "two elements in JSON",
            format!(r#"[{{"hash":"{SHA256}"}},{{"hash":"{SHA256}"}}]"#),
            E::Ambiguous,
        ),
        ("an open quote of the client's", format!("X=\",{hash};Subject=\"CN=a\""), E::Malformed),
        ("another certificate", format!("{hash};Cert=\"{}\"", escaped(CA)), E::Disagrees),
        (
            "another chain",
            format!("{hash};Cert=\"{cert}\";Chain=\"{}\"", escaped(CA)),
            E::Disagrees,
        ),
        (
            "a chain in the certificate",
            format!("{hash};Cert=\"{cert}{cert}\""),
            E::TooManyCertificates,
        ),
        ("a broken leaf", format!("{hash};Cert=\"x\";Chain=\"{cert}\""), E::Malformed),
        ("JSON that ends early", format!(r#"[{{"hash":"{SHA256}"}}"#), E::Malformed),
        ("no element", "By=x".to_owned(), E::Malformed),
    ];
    for (name, value, kind) in refused {
        assert_eq!(read_by(Receiver::envoy(V), &value).unwrap_err(), kind, "{name}");
    }
}

#[test]
fn the_last_element_of_an_appended_list_is_read() {
    let other = OF_NOTHING.replace('e', "a");
    let (hash, cert) = (format!("Hash={SHA256}"), escaped(LEAF));
    let last = |value: &str| read_by(Receiver::envoy_appended(V), value).unwrap().auth;
    let forged =
        format!("By=spiffe://x;Hash={other};Subject=\"CN=admin\",{hash};Subject=\"CN=client\"");
    let auth = last(&forged);
    assert_eq!((auth.cert_subject_dn(), auth.cert_fingerprint_sha256()), ("CN=client", SHA256));
    let forged = format!("Hash={other};Cert=\"{}\",{hash};Cert=\"{cert}\"", escaped(CA));
    assert_eq!(last(&forged).client_certificate().leaf(), Some(LEAF));
    let list = format!("Hash={other};URI=spiffe://a, {hash};URI=spiffe://admin ");
    let received = read_by(Receiver::envoy_appended(V), &list).unwrap();
    assert_eq!((received.auth.cert_fingerprint_sha256(), received.names), (SHA256, vec![]));
    let json = format!(
        r#"[{{"hash":"{other}","subject":"CN=admin"}},{{"hash":"{SHA256}","subject":"CN=client"}}]"#
    );
    assert_eq!(last(&json).cert_subject_dn(), "CN=client");
}

/// A placeholder from an earlier hop must not hide the nearest hop's element.
#[test]
fn a_placeholder_before_the_last_element_does_not_hide_it() {
    let der =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/plain.der")).unwrap();
    let client = ClientCertificate::presented(der, Verification::Success);
    let forwarding =
        Forwarding::none().on_every_request(HeaderSet::envoy()).xfcc_mode(XfccMode::AppendForward);
    for inbound in
        ["{http.request.tls.client.x=1", "{http.request.tls.client.serial}", "(null)", "<nil>"]
    {
        let mut headers = vec![("x-forwarded-client-cert".to_owned(), inbound.to_owned())];
        ConnectionState::new(client.clone(), forwarding.clone()).forward(&mut headers).commit();
        let auth = Receiver::envoy_appended(V).receive(&headers).unwrap();
        assert_eq!(auth.client_certificate().leaf(), client.leaf(), "{inbound}");
    }
}
