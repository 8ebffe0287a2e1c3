//! The SQLite file itself: recognised, opened, asked, and its errors named. Makes and appends nothing.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, Params, Row, TransactionBehavior, ffi};

use super::packing::Packing;
use super::row;
use crate::{Head, LedgerError, StreamId};

/// What makes a ledger of each format out of one of the format before.
pub(super) const SCHEMAS: [&str; 2] = [
    include_str!("../../../../schema/ledger/V0001__log.sql"),
    include_str!("../../../../schema/ledger/V0002__dictionaries.sql"),
];
pub(super) const FORMAT: i64 = SCHEMAS.len() as i64;
const APPLICATION_ID: i64 = 0x6461_7962;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const WRITER_CACHE_KIB: i64 = 64 * 1024;
/// The WAL may grow to 32 MB before its pages are carried over, so that a bulk import writes each page of
/// an index once per many commits.
const CHECKPOINT_PAGES: i64 = 4096;

/// Statement journals hold copies of pages: in memory they are faster, and no body gets into /tmp. The rest is for files
/// that someone tampered with: their schema may call nothing of SQLite's that acts, and cells must lie within their page.
const CAUTION: &str =
    "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON";

/// An open connection and where it leads.
pub(super) struct File {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) packing: RefCell<Packing>,
}

impl File {
    /// Opens for appending, and carries a file of an older format over to the newest.
    pub(super) fn open(path: &Path) -> Result<Self, LedgerError> {
        let mut file = Self::recognise(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // SQLite falls back to reading when the file may not be written.
        if file
            .connection
            .is_readonly("main")
            .map_err(file.failed_to("open"))?
        {
            return Err(LedgerError::ReadOnly {
                path: path.to_owned(),
            });
        }
        // What a check could refuse, the types of an entry don't let come about; to be able to refuse it, SQLite would copy
        // every page that an insert touches. Other programs' inserts are checked.
        let pragmas = format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA cache_size = -{WRITER_CACHE_KIB}; PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}; \
             PRAGMA ignore_check_constraints = ON;"
        );
        file.connection
            .execute_batch(&pragmas)
            .map_err(file.failed_to("open"))?;
        if file.pragma("user_version")? < FORMAT {
            file.migrate()?;
            file.check_objects(FORMAT)?;
        }
        Ok(file)
    }

    /// Opens for reading.
    pub(super) fn open_readonly(path: &Path) -> Result<Self, LedgerError> {
        Self::recognise(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    /// Applies what the file's format lacks. The format is a part of the transaction: the file has the old one or the new.
    fn migrate(&mut self) -> Result<(), LedgerError> {
        let begun = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate);
        // Another process may have done it while this one waited for the lock.
        let migrated = begun.and_then(|transaction| {
            let format: i64 =
                transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
            let applied = usize::try_from(format).unwrap_or(SCHEMAS.len());
            for schema in SCHEMAS.iter().skip(applied) {
                transaction.execute_batch(schema)?;
            }
            transaction.commit()
        });
        migrated.map_err(self.failed_to("open"))
    }

    /// Connects, and refuses all that is not a whole ledger of a known format before anything is written.
    fn recognise(path: &Path, access: OpenFlags) -> Result<Self, LedgerError> {
        if !path.exists() {
            return Err(LedgerError::Missing {
                path: path.to_owned(),
            });
        }
        // Opening a pipe would wait for somebody to write into it.
        if !path.is_file() {
            return Err(LedgerError::Foreign {
                path: path.to_owned(),
            });
        }
        let file = Self::connect(path, access)?;
        if file.pragma("application_id")? != APPLICATION_ID {
            return Err(LedgerError::Foreign {
                path: path.to_owned(),
            });
        }
        // Format and schema of one moment: another process may be carrying the file over.
        let snapshot = file
            .connection
            .unchecked_transaction()
            .map_err(file.failed_to("open"))?;
        match file.pragma("user_version")? {
            format @ 1..=FORMAT => file.check_objects(format),
            found if found > FORMAT => Err(LedgerError::Newer {
                path: path.to_owned(),
                found,
                known: FORMAT,
            }),
            _ => Err(LedgerError::Foreign {
                path: path.to_owned(),
            }),
        }?;
        drop(snapshot);
        Ok(file)
    }

    pub(super) fn connect(path: &Path, access: OpenFlags) -> Result<Self, LedgerError> {
        // Each connection stays with one thread at a time, which the types see to.
        let connection =
            Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
                .map_err(|source| name_error("open", path, source))?;
        connection
            .busy_timeout(BUSY_TIMEOUT)
            .and_then(|()| connection.execute_batch(CAUTION))
            .map_err(|source| name_error("open", path, source))?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            packing: RefCell::default(),
        })
    }

    pub(super) fn pragma(&self, name: &str) -> Result<i64, LedgerError> {
        self.connection
            .pragma_query_value(None, name, |row| row.get(0))
            .map_err(self.failed_to("open"))
    }

    /// Compares tables, indexes and triggers with those of a fresh schema: a ledger that lost a trigger no longer refuses
    /// what it must, and one more may swallow what is appended. Other additions (an index for a query) are let be.
    fn check_objects(&self, format: i64) -> Result<(), LedgerError> {
        let applied = usize::try_from(format).unwrap_or(SCHEMAS.len());
        let model = Connection::open_in_memory().map_err(self.failed_to("open"))?;
        for schema in SCHEMAS.iter().take(applied) {
            model
                .execute_batch(schema)
                .map_err(self.failed_to("open"))?;
        }
        let present = objects(&self.connection).map_err(self.spoilt("open", "sqlite_schema"))?;
        let expected = objects(&model).map_err(self.failed_to("open"))?;
        let lost = expected.iter().find(|object| !present.contains(object));
        let added = |object: &&Object| object.kind == "trigger" && !expected.contains(object);
        if let Some(object) = lost {
            return Err(self.altered(&object.name));
        }
        match present.iter().find(added) {
            Some(trigger) => Err(LedgerError::Added {
                path: self.path.clone(),
                trigger: trigger.name.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Has SQLite look through the whole file: its pages, its indexes against its tables, the types of columns. (CHECK
    /// constraints it leaves out where the file is opened for reading; reading the rows asks for the same.)
    pub(super) fn check_integrity(&self) -> Result<(), LedgerError> {
        let finding: String = self
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(self.failed_to("check"))?;
        if finding == "ok" {
            return Ok(());
        }
        Err(LedgerError::Unsound {
            path: self.path.clone(),
            finding,
        })
    }

    /// The stream that follows `after`, looked up in an index: one step a stream, however long they are.
    pub(super) fn next_stream(&self, after: &str) -> Result<Option<StreamId>, LedgerError> {
        let sql = "SELECT stream FROM entries INDEXED BY entries_by_seq WHERE stream > ?1 ORDER BY stream LIMIT 1";
        let mut next = None;
        self.visit_rows(sql, [after], |row| {
            let text = row.get_ref(0).map_err(self.failed_to("read"))?;
            // A text that is no UTF-8 names no stream either.
            next = Some(self.stream(text.as_str().unwrap_or_default())?);
            Ok(ControlFlow::Break(()))
        })?;
        Ok(next)
    }

    /// The stream that a row names.
    pub(super) fn stream(&self, text: &str) -> Result<StreamId, LedgerError> {
        StreamId::parse(text).map_err(|_| self.altered("the name of a stream in entries"))
    }

    /// The head of a stream, from its last row.
    pub(super) fn head(&self, stream: &StreamId) -> Result<Head, LedgerError> {
        let mut head = Head::empty(stream);
        self.visit_rows(row::SELECT_HEAD, [stream.as_str()], |row| {
            head = row::head(stream, row)?;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(head)
    }

    /// The tally of a stream's repeated deliveries.
    pub(super) fn duplicates(&self, stream: &StreamId) -> Result<u64, LedgerError> {
        let sql = "SELECT coalesce(sum(count), 0) FROM duplicates WHERE stream = ?1";
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| {
                statement.query_row([stream.as_str()], |row| row::natural(row, 0))
            })
            .map_err(self.spoilt("read", "the tally of duplicates"))
    }

    /// Runs a query and shows its rows until `visit` breaks or fails.
    pub(super) fn visit_rows(
        &self,
        sql: &str,
        params: impl Params,
        mut visit: impl FnMut(&Row<'_>) -> Result<ControlFlow<()>, LedgerError>,
    ) -> Result<(), LedgerError> {
        let mut statement = self
            .connection
            .prepare_cached(sql)
            .map_err(self.failed_to("read"))?;
        let mut rows = statement.query(params).map_err(self.failed_to("read"))?;
        while let Some(row) = rows.next().map_err(self.failed_to("read"))? {
            if visit(row)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Names an error of SQLite met while `doing` something with this file.
    pub(super) fn failed_to(&self, doing: &'static str) -> impl Fn(rusqlite::Error) -> LedgerError {
        move |source| name_error(doing, &self.path, source)
    }

    /// Like `failed_to`, where a value that is none of ours, or a sum of such, means that `object` was altered.
    fn spoilt(&self, doing: &'static str, object: &str) -> impl Fn(rusqlite::Error) -> LedgerError {
        move |source| match source.sqlite_error_code() {
            None | Some(ErrorCode::Unknown) => self.altered(object),
            Some(_) => name_error(doing, &self.path, source),
        }
    }

    pub(super) fn altered(&self, object: &str) -> LedgerError {
        LedgerError::Altered {
            path: self.path.clone(),
            object: object.to_owned(),
        }
    }
}

/// A table, index, trigger or view, as the schema says it.
#[derive(PartialEq, Eq)]
struct Object {
    kind: String,
    name: String,
    table: String,
    sql: String,
}

fn objects(connection: &Connection) -> rusqlite::Result<Vec<Object>> {
    let object = |row: &Row<'_>| {
        Ok(Object {
            kind: row.get(0)?,
            name: row.get(1)?,
            table: row.get(2)?,
            sql: row.get(3)?,
        })
    };
    connection
        .prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")?
        .query_map([], object)?
        .collect()
}

pub(super) fn name_error(doing: &'static str, path: &Path, source: rusqlite::Error) -> LedgerError {
    let path = path.to_owned();
    // A page that ends early is no fault of the disk: the file lost its end.
    if source.sqlite_extended_error_code() == Some(ffi::SQLITE_IOERR_SHORT_READ) {
        return LedgerError::Damaged { path, source };
    }
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => LedgerError::Foreign { path },
        Some(ErrorCode::DatabaseCorrupt) => LedgerError::Damaged { path, source },
        Some(ErrorCode::ReadOnly) => LedgerError::ReadOnly { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => LedgerError::Busy { path },
        Some(ErrorCode::DiskFull) => LedgerError::Full { path },
        _ => LedgerError::Sqlite {
            doing,
            path,
            source,
        },
    }
}
