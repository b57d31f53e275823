//! JSON that is parsed: hostname settings, and records. Malformed and inconsistent ones are refused.

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
fn settings_are_read_back_and_errors_give_the_entry() {
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
fn records_with_a_malformed_property_are_refused() {
    let client = ClientCertificate::presented(LEAF, Verification::Success);
    let record = serde_json::to_value(TlsClientAuth::new(&client)).unwrap();
    assert!(serde_json::from_value::<TlsClientAuth>(record.clone()).is_ok());
    let cases = [
        ("certSubjectDN", json!("CN=a\r\nb"), "a property is not printable ASCII"),
        ("certIssuerDNLegacy", json!("/CN=Jos\u{e9}"), "a property is not printable ASCII"),
        ("certPresented", json!("yes"), "certPresented is neither \"1\" nor \"0\""),
        ("certRevoked", json!(""), "certRevoked is neither \"1\" nor \"0\""),
        ("certVerified", json!("TRUE"), "certVerified is not a verification result"),
        ("certRFC9440", json!("MAA="), "certRFC9440 is not in the form of RFC 9440"),
        (
            "certChainRFC9440",
            json!(":MAA=:,:MAA=:"),
            "certChainRFC9440 is not in the form of RFC 9440",
        ),
        ("certPresented", json!("0"), "there is a verdict, but no certificate was presented"),
        ("certSerial", Value::Null, "invalid type: null"),
    ];
    for (property, value, expected) in cases {
        let mut changed = record.clone();
        changed[property] = value;
        let error = serde_json::from_value::<TlsClientAuth>(changed).unwrap_err().to_string();
        assert!(error.contains(expected), "{property}: {error}");
    }
}

/// In a record without its certificate, each property is replaced by texts that it cannot have.
#[test]
fn a_record_without_its_certificate_has_every_text_in_its_form() {
    const HEX: [&str; 3] = ["certSerial", "certSKI", "certIssuerSerial"];
    let client = ClientCertificate::presented(LEAF, Verification::Success);
    let mut record = serde_json::to_value(TlsClientAuth::new(&client)).unwrap();
    record["certRFC9440"] = json!("");
    assert!(serde_json::from_value::<TlsClientAuth>(record.clone()).unwrap().is_trusted());
    let texts =
        ["undefined", "-", "x", "CN=a\\", "/CN=a", "0x5A", "5A 70", "Feb 30 00:00:00 2025 GMT"];
    let (mut refused, mut taken) = (0, Vec::new());
    for (property, value) in record.as_object().unwrap() {
        if !value.is_string() || value == "" || property.starts_with("certVerified") {
            continue;
        }
        for text in texts {
            let mut changed = record.clone();
            changed[property] = json!(text);
            match serde_json::from_value::<TlsClientAuth>(changed) {
                Ok(_) => taken.push((property.as_str(), text)),
                Err(error) => {
                    let error = error.to_string();
                    assert!(error.contains("tlsClientAuth: "), "{property}: {error}");
                    refused += 1;
                }
            }
        }
    }
    assert_eq!(taken, []);
    assert!(refused > 80, "{refused}");
    // A name's other properties must agree: all are empty, or none.
    for (one, other) in
        [("certSubjectDN", "certSubjectDNRFC2253"), ("certIssuerDNRFC2253", "certIssuerDN")]
    {
        let mut changed = record.clone();
        changed[one] = json!("");
        assert!(serde_json::from_value::<TlsClientAuth>(changed.clone()).is_err(), "{one}");
        changed[other] = json!("");
        assert!(serde_json::from_value::<TlsClientAuth>(changed).is_ok(), "{one}");
    }

    // Other properties may be empty.
    for property in HEX.into_iter().chain(["certNotBefore", "certFingerprintSHA256"]) {
        let mut changed = record.clone();
        changed[property] = json!("");
        assert!(serde_json::from_value::<TlsClientAuth>(changed).is_ok(), "{property}");
    }
}

#[test]
fn a_value_beside_its_too_large_flag_is_refused() {
    let client = ClientCertificate::presented(LEAF, Verification::Success).chain([LEAF]);
    let record = serde_json::to_value(TlsClientAuth::new(&client)).unwrap();
    for (flag, value) in
        [("certRFC9440TooLarge", "certRFC9440"), ("certChainRFC9440TooLarge", "certChainRFC9440")]
    {
        let mut changed = record.clone();
        changed[flag] = json!(true);
        let error = serde_json::from_value::<TlsClientAuth>(changed.clone()).unwrap_err();
        assert!(error.to_string().contains(flag), "{error}");
        changed[value] = json!("");
        assert!(serde_json::from_value::<TlsClientAuth>(changed).is_ok());
        let mut nobody =
            serde_json::to_value(TlsClientAuth::new(&ClientCertificate::none())).unwrap();
        nobody[flag] = json!(true);
        assert!(serde_json::from_value::<TlsClientAuth>(nobody).is_err());
    }
}

/// Also a list of values in the right order is refused.
#[test]
fn a_record_is_an_object() {
    let nobody = serde_json::to_value(TlsClientAuth::new(&ClientCertificate::none())).unwrap();
    let values: Vec<Value> = nobody.as_object().unwrap().values().cloned().collect();
    assert_eq!(values.len(), 21);
    for text in [json!(values), json!([]), json!("x"), Value::Null] {
        let error = serde_json::from_value::<TlsClientAuth>(text).unwrap_err();
        assert!(error.to_string().contains("expected an object"), "{error}");
    }
}
