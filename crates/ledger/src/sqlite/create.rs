//! The making of a new ledger: folder, file, schema. Opens no existing one.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rusqlite::{OpenFlags, params};

use super::file::{self, File};
use crate::LedgerError;
use crate::meta::Meta;

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// Bodies are about 5 KB: with smaller pages most of them spill into chains of overflow pages.
const PAGE_BYTES: i64 = 16 * 1024;

/// Makes the file and its schema, in one transaction.
pub(super) fn create(path: &Path, created_us: i64) -> Result<(), LedgerError> {
    let meta = Meta::draw(file::FORMAT, created_us)?;
    make_folder(path)?;
    claim_file(path)?;
    let file = File::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let run = |sql: &str| {
        file.connection
            .execute_batch(sql)
            .map_err(file.failed_to("create"))
    };
    run(&format!("PRAGMA page_size = {PAGE_BYTES}; BEGIN IMMEDIATE"))?;
    // Another process may have found the same empty file and been faster.
    if !file::objects(&file.connection)
        .map_err(file.failed_to("create"))?
        .is_empty()
    {
        return Err(LedgerError::Exists {
            path: path.to_owned(),
        });
    }
    run(file::SCHEMA)?;
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

/// Makes the file, or takes an empty one, which is what a creation that was cut short leaves behind.
fn claim_file(path: &Path) -> Result<(), LedgerError> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(FILE_MODE)
        .open(path)
        .map_err(io_failed("create", path))?;
    let length = file.metadata().map_err(io_failed("create", path))?.len();
    if length > 0 {
        return Err(LedgerError::Exists {
            path: path.to_owned(),
        });
    }
    file.set_permissions(Permissions::from_mode(FILE_MODE))
        .map_err(io_failed("create", path))
}

fn io_failed(doing: &'static str, path: &Path) -> impl Fn(io::Error) -> LedgerError {
    move |source| LedgerError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}
