//! Objects as wire JSON, made of what is said about them: whole, in the newest shape, with null wherever nothing is said.

use facts::objects;
use facts::schema::{Key, Schema, Shape};
use serde_json::{Map, Value, json};

use crate::line::{Row, moment};
use crate::money;

/// Lists that Stripe gives as list objects; all others are arrays.
const LIST_OBJECTS: [(&str, &str); 3] = [
    ("invoice", "lines"),
    ("subscription", "items"),
    ("credit_note", "lines"),
];

/// Kinds of objects by the prefix of their ids.
const PREFIXES: [(&str, &str); 33] = [
    ("bal", "balance"),
    ("ccsbtxn", "customer_cash_balance_transaction"),
    ("cbtxn", "customer_balance_transaction"),
    ("ch", "charge"),
    ("clock", "test_helpers.test_clock"),
    ("cn", "credit_note"),
    ("credbtxn", "billing.credit_balance_transaction"),
    ("credgr", "billing.credit_grant"),
    ("cs", "checkout.session"),
    ("cus", "customer"),
    ("di", "discount"),
    ("dp", "dispute"),
    ("fee", "application_fee"),
    ("fr", "fee_refund"),
    ("ii", "invoiceitem"),
    ("in", "invoice"),
    ("inpay", "invoice_payment"),
    ("pi", "payment_intent"),
    ("pm", "payment_method"),
    ("po", "payout"),
    ("price", "price"),
    ("prod", "product"),
    ("promo", "promotion_code"),
    ("py", "charge"),
    ("pyr", "refund"),
    ("re", "refund"),
    ("seti", "setup_intent"),
    ("sub_sched", "subscription_schedule"),
    ("sub", "subscription"),
    ("tr", "transfer"),
    ("trr", "transfer_reversal"),
    ("tu", "topup"),
    ("txn", "balance_transaction"),
];

/// The kind of an object: as said, or by its id's prefix.
pub(crate) fn schema(kind: Option<&str>, id: &str) -> Result<&'static Schema, String> {
    let by_prefix = || match id.rsplit_once('_')?.0 {
        "txr" => Some("tax_rate"),
        prefix => (PREFIXES.iter()).find_map(|(known, kind)| (*known == prefix).then_some(*kind)),
    };
    let kind = kind.or_else(by_prefix);
    kind.and_then(objects::schema)
        .ok_or_else(|| format!("what {id} is can't be told: put its kind before it"))
}

/// A whole object of which nothing has been said yet.
pub(crate) fn blank(schema: &Schema, id: &str, at_s: i64) -> Value {
    let mut object = blank_row(schema, schema.object);
    if !matches!(schema.key, Key::Single(_)) {
        object["id"] = json!(id);
    }
    object["object"] = json!(schema.object);
    for name in ["created", "date", "start"] {
        if schema.fields.iter().any(|field| field.path == name) {
            object[name] = json!(at_s);
        }
    }
    object
}

fn blank_row(schema: &Schema, parent: &str) -> Value {
    let mut row = json!({});
    for field in schema.fields {
        let nothing = match field.shape {
            Shape::List(_) => list(parent, field.path, Vec::new(), false),
            Shape::Map => json!({}),
            _ => Value::Null,
        };
        put(&mut row, field.path, nothing);
    }
    row
}

/// A list as Stripe gives it.
fn list(parent: &str, path: &str, rows: Vec<Value>, is_cut: bool) -> Value {
    if LIST_OBJECTS.contains(&(parent, path)) {
        return json!({"object": "list", "data": rows, "has_more": is_cut});
    }
    rows.into()
}

/// Says something about an object.
pub(crate) fn say(
    object: &mut Value,
    schema: &'static Schema,
    says: &[(String, String)],
    rows: &[Row],
) -> Result<(), String> {
    let above = String::new();
    for (name, value) in says {
        if name == "deleted" {
            object["deleted"] = json!(value == "yes");
            continue;
        }
        say_one(object, schema, name, value, &above)?;
    }
    let currency = currency_of(object, schema, "").unwrap_or_default();
    say_rows(object, schema, schema.object, rows, &currency)?;
    let cut = says.iter().filter(|(_, value)| value == "cut");
    for (name, _) in cut {
        object[name]["has_more"] = json!(true);
    }
    Ok(())
}

fn say_rows(
    object: &mut Value,
    schema: &'static Schema,
    parent: &str,
    rows: &[Row],
    currency: &str,
) -> Result<(), String> {
    for field in schema.fields {
        let Shape::List(of) = field.shape else {
            continue;
        };
        let said: Vec<&Row> = rows.iter().filter(|row| row.list == field.name).collect();
        if said.is_empty() {
            continue;
        }
        let mut made = Vec::new();
        for row in said {
            let mut value = blank_row(of, of.object);
            if let Some(field) = currency_field(of, "").filter(|_| !currency.is_empty()) {
                put(&mut value, field, json!(currency));
            }
            for (name, text) in &row.says {
                say_one(&mut value, of, name, text, currency)?;
            }
            say_rows(&mut value, of, of.object, &row.rows, currency)?;
            made.push(value);
        }
        put(object, field.path, list(parent, field.path, made, false));
    }
    let known = |row: &&Row| {
        let is_list = |shape| matches!(shape, Shape::List(_));
        (schema.fields.iter()).any(|field| field.name == row.list && is_list(field.shape))
    };
    match rows.iter().find(|row| !known(row)) {
        Some(row) => Err(format!("{parent} has no list {}", row.list)),
        None => Ok(()),
    }
}

fn say_one(
    object: &mut Value,
    schema: &Schema,
    name: &str,
    text: &str,
    above: &str,
) -> Result<(), String> {
    let is_named = |known: &str| {
        let bare = ["_minor", "_s", "_id"];
        known == name
            || bare
                .iter()
                .any(|unit| known.strip_suffix(unit) == Some(name))
    };
    let mut fields = schema.fields.iter().filter(|field| is_named(field.name));
    let (Some(field), None) = (fields.next(), fields.next()) else {
        let names: Vec<&str> = schema.fields.iter().map(|field| field.name).collect();
        return Err(format!(
            "{} says `{name}`; known: {}",
            schema.object,
            names.join(", ")
        ));
    };
    let value = match (field.shape, text) {
        (Shape::List(_), "cut") => return Ok(()),
        (_, "?") => return take(object, field.path),
        (_, "-") => Value::Null,
        (Shape::Minor, text) => {
            let (amount, code) = text.split_once(' ').unwrap_or((text, ""));
            let known = currency_of(object, schema, field.name)
                .or((!above.is_empty()).then(|| above.to_owned()));
            let currency = match (code, known) {
                ("", Some(known)) => known,
                ("", None) => return Err(format!("{text} of which currency?")),
                (code, _) => {
                    if let Some(field) = currency_field(schema, field.name) {
                        put(object, field, json!(code));
                    }
                    code.to_owned()
                }
            };
            json!(money::minor(amount, &currency)?)
        }
        (Shape::Second, text) => {
            let at_s = moment(text).or_else(|| moment(&format!("{text} 00:00")));
            json!(at_s.ok_or_else(|| format!("`{text}` is no date"))?)
        }
        (Shape::Count, text) => json!(
            text.parse::<i64>()
                .map_err(|_| format!("`{text}` is no number"))?
        ),
        (Shape::Flag, "yes") => json!(true),
        (Shape::Flag, "no") => json!(false),
        (Shape::Map, text) => entries(text),
        (Shape::Flag | Shape::List(_), text) => {
            return Err(format!("`{name} {text}` is neither yes nor no"));
        }
        (_, text) => json!(text),
    };
    put(object, field.path, value);
    Ok(())
}

fn entries(text: &str) -> Value {
    let entry = |entry: &str| {
        let (key, value) = entry.trim().split_once('=')?;
        Some((key.to_owned(), json!(value)))
    };
    text.split(',')
        .filter_map(entry)
        .collect::<Map<_, _>>()
        .into()
}

/// Where the currency of an amount stands: `credit_currency` for `credit_minor`, else `currency`.
fn currency_field(schema: &Schema, amount: &str) -> Option<&'static str> {
    let own = amount
        .strip_suffix("_minor")
        .map(|name| format!("{name}_currency"));
    let named = |name: &str| schema.fields.iter().find(|field| field.name == name);
    (own.and_then(|own| named(&own))
        .or_else(|| named("currency")))
    .map(|field| field.path)
}

fn currency_of(object: &Value, schema: &Schema, amount: &str) -> Option<String> {
    let path = currency_field(schema, amount)?;
    let value = path.split('.').fold(object, |value, name| &value[name]);
    value.as_str().map(str::to_owned)
}

fn put(object: &mut Value, path: &str, value: Value) {
    let mut at = object;
    for name in path.split('.') {
        if !at.is_object() {
            *at = json!({});
        }
        at = &mut at[name];
    }
    *at = value;
}

/// Leaves a member out: the object then doesn't say it.
fn take(object: &mut Value, path: &str) -> Result<(), String> {
    let mut names: Vec<&str> = path.split('.').collect();
    let last = names.pop().expect("a path has a name");
    let above = names
        .into_iter()
        .fold(object, |value, name| &mut value[name]);
    let members = above
        .as_object_mut()
        .ok_or("there is nothing to leave out")?;
    members.remove(last);
    Ok(())
}
