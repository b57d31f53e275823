//! Any bytes as a certificate: every getter, held against other code that reads the same.

#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

libfuzzer_sys::fuzz_target!(|der: &[u8]| common::checks::certificate(der));
