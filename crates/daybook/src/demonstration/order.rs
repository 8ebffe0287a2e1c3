//! A log's entries appended once more in an order that has nothing to do with the one they came in, and the book that they make:
//! its digests must be those of the first. The second log is held in memory, and its book is gone afterwards.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use book::BookDigest;
use ledger::{Entry, Ledger, Log, MemoryLedger, NewEntry, StreamId};
use projector::{Books, Options};

use crate::failure::{Failure, failed};

/// Entries in one append.
const BATCH: usize = 1_024;

/// The digests of the books of `streams`, made in the folder `path` of the entries of `log` in another order.
pub(super) fn digests(
    log: &dyn Log,
    streams: &[StreamId],
    path: &Path,
) -> Result<Vec<BookDigest>, Failure> {
    let mut entries = Vec::new();
    for stream in streams {
        log.read(stream, 1..=u64::MAX, &mut |entry| {
            // The second log opens its streams itself.
            if entry.seq > 1 {
                entries.push(entry.to_entry());
            }
            ControlFlow::Continue(())
        })?;
    }
    let mut other = MemoryLedger::new();
    append(&mut other, shuffled(entries))?;
    digests_of(path, streams, &other)
}

fn append(ledger: &mut MemoryLedger, entries: Vec<Entry>) -> Result<(), Failure> {
    let mut entries = entries.into_iter().peekable();
    while entries.peek().is_some() {
        let batch: Vec<Entry> = entries.by_ref().take(BATCH).collect();
        let batch: Vec<NewEntry<'_>> = batch.iter().map(new).collect();
        ledger.append(&batch)?;
    }
    Ok(())
}

/// The entry as it was handed in.
fn new(entry: &Entry) -> NewEntry<'_> {
    NewEntry {
        stream: &entry.stream,
        kind: entry.kind,
        id: &entry.id,
        type_: &entry.type_,
        object_id: entry.object_id.as_deref(),
        api_version: entry.api_version.as_deref(),
        created_s: entry.created_s,
        recorded_us: entry.recorded_us,
        source: entry.source,
        content_hash: entry.content_hash,
        body: entry.body.as_deref().unwrap_or_default(),
    }
}

/// The digests of a book of this log, made in `path`; the folder is gone afterwards.
fn digests_of(
    path: &Path,
    streams: &[StreamId],
    log: &dyn Log,
) -> Result<Vec<BookDigest>, Failure> {
    let books = Books::open(path)?;
    projector::project(log, &books, &Options::default(), &mut |_| {})?;
    let book = projector::open_book_readonly(path)?;
    let digests = streams.iter().map(|stream| book.digest(stream));
    let digests = digests.collect::<Result<Vec<_>, _>>()?;
    drop(book);
    fs::remove_dir_all(path).map_err(failed("remove", path))?;
    Ok(digests)
}

/// The items in an order that has nothing to do with the one they came in, and is the same each time.
fn shuffled<T>(items: Vec<T>) -> Vec<T> {
    let mut keyed: Vec<(u64, T)> = (1..)
        .map(|place: u64| place.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .zip(items)
        .collect();
    keyed.sort_unstable_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, item)| item).collect()
}

#[cfg(test)]
mod tests {
    use super::shuffled;

    #[test]
    fn another_order_is_another_and_has_the_same_lines() {
        let lines: Vec<u32> = (0..100).collect();
        let mut other = shuffled(lines.clone());
        let is_moved = |(one, other): &(&u32, &u32)| one != other;
        assert!(lines.iter().zip(&other).filter(is_moved).count() > 90);
        let backwards = other.windows(2).filter(|pair| pair[0] > pair[1]).count();
        assert!(backwards > 30, "{backwards} lines come after a later one");
        other.sort();
        assert_eq!(other, lines);
    }
}
