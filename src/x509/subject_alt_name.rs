//! The subject alternative names: every entry with its type; a malformed entry does not affect the others.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::x509::Part;
use crate::x509::cursor::{self, Cursor, Element};
use crate::x509::{Name, ObjectIdentifier};

/// The tags of the kinds of GeneralName.
pub(crate) mod tag {
    use crate::x509::cursor::{constructed, context};

    pub(crate) const OTHER: u8 = constructed(0);
    pub(crate) const EMAIL: u8 = context(1);
    pub(crate) const DNS: u8 = context(2);
    pub(crate) const X400_ADDRESS: u8 = constructed(3);
    pub(crate) const DIRECTORY: u8 = constructed(4);
    pub(crate) const EDI_PARTY: u8 = constructed(5);
    pub(crate) const URI: u8 = context(6);
    pub(crate) const IP: u8 = context(7);
    pub(crate) const REGISTERED_ID: u8 = context(8);
}

/// One entry of a SubjectAltName extension (RFC 5280 §4.2.1.6).
///
/// Text is always printable ASCII without spaces. An entry with other bytes, such as NUL, is [`Unreadable`](Self::Unreadable), so that
/// its beginning cannot be mistaken for a host name.
///
/// ```
/// use tls_client_auth::Dialect;
/// use tls_client_auth::x509::SubjectAltName;
/// # use tls_client_auth::x509::Certificate;
/// # let certificate = Certificate::from_der(include_bytes!("../../tests/fixtures/san_all.der"))?;
///
/// let texts = certificate.subject_alt_names().map(|name| match name {
///     SubjectAltName::Dns(name) => format!("DNS {name}"),
///     SubjectAltName::Email(address) => format!("e-mail {address}"),
///     SubjectAltName::Uri(uri) => format!("URI {uri}"),
///     SubjectAltName::Ip(address) => format!("IP {address}"),
///     SubjectAltName::Directory(name) => format!("name {}", name.rfc2253(Dialect::OpenSsl).unwrap_or_default()),
///     SubjectAltName::RegisteredId(identifier) => format!("identifier {}", identifier.dotted(Dialect::OpenSsl)),
///     SubjectAltName::Other(kind, der) => format!("{} of {} bytes", kind.dotted(Dialect::OpenSsl), der.len()),
///     SubjectAltName::Unreadable(der) => format!("{} bytes", der.len()),
///     _ => String::new(),
/// });
/// let texts: Vec<_> = texts.collect();
/// assert_eq!(texts[3..6], ["DNS *.two.example", "e-mail joe@example.com", "IP 192.0.2.1"]);
/// assert_eq!(texts[7..9], [r"name CN=dir,O=Dir\, Inc", "1.3.6.1.4.1.311.20.2.3 of 17 bytes"]);
/// # Ok::<(), tls_client_auth::x509::Error>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SubjectAltName<'a> {
    /// `dNSName`: `client.example`
    Dns(&'a str),
    /// `rfc822Name`: `user@client.example`
    Email(&'a str),
    /// `uniformResourceIdentifier`: `spiffe://example/client`
    Uri(&'a str),
    /// `iPAddress` of 4 or 16 bytes: `192.0.2.1`, `2001:db8::1`
    Ip(IpAddr),
    /// `directoryName`: `CN=client,O=Acme`
    Directory(Name<'a>),
    /// `registeredID`: `1.2.3.4`
    RegisteredId(ObjectIdentifier<'a>),
    /// `otherName`: the type, and the DER of the value.
    Other(ObjectIdentifier<'a>, &'a [u8]),
    /// An `x400Address`, an `ediPartyName`, an unknown type, or an entry that is invalid for its type: the entry's DER.
    Unreadable(&'a [u8]),
}

/// Prints the kind and the size, not the name, which comes from the client.
impl fmt::Debug for SubjectAltName<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, bytes) = match self {
            Self::Dns(name) => ("Dns", name.len()),
            Self::Email(name) => ("Email", name.len()),
            Self::Uri(name) => ("Uri", name.len()),
            Self::Ip(IpAddr::V4(_)) => ("Ip", 4),
            Self::Ip(IpAddr::V6(_)) => ("Ip", 16),
            Self::Directory(name) => ("Directory", name.as_der().len()),
            Self::RegisteredId(identifier) => ("RegisteredId", identifier.as_der().len()),
            Self::Other(_, value) => ("Other", value.len()),
            Self::Unreadable(entry) => ("Unreadable", entry.len()),
        };
        write!(formatter, "{kind}({bytes} bytes)")
    }
}

impl<'a> SubjectAltName<'a> {
    fn read(element: &Element<'a>) -> Self {
        let read = match element.tag() {
            tag::EMAIL => text(element).map(Self::Email),
            tag::DNS => text(element).map(Self::Dns),
            tag::URI => text(element).map(Self::Uri),
            tag::IP => address(element.contents()).map(Self::Ip),
            tag::REGISTERED_ID => {
                Some(Self::RegisteredId(ObjectIdentifier::new(element.contents())))
            }
            tag::OTHER => other_name(element),
            tag::DIRECTORY => directory_name(element),
            _ => None,
        };
        read.unwrap_or(Self::Unreadable(element.der()))
    }
}

/// Whether DER allows the entry's tag: not for a text, an address or an identifier in constructed form, nor for a sequence in primitive
/// form, nor for a long tag number, which GeneralName does not have.
const fn is_der(tag: u8) -> bool {
    let other_form = tag ^ cursor::CONSTRUCTED;
    let is_known = matches!(
        other_form,
        tag::OTHER
            | tag::EMAIL
            | tag::DNS
            | tag::X400_ADDRESS
            | tag::DIRECTORY
            | tag::EDI_PARTY
            | tag::URI
            | tag::IP
            | tag::REGISTERED_ID
    );
    !is_known && tag & 0x1f != 0x1f
}

fn text<'a>(element: &Element<'a>) -> Option<&'a str> {
    let printable = element.contents().iter().all(u8::is_ascii_graphic);
    core::str::from_utf8(element.contents()).ok().filter(|text| printable && !text.is_empty())
}

fn address(contents: &[u8]) -> Option<IpAddr> {
    if let Ok(octets) = <[u8; 4]>::try_from(contents) {
        return Some(IpAddr::V4(Ipv4Addr::from(octets)));
    }
    let octets = <[u8; 16]>::try_from(contents).ok()?;
    Some(IpAddr::V6(Ipv6Addr::from(octets)))
}

fn other_name<'a>(element: &Element<'a>) -> Option<SubjectAltName<'a>> {
    let mut fields = element.inside();
    let kind = fields.expect(cursor::OBJECT_IDENTIFIER, Part::SubjectAltName).ok()?;
    let value = fields.expect(tag::OTHER, Part::SubjectAltName).ok()?;
    fields
        .is_at_end()
        .then_some(SubjectAltName::Other(ObjectIdentifier::new(kind.contents()), value.contents()))
}

fn directory_name<'a>(element: &Element<'a>) -> Option<SubjectAltName<'a>> {
    let mut inside = element.inside();
    let name = inside.expect(cursor::SEQUENCE, Part::SubjectAltName).ok()?;
    inside.is_at_end().then_some(SubjectAltName::Directory(Name::new(name)))
}

/// The entries in the certificate's order.
///
/// Empty if the list is malformed anywhere: if an entry's framing is broken or not DER, or if an entry's tag is valid in BER only.
/// Another parser could find other names in such a list.
///
/// ```
/// # use tls_client_auth::x509::{Certificate, SubjectAltName};
/// # let certificate = Certificate::from_der(include_bytes!("../../tests/fixtures/san_spiffe.der"))?;
/// let uri = certificate.subject_alt_names().find_map(|name| match name {
///     SubjectAltName::Uri(uri) => Some(uri),
///     _ => None,
/// });
/// assert_eq!(uri, Some("spiffe://example.org/ns/default/sa/web"));
/// # Ok::<(), tls_client_auth::x509::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct SubjectAltNames<'a> {
    entries: Cursor<'a>,
}

/// Prints the number of remaining entries.
impl fmt::Debug for SubjectAltNames<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SubjectAltNames").field("entries", &self.count()).finish()
    }
}

impl<'a> SubjectAltNames<'a> {
    pub(crate) fn new(value: Option<&'a [u8]>) -> Self {
        let entries = value.and_then(|value| {
            let mut outer = Cursor::new(value);
            let list = outer.expect(cursor::SEQUENCE, Part::SubjectAltName).ok()?;
            outer.is_at_end().then(|| list.inside())
        });
        let is_readable = |entries: &Cursor<'a>| {
            { *entries }.all(|entry| entry.is_ok_and(|entry| is_der(entry.tag())))
        };
        Self { entries: entries.filter(is_readable).unwrap_or(Cursor::new(&[])) }
    }

    /// The tag and the contents of every entry, valid or not.
    pub(crate) fn entries(self) -> impl Iterator<Item = (u8, &'a [u8])> {
        self.entries.map_while(Result::ok).map(|element| (element.tag(), element.contents()))
    }
}

impl<'a> Iterator for SubjectAltNames<'a> {
    type Item = SubjectAltName<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let element = self.entries.next()?.ok()?;
        Some(SubjectAltName::read(&element))
    }
}
