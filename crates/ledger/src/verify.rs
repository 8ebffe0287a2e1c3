//! The checker: recomputes what a log claims, from its entries alone. Changes nothing, repairs nothing.
//!
//! A chain alone can't see that its tail was cut off or written anew; a head kept elsewhere can.

use std::ops::ControlFlow;

use crate::{EntryRef, Fault, Hash, Head, LedgerError, Log, StreamId, chain};

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
    for info in &infos {
        let expected = expected.filter(|head| head.stream == info.stream);
        streams.push(verify_stream(log, &info.head, expected, progress)?);
    }
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
    let stream = &head.stream;
    let mut walk = Walk::from(Head::empty(stream));
    let mut hash_at_expected = None;
    let mut outcome = Ok(());
    log.read(stream, 1..=head.seq, &mut |entry| {
        outcome = walk.step(&entry);
        if outcome.is_err() {
            return ControlFlow::Break(());
        }
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
    Ok(VerifiedStream {
        head: walk.at,
        erased: walk.erased,
        body_bytes: walk.body_bytes,
    })
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
