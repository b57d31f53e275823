//! Forwards TLS client certificates to your origin as HTTP headers, and strips forged ones.
//!
//! A proxy that terminates TLS knows who its client is; the origin behind it does not. This crate is the part between the two:
//!
//! - **In a proxy** it turns the client's certificate into header lines: those of Cloudflare, RFC 9440, nginx, Envoy and
//!   [others](guide::sets), those that [Keycloak, Vault or Puppet](guide::origins) read, or a [table of your own](HeaderSet::new). It removes every header from the request that could be mistaken for
//!   them, with or without a certificate. Start with [`guide::proxy`].
//! - **In an origin** it parses those headers and rejects requests that no honest proxy sends. Start with [`guide::origin`].
//!
//! It verifies no certificate and speaks no TLS: the TLS library does both, and its result is an argument.
//!
//! # The proxy
//!
//! ```
//! use http::HeaderMap;
//! use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, HeaderSet, Verification};
//!
//! let forwarding = Forwarding::none().on_every_request(HeaderSet::ingress_nginx());
//!
//! // Once per TLS connection, after the handshake: the leaf and the verification result that the TLS library hands out.
//! let leaf = *b"DER, but any bytes will do here";
//! let client = ClientCertificate::presented(leaf, Verification::Success);
//! let connection = ConnectionState::new(client, forwarding.clone());
//!
//! // For every request: strips what the client sent under these names, then adds what is known of it.
//! let mut headers = HeaderMap::new();
//! headers.insert("ssl-client-subject-dn", "CN=admin".parse().unwrap());
//! let claim = connection.forward(&mut headers);
//! assert_eq!(headers["ssl-client-verify"], "SUCCESS");
//! assert_ne!(headers.get("ssl-client-subject-dn"), Some(&"CN=admin".parse().unwrap()));
//! // When the origin has answered.
//! claim.commit();
//!
//! // A request without TLS takes the same way.
//! let mut headers = HeaderMap::new();
//! headers.insert("ssl-client-verify", "SUCCESS".parse().unwrap());
//! forwarding.claim(None).apply(&mut headers);
//! assert_eq!(headers["ssl-client-verify"], "NONE");
//! ```
//!
//! # The origin
//!
//! ```
//! use http::HeaderMap;
//! use tls_client_auth::Receiver;
//!
//! let receiver = Receiver::ingress_nginx();
//! let mut headers = HeaderMap::new();
//! headers.insert("ssl-client-verify", "SUCCESS".parse().unwrap());
//! headers.insert("ssl-client-subject-dn", "CN=client.example".parse().unwrap());
//! let auth = receiver.receive(&headers).unwrap();
//! assert!(auth.is_trusted());
//! assert_eq!(auth.cert_subject_dn(), "CN=client.example");
//! ```
//!
//! # Where to find what
//!
//! | Job | Types |
//! |---|---|
//! | The client of a handshake | [`ClientCertificate`], [`Verification`] and the reasons of a failure, [`client::VerifyError`]; feature `rustls-webpki`: [`rustls`](mod@rustls) |
//! | What is sent, and when | [`HeaderSet`], its values [`field::Field`], [`Forwarding`]; [settings files](#features) |
//! | A connection and its requests | [`ConnectionState`], [`Claim`], [`connection::Applied`], [`connection::consume_connection`] |
//! | The origin's side | [`Receiver`], also [of a set](Receiver::of), [`Unstated`], [`receive::ReceiveError`], [`receive::StatedName`]; for repeated headers [`receive::Memory`] |
//! | Who the client is | [`TlsClientAuth`]: the 21 properties of Cloudflare's `request.cf.tlsClientAuth`, as JSON, [a log line](TlsClientAuth#impl-Display-for-TlsClientAuth) and [rule fields](TlsClientAuth::rule_fields) |
//! | Hosts that ask, enforce and forward | [`hosts::Hosts`], [`hosts::Decision`] |
//! | Reading a certificate without trusting it | [`x509::Certificate`], [`x509::Name`], [`x509::SerialNumber`], [`x509::Time`], [`x509::SubjectAltName`], PEM ([`x509::certificates_from_pem`]); spelled as OpenSSL or BoringSSL spell it: [`Dialect`] |
//! | Other HTTP libraries' headers | [`headers::RequestHeadersMut`], [`headers::RequestHeaders`] |
//! | Layers and extractors | [`tower`](mod@tower): [`tower::ForwardLayer`], [`tower::EnforceLayer`], [`tower::ReceiveLayer`]; [`axum`](mod@axum); [`typed_headers`]; [`http_body::StrippedBody`] |
//!
//! # Features
//!
//! Each adds API and changes no output. [`ClientCertificate::from_verified_chain`] takes what rustls, quinn and s2n-tls return without a feature.
//!
//! | Feature | Adds |
//! |---|---|
//! | `std` (default) | A connection frees what it has sent; processor-specific hashing and base64. Without it the crate is `no_std` with `alloc` |
//! | `axum` | [`TlsClientAuth`] and `Option<TlsClientAuth>` as arguments of a handler |
//! | `headers` | [`typed_headers::ClientCert`] and [`typed_headers::ClientCertChain`] of the `headers` crate |
//! | `http` | `http::HeaderMap` as the headers of a request; [`TlsClientAuth::into_header_values`] |
//! | `http-body` | [`http_body::StrippedBody`]: a request's body without forged trailers |
//! | `pingora` | [`pingora`](mod@pingora): the request header of pingora 0.9 as the headers of a request |
//! | `rustls-webpki` | [`rustls::OptionalNoCa`], a verifier for rustls 0.23 that admits every client and reports the outcome |
//! | `serde` | JSON of the record and of Cloudflare's host settings; [header sets](HeaderSet#impl-Deserialize%3C'de%3E-for-HeaderSet) and [forwardings](Forwarding#impl-Deserialize%3C'de%3E-for-Forwarding) in settings files |
//! | `tower` | Layers for the proxy's and the origin's side |
//!
//! Rust 1.88 or later.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Only here: examples and tests have the standard library.
#![warn(clippy::alloc_instead_of_core, clippy::std_instead_of_alloc, clippy::std_instead_of_core)]

extern crate alloc;

#[cfg(feature = "axum")]
pub mod axum;
pub mod client;
pub mod connection;
mod encoding;
pub mod field;
#[cfg(any(doc, doctest))]
pub mod guide;
pub mod headers;
pub mod hosts;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "http-body")]
pub mod http_body;
#[cfg(feature = "pingora")]
pub mod pingora;
mod proxies;
pub mod receive;
pub mod record;
#[cfg(feature = "rustls-webpki")]
pub mod rustls;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(feature = "headers")]
pub mod typed_headers;
pub mod x509;

pub use client::{ClientCertificate, Verification};
pub use connection::{Claim, ConnectionState, Forwarding};
pub use headers::HeaderSet;
pub use receive::{Receiver, Unstated};
pub use record::TlsClientAuth;
pub use x509::Dialect;

/// The README's examples, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
