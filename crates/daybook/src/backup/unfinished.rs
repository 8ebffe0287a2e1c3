//! A folder that is being filled: under a name of its own, under a lock, and gone unless it is given its place. What a killed
//! run left goes with the next one.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{ErrorKind, Result as IoResult};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::MANIFEST;
use crate::failure::{Failure, ShellError, failed};
use crate::folder::{LEDGER_FILES, REJECTS, SETTINGS};

/// A folder in the making. Dropping it removes it.
pub(crate) struct Unfinished {
    path: PathBuf,
    /// Held as long as the folder is being filled; the system lets go of it when the process ends, however it ends.
    _lock: File,
    is_placed: bool,
}

impl Unfinished {
    /// Takes the folder at `path`, empty, for this process alone.
    pub(crate) fn claim(path: &Path) -> Result<Self, Failure> {
        match DirBuilder::new().mode(0o700).create(path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(failed("make", path)(error));
            }
            _ => {}
        }
        let lock = File::open(path).map_err(failed("open", path))?;
        let path = path.to_owned();
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(ShellError::Unfinished { path }.into()),
            Err(TryLockError::Error(error)) => return Err(failed("lock", &path)(error)),
            Ok(()) => {}
        }
        // Between opening and locking, another process may have finished and given the folder its place.
        if !is_same(&lock, &path).map_err(failed("look at", &path))? {
            return Err(ShellError::Unfinished { path }.into());
        }
        sweep(&path)?;
        Ok(Self {
            path,
            _lock: lock,
            is_placed: false,
        })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its place, where nothing or an empty folder is.
    pub(crate) fn rename_to(mut self, place: &Path) -> Result<(), Failure> {
        fs::rename(&self.path, place).map_err(failed("make", place))?;
        self.is_placed = true;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if self.is_placed {
            return;
        }
        // Why a run failed is told; that its remains could not be removed would only hide it. The next run tries again.
        let _ = sweep(&self.path).is_ok_and(|()| fs::remove_dir(&self.path).is_ok());
    }
}

fn is_same(lock: &File, path: &Path) -> IoResult<bool> {
    let place = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        place => place?,
    };
    let held = lock.metadata()?;
    Ok((held.dev(), held.ino()) == (place.dev(), place.ino()))
}

/// Empties a folder in which there is nothing but what daybook writes there.
fn sweep(path: &Path) -> Result<(), Failure> {
    let files = match fs::read_dir(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        files => files
            .and_then(Iterator::collect::<IoResult<Vec<_>>>)
            .map_err(failed("list", path))?,
    };
    let is_ours = |file: &fs::DirEntry| {
        let name = file.file_name();
        let known = LEDGER_FILES.iter().chain(&[SETTINGS, MANIFEST, REJECTS]);
        known.into_iter().any(|known| name == **known)
    };
    if !files.iter().all(is_ours) {
        let path = path.to_owned();
        return Err(ShellError::Strange { path }.into());
    }
    for file in files {
        let path = file.path();
        let removed = if path.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.map_err(failed("remove", &path))?;
    }
    Ok(())
}
