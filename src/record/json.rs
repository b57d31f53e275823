//! Feature `serde`: the record as the JSON of `request.cf.tlsClientAuth`, both ways.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::client::ClientCertificate;
use crate::client::Verification;
use crate::record::{Property, TlsClientAuth};

/// The object, in Cloudflare's order and spelling.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    #[serde(borrow)]
    cert_presented: Cow<'a, str>,
    #[serde(borrow)]
    cert_verified: Cow<'a, str>,
    #[serde(borrow)]
    cert_revoked: Cow<'a, str>,
    #[serde(borrow, rename = "certIssuerDN")]
    cert_issuer_dn: Cow<'a, str>,
    #[serde(borrow, rename = "certSubjectDN")]
    cert_subject_dn: Cow<'a, str>,
    #[serde(borrow, rename = "certIssuerDNRFC2253")]
    cert_issuer_dn_rfc2253: Cow<'a, str>,
    #[serde(borrow, rename = "certSubjectDNRFC2253")]
    cert_subject_dn_rfc2253: Cow<'a, str>,
    #[serde(borrow, rename = "certIssuerDNLegacy")]
    cert_issuer_dn_legacy: Cow<'a, str>,
    #[serde(borrow, rename = "certSubjectDNLegacy")]
    cert_subject_dn_legacy: Cow<'a, str>,
    #[serde(borrow)]
    cert_serial: Cow<'a, str>,
    #[serde(borrow)]
    cert_issuer_serial: Cow<'a, str>,
    #[serde(borrow, rename = "certSKI")]
    cert_ski: Cow<'a, str>,
    #[serde(borrow, rename = "certIssuerSKI")]
    cert_issuer_ski: Cow<'a, str>,
    #[serde(borrow, rename = "certFingerprintSHA1")]
    cert_fingerprint_sha1: Cow<'a, str>,
    #[serde(borrow, rename = "certFingerprintSHA256")]
    cert_fingerprint_sha256: Cow<'a, str>,
    #[serde(borrow)]
    cert_not_before: Cow<'a, str>,
    #[serde(borrow)]
    cert_not_after: Cow<'a, str>,
    #[serde(borrow, rename = "certRFC9440", default)]
    cert_rfc9440: Cow<'a, str>,
    #[serde(rename = "certRFC9440TooLarge", default)]
    cert_rfc9440_too_large: bool,
    #[serde(borrow, rename = "certChainRFC9440", default)]
    cert_chain_rfc9440: Cow<'a, str>,
    #[serde(rename = "certChainRFC9440TooLarge", default)]
    cert_chain_rfc9440_too_large: bool,
}

/// Exactly the JSON of Cloudflare's `request.cf.tlsClientAuth`, property order included.
///
/// ```
/// use tls_client_auth::{ClientCertificate, TlsClientAuth};
///
/// let nobody = TlsClientAuth::new(&ClientCertificate::none());
/// let json = serde_json::to_string(&nobody)?;
/// assert!(json.starts_with(r#"{"certPresented":"0","certVerified":"NONE","certRevoked":"0","certIssuerDN":"","#));
/// assert_eq!(serde_json::from_str::<TlsClientAuth>(&json)?, nobody);
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Serialize for TlsClientAuth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = |property| Cow::Borrowed(self.text(property));
        Object {
            cert_presented: text(Property::Presented),
            cert_verified: text(Property::Verified),
            cert_revoked: text(Property::Revoked),
            cert_issuer_dn: text(Property::IssuerDn),
            cert_subject_dn: text(Property::SubjectDn),
            cert_issuer_dn_rfc2253: text(Property::IssuerDnRfc2253),
            cert_subject_dn_rfc2253: text(Property::SubjectDnRfc2253),
            cert_issuer_dn_legacy: text(Property::IssuerDnLegacy),
            cert_subject_dn_legacy: text(Property::SubjectDnLegacy),
            cert_serial: text(Property::Serial),
            cert_issuer_serial: text(Property::IssuerSerial),
            cert_ski: text(Property::Ski),
            cert_issuer_ski: text(Property::IssuerSki),
            cert_fingerprint_sha1: text(Property::FingerprintSha1),
            cert_fingerprint_sha256: text(Property::FingerprintSha256),
            cert_not_before: text(Property::NotBefore),
            cert_not_after: text(Property::NotAfter),
            cert_rfc9440: text(Property::Rfc9440),
            cert_rfc9440_too_large: self.cert_rfc9440_too_large(),
            cert_chain_rfc9440: text(Property::ChainRfc9440),
            cert_chain_rfc9440_too_large: self.cert_chain_rfc9440_too_large(),
        }
        .serialize(serializer)
    }
}

/// Reads that JSON. The certificate and its chain come back from `certRFC9440` and `certChainRFC9440` where they are there; the
/// texts stay as they stand.
///
/// Fails where a property is missing (the four of RFC 9440, which came later, may be), is no printable ASCII, or is none of its few values.
impl<'de> Deserialize<'de> for TlsClientAuth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = Object::deserialize(deserializer)?;
        let texts: [&str; Property::ALL.len()] = [
            &object.cert_presented,
            &object.cert_verified,
            &object.cert_revoked,
            &object.cert_issuer_dn,
            &object.cert_subject_dn,
            &object.cert_issuer_dn_rfc2253,
            &object.cert_subject_dn_rfc2253,
            &object.cert_issuer_dn_legacy,
            &object.cert_subject_dn_legacy,
            &object.cert_serial,
            &object.cert_issuer_serial,
            &object.cert_ski,
            &object.cert_issuer_ski,
            &object.cert_fingerprint_sha1,
            &object.cert_fingerprint_sha256,
            &object.cert_not_before,
            &object.cert_not_after,
            &object.cert_rfc9440,
            &object.cert_chain_rfc9440,
        ];
        if texts.iter().any(|text| !text.bytes().all(|byte| matches!(byte, b' '..=b'~'))) {
            return Err(D::Error::custom("tlsClientAuth: a property is not printable ASCII"));
        }
        let flag = |name, text: &str| match text {
            "1" => Ok(true),
            "0" => Ok(false),
            _ => Err(D::Error::custom(format_args!(
                "tlsClientAuth: {name} is neither \"1\" nor \"0\""
            ))),
        };
        let presented = flag("certPresented", &object.cert_presented)?;
        let revoked = flag("certRevoked", &object.cert_revoked)?;
        let verification = Verification::from_text(&object.cert_verified).ok_or_else(|| {
            D::Error::custom("tlsClientAuth: certVerified is no outcome of verification")
        })?;
        let invalid = |name| {
            D::Error::custom(format_args!("tlsClientAuth: {name} is not in the form of RFC 9440"))
        };
        let client = if presented {
            let leaf = match &*object.cert_rfc9440 {
                "" => Vec::new(),
                text => byte_sequence(text).ok_or_else(|| invalid("certRFC9440"))?,
            };
            let chain = match &*object.cert_chain_rfc9440 {
                "" => Vec::new(),
                text => text
                    .split(", ")
                    .map(byte_sequence)
                    .collect::<Option<Vec<_>>>()
                    .ok_or_else(|| invalid("certChainRFC9440"))?,
            };
            ClientCertificate::presented(leaf, verification).chain(chain).revoked(revoked)
        } else if verification == Verification::None && !revoked {
            ClientCertificate::none()
        } else {
            return Err(D::Error::custom(
                "tlsClientAuth: a verdict on a certificate that was not presented",
            ));
        };
        Ok(Self::from_texts(
            &texts,
            client,
            object.cert_rfc9440_too_large,
            object.cert_chain_rfc9440_too_large,
        ))
    }
}

fn byte_sequence(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.strip_prefix(':')?.strip_suffix(':')?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::Error;

    #[test]
    fn a_record_equals_itself_after_a_round_trip() -> Result<(), Error> {
        let der = &include_bytes!("../../tests/fixtures/san_all.der")[..];
        let client = ClientCertificate::presented(der, Verification::Success).chain([der]);
        let record = TlsClientAuth::new(&client);
        let json = serde_json::to_string(&record).unwrap();
        let read: TlsClientAuth = serde_json::from_str(&json).unwrap();
        assert_eq!(read, record);
        assert_eq!(read.certificate()?.as_der(), der);
        Ok(())
    }
}
