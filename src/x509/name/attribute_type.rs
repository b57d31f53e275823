//! The attribute types that can be sent as single values.

use alloc::vec::Vec;

use super::value::Characters;
use super::{Name, ObjectIdentifier, rfc2253};
use crate::x509::Dialect;

/// An attribute type of distinguished names (RFC 4519, RFC 2985).
///
/// In settings files it is the short name: `subject:attribute:CN:first`.
///
/// ```
/// use tls_client_auth::field::{AttributeType, Field, NameForm, Occurrence};
///
/// for (kind, word) in [
///     (AttributeType::CommonName, "CN"),
///     (AttributeType::Organization, "O"),
///     (AttributeType::OrganizationalUnit, "OU"),
///     (AttributeType::EmailAddress, "emailAddress"),
///     (AttributeType::UserId, "UID"),
///     (AttributeType::SerialNumber, "serialNumber"),
///     (AttributeType::Country, "C"),
///     (AttributeType::State, "ST"),
///     (AttributeType::Locality, "L"),
///     (AttributeType::DomainComponent, "DC"),
///     (AttributeType::Title, "title"),
///     (AttributeType::GivenName, "GN"),
///     (AttributeType::Surname, "SN"),
/// ] {
///     let field = Field::Subject(NameForm::Attribute(kind, Occurrence::First));
///     assert_eq!(field.to_string(), format!("subject:attribute:{word}:first"));
/// }
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum AttributeType {
    /// `CN`, 2.5.4.3
    CommonName,
    /// `O`, 2.5.4.10
    Organization,
    /// `OU`, 2.5.4.11
    OrganizationalUnit,
    /// `emailAddress`, 1.2.840.113549.1.9.1
    EmailAddress,
    /// `UID`, 0.9.2342.19200300.100.1.1
    UserId,
    /// `serialNumber`, 2.5.4.5: of the person or device, not of the certificate.
    SerialNumber,
    /// `C`, 2.5.4.6
    Country,
    /// `ST`, 2.5.4.8
    State,
    /// `L`, 2.5.4.7
    Locality,
    /// `DC`, 0.9.2342.19200300.100.1.25
    DomainComponent,
    /// `title`, 2.5.4.12
    Title,
    /// `GN`, 2.5.4.42
    GivenName,
    /// `SN`, 2.5.4.4
    Surname,
}

/// The choice among several attributes of one type, in the order of the certificate.
///
/// ```
/// use tls_client_auth::field::{AttributeType, Field, NameForm, Occurrence};
/// # use tls_client_auth::field::Limits;
/// # use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};
/// # let der = include_bytes!("../../../tests/fixtures/dn_dc_uid.der");
/// # let value = |field| {
/// #     let client = ClientCertificate::presented(&der[..], Verification::Success);
/// #     let set = HeaderSet::new("one", Dialect::OpenSsl, [("X", field)]).unwrap();
/// #     set.lines(&client, Limits::new()).get("X").unwrap_or_default().to_owned()
/// # };
///
/// // `value` returns the header value of a field for a certificate of DC=org, DC=example.
/// let value = |which| value(Field::Subject(NameForm::Attribute(AttributeType::DomainComponent, which)));
/// assert_eq!(value(Occurrence::First), "org");
/// assert_eq!(value(Occurrence::Last), "example");
/// assert_eq!(value(Occurrence::Nth(1)), "example");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Occurrence {
    /// The first.
    First,
    /// The last, as in Go.
    Last,
    /// The nth, counted from 0.
    Nth(u8),
}

impl AttributeType {
    /// The contents of the type's object identifier.
    const fn object_identifier(self) -> &'static [u8] {
        match self {
            Self::CommonName => b"\x55\x04\x03",
            Self::Surname => b"\x55\x04\x04",
            Self::SerialNumber => b"\x55\x04\x05",
            Self::Country => b"\x55\x04\x06",
            Self::Locality => b"\x55\x04\x07",
            Self::State => b"\x55\x04\x08",
            Self::Organization => b"\x55\x04\x0a",
            Self::OrganizationalUnit => b"\x55\x04\x0b",
            Self::Title => b"\x55\x04\x0c",
            Self::GivenName => b"\x55\x04\x2a",
            Self::EmailAddress => b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01",
            Self::UserId => b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01",
            Self::DomainComponent => b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19",
        }
    }

    fn is(self, kind: ObjectIdentifier<'_>) -> bool {
        kind.as_der() == self.object_identifier()
    }
}

impl Name<'_> {
    /// Appends the value of one attribute, escaped as in RFC 2253. `None` if there is no such attribute, or if the name is malformed
    /// anywhere.
    pub(crate) fn write_attribute(
        &self,
        kind: AttributeType,
        occurrence: Occurrence,
        dialect: Dialect,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let mut wanted = None;
        let mut seen = 0usize;
        for attribute in self.attributes() {
            let attribute = attribute?;
            if !kind.is(attribute.kind) {
                continue;
            }
            let takes = match occurrence {
                Occurrence::First => seen == 0,
                Occurrence::Last => true,
                Occurrence::Nth(index) => seen == usize::from(index),
            };
            if takes {
                wanted = Some(attribute);
            }
            seen = seen.saturating_add(1);
        }
        let value = wanted?.value;
        rfc2253::write_value(&value, Characters::of(value.tag()), dialect, out)
    }
}
