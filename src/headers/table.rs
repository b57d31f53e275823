//! A table of rows, and the work of writing them, decided once for all clients.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

use super::Entry;
use crate::client::ClientCertificate;
use crate::field::{CertificateForm, DigestForm, Facts, Field, Limits, NameForm, Needs, Sizes};
use crate::x509::Dialect;

/// The rows of one or several sets, in order.
#[derive(Clone, Default, Eq, PartialEq)]
pub(crate) struct Table {
    entries: Arc<[Entry]>,
    /// For trusted clients, for others with a certificate, and for those without one.
    work: Arc<[Work; 3]>,
}

/// The work of writing the rows that are sent to one kind of clients.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Work {
    pub(super) rows: Vec<Row>,
    pub(super) needs: Needs,
    /// The forms that the rows have.
    pub(super) wanted: Forms,
    /// The expected length of all values whose length does not depend on the certificates.
    length: usize,
    /// The numbers of different texts of the issuer and of the subject.
    issuers: usize,
    subjects: usize,
    /// The fields with certificates, and the sizes of their sets.
    certificates: Vec<(Field, Sizes)>,
}

/// A row that is sent, and how its value is written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Row {
    /// The index of its entry.
    pub(super) index: u32,
    pub(super) field: Field,
    pub(super) dialect: Option<Dialect>,
    pub(super) sizes: Sizes,
    /// Whether it is the first row that needs a digest of the leaf.
    pub(super) is_first_with_digest: bool,
    pub(super) way: Way,
}

/// How a row's value is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    /// For this row alone.
    Alone,
    /// Once for all rows of this form.
    Shared(Forms),
    /// With more of the entry: several lines, text around the value, or the proxy's identities.
    Special,
}

impl Table {
    /// The rows.
    pub(crate) const fn entries(&self) -> &Arc<[Entry]> {
        &self.entries
    }

    /// The work for this client.
    pub(super) fn work(&self, client: &ClientCertificate) -> &Work {
        let [trusted, presented, none] = &*self.work;
        match (client.is_trusted(), client.is_presented()) {
            (true, _) => trusted,
            (false, true) => presented,
            (false, false) => none,
        }
    }
}

impl Deref for Table {
    type Target = [Entry];

    fn deref(&self) -> &[Entry] {
        &self.entries
    }
}

/// Prints the rows; the work follows from them.
impl fmt::Debug for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries.fmt(formatter)
    }
}

impl FromIterator<Entry> for Table {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let entries: Arc<[Entry]> = entries.into_iter().collect();
        let clients = [(true, true), (false, true), (false, false)];
        let work = clients.map(|(is_trusted, is_presented)| {
            let rows = (0u32..).zip(&*entries);
            Work::of(rows.filter(|(_, entry)| entry.when.includes(is_trusted, is_presented)))
        });
        Self { entries, work: work.into() }
    }
}

impl Work {
    fn of<'e>(entries: impl Iterator<Item = (u32, &'e Entry)> + Clone) -> Self {
        let mut work = Self::default();
        let mut shared = Forms::NONE;
        for (_, entry) in entries.clone() {
            let form = Forms::of(entry);
            work.needs = work.needs.and(entry.field.needs());
            shared = shared.and(work.wanted.in_both(form));
            work.wanted = work.wanted.and(form);
        }
        for [one, other] in Forms::PAIRS {
            let pair = one.and(other);
            if work.wanted.has(pair) {
                shared = shared.and(pair);
            }
        }
        let (mut counted, mut has_digest) = (Forms::NONE, false);
        for (index, entry) in entries {
            let form = Forms::of(entry);
            // Base64 is a part of the byte sequence.
            let is_part = form == Forms::BASE64 && work.wanted.has(Forms::BYTE_SEQUENCE);
            if !is_part && (form == Forms::NONE || !counted.has(form)) {
                work.count(entry);
            }
            counted = counted.and(form);
            let field = entry.field;
            let is_special = entry.around.is_some() || field.nth(0).is_some() || entry.is_element();
            let needs_digest = field.needs().has_digest();
            work.rows.push(Row {
                index,
                field,
                dialect: entry.dialect,
                sizes: entry.sizes,
                is_first_with_digest: needs_digest && !has_digest,
                way: match shared.in_both(form) {
                    _ if is_special => Way::Special,
                    Forms::NONE => Way::Alone,
                    form => Way::Shared(form),
                },
            });
            has_digest |= needs_digest;
        }
        work
    }

    /// Counts a row's value in the expected length.
    fn count(&mut self, entry: &Entry) {
        let around = entry.around.iter().flat_map(|around| around.iter());
        self.length = around.map(String::len).fold(self.length, usize::saturating_add);
        match entry.field {
            Field::Issuer(_) => self.issuers = self.issuers.saturating_add(1),
            Field::Subject(_) => self.subjects = self.subjects.saturating_add(1),
            field if field.holds_certificates() => self.certificates.push((field, entry.sizes)),
            field => self.length = self.length.saturating_add(field.usual_length()),
        }
    }

    /// The approximate length of all values: sufficient for common certificates, so that the buffer is allocated once.
    pub(super) fn expected_length(&self, facts: &mut Facts<'_>, limits: Limits) -> usize {
        let issuer = facts.expected_length(Field::Issuer(NameForm::Rfc2253));
        let subject = facts.expected_length(Field::Subject(NameForm::Rfc2253));
        let mut length = self
            .length
            .saturating_add(issuer.saturating_mul(self.issuers))
            .saturating_add(subject.saturating_mul(self.subjects));
        for (field, sizes) in &self.certificates {
            facts.bind(limits, *sizes);
            length = length.saturating_add(facts.expected_length(*field));
        }
        length
    }
}

/// Forms that several rows of a table can have, a bit each.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Forms(u8);

impl Forms {
    pub(super) const NONE: Self = Self(0);
    pub(super) const ISSUER_RFC2253: Self = Self(1);
    pub(super) const ISSUER_LEGACY: Self = Self(1 << 1);
    pub(super) const SUBJECT_RFC2253: Self = Self(1 << 2);
    pub(super) const SUBJECT_LEGACY: Self = Self(1 << 3);
    pub(super) const BASE64: Self = Self(1 << 4);
    pub(super) const BYTE_SEQUENCE: Self = Self(1 << 5);
    pub(super) const SHA256: Self = Self(1 << 6);
    pub(super) const COUNT: usize = 7;

    /// The pairs that are written together.
    pub(super) const PAIRS: [[Self; 2]; 3] = [
        [Self::ISSUER_RFC2253, Self::ISSUER_LEGACY],
        [Self::SUBJECT_RFC2253, Self::SUBJECT_LEGACY],
        [Self::BASE64, Self::BYTE_SEQUENCE],
    ];

    /// The form of a row's whole value.
    fn of(entry: &Entry) -> Self {
        match entry.field {
            _ if entry.around.is_some() => Self::NONE,
            Field::Issuer(NameForm::Rfc2253) => Self::ISSUER_RFC2253,
            Field::Issuer(NameForm::Legacy) => Self::ISSUER_LEGACY,
            Field::Subject(NameForm::Rfc2253) => Self::SUBJECT_RFC2253,
            Field::Subject(NameForm::Legacy) => Self::SUBJECT_LEGACY,
            Field::Certificate(CertificateForm::Base64) => Self::BASE64,
            Field::Certificate(CertificateForm::ByteSequence) => Self::BYTE_SEQUENCE,
            Field::Sha256(DigestForm::Lower) => Self::SHA256,
            _ => Self::NONE,
        }
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) const fn in_both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Its index among all forms.
    pub(super) fn index(self) -> usize {
        usize::try_from(self.0.trailing_zeros()).unwrap_or(Self::COUNT)
    }
}
