//! A ledger of an older format: read as it is, carried over once when it is written, and the same log afterwards.

use std::fs;
use std::path::{Path, PathBuf};

use ledger::{Head, Ledger, Log, SqliteLedger, verify};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::draft::{Draft, append, entries};

const HEADS: [&str; 2] = [
    "acct_fixture0001/live:9:fdacf0f8dcca77db0abceb15382ef68cec4fea0d2d1f5f202bdaa74377c40213",
    "acct_fixture0001/test:3:5fac168ac49f716810b31bb1cdd0cb2775668d4169004eacd2fa1257474901ad",
];

/// A ledger as programs of format 1 left it.
fn format_1() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(include_str!("format-1.sql"))
        .unwrap();
    (folder, path)
}

fn format(path: &Path) -> i64 {
    let connection = Connection::open(path).unwrap();
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap()
}

fn heads(log: &dyn Log) -> Vec<Head> {
    let streams = log.streams().unwrap();
    streams.into_iter().map(|info| info.head).collect()
}

fn assert_holds(log: &dyn Log) {
    assert_eq!(heads(log), HEADS.map(|head| head.parse().unwrap()));
    let verified = verify(log, None, &mut |_| ()).unwrap();
    assert_eq!(verified.streams[0].erased, 1);
    let told = HEADS.map(|head| head.parse().unwrap());
    assert!(
        told.iter()
            .all(|head| verify(log, Some(head), &mut |_| ()).is_ok())
    );
}

#[test]
fn an_older_ledger_is_read_without_being_touched() {
    let (_folder, path) = format_1();
    let before = fs::read(&path).unwrap();
    let ledger = SqliteLedger::open_readonly(&path).unwrap();
    assert_holds(&ledger);
    assert_eq!(ledger.dictionaries().unwrap(), []);
    drop(ledger);
    assert_eq!(format(&path), 1);
    assert!(fs::read(&path).unwrap() == before, "the file is the same");
}

#[test]
fn an_older_ledger_is_carried_over_once_and_stays_the_same_log() {
    let (_folder, path) = format_1();
    let reader = SqliteLedger::open_readonly(&path).unwrap();
    let before: Vec<_> = heads(&reader)
        .iter()
        .map(|head| entries(&reader, &head.stream))
        .collect();
    let meta = reader.meta_hash().unwrap();
    let tally = reader.tally().unwrap();
    assert_eq!(tally.iter().map(|row| row.count).sum::<u64>(), 12);
    for round in ["carried over", "opened again"] {
        let ledger = SqliteLedger::open(&path).unwrap();
        assert_eq!(format(&path), 2, "{round}");
        assert_holds(&ledger);
        assert_eq!(ledger.meta_hash().unwrap(), meta, "{round}");
        assert_eq!(ledger.tally().unwrap(), tally, "{round}");
        let after: Vec<_> = heads(&ledger)
            .iter()
            .map(|head| entries(&ledger, &head.stream))
            .collect();
        assert_eq!(after, before, "{round}");
    }
    // One who reads while it is carried over goes on reading.
    assert_holds(&reader);
    assert_eq!(reader.tally().unwrap(), tally);
    assert_holds(&SqliteLedger::open_readonly(&path).unwrap());
}

#[test]
fn a_ledger_carried_over_grows_like_any_other() {
    let (_folder, path) = format_1();
    let mut ledger = SqliteLedger::open(&path).unwrap();
    let stream = heads(&ledger)[0].stream.clone();
    assert!(!ledger.open_stream(&stream, 0).unwrap());
    append(&mut ledger, &[Draft::new(&stream, "evt_new", None, 0)]);
    let told = HEADS[0].parse().unwrap();
    assert_eq!(
        verify(&ledger, Some(&told), &mut |_| ()).unwrap().streams[0]
            .head
            .seq,
        10
    );
}

#[test]
fn of_several_who_open_it_at_once_one_carries_it_over_and_all_go_on() {
    for _ in 0..10 {
        let (_folder, path) = format_1();
        let start = std::sync::Barrier::new(4);
        let open = |writes: bool| {
            start.wait();
            let opened = match writes {
                true => SqliteLedger::open(&path),
                false => SqliteLedger::open_readonly(&path),
            };
            assert_holds(&opened.unwrap());
        };
        std::thread::scope(|scope| {
            for n in 0..4 {
                let open = &open;
                scope.spawn(move || open(n % 2 == 0));
            }
        });
        assert_eq!(format(&path), 2);
    }
}

#[test]
fn a_ledger_that_was_not_carried_over_whole_is_refused() {
    let (_folder, path) = format_1();
    drop(SqliteLedger::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA user_version = 1").unwrap();
    drop(connection);
    let refusal = SqliteLedger::open(&path).err().unwrap().to_string();
    assert!(refusal.ends_with("is missing or altered"), "{refusal}");
    assert_eq!(format(&path), 1);
}
