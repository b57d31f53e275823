//! Envoy's header and what a client may try with it.

use tls_client_auth::connection::XfccMode;
use tls_client_auth::receive::{ReceiveErrorKind, StatedName};
use tls_client_auth::{
    ClientCertificate, ConnectionState, Forwarding, HeaderSet, Receiver, Unstated, Verification,
};

use super::*;

#[test]
fn xfcc_elements() {
    use ReceiveErrorKind as E;
    let v = Unstated::Verified;
    let other = OF_NOTHING.replace('e', "a");
    let (hash, cert) = (format!("Hash={SHA256}"), escaped(LEAF));
    let read =
        |value: &str| Receiver::envoy(v).receive_with_names(&[("x-forwarded-client-cert", value)]);
    let named = |value: &str| read(value).unwrap().1;
    let uri = |text: &str| StatedName::Uri(text.to_owned());

    let forged =
        format!("By=spiffe://x;Hash={other};Subject=\"CN=admin\",{hash};Subject=\"CN=client\"");
    let (auth, _) = read(&forged).unwrap();
    assert_eq!((auth.cert_subject_dn(), auth.cert_fingerprint_sha256()), ("CN=client", SHA256));
    let forged = format!("Hash={other};Cert=\"{}\",{hash};Cert=\"{cert}\"", escaped(CA));
    assert_eq!(read(&forged).unwrap().0.client_certificate().leaf(), Some(LEAF));
    let json = format!(
        r#"[{{"hash":"{other}","subject":"CN=admin"}},{{"hash":"{SHA256}","subject":"CN=client","uri":["spiffe://a","https://b"]}}]"#
    );
    let (auth, names) = read(&json).unwrap();
    assert_eq!(auth.cert_subject_dn(), "CN=client");
    assert_eq!(names, [uri("spiffe://a"), uri("https://b")]);

    assert_eq!(
        named(&format!("{hash};URI=spiffe://a;DNS=b")),
        [uri("spiffe://a"), StatedName::Dns("b".to_owned())]
    );
    assert_eq!(
        named(&format!("{hash};URI=\"spiffe://a;URI=x,By=y\"")),
        [uri("spiffe://a;URI=x,By=y")]
    );
    assert_eq!(named(&format!("{hash};URI=")), []);
    assert_eq!(named(&format!("{hash};URI=not a uri")), []);
    // The certificate is there: nothing is taken from what Envoy does not escape.
    assert_eq!(named(&format!("{hash};Cert=\"{cert}\";URI=spiffe://a;URI=spiffe://evil")), []);

    let refused = [
        ("a name that writes another", format!("{hash};URI=spiffe://a;URI=x"), E::Ambiguous),
        (
            "a name that writes an element",
            format!("{hash};URI=spiffe://a,By=x;URI=spiffe://evil"),
            E::Malformed,
        ),
        ("a quote in a name", format!("{hash};URI=spiffe://a\";URI=\"x"), E::Malformed),
        ("an open quote of the client's", format!("X=\",{hash};Subject=\"CN=a\""), E::Malformed),
        ("two hashes", format!("{hash};{hash}"), E::Ambiguous),
        ("two subjects", format!("{hash};Subject=\"CN=a\";subject=\"CN=b\""), E::Ambiguous),
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
        assert_eq!(read(&value).unwrap_err().kind(), kind, "{name}");
    }
    let two = [("x-forwarded-client-cert", format!("{hash},{hash}"))];
    assert_eq!(Receiver::envoy_one_element(v).receive(&two).unwrap_err().kind(), E::Ambiguous);
}

/// What an earlier hop wrote must not make the nearest hop's element unread.
#[test]
fn a_placeholder_before_the_last_element_hides_nothing() {
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
        if let Ok(auth) = Receiver::envoy(Unstated::Verified).receive(&headers) {
            assert_eq!(auth.client_certificate().leaf(), client.leaf(), "{inbound}");
        }
    }
}
