//! What verify finds when someone got past the triggers: every column of every row, rows lost, tails.

use std::fs;
use std::path::{Path, PathBuf};

use ledger::{Fault, Kind, LedgerError, Log, SqliteLedger, Verified, verify};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::draft::{Draft, append, append_events, live, on_disk};
use crate::victim::RECOUNT;

const ROWS: u64 = 5;

/// A value that each column did not have before.
pub(crate) const TAMPERED: [(&str, &str); 17] = [
    ("stream", "'acct_9/test'"),
    ("seq", "seq + 1000"),
    ("kind", "'control'"),
    ("id", "id || 'x'"),
    ("type", "''"),
    ("object_id", "NULL"),
    ("api_version", "''"),
    ("created_s", "created_s + 1"),
    ("recorded_us", "recorded_us - 1"),
    ("source", "'sync'"),
    ("content_hash", "randomblob(32)"),
    ("role", "'rendering'"),
    ("commitment", "randomblob(32)"),
    ("chain_hash", "randomblob(32)"),
    ("dictionary_id", "1"),
    ("salt", "randomblob(16)"),
    ("body", "CAST(body || ' ' AS BLOB)"),
];

/// A closed ledger of five entries.
fn closed() -> (TempDir, PathBuf) {
    let (folder, path, mut ledger) = on_disk();
    append_events(&mut ledger, &live(), ROWS as usize);
    (folder, path)
}

/// Changes a copy of the ledger behind its triggers' back, and puts the triggers in place again.
fn tampered(path: &Path, sql: &str) -> PathBuf {
    let copy = path.with_extension("tampered");
    fs::copy(path, &copy).unwrap();
    let connection = Connection::open(&copy).unwrap();
    let mut triggers = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap();
    let triggers = triggers
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let triggers: Vec<(String, String)> = triggers.map(Result::unwrap).collect();
    let drop = |(name, _): &(String, String)| format!("DROP TRIGGER {name};");
    connection
        .execute_batch(&triggers.iter().map(drop).collect::<String>())
        .unwrap();
    connection
        .execute_batch("PRAGMA ignore_check_constraints = ON")
        .unwrap();
    connection.execute_batch(sql).unwrap();
    for (_, sql) in &triggers {
        connection.execute_batch(sql).unwrap();
    }
    copy
}

fn verified(path: &Path) -> Result<Verified, LedgerError> {
    verify(
        &SqliteLedger::open_readonly(path).unwrap(),
        None,
        &mut |_| (),
    )
}

/// The seq and fault of the one stream.
fn fault_after(path: &Path, sql: &str) -> (u64, Fault) {
    match verified(&tampered(path, sql)) {
        Err(LedgerError::Faulty { stream, seq, fault }) if stream == live() => (seq, fault),
        other => panic!("{sql}: expected a fault, got {other:?}"),
    }
}

#[test]
fn every_column_of_every_row_is_proven() {
    let (_folder, path) = closed();
    let connection = Connection::open(&path).unwrap();
    let mut columns = connection
        .prepare("SELECT name FROM pragma_table_info('entries')")
        .unwrap();
    let columns = columns
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap();
    assert!(
        columns
            .map(Result::unwrap)
            .eq(TAMPERED.map(|(column, _)| column.to_owned()))
    );
    verified(&path).unwrap();
    for row in 1..=ROWS {
        for (column, value) in TAMPERED {
            if (row, column) == (ROWS, "stream") {
                continue; // the next test's: it cuts the tail of one stream and spoils the other
            }
            let sql = format!("UPDATE entries SET {column} = {value} WHERE seq = {row}");
            let (seq, fault) = fault_after(&path, &sql);
            assert_eq!(seq, row, "{sql}");
            let expected = match column {
                "stream" | "seq" => Fault::Missing,
                "commitment" | "salt" | "body" => Fault::Commitment,
                "dictionary_id" => Fault::Packed { dictionary_id: 1 },
                _ => Fault::Chain,
            };
            assert_eq!(fault, expected, "{sql}");
        }
    }
}

#[test]
fn an_entry_moved_to_another_stream_is_named_there() {
    let (_folder, path) = closed();
    let moved = tampered(
        &path,
        "UPDATE entries SET stream = 'acct_9/test' WHERE seq = 5",
    );
    let error = verified(&moved).unwrap_err();
    assert_eq!(error.to_string(), "entry 1 of acct_9/test does not hold");
    let nameless = tampered(
        &path,
        "UPDATE entries SET stream = 'nonsense' WHERE seq = 5",
    );
    let expected = "is damaged: the name of a stream in entries is missing or altered";
    assert!(
        verified(&nameless)
            .unwrap_err()
            .to_string()
            .ends_with(expected)
    );
}

#[test]
fn an_entry_before_the_first_is_named() {
    let (_folder, path) = closed();
    let sql = "DELETE FROM entries WHERE seq > 1; UPDATE entries SET seq = 0";
    assert!(matches!(
        fault_after(&path, sql),
        (0, Fault::OtherHead { .. })
    ));
    let error = SqliteLedger::open(&tampered(&path, sql)).err().unwrap();
    assert_eq!(error.to_string(), "entry 0 of acct_1/live does not hold");
}

#[test]
fn a_cell_that_no_ledger_writes_is_named() {
    let (_folder, path) = closed();
    let cells = [
        ("kind", "'nonsense'"),
        ("source", "''"),
        ("role", "'Original'"),
        ("content_hash", "x'00'"),
        ("chain_hash", "zeroblob(33)"),
        ("commitment", "x''"),
        ("salt", "zeroblob(15)"),
        ("id", "CAST(x'ff' AS TEXT)"),
    ];
    for (column, value) in cells {
        let sql = format!("UPDATE entries SET {column} = {value} WHERE seq = 3");
        assert_eq!(fault_after(&path, &sql), (3, Fault::Unreadable { column }));
    }
    let lost_salt = "UPDATE entries SET salt = NULL WHERE seq = 3";
    assert_eq!(fault_after(&path, lost_salt), (3, Fault::Commitment));
}

#[test]
fn a_lost_row_and_exchanged_rows_are_named() {
    let (_folder, path) = closed();
    assert_eq!(
        fault_after(&path, "DELETE FROM entries WHERE seq = 1"),
        (1, Fault::Missing)
    );
    assert_eq!(
        fault_after(&path, "DELETE FROM entries WHERE seq = 4"),
        (4, Fault::Missing)
    );
    let exchange = "UPDATE entries SET seq = 90 WHERE seq = 2; UPDATE entries SET seq = 2 WHERE seq = 3; \
                    UPDATE entries SET seq = 3 WHERE seq = 90";
    assert_eq!(fault_after(&path, exchange), (2, Fault::Chain));
    let bodies = "UPDATE entries SET (salt, body) = (SELECT salt, body FROM entries WHERE seq = 4) \
                  WHERE seq = 3";
    assert_eq!(fault_after(&path, bodies), (3, Fault::Commitment));
}

#[test]
fn a_cut_tail_passes_alone_and_fails_against_a_head() {
    let (_folder, path) = closed();
    let head = SqliteLedger::open_readonly(&path)
        .unwrap()
        .head(&live())
        .unwrap();
    let sql = "DELETE FROM entries WHERE seq > 3;";
    let counted = Fault::Tally {
        kind: Kind::Event,
        type_: "charge.updated".to_owned(),
        kept: 5,
        counted: 3,
    };
    assert_eq!(fault_after(&path, sql), (3, counted));
    let cut = tampered(&path, &format!("{sql} {RECOUNT}"));
    assert_eq!(verified(&cut).unwrap().streams[0].head.seq, 3);
    let ledger = SqliteLedger::open(&cut).unwrap();
    let error = verify(&ledger, Some(&head), &mut |_| ()).unwrap_err();
    let expected = Fault::Unreached { last_seq: 3 };
    assert!(matches!(error, LedgerError::Faulty { seq: 5, fault, .. } if fault == expected));
}

#[test]
fn a_rewritten_tail_passes_alone_and_fails_against_a_head() {
    let (_folder, path) = closed();
    let head = SqliteLedger::open_readonly(&path)
        .unwrap()
        .head(&live())
        .unwrap();
    let cut = format!("DELETE FROM entries WHERE seq = 5; {RECOUNT}");
    let mut ledger = SqliteLedger::open(&tampered(&path, &cut)).unwrap();
    append(&mut ledger, &[Draft::new(&live(), "evt_other", None, 0)]);
    verify(&ledger, None, &mut |_| ()).unwrap();
    let error = verify(&ledger, Some(&head), &mut |_| ()).unwrap_err();
    assert!(matches!(
        error,
        LedgerError::Faulty {
            seq: 5,
            fault: Fault::OtherHead { .. },
            ..
        }
    ));
}

#[test]
fn a_spoilt_tail_is_found_on_opening() {
    let (_folder, path) = closed();
    let spoilt = tampered(&path, "UPDATE entries SET created_s = 7 WHERE seq = 5");
    let error = SqliteLedger::open(&spoilt).err().unwrap();
    assert!(matches!(
        error,
        LedgerError::Faulty {
            seq: 5,
            fault: Fault::Chain,
            ..
        }
    ));
    assert_eq!(error.to_string(), "entry 5 of acct_1/live does not hold");
    let torn = tampered(&path, "DELETE FROM entries WHERE seq = 4");
    let error = SqliteLedger::open(&torn).err().unwrap();
    assert!(matches!(
        error,
        LedgerError::Faulty {
            seq: 4,
            fault: Fault::Missing,
            ..
        }
    ));
}
