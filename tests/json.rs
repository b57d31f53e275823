//! JSON that is read: settings, and records that something was done to.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that can't go on must stop"
)]
#![allow(clippy::std_instead_of_alloc, reason = "tests have the standard library")]

use serde_json::{Value, json};
use tls_client_auth::hosts::{HostnameSettings, Hosts};
use tls_client_auth::{ClientCertificate, TlsClientAuth, Verification};

const LEAF: &[u8] = include_bytes!("fixtures/plain.der");

#[test]
fn settings_come_back_and_bad_ones_are_named() {
    let text = r#"{"settings":[{"hostname":"a.example","china_network":false,"client_certificate_forwarding":true},{"hostname":"*.b.example","china_network":false,"client_certificate_forwarding":false}]}"#;
    let settings: HostnameSettings = serde_json::from_str(text).unwrap();
    assert_eq!(settings.settings().len(), 2);
    assert_eq!(serde_json::to_string(&settings).unwrap(), text);
    assert!(Hosts::new().configure(settings).forwards("A.example."));

    let cases = [
        (r#"["a.example","a b"]"#, r#"settings[1]: "a b" is not a hostname"#),
        (r#"["a.example","A.EXAMPLE"]"#, r#"settings[1]: "A.EXAMPLE" is duplicated"#),
    ];
    for (hostnames, expected) in cases {
        let hostnames: Vec<String> = serde_json::from_str(hostnames).unwrap();
        let setting = |hostname: &String| json!({"hostname": hostname, "china_network": false, "client_certificate_forwarding": true});
        let body = json!({"settings": hostnames.iter().map(setting).collect::<Vec<_>>()});
        let error = serde_json::from_value::<HostnameSettings>(body).unwrap_err().to_string();
        assert_eq!(error, expected);
    }
}

#[test]
fn records_that_nobody_wrote_are_refused() {
    let client = ClientCertificate::presented(LEAF, Verification::Success);
    let record = serde_json::to_value(TlsClientAuth::new(&client)).unwrap();
    assert!(serde_json::from_value::<TlsClientAuth>(record.clone()).is_ok());
    let cases = [
        ("certSubjectDN", json!("CN=a\r\nb"), "a property is not printable ASCII"),
        ("certIssuerDNLegacy", json!("/CN=Jos\u{e9}"), "a property is not printable ASCII"),
        ("certPresented", json!("yes"), "certPresented is neither \"1\" nor \"0\""),
        ("certRevoked", json!(""), "certRevoked is neither \"1\" nor \"0\""),
        ("certVerified", json!("TRUE"), "certVerified is no outcome of verification"),
        ("certRFC9440", json!("MAA="), "certRFC9440 is not in the form of RFC 9440"),
        (
            "certChainRFC9440",
            json!(":MAA=:,:MAA=:"),
            "certChainRFC9440 is not in the form of RFC 9440",
        ),
        ("certPresented", json!("0"), "a verdict on a certificate that was not presented"),
        ("certSerial", Value::Null, "invalid type: null"),
    ];
    for (property, value, expected) in cases {
        let mut changed = record.clone();
        changed[property] = value;
        let error = serde_json::from_value::<TlsClientAuth>(changed).unwrap_err().to_string();
        assert!(error.contains(expected), "{property}: {error}");
    }
}
