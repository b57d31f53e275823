//! Linkerd's proxy.

use crate::field::{Field, SubjectAltNameForm};
use crate::headers::HeaderSet;
use crate::receive::{Receiver, Unstated};
use crate::x509::Dialect;

impl HeaderSet {
    /// `linkerd`: the header with which linkerd2-proxy identifies an application's peer. Source: its `set_identity_header.rs`,
    /// `meshtls/verifier` and `identity`, commit 29637b64f; no live traffic was seen.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `l5d-client-id` | the first alternative name that is an identity: `web.default.serviceaccount.identity.linkerd.cluster.local`, `spiffe://example.org/web` |
    ///
    /// An identity is a DNS name, written in lower case, or a SPIFFE ID. As in linkerd2-proxy, names with `*`, with a trailing dot, or
    /// with a numeric last label are skipped.
    ///
    /// Differences:
    /// - URIs of other schemes are skipped; linkerd2-proxy accepts any URL as an identity.
    /// - A SPIFFE ID that its URL library rewrites (`SPIFFE://a`, `spiffe://a/../b`, `spiffe://a/b c`) gives no header.
    ///
    /// The header has no verdict, so it is sent for trusted clients only. Use the set on every request, as linkerd2-proxy does.
    ///
    /// [`Receiver::linkerd`](crate::Receiver::linkerd) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::linkerd().lines(&client, Limits::new());
    /// assert_eq!(lines.get("l5d-client-id"), Some("client.example"));
    /// ```
    #[doc(alias("l5d-client-id"))]
    #[must_use]
    pub fn linkerd() -> Self {
        let row = ("l5d-client-id", Field::SubjectAltName(SubjectAltNameForm::LinkerdIdentity));
        Self::from_table("linkerd", &[row]).with_dialect(Dialect::OpenSsl)
    }
}

impl Receiver {
    /// Reads Linkerd's `l5d-client-id`: a [name](Self::receive_with_names) and nothing else.
    ///
    /// The headers are those of [`HeaderSet::linkerd`](crate::HeaderSet::linkerd).
    ///
    /// ```
    /// use tls_client_auth::receive::StatedName;
    /// use tls_client_auth::{Receiver, Unstated};
    ///
    /// let received = Receiver::linkerd(Unstated::Verified).receive_with_names(&[("l5d-client-id", "web.default.example")])?;
    /// assert_eq!(received.names, [StatedName::Identity("web.default.example".into())]);
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn linkerd(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::linkerd(), Some(unstated))
    }
}
