//! The extensions of a certificate: a malformed one also hides those after it, and nothing else.

use core::fmt;

use crate::x509::ObjectIdentifier;
use crate::x509::Part;
use crate::x509::cursor::{self, Cursor, Element};

/// The last arc of `id-ce-subjectKeyIdentifier`, `2.5.29.14`.
pub(crate) const SUBJECT_KEY_IDENTIFIER: u8 = 14;
/// `2.5.29.17`
pub(crate) const SUBJECT_ALT_NAME: u8 = 17;
/// `2.5.29.35`
pub(crate) const AUTHORITY_KEY_IDENTIFIER: u8 = 35;

/// One extension (RFC 5280 §4.2): its identifier, whether it is critical, and the contents of its OCTET STRING.
///
/// ```
/// use tls_client_auth::Dialect;
/// # use tls_client_auth::x509::Certificate;
/// # let certificate = Certificate::from_der(include_bytes!("../../tests/fixtures/plain.der"))?;
/// let extension = certificate.extensions().next().unwrap();
/// assert_eq!(extension.identifier().short_name(Dialect::OpenSsl), Some("basicConstraints"));
/// assert!(extension.is_critical());
/// assert_eq!(extension.value(), [0x30, 0x00]);
/// # Ok::<(), tls_client_auth::x509::Error>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Extension<'a> {
    identifier: ObjectIdentifier<'a>,
    critical: bool,
    value: &'a [u8],
}

/// Prints sizes, not bytes, which come from the client.
impl fmt::Debug for Extension<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Extension")
            .field("identifier", &self.identifier)
            .field("critical", &self.critical)
            .field("value_bytes", &self.value.len())
            .finish()
    }
}

impl<'a> Extension<'a> {
    /// The extension's object identifier: `2.5.29.19`.
    #[must_use]
    pub const fn identifier(&self) -> ObjectIdentifier<'a> {
        self.identifier
    }

    /// Whether the extension is critical: a verifier that does not support it must reject the certificate.
    #[must_use]
    pub const fn is_critical(&self) -> bool {
        self.critical
    }

    /// The DER inside the OCTET STRING.
    #[must_use]
    pub const fn value(&self) -> &'a [u8] {
        self.value
    }

    fn read(element: &Element<'a>) -> Option<Self> {
        if element.tag() != cursor::SEQUENCE {
            return None;
        }
        let mut fields = element.inside();
        let identifier = fields.expect(cursor::OBJECT_IDENTIFIER, Part::Extensions).ok()?;
        let critical = fields.optional(cursor::BOOLEAN, Part::Extensions).ok()?;
        let value = fields.expect(cursor::OCTET_STRING, Part::Extensions).ok()?;
        fields.is_at_end().then_some(Self {
            identifier: ObjectIdentifier::new(identifier.contents()),
            critical: critical.is_some_and(|critical| critical.contents() != [0]),
            value: value.contents(),
        })
    }
}

/// The extensions in the certificate's order; ends before the first malformed one.
///
/// ```
/// # use tls_client_auth::x509::Certificate;
/// # let certificate = Certificate::from_der(include_bytes!("../../tests/fixtures/plain.der"))?;
/// let critical = certificate.extensions().filter(|extension| extension.is_critical());
/// assert_eq!(critical.count(), 2);
/// # Ok::<(), tls_client_auth::x509::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Extensions<'a> {
    list: Cursor<'a>,
    /// Whether the last one was malformed.
    broken: bool,
}

/// Prints the number of remaining extensions.
impl fmt::Debug for Extensions<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Extensions").field("extensions", &self.count()).finish()
    }
}

impl<'a> Extensions<'a> {
    /// Creates the iterator from the contents of the certificate's `[3]`.
    pub(crate) fn new(explicit: Option<&'a [u8]>) -> Self {
        let list = explicit.and_then(|explicit| {
            let mut inside = Cursor::new(explicit);
            let list = inside.expect(cursor::SEQUENCE, Part::Extensions).ok()?;
            inside.is_at_end().then(|| list.inside())
        });
        Self { list: list.unwrap_or(Cursor::new(&[])), broken: false }
    }

    /// Whether all extensions are well-formed. If not, there may be further ones of any kind.
    pub(crate) fn are_readable(mut self) -> bool {
        self.by_ref().for_each(drop);
        !self.broken
    }

    /// The value of the extension `2.5.29.n` with this last arc, if it is not duplicated.
    pub(crate) fn unique(self, arc: u8) -> Option<&'a [u8]> {
        let [value] = self.each_unique([arc]);
        value
    }

    /// The same for several extensions in one pass. RFC 5280 §4.2 forbids a second extension with the same identifier; if there is one,
    /// neither is used.
    #[inline]
    pub(crate) fn each_unique<const N: usize>(self, arcs: [u8; N]) -> [Option<&'a [u8]>; N] {
        let mut found = [(0u8, None); N];
        for extension in self {
            let [0x55, 0x1d, last] = *extension.identifier.as_der() else { continue };
            for (arc, (times, value)) in arcs.iter().zip(&mut found) {
                if last == *arc {
                    *times = times.saturating_add(1);
                    *value = Some(extension.value);
                }
            }
        }
        found.map(|(times, value)| value.filter(|_| times == 1))
    }

    /// The next extension in any form. Separate from `next`, which is inlined for the usual form.
    #[inline(never)]
    fn read(&mut self) -> Option<Extension<'a>> {
        let extension = self.list.next()?.ok().and_then(|element| Extension::read(&element));
        if extension.is_none() {
            self.broken = true;
            self.list = Cursor::new(&[]);
        }
        extension
    }
}

impl<'a> Iterator for Extensions<'a> {
    type Item = Extension<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if let Some((identifier, critical, value)) = self.list.usual_extension() {
            let identifier = ObjectIdentifier::new(identifier);
            return Some(Extension { identifier, critical, value });
        }
        self.read()
    }
}
