//! The first exchange: every entry read once, on all threads, and what it says put with its object.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use book::Register;
use facts::{Fact, Notice, ObjectKey};
use ledger::{EntryRef, Log, StreamId, StreamInfo};

use crate::ProjectorError;
use crate::entries::Entries;
use crate::report::Progress;
use crate::source::{clock_of, read};

/// Entries that a thread takes at a time.
const SHARE: u64 = 1024;

/// Facts of an object that wait to be joined with its register: joining many at once is cheaper, keeping few is smaller.
const WAITING_MAX: usize = 16;

/// Objects with what is known of them, in no order.
pub(super) type Part = HashMap<ObjectKey, Pending>;

/// What is known of one object so far.
#[derive(Default)]
pub(super) struct Pending {
    register: Register,
    waiting: Vec<Fact>,
    entries: Entries,
}

/// All that a stream says.
pub(super) struct Gathered {
    /// The objects, parted by a hash of their ids.
    pub(super) parts: Vec<Part>,
    /// Each oddity once, as first seen, in order.
    pub(super) notices: Vec<Notice>,
    /// Stripe's latest second.
    pub(super) clock_s: Option<i64>,
}

impl Pending {
    /// The register of all facts, and the entries that held them.
    pub(super) fn finish(mut self) -> (Register, Entries) {
        self.register.extend(self.waiting);
        (self.register, self.entries)
    }

    fn push(&mut self, fact: Fact) {
        self.entries.push(fact.seq());
        self.waiting.push(fact);
        if self.waiting.len() >= WAITING_MAX {
            self.register.extend(self.waiting.drain(..));
        }
    }

    fn join(&mut self, other: Pending) {
        self.register.join(other.register);
        self.waiting.extend(other.waiting);
        self.entries.join(&other.entries);
    }
}

/// Reads a stream up to the head in `info` on so many threads, into as many parts.
pub(super) fn gather(
    log: &dyn Log,
    info: &StreamInfo,
    threads: usize,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Gathered, ProjectorError> {
    let stream = &info.stream;
    let entries = info.head.seq;
    let shares = Shares {
        stream,
        entries,
        next: AtomicU64::new(1),
        parts: threads,
    };
    let readers = (1..threads)
        .map(|_| log.reader())
        .collect::<Result<Vec<_>, _>>()?;
    let mut tell = |done| {
        progress(Progress {
            stream,
            done,
            entries,
        });
    };
    let shares = &shares;
    thread::scope(|scope| {
        let others: Vec<_> = readers
            .into_iter()
            .map(|reader| scope.spawn(move || shares.take(&*reader, &mut |_| ())))
            .collect();
        let mut all = vec![shares.take(log, &mut tell)?];
        for other in others {
            all.push(other.join().expect("a reading thread does not panic")?);
        }
        Ok(exchange(all))
    })
}

/// What is left to read of a stream, for whoever comes first.
struct Shares<'s> {
    stream: &'s StreamId,
    entries: u64,
    next: AtomicU64,
    parts: usize,
}

impl Shares<'_> {
    fn take(&self, log: &dyn Log, tell: &mut dyn FnMut(u64)) -> Result<Gathered, ProjectorError> {
        let mut gathered = Gathered {
            parts: (0..self.parts).map(|_| Part::new()).collect(),
            notices: Vec::new(),
            clock_s: None,
        };
        loop {
            let first = self.next.fetch_add(SHARE, Ordering::Relaxed);
            if first > self.entries {
                return Ok(gathered);
            }
            let last = self.entries.min(first + SHARE - 1);
            log.read(self.stream, first..=last, &mut |entry| {
                gathered.add(&entry);
                ControlFlow::Continue(())
            })?;
            tell(last);
        }
    }
}

impl Gathered {
    fn add(&mut self, entry: &EntryRef<'_>) {
        self.clock_s = self.clock_s.max(clock_of(entry));
        let reading = read(entry);
        self.notices.extend(reading.notices);
        let parts = self.parts.len();
        for fact in reading.facts {
            let part = &mut self.parts[part_of(&fact.object().id, parts)];
            // Most facts are of objects that are known, and looking does not copy the key.
            match part.get_mut(fact.object()) {
                Some(pending) => pending.push(fact),
                None => part.entry(fact.object().clone()).or_default().push(fact),
            }
        }
    }
}

/// Brings what all threads gathered of one object together.
fn exchange(all: Vec<Gathered>) -> Gathered {
    let mut all = all.into_iter();
    let mut whole = all.next().expect("there is at least one thread");
    for other in all {
        whole.clock_s = whole.clock_s.max(other.clock_s);
        whole.notices.extend(other.notices);
        for (part, others) in whole.parts.iter_mut().zip(other.parts) {
            for (key, pending) in others {
                part.entry(key).or_default().join(pending);
            }
        }
    }
    whole.notices.sort_unstable();
    whole
        .notices
        .dedup_by(|later, first| same_oddity(later, first));
    whole
}

/// FNV-1a: the parts are only for the threads, and need no more than an even spread.
fn part_of(id: &str, parts: usize) -> usize {
    let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    id.bytes().fold(0x811c_9dc5, mix) as usize % parts
}

fn same_oddity(one: &Notice, other: &Notice) -> bool {
    (&one.claim, one.code, &one.path) == (&other.claim, other.code, &other.path)
}
