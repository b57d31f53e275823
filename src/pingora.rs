//! Feature `pingora`: the request header of pingora 0.9 as the headers of a request.
//!
//! pingora keeps the spelling of each name in addition to the header map, and its HTTP/1.1 client fails if the two differ. This
//! module changes both together, so a set's headers are sent in the set's spelling.
//!
//! # The calls in pingora's callbacks
//!
//! - `TlsAccept::handshake_complete_callback`: create the [`ConnectionState`](crate::ConnectionState) and return it; pingora keeps it
//!   in `SslDigest::extension`.
//! - `ProxyHttp::request_filter`, once for each request: [`Forwarding::claim`](crate::Forwarding::claim) with that state, or with
//!   `None` on a connection without TLS.
//! - `ProxyHttp::upstream_request_filter`, once for each attempt: [`Claim::apply`](crate::Claim::apply), before you set other headers.
//! - `ProxyHttp::upstream_response_filter`: [`Claim::commit`](crate::Claim::commit).
//!
//! # The certificate from each TLS backend
//!
//! As of pingora 0.9.1:
//!
//! | backend | in the handshake's callback | `SslDigest` of the session |
//! |---|---|---|
//! | OpenSSL, BoringSSL | the `SslRef`: the leaf (`peer_certificate`), the chain as sent (`peer_cert_chain`), the outcome (`verify_result`); with OpenSSL also the issuer and the root (`verified_chain`) | the certificate's SHA-256 (`cert_digest`), organization, serial number |
//! | rustls | the leaf and the chain as sent (`peer_cert_chain_der`) | the same |
//! | s2n-tls | never called | the same |
//!
//! - OpenSSL, BoringSSL: [`ClientCertificate::presented`](crate::ClientCertificate::presented) with
//!   [`Verification::from_code`](crate::Verification::from_code).
//! - rustls, with a verifier that rejects invalid certificates:
//!   [`ClientCertificate::from_verified_chain`](crate::ClientCertificate::from_verified_chain). pingora 0.8 has no callback with rustls.
//! - With only a digest: [`ClientCertificate::known_by_sha256`](crate::ClientCertificate::known_by_sha256). The headers then contain the
//!   digest and the verdict. An empty `cert_digest` is a client without a certificate.
//! - No backend verifies again on a resumed session, where the certificate may have expired: turn resumption off, as
//!   `examples/pingora` does. See [the guide to deploying](crate::guide::deploying#resumption).
//!
//! # Example
//!
//! ```
//! use pingora_http::RequestHeader;
//! use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, HeaderSet, Verification};
//!
//! /// The client of a session, from its digest; the listener rejects invalid certificates.
//! fn client(cert_digest: &[u8]) -> ClientCertificate {
//!     match cert_digest.try_into() {
//!         Ok(digest) => ClientCertificate::known_by_sha256(digest, Verification::Success),
//!         Err(_) => ClientCertificate::none(),
//!     }
//! }
//!
//! let forwarding = Forwarding::none().on_every_request(HeaderSet::envoy());
//! let state = ConnectionState::new(client(&[0xab; 32]), forwarding);
//! let mut request = RequestHeader::build("GET", b"/", None)?;
//! request.append_header("X-Forwarded-Client-Cert", "Hash=forged")?;
//! state.claim().apply(&mut request);
//! let value = request.headers.get("x-forwarded-client-cert").ok_or("not sent")?;
//! assert_eq!(value.to_str()?, format!("Hash={}", "ab".repeat(32)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use alloc::string::String;
use alloc::vec::Vec;

use http::header::HeaderName;
use pingora_http::RequestHeader;

use crate::headers::{HeaderLine, RequestHeaders, RequestHeadersMut, TooManyHeaders};

impl RequestHeaders for RequestHeader {
    fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8])) {
        self.headers.visit(visit);
    }
}

impl RequestHeadersMut for RequestHeader {
    fn remove_where(&mut self, remove: &mut dyn FnMut(&[u8]) -> bool) {
        let names = self.headers.keys().filter(|name| remove(name.as_str().as_bytes()));
        let doomed: Vec<HeaderName> = names.cloned().collect();
        for name in &doomed {
            self.remove_header(name);
        }
    }

    fn add_line(&mut self, line: HeaderLine<'_>) -> Result<(), TooManyHeaders> {
        let (name, value) = (line.header_name(), line.header_value());
        let added = match name.as_static() {
            Some(name) => self.append_header(name, value),
            None => self.append_header(String::from(name.as_str()), value),
        };
        added.map(drop).map_err(|_| TooManyHeaders)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ClientCertificate;
    use crate::connection::{ConnectionState, Forwarding};
    use crate::headers::HeaderSet;

    const DER: &[u8] = include_bytes!("../tests/fixtures/plain.der");

    /// Returns the names as pingora writes them to the wire; it panics if its two lists of names differ.
    fn names(request: &RequestHeader) -> Vec<String> {
        let mut wire = Vec::new();
        request.header_to_h1_wire(&mut wire);
        let text = String::from_utf8(wire).unwrap();
        let mut names: Vec<String> =
            text.lines().filter_map(|line| Some(line.split_once(": ")?.0.into())).collect();
        names.sort();
        names
    }

    #[test]
    fn names_keep_their_case_and_forgeries_are_removed() {
        let client = || ClientCertificate::from_verified_chain(Some(&[DER])).unwrap();
        let pair = || Forwarding::none().on_every_request(HeaderSet::cloudflare());
        let renamed = HeaderSet::cloudflare().renamed("Cf-Client-Cert-Sha256", "x-TLS-sha256");
        let renamed = Forwarding::none().on_every_request(renamed.unwrap());
        let cases = [
            (
                "a pair",
                client(),
                pair(),
                &["Cf-Client-Cert-Der-Base64", "Cf-Client-Cert-Sha256"][..],
            ),
            ("one renamed", client(), renamed, &["Cf-Client-Cert-Der-Base64", "x-TLS-sha256"]),
            ("no certificate", ClientCertificate::none(), pair(), &[]),
        ];
        for (case, client, forwarding, expected) in cases {
            for keeps_case in [true, false] {
                let build = match keeps_case {
                    true => RequestHeader::build,
                    false => RequestHeader::build_no_case,
                };
                let mut request = build("GET", b"/", None).unwrap();
                for (name, value) in [
                    ("X-OTHER", "kept"),
                    ("CF-client-cert-SHA256", "forged"),
                    ("cf-client-cert-sha256", "forged again"),
                    ("Cf_Client_Cert_Der_Base64", "forged"),
                ] {
                    request.append_header(name, value).unwrap();
                }
                if forwarding.owns(b"x-tls-sha256") {
                    request.append_header("X_TLS-sha256", "forged").unwrap();
                }
                ConnectionState::new(client.clone(), forwarding.clone())
                    .claim()
                    .apply(&mut request);
                let mut expected: Vec<String> =
                    expected.iter().chain(&["X-OTHER"]).map(|name| String::from(*name)).collect();
                if !keeps_case {
                    expected.iter_mut().for_each(|name| name.make_ascii_lowercase());
                }
                expected.sort();
                assert_eq!(names(&request), expected, "{case}, {keeps_case}");
                assert!(
                    !request.headers.values().any(|value| value.as_bytes().starts_with(b"forged"))
                );
            }
        }
    }

    #[test]
    fn a_full_header_map_is_reported() {
        let mut request = RequestHeader::build("GET", b"/", None).unwrap();
        for number in 0.. {
            if request.append_header(alloc::format!("x-{number}"), "").is_err() {
                break;
            }
        }
        let client = ClientCertificate::from_verified_chain(Some(&[DER])).unwrap();
        let forwarding = Forwarding::none().on_every_request(HeaderSet::cloudflare());
        let applied = ConnectionState::new(client, forwarding).claim().apply(&mut request);
        assert!(!applied.is_complete(), "{applied:?}");
    }
}
