//! A book opened for questions: its connection, and what it stands on. Writes nothing.

use std::path::{Path, PathBuf};

use book::{BookDigest, Digest};
use ledger::StreamId;
use rusqlite::Connection;

use crate::ProjectorError;
use crate::books;
use crate::file::BookFile;
use crate::position::{Position, load_digest};
use crate::report::StreamReport;

/// A book that can only be read. It stays the book that it was when `book.db` is turned to another.
pub struct OpenBook {
    pub(crate) file: BookFile,
}

/// Opens the current book of a data folder.
///
/// # Errors
/// [`ProjectorError::NoBook`] when there is none, [`ProjectorError::OtherVersion`] when another program version made it.
pub fn open_book_readonly(data: &Path) -> Result<OpenBook, ProjectorError> {
    books::open_current(data, OpenBook::open)?.ok_or_else(|| ProjectorError::NoBook {
        folder: data.to_owned(),
    })
}

impl OpenBook {
    /// Opens one book by its file.
    ///
    /// # Errors
    /// As [`open_book_readonly`].
    pub fn open(path: &Path) -> Result<Self, ProjectorError> {
        BookFile::open_readonly(path).map(|file| OpenBook { file })
    }

    /// For SQL on the tables and views. Several statements see one state only inside a transaction.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.file.connection
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &PathBuf {
        &self.file.path
    }

    /// Where each stream stands, in the order of the streams.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn positions(&self) -> Result<Vec<Position>, ProjectorError> {
        Position::load_all(&self.file)
    }

    /// Where one stream stands; seq 0 when the book has not seen it.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn position(&self, stream: &StreamId) -> Result<Position, ProjectorError> {
        let position = Position::load(&self.file, stream)?;
        Ok(position.unwrap_or_else(|| Position::start(stream)))
    }

    /// The digest of one stream's rows, from the stored sums.
    ///
    /// # Errors
    /// When SQLite fails or the sums can't be read back.
    pub fn digest(&self, stream: &StreamId) -> Result<BookDigest, ProjectorError> {
        self.sums(stream).map(|sums| sums.of_book())
    }

    /// Position, digest and numbers of rows of one stream.
    ///
    /// # Errors
    /// When SQLite fails or the sums can't be read back.
    pub fn report(&self, stream: &StreamId) -> Result<StreamReport, ProjectorError> {
        let position = self.position(stream)?;
        let seq = position.head.seq;
        Ok(StreamReport::new(position, seq, &self.sums(stream)?))
    }

    pub(crate) fn sums(&self, stream: &StreamId) -> Result<Digest, ProjectorError> {
        load_digest(&self.file, stream.as_str())
    }
}
