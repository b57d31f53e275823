//! The header lines of header sets for one client: all values in one buffer.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::table::Table;
use super::write::Writer;
use super::{Entry, HeaderSet, RequestHeadersMut, TooManyHeaders};
use crate::client::ClientCertificate;
use crate::field::Limits;
use crate::headers::HeaderName;
use crate::headers::name::is_alike;

/// The header lines of one client. Every value holds bytes 0x20 to 0x7E only, and neither begins nor ends with a space.
/// [`TabbedPem`](crate::field::CertificateForm::TabbedPem) alone also holds tabs.
///
/// ```
/// use tls_client_auth::field::Limits;
/// use tls_client_auth::{ClientCertificate, HeaderSet};
///
/// let lines = HeaderSet::nginx().lines(&ClientCertificate::none(), Limits::new());
/// assert_eq!(lines.get("ssl_client_verify"), Some("NONE"));
/// let line = lines.iter().next().unwrap();
/// assert_eq!((line.name(), line.value()), ("ssl-client-verify", "NONE"));
/// ```
#[derive(Clone)]
pub struct HeaderLines {
    /// The rows from which the lines were written, with their names.
    entries: Arc<[Entry]>,
    lines: Vec<Line>,
    too_large: Vec<u32>,
    /// All values, one after the other; with feature `http` the values share this buffer.
    #[cfg(not(feature = "http"))]
    text: Vec<u8>,
}

#[derive(Clone)]
pub(super) struct Line {
    /// Its index among the entries.
    entry: u32,
    /// The index of the first line with the same value, which holds it for all of them.
    #[cfg(feature = "http")]
    holder: u32,
    value: Value,
}

#[derive(Clone)]
enum Value {
    /// Its range in the text.
    Range { start: u32, end: u32 },
    /// Created once, shared by all requests. In the place of the range, so that lines are small.
    #[cfg(feature = "http")]
    Header(http::HeaderValue),
}

impl Line {
    pub(super) const fn new(
        entry: u32,
        #[cfg_attr(not(feature = "http"), expect(unused_variables))] holder: u32,
        start: u32,
        end: u32,
    ) -> Self {
        Self {
            entry,
            #[cfg(feature = "http")]
            holder,
            value: Value::Range { start, end },
        }
    }

    /// The entry that the line was made from.
    pub(super) fn entry<'e>(&self, entries: &'e [Entry]) -> Option<&'e Entry> {
        entries.get(index(self.entry))
    }

    fn range(&self) -> Range<usize> {
        match self.value {
            Value::Range { start, end } => index(start)..index(end),
            #[cfg(feature = "http")]
            Value::Header(_) => 0..0,
        }
    }
}

/// Indexes have 32 bits, to keep lines small.
pub(super) fn index(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

impl HeaderSet {
    /// Returns the set's header lines for this client. A row without a value, or with a value over its limit, gives no line.
    #[must_use]
    pub fn lines(&self, client: &ClientCertificate, limits: Limits) -> HeaderLines {
        HeaderLines::new(self.entries(), client, limits)
    }
}

impl HeaderLines {
    pub(crate) fn new(table: &Table, client: &ClientCertificate, limits: Limits) -> Self {
        let mut writer = Writer::new(table, client);
        writer.write(limits);
        let Writer { text, lines, too_large, .. } = writer;
        #[cfg(feature = "http")]
        let lines = cut(text, lines);
        Self {
            entries: Arc::clone(table.entries()),
            lines,
            too_large,
            #[cfg(not(feature = "http"))]
            text,
        }
    }

    /// The lines, in the order of the sets' rows.
    pub fn iter(&self) -> impl Iterator<Item = HeaderLine<'_>> {
        self.lines.iter().filter_map(|line| {
            Some(HeaderLine {
                name: &line.entry(&self.entries)?.name,
                #[cfg(not(feature = "http"))]
                value: self.text.get(line.range())?,
                #[cfg(feature = "http")]
                value: match &self.lines.get(index(line.holder))?.value {
                    Value::Header(value) => value,
                    Value::Range { .. } => return None,
                },
            })
        })
    }

    /// The value under this name; case and separators are ignored.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let alike = |line: &HeaderLine<'_>| is_alike(line.name().as_bytes(), name.as_bytes());
        self.iter().find(alike).map(|line| line.value())
    }

    /// The names of headers over their [limit](Limits): they are left out, or, for Envoy's, sent without the certificates.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    ///
    /// let client = ClientCertificate::presented(vec![0; 20_000], Verification::Success);
    /// let lines = HeaderSet::rfc9440().lines(&client, Limits::new());
    /// assert_eq!(lines.too_large().collect::<Vec<_>>(), ["Client-Cert"]);
    /// ```
    #[must_use]
    pub fn too_large(&self) -> impl ExactSizeIterator<Item = &str> {
        let name =
            |entry: &u32| self.entries.get(index(*entry)).map_or("", |entry| entry.name.as_str());
        self.too_large.iter().map(name)
    }
}

/// Splits the buffer into its values without copying.
#[cfg(feature = "http")]
fn cut(text: Vec<u8>, mut lines: Vec<Line>) -> Vec<Line> {
    let text = bytes::Bytes::from(text);
    for (number, line) in (0u32..).zip(&mut lines) {
        let range = line.range();
        if line.holder != number {
            continue;
        }
        // Printable ASCII is always a valid value.
        if let Some(value) = word(text.get(range.clone()).unwrap_or_default()) {
            line.value = Value::Header(value);
        } else if let Ok(mut value) = http::HeaderValue::from_maybe_shared(text.slice(range)) {
            // A constant again: the byte of this flag was stored alone, and reading it in a word would wait for the store.
            value.set_sensitive(false);
            line.value = Value::Header(value);
        }
    }
    lines
}

/// Common words as constants: cloning them does not count references.
#[cfg(feature = "http")]
fn word(value: &[u8]) -> Option<http::HeaderValue> {
    Some(http::HeaderValue::from_static(match value {
        b"true" => "true",
        b"false" => "false",
        b"1" => "1",
        b"0" => "0",
        b"SUCCESS" => "SUCCESS",
        b"NONE" => "NONE",
        _ => return None,
    }))
}

/// Prints names and sizes, not values, which come from the client.
impl fmt::Debug for HeaderLines {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_map()
            .entries(self.iter().map(|line| (line.name, line.value.len())))
            .finish()
    }
}

/// One header line: a name and a value.
///
/// ```
/// use tls_client_auth::field::Limits;
/// use tls_client_auth::{ClientCertificate, HeaderSet};
///
/// let lines = HeaderSet::apache().lines(&ClientCertificate::none(), Limits::new());
/// let line = lines.iter().next().unwrap();
/// assert_eq!((line.name(), line.value()), ("SSL-CLIENT-VERIFY", "NONE"));
/// assert_eq!(line.header_name().as_str(), "SSL-CLIENT-VERIFY");
/// # #[cfg(feature = "http")]
/// assert_eq!(line.header_value(), "NONE");
/// ```
#[derive(Clone, Copy)]
pub struct HeaderLine<'a> {
    name: &'a HeaderName,
    #[cfg(not(feature = "http"))]
    value: &'a [u8],
    #[cfg(feature = "http")]
    value: &'a http::HeaderValue,
}

/// Adds a line that is not from a set. The value is printable ASCII.
pub(crate) fn add_line<H: RequestHeadersMut + ?Sized>(
    headers: &mut H,
    name: &'static str,
    value: &[u8],
) -> Result<(), TooManyHeaders> {
    let name = HeaderName::from_static(name).ok_or(TooManyHeaders)?;
    #[cfg(feature = "http")]
    let value = &http::HeaderValue::from_bytes(value).map_err(|_| TooManyHeaders)?;
    headers.add_line(HeaderLine { name: &name, value })
}

impl<'a> HeaderLine<'a> {
    /// The name in its written case: `Cf-Client-Cert-Sha256`.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name.as_str()
    }

    /// The name, also as a `http::HeaderName` with feature `http`.
    #[must_use]
    pub const fn header_name(&self) -> &'a HeaderName {
        self.name
    }

    /// The value: bytes 0x20 to 0x7E only (tabs too in [`TabbedPem`](crate::field::CertificateForm::TabbedPem)), and no space at an end.
    #[must_use]
    pub fn value(&self) -> &'a str {
        // Always ASCII: `Facts::write` has checked it.
        #[cfg(not(feature = "http"))]
        let value = self.value;
        #[cfg(feature = "http")]
        let value = self.value.as_bytes();
        core::str::from_utf8(value).unwrap_or_default()
    }

    /// The value as a `http::HeaderValue`, created once and shared by all requests.
    #[cfg(feature = "http")]
    #[must_use]
    pub const fn header_value(&self) -> &'a http::HeaderValue {
        self.value
    }
}

impl fmt::Debug for HeaderLine<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} bytes", self.name(), self.value().len())
    }
}
