//! Verification results for the fixtures: `OptionalNoCa`'s equal nginx's, except those listed in [`DIFFERENCES`].

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use tls_client_auth::Dialect;
use tls_client_auth::rustls::OptionalNoCa;

use crate::peers::{OBSERVED_AT, archive, fixture};

/// The fixture, the result of nginx 1.28, and that of `OptionalNoCa`.
const DIFFERENCES: [(&str, &str, &str); 8] = [
    // nginx had `ssl_verify_depth 1`.
    ("chain_two_inter", "unable to get local issuer certificate", "SUCCESS"),
    ("chain_two_inter_swapped", "unable to get local issuer certificate", "SUCCESS"),
    // OpenSSL finds no issuer for a certificate with a malformed extension.
    ("ext_bad_san", "unable to verify the first certificate", UNSPECIFIED),
    // webpki requires no security level of RSA keys, and ignores the key usage.
    ("key_rsa1024", "EE certificate key too weak", "SUCCESS"),
    ("ku_no_sign", "unsuitable certificate purpose", "SUCCESS"),
    // webpki accepts dates from 1970 and version 3 only.
    ("time_gen_1900", "SUCCESS", UNSPECIFIED),
    ("time_utc_1950", "SUCCESS", UNSPECIFIED),
    ("v2_noext", "SUCCESS", UNSPECIFIED),
];
const UNSPECIFIED: &str = "unspecified certificate verification error";

#[test]
fn verification_results_are_those_of_nginx() {
    let archive = archive();
    let mut roots = RootCertStore::empty();
    roots.add(fixture("ca.der").into()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let inner = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    let verifier = OptionalNoCa::new(inner.build().unwrap());

    let mut differences = Vec::new();
    let mut equal = 0;
    for (name, headers) in &archive.listeners["nginx-1.28/optional_reveal"].certificates {
        let nginx = headers["ssl-client-verify"].as_str();
        // nginx did not receive the certificate.
        if nginx == "NONE" {
            continue;
        }
        let mut chain = vec![CertificateDer::from(fixture(&format!("{name}.der")))];
        for certificate in archive.chains.get(name).into_iter().flatten() {
            let der = base64::engine::general_purpose::STANDARD.decode(certificate).unwrap();
            chain.push(der.into());
        }
        let now = UnixTime::since_unix_epoch(Duration::from_secs(OBSERVED_AT.into()));
        let client = verifier.client(Some(&chain), now).unwrap();
        let ours = client.verification().text(Dialect::OpenSsl);
        if ours == nginx {
            equal += 1;
        } else {
            differences.push((name.clone(), nginx.to_owned(), ours));
        }
    }
    let expected = DIFFERENCES.map(|(name, nginx, ours)| {
        let text = |outcome: &str| match outcome {
            "SUCCESS" => outcome.to_owned(),
            reason => format!("FAILED:{reason}"),
        };
        (name.to_owned(), text(nginx), text(ours))
    });
    assert_eq!(differences, expected);
    assert_eq!(equal, 75);
}
