//! The file in which all processes of a data folder keep their requests of the last second. It may be deleted whenever none runs.
//!
//! Layout, version 1, integers little-endian: a head of 64 bytes (magic, version, and at 16 the instant of the last request), 128 paces of 32
//! bytes, 1024 records of 32 bytes. Only the parts that changed are written, each of which lies within a page, so that a process that
//! is killed leaves a whole table. Nothing is synced: after a crash of the machine the clock begins anew, and with it the table.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use super::rule::{EVERYTHING, Pace, Record};

const MAGIC: &[u8; 8] = b"daybook\0";
const VERSION: u32 = 1;
const HEAD_BYTES: usize = 64;
const LAST_AT: usize = 16;
const PACES: usize = 128;
const RECORDS: usize = 1024;
const PART_BYTES: usize = 32;
const TABLE_BYTES: usize = HEAD_BYTES + (PACES + RECORDS) * PART_BYTES;

/// How high a limit may be for the table to hold what counts against it: a second's requests twice.
pub(super) const LIMIT_MAX: u32 = 500;

/// Why the table can't be used.
#[derive(Debug, Error)]
pub enum GovernorError {
    /// The file can't be opened, read or written.
    #[error("failed to {doing} {path}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file was not written by this version of the program.
    #[error("failed to use {path}: it is no table of requests in version 1")]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// A limit that is none, or that the table has no room for.
    #[error("failed to use a limit of {limit} requests a second: it must be from 1 to 500")]
    Limit {
        /// What was asked for.
        limit: u32,
    },
}

/// What the file says at one instant.
pub(super) struct Table {
    bytes: Vec<u8>,
}

/// The file, with a lock for threads beside the system's for processes.
pub(super) struct TableFile {
    path: PathBuf,
    file: Mutex<File>,
}

impl TableFile {
    /// Opens the file, or makes it.
    pub(super) fn open(path: &Path) -> Result<Self, GovernorError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(|source| failed("open", path, source))?;
        let opened = Self {
            path: path.to_owned(),
            file: Mutex::new(file),
        };
        opened.change(|_| ())?;
        Ok(opened)
    }

    /// Reads the table, lets it be changed, and writes what changed, while no other process does. `change` must be short.
    pub(super) fn change<T>(
        &self,
        change: impl FnOnce(&mut Table) -> T,
    ) -> Result<T, GovernorError> {
        // What a thread leaves behind that panicked in here is what it had written: parts that are whole.
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.lock()
            .map_err(|source| failed("lock", &self.path, source))?;
        let done = self.changed(&file, change);
        file.unlock()
            .map_err(|source| failed("unlock", &self.path, source))?;
        done
    }

    fn changed<T>(
        &self,
        file: &File,
        change: impl FnOnce(&mut Table) -> T,
    ) -> Result<T, GovernorError> {
        let before = self.read(file)?;
        let mut table = Table {
            bytes: before.clone(),
        };
        let done = change(&mut table);
        let parts = before
            .chunks(PART_BYTES)
            .zip(table.bytes.chunks(PART_BYTES));
        for (part, (was, is)) in parts.enumerate() {
            if was != is {
                let at = u64::try_from(part * PART_BYTES).expect("the table is small");
                file.write_all_at(is, at)
                    .map_err(|source| failed("write", &self.path, source))?;
            }
        }
        Ok(done)
    }

    fn read(&self, file: &File) -> Result<Vec<u8>, GovernorError> {
        let length = file
            .metadata()
            .map_err(|source| failed("read", &self.path, source))?
            .len();
        let mut bytes = vec![0; TABLE_BYTES];
        if length == 0 {
            bytes[..8].copy_from_slice(MAGIC);
            bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
            file.write_all_at(&bytes, 0)
                .map_err(|source| failed("write", &self.path, source))?;
            return Ok(bytes);
        }
        let path = || self.path.clone();
        file.read_exact_at(&mut bytes, 0)
            .map_err(|_| GovernorError::Format { path: path() })?;
        if &bytes[..8] != MAGIC || bytes[8..12] != VERSION.to_le_bytes() {
            return Err(GovernorError::Format { path: path() });
        }
        Ok(bytes)
    }
}

fn failed(doing: &'static str, path: &Path, source: io::Error) -> GovernorError {
    GovernorError::File {
        doing,
        path: path.to_owned(),
        source,
    }
}

impl Table {
    /// When the last request was sent.
    pub(super) fn last_ns(&self) -> u64 {
        self.u64_at(LAST_AT)
    }

    /// Notes when the last request was sent.
    pub(super) fn set_last_ns(&mut self, last_ns: u64) {
        self.put(LAST_AT, &last_ns.to_le_bytes());
    }

    /// All places, free ones among them.
    pub(super) fn records(&self) -> Vec<Record> {
        (0..RECORDS).map(|place| self.record(place)).collect()
    }

    /// What lies at a place.
    pub(super) fn record(&self, place: usize) -> Record {
        let at = record_at(place);
        Record {
            sent_ns: self.u64_at(at),
            answered_ns: self.u64_at(at + 8),
            endpoint: self.u64_at(at + 16),
            pid: self.u32_at(at + 24),
            nonce: self.u32_at(at + 28),
        }
    }

    /// Puts a record at a place.
    pub(super) fn set_record(&mut self, place: usize, record: &Record) {
        let at = record_at(place);
        self.put(at, &record.sent_ns.to_le_bytes());
        self.put(at + 8, &record.answered_ns.to_le_bytes());
        self.put(at + 16, &record.endpoint.to_le_bytes());
        self.put(at + 24, &record.pid.to_le_bytes());
        self.put(at + 28, &record.nonce.to_le_bytes());
    }

    /// The pace of an endpoint, and where it lies. With no place left, that of everything.
    pub(super) fn pace(&self, endpoint: u64) -> (usize, Pace) {
        let found = (0..PACES)
            .map(|place| (place, self.pace_at(place)))
            .find(|(place, pace)| {
                let own = pace.endpoint == endpoint && (*place == 0) == (endpoint == EVERYTHING);
                own || *place > 0 && endpoint != EVERYTHING && pace.cut_ns == 0
            });
        let (place, mut pace) = found.unwrap_or((0, self.pace_at(0)));
        if place > 0 {
            pace.endpoint = endpoint;
        }
        (place, pace)
    }

    /// Puts a pace at its place.
    pub(super) fn set_pace(&mut self, place: usize, pace: &Pace) {
        let at = HEAD_BYTES + place * PART_BYTES;
        self.put(at, &pace.endpoint.to_le_bytes());
        self.put(at + 8, &pace.cut_ns.to_le_bytes());
        self.put(at + 16, &pace.pause_ns.to_le_bytes());
        self.put(at + 24, &pace.cut_permille.to_le_bytes());
    }

    fn pace_at(&self, place: usize) -> Pace {
        let at = HEAD_BYTES + place * PART_BYTES;
        Pace {
            endpoint: self.u64_at(at),
            cut_ns: self.u64_at(at + 8),
            pause_ns: self.u64_at(at + 16),
            cut_permille: self.u32_at(at + 24),
        }
    }

    fn u64_at(&self, at: usize) -> u64 {
        u64::from_le_bytes(
            self.bytes[at..at + 8]
                .try_into()
                .expect("eight bytes were taken"),
        )
    }

    fn u32_at(&self, at: usize) -> u32 {
        u32::from_le_bytes(
            self.bytes[at..at + 4]
                .try_into()
                .expect("four bytes were taken"),
        )
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }
}

fn record_at(place: usize) -> usize {
    HEAD_BYTES + (PACES + place) * PART_BYTES
}
