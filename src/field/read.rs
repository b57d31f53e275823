//! Parses every field of a request into [`Stated`]. Each form has its parser beside its writer.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::certificate::Certificates;
use super::declared::Declared;
use super::stated::{Fact, Stated, Whose, hex_upper};
use super::{Field, ReceiveLimits, date, serial, traefik, xfcc};
use crate::encoding;

/// Options for parsing values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    pub(crate) limits: ReceiveLimits,
    /// The keys of Envoy's element, or Traefik's groups.
    pub(crate) declared: Declared,
    /// The caller's words for a verified certificate, instead of `SUCCESS`.
    pub(crate) verdict_words: Option<Vec<String>>,
    /// Whether `GENEROUS` is a verdict: Apache accepted a certificate without verifying it.
    pub(crate) generous: bool,
    /// Whether elements of earlier hops come before the nearest one's.
    pub(crate) appended: bool,
}

impl Field {
    /// Whether receivers parse the field. Fields that are only written hold nothing that the record has.
    pub(crate) const fn is_read_back(self) -> bool {
        match self {
            Self::Fixed
            | Self::Tls(_)
            | Self::Version
            | Self::RootSubject(_)
            | Self::DaysRemaining
            | Self::PublicKeySha256(_)
            | Self::PublicKeyBits
            | Self::PublicKeyBitsSha256(_)
            | Self::SubjectAltNames(_) => false,
            Self::Issuer(form) | Self::Subject(form) => form.is_read_back(),
            Self::SubjectAltName(form) => form.is_read_back(),
            _ => true,
        }
    }

    /// Whether the field belongs to the verdict, which is parsed first and separately.
    pub(crate) const fn is_beside_verdict(self) -> bool {
        self.is_of_verdict() || matches!(self, Self::Presented(_) | Self::Errors)
    }

    /// Whether the field contains the leaf.
    pub(crate) const fn has_leaf(self) -> bool {
        matches!(self, Self::Certificate(_) | Self::LeafAndChain(_) | Self::Xfcc(_))
    }

    /// Whether a proxy that sends the field sends the leaf; an XFCC element does if it has the key `Cert` or `Chain`.
    pub(crate) const fn sends_leaf(self) -> bool {
        match self {
            Self::Certificate(_) | Self::LeafAndChain(_) => true,
            Self::Xfcc(keys) => keys.cert || keys.chain,
            _ => false,
        }
    }

    /// Whether the field contains the leaf or a hash of it.
    pub(crate) const fn identifies(self) -> bool {
        self.has_leaf() || matches!(self, Self::Sha1(_) | Self::Sha256(_))
    }

    /// Whether the value can end with a certificate's text, and so with a space of it.
    pub(crate) const fn may_end_with_a_name(self) -> bool {
        match self {
            Self::Issuer(form) | Self::Subject(form) => !matches!(form, super::NameForm::Base64),
            Self::Xfcc(_) => true,
            field => field.is_bare_name(),
        }
    }

    /// Whether the value is a name as encoded in the certificate: any text is a name, none means absence.
    pub(crate) const fn is_bare_name(self) -> bool {
        matches!(self, Self::SubjectAltName(form) if form.is_bare())
    }

    /// Whether quotes around the value are ignored. A verdict is exact, and quotes are part of Envoy's grammar.
    pub(crate) const fn may_be_quoted(self) -> bool {
        !(self.is_of_verdict() || matches!(self, Self::Presented(_) | Self::Xfcc(_)))
    }

    /// The keys that the caller can declare.
    pub(crate) const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Xfcc(_) => &xfcc::KEYS,
            Self::TraefikInfo => &traefik::GROUPS,
            _ => &[],
        }
    }

    /// Parses the value into `stated`.
    pub(crate) fn read<'v>(
        self,
        value: &'v [u8],
        reading: &Reading,
        stated: &mut Stated<'v>,
    ) -> Result<(), ReceiveErrorKind> {
        let limits = &reading.limits;
        match self {
            Self::Certificate(form) => stated.leaf_and_chain(form.read(value, limits)?, limits),
            Self::Chain(form) => {
                stated.chain(form.read(value, limits.chain, limits)?.into_ders(), limits)
            }
            Self::LeafAndChain(form) => {
                let most = limits.chain.saturating_add(1);
                stated.leaf_and_chain(form.read(value, most, limits)?, limits)
            }
            Self::ChainCertificate(index, form) => match form.read(value, limits)? {
                Certificates { first: None, .. } => Ok(()),
                Certificates { first: Some(only), others } if others.is_empty() => {
                    stated.place(index, only.bytes, limits)
                }
                _ => Err(ReceiveErrorKind::TooManyCertificates),
            },
            Self::Xfcc(_) => xfcc::read(value, reading, stated),
            Self::TraefikInfo => traefik::read_info(value, &reading.declared, stated),
            Self::Subject(form) => form.read(Whose::Subject, value, stated),
            Self::Issuer(form) => form.read(Whose::Issuer, value, stated),
            Self::Serial(form) => form.read(value, stated),
            Self::IssuerSerial => serial::read_hex(Fact::IssuerSerial, value, stated),
            Self::SubjectKeyIdentifier => key_identifier(Fact::SubjectKeyIdentifier, value, stated),
            Self::IssuerSubjectKeyIdentifier => {
                key_identifier(Fact::IssuerSubjectKeyIdentifier, value, stated)
            }
            Self::Sha1(form) => stated.sha1(form.read(value)?),
            Self::Sha256(form) => stated.sha256(form.read(value)?),
            Self::NotBefore(form) => form.read(Fact::NotBefore, value, stated),
            Self::NotAfter(form) => form.read(Fact::NotAfter, value, stated),
            Self::Validity => date::read_validity(value, stated),
            Self::SubjectAltName(form) => form.read(value, stated),
            // Parsed before, with the verdict, or never parsed.
            Self::Presented(_)
            | Self::Verified
            | Self::VerifiedFlag(_)
            | Self::Revoked(_)
            | Self::Verdict(_)
            | Self::Errors
            | Self::Fixed
            | Self::Tls(_)
            | Self::Version
            | Self::RootSubject(_)
            | Self::DaysRemaining
            | Self::PublicKeySha256(_)
            | Self::PublicKeyBits
            | Self::PublicKeyBitsSha256(_)
            | Self::SubjectAltNames(_) => Ok(()),
        }
    }
}

fn key_identifier(
    fact: Fact,
    value: &[u8],
    stated: &mut Stated<'_>,
) -> Result<(), ReceiveErrorKind> {
    // The usual spelling is the record's.
    if encoding::is_hex_upper(value) {
        return stated.text(fact, value);
    }
    let identifier = encoding::decode_hex(value).ok_or(ReceiveErrorKind::Malformed)?;
    stated.text(fact, &hex_upper(&identifier))
}

/// The reason for which a header is rejected.
///
/// ```
/// use tls_client_auth::receive::ReceiveErrorKind;
/// use tls_client_auth::{Receiver, Unstated};
///
/// let nginx = |headers: &[(&str, &str)]| Receiver::nginx().receive(headers).unwrap_err().kind();
/// let verified = ("ssl-client-verify", "SUCCESS");
/// assert_eq!(nginx(&[verified, verified]), ReceiveErrorKind::Twice);
/// assert_eq!(nginx(&[("ssl_client_verify", "SUCCESS")]), ReceiveErrorKind::LookAlike);
/// assert_eq!(nginx(&[verified, ("ssl-client-s-dn", &"x".repeat(70_000))]), ReceiveErrorKind::TooLarge);
/// assert_eq!(nginx(&[("ssl-client-s-dn", "CN=a")]), ReceiveErrorKind::MissingVerdict);
/// assert_eq!(nginx(&[("ssl-client-verify", "yes")]), ReceiveErrorKind::NotAVerdict);
/// assert_eq!(nginx(&[verified, ("ssl-client-serial", "x")]), ReceiveErrorKind::Malformed);
/// assert_eq!(nginx(&[verified, ("ssl-client-escaped-cert", "MAA=")]), ReceiveErrorKind::NotACertificate);
/// let names = [verified, ("ssl-client-s-dn", "CN=a"), ("ssl-client-s-dn-legacy", "/CN=b")];
/// assert_eq!(nginx(&names), ReceiveErrorKind::Disagrees);
///
/// # use tls_client_auth::{ClientCertificate, HeaderSet, Verification, field::Limits};
/// # let der = include_bytes!("../../tests/fixtures/plain.der");
/// # let client = ClientCertificate::presented(&der[..], Verification::Success);
/// # let lines = HeaderSet::rfc9440().lines(&client, Limits::new());
/// # let certificate = lines.get("Client-Cert").unwrap();
/// let rfc9440 = |headers: &[(&str, &str)]| Receiver::rfc9440(Unstated::Verified).receive(headers).unwrap_err().kind();
/// assert_eq!(rfc9440(&[("Client-Cert-Chain", certificate)]), ReceiveErrorKind::ChainWithoutCertificate);
/// let eleven = [certificate; 11].join(", ");
/// let chain = [("Client-Cert", certificate), ("Client-Cert-Chain", &eleven)];
/// assert_eq!(rfc9440(&chain), ReceiveErrorKind::TooManyCertificates);
///
/// let two = format!("Hash={0},Hash={0}", "ab".repeat(32));
/// let error = Receiver::envoy(Unstated::Verified).receive(&[("x-forwarded-client-cert", two)]).unwrap_err();
/// assert_eq!(error.kind(), ReceiveErrorKind::Ambiguous);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ReceiveErrorKind {
    /// The header is duplicated: one of the copies may be the client's.
    Twice,
    /// The request has a header that an origin could confuse with it, such as `ssl_client_verify` for `ssl-client-verify`. The
    /// proxy does not send that.
    LookAlike,
    /// The value or a certificate in it exceeds the [limit](crate::receive::ReceiveLimits).
    TooLarge,
    /// The header contains more certificates than the [limit](crate::receive::ReceiveLimits).
    TooManyCertificates,
    /// The verdict is missing, although other headers of the format are present or the format's proxy always sends one.
    MissingVerdict,
    /// The value is not a valid verdict of this format.
    NotAVerdict,
    /// The value is malformed.
    Malformed,
    /// The encoded value is not a certificate.
    NotACertificate,
    /// The header contains a chain, and no header contains the leaf.
    ChainWithoutCertificate,
    /// The value contradicts the verdict, the certificate or another header.
    Disagrees,
    /// The value has more than one element, or a name of the certificate looks like one.
    Ambiguous,
}

impl fmt::Display for ReceiveErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Twice => "is duplicated",
            Self::LookAlike => "another header looks like it",
            Self::TooLarge => "exceeds the size limit",
            Self::TooManyCertificates => "has more certificates than the limit",
            Self::MissingVerdict => "is missing",
            Self::NotAVerdict => "is not a valid verdict",
            Self::Malformed => "is malformed",
            Self::NotACertificate => "is not a certificate",
            Self::ChainWithoutCertificate => "has a chain without its leaf",
            Self::Disagrees => "contradicts another header",
            Self::Ambiguous => "has more than one element, or a name that looks like one",
        })
    }
}
