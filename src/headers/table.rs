//! A table of rows, and the work of writing them, decided once for all clients.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Deref;

use super::Entry;
use crate::client::ClientCertificate;
use crate::field::{CertificateForm, DigestForm, Facts, Field, Limits, NameForm, Needs, Sizes};

/// The rows of one or several sets, in order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Table {
    entries: Arc<[Entry]>,
    /// For trusted clients, for others with a certificate, and for those without one.
    work: Arc<[Work; 3]>,
}

/// The work of writing the rows that are sent to one kind of clients.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Work {
    pub(super) needs: Needs,
    /// The forms that the rows have, and those that are shared.
    pub(super) wanted: Forms,
    pub(super) shared: Forms,
    /// The expected length of all values whose length does not depend on the certificates.
    length: usize,
    /// The numbers of different texts of the issuer and of the subject.
    issuers: usize,
    subjects: usize,
    /// The fields with certificates, and the sizes of their sets.
    certificates: Vec<(Field, Sizes)>,
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

impl FromIterator<Entry> for Table {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let entries: Arc<[Entry]> = entries.into_iter().collect();
        let clients = [(true, true), (false, true), (false, false)];
        let work = clients.map(|(is_trusted, is_presented)| {
            Work::of(entries.iter().filter(|row| row.when.includes(is_trusted, is_presented)))
        });
        Self { entries, work: work.into() }
    }
}

impl Work {
    fn of<'e>(rows: impl Iterator<Item = &'e Entry> + Clone) -> Self {
        let mut work = Self::default();
        for Plan { needs, form, .. } in rows.clone().map(|row| row.plan) {
            work.needs = work.needs.and(needs);
            work.shared = work.shared.and(work.wanted.in_both(form));
            work.wanted = work.wanted.and(form);
        }
        for [one, other] in Forms::PAIRS {
            let pair = one.and(other);
            if work.wanted.has(pair) {
                work.shared = work.shared.and(pair);
            }
        }
        let mut counted = Forms::NONE;
        for row in rows {
            let around = row.around.iter().flat_map(|around| around.iter());
            work.length = around.map(String::len).fold(work.length, usize::saturating_add);
            let form = row.plan.form;
            // Base64 is a part of the byte sequence.
            let is_part = form == Forms::BASE64 && work.wanted.has(Forms::BYTE_SEQUENCE);
            if is_part || form != Forms::NONE && counted.has(form) {
                continue;
            }
            counted = counted.and(form);
            match row.field {
                Field::Issuer(_) => work.issuers = work.issuers.saturating_add(1),
                Field::Subject(_) => work.subjects = work.subjects.saturating_add(1),
                field if field.holds_certificates() => work.certificates.push((field, row.sizes)),
                field => work.length = work.length.saturating_add(field.usual_length()),
            }
        }
        work
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

/// The work of writing a field, decided once for all clients.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Plan {
    pub(super) needs: Needs,
    pub(super) form: Forms,
    /// Whether the field has several lines.
    pub(super) is_several: bool,
}

impl Plan {
    pub(super) const fn of(field: Field) -> Self {
        Self { needs: field.needs(), form: Forms::of(field), is_several: field.nth(0).is_some() }
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

    const fn of(field: Field) -> Self {
        match field {
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
