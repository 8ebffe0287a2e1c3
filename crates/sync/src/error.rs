//! What can go wrong while Stripe is read into the log. Messages for people, hints and exit codes are the shell's.

use std::io;
use std::path::PathBuf;

use intake::IntakeError;
use ledger::LedgerError;
use thiserror::Error;

use crate::ApiError;
use crate::slate::SlateError;

/// Any failure of this crate.
#[derive(Debug, Error)]
pub enum SyncError {
    /// The log could not be read or appended to.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// What can't enter the log could not be set aside.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// What sync remembers could not be read or written.
    #[error("failed to {doing} {path}")]
    Keeper {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The file of what sync remembers is something else, or another version's.
    #[error("{path} is not what this version of daybook remembers of Stripe")]
    OtherKeeper {
        /// The file.
        path: PathBuf,
    },
    /// Another process does the same in this data folder.
    #[error("{held_by}, in {path}")]
    Locked {
        /// The lock.
        path: PathBuf,
        /// What holds it, since when and as which process, as far as it says so.
        held_by: String,
    },
    /// The lock could not be made.
    #[error("failed to lock {path}")]
    Lock {
        /// The lock.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The book could not be brought up to the log, or opened.
    #[error(transparent)]
    Book(#[from] projector::ProjectorError),
    /// The book could not be asked what it wants.
    #[error("failed to ask the book what it wants")]
    Wanted {
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// Stripe could not be asked, so that a run ended before its end.
    #[error(transparent)]
    Api(Box<ApiError>),
    /// The key belongs to another account than the stream.
    #[error("the key is of account {found}, the stream of {expected}")]
    OtherAccount {
        /// The stream's account.
        expected: String,
        /// The key's.
        found: String,
    },
    /// What Stripe says first of all has no date, without which nothing can be known of the time.
    #[error("the answer to {request} says nothing of the time, or not what was asked")]
    NoStart {
        /// The request.
        request: String,
    },
    /// A thread that wrote died.
    #[error("the thread that writes to the log died")]
    Died,
}

impl From<ApiError> for SyncError {
    fn from(error: ApiError) -> Self {
        Self::Api(Box::new(error))
    }
}

impl From<SlateError> for SyncError {
    fn from(error: SlateError) -> Self {
        match error {
            SlateError::Failed {
                doing,
                path,
                source,
            } => Self::Keeper {
                doing,
                path,
                source,
            },
            SlateError::Other { path } => Self::OtherKeeper { path },
        }
    }
}
