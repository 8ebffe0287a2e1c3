//! The book's side of a comparison: rows by id, as they stand in the tables. Compares nothing.

use std::collections::{BTreeMap, BTreeSet};

use book::TABLES;
use projector::OpenBook;
use rusqlite::params;
use rusqlite::types::Value as Cell;

use crate::CompareError;

/// The tables of one stream in a book.
pub(super) struct Ours<'a> {
    book: &'a OpenBook,
    stream: &'a str,
    columns: BTreeMap<&'static str, Vec<&'static str>>,
}

/// One row.
pub(super) struct OurRow<'o> {
    columns: &'o [&'static str],
    cells: Vec<Cell>,
}

impl<'a> Ours<'a> {
    /// The tables of `stream`.
    pub(super) fn new(book: &'a OpenBook, stream: &'a str) -> Self {
        let names = |table: &book::Table| table.columns.iter().map(|column| column.name).collect();
        Self {
            book,
            stream,
            columns: TABLES
                .iter()
                .map(|table| (table.name, names(table)))
                .collect(),
        }
    }

    /// The rows of `table` in which `column` is `id`, in the order of their keys.
    pub(super) fn rows(
        &self,
        table: &str,
        column: &str,
        id: &str,
    ) -> Result<Vec<OurRow<'_>>, CompareError> {
        let columns = &self.columns[table];
        // Unquoted: SQLite takes a quoted name that is no column for a text.
        let list = columns.join(", ");
        let sql = format!(
            "SELECT {list} FROM {table} WHERE stream = ?1 AND {column} = ?2 ORDER BY 1, 2, 3"
        );
        let mut statement = self.book.connection().prepare_cached(&sql)?;
        let rows = statement.query_map(params![self.stream, id], |row| {
            (0..columns.len()).map(|place| row.get(place)).collect()
        })?;
        let row = |cells: rusqlite::Result<Vec<Cell>>| {
            Ok(OurRow {
                columns,
                cells: cells?,
            })
        };
        rows.map(row).collect()
    }

    /// The ids of all rows of an object's table.
    pub(super) fn ids(&self, table: &str) -> Result<BTreeSet<String>, CompareError> {
        let sql = format!("SELECT id FROM {table} WHERE stream = ?1");
        let mut statement = self.book.connection().prepare(&sql)?;
        let ids = statement.query_map(params![self.stream], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// How many rows a table has.
    pub(super) fn count(&self, table: &str) -> Result<u64, CompareError> {
        let sql = format!("SELECT count(*) FROM {table} WHERE stream = ?1");
        let rows: i64 = self
            .book
            .connection()
            .query_row(&sql, params![self.stream], |row| row.get(0))?;
        Ok(rows.unsigned_abs())
    }

    /// Numbers of a query about the stream at a moment: a name, and the numbers behind it.
    pub(super) fn numbers(
        &self,
        sql: &str,
        at_s: i64,
    ) -> Result<BTreeMap<String, Vec<i64>>, CompareError> {
        let mut statement = self.book.connection().prepare(sql)?;
        let width = statement.column_count();
        let rows = statement.query_map(params![self.stream, at_s], |row| {
            let numbers = (1..width)
                .map(|place| row.get(place))
                .collect::<Result<_, _>>()?;
            Ok((row.get(0)?, numbers))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl OurRow<'_> {
    /// A cell. Panics when the table has no such column: maps are fixed when the program is written, and a test holds them
    /// against the tables.
    pub(super) fn get(&self, column: &str) -> &Cell {
        let place = self.columns.iter().position(|name| *name == column);
        &self.cells[place.unwrap_or_else(|| panic!("no column is named {column}"))]
    }

    /// Whether the book says that it can't know this column.
    pub(super) fn is_unknown(&self, column: &str) -> bool {
        matches!(self.get("unknown"), Cell::Text(names) if names.split(',').any(|name| name == column))
    }
}
