//! Rows of the book's tables, made from views, links and totals; pure, and the same for every way of getting there.

use std::borrow::Cow;
use std::fmt::Write;

use facts::schema::{Key, Shape};
use facts::{Notice, ObjectKey, Record, Value};

use crate::activity::{Activity, Sums};
use crate::finding::Finding;
use crate::link::{Link, Target, Total};
use crate::resolve::View;
use crate::table::{self, TABLES};

/// What one cell holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell<'a> {
    /// Nothing.
    Null,
    /// A whole number; flags are 0 and 1.
    Int(i64),
    /// A text.
    Text(Cow<'a, str>),
}

/// One row: the place of its table in [`TABLES`], and a cell per column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row<'a> {
    /// The place of the table in [`TABLES`].
    pub table: usize,
    /// The cells, in the order of the table's columns.
    pub cells: Vec<Cell<'a>>,
}

impl<'a> Row<'a> {
    /// The cells that tell the row apart in its table.
    #[must_use]
    pub fn key(&self) -> &[Cell<'a>] {
        &self.cells[..TABLES[self.table].key]
    }

    fn new(table: usize, cells: Vec<Cell<'a>>) -> Self {
        debug_assert_eq!(
            cells.len(),
            TABLES[table].columns.len(),
            "{}",
            TABLES[table].name
        );
        Row { table, cells }
    }
}

fn text(text: &str) -> Cell<'_> {
    Cell::Text(Cow::Borrowed(text))
}

fn flag<'a>(flag: bool) -> Cell<'a> {
    Cell::Int(i64::from(flag))
}

/// Sequence numbers are far below the greatest i64.
fn seq<'a>(seq: u64) -> Cell<'a> {
    Cell::Int(i64::try_from(seq).unwrap_or(i64::MAX))
}

/// The object's own row and those of its lists.
pub(crate) fn of_object<'a>(
    stream: &'a str,
    key: &'a ObjectKey,
    view: &'a View,
    deleted: bool,
    rows: &mut Vec<Row<'a>>,
) {
    let content = &*view.content;
    let table = table::of_schema(key.schema);
    let mut cells = Vec::with_capacity(content.values.len() + 2 + table::OBJECT_TAIL);
    cells.extend([text(stream), text(&key.id)]);
    push_values(content, &mut cells);
    cells.extend([
        text(view.certainty.as_str()),
        flag(view.gap),
        flag(deleted),
        Cell::Int(view.at_stake_minor),
        unknown(content),
        text(&view.version),
        seq(view.known_seq),
    ]);
    rows.push(Row::new(table, cells));
    of_lists(content, &[text(stream), text(&key.id)], rows);
}

/// The rows of all lists in this content; `above` is what their keys begin with.
fn of_lists<'a>(content: &'a Record, above: &[Cell<'a>], rows: &mut Vec<Row<'a>>) {
    for (field, value) in content.schema.fields.iter().zip(&content.values) {
        if let Shape::List(_) = field.shape {
            of_list(above, value.rows(), rows);
        }
    }
}

/// Rows that share a key are kept apart by taking the greatest: Stripe never sends two.
fn of_list<'a>(above: &[Cell<'a>], records: &'a [Record], rows: &mut Vec<Row<'a>>) {
    for (place, record) in records.iter().enumerate() {
        let table = table::of_schema(record.schema);
        let mut cells = Vec::with_capacity(record.values.len() + above.len() + 2);
        cells.extend_from_slice(above);
        if record.schema.key == Key::Place {
            cells.push(Cell::Int(i64::try_from(place).unwrap_or(i64::MAX)));
        }
        push_values(record, &mut cells);
        cells.push(unknown(record));
        // A row without its id must still have a key.
        for cell in &mut cells[..TABLES[table].key] {
            if *cell == Cell::Null {
                *cell = text("");
            }
        }
        let row = Row::new(table, cells);
        match rows.last_mut() {
            Some(last) if last.table == table && last.key() == row.key() => {
                *last = row.max(last.clone())
            }
            _ => rows.push(row),
        }
    }
    // Behind all rows of the list, so that each table's rows stand together in the order of their keys.
    for (place, record) in records.iter().enumerate() {
        if !has_lists(record) {
            continue;
        }
        let mut below = above.to_vec();
        below.push(match record.schema.key {
            Key::Place => Cell::Int(i64::try_from(place).unwrap_or(i64::MAX)),
            _ => text(record.values[0].text().unwrap_or("")),
        });
        of_lists(record, &below, rows);
    }
}

fn has_lists(record: &Record) -> bool {
    let rows = |value: &Value| matches!(value, Value::List(rows) if !rows.is_empty());
    record.values.iter().any(rows)
}

fn push_values<'a>(record: &'a Record, cells: &mut Vec<Cell<'a>>) {
    for (field, value) in record.schema.fields.iter().zip(&record.values) {
        if !matches!(field.shape, Shape::List(_)) {
            cells.push(cell(value));
        }
    }
}

fn cell(value: &Value) -> Cell<'_> {
    match value {
        Value::Unknown | Value::Null | Value::List(_) => Cell::Null,
        Value::Flag(yes) => flag(*yes),
        Value::Int(number) => Cell::Int(*number),
        Value::Text(words) => text(words),
        Value::Map(entries) if entries.is_empty() => text("{}"),
        Value::Map(entries) => Cell::Text(Cow::Owned(json(entries))),
    }
}

/// Names of the fields that can't be known, joined with `,`; null when all can.
fn unknown(record: &Record) -> Cell<'_> {
    let mut names = record
        .schema
        .fields
        .iter()
        .zip(&record.values)
        .filter(|(_, value)| **value == Value::Unknown);
    let Some((first, _)) = names.next() else {
        return Cell::Null;
    };
    let mut list = first.name.to_owned();
    for (field, _) in names {
        list.push(',');
        list.push_str(field.name);
    }
    Cell::Text(Cow::Owned(list))
}

/// The entries as a JSON object, keys in order, so that SQL's JSON functions can read it.
fn json(entries: &[(Box<str>, Box<str>)]) -> String {
    let mut out = String::from("{");
    for (place, (key, value)) in entries.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        write_json_text(&mut out, key);
        out.push(':');
        write_json_text(&mut out, value);
    }
    out.push('}');
    out
}

fn write_json_text(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if control < ' ' => {
                write!(out, "\\u{:04x}", u32::from(control))
                    .expect("writing to a string can't fail");
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

/// The row of one link.
#[must_use]
pub fn of_link<'a>(stream: &'a str, link: &'a Link) -> Row<'a> {
    Row::new(
        *table::LINKS,
        vec![
            text(stream),
            text(link.target.object),
            text(&link.target.id),
            text(link.relation),
            text(link.source.object),
            text(&link.source.id),
            text(&link.currency),
            Cell::Int(link.amount_minor),
        ],
    )
}

pub(crate) fn of_total<'a>(
    stream: &'a str,
    target: &'a Target,
    relation: &'static str,
    currency: &'a str,
    total: Total,
) -> Row<'a> {
    Row::new(
        *table::TOTALS,
        vec![
            text(stream),
            text(target.object),
            text(&target.id),
            text(relation),
            text(currency),
            Cell::Int(total.count),
            Cell::Int(total.amount_minor),
        ],
    )
}

pub(crate) fn of_wanted<'a>(
    stream: &'a str,
    target: &'a Target,
    reason: &'static str,
    at_stake_minor: i64,
) -> Row<'a> {
    let cells = vec![
        text(stream),
        text(target.object),
        text(&target.id),
        text(reason),
        Cell::Int(at_stake_minor),
    ];
    Row::new(*table::WANTED, cells)
}

pub(crate) fn of_finding<'a>(stream: &'a str, target: &'a Target, finding: Finding) -> Row<'a> {
    Row::new(
        *table::FINDINGS,
        vec![
            text(stream),
            text(target.object),
            text(&target.id),
            text(finding.code),
            Cell::Text(Cow::Owned(finding.currency)),
            Cell::Int(finding.at_stake_minor),
            Cell::Text(Cow::Owned(finding.what)),
            text(finding.mend),
        ],
    )
}

/// The row of one group of balance transactions.
#[must_use]
pub fn of_activity<'a>(stream: &'a str, activity: &'a Activity, sums: &Sums) -> Row<'a> {
    Row::new(
        *table::BALANCE_ACTIVITY,
        vec![
            text(stream),
            text(&activity.currency),
            text(&activity.balance_type),
            text(&activity.reporting_category),
            Cell::Int(activity.available_s),
            Cell::Int(sums.transactions),
            Cell::Int(sums.amount_minor),
            Cell::Int(sums.fee_minor),
            Cell::Int(sums.net_minor),
        ],
    )
}

/// The row of one notice.
#[must_use]
pub fn of_notice<'a>(stream: &'a str, notice: &'a Notice) -> Row<'a> {
    let cells = vec![
        text(stream),
        text(&notice.claim),
        text(notice.code),
        text(&notice.path),
        seq(notice.seq),
    ];
    Row::new(*table::NOTICES, cells)
}
