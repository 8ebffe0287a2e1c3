//! A file that has its name only once it is whole, on disk. Knows nothing of what is in it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, failed};

/// For nobody else's eyes: a report.
pub(crate) const OWN: u32 = 0o600;
/// For whoever collects figures, as far as the process lets.
pub(crate) const READABLE: u32 = 0o644;

/// Puts a whole file with this mode in the place of another, if there is one.
pub(crate) fn replace(path: &Path, mode: u32, bytes: &[u8]) -> Result<(), Failure> {
    // The collector takes whatever ends in .prom, whole or not.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let part = path.with_file_name(format!(".{name}.part"));
    let written = write(&part, mode, bytes).and_then(|()| {
        fs::rename(&part, path)?;
        File::open(folder(path))?.sync_all()
    });
    written.map_err(failed("write", path))
}

fn write(part: &Path, mode: u32, bytes: &[u8]) -> io::Result<()> {
    // One that a killed run left behind may have another mode.
    match fs::remove_file(part) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    let options = options.write(true).create_new(true).mode(mode);
    let mut file = options.open(part)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_whatever_a_killed_run_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nights.prom");
        let part = folder.path().join(".nights.prom.part");
        for text in ["one", "another"] {
            fs::write(&part, "half of").unwrap();
            replace(&path, OWN, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert!(!part.exists());
            let mode = fs::metadata(&path).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::mode(&mode.permissions());
            assert_eq!(mode & 0o777, OWN);
        }
        let nowhere = folder.path().join("none").join("nights.prom");
        assert!(replace(&nowhere, READABLE, b"text").is_err());
    }
}
