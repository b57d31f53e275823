//! Parses one request by the rules in [`Receiver`]'s documentation.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::OnceCell;

use super::Receiver;
use super::error::{ReceiveError, ReceiveErrorKind};
use super::lines::Lines;
use super::record::{self, Received};
use super::verdict::Verdict;
use crate::client::ClientCertificate;
use crate::field::stated::{Fact, Printed, Stated, Whose};
use crate::headers::RequestHeaders;
use crate::record::TlsClientAuth;
use crate::x509::fingerprint::Hashing;
use crate::x509::{Certificate, Dialect};

impl Receiver {
    /// Parses the headers of a request that came from the proxy: see "The peer is trusted" above.
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let auth = Receiver::nginx().receive(&[
    ///     ("Host", "origin.example"),
    ///     ("ssl-client-verify", "FAILED:certificate has expired"),
    ///     ("ssl-client-s-dn", "CN=client.example"),
    ///     ("ssl-client-escaped-cert", ""),
    /// ])?;
    /// assert!(auth.is_presented() && !auth.is_trusted());
    /// assert_eq!(auth.cert_subject_dn(), "CN=client.example");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    ///
    /// # Errors
    /// The headers break one of the rules above: the request is forged, or the proxy is misconfigured. Reject it, with `400`.
    pub fn receive<H: RequestHeaders + ?Sized>(
        &self,
        headers: &H,
    ) -> Result<TlsClientAuth, ReceiveError> {
        self.read_headers(headers, true, |outcome| outcome.record())
    }

    /// Parses the headers and also returns the certificate's DNS names, URIs (such as a SPIFFE ID) and TLS identities.
    ///
    /// If the leaf was sent, the names are the leaf's. Otherwise only Envoy's, Google's and Linkerd's headers contain names; those
    /// that another name of the certificate can have produced are left out. Names with a space or with bytes outside printable
    /// ASCII are left out too.
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    /// # let hash = "73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa";
    ///
    /// let header = format!("By=spiffe://mesh/proxy;Hash={hash};URI=spiffe://mesh/web");
    /// let received = Receiver::envoy(Unstated::Verified).receive_with_names(&[("x-forwarded-client-cert", header)])?;
    /// assert!(received.auth.is_trusted());
    /// assert_eq!((received.names[0].kind(), received.names[0].as_str()), ("uri", "spiffe://mesh/web"));
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    ///
    /// # Errors
    /// The same as for [`receive`](Self::receive).
    #[doc(alias("SPIFFE"))]
    pub fn receive_with_names<H: RequestHeaders + ?Sized>(
        &self,
        headers: &H,
    ) -> Result<Received, ReceiveError> {
        self.read_headers(headers, true, |outcome| outcome.received())
    }

    /// Returns the subject of a trusted client, and `None` for every other client.
    ///
    /// This is for handlers that need nothing else, and costs less than [`receive`](Self::receive): no record is made, and the leaf
    /// is hashed only if a header contains its hash. All checks are the same, and so are the errors. The text is that of
    /// [`cert_subject_dn`](TlsClientAuth::cert_subject_dn), in RFC 2253 form: `CN=client.example,O=Example Corp`.
    ///
    /// If the proxy sends the subject as text, it can be read without the certificate, in less than half of the time: read
    /// [`only`](Self::only) its header and the verdict, or, in Envoy's header, [declare](Self::declares) `Subject` alone. The text
    /// is then not compared with the certificate, so the proxy must set or remove that header on every request.
    ///
    /// It is empty if the certificate has an empty subject or the headers contain none. Do not compare it with a configured name that
    /// may be empty.
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    ///
    /// let request = |verdict| [("ssl-client-verify", verdict), ("ssl-client-s-dn", "CN=client.example")];
    /// let receiver = Receiver::nginx();
    /// assert_eq!(receiver.trusted_subject(&request("SUCCESS"))?.as_deref(), Some("CN=client.example"));
    /// assert_eq!(receiver.trusted_subject(&request("FAILED:certificate has expired"))?, None);
    /// assert!(receiver.trusted_subject(&request("yes")).is_err());
    ///
    /// // Without the certificate, which is ignored.
    /// let receiver = receiver.only(["ssl-client-verify", "ssl-client-s-dn"])?;
    /// assert_eq!(receiver.trusted_subject(&request("SUCCESS"))?.as_deref(), Some("CN=client.example"));
    ///
    /// let receiver = Receiver::envoy(Unstated::Verified).declares(["Subject"])?;
    /// let header = format!(r#"Hash={};Cert="ignored";Subject="CN=client.example""#, "ab".repeat(32));
    /// let request = [("x-forwarded-client-cert", header)];
    /// assert_eq!(receiver.trusted_subject(&request)?.as_deref(), Some("CN=client.example"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The same as for [`receive`](Self::receive).
    pub fn trusted_subject<H: RequestHeaders + ?Sized>(
        &self,
        headers: &H,
    ) -> Result<Option<String>, ReceiveError> {
        self.read_headers(headers, false, |outcome| outcome.trusted_subject(self.dialect))
    }

    fn read_headers<H: RequestHeaders + ?Sized, T>(
        &self,
        headers: &H,
        with_digests: bool,
        finish: impl FnOnce(Outcome<'_, '_>) -> T,
    ) -> Result<T, ReceiveError> {
        let mut lines = Lines::none(self.rows.len());
        self.find(headers, &mut lines)?;
        self.read(&mut lines, with_digests, finish)
    }

    /// Parses the lines by all rules, and passes the outcome to `finish`. It has the leaf's digests that a header states, and both
    /// if `with_digests` is set. A stated digest is compared afterwards; if it is not
    /// the leaf's, the result of `finish` is dropped.
    pub(super) fn read<T>(
        &self,
        lines: &mut Lines<'_>,
        with_digests: bool,
        finish: impl FnOnce(Outcome<'_, '_>) -> T,
    ) -> Result<T, ReceiveError> {
        if self.is_surrounded {
            self.inside(lines)?;
        }
        let mut verdict = Verdict::default();
        verdict.read(lines, self)?;
        // The certificate borrows the leaf.
        let kept = OnceCell::new();
        let mut certificate: Option<Certificate<'_>> = None;
        let mut stated = Stated::new(self.dialect);
        let (mut first, mut chain, mut identity) = (None, None, None);
        for line in self.rows_of(lines).filter(|line| line.whole.is_some()) {
            let field = line.row.field;
            // The leaf is more precise, but two headers of one field must still agree.
            let is_ignored = certificate.is_some() && !field.identifies() && !field.is_chain();
            if is_ignored && line.row.twin.is_none() {
                continue;
            }
            let Some(value) = line.value() else { continue };
            let header = &line.row.header;
            let refuse = |kind| ReceiveError::new(header, kind);
            // The same field under another name.
            if let Some(told) = line.row.twin.and_then(|twin| self.line(lines, twin)?.value()) {
                if told == value {
                    continue;
                }
                return Err(refuse(ReceiveErrorKind::Disagrees));
            }
            if is_ignored {
                continue;
            }
            let was_empty = first.is_none() && stated.is_empty();
            field.read(value, &self.reading, &mut stated).map_err(refuse)?;
            if let (None, Some(leaf)) = (&certificate, &stated.leaf) {
                let leaf: &Arc<[u8]> = kept.get_or_init(|| Arc::clone(&leaf.bytes));
                let read = Certificate::from_der_up_to(leaf, self.reading.limits.certificate);
                let read = read.map_err(|_| refuse(ReceiveErrorKind::NotACertificate))?;
                certificate = Some(read);
            }
            if was_empty && !stated.is_empty() {
                first = Some(header);
            }
            if field.identifies() {
                identity = Some(header);
            }
            if chain.is_none() && stated.has_chain() {
                chain = Some(header);
            }
        }
        if !verdict.has_certificate(first)? {
            return Ok(finish(Outcome::Nobody));
        }
        let (verification, revoked) = (verdict.take_verification(), verdict.is_revoked());
        let disagrees = |header| ReceiveError::new(header, ReceiveErrorKind::Disagrees);
        match (&certificate, identity, chain) {
            (Some(certificate), Some(identity), chain) => {
                let Some(certificates) = stated.take_chain() else {
                    return Err(disagrees(chain.unwrap_or(identity)));
                };
                let mut hashing = hashing(certificate.as_der(), &stated, with_digests);
                hashing.step();
                let leaf = stated.leaf.take();
                let (leaf, base64) = leaf.map(|leaf| (leaf.bytes, leaf.text)).unwrap_or_default();
                let mut client = ClientCertificate::presented(leaf, verification);
                if !certificates.is_empty() {
                    client = client.chain(certificates);
                }
                let client = client.revoked(revoked).dialect(self.dialect);
                let base64 = base64.as_deref();
                let outcome = Outcome::Leaf { client, certificate, hashing: &mut hashing, base64 };
                let finished = finish(outcome);
                // Last, because work between the steps of hashing costs less.
                let (sha1, sha256) = hashing.finish();
                if record::agrees(stated.sha1, sha1) && record::agrees(stated.sha256, sha256) {
                    Ok(finished)
                } else {
                    Err(disagrees(identity))
                }
            }
            (_, _, Some(header)) => {
                Err(ReceiveError::new(header, ReceiveErrorKind::ChainWithoutCertificate))
            }
            _ => {
                // The record is of a certificate that was not sent.
                let client = record::client(&stated, verification).revoked(revoked);
                let client = client.dialect(self.dialect);
                Ok(finish(Outcome::Facts { client, stated: &stated }))
            }
        }
    }
}

/// A request that follows all rules.
pub(super) enum Outcome<'o, 'h> {
    /// No certificate.
    Nobody,
    /// A leaf.
    Leaf {
        client: ClientCertificate,
        certificate: &'o Certificate<'o>,
        hashing: &'h mut Hashing<'o>,
        /// The leaf in canonical base64, if it was received so.
        base64: Option<&'o [u8]>,
    },
    /// Facts without the leaf.
    Facts { client: ClientCertificate, stated: &'o Stated<'o> },
}

impl Outcome<'_, '_> {
    fn record(self) -> TlsClientAuth {
        match self {
            Self::Nobody => TlsClientAuth::new(&ClientCertificate::none()),
            Self::Leaf { client, certificate, hashing, base64 } => {
                TlsClientAuth::of_known(client, certificate, hashing, base64)
            }
            Self::Facts { client, stated } => record::record(stated, client),
        }
    }

    pub(super) fn received(self) -> Received {
        let names = match &self {
            Self::Nobody => Vec::new(),
            Self::Leaf { certificate, .. } => record::names(certificate),
            Self::Facts { stated, .. } => stated.names.clone(),
        };
        Received {
            auth: self.record(),
            names,
            #[cfg(feature = "std")]
            key: Default::default(),
        }
    }

    fn trusted_subject(self, dialect: Dialect) -> Option<String> {
        match self {
            Self::Leaf { client, certificate, .. } if client.is_trusted() => {
                Some(certificate.subject().rfc2253(dialect).unwrap_or_default())
            }
            Self::Facts { client, stated } if client.is_trusted() => {
                let subject = stated.get(Fact::Name(Whose::Subject, Printed::Rfc2253));
                Some(core::str::from_utf8(subject).unwrap_or_default().into())
            }
            _ => None,
        }
    }
}

/// The leaf's digests: both, or only those that headers state.
fn hashing<'l>(leaf: &'l [u8], stated: &Stated<'_>, both: bool) -> Hashing<'l> {
    let [sha1, sha256] = [stated.sha1.is_some(), stated.sha256.is_some()].map(|one| one || both);
    Hashing::new(Some(leaf), sha1, sha256)
}
