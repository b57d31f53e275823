//! The client of a finished TLS handshake: its certificate, if it presented one, and the verification result.

mod peer_certificates;
mod verification;
mod verified;
mod verify_error;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use time::OffsetDateTime;

use crate::x509::Certificate;
use crate::x509::Dialect;
use crate::x509::fingerprint;
use crate::x509::{Error, ErrorKind, Part};

pub use peer_certificates::RawPublicKeyError;
pub use verification::{OtherReason, Reason, Verification};
pub use verify_error::{ParseVerifyError, VerifyError};

/// The client of a TLS handshake: the certificate that it presented, if any, the rest of its chain, the verification result, and
/// whether the certificate is revoked.
///
/// Creating a value parses nothing, and cloning it copies no bytes. A certificate that is not valid X.509 is kept: its bytes and
/// fingerprints can still be forwarded.
///
/// ```
/// use tls_client_auth::{ClientCertificate, Verification};
/// # let leaf = &include_bytes!("../../tests/fixtures/plain.der")[..];
/// # let intermediate = &include_bytes!("../../tests/fixtures/intermediate.der")[..];
///
/// let client = ClientCertificate::presented(leaf, Verification::Success).chain([intermediate]);
/// assert!(client.is_trusted() && !client.is_revoked());
/// assert_eq!(client.verification(), &Verification::Success);
/// assert_eq!(client.leaf(), Some(leaf));
/// assert!(client.chain_certificates().eq([intermediate]));
/// assert!(!ClientCertificate::none().is_presented());
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct ClientCertificate {
    leaf: Option<Arc<[u8]>>,
    /// `None` if every field of it would be empty.
    others: Option<Arc<Others>>,
    verification: Verification,
    revoked: bool,
    dialect: Dialect,
    seen_at: Option<OffsetDateTime>,
}

/// What is known of a client besides its leaf. Most clients have none of it, so it is behind one pointer.
#[derive(Clone, Default, Eq, PartialEq)]
struct Others {
    /// The fingerprint of a leaf that was not kept.
    sha256: Option<[u8; 32]>,
    /// The certificates after the leaf, in the order sent.
    chain: Vec<Arc<[u8]>>,
    /// The issuer's and the root's certificates, as the caller gave them.
    issuer: Option<Arc<[u8]>>,
    root: Option<Arc<[u8]>>,
}

impl ClientCertificate {
    /// Creates a client that presented no certificate.
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, Verification};
    ///
    /// let client = ClientCertificate::none();
    /// assert!(!client.is_presented());
    /// assert_eq!(*client.verification(), Verification::None);
    /// ```
    #[must_use]
    pub const fn none() -> Self {
        Self {
            leaf: None,
            others: None,
            verification: Verification::None,
            revoked: false,
            dialect: Dialect::BoringSsl,
            seen_at: None,
        }
    }

    /// Creates a client that presented this leaf certificate (DER), with the TLS library's verification result. An `Arc<[u8]>` is
    /// shared, not copied.
    ///
    /// ```
    /// use tls_client_auth::client::VerifyError;
    /// use tls_client_auth::{ClientCertificate, Verification};
    /// # let (leaf, intermediate) = (*b"DER", *b"DER");
    ///
    /// // The TLS library's result is an argument.
    /// let client = ClientCertificate::presented(leaf, Verification::Success).chain([intermediate]);
    /// assert!(client.is_trusted());
    /// assert_eq!(client.chain_certificates().len(), 1);
    ///
    /// let client = ClientCertificate::presented(leaf, VerifyError::CertHasExpired.into());
    /// assert!(client.is_presented() && !client.is_trusted());
    /// ```
    #[must_use]
    pub fn presented(leaf: impl Into<Arc<[u8]>>, verification: Verification) -> Self {
        Self { leaf: Some(leaf.into()), verification, ..Self::none() }
    }

    /// Creates a client whose certificate is known by its SHA-256 fingerprint only, with the TLS library's verification result.
    ///
    /// The headers then hold the fingerprint and the verdict, in sets that have them, and nothing else: no names, no serial
    /// number, no certificate. [`leaf`](Self::leaf) returns `None`. BoringSSL keeps only the fingerprint after
    /// `SSL_CTX_set_retain_only_sha256_of_client_certs`; pingora gives it with every TLS backend.
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, TlsClientAuth, Verification};
    ///
    /// let client = ClientCertificate::known_by_sha256([0xab; 32], Verification::Success);
    /// let auth = TlsClientAuth::new(&client);
    /// assert_eq!(auth.cert_fingerprint_sha256(), "ab".repeat(32));
    /// assert!(auth.is_trusted() && auth.cert_subject_dn().is_empty());
    /// ```
    #[must_use]
    pub fn known_by_sha256(digest: [u8; 32], verification: Verification) -> Self {
        Self::presented(Arc::<[u8]>::default(), verification)
            .with_others(|others| others.sha256 = Some(digest))
    }

    /// Sets the certificates that the client sent after the leaf (DER), in the order sent.
    #[must_use]
    pub fn chain<C: AsRef<[u8]>>(self, certificates: impl IntoIterator<Item = C>) -> Self {
        let certificates = certificates.into_iter();
        let chain = certificates.map(|certificate| certificate.as_ref().into()).collect();
        self.with_others(|others| others.chain = chain)
    }

    fn with_others(mut self, change: impl FnOnce(&mut Others)) -> Self {
        let mut others = self.others.take().map_or_else(Others::default, Arc::unwrap_or_clone);
        change(&mut others);
        self.others = (others != Others::default()).then(|| Arc::new(others));
        self
    }

    /// Sets whether the presented certificate is known to be revoked. Ignored for a certificate that failed verification, as
    /// Cloudflare reports a revocation beside `SUCCESS` ("valid but revoked") and never beside `FAILED`.
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, Verification};
    ///
    /// let client = ClientCertificate::presented(*b"DER", Verification::Success).revoked(true);
    /// assert!(client.is_revoked() && !client.is_trusted());
    /// ```
    #[must_use]
    pub fn revoked(mut self, revoked: bool) -> Self {
        let has_failed = matches!(self.verification, Verification::Failed(_));
        self.revoked = revoked && self.leaf.is_some() && !has_failed;
        self
    }

    /// Sets the dialect for the record and for sets without a fixed dialect; [`Dialect::BoringSsl`] by default.
    ///
    /// ```
    /// use tls_client_auth::client::VerifyError;
    /// use tls_client_auth::{ClientCertificate, Dialect, TlsClientAuth};
    ///
    /// let client = ClientCertificate::presented(*b"DER", VerifyError::DepthZeroSelfSignedCert.into());
    /// assert_eq!(TlsClientAuth::new(&client).cert_verified(), "FAILED:self signed certificate");
    /// let client = client.dialect(Dialect::OpenSsl);
    /// assert_eq!(TlsClientAuth::new(&client).cert_verified(), "FAILED:self-signed certificate");
    /// ```
    #[must_use]
    pub const fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Sets the reference time for [`DaysRemaining`](crate::field::Field::DaysRemaining). The default is the time at which the headers
    /// are written. Without feature `std` there is no default, and the header is left out.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let day_before = time::OffsetDateTime::from_unix_timestamp(2_078_486_055 - 86_400).unwrap();
    /// let lines = HeaderSet::nginx().lines(&client.seen_at(day_before), Limits::new());
    /// assert_eq!(lines.get("ssl-client-v-remain"), Some("1"));
    /// ```
    #[must_use]
    pub const fn seen_at(mut self, time: OffsetDateTime) -> Self {
        self.seen_at = Some(time);
        self
    }

    /// Whether the client presented a certificate.
    #[must_use]
    pub const fn is_presented(&self) -> bool {
        self.leaf.is_some()
    }

    /// Whether the client presented a certificate that verified and is not revoked.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.is_presented() && self.verification == Verification::Success && !self.revoked
    }

    /// Whether the certificate is known to be revoked and did not fail verification.
    #[must_use]
    pub const fn is_revoked(&self) -> bool {
        self.revoked
    }

    /// The verification result; [`Verification::None`] if no certificate was presented.
    #[must_use]
    pub const fn verification(&self) -> &Verification {
        &self.verification
    }

    /// The leaf's DER, as the client sent it. `None` if no certificate was presented, and if only its fingerprint is known
    /// ([`known_by_sha256`](Self::known_by_sha256)).
    #[must_use]
    pub fn leaf(&self) -> Option<&[u8]> {
        self.leaf.as_deref().filter(|leaf| !leaf.is_empty())
    }

    /// The fingerprint given to [`known_by_sha256`](Self::known_by_sha256).
    pub(crate) fn known_sha256(&self) -> Option<[u8; 32]> {
        self.others.as_deref().and_then(|others| others.sha256)
    }

    /// The leaf's SHA-256 fingerprint, computed or given.
    pub(crate) fn sha256(&self) -> Option<[u8; 32]> {
        self.leaf().map(fingerprint::sha256).or_else(|| self.known_sha256())
    }

    /// The certificates that the client sent after the leaf (DER), in the order sent.
    pub fn chain_certificates(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        let chain = self.others.as_deref().map_or(&[][..], |others| &others.chain);
        chain.iter().map(AsRef::as_ref)
    }

    /// Parses the leaf.
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// assert_eq!(client.certificate()?.subject().first_common_name().unwrap(), "client.example");
    /// # Ok::<(), tls_client_auth::x509::Error>(())
    /// ```
    ///
    /// # Errors
    /// The leaf is missing ([`ErrorKind::Missing`]) or is not the DER of a certificate.
    pub fn certificate(&self) -> Result<Certificate<'_>, Error> {
        Certificate::from_der(self.leaf().ok_or(Error::new(
            Part::Certificate,
            ErrorKind::Missing,
            0,
        ))?)
    }

    pub(crate) fn seen_at_or_now(&self) -> Option<OffsetDateTime> {
        #[cfg(feature = "std")]
        let now = Some(OffsetDateTime::now_utc());
        #[cfg(not(feature = "std"))]
        let now = None;
        self.seen_at.or(now)
    }

    pub(crate) const fn printed_as(&self) -> Dialect {
        self.dialect
    }
}

/// Prints sizes instead of bytes, so that no client input gets into a log.
impl fmt::Debug for ClientCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientCertificate")
            .field("leaf_bytes", &self.leaf().map(<[u8]>::len))
            .field("chain_certificates", &self.chain_certificates().len())
            .field("issuer_bytes", &self.issuer().map(<[u8]>::len))
            .field("root_bytes", &self.root().map(<[u8]>::len))
            .field("verification", &self.verification)
            .field("revoked", &self.revoked)
            .finish_non_exhaustive()
    }
}
