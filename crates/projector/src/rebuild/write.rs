//! All rows of a stream written into empty tables, in the order of their keys, with their digest.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use book::activity::Changes;
use book::{Digest, Register, Row, TABLES, row, stored};
use facts::{Notice, ObjectKey};
use rusqlite::{Connection, Statement, params};

use super::place::Place;
use crate::file::BookFile;
use crate::position::{Position, add_to_digest};
use crate::rows::{SQL, execute};

/// Places whose rows are made at a time.
const SHARE: usize = 256;

/// Shares that may wait for the writer, per thread that makes them.
const WAITING_MAX: usize = 4;

/// The rows of some places, table by table, and the registers of their objects.
struct Share<'p> {
    rows: Vec<Row<'p>>,
    registers: Vec<(&'p ObjectKey, Vec<u8>)>,
}

/// Writes everything that a stream has in a book, in one transaction; gives the digest.
pub(super) fn write(
    book: &BookFile,
    position: &Position,
    places: &[Place],
    notices: &[Notice],
    threads: usize,
) -> rusqlite::Result<Digest> {
    let stream = position.head.stream.as_str();
    let connection = &book.connection;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let mut writer = Writer::new(connection, stream)?;
    let mut digest = Digest::default();
    if threads == 1 {
        for places in places.chunks(SHARE) {
            writer.write(&make(stream, places, &mut digest))?;
        }
    } else {
        write_from_threads(&mut writer, places, threads - 1, &mut digest)?;
    }
    let sums = activity(places);
    let rows = sums
        .iter()
        .map(|(activity, sums)| row::of_activity(stream, activity, sums))
        .chain(notices.iter().map(|notice| row::of_notice(stream, notice)));
    for row in rows {
        digest.add(&row);
        writer.insert(&row)?;
    }
    drop(writer);
    add_to_digest(connection, stream, &digest)?;
    position.save(connection)?;
    connection.execute_batch("COMMIT")?;
    Ok(digest)
}

/// Threads make the shares in turn; the writer takes them in the same turn, so that their order is kept.
fn write_from_threads(
    writer: &mut Writer<'_>,
    places: &[Place],
    makers: usize,
    digest: &mut Digest,
) -> rusqlite::Result<()> {
    let stream = writer.stream;
    thread::scope(|scope| {
        let (receivers, making): (Vec<Receiver<Share<'_>>>, Vec<_>) = (0..makers)
            .map(|maker| {
                let (sender, receiver) = sync_channel(WAITING_MAX);
                let make_all = move || {
                    let mut digest = Digest::default();
                    for places in places.chunks(SHARE).skip(maker).step_by(makers) {
                        if sender.send(make(stream, places, &mut digest)).is_err() {
                            // The writer has failed and says why.
                            break;
                        }
                    }
                    digest
                };
                (receiver, scope.spawn(make_all))
            })
            .unzip();
        for (turn, _) in places.chunks(SHARE).enumerate() {
            let share = receivers[turn % makers]
                .recv()
                .expect("a maker sends every share of its turn");
            writer.write(&share)?;
        }
        drop(receivers);
        for maker in making {
            digest.merge(&maker.join().expect("making rows does not panic"));
        }
        Ok(())
    })
}

fn make<'p>(stream: &'p str, places: &'p [Place], digest: &mut Digest) -> Share<'p> {
    let mut rows = Vec::new();
    let mut registers = Vec::new();
    for place in places {
        let folded = place.folded.as_ref();
        if let Some(folded) = folded {
            rows.extend(folded.rows_but_links(stream, &place.target));
            if folded.register != Register::default() {
                registers.push((&folded.key, stored::encode(&folded.register)));
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
    rows.iter().for_each(|row| digest.add(row));
    // Stable: inside a table the rows are in the order of their keys already.
    rows.sort_by_key(|row| row.table);
    Share { rows, registers }
}

fn activity(places: &[Place]) -> Changes {
    let mut sums = Changes::new();
    let objects = places.iter().filter_map(|place| place.folded.as_ref());
    for (activity, part) in objects.filter_map(book::Folded::activity) {
        let sum = sums.entry(activity).or_default();
        *sum = sum.plus(part, 1);
    }
    sums
}

/// One statement per table, kept for the whole run.
struct Writer<'c> {
    stream: &'c str,
    tables: Vec<Statement<'c>>,
    registers: Statement<'c>,
}

impl<'c> Writer<'c> {
    fn new(connection: &'c Connection, stream: &'c str) -> rusqlite::Result<Self> {
        let tables = (0..TABLES.len())
            .map(|table| connection.prepare(&SQL[table].insert))
            .collect::<Result<_, _>>()?;
        let registers = connection.prepare(
            "INSERT INTO registers (stream, object, id, register) VALUES (?1, ?2, ?3, ?4)",
        )?;
        Ok(Writer {
            stream,
            tables,
            registers,
        })
    }

    fn write(&mut self, share: &Share<'_>) -> rusqlite::Result<()> {
        for row in &share.rows {
            self.insert(row)?;
        }
        for (key, register) in &share.registers {
            let place = params![self.stream, key.schema.object, key.id, register];
            self.registers.execute(place)?;
        }
        Ok(())
    }

    fn insert(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        execute(&mut self.tables[row.table], &row.cells).map(drop)
    }
}
