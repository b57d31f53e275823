//! nginx's `ssl_verify_client optional_no_ca` for rustls: every client is admitted, and the origin learns the verdict.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, SignatureScheme};

use super::reason;
use crate::client::{ClientCertificate, RawPublicKeyError, Verification};
use crate::x509::Dialect;

/// A verifier that asks for a certificate and admits every client, with or without one, for proxies that report the result to the
/// origin, as nginx (`optional_no_ca`) and Cloudflare do.
///
/// The client must still prove possession of the certificate's key: the inner verifier checks the handshake's signature. Its result
/// for the chain does not end the handshake; [`client`](Self::client) verifies again afterwards, and returns that result.
///
/// # What OpenSSL accepts and webpki rejects
///
/// The two most common cases:
///
/// - **A certificate of X.509 version 1**, as `openssl x509 -req` issues without `-extfile`. nginx reports `SUCCESS`; webpki cannot
///   parse the certificate, so the handshake fails with an alert. Issue the certificate again with an extension, which makes it
///   version 3: pass a file with the line `extendedKeyUsage=clientAuth` as `-extfile`. The key can stay the same. If that is not
///   possible, terminate TLS with OpenSSL or BoringSSL.
/// - **A self-signed certificate with `CA:TRUE`** that is both the client's certificate and the trusted root, as `openssl req -x509`
///   creates. nginx reports `SUCCESS`; this verifier reports `FAILED:invalid non-CA certificate (has CA markings)`, and with a
///   verifier that rejects, the handshake fails. Create it with `-addext basicConstraints=critical,CA:FALSE`, or use a CA.
///
/// Other differences are few: webpki does not check key usage, rejects dates before 1970, and does not check the dates of a
/// trusted CA: OpenSSL reports `certificate has expired` for every client of an expired CA, and here these clients are trusted.
/// nginx itself answers 400 to most
/// failures, such as an expired certificate; with this verifier all of them reach the origin.
///
/// The origin must check the verdict. A header set without a verdict sends nothing for a client that did not verify.
///
/// [`authorities`](Self::authorities) sets the CA certificates, for `certIssuerSerial`, `certIssuerSKI` and
/// [`Field::RootSubject`](crate::field::Field::RootSubject).
///
/// ```
/// use std::sync::Arc;
/// use rustls::RootCertStore;
/// use rustls::pki_types::{CertificateDer, UnixTime};
/// use rustls::server::WebPkiClientVerifier;
/// use tls_client_auth::Dialect;
/// use tls_client_auth::client::VerifyError;
/// use tls_client_auth::rustls::OptionalNoCa;
/// # let provider = Arc::new(rustls::crypto::ring::default_provider());
/// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
/// # let ca = rcgen::Issuer::new(rcgen::CertificateParams::default(), rcgen::KeyPair::generate()?);
/// # let authorities = [rcgen::CertificateParams::default().self_signed(ca.key())?.der().clone()];
/// # let mut roots = RootCertStore::empty();
/// # roots.add(authorities[0].clone())?;
///
/// // Once, for the listener.
/// let inner = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build()?;
/// let verifier = Arc::new(OptionalNoCa::new(inner).dialect(Dialect::OpenSsl).authorities(authorities));
/// // … ServerConfig::builder().with_client_cert_verifier(verifier.clone()) …
///
/// // Once per connection, with `connection.peer_certificates()`.
/// let client = verifier.client(Some(&[CertificateDer::from(der)]), UnixTime::now())?;
/// assert!(client.is_presented() && !client.is_trusted());
/// assert_eq!(*client.verification(), VerifyError::UnableToVerifyLeafSignature.into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("optional_no_ca", "ssl_verify_client"))]
pub struct OptionalNoCa {
    inner: Arc<dyn ClientCertVerifier>,
    dialect: Dialect,
    authorities: Vec<CertificateDer<'static>>,
}

impl OptionalNoCa {
    /// Wraps a verifier with the trusted roots.
    #[must_use]
    pub fn new(inner: Arc<dyn ClientCertVerifier>) -> Self {
        Self { inner, dialect: Dialect::OpenSsl, authorities: Vec::new() }
    }

    /// Sets the library that the result and the client's texts imitate: [`Dialect::OpenSsl`], nginx's, by default;
    /// [`Dialect::BoringSsl`] for Cloudflare's.
    ///
    /// The reported reason depends on it: for a leaf with an unknown issuer that was not sent, OpenSSL reports "unable to verify the
    /// first certificate" and BoringSSL "unable to get local issuer certificate". It is also the client's
    /// [`dialect`](ClientCertificate::dialect), so reasons and names are those of the same library.
    #[must_use]
    pub const fn dialect(mut self, library: Dialect) -> Self {
        self.dialect = library;
        self
    }

    /// Sets the CA certificates that the inner verifier trusts, to find a verified client's
    /// [issuer](ClientCertificate::verified_issuer_among) and [root](ClientCertificate::verified_root_among) among them.
    #[must_use]
    pub fn authorities(
        mut self,
        certificates: impl IntoIterator<Item = CertificateDer<'static>>,
    ) -> Self {
        self.authorities = certificates.into_iter().collect();
        self
    }

    /// Returns the client of a finished handshake, with the inner verifier's result at the current time.
    ///
    /// `certificates` is the result of `ServerConnection::peer_certificates`. On a resumed session, on which rustls verifies nothing,
    /// this verifies again: a certificate that has expired since is reported as expired.
    ///
    /// # Errors
    /// The client authenticated with a raw public key.
    pub fn client(
        &self,
        certificates: Option<&[CertificateDer<'_>]>,
        now: UnixTime,
    ) -> Result<ClientCertificate, RawPublicKeyError> {
        let verification = match certificates.unwrap_or_default() {
            [] => Verification::None,
            [leaf, chain @ ..] => match self.inner.verify_client_cert(leaf, chain, now) {
                Ok(_) => Verification::Success,
                Err(error) => reason::verify_error(&error, leaf, chain, self.dialect).into(),
            },
        };
        let client = ClientCertificate::from_chain(certificates, verification)?;
        Ok(match client.is_presented() {
            true => client
                .verified_issuer_among(&self.authorities)
                .verified_root_among(&self.authorities)
                .dialect(self.dialect),
            false => client,
        })
    }
}

/// Prints the number of authorities, not their certificates.
impl fmt::Debug for OptionalNoCa {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OptionalNoCa")
            .field("dialect", &self.dialect)
            .field("authorities", &self.authorities.len())
            .finish_non_exhaustive()
    }
}

impl ClientCertVerifier for OptionalNoCa {
    fn offer_client_auth(&self) -> bool {
        true
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.inner.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        // The result belongs to one connection, but the verifier is shared by all: `client` verifies again.
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        self.inner.requires_raw_public_keys()
    }
}
