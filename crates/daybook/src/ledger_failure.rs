//! How a run ends that the ledger did not let finish, and what to do about it.

use std::io;

use ledger::{Fault, LedgerError};

use crate::exit::Exit;
use crate::failure::{Failure, OF_ANOTHER_USER};

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let (exit, hint) = of_ledger(&error);
        Self::new(exit, error, hint)
    }
}

/// An exit and a hint for every error of a ledger.
pub(crate) fn of_ledger(error: &LedgerError) -> (Exit, Option<&'static str>) {
    use LedgerError as E;
    match error {
        E::Missing { .. } => (
            Exit::Failed,
            Some("restore it from a backup, or name another folder with --data"),
        ),
        E::Exists { .. } => (
            Exit::Failed,
            Some("use it as it is, or name another folder with --data"),
        ),
        E::Newer { .. } => (
            Exit::Failed,
            Some("use the program that wrote it, or a newer one"),
        ),
        E::Foreign { .. } => (
            Exit::Failed,
            Some("restore it from a backup, or name another folder with --data"),
        ),
        E::ReadOnly { .. } => (
            Exit::Failed,
            Some(
                "SQLite writes beside a ledger even to read it: run as its owner, or have the owner open it to your group as docs/OPERATIONS.md says",
            ),
        ),
        E::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
            (Exit::Failed, Some(OF_ANOTHER_USER))
        }
        E::Sqlite { source, .. }
            if source.sqlite_error_code() == Some(rusqlite::ErrorCode::CannotOpen) =>
        {
            (
                Exit::Failed,
                Some(
                    "SQLite writes beside a ledger even to read it: see whether it can there; a backup is read without",
                ),
            )
        }
        E::Sqlite { .. } | E::Io { .. } | E::Randomness { .. } | E::Thread { .. } => {
            (Exit::Failed, None)
        }
        E::Busy { .. } => (
            Exit::Unfinished,
            Some("try again when the other process is done"),
        ),
        E::Full { .. } => (
            Exit::Unfinished,
            Some("make room on the disk, then do it again: what is there already is not doubled"),
        ),
        E::Commit { .. } | E::Poisoned { .. } => (
            Exit::Damaged,
            Some(
                "see what is on disk with `daybook verify`, then do it again: what is there already is not doubled",
            ),
        ),
        E::Faulty { fault, .. } => (Exit::Damaged, Some(of_fault(fault))),
        E::Altered { .. } | E::Added { .. } | E::Damaged { .. } | E::Unsound { .. } => (
            Exit::Damaged,
            Some("restore the ledger from a backup, and import what came after it"),
        ),
        E::BadStream { .. } | E::BadHash { .. } | E::BadHead { .. } => (Exit::Usage, None),
    }
}

fn of_fault(fault: &Fault) -> &'static str {
    match fault {
        Fault::Unreached { .. } | Fault::OtherHead { .. } => {
            "this log is not the one that the head was taken from, or its end was cut off or written anew"
        }
        Fault::Missing
        | Fault::Unreadable { .. }
        | Fault::Packed { .. }
        | Fault::Dictionary { .. }
        | Fault::Opening
        | Fault::Adoption { .. }
        | Fault::Unadopted { .. }
        | Fault::Tally { .. }
        | Fault::Commitment
        | Fault::Chain => {
            "the log was changed or damaged there: restore it from a backup that `daybook verify` accepts"
        }
    }
}
