//! Finds the Rust files of a folder, for tests that read the sources.

#![allow(dead_code, reason = "each program uses its part")]

use std::fs;
use std::path::{Path, PathBuf};

/// The paths of all Rust files below this folder of the project, sorted.
pub(crate) fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    append(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    found.sort();
    found
}

/// The text of all Rust files below this folder, concatenated.
pub(crate) fn rust_text(folder: &str) -> String {
    rust_files(folder).iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

fn append(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            append(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}
