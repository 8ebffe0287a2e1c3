//! Entries of the log read into facts, with the book clock that they set. Writes nothing.

use std::ops::{ControlFlow, RangeInclusive};

use facts::{EntryText, Fact, Notice};
use ledger::{EntryRef, Hash, Kind, Log, StreamId};

use crate::ProjectorError;

/// A run of entries, read.
#[derive(Default)]
pub(crate) struct Passage {
    /// About objects.
    pub(crate) facts: Vec<Fact>,
    /// Oddities in the entries.
    pub(crate) notices: Vec<Notice>,
    /// Stripe's latest second among them.
    pub(crate) clock_s: Option<i64>,
    /// The last entry, if there was one.
    pub(crate) last: Option<(u64, Hash)>,
}

/// Reads these entries of a stream.
pub(crate) fn read_entries(
    log: &dyn Log,
    stream: &StreamId,
    seqs: RangeInclusive<u64>,
) -> Result<Passage, ProjectorError> {
    let mut passage = Passage::default();
    log.read(stream, seqs, &mut |entry| {
        passage.clock_s = passage.clock_s.max(clock_of(&entry));
        passage.last = Some((entry.seq, entry.chain_hash));
        let reading = read(&entry);
        passage.facts.extend(reading.facts);
        passage.notices.extend(reading.notices);
        ControlFlow::Continue(())
    })?;
    Ok(passage)
}

/// Stripe's second of an entry that has one.
pub(crate) fn clock_of(entry: &EntryRef<'_>) -> Option<i64> {
    matches!(entry.kind, Kind::Event | Kind::Observation).then_some(entry.created_s)
}

/// What one entry says; an erased body says only that it was erased.
#[must_use]
pub fn read(entry: &EntryRef<'_>) -> facts::Reading {
    if entry.kind == Kind::Control {
        return facts::Reading::default();
    }
    let Some(body) = entry.body else {
        return facts::Reading {
            facts: Vec::new(),
            notices: vec![Notice {
                claim: entry.id.into(),
                code: "erased",
                path: "".into(),
                seq: entry.seq,
            }],
        };
    };
    facts::read(&EntryText {
        kind: match entry.kind {
            Kind::Event => facts::Kind::Event,
            Kind::Notification => facts::Kind::Notification,
            Kind::Observation => facts::Kind::Observation,
            Kind::Control => facts::Kind::Control,
        },
        id: entry.id,
        type_: entry.type_,
        api_version: entry.api_version,
        created_s: entry.created_s,
        seq: entry.seq,
        body,
    })
}
