//! Rows to tables and back: the statements of each table, made from its descriptor. Knows no meaning.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::LazyLock;

use book::table::Table;
use book::{Cell, Digest, Row, TABLES};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement};

/// The statements of one table, and its columns in order.
pub(crate) struct TableSql {
    /// Fails when the key exists: a new row that isn't new is an error of the program.
    pub(crate) insert: String,
    insert_new: String,
    replace: String,
    delete: String,
    /// All columns of one stream's rows, in the order of the key.
    pub(crate) select: String,
}

/// By place in [`TABLES`].
pub(crate) static SQL: LazyLock<Vec<TableSql>> =
    LazyLock::new(|| TABLES.iter().map(TableSql::of).collect());

impl TableSql {
    fn of(table: &Table) -> Self {
        let name = table.name;
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let (columns, key) = (names.join(", "), names[..table.key].join(", "));
        let places: Vec<String> = (1..=names.len()).map(|place| format!("?{place}")).collect();
        let values = format!("INTO {name} ({columns}) VALUES ({})", places.join(", "));
        let is_key: Vec<String> = names[..table.key]
            .iter()
            .zip(&places)
            .map(|(column, place)| format!("{column} = {place}"))
            .collect();
        TableSql {
            insert: format!("INSERT {values}"),
            insert_new: format!("INSERT OR IGNORE {values}"),
            replace: format!("REPLACE {values}"),
            delete: format!("DELETE FROM {name} WHERE {}", is_key.join(" AND ")),
            select: format!("SELECT {columns} FROM {name} WHERE stream = ?1 ORDER BY {key}"),
        }
    }
}

/// A cell as SQLite takes it.
struct Bound<'a>(&'a Cell<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Cell::Null => ValueRef::Null,
            Cell::Int(number) => ValueRef::Integer(*number),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// Runs a statement of [`TableSql`] with these cells; says how many rows it changed.
pub(crate) fn execute(
    statement: &mut Statement<'_>,
    cells: &[Cell<'_>],
) -> rusqlite::Result<usize> {
    for (place, cell) in cells.iter().enumerate() {
        statement.raw_bind_parameter(place + 1, Bound(cell))?;
    }
    statement.raw_execute()
}

/// Writes a row unless its key is there; says whether it was new.
pub(crate) fn insert_new(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(&SQL[row.table].insert_new)?;
    execute(&mut statement, &row.cells).map(|written| written > 0)
}

/// Turns the rows that were into those that are, and counts the difference in `digest`.
pub(crate) fn write_difference(
    connection: &Connection,
    mut were: Vec<Row<'_>>,
    mut are: Vec<Row<'_>>,
    digest: &mut Digest,
) -> rusqlite::Result<()> {
    were.sort_unstable();
    are.sort_unstable();
    let (mut were, mut are) = (were.iter().peekable(), are.iter().peekable());
    loop {
        let order = match (were.peek(), are.peek()) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(was), Some(is)) => (was.table, was.key()).cmp(&(is.table, is.key())),
        };
        let was = if order.is_le() { were.next() } else { None };
        let is = if order.is_ge() { are.next() } else { None };
        if was == is {
            continue;
        }
        was.into_iter().for_each(|was| digest.subtract(was));
        is.into_iter().for_each(|is| digest.add(is));
        match (was, is) {
            (Some(was), None) => {
                let mut delete = connection.prepare_cached(&SQL[was.table].delete)?;
                execute(&mut delete, was.key())?;
            }
            (None, Some(is)) => {
                let mut insert = connection.prepare_cached(&SQL[is.table].insert)?;
                execute(&mut insert, &is.cells)?;
            }
            (Some(_), Some(is)) => {
                let mut replace = connection.prepare_cached(&SQL[is.table].replace)?;
                execute(&mut replace, &is.cells)?;
            }
            (None, None) => {}
        }
    }
}

/// Shows every row of one table and stream, in the order of the key, until `visit` fails.
pub(crate) fn visit<E: From<rusqlite::Error>>(
    connection: &Connection,
    table: usize,
    stream: &str,
    visit: &mut dyn FnMut(Row<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut statement = connection.prepare_cached(&SQL[table].select)?;
    let mut rows = statement.query([stream])?;
    while let Some(row) = rows.next()? {
        let cells = (0..TABLES[table].columns.len())
            .map(|place| cell(row.get_ref(place)?))
            .collect::<rusqlite::Result<Vec<_>>>()?;
        visit(Row { table, cells })?;
    }
    Ok(())
}

/// STRICT tables hold nothing but whole numbers and texts in these columns; a text that is no UTF-8 fails.
fn cell(value: ValueRef<'_>) -> rusqlite::Result<Cell<'_>> {
    Ok(match value {
        ValueRef::Integer(number) => Cell::Int(number),
        ValueRef::Null => Cell::Null,
        text => Cell::Text(Cow::Borrowed(text.as_str()?)),
    })
}
