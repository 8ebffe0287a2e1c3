//! Group commit: one thread owns the writing ledger, and all who wait while it commits share its next
//! commit. It reads nothing for its callers, and never waits for more of them to come.

mod parcel;
mod queue;
mod writer;

use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use self::parcel::Parcel;
use self::queue::Queue;
use self::writer::Opening;
use crate::{AppendError, Ledger, LedgerError, Outcome, OwnedEntry, StreamId};

/// How much may be accepted and not yet answered, in all parcels together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The number of entries; a parcel without any counts as one.
    pub entries_max: usize,
    /// The bytes of their texts and bodies.
    pub bytes_max: usize,
}

impl Default for Limits {
    /// 8192 entries, 128 MiB.
    fn default() -> Self {
        Self {
            entries_max: 8192,
            bytes_max: 128 << 20,
        }
    }
}

/// What is accepted and not yet answered, in all parcels together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// The number of entries; a parcel without any counts as one.
    pub entries: usize,
    /// The bytes of their texts and bodies.
    pub bytes: usize,
}

/// The thread that writes, and the ledger that it owns. Dropped without [`stop`](Self::stop), it still
/// finishes what was accepted.
pub struct GroupCommit<L> {
    queue: Arc<Queue>,
    /// Taken when it is joined.
    writer: Option<JoinHandle<L>>,
}

impl<L: Ledger + Send + 'static> GroupCommit<L> {
    /// Starts the thread. [`LedgerError::Thread`] when the system gives none.
    pub fn start(ledger: L, limits: Limits) -> Result<Self, LedgerError> {
        Self::spawn(ledger, limits, None)
    }

    /// The same, and what comes for a stream without entries first opens it, with a control entry of the time at which that
    /// entry was recorded. `on_opened` is told of each on the writing thread, where it must neither take long nor panic.
    pub fn start_opening(
        ledger: L,
        limits: Limits,
        on_opened: impl FnMut(&StreamId) + Send + 'static,
    ) -> Result<Self, LedgerError> {
        Self::spawn(ledger, limits, Some(Opening::new(Box::new(on_opened))))
    }

    fn spawn(ledger: L, limits: Limits, opening: Option<Opening>) -> Result<Self, LedgerError> {
        let queue = Arc::new(Queue::new(limits));
        let writer = thread::Builder::new()
            .name("ledger-writer".to_owned())
            .spawn({
                let queue = Arc::clone(&queue);
                move || writer::run(ledger, &queue, opening)
            })
            .map_err(|source| LedgerError::Thread { source })?;
        Ok(Self {
            queue,
            writer: Some(writer),
        })
    }
}

impl<L> GroupCommit<L> {
    /// A handle to append with; as many as are needed.
    pub fn appender(&self) -> Appender {
        Appender {
            queue: Arc::clone(&self.queue),
        }
    }

    /// Accepts no more, finishes what was accepted, and gives the ledger back. An error, which all callers
    /// got too, when a commit failed or the thread died.
    pub fn stop(mut self) -> Result<L, AppendError> {
        let ledger = self.finish().ok_or(AppendError::Died)?;
        self.queue.failure().map_or(Ok(ledger), Err)
    }

    fn finish(&mut self) -> Option<L> {
        self.queue.stop();
        self.writer.take()?.join().ok()
    }
}

impl<L> Drop for GroupCommit<L> {
    fn drop(&mut self) {
        self.queue.stop();
        // A thread can't wait for itself: dropped by a caller's `on_done`, it ends after the last answer.
        if !self.queue.is_written_by_this_thread() {
            self.finish();
        }
    }
}

/// Appends parcels through the thread of a [`GroupCommit`]. A parcel is atomic: all its entries enter, next
/// to each other in their order, or none does, whatever becomes of those that share its commit.
///
/// ```
/// use ledger::{GroupCommit, Hash, Kind, Limits, Log, MemoryLedger, OwnedEntry, Source, StreamId};
///
/// let stream = StreamId::new("acct_1", false)?;
/// let group = GroupCommit::start(MemoryLedger::new(), Limits::default())?;
/// let entry = |n: u8| OwnedEntry {
///     stream: stream.clone(),
///     kind: Kind::Event,
///     id: format!("evt_{n}"),
///     type_: "invoice.paid".to_owned(),
///     object_id: None,
///     api_version: None,
///     created_s: 1_790_000_000,
///     recorded_us: 1_790_000_001_250_000,
///     source: Source::Webhook,
///     content_hash: Hash([n; 32]),
///     body: b"{}".to_vec(),
/// };
/// std::thread::scope(|scope| {
///     for n in 0..4 {
///         let (appender, entry) = (group.appender(), entry(n));
///         scope.spawn(move || appender.append(vec![entry]).expect("nothing stops it"));
///     }
/// });
/// assert_eq!(group.stop()?.head(&stream)?.seq, 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Appender {
    queue: Arc<Queue>,
}

impl Appender {
    /// Appends a parcel and waits until it is as safe as the ledger can make it: one outcome per entry, in
    /// the order given. Of the errors only [`LedgerError::Commit`] and [`AppendError::Died`] leave open
    /// whether it was kept; sent again, what was kept is a duplicate.
    ///
    /// # Panics
    /// Within the `on_done` of another parcel, where it would wait for itself.
    pub fn append(&self, batch: Vec<OwnedEntry>) -> Result<Vec<Outcome>, AppendError> {
        assert!(
            !self.queue.is_written_by_this_thread(),
            "the writing thread can't wait for itself: use submit"
        );
        let (answer, answered) = mpsc::sync_channel(1);
        self.submit(batch, move |result| {
            // The receiver is below, and waits.
            let _ = answer.send(result);
        });
        answered.recv().unwrap_or(Err(AppendError::Died))
    }

    /// Hands a parcel over without waiting; for callers that bridge to something else. `on_done` is called
    /// once, with what [`append`](Self::append) would return: at once and here when the parcel is refused,
    /// later and on the writing thread otherwise, where it must not take long. Its panic ends nothing but
    /// itself.
    pub fn submit(
        &self,
        batch: Vec<OwnedEntry>,
        on_done: impl FnOnce(Result<Vec<Outcome>, AppendError>) + Send + 'static,
    ) {
        let parcel = Parcel::new(batch, Box::new(on_done));
        if let Err((parcel, refusal)) = self.queue.push(parcel) {
            parcel.answer(Err(refusal));
        }
    }
    /// What is accepted and not yet answered.
    pub fn waiting(&self) -> Waiting {
        self.queue.waiting()
    }

    /// Why nothing is accepted any more, if so: it is being closed, a commit failed, or the thread died.
    pub fn end(&self) -> Option<AppendError> {
        self.queue.end()
    }
}
