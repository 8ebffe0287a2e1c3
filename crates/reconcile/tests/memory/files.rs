//! The file of the memory: whose it is, what it may be, and that it is never believed against the log.

use std::cell::Cell;
use std::ops::{ControlFlow, RangeInclusive};
use std::os::unix::fs::PermissionsExt;

use ledger::{
    DictionaryInfo, Entry, EntryRef, Hash, Head, Ledger, LedgerError, Log, Source, SqliteLedger,
    StreamId, StreamInfo, TallyRow,
};
use reconcile::{Memory, ReconcileError, Run, run_note};
use sync::Note;

use crate::nights::{Nights, all_of, is_still, stream};

#[test]
fn the_file_is_its_owners_and_may_be_deleted_at_any_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reconcile.db");
    let mut nights = Nights::new();
    nights.night(&[is_still(1)]);
    for _ in 0..2 {
        let mut memory = Memory::open(&path).unwrap();
        memory.catch_up(&nights.log, &stream()).unwrap();
        assert_eq!(all_of(&memory), all_of(&nights.memory));
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        drop(memory);
        // Opened again it is as it was.
        assert_eq!(
            all_of(&Memory::open(&path).unwrap()),
            all_of(&nights.memory)
        );
        std::fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_log_that_tells_another_story_is_read_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reconcile.db");
    let mut memory = Memory::open(&path).unwrap();
    let (mut one, mut other) = (Nights::new(), Nights::new());
    one.night(&[is_still(1)]);
    one.night(&[is_still(1), is_still(2)]);
    memory.catch_up(&one.log, &stream()).unwrap();
    other.night(&[is_still(3)]);
    memory.catch_up(&other.log, &stream()).unwrap();
    assert_eq!(all_of(&memory), all_of(&other.memory));
    memory.catch_up(&one.log, &stream()).unwrap();
    assert_eq!(all_of(&memory), all_of(&one.memory));
}

/// A log that counts the entries that are read from it.
struct Counting<'l> {
    log: &'l SqliteLedger,
    read: Cell<u64>,
}

impl Log for Counting<'_> {
    fn streams(&self) -> Result<Vec<StreamInfo>, LedgerError> {
        self.log.streams()
    }

    fn head(&self, stream: &StreamId) -> Result<Head, LedgerError> {
        self.log.head(stream)
    }

    fn read(
        &self,
        stream: &StreamId,
        seqs: RangeInclusive<u64>,
        visit: &mut dyn FnMut(EntryRef<'_>) -> ControlFlow<()>,
    ) -> Result<(), LedgerError> {
        self.log.read(stream, seqs, &mut |entry| {
            self.read.set(self.read.get() + 1);
            visit(entry)
        })
    }

    fn control_seqs(
        &self,
        stream: &StreamId,
        type_: &str,
        seqs: RangeInclusive<u64>,
    ) -> Result<Vec<u64>, LedgerError> {
        self.log.control_seqs(stream, type_, seqs)
    }

    fn find(&self, stream: &StreamId, id: &str) -> Result<Vec<Entry>, LedgerError> {
        self.log.find(stream, id)
    }

    fn tally(&self) -> Result<Vec<TallyRow>, LedgerError> {
        self.log.tally()
    }

    fn meta_hash(&self) -> Result<Hash, LedgerError> {
        self.log.meta_hash()
    }

    fn dictionaries(&self) -> Result<Vec<DictionaryInfo>, LedgerError> {
        self.log.dictionaries()
    }

    fn reader(&self) -> Result<Box<dyn Log + Send>, LedgerError> {
        self.log.reader()
    }
}

/// Other control entries, as backfills leave them.
fn fill(log: &mut SqliteLedger, from: i64) {
    let other = |number: i64| {
        let body =
            format!(r#"{{"object":"daybook.control","type":"sync.lists","number":{number}}}"#);
        intake::control(&stream(), "sync.lists", body, Source::Backfill, (number, 0))
    };
    let others: Vec<_> = (from..from + 500).map(other).collect();
    let batch: Vec<_> = others.iter().map(|entry| entry.as_new_entry()).collect();
    log.append(&batch).unwrap();
}

#[test]
fn of_the_log_nothing_is_read_but_what_runs_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = SqliteLedger::create(&folder.path().join("ledger.db"), 0).unwrap();
    log.open_stream(&stream(), 0).unwrap();
    let mut memory = Memory::volatile().unwrap();
    let mut read = Vec::new();
    for night in 0..3 {
        fill(&mut log, night * 500);
        let run = Run {
            run: format!("run {night}"),
            ..Run::default()
        };
        let note = run_note(&run);
        let entry = intake::control(&stream(), note.type_, note.body, Source::Sync, (0, 0));
        log.append(&[entry.as_new_entry()]).unwrap();
        fill(&mut log, 10_000 + night * 500);
        let counting = Counting {
            log: &log,
            read: Cell::new(0),
        };
        memory.catch_up(&counting, &stream()).unwrap();
        memory.catch_up(&counting, &stream()).unwrap();
        read.push(counting.read.get());
    }
    // The record, and from the second time on the entry where the memory stood.
    assert_eq!(read, [1, 2, 2]);
    assert_eq!(memory.runs(&stream()).unwrap().len(), 3);
}

#[test]
fn another_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (text, table) = (folder.path().join("text"), folder.path().join("table"));
    std::fs::write(
        &text,
        "nothing that SQLite knows, and long enough to be looked at",
    )
    .unwrap();
    let connection = rusqlite::Connection::open(&table).unwrap();
    connection
        .execute_batch("PRAGMA application_id = 5; CREATE TABLE mine (it INTEGER)")
        .unwrap();
    for path in [&text, &table] {
        let before = std::fs::read(path).unwrap();
        let refused = Memory::open(path).err().unwrap();
        assert!(
            matches!(refused, ReconcileError::OtherMemory { .. }),
            "{refused:?}"
        );
        assert!(std::fs::read(path).unwrap().starts_with(&before[..16]));
    }
}

#[test]
fn a_record_that_cannot_be_read_is_named_and_nothing_is_taken_in() {
    let mut nights = Nights::new();
    nights.night(&[is_still(1)]);
    let note = Note {
        type_: reconcile::RUN,
        body: r#"{"object":"daybook.control","type":"reconcile.run","run":7}"#.to_owned(),
    };
    let bad = intake::control(&stream(), note.type_, note.body, Source::Sync, (0, 0));
    nights.log.append(&[bad.as_new_entry()]).unwrap();
    let seq = nights.entries();
    let mut fresh = Memory::volatile().unwrap();
    match fresh.catch_up(&nights.log, &stream()) {
        Err(ReconcileError::Record { seq: named, .. }) => assert_eq!(named, seq),
        other => panic!("{other:?}"),
    }
    assert!(fresh.runs(&stream()).unwrap().is_empty());
}
