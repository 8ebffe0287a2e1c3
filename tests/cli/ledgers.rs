//! Ledgers that can't be appended to: one sentence with a hint, the exit that docs/OPERATIONS.md gives, and nothing is written.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::process::Command;

use rusqlite::Connection;

use crate::desk::{Desk, Run, tree};

const LEDGER: &str = "daybook-data/ledger.db";
/// A user who owns nothing.
const NOBODY: u32 = 65534;

/// A company whose events are not imported yet, in a ledger with one entry.
fn desk() -> Desk {
    let desk = Desk::with_company();
    // What lay in the log beside the file is carried over, so that the file alone is the ledger.
    let ledger = Connection::open(desk.path(LEDGER)).unwrap();
    ledger
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    desk
}

/// Names and bytes of the data folder. Not of SQLite's files beside the ledger: they come and go with readers, and a process
/// that closes them lets go of its own locks.
fn files(desk: &Desk) -> Vec<(String, Vec<u8>)> {
    let paths = fs::read_dir(desk.path("daybook-data")).unwrap();
    let paths = paths.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths
        .map(|path| (path.to_str().unwrap().to_owned(), path))
        .filter(|(name, _)| !name.contains(".db-"))
        .map(|(name, path)| (name, fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

/// The import ends so, says this in one sentence with a hint, and leaves everything as it was.
fn check(desk: &Desk, run: impl Fn(&Desk) -> Run, exit: i32, said: &str) {
    let before = files(desk);
    let Run {
        exit: ended,
        stdout,
        stderr,
    } = run(desk);
    assert_eq!((ended, &*stdout), (exit, ""), "{said}: {stderr}");
    let lines: Vec<&str> = stderr.lines().collect();
    assert!(lines[0].starts_with("error: "), "{stderr}");
    assert!(lines[0].contains(said), "{said}: {stderr}");
    assert!(
        lines.last().unwrap().starts_with("hint: "),
        "{said}: {stderr}"
    );
    assert!(files(desk) == before, "{said}: something was written");
}

fn import(desk: &Desk) -> Run {
    desk.run("import sim/events.ndjson")
}

fn overwrite(desk: &Desk, at: i64, bytes: &[u8]) {
    let mut file = OpenOptions::new()
        .write(true)
        .open(desk.path(LEDGER))
        .unwrap();
    file.seek(SeekFrom::Start(at.unsigned_abs())).unwrap();
    file.write_all(bytes).unwrap();
}

#[test]
fn a_foreign_file_is_no_ledger() {
    let desk = desk();
    let other = Connection::open(desk.path("other.db")).unwrap();
    other
        .execute_batch("CREATE TABLE entries (id TEXT); PRAGMA user_version = 1;")
        .unwrap();
    drop(other);
    let other = fs::read(desk.path("other.db")).unwrap();
    for foreign in [
        &b""[..],
        b"certainly no database, however long it may be",
        &other,
    ] {
        desk.write(LEDGER, foreign);
        check(&desk, import, 1, "is not a daybook ledger");
    }
}

#[test]
fn a_newer_ledger_is_left_alone() {
    let desk = desk();
    let ledger = Connection::open(desk.path(LEDGER)).unwrap();
    ledger
        .execute_batch("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE);")
        .unwrap();
    drop(ledger);
    check(&desk, import, 1, "has ledger format 99");
}

#[test]
fn a_damaged_ledger_is_not_appended_to() {
    let desk = desk();
    let whole = fs::read(desk.path(LEDGER)).unwrap();
    let ledger = Connection::open(desk.path(LEDGER)).unwrap();
    let number = |sql| {
        ledger
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    let page = number("SELECT rootpage FROM sqlite_schema WHERE name = 'entries_by_seq'");
    let page_bytes = number("PRAGMA page_size");
    drop(ledger);
    overwrite(&desk, (page - 1) * page_bytes, &[0xff; 4096]);
    check(&desk, import, 5, "is damaged");
    desk.write(LEDGER, &whole[..whole.len() / 2]);
    check(&desk, import, 5, "is damaged");
    desk.write(LEDGER, &whole);
    let ledger = Connection::open(desk.path(LEDGER)).unwrap();
    ledger
        .execute_batch("DROP TRIGGER entries_stay; PRAGMA wal_checkpoint(TRUNCATE);")
        .unwrap();
    drop(ledger);
    check(&desk, import, 5, "entries_stay is missing or altered");
}

#[test]
fn a_ledger_that_another_process_writes_is_waited_for_and_then_left() {
    let desk = desk();
    let ledger = Connection::open(desk.path(LEDGER)).unwrap();
    ledger.execute_batch("BEGIN IMMEDIATE").unwrap();
    check(&desk, import, 4, "is being written by another process");
    ledger.execute_batch("ROLLBACK").unwrap();
    desk.ok("import sim/events.ndjson");
}

#[test]
fn a_ledger_that_may_only_be_read_is_not_appended_to() {
    let desk = desk();
    // A root would be let in whatever the permissions say.
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    fs::copy(env!("CARGO_BIN_EXE_daybook"), desk.path("daybook")).unwrap();
    let allow = |mode: u32| {
        let folder = desk.path("daybook-data");
        for (path, _) in tree(&folder) {
            fs::set_permissions(path, Permissions::from_mode(mode & 0o444)).unwrap();
        }
        fs::set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
        fs::set_permissions(desk.path("."), Permissions::from_mode(0o755)).unwrap();
    };
    let as_stranger = |desk: &Desk| {
        let mut command = Command::new(desk.path("daybook"));
        command.args(["import", "sim/events.ndjson"]);
        command
            .current_dir(desk.path("."))
            .env_remove("DAYBOOK_DATA");
        if is_root {
            command.uid(NOBODY);
        }
        Run::from(command.output().unwrap())
    };
    allow(0o555);
    check(&desk, as_stranger, 1, "can only be read");
    allow(0o755);
}
