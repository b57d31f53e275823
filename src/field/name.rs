//! Forms of distinguished names.

use alloc::vec::Vec;

use super::google;
use super::stated::{Printed, Stated, Whose};
use super::{AttributeType, Occurrence, ReceiveErrorKind};
use crate::encoding;
use crate::x509::cursor::{self, Cursor};
use crate::x509::{Dialect, Name, Part};

/// The form of a distinguished name. For the text forms, receivers parse a value that begins with `/` as a one-line form.
///
/// ```
/// use tls_client_auth::field::{AttributeType, Field, NameForm, Occurrence};
/// # use tls_client_auth::field::Limits;
/// # use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};
/// # let der = include_bytes!("../../tests/fixtures/plain.der");
/// # let value = |field| {
/// #     let client = ClientCertificate::presented(&der[..], Verification::Success);
/// #     let set = HeaderSet::new("one", Dialect::OpenSsl, [("X", field)]).unwrap().including_untrusted();
/// #     set.lines(&client, Limits::new()).get("X").unwrap_or_default().to_owned()
/// # };
///
/// // `value` returns the header value of a field for a test certificate.
/// let value = |form| value(Field::Issuer(form));
/// assert_eq!(value(NameForm::Rfc2253), "CN=Peers Root CA,O=Peers Test,C=DE");
/// assert_eq!(value(NameForm::Legacy), "/C=DE/O=Peers Test/CN=Peers Root CA");
/// assert_eq!(value(NameForm::HaProxy), "/C=DE/O=Peers Test/CN=Peers Root CA");
/// assert_eq!(value(NameForm::CommonName), "Peers Root CA");
/// assert_eq!(value(NameForm::Base64)[..12], *"MDoxCzAJBgNV");
/// assert_eq!(value(NameForm::Go), "CN=Peers Root CA,O=Peers Test,C=DE");
/// assert_eq!(value(NameForm::Java), "CN=Peers Root CA, O=Peers Test, C=DE");
/// assert_eq!(value(NameForm::Attribute(AttributeType::Organization, Occurrence::First)), "Peers Test");
/// assert_eq!(value(NameForm::EachAttribute(AttributeType::Organization)), "Peers Test");
/// assert_eq!(value(NameForm::PlainAttribute(AttributeType::Country, Occurrence::First)), "DE");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum NameForm {
    /// `CN=Jos\C3\A9,O=Acme\, Inc.,C=US`: see [`Name::rfc2253`](crate::x509::Name::rfc2253). A space at the end is `\20`.
    Rfc2253,
    /// `/C=US/O=Acme, Inc./CN=Jos\xC3\xA9`: see [`Name::legacy`](crate::x509::Name::legacy). A space at the end is `\x20`. For display
    /// only: different names print alike.
    Legacy,
    /// `/C=US/O=Acme, Inc./CN=Jos%C3%A9`: HAProxy's own form. Bytes outside printable ASCII, and a `%` before two hex digits, are
    /// written as `%XX`; nothing else is escaped. For display only: different names print alike.
    HaProxy,
    /// `Jos%C3%A9`: only the first `CN`, escaped as in [`HaProxy`](Self::HaProxy), with a space at an end as `%20`. For display only:
    /// different names print alike, because the bytes of a BMPString can equal those of `root`.
    #[doc(alias("common name", "CN"))]
    CommonName,
    /// `MDoxCzAJBgNV…`: the name's DER in standard base64 with padding, at most 512 characters; otherwise no value. Google.
    Base64,
    /// `CN=Jos\C3\A9,O=Acme\, Inc.,C=US`, in Go's order and selection: see [`Name::go`](crate::x509::Name::go).
    Go,
    /// `CN=Jos\C3\A9, O="Acme, Inc.", C=US`: Java's `X500Principal.toString`. Bytes outside printable ASCII, which Java does not
    /// escape, are hex pairs; `<` and `>` are escaped by a backslash.
    Java,
    /// `Acme\, Inc.`: the value of one attribute, escaped as in RFC 2253.
    Attribute(AttributeType, Occurrence),
    /// `client.example`: the value of one attribute, if it consists of letters, digits and `-._@:+~`; otherwise no value. For readers
    /// that split or search the text without decoding escapes.
    PlainAttribute(AttributeType, Occurrence),
    /// One header line for each attribute of this type, in the order of the certificate, each value as
    /// [`Attribute`](Self::Attribute) writes it. At most 255.
    EachAttribute(AttributeType),
}

impl NameForm {
    #[inline]
    pub(super) fn write(self, name: Name<'_>, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Rfc2253 => name.write_rfc2253(dialect, out)?,
            Self::Legacy => name.write_legacy(dialect, out)?,
            Self::HaProxy => name.write_haproxy(dialect, out)?,
            Self::CommonName => name.write_common_name(dialect, out)?,
            Self::Base64 if !google::base64_fits(name.as_der().len()) => return None,
            Self::Base64 => encoding::base64(name.as_der(), out),
            Self::Go => name.write_go(out)?,
            Self::Java => name.write_java(out)?,
            Self::Attribute(kind, which) => name.write_attribute(kind, which, dialect, out)?,
            Self::PlainAttribute(kind, which) => {
                let start = out.len();
                name.write_attribute(kind, which, dialect, out)?;
                // Of the plain characters, RFC 2253 escapes one: `+`.
                let value = out.split_off(start);
                for (index, byte) in value.iter().enumerate() {
                    match byte {
                        b'\\' if value.get(index.saturating_add(1)) == Some(&b'+') => {}
                        b'-' | b'.' | b'_' | b'@' | b':' | b'+' | b'~' => out.push(*byte),
                        byte if byte.is_ascii_alphanumeric() => out.push(*byte),
                        _ => return None,
                    }
                }
            }
            // The lines ask for one after the other.
            Self::EachAttribute(kind) => {
                name.write_attribute(kind, Occurrence::First, dialect, out)?;
            }
        }
        Some(())
    }

    /// Whether receivers parse the form: one attribute is not a name, and Java's form is not OpenSSL's.
    pub(super) const fn is_read_back(self) -> bool {
        matches!(self, Self::Rfc2253 | Self::Legacy | Self::HaProxy | Self::Base64 | Self::Go)
    }

    /// Parses a value that begins with `/` as a one-line form and any other as RFC 2253, because the proxies can be configured to
    /// send either.
    pub(super) fn read(
        self,
        whose: Whose,
        value: &[u8],
        stated: &mut Stated<'_>,
    ) -> Result<(), ReceiveErrorKind> {
        match (self, value) {
            (Self::Base64, _) => read_der(whose, value, stated),
            _ if !self.is_read_back() => Ok(()),
            // `CN=…`, `/C=…`, or `=…` for a type that cannot be read. Everything else is not a name, but a proxy's word for nothing.
            _ if !value.contains(&b'=') => Err(ReceiveErrorKind::Malformed),
            (Self::HaProxy, [b'/', ..]) => {
                stated.legacy_name((whose, Printed::HaProxy), value, b"%", b"%20")
            }
            (_, [b'/', ..]) => {
                stated.legacy_name((whose, Printed::Legacy), value, b"\\x", b"\\x20")
            }
            (Self::Go, _) => stated.rfc2253_name((whose, Printed::Go), value),
            _ => stated.rfc2253_name((whose, Printed::Rfc2253), value),
        }
    }
}

fn read_der(whose: Whose, value: &[u8], stated: &mut Stated<'_>) -> Result<(), ReceiveErrorKind> {
    let der = encoding::decode_base64(value).ok_or(ReceiveErrorKind::Malformed)?;
    let mut outer = Cursor::new(&der);
    let name = outer.expect(cursor::SEQUENCE, Part::Subject);
    let name = Name::new(name.map_err(|_| ReceiveErrorKind::Malformed)?);
    outer.end(Part::Subject).map_err(|_| ReceiveErrorKind::Malformed)?;
    let dialect = stated.dialect;
    stated.name((whose, Printed::Rfc2253), name.rfc2253(dialect).unwrap_or_default().as_bytes())?;
    stated.name((whose, Printed::Legacy), name.legacy(dialect).unwrap_or_default().as_bytes())
}
