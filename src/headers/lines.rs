//! The header lines of header sets for one client: all values in one buffer.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::{Entry, HeaderSet, RequestHeadersMut, TooManyHeaders};
use crate::client::ClientCertificate;
use crate::field::Limits;
use crate::field::{CertificateForm, Facts, Field, Needs, Written};
use crate::headers::HeaderName;
use crate::headers::name::is_alike;
use crate::x509::Dialect;

/// The header lines of one client. Every value holds bytes 0x20 to 0x7E only, and neither begins nor ends with a space.
/// [`TabbedPem`](CertificateForm::TabbedPem) alone also holds tabs.
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
    too_large: Vec<usize>,
    /// All values, one after the other; with feature `http` the values share this buffer.
    #[cfg(not(feature = "http"))]
    text: Vec<u8>,
}

#[derive(Clone)]
struct Line {
    /// Its index among the entries.
    entry: usize,
    range: Range<usize>,
    /// Created once, shared by all requests.
    #[cfg(feature = "http")]
    value: http::HeaderValue,
}

impl Line {
    const fn new(entry: usize, range: Range<usize>) -> Self {
        Self {
            entry,
            range,
            #[cfg(feature = "http")]
            value: http::HeaderValue::from_static(""),
        }
    }
}

impl HeaderSet {
    /// Returns the set's header lines for this client. A row without a value, or with a value over its limit, gives no line.
    #[must_use]
    pub fn lines(&self, client: &ClientCertificate, limits: Limits) -> HeaderLines {
        HeaderLines::new(self.entries(), client, limits)
    }
}

impl HeaderLines {
    pub(crate) fn new(entries: &Arc<[Entry]>, client: &ClientCertificate, limits: Limits) -> Self {
        let wanted = || entries.iter().enumerate().filter(|(_, entry)| entry.is_for(client));
        let needs = wanted().fold(Needs::NOTHING, |needs, (_, entry)| needs.and(entry.field));
        let mut facts = Facts::new(client, limits, needs);
        let mut length = 0usize;
        for (_, entry) in wanted() {
            facts.bind(limits, entry.sizes);
            length = length.saturating_add(facts.expected_length(entry.field));
        }
        let mut text = Vec::with_capacity(length);
        let mut lines: Vec<Line> = Vec::with_capacity(entries.len());
        let mut too_large = Vec::new();
        let has_chain = client.chain_certificates().len() > 0;
        for (index, entry) in wanted() {
            // Cloudflare's sets have each name in two rows; it is written once.
            let is_name = matches!(entry.field, Field::Issuer(_) | Field::Subject(_));
            let told = |other: usize| {
                entries.get(other).is_some_and(|other| {
                    other.field == entry.field
                        && other.dialect == entry.dialect
                        && other.around == entry.around
                })
            };
            if is_name
                && entry.field.nth(0).is_none()
                && let Some(line) = lines.iter().find(|line| told(line.entry))
            {
                lines.push(Line::new(index, line.range.clone()));
                continue;
            }
            // One line, or a line for each of several values.
            for nth in 0..u8::MAX {
                let one_of_several = entry.field.nth(nth);
                let start = text.len();
                facts.bind(limits, entry.sizes);
                let written = if is_name && too_large.iter().any(|other| told(*other)) {
                    Written::TooLarge
                } else if has_chain
                    && let Some(missing) = missing_before(entry, &facts, entries, &lines)
                {
                    missing
                } else {
                    facts.by = &entry.by;
                    let dialect = entry.dialect.unwrap_or(client.printed_as());
                    let field = one_of_several.unwrap_or(entry.field);
                    write(entry.around.as_deref(), field, dialect, &facts, &mut text)
                };
                match written {
                    Written::Value => lines.push(Line::new(index, start..text.len())),
                    Written::TooLarge => too_large.push(index),
                    Written::Part => {
                        lines.push(Line::new(index, start..text.len()));
                        too_large.push(index);
                    }
                    Written::Nothing => {}
                }
                if one_of_several.is_none() || written != Written::Value {
                    break;
                }
            }
        }
        #[cfg(feature = "http")]
        cut(text, &mut lines);
        Self {
            entries: Arc::clone(entries),
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
                name: &self.entries.get(line.entry)?.name,
                #[cfg(not(feature = "http"))]
                value: self.text.get(line.range.clone())?,
                #[cfg(feature = "http")]
                value: &line.value,
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
        let name = |entry: &usize| self.entries.get(*entry).map_or("", |entry| entry.name.as_str());
        self.too_large.iter().map(name)
    }
}

/// Why a certificate that must precede this row was not written: a chain is not sent without its leaf (RFC 9440 §2.3), nor a
/// chain certificate without those before it. `None` if nothing is missing.
fn missing_before(
    entry: &Entry,
    facts: &Facts<'_>,
    entries: &[Entry],
    lines: &[Line],
) -> Option<Written> {
    let leaf = Field::Certificate(entry.leaf?);
    let chain = match entry.field {
        Field::ChainCertificate(index, form) => (0..index, form),
        _ => (0..0, CertificateForm::Base64),
    };
    let chain = chain.0.map(|index| Field::ChainCertificate(index, chain.1));
    core::iter::once(leaf).chain(chain).find_map(|before| {
        let is_before =
            |line: &Line| entries.get(line.entry).is_some_and(|row| row.field == before);
        if lines.iter().any(is_before) {
            return None;
        }
        // Its row comes later, or is sent on other requests.
        let written = facts.write(before, Dialect::OpenSsl, &mut Vec::new());
        Some(written).filter(|written| *written != Written::Value)
    })
}

/// Splits the buffer into its values without copying.
#[cfg(feature = "http")]
fn cut(text: Vec<u8>, lines: &mut [Line]) {
    let text = bytes::Bytes::from(text);
    for line in lines {
        // Printable ASCII is always a valid value.
        if let Ok(value) = http::HeaderValue::from_maybe_shared(text.slice(line.range.clone())) {
            line.value = value;
        }
    }
}

/// Appends the field's value, between the fixed text of its row.
fn write(
    around: Option<&[String; 2]>,
    field: Field,
    dialect: Dialect,
    facts: &Facts<'_>,
    out: &mut Vec<u8>,
) -> Written {
    let Some([before, after]) = around else { return facts.write(field, dialect, out) };
    let start = out.len();
    out.extend_from_slice(before.as_bytes());
    let written = match field {
        Field::Fixed => Written::Value,
        field => facts.write(field, dialect, out),
    };
    match written {
        Written::Value | Written::Part => out.extend_from_slice(after.as_bytes()),
        Written::TooLarge | Written::Nothing => out.truncate(start),
    }
    written
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

    /// The value: bytes 0x20 to 0x7E only (tabs too in [`TabbedPem`](CertificateForm::TabbedPem)), and no space at an end.
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
