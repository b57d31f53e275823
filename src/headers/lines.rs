//! The lines that header sets give for one certificate: all values in one buffer.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::{Entry, HeaderSet};
use crate::client_certificate::ClientCertificate;
use crate::field::{CertificateForm, ChainForm, Facts, Field, Written};
use crate::field_name::{FieldName, is_alike};
use crate::limits::Limits;

/// Finished header lines. Every value holds bytes 0x20 to 0x7E only.
#[derive(Clone)]
pub struct HeaderLines {
    text: Arc<[u8]>,
    lines: Vec<(FieldName, Range<usize>)>,
    too_large: Vec<FieldName>,
    #[cfg(feature = "http")]
    values: Vec<http::HeaderValue>,
}

impl HeaderSet {
    /// The set's lines for this client. A row without a value gives none, and so does a value over its limit.
    #[must_use]
    pub fn lines(&self, client: &ClientCertificate, limits: Limits) -> HeaderLines {
        HeaderLines::new(&self.entries().collect::<Vec<_>>(), client, limits)
    }
}

impl HeaderLines {
    pub(crate) fn new(entries: &[Entry], client: &ClientCertificate, limits: Limits) -> Self {
        let wanted = || entries.iter().filter(|entry| entry.is_for(client));
        let mut facts = Facts::new(client, limits, wanted().map(|entry| entry.row.field));
        let mut text = Vec::new();
        let mut lines = Vec::with_capacity(entries.len());
        let mut too_large = Vec::new();
        let mut leaf_is_too_large = false;
        for entry in wanted() {
            let start = text.len();
            facts.by = &entry.by;
            let dialect = entry.dialect.unwrap_or(client.printed_as());
            let field = entry.row.field;
            // RFC 9440 §2.3: no chain without its leaf.
            let written = if leaf_is_too_large && field == Field::Chain(ChainForm::ByteSequences) {
                Written::TooLarge
            } else {
                facts.write(field, dialect, &mut text)
            };
            leaf_is_too_large |= written == Written::TooLarge
                && field == Field::Certificate(CertificateForm::ByteSequence);
            match written {
                Written::Value => lines.push((entry.row.name.clone(), start..text.len())),
                Written::TooLarge => too_large.push(entry.row.name.clone()),
                Written::Nothing => {}
            }
        }
        let text: Arc<[u8]> = text.into();
        Self {
            #[cfg(feature = "http")]
            values: crate::http::values(&text, lines.iter().map(|(_, range)| range.clone())),
            text,
            lines,
            too_large,
        }
    }

    /// The lines in their sets' order.
    pub fn iter(&self) -> impl Iterator<Item = HeaderLine<'_>> {
        self.lines.iter().enumerate().map(|(index, (name, range))| {
            #[cfg(not(feature = "http"))]
            let _ = index;
            HeaderLine {
                name,
                value: self.text.get(range.clone()).unwrap_or_default(),
                #[cfg(feature = "http")]
                http: self.values.get(index),
            }
        })
    }

    /// The value under this name, its case and separators apart.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let alike = |line: &HeaderLine<'_>| is_alike(line.name().as_bytes(), name.as_bytes());
        self.iter().find(alike).map(|line| line.value())
    }

    /// The headers whose values were over their limit and are left out.
    pub fn too_large(&self) -> impl ExactSizeIterator<Item = &str> {
        self.too_large.iter().map(FieldName::as_str)
    }
}

/// Names and sizes, not values: those come from the client.
impl fmt::Debug for HeaderLines {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_map()
            .entries(self.lines.iter().map(|(name, range)| (name, range.len())))
            .finish()
    }
}

/// One header line.
#[derive(Clone, Copy)]
pub struct HeaderLine<'a> {
    name: &'a FieldName,
    value: &'a [u8],
    #[cfg(feature = "http")]
    http: Option<&'a http::HeaderValue>,
}

impl<'a> HeaderLine<'a> {
    /// A line that no set made. Its value must be printable ASCII.
    pub(crate) const fn from_parts(
        name: &'a FieldName,
        value: &'a [u8],
        #[cfg(feature = "http")] http: Option<&'a http::HeaderValue>,
    ) -> Self {
        Self {
            name,
            value,
            #[cfg(feature = "http")]
            http,
        }
    }

    /// The name in its written case: `Cf-Client-Cert-Sha256`.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name.as_str()
    }

    /// The name with its other forms.
    #[must_use]
    pub const fn field_name(&self) -> &'a FieldName {
        self.name
    }

    /// The value: bytes 0x20 to 0x7E only.
    #[must_use]
    pub fn value(&self) -> &'a str {
        // Never anything else than ASCII: `Facts::write` has looked.
        core::str::from_utf8(self.value).unwrap_or_default()
    }

    /// The value as the `http` crate holds it, made once and shared.
    #[cfg(feature = "http")]
    #[must_use]
    pub const fn header_value(&self) -> Option<&'a http::HeaderValue> {
        self.http
    }
}

impl fmt::Debug for HeaderLine<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} bytes", self.name(), self.value.len())
    }
}
