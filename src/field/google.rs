//! Google's load balancer: its size limits, and its list of errors for values over them.

use alloc::vec::Vec;

use super::alternative_name::{self, MAX_SPIFFE_ID, MAX_TEXT};
use super::{CertificateForm, ChainForm, Facts, Field};
use crate::client::Verification;
use crate::encoding;

/// The longest serial number, in bytes.
pub(super) const MAX_SERIAL: usize = 50;

/// The largest leaf, and the largest leaf and chain together, in bytes of DER.
const MAX_CERTIFICATES: usize = 16 * 1024;

/// Whether the base64 of this many bytes is short enough.
pub(super) const fn base64_fits(bytes: usize) -> bool {
    encoding::base64_len(bytes) <= MAX_TEXT
}

impl Facts<'_> {
    /// Whether the leaf, or the leaf with its chain, exceeds Google's size limit.
    pub(super) fn is_too_large_for_google(&self, field: Field) -> bool {
        let leaf = self.client.leaf().map_or(0, <[u8]>::len);
        let chain = self.client.chain_certificates().map(<[u8]>::len);
        match field {
            Field::Chain(_) => chain.fold(leaf, usize::saturating_add) > MAX_CERTIFICATES,
            _ => leaf > MAX_CERTIFICATES,
        }
    }

    /// Appends the reasons, separated by commas. `None` if there are none.
    pub(super) fn write_errors(&self, out: &mut Vec<u8>) -> Option<()> {
        if !self.client.is_presented() {
            out.extend_from_slice(b"client_cert_not_provided");
            return Some(());
        }
        if !self.client.is_trusted() {
            out.extend_from_slice(match self.client.verification() {
                Verification::None => b"client_cert_validation_not_performed".as_slice(),
                _ => b"client_cert_validation_failed",
            });
            return Some(());
        }
        let certificate = self.certificate?;
        let names = certificate.subject_alt_names();
        let serial = certificate.serial_number().map_or(0, |serial| serial.as_der().len());
        let spiffe_id = alternative_name::spiffe_id(names).map_or(0, <[u8]>::len);
        let leaf = Field::Certificate(CertificateForm::ByteSequence);
        let chain = Field::Chain(ChainForm::ByteSequences);
        let mut any = None;
        for (exceeded, error) in [
            (serial > MAX_SERIAL, "client_cert_serial_number"),
            (spiffe_id > MAX_SPIFFE_ID, "client_cert_spiffe_id"),
            (alternative_name::uri_list_len(names) > MAX_TEXT, "client_cert_uri_sans"),
            (alternative_name::dns_list_len(names) > MAX_TEXT, "client_cert_dnsname_sans"),
            (!base64_fits(certificate.issuer().as_der().len()), "client_cert_issuer_dn"),
            (!base64_fits(certificate.subject().as_der().len()), "client_cert_subject_dn"),
            (self.is_too_large(leaf), "client_cert_validated_leaf"),
            (self.is_too_large(chain), "client_cert_validated_chain"),
        ] {
            if exceeded {
                if any.is_some() {
                    out.push(b',');
                }
                out.extend_from_slice(error.as_bytes());
                out.extend_from_slice(b"_exceeded_size_limit");
                any = Some(());
            }
        }
        any
    }
}
