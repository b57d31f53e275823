//! Linkerd's proxy.

use crate::field::{Field, SubjectAltNameForm};
use crate::headers::HeaderSet;
use crate::x509::Dialect;

impl HeaderSet {
    /// `linkerd`: what linkerd2-proxy tells an application of its peer. Source: `set_identity_header.rs`, commit 29637b64f;
    /// no live traffic was seen.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `l5d-client-id` | the first `dNSName` or URI: `web.default.serviceaccount.identity.linkerd.cluster.local`, `spiffe://example.org/web` |
    ///
    /// No verdict stands beside it, so it goes out for trusted clients only: linkerd's are. As there, every request carries
    /// it or is rid of it.
    #[must_use]
    pub fn linkerd() -> Self {
        let row = ("l5d-client-id", Field::SubjectAltName(SubjectAltNameForm::FirstDnsOrUri));
        Self::from_table("linkerd", &[row]).with_dialect(Dialect::OpenSsl)
    }
}
