//! What can go wrong with books. Hints and exit codes are the shell's.

use std::io;
use std::path::PathBuf;

use ledger::{Hash, LedgerError, StreamId};
use thiserror::Error;

/// Any failure of this crate.
#[derive(Debug, Error)]
pub enum ProjectorError {
    /// The log could not be read.
    #[error("failed to read the log")]
    Log {
        /// What the ledger said.
        #[from]
        source: LedgerError,
    },
    /// No book has been made yet, or `book.db` leads nowhere.
    #[error("there is no book in {folder}")]
    NoBook {
        /// The data folder.
        folder: PathBuf,
    },
    /// `book.db` is a file, as when a folder is copied without its links.
    #[error("{path} is no link to a book")]
    NoLink {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{path} is not a daybook book")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file was made by another version of the program, with other tables or another fold.
    #[error("{path} was made with tables {format} of fold {fold}, not by this program's")]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// The format of its tables.
        format: i64,
        /// The version of its fold.
        fold: i64,
    },
    /// The log has another entry at the book's position: the book stands on another log, or the log was changed.
    #[error("the book stands on another log: at {stream}:{seq} it has {book}, the log has {log}")]
    OtherLog {
        /// The stream.
        stream: StreamId,
        /// The book's position in it.
        seq: u64,
        /// The chain hash in the book.
        book: Hash,
        /// The chain hash in the log.
        log: Hash,
    },
    /// The log ends before the book's position.
    #[error("the log of {stream} ends at {log_seq}, before the book's position {seq}")]
    ShorterLog {
        /// The stream.
        stream: StreamId,
        /// The book's position in it.
        seq: u64,
        /// Where the log ends.
        log_seq: u64,
    },
    /// The book's own rows can't be read back. A rebuild makes a new book.
    #[error("{path} holds {what} that cannot be read back")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What was being read.
        what: String,
    },
    /// Another process held the book's write lock for all of the waiting time; nothing was changed.
    #[error("{path} is being written by another process")]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// Any other failure of SQLite; the batch that got it was rolled back.
    #[error("SQLite failed to {doing} {path}")]
    Sqlite {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The file system refused.
    #[error("failed to {doing} {path}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}
