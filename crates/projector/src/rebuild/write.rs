//! All rows of a stream written into empty tables, in the order of their keys, with their digest.
//!
//! Places become sheets, which own what they hold, on every thread; the one that writes makes sheets too whenever the
//! next one to be written is not there yet.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use book::activity::Changes;
use book::{Digest, row};
use facts::Notice;

use super::Means;
use super::merge::{Merge, Sorted};
use super::place::{Place, Places};
use super::portion::Object;
use super::run::Scratch;
use super::sheet::{Sheet, Writer};
use crate::ProjectorError;
use crate::file::BookFile;
use crate::position::{Position, add_to_digest};
use crate::report::Step;

/// Sheets that may wait for the writer, per thread.
const WAITING_MAX: usize = 8;

/// Rows of notices on a sheet.
const NOTICES: u64 = 1024;

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
    places: Places<'_>,
    notices: Vec<Sorted<Notice>>,
    means: &Means<'_>,
    tell: &mut dyn FnMut(Step, u64, u64),
) -> Result<Digest, ProjectorError> {
    let stream = position.head.stream.as_str();
    let failed = book.failed_to("write to");
    book.run("write to", "BEGIN IMMEDIATE")?;
    let mut writer = Writer::new(&book.connection, stream).map_err(&failed)?;
    let mut write = |sheet: &Sheet| writer.write(sheet).map_err(&failed);
    let Sums {
        mut digest,
        activity,
    } = write_places(stream, places, means, &mut write, tell)?;
    let mut sheet = Sheet::default();
    for (activity, sums) in &activity {
        let row = row::of_activity(stream, activity, sums);
        digest.add(&row);
        sheet.push(&row);
    }
    write(&sheet)?;
    write_notices(stream, notices, means, &mut digest, &mut write)?;
    add_to_digest(&book.connection, stream, &digest)
        .and_then(|()| position.save(&book.connection))
        .map_err(&failed)?;
    book.run("write to", "COMMIT")?;
    Ok(digest)
}

/// Writes each oddity once, as first seen.
fn write_notices(
    stream: &str,
    notices: Vec<Sorted<Notice>>,
    means: &Means<'_>,
    digest: &mut Digest,
    write: &mut dyn FnMut(&Sheet) -> Result<(), ProjectorError>,
) -> Result<(), ProjectorError> {
    let mut notices = Merge::new(means.scratch, notices, means.for_reading())?;
    let (mut sheet, mut rows) = (Sheet::default(), 0);
    while let Some(notice) = notices.next()? {
        while notices
            .next_if(|later| is_same_oddity(later, &notice))?
            .is_some()
        {}
        let row = row::of_notice(stream, &notice);
        digest.add(&row);
        sheet.push(&row);
        rows += 1;
        if rows % NOTICES == 0 {
            write(&sheet)?;
            sheet.clear();
        }
    }
    write(&sheet)
}

fn is_same_oddity(one: &Notice, other: &Notice) -> bool {
    (&one.claim, one.code, &one.path) == (&other.claim, other.code, &other.path)
}

fn write_places(
    stream: &str,
    places: Places<'_>,
    means: &Means<'_>,
    write: &mut dyn FnMut(&Sheet) -> Result<(), ProjectorError>,
    tell: &mut dyn FnMut(Step, u64, u64),
) -> Result<Sums, ProjectorError> {
    let desk = &Desk {
        stream,
        scratch: means.scratch,
        shares: Mutex::new(Shares { places, turns: 0 }),
        sheets: Mutex::new(Sheets {
            makers: means.threads - 1,
            ..Sheets::default()
        }),
        changed: Condvar::new(),
        waiting_max: WAITING_MAX * means.threads,
    };
    thread::scope(|scope| {
        let making: Vec<_> = (1..means.threads)
            .map(|_| scope.spawn(move || desk.make_all()))
            .collect();
        let mut sums = Sums::default();
        let written = desk.write_all(&mut sums, write, tell);
        desk.change(|sheets| sheets.is_closed = true);
        for maker in making {
            sums.add(maker.join().expect("making sheets does not panic"));
        }
        written.map(|()| sums)
    })
}

/// Where sheets are made of shares and wait for their turn.
struct Desk<'d> {
    stream: &'d str,
    scratch: &'d Scratch,
    shares: Mutex<Shares<'d>>,
    sheets: Mutex<Sheets>,
    /// Some sheet came or went, or somebody left.
    changed: Condvar,
    waiting_max: usize,
}

/// The places that nobody has taken yet.
struct Shares<'d> {
    places: Places<'d>,
    turns: u64,
}

#[derive(Default)]
struct Sheets {
    /// By their turn, with how many portions had been taken before.
    ready: BTreeMap<u64, Result<(Sheet, u64), ProjectorError>>,
    /// The turn that is written next.
    next: u64,
    /// Empty ones to be used again.
    spare: Vec<Sheet>,
    /// Makers beside the writer.
    makers: usize,
    /// Set when nothing more is written.
    is_closed: bool,
}

/// Says that a maker is gone, even when it panics.
struct Leaving<'l, 'd>(&'l Desk<'d>);

impl Drop for Leaving<'_, '_> {
    fn drop(&mut self) {
        self.0.change(|sheets| sheets.makers -= 1);
    }
}

impl Desk<'_> {
    /// Makes sheets until there are no more places.
    fn make_all(&self) -> Sums {
        let _leaving = Leaving(self);
        let mut sums = Sums::default();
        while self.wait_for_room() && self.make_next(&mut sums) {}
        sums
    }

    /// Whether another sheet may be made.
    fn wait_for_room(&self) -> bool {
        let is_full =
            |sheets: &mut Sheets| !sheets.is_closed && sheets.ready.len() >= self.waiting_max;
        let waited = self.changed.wait_while(self.lock(), is_full);
        !waited.unwrap_or_else(PoisonError::into_inner).is_closed
    }

    /// Makes a sheet of the next places; says whether there were any.
    fn make_next(&self, sums: &mut Sums) -> bool {
        let (turn, taken, share) = {
            let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
            let share = shares.places.take();
            shares.turns += 1;
            (shares.turns - 1, shares.places.taken, share)
        };
        let made = match share {
            Ok(share) if share.is_empty() => return false,
            Ok(share) => {
                let mut sheet = self.lock().spare.pop().unwrap_or_default();
                make(&mut sheet, self.stream, share, sums)
                    .map(|()| (sheet, taken))
                    .ok_or_else(|| self.scratch.unreadable())
            }
            Err(error) => Err(error),
        };
        let is_made = made.is_ok();
        self.change(|sheets| {
            sheets.ready.insert(turn, made);
        });
        is_made
    }

    /// Writes every sheet in its turn.
    fn write_all(
        &self,
        sums: &mut Sums,
        write: &mut dyn FnMut(&Sheet) -> Result<(), ProjectorError>,
        tell: &mut dyn FnMut(Step, u64, u64),
    ) -> Result<(), ProjectorError> {
        let portions = {
            let shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
            shares.places.portions
        };
        let mut is_more = true;
        loop {
            if let Some(made) = self.take_sheet(is_more) {
                let (mut sheet, taken) = made?;
                write(&sheet)?;
                sheet.clear();
                tell(Step::Write, taken, portions);
                self.change(|sheets| sheets.spare.push(sheet));
            } else if is_more {
                is_more = self.make_next(sums);
            } else {
                return Ok(());
            }
        }
    }

    /// The sheet whose turn it is. If there is more to make none is waited for, else it is none when all are written.
    fn take_sheet(&self, is_more: bool) -> Option<Result<(Sheet, u64), ProjectorError>> {
        let mut sheets = self.lock();
        if !is_more {
            let is_coming =
                |sheets: &mut Sheets| sheets.makers > 0 && !sheets.ready.contains_key(&sheets.next);
            sheets = (self.changed.wait_while(sheets, is_coming))
                .unwrap_or_else(PoisonError::into_inner);
        }
        let next = sheets.next;
        let made = sheets.ready.remove(&next)?;
        sheets.next += 1;
        Some(made)
    }

    fn lock(&self) -> MutexGuard<'_, Sheets> {
        self.sheets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Sheets)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }
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

/// Writes all rows of these places on an empty sheet; none when what was laid aside can't be read.
fn make(sheet: &mut Sheet, stream: &str, mut places: Vec<Place>, sums: &mut Sums) -> Option<()> {
    let unfolded = places
        .iter_mut()
        .map(Place::unfold)
        .collect::<Option<Vec<_>>>()?;
    let mut rows = Vec::new();
    for (place, (object, totals)) in places.iter().zip(&unfolded) {
        let folded = object.as_ref().map(|object| &object.folded);
        if let Some(Object { folded, entries }) = object {
            rows.extend(folded.rows_but_links(stream, &place.target));
            sheet.push_register(&folded.key, &folded.register, entries);
            if let Some((activity, part)) = folded.activity() {
                let sum = sums.activity.entry(activity).or_default();
                *sum = sum.plus(part, 1);
            }
        }
        rows.extend(place.links.iter().map(|link| row::of_link(stream, link)));
        rows.extend(book::rows_of_target(stream, &place.target, folded, totals));
    }
    // Stable: inside a table the rows are in the order of their keys already.
    rows.sort_by_key(|row| row.table);
    for row in &rows {
        sums.digest.add(row);
        sheet.push(row);
    }
    Some(())
}
