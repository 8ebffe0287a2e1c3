//! One run of a kind at a time in a data folder. The lock goes with the process, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::SyncError;

/// How much of a lock's text is believed.
const TEXT_BYTES_MAX: u64 = 200;

/// The name of the lock, in the data folder, of whoever backfills.
pub const BACKFILL_LOCK: &str = "backfill.lock";

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
}

impl RunLock {
    /// Takes the lock at `path`. `text` says what holds it, since when and as which process: `backfill is running since … as process 7`.
    ///
    /// # Errors
    /// [`SyncError::Locked`] with the other's text when somebody has it.
    pub fn acquire(path: &Path, text: &str) -> Result<Self, SyncError> {
        let failed = |source| SyncError::Lock {
            path: path.to_owned(),
            source,
        };
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.mode(0o600).open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(SyncError::Locked {
                    path: path.to_owned(),
                    held_by: text_of(&file),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        // What a lock says is for people: that it is held is known without.
        file.set_len(0).map_err(failed)?;
        file.rewind().map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

fn text_of(file: &File) -> String {
    let mut bytes = Vec::new();
    let read = file.take(TEXT_BYTES_MAX).read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    let text: String = text.chars().filter(|sign| !sign.is_control()).collect();
    match read {
        Ok(_) if !text.is_empty() => text,
        _ => "another process is at it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_run_learns_who_runs_and_the_lock_goes_with_its_holder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backfill.lock");
        let held = RunLock::acquire(&path, "backfill is running as process 7").unwrap();
        let refused = RunLock::acquire(&path, "backfill is running as process 8").unwrap_err();
        assert!(refused.to_string().contains("process 7"), "{refused}");
        drop(held);
        RunLock::acquire(&path, "backfill is running as process 8").unwrap();
    }
}
