//! Reads header values with independent crates. Input: lines of `form TAB value`. Output: a line for each.
//!
//! `item` and `list` are RFC 9440's two headers, read with `sfv`: the certificates in base64, separated by spaces.
//! `xfcc` is Envoy's header, read with `xfcc-parser`: for each element its certificate, its chain, its URIs and its DNS names, separated
//! by tabs, names by U+001F; elements are separated by U+001E. An error is `error: ` and the reason.

use std::io::{self, BufRead as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sfv::{BareItem, Item, List, ListEntry, Parser};
use xfcc_parser::PairKey;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (form, value) = line.split_once('\t').unwrap_or((&line, ""));
        let read = match form {
            "item" => item(value),
            "list" => list(value),
            "xfcc" => xfcc(value),
            _ => Err(format!("no such form: {form}")),
        };
        match read {
            Ok(text) => writeln!(out, "{text}")?,
            Err(why) => writeln!(out, "error: {why}")?,
        }
    }
    Ok(())
}

fn item(value: &str) -> Result<String, String> {
    bytes(&Parser::new(value).parse::<Item>().map_err(|error| error.to_string())?)
}

fn list(value: &str) -> Result<String, String> {
    let list: List = Parser::new(value).parse().map_err(|error| error.to_string())?;
    let members: Result<Vec<String>, String> = list
        .iter()
        .map(|entry| match entry {
            ListEntry::Item(item) => bytes(item),
            ListEntry::InnerList(_) => Err("an inner list".into()),
        })
        .collect();
    Ok(members?.join(" "))
}

fn bytes(item: &Item) -> Result<String, String> {
    if !item.params.is_empty() {
        return Err("parameters".into());
    }
    match &item.bare_item {
        BareItem::ByteSequence(bytes) => Ok(STANDARD.encode(bytes)),
        other => Err(format!("not a byte sequence: {other:?}")),
    }
}

/// Parses pair by pair, because the parser's list of elements skips pairs without a value.
fn xfcc(value: &str) -> Result<String, String> {
    let (rest, elements) =
        xfcc_parser::element_raw_list(value.as_bytes()).map_err(|error| error.to_string())?;
    if !rest.is_empty() {
        return Err(format!("not parsed: {}", String::from_utf8_lossy(rest)));
    }
    let text = |element: &xfcc_parser::ElementRaw<'_>| {
        let of = |wanted: PairKey| {
            let values = element.iter().filter(|(key, _)| *key == wanted).map(|(_, value)| value);
            values.map(AsRef::as_ref).collect::<Vec<&str>>().join("\u{1f}")
        };
        [PairKey::Cert, PairKey::Chain, PairKey::Uri, PairKey::Dns].map(of).join("\t")
    };
    Ok(elements.iter().map(text).collect::<Vec<_>>().join("\u{1e}"))
}
