//! What can go wrong. Messages for people, hints and exit codes are the shell's.

use projector::ProjectorError;
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
