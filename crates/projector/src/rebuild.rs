//! A book made anew from the whole log, on all cores, into a file that nobody reads yet.
//!
//! Entries are read on every thread and their facts brought together by object (first exchange); each object is folded
//! whole; the links go to their targets (second exchange); then all rows are written in the order of their keys. What does
//! not fit into memory waits in sorted runs beside the book. What comes out is what batches would have made, to the byte.

mod gather;
mod merge;
mod place;
mod portion;
mod run;
mod sheet;
mod weight;
mod write;

use std::fs;

use ledger::{Log, StreamInfo};

use self::run::Scratch;
use crate::file::{BookFile, failed_io};
use crate::position::Position;
use crate::report::{Progress, Report, Step, StreamReport};
use crate::{Books, Options, ProjectorError};

/// Makes a new book of the whole log and turns `book.db` to it; the book before stays.
///
/// # Errors
/// What reading the log or writing the file came upon; `book.db` then leads where it led.
pub fn rebuild(
    log: &dyn Log,
    books: &Books,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Report, ProjectorError> {
    let book = books.create()?;
    let path = book.path.clone();
    let scratch = Scratch::beside(&path);
    let streams = match fill(log, &book, &scratch, options, progress) {
        Ok(streams) => streams,
        Err(error) => {
            // The first error says more than one of the removal of a file that nobody will read.
            fs::remove_file(&path)
                .map_err(failed_io("remove", &path))
                .ok();
            return Err(error);
        }
    };
    // Open until the link leads to it: nobody takes it for one that may go.
    books.install(&path)?;
    drop(book);
    Ok(Report {
        path,
        rebuilt: true,
        held_bytes: scratch.held_bytes(),
        laid_bytes: scratch.laid_bytes(),
        streams,
    })
}

/// What a rebuild may use.
struct Means<'s> {
    threads: usize,
    memory_bytes: usize,
    scratch: &'s Scratch,
}

/// The parts of the memory come to no more than the whole: runs are read when objects are laid aside.
impl Means<'_> {
    /// What a thread may hold of objects.
    fn for_objects(&self) -> usize {
        self.memory_bytes / 16 * 11 / self.threads
    }

    /// What a thread may hold of links.
    fn for_links(&self) -> usize {
        self.memory_bytes / 4 / self.threads
    }

    /// What a thread may hold of notices.
    fn for_notices(&self) -> usize {
        self.memory_bytes / 16 / self.threads
    }

    /// What reading the runs of one kind may take.
    fn for_reading(&self) -> usize {
        self.memory_bytes / 8
    }
}

fn fill(
    log: &dyn Log,
    book: &BookFile,
    scratch: &Scratch,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<StreamReport>, ProjectorError> {
    let means = Means {
        threads: options.threads.max(1),
        memory_bytes: options.memory_bytes,
        scratch,
    };
    let mut reports = Vec::new();
    for info in log.streams()? {
        let mut tell = |step, done, total| {
            progress(Progress {
                stream: &info.stream,
                step,
                done,
                total,
            });
        };
        reports.push(fill_stream(log, book, &info, &means, &mut tell)?);
        tell(Step::Seal, 0, 0);
    }
    book.seal()?;
    Ok(reports)
}

fn fill_stream(
    log: &dyn Log,
    book: &BookFile,
    info: &StreamInfo,
    means: &Means<'_>,
    tell: &mut dyn FnMut(Step, u64, u64),
) -> Result<StreamReport, ProjectorError> {
    let gathered = gather::gather(log, info, means, tell)?;
    let places = place::places(gathered.objects, means, tell)?;
    let position = Position {
        head: info.head.clone(),
        clock_s: gathered.clock_s,
    };
    let digest = write::write(book, &position, places, gathered.notices, means, tell)?;
    Ok(StreamReport::new(position, 0, &digest))
}
