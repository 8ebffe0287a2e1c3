//! Items into order, in memory as far as it may be used and in runs beyond. Knows nothing of what they say.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::{mem, vec};

use super::run::{Item, Run, RunReader, Scratch, Spool};
use crate::ProjectorError;

/// Bytes of a run read at a time, as memory allows.
const READ_BYTES_MAX: usize = 256 * 1024;
const READ_BYTES_MIN: usize = 4 * 1024;

/// Takes items in any order.
pub(super) struct Sorter<'s, T> {
    items: Vec<T>,
    held: usize,
    limit: usize,
    runs: Vec<Run>,
    spool: Spool<'s>,
}

/// What a [`Sorter`] was given: some in memory, in order, and some in runs.
pub(super) struct Sorted<T> {
    pub(super) items: Vec<T>,
    pub(super) runs: Vec<Run>,
}

impl<'s, T: Item> Sorter<'s, T> {
    /// One that holds about `limit` bytes in memory.
    pub(super) fn new(scratch: &'s Scratch, limit: usize) -> Self {
        Sorter {
            items: Vec::new(),
            held: 0,
            limit,
            runs: Vec::new(),
            spool: Spool::new(scratch),
        }
    }

    pub(super) fn push(&mut self, item: T) -> Result<(), ProjectorError> {
        self.held += item.weight();
        self.items.push(item);
        if self.held > self.limit {
            self.spill()?;
        }
        Ok(())
    }

    /// What is in memory stays there.
    pub(super) fn finish(mut self) -> Sorted<T> {
        self.items.sort_unstable();
        Sorted {
            items: self.items,
            runs: self.runs,
        }
    }

    fn spill(&mut self) -> Result<(), ProjectorError> {
        self.items.sort_unstable();
        let forms = self.items.iter().map(|item| |out: &mut _| item.write(out));
        self.runs.push(self.spool.write_run(forms)?);
        self.items.clear();
        self.held = 0;
        Ok(())
    }
}

/// Gives the items of many sorted parts in order.
pub(super) struct Merge<'s, T> {
    heads: BinaryHeap<Head<'s, T>>,
}

/// The next item of a part, and what follows it.
struct Head<'s, T> {
    item: T,
    rest: Rest<'s, T>,
}

enum Rest<'s, T> {
    Held(vec::IntoIter<T>),
    Run(RunReader<'s, T>),
}

impl<'s, T: Item> Merge<'s, T> {
    /// Merges these parts; reading runs takes about `limit` bytes of memory.
    pub(super) fn new(
        scratch: &'s Scratch,
        parts: Vec<Sorted<T>>,
        limit: usize,
    ) -> Result<Self, ProjectorError> {
        let runs: usize = parts.iter().map(|part| part.runs.len()).sum();
        let step = (limit / runs.max(1)).clamp(READ_BYTES_MIN, READ_BYTES_MAX);
        let mut heads = BinaryHeap::new();
        for part in parts {
            let held = Rest::Held(part.items.into_iter());
            let runs = part.runs.into_iter();
            let runs = runs.map(|run| Rest::Run(RunReader::new(scratch, run, step)));
            for mut rest in runs.chain([held]) {
                if let Some(item) = rest.next()? {
                    heads.push(Head { item, rest });
                }
            }
        }
        Ok(Merge { heads })
    }

    pub(super) fn peek(&self) -> Option<&T> {
        self.heads.peek().map(|head| &head.item)
    }

    /// The least item; of equal ones, any.
    pub(super) fn next(&mut self) -> Result<Option<T>, ProjectorError> {
        let Some(mut head) = self.heads.peek_mut() else {
            return Ok(None);
        };
        Ok(Some(match head.rest.next()? {
            Some(item) => mem::replace(&mut head.item, item),
            None => PeekMut::pop(head).item,
        }))
    }

    /// The least item if it is one that `is_wanted`.
    pub(super) fn next_if(
        &mut self,
        is_wanted: impl FnOnce(&T) -> bool,
    ) -> Result<Option<T>, ProjectorError> {
        match self.peek() {
            Some(item) if is_wanted(item) => self.next(),
            _ => Ok(None),
        }
    }
}

impl<T: Item> Rest<'_, T> {
    fn next(&mut self) -> Result<Option<T>, ProjectorError> {
        match self {
            Rest::Held(items) => Ok(items.next()),
            Rest::Run(reader) => reader.next(),
        }
    }
}

/// The heap gives its greatest: that is the head with the least item.
impl<T: Ord> Ord for Head<'_, T> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.item.cmp(&self.item)
    }
}

impl<T: Ord> PartialOrd for Head<'_, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> PartialEq for Head<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T: Ord> Eq for Head<'_, T> {}
