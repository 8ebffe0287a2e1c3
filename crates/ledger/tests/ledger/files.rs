//! The file of a ledger: how it is made, what is refused in its place, what survives a failure.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use ledger::{Ledger, LedgerError, Log, SqliteLedger, verify};
use rusqlite::Connection;

use crate::draft::{Draft, append, append_events, entries, live, on_disk};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn raw(path: &Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

/// What opening says, which must be the same for reading and for appending.
fn refusal(path: &Path) -> String {
    let refusal = SqliteLedger::open(path).err().unwrap().to_string();
    assert_eq!(
        SqliteLedger::open_readonly(path).err().unwrap().to_string(),
        refusal
    );
    refusal
}

#[test]
fn a_new_ledger_is_for_its_owner_only() {
    let (_folder, path, mut ledger) = on_disk();
    append_events(&mut ledger, &live(), 1);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for file in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        assert_eq!(mode(&path.with_file_name(file)), 0o600, "{file}");
    }
}

#[test]
fn a_new_ledger_is_marked_synced_and_in_wal_mode() {
    let (_folder, path, _ledger) = on_disk();
    let connection = Connection::open(&path).unwrap();
    let pragma = |name| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!(pragma("application_id").to_be_bytes()[4..], *b"dayb");
    assert_eq!((pragma("user_version"), pragma("page_size")), (2, 8_192));
    let journal_mode: String = connection
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .unwrap();
    assert_eq!(journal_mode, "wal");
}

#[test]
fn two_ledgers_have_different_ids() {
    let [(_a, _, first), (_b, _, second)] = [on_disk(), on_disk()];
    assert_ne!(first.meta_hash().unwrap(), second.meta_hash().unwrap());
}

#[test]
fn a_ledger_is_never_created_over_anything() {
    let (_folder, path, mut ledger) = on_disk();
    append_events(&mut ledger, &live(), 2);
    let note = path.with_file_name("note.txt");
    fs::write(&note, "dear diary").unwrap();
    for path in [&path, &note] {
        let error = SqliteLedger::create(path, 0).err().unwrap();
        assert!(matches!(error, LedgerError::Exists { .. }));
    }
    assert_eq!(fs::read(&note).unwrap(), b"dear diary");
    assert_eq!(ledger.head(&live()).unwrap().seq, 2);
}

#[test]
fn of_several_creators_one_wins_and_the_others_find_a_ledger() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let start = std::sync::Barrier::new(3);
        let create = || {
            start.wait();
            SqliteLedger::create(&path, 0).map(drop)
        };
        let results = std::thread::scope(|scope| {
            let creators = [(); 3].map(|()| scope.spawn(create));
            creators.map(|creator| creator.join().unwrap())
        });
        assert_eq!(
            results.iter().filter(|result| result.is_ok()).count(),
            1,
            "{results:?}"
        );
        let lost =
            |result: &&Result<(), LedgerError>| matches!(result, Err(LedgerError::Exists { .. }));
        assert_eq!(results.iter().filter(lost).count(), 2, "{results:?}");
    }
}

#[test]
fn what_is_no_ledger_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let shown = path.display();
    assert_eq!(refusal(&path), format!("there is no ledger at {shown}"));
    fs::write(&path, "dear diary, ".repeat(1000)).unwrap();
    assert_eq!(refusal(&path), format!("{shown} is not a daybook ledger"));
    fs::write(&path, "").unwrap();
    assert_eq!(refusal(&path), format!("{shown} is not a daybook ledger"));
    raw(&path, "CREATE TABLE entries (id)");
    let before = fs::read(&path).unwrap();
    assert_eq!(refusal(&path), format!("{shown} is not a daybook ledger"));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn what_is_no_file_is_refused_without_being_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    fs::create_dir(&path).unwrap();
    let told = format!("{} is not a daybook ledger", path.display());
    assert_eq!(refusal(&path), told);
    fs::remove_dir(&path).unwrap();
    // Like a pipe, a socket is no file; to open a pipe would be to wait for ever.
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    assert_eq!(refusal(&path), told);
}

#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let (_folder, path, ledger) = on_disk();
    drop(ledger);
    raw(&path, "PRAGMA user_version = 3");
    let expected = format!(
        "{} has ledger format 3; this program knows 2 and will not touch it",
        path.display()
    );
    assert_eq!(refusal(&path), expected);
    raw(&path, "PRAGMA user_version = 0");
    assert_eq!(
        refusal(&path),
        format!("{} is not a daybook ledger", path.display())
    );
}

#[test]
fn a_ledger_without_one_of_its_triggers_or_indexes_is_refused() {
    for (kind, name) in [
        ("TRIGGER", "entries_stay"),
        ("INDEX", "entries_by_id"),
        ("TABLE", "duplicates"),
    ] {
        let (_folder, path, ledger) = on_disk();
        drop(ledger);
        raw(&path, &format!("DROP {kind} {name}"));
        assert_eq!(
            refusal(&path),
            format!(
                "{} is damaged: {name} is missing or altered",
                path.display()
            )
        );
    }
}

#[test]
fn an_index_added_for_a_query_is_let_be() {
    let (_folder, path, ledger) = on_disk();
    drop(ledger);
    raw(&path, "CREATE INDEX mine ON entries (object_id)");
    append_events(&mut SqliteLedger::open(&path).unwrap(), &live(), 1);
}

#[test]
fn torn_pages_are_damage() {
    let (_folder, path, mut ledger) = on_disk();
    append_events(&mut ledger, &live(), 50);
    drop(ledger);
    let mut bytes = fs::read(&path).unwrap();
    bytes[8_192..].fill(0xff);
    fs::write(&path, bytes).unwrap();
    let error = SqliteLedger::open(&path).err().unwrap();
    assert!(matches!(error, LedgerError::Damaged { .. }), "{error:?}");
    assert_eq!(error.to_string(), format!("{} is damaged", path.display()));
}

#[test]
fn a_ledger_opened_for_reading_refuses_to_append() {
    let (_folder, path, mut ledger) = on_disk();
    append_events(&mut ledger, &live(), 2);
    let mut reader = SqliteLedger::open_readonly(&path).unwrap();
    let draft = Draft::new(&live(), "evt_new", None, 0);
    let error = reader.append(&[draft.entry()]).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{} can only be read", path.display())
    );
    append(&mut ledger, &[draft]);
    assert_eq!(reader.head(&live()).unwrap(), ledger.head(&live()).unwrap());
}

#[test]
fn a_reopened_ledger_continues_the_chain() {
    let (_folder, path, mut ledger) = on_disk();
    append_events(&mut ledger, &live(), 3);
    let (head, meta_hash) = (ledger.head(&live()).unwrap(), ledger.meta_hash().unwrap());
    drop(ledger);
    let mut ledger = SqliteLedger::open(&path).unwrap();
    append(&mut ledger, &[Draft::new(&live(), "evt_new", None, 0)]);
    assert_eq!(ledger.meta_hash().unwrap(), meta_hash);
    let verified = verify(&ledger, Some(&head), &mut |_| ()).unwrap();
    assert_eq!(verified.streams[0].head.seq, 4);
}

#[test]
fn two_writers_take_turns_on_one_chain() {
    let (_folder, path, mut first) = on_disk();
    let mut second = SqliteLedger::open(&path).unwrap();
    for n in 0..6 {
        let writer: &mut dyn Ledger = if n % 2 == 0 { &mut first } else { &mut second };
        append(writer, &[Draft::new(&live(), &format!("evt_{n}"), None, 0)]);
    }
    assert_eq!(
        verify(&first, None, &mut |_| ()).unwrap().streams[0]
            .head
            .seq,
        6
    );
}

#[test]
fn a_batch_that_fails_before_its_commit_leaves_nothing_behind() {
    let (_folder, path, mut ledger) = on_disk();
    append_events(&mut ledger, &live(), 2);
    let before = ledger.streams().unwrap();
    let batch =
        ["evt_0", "evt_good", "evt_bad"].map(|id| Draft::new(&live(), id, Some("2026-01-01"), 0));
    for breaking in ["ABORT, 'no'", "FAIL, 'no'", "ROLLBACK, 'no'", "IGNORE"] {
        raw(
            &path,
            &format!(
                "DROP TRIGGER IF EXISTS breaker; \
                 CREATE TRIGGER breaker BEFORE INSERT ON entries WHEN NEW.id = 'evt_bad' \
                 BEGIN SELECT RAISE({breaking}); END"
            ),
        );
        let error = ledger
            .append(&batch.each_ref().map(Draft::entry))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("SQLite failed to append to {}", path.display())
        );
        assert_eq!(ledger.streams().unwrap(), before, "{breaking}");
    }
    append(&mut ledger, &batch[..2]);
    assert_eq!(entries(&ledger, &live()).len(), 3);
}

#[test]
fn a_failed_commit_poisons_until_reopened() {
    let (_folder, path, mut ledger) = on_disk();
    append_events(&mut ledger, &live(), 2);
    // A deferred constraint is looked at by COMMIT, and by nothing before it.
    raw(
        &path,
        "CREATE TABLE breaker (entry TEXT REFERENCES breaker_target (id) DEFERRABLE INITIALLY DEFERRED); \
         CREATE TABLE breaker_target (id TEXT PRIMARY KEY); \
         CREATE TRIGGER breaking AFTER INSERT ON entries BEGIN INSERT INTO breaker VALUES (NEW.id); END",
    );
    let draft = Draft::new(&live(), "evt_new", None, 0);
    let error = ledger.append(&[draft.entry()]).unwrap_err();
    assert!(matches!(error, LedgerError::Commit { .. }), "{error:?}");
    raw(&path, "DROP TRIGGER breaking");
    let poisoned = format!(
        "{} must be opened again after a failed commit",
        path.display()
    );
    assert_eq!(
        ledger.append(&[draft.entry()]).unwrap_err().to_string(),
        poisoned
    );
    assert_eq!(ledger.head(&live()).unwrap_err().to_string(), poisoned);
    let mut reopened = SqliteLedger::open(&path).unwrap();
    append(&mut reopened, &[draft]);
    assert_eq!(
        verify(&reopened, None, &mut |_| ()).unwrap().streams[0]
            .head
            .seq,
        3
    );
}
