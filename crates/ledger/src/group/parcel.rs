//! What one caller wants appended, and the way back to that caller, who is answered once whatever happens.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{AppendError, NewEntry, Outcome, OwnedEntry};

/// Takes the answer to a parcel.
pub(super) type OnDone = Box<dyn FnOnce(Result<Vec<Outcome>, AppendError>) + Send>;

/// Entries that enter the log together or not at all. Dropped without an answer, as when the thread that
/// has it panics, it answers [`AppendError::Died`].
pub(super) struct Parcel {
    batch: Vec<OwnedEntry>,
    bytes: usize,
    /// Taken by the answer.
    on_done: Option<OnDone>,
}

impl Parcel {
    pub(super) fn new(batch: Vec<OwnedEntry>, on_done: OnDone) -> Self {
        Self {
            bytes: batch.iter().map(OwnedEntry::bytes).sum(),
            batch,
            on_done: Some(on_done),
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = NewEntry<'_>> {
        self.batch.iter().map(OwnedEntry::as_new_entry)
    }

    /// The number of outcomes that it waits for.
    pub(super) fn len(&self) -> usize {
        self.batch.len()
    }

    /// The bytes of texts and bodies.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Tells the caller.
    pub(super) fn answer(mut self, result: Result<Vec<Outcome>, AppendError>) {
        self.tell(result);
    }

    fn tell(&mut self, result: Result<Vec<Outcome>, AppendError>) {
        if let Some(on_done) = self.on_done.take() {
            // One caller's mistake is not the others': the panic was printed where it happened.
            let _ = catch_unwind(AssertUnwindSafe(|| on_done(result)));
        }
    }
}

impl Drop for Parcel {
    fn drop(&mut self) {
        self.tell(Err(AppendError::Died));
    }
}
