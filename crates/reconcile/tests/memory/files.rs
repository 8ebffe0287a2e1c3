//! The file of the memory: whose it is, what it may be, and that it is never believed against the log.

use std::os::unix::fs::PermissionsExt;

use ledger::{Ledger, Source};
use reconcile::{Memory, ReconcileError};
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
