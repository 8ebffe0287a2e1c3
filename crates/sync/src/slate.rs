//! A slate: a small SQLite file of what follows from the log or can be done again, so that it may be deleted at any time. Made,
//! recognised, asked and written here. It knows no table; what is on it, and what to do about its errors, its owner says.

use std::fs::OpenOptions;
use std::io;
use std::marker::PhantomData;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Params, Row, ffi};

const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// What a slate that no file holds is called in errors.
const NOWHERE: &str = ":memory:";

/// What a kind of slate looks like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Makes its tables and sets the two numbers below.
    pub schema: &'static str,
    /// SQLite's `application_id`: whose file it is.
    pub application_id: i64,
    /// SQLite's `user_version`: the only format that is read.
    pub format: i64,
    /// KiB of pages that may be held in memory.
    pub cache_kib: u32,
    /// How many statements are kept ready.
    pub statements: usize,
}

/// An open slate. Several processes may have it open. `E` is its owner's error.
pub struct Slate<E> {
    connection: Connection,
    path: PathBuf,
    error: PhantomData<fn() -> E>,
}

/// Why a slate can't be used.
#[derive(Debug)]
pub enum SlateError {
    /// It could not be made, opened, read or written.
    Failed {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The file is something else, or of another format. It was left as it is.
    Other {
        /// The file.
        path: PathBuf,
    },
}

impl<E: From<SlateError>> Slate<E> {
    /// Opens the slate at `path` (0600), or makes an empty one.
    ///
    /// # Errors
    /// [`SlateError::Other`] when the file is something else.
    pub fn open(path: &Path, shape: &Shape) -> Result<Self, E> {
        claim(path).map_err(|source| failed("make", path, of_system(&source)))?;
        Self::over(Connection::open(path), path, shape)
    }

    /// An empty slate that ends with this process.
    ///
    /// # Errors
    /// When SQLite can't be had.
    pub fn volatile(shape: &Shape) -> Result<Self, E> {
        Self::over(Connection::open_in_memory(), Path::new(NOWHERE), shape)
    }

    fn over(opened: rusqlite::Result<Connection>, path: &Path, shape: &Shape) -> Result<Self, E> {
        let slate = Self {
            connection: opened.map_err(|source| failed("open", path, source))?,
            path: path.to_owned(),
            error: PhantomData,
        };
        let connection = &slate.connection;
        connection.set_prepared_statement_cache_capacity(shape.statements);
        slate.done("open", connection.busy_timeout(BUSY_TIMEOUT))?;
        // A lost commit is done again; a file that power loss leaves inconsistent would not be.
        let pragmas = format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -{}",
            shape.cache_kib
        );
        match connection.execute_batch(&pragmas) {
            Err(source) if is_no_database(&source) => return Err(slate.other()),
            opened => slate.done("open", opened)?,
        }
        // Who only looks waits for nobody that writes.
        if !slate.is_of(shape)? {
            slate.write(|| slate.make(shape))?;
        }
        Ok(slate)
    }

    fn is_of(&self, shape: &Shape) -> Result<bool, E> {
        Ok(self.pragma("application_id")? == shape.application_id
            && self.pragma("user_version")? == shape.format)
    }

    /// Another process may have made it meanwhile.
    fn make(&self, shape: &Shape) -> Result<(), E> {
        if self.is_of(shape)? {
            return Ok(());
        }
        match self.pragma("application_id")? {
            0 => self.done("make", self.connection.execute_batch(shape.schema)),
            _ => Err(self.other()),
        }
    }

    fn pragma(&self, name: &str) -> Result<i64, E> {
        let value = self
            .connection
            .pragma_query_value(None, name, |row| row.get(0));
        self.done("open", value)
    }

    fn other(&self) -> E {
        let path = self.path.clone();
        SlateError::Other { path }.into()
    }

    /// Does `work` in one transaction, which no other process sees half done; undoes it all if it fails.
    ///
    /// # Errors
    /// Those of `work`, or when the transaction can't begin or end.
    pub fn write<T>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.done("write", self.connection.execute_batch("BEGIN IMMEDIATE"))?;
        let worked = work();
        let ending = if worked.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = self.connection.execute_batch(ending);
        let worked = worked?;
        if ended.is_err() {
            // A commit that fails may leave its transaction open.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        self.done("write", ended)?;
        Ok(worked)
    }

    /// Runs a statement that is kept ready.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn run(&self, sql: &str, values: impl Params) -> Result<(), E> {
        self.changed(sql, values).map(drop)
    }

    /// Runs a statement that is kept ready; how many rows it changed.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn changed(&self, sql: &str, values: impl Params) -> Result<usize, E> {
        let ready = self.connection.prepare_cached(sql);
        let ran = ready.and_then(|mut statement| statement.execute(values));
        self.done("write", ran)
    }

    /// The first row of an answer.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn row<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, E> {
        let ready = self.connection.prepare_cached(sql);
        let row = ready.and_then(|mut statement| statement.query_row(values, read).optional());
        self.done("read", row)
    }

    /// All rows of an answer.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn rows<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, E> {
        let ready = self.connection.prepare_cached(sql);
        let rows = ready.and_then(|mut statement| statement.query_map(values, read)?.collect());
        self.done("read", rows)
    }

    /// The number of the row that was made last.
    #[must_use]
    pub fn last_row(&self) -> i64 {
        self.connection.last_insert_rowid()
    }

    fn done<T>(&self, doing: &'static str, result: rusqlite::Result<T>) -> Result<T, E> {
        result.map_err(|source| failed(doing, &self.path, source).into())
    }
}

fn failed(doing: &'static str, path: &Path, source: rusqlite::Error) -> SlateError {
    SlateError::Failed {
        doing,
        path: path.to_owned(),
        source,
    }
}

/// A number as SQLite holds it.
#[must_use]
pub fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn is_no_database(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
    )
}

/// What the system says, as SQLite would say it.
fn of_system(error: &io::Error) -> rusqlite::Error {
    let code = match error.kind() {
        io::ErrorKind::StorageFull => ffi::SQLITE_FULL,
        io::ErrorKind::PermissionDenied => ffi::SQLITE_PERM,
        io::ErrorKind::ReadOnlyFilesystem => ffi::SQLITE_READONLY,
        _ => ffi::SQLITE_CANTOPEN,
    };
    rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(error.to_string()))
}

/// Makes an empty file that is nobody else's to read, if there is none.
fn claim(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::SyncError;

    const SHAPE: Shape = Shape {
        schema: "PRAGMA application_id = 7; PRAGMA user_version = 2; CREATE TABLE words (word TEXT NOT NULL)",
        application_id: 7,
        format: 2,
        cache_kib: 2000,
        statements: 4,
    };

    fn words(slate: &Slate<SyncError>) -> Vec<String> {
        let sql = "SELECT word FROM words ORDER BY word";
        slate.rows(sql, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn it_is_its_owners_and_keeps_what_was_written_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slate.db");
        let slate = Slate::open(&path, &SHAPE).unwrap();
        let add = |word: &str| slate.run("INSERT INTO words VALUES (?1)", [word]);
        slate.write(|| add("kept")).unwrap();
        let undone = slate.write(|| add("undone").and(Err::<(), _>(SyncError::Died)));
        assert!(matches!(undone, Err(SyncError::Died)));
        drop(slate);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(words(&Slate::open(&path, &SHAPE).unwrap()), ["kept"]);
    }

    #[test]
    fn a_file_of_another_or_of_another_format_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slate.db");
        drop(Slate::<SyncError>::open(&path, &SHAPE).unwrap());
        let text = folder.path().join("text");
        fs::write(&text, "nothing that SQLite knows ".repeat(40)).unwrap();
        let (theirs, newer) = (
            Shape {
                application_id: 8,
                ..SHAPE
            },
            Shape { format: 3, ..SHAPE },
        );
        for (path, shape) in [(&path, theirs), (&path, newer), (&text, SHAPE)] {
            let before = fs::read(path).unwrap();
            let refused = Slate::<SyncError>::open(path, &shape).err();
            assert!(
                matches!(&refused, Some(SyncError::OtherKeeper { path: named }) if named == path),
                "{refused:?}"
            );
            assert_eq!(fs::read(path).unwrap(), before);
        }
    }

    #[test]
    fn what_cannot_be_made_is_named_with_what_the_system_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nowhere/slate.db");
        let refused = Slate::<SyncError>::open(&path, &SHAPE).err().unwrap();
        let SyncError::Keeper { doing, source, .. } = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(doing, "make");
        assert_eq!(source.sqlite_error_code(), Some(ErrorCode::CannotOpen));
    }

    #[test]
    fn who_only_looks_waits_for_nobody_that_writes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slate.db");
        let slate = Slate::<SyncError>::open(&path, &SHAPE).unwrap();
        slate
            .write(|| {
                let other = Slate::<SyncError>::open(&path, &SHAPE)?;
                assert_eq!(words(&other), [] as [&str; 0]);
                Ok(())
            })
            .unwrap();
    }
}
