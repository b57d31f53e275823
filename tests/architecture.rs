//! Imports go in one direction: each room of `src` may use those below it, as ARCHITECTURE.md draws them, and no other. And what
//! ARCHITECTURE.md and CONTRIBUTING.md name is there.

#![allow(clippy::unwrap_used, clippy::std_instead_of_alloc, reason = "a test")]

#[path = "common/files.rs"]
mod files;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use files::rust_files;

/// A room and the rooms that it may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("encoding", &[]),
    ("words", &[]),
    ("x509", &["encoding"]),
    ("client", &["x509", "encoding", "words"]),
    ("field", &["client", "x509", "encoding", "words"]),
    ("record", &["field", "client", "x509", "encoding"]),
    ("headers", &["field", "client", "x509", "encoding", "words"]),
    ("receive", &["headers", "record", "field", "client", "x509", "encoding", "words"]),
    ("proxies", &["receive", "headers", "field", "client", "x509", "encoding"]),
    ("connection", &["headers", "field", "client", "x509", "encoding", "words"]),
    ("hosts", &["record", "client", "x509", "encoding", "words"]),
    ("rustls", &["hosts", "client", "x509"]),
    ("http", &["connection", "receive", "record", "headers"]),
    ("http_body", &["connection", "headers"]),
    ("pingora", &["headers"]),
    ("guide", &[]),
    ("typed_headers", &["record", "field", "encoding", "client"]),
    (
        "tower",
        &["hosts", "connection", "receive", "record", "headers", "client", "http", "http_body"],
    ),
    ("axum", &["tower", "receive", "record", "client", "http"]),
];

/// The rooms named by `crate::` paths of a file, doc comments and unit tests apart.
fn used(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let code = code.split("#[cfg(all(test,").next().unwrap_or_default();
    let mut rooms = BTreeSet::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for path in line.split("crate::").skip(1) {
            // `use crate::{encoding, x509};`
            let names =
                path.strip_prefix('{').map_or(path, |list| list.split('}').next().unwrap_or(list));
            let several = path.starts_with('{');
            for name in names.split(',').take(if several { usize::MAX } else { 1 }) {
                let room = name.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next();
                rooms.extend(room.filter(|room| !room.is_empty()).map(str::to_owned));
            }
        }
    }
    rooms
}

#[test]
fn every_room_uses_only_rooms_below_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let found = rust_files("src");
    assert!(found.len() > 50, "only {} files found", found.len());
    let mut wrong = Vec::new();
    for file in found {
        let place = file.strip_prefix(&source).unwrap();
        let room = place
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_str()
            .unwrap()
            .trim_end_matches(".rs");
        if room == "lib" {
            continue;
        }
        let Some((_, below)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{} is in no room", place.display()));
            continue;
        };
        for other in used(&fs::read_to_string(&file).unwrap()) {
            if other != room && !below.contains(&other.as_str()) {
                wrong.push(format!("{} uses {other}", place.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "imports upwards or sideways:\n{}", wrong.join("\n"));
}

#[test]
fn the_rooms_have_no_circle() {
    for (index, (room, below)) in ROOMS.iter().enumerate() {
        for other in *below {
            let place = ROOMS.iter().position(|(name, _)| name == other);
            assert!(
                place.is_some_and(|place| place < index),
                "{room} uses {other}, which is not below it"
            );
        }
    }
}

/// The names between backticks.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|part| part.split('`').skip(1).step_by(2))
}

/// All words of the sources, the manifest and the checks, and the names of files beside them.
fn words_of_the_project(root: &Path) -> BTreeSet<String> {
    let mut found = vec![root.join("Cargo.toml"), root.join(".ci/run")];
    found.extend(["src", "tests", "benches"].into_iter().flat_map(rust_files));
    let mut words = BTreeSet::new();
    for file in found {
        let text = fs::read_to_string(file).unwrap();
        let parts = text.split(|next: char| !next.is_alphanumeric() && next != '_');
        words.extend(parts.map(str::to_owned));
    }
    for folder in ["interop", "benches"] {
        let paths = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        words.extend(paths.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()));
    }
    words
}

#[test]
fn what_the_guides_for_maintainers_name_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // A package has not all of the repository.
    if !root.join(".ci/run").exists() {
        return;
    }
    let words = words_of_the_project(root);
    let (mut paths, mut gone) = (0, Vec::new());
    for guide in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root.join(guide)).unwrap();
        for name in names(&text) {
            let is_plain =
                |character: char| character.is_ascii_alphanumeric() || "_:/.-".contains(character);
            // Commands, and names with a part left open.
            if !name.chars().all(is_plain) {
                continue;
            }
            let is_there = if name.contains('/') || name.contains('.') {
                paths += 1;
                root.join(name).exists() || root.join("src").join(name).exists()
            } else {
                name.split(['-', ':']).all(|word| word.is_empty() || words.contains(word))
            };
            if !is_there {
                gone.push(format!("{guide}: {name}"));
            }
        }
    }
    assert!(paths > 40, "only {paths} paths were looked for");
    assert!(gone.is_empty(), "not there any more:\n{}", gone.join("\n"));
}

#[test]
fn the_drawing_has_every_room() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let drawing = text.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    // The rooms end where two spaces begin.
    let rooms = drawing.lines().flat_map(|line| line.split("  ").next().unwrap().split(' '));
    let drawn: BTreeSet<&str> =
        rooms.map(|room| room.trim_end_matches(".rs").trim_end_matches('/')).collect();
    let built = ROOMS.iter().map(|(room, _)| *room).chain(["lib"]).collect();
    assert_eq!(drawn, built);
}
