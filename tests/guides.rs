//! The guides' tables list exactly the sets, rows, readers and receivers that the crate has.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    missing_docs,
    reason = "tests"
)]

#[path = "common/files.rs"]
mod files;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use files::rust_text;
use tls_client_auth::HeaderSet;
use tls_client_auth::field::Field;

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The cells of a section's table rows, without the heads.
fn rows(guide: &str, section: &str) -> Vec<Vec<String>> {
    let text = file(guide);
    let after = text.split(&format!("\n# {section}\n")).nth(1).unwrap();
    let section = after.split("\n# ").next().unwrap();
    let lines = section.lines().filter(|line| line.starts_with("| ")).skip(1);
    lines.map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// The texts between backticks.
fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn the_guide_to_sets_lists_every_set() {
    let rows = rows("src/guide/sets.md", "The sets");
    let links = |cell: &'_ str| {
        cell.split("](").map(|link| link.rsplit('[').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let listed: BTreeSet<String> = rows
        .iter()
        .flat_map(|row| {
            let mut names = links(&row[1]);
            names.pop();
            names
        })
        .collect();
    let all = HeaderSet::all();
    let all: BTreeSet<String> = all.iter().map(|set| set.name().to_owned()).collect();
    assert_eq!(listed, all);
}

#[test]
fn the_guide_to_sets_names_the_field_of_each_of_nginx_s_rows() {
    let rows = rows("src/guide/sets.md", "nginx, row by row");
    let listed: Vec<(String, String)> = rows
        .iter()
        .map(|row| [2, 4].map(|cell| words(&row[cell]).next().unwrap().to_owned()).into())
        .collect();
    let set = HeaderSet::nginx();
    let own: Vec<(String, String)> =
        set.rows().map(|(name, field)| (name.to_owned(), field.to_string())).collect();
    assert_eq!(listed, own);
    for ((name, field), row) in set.rows().zip(&rows) {
        assert_eq!(
            words(&row[1]).next().unwrap(),
            format!("$_{name}").replace("$_", "$").replace('-', "_")
        );
        // The guide writes the field as `Debug` does, with the names of the enums.
        let printed = format!("{field:?}");
        let written = words(&row[3]).next().unwrap().replace("Field::", "");
        let written: String = written
            .split('(')
            .map(|part| part.rsplit("::").next().unwrap())
            .collect::<Vec<_>>()
            .join("(");
        assert_eq!(written, printed);
    }
}

#[test]
fn the_guide_to_origins_lists_every_reader_with_its_headers() {
    let rows = rows("src/guide/origins.md", "The readers");
    for (set, _) in HeaderSet::readers() {
        let named = |row: &&Vec<String>| row[2].split(", ").any(|name| name == set.name());
        let row = rows.iter().find(named).unwrap_or_else(|| panic!("{}", set.name()));
        // `CERT_CHAIN_0` to `_3`: the first of a numbered row is named.
        for (name, field) in set.rows() {
            let is_first = !matches!(field, Field::ChainCertificate(1.., _));
            assert!(!is_first || words(&row[3]).any(|word| word == name), "{}: {name}", set.name());
        }
    }
    for row in &rows {
        assert!(row[2].split(", ").all(|name| HeaderSet::named(name).is_ok()), "{}", row[2]);
    }
}

#[test]
fn the_rows_of_the_guide_to_origins_are_fields_and_sets() {
    let rows = rows("src/guide/origins.md", "Programs with a header of your choice");
    let others = ["Subject", "verified_root"];
    let named = rows.iter().flat_map(|row| words(&row[2])).filter(|word| !others.contains(word));
    let named: Vec<&str> = named.collect();
    assert!(named.len() > 5, "{named:?}");
    for word in named {
        assert!(word.parse::<Field>().is_ok() || HeaderSet::named(word).is_ok(), "{word}");
    }
}

/// The guide contains the table that `interop/origins --save` writes. A published package lacks that file.
#[test]
fn the_guide_to_origins_contains_the_recorded_table() {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/origins.md");
    if let Ok(table) = fs::read_to_string(recorded) {
        assert!(table.lines().count() > 5 && file("src/guide/origins.md").contains(&table));
    }
}

#[test]
fn the_guide_to_an_origin_lists_every_receiver() {
    let rows = rows("src/guide/origin.md", "The receivers");
    let listed: BTreeSet<&str> = rows.iter().flat_map(|row| words(&row[1])).collect();
    let sources = rust_text("src");
    let blocks = sources.split("\nimpl Receiver {\n").skip(1);
    let functions =
        blocks.flat_map(|rest| rest.split("\n}\n").next().unwrap().split("    pub fn ").skip(1));
    let constructors: BTreeSet<String> = functions
        .map(|function| function.split_once('(').unwrap())
        .filter(|(_, rest)| !rest.split(')').next().unwrap().contains("self"))
        .map(|(name, _)| name.to_owned())
        .filter(|name| name != "of")
        .collect();
    assert_eq!(listed, constructors.iter().map(String::as_str).collect());
}

/// rustdoc's search finds a set by each of its header names; of a numbered row, by the first.
#[test]
fn every_header_of_a_set_is_a_doc_alias() {
    let sources = rust_text("src/proxies");
    let lists = sources.split("#[doc(alias").skip(1).map(|rest| rest.split(")]").next().unwrap());
    // The search ignores case.
    let aliases: BTreeSet<String> =
        lists.flat_map(|list| list.split('"').skip(1).step_by(2)).map(str::to_lowercase).collect();
    let is_first = |name: &str| !name.ends_with(|last: char| matches!(last, '1'..='9'));
    let mut missing = Vec::new();
    for set in HeaderSet::all().into_iter().chain(HeaderSet::readers().map(|(set, _)| set)) {
        let names = set.rows().map(|(name, _)| name);
        let unknown =
            names.filter(|name| is_first(name) && !aliases.contains(&name.to_lowercase()));
        missing.extend(unknown.map(|name| format!("{}: {name}", set.name())));
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
