//! The record of a client: the properties of Cloudflare's `tlsClientAuth` as text, in one buffer.

#[cfg(feature = "http")]
pub(crate) mod header_values;
#[cfg(feature = "serde")]
pub(crate) mod json;
mod log_line;
mod properties;
mod rules;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

pub use rules::RuleValue;

use crate::client::ClientCertificate;
use crate::client::Verification;
use crate::field::Limits;
use crate::field::{
    CertificateForm, ChainForm, DateForm, DigestForm, Facts, Field, Flag, NameForm, Needs,
    SerialForm, Written,
};
use crate::x509::Certificate;
use crate::x509::Dialect;
use crate::x509::Error;
use crate::x509::Name;
use crate::x509::fingerprint::Hashing;

/// The properties of [`TlsClientAuth`] that are text, in the order of Cloudflare's object.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Property {
    Presented,
    Verified,
    Revoked,
    IssuerDn,
    SubjectDn,
    IssuerDnRfc2253,
    SubjectDnRfc2253,
    IssuerDnLegacy,
    SubjectDnLegacy,
    Serial,
    IssuerSerial,
    Ski,
    IssuerSki,
    FingerprintSha1,
    FingerprintSha256,
    NotBefore,
    NotAfter,
    Rfc9440,
    ChainRfc9440,
}

impl Property {
    pub(crate) const ALL: [Self; 19] = [
        Self::Presented,
        Self::Verified,
        Self::Revoked,
        Self::IssuerDn,
        Self::SubjectDn,
        Self::IssuerDnRfc2253,
        Self::SubjectDnRfc2253,
        Self::IssuerDnLegacy,
        Self::SubjectDnLegacy,
        Self::Serial,
        Self::IssuerSerial,
        Self::Ski,
        Self::IssuerSki,
        Self::FingerprintSha1,
        Self::FingerprintSha256,
        Self::NotBefore,
        Self::NotAfter,
        Self::Rfc9440,
        Self::ChainRfc9440,
    ];

    const NEEDS: Needs = {
        let (mut needs, mut rest) = (Needs::NOTHING, Self::ALL.as_slice());
        while let [property, behind @ ..] = rest {
            needs = needs.and(property.field().needs());
            rest = behind;
        }
        needs
    };

    #[inline]
    const fn field(self) -> Field {
        match self {
            Self::Presented => Field::Presented(Flag::Digit),
            Self::Verified => Field::Verified,
            Self::Revoked => Field::Revoked(Flag::Digit),
            Self::IssuerDn | Self::IssuerDnRfc2253 => Field::Issuer(NameForm::Rfc2253),
            Self::SubjectDn | Self::SubjectDnRfc2253 => Field::Subject(NameForm::Rfc2253),
            Self::IssuerDnLegacy => Field::Issuer(NameForm::Legacy),
            Self::SubjectDnLegacy => Field::Subject(NameForm::Legacy),
            Self::Serial => Field::Serial(SerialForm::Hex),
            Self::IssuerSerial => Field::IssuerSerial,
            Self::Ski => Field::SubjectKeyIdentifier,
            Self::IssuerSki => Field::IssuerSubjectKeyIdentifier,
            Self::FingerprintSha1 => Field::Sha1(DigestForm::Lower),
            Self::FingerprintSha256 => Field::Sha256(DigestForm::Lower),
            Self::NotBefore => Field::NotBefore(DateForm::OpenSsl),
            Self::NotAfter => Field::NotAfter(DateForm::OpenSsl),
            Self::Rfc9440 => Field::Certificate(CertificateForm::ByteSequence),
            Self::ChainRfc9440 => Field::Chain(ChainForm::ByteSequences),
        }
    }

    /// The property's index in [`ALL`](Self::ALL).
    #[cfg(feature = "serde")]
    #[expect(clippy::as_conversions, reason = "the variants stand in the same order")]
    const fn index(self) -> usize {
        self as usize
    }

    /// The piece of the text that is the property's. Two properties have the same form of a name.
    #[inline]
    const fn piece(self) -> usize {
        match self {
            Self::Presented => 0,
            Self::Verified => 1,
            Self::Revoked => 2,
            Self::IssuerDn | Self::IssuerDnRfc2253 => 4,
            Self::IssuerDnLegacy => 5,
            Self::SubjectDn | Self::SubjectDnRfc2253 => 7,
            Self::SubjectDnLegacy => 8,
            Self::Serial => 9,
            Self::IssuerSerial => 10,
            Self::Ski => 11,
            Self::IssuerSki => 12,
            Self::NotBefore => 13,
            Self::NotAfter => 14,
            Self::Rfc9440 => 15,
            Self::ChainRfc9440 => 16,
            Self::FingerprintSha1 => 17,
            Self::FingerprintSha256 => 18,
        }
    }
}

/// The pieces of a record's text: [`Property::piece`], and an unused one before both forms of each name.
const PIECES: usize = 19;

/// Writes the pieces of a record, in their order.
struct Writer<'w> {
    facts: &'w Facts<'w>,
    dialect: Dialect,
    text: &'w mut Vec<u8>,
    ends: &'w mut [u32; PIECES],
}

impl Writer<'_> {
    #[inline(always)]
    fn property(&mut self, property: Property) -> Written {
        let written = self.facts.write_inline(property.field(), self.dialect, self.text);
        self.end(property.piece(), self.text.len());
        written
    }

    /// Writes both forms of a name. They are printable by construction.
    #[inline(always)]
    fn names(&mut self, name: Option<Name<'_>>, rfc2253: Property) {
        let here = self.text.len();
        let both = name.map(|name| name.write_both(self.dialect, self.text));
        let (start, middle) = both.map_or((here, here), |both| (both.rfc2253, both.legacy));
        let piece = rfc2253.piece();
        self.end(piece.saturating_sub(1), start);
        self.end(piece, middle);
        self.end(piece.saturating_add(1), self.text.len());
    }

    #[inline(always)]
    fn end(&mut self, piece: usize, end: usize) {
        if let Some(place) = self.ends.get_mut(piece) {
            *place = offset(end);
        }
    }
}

/// An offset into the text. The limits keep it far below 4 GiB.
fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// The client's certificate and its verdict, with the 21 properties of the object that Cloudflare gives to Workers as
/// `request.cf.tlsClientAuth`.
///
/// Every property is text as Cloudflare writes it, in printable ASCII, and empty if there is no value. The properties are also set
/// for certificates that did not verify: check [`is_trusted`](Self::is_trusted) first. Immutable; a clone shares the texts.
///
/// ```
/// use tls_client_auth::{ClientCertificate, TlsClientAuth, Verification};
/// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
/// # let issuer = &include_bytes!("../../tests/fixtures/ca.der")[..];
///
/// let client = ClientCertificate::presented(der, Verification::Success).verified_issuer(issuer);
/// let auth = TlsClientAuth::new(&client);
/// assert!(auth.is_trusted());
/// assert_eq!((auth.cert_presented(), auth.cert_verified(), auth.cert_revoked()), ("1", "SUCCESS", "0"));
/// assert_eq!(auth.cert_subject_dn(), "CN=client.example,OU=Ops,O=Example Corp,L=Weiden,ST=Bayern,C=DE");
/// assert_eq!(auth.cert_subject_dn_rfc2253(), auth.cert_subject_dn());
/// assert_eq!(auth.cert_subject_dn_legacy(), "/C=DE/ST=Bayern/L=Weiden/O=Example Corp/OU=Ops/CN=client.example");
/// assert_eq!(auth.cert_issuer_dn(), "CN=Peers Root CA,O=Peers Test,C=DE");
/// assert_eq!(auth.cert_issuer_dn_rfc2253(), auth.cert_issuer_dn());
/// assert_eq!(auth.cert_issuer_dn_legacy(), "/C=DE/O=Peers Test/CN=Peers Root CA");
/// assert_eq!((auth.cert_serial(), auth.cert_issuer_serial()), ("5A7001B17B539286C891", "01"));
/// // These certificates have no key identifiers.
/// assert_eq!((auth.cert_ski(), auth.cert_issuer_ski()), ("", ""));
/// assert_eq!(auth.cert_fingerprint_sha1(), "4224ef9941c41e23f02deb9c2998dc6fa1447470");
/// assert_eq!(auth.cert_fingerprint_sha256().len(), 64);
/// assert_eq!(auth.cert_not_before(), "Jan  2 03:04:05 2025 GMT");
/// assert_eq!(auth.cert_not_after(), "Nov 12 13:14:15 2035 GMT");
/// assert!(auth.cert_rfc9440().starts_with(":MIIB7jCC") && !auth.cert_rfc9440_too_large());
/// assert!(auth.cert_chain_rfc9440().is_empty() && !auth.cert_chain_rfc9440_too_large());
///
/// // As in the client.
/// assert!(auth.is_presented() && !auth.is_revoked());
/// assert_eq!((auth.verification(), auth.client_certificate()), (&Verification::Success, &client));
///
/// let nobody = TlsClientAuth::new(&ClientCertificate::none());
/// assert_eq!((nobody.cert_presented(), nobody.cert_verified(), nobody.cert_subject_dn()), ("0", "NONE", ""));
/// ```
#[doc(alias("log", "access log", "cf.tlsClientAuth"))]
#[derive(Clone)]
pub struct TlsClientAuth {
    /// Shared by all clones.
    texts: Arc<Texts>,
    client: ClientCertificate,
}

/// All values of a record.
#[derive(Clone)]
struct Texts {
    text: Vec<u8>,
    /// The end of each piece, which begins where the one before ends.
    ends: [u32; PIECES],
    rfc9440_too_large: bool,
    chain_rfc9440_too_large: bool,
}

impl TlsClientAuth {
    /// Creates the record of this client with Cloudflare's limits: 10 KiB for `certRFC9440`, 16 KiB for `certChainRFC9440`.
    #[must_use]
    pub fn new(client: &ClientCertificate) -> Self {
        Self::with_limits(client, Limits::new())
    }

    /// Creates the record with other limits.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, TlsClientAuth, Verification};
    ///
    /// let client = ClientCertificate::presented(vec![0; 1000], Verification::Success);
    /// let auth = TlsClientAuth::with_limits(&client, Limits::new().encoded_leaf(1024));
    /// assert!(auth.cert_rfc9440().is_empty() && auth.cert_rfc9440_too_large());
    /// ```
    #[must_use]
    pub fn with_limits(client: &ClientCertificate, limits: Limits) -> Self {
        // The limit on parsing also bounds the texts.
        let limits = limits.text(usize::MAX);
        let mut hashing = Facts::hashing(client, Property::NEEDS);
        hashing.step();
        let leaf = Facts::leaf(client, limits, Property::NEEDS);
        hashing.step();
        let facts = Facts::new(client, limits, Property::NEEDS, leaf.as_ref());
        Texts::of(facts, client.printed_as(), &mut hashing).record(client.clone())
    }

    /// Creates the record from a leaf that is already parsed, its digests, and its canonical base64, if at hand.
    pub(crate) fn of_known(
        client: ClientCertificate,
        certificate: &Certificate<'_>,
        hashing: &mut Hashing<'_>,
        base64: Option<&[u8]>,
    ) -> Self {
        let limits = Limits::new().text(usize::MAX);
        let mut facts = Facts::new(&client, limits, Property::NEEDS, Some(certificate));
        facts.base64 = base64;
        let texts = Texts::of(facts, client.printed_as(), hashing);
        texts.record(client)
    }
}

impl Texts {
    /// Writes all texts, the digests last, because work between the steps of hashing costs less. Inlined into both callers: 1 % of a
    /// record.
    #[inline(always)]
    fn of(mut facts: Facts<'_>, dialect: Dialect, hashing: &mut Hashing<'_>) -> Self {
        let length = |property: Property| facts.expected_length(property.field());
        let names = length(Property::IssuerDn).saturating_add(length(Property::SubjectDn));
        let certificates = length(Property::Rfc9440).saturating_add(length(Property::ChainRfc9440));
        let mut text = Vec::with_capacity(
            certificates.saturating_add(names.saturating_mul(2)).saturating_add(256),
        );
        let mut ends = [0; PIECES];
        let mut write = Writer { facts: &facts, dialect, text: &mut text, ends: &mut ends };
        // One call for each, so that each field is a constant.
        write.property(Property::Presented);
        write.property(Property::Verified);
        write.property(Property::Revoked);
        hashing.step();
        let certificate = facts.certificate();
        write.names(certificate.map(Certificate::issuer), Property::IssuerDn);
        hashing.step();
        write.names(certificate.map(Certificate::subject), Property::SubjectDn);
        hashing.step();
        write.property(Property::Serial);
        write.property(Property::IssuerSerial);
        write.property(Property::Ski);
        write.property(Property::IssuerSki);
        hashing.step();
        write.property(Property::NotBefore);
        write.property(Property::NotAfter);
        hashing.step();
        let rfc9440_too_large = write.property(Property::Rfc9440) == Written::TooLarge;
        let chain_rfc9440_too_large = write.property(Property::ChainRfc9440) == Written::TooLarge;
        facts.set_digests(hashing.finish());
        let mut write = Writer { facts: &facts, dialect, text: &mut text, ends: &mut ends };
        write.property(Property::FingerprintSha1);
        write.property(Property::FingerprintSha256);
        Self { text, ends, rfc9440_too_large, chain_rfc9440_too_large }
    }

    #[inline]
    fn record(self, client: ClientCertificate) -> TlsClientAuth {
        TlsClientAuth { texts: Arc::new(self), client }
    }
}

impl TlsClientAuth {
    /// Creates a record. `write` appends the text of each property, and once that of two; `length` is the expected length of all.
    pub(crate) fn from_texts(
        client: ClientCertificate,
        length: usize,
        [rfc9440_too_large, chain_rfc9440_too_large]: [bool; 2],
        mut write: impl FnMut(&ClientCertificate, Property, &mut Vec<u8>),
    ) -> Self {
        let mut text = Vec::with_capacity(length);
        let mut ends = [0; PIECES];
        for (piece, end) in ends.iter_mut().enumerate() {
            let property = Property::ALL.into_iter().find(|property| property.piece() == piece);
            if let Some(property) = property {
                write(&client, property, &mut text);
            }
            *end = offset(text.len());
        }
        Texts { text, ends, rfc9440_too_large, chain_rfc9440_too_large }.record(client)
    }

    fn range(&self, property: Property) -> Range<usize> {
        let piece = property.piece();
        let end = |piece| self.texts.ends.get(piece).and_then(|end| usize::try_from(*end).ok());
        let start = piece.checked_sub(1).and_then(end).unwrap_or_default();
        start..end(piece).unwrap_or_default()
    }

    pub(crate) fn text(&self, property: Property) -> &str {
        // Always ASCII: `Facts::write` has checked it.
        let text = self.texts.text.get(self.range(property)).unwrap_or_default();
        core::str::from_utf8(text).unwrap_or_default()
    }

    /// The whole text, and the ranges of some properties.
    #[cfg(feature = "http")]
    pub(crate) fn into_text<const N: usize>(
        self,
        properties: [Property; N],
    ) -> (Vec<u8>, [Range<usize>; N]) {
        let ranges = properties.map(|property| self.range(property));
        (Arc::unwrap_or_clone(self.texts).text, ranges)
    }

    /// Whether a certificate was presented.
    #[must_use]
    pub const fn is_presented(&self) -> bool {
        self.client.is_presented()
    }

    /// Whether a certificate was presented, verified and is not revoked. Decide about access by this.
    ///
    /// It does not identify the client. Headers can state that a certificate verified without any name, serial number or
    /// fingerprint, such as `ssl-c-used: 1` with `ssl-c-verify: 0`; the record's properties are then empty. If you compare an
    /// identity with one from a configuration, make sure that neither is empty.
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let auth = Receiver::nginx().receive(&[("ssl-client-verify", "SUCCESS"), ("ssl-client-s-dn", "CN=billing")])?;
    /// let is_billing = auth.is_trusted() && auth.cert_subject_dn() == "CN=billing";
    /// assert!(is_billing);
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.client.is_trusted()
    }

    /// The verification result; [`Verification::None`] if no certificate was presented or it was not verified.
    #[must_use]
    pub const fn verification(&self) -> &Verification {
        self.client.verification()
    }

    /// Whether the certificate is known to be revoked and did not fail verification.
    #[must_use]
    pub const fn is_revoked(&self) -> bool {
        self.client.is_revoked()
    }

    /// Parses the certificate: names, dates, subject alternative names, key.
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, TlsClientAuth, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let auth = TlsClientAuth::new(&ClientCertificate::presented(&der[..], Verification::Success));
    /// assert_eq!(auth.certificate()?.subject().first_common_name().unwrap(), "client.example");
    /// # Ok::<(), tls_client_auth::x509::Error>(())
    /// ```
    ///
    /// # Errors
    /// The certificate is missing or malformed.
    pub fn certificate(&self) -> Result<Certificate<'_>, Error> {
        self.client.certificate()
    }

    /// The client of the record, with the leaf and the chain as sent.
    #[must_use]
    pub const fn client_certificate(&self) -> &ClientCertificate {
        &self.client
    }

    /// `certRFC9440TooLarge`: whether [`cert_rfc9440`](Self::cert_rfc9440) is empty because it exceeds its limit.
    #[must_use]
    pub fn cert_rfc9440_too_large(&self) -> bool {
        self.texts.rfc9440_too_large
    }

    /// `certChainRFC9440TooLarge`: whether [`cert_chain_rfc9440`](Self::cert_chain_rfc9440) is empty because it exceeds its limit.
    #[must_use]
    pub fn cert_chain_rfc9440_too_large(&self) -> bool {
        self.texts.chain_rfc9440_too_large
    }
}

/// Equal if the certificates and all properties are equal.
impl PartialEq for TlsClientAuth {
    fn eq(&self, other: &Self) -> bool {
        self.client == other.client
            && self.cert_rfc9440_too_large() == other.cert_rfc9440_too_large()
            && self.cert_chain_rfc9440_too_large() == other.cert_chain_rfc9440_too_large()
            && Property::ALL.iter().all(|property| self.text(*property) == other.text(*property))
    }
}

impl Eq for TlsClientAuth {}

/// Prints the verdict and the fingerprint, and no client input.
impl fmt::Debug for TlsClientAuth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TlsClientAuth")
            .field("presented", &self.is_presented())
            .field("verification", self.verification())
            .field("revoked", &self.is_revoked())
            .field("sha256", &self.cert_fingerprint_sha256())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_shares_the_texts() {
        let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
        let auth = TlsClientAuth::new(&ClientCertificate::presented(der, Verification::Success));
        let clone = auth.clone();
        assert!(core::ptr::eq(auth.cert_subject_dn(), clone.cert_subject_dn()));
        assert_eq!(auth, clone);
    }
}
