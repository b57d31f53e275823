//! Distinguished names (RFC 5280 §4.1.2.4), printed as the libraries print them.

mod attribute_type;
pub(crate) mod go;
mod haproxy;
mod java;
mod legacy;
mod object_identifier;
mod object_names;
mod rfc2253;
mod usual;
mod value;

use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Range;

use crate::x509::Dialect;
use crate::x509::Part;
use crate::x509::cursor::{self, Cursor, Element};

pub use attribute_type::{AttributeType, Occurrence};
pub use object_identifier::ObjectIdentifier;
pub(crate) use value::{Characters, write_utf8};

/// A distinguished name, borrowed from its certificate.
///
/// To compare two names, compare [`as_der`](Self::as_der). The printed forms are for display, and for origins that expect them; the
/// legacy form is ambiguous.
///
/// ```
/// use tls_client_auth::Dialect;
/// # use tls_client_auth::x509::Certificate;
/// # let certificate = Certificate::from_der(include_bytes!("../../../tests/fixtures/plain.der"))?;
/// let subject = certificate.subject();
/// assert_eq!(subject.rfc2253(Dialect::BoringSsl).unwrap(), "CN=client.example,OU=Ops,O=Example Corp,L=Weiden,ST=Bayern,C=DE");
/// assert_eq!(subject.legacy(Dialect::BoringSsl).unwrap(), "/C=DE/ST=Bayern/L=Weiden/O=Example Corp/OU=Ops/CN=client.example");
/// assert_eq!(subject.as_der()[..6], [0x30, 0x6d, 0x31, 0x0b, 0x30, 0x09]);
/// # Ok::<(), tls_client_auth::x509::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Name<'a> {
    der: &'a [u8],
    contents: &'a [u8],
}

/// Names are equal if their DER is equal: two encodings of the same text differ, and so do names that only print alike.
///
/// ```
/// use tls_client_auth::x509::Certificate;
/// # let (client, ca) = (include_bytes!("../../../tests/fixtures/plain.der"), include_bytes!("../../../tests/fixtures/ca.der"));
///
/// let (client, ca) = (Certificate::from_der(client)?, Certificate::from_der(ca)?);
/// assert_eq!(client.issuer(), ca.subject());
/// assert_ne!(client.issuer(), client.subject());
/// # Ok::<(), tls_client_auth::x509::Error>(())
/// ```
impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Name<'_> {}

impl PartialOrd for Name<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.der.cmp(other.der)
    }
}

impl Hash for Name<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.der.hash(state);
    }
}

/// Prints sizes, not bytes, which come from the client.
impl fmt::Debug for Name<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Name").field("bytes", &self.der.len()).finish()
    }
}

/// One attribute of a name: its type, its value, and the index of its relative distinguished name.
#[derive(Clone, Copy)]
pub(crate) struct Attribute<'a> {
    pub(crate) kind: ObjectIdentifier<'a>,
    pub(crate) value: Element<'a>,
    pub(crate) rdn: usize,
}

impl<'a> Name<'a> {
    #[inline]
    pub(crate) fn new(element: Element<'a>) -> Self {
        Self { der: element.der(), contents: element.contents() }
    }

    /// The DER of the RDNSequence.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.der
    }

    /// The name as `X509_NAME_print_ex` prints it with `XN_FLAG_RFC2253`, as in nginx's `$ssl_client_s_dn`: last RDN first,
    /// printable ASCII only. `CN=Jos\C3\A9,O=Acme\, Inc.,C=US`
    ///
    /// Different values print differently, and so do different attribute types, with two exceptions that are the libraries': an object
    /// identifier of more than 79 characters is cut, and BoringSSL prints nothing for one with an arc over 64 bits. No CA in use issues
    /// such names. To exclude them, compare [`as_der`](Self::as_der), which also distinguishes the string types.
    ///
    /// `None` if the name or a string in it is malformed.
    #[must_use]
    pub fn rfc2253(&self, dialect: Dialect) -> Option<String> {
        let mut text = Vec::new();
        self.write_rfc2253(dialect, &mut text)?;
        String::from_utf8(text).ok()
    }

    /// The name as `X509_NAME_oneline` prints it, as in nginx's `$ssl_client_s_dn_legacy`: printable ASCII only.
    /// `/C=US/O=Acme, Inc./CN=Jos\xC3\xA9`
    ///
    /// For display, not for access decisions: BoringSSL does not escape `/` in values, and neither library escapes `\`, so different
    /// names can print alike. `None` if the name is malformed.
    #[must_use]
    pub fn legacy(&self, dialect: Dialect) -> Option<String> {
        let mut text = Vec::new();
        self.write_legacy(dialect, &mut text)?;
        String::from_utf8(text).ok()
    }

    /// The name as Go's `pkix.Name.String` prints it, as in Caddy's `{http.request.tls.client.subject}`. Bytes outside printable ASCII,
    /// which Go does not escape, are written as `\C3\A9`.
    ///
    /// ```
    /// # use tls_client_auth::x509::Certificate;
    /// # let certificate = Certificate::from_der(include_bytes!("../../../tests/fixtures/dn_dc_uid.der"))?;
    /// assert_eq!(
    ///     certificate.subject().go().unwrap(),
    ///     "CN=John Doe,OU=People,0.9.2342.19200300.100.1.1=#13046a646f65,0.9.2342.19200300.100.1.25=#13076578616d706c65,0.9.2342.19200300.100.1.25=#13036f7267"
    /// );
    /// # Ok::<(), tls_client_auth::x509::Error>(())
    /// ```
    ///
    /// Go keeps only the last common name and serial number, drops them if they are empty, joins organizations with `+`, and
    /// orders by type. Two names can print alike: compare [`as_der`](Self::as_der). `None` if the name is malformed.
    #[must_use]
    pub fn go(&self) -> Option<String> {
        let mut text = Vec::new();
        self.write_go(&mut text)?;
        String::from_utf8(text).ok()
    }

    pub(crate) fn write_rfc2253(&self, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        let start = out.len();
        match usual::write_both(self, out) {
            Some([begin, middle]) => keep(start, begin..middle, out),
            None => rfc2253::write(self, dialect, out)?,
        }
        Some(())
    }

    pub(crate) fn write_legacy(&self, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        let start = out.len();
        match usual::write_both(self, out) {
            Some([_, middle]) => keep(start, middle..out.len(), out),
            None => legacy::write(self, dialect, out)?,
        }
        Some(())
    }

    /// Appends both forms. One that cannot be written is empty.
    #[inline]
    pub(crate) fn write_both(&self, dialect: Dialect, out: &mut Vec<u8>) -> Both {
        let start = out.len();
        if let Some([rfc2253, legacy]) = usual::write_both(self, out) {
            return Both { rfc2253, legacy, are_plain: true };
        }
        if rfc2253::write(self, dialect, out).is_none() {
            out.truncate(start);
        }
        let legacy = out.len();
        if legacy::write(self, dialect, out).is_none() {
            out.truncate(legacy);
        }
        Both { rfc2253: start, legacy, are_plain: false }
    }

    pub(crate) fn write_haproxy(&self, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        haproxy::write(self, dialect, out)
    }

    pub(crate) fn write_common_name(&self, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        haproxy::write_first(self, "CN", dialect, out)
    }

    pub(crate) fn write_java(&self, out: &mut Vec<u8>) -> Option<()> {
        java::write(self, out)
    }

    pub(crate) fn write_go(&self, out: &mut Vec<u8>) -> Option<()> {
        go::GoName::read(self)?.write(out);
        Some(())
    }

    /// The attributes in the certificate's order; `None` in place of the first malformed one.
    pub(crate) fn attributes(&self) -> Attributes<'a> {
        Attributes { sets: Cursor::new(self.contents), set: Cursor::new(&[]), rdn: 0 }
    }
}

/// Where the appended forms begin; the first ends where the second begins.
pub(crate) struct Both {
    pub(crate) rfc2253: usize,
    pub(crate) legacy: usize,
    /// Whether both are known to be printable ASCII without spaces at their ends.
    pub(crate) are_plain: bool,
}

/// Keeps only this range of the text appended after `start`.
fn keep(start: usize, range: Range<usize>, out: &mut Vec<u8>) {
    let end = start.saturating_add(range.len());
    out.copy_within(range, start);
    out.truncate(end);
}

/// See [`Name::attributes`].
pub(crate) struct Attributes<'a> {
    sets: Cursor<'a>,
    set: Cursor<'a>,
    rdn: usize,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Option<Attribute<'a>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while self.set.is_at_end() {
            match self.sets.next()? {
                Ok(set) if set.tag() == cursor::SET => self.set = set.inside(),
                _ => return Some(None),
            }
            self.rdn = self.rdn.saturating_add(1);
        }
        Some(self.attribute())
    }
}

impl<'a> Attributes<'a> {
    fn attribute(&mut self) -> Option<Attribute<'a>> {
        let mut fields = self.set.expect(cursor::SEQUENCE, Part::Subject).ok()?.inside();
        let kind = fields.expect(cursor::OBJECT_IDENTIFIER, Part::Subject).ok()?;
        let value = fields.element().ok()?;
        fields.is_at_end().then_some(Attribute {
            kind: ObjectIdentifier::new(kind.contents()),
            value,
            rdn: self.rdn,
        })
    }
}
