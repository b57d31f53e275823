//! Any text as JSON: what is read is written and read again, the same.

#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

use common::checks;
use tls_client_auth::TlsClientAuth;
use tls_client_auth::hosts::HostnameSettings;

libfuzzer_sys::fuzz_target!(|json: &[u8]| {
    if let Ok(settings) = serde_json::from_slice::<HostnameSettings>(json) {
        let written = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<HostnameSettings>(&written).unwrap(), settings);
        for setting in settings.settings() {
            let forwards = setting.client_certificate_forwarding;
            let host = setting.hostname.as_str();
            let bracketed = if host.contains(':') && !host.starts_with('[') {
                format!("[{host}]")
            } else {
                host.to_owned()
            };
            assert_eq!(settings.forwards(host), forwards);
            assert_eq!(settings.forwards(&host.to_ascii_uppercase()), forwards);
            assert_eq!(settings.forwards(&format!("{bracketed}:443")), forwards);
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
