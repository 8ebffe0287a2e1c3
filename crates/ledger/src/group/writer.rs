//! The thread that owns the ledger: one group after the other, each parcel answered after its commit.

use std::sync::Arc;
use std::thread;

use super::Parcel;
use super::queue::Queue;
use crate::{AppendError, Ledger, LedgerError, NewEntry};

/// Writes until the queue has ended, and gives the ledger back.
pub(super) fn run<L: Ledger>(mut ledger: L, queue: &Queue) -> L {
    queue.claim();
    let _last_words = LastWords(queue);
    while let Some(group) = queue.take() {
        write(&mut ledger, queue, group);
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

/// Appends a group in one commit. One that fails is halved until the parcel that can't be appended stands
/// alone, so that no other fails with it.
fn write<L: Ledger>(ledger: &mut L, queue: &Queue, mut group: Vec<Parcel>) {
    if let Some(failure) = queue.failure() {
        return answer_all(queue, group, &failure);
    }
    let batch: Vec<NewEntry<'_>> = group.iter().flat_map(Parcel::entries).collect();
    match ledger.append(&batch) {
        Ok(outcomes) => {
            let mut outcomes = outcomes.into_iter();
            queue.release(&group);
            for parcel in group {
                let own = outcomes.by_ref().take(parcel.len()).collect();
                parcel.answer(Ok(own));
            }
        }
        Err(error) if group.len() > 1 && may_be_of_one_parcel(&error) => {
            let later = group.split_off(group.len() / 2);
            write(ledger, queue, group);
            write(ledger, queue, later);
        }
        Err(error) => refuse(queue, group, error),
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
