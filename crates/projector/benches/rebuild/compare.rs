//! Two books held against each other: every row of every table, in its State columns.

use std::error::Error;
use std::path::Path;

use book::TABLES;
use rusqlite::Connection;

/// Gives the number of rows that both have.
///
/// # Errors
/// Names the tables whose rows differ.
pub(crate) fn compare(one: &Path, other: &Path) -> Result<i64, Box<dyn Error>> {
    let connection = Connection::open(one)?;
    connection.execute("ATTACH ?1 AS other", [other.to_string_lossy()])?;
    let (mut rows, mut differing) = (0, Vec::new());
    for table in TABLES.iter() {
        let columns: Vec<&str> = table
            .columns
            .iter()
            .filter(|column| !column.is_history)
            .map(|column| column.name)
            .collect();
        let (name, columns) = (table.name, columns.join(", "));
        let count = |sql: String| -> rusqlite::Result<i64> {
            connection.query_row(&sql, [], |row| row.get(0))
        };
        let (left, right) = (
            count(format!("SELECT count(*) FROM main.{name}"))?,
            count(format!("SELECT count(*) FROM other.{name}"))?,
        );
        let only = count(format!(
            "SELECT count(*) FROM (SELECT {columns} FROM main.{name} EXCEPT SELECT {columns} FROM other.{name})"
        ))?;
        if only > 0 || left != right {
            differing.push(format!(
                "{name}: {left} and {right} rows, {only} of the first differ"
            ));
        }
        rows += left;
    }
    if !differing.is_empty() {
        return Err(differing.join("; ").into());
    }
    Ok(rows)
}
