//! Any text as JSON: parsed settings equal themselves after writing and parsing.

#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

use common::checks;
use tls_client_auth::TlsClientAuth;
use tls_client_auth::hosts::{Answer, HostnameAssociation, HostnameSettings, Hosts};

libfuzzer_sys::fuzz_target!(|json: &[u8]| {
    if let Ok(settings) = serde_json::from_slice::<HostnameSettings>(json) {
        let written = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<HostnameSettings>(&written).unwrap(), settings);
        let hosts = Hosts::new().configure(settings.clone());
        // A wildcard is not a host of a request.
        for setting in settings.settings().iter().filter(|it| !it.hostname.contains('*')) {
            let forwards = setting.client_certificate_forwarding;
            let host = setting.hostname.as_str();
            let host = if host.contains(':') && !host.starts_with('[') {
                format!("[{host}]")
            } else {
                host.to_owned()
            };
            assert_eq!(hosts.forwards(&host), forwards);
            assert_eq!(hosts.forwards(&host.to_ascii_uppercase()), forwards);
            assert_eq!(hosts.forwards(&format!("{host}:443")), forwards);
        }
    }
    if let Ok(association) = serde_json::from_slice::<HostnameAssociation>(json) {
        for written in [
            serde_json::to_string(&association).unwrap(),
            serde_json::to_string(&Answer(&association)).unwrap(),
        ] {
            assert_eq!(serde_json::from_str::<HostnameAssociation>(&written).unwrap(), association);
        }
        let hosts = Hosts::new().associate(association.clone()).unwrap();
        for hostname in association.hostnames().iter().filter(|it| !it.contains('*')) {
            let name = hostname.trim_matches(['[', ']']);
            assert!(hosts.asks(Some(name)));
            assert_eq!(hosts.mtls_certificate_id(Some(name)), association.authority());
        }
    }
    if let Ok(record) = serde_json::from_slice::<TlsClientAuth>(json) {
        for (name, text) in checks::properties(&record) {
            checks::printable(name, text);
        }
        let written = serde_json::to_string(&record).unwrap();
        let again: TlsClientAuth = serde_json::from_str(&written).unwrap();
        assert_eq!(serde_json::to_string(&again).unwrap(), written);
        assert_eq!(checks::properties(&again), checks::properties(&record));
        assert_eq!(again.client_certificate(), record.client_certificate());
        assert!(!record.is_trusted() || record.cert_presented() == "1");
    }
});
