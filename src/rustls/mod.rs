//! Feature `rustls-webpki`: a client-certificate verifier for rustls 0.23 that admits every client and reports the result in
//! OpenSSL's words.
//!
//! Not needed with a verifier that rejects invalid certificates: use
//! [`ClientCertificate::from_verified_chain`](crate::ClientCertificate::from_verified_chain), which needs no feature.

mod optional_no_ca;
mod reason;

pub use optional_no_ca::OptionalNoCa;
