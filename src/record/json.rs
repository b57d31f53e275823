//! Feature `serde`: the record as the JSON of `request.cf.tlsClientAuth`, both ways.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::client::ClientCertificate;
use crate::client::Verification;
use crate::encoding;
use crate::field::Reading;
use crate::field::stated::Stated;
use crate::record::{Property, TlsClientAuth};
use crate::x509::Dialect;

/// Declares the object, its conversion from a record, and its texts in the order of [`Property::ALL`]. A text that can exceed its limit is
/// followed by its flag.
macro_rules! object {
    ($($(#[$attribute:meta])* $member:ident: $property:ident
        $(, $(#[$of_flag:meta])* $flag:ident)?;)+) => {
        #[derive(Deserialize, Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Object<'a> {
            $(
                #[serde(borrow)]
                $(#[$attribute])*
                $member: Cow<'a, str>,
                $($(#[$of_flag])* $flag: bool,)?
            )+
        }

        impl<'a> Object<'a> {
            fn of(auth: &'a TlsClientAuth) -> Self {
                Self {$(
                    $member: Cow::Borrowed(auth.text(Property::$property)),
                    $($flag: auth.$flag(),)?
                )+}
            }

            fn texts(&self) -> [&str; Property::ALL.len()] {
                [$(&self.$member),+]
            }
        }
    };
}

object! {
    cert_presented: Presented;
    cert_verified: Verified;
    cert_revoked: Revoked;
    #[serde(rename = "certIssuerDN")]
    cert_issuer_dn: IssuerDn;
    #[serde(rename = "certSubjectDN")]
    cert_subject_dn: SubjectDn;
    #[serde(rename = "certIssuerDNRFC2253")]
    cert_issuer_dn_rfc2253: IssuerDnRfc2253;
    #[serde(rename = "certSubjectDNRFC2253")]
    cert_subject_dn_rfc2253: SubjectDnRfc2253;
    #[serde(rename = "certIssuerDNLegacy")]
    cert_issuer_dn_legacy: IssuerDnLegacy;
    #[serde(rename = "certSubjectDNLegacy")]
    cert_subject_dn_legacy: SubjectDnLegacy;
    cert_serial: Serial;
    cert_issuer_serial: IssuerSerial;
    #[serde(rename = "certSKI")]
    cert_ski: Ski;
    #[serde(rename = "certIssuerSKI")]
    cert_issuer_ski: IssuerSki;
    #[serde(rename = "certFingerprintSHA1")]
    cert_fingerprint_sha1: FingerprintSha1;
    #[serde(rename = "certFingerprintSHA256")]
    cert_fingerprint_sha256: FingerprintSha256;
    cert_not_before: NotBefore;
    cert_not_after: NotAfter;
    #[serde(rename = "certRFC9440", default)]
    cert_rfc9440: Rfc9440,
        #[serde(rename = "certRFC9440TooLarge", default)] cert_rfc9440_too_large;
    #[serde(rename = "certChainRFC9440", default)]
    cert_chain_rfc9440: ChainRfc9440,
        #[serde(rename = "certChainRFC9440TooLarge", default)] cert_chain_rfc9440_too_large;
}

/// Accepts an object with named members only; serde's derived code would also accept a list of values.
pub(crate) struct Named<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NamedVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for NamedVisitor<T> {
            type Value = T;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        // Other formats identify members by their order only.
        if deserializer.is_human_readable() {
            deserializer.deserialize_map(NamedVisitor(PhantomData)).map(Self)
        } else {
            T::deserialize(deserializer).map(Self)
        }
    }
}

/// Writes the JSON of Cloudflare's `request.cf.tlsClientAuth`, with the same property order.
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
        Object::of(self).serialize(serializer)
    }
}

/// Reads the JSON of `request.cf.tlsClientAuth`. The certificate and its chain are read from `certRFC9440` and `certChainRFC9440` if
/// present; the texts are kept as they are.
///
/// Fails if a property is missing (except the four of RFC 9440, which were added later), is not printable ASCII or is not one of its
/// defined values; if a text or a digest is not that of the certificate in `certRFC9440`, in either library's spelling, which the
/// record keeps; and if there are texts although no certificate was presented. Without the certificate, and for the issuer's serial
/// number and key identifier, which are not in the leaf, a text must have its property's form, and the three properties of one name
/// must agree. A `…TooLarge` of `true` beside the value itself is an error.
impl<'de> Deserialize<'de> for TlsClientAuth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Named(object) = Named::<Object<'_>>::deserialize(deserializer)?;
        let texts = object.texts();
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
            D::Error::custom("tlsClientAuth: certVerified is not a verification result")
        })?;
        let invalid = |name| {
            D::Error::custom(format_args!("tlsClientAuth: {name} is not in the form of RFC 9440"))
        };
        let sequence = |text: &str| encoding::decode_byte_sequence(text.as_bytes());
        for (name, too_large, text) in [
            ("certRFC9440TooLarge", object.cert_rfc9440_too_large, &object.cert_rfc9440),
            (
                "certChainRFC9440TooLarge",
                object.cert_chain_rfc9440_too_large,
                &object.cert_chain_rfc9440,
            ),
        ] {
            if too_large && (!presented || !text.is_empty()) {
                return Err(D::Error::custom(format_args!(
                    "tlsClientAuth: {name} is true, but the value is present or no certificate was"
                )));
            }
        }
        if let Some(name) = not_in_its_form(&texts) {
            return Err(D::Error::custom(format_args!(
                "tlsClientAuth: {name} is not in its form, or contradicts another property"
            )));
        }
        let client = if presented {
            let leaf = match &*object.cert_rfc9440 {
                "" => Vec::new(),
                text => sequence(text).ok_or_else(|| invalid("certRFC9440"))?,
            };
            let chain = match &*object.cert_chain_rfc9440 {
                "" => Vec::new(),
                text => text
                    .split(", ")
                    .map(sequence)
                    .collect::<Option<Vec<_>>>()
                    .ok_or_else(|| invalid("certChainRFC9440"))?,
            };
            let client = match known_sha256(&object.cert_fingerprint_sha256) {
                Some(digest) if leaf.is_empty() => {
                    ClientCertificate::known_by_sha256(digest, verification)
                }
                _ => ClientCertificate::presented(leaf, verification),
            };
            let client = client.chain(chain);
            of_the_certificate(client.revoked(revoked), &texts).map_err(|name| {
                D::Error::custom(format_args!(
                    "tlsClientAuth: {name} is not that of the certificate in certRFC9440"
                ))
            })?
        } else if verification != Verification::None || revoked {
            return Err(D::Error::custom(
                "tlsClientAuth: there is a verdict, but no certificate was presented",
            ));
        } else if texts.iter().skip(3).any(|text| !text.is_empty()) {
            return Err(D::Error::custom(
                "tlsClientAuth: there is a text, but no certificate was presented",
            ));
        } else {
            ClientCertificate::none()
        };
        let length = texts.iter().map(|text| text.len()).fold(0, usize::saturating_add);
        let too_large = [object.cert_rfc9440_too_large, object.cert_chain_rfc9440_too_large];
        Ok(Self::from_texts(client, length, too_large, |_, property, out| {
            out.extend_from_slice(text_of(&texts, property).as_bytes());
        }))
    }
}

/// Returns the name of a property with a text that no certificate has, or that differs from its twin. With a leaf, only those of the
/// issuer are checked here. A legacy name with an escape of HAProxy's is not compared with the other form of the same name.
fn not_in_its_form(texts: &[&str; Property::ALL.len()]) -> Option<&'static str> {
    let reading = Reading::default();
    let mut stated = Stated::new(Dialect::BoringSsl);
    let is_known = !text_of(texts, Property::Rfc9440).is_empty();
    let of_the_leaf = OF_THE_LEAF.into_iter().filter(|_| !is_known);
    of_the_leaf.chain(OF_THE_ISSUER).find_map(|(property, name)| {
        let text = text_of(texts, property);
        // The same form under two names.
        let twin = match property {
            Property::IssuerDnRfc2253 => text_of(texts, Property::IssuerDn),
            Property::SubjectDnRfc2253 => text_of(texts, Property::SubjectDn),
            _ => text,
        };
        let is_in_form = match property {
            _ if text != twin => false,
            _ if text.is_empty() => return None,
            Property::IssuerDnLegacy | Property::SubjectDnLegacy => text.starts_with('/'),
            Property::FingerprintSha1 => text.len() == 40,
            Property::FingerprintSha256 => text.len() == 64,
            _ => !text.starts_with('/'),
        };
        let is_haproxys = text.as_bytes().windows(3).any(|three| {
            matches!(three, [b'%', digits @ ..] if digits.iter().all(u8::is_ascii_hexdigit))
        });
        let is_legacy = matches!(property, Property::IssuerDnLegacy | Property::SubjectDnLegacy);
        let is_read = is_legacy && is_haproxys
            || property.field().read(text.as_bytes(), &reading, &mut stated).is_ok();
        (!is_in_form || !is_read).then_some(name)
    })
}

fn text_of<'t>(texts: &[&'t str; Property::ALL.len()], property: Property) -> &'t str {
    texts.get(property.index()).copied().unwrap_or_default()
}

const OF_THE_ISSUER: [(Property, &str); 2] =
    [(Property::IssuerSerial, "certIssuerSerial"), (Property::IssuerSki, "certIssuerSKI")];

/// The properties that follow from the leaf.
const OF_THE_LEAF: [(Property, &str); 12] = [
    (Property::IssuerDn, "certIssuerDN"),
    (Property::SubjectDn, "certSubjectDN"),
    (Property::IssuerDnRfc2253, "certIssuerDNRFC2253"),
    (Property::SubjectDnRfc2253, "certSubjectDNRFC2253"),
    (Property::IssuerDnLegacy, "certIssuerDNLegacy"),
    (Property::SubjectDnLegacy, "certSubjectDNLegacy"),
    (Property::Serial, "certSerial"),
    (Property::Ski, "certSKI"),
    (Property::FingerprintSha1, "certFingerprintSHA1"),
    (Property::FingerprintSha256, "certFingerprintSHA256"),
    (Property::NotBefore, "certNotBefore"),
    (Property::NotAfter, "certNotAfter"),
];

/// The client in the dialect of these texts, if all of them are its certificate's; otherwise the name of one that is not.
fn of_the_certificate(
    client: ClientCertificate,
    texts: &[&str; Property::ALL.len()],
) -> Result<ClientCertificate, &'static str> {
    if client.leaf().is_none() {
        return Ok(client);
    }
    let wrong = |client: &ClientCertificate| {
        let own = TlsClientAuth::new(client);
        let differs = |property| text_of(texts, property) != own.text(property);
        OF_THE_LEAF.into_iter().find_map(|(property, name)| differs(property).then_some(name))
    };
    let openssl = client.clone().dialect(Dialect::OpenSsl);
    match wrong(&client) {
        None => Ok(client),
        Some(_) if wrong(&openssl).is_none() => Ok(openssl),
        Some(name) => Err(name),
    }
}

fn known_sha256(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest).ok().map(|()| digest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned as _;
    use alloc::string::String;

    use crate::client::VerifyError;
    use crate::x509::Error;

    const DER: &[u8] = include_bytes!("../../tests/fixtures/san_all.der");

    fn json(client: &ClientCertificate) -> String {
        serde_json::to_string(&TlsClientAuth::new(client)).unwrap()
    }

    #[test]
    fn a_record_equals_itself_after_a_round_trip() -> Result<(), Error> {
        let client = ClientCertificate::presented(DER, Verification::Success).chain([DER]);
        let clients = [
            client.clone(),
            client.clone().revoked(true),
            client.dialect(Dialect::BoringSsl),
            ClientCertificate::presented(DER, VerifyError::CertHasExpired.into()),
            ClientCertificate::presented(DER, Verification::from_text("FAILED").unwrap()),
            ClientCertificate::presented(DER, Verification::from_text("FAILED:").unwrap()),
            ClientCertificate::presented([], Verification::Success),
            ClientCertificate::known_by_sha256([0xab; 32], Verification::Success),
            ClientCertificate::none(),
        ];
        for client in clients {
            let read: TlsClientAuth = serde_json::from_str(&json(&client)).unwrap();
            assert_eq!(read, TlsClientAuth::new(&client));
            if client.leaf().is_some() {
                assert_eq!(read.certificate()?.as_der(), DER);
            }
        }
        Ok(())
    }

    #[test]
    fn the_names_of_a_certificate_are_accepted_in_either_dialect() {
        let der = &include_bytes!("../../tests/fixtures/inj_legacy_slash.der")[..];
        for dialect in [Dialect::BoringSsl, Dialect::OpenSsl] {
            let client = ClientCertificate::presented(der, Verification::Success).dialect(dialect);
            let read: TlsClientAuth = serde_json::from_str(&json(&client)).unwrap();
            assert_eq!(read, TlsClientAuth::new(&client), "{dialect:?}");
        }
    }

    #[test]
    fn texts_of_another_certificate_are_rejected() {
        let good = json(&ClientCertificate::presented(DER, Verification::Success));
        let mut refused = 0;
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&good).unwrap();
        for (name, value) in &object {
            let unchecked = ["certVerified", "certRevoked", "certIssuerSerial", "certIssuerSKI"];
            let too_large = name.ends_with("TooLarge") || name == "certChainRFC9440";
            if unchecked.contains(&name.as_str()) || too_large || value == "" {
                continue;
            }
            let mut forged = object.clone();
            forged.insert(name.clone(), "forged".into());
            let read = serde_json::from_value::<TlsClientAuth>(forged.into());
            let message = read.unwrap_err().to_string();
            assert!(
                message.starts_with("tlsClientAuth: ") && !message.contains("forged"),
                "{name}"
            );
            refused += 1;
        }
        assert!(refused > 10, "{refused}");
        let nobody = json(&ClientCertificate::none());
        let named = nobody.replace(r#""certSubjectDN":"""#, r#""certSubjectDN":"CN=admin""#);
        assert_ne!(named, nobody.to_owned());
        assert!(serde_json::from_str::<TlsClientAuth>(&named).is_err());
    }
}
