//! Times of which Stripe lists no events any more: what the lists showed that were read instead. It asks the log and the book, and Stripe
//! nothing.

use std::ops::ControlFlow;

use ledger::{EntryRef, Kind, Log, Source, StreamId};
use projector::OpenBook;
use serde_json::Value;
use sync::{Gap, gaps_told};

use super::crew::Crew;
use super::work::About;
use crate::causes::own_object;
use crate::compare::{id_of, map_of};
use crate::{ClosedGap, ReconcileError};

/// How many of the newest words on an object are looked at for the newest by Stripe's second.
const WORDS_MAX: usize = 10;

/// What the log's words on an object itself were before the lists were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Unknown,
    Other,
    Same,
}

/// Notes the gaps of which the log tells since the entry `after_seq`. The book must be level with the log.
pub(super) async fn note(crew: &Crew, after_seq: u64) -> Result<(), ReconcileError> {
    let run = crew.case.run;
    let log = crew.desk.with(|clerk| Ok(clerk.log().reader()?)).await?;
    let noted = crew.table.with(move |bench| {
        let (work, book, stream) = bench.parts()?;
        for gap in closed(&*log, book, stream, after_seq)? {
            let text = serde_json::to_string(&gap).expect("numbers can be written as JSON");
            work.remark(run, About::Gap, &text)?;
        }
        Ok(())
    });
    noted.await
}

/// The gaps that were closed behind an entry. Where nothing was ever followed before, nothing is missed.
fn closed(
    log: &dyn Log,
    book: &OpenBook,
    stream: &StreamId,
    after_seq: u64,
) -> Result<Vec<ClosedGap>, ReconcileError> {
    let mut closed = Vec::new();
    let mut first_seq = after_seq + 1;
    for (seq, gap) in gaps_told(log, stream, first_seq..=u64::MAX)? {
        if let Some(from_s) = gap.from_s {
            let reading = Reading {
                log: &*log.reader()?,
                book,
                stream,
                gap,
                first_seq: None,
            };
            let (new, changed) = reading.count(log, first_seq, seq)?;
            closed.push(ClosedGap {
                from_s,
                until_s: gap.listed_from_s(),
                new,
                changed,
            });
        }
        first_seq = seq + 1;
    }
    Ok(closed)
}

/// The reading of all lists that closed a gap.
struct Reading<'a> {
    /// For looking back, while another handle goes through the entries.
    log: &'a dyn Log,
    book: &'a OpenBook,
    stream: &'a StreamId,
    gap: Gap,
    /// Its first entry, once it was come upon.
    first_seq: Option<u64>,
}

impl Reading<'_> {
    /// How many objects it showed that were unknown, and how many that were otherwise.
    fn count(
        mut self,
        log: &dyn Log,
        first_seq: u64,
        last_seq: u64,
    ) -> Result<(u64, u64), ReconcileError> {
        let (mut new, mut changed, mut failed) = (0, 0, None);
        log.read(self.stream, first_seq..=last_seq, &mut |entry| {
            if !self.has(&entry) {
                return ControlFlow::Continue(());
            }
            match self.before(&entry) {
                Ok(before) => {
                    new += u64::from(before == Some(Before::Unknown));
                    changed += u64::from(before == Some(Before::Other));
                    ControlFlow::Continue(())
                }
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        failed.map_or(Ok((new, changed)), Err)
    }

    /// Whether an entry is of this reading: an older backfill is none of its business.
    fn has(&self, entry: &EntryRef<'_>) -> bool {
        entry.source == Source::Backfill
            && entry.kind == Kind::Observation
            && entry.created_s >= self.gap.until_s
    }

    /// How it was with the entry's object when the reading began; none if the books hold no such objects, or it was counted.
    fn before(&mut self, entry: &EntryRef<'_>) -> Result<Option<Before>, ReconcileError> {
        let first_seq = *self.first_seq.get_or_insert(entry.seq);
        let Some((stripes_id, shown)) = shown(entry) else {
            return Ok(None);
        };
        let Some(map) = shown["object"].as_str().and_then(map_of) else {
            return Ok(None);
        };
        let id = id_of(map, &shown);
        let seqs = self.book.entries_of(self.stream, map.object, &id)?;
        let is_within = |seq: &u64| (first_seq..entry.seq).contains(seq);
        for seq in seqs.iter().copied().filter(is_within) {
            if self.word(seq, stripes_id, true)?.is_some() {
                return Ok(None);
            }
        }
        let mut words = Vec::new();
        for seq in seqs.into_iter().rev().filter(|seq| *seq < first_seq) {
            words.extend(self.word(seq, stripes_id, false)?);
            if words.len() == WORDS_MAX {
                break;
            }
        }
        if words.is_empty() {
            return Ok(Some(Before::Unknown));
        }
        let newest_s = words.iter().map(|(created_s, _)| *created_s).max();
        let mut newest = words
            .iter()
            .filter(|(created_s, _)| Some(*created_s) == newest_s);
        let is_same = newest.any(|(_, word)| *word == shown);
        Ok(Some(if is_same { Before::Same } else { Before::Other }))
    }

    /// Stripe's second of an entry and what it says the object is; none if it is about another, or not of this reading where that is asked.
    fn word(
        &self,
        seq: u64,
        stripes_id: &str,
        is_of_this: bool,
    ) -> Result<Option<(i64, Value)>, ReconcileError> {
        let mut word = None;
        self.log.read(self.stream, seq..=seq, &mut |entry| {
            if !is_of_this || self.has(&entry) {
                word = own_object(&entry, stripes_id).map(|object| (entry.created_s, object));
            }
            ControlFlow::Break(())
        })?;
        Ok(word)
    }
}

/// The id under which Stripe has the entry's object, and the object.
fn shown<'e>(entry: &EntryRef<'e>) -> Option<(&'e str, Value)> {
    let stripes_id = entry.object_id?;
    Some((stripes_id, own_object(entry, stripes_id)?))
}
