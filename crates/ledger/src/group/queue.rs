//! Parcels on their way to the writing thread, bounded. Runs no caller's code while its lock is held.

use std::sync::{Condvar, Mutex, MutexGuard, OnceLock};
use std::thread::{self, ThreadId};

use super::{Limits, Parcel, Waiting};
use crate::AppendError;

const UNPOISONED: &str = "nothing that panics runs while the lock is held";

/// Where callers leave parcels, and the thread takes them all at once.
pub(super) struct Queue {
    limits: Limits,
    state: Mutex<State>,
    /// There is something to take, or there never will be again.
    filled: Condvar,
    writer: OnceLock<ThreadId>,
}

#[derive(Default)]
struct State {
    waiting: Vec<Parcel>,
    /// What is accepted and not yet answered: waiting, or in the hands of the thread.
    accepted: Waiting,
    /// Why nothing is accepted any more.
    end: Option<AppendError>,
}

impl State {
    fn has_failed(&self) -> bool {
        !matches!(self.end, None | Some(AppendError::Stopped))
    }
}

impl Queue {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            state: Mutex::default(),
            filled: Condvar::new(),
            writer: OnceLock::new(),
        }
    }

    /// Accepts a parcel, or gives it back with the reason.
    pub(super) fn push(&self, parcel: Parcel) -> Result<(), (Parcel, AppendError)> {
        let mut state = self.lock();
        if let Err(refusal) = self.admit(&mut state, &parcel) {
            drop(state);
            return Err((parcel, refusal));
        }
        state.waiting.push(parcel);
        drop(state);
        self.filled.notify_one();
        Ok(())
    }

    fn admit(&self, state: &mut State, parcel: &Parcel) -> Result<(), AppendError> {
        if let Some(end) = &state.end {
            return Err(end.clone());
        }
        let Limits {
            entries_max,
            bytes_max,
        } = self.limits;
        let (entries, bytes) = (places(parcel), parcel.bytes());
        if entries > entries_max || bytes > bytes_max {
            return Err(AppendError::TooLarge { entries, bytes });
        }
        let accepted = &mut state.accepted;
        if entries > entries_max - accepted.entries || bytes > bytes_max - accepted.bytes {
            return Err(AppendError::Overloaded);
        }
        accepted.entries += entries;
        accepted.bytes += bytes;
        Ok(())
    }

    /// All that waits, in the order of its coming; none once the queue has ended and is empty.
    pub(super) fn take(&self) -> Option<Vec<Parcel>> {
        let mut state = self.lock();
        loop {
            if !state.waiting.is_empty() {
                return Some(std::mem::take(&mut state.waiting));
            }
            if state.end.is_some() {
                return None;
            }
            state = self.filled.wait(state).expect(UNPOISONED);
        }
    }

    /// Gives back the room of parcels that are about to be answered, so that whoever is answered finds it.
    pub(super) fn release(&self, parcels: &[Parcel]) {
        let mut state = self.lock();
        state.accepted.entries -= parcels.iter().map(places).sum::<usize>();
        state.accepted.bytes -= parcels.iter().map(Parcel::bytes).sum::<usize>();
    }

    /// Accepts no more; what waits will still be taken.
    pub(super) fn stop(&self) {
        self.lock().end.get_or_insert(AppendError::Stopped);
        self.filled.notify_one();
    }

    /// Accepts no more, and tells all who wait why.
    pub(super) fn fail(&self, error: &AppendError) {
        let waiting = {
            let mut state = self.lock();
            // The first failure is the one that explains; a wish to stop explains nothing.
            if !state.has_failed() {
                state.end = Some(error.clone());
            }
            std::mem::take(&mut state.waiting)
        };
        self.release(&waiting);
        for parcel in waiting {
            parcel.answer(Err(error.clone()));
        }
    }

    /// Why it ended, unless it was asked to.
    pub(super) fn failure(&self) -> Option<AppendError> {
        let state = self.lock();
        state.has_failed().then(|| state.end.clone()).flatten()
    }

    /// Why nothing is accepted any more.
    pub(super) fn end(&self) -> Option<AppendError> {
        self.lock().end.clone()
    }

    /// What is accepted and not yet answered.
    pub(super) fn waiting(&self) -> Waiting {
        self.lock().accepted
    }

    /// Remembers the calling thread as the one that writes.
    pub(super) fn claim(&self) {
        self.writer
            .set(thread::current().id())
            .expect("one thread writes, and it starts once");
    }

    pub(super) fn is_written_by_this_thread(&self) -> bool {
        self.writer.get() == Some(&thread::current().id())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }
}

/// The entries that a parcel counts for: one at least, so that empty ones are bounded too.
fn places(parcel: &Parcel) -> usize {
    parcel.len().max(1)
}
