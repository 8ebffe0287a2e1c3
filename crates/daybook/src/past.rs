//! What past runs left, at hand for a command: their memory, level with the log. It decides nothing about it.

use std::path::Path;

use ledger::{Log, StreamId};
use reconcile::{Memory, ReconcileError, Tracked};
use rusqlite::ErrorCode;

use crate::failure::{Failure, ShellError};
use crate::folder::Folder;

/// What runs remember, in the data folder.
const MEMORY: &str = "reconcile.db";
/// Letters of a finding's name that people are shown; more wherever they don't tell it.
const SHOWN: usize = 12;

/// The memory of runs, with all that the log has of a stream. Who may read the folder and not write it gets one of their own, that
/// ends with the command.
pub(crate) fn open(folder: &Folder, log: &dyn Log, stream: &StreamId) -> Result<Memory, Failure> {
    match kept(&folder.path().join(MEMORY), log, stream) {
        Err(error) if is_forbidden(&error) => {
            let mut memory = Memory::volatile()?;
            memory.catch_up(log, stream)?;
            Ok(memory)
        }
        memory => Ok(memory?),
    }
}

/// The same, and nothing is written to the folder: as much of the memory as is not there yet ends with the command.
pub(crate) fn look(folder: &Folder, log: &dyn Log, stream: &StreamId) -> Result<Memory, Failure> {
    if is_there(folder) {
        return open(folder, log, stream);
    }
    let mut memory = Memory::volatile()?;
    memory.catch_up(log, stream)?;
    Ok(memory)
}

/// Whether any run has left something to remember since the folder was made.
pub(crate) fn is_there(folder: &Folder) -> bool {
    folder.path().join(MEMORY).exists()
}

fn kept(path: &Path, log: &dyn Log, stream: &StreamId) -> Result<Memory, ReconcileError> {
    let mut memory = Memory::open(path)?;
    memory.catch_up(log, stream)?;
    Ok(memory)
}

fn is_forbidden(error: &ReconcileError) -> bool {
    use ErrorCode as E;
    let ReconcileError::Memory { source, .. } = error else {
        return false;
    };
    matches!(
        source.sqlite_error_code(),
        Some(E::PermissionDenied | E::ReadOnly | E::CannotOpen)
    )
}

/// The one finding that is meant: by its name, the beginning of it, or the id of its object.
pub(crate) fn finding(memory: &Memory, stream: &StreamId, name: &str) -> Result<Tracked, Failure> {
    let mut found = memory.finding(stream, name)?;
    if found.is_empty() {
        found = memory.findings(stream)?;
        found.retain(|tracked| tracked.outcome.finding.object_id == name);
    }
    if let [_] = &found[..] {
        return Ok(found.remove(0));
    }
    if found.is_empty() {
        let (what, id, stream) = ("finding", name.to_owned(), stream.to_string());
        let failure: Failure = ShellError::Absent { what, id, stream }.into();
        return Err(failure.hinting(
            "`daybook findings --all` lists every finding there was; another stream is named with --stream",
        ));
    }
    let name = name.to_owned();
    let what = "findings";
    let failure: Failure = ShellError::Several { what, name }.into();
    let ids = found.iter().map(|tracked| &*tracked.outcome.finding.id);
    let ids: Vec<&str> = ids.take(5).collect();
    Err(failure.hinting(format!("say more of the name: {}", ids.join(", "))))
}

/// A finding's name as people are shown it.
pub(crate) fn short(id: &str) -> &str {
    id.get(..SHOWN).unwrap_or(id)
}
