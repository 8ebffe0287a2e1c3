//! `query`: one SELECT of the user's own on the book, narrowed to the chosen stream. It can read, and nothing else.

mod fault;
mod nearness;
mod reply;

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::Args;
use rusqlite::Statement;
use rusqlite::types::Value as Cell;

pub(crate) use self::nearness::nearest;
use self::reply::Reply;
use crate::aside;
use crate::currency::count;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError, failed};
use crate::progress::Progress;
use crate::shell::Shell;

/// Rows that people are shown unless they ask for more: columns are as wide as the widest cell, so all are held at once.
const ROWS_MAX: u64 = 10_000;
/// Parameters that have their values from the book.
const GIVEN: [&str; 2] = ["stream", "clock_s"];
/// What stands for standard input.
const STDIN: &str = "-";

/// Ask the books in SQL
///
/// One SELECT, on the tables and views that `daybook views` lists. Names mean the rows of the chosen stream alone; with
/// `main.` before them they mean every stream's. Amounts are minor units; where a column ends in _minor and a column is
/// named currency, amounts are shown in it. Nothing can be changed, and Ctrl-C ends it.
#[derive(Debug, Args)]
pub(crate) struct Query {
    /// The SELECT; - reads it from standard input
    #[arg(required_unless_present = "file")]
    sql: Option<String>,
    /// Read the SELECT from this file
    #[arg(long, value_name = "PATH", conflicts_with = "sql")]
    file: Option<PathBuf>,
    /// A value for :NAME in the SELECT: a whole number, or text. :stream and :clock_s, the book clock, are always there
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, Cell)>,
    /// Rows to answer with at most; by default 10,000 for people, all for programs
    #[arg(long, value_name = "ROWS")]
    limit: Option<u64>,
}

impl Query {
    pub(crate) fn run(mut self, shell: &mut Shell) -> Outcome {
        let sql = self.text()?;
        let (book, stream, standing) = shell.book()?;
        let clock_s = book.position(&stream)?.clock_s;
        let given = [
            ("stream".to_owned(), Cell::Text(stream.to_string())),
            (
                "clock_s".to_owned(),
                clock_s.map_or(Cell::Null, Cell::Integer),
            ),
        ];
        let book = book.narrowed_to(&stream)?;
        let waiting = Progress::waiting("asking");
        let mut statement = book
            .connection()
            .prepare(&sql)
            .map_err(|error| fault::of_text(error, &sql))?;
        if statement.column_count() == 0 || !statement.readonly() {
            return Err(ShellError::NoSelect.into());
        }
        self.bind(&mut statement, given)?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut reply = Reply::new(shell, columns)?;
        let limit = self.limit.or(reply.is_for_people().then_some(ROWS_MAX));
        let limit = limit.unwrap_or(u64::MAX);
        let mut waiting = Some(waiting);
        let mut rows = statement.raw_query();
        let mut has_more = false;
        while let Some(row) = rows.next().map_err(fault::of_run)? {
            // A spinner and rows on one terminal would write over each other.
            waiting.take();
            if reply.count() == limit {
                has_more = true;
                break;
            }
            reply.add(row)?;
        }
        drop(waiting);
        reply.end(has_more, &standing)?;
        if has_more {
            let limit = count(limit);
            aside::hint(&format!(
                "there are more rows than {limit}; --limit says how many to show"
            ));
        }
        Ok(Exit::AllTrue)
    }

    fn text(&mut self) -> Result<String, Failure> {
        match (&self.file, self.sql.take()) {
            (Some(path), _) => fs::read_to_string(path).map_err(failed("read", path)),
            (None, Some(sql)) if sql != STDIN => Ok(sql),
            (None, _) => {
                let stdin = PathBuf::from("standard input");
                io::read_to_string(io::stdin()).map_err(failed("read", &stdin))
            }
        }
    }

    /// Gives every parameter of the statement its value; one without a value, or a value without a parameter, is a slip.
    fn bind(
        &self,
        statement: &mut Statement<'_>,
        given: [(String, Cell); 2],
    ) -> Result<(), Failure> {
        let mut unused: Vec<&str> = self
            .parameters
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        for place in 1..=statement.parameter_count() {
            let full = statement.parameter_name(place).map(str::to_owned);
            let Some(full) = full.filter(|name| !name.starts_with('?')) else {
                return Err(fault::unnamed_parameter());
            };
            let name = &full[1..];
            unused.retain(|known| *known != name);
            let known = self.parameters.iter().chain(&given);
            let value = known.rev().find(|(known, _)| known == name);
            let Some((_, value)) = value else {
                return Err(fault::no_value(name));
            };
            statement.raw_bind_parameter(place, value)?;
        }
        match unused.first() {
            Some(name) => Err(fault::no_parameter(name)),
            None => Ok(()),
        }
    }
}

/// Reads `NAME=VALUE`, with or without the colon that the name has in SQL.
fn parameter(text: &str) -> Result<(String, Cell), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    let name = name.trim_start_matches([':', '@', '$']);
    if GIVEN.contains(&name) {
        return Err(format!(":{name} is always there, and has no other value"));
    }
    let number: Option<i64> = value.parse().ok();
    // `007` may be somebody's number of a customer, and stays what it is.
    let number = number.filter(|number| number.to_string() == value);
    let value = number.map_or_else(|| Cell::Text(value.to_owned()), Cell::Integer);
    Ok((name.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_a_number_only_if_it_is_written_as_one() {
        for (text, name, value) in [
            ("a=7", "a", Cell::Integer(7)),
            (":a=-7", "a", Cell::Integer(-7)),
            ("a=007", "a", Cell::Text("007".to_owned())),
            ("a=", "a", Cell::Text(String::new())),
            ("a=b=c", "a", Cell::Text("b=c".to_owned())),
        ] {
            assert_eq!(parameter(text), Ok((name.to_owned(), value)));
        }
        assert!(parameter("a").is_err());
    }
}
