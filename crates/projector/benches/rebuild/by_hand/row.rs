//! One row bound to its statement, cell by cell, in the order of the table's columns.

use std::collections::HashMap;

use rusqlite::types::ToSql;
use rusqlite::{Connection, Statement};

use super::company::{Certainty, State};
use super::plan::Plan;
use super::value::{Record, Text, Value};

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
        let mut row = Row { statement, next: 1 };
        row.bind(stream)?;
        row.bind(id)?;
        Ok(row)
    }

    /// Writes an object and the rows of its lists.
    pub(crate) fn write_object(
        &mut self,
        plan: &Plan,
        stream: &str,
        id: &str,
        state: &State<'_>,
    ) -> rusqlite::Result<()> {
        let mut row = self.row(plan.schema.table, stream, id)?;
        row.values(plan, &state.values)?;
        row.bind(match state.certainty {
            Certainty::Exact => "exact",
            Certainty::Linked => "linked",
            Certainty::Hinted => "hinted",
        })?;
        row.bind(i64::from(state.gap))?;
        row.bind(i64::from(state.deleted))?;
        row.bind(0)?;
        row.bind(unknown(plan, &state.values))?;
        row.bind(state.version)?;
        row.bind(None::<i64>)?;
        row.run()?;
        self.write_lists(plan, stream, &[Above::Id(id)], &state.values)
    }

    fn write_lists(
        &mut self,
        plan: &Plan,
        stream: &str,
        above: &[Above<'_>],
        values: &Record<'_>,
    ) -> rusqlite::Result<()> {
        for (plan, list) in plan.lists.iter().zip(values) {
            let (Some(plan), Value::List(rows)) = (plan, list) else {
                continue;
            };
            for (place, values) in (0_i64..).zip(rows) {
                let statement = self.0.get_mut(plan.schema.table);
                let statement = statement.expect("every table has a statement");
                let mut row = Row { statement, next: 1 };
                row.bind(stream)?;
                above.iter().try_for_each(|above| row.above(*above))?;
                if plan.is_by_place() {
                    row.bind(place)?;
                }
                row.values(plan, values)?;
                row.bind(unknown(plan, values))?;
                row.run()?;
            }
            if plan.lists.iter().all(Option::is_none) {
                continue;
            }
            for (place, values) in (0_i64..).zip(rows) {
                let last = if plan.is_by_place() {
                    Above::Place(place)
                } else {
                    Above::Id(values[0].text().unwrap_or(""))
                };
                self.write_lists(plan, stream, &[above, &[last]].concat(), values)?;
            }
        }
        Ok(())
    }
}

/// What tells a row's parent apart.
#[derive(Clone, Copy)]
enum Above<'a> {
    Id(&'a str),
    Place(i64),
}

/// A row that is being written.
pub(crate) struct Row<'t, 'c> {
    statement: &'t mut Statement<'c>,
    next: usize,
}

impl Row<'_, '_> {
    pub(crate) fn bind(&mut self, value: impl ToSql) -> rusqlite::Result<()> {
        self.statement.raw_bind_parameter(self.next, value)?;
        self.next += 1;
        Ok(())
    }

    pub(crate) fn run(self) -> rusqlite::Result<()> {
        self.statement.raw_execute().map(drop)
    }

    fn above(&mut self, above: Above<'_>) -> rusqlite::Result<()> {
        match above {
            Above::Id(id) => self.bind(id),
            Above::Place(place) => self.bind(place),
        }
    }

    fn values(&mut self, plan: &Plan, values: &Record<'_>) -> rusqlite::Result<()> {
        for (list, value) in plan.lists.iter().zip(values) {
            match value {
                _ if list.is_some() => {}
                Value::Absent | Value::Null | Value::List(_) => self.bind(None::<i64>)?,
                Value::Flag(flag) => self.bind(i64::from(*flag))?,
                Value::Int(number) => self.bind(number)?,
                Value::Text(text) => self.bind(&**text)?,
                Value::Map(map) => self.bind(json(map))?,
            }
        }
        Ok(())
    }
}

/// This log's keys and values need no escapes.
fn json(map: &[(Text<'_>, Option<Text<'_>>)]) -> String {
    let mut json = String::from("{");
    for (place, (key, value)) in map.iter().enumerate() {
        if place > 0 {
            json.push(',');
        }
        for (text, end) in [(&**key, ":"), (value.as_deref().unwrap_or(""), "")] {
            json.push('"');
            json.push_str(text);
            json.push('"');
            json.push_str(end);
        }
    }
    json.push('}');
    json
}

/// Names of the members that are absent.
fn unknown(plan: &Plan, values: &Record<'_>) -> Option<String> {
    let mut unknown = String::new();
    for (field, value) in plan.schema.fields.iter().zip(values) {
        if *value == Value::Absent {
            if !unknown.is_empty() {
                unknown.push(',');
            }
            unknown.push_str(field.name);
        }
    }
    (!unknown.is_empty()).then_some(unknown)
}
