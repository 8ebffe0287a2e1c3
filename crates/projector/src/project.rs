//! The loop: from each stream's position in the book to its head in the log, batch by batch.
//!
//! Position and rows move in one transaction, so that a crash between two batches costs nothing. Every batch begins by
//! holding the position against the log: several processes may project into one book.

use ledger::{Log, StreamId};

use crate::batch::Batch;
use crate::file::BookFile;
use crate::position::Position;
use crate::rebuild::rebuild;
use crate::report::{Progress, Report, Step, StreamReport};
use crate::source::read_entries;
use crate::{Books, ProjectorError};

/// How the work is done; nothing here changes what comes out.
#[derive(Clone, Debug)]
pub struct Options {
    /// Entries a transaction, at least 1.
    pub batch: u64,
    /// Threads of a rebuild, at least 1.
    pub threads: usize,
    /// About how many bytes of what it has read a rebuild holds in memory; what is more waits in files beside the book.
    pub memory_bytes: usize,
}

const MEMORY_BYTES: usize = 256 * 1024 * 1024;

impl Default for Options {
    /// Batches of 4000 entries, a thread per core, 256 MiB.
    fn default() -> Self {
        Options {
            batch: 4000,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: MEMORY_BYTES,
        }
    }
}

/// Brings the current book up to the log's heads; makes a new one when there is none of this program's version.
///
/// # Errors
/// [`ProjectorError::OtherLog`] and [`ProjectorError::ShorterLog`] when the book stands on another log; else what
/// reading the log or writing the book came upon. Batches that were committed stay.
pub fn project(
    log: &dyn Log,
    books: &Books,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Report, ProjectorError> {
    let book = match books.open_current(BookFile::open) {
        Ok(None) | Err(ProjectorError::OtherVersion { .. }) => {
            return rebuild(log, books, options, progress);
        }
        Ok(Some(book)) => book,
        Err(error) => return Err(error),
    };
    for position in Position::load_all(&book)? {
        position.check(log)?;
    }
    let streams = log
        .streams()?
        .iter()
        .map(|info| project_stream(log, &book, &info.stream, options, progress))
        .collect::<Result<_, _>>()?;
    Ok(Report {
        path: book.path.clone(),
        rebuilt: false,
        held_bytes: 0,
        laid_bytes: 0,
        streams,
    })
}

fn project_stream(
    log: &dyn Log,
    book: &BookFile,
    stream: &StreamId,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<StreamReport, ProjectorError> {
    let start = Position::load(book, stream)?.map_or(0, |position| position.head.seq);
    let entries = log.head(stream)?.seq.saturating_sub(start);
    let mut done = 0;
    while done < entries {
        let Some(seq) = project_batch(log, book, stream, options.batch.max(1))? else {
            break;
        };
        done = seq.saturating_sub(start);
        progress(Progress {
            stream,
            step: Step::Read,
            done: done.min(entries),
            total: entries,
        });
    }
    StreamReport::load(book, stream, start)
}

/// One batch in one transaction; gives the new position, or none when there was nothing to read.
fn project_batch(
    log: &dyn Log,
    book: &BookFile,
    stream: &StreamId,
    batch: u64,
) -> Result<Option<u64>, ProjectorError> {
    book.run("begin to write", "BEGIN IMMEDIATE")?;
    let result = advance(log, book, stream, batch);
    match &result {
        Ok(Some(_)) => book.run("commit to", "COMMIT")?,
        // An error that made SQLite roll back by itself leaves nothing to roll back.
        _ if !book.connection.is_autocommit() => book.run("roll back", "ROLLBACK")?,
        _ => {}
    }
    result
}

fn advance(
    log: &dyn Log,
    book: &BookFile,
    stream: &StreamId,
    batch: u64,
) -> Result<Option<u64>, ProjectorError> {
    let mut position = Position::load(book, stream)?.unwrap_or_else(|| Position::start(stream));
    position.check(log)?;
    let first = position.head.seq + 1;
    let passage = read_entries(log, stream, first..=position.head.seq.saturating_add(batch))?;
    let Some((seq, hash)) = passage.last else {
        return Ok(None);
    };
    Batch::new(book, stream.as_str()).apply(passage.facts, &passage.notices)?;
    (position.head.seq, position.head.hash) = (seq, hash);
    position.clock_s = position.clock_s.max(passage.clock_s);
    position
        .save(&book.connection)
        .map_err(book.failed_to("write to"))?;
    Ok(Some(seq))
}
