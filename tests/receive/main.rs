//! `Receiver`: every format, every rule with a request that breaks it, requests of real proxies, and round trips of the crate's sets.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::type_complexity,
    clippy::unwrap_used,
    reason = "tests and their helpers"
)]

mod agreement;
mod chains;
#[path = "../common/mod.rs"]
mod common;
mod facts;
mod formats;
mod headers;
mod observed;
mod requests;
mod round_trip;
mod rules;
mod same_answers;
mod traefik;
mod verdicts;
mod xfcc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(crate) const LEAF: &[u8] = include_bytes!("../fixtures/plain.der");
pub(crate) const INTERMEDIATE: &[u8] = include_bytes!("../fixtures/intermediate.der");
pub(crate) const CA: &[u8] = include_bytes!("../fixtures/ca.der");
pub(crate) const SHA1: &str = "4224ef9941c41e23f02deb9c2998dc6fa1447470";
pub(crate) const SHA256: &str = "73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa";
pub(crate) const OF_NOTHING: &str =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
pub(crate) const SUBJECT: &str = "CN=client.example,OU=Ops,O=Example Corp,L=Weiden,ST=Bayern,C=DE";
pub(crate) const SERIAL: &str = "5A7001B17B539286C891";

pub(crate) fn base64(der: &[u8]) -> String {
    STANDARD.encode(der)
}

pub(crate) fn sequence(der: &[u8]) -> String {
    format!(":{}:", base64(der))
}

pub(crate) fn pem(der: &[u8], newline: &str) -> String {
    let text = base64(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let lines = lines.join(newline);
    format!(
        "-----BEGIN CERTIFICATE-----{newline}{lines}{newline}-----END CERTIFICATE-----{newline}"
    )
}

pub(crate) fn url(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

pub(crate) fn escaped(der: &[u8]) -> String {
    url(&pem(der, "\n"))
}

/// PEM as AWS escapes it, with `+`, `/` and `=` unescaped.
pub(crate) fn aws(der: &[u8]) -> String {
    pem(der, "\n").replace(' ', "%20").replace('\n', "%0A")
}

pub(crate) type Lines<'a> = Vec<(&'a str, String)>;
