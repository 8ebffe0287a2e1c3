//! Rows in one piece of memory, which own what they say, and the writer that puts them into their tables.

use std::ops::Range;

use book::{Cell, Register, Row, TABLES, stored};
use facts::ObjectKey;
use rusqlite::types::Null;
use rusqlite::{Connection, Statement, params};

use crate::entries::Entries;
use crate::rows::SQL;

/// Rows of many tables, and registers, in the order in which they are to be written.
#[derive(Default)]
pub(super) struct Sheet {
    /// The table of each row; it has as many cells as the table has columns.
    rows: Vec<usize>,
    cells: Vec<Flat>,
    text: String,
    /// Each object with the ends of its register and of its entries in `stored`.
    registers: Vec<(ObjectKey, usize, usize)>,
    stored: Vec<u8>,
}

/// A cell whose text stands in the sheet's.
enum Flat {
    Null,
    Int(i64),
    Text(Range<usize>),
}

impl Sheet {
    pub(super) fn push(&mut self, row: &Row<'_>) {
        self.rows.push(row.table);
        for cell in &row.cells {
            self.cells.push(match cell {
                Cell::Null => Flat::Null,
                Cell::Int(number) => Flat::Int(*number),
                Cell::Text(text) => {
                    let start = self.text.len();
                    self.text.push_str(text);
                    Flat::Text(start..self.text.len())
                }
            });
        }
    }

    pub(super) fn push_register(
        &mut self,
        key: &ObjectKey,
        register: &Register,
        entries: &Entries,
    ) {
        stored::encode_to(&mut self.stored, register);
        let end = self.stored.len();
        self.stored.extend_from_slice(entries.bytes());
        self.registers.push((key.clone(), end, self.stored.len()));
    }

    /// Empties the sheet, for the next rows.
    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.cells.clear();
        self.text.clear();
        self.registers.clear();
        self.stored.clear();
    }
}

/// One insert statement per table, kept for a whole run.
pub(super) struct Writer<'c> {
    stream: &'c str,
    tables: Vec<Statement<'c>>,
    registers: Statement<'c>,
}

impl<'c> Writer<'c> {
    pub(super) fn new(connection: &'c Connection, stream: &'c str) -> rusqlite::Result<Self> {
        let tables = SQL.iter().map(|table| connection.prepare(&table.insert));
        let registers = connection.prepare(
            "INSERT INTO registers (stream, object, id, register, entries) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        Ok(Writer {
            stream,
            tables: tables.collect::<Result<_, _>>()?,
            registers,
        })
    }

    pub(super) fn write(&mut self, sheet: &Sheet) -> rusqlite::Result<()> {
        let mut cells = sheet.cells.iter();
        for &table in &sheet.rows {
            let statement = &mut self.tables[table];
            let width = TABLES[table].columns.len();
            for (place, cell) in (1..).zip(cells.by_ref().take(width)) {
                match cell {
                    Flat::Null => statement.raw_bind_parameter(place, Null)?,
                    Flat::Int(number) => statement.raw_bind_parameter(place, number)?,
                    Flat::Text(range) => {
                        statement.raw_bind_parameter(place, &sheet.text[range.clone()])?;
                    }
                }
            }
            statement.raw_execute()?;
        }
        let mut start = 0;
        for (key, middle, end) in &sheet.registers {
            let register = &sheet.stored[start..*middle];
            let entries = &sheet.stored[*middle..*end];
            let row = params![self.stream, key.schema.object, key.id, register, entries];
            self.registers.execute(row)?;
            start = *end;
        }
        Ok(())
    }
}
