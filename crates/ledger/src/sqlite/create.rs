//! The making of a new ledger: folder, file, schema. Opens no existing one, and never leaves a half-made file where
//! a ledger belongs: it is filled under another name, synced, and put in place as the last step.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rusqlite::{OpenFlags, params};

use super::file::{self, File, name_error};
use crate::LedgerError;
use crate::meta::Meta;

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// A packed row has about 700 bytes. With smaller pages the file is larger by what stays free in each; with larger ones a
/// commit of one entry writes more, since it writes whole pages, five or so.
const PAGE_BYTES: i64 = 8 * 1024;

/// Makes a ledger at `path`, whole or not at all. Of several creators the first wins; what one that died left
/// behind is removed by the next.
pub(super) fn create(path: &Path, created_us: i64) -> Result<(), LedgerError> {
    let meta = Meta::draw(file::FORMAT, created_us)?;
    let folder = outer(path);
    make_folder(folder)?;
    // Creators take turns, so that a draft which is there already has no living owner. The system unlocks for
    // those that die.
    let turn = fs::File::open(folder)
        .and_then(|folder| folder.lock().map(|()| folder))
        .map_err(io_failed("lock the folder", folder))?;
    let draft = draft_path(path);
    remove_draft(&draft)?;
    if fs::symlink_metadata(path).is_ok() {
        return Err(exists(path));
    }
    let made = fill(&draft, path, &meta).and_then(|()| put_in_place(&draft, path));
    made.and(remove_draft(&draft))?;
    turn.sync_all()
        .map_err(io_failed("sync the folder", folder))
}

/// Where the ledger of `path` is made. Hidden, and a name that nobody gives to a copy of his own.
fn draft_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".creating");
    path.with_file_name(name)
}

/// Removes a draft and whatever SQLite put beside it.
fn remove_draft(draft: &Path) -> Result<(), LedgerError> {
    for ending in ["-journal", "-wal", "-shm", ""] {
        let mut path = draft.as_os_str().to_owned();
        path.push(ending);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(io_failed("remove", Path::new(&path))(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Makes the draft of `path`, for its owner only, and writes schema and meta into it. It is synced and closed at the end.
fn fill(draft: &Path, path: &Path, meta: &Meta) -> Result<(), LedgerError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(draft)
        .map_err(io_failed("create", path))?;
    let mut file = File::connect(draft, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Errors speak of the ledger, not of its draft.
    path.clone_into(&mut file.path);
    let run = |sql: &str| {
        file.connection
            .execute_batch(sql)
            .map_err(file.failed_to("create"))
    };
    // Without a journal there is no second file; a draft that fails is thrown away as a whole.
    run(&format!(
        "PRAGMA page_size = {PAGE_BYTES}; PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL; BEGIN IMMEDIATE"
    ))?;
    file::SCHEMAS.into_iter().try_for_each(run)?;
    file.connection
        .execute(
            "INSERT INTO meta (only, format, ledger_id, created_us) VALUES (1, ?1, ?2, ?3)",
            params![meta.format, meta.ledger_id, meta.created_us],
        )
        .map_err(file.failed_to("create"))?;
    run("COMMIT; PRAGMA journal_mode = WAL")?;
    file.connection
        .close()
        .map_err(|(_, source)| name_error("create", path, source))
}

/// Gives the draft its name. A link, unlike a renaming, never takes the place of another file.
fn put_in_place(draft: &Path, path: &Path) -> Result<(), LedgerError> {
    fs::hard_link(draft, path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => io_failed("create", path)(error),
    })
}

/// Makes a folder and those around it, where there are none, and sees that they outlive a crash.
fn make_folder(folder: &Path) -> Result<(), LedgerError> {
    if folder.exists() {
        return Ok(());
    }
    let outer = outer(folder);
    make_folder(outer)?;
    match DirBuilder::new().mode(FOLDER_MODE).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(io_failed("create the folder", folder)(error));
        }
        _ => {}
    }
    fs::File::open(outer)
        .and_then(|outer| outer.sync_all())
        .map_err(io_failed("sync the folder", outer))
}

/// The folder that a path lies in.
fn outer(path: &Path) -> &Path {
    path.parent()
        .filter(|outer| !outer.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

fn exists(path: &Path) -> LedgerError {
    LedgerError::Exists {
        path: path.to_owned(),
    }
}

fn io_failed(doing: &'static str, path: &Path) -> impl Fn(io::Error) -> LedgerError {
    move |source| LedgerError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}
