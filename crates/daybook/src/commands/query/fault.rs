//! What is wrong with a query, said with its place in it and the names that may have been meant. Runs nothing.

use projector::{Explanation, explanations};
use rusqlite::{Error, ErrorCode};

use super::nearness::nearest;
use crate::failure::{Failure, ShellError};
use crate::screen::harmless;

const LOOK_AROUND: &str =
    "`daybook views` lists tables and views, `daybook views NAME` the columns of one";
/// How SQLite begins to say that it does not know a name.
const NO_COLUMN: &str = "no such column: ";
const NO_TABLE: &str = "no such table: ";
/// Letters of a query's line that are shown before and behind the place of an error.
const AROUND: usize = 40;

/// Why SQLite does not take this text for a query.
pub(super) fn of_text(error: Error, sql: &str) -> Failure {
    let is_refused = error.sqlite_error_code() == Some(ErrorCode::AuthorizationForStatementDenied);
    let (what, offset) = match error {
        Error::SqlInputError { msg, offset, .. } => (msg, usize::try_from(offset).ok()),
        Error::SqliteFailure(_, Some(what)) => (what, None),
        Error::MultipleStatement => return several_statements(),
        other => return other.into(),
    };
    // Each name is a temporary view over the book's own, and SQLite says so before it asks whether writing is allowed.
    if is_refused
        || ["cannot modify", "not authorized"]
            .iter()
            .any(|why| what.starts_with(why))
    {
        return ShellError::NoSelect.into();
    }
    let offset = offset.or_else(|| found(missing_name(&what)?, sql));
    let place = offset.map_or(String::new(), |offset| pointed(sql, offset));
    let hint = hint(&what, sql);
    let failure: Failure = ShellError::Sql { what, place }.into();
    failure.hinting(hint)
}

/// Why SQLite did not come to the end of a query.
pub(super) fn of_run(error: Error) -> Failure {
    let Error::SqliteFailure(_, Some(what)) = error else {
        return error.into();
    };
    let hint = hint(&what, "");
    let failure: Failure = ShellError::SqlRun { what }.into();
    failure.hinting(hint)
}

fn several_statements() -> Failure {
    let what = "it is more than one statement".to_owned();
    let failure: Failure = ShellError::Parameters { what }.into();
    failure.hinting("ask them one after the other")
}

/// A `?` has no name to give it a value by.
pub(super) fn unnamed_parameter() -> Failure {
    let what = "it has a parameter without a name".to_owned();
    let failure: Failure = ShellError::Parameters { what }.into();
    failure.hinting("write :name instead of ?, and give --param name=VALUE")
}

/// A parameter that nothing was given for.
pub(super) fn no_value(name: &str) -> Failure {
    let what = format!("it asks for :{name}, which has no value");
    let failure: Failure = ShellError::Parameters { what }.into();
    failure.hinting(format!("give it with --param {name}=VALUE"))
}

/// A value that the query does not ask for.
pub(super) fn no_parameter(name: &str) -> Failure {
    let what = format!("it does not ask for :{name}");
    let failure: Failure = ShellError::Parameters { what }.into();
    failure
        .hinting("leave that --param out, or write its name into the query with a colon before it")
}

/// Two columns of one name can't both be members of a JSON object.
pub(super) fn same_name(name: &str) -> Failure {
    let what = format!("two of its columns are named {name}, and JSON has room for one");
    let failure: Failure = ShellError::Parameters { what }.into();
    failure.hinting(format!("name one of them otherwise: … AS other_{name}"))
}

fn hint(what: &str, sql: &str) -> String {
    if what.starts_with("ambiguous column name") {
        return "say whose column it is: put the table's name and a dot before it".to_owned();
    }
    if what.starts_with("integer overflow") {
        return "a sum goes beyond 64 bits: narrow it with WHERE".to_owned();
    }
    let name = missing_name(what).map(|name| name.rsplit('.').next().unwrap_or(name));
    let near = match name {
        Some(name) if what.starts_with(NO_TABLE) => {
            nearest(name, explanations().iter().map(|table| table.name.as_str()))
        }
        Some(name) => near_columns(name, sql),
        None => Vec::new(),
    };
    match near.as_slice() {
        [] => LOOK_AROUND.to_owned(),
        near => format!("did you mean {}? {LOOK_AROUND}", near.join(" or ")),
    }
}

/// The name that SQLite does not know.
fn missing_name(what: &str) -> Option<&str> {
    let of_column = what.strip_prefix(NO_COLUMN);
    of_column.or_else(|| what.strip_prefix(NO_TABLE))
}

/// Where in the query this name stands as a word of its own.
fn found(name: &str, sql: &str) -> Option<usize> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut places = sql.match_indices(name).map(|(place, _)| place);
    places.find(|place| {
        !sql[..*place].ends_with(is_letter) && !sql[place + name.len()..].starts_with(is_letter)
    })
}

/// Near names among the columns of the tables that the query names; among all columns if there is none.
fn near_columns(name: &str, sql: &str) -> Vec<&'static str> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words: Vec<&str> = sql.split(|letter| !is_letter(letter)).collect();
    let is_named = |table: &&Explanation| {
        words
            .iter()
            .any(|word| word.eq_ignore_ascii_case(&table.name))
    };
    let columns = |table: &'static Explanation| table.columns.iter().map(|(name, _)| name.as_str());
    let near = nearest(
        name,
        explanations().iter().filter(is_named).flat_map(columns),
    );
    if near.is_empty() {
        return nearest(name, explanations().iter().flat_map(columns));
    }
    near
}

/// The line of the query where the error is, and below it where in the line.
fn pointed(sql: &str, offset: usize) -> String {
    let before = sql.get(..offset).unwrap_or(sql);
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let number = before.matches('\n').count() + 1;
    let front: Vec<char> = before[start..].chars().collect();
    let cut = front.len().saturating_sub(AROUND);
    let ellipsis = if cut > 0 { "…" } else { "" };
    let front: String = ellipsis
        .chars()
        .chain(front[cut..].iter().copied())
        .collect();
    let rest = sql[before.len()..].lines().next().unwrap_or_default();
    let rest: String = rest.chars().take(AROUND).collect();
    let head = format!("  line {number}: ");
    let indent = " ".repeat(head.len() + front.chars().count());
    format!("\n{head}{}\n{indent}^", harmless(&(front + &rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_an_error_is_shown_in_its_line() {
        let sql = "SELECT id,\n  nme\nFROM customers";
        assert_eq!(pointed(sql, 13), "\n  line 2:   nme\n            ^");
        assert_eq!(pointed("x", 9), "\n  line 1: x\n           ^");
        let long = format!("SELECT {}, nme FROM customers", "a, ".repeat(100));
        assert!(pointed(&long, 309).lines().all(|line| line.len() < 100));
    }

    #[test]
    fn columns_of_the_tables_in_the_query_are_nearest() {
        assert_eq!(near_columns("nme", "SELECT nme FROM customers"), ["name"]);
        assert_eq!(
            near_columns("attempts", "SELECT 1 FROM customers"),
            ["attempted"]
        );
    }
}
