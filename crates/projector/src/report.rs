//! What a run over the log says of itself: where each stream's book stands and what is in it. Formats nothing.

use book::table;
use book::{BookDigest, Digest, TABLES};
use ledger::StreamId;

use crate::ProjectorError;
use crate::file::BookFile;
use crate::position::{Position, load_digest};

/// What a run did, and where every stream's book stands after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The book that the run wrote.
    pub path: std::path::PathBuf,
    /// Whether it was made anew.
    pub rebuilt: bool,
    /// About how many bytes of objects it held in memory at most.
    pub held_bytes: u64,
    /// How many bytes waited in files because they did not fit into memory.
    pub laid_bytes: u64,
    /// One per stream of the log, in the order of their texts.
    pub streams: Vec<StreamReport>,
}

/// One stream's book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamReport {
    /// Where it stands in the log, and its clock.
    pub position: Position,
    /// The last entry that was in the book before the run; 0 when none was.
    pub from_seq: u64,
    /// The digest of its rows.
    pub digest: BookDigest,
    /// How many rows each table has, in the order of the tables; a table without rows has 0.
    pub rows: Vec<(&'static str, i64)>,
}

impl StreamReport {
    pub(crate) fn load(
        book: &BookFile,
        stream: &StreamId,
        from_seq: u64,
    ) -> Result<Self, ProjectorError> {
        let position = Position::load(book, stream)?.unwrap_or_else(|| Position::start(stream));
        let digest = load_digest(book, stream.as_str())?;
        Ok(Self::new(position, from_seq, &digest))
    }

    pub(crate) fn new(position: Position, from_seq: u64, digest: &Digest) -> Self {
        let rows =
            |(place, table): (usize, &table::Table)| (table.name, digest.of_table(place).rows);
        StreamReport {
            position,
            from_seq,
            digest: digest.of_book(),
            rows: TABLES.iter().enumerate().map(rows).collect(),
        }
    }

    /// How many rows the table of this name has; 0 when there is no such table.
    #[must_use]
    pub fn rows_of(&self, table: &str) -> i64 {
        let found = self.rows.iter().find(|(name, _)| *name == table);
        found.map_or(0, |(_, rows)| *rows)
    }

    /// How many objects must be fetched from Stripe, counted by reason.
    #[must_use]
    pub fn wanted(&self) -> i64 {
        self.rows_of("wanted")
    }

    /// How many disagreements there are in what Stripe said.
    #[must_use]
    pub fn findings(&self) -> i64 {
        self.rows_of("findings")
    }
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The stream being worked on.
    pub stream: &'a StreamId,
    /// What is being done.
    pub step: Step,
    /// How much of it is done.
    pub done: u64,
    /// How much of it there is to do; 0 when that can't be told.
    pub total: u64,
}

/// What a run does, one after the other. Batches only read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Entries of the log are read.
    Read,
    /// Objects are looked through for what they say of others.
    Link,
    /// Objects are folded and their rows written.
    Write,
    /// The book is made safe on disk.
    Seal,
}
