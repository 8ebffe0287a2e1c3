//! A file that has its name only once it is whole, on disk. Knows nothing of what is in it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, failed};

/// For nobody else's eyes: a report.
pub(crate) const OWN: u32 = 0o600;
/// For whoever collects figures.
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
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(true).mode(mode);
    let mut file = options.open(part)?;
    // One that an earlier run left behind has the mode that it had.
    file.set_permissions(fs::Permissions::from_mode(mode))?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}
