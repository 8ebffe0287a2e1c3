//! Tampering with cells: whichever is changed, in whatever table that verify answers for, is refused or named.

use std::collections::BTreeSet;

use ledger::{Fault, LedgerError};
use proptest::prelude::*;
use rusqlite::params;
use rusqlite::types::Value;

use crate::victim::{Copy, Found, PROVEN, columns, rows, victim};

/// A change of one cell, to be made of whatever is in it.
#[derive(Clone, Debug)]
struct Change {
    row: prop::sample::Index,
    bit: prop::sample::Index,
    /// A value instead of null, or null instead of a value.
    is_null_exchanged: bool,
}

fn change() -> impl Strategy<Value = Change> {
    (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(row, bit, is_null_exchanged)| Change {
            row,
            bit,
            is_null_exchanged,
        })
}

impl Change {
    /// Another value of the same cell; none if there is none of that kind.
    fn of(&self, value: &Value) -> Value {
        let flipped = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            let bit = self.bit.index(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            bytes
        };
        match value {
            Value::Null => [
                Value::Integer(1),
                Value::Text("x".to_owned()),
                Value::Blob(vec![0; 16]),
            ][self.bit.index(3)]
            .clone(),
            _ if self.is_null_exchanged => Value::Null,
            Value::Integer(number) => Value::Integer(number ^ 1 << self.bit.index(64)),
            Value::Text(text) if text.is_empty() => Value::Text(" ".to_owned()),
            // Written as a blob and cast: half of the flips are no UTF-8.
            Value::Text(text) => Value::Blob(flipped(text.as_bytes())),
            Value::Blob(bytes) if bytes.is_empty() => Value::Blob(vec![0]),
            Value::Blob(bytes) => Value::Blob(flipped(bytes)),
            Value::Real(_) => unreachable!("no ledger holds floats"),
        }
    }
}

/// A changed cell: where it is, and whether SQLite let it be changed at all.
struct Changed {
    table: &'static str,
    column: String,
    stream: String,
    seq: i64,
    was_let: bool,
}

fn change_cell(copy: &Copy, table: &'static str, column: &str, change: &Change) -> Changed {
    copy.tamper(|connection| {
        let rowids: Vec<i64> = connection
            .prepare(&format!("SELECT rowid FROM {table}"))
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let rowid = rowids[change.row.index(rowids.len())];
        let of_row = |what: &str| format!("SELECT {what} FROM {table} WHERE rowid = {rowid}");
        let old: Value = connection
            .query_row(&of_row(column), [], |row| row.get(0))
            .unwrap();
        let place = if table == "entries" {
            "stream, seq"
        } else {
            "'', 0"
        };
        let (stream, seq) = connection
            .query_row(&of_row(place), [], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        let new = change.of(&old);
        let written = match (&old, &new) {
            (Value::Text(_), Value::Blob(_)) => "CAST(?1 AS TEXT)",
            _ => "?1",
        };
        let sql = format!("UPDATE {table} SET {column} = {written} WHERE rowid = {rowid}");
        Changed {
            table,
            column: column.to_owned(),
            stream,
            seq,
            was_let: connection.execute(&sql, params![new]).is_ok(),
        }
    })
}

/// What is found names the changed entry; where a change makes an entry be missing, or concerns no entry, it names one.
fn assert_found(changed: &Changed, found: &Found) {
    let Changed {
        table,
        column,
        stream,
        seq,
        ..
    } = changed;
    let place = format!("{table}.{column} of entry {seq} of {stream}: {found:?}");
    match found {
        Found::Refused(error) | Found::Faulty(error @ LedgerError::Altered { .. }) => {
            assert!(error.to_string().contains("damaged"), "{place}");
        }
        Found::Faulty(LedgerError::Faulty {
            stream: named,
            seq: at,
            ..
        }) if *table == "entries" => {
            let is_moved = ["stream", "seq"].contains(&column.as_str());
            assert!(
                is_moved || (named.as_str(), *at) == (stream, *seq as u64),
                "{place}"
            );
        }
        Found::Faulty(LedgerError::Faulty { fault, .. }) if *table == "meta" => {
            assert_eq!(*fault, Fault::Opening, "{place}");
        }
        Found::Faulty(LedgerError::Faulty { fault, .. }) if *table == "tallies" => {
            assert!(matches!(fault, Fault::Tally { .. }), "{place}");
        }
        Found::Faulty(LedgerError::Faulty { fault, .. }) => {
            assert!(matches!(fault, Fault::Adoption { .. }), "{place}");
        }
        _ => panic!("{place}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(12)))]

    #[test]
    fn a_change_of_any_cell_is_refused_or_named(change in change()) {
        let connection = Copy::of(&victim().bytes).connect();
        for table in PROVEN {
            for column in columns(&connection, table) {
                let copy = Copy::of(&victim().bytes);
                let changed = change_cell(&copy, table, &column, &change);
                match copy.look(None) {
                    Found::Nothing => prop_assert!(!changed.was_let, "{table}.{column}: {change:?}"),
                    found => assert_found(&changed, &found),
                }
            }
        }
    }
}

#[test]
fn no_column_is_spared_by_sqlite_itself() {
    let connection = Copy::of(&victim().bytes).connect();
    for table in PROVEN {
        for column in columns(&connection, table) {
            let copy = Copy::of(&victim().bytes);
            let sql = format!("UPDATE {table} SET {column} = {column}");
            assert!(
                copy.tamper(|connection| connection.execute(&sql, []))
                    .is_ok(),
                "{sql}"
            );
            assert!(matches!(copy.look_closely(), Found::Nothing), "{sql}");
        }
    }
}

/// A case tries every column of every table, so it takes fewer of them than other properties; `PROPTEST_CASES` scales it.
fn cases(usual: u32) -> u32 {
    usual * ProptestConfig::default().cases.div_ceil(256)
}

#[test]
fn the_victim_holds_and_has_something_of_everything() {
    let copy = Copy::of(&victim().bytes);
    assert!(matches!(copy.look_closely(), Found::Nothing));
    let connection = copy.connect();
    let columns = columns(&connection, "entries");
    let place = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let kinds = |name: &str| -> BTreeSet<String> {
        let kind = |row: &Vec<Value>| match &row[place(name)] {
            Value::Integer(id) => id.to_string(),
            Value::Text(text) => text.clone(),
            other => format!("{:?}", other.data_type()),
        };
        rows(&connection, "entries").iter().map(kind).collect()
    };
    assert_eq!(kinds("role").len(), 3);
    assert_eq!(kinds("stream").len(), 2);
    assert_eq!(
        kinds("dictionary_id").into_iter().collect::<Vec<_>>(),
        ["1", "2", "Null"]
    );
    for nullable in ["object_id", "api_version", "salt", "body"] {
        assert!(kinds(nullable).contains("Null"), "{nullable}");
    }
    assert_eq!(rows(&connection, "dictionaries").len(), 2);
    assert_ne!(rows(&connection, "duplicates").len(), 0);
    let tallies = rows(&connection, "tallies");
    assert!(tallies.iter().any(|row| row.contains(&Value::Null)));
    assert!(tallies.iter().any(|row| !row.contains(&Value::Null)));
}
