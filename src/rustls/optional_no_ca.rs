//! nginx's `ssl_verify_client optional_no_ca` for rustls: every client gets in, and the origin learns what was wrong with it.

use alloc::sync::Arc;
use alloc::vec::Vec;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, SignatureScheme};

use super::reason;
use crate::client::{ClientCertificate, RawPublicKeyError, Verification};
use crate::x509::Dialect;

/// A verifier that asks for a certificate and admits every client, also one without, for proxies that report the result
/// as nginx (`optional_no_ca`) and Cloudflare do.
///
/// The client still has to prove that it holds the certificate's key: the handshake's signature is checked by the inner
/// verifier. What that verifier says of the chain does not end the handshake; [`client`](Self::client) asks it again
/// afterwards.
///
/// # What OpenSSL accepts and webpki refuses
///
/// The two that users meet most:
///
/// - **A certificate of X.509 version 1**, as `openssl x509 -req` makes them without `-extfile`. nginx says `SUCCESS`; webpki can't read
///   the certificate, so the handshake fails with an alert and no header reaches any origin. Issue it again with extensions, and so
///   with version 3: a file with the line `extendedKeyUsage=clientAuth`, given as `-extfile`. The key can stay. Where that is
///   impossible, terminate TLS with OpenSSL or BoringSSL.
/// - **A self-signed certificate with `CA:TRUE`** that is both the client's and the trusted root, as `openssl req -x509` makes it.
///   nginx says `SUCCESS`; here it is `FAILED:invalid non-CA certificate (has CA markings)`, and with a verifier that refuses, the
///   handshake fails. Make it with `-addext basicConstraints=critical,CA:FALSE`, or issue the client's certificate by a CA of its own.
///
/// Otherwise webpki judges as OpenSSL does, but for a few: it does not look at key usage, and refuses dates before 1970. And nginx answers
/// 400 by itself to most failures, an expired certificate for one; here they all go to the origin.
///
/// The origin must look at the verdict: a header set without one sends nothing for a client that did not verify.
///
/// [`authorities`](Self::authorities) gives it the CA certificates, for `certIssuerSerial` and `certIssuerSKI`.
///
/// ```
/// use std::sync::Arc;
/// use rustls::RootCertStore;
/// use rustls::pki_types::{CertificateDer, UnixTime};
/// use rustls::server::WebPkiClientVerifier;
/// use tls_client_auth::client::VerifyError;
/// use tls_client_auth::rustls::OptionalNoCa;
/// # let provider = Arc::new(rustls::crypto::ring::default_provider());
/// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
/// # let mut roots = RootCertStore::empty();
/// # let ca = rcgen::Issuer::new(rcgen::CertificateParams::default(), rcgen::KeyPair::generate()?);
/// # roots.add(rcgen::CertificateParams::default().self_signed(ca.key())?.der().clone())?;
///
/// // Once, for the listener.
/// let inner = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build()?;
/// let verifier = Arc::new(OptionalNoCa::new(inner));
/// // … ServerConfig::builder().with_client_cert_verifier(verifier.clone()) …
///
/// // Once per connection, with `connection.peer_certificates()`.
/// let client = verifier.client(Some(&[CertificateDer::from(der)]), UnixTime::now())?;
/// assert!(client.is_presented() && !client.is_trusted());
/// assert_eq!(*client.verification(), VerifyError::UnableToVerifyLeafSignature.into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("optional_no_ca", "ssl_verify_client"))]
#[derive(Debug)]
pub struct OptionalNoCa {
    inner: Arc<dyn ClientCertVerifier>,
    dialect: Dialect,
    authorities: Vec<CertificateDer<'static>>,
}

impl OptionalNoCa {
    /// Wraps the verifier that knows the roots.
    #[must_use]
    pub fn new(inner: Arc<dyn ClientCertVerifier>) -> Self {
        Self { inner, dialect: Dialect::OpenSsl, authorities: Vec::new() }
    }

    /// Sets the library that the outcome and the client's texts imitate: [`Dialect::OpenSsl`], nginx's, unless called;
    /// Cloudflare's is [`Dialect::BoringSsl`].
    ///
    /// It decides which reason is reported: of a leaf with an issuer that is neither known nor sent along, OpenSSL says
    /// "unable to verify the first certificate", BoringSSL "unable to get local issuer certificate". The client has it as its
    /// [`dialect`](ClientCertificate::dialect) too, so that reasons and names are printed in the same library's spelling.
    #[must_use]
    pub const fn dialect(mut self, library: Dialect) -> Self {
        self.dialect = library;
        self
    }

    /// Sets the CA certificates that the inner verifier trusts. A verified client's issuer is
    /// [looked for among them](ClientCertificate::verified_issuer_among).
    #[must_use]
    pub fn authorities(
        mut self,
        certificates: impl IntoIterator<Item = CertificateDer<'static>>,
    ) -> Self {
        self.authorities = certificates.into_iter().collect();
        self
    }

    /// Returns the client of a finished handshake with the inner verifier's result as of now.
    ///
    /// `certificates` is what `ServerConnection::peer_certificates` returns. On a resumed session, where rustls verifies nothing,
    /// this verifies again: a certificate that expired since is reported as expired.
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
            true => client.verified_issuer_among(&self.authorities).dialect(self.dialect),
            false => client,
        })
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
        // The outcome belongs to a connection, and this is shared by all of them: `client` finds it again.
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
