//! A simulated company's quarter, delivered late, doubled and out of order: one book, whichever way it is made.

use std::collections::BTreeMap;

use ledger::MemoryLedger;
use projector::dump;
use simulator::{Config, Delivery, deliver, simulate};

use crate::log::{Folder, append, live, log_of};

fn delivered(seed: u64) -> Vec<String> {
    let recording = simulate(&Config::small(seed));
    deliver(&recording, &Delivery::demo(seed))
        .iter()
        .map(|one| one.line.to_string())
        .collect()
}

/// The seeds whose quarters are made into books in several ways.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=4;

/// How many rows those quarters come to, by table.
pub(crate) fn rows() -> BTreeMap<&'static str, i64> {
    let mut rows = BTreeMap::new();
    for seed in SEEDS {
        let report = Folder::new().rebuild(&log_of(&delivered(seed)), 2);
        for (table, count) in &report.streams[0].rows {
            *rows.entry(*table).or_insert(0) += count;
        }
    }
    rows
}

#[test]
fn a_simulated_quarter_gives_one_book() {
    for seed in SEEDS {
        let lines = delivered(seed);
        let (early, late) = lines.split_at(lines.len() / 3);
        let batched = Folder::new();
        let mut log = MemoryLedger::new();
        append(&mut log, &live(), early);
        batched.project(&log, 64);
        append(&mut log, &live(), late);
        let report = batched.project(&log, 64);
        assert!(!report.rebuilt && report.streams[0].rows_of("invoices") > 10);
        let expected = batched.contents(&live());
        for threads in [1, 2, 4] {
            let rebuilt = Folder::new();
            rebuilt.rebuild(&log, threads);
            let same = rebuilt.contents(&live()) == expected;
            assert!(same, "seed {seed}, {threads} threads");
        }
    }
}

/// What the facts of one entry take at most: an invoice of sixty lines.
const ENTRY_BYTES_MAX: usize = 32 * 1024;

#[test]
fn a_rebuild_keeps_to_its_memory_and_makes_the_same_book() {
    let lines: Vec<String> = (1..=3).flat_map(delivered).collect();
    let whole = Folder::new();
    let log = log_of(&lines);
    let needed = whole.rebuild(&log, 1).held_bytes;
    let expected = whole.contents(&live());
    for (part, threads) in [(4, 1), (16, 2), (64, 4)] {
        let memory_bytes = usize::try_from(needed).unwrap() / part;
        let little = Folder::new();
        let report = little.rebuild_within(&log, threads, memory_bytes);
        let held = report.held_bytes;
        // A thread lays its objects aside once the entry that was too much is in.
        let allowed = memory_bytes + threads * ENTRY_BYTES_MAX;
        assert!(held <= allowed as u64, "{held} held, {allowed} allowed");
        assert!(report.laid_bytes > 0);
        assert!(
            little.contents(&live()) == expected,
            "{memory_bytes} bytes, {threads} threads"
        );
    }
}

#[test]
fn a_quarter_delivered_backwards_gives_the_same_state() {
    let mut lines = delivered(5);
    let forwards = Folder::new();
    forwards.rebuild(&log_of(&lines), 1);
    lines.reverse();
    let backwards = Folder::new();
    backwards.rebuild(&log_of(&[]), 1);
    backwards.project(&log_of(&lines), 100);
    let state = |folder: &Folder| dump(&folder.open(), &live(), false).unwrap();
    assert!(
        state(&forwards) == state(&backwards),
        "State depends on the order"
    );
}
