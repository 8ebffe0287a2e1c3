//! The books of what was said: made as it came, made again in other orders, and read as tables.

use std::path::Path;

use book::TABLES;
use intake::{Intake, Origin};
use ledger::{Log, MemoryLedger, Source, StreamId};
use projector::{Books, OpenBook, Options};
use rusqlite::types::Value as Cell;
use tempfile::TempDir;

use crate::line::{lines, moment_text};
use crate::money;
use crate::script::{Act, Asked, Script};
use crate::stripe::{ACCOUNT, Delivery, Stripe};

/// What is shown after every act, asked or not.
const ALWAYS: [(&str, &[&str]); 3] = [
    ("findings", &["object_id", "code", "what", "at_stake"]),
    ("wanted", &["object_id", "reason"]),
    ("notices", &["code", "path"]),
];

/// Where the currency of rows stands that have none of their own.
const PARENTS: [(&str, &str); 6] = [
    ("invoice_id", "invoices"),
    ("credit_note_id", "credit_notes"),
    ("subscription_id", "subscriptions"),
    ("dispute_id", "disputes"),
    ("balance_transaction_id", "balance_transactions"),
    ("payout_id", "payouts"),
];

/// Plays a scenario; its whole text, with what the book says now.
pub(crate) fn play(script: &Script) -> Result<String, String> {
    let folder = TempDir::new().unwrap();
    let books = Books::open(folder.path()).unwrap();
    let mut stripe = Stripe::default();
    let mut ledger = MemoryLedger::new();
    let mut all: Vec<String> = Vec::new();
    let mut text = script.head.clone();
    for act in &script.acts {
        let delivered = deliver(&mut stripe, act)?;
        import(&mut ledger, folder.path(), &delivered);
        all.extend(delivered);
        projector::project(&ledger, &books, &Options::default(), &mut |_| {}).unwrap();
        let book = projector::open_book_readonly(folder.path()).unwrap();
        compare_orders(&all, &ledger, &book)?;
        text.push_str("\n\nsaid\n");
        text.push_str(&act.said.join("\n"));
        text.push_str("\n\nbook");
        for asked in &act.asked {
            text.push_str(&table(&book, asked)?);
        }
        for (table, columns) in ALWAYS {
            text.push_str(&always(&book, table, columns)?);
        }
    }
    text.push('\n');
    Ok(text)
}

fn deliver(stripe: &mut Stripe, act: &Act) -> Result<Vec<String>, String> {
    let mut delivery = Delivery::default();
    for line in &lines(&act.said)? {
        stripe
            .hear(line, &mut delivery)
            .map_err(|odd| format!("{} {}: {odd}", line.what, line.id))?;
    }
    delivery.soon.extend(delivery.late);
    Ok(delivery.soon)
}

fn import(ledger: &mut MemoryLedger, folder: &Path, delivered: &[String]) {
    let stream = StreamId::new(ACCOUNT, true).unwrap();
    let mut intake = Intake::new(ledger, &stream, Source::Import, folder, &|| 0);
    for line in delivered {
        let origin = Origin {
            file: "scenario",
            line: 1,
            last_line: 1,
            item: None,
        };
        intake.offer(origin, line.clone().into_bytes()).unwrap();
    }
    let tally = intake.finish().unwrap();
    assert_eq!(tally.rejected, 0, "every line can enter the log");
}

/// The same lines backwards, and twice in an order of its own, give the same book.
fn compare_orders(all: &[String], ledger: &MemoryLedger, book: &OpenBook) -> Result<(), String> {
    let backwards: Vec<String> = all.iter().rev().cloned().collect();
    let mut dealt: Vec<String> = all.iter().step_by(2).cloned().collect();
    dealt.extend(all.iter().skip(1).step_by(2).rev().cloned());
    dealt.extend(all.iter().cloned());
    for (name, order) in [("backwards", backwards), ("dealt and twice", dealt)] {
        let folder = TempDir::new().unwrap();
        let books = Books::open(folder.path()).unwrap();
        let mut other = MemoryLedger::new();
        import(&mut other, folder.path(), &order);
        projector::project(&other, &books, &Options::default(), &mut |_| {}).unwrap();
        let made = projector::open_book_readonly(folder.path()).unwrap();
        for info in ledger.streams().unwrap() {
            let (one, two) = (book.digest(&info.stream), made.digest(&info.stream));
            if one.unwrap() != two.unwrap() {
                return Err(format!("{name}, the same lines give another book"));
            }
        }
    }
    Ok(())
}

/// A table that is asked for.
fn table(book: &OpenBook, asked: &Asked) -> Result<String, String> {
    let known = columns(book, &asked.table)?;
    let mut chosen = Vec::new();
    for name in &asked.columns {
        let is_named = |column: &&String| {
            let units = ["_minor", "_s", "_id"];
            *column == name
                || units
                    .iter()
                    .any(|unit| column.strip_suffix(unit) == Some(name))
        };
        let column = known.iter().find(is_named).ok_or_else(|| {
            format!(
                "{} has no column {name}; it has {}",
                asked.table,
                known.join(", ")
            )
        })?;
        chosen.push(column.clone());
    }
    let names = asked.columns.join(" ");
    let rows = rows(book, &asked.table, &chosen)?;
    Ok(format!("\n  {}: {names}\n{}", asked.table, aligned(&rows)))
}

fn always(book: &OpenBook, table: &str, names: &[&str]) -> Result<String, String> {
    let known = columns(book, table)?;
    let column = |name: &&str| {
        let found = known
            .iter()
            .find(|column| *column == name || column.strip_suffix("_minor") == Some(name));
        found.expect("the columns are the book's").clone()
    };
    let chosen: Vec<String> = names.iter().map(column).collect();
    Ok(format!(
        "\n  {table}\n{}",
        aligned(&rows(book, table, &chosen)?)
    ))
}

fn columns(book: &OpenBook, table: &str) -> Result<Vec<String>, String> {
    let sql = "SELECT name FROM pragma_table_info(?1)";
    let mut statement = book.connection().prepare(sql).unwrap();
    let names = statement.query_map([table], |row| row.get(0)).unwrap();
    let names: Vec<String> = names.map(|name| name.unwrap()).collect();
    if names.is_empty() {
        let tables: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
        return Err(format!(
            "the book has no table {table}; it has {}",
            tables.join(", ")
        ));
    }
    Ok(names)
}

/// Rows in the order of their keys, each cell as people write it.
fn rows(book: &OpenBook, table: &str, chosen: &[String]) -> Result<Vec<Vec<String>>, String> {
    let known = columns(book, table)?;
    let mut list: Vec<String> = chosen.to_vec();
    list.extend(chosen.iter().map(|name| currency_of(&known, name)));
    let sql = format!("SELECT {} FROM {table} AS t ORDER BY 1, 2", list.join(", "));
    let mut statement = book
        .connection()
        .prepare(&sql)
        .map_err(|error| error.to_string())?;
    let width = chosen.len();
    let found = statement.query_map([], |row| {
        (0..2 * width)
            .map(|place| row.get(place))
            .collect::<Result<Vec<Cell>, _>>()
    });
    let row = |cells: Vec<Cell>| {
        let (cells, currencies) = cells.split_at(width);
        let currency = |place: usize| match &currencies[place] {
            Cell::Text(currency) => currency.clone(),
            _ => String::new(),
        };
        (chosen.iter().zip(cells).enumerate())
            .map(|(place, (name, cell))| shown(name, cell, &currency(place)))
            .collect()
    };
    Ok(found.unwrap().map(|cells| row(cells.unwrap())).collect())
}

/// Where the currency of a column stands: beside it, in a column for the whole row, or with the object that the row is of.
fn currency_of(known: &[String], name: &str) -> String {
    let Some(amount) = name.strip_suffix("_minor") else {
        return "NULL".to_owned();
    };
    let beside = [format!("{amount}_currency"), "currency".to_owned()];
    if let Some(column) = beside.into_iter().find(|column| known.contains(column)) {
        return column;
    }
    let parent = (PARENTS.iter()).find(|(column, _)| known.iter().any(|known| known == column));
    parent.map_or_else(
        || "NULL".to_owned(),
        |(column, of)| {
            format!(
                "(SELECT p.currency FROM {of} AS p WHERE p.stream = t.stream AND p.id = t.{column})"
            )
        },
    )
}

fn shown(name: &str, cell: &Cell, currency: &str) -> String {
    let is_flag = TABLES.iter().any(|table| flags(table.name).contains(&name));
    match cell {
        Cell::Null => "-".to_owned(),
        Cell::Integer(minor) if name.ends_with("_minor") => money::shown(*minor, currency),
        Cell::Integer(at_s) if name.ends_with("_s") => moment_text(*at_s),
        Cell::Integer(0) if is_flag => "no".to_owned(),
        Cell::Integer(1) if is_flag => "yes".to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::Real(_) | Cell::Blob(_) => "?".to_owned(),
    }
}

/// The columns of a table that say yes or no.
fn flags(table: &str) -> Vec<&'static str> {
    let schemas = facts::objects::ALL
        .iter()
        .filter(|schema| schema.table == table);
    let fields = schemas.flat_map(|schema| schema.fields);
    let flags = fields.filter(|field| matches!(field.shape, facts::Shape::Flag));
    flags
        .map(|field| field.name)
        .chain(["gap", "deleted"])
        .collect()
}

/// Cells under one another.
fn aligned(rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return "    none".to_owned();
    }
    let width = |place: usize| {
        rows.iter()
            .map(|row| row[place].chars().count())
            .max()
            .unwrap_or(0)
    };
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .enumerate()
            .map(|(place, cell)| format!("{cell:<width$}", width = width(place)));
        format!("    {}", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
