//! Calls OpenSSL or BoringSSL as nginx's `ngx_event_openssl.c` does: a memory BIO for each text, copied out of it.

use std::ffi::{c_char, c_int, c_ulong, c_void};
use std::hint::black_box;
use std::ptr;

#[cfg(feature = "boring")]
use foreign_types::ForeignType as _;
#[cfg(not(feature = "boring"))]
use foreign_types_03::ForeignType as _;

#[cfg(feature = "boring")]
use {boring::x509::X509, boring_sys as ffi};
#[cfg(not(feature = "boring"))]
use {openssl::x509::X509, openssl_sys as ffi};

#[cfg(feature = "boring")]
pub const PARSED: &str = "BoringSSL as nginx, certificate read already";
#[cfg(feature = "boring")]
pub const FROM_DER: &str = "BoringSSL as nginx, from DER";
#[cfg(feature = "boring")]
pub const READING: &str = "reading: BoringSSL, d2i_X509";
#[cfg(not(feature = "boring"))]
pub const PARSED: &str = "OpenSSL as nginx, certificate read already";
#[cfg(not(feature = "boring"))]
pub const FROM_DER: &str = "OpenSSL as nginx, from DER";
#[cfg(not(feature = "boring"))]
pub const READING: &str = "reading: OpenSSL, d2i_X509";

/// The flags for `$ssl_client_s_dn`. nginx's default is without `ASN1_STRFLGS_ESC_MSB`.
const RFC2253: c_ulong = 0x0111_0317;

// Neither binding crate has all of these.
unsafe extern "C" {
    fn X509_NAME_print_ex(
        bio: *mut ffi::BIO,
        name: *const c_void,
        indent: c_int,
        flags: c_ulong,
    ) -> c_int;
    fn X509_NAME_oneline(name: *const c_void, buffer: *mut c_char, size: c_int) -> *mut c_char;
    fn i2a_ASN1_INTEGER(bio: *mut ffi::BIO, number: *const c_void) -> c_int;
    fn ASN1_TIME_print(bio: *mut ffi::BIO, time: *const c_void) -> c_int;
    fn PEM_write_bio_X509(bio: *mut ffi::BIO, certificate: *mut c_void) -> c_int;
    fn X509_get_subject_name(certificate: *const c_void) -> *mut c_void;
    fn X509_get_issuer_name(certificate: *const c_void) -> *mut c_void;
    fn X509_get_serialNumber(certificate: *mut c_void) -> *mut c_void;
    fn X509_get0_notBefore(certificate: *const c_void) -> *const c_void;
    fn X509_get0_notAfter(certificate: *const c_void) -> *const c_void;
    fn X509_digest(
        certificate: *const c_void,
        kind: *const ffi::EVP_MD,
        out: *mut u8,
        length: *mut u32,
    ) -> c_int;
    fn i2d_X509(certificate: *mut c_void, out: *mut *mut u8) -> c_int;
    fn BIO_new(kind: *const c_void) -> *mut ffi::BIO;
    fn BIO_s_mem() -> *const c_void;
    fn BIO_free(bio: *mut ffi::BIO) -> c_int;
    fn BIO_read(bio: *mut ffi::BIO, out: *mut c_void, length: c_int) -> c_int;
    fn BIO_ctrl_pending(bio: *mut ffi::BIO) -> usize;
    fn EVP_EncodeBlock(out: *mut u8, from: *const u8, length: c_int) -> c_int;
}

pub fn read(der: &[u8]) -> X509 {
    X509::from_der(der).expect("the library reads it")
}

/// The bytes that `write` puts into a memory BIO, copied out.
fn text(write: impl FnOnce(*mut ffi::BIO) -> c_int) -> Vec<u8> {
    // SAFETY: the BIO is created, read and freed here; no more is read than it holds.
    unsafe {
        let bio = BIO_new(BIO_s_mem());
        assert!(!bio.is_null() && write(bio) >= 0);
        let mut text = vec![0u8; BIO_ctrl_pending(bio)];
        let length = c_int::try_from(text.len()).expect("a text of moderate length");
        assert!(BIO_read(bio, text.as_mut_ptr().cast(), length) == length);
        BIO_free(bio);
        text
    }
}

fn digest(certificate: *const c_void, kind: *const ffi::EVP_MD) -> String {
    let (mut bytes, mut length) = ([0u8; 64], 0u32);
    // SAFETY: the buffer holds any digest.
    assert!(unsafe { X509_digest(certificate, kind, bytes.as_mut_ptr(), &mut length) } == 1);
    hex::encode(&bytes[..length as usize])
}

pub fn job(certificate: &X509) {
    let certificate: *mut c_void = certificate.as_ptr().cast();
    // SAFETY: the certificate outlives the calls. Each writes into the given buffer, or returns memory that is freed here.
    unsafe {
        for name in [X509_get_subject_name(certificate), X509_get_issuer_name(certificate)] {
            black_box(text(|bio| X509_NAME_print_ex(bio, name, 0, RFC2253)));
            let mut line = [0 as c_char; 4096];
            let line = X509_NAME_oneline(name, line.as_mut_ptr(), 4096);
            black_box(std::ffi::CStr::from_ptr(line).to_bytes().to_vec());
        }
        black_box(text(|bio| i2a_ASN1_INTEGER(bio, X509_get_serialNumber(certificate))));
        black_box(text(|bio| ASN1_TIME_print(bio, X509_get0_notBefore(certificate))));
        black_box(text(|bio| ASN1_TIME_print(bio, X509_get0_notAfter(certificate))));
        black_box(digest(certificate, ffi::EVP_sha1()));
        black_box(digest(certificate, ffi::EVP_sha256()));
        black_box(text(|bio| PEM_write_bio_X509(bio, certificate)));
        let length = i2d_X509(certificate, ptr::null_mut());
        let mut der = vec![0u8; length as usize];
        i2d_X509(certificate, &mut der.as_mut_ptr());
        let mut base64 = vec![0u8; der.len() * 4 / 3 + 8];
        let written = EVP_EncodeBlock(base64.as_mut_ptr(), der.as_ptr(), length);
        base64.truncate(written as usize);
        let byte_sequence = [b":", base64.as_slice(), b":"].concat();
        black_box((base64, byte_sequence));
    }
}
