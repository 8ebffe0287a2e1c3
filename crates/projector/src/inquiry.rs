//! A book opened for questions: its connection, and what it stands on. Writes nothing.

use std::path::{Path, PathBuf};

use book::{BookDigest, Digest};
use ledger::StreamId;
use rusqlite::{Connection, OptionalExtension};

use crate::ProjectorError;
use crate::books;
use crate::entries;
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

    /// The seqs of all entries of the log that spoke of an object, in order; none when the book does not hold it.
    /// `object` is Stripe's name of its kind, as in the table `registers`.
    ///
    /// # Errors
    /// When SQLite fails or they can't be read back.
    pub fn entries_of(
        &self,
        stream: &StreamId,
        object: &str,
        id: &str,
    ) -> Result<Vec<u64>, ProjectorError> {
        let sql = "SELECT entries FROM registers WHERE stream = ?1 AND object = ?2 AND id = ?3";
        let bytes: Option<Vec<u8>> = self
            .file
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| {
                let place = [stream.as_str(), object, id];
                statement.query_row(place, |row| row.get(0)).optional()
            })
            .map_err(self.file.failed_to("read the entries of"))?;
        let unreadable = || {
            self.file
                .unreadable(format!("the entries of {object} {id}"))
        };
        entries::decode(&bytes.unwrap_or_default()).ok_or_else(unreadable)
    }

    pub(crate) fn sums(&self, stream: &StreamId) -> Result<Digest, ProjectorError> {
        load_digest(&self.file, stream.as_str())
    }
}
