//! Files copied and hashed in one go, each synced. Knows no ledger.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::failure::{Failure, failed};

const BUFFER_BYTES: usize = 1 << 20;
/// Of a file that gets its name when it is whole.
const PART_ENDING: &str = "part";

/// What a part of a backup must be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    /// How many files.
    pub(crate) files: u64,
    /// Their bytes in sum.
    pub(crate) bytes: u64,
    /// Of one file, the hash of its bytes; of several, that of the hashes with their names.
    pub(crate) sha256: String,
}

/// Copies a file to where none is, for its owner alone; `progress` is told how many bytes were copied.
pub(crate) fn copy_file(
    from: &Path,
    to: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<Part, Failure> {
    let source = File::open(from).map_err(failed("open", from))?;
    copy(source, from, to, progress)
}

fn copy(
    source: File,
    from: &Path,
    to: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<Part, Failure> {
    let mut options = OpenOptions::new();
    let target = options.write(true).create_new(true).mode(0o600).open(to);
    let mut target = target.map_err(failed("make", to))?;
    let part = hash(source, from, |bytes, done| {
        target.write_all(bytes).map_err(failed("write", to))?;
        progress(done);
        Ok(())
    })?;
    target.sync_all().map_err(failed("sync", to))?;
    Ok(part)
}

/// Hashes a file.
pub(crate) fn hash_file(path: &Path, progress: &mut dyn FnMut(u64)) -> Result<Part, Failure> {
    let file = File::open(path).map_err(failed("open", path))?;
    hash(file, path, |_, done| {
        progress(done);
        Ok(())
    })
}

fn hash(
    mut file: File,
    path: &Path,
    mut show: impl FnMut(&[u8], u64) -> Result<(), Failure>,
) -> Result<Part, Failure> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer).map_err(failed("read", path))?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
        show(&buffer[..read], bytes)?;
    }
    Ok(Part {
        files: 1,
        bytes,
        sha256: hex(hasher),
    })
}

/// Copies the rejects of one folder into another, which is made; none where there is no folder. What somebody mends and
/// removes meanwhile is left out, and so is what is still being written.
pub(crate) fn copy_rejects(from: &Path, to: &Path) -> Result<Part, Failure> {
    let mut whole = Part::default();
    let mut hasher = Sha256::new();
    for path in rejects(from)? {
        let name = path.file_name().unwrap_or_default();
        if whole.files == 0 {
            make_folder(to)?;
        }
        let source = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            source => source.map_err(failed("open", &path))?,
        };
        let copied = copy(source, &path, &to.join(name), &mut |_| {})?;
        whole.files += 1;
        whole.bytes += copied.bytes;
        hasher.update(name.as_encoded_bytes());
        hasher.update(b"\0");
        hasher.update(copied.sha256);
    }
    if whole.files > 0 {
        sync(to)?;
    }
    whole.sha256 = hex(hasher);
    Ok(whole)
}

/// What was set aside, without what is still being written, in the order of the names.
pub(crate) fn rejects(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let files = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        files => files.map_err(failed("list", folder))?,
    };
    let is_whole = |path: &PathBuf| path.extension().is_none_or(|ending| ending != PART_ENDING);
    let mut paths = Vec::new();
    for file in files {
        paths.push(file.map_err(failed("list", folder))?.path());
    }
    paths.retain(is_whole);
    paths.sort_unstable();
    Ok(paths)
}

/// Makes a folder for its owner alone, with those above it, where there are none, and sees that they outlive a loss of power.
pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    if path.exists() {
        return Ok(());
    }
    let outer = outer(path);
    make_folder(outer)?;
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(failed("make", path)(error));
        }
        _ => {}
    }
    sync(outer)
}

/// The folder that a path lies in.
pub(crate) fn outer(path: &Path) -> &Path {
    let outer = path.parent();
    outer
        .filter(|outer| !outer.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Sees that a file, or the names in a folder, outlive a loss of power.
pub(crate) fn sync(path: &Path) -> Result<(), Failure> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(failed("sync", path))
}

fn hex(hasher: Sha256) -> String {
    hasher
        .finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a String can't fail");
            text
        })
}
