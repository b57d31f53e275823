//! X.509 certificates: parsed from DER, and printed as OpenSSL, BoringSSL, HAProxy and Go print them.

pub(crate) mod certificate;
pub(crate) mod cursor;
mod dialect;
mod error;
pub(crate) mod extension;
pub(crate) mod fingerprint;
mod identity;
pub(crate) mod issuer;
mod key_identifier;
pub(crate) mod name;
mod pem;
pub(crate) mod serial_number;
pub(crate) mod subject_alt_name;
mod time;

pub use self::time::Time;
pub use certificate::{Certificate, MAX_CERTIFICATE};
pub use dialect::Dialect;
pub use error::{Error, ErrorKind, Part};
pub use extension::{Extension, Extensions};
pub use identity::AttributeValue;
pub use key_identifier::AuthorityKeyIdentifier;
pub use name::{AttributeType, Name, ObjectIdentifier, Occurrence};
pub use pem::certificates_from_pem;
pub(crate) use pem::without_trust;
pub use serial_number::SerialNumber;
pub use subject_alt_name::{SubjectAltName, SubjectAltNames};
