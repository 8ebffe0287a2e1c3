//! The book's tables: their columns, what each means, and whether it is state or history.
//!
//! The SQL in `schema/book` is written from this list. Nothing here stores anything.

use std::sync::LazyLock;

use facts::objects;
use facts::schema::{Key, Schema, Shape};

/// One table of a book. Every table's first column is `stream`.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// What one row is.
    pub doc: &'static str,
    /// The columns; the first `key` of them tell rows apart.
    pub columns: Vec<Column>,
    /// How many columns the key has.
    pub key: usize,
}

/// One column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name, with the unit last.
    pub name: &'static str,
    /// Whether it holds text; else whole numbers.
    pub is_text: bool,
    /// Whether it tells when something was learned, and so stays out of the digest.
    pub is_history: bool,
    /// What it says.
    pub doc: &'static str,
}

/// All tables of a book, in a fixed order: objects with their lists, then what is made of them.
pub static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    let mut tables = Vec::new();
    for schema in objects::ALL {
        tables.push(object_table(schema));
        let lists = lists(schema).map(|rows| (vec![parent_column(schema)], rows));
        lists.for_each(|(parents, rows)| push_list_tables(&mut tables, parents, rows));
    }
    tables.extend(derived_tables());
    tables
});

/// The place in [`TABLES`] of the table with this name. Panics when there is none: names are fixed when the program is written.
#[must_use]
pub fn place(name: &str) -> usize {
    TABLES
        .iter()
        .position(|table| table.name == name)
        .unwrap_or_else(|| panic!("no table is named {name}"))
}

/// The place of the table of these objects or rows.
pub(crate) fn of_schema(schema: &'static Schema) -> usize {
    BY_SCHEMA
        .iter()
        .find(|(known, _)| std::ptr::eq(*known, schema))
        .map_or_else(|| place(schema.table), |(_, place)| *place)
}

/// The places of the tables that objects and their lists have.
static BY_SCHEMA: LazyLock<Vec<(&'static Schema, usize)>> = LazyLock::new(|| {
    let mut schemas: Vec<&'static Schema> = objects::ALL.to_vec();
    let mut next = 0;
    while let Some(&schema) = schemas.get(next) {
        schemas.extend(lists(schema));
        next += 1;
    }
    (schemas.into_iter())
        .map(|schema| (schema, place(schema.table)))
        .collect()
});

/// The lists that stand directly in these objects or rows.
fn lists(schema: &'static Schema) -> impl Iterator<Item = &'static Schema> {
    schema.fields.iter().filter_map(|field| match field.shape {
        Shape::List(rows) => Some(rows),
        _ => None,
    })
}

/// Places of the tables that are made of objects.
pub(crate) static LINKS: LazyLock<usize> = LazyLock::new(|| place("links"));
pub(crate) static TOTALS: LazyLock<usize> = LazyLock::new(|| place("totals"));
pub(crate) static BALANCE_ACTIVITY: LazyLock<usize> = LazyLock::new(|| place("balance_activity"));
pub(crate) static WANTED: LazyLock<usize> = LazyLock::new(|| place("wanted"));
pub(crate) static FINDINGS: LazyLock<usize> = LazyLock::new(|| place("findings"));
pub(crate) static NOTICES: LazyLock<usize> = LazyLock::new(|| place("notices"));

/// The columns that stand behind an object's own.
pub(crate) const OBJECT_TAIL: usize = 7;

fn object_table(schema: &'static Schema) -> Table {
    let mut columns = vec![
        text("stream", "the stream: account and mode"),
        text("id", "Stripe's id of it"),
    ];
    if let Key::Joined(_) = schema.key {
        columns[1].doc = "what tells it apart in every API version: the ids that it joins";
    }
    columns.extend(own_columns(schema));
    let tail = [
        text(
            "certainty",
            "how sure this state is: exact, linked, hinted or ambiguous",
        ),
        number(
            "gap",
            "1 when a change must have happened that no event announced",
        ),
        number(
            "deleted",
            "1 when Stripe says that it is deleted; the rest is what it last was",
        ),
        number(
            "at_stake_minor",
            "by how much the candidates of an ambiguous state differ, in minor units",
        ),
        text(
            "unknown",
            "names of the columns that can't be known, as against null: there is none",
        ),
        text("version", "the API version that rendered it"),
        history("known_seq", "the first entry of the log that stated it"),
    ];
    debug_assert_eq!(tail.len(), OBJECT_TAIL);
    columns.extend(tail);
    Table {
        name: schema.table,
        doc: schema.doc.trim(),
        columns,
        key: 2,
    }
}

/// The table of a list and those of the lists in its rows; `parents` are the columns that lead to a list.
fn push_list_tables(tables: &mut Vec<Table>, parents: Vec<Column>, rows: &'static Schema) {
    let mut columns = vec![text("stream", "the stream: account and mode")];
    columns.extend(parents.iter().cloned());
    if rows.key == Key::Place {
        columns.push(number("place", "its place in the list, counted from 0"));
    }
    columns.extend(own_columns(rows));
    columns.push(text(
        "unknown",
        "names of the columns that can't be known, as against null: there is none",
    ));
    tables.push(Table {
        name: rows.table,
        doc: rows.doc.trim(),
        columns,
        key: 2 + parents.len(),
    });
    for inner in lists(rows) {
        let mut parents = parents.clone();
        parents.push(row_column(rows));
        push_list_tables(tables, parents, inner);
    }
}

/// The column that names the object of a list's rows.
fn parent_column(parent: &'static Schema) -> Column {
    let name = match parent.object {
        "balance" => "balance_id",
        "balance_transaction" => "balance_transaction_id",
        "credit_note" | "credit_note_line_list" => "credit_note_id",
        "dispute" => "dispute_id",
        "invoice" | "invoice_line_list" => "invoice_id",
        "payout_membership" => "payout_id",
        "subscription" | "subscription_item_list" => "subscription_id",
        "subscription_schedule" => "subscription_schedule_id",
        _ => "parent_id",
    };
    text(name, "the object that it belongs to")
}

/// The column that names the row of a list in whose own list a row stands.
fn row_column(rows: &'static Schema) -> Column {
    match rows.object {
        "line_item" | "listed_line_item" => text("invoice_line_id", "the line that it belongs to"),
        "credit_note_line_item" | "listed_credit_note_line_item" => {
            text("credit_note_line_id", "the line that it belongs to")
        }
        "subscription_schedule_phase" => {
            number("phase", "the place of the phase that it belongs to")
        }
        _ => text("row_id", "the row that it belongs to"),
    }
}

fn own_columns(schema: &'static Schema) -> impl Iterator<Item = Column> {
    schema
        .fields
        .iter()
        .filter(|field| !matches!(field.shape, Shape::List(_)))
        .map(|field| Column {
            name: field.name,
            is_text: matches!(
                field.shape,
                Shape::Text | Shape::Decimal | Shape::Id | Shape::Alias | Shape::Map
            ),
            is_history: false,
            doc: field.doc,
        })
}

fn derived_tables() -> impl Iterator<Item = Table> {
    DERIVED.iter().map(|derived| {
        let column = |(name, holds, doc): &(&'static str, Holds, &'static str)| match holds {
            Holds::Text => text(name, doc),
            Holds::Number => number(name, doc),
            Holds::History => history(name, doc),
        };
        let stream = text("stream", "the stream: account and mode");
        let columns = std::iter::once(stream)
            .chain(derived.columns.iter().map(column))
            .collect();
        Table {
            name: derived.name,
            doc: derived.doc,
            columns,
            key: derived.key,
        }
    })
}

/// A table that is made of objects, as written down below: its columns but the stream, and how many make the key with it.
struct Derived {
    name: &'static str,
    doc: &'static str,
    key: usize,
    columns: &'static [(&'static str, Holds, &'static str)],
}

#[derive(Clone, Copy)]
enum Holds {
    Text,
    Number,
    History,
}

static DERIVED: &[Derived] = &[
    Derived {
        name: "links",
        doc: "What one object says under the id of another.",
        key: 6,
        columns: &[
            ("target_type", Holds::Text, "kind of the object spoken of"),
            ("target_id", Holds::Text, "its id"),
            ("relation", Holds::Text, "what the source is to the target"),
            (
                "source_type",
                Holds::Text,
                "kind of the object that says so",
            ),
            ("source_id", Holds::Text, "its id"),
            (
                "currency",
                Holds::Text,
                "currency of the amount; empty where none comes with it",
            ),
            (
                "amount_minor",
                Holds::Number,
                "the amount that comes with it, in minor units; of whole_list_s a Unix second",
            ),
        ],
    },
    Derived {
        name: "totals",
        doc: "What the links under one id add up to.",
        key: 5,
        columns: &[
            ("target_type", Holds::Text, "kind of the object spoken of"),
            ("target_id", Holds::Text, "its id"),
            (
                "relation",
                Holds::Text,
                "what the sources are to the target",
            ),
            (
                "currency",
                Holds::Text,
                "currency of the amount; empty where none comes with them",
            ),
            ("links", Holds::Number, "how many links"),
            (
                "amount_minor",
                Holds::Number,
                "sum of their amounts, in minor units; of whole_list_s a Unix second",
            ),
        ],
    },
    Derived {
        name: "balance_activity",
        doc: "Sums of balance transactions by what they were and when they become available.",
        key: 5,
        columns: &[
            ("currency", Holds::Text, "settlement currency"),
            ("balance_type", Holds::Text, "which balance they move"),
            (
                "reporting_category",
                Holds::Text,
                "Stripe's category for accounting",
            ),
            (
                "available_s",
                Holds::Number,
                "when their net becomes available; 0 where Stripe does not say",
            ),
            ("transactions", Holds::Number, "how many"),
            ("amount_minor", Holds::Number, "gross"),
            ("fee_minor", Holds::Number, "fees taken"),
            ("net_minor", Holds::Number, "what they move the balance by"),
        ],
    },
    Derived {
        name: "wanted",
        doc: "What must be fetched from Stripe to be sure.",
        key: 4,
        columns: &[
            ("object_type", Holds::Text, "kind of the object"),
            ("object_id", Holds::Text, "its id"),
            (
                "reason",
                Holds::Text,
                "why: ambiguous, thin, unknown_field, embedded_only, bt_null or stale_list",
            ),
            (
                "at_stake_minor",
                Holds::Number,
                "by how much the candidates differ, in minor units",
            ),
        ],
    },
    Derived {
        name: "findings",
        doc: "Disagreements in what Stripe said: what, how much money it is, and what mends it.",
        key: 4,
        columns: &[
            ("object_type", Holds::Text, "kind of the object"),
            ("object_id", Holds::Text, "its id"),
            ("code", Holds::Text, "which named invariant does not hold"),
            (
                "currency",
                Holds::Text,
                "currency of the amount; empty where it has none",
            ),
            (
                "at_stake_minor",
                Holds::Number,
                "the amount in question, in minor units",
            ),
            ("what", Holds::Text, "what does not hold, in words"),
            ("mend", Holds::Text, "what to do about it"),
        ],
    },
    Derived {
        name: "notices",
        doc: "Oddities in single entries, kept and shown.",
        key: 4,
        columns: &[
            ("claim", Holds::Text, "id of the entry"),
            ("code", Holds::Text, "what is odd"),
            (
                "path",
                Holds::Text,
                "where in the body; empty for all of it",
            ),
            (
                "seq",
                Holds::History,
                "the first entry of the log with that id in which it was seen",
            ),
        ],
    },
];

fn text(name: &'static str, doc: &'static str) -> Column {
    Column {
        name,
        is_text: true,
        is_history: false,
        doc,
    }
}

fn number(name: &'static str, doc: &'static str) -> Column {
    Column {
        name,
        is_text: false,
        is_history: false,
        doc,
    }
}

fn history(name: &'static str, doc: &'static str) -> Column {
    Column {
        name,
        is_text: false,
        is_history: true,
        doc,
    }
}
