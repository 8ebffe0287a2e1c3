//! SQLite without a log: the raw bytes of each event in a table with a unique index on stream, id and content, in WAL mode, synced at
//! each commit, with the page size, cache and checkpoints of the ledger. No chain, no hash, no compression, no triggers.

use std::error::Error;
use std::path::Path;

use ledger::OwnedEntry;
use rusqlite::{Connection, params};

const SETTINGS: &str = "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4096; PRAGMA temp_store = MEMORY;";
const TABLE: &str = "CREATE TABLE events (stream TEXT NOT NULL, id TEXT NOT NULL, content_hash BLOB NOT NULL, body BLOB NOT NULL) STRICT; \
     CREATE UNIQUE INDEX events_by_id ON events (stream, id, content_hash);";
const INSERT: &str = "INSERT INTO events (stream, id, content_hash, body) VALUES (?1, ?2, ?3, ?4)";

/// A table of events in a file.
pub(crate) struct Plain {
    connection: Connection,
}

impl Plain {
    pub(crate) fn create(path: &Path) -> Result<Self, Box<dyn Error>> {
        let connection = Connection::open(path)?;
        connection.execute_batch(SETTINGS)?;
        connection.execute_batch(TABLE)?;
        Ok(Self { connection })
    }

    /// Inserts the entries, so many in a transaction.
    pub(crate) fn insert(
        &self,
        entries: &[OwnedEntry],
        batch: usize,
    ) -> Result<(), Box<dyn Error>> {
        for batch in entries.chunks(batch) {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            let mut insert = self.connection.prepare_cached(INSERT)?;
            for entry in batch {
                let stream = entry.stream.as_str();
                insert.execute(params![stream, entry.id, entry.content_hash.0, entry.body])?;
            }
            self.connection.execute_batch("COMMIT")?;
        }
        Ok(())
    }
}
