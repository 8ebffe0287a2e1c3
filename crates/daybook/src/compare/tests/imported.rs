//! A simulated company's lines imported into a real data folder, projected, and held against the truth: what is sent and read
//! comes as lines, without a Stripe to ask. It asserts nothing.

use std::path::Path;

use intake::{Intake, Origin, Tally};
use ledger::{Ledger, Source, SqliteLedger, StreamId};
use projector::{Options, StreamReport};
use serde_json::Value;
use simulator::{Delivered, Delivery, Event, Recording};

use crate::compare::recorded::{compare_recorded, streams, true_objects, true_sums};
use crate::compare::{Comparison, Sums, Truth, compare, compare_objects, expect_listed};
use crate::failure::{Failure, ShellError};
use crate::folder::Folder;
use crate::shell::now_us;

/// Milliseconds that a read of the simulator is said to take.
const READ_MS: i64 = 120;

/// A company, what was delivered of it, and a data folder that holds it.
pub(crate) struct Imported {
    folder: Folder,
    ledger: SqliteLedger,
    stream: StreamId,
    recording: Recording,
    delivered: Vec<Delivered>,
    /// The id of the event that is not delivered, if the company wrote anything off.
    withheld: Option<String>,
    /// Reads that were made because the book wanted them.
    reads: Vec<String>,
}

impl Imported {
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
        })
    }

    /// Imports what is delivered.
    pub(crate) fn import(&mut self) -> Result<Tally, Failure> {
        let lines = self.delivered.iter().map(|one| &*one.line);
        import(
            &mut self.ledger,
            &self.stream,
            &self.folder.rejects_path(),
            lines,
        )
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

    /// Holds the books of all accounts against the truth.
    pub(crate) fn compare(&self) -> Result<Comparison, Failure> {
        compare_recorded(&self.folder.book()?, &self.recording)
    }

    /// Holds some objects of the platform's book against what is said to be true of them.
    pub(crate) fn compare_objects(&self, objects: &[Value]) -> Result<Comparison, Failure> {
        let objects = objects.iter().cloned();
        expect_listed(compare_objects(
            &self.folder.book()?,
            &self.stream,
            objects,
        )?)
    }

    /// Holds the platform's book against what is said to be the truth.
    pub(crate) fn compare_with(&self, truth: Truth<'_>) -> Result<Comparison, Failure> {
        expect_listed(compare(&self.folder.book()?, &self.stream, truth)?)
    }

    /// Every object of the platform's as it is in the end.
    pub(crate) fn true_objects(&self) -> impl Iterator<Item = Value> {
        true_objects(&self.recording, self.recording.account())
    }

    /// What the platform's balance transactions sum up to in the end.
    pub(crate) fn true_sums(&self) -> Sums {
        true_sums(&self.recording, self.recording.account())
    }

    /// What the book finds odd, or is not sure of, as text.
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
