//! One row bound to its statement, cell by cell, in the order of the table's columns.

use std::collections::HashMap;

use rusqlite::types::ToSql;
use rusqlite::{Connection, Statement};

use super::company::State;
use super::field::{Field, Map, Text};

/// An insert statement per table.
pub(crate) struct Tables<'c>(HashMap<&'static str, Statement<'c>>);

impl<'c> Tables<'c> {
    pub(crate) fn new(connection: &'c Connection) -> rusqlite::Result<Self> {
        let prepare = |table: &'static book::Table| {
            let places = vec!["?"; table.columns.len()].join(", ");
            let statement =
                connection.prepare(&format!("INSERT INTO {} VALUES ({places})", table.name))?;
            Ok((table.name, statement))
        };
        book::TABLES
            .iter()
            .map(prepare)
            .collect::<rusqlite::Result<_>>()
            .map(Tables)
    }

    /// Begins a row with its stream and id.
    pub(crate) fn row(
        &mut self,
        table: &str,
        stream: &str,
        id: &str,
    ) -> rusqlite::Result<Row<'_, 'c>> {
        let statement = self.0.get_mut(table).expect("every table has a statement");
        let mut row = Row {
            statement,
            next: 1,
            unknown: String::new(),
        };
        row.bind(stream)?;
        row.bind(id)?;
        Ok(row)
    }
}

/// A row that is being written.
pub(crate) struct Row<'t, 'c> {
    statement: &'t mut Statement<'c>,
    next: usize,
    /// Names of the members that are absent.
    unknown: String,
}

impl Row<'_, '_> {
    pub(crate) fn bind(&mut self, value: impl ToSql) -> rusqlite::Result<()> {
        self.statement.raw_bind_parameter(self.next, value)?;
        self.next += 1;
        Ok(())
    }

    fn field<T>(
        &mut self,
        name: &str,
        field: &Field<T>,
        bind: impl FnOnce(&mut Self, &T) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        if let Field::Absent = field {
            if !self.unknown.is_empty() {
                self.unknown.push(',');
            }
            self.unknown.push_str(name);
        }
        match field {
            Field::Is(value) => bind(self, value),
            Field::Absent | Field::Null => self.bind(None::<i64>),
        }
    }

    pub(crate) fn texts(&mut self, fields: &[(&str, &Field<Text<'_>>)]) -> rusqlite::Result<()> {
        for (name, field) in fields {
            self.field(name, field, |row, text| row.bind(&*text.0))?;
        }
        Ok(())
    }

    pub(crate) fn numbers(&mut self, fields: &[(&str, &Field<i64>)]) -> rusqlite::Result<()> {
        for (name, field) in fields {
            self.field(name, field, |row, number| row.bind(number))?;
        }
        Ok(())
    }

    pub(crate) fn flags(&mut self, fields: &[(&str, &Field<bool>)]) -> rusqlite::Result<()> {
        for (name, field) in fields {
            self.field(name, field, |row, flag| row.bind(i64::from(*flag)))?;
        }
        Ok(())
    }

    pub(crate) fn metadata(&mut self, field: &Field<Map<'_>>) -> rusqlite::Result<()> {
        self.field("metadata", field, |row, map| {
            let mut json = String::from("{");
            for (place, (key, value)) in map.0.iter().enumerate() {
                if place > 0 {
                    json.push(',');
                }
                let value = value.as_ref().map_or("", |text| &*text.0);
                for (text, end) in [(&*key.0, ":"), (value, "")] {
                    // This log's keys and values need no escapes.
                    json.push('"');
                    json.push_str(text);
                    json.push('"');
                    json.push_str(end);
                }
            }
            json.push('}');
            row.bind(json)
        })
    }

    /// Ends a row of an object.
    pub(crate) fn end_with<T>(mut self, state: &State<'_, T>) -> rusqlite::Result<()> {
        self.bind(if state.linked { "linked" } else { "exact" })?;
        self.bind(i64::from(state.gap))?;
        self.bind(i64::from(state.deleted))?;
        self.bind(0)?;
        self.bind_unknown()?;
        self.bind(&*state.version.0)?;
        self.bind(None::<i64>)?;
        self.run()
    }

    /// Ends a row of a list.
    pub(crate) fn end(mut self) -> rusqlite::Result<()> {
        self.bind_unknown()?;
        self.run()
    }

    pub(crate) fn run(self) -> rusqlite::Result<()> {
        self.statement.raw_execute().map(drop)
    }

    fn bind_unknown(&mut self) -> rusqlite::Result<()> {
        let unknown = std::mem::take(&mut self.unknown);
        self.bind(Some(unknown).filter(|names| !names.is_empty()))
    }
}
