//! What can go wrong. Messages for people, hints and exit codes are the shell's.

use std::path::PathBuf;

use ledger::LedgerError;
use projector::ProjectorError;
use sync::slate::SlateError;
use sync::{ReadError, SyncError};
use thiserror::Error;

/// Why the book could not be held against anything.
#[derive(Debug, Error)]
pub enum CompareError {
    /// The book can't be read.
    #[error(transparent)]
    Book(#[from] ProjectorError),
    /// A row of it can't.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// Any failure of this crate.
#[derive(Debug, Error)]
pub enum ReconcileError {
    /// The book could not be held against what was read.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// The log, or what sync remembers, could not be read or written.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// Stripe could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The book could not be brought up to the log, or opened.
    #[error(transparent)]
    Projector(#[from] ProjectorError),
    /// The log could not be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// What runs remember, or the work in hand of one, could not be read or written. Either file may be deleted.
    #[error("failed to {doing} {path}")]
    Memory {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The file is something else, or another version's. It may be deleted if it is daybook's.
    #[error("{path} is not what this version of daybook remembers of its runs")]
    OtherMemory {
        /// The file.
        path: PathBuf,
    },
    /// A record of a run in the log can't be read back.
    #[error("the record of a run at {stream}:{seq} can't be read back")]
    Record {
        /// The stream.
        stream: String,
        /// The entry.
        seq: u64,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// There is no such kind of objects.
    #[error("{name} is no kind of objects that the books hold")]
    NoKind {
        /// The name.
        name: String,
    },
    /// A thread that compared died.
    #[error("the thread that compares died")]
    Died,
}

impl From<SlateError> for ReconcileError {
    fn from(error: SlateError) -> Self {
        match error {
            SlateError::Failed {
                doing,
                path,
                source,
            } => Self::Memory {
                doing,
                path,
                source,
            },
            SlateError::Other { path } => Self::OtherMemory { path },
        }
    }
}
