//! Work in hand: `night.db`. What a run that was broken off goes on from; it may be deleted at any time, and then the run begins anew.
//! It asks nobody and decides nothing.

mod left;
mod singles;
mod suspects;
mod windows;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use crate::{Lap, ReconcileError};

pub(super) use singles::{Family, Single};
pub(super) use suspects::{Standing, Suspicion};
pub(super) use windows::{Part, Share};

const SCHEMA: &str = include_str!("../../../../schema/reconcile/work.sql");
const APPLICATION_ID: i64 = 0x6461_7957;
const FORMAT: i64 = 2;
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
const STATEMENTS: usize = 64;

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Plan,
    Read,
    Settle,
    Trace,
    Repair,
    Balance,
    Record,
}

impl Stage {
    const ALL: [Self; 7] = [
        Self::Plan,
        Self::Read,
        Self::Settle,
        Self::Trace,
        Self::Repair,
        Self::Balance,
        Self::Record,
    ];
}

/// A run under way.
#[derive(Clone, Debug)]
pub(super) struct Underway {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) began_s: i64,
    pub(super) start_seq: u64,
    pub(super) stage: Stage,
    pub(super) laps: Vec<Lap>,
    pub(super) record: Option<String>,
}

/// What was counted so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) requests: u64,
    pub(super) last_s: i64,
    pub(super) objects: u64,
    pub(super) fields: u64,
    pub(super) swept: u64,
}

/// What remarks are about.
#[derive(Clone, Copy, Debug)]
pub(super) enum About {
    Unproven,
    Cut,
    Gap,
    Unlisted,
}

impl About {
    fn word(self) -> &'static str {
        match self {
            Self::Unproven => "unproven",
            Self::Cut => "cut",
            Self::Gap => "gap",
            Self::Unlisted => "unlisted",
        }
    }
}

/// The file.
pub(super) struct Work {
    connection: Connection,
    path: PathBuf,
}

impl Work {
    /// Opens the file at `path` (0600), or makes an empty one.
    pub(super) fn open(path: &Path) -> Result<Self, ReconcileError> {
        claim(path).map_err(|source| failed("make", path, source))?;
        let connection = Connection::open(path).map_err(|source| failed("open", path, source))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        let work = Self {
            connection,
            path: path.to_owned(),
        };
        work.done("open", work.connection.busy_timeout(BUSY_TIMEOUT))?;
        // A lost commit is done again; a file that power loss leaves inconsistent would not be.
        let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL";
        if work.connection.execute_batch(pragmas).is_err() {
            return Err(work.other());
        }
        work.write(|work| match work.pragma("application_id")? {
            0 => work.done("make", work.connection.execute_batch(SCHEMA)),
            APPLICATION_ID if work.pragma("user_version")? == FORMAT => Ok(()),
            _ => Err(work.other()),
        })?;
        Ok(work)
    }

    fn pragma(&self, name: &str) -> Result<i64, ReconcileError> {
        let value = self
            .connection
            .pragma_query_value(None, name, |row| row.get(0));
        self.done("open", value)
    }

    fn other(&self) -> ReconcileError {
        ReconcileError::OtherMemory {
            path: self.path.clone(),
        }
    }

    /// Does `work` in one transaction; undoes it all if it fails.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, ReconcileError>,
    ) -> Result<T, ReconcileError> {
        self.done("write", self.connection.execute_batch("BEGIN IMMEDIATE"))?;
        let worked = work(self);
        let ending = if worked.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = self.connection.execute_batch(ending);
        let worked = worked?;
        if ended.is_err() {
            // A commit that fails may leave its transaction open.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        self.done("write", ended)?;
        Ok(worked)
    }

    /// Says that a run is at a stage.
    pub(super) fn reach(&self, run: i64, stage: Stage) -> Result<(), ReconcileError> {
        let step = Stage::ALL.iter().position(|known| *known == stage);
        let sql = "UPDATE runs SET step = ?2 WHERE id = ?1";
        self.change(sql, params![run, signed(step.unwrap_or(0) as u64)])
    }

    /// Says how often what differs was looked at again.
    pub(super) fn tried(&self, run: i64, tries: u32) -> Result<(), ReconcileError> {
        self.change(
            "UPDATE runs SET tries = ?2 WHERE id = ?1",
            params![run, tries],
        )
    }

    /// Keeps what is about to be appended.
    pub(super) fn keep_record(&self, run: i64, record: &str) -> Result<(), ReconcileError> {
        let sql = "UPDATE runs SET record = ?2 WHERE id = ?1";
        self.change(sql, params![run, record])
    }

    /// Counts objects and their members.
    pub(super) fn count(&self, run: i64, objects: u64, fields: u64) -> Result<(), ReconcileError> {
        let sql = "UPDATE runs SET objects = objects + ?2, fields = fields + ?3 WHERE id = ?1";
        self.change(sql, params![run, signed(objects), signed(fields)])
    }

    /// Says how many objects of the book can be swept.
    pub(super) fn set_swept(&self, run: i64, swept: u64) -> Result<(), ReconcileError> {
        let sql = "UPDATE runs SET swept = ?2 WHERE id = ?1";
        self.change(sql, params![run, signed(swept)])
    }

    /// Counts requests, and keeps Stripe's second of the last answer.
    pub(super) fn asked(
        &self,
        run: i64,
        requests: u64,
        last_s: Option<i64>,
    ) -> Result<(), ReconcileError> {
        let sql = "UPDATE runs SET requests = requests + ?2, last_s = max(last_s, coalesce(?3, 0)) WHERE id = ?1";
        self.change(sql, params![run, signed(requests), last_s])
    }

    /// What was counted so far.
    pub(super) fn tally(&self, run: i64) -> Result<Tally, ReconcileError> {
        let sql = "SELECT requests, last_s, objects, fields, swept FROM runs WHERE id = ?1";
        let found = self.row(sql, [run], |row| {
            Ok(Tally {
                requests: row.get::<_, i64>(0)?.unsigned_abs(),
                last_s: row.get(1)?,
                objects: row.get::<_, i64>(2)?.unsigned_abs(),
                fields: row.get::<_, i64>(3)?.unsigned_abs(),
                swept: row.get::<_, i64>(4)?.unsigned_abs(),
            })
        })?;
        Ok(found.unwrap_or_default())
    }

    /// Notes something that the record will say.
    pub(super) fn remark(&self, run: i64, about: About, what: &str) -> Result<(), ReconcileError> {
        let sql = "INSERT OR IGNORE INTO remarks (run, about, what) VALUES (?1, ?2, ?3)";
        self.change(sql, params![run, about.word(), what])
    }

    /// What was noted.
    pub(super) fn remarks(&self, run: i64, about: About) -> Result<Vec<String>, ReconcileError> {
        let sql = "SELECT what FROM remarks WHERE run = ?1 AND about = ?2 ORDER BY what";
        self.rows(sql, params![run, about.word()], |row| row.get(0))
    }

    fn change(&self, sql: &str, values: impl Params) -> Result<(), ReconcileError> {
        self.changed(sql, values).map(drop)
    }

    fn changed(&self, sql: &str, values: impl Params) -> Result<usize, ReconcileError> {
        let ready = self.connection.prepare_cached(sql);
        let ran = ready.and_then(|mut statement| statement.execute(values));
        self.done("write", ran)
    }

    fn row<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, ReconcileError> {
        let ready = self.connection.prepare_cached(sql);
        let row = ready.and_then(|mut statement| statement.query_row(values, read).optional());
        self.done("read", row)
    }

    fn rows<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, ReconcileError> {
        let rows = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_map(values, read)?.collect());
        self.done("read", rows)
    }

    fn done<T>(
        &self,
        doing: &'static str,
        result: rusqlite::Result<T>,
    ) -> Result<T, ReconcileError> {
        result.map_err(|source| failed(doing, &self.path, source))
    }
}

fn failed(doing: &'static str, path: &Path, source: rusqlite::Error) -> ReconcileError {
    ReconcileError::Memory {
        doing,
        path: path.to_owned(),
        source,
    }
}

/// A number as SQLite holds it.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Makes an empty file that is nobody else's to read, if there is none.
fn claim(path: &Path) -> rusqlite::Result<()> {
    crate::memory::claim(path).map_err(|error| crate::memory::io(&error))
}
