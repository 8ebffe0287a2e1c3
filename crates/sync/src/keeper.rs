//! What sync remembers of the log and of what it is about to read: `sync.db`. It follows from the log or can be read again, so
//! that it may be deleted at any time; nothing is true because it stands here.

mod reading;

use std::ops::ControlFlow;
use std::path::Path;

use ledger::{EntryRef, Hash, Log, StreamId};
use rusqlite::params;

use crate::SyncError;
use crate::page::list_of;
use crate::slate::{Shape, Slate, signed};
use reading::Said;

pub use reading::spoken_of;

const SHAPE: Shape = Shape {
    schema: include_str!("../../../schema/sync/keeper.sql"),
    application_id: 0x6461_7953,
    format: 2,
    cache_kib: 32 * 1024,
    statements: 64,
};

/// The memory of sync: the newest observation of every object, cursors, and the work of unfinished runs. Several processes may have
/// it open.
pub struct Keeper {
    pub(crate) slate: Slate<SyncError>,
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
        let slate = Slate::open(path, &SHAPE)?;
        Ok(Self { slate })
    }

    /// Does `work` in one transaction, which no other process sees half done; undoes it all if it fails.
    ///
    /// # Errors
    /// Those of `work`, or when the transaction can't begin or end.
    pub fn write<T>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, SyncError>,
    ) -> Result<T, SyncError> {
        self.slate.write(|| work(self))
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
        if seq > 0 && !log.has(stream, seq, hash)? {
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
        let found = self.slate.row(sql, [stream.as_str()], |row| {
            Ok((row.get::<_, i64>(0)?.unsigned_abs(), Hash(row.get(1)?)))
        })?;
        Ok(found.unwrap_or((0, ledger::Head::empty(stream).hash)))
    }

    /// Says that everything up to `seq` was taken in.
    pub(crate) fn advance(&self, stream: &StreamId, seq: u64, hash: Hash) -> Result<(), SyncError> {
        let sql = "INSERT INTO position (stream, seq, chain_hash) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO UPDATE SET seq = excluded.seq, chain_hash = excluded.chain_hash";
        self.slate
            .run(sql, params![stream.as_str(), signed(seq), hash.0])
    }

    fn forget(&self, stream: &StreamId) -> Result<(), SyncError> {
        for sql in [
            "DELETE FROM pieces WHERE part IN
               (SELECT p.id FROM parts AS p JOIN runs AS r ON r.id = p.run WHERE r.stream = ?1)",
            "DELETE FROM parts WHERE run IN (SELECT id FROM runs WHERE stream = ?1)",
            "DELETE FROM types WHERE run IN (SELECT id FROM runs WHERE stream = ?1)",
            "UPDATE runs SET state = 3 WHERE stream = ?1",
            "DELETE FROM objects WHERE stream = ?1",
            "DELETE FROM cursors WHERE stream = ?1",
            "DELETE FROM walks WHERE stream = ?1",
            "DELETE FROM heard WHERE stream = ?1",
            "DELETE FROM errands WHERE stream = ?1",
            "DELETE FROM position WHERE stream = ?1",
        ] {
            self.slate.run(sql, [stream.as_str()])?;
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
        self.slate.run(
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
        self.slate
            .run(sql, params![stream, object, id, signed(entry.seq), is_gone])?;
        let Some(list) = list_of(object) else {
            return Ok(());
        };
        let sql = "UPDATE objects SET content_hash = NULL WHERE stream = ?1 AND object_type = ?2 AND id = ?3";
        self.slate.run(sql, [stream, list, id])
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
        self.slate.row(sql, [stream.as_str(), object, id], |row| {
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
        self.slate
            .row(sql, [stream.as_str(), name], |row| row.get(0))
    }

    /// Remembers up to which second something was followed.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn set_cursor(&self, stream: &StreamId, name: &str, at_s: i64) -> Result<(), SyncError> {
        let sql = "INSERT INTO cursors (stream, name, at_s) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO UPDATE SET at_s = excluded.at_s";
        self.slate.run(sql, params![stream.as_str(), name, at_s])
    }
}
