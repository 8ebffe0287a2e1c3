//! All rows of a stream as one text, the same for the same rows: what tests compare byte for byte. No format for people.

use std::fmt::Write;

use book::{Cell, TABLES};
use ledger::StreamId;

use crate::rows::visit;
use crate::{OpenBook, ProjectorError};

/// Every table with its rows in the order of their keys, one a line, cells parted by tabs; with or without History columns.
///
/// # Errors
/// When SQLite fails.
pub fn dump(
    book: &OpenBook,
    stream: &StreamId,
    with_history: bool,
) -> Result<String, ProjectorError> {
    let mut out = String::new();
    for (place, table) in TABLES.iter().enumerate() {
        let shown: Vec<usize> = (0..table.columns.len())
            .filter(|&column| with_history || !table.columns[column].is_history)
            .collect();
        out.push_str(table.name);
        for &column in &shown {
            out.push('\t');
            out.push_str(table.columns[column].name);
        }
        out.push('\n');
        visit(book.connection(), place, stream.as_str(), &mut |row| {
            for &column in &shown {
                write_cell(&mut out, &row.cells[column]);
            }
            out.push('\n');
            Ok(())
        })
        .map_err(book.file.failed_to("read"))?;
    }
    Ok(out)
}

/// Texts are quoted and escaped, so that null, a number and a text never look alike and every row is one line.
fn write_cell(out: &mut String, cell: &Cell<'_>) {
    out.push('\t');
    match cell {
        Cell::Null => out.push_str("null"),
        Cell::Int(number) => write!(out, "{number}").expect("writing to a string can't fail"),
        Cell::Text(text) => write!(out, "{text:?}").expect("writing to a string can't fail"),
    }
}
