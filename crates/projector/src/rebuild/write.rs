//! All rows of a stream written into empty tables, in the order of their keys, with their digest.
//!
//! Places become sheets, which own what they hold, and are let go at once: that costs less while they are still in the
//! cache, and lets other threads make the sheets while this one writes.

use std::sync::mpsc::sync_channel;
use std::thread;

use book::activity::Changes;
use book::{Digest, row};
use facts::Notice;
use rusqlite::Connection;

use super::place::{Object, Place};
use super::sheet::{Sheet, Writer};
use crate::file::BookFile;
use crate::position::{Position, add_to_digest};

/// Sheets that may wait for the writer, per thread that makes them.
const WAITING_MAX: usize = 4;

/// What the makers of sheets add up.
#[derive(Default)]
struct Sums {
    digest: Digest,
    activity: Changes,
}

/// Writes everything that a stream has in a book, in one transaction; gives the digest.
pub(super) fn write(
    book: &BookFile,
    position: &Position,
    shares: Vec<Vec<Place>>,
    notices: &[Notice],
    threads: usize,
) -> rusqlite::Result<Digest> {
    let stream = position.head.stream.as_str();
    let connection = &book.connection;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let Sums {
        mut digest,
        activity,
    } = write_places(connection, stream, shares, threads)?;
    let mut sheet = Sheet::default();
    let sums = activity
        .iter()
        .map(|(activity, sums)| row::of_activity(stream, activity, sums))
        .chain(notices.iter().map(|notice| row::of_notice(stream, notice)));
    for row in sums {
        digest.add(&row);
        sheet.push(&row);
    }
    Writer::new(connection, stream)?.write(&sheet)?;
    add_to_digest(connection, stream, &digest)?;
    position.save(connection)?;
    connection.execute_batch("COMMIT")?;
    Ok(digest)
}

fn write_places(
    connection: &Connection,
    stream: &str,
    shares: Vec<Vec<Place>>,
    threads: usize,
) -> rusqlite::Result<Sums> {
    let mut writer = Writer::new(connection, stream)?;
    let mut sums = Sums::default();
    if threads == 1 {
        let mut sheet = Sheet::default();
        for share in shares {
            make(&mut sheet, stream, share, &mut sums);
            writer.write(&sheet)?;
            sheet.clear();
        }
        return Ok(sums);
    }
    let (turns, makers) = (shares.len(), threads - 1);
    thread::scope(|scope| {
        let (sheets, making): (Vec<_>, Vec<_>) = deal(shares, makers)
            .into_iter()
            .map(|shares| {
                let (sender, receiver) = sync_channel(WAITING_MAX);
                let make_all = move || {
                    let mut sums = Sums::default();
                    for share in shares {
                        let mut sheet = Sheet::default();
                        make(&mut sheet, stream, share, &mut sums);
                        if sender.send(sheet).is_err() {
                            // The writer has failed and says why.
                            break;
                        }
                    }
                    sums
                };
                (receiver, scope.spawn(make_all))
            })
            .unzip();
        for turn in 0..turns {
            let sheet = sheets[turn % makers].recv();
            writer.write(&sheet.expect("a maker sends a sheet for each of its shares"))?;
        }
        for maker in making {
            sums.add(maker.join().expect("making sheets does not panic"));
        }
        Ok(sums)
    })
}

/// Shares in turn, as cards are dealt.
fn deal(shares: Vec<Vec<Place>>, hands: usize) -> Vec<Vec<Vec<Place>>> {
    let mut dealt: Vec<Vec<Vec<Place>>> = (0..hands).map(|_| Vec::new()).collect();
    for (turn, share) in shares.into_iter().enumerate() {
        dealt[turn % hands].push(share);
    }
    dealt
}

impl Sums {
    fn add(&mut self, other: Sums) {
        self.digest.merge(&other.digest);
        for (activity, part) in other.activity {
            let sum = self.activity.entry(activity).or_default();
            *sum = sum.plus(part, 1);
        }
    }
}

/// Writes all rows of these places on an empty sheet.
fn make(sheet: &mut Sheet, stream: &str, places: Vec<Place>, sums: &mut Sums) {
    let mut rows = Vec::new();
    for place in &places {
        let folded = place.object.as_ref().map(|object| &object.folded);
        if let Some(Object { folded, entries }) = &place.object {
            rows.extend(folded.rows_but_links(stream, &place.target));
            sheet.push_register(&folded.key, &folded.register, entries);
            if let Some((activity, part)) = folded.activity() {
                let sum = sums.activity.entry(activity).or_default();
                *sum = sum.plus(part, 1);
            }
        }
        rows.extend(place.links.iter().map(|link| row::of_link(stream, link)));
        rows.extend(book::rows_of_target(
            stream,
            &place.target,
            folded,
            &place.totals,
        ));
    }
    // Stable: inside a table the rows are in the order of their keys already.
    rows.sort_by_key(|row| row.table);
    for row in &rows {
        sums.digest.add(row);
        sheet.push(row);
    }
}
