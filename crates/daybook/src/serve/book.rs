//! The book follows the log: a thread that projects after commits, at most once a second, at a lower priority than what takes
//! deliveries. Whatever happens to the book is told and tried again, and stops nothing.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ledger::{Log, SqliteLedger, StreamId};
use projector::{Books, Options};

use super::lines::Lines;
use crate::failure::{Failure, failed};
use crate::folder::Folder;
use crate::shell::now_us;

/// Between two rounds.
const PAUSE: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(10);
/// Other processes append too, and don't ring.
const UNASKED: Duration = Duration::from_secs(10);
/// A book that is being written when all else has stopped is left as it is after so long: it goes on from its last batch.
const PATIENCE: Duration = Duration::from_secs(5);
/// How far the thread stands back.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Wakes the thread, and says how far the book is.
pub(super) struct Bell {
    /// Something was appended, or it is time to stop: told to whoever sleeps.
    state: Mutex<Asked>,
    changed: Condvar,
    is_rung: AtomicBool,
    began: Instant,
    log_entries: AtomicU64,
    book_entries: AtomicU64,
    failures: AtomicU64,
    /// Milliseconds after `began` at which the book fell behind, and one; 0 while it is level.
    behind_ms: AtomicU64,
}

#[derive(Clone, Copy, Default)]
struct Asked {
    to_work: bool,
    to_stop: bool,
}

/// How far the book is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lag {
    pub(super) log_entries: u64,
    pub(super) entries: u64,
    pub(super) since: Duration,
    pub(super) failures: u64,
}

/// The running thread.
pub(super) struct Follower {
    bell: Arc<Bell>,
    is_done: Receiver<()>,
}

impl Bell {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            changed: Condvar::new(),
            is_rung: AtomicBool::new(false),
            began: Instant::now(),
            log_entries: AtomicU64::new(0),
            book_entries: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            behind_ms: AtomicU64::new(0),
        })
    }

    /// Something was appended. Costs next to nothing when the thread knows already.
    pub(super) fn ring(&self) {
        if !self.is_rung.swap(true, Ordering::AcqRel) {
            self.ask(|asked| asked.to_work = true);
        }
    }

    /// How far the book is behind, as of the last round.
    pub(super) fn lag(&self) -> Lag {
        let log_entries = self.log_entries.load(Ordering::Relaxed);
        let since = match self.behind_ms.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            ms => self
                .began
                .elapsed()
                .saturating_sub(Duration::from_millis(ms - 1)),
        };
        Lag {
            log_entries,
            entries: log_entries.saturating_sub(self.book_entries.load(Ordering::Relaxed)),
            since,
            failures: self.failures.load(Ordering::Relaxed),
        }
    }

    fn ask(&self, change: impl FnOnce(&mut Asked)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_one();
    }

    /// Waits until it is asked for what `is_enough`, or the time is over; whether to go on.
    fn wait(&self, time: Duration, is_enough: impl Fn(&Asked) -> bool) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .changed
            .wait_timeout_while(state, time, |asked| !asked.to_stop && !is_enough(asked));
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if is_enough(&state) {
            state.to_work = false;
        }
        !state.to_stop
    }

    fn see_log(&self, entries: u64) {
        self.log_entries.store(entries, Ordering::Relaxed);
        let is_level = entries <= self.book_entries.load(Ordering::Relaxed);
        let now_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX - 1);
        let behind_ms = if is_level { 0 } else { now_ms + 1 };
        let was_level = self.behind_ms.load(Ordering::Relaxed) == 0;
        if is_level || was_level {
            self.behind_ms.store(behind_ms, Ordering::Relaxed);
        }
    }
}

impl Follower {
    /// Starts the thread. Where the book does not follow, it only looks after the log's first dictionary.
    pub(super) fn start(
        folder: Folder,
        follows: bool,
        bell: Arc<Bell>,
        lines: Arc<Lines>,
    ) -> Result<Self, Failure> {
        let (done, is_done) = mpsc::sync_channel(1);
        let path = folder.path().to_owned();
        let spawned = thread::Builder::new().name("book".to_owned()).spawn({
            let bell = Arc::clone(&bell);
            move || run(&folder, follows, &bell, &lines, done)
        });
        spawned.map_err(failed("start the thread of the book in", &path))?;
        Ok(Self { bell, is_done })
    }

    /// Ends it after the batch in hand; whether it has ended in time.
    pub(super) fn stop(self) -> bool {
        self.bell.ask(|asked| asked.to_stop = true);
        // An error says that it has gone, which is as good.
        !matches!(
            self.is_done.recv_timeout(PATIENCE),
            Err(mpsc::RecvTimeoutError::Timeout)
        )
    }
}

fn run(folder: &Folder, follows: bool, bell: &Bell, lines: &Lines, done: SyncSender<()>) {
    // Elsewhere the priority would be that of the whole process. Without it the work is only less polite.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, NICE);
    let mut desk = Desk {
        folder,
        follows,
        bell,
        lines,
        open: None,
        is_trained: false,
        told: None,
    };
    loop {
        bell.is_rung.store(false, Ordering::Release);
        let began = Instant::now();
        desk.round();
        // However much there is to do, two thirds of a core stay with those who take deliveries.
        let pause = PAUSE.max(began.elapsed() * 2).min(PAUSE_MAX);
        let goes_on = bell.wait(pause, |_| false) && bell.wait(UNASKED, |asked| asked.to_work);
        if !goes_on {
            break;
        }
    }
    drop(done);
}

/// What a round works with.
struct Desk<'a> {
    folder: &'a Folder,
    /// Whether the book is ours to bring up; else only the log is looked after.
    follows: bool,
    bell: &'a Bell,
    lines: &'a Lines,
    open: Option<(SqliteLedger, Books)>,
    /// The log has a dictionary, or can't have one.
    is_trained: bool,
    /// The failure that was told last, while it lasts.
    told: Option<String>,
}

impl Desk<'_> {
    fn round(&mut self) {
        let done = self.project().and_then(|()| self.train());
        match done {
            Ok(()) => {
                if self.told.take().is_some() {
                    self.lines.say("the book follows again", &[]);
                }
            }
            Err(failure) => {
                self.open = None;
                self.bell.failures.fetch_add(1, Ordering::Relaxed);
                let why = failure.to_string();
                if self.told.as_ref() != Some(&why) {
                    let details = [("because", why.as_str().into())];
                    self.lines.say(
                        "the book could not follow; tried again every second",
                        &details,
                    );
                    self.told = Some(why);
                }
                // It is tried again although nobody rings.
                self.bell.ring();
            }
        }
    }

    fn project(&mut self) -> Result<(), Failure> {
        let bell = self.bell;
        let (log, books) = match &mut self.open {
            Some(open) => open,
            None => self.open.insert((self.folder.log()?, self.folder.books()?)),
        };
        let heads = |log: &SqliteLedger| -> Result<BTreeMap<StreamId, u64>, Failure> {
            let streams = log.streams()?.into_iter();
            Ok(streams.map(|info| (info.stream, info.head.seq)).collect())
        };
        let entries = heads(log)?.values().sum();
        if !self.follows {
            // What nobody asked for is not late.
            bell.book_entries.store(entries, Ordering::Relaxed);
            bell.see_log(entries);
            return Ok(());
        }
        bell.see_log(entries);
        let options = Options {
            threads: 1,
            ..Options::default()
        };
        let report = projector::project(log, books, &options, &mut |_| ())?;
        let book = report.streams.iter().map(|stream| stream.position.head.seq);
        bell.book_entries.store(book.sum(), Ordering::Relaxed);
        bell.see_log(heads(log)?.values().sum());
        Ok(())
    }

    /// Gives the log its first dictionary, with a handle of its own, so that nobody waits meanwhile.
    fn train(&mut self) -> Result<(), Failure> {
        let Some((log, _)) = self.open.as_ref().filter(|_| !self.is_trained) else {
            return Ok(());
        };
        let streams = log.streams()?;
        if streams.iter().map(|info| info.head.seq).sum::<u64>() < intake::DICTIONARY_ENTRIES {
            return Ok(());
        }
        let mut ledger = self.folder.ledger()?;
        let streams = streams.iter().map(|info| &info.stream);
        self.is_trained = intake::train_first(&mut ledger, streams, now_us())?;
        self.lines.say("the log has a dictionary", &[]);
        Ok(())
    }
}
