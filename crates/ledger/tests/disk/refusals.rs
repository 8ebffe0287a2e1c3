//! A ledger that can't be appended to just now: another writes, the disk is full, the file may not be written. One
//! clear error, and nothing half-written.

use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use disk::{Call, Disk, Fault, Plan};
use ledger::{Ledger, LedgerError, SqliteLedger};
use rusqlite::Connection;

use crate::audit::shown;
use crate::cases::{ledger_path, quick_folder, rehearse};
use crate::script::{Item, Step};

fn new_item() -> Item {
    Item::new(true, "evt_new", 300)
}

/// A ledger with one entry.
fn make(path: &Path) -> SqliteLedger {
    let mut ledger = SqliteLedger::create(path, 0).unwrap();
    let item = Item::new(true, "evt_1", 300);
    ledger.append(&[item.entry()]).unwrap();
    ledger
}

#[test]
fn a_ledger_that_another_writes_is_busy_and_takes_the_entry_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let path = ledger_path(folder.path());
    let mut ledger = make(&path);
    let before = shown(&ledger).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = ledger.append(&[new_item().entry()]).unwrap_err();
    let expected = format!("{} is being written by another process", path.display());
    assert_eq!(error.to_string(), expected);
    assert_eq!(shown(&ledger).unwrap(), before);
    other.execute_batch("ROLLBACK").unwrap();
    ledger.append(&[new_item().entry()]).unwrap();
}

#[test]
fn a_ledger_on_a_full_disk_says_so_and_takes_the_entry_once_there_is_room() {
    let folder = quick_folder();
    let disk = Disk::below(folder.path()).unwrap();
    let path = ledger_path(folder.path());
    let mut ledger = make(&path);
    let before = shown(&ledger).unwrap();
    let at = disk.calls().len();
    let fault = Fault::Full;
    disk.plan(&[Plan { at, fault }]);
    for _ in 0..2 {
        let error = ledger.append(&[new_item().entry()]).unwrap_err();
        let expected = format!("the disk of {} is full", path.display());
        assert_eq!(error.to_string(), expected);
        assert_eq!(shown(&ledger).unwrap(), before);
    }
    disk.mend();
    ledger.append(&[new_item().entry()]).unwrap();
}

#[test]
fn a_ledger_that_finds_no_room_to_be_created_says_so_and_is_created_once_there_is() {
    let folder = quick_folder();
    let disk = Disk::below(folder.path()).unwrap();
    let path = ledger_path(folder.path());
    disk.plan(&[Plan {
        at: first_write(),
        fault: Fault::Full,
    }]);
    let error = SqliteLedger::create(&path, 0).err().unwrap();
    let expected = format!("the disk of {} is full", path.display());
    assert_eq!(error.to_string(), expected);
    let files = fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(files, 0);
    disk.mend();
    make(&path);
}

/// The first call of a creation that writes.
fn first_write() -> usize {
    let calls = rehearse(&quick_folder(), &[Step::Read]);
    let first = calls.iter().position(|call| *call == Call::Write);
    first.unwrap()
}

#[test]
fn what_may_not_be_written_is_refused_and_left_alone() {
    as_ordinary_user(
        "refusals::what_may_not_be_written_is_refused_and_left_alone",
        || {
            check_locked_file();
            check_locked_folder();
        },
    );
}

fn check_locked_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    drop(make(&path));
    let bytes = fs::read(&path).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    let error = SqliteLedger::open(&path).err().unwrap();
    assert_eq!(error.to_string(), can_only_be_read(&path));
    let mut reader = SqliteLedger::open_readonly(&path).unwrap();
    assert_eq!(shown(&reader).unwrap().entries["acct_1/live"].len(), 1);
    let error = reader.append(&[new_item().entry()]).unwrap_err();
    assert_eq!(error.to_string(), can_only_be_read(&path));
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

fn check_locked_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    drop(make(&path));
    let bytes = fs::read(&path).unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o500)).unwrap();
    let opened = SqliteLedger::open(&path).err().unwrap();
    let created = SqliteLedger::create(&path.with_file_name("other.db"), 0);
    let files = fs::read_dir(folder.path()).unwrap().count();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
    assert_eq!(opened.to_string(), can_only_be_read(&path));
    assert!(matches!(created, Err(LedgerError::Io { .. })));
    assert_eq!(files, 1);
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

fn can_only_be_read(path: &Path) -> String {
    format!("{} can only be read", path.display())
}

/// Runs a test's `body` where permissions mean something. To the superuser they don't: he runs the named test
/// again as somebody else. Only one test may call this: a program being copied while another starts is busy.
fn as_ordinary_user(name: &str, body: impl FnOnce()) {
    if !is_let_through() {
        return body();
    }
    const NOBODY: u32 = 65_534;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("disk");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    for path in [folder.path(), &program] {
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    let scratch = folder.path().join("scratch");
    fs::create_dir(&scratch).unwrap();
    fs::set_permissions(&scratch, Permissions::from_mode(0o777)).unwrap();
    let output = Command::new(&program)
        .args(["--exact", name, "--nocapture"])
        .env("TMPDIR", &scratch)
        .current_dir(&scratch)
        .gid(NOBODY)
        .uid(NOBODY)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{output:?}"
    );
}

fn is_let_through() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("locked");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    OpenOptions::new().write(true).open(&path).is_ok()
}
