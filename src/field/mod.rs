//! What a header can say of a client certificate: every field with its exact written form.

mod alternative_name;
mod alternative_names;
mod facts;
mod go_uri;
mod google;
mod limits;
mod linkerd;
mod public_key;
mod space;
mod text;
mod traefik;
pub(crate) mod words;
mod write;
mod xfcc;

pub use crate::encoding::UrlForm;
pub use crate::x509::{AttributeType, Occurrence};
pub use alternative_name::SubjectAltNameForm;
pub(crate) use facts::{Facts, Needs, Written};
pub use limits::Limits;
pub(crate) use limits::Sizes;
pub(crate) use space::{ends_in_escape, without_escape_of_rfc2253};
pub use words::ParseFieldError;
pub use xfcc::Xfcc;

/// A value of the certificate or of the handshake, in one exact written form.
///
/// A field without a value (no certificate, no such extension, a date that can't be read) gives no header line.
///
/// Settings name a field by words: `subject:rfc2253`, `certificate:pem-url`, `chain-certificate:0:base64`. [`FromStr`](core::str::FromStr)
/// lists them all.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Field {
    /// Whether a certificate was presented.
    Presented(Flag),
    /// `SUCCESS`, `NONE`, or `FAILED:` and the reason, as Cloudflare reports it: `SUCCESS` for a revoked certificate too. In a set
    /// without [`Revoked`](Self::Revoked) it is no verdict; [`Verdict`](Self::Verdict) is one by itself.
    Verified,
    /// Whether verification succeeded, which it did for a revoked certificate too. In a set without [`Revoked`](Self::Revoked) it is
    /// no verdict.
    VerifiedFlag(Flag),
    /// Whether the certificate is revoked; never yes where verification failed.
    Revoked(Flag),
    /// Whether verification succeeded, as one value for origins that learn of a revocation from nowhere else: a certificate
    /// that is revoked did not succeed.
    Verdict(VerdictForm),
    /// Google's list of what is wrong: see [`HeaderSet::google`](crate::HeaderSet::google).
    Errors,
    /// Nothing of the certificate: only the text that the row has [around](crate::HeaderSet::surrounded) its value.
    Fixed,
    /// That the connection is TLS, which it always is.
    Tls(Flag),
    /// The version of X.509: `3`.
    Version,
    /// The issuer's distinguished name.
    Issuer(NameForm),
    /// The subject's distinguished name.
    Subject(NameForm),
    /// The serial number.
    Serial(SerialForm),
    /// The serial number of the issuer's certificate in [`SerialForm::Hex`]: from the certificate that
    /// [`verified_issuer`](crate::ClientCertificate::verified_issuer) names, else from the leaf's authority key identifier.
    IssuerSerial,
    /// The subject key identifier in upper-case hex: `27846FAE6EAC4A8DAD9101B519CF1EB460242831`.
    SubjectKeyIdentifier,
    /// The issuer's subject key identifier in upper-case hex, from the same sources.
    IssuerSubjectKeyIdentifier,
    /// SHA-1 of the certificate. For lookups only.
    Sha1(DigestForm),
    /// SHA-256 of the certificate.
    Sha256(DigestForm),
    /// SHA-256 of the SubjectPublicKeyInfo, of which one key has several encodings: see
    /// [`Certificate::public_key_sha256`](crate::x509::Certificate::public_key_sha256).
    PublicKeySha256(DigestForm),
    /// The start of validity.
    NotBefore(DateForm),
    /// The end of validity.
    NotAfter(DateForm),
    /// `NotBefore=2025-01-02T03:04:05Z;NotAfter=2035-11-12T13:14:15Z`, as AWS writes both dates.
    Validity,
    /// Whole days until the end of validity, `0` from the last one on: as nginx counts them, from
    /// [`ClientCertificate::seen_at`](crate::ClientCertificate::seen_at).
    DaysRemaining,
    /// One of the subject alternative names, or a list of them.
    SubjectAltName(SubjectAltNameForm),
    /// The leaf.
    Certificate(CertificateForm),
    /// The certificates after the leaf, as the client sent them.
    Chain(ChainForm),
    /// The leaf and the certificates after it.
    LeafAndChain(ChainForm),
    /// One of the certificates after the leaf, counted from 0.
    ChainCertificate(u8, CertificateForm),
    /// All subject alternative names of one kind, as Go prints a list: `[one.example two.example]`; `[]` where there is none.
    /// An entry with a space, which separates, is left out.
    SubjectAltNames(SanKind),
    /// The bits of the public key in hex, for keys on P-256, P-384, P-521 and Ed25519 only, as Caddy does.
    PublicKeyBits,
    /// SHA-256 of [`PublicKeyBits`](Self::PublicKeyBits)' bytes.
    PublicKeyBitsSha256(DigestForm),
    /// Traefik's digest of all certificates: see [`HeaderSet::traefik`](crate::HeaderSet::traefik).
    TraefikInfo,
    /// An element of Envoy's `x-forwarded-client-cert`: see [`HeaderSet::envoy`](crate::HeaderSet::envoy).
    Xfcc(Xfcc),
}

/// How the verdict is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum VerdictForm {
    /// `SUCCESS`, `NONE`, or `FAILED:` and the reason: `FAILED:certificate revoked`. nginx, Apache.
    Text,
    /// The name of OpenSSL's constant: `X509_V_OK`, `X509_V_ERR_CERT_HAS_EXPIRED`, `X509_V_ERR_UNSPECIFIED` where
    /// [`Code`](Self::Code) is `1`. Nothing without a certificate. HAProxy's converter `x509_v_err_str`.
    Constant,
    /// The library's number: `0`, `10`, `23`. `1` ("unspecified") where the reason has none, or where a certificate was presented
    /// and nothing verified. Nothing without a certificate. HAProxy.
    Code,
    /// `true` and `false`
    Word,
}

/// How yes and no are written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Flag {
    /// `1` and `0`
    Digit,
    /// `true` and `false`
    Word,
}

/// How a distinguished name is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum NameForm {
    /// `CN=Jos\C3\A9,O=Acme\, Inc.,C=US`: see [`Name::rfc2253`](crate::x509::Name::rfc2253). A space at the end is `\20`.
    Rfc2253,
    /// `/C=US/O=Acme, Inc./CN=Jos\xC3\xA9`: see [`Name::legacy`](crate::x509::Name::legacy). A space at the end is `\x20`. For display
    /// only: different names print alike.
    Legacy,
    /// `/C=US/O=Acme, Inc./CN=Jos%C3%A9`: HAProxy's own. Not printable ASCII, and a `%` before two hex digits, come as
    /// `%XX`; nothing else is escaped, so that different names read alike. For display only.
    HaProxy,
    /// `Jos%C3%A9`: the first `CN` alone, as [`HaProxy`](Self::HaProxy) writes it, a space at an end as `%20`. For display only: different
    /// names print alike, since the bytes of a BMPString can be those of `root`.
    CommonName,
    /// The name's DER in standard base64 with padding, if that has no more than 512 characters. Google.
    Base64,
    /// `CN=Jos\C3\A9,O=Acme\, Inc.,C=US`, in Go's order and selection: see [`Name::go`](crate::x509::Name::go).
    Go,
    /// `CN=Jos\C3\A9, O="Acme, Inc.", C=US`: Java's `X500Principal.toString`. Bytes outside printable ASCII, which Java leaves raw, are
    /// hex pairs; `<` and `>` get a backslash.
    Java,
    /// `Acme\, Inc.`: the value of one attribute, escaped as in RFC 2253.
    Attribute(AttributeType, Occurrence),
    /// `client.example`: the value of one attribute, if it is one plain word: letters, digits and `-._@:+~`. For readers that split or
    /// search the text and know no escapes.
    PlainAttribute(AttributeType, Occurrence),
    /// One header line for each attribute of this type, in the order of the certificate, each value as
    /// [`Attribute`](Self::Attribute) writes it. At most 255.
    EachAttribute(AttributeType),
}

/// How a serial number is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SerialForm {
    /// `A3828EB24FD779D0`: see [`SerialNumber::to_hex`](crate::x509::SerialNumber::to_hex).
    Hex,
    /// `a3828eb24fd779d0`: the same in lower case.
    HexLower,
    /// The same as [`Hex`](Self::Hex), but a negative one without its sign. HAProxy.
    HexUnsigned,
    /// `a3:82:8e:b2:4f:d7:79:d0`. CloudFront, F5.
    HexColons,
    /// `A3:82:8E:B2:4F:D7:79:D0`
    HexUpperColons,
    /// `00:a3:82:8e:b2:4f:d7:79:d0`: the bytes of the DER, if they are no more than 50. Google.
    DerColons,
    /// `11782136471649483216`: see [`SerialNumber::to_decimal`](crate::x509::SerialNumber::to_decimal).
    Decimal,
}

/// How a digest is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DigestForm {
    /// Lower-case hex.
    Lower,
    /// Upper-case hex.
    Upper,
    /// Standard base64 without padding. Google.
    Base64Unpadded,
    /// `A4uDrbA6…`: base64url without padding. `x5t#S256` of RFC 8705 §3.1.
    Base64Url,
    /// `73:C9:4B:97:…`: upper-case hex with colons, as `openssl x509 -fingerprint` prints it.
    UpperColons,
}

/// How a date is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DateForm {
    /// `Feb  3 00:55:52 2015 GMT`: see [`Time::text`](crate::x509::Time::text).
    OpenSsl,
    /// `150203005552Z`: without a century, and only for the years from 2000 to 2099. HAProxy.
    HaProxy,
    /// `2015-02-03T00:55:52Z`
    Iso8601,
    /// `2015-02-03T00:55:52+00:00`
    Iso8601Offset,
    /// `2015-02-03T00:55:52.000Z`
    Iso8601Millis,
    /// `1422924952`
    UnixSeconds,
}

/// How a certificate is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CertificateForm {
    /// The DER in standard base64 with padding.
    Base64,
    /// The DER as an RFC 9440 byte sequence: `:` base64 `:`.
    ByteSequence,
    /// PEM with its last line feed, URL-encoded.
    EscapedPem(UrlForm),
    /// PEM with a space for every line feed but the last, for which Apache has one too.
    OneLinePem,
    /// PEM in standard base64 with padding: `LS0tLS1CRUdJTi…`. WSO2 API Manager, Fastly's and Service Fabric's readers.
    Base64Pem,
    /// PEM with a tab for every line feed but the last one, which is left out. WSO2 Identity Server.
    TabbedPem,
    /// PEM with a backslash and an `n` for every line feed.
    LiteralPem,
}

/// How several certificates are written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ChainForm {
    /// An RFC 9440 list of byte sequences: `:…:, :…:`.
    ByteSequences,
    /// The DER of all, one after the other, in standard base64 with padding. HAProxy.
    ConcatenatedBase64,
    /// The PEM of all, one after the other, URL-encoded. AWS.
    EscapedPem(UrlForm),
    /// Standard base64 with padding, joined by `,`. Traefik.
    CommaBase64,
    /// The same with `%2B`, `%2F` and `%3D` for `+`, `/` and `=`.
    EscapedCommaBase64,
}

/// A kind of subject alternative name (RFC 5280 §4.2.1.6) that is text or an address.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SanKind {
    /// `dNSName`
    Dns,
    /// `rfc822Name`
    Email,
    /// `iPAddress`
    Ip,
    /// `uniformResourceIdentifier`
    Uri,
}

impl Field {
    /// Whether it is a part of what tells an origin the outcome of verification.
    pub(crate) const fn is_of_verdict(self) -> bool {
        matches!(self, Self::Verified | Self::VerifiedFlag(_) | Self::Verdict(_) | Self::Revoked(_))
    }

    /// The field of the nth line, of fields that give a line for each of several values.
    pub(crate) const fn nth(self, index: u8) -> Option<Self> {
        match self {
            Self::Subject(NameForm::EachAttribute(kind)) => {
                Some(Self::Subject(NameForm::Attribute(kind, Occurrence::Nth(index))))
            }
            Self::Issuer(NameForm::EachAttribute(kind)) => {
                Some(Self::Issuer(NameForm::Attribute(kind, Occurrence::Nth(index))))
            }
            _ => None,
        }
    }

    /// Whether it is certificates that the client sent after the leaf, and not the leaf.
    pub(crate) const fn is_chain(self) -> bool {
        matches!(self, Self::Chain(_) | Self::ChainCertificate(..))
    }

    /// Whether its length grows with the certificates'.
    pub(super) const fn holds_certificates(self) -> bool {
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

    /// Whether it is certificates in base64 with little around them.
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

    /// Whether every character of it is a digit or sign that an encoder wrote, or a reason's text, which is printable already: none
    /// has to be looked at.
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

    /// Whether it needs the key identifiers.
    pub(super) const fn is_of_keys(self) -> bool {
        matches!(
            self,
            Self::IssuerSerial | Self::SubjectKeyIdentifier | Self::IssuerSubjectKeyIdentifier
        )
    }

    /// Whether it needs the certificate read, not only its bytes.
    pub(super) const fn is_read(self) -> bool {
        match self {
            Self::Presented(_)
            | Self::Verified
            | Self::VerifiedFlag(_)
            | Self::Revoked(_)
            | Self::Sha1(_)
            | Self::Sha256(_)
            | Self::Verdict(_)
            | Self::Fixed
            | Self::Tls(_)
            | Self::Certificate(_)
            | Self::Chain(_)
            | Self::LeafAndChain(_)
            | Self::ChainCertificate(..) => false,
            Self::Errors
            | Self::Version
            | Self::Validity
            | Self::DaysRemaining
            | Self::SubjectAltName(_)
            | Self::Issuer(_)
            | Self::Subject(_)
            | Self::Serial(_)
            | Self::IssuerSerial
            | Self::SubjectKeyIdentifier
            | Self::IssuerSubjectKeyIdentifier
            | Self::PublicKeySha256(_)
            | Self::NotBefore(_)
            | Self::NotAfter(_)
            | Self::SubjectAltNames(_)
            | Self::PublicKeyBits
            | Self::PublicKeyBitsSha256(_)
            | Self::TraefikInfo
            | Self::Xfcc(_) => true,
        }
    }
}
