//! The AuthorityKeyIdentifier extension, field by field.

use core::fmt;

use crate::x509::Part;
use crate::x509::SerialNumber;
use crate::x509::cursor::{self, Cursor};

/// The AuthorityKeyIdentifier extension (RFC 5280 §4.2.1.1): the issuer's key and certificate that signed this one. Every field is
/// optional, and a malformed one does not affect the others.
///
/// ```
/// # use tls_client_auth::x509::Certificate;
/// # let value = b"\x30\x0f\x80\x04\x27\x84\x6f\xae\xa1\x04\x82\x02ca\x82\x01\x05";
/// # let extension = rcgen::CustomExtension::from_oid_content(&[2, 5, 29, 35], value.to_vec());
/// # let mut params = rcgen::CertificateParams::default();
/// # params.custom_extensions.push(extension);
/// # let certificate = params.self_signed(&rcgen::KeyPair::generate()?)?;
/// # let certificate = Certificate::from_der(certificate.der())?;
/// let issuer = certificate.authority_key_identifier().ok_or("no such extension")?;
/// assert_eq!(issuer.key_identifier(), Some(&[0x27, 0x84, 0x6f, 0xae][..]));
/// assert_eq!(issuer.authority_cert_serial_number().map(|number| number.to_hex()).as_deref(), Some("05"));
/// assert_eq!(issuer.authority_cert_issuer().count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct AuthorityKeyIdentifier<'a> {
    key_identifier: Option<&'a [u8]>,
    authority_cert_issuer: Option<&'a [u8]>,
    authority_cert_serial_number: Option<&'a [u8]>,
}

/// Prints sizes, not bytes, which come from the client.
impl fmt::Debug for AuthorityKeyIdentifier<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let serial = self.authority_cert_serial_number;
        formatter
            .debug_struct("AuthorityKeyIdentifier")
            .field("key_identifier_bytes", &self.key_identifier.map(<[u8]>::len))
            .field("authority_cert_issuer_bytes", &self.authority_cert_issuer.map(<[u8]>::len))
            .field("authority_cert_serial_number_bytes", &serial.map(<[u8]>::len))
            .finish()
    }
}

impl<'a> AuthorityKeyIdentifier<'a> {
    pub(crate) fn new(value: &'a [u8]) -> Option<Self> {
        // As for the subject's, trailing data is not checked.
        let list = Cursor::new(value).expect(cursor::SEQUENCE, Part::Extensions).ok()?;
        let mut fields = list.inside();
        let mut field = |tag| {
            let element = fields.optional(tag, Part::Extensions).ok()?;
            element.map(|element| element.contents())
        };
        let identifier = Self {
            key_identifier: field(cursor::context(0)),
            authority_cert_issuer: field(cursor::constructed(1)),
            authority_cert_serial_number: field(cursor::context(2)),
        };
        fields.is_at_end().then_some(identifier)
    }

    /// The subject key identifier of the issuer's certificate, in bytes: usually 20.
    #[must_use]
    pub const fn key_identifier(&self) -> Option<&'a [u8]> {
        self.key_identifier
    }

    /// The serial number of the issuer's certificate.
    #[must_use]
    pub fn authority_cert_serial_number(&self) -> Option<SerialNumber<'a>> {
        SerialNumber::new(self.authority_cert_serial_number?)
    }

    /// The names of the issuer of the issuer's certificate, each parsed by the `x509-cert` crate; a name that it rejects is an error in
    /// its place.
    pub fn authority_cert_issuer(
        &self,
    ) -> impl Iterator<Item = Result<x509_cert::ext::pkix::name::GeneralName, der::Error>> + 'a
    {
        Cursor::new(self.authority_cert_issuer.unwrap_or_default()).map(|element| match element {
            Ok(element) => der::Decode::from_der(element.der()),
            Err(_) => Err(der::ErrorKind::Failed.into()),
        })
    }
}
