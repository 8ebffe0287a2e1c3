//! A simulated company lived through a real data folder: what is delivered is imported, projected, and held against the
//! truth. It prints nothing; what each step came to is its answer.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use book::BookDigest;
use intake::{Intake, Origin, Tally};
use ledger::{Ledger, Log, MemoryLedger, Source, SqliteLedger, StreamId};
use projector::{Books, Options, StreamReport};
use serde_json::Value;
use simulator::{Counts, Delivered, Delivery, Event, Recording};

use crate::compare::{self, Comparison, Sums, Truth};
use crate::failure::{Failure, ShellError, failed};
use crate::folder::Folder;
use crate::shell::now_us;

const MARKER: &str = "demo.txt";
const MARKER_TEXT: &str =
    "Written by `daybook demo`, which removes this folder and writes it anew each time.\n";
/// Milliseconds that a read of the simulator is said to take.
const READ_MS: i64 = 120;

/// A company, what was delivered of it, and a data folder that holds it.
pub(crate) struct Demonstration {
    folder: Folder,
    ledger: SqliteLedger,
    stream: StreamId,
    recording: Recording,
    delivered: Vec<Delivered>,
    /// The id of the event that is not delivered, if the company wrote anything off.
    withheld: Option<String>,
    /// Reads that were made because the book wanted them.
    reads: Vec<String>,
    other_order: Option<OtherOrder>,
}

/// A log being made of the same lines in another order.
type OtherOrder = JoinHandle<Result<MemoryLedger, String>>;

/// A fresh folder for a demonstration. One that is there already must be empty or a demonstration's.
pub(crate) fn fresh_folder(path: &Path) -> Result<Folder, Failure> {
    let marker = path.join(MARKER);
    if fs::read_to_string(&marker).is_ok_and(|text| text == MARKER_TEXT) {
        fs::remove_dir_all(path).map_err(failed("remove", path))?;
    } else if path.exists()
        && fs::read_dir(path)
            .map_err(failed("list", path))?
            .next()
            .is_some()
    {
        let path = path.to_owned();
        return Err(ShellError::NotADemo { path }.into());
    }
    fs::create_dir_all(path).map_err(failed("make", path))?;
    fs::write(&marker, MARKER_TEXT).map_err(failed("write", &marker))?;
    Ok(Folder::new(path))
}

impl Demonstration {
    /// Delivers a recording, all but one write-off.
    pub(crate) fn new(folder: Folder, recording: Recording, seed: u64) -> Result<Self, Failure> {
        let withheld = recording.withholdable().first().map(|id| (*id).to_owned());
        let delivery = Delivery {
            withhold: withheld.clone(),
            ..Delivery::demo(seed)
        };
        let delivered = simulator::deliver(&recording, &delivery);
        let stream = StreamId::new(recording.account(), recording.livemode())?;
        let ledger = folder.create(&stream, now_us())?;
        Ok(Self {
            folder,
            ledger,
            stream,
            recording,
            delivered,
            withheld,
            reads: Vec::new(),
            other_order: None,
        })
    }

    /// What the delivery consists of.
    pub(crate) fn counts(&self) -> Counts {
        simulator::count(&self.recording, &self.delivered)
    }

    /// Imports what is delivered; a second log takes it in another order meanwhile.
    pub(crate) fn import(&mut self) -> Result<Tally, Failure> {
        self.other_order = Some(self.spawn_other_order());
        let lines = self.delivered.iter().map(|one| &*one.line);
        import(
            &mut self.ledger,
            &self.stream,
            &self.folder.rejects_path(),
            lines,
        )
    }

    fn spawn_other_order(&self) -> OtherOrder {
        let lines = shuffled(
            self.delivered
                .iter()
                .map(|one| Arc::clone(&one.line))
                .collect(),
        );
        let (stream, path) = (self.stream.clone(), self.other_path());
        thread::spawn(move || {
            let mut ledger = MemoryLedger::new();
            let imported = import(
                &mut ledger,
                &stream,
                &path,
                lines.iter().map(|line| &**line),
            );
            // Failures are told by the thread that tells everything.
            imported
                .map(|_| ledger)
                .map_err(|failure| failure.to_string())
        })
    }

    fn other_path(&self) -> PathBuf {
        self.folder.path().join("other-order")
    }

    /// Recomputes the chain; how many entries it has.
    pub(crate) fn verify(&self) -> Result<u64, Failure> {
        let verified = ledger::verify(&self.ledger, None, &mut |_| {})?;
        Ok(verified.streams.iter().map(|stream| stream.head.seq).sum())
    }

    /// Brings the book up to the log; what it then holds, of the platform's stream first.
    pub(crate) fn project(&self) -> Result<Vec<StreamReport>, Failure> {
        let books = self.folder.books()?;
        projector::project(&self.ledger, &books, &Options::default(), &mut |_| {})?;
        let book = self.folder.book()?;
        let report = |(_, stream)| Ok(book.report(&stream)?);
        streams(&self.recording)?.into_iter().map(report).collect()
    }

    /// Reads each object that the book is not sure of once, and imports the answers; how many there were.
    pub(crate) fn read_wanted(&mut self) -> Result<usize, Failure> {
        let at_us = self.recording.end_us();
        for (object, id) in self.wanted()? {
            let line = self.recording.observe(&object, &id, at_us, READ_MS);
            let absent = || ShellError::Demo(format!("the simulator has no {object} {id}"));
            self.reads.push(line.ok_or_else(absent)?);
        }
        let lines = self.reads.iter().map(String::as_str);
        import(
            &mut self.ledger,
            &self.stream,
            &self.folder.rejects_path(),
            lines,
        )?;
        Ok(self.reads.len())
    }

    /// The digests of a second book, made from the same lines in another order, and how the first compares with the truth.
    pub(crate) fn reorder_and_compare(&mut self) -> Result<(Vec<BookDigest>, Comparison), Failure> {
        let other = self
            .other_order
            .take()
            .expect("the delivery was imported before");
        let mut ledger = other
            .join()
            .expect("a panic there is a panic here")
            .map_err(ShellError::Demo)?;
        let path = self.other_path();
        import(
            &mut ledger,
            &self.stream,
            &path,
            self.reads.iter().map(String::as_str),
        )?;
        let streams = streams(&self.recording)?;
        let digests = thread::spawn(move || {
            let streams = streams.into_iter().map(|(_, stream)| stream);
            digests_of(&path, streams, &ledger).map_err(|failure| failure.to_string())
        });
        let comparison = self.compare()?;
        let digests = digests
            .join()
            .expect("a panic there is a panic here")
            .map_err(ShellError::Demo)?;
        Ok((digests, comparison))
    }

    /// Holds the books of all accounts against the truth.
    pub(crate) fn compare(&self) -> Result<Comparison, Failure> {
        let book = self.folder.book()?;
        let mut whole = Comparison::default();
        for (account, stream) in streams(&self.recording)? {
            let truth = Truth {
                objects: &mut true_objects(&self.recording, &account),
                sums: true_sums(&self.recording, &account),
            };
            whole.add(compare::compare(&book, &stream, truth)?);
        }
        Ok(whole)
    }

    /// Holds some objects of the platform's book against what is said to be true of them.
    #[cfg(test)]
    pub(crate) fn compare_objects(&self, objects: &[Value]) -> Result<Comparison, Failure> {
        compare::compare_objects(&self.folder.book()?, &self.stream, objects)
    }

    /// Holds the platform's book against what is said to be the truth.
    #[cfg(test)]
    pub(crate) fn compare_with(&self, truth: Truth<'_>) -> Result<Comparison, Failure> {
        compare::compare(&self.folder.book()?, &self.stream, truth)
    }

    /// Every object of the platform's as it is in the end.
    #[cfg(test)]
    pub(crate) fn true_objects(&self) -> impl Iterator<Item = Value> {
        true_objects(&self.recording, self.recording.account())
    }

    /// What the platform's balance transactions sum up to in the end.
    #[cfg(test)]
    pub(crate) fn true_sums(&self) -> Sums {
        true_sums(&self.recording, self.recording.account())
    }

    /// What the book finds odd, or is not sure of, as text.
    #[cfg(test)]
    pub(crate) fn odd(&self) -> Vec<String> {
        let sql = "SELECT object_id || ' ' || code || ': ' || what FROM findings
                   UNION ALL SELECT object_id || ' wanted: ' || reason FROM wanted ORDER BY 1";
        let book = self.folder.book().unwrap();
        let mut statement = book.connection().prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// The event that is not delivered at first.
    pub(crate) fn withheld(&self) -> Option<&Event> {
        let withheld = self.withheld.as_deref()?;
        let mut events = self.recording.events().iter();
        events.find(|event| *event.id == *withheld)
    }

    /// Delivers the withheld event after all.
    pub(crate) fn deliver_withheld(&mut self) -> Result<(), Failure> {
        let line = self.withheld().map(|event| event.body.clone());
        let rejects = self.folder.rejects_path();
        import(
            &mut self.ledger,
            &self.stream,
            &rejects,
            line.as_deref().into_iter(),
        )?;
        Ok(())
    }

    /// Kind and id, Stripe's own, of each object that must be read.
    fn wanted(&self) -> Result<Vec<(String, String)>, Failure> {
        let sql = "SELECT DISTINCT iif(w.reason = 'stale_list', w.object_type || '_line_list', w.object_type),
                          coalesce(p.invoice_payment_id, w.object_id)
                   FROM wanted AS w LEFT JOIN invoice_payments AS p
                     ON w.object_type = 'invoice_payment' AND p.stream = w.stream AND p.id = w.object_id
                   ORDER BY 1, 2";
        let book = self.folder.book()?;
        let mut statement = book.connection().prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Every account with its stream, the platform's first.
fn streams(recording: &Recording) -> Result<Vec<(String, StreamId)>, Failure> {
    let stream = |account: &str| {
        let stream = StreamId::new(account, recording.livemode())?;
        Ok((account.to_owned(), stream))
    };
    recording.accounts().into_iter().map(stream).collect()
}

/// Every object of an account as it is in the end, lists that no object shows whole among them, the balance last.
fn true_objects<'r>(recording: &'r Recording, account: &'r str) -> impl Iterator<Item = Value> {
    let truth = recording.truth_of(account);
    let (objects, lists) = (truth.objects(), truth.lists());
    let texts = objects.chain(lists).map(|(_, _, text)| text);
    let texts = texts.chain([truth.balance()]);
    texts.map(|text| serde_json::from_str(&text).expect("the simulator writes JSON"))
}

/// What an account's balance transactions sum up to in the end.
fn true_sums(recording: &Recording, account: &str) -> Sums {
    let sums = recording.truth_of(account).sums().into_iter();
    let named = sums.map(|((currency, category), sum)| {
        let count = i64::try_from(sum.count).unwrap_or(i64::MAX);
        let numbers = [count, sum.amount_minor, sum.fee_minor, sum.net_minor];
        ((currency.to_owned(), category.to_owned()), numbers)
    });
    named.collect()
}

/// The digests of a book of this log, made in `path`; the folder is gone afterwards.
fn digests_of(
    path: &Path,
    mut streams: impl Iterator<Item = StreamId>,
    log: &dyn Log,
) -> Result<Vec<BookDigest>, Failure> {
    let books = Books::open(path)?;
    projector::project(log, &books, &Options::default(), &mut |_| {})?;
    let book = projector::open_book_readonly(path)?;
    let digests = streams.try_fold(Vec::new(), |mut digests, stream| {
        digests.push(book.digest(&stream)?);
        Ok::<_, Failure>(digests)
    })?;
    drop(book);
    fs::remove_dir_all(path).map_err(failed("remove", path))?;
    Ok(digests)
}

fn import<'l>(
    ledger: &mut dyn Ledger,
    stream: &StreamId,
    rejects: &Path,
    lines: impl Iterator<Item = &'l str>,
) -> Result<Tally, Failure> {
    let mut intake = Intake::new(ledger, stream, Source::Import, rejects, &now_us);
    for (index, line) in lines.enumerate() {
        let line_number = index as u64 + 1;
        let origin = Origin {
            file: "simulator",
            line: line_number,
            last_line: line_number,
            item: None,
        };
        intake.offer(origin, line.as_bytes().to_vec())?;
    }
    Ok(intake.finish()?)
}

/// The lines in an order that has nothing to do with the one they came in, and is the same each time.
fn shuffled(lines: Vec<Arc<str>>) -> Vec<Arc<str>> {
    let mut keyed: Vec<(u64, Arc<str>)> = (1..)
        .map(|place: u64| place.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .zip(lines)
        .collect();
    keyed.sort_unstable_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, line)| line).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::shuffled;

    #[test]
    fn another_order_is_another_and_has_the_same_lines() {
        let lines: Vec<Arc<str>> = (0..100).map(|n| format!("{n:03}").into()).collect();
        let mut other = shuffled(lines.clone());
        let is_moved = |(one, other): &(&Arc<str>, &Arc<str>)| one != other;
        assert!(lines.iter().zip(&other).filter(is_moved).count() > 90);
        let backwards = other.windows(2).filter(|pair| pair[0] > pair[1]).count();
        assert!(backwards > 30, "{backwards} lines come after a later one");
        other.sort();
        assert_eq!(other, lines);
    }
}
