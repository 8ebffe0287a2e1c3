//! Contents of few values: every kind of object has five dials, so that states come back, differ in one field, and tie.
//!
//! A content is five digits, one per dial. It must stay plain data: what follows from a content is the fold's business.

use std::fmt;
use std::sync::Arc;

use facts::objects::{
    balance_transaction, charge, credit_note, customer, dispute, invoice, payment_intent, payout,
    refund, subscription, topup, transfer,
};
use facts::schema::{Schema, Shape};
use facts::{Claim, Fact, ObjectKey, Record, Value};

/// One digit per dial; a digit past a dial's settings is a field that could not be read.
pub(crate) type Digits = [u8; DIALS];

pub(crate) const DIALS: usize = 5;

/// A digit that stands for an unreadable field.
pub(crate) const UNREADABLE: u8 = 9;

/// The newest API version, and an older one that does not know the field of the last dial.
pub(crate) const VERSIONS: [&str; 2] = ["2026-07-29.dahlia", "2020-08-27"];

/// A kind of object and the settings of its dials; the empty text is null.
pub(crate) struct Kind {
    pub(crate) schema: &'static Schema,
    dials: [(&'static str, &'static [&'static str]); DIALS],
}

pub(crate) static KINDS: [Kind; 12] = [
    Kind {
        schema: &invoice::SCHEMA,
        dials: [
            ("status", &["draft", "open", "paid", "void"]),
            ("amount_paid_minor", &["0", "500", "1900"]),
            ("paid_s", &["", "100"]),
            ("description", &["", "a", "b"]),
            ("lines", &["1", "2", "3"]),
        ],
    },
    Kind {
        schema: &charge::SCHEMA,
        dials: [
            ("status", &["pending", "succeeded", "failed"]),
            ("amount_refunded_minor", &["0", "500", "1000"]),
            ("balance_transaction_id", &["", "txn_0"]),
            ("metadata", &["", "a", "b"]),
            ("disputed", &["false", "true"]),
        ],
    },
    Kind {
        schema: &customer::SCHEMA,
        dials: [
            ("balance_minor", &["0", "-500", "700"]),
            ("name", &["Customer 0001", "Customer 0002", ""]),
            ("next_invoice_sequence", &["1", "2", "3"]),
            ("metadata", &["", "a", "b"]),
            ("delinquent", &["false", "true"]),
        ],
    },
    Kind {
        schema: &refund::SCHEMA,
        dials: [
            ("status", &["pending", "succeeded", "failed"]),
            ("amount_minor", &["500", "300"]),
            ("balance_transaction_id", &["", "txn_1", "txn_2"]),
            ("reason", &["", "duplicate"]),
            ("failure_balance_transaction_id", &["", "txn_3"]),
        ],
    },
    Kind {
        schema: &payout::SCHEMA,
        dials: [
            ("status", &["pending", "in_transit", "paid", "failed"]),
            ("reconciliation_status", &["in_progress", "completed"]),
            ("failure_balance_transaction_id", &["", "txn_4"]),
            ("metadata", &["", "a", "b"]),
            ("amount_minor", &["2500", "2600"]),
        ],
    },
    Kind {
        schema: &subscription::SCHEMA,
        dials: [
            ("status", &["incomplete", "active", "canceled", "past_due"]),
            ("ended_s", &["", "103"]),
            ("description", &["", "a", "b"]),
            ("cancel_at_period_end", &["false", "true"]),
            ("items", &["1", "2"]),
        ],
    },
    Kind {
        schema: &balance_transaction::SCHEMA,
        dials: [
            ("amount_minor", &["1000", "1100"]),
            ("description", &["", "a"]),
            ("source_id", &["ch_0", "re_0"]),
            ("exchange_rate", &["", "1.25"]),
            ("fee_details", &["1", "2"]),
        ],
    },
    Kind {
        schema: &payment_intent::SCHEMA,
        dials: [
            (
                "status",
                &["processing", "requires_capture", "succeeded", "canceled"],
            ),
            ("amount_received_minor", &["0", "500", "900"]),
            ("canceled_s", &["", "104"]),
            ("metadata", &["", "a", "b"]),
            ("latest_charge_id", &["", "ch_0"]),
        ],
    },
    Kind {
        schema: &dispute::SCHEMA,
        dials: [
            (
                "status",
                &["warning_needs_response", "needs_response", "won", "lost"],
            ),
            ("amount_minor", &["500", "300"]),
            ("submission_count", &["0", "1", "2"]),
            ("metadata", &["", "a", "b"]),
            ("balance_transactions", &["1", "2", "3"]),
        ],
    },
    Kind {
        schema: &credit_note::SCHEMA,
        dials: [
            ("status", &["issued", "void"]),
            ("pre_payment_minor", &["0", "500"]),
            ("voided_s", &["", "105"]),
            ("memo", &["", "a", "b"]),
            ("lines", &["1", "2"]),
        ],
    },
    Kind {
        schema: &transfer::SCHEMA,
        dials: [
            ("amount_reversed_minor", &["0", "300", "900"]),
            ("description", &["", "a", "b"]),
            ("reversed", &["false", "true"]),
            ("metadata", &["", "a", "b"]),
            ("source_transaction_id", &["", "ch_0"]),
        ],
    },
    Kind {
        schema: &topup::SCHEMA,
        dials: [
            ("status", &["pending", "succeeded", "reversed"]),
            ("amount_minor", &["1500", "1600"]),
            ("balance_transaction_id", &["", "txn_5"]),
            ("metadata", &["", "a", "b"]),
            ("failure_code", &["", "a"]),
        ],
    },
];

/// Facts that print themselves in a line each, dials only, so that a failing case can be read.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Told(pub(crate) Vec<Fact>);

impl fmt::Debug for Told {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|fact| match fact {
            Fact::Thin {
                object, created_s, ..
            } => writeln!(out, "\n  {} thin {created_s}", object.id),
            Fact::Claim(claim) => write!(out, "\n  {}", line(claim)),
        })
    }
}

fn line(claim: &Claim) -> String {
    let Claim {
        id,
        lo_s,
        hi_s,
        event_type,
        request,
        version,
        deleted,
        ..
    } = claim;
    let request = request.as_deref().unwrap_or("-");
    let content = |record: &Option<Arc<Record>>| record.as_deref().map_or("-".to_owned(), shown);
    let (before, after) = (content(&claim.before), content(&claim.after));
    let gone = if *deleted { " deleted" } else { "" };
    format!("{id} {lo_s}..{hi_s} {event_type} {request} {version}{gone}: {before} => {after}")
}

/// The dials of a content.
fn shown(record: &Record) -> String {
    let kind = KINDS.iter().find(|kind| kind.schema == record.schema);
    let dials = kind.into_iter().flat_map(|kind| kind.dials);
    let values = dials.map(|(name, _)| match record.get(record.schema.at(name)) {
        Value::Text(text) => text.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Map(entries) => format!("{entries:?}"),
        Value::List(rows) => format!("{} rows", rows.len()),
        value => format!("{value:?}"),
    });
    values.collect::<Vec<_>>().join("/")
}

/// What a dial shows once it is turned to this digit; a lawful one keeps to what Stripe never takes back.
pub(crate) fn turned(kind: usize, dial: usize, now: u8, digit: u8, is_lawful: bool) -> u8 {
    let (name, settings) = KINDS[kind].dials[dial];
    let digit = digit % u8::try_from(settings.len()).expect("dials have few settings");
    let is_once = ONCE.contains(&name);
    let is_back = (is_once && now > 0) || (ONE_WAY.contains(&name) && digit < now);
    if is_lawful && is_back { now } else { digit }
}

/// The digit at which a dial shows this setting.
pub(crate) fn digit(kind: usize, dial: usize, setting: &str) -> u8 {
    let (name, settings) = KINDS[kind].dials[dial];
    let place = settings.iter().position(|known| *known == setting);
    let place = place.unwrap_or_else(|| panic!("{name} is never {setting:?}"));
    u8::try_from(place).expect("dials have few settings")
}

/// Dials that go from nothing to a value once.
const ONCE: [&str; 6] = [
    "paid_s",
    "canceled_s",
    "voided_s",
    "ended_s",
    "balance_transaction_id",
    "failure_balance_transaction_id",
];

/// Dials that only go forward.
const ONE_WAY: [&str; 8] = [
    "amount_received_minor",
    "amount_reversed_minor",
    "submission_count",
    "balance_transactions",
    "status",
    "next_invoice_sequence",
    "disputed",
    "reconciliation_status",
];

/// The one object of this kind that the generators speak of.
pub(crate) fn key(kind: usize) -> ObjectKey {
    ObjectKey {
        schema: KINDS[kind].schema,
        id: format!("{}_0", prefix(KINDS[kind].schema.object)).into(),
    }
}

fn prefix(object: &str) -> &str {
    match object {
        "invoice" => "in",
        "charge" => "ch",
        "refund" => "re",
        "payout" => "po",
        "customer" => "cus",
        "subscription" => "sub",
        "payment_intent" => "pi",
        "dispute" => "dp",
        "credit_note" => "cn",
        "transfer" => "tr",
        "topup" => "tu",
        _ => "txn",
    }
}

/// The content that the dials say, as this version (a place in [`VERSIONS`]) renders it.
pub(crate) fn content(kind: usize, digits: Digits, version: usize) -> Record {
    let Kind { schema, dials } = &KINDS[kind];
    let mut record = Record {
        schema,
        values: vec![Value::Null; schema.fields.len()].into(),
    };
    let mut set = |name: &str, value: Value| {
        if let Some(place) = schema.fields.iter().position(|field| field.name == name) {
            record.values[place] = value;
        }
    };
    set("currency", Value::Text("usd".into()));
    set("customer_id", Value::Text("cus_0".into()));
    set("charge_id", Value::Text("ch_0".into()));
    set("created_s", Value::Int(99));
    for (dial, (name, settings)) in dials.iter().enumerate() {
        let is_known = digits[dial] != UNREADABLE && (version == 0 || dial + 1 < DIALS);
        let text = settings[usize::from(digits[dial]) % settings.len()];
        let field = &schema.fields[schema.at(name)];
        let said = || value(&field.shape, text);
        set(name, if is_known { said() } else { Value::Unknown });
    }
    record
}

fn value(shape: &Shape, text: &str) -> Value {
    match shape {
        _ if text.is_empty() => Value::Null,
        Shape::Flag => Value::Flag(text == "true"),
        Shape::Count | Shape::Minor | Shape::Second => {
            Value::Int(text.parse().expect("the dial holds a number"))
        }
        Shape::Map => Value::Map([("key".into(), text.into())].into()),
        Shape::List(rows) => {
            Value::List((0..rows_of(text)).map(|row| self::row(rows, row)).collect())
        }
        _ => Value::Text(text.into()),
    }
}

fn rows_of(text: &str) -> i64 {
    text.parse().expect("the dial holds a number of rows")
}

fn row(schema: &'static Schema, number: i64) -> Record {
    let value = |field: &facts::Field| match field.shape {
        Shape::Minor | Shape::Count => Value::Int(100 * (number + 1)),
        Shape::Text | Shape::Id if field.name == "id" => {
            Value::Text(format!("row_{number}").into())
        }
        _ => Value::Null,
    };
    Record {
        schema,
        values: schema.fields.iter().map(value).collect(),
    }
}
