//! A book made anew from the whole log, on all cores and in memory, into a file that nobody reads yet.
//!
//! Entries are read on every thread and their facts parted by object (first exchange); each part is folded whole; the
//! links go to their targets (second exchange); then all rows are written in the order of their keys. What comes out is
//! what batches would have made, to the byte.

mod gather;
mod place;
mod sheet;
mod write;

use std::fs;

use ledger::{Log, StreamInfo};

use crate::file::{BookFile, failed_io};
use crate::position::Position;
use crate::report::{Progress, Report, StreamReport};
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
    let streams = match fill(log, &book, options, progress) {
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
        streams,
    })
}

fn fill(
    log: &dyn Log,
    book: &BookFile,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<StreamReport>, ProjectorError> {
    let reports = log
        .streams()?
        .iter()
        .map(|info| fill_stream(log, book, info, options.threads.max(1), progress))
        .collect::<Result<_, _>>()?;
    book.seal()?;
    Ok(reports)
}

fn fill_stream(
    log: &dyn Log,
    book: &BookFile,
    info: &StreamInfo,
    threads: usize,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<StreamReport, ProjectorError> {
    let gathered = gather::gather(log, info, threads, progress)?;
    let shares = place::places(gathered.parts, threads);
    let position = Position {
        head: info.head.clone(),
        clock_s: gathered.clock_s,
    };
    let digest = write::write(book, &position, shares, &gathered.notices, threads)
        .map_err(book.failed_to("write to"))?;
    Ok(StreamReport::new(position, 0, &digest))
}
