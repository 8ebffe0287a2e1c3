//! A closed ledger with something of everything in it, and what someone does who gets at its file. Asserts nothing about
//! what is found.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ledger::{Head, Ledger, LedgerError, Log, SqliteLedger, verify};
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;

use crate::dictionaries::{append_bodies, body};
use crate::draft::{Draft, append, live, on_disk, test_mode};

/// The tables that verify answers for; `duplicates` is the one that nothing proves.
pub(crate) const PROVEN: [&str; 4] = ["entries", "meta", "dictionaries", "tallies"];

/// Makes the tallies what there is, whoever took something away.
pub(crate) const RECOUNT: &str = "DELETE FROM tallies; \
    INSERT INTO tallies (stream, kind, type, api_version, count) \
    SELECT stream, kind, type, api_version, count(*) FROM entries GROUP BY stream, kind, type, api_version;";

/// The bytes of the ledger's file, and the heads of its streams.
pub(crate) struct Victim {
    pub(crate) bytes: Vec<u8>,
    pub(crate) heads: Vec<Head>,
}

/// Two streams; renderings, conflicts and duplicates; bodies stored as they came, packed with either of two dictionaries,
/// erased; texts that are null.
pub(crate) fn victim() -> &'static Victim {
    static VICTIM: OnceLock<Victim> = OnceLock::new();
    VICTIM.get_or_init(|| {
        let (_folder, path, mut ledger) = on_disk();
        ledger.open_stream(&live(), 1).unwrap();
        let told = [
            ("a", None, 0),
            ("a", Some("2025"), 0),
            ("a", Some("2025"), 1),
            ("b", None, 0),
            ("a", None, 0),
        ];
        append(
            &mut ledger,
            &told.map(|(id, version, content)| Draft::new(&live(), id, version, content)),
        );
        for (round, stream) in [(1, live()), (2, test_mode())] {
            let samples: Vec<_> = (0..300).map(|n| body(n * 7 * round)).collect();
            let dictionary = ledger::Dictionary::train(&samples).unwrap();
            ledger.add_dictionary(&dictionary, 2).unwrap();
            ledger.open_stream(&stream, 3).unwrap();
            let first = round * 10;
            append_bodies(&mut ledger, &live(), first..first + 4);
            append_bodies(&mut ledger, &stream, first + 4..first + 6);
        }
        let heads = heads(&ledger);
        drop(ledger);
        let erase = "UPDATE entries SET body = NULL, salt = NULL, dictionary_id = NULL \
                     WHERE stream = 'acct_1/live' AND seq IN (3, 8)";
        Connection::open(&path).unwrap().execute(erase, []).unwrap();
        Victim {
            bytes: fs::read(&path).unwrap(),
            heads,
        }
    })
}

pub(crate) fn heads(log: &dyn Log) -> Vec<Head> {
    let streams = log.streams().unwrap();
    streams.into_iter().map(|info| info.head).collect()
}

/// A copy of a ledger's file to work on.
pub(crate) struct Copy {
    _folder: TempDir,
    pub(crate) path: PathBuf,
}

/// What was found out about a file.
#[derive(Debug)]
pub(crate) enum Found {
    /// It was not opened.
    Refused(LedgerError),
    /// SQLite's own check found it.
    Unsound,
    /// Verify found it.
    Faulty(LedgerError),
    /// All holds.
    Nothing,
}

impl Copy {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        fs::write(&path, bytes).unwrap();
        Self {
            _folder: folder,
            path,
        }
    }

    /// Works on the copy behind the back of its triggers and constraints, and puts the triggers in place again.
    pub(crate) fn tamper<T>(&self, work: impl FnOnce(&Connection) -> T) -> T {
        let connection = self.connect();
        let mut statement = connection
            .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            .unwrap();
        let triggers: Vec<(String, String)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        drop(statement);
        for (name, _) in &triggers {
            connection
                .execute_batch(&format!("DROP TRIGGER {name}"))
                .unwrap();
        }
        let done = work(&connection);
        for (_, sql) in &triggers {
            connection.execute_batch(sql).unwrap();
        }
        done
    }

    /// A connection of someone who cares for nothing, as the sqlite3 shell is.
    pub(crate) fn connect(&self) -> Connection {
        let connection = Connection::open(&self.path).unwrap();
        connection
            .execute_batch("PRAGMA synchronous = OFF; PRAGMA ignore_check_constraints = ON")
            .unwrap();
        connection
    }

    /// What `daybook verify` does, without SQLite's own check of the file.
    pub(crate) fn look(&self, expected: Option<&Head>) -> Found {
        let ledger = match SqliteLedger::open_readonly(&self.path) {
            Ok(ledger) => ledger,
            Err(error) => return Found::Refused(error),
        };
        match verify(&ledger, expected, &mut |_| ()) {
            Ok(_) => Found::Nothing,
            Err(error) => Found::Faulty(error),
        }
    }

    /// All that `daybook verify` does.
    pub(crate) fn look_closely(&self) -> Found {
        match self.look(None) {
            Found::Nothing => {}
            found => return found,
        }
        let ledger = SqliteLedger::open_readonly(&self.path).unwrap();
        match ledger.check_integrity() {
            Ok(()) => Found::Nothing,
            Err(_) => Found::Unsound,
        }
    }
}

/// Every cell of a table, in the order of rowids, read from the table itself and not from an index.
pub(crate) fn rows(connection: &Connection, table: &str) -> Vec<Vec<Value>> {
    let mut statement = connection
        .prepare(&format!("SELECT * FROM {table} NOT INDEXED"))
        .unwrap();
    let width = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| (0..width).map(|at| row.get(at)).collect();
    let rows = statement.query_map([], row).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// The names of a table's columns.
pub(crate) fn columns(connection: &Connection, table: &str) -> Vec<String> {
    let mut statement = connection
        .prepare("SELECT name FROM pragma_table_info(?1)")
        .unwrap();
    let names = statement.query_map([table], |row| row.get(0)).unwrap();
    names.collect::<Result<_, _>>().unwrap()
}

/// Every entry as a reader of the log is shown it, as text.
pub(crate) fn shown(path: &Path) -> String {
    let ledger = SqliteLedger::open_readonly(path).unwrap();
    let mut shown = format!(
        "{} {:?} {:?}\n",
        ledger.meta_hash().unwrap(),
        ledger.dictionaries().unwrap(),
        ledger.tally().unwrap()
    );
    for head in heads(&ledger) {
        ledger
            .read(&head.stream, 1..=u64::MAX, &mut |entry| {
                let found = ledger.find(&head.stream, entry.id).unwrap();
                assert!(found.contains(&entry.to_entry()));
                shown.push_str(&format!("{entry:?}\n"));
                ControlFlow::Continue(())
            })
            .unwrap();
    }
    shown
}
