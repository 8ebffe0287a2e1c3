//! Lines of a timeline in words: one block a line, under each other in columns, short enough for a terminal of 100 columns.
//! Everything of Stripe's is made harmless here.

use book::{Change, Doubt};
use clap::builder::styling::Style;
use facts::{Record, Shape, Value};
use rusqlite::types::Value as Cell;
use serde_json::{Map, json};

use super::Line;
use crate::columns::{Shown, lay_out};
use crate::currency;
use crate::listing::heading;
use crate::moment;
use crate::paint::{DOUBT, HEADING, PLAIN};
use crate::screen::harmless;

/// People are shown no more changes of one line than these.
const CHANGES_MAX: usize = 8;

/// Longer texts are cut.
const LETTERS_MAX: usize = 48;

/// Longer changes are broken after the column's name and before the arrow.
const WIDE: usize = 60;

/// Known by the payout's own id.
const MEMBERSHIP: &str = "payout_membership";

/// What stands for an object in one line, in the order of preference.
const AMOUNTS: [&str; 3] = ["total_minor", "amount_minor", "net_minor"];

/// The lines under their columns' names.
pub(super) fn text(lines: &[Line], otherwise: &[Change]) -> String {
    if lines.is_empty() {
        return "none".to_owned();
    }
    let mut rows = vec![row(
        HEADING,
        ["at", "what", "seq", "source", "changed"].map(str::to_owned),
    )];
    for line in lines {
        let mark = if line.is_related { "· " } else { "" };
        let mut cells = [
            moment::shown(line.at_s()),
            format!("{mark}{}", harmless(&line.what())),
            line.mark.seq.to_string(),
            line.mark.source.as_str().to_owned(),
        ];
        let said = said(line);
        for words in said
            .iter()
            .flat_map(|words| words.split('\n'))
            .chain(said.is_empty().then_some(""))
        {
            let style = if words.starts_with('!') { DOUBT } else { PLAIN };
            let [at, what, seq, source] = std::mem::take(&mut cells);
            let mut row = row(PLAIN, [at, what, seq, source, words.to_owned()]);
            row[4].style = style;
            rows.push(row);
        }
    }
    let mut text = lay_out(&rows, &[false, false, true, false, false]);
    if !otherwise.is_empty() {
        text.push_str("\nthe book holds to a chain of changes that ends otherwise:");
        for change in shown(otherwise) {
            text.push_str(&format!("\n  {change}"));
        }
    }
    text
}

fn row(style: Style, cells: [String; 5]) -> Vec<Shown> {
    cells.map(|text| Shown { text, style }).into()
}

/// What a line says changed, and why it is not sure.
fn said(line: &Line) -> Vec<String> {
    let mut said = Vec::new();
    if line.is_related && line.object == MEMBERSHIP {
        said.push("the list of what it covers".to_owned());
    }
    // An invoice's payment is known by the invoice and what pays it: here the invoice goes without saying.
    let id = line.id.rsplit('/').next().unwrap_or(&line.id);
    let is_other = line.is_related && line.object != MEMBERSHIP;
    said.extend(is_other.then(|| harmless(id)));
    let unannounced = shown(&line.unannounced).into_iter();
    said.extend(unannounced.map(|change| format!("! unannounced: {change}")));
    if line.is_deletion {
        said.push("deleted".to_owned());
    }
    if line.is_first {
        said.push(summary(line));
    } else {
        said.extend(shown(&line.changes));
    }
    let is_silent = !line.is_first && line.changes.is_empty() && !line.is_deletion;
    if is_silent && line.origin.is_some() {
        said.push("nothing new".to_owned());
    }
    said.extend(line.doubts.iter().map(|doubt| worded(*doubt, line)));
    if line.certainty == Some("ambiguous") || line.certainty == Some("hinted") {
        let certainty = line.certainty.unwrap_or_default();
        said.push(format!("? {certainty} then{}", stake(line)));
    }
    if line.is_gap {
        said.push("! then with a gap: a change that no event had announced".to_owned());
    }
    said
}

fn worded(doubt: Doubt, line: &Line) -> String {
    match doubt {
        Doubt::Order => {
            let rivals = match line.rivals.as_slice() {
                [] => "nothing tells it from others of its time".to_owned(),
                rivals => {
                    let short: Vec<String> =
                        rivals.iter().map(|id| cut(&harmless(id), 24)).collect();
                    format!("it or {} first", short.join(" or "))
                }
            };
            format!("? order unsure: {rivals}{}", stake(line))
        }
        Doubt::Gap if line.unannounced.is_empty() => {
            "! it found another state than the one known".to_owned()
        }
        Doubt::Gap => "! a change before it was not announced".to_owned(),
        Doubt::Found => "! found by reading: no event announced it".to_owned(),
        Doubt::Beginning => "? what came before is not in the log".to_owned(),
        Doubt::Conflict => "! the same event with other content".to_owned(),
        Doubt::Thin => "changed; it does not say how".to_owned(),
    }
}

fn stake(line: &Line) -> String {
    match line.at_stake_minor {
        0 => String::new(),
        minor => format!(", {} at stake", currency::amount(minor, &line.currency)),
    }
}

/// The first that is known of an object: its status and what it is about.
fn summary(line: &Line) -> String {
    let find = |name: &str| line.changes.iter().find(|change| change.path == name);
    let status = find("status").map(|change| shown_value(change, &change.new));
    let amount = AMOUNTS.iter().find_map(|name| find(name));
    let amount = amount.map(|change| shown_value(change, &change.new));
    let mut parts: Vec<String> = status.into_iter().chain(amount).collect();
    if parts.is_empty() {
        parts.extend(rows(&line.changes));
    }
    let word = if line.is_making { "made" } else { "first seen" };
    if parts.is_empty() {
        return word.to_owned();
    }
    format!("{word}: {}", parts.join(", "))
}

/// How many rows its first list has.
fn rows(changes: &[Change]) -> Option<String> {
    let is_row = |change: &&Change| matches!(change.shape, Shape::List(_));
    let list = |change: &Change| change.path.split('.').next().map(str::to_owned);
    let name = changes.iter().find(is_row).and_then(list)?;
    let of_list = |change: &&Change| list(change).as_ref() == Some(&name);
    let count = changes.iter().filter(is_row).filter(of_list).count();
    Some(format!("{count} {}", heading(&name)))
}

fn shown(changes: &[Change]) -> Vec<String> {
    let mut shown: Vec<String> = changes.iter().take(CHANGES_MAX).map(change_text).collect();
    if changes.len() > CHANGES_MAX {
        shown.push(format!(
            "and {} more: --json has them",
            changes.len() - CHANGES_MAX
        ));
    }
    shown
}

fn change_text(change: &Change) -> String {
    let name = match change.path.contains('.') {
        true => harmless(
            change
                .path
                .trim_end_matches("_minor")
                .trim_end_matches("_s"),
        ),
        false => heading(&change.path),
    };
    match (change.shape, &change.old) {
        (Shape::List(_), Value::Null) => format!("{name}: added"),
        (Shape::List(_), _) => format!("{name}: removed"),
        _ => {
            let (old, new) = (
                shown_value(change, &change.old),
                shown_value(change, &change.new),
            );
            if name.len() + old.len() + new.len() > WIDE {
                format!("{name}:\n  {old}\n  -> {new}")
            } else {
                format!("{name}: {old} -> {new}")
            }
        }
    }
}

fn shown_value(change: &Change, value: &Value) -> String {
    match (value, change.shape) {
        (Value::Unknown, _) => "unknown".to_owned(),
        (Value::Null, _) => "none".to_owned(),
        (Value::Flag(true), _) => "yes".to_owned(),
        (Value::Flag(false), _) => "no".to_owned(),
        (Value::Int(minor), Shape::Minor) => {
            currency::amount(*minor, change.currency.as_deref().unwrap_or_default())
        }
        (Value::Int(second), Shape::Second) => moment::shown(*second),
        (Value::Int(number), _) => number.to_string(),
        (Value::Text(text), _) => cut(&harmless(text), LETTERS_MAX),
        (Value::Map(_) | Value::List(_), _) => "…".to_owned(),
    }
}

fn cut(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// For programs: the column with what it was and what it is.
pub(super) fn change_json(change: &Change) -> serde_json::Value {
    json!({
        "column": change.path,
        "old": value_json(&change.old),
        "new": value_json(&change.new),
        "currency": change.currency,
    })
}

fn value_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Unknown | Value::Null => serde_json::Value::Null,
        Value::Flag(flag) => json!(flag),
        Value::Int(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Map(entries) => {
            let member = |(key, text): &(Box<str>, Box<str>)| (key.to_string(), json!(text));
            entries.iter().map(member).collect::<Map<_, _>>().into()
        }
        Value::List(rows) => rows.iter().map(record_json).collect(),
    }
}

fn record_json(record: &Record) -> serde_json::Value {
    let fields = record.schema.fields.iter().zip(&record.values);
    let stated = fields.filter(|(_, value)| value.is_stated());
    let member =
        |(field, value): (&facts::Field, &Value)| (field.name.to_owned(), value_json(value));
    stated.map(member).collect::<Map<_, _>>().into()
}

/// For spreadsheets.
pub(super) fn cell(value: &Value) -> Cell {
    match value {
        Value::Unknown | Value::Null => Cell::Null,
        Value::Flag(flag) => Cell::Integer(i64::from(*flag)),
        Value::Int(number) => Cell::Integer(*number),
        Value::Text(text) => Cell::Text(text.to_string()),
        value => Cell::Text(value_json(value).to_string()),
    }
}
