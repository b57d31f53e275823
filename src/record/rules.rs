//! The record as fields of Cloudflare's rules language.

use core::fmt;

use super::{Property, TlsClientAuth};

/// The value of a field of the rules language.
///
/// ```
/// use tls_client_auth::record::RuleValue;
/// use tls_client_auth::{ClientCertificate, TlsClientAuth};
///
/// let auth = TlsClientAuth::new(&ClientCertificate::none());
/// assert_eq!(auth.rule_field("cf.tls_client_auth.cert_revoked"), Some(RuleValue::Boolean(false)));
/// assert_eq!(auth.rule_field("cf.tls_client_auth.cert_subject_dn"), Some(RuleValue::Text("")));
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the types of the 21 fields")]
pub enum RuleValue<'a> {
    /// A Boolean.
    Boolean(bool),
    /// A String; empty if there is no value.
    Text(&'a str),
}

/// Prints the size of a text, not the text, which comes from the client.
impl fmt::Debug for RuleValue<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => write!(formatter, "Boolean({value})"),
            Self::Text(text) => write!(formatter, "Text({} bytes)", text.len()),
        }
    }
}

/// The source of a field's value.
#[derive(Clone, Copy)]
enum Source {
    Presented,
    Verified,
    Revoked,
    Rfc9440TooLarge,
    ChainRfc9440TooLarge,
    Text(Property),
}

/// All fields, in the order of Cloudflare's object.
const FIELDS: [(&str, Source); 21] = [
    ("cf.tls_client_auth.cert_presented", Source::Presented),
    ("cf.tls_client_auth.cert_verified", Source::Verified),
    ("cf.tls_client_auth.cert_revoked", Source::Revoked),
    ("cf.tls_client_auth.cert_issuer_dn", Source::Text(Property::IssuerDn)),
    ("cf.tls_client_auth.cert_subject_dn", Source::Text(Property::SubjectDn)),
    ("cf.tls_client_auth.cert_issuer_dn_rfc2253", Source::Text(Property::IssuerDnRfc2253)),
    ("cf.tls_client_auth.cert_subject_dn_rfc2253", Source::Text(Property::SubjectDnRfc2253)),
    ("cf.tls_client_auth.cert_issuer_dn_legacy", Source::Text(Property::IssuerDnLegacy)),
    ("cf.tls_client_auth.cert_subject_dn_legacy", Source::Text(Property::SubjectDnLegacy)),
    ("cf.tls_client_auth.cert_serial", Source::Text(Property::Serial)),
    ("cf.tls_client_auth.cert_issuer_serial", Source::Text(Property::IssuerSerial)),
    ("cf.tls_client_auth.cert_ski", Source::Text(Property::Ski)),
    ("cf.tls_client_auth.cert_issuer_ski", Source::Text(Property::IssuerSki)),
    ("cf.tls_client_auth.cert_fingerprint_sha1", Source::Text(Property::FingerprintSha1)),
    ("cf.tls_client_auth.cert_fingerprint_sha256", Source::Text(Property::FingerprintSha256)),
    ("cf.tls_client_auth.cert_not_before", Source::Text(Property::NotBefore)),
    ("cf.tls_client_auth.cert_not_after", Source::Text(Property::NotAfter)),
    ("cf.tls_client_auth.cert_rfc9440", Source::Text(Property::Rfc9440)),
    ("cf.tls_client_auth.cert_rfc9440_too_large", Source::Rfc9440TooLarge),
    ("cf.tls_client_auth.cert_chain_rfc9440", Source::Text(Property::ChainRfc9440)),
    ("cf.tls_client_auth.cert_chain_rfc9440_too_large", Source::ChainRfc9440TooLarge),
];

impl TlsClientAuth {
    /// The 21 `cf.tls_client_auth` fields of Cloudflare's rules language with their values, in the order of Cloudflare's object, for
    /// an engine that evaluates rules (`examples/rules` runs Cloudflare's own).
    ///
    /// `cert_verified` is true for a presented certificate that verified, also if it is revoked: a rule must check `cert_revoked`
    /// too.
    ///
    /// ```
    /// use tls_client_auth::record::RuleValue;
    /// use tls_client_auth::{ClientCertificate, TlsClientAuth};
    ///
    /// let auth = TlsClientAuth::new(&ClientCertificate::none());
    /// let (name, value) = auth.rule_fields().next().unwrap();
    /// assert_eq!((name, value), ("cf.tls_client_auth.cert_presented", RuleValue::Boolean(false)));
    /// ```
    #[must_use]
    pub fn rule_fields(&self) -> impl ExactSizeIterator<Item = (&'static str, RuleValue<'_>)> {
        FIELDS.iter().map(|(name, source)| (*name, self.rule_value(*source)))
    }

    /// The value of one field by its full name; `None` for a name that is not one of the 21.
    ///
    /// ```
    /// use tls_client_auth::record::RuleValue;
    /// use tls_client_auth::{ClientCertificate, TlsClientAuth};
    ///
    /// let auth = TlsClientAuth::new(&ClientCertificate::none());
    /// assert_eq!(auth.rule_field("cf.tls_client_auth.cert_serial"), Some(RuleValue::Text("")));
    /// assert_eq!(auth.rule_field("cert_serial"), None);
    /// ```
    #[must_use]
    pub fn rule_field(&self, name: &str) -> Option<RuleValue<'_>> {
        let (_, source) = FIELDS.iter().find(|(field, _)| *field == name)?;
        Some(self.rule_value(*source))
    }

    fn rule_value(&self, source: Source) -> RuleValue<'_> {
        match source {
            Source::Presented => RuleValue::Boolean(self.is_presented()),
            Source::Verified => RuleValue::Boolean(self.is_presented() && self.is_verified()),
            Source::Revoked => RuleValue::Boolean(self.is_revoked()),
            Source::Rfc9440TooLarge => RuleValue::Boolean(self.cert_rfc9440_too_large()),
            Source::ChainRfc9440TooLarge => RuleValue::Boolean(self.cert_chain_rfc9440_too_large()),
            Source::Text(property) => RuleValue::Text(self.text(property)),
        }
    }

    fn is_verified(&self) -> bool {
        *self.verification() == crate::client::Verification::Success
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{ClientCertificate, Verification, VerifyError};
    use RuleValue::{Boolean, Text};
    use alloc::vec::Vec;

    const DER: &[u8] = include_bytes!("../../tests/fixtures/plain.der");

    #[test]
    fn fields_have_the_values_of_the_record() {
        let client = ClientCertificate::presented(DER, Verification::Success).chain([DER]);
        let auth = TlsClientAuth::new(&client);
        let expected = [
            ("cert_presented", Boolean(true)),
            ("cert_verified", Boolean(true)),
            ("cert_revoked", Boolean(false)),
            ("cert_issuer_dn", Text(auth.cert_issuer_dn())),
            ("cert_subject_dn", Text(auth.cert_subject_dn())),
            ("cert_issuer_dn_rfc2253", Text(auth.cert_issuer_dn_rfc2253())),
            ("cert_subject_dn_rfc2253", Text(auth.cert_subject_dn_rfc2253())),
            ("cert_issuer_dn_legacy", Text(auth.cert_issuer_dn_legacy())),
            ("cert_subject_dn_legacy", Text(auth.cert_subject_dn_legacy())),
            ("cert_serial", Text(auth.cert_serial())),
            ("cert_issuer_serial", Text(auth.cert_issuer_serial())),
            ("cert_ski", Text(auth.cert_ski())),
            ("cert_issuer_ski", Text(auth.cert_issuer_ski())),
            ("cert_fingerprint_sha1", Text(auth.cert_fingerprint_sha1())),
            ("cert_fingerprint_sha256", Text(auth.cert_fingerprint_sha256())),
            ("cert_not_before", Text(auth.cert_not_before())),
            ("cert_not_after", Text(auth.cert_not_after())),
            ("cert_rfc9440", Text(auth.cert_rfc9440())),
            ("cert_rfc9440_too_large", Boolean(false)),
            ("cert_chain_rfc9440", Text(auth.cert_chain_rfc9440())),
            ("cert_chain_rfc9440_too_large", Boolean(false)),
        ];
        let fields: Vec<_> = auth.rule_fields().collect();
        assert_eq!(fields.len(), expected.len());
        for ((name, value), (expected_name, expected_value)) in fields.into_iter().zip(expected) {
            assert_eq!(name.strip_prefix("cf.tls_client_auth."), Some(expected_name));
            assert_eq!(value, expected_value, "{name}");
            assert_eq!(auth.rule_field(name), Some(value), "{name}");
        }
    }

    #[test]
    fn flags_for_each_kind_of_client() {
        let presented = |verification| ClientCertificate::presented(DER, verification);
        let failed = presented(VerifyError::CertHasExpired.into());
        let cases = [
            ("none", ClientCertificate::none(), [false, false, false]),
            ("verified", presented(Verification::Success), [true, true, false]),
            ("revoked", presented(Verification::Success).revoked(true), [true, true, true]),
            ("failed", failed, [true, false, false]),
            ("not verified", presented(Verification::None), [true, false, false]),
        ];
        for (case, client, expected) in cases {
            let auth = TlsClientAuth::new(&client);
            let flag = |name| auth.rule_field(name);
            let flags = [
                flag("cf.tls_client_auth.cert_presented"),
                flag("cf.tls_client_auth.cert_verified"),
                flag("cf.tls_client_auth.cert_revoked"),
            ];
            assert_eq!(flags, expected.map(|flag| Some(Boolean(flag))), "{case}");
        }
    }

    #[test]
    fn certificates_over_their_limits_are_reported() {
        use crate::field::Limits;
        let client = ClientCertificate::presented(DER, Verification::Success).chain([DER]);
        let limits = Limits::new().encoded_leaf(10).encoded_chain(10);
        let auth = TlsClientAuth::with_limits(&client, limits);
        for name in ["cert_rfc9440", "cert_chain_rfc9440"] {
            let name = alloc::format!("cf.tls_client_auth.{name}");
            assert_eq!(auth.rule_field(&name), Some(Text("")));
            assert_eq!(auth.rule_field(&(name + "_too_large")), Some(Boolean(true)));
        }
    }
}
