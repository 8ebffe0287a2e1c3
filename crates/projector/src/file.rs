//! One book's SQLite file: made, recognised, opened, and its errors named. Knows no row.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use book::FOLD_VERSION;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::ProjectorError;

pub(crate) const TABLES: &str = include_str!("../../../schema/book/tables.sql");
pub(crate) const STANDING: &str = include_str!("../../../schema/book/standing.sql");
pub(crate) const VIEWS: &str = include_str!("../../../schema/book/views.sql");

/// `dayB`, beside the ledger's `dayb`.
const APPLICATION_ID: i64 = 0x6461_7942;
/// The format of the tables that stand beside the fold's own.
const FORMAT: i64 = 2;
const FILE_MODE: u32 = 0o600;
/// A group's part in reading and writing.
const GROUP_MODE: u32 = 0o060;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Rows of invoices with their metadata stay whole on a page of this size.
const PAGE_BYTES: i64 = 16 * 1024;
const WRITER_CACHE_KIB: i64 = 64 * 1024;
/// Rows that come in the order of their keys need little more than the last pages of each table.
const FILLER_CACHE_KIB: i64 = 8 * 1024;
/// Three statements a table and some more.
const STATEMENTS: usize = 128;

/// An open book and where it lies.
pub(crate) struct BookFile {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
}

impl BookFile {
    /// Makes a new book with empty tables, to be filled in one go: until [`BookFile::seal`] a crash leaves rubbish.
    pub(crate) fn create(path: &Path) -> Result<Self, ProjectorError> {
        claim(path).map_err(failed_io("create", path))?;
        let book = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let sql = format!(
            "PRAGMA page_size = {PAGE_BYTES}; PRAGMA application_id = {APPLICATION_ID}; \
             PRAGMA user_version = {}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
             PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -{FILLER_CACHE_KIB}; \
             BEGIN IMMEDIATE; {TABLES} {STANDING} {VIEWS} COMMIT",
            version()
        );
        book.run("create", &sql)?;
        Ok(book)
    }

    /// Makes a book that was filled fit for readers and later batches, and safe on disk; it stays open.
    pub(crate) fn seal(&self) -> Result<(), ProjectorError> {
        // SQLite itself syncs the file, for the commit that marks it as one with a WAL: were it opened here, closing
        // it would take every lock of this process from it.
        self.run(
            "seal",
            "PRAGMA synchronous = FULL; PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL; \
             SELECT 1 FROM sqlite_schema",
        )?;
        sync(self.path.parent().unwrap_or(Path::new(".")))
    }

    /// Opens a book for batches.
    pub(crate) fn open(path: &Path) -> Result<Self, ProjectorError> {
        let book = Self::recognise(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // A crash may take the last batches, never a part of one: their entries are read again.
        let sql = format!("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -{WRITER_CACHE_KIB}");
        book.run("open", &sql)?;
        Ok(book)
    }

    /// Opens a book for questions.
    pub(crate) fn open_readonly(path: &Path) -> Result<Self, ProjectorError> {
        let book = Self::recognise(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        book.run("open", "PRAGMA query_only = ON")?;
        Ok(book)
    }

    fn recognise(path: &Path, flags: OpenFlags) -> Result<Self, ProjectorError> {
        let book = Self::connect(path, flags)?;
        if book.pragma("application_id")? != APPLICATION_ID {
            return Err(ProjectorError::Foreign {
                path: path.to_owned(),
            });
        }
        let found = book.pragma("user_version")?;
        if found != version() {
            return Err(ProjectorError::OtherVersion {
                path: path.to_owned(),
                format: found >> 16,
                fold: found & 0xffff,
            });
        }
        Ok(book)
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, ProjectorError> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)
            .map_err(|source| named("open", path, source))?;
        connection
            .busy_timeout(BUSY_TIMEOUT)
            .map_err(|source| named("open", path, source))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(BookFile {
            connection,
            path: path.to_owned(),
        })
    }

    fn pragma(&self, name: &str) -> Result<i64, ProjectorError> {
        self.connection
            .pragma_query_value(None, name, |row| row.get(0))
            .map_err(self.failed_to("open"))
    }

    /// Runs statements that bring back nothing of interest.
    pub(crate) fn run(&self, doing: &'static str, sql: &str) -> Result<(), ProjectorError> {
        self.connection
            .execute_batch(sql)
            .map_err(self.failed_to(doing))
    }

    /// Names an error of SQLite met while `doing` something with this file.
    pub(crate) fn failed_to(
        &self,
        doing: &'static str,
    ) -> impl Fn(rusqlite::Error) -> ProjectorError {
        move |source| named(doing, &self.path, source)
    }

    /// Says that something stored here is not what this program stores.
    pub(crate) fn unreadable(&self, what: impl Into<String>) -> ProjectorError {
        ProjectorError::Unreadable {
            path: self.path.clone(),
            what: what.into(),
        }
    }

    /// Whether this connection is the only one, in any process; no other can begin to write while it is held.
    pub(crate) fn is_alone(path: &Path) -> bool {
        let Ok(book) = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE) else {
            return false;
        };
        if book.connection.busy_timeout(Duration::ZERO).is_err() {
            return false;
        }
        // Leaving WAL needs every other connection to be gone; a book being filled holds its lock all the time.
        let look = "PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE; ROLLBACK";
        match book.run("look at", look) {
            // What a killed run left half written: SQLite asks for the lock before it reads.
            Err(ProjectorError::Foreign { .. }) => true,
            Err(ProjectorError::Sqlite { source, .. }) => {
                source.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt)
            }
            looked => looked.is_ok(),
        }
    }
}

/// Makes an empty file for its owner, and for the group where the folder is the group's too: who was let into the folder
/// is not locked out by the next book.
fn claim(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(path)?;
    let folder = path.parent().map_or(Ok(0), |folder| {
        fs::metadata(folder).map(|folder| folder.permissions().mode())
    })?;
    file.set_permissions(Permissions::from_mode(FILE_MODE | folder & GROUP_MODE))
}

/// The format of the tables and the version of the fold in one number.
fn version() -> i64 {
    (FORMAT << 16) | i64::from(FOLD_VERSION)
}

fn named(doing: &'static str, path: &Path, source: rusqlite::Error) -> ProjectorError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => ProjectorError::Foreign { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => ProjectorError::Busy { path },
        _ => ProjectorError::Sqlite {
            doing,
            path,
            source,
        },
    }
}

/// Names an error of the file system.
pub(crate) fn failed_io(doing: &'static str, path: &Path) -> impl Fn(io::Error) -> ProjectorError {
    move |source| ProjectorError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}

/// Sees that a file or folder outlives a crash.
pub(crate) fn sync(path: &Path) -> Result<(), ProjectorError> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(failed_io("sync", path))
}
