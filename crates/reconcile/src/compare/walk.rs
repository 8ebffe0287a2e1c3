//! One object of the truth walked member by member, each held against the row that should say the same. Knows no kind of
//! object: what is kept where, the maps say.

use rusqlite::types::Value as Cell;
use serde_json::Value;

use super::UNKNOWN;
use super::map::{Found, Paths, Rows, Rule};
use super::ours::OurRow;
use crate::Amount;

/// What a walk finds, in one object or one row of it.
pub(super) trait Findings {
    /// A member that was compared.
    fn compared(&mut self);
    /// A member that is not in the book.
    fn left(&mut self);
    /// A member that nobody has listed.
    fn unlisted(&mut self, path: &str);
    /// A member that differs.
    fn differs(&mut self, path: &str, ours: String, truth: String, by: Option<Amount>);
    /// Rows that belong to the object, as the truth has them.
    fn rows(&mut self, path: &str, rows: &'static Rows, at: Holder<'_>, truth: &[Value]);
}

/// Of what holds a list of rows.
pub(super) struct Holder<'h> {
    /// Whether the book says that it can't know the list.
    pub(super) is_unknown: bool,
    /// The currency of rows that name none.
    pub(super) currency: &'h str,
}

/// A walk over one value.
pub(super) struct Walk<'w> {
    pub(super) object: &'static str,
    pub(super) paths: &'w Paths,
    pub(super) row: &'w OurRow<'w>,
    /// The moment at which what passing time changes is asked.
    pub(super) clock_s: i64,
    /// The currency of amounts beside which none stands.
    pub(super) currency: String,
    pub(super) findings: &'w mut dyn Findings,
}

impl Walk<'_> {
    /// Walks all members; those that are kept and not there must be nothing in the book too.
    pub(super) fn run(mut self, truth: &Value) {
        let mut seen = Vec::new();
        if let Some(currency) = truth["currency"].as_str() {
            currency.clone_into(&mut self.currency);
        }
        self.members(truth, &mut String::new(), &mut seen);
        // Of a deleted object Stripe says less: the rest is what it last was.
        let is_deleted = truth["deleted"] == true;
        for (path, rule) in self.paths.kept() {
            if !seen.contains(&path) && !is_deleted {
                self.compare_absent(path, rule);
            }
        }
    }

    fn members(&mut self, value: &Value, path: &mut String, seen: &mut Vec<&'static str>) {
        let Value::Object(members) = value else {
            return self.findings.unlisted(path);
        };
        for (name, value) in members {
            let length = path.len();
            if length > 0 {
                path.push('.');
            }
            path.push_str(name);
            match self.paths.find(path) {
                Found::Left => self.findings.left(),
                Found::Kept(known, rule) => {
                    seen.push(known);
                    self.compare(known, rule, value);
                }
                // What is kept below it is nothing; it is compared as absent.
                Found::Above if value.is_null() => {}
                Found::Above => self.below(value, path, seen),
                Found::Unlisted => self.findings.unlisted(path),
            }
            path.truncate(length);
        }
    }

    /// Members of a hash within the object, whose amounts may be in a currency of their own.
    fn below(&mut self, value: &Value, path: &mut String, seen: &mut Vec<&'static str>) {
        let own = value["currency"].as_str().map(str::to_owned);
        let outer = own.map(|own| std::mem::replace(&mut self.currency, own));
        self.members(value, path, seen);
        if let Some(outer) = outer {
            self.currency = outer;
        }
    }

    fn compare(&mut self, path: &str, rule: Rule, truth: &Value) {
        #[cfg(test)]
        if super::tests::is_skipped(self.object, path) {
            return;
        }
        match rule {
            Rule::Column(column) => self.compare_cell(path, column, &cell(truth)),
            Rule::Id(column) => {
                self.compare_cell(path, column, &cell(truth.get("id").unwrap_or(truth)))
            }
            Rule::Keys(column) => self.compare_keys(path, column, truth),
            Rule::Decimal(column) => self.compare_cell(path, column, &decimal(truth)),
            Rule::Rows(rows) => self.rows(path, rows, array(truth)),
            Rule::List(rows) if truth["has_more"] != true => {
                self.rows(path, rows, array(&truth["data"]));
            }
            Rule::List(_) => self.compare_cut(path),
            Rule::Kind => self.note(path, self.object, truth),
            Rule::Key => self.findings.compared(),
            Rule::Deleted => self.compare_cell(path, "deleted", &cell(truth)),
            Rule::Availability => {
                let is_available = matches!(self.row.get("available_s"), Cell::Integer(at_s) if *at_s <= self.clock_s);
                self.note(
                    path,
                    if is_available { "available" } else { "pending" },
                    truth,
                );
            }
        }
    }

    fn compare_absent(&mut self, path: &str, rule: Rule) {
        match rule {
            Rule::Column(column)
            | Rule::Decimal(column)
            | Rule::Id(column)
            | Rule::Keys(column) => {
                self.findings.compared();
                let ours = self.row.get(column);
                if *ours != Cell::Null {
                    let by = self.by(column, ours, &Cell::Null);
                    self.findings
                        .differs(path, shown(ours), "nothing".to_owned(), by);
                }
            }
            Rule::Deleted => {
                self.compare_cell(path, "deleted", &Cell::Integer(0));
            }
            Rule::Rows(rows) | Rule::List(rows) => self.rows(path, rows, &[]),
            // The object was found by them.
            Rule::Kind | Rule::Key | Rule::Availability => {}
        }
    }

    fn compare_cell(&mut self, path: &str, column: &str, truth: &Cell) {
        self.findings.compared();
        let ours = self.row.get(column);
        let is_unknown = *ours == Cell::Null && self.row.is_unknown(column);
        if ours != truth || is_unknown {
            let by = self.by(column, ours, truth);
            let ours = if is_unknown {
                UNKNOWN.to_owned()
            } else {
                shown(ours)
            };
            self.findings.differs(path, ours, shown(truth), by);
        }
    }

    /// By how much two cells of a column differ, if it holds money.
    fn by(&self, column: &str, ours: &Cell, truth: &Cell) -> Option<Amount> {
        let minor = |cell: &Cell| match cell {
            Cell::Integer(minor) => Some(*minor),
            Cell::Null => Some(0),
            _ => None,
        };
        if !column.ends_with("_minor") {
            return None;
        }
        let by_minor = minor(ours)?.saturating_sub(minor(truth)?).saturating_abs();
        Some(Amount::new(by_minor, &self.currency))
    }

    fn rows(&mut self, path: &str, rows: &'static Rows, truth: &[Value]) {
        let at = Holder {
            is_unknown: self.row.is_unknown(path),
            currency: &self.currency,
        };
        self.findings.rows(path, rows, at, truth);
    }

    /// Rows that are shown of a cut list are not the list.
    fn compare_cut(&mut self, path: &str) {
        self.findings.compared();
        if !self.row.is_unknown(path) {
            self.findings
                .differs(path, "whole".to_owned(), "cut".to_owned(), None);
        }
    }

    fn compare_keys(&mut self, path: &str, column: &str, truth: &Value) {
        self.findings.compared();
        let ours = self.row.get(column);
        let read = match ours {
            Cell::Text(text) => serde_json::from_str(text).unwrap_or(Value::Null),
            _ => Value::Null,
        };
        if read != *truth {
            let ours = shown(ours);
            self.findings.differs(path, ours, truth.to_string(), None);
        }
    }

    fn note(&mut self, path: &str, ours: &str, truth: &Value) {
        self.findings.compared();
        if truth != ours {
            self.findings
                .differs(path, ours.to_owned(), shown(&cell(truth)), None);
        }
    }
}

/// A value as a column would hold it.
fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Null,
        Value::Bool(flag) => Cell::Integer(i64::from(*flag)),
        Value::Number(number) => number
            .as_i64()
            .map_or_else(|| Cell::Text(number.to_string()), Cell::Integer),
        Value::String(text) => Cell::Text(text.clone()),
        Value::Array(_) | Value::Object(_) => Cell::Text(value.to_string()),
    }
}

/// A number as Stripe wrote it.
fn decimal(value: &Value) -> Cell {
    match value {
        Value::Number(number) => Cell::Text(number.to_string()),
        other => cell(other),
    }
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A cell for people.
pub(super) fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Null => "null".to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::Real(_) | Cell::Blob(_) => "unreadable".to_owned(),
    }
}
