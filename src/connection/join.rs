//! Which rows of several sets go on which requests, and for whom: decided once, when a forwarding is made.
//!
//! A header has one value, so of the rows with one name a request carries one. What each set promises its reader holds all the same:
//!
//! - Facts never go without their verdict. Where the row with a verdict's name is another, the set's rows are for trusted clients only.
//! - A row that a set keeps to some clients goes to no others, also where another set sends it: the first set's reader finds its own
//!   header, and looks at nothing else.
//! - No chain goes without its leaf, and no certificate of it without those before.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::field::Field;
use crate::headers::name::is_alike;
use crate::headers::{Entry, HeaderSet, When};

/// A row of one of the sets.
struct Row {
    set: usize,
    is_for_every_request: bool,
    entry: Entry,
    /// The place of the row that is sent under this one's name: its own, or that of an earlier one.
    sent: usize,
}

/// The rows that every request carries, and those that the first one carries beside them.
pub(super) fn joined(every: &[HeaderSet], first: &[HeaderSet]) -> [Arc<[Entry]>; 2] {
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
    // A row that fewer clients get can take another set's verdict.
    while narrow(&mut rows) {}
    let carried = |wanted: bool| {
        let own = rows.iter().enumerate().filter(|(place, row)| {
            row.sent == *place
                && row.is_for_every_request == wanted
                && has_what_it_needs(&rows, row)
        });
        own.map(|(_, row)| row.entry.clone()).collect()
    };
    [carried(true), carried(false)]
}

/// Takes rows from clients that must not get them. Returns whether there were any.
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

/// What goes under the row's name.
fn sent<'r>(rows: &'r [Row], row: &Row) -> Option<&'r Entry> {
    rows.get(row.sent).map(|sent| &sent.entry)
}

/// The rows of its set without which a chain's must not go.
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

/// Whether the certificates before a chain's are sent as its reader expects them.
fn has_what_it_needs(rows: &[Row], row: &Row) -> bool {
    needed(rows, row)
        .all(|needed| sent(rows, needed).is_some_and(|sent| sent.has_certificate_of(&needed.entry)))
}
