//! Code that the test programs and the fuzz targets share.

#![allow(dead_code, reason = "each program uses its part")]

pub(crate) mod checks;
pub(crate) mod der;
pub(crate) mod families;

use tls_client_auth::{ClientCertificate, Verification};

/// A client with this leaf, which is verified.
pub(crate) fn trusted(leaf: &[u8]) -> ClientCertificate {
    ClientCertificate::presented(leaf, Verification::Success)
}
