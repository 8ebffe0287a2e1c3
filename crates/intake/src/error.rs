//! What can go wrong at the door. A body that can't enter is no error: it is set aside.

use std::io;
use std::path::PathBuf;

use ledger::LedgerError;
use thiserror::Error;

/// Any failure of this crate.
#[derive(Debug, Error)]
pub enum IntakeError {
    /// The log did not take a batch; none of the batch is in it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// What was refused could not be kept, so that the import stopped.
    #[error("failed to {doing} {path}")]
    Rejects {
        /// What was being done.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}
