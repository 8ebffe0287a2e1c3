//! The thread that owns the ledger: one group after the other, each parcel answered after its commit.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;

use super::Parcel;
use super::queue::Queue;
use crate::{AppendError, Ledger, LedgerError, NewEntry, Outcome, StreamId};

/// Sees that each stream begins with the control entry that opens it.
pub(super) struct Opening {
    known: BTreeSet<StreamId>,
    on_opened: Box<dyn FnMut(&StreamId) + Send>,
}

impl Opening {
    pub(super) fn new(on_opened: Box<dyn FnMut(&StreamId) + Send>) -> Self {
        Self {
            known: BTreeSet::new(),
            on_opened,
        }
    }

    fn open<L: Ledger>(
        &mut self,
        ledger: &mut L,
        batch: &[NewEntry<'_>],
    ) -> Result<(), LedgerError> {
        for new in batch {
            if self.known.contains(new.stream) {
                continue;
            }
            if ledger.open_stream(new.stream, new.recorded_us)? {
                (self.on_opened)(new.stream);
            }
            self.known.insert(new.stream.clone());
        }
        Ok(())
    }
}

/// Writes until the queue has ended, and gives the ledger back.
pub(super) fn run<L: Ledger>(mut ledger: L, queue: &Queue, opening: Option<Opening>) -> L {
    queue.claim();
    let _last_words = LastWords(queue);
    let mut writer = Writer {
        ledger: &mut ledger,
        queue,
        opening,
    };
    while let Some(group) = queue.take() {
        writer.write(group);
    }
    ledger
}

/// Tells all who wait when the thread dies.
struct LastWords<'a>(&'a Queue);

impl Drop for LastWords<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.fail(&AppendError::Died);
        }
    }
}

struct Writer<'a, L> {
    ledger: &'a mut L,
    queue: &'a Queue,
    opening: Option<Opening>,
}

impl<L: Ledger> Writer<'_, L> {
    /// Appends a group in one commit. One that fails is halved until the parcel that can't be appended stands
    /// alone, so that no other fails with it.
    fn write(&mut self, mut group: Vec<Parcel>) {
        if let Some(failure) = self.queue.failure() {
            return answer_all(self.queue, group, &failure);
        }
        match self.append(&group) {
            Ok(outcomes) => {
                let mut outcomes = outcomes.into_iter();
                self.queue.release(&group);
                for parcel in group {
                    let own = outcomes.by_ref().take(parcel.len()).collect();
                    parcel.answer(Ok(own));
                }
            }
            Err(error) if group.len() > 1 && may_be_of_one_parcel(&error) => {
                let later = group.split_off(group.len() / 2);
                self.write(group);
                self.write(later);
            }
            Err(error) => refuse(self.queue, group, error),
        }
    }

    fn append(&mut self, group: &[Parcel]) -> Result<Vec<Outcome>, LedgerError> {
        let batch: Vec<NewEntry<'_>> = group.iter().flat_map(Parcel::entries).collect();
        if let Some(opening) = &mut self.opening {
            opening.open(self.ledger, &batch)?;
        }
        self.ledger.append(&batch)
    }
}

/// Whether a part of the group may do better. A failed commit ends everything, and whoever waited in vain
/// for another writer doesn't wait again, once per parcel.
fn may_be_of_one_parcel(error: &LedgerError) -> bool {
    !is_end(error) && !matches!(error, LedgerError::Busy { .. })
}

/// Whether the ledger will take nothing more.
fn is_end(error: &LedgerError) -> bool {
    matches!(
        error,
        LedgerError::Commit { .. } | LedgerError::Poisoned { .. }
    )
}

fn refuse(queue: &Queue, group: Vec<Parcel>, error: LedgerError) {
    let error = Arc::new(error);
    if is_end(&error) {
        // Those who wait are told first: none of the group may come back and wait again.
        queue.fail(&AppendError::Poisoned {
            cause: Arc::clone(&error),
        });
    }
    answer_all(queue, group, &AppendError::Refused(error));
}

fn answer_all(queue: &Queue, group: Vec<Parcel>, error: &AppendError) {
    queue.release(&group);
    for parcel in group {
        parcel.answer(Err(error.clone()));
    }
}
