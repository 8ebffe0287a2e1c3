//! The fuzzers' kept inputs, replayed by a stable compiler: what a fuzzer once found stays mended. Makes no input.

use std::fs;
use std::path::Path;

mod envelope;
mod import;
mod wire;

/// Replays every kept input of a target; there are some, and not too many to be kept.
fn replay(target: &str, check: fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join("tests/fuzz/corpus").join(target);
    let files = fs::read_dir(&folder).expect("each target has its corpus");
    let mut corpus_bytes = 0;
    for file in files {
        let path = file.expect("a folder can be listed").path();
        let input = fs::read(&path).expect("a kept input can be read");
        corpus_bytes += input.len();
        println!("{}", path.display());
        check(&input);
    }
    assert!((1..=300_000).contains(&corpus_bytes), "{corpus_bytes}");
}

#[test]
fn kept_envelopes_hold() {
    replay("envelope", envelope::check);
}

#[test]
fn kept_entries_are_read_and_joined() {
    replay("wire", wire::check);
}

#[test]
fn kept_files_are_accounted_for() {
    replay("import", import::check);
}
