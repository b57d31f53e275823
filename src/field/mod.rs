//! The fields of a client certificate, each with its exact written form.

mod alternative_name;
mod alternative_names;
mod certificate;
mod date;
pub(crate) mod declared;
pub(crate) mod digest;
mod facts;
mod go_uri;
mod google;
pub(crate) mod limits;
mod linkerd;
mod name;
mod name_forms;
mod public_key;
pub(crate) mod read;
mod serial;
mod space;
pub(crate) mod stated;
mod text;
mod traefik;
pub(crate) mod verdict;
mod write;
mod xfcc;

pub use crate::encoding::UrlForm;
pub use crate::words::ParseWordsError;
pub use crate::x509::{AttributeType, Occurrence};
pub use alternative_name::SubjectAltNameForm;
pub use alternative_names::SanKind;
pub use certificate::{CertificateForm, ChainForm};
pub use date::DateForm;
pub(crate) use declared::Declared;
pub use digest::DigestForm;
pub(crate) use facts::{Facts, Needs, Written};
pub use limits::Limits;
use limits::ReceiveLimits;
pub(crate) use limits::Sizes;
pub use name::NameForm;
pub(crate) use read::Reading;
use read::ReceiveErrorKind;
pub use serial::SerialForm;
pub use verdict::{Flag, VerdictForm};
pub use xfcc::Xfcc;
pub(crate) use xfcc::elements as xfcc_elements;

/// A value of the certificate or of the handshake, in one exact form.
///
/// A field without a value (no certificate, no such extension, an invalid date) gives no header line.
///
/// A [`Receiver`](crate::Receiver) parses a field in the form in which it is written. Some fields are only written, because the
/// record has no property for them: [`Fixed`](Self::Fixed), [`Tls`](Self::Tls), [`Version`](Self::Version),
/// [`DaysRemaining`](Self::DaysRemaining), the public key, the root's name, single attributes of a name and its Java form, single alternative names,
/// and lists of alternative names other than Google's.
///
/// In settings files a field is text: `subject:rfc2253`, `certificate:pem-url`, `chain-certificate:0:base64`.
/// [`FromStr`](core::str::FromStr) lists all texts.
///
/// ```
/// use tls_client_auth::field::{DigestForm, Field};
///
/// let field: Field = "sha256:upper-colons".parse()?;
/// assert_eq!(field, Field::Sha256(DigestForm::UpperColons));
/// assert_eq!(field.to_string(), "sha256:upper-colons");
/// # Ok::<(), tls_client_auth::field::ParseWordsError>(())
/// ```
///
/// ```
/// use tls_client_auth::field::*;
/// # use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};
/// # let der = include_bytes!("../../tests/fixtures/plain.der");
/// # let root = include_bytes!("../../tests/fixtures/ca.der");
/// # let intermediate = include_bytes!("../../tests/fixtures/intermediate.der");
/// # let value = |field| {
/// #     let now = time::OffsetDateTime::from_unix_timestamp(2_078_486_055 - 86_400 * 365).unwrap();
/// #     let client = ClientCertificate::presented(&der[..], Verification::Success).seen_at(now);
/// #     let client = client.chain([intermediate]).verified_issuer(&root[..]).verified_root(&root[..]);
/// #     let set = HeaderSet::new("one", Dialect::OpenSsl, [("X", field)]).unwrap().including_untrusted();
/// #     let lines = set.lines(&client, Limits::new());
/// #     let value = lines.get("X").unwrap_or_default();
/// #     if value.len() > 64 { format!("{}…", &value[..24]) } else { value.to_owned() }
/// # };
///
/// // `value` returns the header value of a field for a test certificate, and the beginning of a long one.
/// for (field, expected) in [
///     (Field::Presented(Flag::Digit), "1"),
///     (Field::Verified, "SUCCESS"),
///     (Field::VerifiedFlag(Flag::Word), "true"),
///     (Field::Revoked(Flag::Word), "false"),
///     (Field::Verdict(VerdictForm::Text), "SUCCESS"),
///     (Field::Errors, ""),
///     (Field::Fixed, ""),
///     (Field::Tls(Flag::Digit), "1"),
///     (Field::Version, "3"),
///     (Field::Issuer(NameForm::Rfc2253), "CN=Peers Root CA,O=Peers Test,C=DE"),
///     (Field::Subject(NameForm::CommonName), "client.example"),
///     (Field::RootSubject(NameForm::CommonName), "Peers Root CA"),
///     (Field::Serial(SerialForm::Hex), "5A7001B17B539286C891"),
///     (Field::IssuerSerial, "01"),
///     (Field::SubjectKeyIdentifier, ""),
///     (Field::IssuerSubjectKeyIdentifier, ""),
///     (Field::Sha1(DigestForm::Lower), "4224ef9941c41e23f02deb9c2998dc6fa1447470"),
///     (Field::Sha256(DigestForm::Base64Unpadded), "c8lLl8nyFfd+zWCFcjIWApaX+jsp0uzWL7kYbbd4RKo"),
///     (Field::PublicKeySha256(DigestForm::Base64Unpadded), "JWLIzid6FsOMar69l8WomKkXZKBh09QdfIWZa529GS8"),
///     (Field::NotBefore(DateForm::Iso8601), "2025-01-02T03:04:05Z"),
///     (Field::NotAfter(DateForm::Iso8601), "2035-11-12T13:14:15Z"),
///     (Field::Validity, "NotBefore=2025-01-02T03:04:05Z;NotAfter=2035-11-12T13:14:15Z"),
///     (Field::DaysRemaining, "365"),
///     (Field::SubjectAltName(SubjectAltNameForm::Dns(0)), "client.example"),
///     (Field::SubjectAltNames(SanKind::Dns), "[client.example]"),
///     (Field::Certificate(CertificateForm::Base64), "MIIB7jCCAZWgAwIBAgIKWnAB…"),
///     (Field::Chain(ChainForm::ByteSequences), ":MIIBqzCCAVGgAwIBAgIBAjA…"),
///     (Field::LeafAndChain(ChainForm::CommaBase64), "MIIB7jCCAZWgAwIBAgIKWnAB…"),
///     (Field::ChainCertificate(0, CertificateForm::Base64), "MIIBqzCCAVGgAwIBAgIBAjAK…"),
///     (Field::PublicKeyBits, "04026167701cd12a82a8db1d…"),
///     (Field::PublicKeyBitsSha256(DigestForm::Base64Url), "hL5lEFBqcJG0FlE76xDnhJrfcDvez_Z0Pp-nAUon2WA"),
///     (Field::TraefikInfo, "Subject%3D%22C%3DDE%2CST…"),
///     (Field::Xfcc(Xfcc::new()), "Hash=73c94b97c9f215f77ec…"),
/// ] {
///     assert_eq!(value(field), expected);
/// }
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Field {
    /// Whether a certificate was presented: `1` or `true`, `0` or `false`.
    Presented(Flag),
    /// `SUCCESS`, `NONE`, or `FAILED:` and the reason, as Cloudflare reports it: also `SUCCESS` for a revoked certificate. It is a
    /// verdict only together with [`Revoked`](Self::Revoked); [`Verdict`](Self::Verdict) is one by itself.
    Verified,
    /// Whether verification succeeded; also yes for a revoked certificate. It is a verdict only together with
    /// [`Revoked`](Self::Revoked).
    VerifiedFlag(Flag),
    /// Whether the certificate is revoked; always no if verification failed.
    Revoked(Flag),
    /// The verdict: whether verification succeeded and the certificate is not revoked. For origins that have no other source for
    /// the revocation.
    #[doc(alias("ssl_client_verify", "SSL_CLIENT_VERIFY", "ssl_c_verify"))]
    Verdict(VerdictForm),
    /// Google's list of verification errors: see [`HeaderSet::google`](crate::HeaderSet::google).
    Errors,
    /// An empty value, for a row of fixed text: see [`HeaderSet::surrounded`](crate::HeaderSet::surrounded).
    Fixed,
    /// A flag that the connection is TLS; always set.
    Tls(Flag),
    /// The version of X.509: `3` (RFC 5280 §4.1.2.1).
    Version,
    /// The issuer's distinguished name (RFC 5280 §4.1.2.4).
    #[doc(alias("ssl_client_i_dn", "SSL_CLIENT_I_DN", "ssl_c_i_dn"))]
    Issuer(NameForm),
    /// The subject's distinguished name (RFC 5280 §4.1.2.6).
    #[doc(alias("ssl_client_s_dn", "SSL_CLIENT_S_DN", "ssl_c_s_dn"))]
    Subject(NameForm),
    /// The distinguished name of the verified chain's root, from [`verified_root`](crate::ClientCertificate::verified_root). No value if
    /// that is not set, and for clients that did not verify.
    #[doc(alias = "ssl_c_r_dn")]
    RootSubject(NameForm),
    /// The serial number (RFC 5280 §4.1.2.2).
    #[doc(alias("ssl_client_serial", "SSL_CLIENT_M_SERIAL", "ssl_c_serial"))]
    Serial(SerialForm),
    /// The serial number of the issuer's certificate in [`SerialForm::Hex`]: from
    /// [`verified_issuer`](crate::ClientCertificate::verified_issuer) if set, otherwise from the leaf's authority key identifier (RFC 5280
    /// §4.2.1.1).
    IssuerSerial,
    /// The subject key identifier in upper-case hex: `27846FAE6EAC4A8DAD9101B519CF1EB460242831` (RFC 5280 §4.2.1.2).
    SubjectKeyIdentifier,
    /// The issuer's subject key identifier in upper-case hex, from the same sources.
    IssuerSubjectKeyIdentifier,
    /// SHA-1 of the certificate's DER. For lookups only.
    #[doc(alias("ssl_client_fingerprint", "ssl_c_sha1"))]
    Sha1(DigestForm),
    /// SHA-256 of the certificate's DER.
    Sha256(DigestForm),
    /// SHA-256 of the SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). One key has several encodings: see
    /// [`Certificate::public_key_sha256`](crate::x509::Certificate::public_key_sha256).
    PublicKeySha256(DigestForm),
    /// The start of validity (RFC 5280 §4.1.2.5).
    #[doc(alias("ssl_client_v_start", "SSL_CLIENT_V_START", "ssl_c_notbefore"))]
    NotBefore(DateForm),
    /// The end of validity (RFC 5280 §4.1.2.5).
    #[doc(alias("expiry", "ssl_client_v_end", "SSL_CLIENT_V_END", "ssl_c_notafter"))]
    NotAfter(DateForm),
    /// `NotBefore=2025-01-02T03:04:05Z;NotAfter=2035-11-12T13:14:15Z`, as AWS writes both dates.
    Validity,
    /// Whole days until the end of validity, as nginx counts them, from
    /// [`ClientCertificate::seen_at`](crate::ClientCertificate::seen_at): `365`; `0` on the last day and afterwards.
    #[doc(alias("expiry", "ssl_client_v_remain", "SSL_CLIENT_V_REMAIN"))]
    DaysRemaining,
    /// One of the subject alternative names, or a list of them.
    SubjectAltName(SubjectAltNameForm),
    /// The leaf, as the client sent it.
    #[doc(alias("ssl_client_escaped_cert", "SSL_CLIENT_CERT", "ssl_c_der"))]
    Certificate(CertificateForm),
    /// The certificates after the leaf, as the client sent them.
    #[doc(alias("ssl_c_chain_der"))]
    Chain(ChainForm),
    /// The leaf and the certificates after it.
    LeafAndChain(ChainForm),
    /// One of the certificates after the leaf, counted from 0.
    ChainCertificate(u8, CertificateForm),
    /// All subject alternative names of one kind, as Go prints a list: `[one.example two.example]`; `[]` if there are none. An entry
    /// with a space is left out, because a space separates.
    SubjectAltNames(SanKind),
    /// The bits of the public key in hex, for keys on P-256, P-384, P-521 and Ed25519 only, as Caddy does.
    PublicKeyBits,
    /// SHA-256 of [`PublicKeyBits`](Self::PublicKeyBits)' bytes.
    PublicKeyBitsSha256(DigestForm),
    /// Traefik's summary of all certificates: see [`HeaderSet::traefik`](crate::HeaderSet::traefik).
    TraefikInfo,
    /// An element of Envoy's `x-forwarded-client-cert`: see [`HeaderSet::envoy`](crate::HeaderSet::envoy).
    Xfcc(Xfcc),
}

impl Field {
    /// Whether the field is part of the verdict.
    pub(crate) const fn is_of_verdict(self) -> bool {
        matches!(self, Self::Verified | Self::VerifiedFlag(_) | Self::Verdict(_) | Self::Revoked(_))
    }

    /// The field for the nth line, for fields with several lines.
    pub(crate) const fn nth(self, index: u8) -> Option<Self> {
        match self {
            Self::Subject(NameForm::EachAttribute(kind)) => {
                Some(Self::Subject(NameForm::Attribute(kind, Occurrence::Nth(index))))
            }
            Self::Issuer(NameForm::EachAttribute(kind)) => {
                Some(Self::Issuer(NameForm::Attribute(kind, Occurrence::Nth(index))))
            }
            Self::RootSubject(NameForm::EachAttribute(kind)) => {
                Some(Self::RootSubject(NameForm::Attribute(kind, Occurrence::Nth(index))))
            }
            _ => None,
        }
    }

    /// Whether the field contains certificates after the leaf, and not the leaf.
    pub(crate) const fn is_chain(self) -> bool {
        matches!(self, Self::Chain(_) | Self::ChainCertificate(..))
    }

    /// Whether the value contains certificates.
    pub(crate) const fn holds_certificates(self) -> bool {
        matches!(
            self,
            Self::Certificate(_)
                | Self::Chain(_)
                | Self::LeafAndChain(_)
                | Self::ChainCertificate(..)
                | Self::TraefikInfo
                | Self::Xfcc(_)
        )
    }

    /// The usual length of a value that is neither a name nor certificates.
    pub(crate) const fn usual_length(self) -> usize {
        match self {
            Self::Presented(_)
            | Self::VerifiedFlag(_)
            | Self::Revoked(_)
            | Self::Tls(_)
            | Self::Version
            | Self::DaysRemaining => 8,
            Self::Fixed => 0,
            _ => 64,
        }
    }

    /// Whether the value is certificates in base64, with little else.
    pub(super) const fn is_plain_base64(self) -> bool {
        match self {
            Self::Certificate(form) | Self::ChainCertificate(_, form) => {
                matches!(form, CertificateForm::Base64 | CertificateForm::ByteSequence)
            }
            Self::Chain(form) | Self::LeafAndChain(form) => {
                !matches!(form, ChainForm::EscapedPem(_) | ChainForm::EscapedCommaBase64)
            }
            _ => false,
        }
    }

    /// Whether the value is printable by construction, such as hex, base64 or a reason's text, and needs no check.
    #[inline]
    pub(super) const fn is_encoded(self) -> bool {
        match self {
            Self::NotBefore(form) | Self::NotAfter(form) => !matches!(form, DateForm::HaProxy),
            Self::Certificate(_)
            | Self::Chain(_)
            | Self::LeafAndChain(_)
            | Self::ChainCertificate(..)
            | Self::Presented(_)
            | Self::Verified
            | Self::VerifiedFlag(_)
            | Self::Verdict(_)
            | Self::Revoked(_)
            | Self::Serial(_)
            | Self::IssuerSerial
            | Self::SubjectKeyIdentifier
            | Self::IssuerSubjectKeyIdentifier
            | Self::Sha1(_)
            | Self::Sha256(_) => true,
            _ => false,
        }
    }

    /// What must be read or computed for the field.
    pub(crate) const fn needs(self) -> Needs {
        match self {
            Self::Presented(_)
            | Self::Verified
            | Self::VerifiedFlag(_)
            | Self::Revoked(_)
            | Self::Verdict(_)
            | Self::Fixed
            | Self::Tls(_)
            | Self::Certificate(_)
            | Self::Chain(_)
            | Self::LeafAndChain(_)
            | Self::ChainCertificate(..) => Needs::NOTHING,
            Self::RootSubject(_) => Needs::ROOT,
            Self::Sha1(_) => Needs::SHA1,
            Self::Sha256(_) => Needs::SHA256,
            Self::Errors
            | Self::Version
            | Self::Validity
            | Self::DaysRemaining
            | Self::SubjectAltName(_)
            | Self::Issuer(_)
            | Self::Subject(_)
            | Self::Serial(_)
            | Self::PublicKeySha256(_)
            | Self::NotBefore(_)
            | Self::NotAfter(_)
            | Self::SubjectAltNames(_)
            | Self::PublicKeyBits
            | Self::PublicKeyBitsSha256(_)
            | Self::TraefikInfo => Needs::READ,
            Self::IssuerSerial | Self::SubjectKeyIdentifier | Self::IssuerSubjectKeyIdentifier => {
                Needs::KEYS
            }
            Self::Xfcc(_) => Needs::READ.and(Needs::SHA256),
        }
    }
}

/// What a test's `write` appends, as text.
#[cfg(test)]
fn text_of(write: impl FnOnce(&mut Vec<u8>) -> Option<()>) -> Option<String> {
    let mut out = Vec::new();
    write(&mut out)?;
    String::from_utf8(out).ok()
}
