//! Linkerd's proxy.

use crate::field::{Field, SubjectAltNameForm};
use crate::headers::HeaderSet;
use crate::receive::{Receiver, Unstated};
use crate::x509::Dialect;

impl HeaderSet {
    /// `linkerd`: the header in which linkerd2-proxy names an application's peer. Source: its `set_identity_header.rs`, `meshtls/verifier` and
    /// `identity`, commit 29637b64f; no live traffic was seen.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `l5d-client-id` | the first alternative name that is an identity: `web.default.serviceaccount.identity.linkerd.cluster.local`, `spiffe://example.org/web` |
    ///
    /// An identity is a DNS name, written in lower case, or a SPIFFE ID. Names with `*`, with a dot at the end, or whose last label
    /// is a number are skipped, as there, and the next name is taken.
    ///
    /// What differs:
    /// - URIs of other schemes are skipped; linkerd2-proxy takes any URL for an identity.
    /// - A SPIFFE ID that its URL library rewrites (`SPIFFE://a`, `spiffe://a/../b`, `spiffe://a/b c`) gives no header.
    ///
    /// No header carries the verdict, so the set is for trusted clients only: linkerd's are. As there, the header is set on or
    /// removed from every request.
    #[doc(alias("l5d-client-id"))]
    #[must_use]
    pub fn linkerd() -> Self {
        let row = ("l5d-client-id", Field::SubjectAltName(SubjectAltNameForm::LinkerdIdentity));
        Self::from_table("linkerd", &[row]).with_dialect(Dialect::OpenSsl)
    }
}

impl Receiver {
    /// Linkerd's `l5d-client-id`: a [name](Self::receive_with_names) and nothing else.
    #[doc(alias("l5d-client-id"))]
    #[must_use]
    pub fn linkerd(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::linkerd(), Some(unstated))
    }
}
