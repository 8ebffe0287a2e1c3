//! How a run ends that Stripe, or the way to it, did not let finish, and what to do about it.

use std::io;

use sync::{ApiError, GovernorError, ReadError, SyncError};

use crate::exit::Exit;
use crate::failure::{Failure, ShellError};

const GOES_ON: &str = "nothing is lost: run it again, and it goes on where it stopped";
const REMOVE_TABLE: &str = "stop every daybook that uses the folder and remove the file: it holds requests of the last seconds only";

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        use ApiError as E;
        let (exit, hint) = match &error {
            E::Governor(_) => return of_governor(error),
            E::Absent { .. } => (Exit::Failed, None),
            E::Refused { status: 500.., .. } => (Exit::Unfinished, Some(GOES_ON)),
            E::Refused { .. } => (
                Exit::Failed,
                Some("`daybook doctor` says what Stripe answers to each kind of request"),
            ),
            E::Unauthorized { .. } => (
                Exit::Failed,
                Some(
                    "see in Stripe's Dashboard whether the key is still there, and put a good one into STRIPE_API_KEY",
                ),
            ),
            E::Forbidden { .. } => (
                Exit::Failed,
                Some(
                    "give the key the permission in Stripe's Dashboard: `daybook doctor` lists all that it lacks",
                ),
            ),
            E::Unreachable { .. } => (Exit::Unfinished, Some(GOES_ON)),
            E::Garbled { .. } => (
                Exit::Unfinished,
                Some(
                    "see whether a proxy stands between, or STRIPE_API_BASE names another server; then run it again",
                ),
            ),
        };
        Self::new(exit, error, hint)
    }
}

impl From<SyncError> for Failure {
    fn from(error: SyncError) -> Self {
        use SyncError as E;
        let (exit, hint) = match &error {
            E::Ledger(_) | E::Intake(_) | E::Book(_) | E::Api(_) => return of_cause(error),
            E::Keeper { source, .. }
                if source.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) =>
            {
                (
                    Exit::Unfinished,
                    Some("make room on the disk, then do it again"),
                )
            }
            E::OtherKeeper { .. } => (
                Exit::Failed,
                Some("remove it: what it remembers is in the log, or can be read again"),
            ),
            E::Locked { .. } => (Exit::Unfinished, Some("wait until it is done, or end it")),
            E::OtherAccount { .. } => (
                Exit::Failed,
                Some("take a key of the stream's account, or name another folder with --data"),
            ),
            E::NoStart { .. } => (Exit::Unfinished, Some(GOES_ON)),
            E::Keeper { .. } | E::Lock { .. } | E::Wanted { .. } | E::Died => (Exit::Failed, None),
        };
        Self::new(exit, error, hint)
    }
}

/// What another crate came upon is told as everywhere.
fn of_cause(error: SyncError) -> Failure {
    match error {
        SyncError::Ledger(error) => error.into(),
        SyncError::Intake(error) => error.into(),
        SyncError::Book(error) => error.into(),
        SyncError::Api(error) => (*error).into(),
        error => Failure::new(Exit::Failed, error, None),
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Api(error) => error.into(),
            ReadError::Sync(error) => error.into(),
            ReadError::Stopped => ShellError::Ended.into(),
            error @ (ReadError::Page { .. } | ReadError::Skipped { .. }) => {
                Self::new(Exit::Unfinished, error, Some(GOES_ON))
            }
        }
    }
}

impl From<GovernorError> for Failure {
    fn from(error: GovernorError) -> Self {
        ApiError::from(error).into()
    }
}

fn of_governor(error: ApiError) -> Failure {
    let (exit, hint) = match &error {
        ApiError::Governor(GovernorError::Format { .. }) => (Exit::Failed, Some(REMOVE_TABLE)),
        ApiError::Governor(GovernorError::Limit { .. }) => {
            (Exit::Usage, Some("mend [sync] in daybook.toml"))
        }
        ApiError::Governor(GovernorError::File { source, .. })
            if source.kind() == io::ErrorKind::StorageFull =>
        {
            (
                Exit::Unfinished,
                Some("make room on the disk, then do it again"),
            )
        }
        _ => (
            Exit::Failed,
            Some("see whether the data folder can be written"),
        ),
    };
    Failure::new(exit, error, hint)
}
