//! Receives requests of real systems in `tests/fixtures/requests`: one file for each request, with its header lines.

use tls_client_auth::receive::Received;
use tls_client_auth::x509::certificates_from_pem;
use tls_client_auth::{Receiver, TlsClientAuth, Unstated};

use super::*;

const V: Unstated = Unstated::Verified;
const JOSE: &str =
    r"emailAddress=jose@example.org,CN=Jos\C3\A9 client,OU=R,O=Acme\, Inc.,ST=NY,C=US";

fn received(file: &str, receiver: &Receiver) -> Received {
    let path = format!("{}/tests/fixtures/requests/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<(&str, &str)> =
        text.lines().map(|line| line.split_once(": ").unwrap()).collect();
    receiver.receive_with_names(&lines).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn chain(auth: &TlsClientAuth) -> usize {
    auth.client_certificate().chain_certificates().len()
}

#[test]
fn whole_certificates_in_several_encodings() {
    let certificate = |header| Receiver::certificate(header, V).unwrap();
    let cases = [
        ("base64-of-pem.txt", Receiver::kong(V), 0),
        ("base64-of-pem.txt", certificate("X-Client-Cert"), 0),
        ("nginx-certificate-alone.txt", certificate("X-SSL-CERT"), 0),
        ("nginx-form-dialect.txt", Receiver::nginx(), 0),
        ("nginx-leaf-and-chain.txt", Receiver::nginx(), 1),
        ("xfcc-comma-in-subject.txt", Receiver::envoy(V), 1),
    ];
    for (file, receiver, expected) in cases {
        let Received { auth, names, .. } = received(file, &receiver);
        assert!(auth.is_trusted(), "{file}");
        assert_eq!((auth.cert_subject_dn(), chain(&auth)), (JOSE, expected), "{file}");
        assert_eq!(names.iter().map(|name| name.as_str()).collect::<Vec<_>>(), ["jose.example"]);
    }
}

#[test]
fn facts_that_no_name_can_write() {
    let Received { auth, names, .. } =
        received("envoy-uri-writes-subject.txt", &Receiver::envoy(V));
    assert_eq!((auth.is_trusted(), auth.cert_subject_dn()), (true, ""));
    assert_eq!(names[0].as_str(), "spiffe://tenant/mallory;Subject=CN=admin");
    let auth = received("envoy-by-with-semicolon.txt", &Receiver::envoy(V)).auth;
    assert_eq!((auth.is_trusted(), auth.cert_subject_dn()), (true, "CN=a"));
    let traefik = Receiver::traefik(V);
    for receiver in [traefik.clone(), traefik.declares(["Subject"]).unwrap()] {
        let auth = received("traefik-name-writes-serial.txt", &receiver).auth;
        assert!(auth.is_trusted());
        let read = [auth.cert_serial(), auth.cert_not_before(), auth.cert_not_after()];
        assert_eq!(read, [""; 3]);
    }
}

#[test]
fn facts_are_read_into_the_properties_of_their_form() {
    let auth = received("apache-legacy-dn.txt", &Receiver::apache()).auth;
    assert_eq!((auth.cert_subject_dn(), auth.cert_subject_dn_rfc2253()), ("", ""));
    assert_eq!(auth.cert_subject_dn_legacy(), "/C=DE/O=Acme, Inc./CN=client.example");
    assert_eq!(auth.cert_issuer_dn_legacy(), "/C=US/CN=CA");
    let auth = received("haproxy-date-2055.txt", &Receiver::haproxy()).auth;
    assert_eq!(auth.cert_not_before(), "Jan  1 00:00:00 2025 GMT");
    assert_eq!(auth.cert_not_after(), "Jan  1 00:00:00 2055 GMT");
}

/// Expected: the subjects that OpenSSL prints for these files.
#[test]
fn pem_files_with_each_label() {
    let cases = [
        ("block-in-comment.pem", SUBJECT),
        ("trusted-label.pem", "CN=client.example,O=Acme,C=DE"),
        ("x509-label.pem", "CN=client.example,O=Acme,C=DE"),
        ("v1.pem", "CN=v1-client"),
    ];
    for (file, subject) in cases {
        let path = format!("{}/tests/fixtures/pem/{file}", env!("CARGO_MANIFEST_DIR"));
        let certificates = certificates_from_pem(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(certificates.len(), 1, "{file}");
        let certificate = tls_client_auth::x509::Certificate::from_der(&certificates[0]).unwrap();
        let name = certificate.subject().rfc2253(tls_client_auth::Dialect::OpenSsl);
        assert_eq!(name.as_deref(), Some(subject), "{file}");
    }
}
