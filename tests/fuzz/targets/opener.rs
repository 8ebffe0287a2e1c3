//! The fuzz target of what `opener.rs` promises, one folder up. Promises nothing of its own.

#![no_main]

#[path = "../opener.rs"]
mod promise;

libfuzzer_sys::fuzz_target!(|input: &[u8]| promise::check(input));
