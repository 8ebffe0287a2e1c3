//! What the log of one stream has come to know, read on as it grows: how each event came first, and which reads of each object there are.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use ledger::{EntryRef, Kind, Log, Source, StreamId};

/// What a log knows of a stream.
#[derive(Default)]
pub(crate) struct Known {
    /// The last entry that was looked at.
    pub(crate) seq: u64,
    /// By id: how each event came first.
    pub(crate) events: BTreeMap<String, Source>,
    /// By the object's id: Stripe's second of each read of it, how it came, and its seq.
    pub(crate) reads: BTreeMap<String, Vec<(i64, Source, u64)>>,
    /// Types of the control entries since the last look.
    pub(crate) controls: Vec<String>,
    /// Kinds of all entries since the last look.
    pub(crate) kinds: Vec<Kind>,
}

impl Known {
    /// Reads on.
    pub(crate) fn read(&mut self, log: &dyn Log, stream: &StreamId) {
        self.controls.clear();
        self.kinds.clear();
        let from = self.seq + 1;
        log.read(stream, from..=u64::MAX, &mut |entry| {
            self.take(&entry);
            ControlFlow::Continue(())
        })
        .unwrap();
    }

    fn take(&mut self, entry: &EntryRef<'_>) {
        self.seq = entry.seq;
        self.kinds.push(entry.kind);
        match entry.kind {
            Kind::Event => {
                let id = entry.id.to_owned();
                self.events.entry(id).or_insert(entry.source);
            }
            Kind::Observation => {
                let object = entry.object_id.unwrap_or_default().to_owned();
                let reads = self.reads.entry(object).or_default();
                reads.push((entry.created_s, entry.source, entry.seq));
            }
            Kind::Control => self.controls.push(entry.type_.to_owned()),
            Kind::Notification => {}
        }
    }

    /// Whether an object was read since a second while the log was brought up to Stripe, before anything was compared.
    pub(crate) fn followed_since(&self, object_id: &str, from_s: i64) -> bool {
        let reads = self.reads.get(object_id).into_iter().flatten();
        let mut reads =
            reads.filter(|(_, source, _)| matches!(source, Source::Poll | Source::Backfill));
        reads.any(|(date_s, ..)| *date_s >= from_s)
    }
}
