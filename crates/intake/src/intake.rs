//! The door: one body in, one entry out, in the stream that it names, in batches. Reads no file and understands no object.

use std::collections::BTreeSet;
use std::path::Path;

use facts::{Envelope, EnvelopeError};
use ledger::{Kind, Ledger, NewEntry, Outcome, OwnedEntry, Role, Source, StreamId};

use crate::dictionary::train_first;
use crate::{Clock, Door, IntakeError, Origin, Rejects};

/// A batch is committed when it holds this many entries …
const BATCH_ENTRIES: usize = 4096;
/// … or this many bytes of bodies, whichever comes first.
const BATCH_BYTES: usize = 32 << 20;
/// Of more rejects the files themselves tell.
const NOTED_MAX: usize = 10;

/// What came of everything offered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Events appended, renderings and conflicts among them.
    pub events: u64,
    /// Notifications appended.
    pub notifications: u64,
    /// Observations appended.
    pub observations: u64,
    /// Bodies that the log held already.
    pub duplicates: u64,
    /// Of those appended: the same id in another API version.
    pub renderings: u64,
    /// Of those appended: the same id and version with other content.
    pub conflicts: u64,
    /// Bodies set aside.
    pub rejected: u64,
    /// The first of them, ten at most.
    pub first_rejects: Vec<Rejected>,
    /// Streams that were opened, in that order.
    pub opened: Vec<StreamId>,
}

/// A body that was set aside: what stands in its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The file, or `-` for standard input.
    pub file: String,
    /// Its first line, counted from 1.
    pub line: u64,
    /// Its place in the list that stands there, counted from 1, if it comes from one.
    pub item: Option<usize>,
    /// What is wrong, and what to do.
    pub reason: String,
}

impl Tally {
    /// Entries appended, without the control entries that opened streams.
    #[must_use]
    pub fn appended(&self) -> u64 {
        self.events + self.notifications + self.observations
    }
}

/// An open door to one ledger. What was offered is in the log once [`Intake::finish`] has returned.
pub struct Intake<'a> {
    ledger: &'a mut dyn Ledger,
    door: Door,
    clock: Clock<'a>,
    rejects: Rejects<'a>,
    known: BTreeSet<StreamId>,
    /// The log has a dictionary, or one was trained, or could not be.
    is_trained: bool,
    batch: Vec<OwnedEntry>,
    batch_bytes: usize,
    tally: Tally,
}

impl<'a> Intake<'a> {
    /// A door to `ledger`. What names no account or mode belongs to `default`; what can't enter goes to `rejects`.
    pub fn new(
        ledger: &'a mut dyn Ledger,
        default: &StreamId,
        source: Source,
        rejects: &Path,
        clock: Clock<'a>,
    ) -> Self {
        Self {
            ledger,
            door: Door::new(default, source),
            clock,
            rejects: Rejects::new(rejects, clock),
            known: BTreeSet::new(),
            is_trained: false,
            batch: Vec::new(),
            batch_bytes: 0,
            tally: Tally::default(),
        }
    }

    /// Opens the default stream if it has no entry yet.
    pub fn open_default(&mut self) -> Result<(), IntakeError> {
        self.open(&self.door.default_stream().clone())
    }

    /// Takes one body, or sets it aside and says why in its reason.
    pub fn offer(&mut self, origin: Origin<'_>, body: Vec<u8>) -> Result<(), IntakeError> {
        match facts::envelope(&body) {
            Ok(envelope) => self.enter(origin, envelope, body),
            Err(error) => self.refuse(origin, &error, &body),
        }
    }

    /// Takes one body whose envelope has been read.
    pub(crate) fn enter(
        &mut self,
        origin: Origin<'_>,
        envelope: Envelope,
        body: Vec<u8>,
    ) -> Result<(), IntakeError> {
        let entry = match self.door.entry(envelope, body, (self.clock)()) {
            Ok(entry) => entry,
            Err(refused) => return self.set_aside(origin, &refused.reason, &refused.body),
        };
        self.open(&entry.stream)?;
        self.batch_bytes += entry.body.len();
        self.batch.push(entry);
        if self.batch.len() >= BATCH_ENTRIES || self.batch_bytes >= BATCH_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Sets one body aside.
    pub(crate) fn refuse(
        &mut self,
        origin: Origin<'_>,
        error: &EnvelopeError,
        body: &[u8],
    ) -> Result<(), IntakeError> {
        self.set_aside(origin, &error.to_string(), body)
    }

    /// Sets one body aside, for this reason.
    pub(crate) fn set_aside(
        &mut self,
        origin: Origin<'_>,
        reason: &str,
        body: &[u8],
    ) -> Result<(), IntakeError> {
        self.rejects.set_aside(origin, reason, body)?;
        self.count_reject(origin, reason);
        Ok(())
    }

    /// Counts a reject that was written by hand.
    pub(crate) fn count_reject(&mut self, origin: Origin<'_>, reason: &str) {
        self.tally.rejected += 1;
        if self.tally.first_rejects.len() < NOTED_MAX {
            self.tally.first_rejects.push(Rejected {
                file: origin.file.to_owned(),
                line: origin.line,
                item: origin.item,
                reason: reason.to_owned(),
            });
        }
    }

    /// Where rejects go.
    pub(crate) fn rejects(&mut self) -> &mut Rejects<'a> {
        &mut self.rejects
    }

    /// The stream of what names none.
    pub(crate) fn default_stream(&self) -> &StreamId {
        self.door.default_stream()
    }

    /// Appends what still waits; what came of everything.
    pub fn finish(mut self) -> Result<Tally, IntakeError> {
        self.flush()?;
        if self.tally.rejected > 0 {
            self.rejects.sync()?;
        }
        Ok(self.tally)
    }

    /// Sees that a stream begins with the control entry that opens it.
    fn open(&mut self, stream: &StreamId) -> Result<(), IntakeError> {
        if self.known.contains(stream) {
            return Ok(());
        }
        if self.ledger.open_stream(stream, (self.clock)())? {
            self.tally.opened.push(stream.clone());
        }
        self.known.insert(stream.clone());
        Ok(())
    }

    fn flush(&mut self) -> Result<(), IntakeError> {
        let batch: Vec<NewEntry<'_>> = self.batch.iter().map(OwnedEntry::as_new_entry).collect();
        let outcomes = self.ledger.append(&batch)?;
        for (entry, outcome) in self.batch.iter().zip(outcomes) {
            self.tally.count(entry.kind, outcome);
        }
        self.batch.clear();
        self.batch_bytes = 0;
        self.train()
    }

    /// Gives a log its first dictionary once there is enough to learn from; later ones are made by command.
    fn train(&mut self) -> Result<(), IntakeError> {
        if self.is_trained {
            return Ok(());
        }
        self.is_trained = train_first(self.ledger, &self.known, (self.clock)())?;
        Ok(())
    }
}

impl Tally {
    fn count(&mut self, kind: Kind, outcome: Outcome) {
        let Outcome::Appended { role, .. } = outcome else {
            self.duplicates += 1;
            return;
        };
        match kind {
            Kind::Event => self.events += 1,
            Kind::Notification => self.notifications += 1,
            Kind::Observation => self.observations += 1,
            Kind::Control => {}
        }
        match role {
            Role::Original => {}
            Role::Rendering => self.renderings += 1,
            Role::Conflict => self.conflicts += 1,
        }
    }
}
