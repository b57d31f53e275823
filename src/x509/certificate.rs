//! A certificate as borrowed slices: one forward pass over its framing; values are decoded on demand.
//!
//! The framing is strict, because the bytes are hashed and forwarded: DER lengths, the skeleton of
//! RFC 5280 §4.1, an exact end. The contents are not checked here: an invalid date, name, serial
//! number or extension only loses its own value.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::x509::AuthorityKeyIdentifier;
use crate::x509::Name;
use crate::x509::SerialNumber;
use crate::x509::SubjectAltNames;
use crate::x509::Time;
use crate::x509::cursor::{self, Cursor};
use crate::x509::fingerprint;
use crate::x509::{Error, ErrorKind, Part};
use crate::x509::{Extensions, extension};

/// The size of the largest certificate that [`Certificate::from_der`] parses, in bytes: 64 KiB, as much as TLS stacks accept.
///
/// ```
/// use tls_client_auth::x509::{Certificate, ErrorKind, MAX_CERTIFICATE};
///
/// let error = Certificate::from_der(&[0; MAX_CERTIFICATE + 1]).unwrap_err();
/// assert_eq!((error.kind(), error.offset()), (ErrorKind::TooLarge, 65_536));
/// ```
pub const MAX_CERTIFICATE: usize = 64 * 1024;

/// A view of an X.509 certificate (RFC 5280 §4.1), borrowed from its DER.
///
/// ```
/// use tls_client_auth::Dialect;
/// use tls_client_auth::x509::{Certificate, SubjectAltName};
/// # let der = include_bytes!("../../tests/fixtures/plain.der");
///
/// let certificate = Certificate::from_der(der)?;
/// assert_eq!((certificate.as_der(), certificate.version()), (&der[..], Some(3)));
/// assert_eq!(certificate.subject().rfc2253(Dialect::BoringSsl).unwrap(), "CN=client.example,OU=Ops,O=Example Corp,L=Weiden,ST=Bayern,C=DE");
/// assert_eq!(certificate.issuer().rfc2253(Dialect::BoringSsl).unwrap(), "CN=Peers Root CA,O=Peers Test,C=DE");
/// assert_eq!(certificate.not_before().text(Dialect::BoringSsl).unwrap(), "Jan  2 03:04:05 2025 GMT");
/// assert!(certificate.subject_alt_names().eq([SubjectAltName::Dns("client.example")]));
/// assert!(certificate.subject_key_identifier().is_none() && certificate.authority_key_identifier().is_none());
/// assert_eq!(certificate.subject_public_key_info()[..4], [0x30, 0x59, 0x30, 0x13]);
/// // The first bytes of the digests.
/// assert_eq!(certificate.sha1()[..4], [0x42, 0x24, 0xef, 0x99]);
/// assert_eq!(certificate.sha256()[..4], [0x73, 0xc9, 0x4b, 0x97]);
/// assert_eq!(certificate.public_key_sha256()[..4], [0x25, 0x62, 0xc8, 0xce]);
/// # Ok::<(), tls_client_auth::x509::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Certificate<'a> {
    der: &'a [u8],
    /// Inside `[0]`.
    version: Option<&'a [u8]>,
    serial_number: &'a [u8],
    tbs_signature_algorithm: &'a [u8],
    issuer: Name<'a>,
    not_before: Time<'a>,
    not_after: Time<'a>,
    subject: Name<'a>,
    subject_public_key_info: &'a [u8],
    /// Inside `[3]`.
    extensions: Option<&'a [u8]>,
    signature_algorithm: &'a [u8],
    signature_value: &'a [u8],
}

/// Certificates are equal if their DER is equal.
impl PartialEq for Certificate<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate<'_> {}

impl PartialOrd for Certificate<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Certificate<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.der.cmp(other.der)
    }
}

impl Hash for Certificate<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.der.hash(state);
    }
}

/// Prints sizes, not bytes, which come from the client.
impl fmt::Debug for Certificate<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Certificate").field("bytes", &self.der.len()).finish()
    }
}

impl<'a> Certificate<'a> {
    /// Parses the framing of one certificate of at most [`MAX_CERTIFICATE`] bytes.
    ///
    /// # Errors
    /// A part of the skeleton is missing or framed in BER instead of DER, other bytes follow, or the certificate is too large. The error
    /// names the part.
    pub fn from_der(der: &'a [u8]) -> Result<Self, Error> {
        Self::from_der_up_to(der, MAX_CERTIFICATE)
    }

    /// Parses the framing of one certificate of at most `limit` bytes.
    ///
    /// ```
    /// use tls_client_auth::x509::{Certificate, ErrorKind};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let error = Certificate::from_der_up_to(der, 400).unwrap_err();
    /// assert_eq!((error.kind(), error.offset()), (ErrorKind::TooLarge, 400));
    /// ```
    ///
    /// # Errors
    /// The same as for [`from_der`](Self::from_der).
    pub fn from_der_up_to(der: &'a [u8], limit: usize) -> Result<Self, Error> {
        if der.len() > limit {
            return Err(Error::new(Part::Certificate, ErrorKind::TooLarge, limit));
        }
        let mut outer = Cursor::new(der);
        let certificate = outer.expect(cursor::SEQUENCE, Part::Certificate)?;
        outer.end(Part::Certificate)?;

        let mut fields = certificate.inside();
        let tbs_certificate = fields.expect(cursor::SEQUENCE, Part::TbsCertificate)?;
        let signature_algorithm = fields.expect(cursor::SEQUENCE, Part::SignatureAlgorithm)?;
        let signature_value = fields.expect(cursor::BIT_STRING, Part::SignatureValue)?;
        fields.end(Part::Certificate)?;

        let mut fields = tbs_certificate.inside();
        let version = fields.optional(cursor::constructed(0), Part::Version)?;
        let serial_number = fields.expect(cursor::INTEGER, Part::SerialNumber)?;
        let tbs_signature_algorithm = fields.expect(cursor::SEQUENCE, Part::SignatureAlgorithm)?;
        let issuer = fields.expect(cursor::SEQUENCE, Part::Issuer)?;
        let mut validity = fields.expect(cursor::SEQUENCE, Part::Validity)?.inside();
        let not_before = Time::read(&mut validity)?;
        let not_after = Time::read(&mut validity)?;
        validity.end(Part::Validity)?;
        let subject = fields.expect(cursor::SEQUENCE, Part::Subject)?;
        let subject_public_key_info =
            fields.expect(cursor::SEQUENCE, Part::SubjectPublicKeyInfo)?;
        for number in [1, 2] {
            if fields.optional(cursor::context(number), Part::UniqueIdentifier)?.is_none() {
                fields.optional(cursor::constructed(number), Part::UniqueIdentifier)?;
            }
        }
        let extensions = fields.optional(cursor::constructed(3), Part::Extensions)?;
        fields.end(Part::TbsCertificate)?;

        Ok(Self {
            der,
            version: version.map(|explicit| explicit.contents()),
            serial_number: serial_number.contents(),
            tbs_signature_algorithm: tbs_signature_algorithm.der(),
            issuer: Name::new(issuer),
            not_before,
            not_after,
            subject: Name::new(subject),
            subject_public_key_info: subject_public_key_info.der(),
            extensions: extensions.map(|explicit| explicit.contents()),
            signature_algorithm: signature_algorithm.der(),
            signature_value: signature_value.contents(),
        })
    }

    /// The certificate's DER.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.der
    }

    /// The encoded version plus one: 1, 2 or 3; 1 if absent (RFC 5280 §4.1.2.1).
    /// `None` if it is not a number from 1 to 256.
    #[must_use]
    pub fn version(&self) -> Option<u16> {
        let Some(explicit) = self.version else { return Some(1) };
        let mut inside = Cursor::new(explicit);
        let number = inside.expect(cursor::INTEGER, Part::Version).ok()?;
        match (number.contents(), inside.is_at_end()) {
            (&[number], true) if number < 0x80 => Some(u16::from(number).saturating_add(1)),
            (&[0, number], true) if number >= 0x80 => Some(u16::from(number).saturating_add(1)),
            _ => None,
        }
    }

    /// The serial number (RFC 5280 §4.1.2.2). `None` if the INTEGER is empty or not minimally encoded.
    ///
    /// ```
    /// use tls_client_auth::x509::Certificate;
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let certificate = Certificate::from_der(der)?;
    /// assert_eq!(certificate.serial_number().unwrap().to_hex(), "5A7001B17B539286C891");
    /// # Ok::<(), tls_client_auth::x509::Error>(())
    /// ```
    #[must_use]
    pub fn serial_number(&self) -> Option<SerialNumber<'a>> {
        SerialNumber::new(self.serial_number)
    }

    /// The issuer's name (RFC 5280 §4.1.2.4).
    #[must_use]
    pub const fn issuer(&self) -> Name<'a> {
        self.issuer
    }

    /// The subject's name (RFC 5280 §4.1.2.6).
    #[must_use]
    pub const fn subject(&self) -> Name<'a> {
        self.subject
    }

    /// The start of the validity period (RFC 5280 §4.1.2.5).
    #[must_use]
    pub const fn not_before(&self) -> Time<'a> {
        self.not_before
    }

    /// The end of the validity period (RFC 5280 §4.1.2.5).
    ///
    /// ```
    /// use tls_client_auth::Dialect;
    /// use tls_client_auth::x509::Certificate;
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let certificate = Certificate::from_der(der)?;
    /// assert_eq!(certificate.not_after().text(Dialect::OpenSsl).unwrap(), "Nov 12 13:14:15 2035 GMT");
    /// # Ok::<(), tls_client_auth::x509::Error>(())
    /// ```
    #[must_use]
    pub const fn not_after(&self) -> Time<'a> {
        self.not_after
    }

    /// The DER of the SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), tag and length included.
    #[must_use]
    pub const fn subject_public_key_info(&self) -> &'a [u8] {
        self.subject_public_key_info
    }

    /// The extensions (RFC 5280 §4.2), in the certificate's order; empty if the certificate has none or their list is malformed from the start.
    ///
    /// ```
    /// use tls_client_auth::Dialect;
    /// use tls_client_auth::x509::Certificate;
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let certificate = Certificate::from_der(der)?;
    /// let names: Vec<_> = certificate.extensions().map(|extension| extension.identifier().dotted(Dialect::OpenSsl)).collect();
    /// assert!(names.contains(&"2.5.29.17".to_owned())); // subjectAltName
    /// # Ok::<(), tls_client_auth::x509::Error>(())
    /// ```
    #[must_use]
    pub fn extensions(&self) -> Extensions<'a> {
        Extensions::new(self.extensions)
    }

    /// The key identifier of the SubjectKeyIdentifier extension (RFC 5280 §4.2.1.2), in bytes: usually 20. `None` if the extension is
    /// missing, duplicated or malformed.
    ///
    /// ```
    /// use tls_client_auth::x509::Certificate;
    /// # let der = include_bytes!("../../tests/fixtures/cases/ml_dsa_65.der");
    ///
    /// let identifier = Certificate::from_der(der)?.subject_key_identifier().unwrap();
    /// assert_eq!((identifier.len(), &identifier[..4]), (20, &[0xc9, 0xb1, 0xbe, 0xb3][..]));
    /// # Ok::<(), tls_client_auth::x509::Error>(())
    /// ```
    #[must_use]
    pub fn subject_key_identifier(&self) -> Option<&'a [u8]> {
        subject_key_identifier(self.extensions().unique(extension::SUBJECT_KEY_IDENTIFIER)?)
    }

    /// The AuthorityKeyIdentifier extension (RFC 5280 §4.2.1.1). `None` if it is missing, duplicated or malformed.
    #[must_use]
    pub fn authority_key_identifier(&self) -> Option<AuthorityKeyIdentifier<'a>> {
        AuthorityKeyIdentifier::new(self.extensions().unique(extension::AUTHORITY_KEY_IDENTIFIER)?)
    }

    /// Both key identifiers, in one pass.
    pub(crate) fn key_identifiers(&self) -> (Option<&'a [u8]>, Option<AuthorityKeyIdentifier<'a>>) {
        let [subject, authority] = self
            .extensions()
            .each_unique([extension::SUBJECT_KEY_IDENTIFIER, extension::AUTHORITY_KEY_IDENTIFIER]);
        (subject.and_then(subject_key_identifier), authority.and_then(AuthorityKeyIdentifier::new))
    }

    /// The subject alternative names, entry by entry (RFC 5280 §4.2.1.6). Empty if the extension is missing or duplicated, or if the list
    /// of extensions or of names is malformed.
    #[must_use]
    pub fn subject_alt_names(&self) -> SubjectAltNames<'a> {
        let extensions = self.extensions();
        let value = extensions.unique(extension::SUBJECT_ALT_NAME);
        SubjectAltNames::new(value.filter(|_| extensions.are_readable()))
    }

    /// SHA-1 of the certificate's DER. For lookups only: SHA-1 collisions are feasible.
    #[must_use]
    pub fn sha1(&self) -> [u8; 20] {
        fingerprint::sha1(self.der)
    }

    /// SHA-256 of the certificate's DER.
    ///
    /// For allow-lists only: a client can change the fingerprint of its own certificate without its CA
    /// (an ECDSA signature has two valid forms). To deny, use issuer and serial number:
    /// [`issuer`](Self::issuer)`().as_der()` and [`serial_number`](Self::serial_number)`()`.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        fingerprint::sha256(self.der)
    }

    /// SHA-256 of the SubjectPublicKeyInfo's DER, as in RFC 7469. It remains the same when a certificate is renewed with the same
    /// request, and the holder of one certificate cannot change it.
    ///
    /// For allow-lists only: it is a hash of one encoding of the key. A client can get another certificate for the same key in another
    /// encoding, and so another hash: a point on an elliptic curve has three encodings (uncompressed, compressed, hybrid; SEC 1 §2.3.3),
    /// and OpenSSL accepts all. To deny, use issuer and serial number.
    #[must_use]
    pub fn public_key_sha256(&self) -> [u8; 32] {
        fingerprint::sha256(self.subject_public_key_info)
    }

    /// Whether the parts that the signature does not cover look unmodified: both algorithm identifiers are the same bytes (RFC 5280
    /// §4.1.1.2), and the signature has no unused bits.
    ///
    /// ```
    /// use tls_client_auth::x509::Certificate;
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// assert!(Certificate::from_der(der)?.unsigned_parts_agree());
    /// # Ok::<(), tls_client_auth::x509::Error>(())
    /// ```
    #[must_use]
    pub fn unsigned_parts_agree(&self) -> bool {
        self.signature_algorithm == self.tbs_signature_algorithm
            && self.signature_value.first() == Some(&0)
    }

    /// Parses the certificate with the `x509-cert` crate, for values that this view does not decode.
    ///
    /// ```
    /// use tls_client_auth::x509::Certificate;
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let parsed = Certificate::from_der(der)?.to_x509_cert()?;
    /// assert_eq!(parsed.signature_algorithm().oid.to_string(), "1.2.840.10045.4.3.2"); // ecdsa-with-SHA256
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// That crate rejects some certificates that TLS stacks accept: dates before 1970, serial numbers over 21 bytes, large object
    /// identifier arcs.
    pub fn to_x509_cert(&self) -> Result<x509_cert::Certificate, der::Error> {
        der::Decode::from_der(self.der)
    }
}

fn subject_key_identifier(value: &[u8]) -> Option<&[u8]> {
    // OpenSSL accepts trailing data, so it is not checked.
    Some(Cursor::new(value).expect(cursor::OCTET_STRING, Part::Extensions).ok()?.contents())
}
