//! Reads `tests/fixtures/peers.json`: what real proxies sent for the certificates in `tests/fixtures`.
//! `tools/peers_fixture.py` writes the file.

#![allow(dead_code, reason = "each program uses its part")]

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Archive {
    pub(crate) chains: BTreeMap<String, Vec<String>>,
    pub(crate) listeners: BTreeMap<String, Listener>,
}

#[derive(Deserialize)]
pub(crate) struct Listener {
    /// Names of the headers that it was configured to send.
    pub(crate) headers: Vec<String>,
    pub(crate) certificates: BTreeMap<String, Headers>,
}

pub(crate) type Headers = BTreeMap<String, String>;

/// Time of the recording: 2026-11-23T16:32:55Z.
pub(crate) const OBSERVED_AT: u32 = 1_795_451_575;

pub(crate) fn archive() -> Archive {
    serde_json::from_slice(&fixture("peers.json")).unwrap()
}

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    fs::read(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}
