//! The issuer and the root of the chain that verification built, as given by the caller. Neither comes from the client.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{ClientCertificate, Verification};
use crate::x509::Certificate;
use crate::x509::issuer::is_issued_by;

impl ClientCertificate {
    /// Sets the issuer's certificate (DER) that verification used: the source of `certIssuerSerial` and `certIssuerSKI`. Empty
    /// bytes mean that it is not known.
    ///
    /// Do not take it from the chain that the client sent: a client can append a certificate with its CA's name and any serial
    /// number. It is parsed only if the verification is [`Verification::Success`], and it is never part of a forwarded chain.
    /// Without it, both values come from the leaf's authority key identifier (RFC 5280 §4.2.1.1), or are empty.
    ///
    /// OpenSSL has it in the verified chain, except on a resumed session:
    /// `.verified_issuer(tls.verified_chain().and_then(|chain| chain.get(1)?.to_der().ok()).unwrap_or_default())`.
    /// [`verified_issuer_among`](Self::verified_issuer_among) works with every library.
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, TlsClientAuth, Verification};
    /// # let leaf = &include_bytes!("../../tests/fixtures/plain.der")[..];
    /// # let issuer = &include_bytes!("../../tests/fixtures/ca.der")[..];
    ///
    /// let client = ClientCertificate::presented(leaf, Verification::Success).verified_issuer(issuer);
    /// assert_eq!(TlsClientAuth::new(&client).cert_issuer_serial(), "01");
    /// ```
    #[must_use]
    pub fn verified_issuer(self, certificate: impl Into<Arc<[u8]>>) -> Self {
        let issuer = Some(certificate.into()).filter(|certificate| !certificate.is_empty());
        self.with_others(|others| others.issuer = issuer)
    }

    /// Finds the verified issuer's certificate among the CA certificates (DER) that the TLS listener trusts: the only one with the
    /// leaf's issuer as its subject and, if both have a key identifier, with the same one.
    ///
    /// Sets none if several match, because verification may have used any of them; if the issuer is an intermediate CA that only
    /// the client sent; or if the certificate did not verify. Names are compared byte for byte; no signature is checked.
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, TlsClientAuth, Verification};
    /// # let leaf = &include_bytes!("../../tests/fixtures/plain.der")[..];
    /// # let [root, other] = [&include_bytes!("../../tests/fixtures/ca.der")[..], include_bytes!("../../tests/fixtures/intermediate.der")];
    ///
    /// let authorities = [root, other];
    /// let client = ClientCertificate::presented(leaf, Verification::Success).verified_issuer_among(authorities);
    /// assert_eq!(TlsClientAuth::new(&client).cert_issuer_serial(), "01");
    /// ```
    #[must_use]
    pub fn verified_issuer_among<C: AsRef<[u8]>>(
        self,
        authorities: impl IntoIterator<Item = C>,
    ) -> Self {
        let authorities: Vec<C> = authorities.into_iter().collect();
        let issuer = self.issuer_among(&authorities);
        self.with_others(|others| others.issuer = issuer.map(Arc::from))
    }

    /// Sets the root certificate (DER) of the chain that verification built: the source of [`Field::RootSubject`], HAProxy's
    /// `ssl_c_r_dn`. Empty bytes mean that it is not known.
    ///
    /// As for the [verified issuer](Self::verified_issuer), do not take it from the chain that the client sent. It is parsed only if the
    /// verification is [`Verification::Success`], and it is never part of a forwarded chain.
    ///
    /// With OpenSSL it is the last certificate of the verified chain, except on a resumed session:
    /// `.verified_root(tls.verified_chain().and_then(|chain| chain.iter().last()?.to_der().ok()).unwrap_or_default())`.
    /// [`verified_root_among`](Self::verified_root_among) works with every library.
    ///
    /// ```
    /// use tls_client_auth::field::{Field, Limits, NameForm};
    /// use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};
    /// # let leaf = &include_bytes!("../../tests/fixtures/plain.der")[..];
    /// # let root = &include_bytes!("../../tests/fixtures/ca.der")[..];
    ///
    /// let rows = [("X-SSL-Root-CA-DN", Field::RootSubject(NameForm::Rfc2253))];
    /// let set = HeaderSet::new("own", Dialect::OpenSsl, rows)?;
    /// let client = ClientCertificate::presented(leaf, Verification::Success).verified_root(root);
    /// assert_eq!(set.lines(&client, Limits::new()).get("X-SSL-Root-CA-DN"), Some("CN=Peers Root CA,O=Peers Test,C=DE"));
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    ///
    /// [`Field::RootSubject`]: crate::field::Field::RootSubject
    #[doc(alias = "ssl_c_r_dn")]
    #[must_use]
    pub fn verified_root(self, certificate: impl Into<Arc<[u8]>>) -> Self {
        let root = Some(certificate.into()).filter(|certificate| !certificate.is_empty());
        self.with_others(|others| others.root = root)
    }

    /// Finds the root of the verified chain among the CA certificates (DER) that the TLS listener trusts: the only one, or the last on
    /// the path from the leaf to its [issuer among them](Self::verified_issuer_among), to that one's issuer, and so on.
    ///
    /// Sets none if several certificates could be next; if the leaf's issuer is an intermediate CA that only the client sent, and the
    /// listener trusts several certificates; or if the certificate did not verify. Names are compared byte for byte; no signature is
    /// checked.
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, Verification};
    /// # let leaf = &include_bytes!("../../tests/fixtures/plain.der")[..];
    /// # let [root, other] = [&include_bytes!("../../tests/fixtures/ca.der")[..], include_bytes!("../../tests/fixtures/plain.der")];
    ///
    /// let client = ClientCertificate::presented(leaf, Verification::Success).verified_root_among([root, other]);
    /// assert_eq!(client.root(), Some(root));
    /// ```
    #[must_use]
    pub fn verified_root_among<C: AsRef<[u8]>>(
        self,
        authorities: impl IntoIterator<Item = C>,
    ) -> Self {
        let authorities: Vec<C> = authorities.into_iter().collect();
        let root = self.root_among(&authorities);
        self.with_others(|others| {
            // For most clients one certificate is both, and is stored once.
            let issuer = others.issuer.as_ref().filter(|issuer| root == Some(issuer));
            others.root = issuer.cloned().or_else(|| root.map(Arc::from));
        })
    }

    fn issuer_among<'a, C: AsRef<[u8]>>(&self, authorities: &'a [C]) -> Option<&'a [u8]> {
        if self.verification != Verification::Success {
            return None;
        }
        match Issuers::among(&self.certificate().ok()?, authorities) {
            Issuers::One(issuer) => Some(issuer),
            Issuers::None | Issuers::Several => None,
        }
    }

    fn root_among<'a, C: AsRef<[u8]>>(&self, authorities: &'a [C]) -> Option<&'a [u8]> {
        if let [only] = authorities {
            return Some(only.as_ref()).filter(|_| self.verification == Verification::Success);
        }
        let mut last = self.issuer_among(authorities)?;
        // Certificates that issued each other lead nowhere.
        for _ in authorities {
            let certificate = Certificate::from_der(last).ok()?;
            if is_issued_by(&certificate, &certificate) {
                return Some(last);
            }
            match Issuers::among(&certificate, authorities) {
                Issuers::None => return Some(last),
                Issuers::One(issuer) => last = issuer,
                Issuers::Several => return None,
            }
        }
        None
    }

    /// The issuer's certificate (DER), as set by [`verified_issuer`](Self::verified_issuer) or found by
    /// [`verified_issuer_among`](Self::verified_issuer_among); `None` if the leaf did not verify.
    ///
    /// ```
    /// use tls_client_auth::client::VerifyError;
    /// use tls_client_auth::{ClientCertificate, Verification};
    ///
    /// let client = |verification| ClientCertificate::presented(*b"leaf", verification).verified_issuer(*b"issuer");
    /// assert_eq!(client(Verification::Success).issuer(), Some(&b"issuer"[..]));
    /// assert_eq!(client(VerifyError::CertHasExpired.into()).issuer(), None);
    /// ```
    #[must_use]
    pub fn issuer(&self) -> Option<&[u8]> {
        let issuer = self.others.as_deref().and_then(|others| others.issuer.as_deref());
        issuer.filter(|_| self.verification == Verification::Success)
    }

    /// The root's certificate (DER), as set by [`verified_root`](Self::verified_root) or found by
    /// [`verified_root_among`](Self::verified_root_among); `None` if the leaf did not verify.
    ///
    /// ```
    /// use tls_client_auth::client::VerifyError;
    /// use tls_client_auth::{ClientCertificate, Verification};
    ///
    /// let client = |verification| ClientCertificate::presented(*b"leaf", verification).verified_root(*b"root");
    /// assert_eq!(client(Verification::Success).root(), Some(&b"root"[..]));
    /// assert_eq!(client(VerifyError::CertHasExpired.into()).root(), None);
    /// ```
    #[must_use]
    pub fn root(&self) -> Option<&[u8]> {
        let root = self.others.as_deref().and_then(|others| others.root.as_deref());
        root.filter(|_| self.verification == Verification::Success)
    }
}

/// The certificate among several that issued another.
enum Issuers<'a> {
    None,
    One(&'a [u8]),
    Several,
}

impl<'a> Issuers<'a> {
    /// The same certificate twice counts as one.
    fn among<C: AsRef<[u8]>>(certificate: &Certificate<'_>, authorities: &'a [C]) -> Self {
        let mut issuers = authorities.iter().map(AsRef::as_ref).filter(|authority| {
            Certificate::from_der(authority)
                .is_ok_and(|authority| is_issued_by(certificate, &authority))
        });
        match issuers.next() {
            None => Self::None,
            Some(first) if issuers.all(|other| other == first) => Self::One(first),
            Some(_) => Self::Several,
        }
    }
}
