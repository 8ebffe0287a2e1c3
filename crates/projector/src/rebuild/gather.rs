//! The first exchange: every entry read once, on all threads, and what it says put with its object.
//!
//! Objects are held in memory while they fit the budget. When they do not, all that a thread holds is laid aside in the
//! order of the objects, again and again; who reads on brings the portions of an object together.

use std::collections::HashMap;
use std::mem::size_of;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use book::Register;
use facts::{Fact, Notice, ObjectKey};
use ledger::{EntryRef, Log, StreamId, StreamInfo};

use super::Means;
use super::merge::{Sorted, Sorter};
use super::portion::write_packed;
use super::run::{Run, Spool};
use super::weight;
use crate::ProjectorError;
use crate::entries::Entries;
use crate::report::Step;
use crate::source::{clock_of, read};

/// Entries that a thread takes at a time.
const SHARE: u64 = 1024;

/// Facts of an object that wait to be joined with its register: joining many at once is cheaper, keeping few is smaller.
const WAITING_MAX: usize = 16;

/// A place in a hash table, of which a quarter or more are empty.
const PLACE_BYTES: usize = size_of::<(ObjectKey, Pending)>() * 3 / 2;

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
    pub(super) objects: Objects,
    /// The oddities; one that was seen more than once stands there as often.
    pub(super) notices: Vec<Sorted<Notice>>,
    /// Stripe's latest second.
    pub(super) clock_s: Option<i64>,
}

/// What all threads know of the objects.
pub(super) enum Objects {
    /// By a hash of their ids, what each thread knows of that part.
    Held(Vec<Vec<Part>>),
    /// Everything is laid aside, in so many portions.
    Laid { runs: Vec<Run>, portions: u64 },
}

impl Pending {
    /// The register of all facts, and the entries that held them.
    pub(super) fn finish(mut self) -> (Register, Entries) {
        self.settle();
        (self.register, self.entries)
    }

    pub(super) fn join(&mut self, other: Pending) {
        self.register.join(other.register);
        self.waiting.extend(other.waiting);
        self.entries.join(&other.entries);
    }

    fn push(&mut self, fact: Fact) {
        self.entries.push(fact.seq());
        self.waiting.push(fact);
        if self.waiting.len() >= WAITING_MAX {
            self.register.extend(self.waiting.drain(..));
        }
    }

    /// Joins what waits, and lets its memory go.
    fn settle(&mut self) {
        if !self.waiting.is_empty() {
            self.register.extend(std::mem::take(&mut self.waiting));
        }
    }

    fn weight(&self) -> usize {
        weight::of_register(&self.register) + weight::piece(self.entries.bytes().len())
    }
}

/// Reads a stream up to the head in `info`.
pub(super) fn gather(
    log: &dyn Log,
    info: &StreamInfo,
    means: &Means<'_>,
    tell: &mut dyn FnMut(Step, u64, u64),
) -> Result<Gathered, ProjectorError> {
    let shares = &Shares {
        stream: &info.stream,
        entries: info.head.seq,
        next: AtomicU64::new(1),
    };
    let readers = (1..means.threads)
        .map(|_| log.reader())
        .collect::<Result<Vec<_>, _>>()?;
    let all = thread::scope(|scope| {
        let others: Vec<_> = readers
            .into_iter()
            .map(|reader| scope.spawn(move || shares.take(&*reader, means, &mut |_| ())))
            .collect();
        let mut tell_read = |done| tell(Step::Read, done, shares.entries);
        let mut all = vec![shares.take(log, means, &mut tell_read)?];
        for other in others {
            all.push(other.join().expect("a reading thread does not panic")?);
        }
        Ok::<_, ProjectorError>(all)
    })?;
    let held: usize = all.iter().map(|one| one.held_max).sum();
    means.scratch.count_held(held as u64);
    exchange(all)
}

/// What is left to read of a stream, for whoever comes first.
struct Shares<'s> {
    stream: &'s StreamId,
    entries: u64,
    next: AtomicU64,
}

/// What one thread has read.
struct Gathering<'s> {
    parts: Vec<Part>,
    /// About the bytes that `parts` hold, or more.
    held: usize,
    held_max: usize,
    limit: usize,
    spool: Spool<'s>,
    runs: Vec<Run>,
    portions: u64,
    notices: Sorter<'s, Notice>,
    clock_s: Option<i64>,
}

impl Shares<'_> {
    fn take<'s>(
        &self,
        log: &dyn Log,
        means: &Means<'s>,
        tell: &mut dyn FnMut(u64),
    ) -> Result<Gathering<'s>, ProjectorError> {
        let mut gathering = Gathering::new(means);
        loop {
            let first = self.next.fetch_add(SHARE, Ordering::Relaxed);
            if first > self.entries {
                return Ok(gathering);
            }
            let last = self.entries.min(first + SHARE - 1);
            let mut added = Ok(());
            log.read(self.stream, first..=last, &mut |entry| {
                added = gathering.add(&entry);
                match added {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            })?;
            added?;
            tell(last);
        }
    }
}

impl<'s> Gathering<'s> {
    fn new(means: &Means<'s>) -> Self {
        Gathering {
            parts: (0..means.threads).map(|_| Part::new()).collect(),
            held: 0,
            held_max: 0,
            limit: means.for_objects(),
            spool: Spool::new(means.scratch),
            runs: Vec::new(),
            portions: 0,
            notices: Sorter::new(means.scratch, means.for_notices()),
            clock_s: None,
        }
    }

    fn add(&mut self, entry: &EntryRef<'_>) -> Result<(), ProjectorError> {
        self.clock_s = self.clock_s.max(clock_of(entry));
        let reading = read(entry);
        for notice in reading.notices {
            self.notices.push(notice)?;
        }
        let parts = self.parts.len();
        for fact in reading.facts {
            self.held += weight::of_fact(&fact);
            let part = &mut self.parts[part_of(&fact.object().id, parts)];
            // Most facts are of objects that are known, and looking does not copy the key.
            match part.get_mut(fact.object()) {
                Some(pending) => pending.push(fact),
                None => {
                    self.held += PLACE_BYTES + fact.object().id.len();
                    part.entry(fact.object().clone()).or_default().push(fact);
                }
            }
        }
        self.held_max = self.held_max.max(self.held);
        if self.held > self.limit {
            self.make_room()?;
        }
        Ok(())
    }

    /// Joins what waits, which often is enough: registers forget what is old. Lays all aside if it is not.
    fn make_room(&mut self) -> Result<(), ProjectorError> {
        self.held = 0;
        for (key, pending) in self.parts.iter_mut().flatten() {
            pending.settle();
            self.held += PLACE_BYTES + weight::piece(key.id.len()) + pending.weight();
        }
        if self.held > self.limit / 2 {
            self.lay_aside()?;
        }
        Ok(())
    }

    fn lay_aside(&mut self) -> Result<(), ProjectorError> {
        let mut objects: Vec<(ObjectKey, Pending)> =
            self.parts.iter_mut().flat_map(HashMap::drain).collect();
        objects.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        self.portions += objects.len() as u64;
        let forms = objects.into_iter().map(|(key, pending)| {
            move |out: &mut Vec<u8>| {
                let (register, entries) = pending.finish();
                write_packed(out, &key, &register, &entries);
            }
        });
        self.runs.push(self.spool.write_run(forms)?);
        self.held = 0;
        Ok(())
    }
}

/// Brings what all threads gathered together: in memory if nobody had to lay anything aside.
fn exchange(mut all: Vec<Gathering<'_>>) -> Result<Gathered, ProjectorError> {
    let clock_s = all.iter().filter_map(|one| one.clock_s).max();
    let objects = if all.iter().all(|one| one.runs.is_empty()) {
        let mut parts: Vec<Vec<Part>> = (0..all.len()).map(|_| Vec::new()).collect();
        for one in &mut all {
            for (known, part) in parts.iter_mut().zip(one.parts.drain(..)) {
                known.push(part);
            }
        }
        Objects::Held(parts)
    } else {
        let (mut runs, mut portions) = (Vec::new(), 0);
        for one in &mut all {
            one.lay_aside()?;
            runs.append(&mut one.runs);
            portions += one.portions;
        }
        Objects::Laid { runs, portions }
    };
    let notices = all.into_iter().map(|one| one.notices.finish()).collect();
    Ok(Gathered {
        objects,
        notices,
        clock_s,
    })
}

/// FNV-1a: the parts are only for the threads, and need no more than an even spread.
fn part_of(id: &str, parts: usize) -> usize {
    let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    id.bytes().fold(0x811c_9dc5, mix) as usize % parts
}
