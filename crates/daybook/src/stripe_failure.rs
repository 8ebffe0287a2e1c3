//! How a run ends that Stripe, or the way to it, did not let finish, and what to do about it.

use std::io;

use sync::{ApiError, GovernorError};

use crate::exit::Exit;
use crate::failure::Failure;

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
