//! What a book stands on, per stream: the place in the log, the book clock, and the sums that the digest is made of.

use book::digest::Sum;
use book::{Digest, FOLD_VERSION, TABLES};
use ledger::{Hash, Head, Log, StreamId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::ProjectorError;
use crate::file::BookFile;

/// How far one stream of the log is in a book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The last entry that is in the book; seq 0 when none is.
    pub head: Head,
    /// The book clock: Stripe's latest second in the stream up to here; none when no entry has one.
    pub clock_s: Option<i64>,
}

impl Position {
    /// The position of a book that has not seen the stream.
    pub(crate) fn start(stream: &StreamId) -> Self {
        Position {
            head: Head::empty(stream),
            clock_s: None,
        }
    }

    /// The position of one stream, if the book has seen it.
    pub(crate) fn load(book: &BookFile, stream: &StreamId) -> Result<Option<Self>, ProjectorError> {
        let sql = "SELECT seq, chain_hash, clock_s FROM position WHERE stream = ?1";
        let row = book
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| {
                let cells =
                    |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?));
                statement.query_row([stream.as_str()], cells).optional()
            })
            .map_err(book.failed_to("read the position of"))?;
        let Some((seq, hash, clock_s)) = row else {
            return Ok(None);
        };
        let seq = u64::try_from(seq).map_err(|_| book.unreadable("a position"))?;
        let head = Head {
            stream: stream.clone(),
            seq,
            hash: Hash(hash),
        };
        Ok(Some(Position { head, clock_s }))
    }

    /// Every position, in the order of the streams.
    pub(crate) fn load_all(book: &BookFile) -> Result<Vec<Self>, ProjectorError> {
        let names: Vec<String> = book
            .connection
            .prepare_cached("SELECT stream FROM position ORDER BY stream")
            .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
            .map_err(book.failed_to("read the positions of"))?;
        let mut positions = Vec::new();
        for name in names {
            let stream = StreamId::parse(&name)?;
            positions.extend(Self::load(book, &stream)?);
        }
        Ok(positions)
    }

    pub(crate) fn save(&self, connection: &Connection) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO position (stream, seq, chain_hash, clock_s, fold_version) \
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        connection.prepare_cached(sql)?.execute(params![
            self.head.stream.as_str(),
            i64::try_from(self.head.seq).expect("a seq is a positive i64 in every log"),
            self.head.hash.0,
            self.clock_s,
            FOLD_VERSION,
        ])?;
        Ok(())
    }

    /// Sees that the log has, at this position, the entry that the book stands on.
    pub(crate) fn check(&self, log: &dyn Log) -> Result<(), ProjectorError> {
        let Head { stream, seq, hash } = &self.head;
        if *seq == 0 {
            return Ok(());
        }
        let mut found = None;
        log.read(stream, *seq..=*seq, &mut |entry| {
            found = Some(entry.chain_hash);
            std::ops::ControlFlow::Break(())
        })?;
        match found {
            Some(found) if found == *hash => Ok(()),
            Some(found) => Err(ProjectorError::OtherLog {
                stream: stream.clone(),
                seq: *seq,
                book: *hash,
                log: found,
            }),
            None => Err(ProjectorError::ShorterLog {
                stream: stream.clone(),
                seq: *seq,
                log_seq: log.head(stream)?.seq,
            }),
        }
    }
}

/// The stored sums of a stream.
pub(crate) fn load_digest(book: &BookFile, stream: &str) -> Result<Digest, ProjectorError> {
    let sql = "SELECT table_name, bucket, rows, sum FROM digest_sums WHERE stream = ?1";
    let rows: Vec<(String, u8, i64, [u8; 32])> = book
        .connection
        .prepare_cached(sql)
        .and_then(|mut statement| {
            let cells =
                |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
            statement.query_map([stream], cells)?.collect()
        })
        .map_err(book.failed_to("read the digest of"))?;
    let mut digest = Digest::default();
    for (name, bucket, rows, sum) in rows {
        let table = TABLES
            .iter()
            .position(|table| table.name == name)
            .ok_or_else(|| book.unreadable("a sum of an unknown table"))?;
        digest.insert(table, bucket, Sum::from_parts(rows, sum));
    }
    Ok(digest)
}

/// Adds these sums, which may be negative, to the stored ones of a stream.
pub(crate) fn add_to_digest(
    connection: &Connection,
    stream: &str,
    change: &Digest,
) -> rusqlite::Result<()> {
    let mut load = connection.prepare_cached(
        "SELECT rows, sum FROM digest_sums WHERE stream = ?1 AND table_name = ?2 AND bucket = ?3",
    )?;
    let mut save = connection.prepare_cached(
        "INSERT OR REPLACE INTO digest_sums (stream, table_name, bucket, rows, sum) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let mut drop = connection.prepare_cached(
        "DELETE FROM digest_sums WHERE stream = ?1 AND table_name = ?2 AND bucket = ?3",
    )?;
    for (table, bucket, change) in change.sums() {
        let key = params![stream, TABLES[table].name, bucket];
        let stored = load
            .query_row(key, |row| Ok(Sum::from_parts(row.get(0)?, row.get(1)?)))
            .optional()?;
        let mut sum = stored.unwrap_or_default();
        sum.add(change);
        if sum == Sum::default() {
            drop.execute(key)?;
        } else {
            let name = TABLES[table].name;
            save.execute(params![stream, name, bucket, sum.rows, sum.bytes()])?;
        }
    }
    Ok(())
}
