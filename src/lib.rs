#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Only here: examples and tests have the standard library.
#![warn(clippy::alloc_instead_of_core, clippy::std_instead_of_alloc, clippy::std_instead_of_core)]

extern crate alloc;

#[cfg(feature = "axum")]
pub mod axum;
pub mod client;
pub mod connection;
mod decoding;
mod encoding;
pub mod field;
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
