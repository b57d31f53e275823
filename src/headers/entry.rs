//! A row of a header set: its header name and field, and the clients for which it is sent.

use alloc::string::String;
use alloc::sync::Arc;

use super::name::HeaderName;
use crate::client::ClientCertificate;
use crate::field::{CertificateForm, Field, Sizes};
use crate::x509::Dialect;

/// A row of the table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Entry {
    pub(crate) name: HeaderName,
    pub(crate) field: Field,
    /// The row's fixed dialect; `None` for the certificate's.
    pub(crate) dialect: Option<Dialect>,
    /// The proxy's own identities, for [`Field::Xfcc`].
    pub(crate) by: Arc<[String]>,
    /// For a chain row, the form of the set's leaf: a chain is not sent without its leaf.
    pub(crate) leaf: Option<CertificateForm>,
    /// Fixed text before and after the value.
    pub(crate) around: Option<Arc<[String; 2]>>,
    /// The size limits for certificates in the row.
    pub(crate) sizes: Sizes,
    pub(crate) when: When,
}

/// For which clients a row is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum When {
    /// For all, as the caller chose.
    Always,
    /// For all, because the set has a verdict.
    WithVerdict,
    /// For clients with a verified, unrevoked certificate.
    Trusted,
    /// For trusted clients, and for clients without a certificate.
    TrustedOrNone,
}

impl When {
    /// Whether it includes a client that is trusted, or has presented a certificate, or neither.
    #[inline]
    pub(super) const fn includes(self, is_trusted: bool, is_presented: bool) -> bool {
        match self {
            Self::Always | Self::WithVerdict => true,
            Self::Trusted => is_trusted,
            Self::TrustedOrNone => is_trusted || !is_presented,
        }
    }

    /// This or the other, whichever sends to fewer clients.
    pub(crate) const fn narrower(self, other: Self) -> Self {
        match (self, other) {
            (_, Self::Trusted) | (Self::Always | Self::WithVerdict, Self::TrustedOrNone) => other,
            _ => self,
        }
    }
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

    /// The row, as sent without its set's verdict.
    pub(crate) fn without_verdict(self) -> Self {
        match self.when {
            When::WithVerdict => Self { when: When::Trusted, ..self },
            _ => self,
        }
    }

    /// Whether this row states the same part of the verdict as the other.
    pub(crate) fn is_verdict_for(&self, other: &Self) -> bool {
        self.has_form_of(other) && matches!(self.when, When::Always | When::WithVerdict)
    }

    /// Whether this row has a certificate in the other's form, whenever the other has it.
    pub(crate) fn has_certificate_of(&self, other: &Self) -> bool {
        self.has_form_of(other) && self.sizes == other.sizes
    }

    fn has_form_of(&self, other: &Self) -> bool {
        self.field == other.field && self.around == other.around
    }

    /// Whether the row's value is an element of Envoy's list.
    pub(crate) const fn is_element(&self) -> bool {
        matches!(self.field, Field::Xfcc(_)) && self.around.is_none()
    }

    /// Whether the row is sent for this client.
    pub(crate) fn is_for(&self, client: &ClientCertificate) -> bool {
        self.when.includes(client.is_trusted(), client.is_presented())
    }
}

/// Whether these fields distinguish trusted clients from all others, revoked ones included.
pub(crate) fn tells_verdict(fields: impl Iterator<Item = Field> + Clone) -> bool {
    let any = |is: fn(&Field) -> bool| fields.clone().any(|field| is(&field));
    any(|field| matches!(field, Field::Verdict(_)))
        || any(|field| matches!(field, Field::Verified | Field::VerifiedFlag(_)))
            && any(|field| matches!(field, Field::Revoked(_)))
}
