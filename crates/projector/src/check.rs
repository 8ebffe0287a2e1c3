//! A book held against itself and against the log. Repairs nothing: the cure of a derived file is a rebuild.

use std::collections::BTreeSet;

use book::digest::Sum;
use book::{Digest, TABLES};
use ledger::{Log, StreamId};

use crate::rows::visit;
use crate::{OpenBook, Position, ProjectorError};

/// A part of a table whose rows are not those that the book's sums were made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The part of it, by a hash of the row's key.
    pub bucket: u8,
    /// How many rows the stored sum counts.
    pub rows_stored: i64,
    /// How many rows there are.
    pub rows_found: i64,
}

/// Recomputes the digest of one stream from the tables, row by row; gives the parts that differ from the stored sums.
///
/// # Errors
/// When SQLite fails or something stored can't be read back.
pub fn check_digest(book: &OpenBook, stream: &StreamId) -> Result<Vec<Difference>, ProjectorError> {
    let failed = book.file.failed_to("read");
    let connection = book.connection();
    // Rows and sums must be those of one moment: the caller's, or one of our own.
    let is_free = connection.is_autocommit();
    let snapshot = is_free.then(|| connection.unchecked_transaction());
    let snapshot = snapshot.transpose().map_err(&failed)?;
    let mut found = Digest::default();
    for table in 0..TABLES.len() {
        visit(connection, table, stream.as_str(), &mut |row| {
            found.add(&row);
            Ok(())
        })
        .map_err(&failed)?;
    }
    let stored = book.sums(stream)?;
    drop(snapshot);
    Ok(differences(&stored, &found))
}

fn differences(stored: &Digest, found: &Digest) -> Vec<Difference> {
    let all = |digest: &Digest| -> BTreeSet<(usize, u8)> {
        digest
            .sums()
            .map(|(table, bucket, _)| (table, bucket))
            .collect()
    };
    let sum = |digest: &Digest, place: (usize, u8)| {
        let mut sums = digest.sums();
        let found = sums.find(|(table, bucket, _)| (*table, *bucket) == place);
        found.map_or(Sum::default(), |(_, _, sum)| sum)
    };
    all(stored)
        .union(&all(found))
        .filter_map(|&place| {
            let (stored, found) = (sum(stored, place), sum(found, place));
            (stored != found).then(|| Difference {
                table: TABLES[place.0].name,
                bucket: place.1,
                rows_stored: stored.rows,
                rows_found: found.rows,
            })
        })
        .collect()
}

/// Sees that the log has, for every stream of the book, the entry that the book stands on; gives the positions.
///
/// # Errors
/// [`ProjectorError::OtherLog`] or [`ProjectorError::ShorterLog`] when it has not; else what reading came upon.
pub fn check_position(log: &dyn Log, book: &OpenBook) -> Result<Vec<Position>, ProjectorError> {
    let positions = book.positions()?;
    for position in &positions {
        position.check(log)?;
    }
    Ok(positions)
}
