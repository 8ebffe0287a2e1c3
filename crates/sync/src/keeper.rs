//! What sync remembers of the log and of what it is about to read: `sync.db`. It follows from the log or can be read again, so
//! that it may be deleted at any time; nothing is true because it stands here.

mod reading;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ledger::{EntryRef, Hash, Log, StreamId};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use crate::SyncError;
use reading::Said;

pub use reading::spoken_of;

const SCHEMA: &str = include_str!("../../../schema/sync/keeper.sql");
const APPLICATION_ID: i64 = 0x6461_7953;
const FORMAT: i64 = 1;
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
const STATEMENTS: usize = 64;

/// The memory of sync: the newest observation of every object, cursors, and the work of unfinished runs. Several processes may have
/// it open.
pub struct Keeper {
    connection: Connection,
    path: PathBuf,
}

/// What is remembered of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The content of the newest observation; none if there is none, or if an event of the object entered the log after it.
    pub content_hash: Option<Hash>,
    /// Unix second of that observation; 0 if there is none.
    pub date_s: i64,
    /// Whether it was deleted or not found when last heard of.
    pub is_gone: bool,
}

impl Keeper {
    /// Opens the memory at `path` (0600), or makes an empty one.
    ///
    /// # Errors
    /// [`SyncError::OtherKeeper`] when the file is something else; it may be deleted then.
    pub fn open(path: &Path) -> Result<Self, SyncError> {
        let is_new = claim(path)?;
        let connection = Connection::open(path).map_err(|source| failed("open", path, source))?;
        let keeper = Self {
            connection,
            path: path.to_owned(),
        };
        keeper.prepare(is_new)?;
        Ok(keeper)
    }

    fn prepare(&self, is_new: bool) -> Result<(), SyncError> {
        let connection = &self.connection;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        self.done("open", connection.busy_timeout(BUSY_TIMEOUT))?;
        // A lost commit is read again; a file that power loss leaves inconsistent would not be.
        let pragmas =
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768";
        let opened = connection.execute_batch(pragmas);
        if opened.is_err() && !is_new {
            return Err(self.other());
        }
        self.done("open", opened)?;
        self.write(|keeper| match keeper.pragma("application_id")? {
            0 => keeper.done("make", keeper.connection.execute_batch(SCHEMA)),
            APPLICATION_ID if keeper.pragma("user_version")? == FORMAT => Ok(()),
            _ => Err(keeper.other()),
        })
    }

    fn pragma(&self, name: &str) -> Result<i64, SyncError> {
        let value = self
            .connection
            .pragma_query_value(None, name, |row| row.get(0));
        self.done("open", value)
    }

    fn other(&self) -> SyncError {
        SyncError::OtherKeeper {
            path: self.path.clone(),
        }
    }

    /// Does `work` in one transaction, which no other process sees half done; undoes it all if it fails.
    ///
    /// # Errors
    /// Those of `work`, or when the transaction can't begin or end.
    pub fn write<T>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, SyncError>,
    ) -> Result<T, SyncError> {
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

    /// Takes in what came to a stream of the log since. A stream of which the log tells another story is forgotten first, with its
    /// runs. To be called within [`Keeper::write`].
    ///
    /// # Errors
    /// When either can't be read or written.
    pub fn catch_up(&self, log: &dyn Log, stream: &StreamId) -> Result<(), SyncError> {
        let head = log.head(stream)?;
        let (mut seq, hash) = self.position(stream)?;
        if (seq, hash) == (head.seq, head.hash) {
            return Ok(());
        }
        if seq > 0 && !has(log, stream, seq, hash)? {
            self.forget(stream)?;
            seq = 0;
        }
        let mut kept = Ok(());
        log.read(stream, seq + 1..=head.seq, &mut |entry| {
            kept = self.keep(&entry);
            if kept.is_ok() {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        kept?;
        self.advance(stream, head.seq, head.hash)
    }

    /// Where a stream is.
    pub(crate) fn position(&self, stream: &StreamId) -> Result<(u64, Hash), SyncError> {
        let sql = "SELECT seq, chain_hash FROM position WHERE stream = ?1";
        let found = self.row(sql, [stream.as_str()], |row| {
            Ok((row.get::<_, i64>(0)?.unsigned_abs(), Hash(row.get(1)?)))
        })?;
        Ok(found.unwrap_or((0, ledger::Head::empty(stream).hash)))
    }

    /// Says that everything up to `seq` was taken in.
    pub(crate) fn advance(&self, stream: &StreamId, seq: u64, hash: Hash) -> Result<(), SyncError> {
        let sql = "INSERT INTO position (stream, seq, chain_hash) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO UPDATE SET seq = excluded.seq, chain_hash = excluded.chain_hash";
        self.run(sql, params![stream.as_str(), signed(seq), hash.0])
    }

    fn forget(&self, stream: &StreamId) -> Result<(), SyncError> {
        for sql in [
            "DELETE FROM pieces WHERE part IN
               (SELECT p.id FROM parts AS p JOIN runs AS r ON r.id = p.run WHERE r.stream = ?1)",
            "DELETE FROM parts WHERE run IN (SELECT id FROM runs WHERE stream = ?1)",
            "DELETE FROM types WHERE run IN (SELECT id FROM runs WHERE stream = ?1)",
            "UPDATE runs SET is_over = 1 WHERE stream = ?1",
            "DELETE FROM objects WHERE stream = ?1",
            "DELETE FROM cursors WHERE stream = ?1",
            "DELETE FROM walks WHERE stream = ?1",
            "DELETE FROM heard WHERE stream = ?1",
            "DELETE FROM position WHERE stream = ?1",
        ] {
            self.run(sql, [stream.as_str()])?;
        }
        Ok(())
    }

    /// Takes in one entry of the log. Twice is once.
    pub(crate) fn keep(&self, entry: &EntryRef<'_>) -> Result<(), SyncError> {
        match Said::of(entry) {
            Said::Nothing => Ok(()),
            Said::Observed {
                object,
                id,
                date_s,
                is_gone,
            } => self.observed(entry, (&object, &id), date_s, is_gone),
            Said::Touched {
                object,
                id,
                is_gone,
            } => self.touched(entry, &object, &id, is_gone),
        }
    }

    /// A read that is older than the newest one, as an import may bring it, is not the newest; and of two reads of one second that
    /// differ nobody knows which is, so that the next read is appended whatever it says.
    fn observed(
        &self,
        entry: &EntryRef<'_>,
        (object, id): (&str, &str),
        date_s: i64,
        is_gone: bool,
    ) -> Result<(), SyncError> {
        let sql = "INSERT INTO objects (stream, object_type, id, known_seq, date_s, content_hash, is_gone, shown_by)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)
                   ON CONFLICT DO UPDATE SET
                     content_hash = CASE
                       WHEN excluded.date_s > date_s THEN excluded.content_hash
                       WHEN excluded.date_s < date_s THEN content_hash
                       WHEN content_hash IS NULL OR content_hash = excluded.content_hash THEN excluded.content_hash END,
                     is_gone = iif(excluded.date_s >= date_s, excluded.is_gone, is_gone),
                     date_s = max(excluded.date_s, date_s)";
        let stream = entry.stream.as_str();
        let hash = entry.content_hash.0;
        self.run(
            sql,
            params![stream, object, id, signed(entry.seq), date_s, hash, is_gone],
        )
    }

    fn touched(
        &self,
        entry: &EntryRef<'_>,
        object: &str,
        id: &str,
        is_gone: bool,
    ) -> Result<(), SyncError> {
        let sql = "INSERT INTO objects (stream, object_type, id, known_seq, date_s, content_hash, is_gone, shown_by)
                   VALUES (?1, ?2, ?3, ?4, 0, NULL, ?5, 0)
                   ON CONFLICT DO UPDATE SET content_hash = NULL, is_gone = is_gone OR excluded.is_gone";
        let stream = entry.stream.as_str();
        self.run(sql, params![stream, object, id, signed(entry.seq), is_gone])?;
        let Some(list) = crate::page::list_of(object) else {
            return Ok(());
        };
        let sql = "UPDATE objects SET content_hash = NULL WHERE stream = ?1 AND object_type = ?2 AND id = ?3";
        self.run(sql, [stream, list, id])
    }

    /// What is remembered of one object.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn known(
        &self,
        stream: &StreamId,
        object: &str,
        id: &str,
    ) -> Result<Option<Known>, SyncError> {
        let sql = "SELECT content_hash, date_s, is_gone FROM objects
                   WHERE stream = ?1 AND object_type = ?2 AND id = ?3";
        self.row(sql, [stream.as_str(), object, id], |row| {
            Ok(Known {
                content_hash: row.get::<_, Option<[u8; 32]>>(0)?.map(Hash),
                date_s: row.get(1)?,
                is_gone: row.get(2)?,
            })
        })
    }

    /// The second up to which something of this name was followed.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn cursor(&self, stream: &StreamId, name: &str) -> Result<Option<i64>, SyncError> {
        let sql = "SELECT at_s FROM cursors WHERE stream = ?1 AND name = ?2";
        self.row(sql, [stream.as_str(), name], |row| row.get(0))
    }

    /// Remembers up to which second something was followed.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn set_cursor(&self, stream: &StreamId, name: &str, at_s: i64) -> Result<(), SyncError> {
        let sql = "INSERT INTO cursors (stream, name, at_s) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO UPDATE SET at_s = excluded.at_s";
        self.run(sql, params![stream.as_str(), name, at_s])
    }

    /// Runs a statement that is kept ready.
    pub(crate) fn run(&self, sql: &str, values: impl Params) -> Result<(), SyncError> {
        self.count(sql, values).map(drop)
    }

    /// Runs a statement that is kept ready; how many rows it changed.
    pub(crate) fn count(&self, sql: &str, values: impl Params) -> Result<usize, SyncError> {
        let ready = self.connection.prepare_cached(sql);
        let ran = ready.and_then(|mut statement| statement.execute(values));
        self.done("write", ran)
    }

    /// The first row of an answer.
    pub(crate) fn row<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, SyncError> {
        let ready = self.connection.prepare_cached(sql);
        let row = ready.and_then(|mut statement| statement.query_row(values, read).optional());
        self.done("read", row)
    }

    /// All rows of an answer.
    pub(crate) fn rows<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, SyncError> {
        let rows = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_map(values, read)?.collect());
        self.done("read", rows)
    }

    /// The number of the row that was made last.
    pub(crate) fn last_row(&self) -> i64 {
        self.connection.last_insert_rowid()
    }

    fn done<T>(&self, doing: &'static str, result: rusqlite::Result<T>) -> Result<T, SyncError> {
        result.map_err(|source| failed(doing, &self.path, source))
    }
}

fn failed(doing: &'static str, path: &Path, source: rusqlite::Error) -> SyncError {
    SyncError::Keeper {
        doing,
        path: path.to_owned(),
        source,
    }
}

/// A number as SQLite holds it.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Whether the log has this entry.
fn has(log: &dyn Log, stream: &StreamId, seq: u64, hash: Hash) -> Result<bool, SyncError> {
    let mut is_there = false;
    log.read(stream, seq..=seq, &mut |entry| {
        is_there = entry.chain_hash == hash;
        ControlFlow::Break(())
    })?;
    Ok(is_there)
}

/// Makes an empty file that is nobody else's to read; whether there was none.
fn claim(path: &Path) -> Result<bool, SyncError> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(source) => Err(SyncError::Lock {
            path: path.to_owned(),
            source,
        }),
    }
}
