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

#[cfg(test)]
mod tests {
    use ledger::{Ledger, Source};
    use reconcile::{Report, findings_notes, run_note};

    use super::*;
    use crate::report::fixture::{self, STREAM};

    /// The night before, on which all was true, and tonight.
    fn nights() -> [Report; 2] {
        let (mut before, tonight) = (fixture::clean(), fixture::report());
        before.run = fixture::runs()[28].clone();
        [before, tonight]
    }

    fn leave(folder: &Folder, report: &Report) {
        let stream: StreamId = STREAM.parse().unwrap();
        let mut ledger = folder.ledger().unwrap();
        let mut notes = findings_notes(&report.run.run, &report.findings);
        notes.push(run_note(&report.run));
        for note in notes {
            let moments = (report.run.ended_s, 0);
            let entry = intake::control(&stream, note.type_, note.body, Source::Sync, moments);
            ledger.append(&[entry.as_new_entry()]).unwrap();
        }
    }

    #[test]
    fn what_a_run_leaves_while_serve_runs_is_told_when_asked_next() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::new(data.path());
        folder.create(&STREAM.parse().unwrap(), 0).unwrap();
        let nights_told = Nights::new(folder.clone());
        let [before, tonight] = nights();
        leave(&folder, &before);
        let last = |report: &Report| {
            let (name, ended_s) = ("daybook_last_run_timestamp_seconds", report.run.ended_s);
            format!("{name}{{stream=\"{STREAM}\"}} {ended_s}\n")
        };
        for _ in 0..2 {
            let text = nights_told.text();
            assert!(text.contains(&last(&before)), "{text}");
            assert!(text.contains("daybook_nights_readable 1\n"), "{text}");
        }
        leave(&folder, &tonight);
        let text = nights_told.text();
        assert!(text.contains(&last(&tonight)), "{text}");
        // The same as of all nights and findings: only the newest and the last true one are asked.
        let mut all = fixture::watched();
        all.runs = nights().map(|report| report.run).to_vec();
        assert_eq!(text, told(true, &[all]));
        std::fs::remove_file(folder.ledger_path()).unwrap();
        let text = nights_told.text();
        assert!(text.contains("daybook_nights_readable 0\n"), "{text}");
        assert!(text.contains(&last(&tonight)), "{text}");
    }
}
