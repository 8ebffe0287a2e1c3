//! A file that stands under its name whole, or not at all: written under another name, synced, then renamed. Names nothing.
//!
//! Whoever writes one holds a lock on it, so that what a killed process left can be told from what is being written.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const PART_ENDING: &str = "part";

/// A file that has no name of its own yet (0600); dropped, it is gone.
pub(crate) struct Part {
    path: PathBuf,
    file: File,
    is_kept: bool,
}

impl Part {
    /// An empty one in `folder`.
    pub(crate) fn create(folder: &Path) -> io::Result<Self> {
        let process = std::process::id();
        let mut number = 0_u64;
        loop {
            let path = folder.join(format!("{process}-{number}.{PART_ENDING}"));
            if let Some(file) = claim(&path)? {
                return Ok(Self {
                    path,
                    file,
                    is_kept: false,
                });
            }
            number += 1;
        }
    }

    /// Gives it this name, once it is on disk.
    pub(crate) fn keep(mut self, path: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, path)?;
        self.is_kept = true;
        Ok(())
    }
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.is_kept {
            // Whatever stopped the writing is told; what stays behind is swept later.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Removes what killed processes left in `folder`, which need not exist.
pub(crate) fn sweep(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == PART_ENDING) {
            absent_is_fine(remove_unless_locked(&path))?;
        }
    }
    Ok(())
}

/// The new file at `path`, locked; none if somebody else has it.
fn claim(path: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    let file = match options.write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
        file => file?,
    };
    // Between its making and its lock it looks like one that was left, and may have been swept.
    let is_ours = lock(&file)? && file.metadata()?.nlink() > 0;
    Ok(is_ours.then_some(file))
}

fn remove_unless_locked(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    if lock(&file)? {
        fs::remove_file(path)?;
    }
    Ok(())
}

/// Whether nobody else holds the lock.
fn lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn absent_is_fine(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_being_written_is_not_swept_and_what_was_left_is() {
        let folder = tempfile::TempDir::new().unwrap();
        let folder = folder.path();
        fs::write(folder.join("4294967295-0.part"), "left by a killed process").unwrap();
        fs::write(folder.join("mine.txt"), "no part").unwrap();
        let mut one = Part::create(folder).unwrap();
        let other = Part::create(folder).unwrap();
        sweep(folder).unwrap();
        assert_eq!(names(folder).len(), 3);
        one.write_all(b"whole").unwrap();
        one.keep(&folder.join("named")).unwrap();
        drop(other);
        assert_eq!(names(folder), ["mine.txt", "named"]);
        assert_eq!(fs::read(folder.join("named")).unwrap(), b"whole");
        sweep(&folder.join("absent")).unwrap();
    }
}
