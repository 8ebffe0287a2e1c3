//! The checker: recomputes what a log claims, from its entries alone. Changes nothing, repairs nothing.
//!
//! Entries are held by the chain; the ledger's meta and its dictionaries by control entries that have their hashes; the tallies
//! of kinds and types by counting. The tally of duplicates is held by nothing.
//!
//! A chain alone can't see that its tail was cut off or written anew; a head kept elsewhere can.

use std::ops::ControlFlow;

use crate::control::{ADOPTED, OPENED, adopted_text, opened_text};
use crate::tally::{Kept, Tally};
use crate::{DictionaryInfo, EntryRef, Fault, Hash, Head, Kind, LedgerError, Log, StreamId, chain};

/// Entries between two reports of progress.
const PROGRESS_STEP: u64 = 1024;

/// How far the check of one stream is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The stream.
    pub stream: &'a StreamId,
    /// The last entry checked.
    pub seq: u64,
    /// The last entry to check.
    pub head_seq: u64,
}

/// A log that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Each stream, in the order of their texts.
    pub streams: Vec<VerifiedStream>,
}

/// A stream that holds up to its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedStream {
    /// The recomputed head; `head.seq` is the number of entries checked.
    pub head: Head,
    /// How many bodies are erased: their commitments are chained but can't be recomputed.
    pub erased: u64,
    /// The bytes of the bodies that were read.
    pub body_bytes: u64,
}

/// Checks every stream and, with `expected`, that its stream extends that head. The first entry that does
/// not hold is [`LedgerError::Faulty`].
pub fn verify(
    log: &dyn Log,
    expected: Option<&Head>,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Verified, LedgerError> {
    let infos = log.streams()?;
    if let Some(expected) = expected
        && infos.iter().all(|info| info.stream != expected.stream)
    {
        extends(&Head::empty(&expected.stream), None, expected)?;
    }
    let mut streams = Vec::with_capacity(infos.len());
    let mut tallies = Vec::with_capacity(infos.len());
    for info in &infos {
        let expected = expected.filter(|head| head.stream == info.stream);
        let (stream, tally) = walk(log, &info.head, expected, progress)?;
        streams.push(stream);
        tallies.push(tally);
    }
    let mut kept = Kept::of(log)?;
    for (info, tally) in infos.iter().zip(tallies) {
        kept.holds(&info.head, tally)?;
    }
    kept.rest_holds()?;
    Ok(Verified { streams })
}

/// Checks one stream up to `head`, its present one, and that it extends `expected`; for callers that give
/// each stream a thread and a reader.
pub fn verify_stream(
    log: &dyn Log,
    head: &Head,
    expected: Option<&Head>,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<VerifiedStream, LedgerError> {
    let (stream, tally) = walk(log, head, expected, progress)?;
    Kept::of(log)?.holds(head, tally)?;
    Ok(stream)
}

/// Checks the entries of one stream, and counts them.
fn walk(
    log: &dyn Log,
    head: &Head,
    expected: Option<&Head>,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(VerifiedStream, Tally), LedgerError> {
    let stream = &head.stream;
    let mut walk = Walk::from(Head::empty(stream));
    let mut ground = Ground::of(log)?;
    let mut tally = Tally::default();
    let mut hash_at_expected = None;
    let mut outcome = Ok(());
    log.read(stream, 1..=head.seq, &mut |entry| {
        outcome = walk.step(&entry).and_then(|()| ground.bears(&entry));
        if outcome.is_err() {
            return ControlFlow::Break(());
        }
        tally.count(entry.kind, entry.type_, entry.api_version);
        if expected.is_some_and(|expected| expected.seq == entry.seq) {
            hash_at_expected = Some(entry.chain_hash);
        }
        if entry.seq.is_multiple_of(PROGRESS_STEP) || entry.seq == head.seq {
            progress(Progress {
                stream,
                seq: entry.seq,
                head_seq: head.seq,
            });
        }
        ControlFlow::Continue(())
    })?;
    outcome?;
    if walk.at.seq != head.seq {
        return Err(faulty(stream, walk.at.seq + 1, Fault::Missing));
    }
    extends(&walk.at, Some(walk.at.hash), head)?;
    if let Some(expected) = expected {
        extends(&walk.at, hash_at_expected, expected)?;
    }
    ground.is_adopted_by(head)?;
    let verified = VerifiedStream {
        head: walk.at,
        erased: walk.erased,
        body_bytes: walk.body_bytes,
    };
    Ok((verified, tally))
}

/// Checks the last entry of every stream against the one before it: what a torn write would spoil first.
pub(crate) fn verify_tails(log: &dyn Log) -> Result<(), LedgerError> {
    for info in log.streams()? {
        let mut walk = Walk::from(before(log, &info.head)?);
        let mut outcome = Ok(());
        log.read(&info.stream, info.head.seq..=info.head.seq, &mut |entry| {
            outcome = walk.step(&entry);
            ControlFlow::Break(())
        })?;
        outcome?;
        extends(&walk.at, Some(walk.at.hash), &info.head)?;
    }
    Ok(())
}

/// The head as it was before the last entry, as the log has it.
fn before(log: &dyn Log, head: &Head) -> Result<Head, LedgerError> {
    let stream = &head.stream;
    let seq = head.seq.saturating_sub(1);
    if seq == 0 {
        return Ok(Head::empty(stream));
    }
    let mut hash = None;
    log.read(stream, seq..=seq, &mut |entry| {
        hash = Some(entry.chain_hash);
        ControlFlow::Break(())
    })?;
    let hash = hash.ok_or_else(|| faulty(stream, seq, Fault::Missing))?;
    Ok(Head {
        stream: stream.clone(),
        seq,
        hash,
    })
}

/// What a ledger holds besides its entries, as the control entries of one stream must say it.
pub(crate) struct Ground<'a> {
    log: &'a dyn Log,
    meta: Hash,
    dictionaries: Vec<DictionaryInfo>,
    /// How many dictionaries the stream has adopted: they are adopted in the order of their ids, which start at 1.
    adopted: usize,
}

impl<'a> Ground<'a> {
    pub(crate) fn of(log: &'a dyn Log) -> Result<Self, LedgerError> {
        Ok(Self {
            log,
            meta: log.meta_hash()?,
            dictionaries: log.dictionaries()?,
            adopted: 0,
        })
    }

    /// Checks the next entry of the stream, or its next control entry when only those are shown.
    pub(crate) fn bears(&mut self, entry: &EntryRef<'_>) -> Result<(), LedgerError> {
        let adopted = self.adopted as u64;
        let fault = match (entry.dictionary_id, entry.kind, entry.type_) {
            (Some(dictionary_id), _, _) => {
                (dictionary_id != adopted).then_some(Fault::Dictionary {
                    dictionary_id,
                    adopted,
                })
            }
            (None, Kind::Control, OPENED) => {
                let opening = opened_text(entry.stream, self.meta);
                (entry.body != Some(opening.as_bytes())).then_some(Fault::Opening)
            }
            (None, Kind::Control, ADOPTED) => (!self.adopts_next(entry)?).then_some({
                let dictionary_id = adopted + 1;
                Fault::Adoption { dictionary_id }
            }),
            (None, _, _) => None,
        };
        match fault {
            Some(fault) => Err(faulty(entry.stream, entry.seq, fault)),
            None => Ok(()),
        }
    }

    fn adopts_next(&mut self, entry: &EntryRef<'_>) -> Result<bool, LedgerError> {
        if self.adopted == self.dictionaries.len() {
            // It may have been added since they were listed.
            self.dictionaries = self.log.dictionaries()?;
        }
        let next = self.dictionaries.get(self.adopted);
        self.adopted += 1;
        Ok(next.is_some_and(|dictionary| {
            entry.body == Some(adopted_text(entry.stream, dictionary).as_bytes())
        }))
    }

    /// Whether the stream, shown up to `head`, has adopted every dictionary; one that has grown since then may do so later.
    pub(crate) fn is_adopted_by(&self, head: &Head) -> Result<(), LedgerError> {
        let Some(unadopted) = self.log.dictionaries()?.into_iter().nth(self.adopted) else {
            return Ok(());
        };
        if head.seq == 0 || self.log.head(&head.stream)? != *head {
            return Ok(());
        }
        let dictionary_id = unadopted.id;
        Err(faulty(
            &head.stream,
            head.seq,
            Fault::Unadopted { dictionary_id },
        ))
    }
}

/// The recomputed chain, entry by entry.
struct Walk {
    at: Head,
    erased: u64,
    body_bytes: u64,
}

impl Walk {
    fn from(at: Head) -> Self {
        Self {
            at,
            erased: 0,
            body_bytes: 0,
        }
    }

    fn step(&mut self, entry: &EntryRef<'_>) -> Result<(), LedgerError> {
        let seq = self.at.seq + 1;
        let fault = if entry.seq != seq {
            Some(Fault::Missing)
        } else if !self.holds_commitment(entry) {
            Some(Fault::Commitment)
        } else if chain::link(self.at.hash, entry) != entry.chain_hash {
            Some(Fault::Chain)
        } else {
            None
        };
        if let Some(fault) = fault {
            return Err(faulty(&self.at.stream, seq, fault));
        }
        self.at.seq = seq;
        self.at.hash = entry.chain_hash;
        Ok(())
    }

    fn holds_commitment(&mut self, entry: &EntryRef<'_>) -> bool {
        match (entry.salt, entry.body) {
            (Some(salt), Some(body)) => {
                self.body_bytes += body.len() as u64;
                chain::commit(&salt, body) == entry.commitment
            }
            (None, None) => {
                self.erased += 1;
                true
            }
            _ => false,
        }
    }
}

/// Whether a stream whose head is `head`, with `found` at the expected seq, extends `expected`.
fn extends(head: &Head, found: Option<Hash>, expected: &Head) -> Result<(), LedgerError> {
    let found = if expected.seq == 0 {
        Some(Head::empty(&expected.stream).hash)
    } else {
        found
    };
    let fault = match found {
        None => Fault::Unreached { last_seq: head.seq },
        Some(found) if found != expected.hash => Fault::OtherHead {
            expected: expected.hash,
            found,
        },
        Some(_) => return Ok(()),
    };
    Err(faulty(&expected.stream, expected.seq, fault))
}

fn faulty(stream: &StreamId, seq: u64, fault: Fault) -> LedgerError {
    LedgerError::Faulty {
        stream: stream.clone(),
        seq,
        fault,
    }
}
