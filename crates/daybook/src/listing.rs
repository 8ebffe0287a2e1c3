//! Tables as answers: rows of a query, for programs as objects and for people in columns. Names of columns say how their
//! values are shown: `_minor` is money in the row's `currency`, `_s` is a moment, `_ppm` a share; `settlement_fee_minor` is
//! money in the row's `settlement_currency`, where it has one.

use std::collections::BTreeSet;

use projector::OpenBook;
use rusqlite::ToSql;
use rusqlite::types::Value as Cell;
use serde_json::{Map, Value, json};

use crate::columns::{self, Shown};
use crate::currency;
use crate::failure::Failure;
use crate::moment;
use crate::paint::{self, HEADING, painted};
use crate::screen::harmless;
use crate::sheet;

const CURRENCY: &str = "currency";

/// What hangs on a doubt: not shown where nothing does.
const AT_STAKE: &str = "at_stake_minor";

const CERTAINTY: &str = "certainty";

/// A part of a whole, in parts of a million.
const SHARE: &str = "_ppm";

/// How sure a state is, where it is not exact.
const CERTAINTIES: [(&str, &str); 3] = [
    (
        "linked",
        "of changes in one second, ordered by what each says was there before it",
    ),
    (
        "hinted",
        "of changes in one second, ordered by what can't run backwards, such as a status",
    ),
    (
        "ambiguous",
        "of changes in one second, and nothing orders them; read it from Stripe to be sure",
    ),
];

/// Rows with named columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
    /// For each column that is shown as money the place of its currency.
    money: Vec<Option<usize>>,
    /// Columns for programs only.
    details: &'static [&'static str],
    /// Whether people are shown the days of moments without the time of day.
    has_days: bool,
    /// How many rows more there are than these, for people only.
    left_off: usize,
}

impl Listing {
    /// The rows of a query; parameters by name.
    pub(crate) fn ask(
        book: &OpenBook,
        sql: &str,
        parameters: &[(&str, &dyn ToSql)],
    ) -> Result<Self, Failure> {
        let mut statement = book.connection().prepare(sql)?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let width = columns.len();
        let row = |row: &rusqlite::Row<'_>| (0..width).map(|place| row.get(place)).collect();
        let rows = statement
            .query_map(parameters, row)?
            .collect::<Result<_, _>>()?;
        Ok(Self::of(columns, rows))
    }

    /// Rows that came from elsewhere.
    pub(crate) fn new(columns: &[&str], rows: Vec<Vec<Cell>>) -> Self {
        let columns = columns.iter().map(|&name| name.to_owned()).collect();
        Self::of(columns, rows)
    }

    fn of(columns: Vec<String>, rows: Vec<Vec<Cell>>) -> Self {
        let places = 0..columns.len();
        let currency = |place| {
            currency_of(&columns, place).filter(|&currency| is_money(&rows, place, currency))
        };
        Self {
            money: places.map(currency).collect(),
            columns,
            rows,
            ..Self::default()
        }
    }

    /// The same, with these columns for programs only.
    pub(crate) fn with_details(mut self, details: &'static [&'static str]) -> Self {
        self.details = details;
        self
    }

    /// The same, with days in UTC in place of moments, for people only.
    pub(crate) fn with_days(mut self) -> Self {
        self.has_days = true;
        self
    }

    /// The same, with its first rows alone, and under them how many more `--all` would show.
    pub(crate) fn with_first(mut self, count: usize) -> Self {
        self.left_off = self.rows.len().saturating_sub(count);
        self.rows.truncate(count);
        self
    }

    /// Whether there is no row.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many rows there are.
    pub(crate) fn count(&self) -> usize {
        self.rows.len()
    }

    /// The sum of a column of numbers.
    pub(crate) fn sum_of(&self, column: &str) -> i64 {
        let number = |row: &Vec<Cell>, place: usize| match row[place] {
            Cell::Integer(number) => number,
            _ => 0,
        };
        self.place(column).map_or(0, |place| {
            self.rows.iter().map(|row| number(row, place)).sum()
        })
    }

    /// The texts of a column, each once, in order.
    pub(crate) fn texts_of(&self, column: &str) -> BTreeSet<String> {
        let place = self.place(column);
        let text = |row: &Vec<Cell>| match &row[place?] {
            Cell::Text(text) => Some(text.clone()),
            _ => None,
        };
        self.rows.iter().filter_map(text).collect()
    }

    /// A cell of the first row.
    pub(crate) fn first(&self, column: &str) -> Option<&Cell> {
        self.rows.first()?.get(self.place(column)?)
    }

    /// For programs: an object a row.
    pub(crate) fn json(&self) -> Value {
        self.rows
            .iter()
            .map(|row| self.object(row))
            .collect::<Vec<_>>()
            .into()
    }

    /// For programs: the first row; null when there is none.
    pub(crate) fn first_json(&self) -> Value {
        self.rows
            .first()
            .map_or(Value::Null, |row| self.object(row))
    }

    /// For spreadsheets: all rows under the names of all columns.
    pub(crate) fn csv(&self) -> Vec<u8> {
        sheet::csv(&self.columns, &self.rows)
    }

    /// For people: the first two columns of each row, as `name count`.
    pub(crate) fn pairs(&self) -> Vec<String> {
        let pair =
            |row: &Vec<Cell>| format!("{} {}", self.cell_text(row, 0), self.cell_text(row, 1));
        self.rows.iter().map(pair).collect()
    }

    /// For people: columns under their names.
    pub(crate) fn text(&self) -> String {
        if self.rows.is_empty() {
            return "none".to_owned();
        }
        let shown = self.shown();
        let name = |&place: &usize| Shown {
            text: harmless(&self.heading_of(place)),
            style: HEADING,
        };
        let cell = |row: &[Cell], place: usize| {
            let text = self.cell_text(row, place);
            let style = paint::of_cell(&self.columns[place], &text);
            Shown { text, style }
        };
        let mut lines = vec![shown.iter().map(name).collect()];
        let line = |row: &Vec<Cell>| shown.iter().map(|&place| cell(row, place)).collect();
        lines.extend(self.rows.iter().map(line));
        let is_right: Vec<bool> = shown.iter().map(|&place| self.is_number(place)).collect();
        let text = columns::lay_out(&lines, &is_right);
        match self.left_off {
            0 => text,
            left_off => format!("{text}\n… and {left_off} more (--all)"),
        }
    }

    /// For people: the first row, a line a column; what is null is left out, and a stake of nothing.
    pub(crate) fn first_text(&self) -> String {
        let Some(row) = self.rows.first() else {
            return "none".to_owned();
        };
        let shown = self
            .shown()
            .into_iter()
            .filter(|&place| row[place] != Cell::Null)
            .filter(|&place| self.columns[place] != AT_STAKE || row[place] != Cell::Integer(0));
        let lines = shown.map(|place| {
            let (name, text) = (&self.columns[place], self.cell_text(row, place));
            format!(
                "{:<24}{}",
                self.heading_of(place),
                painted(paint::of_cell(name, &text), &text)
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn object(&self, row: &[Cell]) -> Value {
        let members = self
            .columns
            .iter()
            .zip(row)
            .map(|(name, cell)| (name.clone(), value(cell)));
        members.collect::<Map<_, _>>().into()
    }

    /// The places of the columns for people: amounts carry their currency with them, unless no row has such an amount.
    fn shown(&self) -> Vec<usize> {
        let is_carried = |&(place, currency): &(usize, usize)| {
            let is_told = |row: &Vec<Cell>| matches!(row[place], Cell::Integer(_));
            let is_empty = |row: &Vec<Cell>| text(&row[currency]).is_empty();
            self.rows.iter().any(is_told) || self.rows.iter().all(is_empty)
        };
        let money = self.money.iter().enumerate();
        let carried: Vec<usize> = money
            .filter_map(|(place, currency)| Some((place, (*currency)?)))
            .filter(is_carried)
            .map(|(_, currency)| currency)
            .collect();
        (0..self.columns.len())
            .filter(|place| {
                let is_detail = self.details.contains(&self.columns[*place].as_str());
                !is_detail && !carried.contains(place)
            })
            .collect()
    }

    /// The column's name for people: an amount that is not shown as money keeps its unit.
    fn heading_of(&self, place: usize) -> String {
        let name = &self.columns[place];
        if name.ends_with("_minor") && self.money[place].is_none() {
            return name.clone();
        }
        heading(name)
    }

    fn is_number(&self, place: usize) -> bool {
        let is_moment = self.columns[place].ends_with("_s");
        !is_moment
            && self
                .rows
                .iter()
                .any(|row| matches!(row[place], Cell::Integer(_)))
    }

    fn cell_text(&self, row: &[Cell], place: usize) -> String {
        let name = &self.columns[place];
        match &row[place] {
            Cell::Null => String::new(),
            Cell::Integer(minor) if let Some(currency) = self.money[place] => {
                currency::amount(*minor, text(&row[currency]))
            }
            Cell::Integer(second) if name.ends_with("_s") && self.has_days => moment::day(*second),
            Cell::Integer(second) if name.ends_with("_s") && is_plain(name) => {
                moment::shown(*second)
            }
            Cell::Integer(parts) if name.ends_with(SHARE) => {
                currency::percent(parts.unsigned_abs())
            }
            Cell::Integer(number) => number.to_string(),
            other => harmless(&plain(other)),
        }
    }

    fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }
}

/// What the words for less than full certainty mean, of those that these tables show.
pub(crate) fn legend<'t>(tables: impl Iterator<Item = &'t Listing>) -> Vec<String> {
    let shown: BTreeSet<String> = tables.flat_map(|table| table.texts_of(CERTAINTY)).collect();
    let is_shown = |(word, _): &&(&str, &str)| shown.contains(*word);
    let line = |(word, means): &(&str, &str)| format!("certainty {word}: {means}");
    CERTAINTIES.iter().filter(is_shown).map(line).collect()
}

/// The place of the currency of an amount: the column of currency that begins as the amount does, or else the plain one.
fn currency_of(columns: &[String], place: usize) -> Option<usize> {
    let name = &columns[place];
    if !name.ends_with("_minor") || !is_plain(name) {
        return None;
    }
    let is_own = |column: &String| {
        let kind = column.strip_suffix(CURRENCY);
        kind.is_some_and(|kind| !kind.is_empty() && name.starts_with(kind))
    };
    let own = columns.iter().position(is_own);
    own.or_else(|| columns.iter().position(|column| column == CURRENCY))
}

/// Whether each amount is whole and its currency is there. Nothing is nothing in any.
fn is_money(rows: &[Vec<Cell>], place: usize, currency: usize) -> bool {
    rows.iter().all(|row| match &row[place] {
        Cell::Integer(0) | Cell::Null => true,
        Cell::Integer(_) => !text(&row[currency]).is_empty(),
        _ => false,
    })
}

/// A cell's text; empty if it holds none.
pub(crate) fn text(cell: &Cell) -> &str {
    match cell {
        Cell::Text(text) => text,
        _ => "",
    }
}

/// Any cell as a text, bytes in hex.
pub(crate) fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Integer(number) => json!(number),
        Cell::Text(text) => json!(text),
        Cell::Real(number) => json!(number),
        Cell::Blob(_) => json!(plain(cell)),
        Cell::Null => Value::Null,
    }
}

/// A name for people: without its unit; what is no plain name, such as `sum(total_minor)`, stays as it is.
pub(crate) fn heading(name: &str) -> String {
    if !is_plain(name) {
        return name.to_owned();
    }
    let bare = name
        .strip_suffix("_minor")
        .or_else(|| name.strip_suffix("_s"))
        .or_else(|| name.strip_suffix(SHARE))
        .unwrap_or(name);
    bare.replace('_', " ")
}

fn is_plain(name: &str) -> bool {
    name.chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_off_is_counted_for_people_and_certainties_are_explained() {
        let row = |number, word: &str| vec![Cell::Integer(number), Cell::Text(word.to_owned())];
        let rows = vec![row(0, "exact"), row(86_400, "linked"), row(86_400, "exact")];
        let listing = Listing::new(&["at_s", CERTAINTY], rows).with_days();
        assert_eq!(legend([&listing].into_iter()).len(), 1);
        let first = listing.with_first(1);
        assert_eq!(
            anstream::adapter::strip_str(&first.text()).to_string(),
            "at          certainty\n1970-01-01  exact\n… and 2 more (--all)"
        );
        assert!(legend([&first].into_iter()).is_empty());
    }
}
