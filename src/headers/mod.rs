//! Header sets as data: ordered tables of a name and a field, and the lines they give for one certificate.

mod cloudflare;
mod lines;
mod rfc9440;

use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::dialect::Dialect;
use crate::field::Field;
use crate::field_name::{FieldName, is_alike};

pub use lines::{HeaderLine, HeaderLines};

/// An ordered table of header names, each with the field that is its value.
///
/// A set in which no field tells the verdict speaks of verified, unrevoked certificates only, because its reader could not
/// tell the others apart; [`including_untrusted`](Self::including_untrusted) lifts that.
///
/// ```
/// use tls_client_auth::{ClientCertificate, Field, HeaderSet, Limits, SerialForm, Verification};
/// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
///
/// let set = HeaderSet::new("mine", [("X-Client-Serial", Field::Serial(SerialForm::Hex)), ("X-Client-Verify", Field::Verified)])?;
/// let client = ClientCertificate::presented(der, Verification::Success);
/// let lines = set.lines(&client, Limits::new());
/// let lines: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
/// assert_eq!(lines, [("X-Client-Serial", "5A7001B17B539286C891"), ("X-Client-Verify", "SUCCESS")]);
/// # Ok::<(), tls_client_auth::HeaderSetError>(())
/// ```
#[derive(Clone, Debug)]
pub struct HeaderSet {
    name: Arc<str>,
    rows: Arc<[Row]>,
    trusted_only: bool,
    dialect: Option<Dialect>,
}

/// A line of the table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: FieldName,
    pub(crate) field: Field,
}

impl HeaderSet {
    /// A table of the caller's own, with a name for people.
    ///
    /// # Errors
    /// A header name is not a token, is one of HTTP's own framing, or is there twice (case and separators apart).
    pub fn new<'n>(
        name: &str,
        rows: impl IntoIterator<Item = (&'n str, Field)>,
    ) -> Result<Self, HeaderSetError> {
        let mut checked: Vec<Row> = Vec::new();
        for (name, field) in rows {
            let refuse = |kind| HeaderSetError { name: name.to_string(), kind };
            let row =
                FieldName::from_text(name).ok_or_else(|| refuse(HeaderSetErrorKind::NotAToken))?;
            if is_framing(name) {
                return Err(refuse(HeaderSetErrorKind::Framing));
            }
            if checked.iter().any(|row| is_alike(row.name.as_str().as_bytes(), name.as_bytes())) {
                return Err(refuse(HeaderSetErrorKind::Twice));
            }
            checked.push(Row { name: row, field });
        }
        Ok(Self::from_rows(name, checked))
    }

    /// A table of the crate's own; its tests show that the names are valid.
    fn from_table(name: &str, table: &[(&'static str, Field)]) -> Self {
        let row = |(name, field): &(&'static str, Field)| {
            Some(Row { name: FieldName::from_static(name)?, field: *field })
        };
        Self::from_rows(name, table.iter().filter_map(row).collect())
    }

    fn from_rows(name: &str, rows: Vec<Row>) -> Self {
        let trusted_only = !rows.iter().any(|row| row.field.is_verdict());
        Self { name: name.into(), rows: rows.into(), trusted_only, dialect: None }
    }

    /// The same table for every client: also for certificates that did not verify or are revoked. Who reads it must
    /// learn the verdict elsewhere.
    #[must_use]
    pub fn including_untrusted(mut self) -> Self {
        self.trusted_only = false;
        self
    }

    /// The same table in that library's spelling, whatever the certificate's [`dialect`](crate::ClientCertificate::dialect).
    #[must_use]
    pub const fn with_dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// The set's name: `cloudflare`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The table.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&str, Field)> {
        self.rows.iter().map(|row| (row.name.as_str(), row.field))
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.rows.iter().map(|row| Entry {
            row: row.clone(),
            trusted_only: self.trusted_only,
            dialect: self.dialect,
        })
    }
}

/// A row with what its set says of all of them.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) row: Row,
    pub(crate) trusted_only: bool,
    pub(crate) dialect: Option<Dialect>,
}

/// The names that frame a message or steer the connection: never a certificate's.
pub(crate) fn is_framing(name: &str) -> bool {
    const FRAMING: [&str; 9] = [
        "connection",
        "content-length",
        "host",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    FRAMING.iter().any(|framing| is_alike(framing.as_bytes(), name.as_bytes()))
}

/// Why a table of headers was refused.
///
/// ```
/// use tls_client_auth::{DigestForm, Field, HeaderSet, SerialForm};
///
/// let error = HeaderSet::new("mine", [("X-Cert", Field::Serial(SerialForm::Hex)), ("x_cert", Field::Sha256(DigestForm::Lower))]).unwrap_err();
/// assert_eq!(error.to_string(), r#"header name "x_cert": stands there twice"#);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HeaderSetError {
    name: String,
    kind: HeaderSetErrorKind,
}

/// What is wrong with a header name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum HeaderSetErrorKind {
    /// Not a token of RFC 9110 §5.6.2.
    NotAToken,
    /// One of HTTP's own: `Host`, `Connection`, `Content-Length`, …
    Framing,
    /// The same name, case and separators apart, stands in another row.
    Twice,
    /// Not a header of the table.
    Unknown,
}

impl HeaderSetError {
    pub(crate) fn new(name: &str, kind: HeaderSetErrorKind) -> Self {
        Self { name: name.to_string(), kind }
    }

    /// The name that was refused.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why.
    #[must_use]
    pub const fn kind(&self) -> HeaderSetErrorKind {
        self.kind
    }
}

impl fmt::Display for HeaderSetError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.kind {
            HeaderSetErrorKind::NotAToken => "is not a token",
            HeaderSetErrorKind::Framing => "belongs to HTTP's framing",
            HeaderSetErrorKind::Twice => "stands there twice",
            HeaderSetErrorKind::Unknown => "is not in the table",
        };
        write!(formatter, "header name {:?}: {reason}", self.name)
    }
}

impl core::error::Error for HeaderSetError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::SerialForm;

    #[test]
    fn own_tables_hold_every_row_and_are_stripped_again() {
        let sets = [
            (HeaderSet::cloudflare(), 2),
            (HeaderSet::cloudflare_worker(), 9),
            (HeaderSet::cloudflare_managed(), 17),
            (HeaderSet::rfc9440(), 2),
        ];
        for (set, rows) in sets {
            assert_eq!(set.rows().len(), rows, "{}", set.name());
            for (name, _) in set.rows() {
                assert!(crate::is_owned_name(name.as_bytes()), "{name}");
            }
            assert!(HeaderSet::new("again", set.rows()).is_ok(), "{}", set.name());
        }
    }

    #[test]
    fn tables_are_checked() {
        let cases = [
            ("a space", "X Cert", HeaderSetErrorKind::NotAToken),
            ("a line break", "X-Cert\r\nHost", HeaderSetErrorKind::NotAToken),
            ("nothing", "", HeaderSetErrorKind::NotAToken),
            ("framing", "Content_Length", HeaderSetErrorKind::Framing),
            ("twice", "x.first", HeaderSetErrorKind::Twice),
        ];
        for (case, name, kind) in cases {
            let error = HeaderSet::new(
                "t",
                [
                    ("X-First", Field::Serial(SerialForm::Hex)),
                    (name, Field::Serial(SerialForm::Hex)),
                ],
            )
            .unwrap_err();
            assert_eq!((error.name(), error.kind()), (name, kind), "{case}");
        }
    }
}
