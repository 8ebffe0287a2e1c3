//! The making of a new ledger: folder, file, schema. Opens no existing one.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use rusqlite::{OpenFlags, params};

use super::file::{self, File};
use crate::LedgerError;
use crate::meta::Meta;

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// A packed row has about 700 bytes. With smaller pages the file is larger by what stays free in each; with larger ones a
/// commit of one entry writes more, since it writes whole pages, five or so.
const PAGE_BYTES: i64 = 8 * 1024;

/// Makes the file and its schema. Of several creators the file system lets one win.
pub(super) fn create(path: &Path, created_us: i64) -> Result<(), LedgerError> {
    let meta = Meta::draw(file::FORMAT, created_us)?;
    make_folder(path)?;
    claim_file(path)?;
    fill(path, &meta).inspect_err(|_| {
        // What failed is told; that its remains could not be removed would only hide it.
        let _ = fs::remove_file(path);
    })
}

/// Writes schema and meta into an empty file, in one transaction.
fn fill(path: &Path, meta: &Meta) -> Result<(), LedgerError> {
    let file = File::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let run = |sql: &str| {
        file.connection
            .execute_batch(sql)
            .map_err(file.failed_to("create"))
    };
    // A change of journal mode waits for nobody, so it comes before anyone takes the file for a ledger.
    run(&format!(
        "PRAGMA page_size = {PAGE_BYTES}; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE"
    ))?;
    file::SCHEMAS.into_iter().try_for_each(run)?;
    file.connection
        .execute(
            "INSERT INTO meta (only, format, ledger_id, created_us) VALUES (1, ?1, ?2, ?3)",
            params![meta.format, meta.ledger_id, meta.created_us],
        )
        .map_err(file.failed_to("create"))?;
    run("COMMIT")
}

/// Makes the folder of `path` if there is none, and sees that it outlives a crash.
fn make_folder(path: &Path) -> Result<(), LedgerError> {
    let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty() && !folder.exists())
    else {
        return Ok(());
    };
    DirBuilder::new()
        .recursive(true)
        .mode(FOLDER_MODE)
        .create(folder)
        .map_err(io_failed("create the folder", folder))?;
    let outer = folder
        .parent()
        .filter(|outer| !outer.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::File::open(outer)
        .and_then(|outer| outer.sync_all())
        .map_err(io_failed("sync the folder", outer))
}

/// Makes the file, empty and for its owner only, unless one is there.
fn claim_file(path: &Path) -> Result<(), LedgerError> {
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(path)
    {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(LedgerError::Exists {
            path: path.to_owned(),
        }),
        Err(error) => Err(io_failed("create", path)(error)),
    }
}

fn io_failed(doing: &'static str, path: &Path) -> impl Fn(io::Error) -> LedgerError {
    move |source| LedgerError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}
