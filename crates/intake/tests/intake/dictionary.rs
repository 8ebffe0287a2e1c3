//! The dictionary that an import gives a log: when, and what is in it.

use std::cell::Cell;

use intake::{Intake, Origin, Tally};
use ledger::{Log, Source, SqliteLedger};
use tempfile::TempDir;

use crate::desk::{event, home};

/// Imports events with these numbers into the ledger in `folder`.
fn import(folder: &TempDir, numbers: std::ops::Range<usize>) -> (SqliteLedger, Tally) {
    let path = folder.path().join("ledger.db");
    let mut ledger = SqliteLedger::open(&path)
        .or_else(|_| SqliteLedger::create(&path, 0))
        .unwrap();
    let now_us = Cell::new(1_000_000_i64);
    let clock = || now_us.replace(now_us.get() + 1);
    let rejects = folder.path().join("rejects");
    let mut intake = Intake::new(&mut ledger, &home(), Source::Import, &rejects, &clock);
    let origin = Origin {
        file: "given",
        line: 1,
        last_line: 1,
        item: None,
    };
    for n in numbers {
        let body = event(&format!("evt_{n}")).into_bytes();
        intake.offer(origin, body).unwrap();
    }
    let tally = intake.finish().unwrap();
    (ledger, tally)
}

#[test]
fn a_log_gets_its_dictionary_when_it_is_long_enough_and_no_second_one() {
    let folder = TempDir::new().unwrap();
    for (numbers, dictionaries) in [
        (0..4000, 0),
        (4000..4090, 0),
        (4090..4095, 1),
        (4095..9000, 1),
    ] {
        let (ledger, tally) = import(&folder, numbers.clone());
        assert_eq!(tally.events, numbers.len() as u64);
        assert_eq!(
            ledger.dictionaries().unwrap().len(),
            dictionaries,
            "{numbers:?}"
        );
        ledger::verify(&ledger, None, &mut |_| ()).unwrap();
    }
}
