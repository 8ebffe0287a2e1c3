//! The ledger on disk: one SQLite file in WAL mode, synced at every commit. Keeps no state of the log in
//! memory (other processes may append between two calls), and never repairs.

mod append;
mod copy;
mod create;
mod dictionaries;
mod file;
mod packing;
mod row;
mod tallies;

use std::collections::BTreeMap;
use std::ops::{ControlFlow, RangeInclusive};
use std::path::Path;

use rusqlite::{ErrorCode, Row, params};

use self::append::Batch;
pub use self::copy::CopyProgress;
use self::create::create;
use self::file::File;
use crate::meta::Meta;
use crate::{
    Dictionary, DictionaryInfo, Entry, EntryRef, Hash, Head, Ledger, LedgerError, Log, NewEntry,
    Outcome, Stored, StreamId, StreamInfo, TallyRow, control, salt, sample, verify,
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

    /// Opens a ledger for appending, and checks what its streams rest on and the last entry of each. [`LedgerError::ReadOnly`]
    /// when the file can't be written.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let ledger = Self {
            file: File::open(path)?,
            writable: true,
            poisoned: false,
        };
        ledger.verify_ground()?;
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

    /// Adds a dictionary and stores what is appended from now on with it: in one transaction its row, and a control entry
    /// in every stream.
    pub fn add_dictionary(
        &mut self,
        dictionary: &Dictionary,
        recorded_us: i64,
    ) -> Result<DictionaryInfo, LedgerError> {
        self.write(|batch| batch.add_dictionary(dictionary, recorded_us))
    }

    /// The dictionary with that id, if there is one.
    pub fn dictionary(&self, id: u64) -> Result<Option<Dictionary>, LedgerError> {
        let bytes = self.sound()?.dictionary(id)?;
        Ok(bytes.and_then(Dictionary::from_bytes))
    }

    /// What is stored with each dictionary, and under none what is stored as it came, erased bodies left out. Walks over
    /// the whole file; `seen` is told each entry.
    pub fn stored(
        &self,
        seen: &mut dyn FnMut(),
    ) -> Result<BTreeMap<Option<u64>, Stored>, LedgerError> {
        self.sound()?.stored(seen)
    }

    /// Has SQLite check the whole file: its pages, its indexes, the types of its columns. [`LedgerError::Unsound`] or
    /// [`LedgerError::Damaged`] if they don't hold. What the entries say is [`verify`](crate::verify)'s to check.
    pub fn check_integrity(&self) -> Result<(), LedgerError> {
        self.sound()?.check_integrity()
    }

    /// Checks meta and dictionaries against the control entries of each stream: nothing may be packed with a damaged
    /// dictionary.
    fn verify_ground(&self) -> Result<(), LedgerError> {
        for info in self.streams()? {
            let mut ground = verify::Ground::of(self)?;
            let mut unpacked = Vec::new();
            for type_ in [control::OPENED, control::ADOPTED] {
                let controls = params![info.stream.as_str(), type_];
                self.file
                    .visit_rows(row::SELECT_CONTROLS, controls, |row| {
                        ground.bears(&row::entry(&self.file, &info.stream, row, &mut unpacked)?)?;
                        Ok(ControlFlow::Continue(()))
                    })?;
            }
            // The next body is packed with the newest: in a stream that never adopted it, it would not hold.
            ground.is_adopted_by(&info.head)?;
        }
        Ok(())
    }

    /// Does `work` in one transaction, and returns once it is on disk; undoes all of it if it fails.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let file = self.sound()?;
        if !self.writable {
            return Err(LedgerError::ReadOnly {
                path: file.path.clone(),
            });
        }
        file.connection
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(file.failed_to("append to"))?;
        let done = match Batch::new(file).and_then(|batch| batch.complete(work)) {
            Ok(done) => done,
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
        Ok(done)
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
        let [first, last] = bounds(&seqs);
        let range = params![stream.as_str(), first, last];
        let file = self.sound()?;
        let mut unpacked = Vec::new();
        file.visit_rows(row::SELECT_RANGE, range, |row| {
            Ok(visit(row::entry(file, stream, row, &mut unpacked)?))
        })
    }

    fn control_seqs(
        &self,
        stream: &StreamId,
        type_: &str,
        seqs: RangeInclusive<u64>,
    ) -> Result<Vec<u64>, LedgerError> {
        let [first, last] = bounds(&seqs);
        let (mut found, wanted) = (Vec::new(), params![stream.as_str(), type_, first, last]);
        self.sound()?
            .visit_rows(row::SELECT_CONTROL_SEQS, wanted, |row| {
                found.push(row::seq(stream, row)?);
                Ok(ControlFlow::Continue(()))
            })?;
        Ok(found)
    }

    fn find(&self, stream: &StreamId, id: &str) -> Result<Vec<Entry>, LedgerError> {
        let file = self.sound()?;
        let (mut entries, mut unpacked) = (Vec::new(), Vec::new());
        file.visit_rows(row::SELECT_ID, params![stream.as_str(), id], |row| {
            entries.push(row::entry(file, stream, row, &mut unpacked)?.to_entry());
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(entries)
    }

    fn tally(&self) -> Result<Vec<TallyRow>, LedgerError> {
        self.sound()?.tallies()
    }

    fn meta_hash(&self) -> Result<Hash, LedgerError> {
        let file = self.sound()?;
        let read = |row: &Row<'_>| -> rusqlite::Result<_> {
            let meta = Meta {
                format: row.get(1)?,
                ledger_id: row.get(2)?,
                created_us: row.get(3)?,
            };
            Ok((row.get::<_, i64>(0)?, meta))
        };
        let mut rows = Vec::new();
        file.visit_rows(
            "SELECT only, format, ledger_id, created_us FROM meta",
            params![],
            |row| {
                rows.push(read(row).map_err(|_| file.altered("the row of meta"))?);
                Ok(ControlFlow::Continue(()))
            },
        )?;
        match &rows[..] {
            [(1, meta)] => Ok(meta.hash()),
            _ => Err(file.altered("the row of meta")),
        }
    }

    fn dictionaries(&self) -> Result<Vec<DictionaryInfo>, LedgerError> {
        self.sound()?.dictionaries()
    }

    fn reader(&self) -> Result<Box<dyn Log + Send>, LedgerError> {
        Ok(Box::new(Self::open_readonly(&self.sound()?.path)?))
    }
}

impl Ledger for SqliteLedger {
    fn append(&mut self, batch: &[NewEntry<'_>]) -> Result<Vec<Outcome>, LedgerError> {
        let salts = salt::draw(batch.len())?;
        self.write(|open| open.append(batch, &salts))
    }

    fn open_stream(&mut self, stream: &StreamId, recorded_us: i64) -> Result<bool, LedgerError> {
        if self.head(stream)?.seq != 0 {
            return Ok(false);
        }
        let meta = self.meta_hash()?;
        self.write(|batch| batch.open_stream(stream, meta, recorded_us))
    }

    fn train(
        &mut self,
        scrub: &dyn Fn(&[u8]) -> Vec<u8>,
        recorded_us: i64,
    ) -> Result<Option<DictionaryInfo>, LedgerError> {
        let samples = sample::samples(self, scrub)?;
        Dictionary::train(&samples)
            .map(|dictionary| self.add_dictionary(&dictionary, recorded_us))
            .transpose()
    }
}

/// The ends of a range as SQLite holds them.
fn bounds(seqs: &RangeInclusive<u64>) -> [i64; 2] {
    [(*seqs.start()).max(1), *seqs.end()].map(|seq| i64::try_from(seq).unwrap_or(i64::MAX))
}
