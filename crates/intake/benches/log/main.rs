//! The log against what SQLite does without it, side by side in one run: prints ratios, asserts no times.
//!
//! `cargo bench -p intake --bench log -- [ENTRIES [ROUNDS [bulk|durable|verify]]]`. A ratio is the time that the plain way
//! takes divided by that of the log: that of the median round, in brackets the least and the greatest of all. On a machine
//! that does other work the ratio on the CPU says more than that on the wall.

mod bulk;
mod contest;
mod corpus;
mod durable;
mod plain;
mod reading;

use std::error::Error;
use std::path::Path;

use ledger::{Dictionary, Ledger, OwnedEntry, SqliteLedger};
use rusqlite::Connection;

use crate::contest::thousandths;
use crate::corpus::Corpus;
use crate::durable::Waiting;

/// The seed of the events that are appended, and that of those that the dictionary is trained on.
const SEEDS: [u64; 2] = [2, 1];
const SAMPLES: usize = 4096;
/// Entries of one transaction where there are many.
const BATCH: usize = 4096;

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo adds `--bench` to the arguments.
    let mut numbers = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench");
    let entries: usize = numbers.next().as_deref().unwrap_or("30000").parse()?;
    let rounds: usize = numbers.next().as_deref().unwrap_or("5").parse()?;
    let only = numbers.next();
    let is_asked = |what: &str| only.as_deref().is_none_or(|only| only == what);
    let [corpus, other] = [(SEEDS[0], entries), (SEEDS[1], SAMPLES)]
        .map(|(seed, entries)| Corpus::simulated(seed, entries));
    let (corpus, other) = (corpus?, other?);
    let samples: Vec<Vec<u8>> = other
        .entries
        .iter()
        .map(|entry| facts::scrub(&entry.body))
        .collect();
    let dictionary = Dictionary::train(&samples).ok_or("too few samples")?;
    println!(
        "{} events of seed {}, {} bytes each; a dictionary of {} bytes from seed {}; {rounds} rounds",
        corpus.entries.len(),
        SEEDS[0],
        corpus.bytes() / corpus.entries.len(),
        dictionary.bytes().len(),
        SEEDS[1],
    );

    if is_asked("bulk") {
        println!("bulk append, {BATCH} a transaction");
        bulk::compare(&corpus, &dictionary, rounds)?.print(corpus.entries.len());
    }
    for callers in [1, 16, 128].into_iter().filter(|_| is_asked("durable")) {
        for waiting in [Waiting::Threads, Waiting::Calls] {
            println!("durable append, {callers} waiting callers ({waiting:?})");
            let rows = durable::rows(callers).min(corpus.entries.len());
            durable::compare(&corpus, &dictionary, callers, waiting, rounds)?.print(rows);
        }
    }
    if is_asked("verify") {
        compare_reading(&corpus, &dictionary, rounds)?;
    }
    Ok(())
}

/// Compares `verify`, and tells the size of what it read.
fn compare_reading(
    corpus: &Corpus,
    dictionary: &Dictionary,
    rounds: usize,
) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("ledger.db");
    append_all(&mut ledger(&path, dictionary)?, &corpus.entries)?;
    println!("verify, one thread");
    reading::compare(&path, dictionary, rounds)?.print(corpus.entries.len());
    tell_size(corpus, &path)
}

/// A new ledger that packs with `dictionary`.
fn ledger(path: &Path, dictionary: &Dictionary) -> Result<SqliteLedger, Box<dyn Error>> {
    let mut ledger = SqliteLedger::create(path, 0)?;
    ledger.add_dictionary(dictionary, 0)?;
    Ok(ledger)
}

fn append_all(ledger: &mut SqliteLedger, entries: &[OwnedEntry]) -> Result<(), Box<dyn Error>> {
    for batch in entries.chunks(BATCH) {
        let batch: Vec<_> = batch.iter().map(OwnedEntry::as_new_entry).collect();
        ledger.append(&batch)?;
    }
    Ok(())
}

fn tell_size(corpus: &Corpus, path: &Path) -> Result<(), Box<dyn Error>> {
    let sql = "SELECT sum(length(body)) FROM entries";
    let bodies: i64 = Connection::open(path)?.query_row(sql, [], |row| row.get(0))?;
    let (file, bodies) = (std::fs::metadata(path)?.len(), u64::try_from(bodies)?);
    let (sent, entries) = (corpus.bytes() as u64, corpus.entries.len() as u64);
    println!("size on disk, of {} bytes as sent", sent / entries);
    for (what, bytes) in [
        ("the bodies, packed", bodies),
        ("the file, with columns, indexes and dictionary", file),
    ] {
        let ratio = thousandths(u128::from(sent * 1000 / bytes));
        println!("  1/{ratio}  {} bytes an event: {what}", bytes / entries);
    }
    Ok(())
}
