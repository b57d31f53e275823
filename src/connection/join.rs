//! Joins the rows of several sets: for each row, the requests and the clients for which it is sent. Computed once for a forwarding.
//!
//! A header has one value, so a request has only one of several rows with the same name. The rules of each set still hold:
//!
//! - Facts are never sent without their verdict. If another set's row has the verdict's name, the set's rows are for trusted clients
//!   only.
//! - A row that one set sends for some clients only is not sent for others by another set, because the first set's reader would find
//!   its own header.
//! - A chain is not sent without its leaf, nor a certificate of it without those before it.
//! - A chain is not sent under a name that another set has for something else. The client chooses its bytes, and the other set's reader
//!   would take them for the leaf or a fact.

use alloc::vec::Vec;

use crate::field::Field;
use crate::headers::name::is_alike;
use crate::headers::{Entry, HeaderSet, Table, When};

/// A row of one of the sets.
struct Row {
    set: usize,
    is_for_every_request: bool,
    entry: Entry,
    /// The index of the row that is sent under this one's name: its own, or an earlier one's.
    sent: usize,
}

/// The rows of every request, and the further rows of the first request.
pub(super) fn joined(every: &[HeaderSet], first: &[HeaderSet]) -> [Table; 2] {
    let sets = every.iter().map(|set| (true, set)).chain(first.iter().map(|set| (false, set)));
    let mut rows: Vec<Row> = Vec::new();
    for (set, (is_for_every_request, entries)) in sets.enumerate() {
        for entry in entries.entries().iter().cloned() {
            let name = entry.name.as_str().as_bytes();
            let is_of_name = |row: &Row| is_alike(row.entry.name.as_str().as_bytes(), name);
            let sent = rows.iter().position(is_of_name).unwrap_or(rows.len());
            rows.push(Row { set, is_for_every_request, entry, sent });
        }
    }
    // A row for fewer clients can replace another set's verdict.
    while narrow(&mut rows) {}
    let carried = |wanted: bool| {
        let own = rows.iter().enumerate().filter(|(place, row)| {
            row.sent == *place
                && row.is_for_every_request == wanted
                && has_what_it_needs(&rows, row)
                && !(row.entry.field.is_chain() && has_another_use(&rows, *place))
        });
        own.map(|(_, row)| row.entry.clone()).collect()
    };
    [carried(true), carried(false)]
}

/// Restricts rows to the clients that may receive them. Returns whether any changed.
fn narrow(rows: &mut [Row]) -> bool {
    let mut without_verdict: Vec<usize> = Vec::new();
    for row in rows.iter().filter(|row| row.entry.field.is_of_verdict()) {
        if !sent(rows, row).is_some_and(|sent| sent.is_verdict_for(&row.entry)) {
            without_verdict.push(row.set);
        }
    }
    let when = |(place, row): (usize, &Row)| {
        let when = match row.entry.when {
            When::WithVerdict if without_verdict.contains(&row.set) => When::Trusted,
            when => when,
        };
        let under_its_name = rows.iter().filter(|other| other.sent == place);
        let before = needed(rows, row).filter_map(|needed| sent(rows, needed));
        let others = under_its_name.map(|other| &other.entry).chain(before);
        others.fold(when, |when, other| when.narrower(other.when))
    };
    let narrowed: Vec<When> = rows.iter().enumerate().map(when).collect();
    let mut has_changed = false;
    for (row, when) in rows.iter_mut().zip(narrowed) {
        has_changed |= row.entry.when != when;
        row.entry.when = when;
    }
    has_changed
}

/// The row that is sent under this row's name.
fn sent<'r>(rows: &'r [Row], row: &Row) -> Option<&'r Entry> {
    rows.get(row.sent).map(|sent| &sent.entry)
}

/// The rows of its set that a chain's row requires.
fn needed<'r>(rows: &'r [Row], row: &'r Row) -> impl Iterator<Item = &'r Row> {
    rows.iter().filter(move |other| {
        let is_before = match (other.entry.field, row.entry.field) {
            (Field::Certificate(form), _) => row.entry.leaf == Some(form),
            (Field::ChainCertificate(before, _), Field::ChainCertificate(index, _)) => {
                before < index
            }
            _ => false,
        };
        is_before && other.set == row.set
    })
}

/// Whether the certificates before a chain's are sent in the expected form.
fn has_what_it_needs(rows: &[Row], row: &Row) -> bool {
    needed(rows, row)
        .all(|needed| sent(rows, needed).is_some_and(|sent| sent.has_certificate_of(&needed.entry)))
}

/// Whether a set has something other than a chain under this row's name.
fn has_another_use(rows: &[Row], place: usize) -> bool {
    rows.iter().any(|other| other.sent == place && !other.entry.field.is_chain())
}
