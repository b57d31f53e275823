//! Any bytes as a certificate: compares every getter with other code.

#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

libfuzzer_sys::fuzz_target!(|der: &[u8]| common::checks::certificate(der));
