//! Writes the lines of a table for one client. Values that rows share are written once: both OpenSSL forms of a name come from one walk,
//! the leaf's base64 is a part of its byte sequence, and rows of one form have one value.

use alloc::string::String;
use alloc::vec::Vec;

use super::Entry;
use super::lines::{self, Line};
use super::table::{Forms, Row, Table, Way, Work};
use crate::client::ClientCertificate;
use crate::field::{CertificateForm, Facts, Field, Limits, Written};
use crate::x509::Dialect;
use crate::x509::name::Both;

/// A written value that other rows can share.
#[derive(Clone, Copy)]
struct Seen {
    dialect: Dialect,
    written: Written,
    /// The range of the value in the text.
    start: u32,
    end: u32,
    /// The index of the first line with the value; `None` if it was written only together with its pair.
    line: Option<u32>,
}

/// Writes the lines of a table.
pub(super) struct Writer<'c> {
    client: &'c ClientCertificate,
    entries: &'c [Entry],
    work: &'c Work,
    pub(super) text: Vec<u8>,
    pub(super) lines: Vec<Line>,
    /// The indexes of the entries with a value over its limit.
    pub(super) too_large: Vec<u32>,
    /// The forms of pairs that can still be written together.
    wanted: Forms,
    seen: [Option<Seen>; Forms::COUNT],
}

impl<'c> Writer<'c> {
    pub(super) fn new(table: &'c Table, client: &'c ClientCertificate) -> Self {
        let work = table.work(client);
        Self {
            client,
            entries: table.entries(),
            work,
            text: Vec::new(),
            lines: Vec::new(),
            too_large: Vec::new(),
            wanted: work.wanted,
            seen: [None; Forms::COUNT],
        }
    }

    /// Writes all lines.
    pub(super) fn write(&mut self, limits: Limits) {
        let Work { needs, rows, .. } = self.work;
        let mut hashing = Facts::hashing(self.client, *needs);
        hashing.step();
        let leaf = Facts::leaf(self.client, limits, *needs);
        hashing.step();
        let mut facts = Facts::new(self.client, limits, *needs, leaf.as_ref());
        self.text = Vec::with_capacity(self.work.expected_length(&mut facts, limits));
        self.lines = Vec::with_capacity(rows.len());
        let has_chain = self.client.chain_certificates().len() > 0;
        for row in rows {
            if row.is_first_with_digest {
                facts.set_digests(hashing.finish());
            } else {
                // Work between the steps costs less.
                hashing.step();
            }
            facts.bind(limits, row.sizes);
            let written = if has_chain && let Some(missing) = self.missing_before(row, &facts) {
                missing
            } else {
                let dialect = row.dialect.unwrap_or(self.client.printed_as());
                match row.way {
                    Way::Alone => self.alone(row.index, row.field, dialect, &facts),
                    Way::Shared(form) => self.in_common(row, form, dialect, &facts),
                    Way::Special => self.special(row.index, dialect, &mut facts),
                }
            };
            if matches!(written, Written::TooLarge | Written::Part) {
                self.too_large.push(row.index);
            }
        }
    }

    /// Writes a [special](Way::Special) row: of several values, a line for each up to the first missing one.
    fn special<'f>(&mut self, index: u32, dialect: Dialect, facts: &mut Facts<'f>) -> Written
    where
        'c: 'f,
    {
        let Some(Entry { field, around, by, .. }) = self.entries.get(lines::index(index)) else {
            return Written::Nothing;
        };
        facts.by = by;
        let around = around.as_deref();
        if field.nth(0).is_none() {
            return self.surrounded(index, *field, dialect, facts, around);
        }
        for field in (0..u8::MAX).map_while(|nth| field.nth(nth)) {
            let written = self.surrounded(index, field, dialect, facts, around);
            if written != Written::Value {
                return written;
            }
        }
        Written::Value
    }

    #[inline(always)]
    fn alone(&mut self, index: u32, field: Field, dialect: Dialect, facts: &Facts<'_>) -> Written {
        let start = self.text.len();
        let written = facts.write(field, dialect, &mut self.text);
        self.line(index, written, start)
    }

    fn surrounded(
        &mut self,
        entry: u32,
        field: Field,
        dialect: Dialect,
        facts: &Facts<'_>,
        around: Option<&[String; 2]>,
    ) -> Written {
        let Some([before, after]) = around else {
            return self.alone(entry, field, dialect, facts);
        };
        let start = self.text.len();
        self.text.extend_from_slice(before.as_bytes());
        let written = match field {
            Field::Fixed => Written::Value,
            field => facts.write(field, dialect, &mut self.text),
        };
        match written {
            Written::Value | Written::Part => self.text.extend_from_slice(after.as_bytes()),
            Written::TooLarge | Written::Nothing => self.text.truncate(start),
        }
        self.line(entry, written, start)
    }

    /// Adds a line for the text after `start`.
    #[inline]
    fn line(&mut self, entry: u32, written: Written, start: usize) -> Written {
        if matches!(written, Written::Value | Written::Part) {
            let holder = count(self.lines.len());
            self.lines.push(Line::new(entry, holder, count(start), count(self.text.len())));
        }
        written
    }

    fn in_common(
        &mut self,
        row: &Row,
        form: Forms,
        dialect: Dialect,
        facts: &Facts<'_>,
    ) -> Written {
        let Row { index, field, .. } = *row;
        // Each row has the sizes of its own set.
        if facts.is_too_large(field) {
            return Written::TooLarge;
        }
        let line = count(self.lines.len());
        if !self.is_seen(form, dialect) && self.write_both(form, dialect, facts).is_none() {
            let start = count(self.text.len());
            let written = self.alone(index, field, dialect, facts);
            let end = count(self.text.len());
            self.see(form, Seen { dialect, written, start, end, line: Some(line) });
            return written;
        }
        let Some(Some(seen)) = self.seen.get_mut(form.index()) else { return Written::Nothing };
        if seen.written == Written::Value {
            let holder = *seen.line.get_or_insert(line);
            self.lines.push(Line::new(index, holder, seen.start, seen.end));
        }
        seen.written
    }

    fn is_seen(&self, form: Forms, dialect: Dialect) -> bool {
        matches!(self.seen.get(form.index()), Some(Some(seen)) if seen.dialect == dialect)
    }

    fn see(&mut self, form: Forms, seen: Seen) {
        if let Some(place) = self.seen.get_mut(form.index()) {
            *place = Some(seen);
        }
    }

    /// Writes both forms of a pair, if rows have both. `None`, and nothing written, if not, or if one of the two is not a valid
    /// header value.
    fn write_both(&mut self, form: Forms, dialect: Dialect, facts: &Facts<'_>) -> Option<()> {
        let pair @ [one, other] =
            Forms::PAIRS.into_iter().find(|[one, other]| one.and(*other).has(form))?;
        if !self.wanted.has(one.and(other)) {
            return None;
        }
        let start = self.text.len();
        let forms = match one {
            Forms::BASE64 => {
                let field = Field::Certificate(CertificateForm::ByteSequence);
                let written = facts.write(field, dialect, &mut self.text);
                let end = self.text.len();
                let inside = start.saturating_add(1)..end.saturating_sub(1);
                (written == Written::Value).then_some([inside, start..end])
            }
            one => {
                let certificate = facts.certificate()?;
                let is_issuer = one == Forms::ISSUER_RFC2253;
                let name = if is_issuer { certificate.issuer() } else { certificate.subject() };
                let Both { rfc2253, legacy, are_plain } = name.write_both(dialect, &mut self.text);
                let forms = [rfc2253..legacy, legacy..self.text.len()];
                let texts = forms.clone().map(|form| self.text.get(form).unwrap_or_default());
                texts.iter().all(|text| facts.is_value(text, are_plain)).then_some(forms)
            }
        };
        let Some(forms) = forms else {
            self.text.truncate(start);
            // The other row of the pair does not try it again.
            self.wanted = self.wanted.without(one);
            return None;
        };
        for (form, range) in pair.into_iter().zip(forms) {
            let (start, end) = (count(range.start), count(range.end));
            let written = Written::Value;
            self.see(form, Seen { dialect, written, start, end, line: None });
        }
        Some(())
    }

    /// Why a certificate that must precede this row was not written: a chain is not sent without its leaf (RFC 9440 §2.3), nor a
    /// chain certificate without those before it. `None` if nothing is missing.
    fn missing_before(&self, row: &Row, facts: &Facts<'_>) -> Option<Written> {
        let leaf = Field::Certificate(self.entries.get(lines::index(row.index))?.leaf?);
        let chain = match row.field {
            Field::ChainCertificate(index, form) => (0..index, form),
            _ => (0..0, CertificateForm::Base64),
        };
        let chain = chain.0.map(|index| Field::ChainCertificate(index, chain.1));
        core::iter::once(leaf).chain(chain).find_map(|before| {
            let is_before =
                |line: &Line| line.entry(self.entries).is_some_and(|row| row.field == before);
            if self.lines.iter().any(is_before) {
                return None;
            }
            // Its row comes later, or is sent on other requests.
            let written = facts.write(before, Dialect::OpenSsl, &mut Vec::new());
            Some(written).filter(|written| *written != Written::Value)
        })
    }
}

/// An offset in the text or an index of a line. The limits keep both far below 2^32.
fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Verification;
    use crate::field::{DigestForm, NameForm, SerialForm, Sizes};
    use crate::headers::{HeaderLines, HeaderSet};
    use crate::x509::Certificate;
    use alloc::format;
    use alloc::string::String;

    /// The forms that share a value, and one other. Of each pair of forms, either comes first in one of the tables.
    const FIELDS: [Field; 8] = [
        Field::Issuer(NameForm::Legacy),
        Field::Subject(NameForm::Rfc2253),
        Field::Certificate(CertificateForm::Base64),
        Field::Sha256(DigestForm::Lower),
        Field::Serial(SerialForm::Hex),
        Field::Certificate(CertificateForm::ByteSequence),
        Field::Subject(NameForm::Legacy),
        Field::Issuer(NameForm::Rfc2253),
    ];

    fn rows(of: &str, dialect: Dialect, sizes: Sizes) -> Vec<Entry> {
        let names: Vec<String> = (0..FIELDS.len()).map(|row| format!("x-{of}-{row}")).collect();
        let rows = names.iter().map(String::as_str).zip(FIELDS);
        let set = HeaderSet::new("mine", dialect, rows).unwrap().with_sizes(sizes);
        set.including_untrusted().entries().to_vec()
    }

    #[test]
    fn rows_that_share_a_value_are_written_as_if_alone() {
        let fixtures = std::fs::read_dir("tests/fixtures").unwrap();
        let fixtures = fixtures.map(|file| file.unwrap().path());
        let ders: Vec<Vec<u8>> = fixtures
            .filter(|path| path.extension().is_some_and(|ending| ending == "der"))
            .map(|path| std::fs::read(path).unwrap())
            .collect();
        let limits = [
            Limits::new(),
            Limits::new().text(40),
            // Base64 fits, but not a byte sequence, which adds two colons.
            Limits::new().encoded_leaf(668).other_sets(668),
            Limits::new().encoded_leaf(0).text(0),
        ];
        let mut forwards = Vec::new();
        for (of, dialect, sizes) in [
            ("a", Dialect::OpenSsl, Sizes::Cloudflare),
            ("b", Dialect::OpenSsl, Sizes::Other),
            ("c", Dialect::BoringSsl, Sizes::Google),
        ] {
            forwards.extend(rows(of, dialect, sizes));
        }
        let backwards: Vec<Entry> = forwards.iter().rev().cloned().collect();
        let mut too_large = 0;
        for (der, limits) in ders.iter().flat_map(|der| limits.map(|limits| (der, limits))) {
            let client = ClientCertificate::presented(&**der, Verification::Success);
            for table in [&forwards, &backwards] {
                let together = HeaderLines::new(&table.iter().cloned().collect(), &client, limits);
                for entry in table {
                    let (name, field) = (entry.name.as_str(), entry.field);
                    let alone: Table = [entry.clone()].into_iter().collect();
                    let alone = HeaderLines::new(&alone, &client, limits);
                    assert_eq!(together.get(name), alone.get(name), "{name}: {field}");
                    let is_too_large = alone.too_large().len() > 0;
                    assert_eq!(together.too_large().any(|own| own == name), is_too_large, "{name}");
                    too_large += usize::from(is_too_large);
                }
            }
        }
        assert!(ders.len() > 50 && too_large > 50);
    }

    #[test]
    fn the_buffer_is_allocated_once_for_common_certificates() {
        let certificates: [(&str, &[u8]); 2] = [
            ("EC", include_bytes!("../../benches/certificates/ec.der")),
            ("RSA 2048", include_bytes!("../../benches/certificates/rsa2048.der")),
        ];
        let table = |set: &HeaderSet| (String::from(set.name()), set.entries().clone());
        let mut tables: Vec<(String, Table)> = HeaderSet::all().iter().map(table).collect();
        let of_cloudflare = tables.iter().filter(|(set, _)| set.starts_with("cloudflare"));
        let rows = of_cloudflare.flat_map(|(_, table)| table.iter().cloned()).collect();
        tables.push(("all of Cloudflare's".into(), rows));
        for (of, der) in certificates {
            let client = ClientCertificate::presented(der, Verification::Success);
            for (set, table) in &tables {
                let mut writer = Writer::new(table, &client);
                writer.write(Limits::new());
                let leaf = Certificate::from_der(der).unwrap();
                let mut facts = Facts::new(&client, Limits::new(), writer.work.needs, Some(&leaf));
                let expected = writer.work.expected_length(&mut facts, Limits::new());
                assert_eq!(writer.text.capacity(), expected, "{set}, {of}");
            }
        }
    }
}
