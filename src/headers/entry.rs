//! One row of a header set: its name and field, and for which clients it is sent.

use alloc::string::String;
use alloc::sync::Arc;

use super::name::HeaderName;
use crate::client::ClientCertificate;
use crate::field::{CertificateForm, Field, Sizes};
use crate::x509::Dialect;

/// A line of the table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Entry {
    pub(crate) name: HeaderName,
    pub(crate) field: Field,
    /// In this library's spelling, whatever the certificate's.
    pub(crate) dialect: Option<Dialect>,
    /// The proxy's own identities, for [`Field::Xfcc`].
    pub(crate) by: Arc<[String]>,
    /// Of a chain: the form of its set's leaf, without which it is not sent.
    pub(crate) leaf: Option<CertificateForm>,
    /// Fixed text before and after the value.
    pub(crate) around: Option<Arc<[String; 2]>>,
    /// Whose sizes hold for the certificates in it.
    pub(crate) sizes: Sizes,
    pub(crate) when: When,
}

/// For which clients a row is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum When {
    /// For all, because the caller wants it so.
    Always,
    /// For all, because the set's reader can tell a trusted client from the others.
    WithVerdict,
    /// For those whose certificate verified and is not revoked.
    Trusted,
    /// For those, and for clients without a certificate.
    TrustedOrNone,
}

impl Entry {
    pub(super) fn new(name: HeaderName, field: Field, when: When) -> Self {
        Self {
            name,
            field,
            dialect: None,
            by: Arc::default(),
            around: None,
            leaf: None,
            sizes: Sizes::Other,
            when,
        }
    }

    /// The same row where its set's verdict does not go beside it.
    pub(crate) fn without_verdict(self) -> Self {
        match self.when {
            When::WithVerdict => Self { when: When::Trusted, ..self },
            _ => self,
        }
    }

    /// Whether this row, sent under the name of another, is the same part of a verdict.
    pub(crate) fn is_verdict_for(&self, other: &Self) -> bool {
        self.field == other.field && matches!(self.when, When::Always | When::WithVerdict)
    }

    /// Whether the row is sent for this client.
    pub(crate) fn is_for(&self, client: &ClientCertificate) -> bool {
        match self.when {
            When::Always | When::WithVerdict => true,
            When::Trusted => client.is_trusted(),
            When::TrustedOrNone => client.is_trusted() || !client.is_presented(),
        }
    }
}

/// Whether a reader of these fields can tell a trusted client from the others, revoked ones above all.
pub(crate) fn tells_verdict(fields: impl Iterator<Item = Field> + Clone) -> bool {
    let any = |is: fn(&Field) -> bool| fields.clone().any(|field| is(&field));
    any(|field| matches!(field, Field::Verdict(_)))
        || any(|field| matches!(field, Field::Verified | Field::VerifiedFlag(_)))
            && any(|field| matches!(field, Field::Revoked(_)))
}
