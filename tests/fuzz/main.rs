//! The fuzzers' kept inputs, replayed by a stable compiler: what a fuzzer once found stays mended. Makes no input,
//! but under `just bless` the ledger that `opener` changes.

use std::fs;
use std::path::Path;

use ledger::{Dictionary, Log, SqliteLedger, StreamId};
use tempfile::TempDir;

/// As many as zstd needs to make a dictionary, and a small one.
const SAMPLES: usize = 40;

mod envelope;
mod import;
mod opener;
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

#[test]
fn kept_changes_to_a_ledger_are_refused_or_harmless() {
    replay("opener", opener::check);
}

/// The kept ledger is one of this format: otherwise every change to it would be refused for that alone.
#[test]
fn the_ledger_that_is_changed_opens() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/ledger.db");
    let folder = TempDir::new().expect("a folder can be made");
    let copy = folder.path().join("ledger.db");
    let open = || {
        fs::copy(&path, &copy).expect("it is there");
        SqliteLedger::open(&copy)
    };
    // Salts are drawn, so that each one made is another: one that serves stays.
    if std::env::var_os("DAYBOOK_BLESS").is_some() && open().is_err() {
        make_ledger(&path);
    }
    let log = open().expect("it opens: if the format is new, `just bless`");
    let verified = ledger::verify(&log, None, &mut |_| ()).expect("it holds");
    assert_eq!(log.dictionaries().expect("it holds").len(), 1);
    let seqs = verified.streams.iter().map(|stream| stream.head.seq);
    assert_eq!(seqs.collect::<Vec<_>>(), [6, 3]);
}

/// Writes the ledger that inputs change to `path`, half of it packed; for when the format has changed.
fn make_ledger(path: &Path) {
    let folder = TempDir::new().expect("a folder can be made");
    let wide = folder.path().join("ledger.db");
    let mut ledger = SqliteLedger::create(&wide, 1).expect("a ledger can be made");
    import_lines(
        &mut ledger,
        &[
            (1, "2025-03-31.basil", true, "Customer 0001"),
            (2, "2025-03-31.basil", true, "Customer 0002"),
            (2, "2025-03-31.basil", true, "Customer 0002"),
        ],
    );
    let samples: Vec<String> = (0..SAMPLES)
        .map(|n| line((n, "2025-03-31.basil", n % 2 == 0, "Customer 0000")))
        .collect();
    let dictionary = Dictionary::train(&samples).expect("they are alike, and enough");
    ledger
        .add_dictionary(&dictionary, 1_735_689_600_000_000)
        .expect("there is room");
    import_lines(
        &mut ledger,
        &[
            (2, "2026-07-29.dahlia", true, "Customer 0002"),
            (1, "2025-03-31.basil", true, "Customer 0003"),
            (3, "2026-07-29.dahlia", false, "Customer 0004"),
        ],
    );
    drop(ledger);
    let narrow = folder.path().join("narrow.db");
    let connection = rusqlite::Connection::open(&wide).expect("it is a database");
    let into = narrow.to_str().expect("its name is plain");
    connection
        .execute_batch(&format!("PRAGMA page_size = 1024; VACUUM INTO '{into}'"))
        .expect("it can be copied");
    fs::copy(narrow, path).expect("it can be kept");
}

/// An event's number, its version, whether it is live, and its customer's name.
type Told = (usize, &'static str, bool, &'static str);

fn line((id, version, livemode, name): Told) -> String {
    format!(
        r#"{{"id":"evt_{id}","object":"event","api_version":"{version}","created":1735689600,"livemode":{livemode},"type":"customer.updated","data":{{"object":{{"id":"cus_{id}","object":"customer","name":"{name}"}}}}}}"#
    )
}

fn import_lines(ledger: &mut SqliteLedger, told: &[Told]) {
    let folder = TempDir::new().expect("a folder can be made");
    let stream = StreamId::new("acct_1", true).expect("it names a stream");
    let clock = || 1_735_689_600_000_000;
    let mut intake = intake::Intake::new(
        ledger,
        &stream,
        ledger::Source::Import,
        folder.path(),
        &clock,
    );
    let lines: String = told.iter().map(|told| line(*told) + "\n").collect();
    let options = intake::ImportOptions::default();
    intake::import(&mut lines.as_bytes(), "made", &mut intake, &options).expect("it is sound");
    intake.finish().expect("it is sound");
}
