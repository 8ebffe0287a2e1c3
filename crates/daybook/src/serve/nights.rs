//! What past nights came to, for whoever watches serve: read from the log when somebody asks, and only if a run has left something since.
//! Reconciles nothing.

use std::collections::BTreeMap;
use std::sync::Mutex;

use ledger::{Log, SqliteLedger, StreamId};
use reconcile::{ACCEPTED, RUN};

use crate::failure::Failure;
use crate::folder::Folder;
use crate::past;
use crate::report::{self, Watched};

/// The nights of a folder's streams.
pub(super) struct Nights {
    folder: Folder,
    known: Mutex<BTreeMap<StreamId, Known>>,
}

/// What is known of a stream.
struct Known {
    /// The last entry that was looked at.
    seq: u64,
    watched: Watched,
}

impl Nights {
    /// Nothing is known yet.
    pub(super) fn new(folder: Folder) -> Self {
        Self {
            folder,
            known: Mutex::default(),
        }
    }

    /// The numbers for Prometheus, without OpenMetrics' last line: where they can't be read, those of the time before.
    pub(super) fn text(&self) -> String {
        let mut known = self.known.lock().expect("whoever holds it does not panic");
        let is_read = self.refresh(&mut known).is_ok();
        let watched: Vec<Watched> = known.values().map(|one| one.watched.clone()).collect();
        told(is_read, &watched)
    }

    fn refresh(&self, known: &mut BTreeMap<StreamId, Known>) -> Result<(), Failure> {
        let log = self.folder.log()?;
        for info in log.streams()? {
            let stream = info.stream;
            let seq = log.head(&stream)?.seq;
            let before = known.get_mut(&stream);
            let from = before.as_ref().map_or(0, |before| before.seq);
            if let (Some(before), false) = (before, has_more(&log, &stream, from, seq)?) {
                before.seq = seq;
                continue;
            }
            let watched = self.read(&log, &stream)?;
            known.insert(stream, Known { seq, watched });
        }
        Ok(())
    }

    fn read(&self, log: &SqliteLedger, stream: &StreamId) -> Result<Watched, Failure> {
        let memory = past::open(&self.folder, log, stream)?;
        Ok(Watched::read(&memory, stream)?)
    }
}

/// The text for these streams.
pub(super) fn told(is_read: bool, watched: &[Watched]) -> String {
    let name = "daybook_nights_readable";
    let help = "1 if what past runs left could be read just now";
    let number = u8::from(is_read);
    let text = report::prometheus(watched);
    format!("# HELP {name} {help}.\n# TYPE {name} gauge\n{name} {number}\n{text}")
}

/// Whether a run or a person left something behind this entry.
fn has_more(log: &dyn Log, stream: &StreamId, seq: u64, head: u64) -> Result<bool, Failure> {
    for type_ in [RUN, ACCEPTED] {
        if seq < head && !log.control_seqs(stream, type_, seq + 1..=head)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}
