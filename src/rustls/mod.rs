//! Feature `rustls-webpki`: a client-certificate verifier for rustls 0.23 that lets every client in and reports the outcome in OpenSSL's words.
//!
//! A proxy whose verifier refuses bad certificates needs none of it: see
//! [`ClientCertificate::from_verified_chain`](crate::ClientCertificate::from_verified_chain), which is always there.

mod optional_no_ca;
mod reason;

pub use optional_no_ca::OptionalNoCa;
