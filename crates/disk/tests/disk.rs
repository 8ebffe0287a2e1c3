//! What the faulty disk promises, seen through SQLite alone.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets an error fails with it"
)]

use std::fs;
use std::path::PathBuf;

use disk::{Call, Disk, Fault, Kept, Plan};
use rusqlite::{Connection, ErrorCode, ffi};
use tempfile::TempDir;

struct Stage {
    disk: Disk,
    folder: TempDir,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::below(folder.path()).unwrap();
        let stage = Self { disk, folder };
        let schema = "PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER)";
        stage.connect().execute_batch(schema).unwrap();
        stage
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("t.db")
    }

    fn connect(&self) -> Connection {
        let connection = Connection::open(self.path()).unwrap();
        connection
            .execute_batch("PRAGMA synchronous = FULL")
            .unwrap();
        connection
    }

    /// A connection whose next insert is struck at its first call of this kind. Which one that is shows on
    /// another disk in the same state.
    fn connect_to_fail(&self, fault: Fault, call: Call) -> Connection {
        let rehearsal = Self::new();
        let [connection, other] = [self.connect(), rehearsal.connect()];
        let start = rehearsal.disk.calls().len();
        insert(&other).unwrap();
        let calls = rehearsal.disk.calls();
        let at = start + calls[start..].iter().position(|c| *c == call).unwrap();
        assert_eq!(calls[..start], self.disk.calls());
        self.disk.plan(&[Plan { at, fault }]);
        connection
    }

    fn rows(&self) -> i64 {
        count(&self.connect()).unwrap()
    }
}

fn insert(connection: &Connection) -> rusqlite::Result<usize> {
    connection.execute("INSERT INTO t VALUES (1)", [])
}

fn count(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0))
}

fn extended_code(result: rusqlite::Result<usize>) -> i32 {
    result
        .unwrap_err()
        .sqlite_error()
        .map(|error| error.extended_code)
        .unwrap()
}

#[test]
fn an_error_strikes_the_planned_call_once_with_its_own_code() {
    for (call, code) in [
        (Call::Write, ffi::SQLITE_IOERR_WRITE),
        (Call::Sync, ffi::SQLITE_IOERR_FSYNC),
        (Call::ShmLock, ffi::SQLITE_IOERR_SHMLOCK),
        (Call::Read, ffi::SQLITE_IOERR_READ),
    ] {
        let stage = Stage::new();
        let connection = stage.connect_to_fail(Fault::Error, call);
        assert_eq!(extended_code(insert(&connection)), code, "{call:?}");
        insert(&connection).unwrap();
        assert_eq!(count(&connection).unwrap(), 1);
    }
}

#[test]
fn a_full_disk_stays_full_until_it_is_mended() {
    let stage = Stage::new();
    let connection = stage.connect_to_fail(Fault::Full, Call::Write);
    for _ in 0..2 {
        let error = insert(&connection).unwrap_err();
        assert_eq!(error.sqlite_error_code(), Some(ErrorCode::DiskFull));
    }
    stage.disk.mend();
    insert(&connection).unwrap();
}

#[test]
fn what_was_synced_outlives_the_power_and_what_was_not_is_lost_or_not() {
    let kept = [Kept::Nothing, Kept::Everything, Kept::Sectors { seed: 1 }];
    for (synchronous, survive) in [("FULL", [1, 1, 1]), ("OFF", [0, 1, 0])] {
        for (kept, expected) in kept.into_iter().zip(survive) {
            let stage = Stage::new();
            let connection = stage.connect();
            connection
                .pragma_update(None, "synchronous", synchronous)
                .unwrap();
            insert(&connection).unwrap();
            let at = stage.disk.calls().len();
            let fault = Fault::PowerLoss;
            stage.disk.plan(&[Plan { at, fault }]);
            assert!(insert(&connection).is_err());
            assert!(count(&connection).is_err(), "there is no power");
            drop(connection);
            stage.disk.restore_power(kept).unwrap();
            assert_eq!(stage.rows(), expected, "{synchronous} {kept:?}");
        }
    }
}

#[test]
fn a_sync_that_lied_shows_only_after_the_power_went() {
    let stage = Stage::new();
    let at = stage.disk.calls().len();
    let fault = Fault::LyingSyncs(Kept::Nothing);
    stage.disk.plan(&[Plan { at, fault }]);
    let connection = stage.connect();
    insert(&connection).unwrap();
    assert_eq!(count(&connection).unwrap(), 1);
    let at = stage.disk.calls().len();
    let fault = Fault::PowerLoss;
    stage.disk.plan(&[Plan { at, fault }]);
    assert!(insert(&connection).is_err());
    drop(connection);
    stage.disk.restore_power(Kept::Everything).unwrap();
    assert_eq!(stage.rows(), 0);
}

#[test]
fn a_short_write_leaves_half_of_its_bytes_in_the_file() {
    let stage = Stage::new();
    let connection = stage.connect_to_fail(Fault::ShortWrite, Call::Write);
    assert!(insert(&connection).is_err());
    let wal = stage.path().with_file_name("t.db-wal");
    assert_eq!(
        fs::metadata(wal).unwrap().len(),
        16,
        "half of the WAL's head"
    );
    insert(&connection).unwrap();
    assert_eq!(count(&connection).unwrap(), 1);
}

#[test]
fn locks_between_connections_are_the_platforms() {
    let stage = Stage::new();
    let [first, second] = [stage.connect(), stage.connect()];
    second.busy_timeout(std::time::Duration::ZERO).unwrap();
    first.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = insert(&second).unwrap_err();
    assert_eq!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy));
    first.execute_batch("COMMIT").unwrap();
    insert(&second).unwrap();
}

#[test]
fn files_of_no_disk_are_let_be() {
    let stage = Stage::new();
    let before = stage.disk.calls().len();
    let elsewhere = tempfile::tempdir().unwrap();
    let connection = Connection::open(elsewhere.path().join("t.db")).unwrap();
    let schema = "PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER)";
    connection.execute_batch(schema).unwrap();
    insert(&connection).unwrap();
    assert_eq!(stage.disk.calls().len(), before);
}

#[test]
fn a_linked_file_is_still_the_same_file() {
    let stage = Stage::new();
    let linked = stage.path().with_file_name("linked.db");
    fs::hard_link(stage.path(), &linked).unwrap();
    fs::remove_file(stage.path()).unwrap();
    stage.disk.restore_power(Kept::Nothing).unwrap();
    let connection = Connection::open(&linked).unwrap();
    assert_eq!(count(&connection).unwrap(), 0, "its table was synced");
}
