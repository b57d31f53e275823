#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Only here: examples and tests have the standard library.
#![warn(clippy::alloc_instead_of_core, clippy::std_instead_of_alloc, clippy::std_instead_of_core)]

extern crate alloc;

#[cfg(feature = "axum")]
mod axum;
mod certificate;
mod client_certificate;
mod connection;
mod cursor;
mod decoding;
mod dialect;
mod encoding;
mod error;
mod extension;
mod field;
mod field_name;
mod fingerprint;
mod forwarding;
#[cfg(feature = "http")]
mod header_values;
mod headers;
mod hostnames;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "serde")]
mod json;
mod key_identifier;
mod limits;
mod name;
mod pem;
mod receive;
#[cfg(feature = "rustls")]
mod rustls;
mod serial_number;
mod strip;
mod subject_alt_name;
mod sync;
mod tls_client_auth;
#[cfg(feature = "tower")]
mod tower;
#[cfg(feature = "headers")]
mod typed_headers;
mod validity;
mod verification;
mod verify_error;
mod xfcc;

#[cfg(feature = "axum")]
pub use axum::TlsClientAuthRejection;
pub use certificate::{Certificate, MAX_CERTIFICATE};
pub use client_certificate::ClientCertificate;
pub use connection::{Claim, ConnectionState};
pub use dialect::Dialect;
pub use error::{Error, ErrorKind, Part};
pub use extension::{Extension, Extensions};
pub use field::{
    CertificateForm, ChainForm, DateForm, DigestForm, Field, Flag, NameForm, SanKind, SerialForm,
    SubjectAltNameForm, UrlForm, VerdictForm, Xfcc,
};
pub use field_name::{FieldName, is_owned_name};
pub use forwarding::Forwarding;
#[cfg(feature = "http")]
pub use header_values::HeaderValues;
pub use headers::{HeaderLine, HeaderLines, HeaderSet, HeaderSetError, HeaderSetErrorKind};
pub use hostnames::{
    HostnameError, HostnameErrorKind, HostnameSetting, HostnameSettings, is_misdirected,
};
pub use key_identifier::AuthorityKeyIdentifier;
pub use limits::Limits;
pub use name::{Name, ObjectIdentifier};
pub use pem::certificates_from_pem;
pub use receive::{
    ReceiveError, ReceiveErrorKind, ReceiveLimits, Receiver, RequestHeaders, StatedName, Unstated,
};
#[cfg(feature = "rustls")]
pub use rustls::{OptionalNoCa, RawPublicKeyError};
pub use serial_number::SerialNumber;
pub use strip::HeaderFields;
pub use subject_alt_name::{SubjectAltName, SubjectAltNames};
pub use tls_client_auth::TlsClientAuth;
#[cfg(feature = "tower")]
pub use tower::{
    Admission, Forward, ForwardBody, ForwardFuture, ForwardLayer, Receive, ReceiveFuture,
    ReceiveLayer,
};
#[cfg(feature = "headers")]
pub use typed_headers::{ClientCert, ClientCertChain};
pub use validity::Time;
pub use verification::{OtherReason, Reason, Verification};
pub use verify_error::VerifyError;
pub use xfcc::XfccMode;
