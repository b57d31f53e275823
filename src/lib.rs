//! Forwards TLS client certificates to your origin as HTTP headers, and strips forged ones.
//!
//! A proxy that terminates mutual TLS knows its client; the origin behind it does not. This crate has both sides:
//!
//! - **In a proxy** it adds header lines about the client's certificate to each request: those of Cloudflare, RFC 9440, nginx, Envoy
//!   and [others](guide::sets), those that [Keycloak, Vault or Puppet](guide::origins) read, or a [table of your own](HeaderSet::new).
//!   It strips every header that could be mistaken for them, also from requests without a certificate. Start with [`guide::proxy`].
//! - **In an origin** it parses these headers, and rejects requests that the proxy cannot have sent. Start with [`guide::origin`].
//!
//! It does not verify certificates or implement TLS: your TLS library does both, and you pass its result as [`Verification`].
//!
//! # The proxy
//!
//! ```
//! use http::HeaderMap;
//! use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, HeaderSet, Verification};
//!
//! let forwarding = Forwarding::none().on_every_request(HeaderSet::ingress_nginx());
//!
//! // Once per TLS connection: the leaf certificate and the verification result from the TLS library.
//! let leaf = *b"DER, but any bytes will do here";
//! let client = ClientCertificate::presented(leaf, Verification::Success);
//! let connection = ConnectionState::new(client, forwarding.clone());
//!
//! // For every request: strips forged headers, then adds the set's.
//! let mut headers = HeaderMap::new();
//! headers.insert("ssl-client-subject-dn", "CN=admin".parse().unwrap());
//! let claim = connection.forward(&mut headers);
//! assert_eq!(headers["ssl-client-verify"], "SUCCESS");
//! assert_ne!(headers.get("ssl-client-subject-dn"), Some(&"CN=admin".parse().unwrap()));
//! // When the origin has answered.
//! claim.commit();
//!
//! // A request without TLS is treated the same way.
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
//! # Overview
//!
//! | Task | Types |
//! |---|---|
//! | The client of a handshake | [`ClientCertificate`], [`Verification`] and its reasons, [`client::VerifyError`]; feature `rustls-webpki`: [`rustls`](mod@rustls) |
//! | The headers to send, and when | [`HeaderSet`], its values [`field::Field`], [`Forwarding`]; [settings files](#features) |
//! | A connection and its requests | [`ConnectionState`], [`Claim`], [`connection::Applied`], [`connection::consume_connection`] |
//! | The origin's side | [`Receiver`], [`Receiver::of`] for any set, [`Unstated`], [`receive::ReceiveError`], [`receive::StatedName`]; [`receive::Memory`], a cache |
//! | The client's properties | [`TlsClientAuth`]: the 21 properties of Cloudflare's `request.cf.tlsClientAuth`, as JSON, [a log line](TlsClientAuth#impl-Display-for-TlsClientAuth) and [rule fields](TlsClientAuth::rule_fields) |
//! | Hosts that ask, enforce and forward | [`hosts::Hosts`], [`hosts::Decision`] |
//! | Parsing a certificate | [`x509::Certificate`], [`x509::Name`], [`x509::SerialNumber`], [`x509::Time`], [`x509::SubjectAltName`], PEM ([`x509::certificates_from_pem`]); [`Dialect`]: OpenSSL's or BoringSSL's forms |
//! | Other HTTP libraries' headers | [`headers::RequestHeadersMut`], [`headers::RequestHeaders`] |
//! | Layers and extractors | [`tower`](mod@tower): [`tower::ForwardLayer`], [`tower::EnforceLayer`], [`tower::ReceiveLayer`]; [`axum`](mod@axum); [`typed_headers`]; [`http_body::StrippedBody`] |
//!
//! # Features
//!
//! A feature adds API and never changes output. [`ClientCertificate::from_verified_chain`] accepts the certificates of rustls, quinn and
//! s2n-tls without a feature.
//!
//! | Feature | Adds |
//! |---|---|
//! | `std` (default) | Frees a connection's certificate after it was sent; faster hashing and base64. Without it the crate is `no_std` with `alloc` |
//! | `axum` | [`TlsClientAuth`] and `Option<TlsClientAuth>` as arguments of a handler |
//! | `headers` | [`typed_headers::ClientCert`] and [`typed_headers::ClientCertChain`] of the `headers` crate |
//! | `http` | [`RequestHeadersMut`](headers::RequestHeadersMut) for `http::HeaderMap`; [`TlsClientAuth::into_header_values`] |
//! | `http-body` | [`http_body::StrippedBody`]: a request's body without forged trailers |
//! | `pingora` | [`pingora`](mod@pingora): [`RequestHeadersMut`](headers::RequestHeadersMut) for the request header of pingora 0.9 |
//! | `rustls-webpki` | [`rustls::OptionalNoCa`], a verifier for rustls 0.23 that admits every client and reports the outcome |
//! | `serde` | JSON of the record and of Cloudflare's host settings; [header sets](HeaderSet#impl-Deserialize%3C'de%3E-for-HeaderSet) and [forwardings](Forwarding#impl-Deserialize%3C'de%3E-for-Forwarding) in settings files |
//! | `tower` | [`tower`](mod@tower): layers for the proxy and the origin |
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
mod words;
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
