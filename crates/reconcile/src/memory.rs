//! What runs left in the log, as tables: `reconcile.db`. It follows from the log, so that it may be deleted at any time; nothing is
//! true because it stands here, and nothing is asked of Stripe.

mod judge;
mod life;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ledger::{Hash, Head, Log, StreamId};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use crate::{ACCEPTED, FINDINGS, RUN, ReconcileError, Record, read_record};

pub use judge::Found;
pub use life::Tracked;

const SCHEMA: &str = include_str!("../../../schema/reconcile/memory.sql");
const APPLICATION_ID: i64 = 0x6461_7952;
const FORMAT: i64 = 1;
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
const STATEMENTS: usize = 32;
/// What a memory that no file holds is called in errors.
const NOWHERE: &str = ":memory:";

/// The memory of runs. Several processes may have it open.
pub struct Memory {
    connection: Connection,
    path: PathBuf,
}

impl Memory {
    /// Opens the memory at `path` (0600), or makes an empty one.
    ///
    /// # Errors
    /// [`ReconcileError::OtherMemory`] when the file is something else; it may be deleted then.
    pub fn open(path: &Path) -> Result<Self, ReconcileError> {
        claim(path).map_err(|source| failed("make", path, io(&source)))?;
        let opened = Connection::open(path);
        let connection = opened.map_err(|source| failed("open", path, source))?;
        Self::over(connection, path)
    }

    /// An empty memory that ends with this process: for who may read the log and write nothing.
    ///
    /// # Errors
    /// When SQLite can't be had.
    pub fn volatile() -> Result<Self, ReconcileError> {
        let path = Path::new(NOWHERE);
        let opened = Connection::open_in_memory();
        let connection = opened.map_err(|source| failed("open", path, source))?;
        Self::over(connection, path)
    }

    fn over(connection: Connection, path: &Path) -> Result<Self, ReconcileError> {
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        let mut memory = Self {
            connection,
            path: path.to_owned(),
        };
        memory.done("open", memory.connection.busy_timeout(BUSY_TIMEOUT))?;
        // A lost commit is read from the log again; a file that power loss leaves inconsistent would not be.
        let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL";
        match memory.connection.execute_batch(pragmas) {
            Err(source) if is_no_database(&source) => return Err(memory.other()),
            opened => memory.done("open", opened)?,
        }
        if memory.pragma("application_id")? == APPLICATION_ID
            && memory.pragma("user_version")? == FORMAT
        {
            return Ok(memory);
        }
        memory.write(|memory| match memory.pragma("application_id")? {
            0 => memory.done("make", memory.connection.execute_batch(SCHEMA)),
            APPLICATION_ID if memory.pragma("user_version")? == FORMAT => Ok(()),
            _ => Err(memory.other()),
        })?;
        Ok(memory)
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

    /// Takes in what runs and people left in a stream of the log since. A stream of which the log tells another story is forgotten
    /// first. Other entries are not looked at, however many they are.
    ///
    /// # Errors
    /// When either can't be read or written, or [`ReconcileError::Record`].
    pub fn catch_up(&mut self, log: &dyn Log, stream: &StreamId) -> Result<(), ReconcileError> {
        let head = log.head(stream)?;
        if self.position(stream)? == (head.seq, head.hash) {
            return Ok(());
        }
        self.write(|memory| memory.take_in(log, stream, &head))
    }

    fn take_in(&self, log: &dyn Log, stream: &StreamId, head: &Head) -> Result<(), ReconcileError> {
        let (mut seq, hash) = self.position(stream)?;
        // Another process may have taken in more meanwhile, of which this head knows nothing.
        if seq > 0 && !has(log, stream, seq, hash)? {
            self.forget(stream)?;
            seq = 0;
        }
        if head.seq <= seq {
            return Ok(());
        }
        let mut seqs = Vec::new();
        for type_ in [RUN, FINDINGS, ACCEPTED] {
            seqs.extend(log.control_seqs(stream, type_, seq + 1..=head.seq)?);
        }
        seqs.sort_unstable();
        for seq in seqs {
            if let Some(record) = read(log, stream, seq)? {
                self.keep(stream, seq, &record)?;
            }
        }
        let sql = "INSERT INTO position (stream, seq, chain_hash) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO UPDATE SET seq = excluded.seq, chain_hash = excluded.chain_hash";
        self.change(sql, params![stream.as_str(), signed(head.seq), head.hash.0])
    }

    /// Where a stream is.
    fn position(&self, stream: &StreamId) -> Result<(u64, Hash), ReconcileError> {
        let sql = "SELECT seq, chain_hash FROM position WHERE stream = ?1";
        let found = self.row(sql, [stream.as_str()], |row| {
            Ok((row.get::<_, i64>(0)?.unsigned_abs(), Hash(row.get(1)?)))
        })?;
        Ok(found.unwrap_or((0, Head::empty(stream).hash)))
    }

    fn forget(&self, stream: &StreamId) -> Result<(), ReconcileError> {
        for sql in [
            "DELETE FROM runs WHERE stream = ?1",
            "DELETE FROM pending WHERE stream = ?1",
            "DELETE FROM outcomes WHERE stream = ?1",
            "DELETE FROM acceptances WHERE stream = ?1",
            "DELETE FROM position WHERE stream = ?1",
        ] {
            self.change(sql, [stream.as_str()])?;
        }
        Ok(())
    }

    /// Does `work` in one transaction, which no other process sees half done; undoes it all if it fails.
    fn write<T>(
        &mut self,
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

    fn change(&self, sql: &str, values: impl Params) -> Result<(), ReconcileError> {
        let ready = self.connection.prepare_cached(sql);
        let ran = ready.and_then(|mut statement| statement.execute(values));
        self.done("write", ran).map(drop)
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

/// A record of the log; none if its body was erased.
fn read(log: &dyn Log, stream: &StreamId, seq: u64) -> Result<Option<Record>, ReconcileError> {
    let mut said = Ok(None);
    log.read(stream, seq..=seq, &mut |entry| {
        if let Some(body) = entry.body {
            said = read_record(entry.type_, body);
        }
        ControlFlow::Break(())
    })?;
    said.map_err(|source| ReconcileError::Record {
        stream: stream.to_string(),
        seq,
        source,
    })
}

/// Whether the log has this entry.
fn has(log: &dyn Log, stream: &StreamId, seq: u64, hash: Hash) -> Result<bool, ReconcileError> {
    let mut is_there = false;
    log.read(stream, seq..=seq, &mut |entry| {
        is_there = entry.chain_hash == hash;
        ControlFlow::Break(())
    })?;
    Ok(is_there)
}

/// A number as SQLite holds it.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn failed(doing: &'static str, path: &Path, source: rusqlite::Error) -> ReconcileError {
    ReconcileError::Memory {
        doing,
        path: path.to_owned(),
        source,
    }
}

/// What the system says, as SQLite would say it.
pub(crate) fn io(error: &std::io::Error) -> rusqlite::Error {
    let code = match error.kind() {
        std::io::ErrorKind::StorageFull => rusqlite::ffi::SQLITE_FULL,
        std::io::ErrorKind::PermissionDenied => rusqlite::ffi::SQLITE_PERM,
        std::io::ErrorKind::ReadOnlyFilesystem => rusqlite::ffi::SQLITE_READONLY,
        _ => rusqlite::ffi::SQLITE_CANTOPEN,
    };
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), Some(error.to_string()))
}

fn is_no_database(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase)
}

/// Makes an empty file that is nobody else's to read, if there is none.
pub(crate) fn claim(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}
