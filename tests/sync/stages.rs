//! How far a night was when it was killed: what `night.db` and the log say of it, read with statements of the test's own, not with
//! those of reconcile. Kills nothing.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

/// The step of a run under way, whether its record is kept, and whether something that was to be appended is in the log, and not noted
/// as done.
const STEP: &str = "
    SELECT step, record IS NOT NULL, step = 4 AND EXISTS (
             SELECT 1 FROM suspects AS s JOIN log.entries AS e INDEXED BY entries_by_seq
                 ON e.stream = r.stream AND e.seq > s.read_seq AND e.source = 'sync' AND e.object_id = s.stripe_id
              WHERE s.run = r.id AND s.state = 3)
      FROM runs AS r";
/// What is counted of it.
const COUNTS: &str = "
    SELECT r.tries, r.requests, r.objects,
           (SELECT count(*) FROM windows WHERE run = r.id AND state > 0),
           (SELECT count(*) FROM lists WHERE run = r.id AND state > 0),
           (SELECT count(*) FROM singles WHERE run = r.id AND state > 0),
           (SELECT coalesce(sum(1 + state), 0) FROM suspects WHERE run = r.id),
           (SELECT count(*) FROM suspects WHERE run = r.id AND finding IS NOT NULL),
           (SELECT count(*) FROM suspects WHERE run = r.id AND read_hash IS NOT NULL)
      FROM runs AS r";
const RECORDS: &str = "
    SELECT count(*) FROM log.entries WHERE rowid > ?1 AND type IN ('reconcile.findings', 'reconcile.run')";
const LAST: &str = "SELECT max(rowid) FROM entries";

/// How far a night is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Nothing of it is kept.
    Begin,
    Level,
    Plan,
    Read,
    Settle,
    Trace,
    Repair,
    /// What mends something is in the log, and it is not noted that it does.
    Appended,
    Balance,
    /// The record is kept, and nothing of it in the log.
    Record,
    /// Findings or record are in the log, and the work in hand is not forgotten.
    Recorded,
    /// All is kept; it is yet to be told.
    Over,
}

impl Stage {
    pub(crate) const ALL: [Self; 12] = [
        Self::Begin,
        Self::Level,
        Self::Plan,
        Self::Read,
        Self::Settle,
        Self::Trace,
        Self::Repair,
        Self::Appended,
        Self::Balance,
        Self::Record,
        Self::Recorded,
        Self::Over,
    ];
}

/// What a night has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) stage: Stage,
    /// What is counted of it: as long as nothing of this changes, a run may still be about to go on with it.
    counts: Vec<i64>,
}

/// Who looks at the nights of a data folder.
pub(crate) struct Watch {
    files: Connection,
    /// The same file, for the question whether somebody is writing it.
    writable: Connection,
    /// The log's last row before the night.
    last: i64,
}

impl Watch {
    /// Watches a night whose log ended with this row before it.
    pub(crate) fn open(data: &Path, last: i64) -> Self {
        let path = data.join("night.db");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let files = Connection::open_with_flags(&path, flags).unwrap();
        let log = data.join("ledger.db");
        let log = log.to_str().unwrap();
        files.execute("ATTACH ?1 AS log", [log]).unwrap();
        let writable = Connection::open(&path).unwrap();
        // What a killed run leaves is the next run's to recover, not the test's.
        let kept = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        writable.set_db_config(kept, true).unwrap();
        writable.busy_timeout(Duration::ZERO).unwrap();
        Self {
            files,
            writable,
            last,
        }
    }

    /// The log's last row.
    pub(crate) fn last(data: &Path) -> i64 {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let log = Connection::open_with_flags(data.join("ledger.db"), flags).unwrap();
        log.query_row(LAST, [], |row| row.get(0)).unwrap()
    }

    /// How many records the night has put into the log.
    pub(crate) fn records(&self) -> i64 {
        let mut statement = self.files.prepare_cached(RECORDS).unwrap();
        statement.query_row([self.last], |row| row.get(0)).unwrap()
    }

    /// The stage now. Planning is one transaction: while it is under way, somebody is writing and nothing is seen of it.
    pub(crate) fn stage(&self) -> Stage {
        match self.kept_stage() {
            Stage::Level if self.is_being_written() => Stage::Plan,
            stage => stage,
        }
    }

    /// What is left by a night that nobody runs any more.
    pub(crate) fn left(&self) -> Seen {
        Seen {
            stage: self.kept_stage(),
            counts: self.numbers(COUNTS),
        }
    }

    fn kept_stage(&self) -> Stage {
        let are_recorded = || self.records() > 0;
        match self.numbers(STEP)[..] {
            [] if are_recorded() => Stage::Over,
            [] => Stage::Begin,
            [_, 1, _] if are_recorded() => Stage::Recorded,
            [_, 1, _] => Stage::Record,
            [0, ..] => Stage::Level,
            [1, ..] => Stage::Read,
            [2, ..] => Stage::Settle,
            [3, ..] => Stage::Trace,
            [4, _, 1] => Stage::Appended,
            [4, ..] => Stage::Repair,
            [5, ..] => Stage::Balance,
            ref step => panic!("there is no such step: {step:?}"),
        }
    }

    /// A row of numbers, if there is one.
    fn numbers(&self, sql: &str) -> Vec<i64> {
        let mut statement = self.files.prepare_cached(sql).unwrap();
        let columns = statement.column_count();
        let numbers = statement.query_row([], |row| (0..columns).map(|at| row.get(at)).collect());
        numbers.optional().unwrap().unwrap_or_default()
    }

    fn is_being_written(&self) -> bool {
        let is_free = self.writable.execute_batch("BEGIN IMMEDIATE; ROLLBACK");
        is_free.is_err()
    }
}
