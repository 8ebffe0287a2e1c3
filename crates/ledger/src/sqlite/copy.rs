//! The online copy of a ledger: one snapshot, page by page, into one new file. Checks no entry; that is `verify`'s.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::SqliteLedger;
use super::file::File;
use crate::LedgerError;

const FILE_MODE: u32 = 0o600;
/// Pages between two reports of progress: 4 MiB.
const STEP_PAGES: i32 = 256;

/// How far a copy is, in pages of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyProgress {
    /// Pages copied.
    pub done: u64,
    /// Pages to copy.
    pub pages: u64,
}

impl SqliteLedger {
    /// Copies the ledger as it stands now into a new file at `to` (0600), synced, without WAL. Others may append
    /// meanwhile; what they append is not in the copy. [`LedgerError::Exists`] when anything is at `to`; after any
    /// other error an unfinished file may be left there.
    pub fn copy_to(
        &self,
        to: &Path,
        progress: &mut dyn FnMut(CopyProgress),
    ) -> Result<(), LedgerError> {
        let source = self.sound()?;
        let copy = claim(to)?;
        // The first read takes the snapshot, and the transaction holds it from step to step.
        let snapshot = source
            .connection
            .unchecked_transaction()
            .and_then(|held| {
                held.query_row("SELECT count(*) FROM meta", [], |_| Ok(()))
                    .map(|()| held)
            })
            .map_err(source.failed_to("read"))?;
        let mut target = File::connect(to, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // Until it is whole and synced nobody takes the copy for a ledger, so it needs no journal.
        run(
            &target,
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF",
        )?;
        copy_pages(&snapshot, &mut target, progress).map_err(|error| match error {
            Stopped::Busy => LedgerError::Busy {
                path: to.to_owned(),
            },
            Stopped::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                    source.failed_to("copy")(error)
                }
                _ => target.failed_to("write")(error),
            },
        })?;
        drop((snapshot, target));
        leave_wal(to)?;
        copy.sync_all().map_err(|source| LedgerError::Io {
            doing: "sync",
            path: to.to_owned(),
            source,
        })
    }
}

enum Stopped {
    Busy,
    Sqlite(rusqlite::Error),
}

fn copy_pages(
    from: &Connection,
    to: &mut File,
    progress: &mut dyn FnMut(CopyProgress),
) -> Result<(), Stopped> {
    let backup = Backup::new(from, &mut to.connection).map_err(Stopped::Sqlite)?;
    loop {
        let step = backup.step(STEP_PAGES).map_err(Stopped::Sqlite)?;
        let at = backup.progress();
        let [pages, remaining] =
            [at.pagecount, at.remaining].map(|number| u64::try_from(number).unwrap_or(0));
        progress(CopyProgress {
            done: pages.saturating_sub(remaining),
            pages,
        });
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            // Nobody else knows the new file, and a snapshot is never locked: waiting would not help.
            _ => return Err(Stopped::Busy),
        }
    }
}

/// The copied header still says WAL, and a file in WAL mode can't be read where nothing may be written beside it.
fn leave_wal(path: &Path) -> Result<(), LedgerError> {
    let copy = File::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    run(&copy, "PRAGMA journal_mode = DELETE")
}

fn run(file: &File, sql: &str) -> Result<(), LedgerError> {
    file.connection
        .execute_batch(sql)
        .map_err(file.failed_to("write"))
}

/// Makes the file, empty and for its owner only, unless one is there.
fn claim(path: &Path) -> Result<std::fs::File, LedgerError> {
    let mut options = OpenOptions::new();
    let file = options
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(path);
    file.map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => LedgerError::Exists {
            path: path.to_owned(),
        },
        _ => LedgerError::Io {
            doing: "create",
            path: path.to_owned(),
            source,
        },
    })
}
