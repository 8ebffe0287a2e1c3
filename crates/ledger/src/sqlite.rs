//! The ledger on disk: one SQLite file in WAL mode, synced at every commit. Keeps no state of the log in
//! memory (other processes may append between two calls), and never repairs.

mod append;
mod copy;
mod create;
mod file;
mod row;

use std::ops::{ControlFlow, RangeInclusive};
use std::path::Path;

use rusqlite::{ErrorCode, params};

use self::append::Batch;
pub use self::copy::CopyProgress;
use self::create::create;
use self::file::File;
use crate::meta::Meta;
use crate::{
    Entry, EntryRef, Hash, Head, Kind, Ledger, LedgerError, Log, NewEntry, Outcome, StreamId,
    StreamInfo, TallyRow, salt, verify,
};

/// A ledger in a file.
pub struct SqliteLedger {
    file: File,
    writable: bool,
    /// A commit failed: what this handle would show or do is no longer sure.
    poisoned: bool,
}

impl SqliteLedger {
    /// Makes a new ledger at `path` (0600; its folder, if new, 0700) and opens it. `created_us` is the
    /// caller's clock. [`LedgerError::Exists`] when anything is there.
    pub fn create(path: &Path, created_us: i64) -> Result<Self, LedgerError> {
        create(path, created_us)?;
        Self::open(path)
    }

    /// Opens a ledger for appending, and checks the last entry of each stream. [`LedgerError::ReadOnly`]
    /// when the file can't be written.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let ledger = Self {
            file: File::open(path)?,
            writable: true,
            poisoned: false,
        };
        verify::verify_tails(&ledger)?;
        Ok(ledger)
    }

    /// Opens a ledger for reading, whatever its entries hold, so that a damaged one can be looked into.
    pub fn open_readonly(path: &Path) -> Result<Self, LedgerError> {
        Ok(Self {
            file: File::open_readonly(path)?,
            writable: false,
            poisoned: false,
        })
    }

    fn sound(&self) -> Result<&File, LedgerError> {
        if self.poisoned {
            return Err(LedgerError::Poisoned {
                path: self.file.path.clone(),
            });
        }
        Ok(&self.file)
    }

    fn roll_back(&mut self) {
        // SQLite may have rolled back by itself; what counts is that no transaction is left open.
        let rolled_back = self.file.connection.execute_batch("ROLLBACK");
        self.poisoned |= rolled_back.is_err() && !self.file.connection.is_autocommit();
    }
}

impl Log for SqliteLedger {
    fn streams(&self) -> Result<Vec<StreamInfo>, LedgerError> {
        let file = self.sound()?;
        let mut infos = Vec::new();
        let mut after = String::new();
        while let Some(stream) = file.next_stream(&after)? {
            after = stream.as_str().to_owned();
            infos.push(StreamInfo {
                head: file.head(&stream)?,
                duplicates: file.duplicates(&stream)?,
                stream,
            });
        }
        Ok(infos)
    }

    fn head(&self, stream: &StreamId) -> Result<Head, LedgerError> {
        self.sound()?.head(stream)
    }

    fn read(
        &self,
        stream: &StreamId,
        seqs: RangeInclusive<u64>,
        visit: &mut dyn FnMut(EntryRef<'_>) -> ControlFlow<()>,
    ) -> Result<(), LedgerError> {
        let [first, last] =
            [(*seqs.start()).max(1), *seqs.end()].map(|seq| i64::try_from(seq).unwrap_or(i64::MAX));
        let range = params![stream.as_str(), first, last];
        self.sound()?.visit_rows(row::SELECT_RANGE, range, |row| {
            Ok(visit(row::entry(stream, row)?))
        })
    }

    fn find(&self, stream: &StreamId, id: &str) -> Result<Vec<Entry>, LedgerError> {
        let mut entries = Vec::new();
        self.sound()?
            .visit_rows(row::SELECT_ID, params![stream.as_str(), id], |row| {
                entries.push(row::entry(stream, row)?.to_entry());
                Ok(ControlFlow::Continue(()))
            })?;
        Ok(entries)
    }

    fn tally(&self) -> Result<Vec<TallyRow>, LedgerError> {
        let mut rows = Vec::new();
        let file = self.sound()?;
        let sql = "SELECT stream, kind, type, api_version, count(*) FROM entries INDEXED BY entries_by_type \
                   GROUP BY stream, kind, type, api_version ORDER BY stream, kind, type, api_version";
        file.visit_rows(sql, params![], |row| {
            let read = file.failed_to("read");
            let kind: String = row.get(1).map_err(&read)?;
            rows.push(TallyRow {
                stream: file.stream(&row.get::<_, String>(0).map_err(&read)?)?,
                kind: Kind::parse(&kind).ok_or_else(|| file.altered("a kind in entries"))?,
                type_: row.get(2).map_err(&read)?,
                api_version: row.get(3).map_err(&read)?,
                count: row::natural(row, 4).map_err(&read)?,
            });
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(rows)
    }

    fn meta_hash(&self) -> Result<Hash, LedgerError> {
        let file = self.sound()?;
        let mut meta = None;
        file.visit_rows(
            "SELECT format, ledger_id, created_us FROM meta",
            params![],
            |row| {
                let read = file.failed_to("read");
                meta = Some(Meta {
                    format: row.get(0).map_err(&read)?,
                    ledger_id: row.get(1).map_err(&read)?,
                    created_us: row.get(2).map_err(&read)?,
                });
                Ok(ControlFlow::Break(()))
            },
        )?;
        meta.map(|meta| meta.hash())
            .ok_or_else(|| file.altered("the row of meta"))
    }

    fn reader(&self) -> Result<Box<dyn Log + Send>, LedgerError> {
        Ok(Box::new(Self::open_readonly(&self.sound()?.path)?))
    }
}

impl Ledger for SqliteLedger {
    fn append(&mut self, batch: &[NewEntry<'_>]) -> Result<Vec<Outcome>, LedgerError> {
        let file = self.sound()?;
        if !self.writable {
            return Err(LedgerError::ReadOnly {
                path: file.path.clone(),
            });
        }
        let salts = salt::draw(batch.len())?;
        file.connection
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(file.failed_to("append to"))?;
        let outcomes = match Batch::new(file).append(batch, &salts) {
            Ok(outcomes) => outcomes,
            Err(error) => {
                self.roll_back();
                return Err(error);
            }
        };
        if let Err(source) = file.connection.execute_batch("COMMIT") {
            let path = file.path.clone();
            self.roll_back();
            // A commit writes its mark last: one that found no room for all of its pages has not happened.
            let is_undone = source.sqlite_error_code() == Some(ErrorCode::DiskFull);
            if is_undone && !self.poisoned {
                return Err(LedgerError::Full { path });
            }
            self.poisoned = true;
            return Err(LedgerError::Commit { path, source });
        }
        Ok(outcomes)
    }
}
