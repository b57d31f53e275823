//! `public-api.txt`, the output of `cargo +nightly public-api --all-features -sss`, has the names of the source, and mentions types of
//! the listed crates only.

#![allow(clippy::unwrap_used, clippy::std_instead_of_alloc, reason = "a test")]

#[path = "common/files.rs"]
mod files;

use std::collections::BTreeSet;

use files::rust_text;

const API: &str = include_str!("public-api.txt");
/// Crates with types in the public interface: a new major version of one requires a new major version of this crate.
/// (`pin_project_lite` appears only in bounds of code that it generates.)
const CRATES: [&str; 20] = [
    "alloc",
    "axum_core",
    "bytes",
    "core",
    "der",
    "headers_core",
    "http",
    "http_body",
    "pin_project_lite",
    "pingora_http",
    "rustls",
    "rustls_pki_types",
    "serde",
    "serde_core",
    "std",
    "time",
    "tls_client_auth",
    "tower_layer",
    "tower_service",
    "x509_cert",
];

#[test]
fn only_these_crates_have_types_in_the_interface() {
    let is_path = |character: char| character.is_ascii_alphanumeric() || "_:".contains(character);
    let crates: BTreeSet<&str> = API
        .split(|character| !is_path(character))
        .filter_map(|path| path.split_once("::"))
        .map(|(root, _)| root)
        // `Self::Item`, `H::Error`
        .filter(|root| root.starts_with(|first: char| first.is_ascii_lowercase()))
        .collect();
    let unexpected: Vec<_> = crates.iter().filter(|name| !CRATES.contains(name)).collect();
    assert!(unexpected.is_empty(), "{unexpected:?}");
    assert!(crates.contains("tls_client_auth"));
}

/// The names that follow one of these prefixes at the beginning of a line.
fn names<'t>(text: &'t str, before: &[&str]) -> impl Iterator<Item = &'t str> {
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let starts: Vec<&str> = before
        .iter()
        .flat_map(|before| text.lines().filter_map(|line| line.trim_start().strip_prefix(*before)))
        .collect();
    starts.into_iter().map(move |rest| rest.split(|next| !is_name(next)).next().unwrap_or_default())
}

#[test]
fn the_list_has_the_names_of_the_source() {
    let text = rust_text("src");
    let functions = ["pub fn ", "pub const fn "];
    let types = ["pub struct ", "pub enum ", "pub trait ", "pub const "];
    let declared = |kinds: &[&str]| -> BTreeSet<&str> {
        names(&text, kinds).filter(|name| *name != "fn").collect()
    };
    let words: BTreeSet<&str> = API
        .split(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        .collect();
    let all = declared(&functions).into_iter().chain(declared(&types));
    let unlisted: Vec<&str> = all.filter(|name| !words.contains(name)).collect();
    assert!(unlisted.is_empty(), "not in public-api.txt: {unlisted:?}");

    let source: BTreeSet<&str> = text
        .split(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        .collect();
    let listed = API.lines().filter_map(|line| {
        let (path, _) = line.split_once('(').unwrap_or((line, ""));
        let name = path.split('<').next()?.rsplit("::").next()?;
        let name = name.split(|next: char| !next.is_ascii_alphanumeric() && next != '_').next()?;
        (!name.is_empty()).then_some(name)
    });
    let gone: BTreeSet<&str> = listed.filter(|name| !source.contains(name)).collect();
    assert!(gone.is_empty(), "in public-api.txt, but not in the source: {gone:?}");
}
