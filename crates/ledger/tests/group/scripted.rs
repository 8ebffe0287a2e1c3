//! A ledger that does as it is told, to bring about what chance seldom does; and the entries and answers of
//! these tests. Asserts nothing.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, RangeInclusive};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use ledger::{
    AppendError, Appender, DictionaryInfo, Entry, EntryRef, Hash, Head, Kind, Ledger, LedgerError,
    Log, MemoryLedger, NewEntry, Outcome, OwnedEntry, Source, SqliteLedger, StreamId, StreamInfo,
    TallyRow,
};
use tempfile::TempDir;

/// How long a test waits before it says that something hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// An entry with such an id fails its batch, or the thread.
pub(crate) const BAD: &str = "evt_bad";
pub(crate) const BUSY: &str = "evt_busy";
pub(crate) const COMMIT: &str = "evt_commit";
pub(crate) const PANIC: &str = "evt_panic";

/// What an append gives back.
pub(crate) type Answer = Result<Vec<Outcome>, AppendError>;

/// A ledger over another, that says when it begins to append, waits to be let, and fails as the ids say.
pub(crate) struct Scripted<L> {
    inner: L,
    begun: Sender<usize>,
    go: Receiver<()>,
}

/// The other end of a scripted ledger.
pub(crate) struct Director {
    begun: Receiver<usize>,
    go: Sender<()>,
}

impl<L> Scripted<L> {
    pub(crate) fn over(inner: L) -> (Self, Director) {
        let ((begun, begun_here), (go_here, go)) = (mpsc::channel(), mpsc::channel());
        let director = Director {
            begun: begun_here,
            go: go_here,
        };
        (Self { inner, begun, go }, director)
    }
}

impl Director {
    /// Waits until an append has begun, and says how many entries it has; it stays there.
    pub(crate) fn begun(&self) -> usize {
        self.begun.recv_timeout(PATIENCE).expect("it begins")
    }

    /// Lets one append go on.
    pub(crate) fn let_go(&self) {
        self.go.send(()).unwrap();
    }

    /// Lets all go on from now, and gives the numbers of entries with which appends begin.
    pub(crate) fn let_all_go(self) -> Receiver<usize> {
        self.begun
    }
}

impl<L: Log> Log for Scripted<L> {
    fn streams(&self) -> Result<Vec<StreamInfo>, LedgerError> {
        self.inner.streams()
    }

    fn head(&self, stream: &StreamId) -> Result<Head, LedgerError> {
        self.inner.head(stream)
    }

    fn read(
        &self,
        stream: &StreamId,
        seqs: RangeInclusive<u64>,
        visit: &mut dyn FnMut(EntryRef<'_>) -> ControlFlow<()>,
    ) -> Result<(), LedgerError> {
        self.inner.read(stream, seqs, visit)
    }

    fn find(&self, stream: &StreamId, id: &str) -> Result<Vec<Entry>, LedgerError> {
        self.inner.find(stream, id)
    }

    fn tally(&self) -> Result<Vec<TallyRow>, LedgerError> {
        self.inner.tally()
    }

    fn meta_hash(&self) -> Result<Hash, LedgerError> {
        self.inner.meta_hash()
    }

    fn dictionaries(&self) -> Result<Vec<DictionaryInfo>, LedgerError> {
        self.inner.dictionaries()
    }

    fn reader(&self) -> Result<Box<dyn Log + Send>, LedgerError> {
        self.inner.reader()
    }
}

impl<L: Ledger> Ledger for Scripted<L> {
    fn append(&mut self, batch: &[NewEntry<'_>]) -> Result<Vec<Outcome>, LedgerError> {
        // Nobody listens once the director has let all go.
        let _ = self.begun.send(batch.len());
        // A test that failed before it let go is not to hang.
        let _ = self.go.recv_timeout(PATIENCE);
        let path = PathBuf::from("ledger.db");
        let has = |id: &str| batch.iter().any(|new| new.id == id);
        if has(PANIC) {
            panic!("told to");
        } else if has(BAD) {
            Err(LedgerError::Full { path })
        } else if has(BUSY) {
            Err(LedgerError::Busy { path })
        } else if has(COMMIT) {
            let source = rusqlite::Error::InvalidQuery;
            Err(LedgerError::Commit { path, source })
        } else {
            self.inner.append(batch)
        }
    }

    fn open_stream(&mut self, stream: &StreamId, recorded_us: i64) -> Result<bool, LedgerError> {
        self.inner.open_stream(stream, recorded_us)
    }

    fn train(
        &mut self,
        scrub: &dyn Fn(&[u8]) -> Vec<u8>,
        recorded_us: i64,
    ) -> Result<Option<DictionaryInfo>, LedgerError> {
        self.inner.train(scrub, recorded_us)
    }
}

pub(crate) fn in_memory() -> (Scripted<MemoryLedger>, Director) {
    Scripted::over(MemoryLedger::new())
}

/// A fresh ledger on disk; the folder lives as long as the first value.
pub(crate) fn on_disk() -> (TempDir, PathBuf, SqliteLedger) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = SqliteLedger::create(&path, 0).unwrap();
    (folder, path, ledger)
}

pub(crate) fn live() -> StreamId {
    StreamId::new("acct_1", true).unwrap()
}

/// An event whose content is told by its id alone.
pub(crate) fn event(stream: &StreamId, id: &str) -> OwnedEntry {
    let mut content_hash = [0; 32];
    content_hash[0] = id.len() as u8;
    OwnedEntry {
        stream: stream.clone(),
        kind: Kind::Event,
        id: id.to_owned(),
        type_: "charge.updated".to_owned(),
        object_id: None,
        api_version: Some("2026-01-01".to_owned()),
        created_s: 1_700_000_000,
        recorded_us: 1_700_000_000_000_000,
        source: Source::Webhook,
        content_hash: Hash(content_hash),
        body: format!("{{\"id\":{id:?}}}").into_bytes(),
    }
}

pub(crate) fn events(ids: &[&str]) -> Vec<OwnedEntry> {
    ids.iter().map(|id| event(&live(), id)).collect()
}

/// Submits a parcel, and gives the place where its answer will be.
pub(crate) fn submit(appender: &Appender, batch: Vec<OwnedEntry>) -> Receiver<Answer> {
    let (answer, answered) = mpsc::channel();
    appender.submit(batch, move |result| answer.send(result).unwrap());
    answered
}

/// Waits for the answer, of which there is one.
pub(crate) fn answer(answered: &Receiver<Answer>) -> Answer {
    let answer = answered
        .recv_timeout(PATIENCE)
        .expect("every parcel is answered");
    assert!(answered.recv_timeout(PATIENCE).is_err(), "answered twice");
    answer
}

/// The ids in the log, in the order of seq.
pub(crate) fn ids(log: &dyn Log, stream: &StreamId) -> Vec<String> {
    let mut ids = Vec::new();
    log.read(stream, 1..=u64::MAX, &mut |entry| {
        ids.push(entry.id.to_owned());
        ControlFlow::Continue(())
    })
    .unwrap();
    ids
}

/// How many entries there are of each id.
pub(crate) fn counts(ids: &[String]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for id in ids {
        *counts.entry(id.as_str()).or_default() += 1;
    }
    counts
}
