//! A method for each property that is text.

use super::{Property, TlsClientAuth};

macro_rules! text_properties {
    ($($(#[$doc:meta])* $getter:ident: $property:ident;)*) => {
        impl TlsClientAuth {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $getter(&self) -> &str {
                    self.text(Property::$property)
                }
            )*
        }
    };
}

text_properties! {
    /// `certPresented`: `1` or `0`.
    cert_presented: Presented;
    /// `certVerified`: `SUCCESS`, `NONE`, or `FAILED:unable to get local issuer certificate`.
    cert_verified: Verified;
    /// `certRevoked`: `1` if the certificate is known to be revoked and did not fail verification, otherwise `0`.
    cert_revoked: Revoked;
    /// `certIssuerDN`: the RFC 2253 form, `CN=Access Testing CA,OU=TX,O=Access Testing,C=US`.
    cert_issuer_dn: IssuerDn;
    /// `certSubjectDN`: the RFC 2253 form, `CN=client.example,O=Example Corp,C=DE`. See [`Name::rfc2253`](crate::x509::Name::rfc2253) for
    /// the two kinds of names that print alike.
    cert_subject_dn: SubjectDn;
    /// `certIssuerDNRFC2253`: the same as `certIssuerDN`.
    cert_issuer_dn_rfc2253: IssuerDnRfc2253;
    /// `certSubjectDNRFC2253`: the same as `certSubjectDN`.
    cert_subject_dn_rfc2253: SubjectDnRfc2253;
    /// `certIssuerDNLegacy`: `/C=US/O=Access Testing/OU=TX/CN=Access Testing CA`. For display only.
    cert_issuer_dn_legacy: IssuerDnLegacy;
    /// `certSubjectDNLegacy`: the same form, `/C=US/O=Example/CN=client`. For display only.
    cert_subject_dn_legacy: SubjectDnLegacy;
    /// `certSerial`: upper-case hex, `527E0F20A20EA2A4146C78390F34CE7AF0878CA4`, without a sign byte, as nginx prints it.
    cert_serial: Serial;
    /// `certIssuerSerial`: the serial number of the issuer's certificate in upper-case hex, `01`, from
    /// [`verified_issuer`](crate::ClientCertificate::verified_issuer) if set, otherwise from the leaf's authority key identifier.
    cert_issuer_serial: IssuerSerial;
    /// `certSKI`: the subject key identifier in upper-case hex, `27846FAE6EAC4A8DAD9101B519CF1EB460242831`.
    cert_ski: Ski;
    /// `certIssuerSKI`: the issuer's subject key identifier in upper-case hex, from the same sources.
    cert_issuer_ski: IssuerSki;
    /// `certFingerprintSHA1`: lower-case hex, 40 digits, `4224ef99…`. For lookups only.
    cert_fingerprint_sha1: FingerprintSha1;
    /// `certFingerprintSHA256`: lower-case hex, 64 digits, `73c94b97…`. For allow-lists, not for deny-lists:
    /// see [`Certificate::sha256`](crate::x509::Certificate::sha256).
    cert_fingerprint_sha256: FingerprintSha256;
    /// `certNotBefore`: `Mar 21 13:35:00 2022 GMT`, the day padded with a space.
    cert_not_before: NotBefore;
    /// `certNotAfter`: the same form, `Mar 21 13:35:00 2032 GMT`.
    cert_not_after: NotAfter;
    /// `certRFC9440`: `:` base64 of the DER `:`, `:MIIB7jCC…:` (RFC 9440 §2.2). Empty if it exceeds 10 KiB or another
    /// [limit](crate::field::Limits::encoded_leaf).
    cert_rfc9440: Rfc9440;
    /// `certChainRFC9440`: `:MIIB…:, :MIIC…:`, the certificates after the leaf as sent (RFC 9440 §2.3). Empty if it exceeds 16 KiB or
    /// another [limit](crate::field::Limits::encoded_chain).
    cert_chain_rfc9440: ChainRfc9440;
}
