//! What runs left in the log, as tables: `reconcile.db`. It follows from the log, so that it may be deleted at any time; nothing is
//! true because it stands here, and nothing is asked of Stripe.

mod judge;
mod life;

use std::ops::ControlFlow;
use std::path::Path;

use ledger::{Hash, Head, Log, StreamId};
use rusqlite::params;
use sync::slate::{Shape, Slate, signed};

use crate::{ACCEPTED, FINDINGS, RUN, ReconcileError, Record, read_record};

pub use judge::Found;
pub use life::Tracked;

const SHAPE: Shape = Shape {
    schema: include_str!("../../../schema/reconcile/memory.sql"),
    application_id: 0x6461_7952,
    format: 1,
    cache_kib: 2000,
    statements: 32,
};

/// The memory of runs. Several processes may have it open.
pub struct Memory {
    slate: Slate<ReconcileError>,
}

impl Memory {
    /// Opens the memory at `path` (0600), or makes an empty one.
    ///
    /// # Errors
    /// [`ReconcileError::OtherMemory`] when the file is something else; it may be deleted then.
    pub fn open(path: &Path) -> Result<Self, ReconcileError> {
        let slate = Slate::open(path, &SHAPE)?;
        Ok(Self { slate })
    }

    /// An empty memory that ends with this process: for who may read the log and write nothing.
    ///
    /// # Errors
    /// When SQLite can't be had.
    pub fn volatile() -> Result<Self, ReconcileError> {
        let slate = Slate::volatile(&SHAPE)?;
        Ok(Self { slate })
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
        self.slate.write(|| self.take_in(log, stream, &head))
    }

    fn take_in(&self, log: &dyn Log, stream: &StreamId, head: &Head) -> Result<(), ReconcileError> {
        let (mut seq, hash) = self.position(stream)?;
        // Another process may have taken in more meanwhile, of which this head knows nothing.
        if seq > 0 && !log.has(stream, seq, hash)? {
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
        self.slate
            .run(sql, params![stream.as_str(), signed(head.seq), head.hash.0])
    }

    /// Where a stream is.
    fn position(&self, stream: &StreamId) -> Result<(u64, Hash), ReconcileError> {
        let sql = "SELECT seq, chain_hash FROM position WHERE stream = ?1";
        let found = self.slate.row(sql, [stream.as_str()], |row| {
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
            self.slate.run(sql, [stream.as_str()])?;
        }
        Ok(())
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
