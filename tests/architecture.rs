//! Checks that each module of `src` uses only the modules below it, as ARCHITECTURE.md draws them, and that everything that
//! ARCHITECTURE.md and CONTRIBUTING.md name exists.

#![allow(clippy::unwrap_used, clippy::std_instead_of_alloc, reason = "a test")]

#[path = "common/files.rs"]
mod files;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use files::rust_files;

/// Each module and the modules that it may use.
const MODULES: &[(&str, &[&str])] = &[
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

/// Returns the modules in the `crate::` paths of a file; comments and unit tests do not count.
fn used(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let code = code.split("#[cfg(all(test,").next().unwrap_or_default();
    let mut modules = BTreeSet::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for path in line.split("crate::").skip(1) {
            // Several modules in one line: `use crate::{encoding, x509};`.
            let names =
                path.strip_prefix('{').map_or(path, |list| list.split('}').next().unwrap_or(list));
            let several = path.starts_with('{');
            for name in names.split(',').take(if several { usize::MAX } else { 1 }) {
                let module = name.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next();
                modules.extend(module.filter(|module| !module.is_empty()).map(str::to_owned));
            }
        }
    }
    modules
}

#[test]
fn every_module_uses_only_modules_below_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let found = rust_files("src");
    assert!(found.len() > 50, "only {} files found", found.len());
    let (mut wrong, mut found_uses) = (Vec::new(), 0);
    for file in found {
        let place = file.strip_prefix(&source).unwrap();
        let module = place
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_str()
            .unwrap()
            .trim_end_matches(".rs");
        if module == "lib" {
            continue;
        }
        let Some((_, below)) = MODULES.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{} is in no module of the list", place.display()));
            continue;
        };
        for other in used(&fs::read_to_string(&file).unwrap()) {
            found_uses += 1;
            if other != module && !below.contains(&other.as_str()) {
                wrong.push(format!("{} uses {other}", place.display()));
            }
        }
    }
    assert!(found_uses > 100, "only {found_uses} uses found");
    assert!(wrong.is_empty(), "uses of a module that is not below:\n{}", wrong.join("\n"));
}

#[test]
fn the_modules_have_no_cycle() {
    for (index, (module, below)) in MODULES.iter().enumerate() {
        for other in *below {
            let place = MODULES.iter().position(|(name, _)| name == other);
            assert!(
                place.is_some_and(|place| place < index),
                "{module} uses {other}, which is not below it"
            );
        }
    }
}

/// Returns the names between backticks.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|part| part.split('`').skip(1).step_by(2))
}

/// Returns all words of the sources, the manifest and the checks, and the names of the scripts.
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
fn every_name_in_the_guides_for_maintainers_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The published package lacks some of the files that the guides name.
    if !root.join(".ci/run").exists() {
        return;
    }
    let words = words_of_the_project(root);
    let (mut paths, mut missing) = (0, Vec::new());
    for guide in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root.join(guide)).unwrap();
        for name in names(&text) {
            let is_plain =
                |character: char| character.is_ascii_alphanumeric() || "_:/.-".contains(character);
            // Skips commands, and names with a placeholder.
            if !name.chars().all(is_plain) {
                continue;
            }
            let exists = if name.contains('/') || name.contains('.') {
                paths += 1;
                root.join(name).exists() || root.join("src").join(name).exists()
            } else {
                name.split(['-', ':']).all(|word| word.is_empty() || words.contains(word))
            };
            if !exists {
                missing.push(format!("{guide}: {name}"));
            }
        }
    }
    assert!(paths > 40, "only {paths} paths were looked for");
    assert!(missing.is_empty(), "named, but not found:\n{}", missing.join("\n"));
}

#[test]
fn the_drawing_has_every_module() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let drawing = text.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    // Two spaces separate the modules of a line from their description.
    let modules = drawing.lines().flat_map(|line| line.split("  ").next().unwrap().split(' '));
    let drawn: BTreeSet<&str> =
        modules.map(|module| module.trim_end_matches(".rs").trim_end_matches('/')).collect();
    let built = MODULES.iter().map(|(module, _)| *module).chain(["lib"]).collect();
    assert_eq!(drawn, built);
}
