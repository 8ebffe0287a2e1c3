//! What two contents of one object differ in, field by field, row by row of lists, key by key of maps.
//!
//! Only what both can say is compared: a field that one of them does not know is no difference. Words nothing for people.

use std::collections::BTreeMap;

use facts::{Field, Key, Record, Shape, Value};

/// One difference between two contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The column; in a row of a list `lines.il_1.amount_minor`, in a map `metadata.order`, for a whole row `lines.il_1`.
    pub path: String,
    /// What kind of value it is; for a whole row the list's.
    pub shape: Shape,
    /// What it was; [`Value::Null`] where there was none.
    pub old: Value,
    /// What it is; [`Value::Null`] where there is none.
    pub new: Value,
    /// The currency of an amount, where the row or the object says one.
    pub currency: Option<Box<str>>,
}

/// What changed from `old` to `new`, in the order of the columns. Other names of the object itself are left out.
#[must_use]
pub fn changes(old: &Record, new: &Record) -> Vec<Change> {
    let mut found = Vec::new();
    compare("", old, new, None, &mut found);
    found
}

/// All that a content states, as changes from nothing; lists are counted as whole rows.
#[must_use]
pub fn statements(new: &Record) -> Vec<Change> {
    let nothing = Record {
        schema: new.schema,
        values: vec![Value::Null; new.values.len()].into(),
    };
    changes(&nothing, new)
}

fn compare(front: &str, old: &Record, new: &Record, outer: Option<&str>, found: &mut Vec<Change>) {
    let currency = currency(new).or(currency(old)).or(outer);
    for (place, field) in new.schema.fields.iter().enumerate() {
        let (was, is) = (old.get(place), new.get(place));
        if *was == Value::Unknown || *is == Value::Unknown || was == is {
            continue;
        }
        let path = format!("{front}{}", field.name);
        match field.shape {
            Shape::Alias => {}
            Shape::List(rows) => compare_rows(&path, rows.key, (was, is), currency, found),
            Shape::Map => compare_maps(&path, was, is, found),
            _ => found.push(change(path, field, (was, is), currency)),
        }
    }
}

fn change(
    path: String,
    field: &Field,
    (old, new): (&Value, &Value),
    currency: Option<&str>,
) -> Change {
    let is_money = matches!(field.shape, Shape::Minor);
    Change {
        path,
        shape: field.shape,
        old: old.clone(),
        new: new.clone(),
        currency: currency.filter(|_| is_money).map(Box::from),
    }
}

fn compare_rows(
    path: &str,
    key: Key,
    (was, is): (&Value, &Value),
    currency: Option<&str>,
    found: &mut Vec<Change>,
) {
    let (was_rows, is_rows) = (keyed(key, was.rows()), keyed(key, is.rows()));
    let whole = |name: &str, old: Option<&Record>, new: Option<&Record>| Change {
        path: format!("{path}.{name}"),
        shape: Shape::List(old.or(new).expect("one of them is there").schema),
        old: old.map_or(Value::Null, |row| Value::List([row.clone()].into())),
        new: new.map_or(Value::Null, |row| Value::List([row.clone()].into())),
        currency: currency.map(Box::from),
    };
    for (name, old) in &was_rows {
        match is_rows.get(name) {
            Some(new) => compare(&format!("{path}.{name}."), old, new, currency, found),
            None => found.push(whole(name, Some(old), None)),
        }
    }
    for (name, new) in &is_rows {
        if !was_rows.contains_key(name) {
            found.push(whole(name, None, Some(new)));
        }
    }
}

/// Rows by what tells them apart: their id, or else their place.
fn keyed(key: Key, rows: &[Record]) -> BTreeMap<String, &Record> {
    let name = |place: usize, row: &Record| match (key, row.values.first()) {
        (Key::Id, Some(Value::Text(id))) => id.to_string(),
        _ => format!("{place:03}"),
    };
    let named = rows.iter().enumerate();
    named.map(|(place, row)| (name(place, row), row)).collect()
}

fn compare_maps(path: &str, was: &Value, is: &Value, found: &mut Vec<Change>) {
    let entries = |value: &Value| -> BTreeMap<Box<str>, Box<str>> {
        match value {
            Value::Map(entries) => entries.iter().cloned().collect(),
            _ => BTreeMap::new(),
        }
    };
    let (was, is) = (entries(was), entries(is));
    let keys: std::collections::BTreeSet<_> = was.keys().chain(is.keys()).collect();
    let value =
        |text: Option<&Box<str>>| text.map_or(Value::Null, |text| Value::Text(text.clone()));
    for key in keys {
        if was.get(key) != is.get(key) {
            found.push(Change {
                path: format!("{path}.{key}"),
                shape: Shape::Text,
                old: value(was.get(key)),
                new: value(is.get(key)),
                currency: None,
            });
        }
    }
}

fn currency(record: &Record) -> Option<&str> {
    let place = record
        .schema
        .fields
        .iter()
        .position(|field| field.name == "currency")?;
    record.text(place)
}
