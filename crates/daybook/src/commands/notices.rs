//! `notices`: what was odd in single entries, what Stripe disagrees with itself about, and what should be read again; grouped,
//! with the money at stake, or one by one. It judges nothing: `check` does.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use ledger::{Log, StreamId};
use projector::OpenBook;
use rusqlite::types::Value as Cell;
use rusqlite::{OptionalExtension, named_params};

use crate::aside;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::listing::Listing;
use crate::screen::harmless;
use crate::shell::Shell;

const NOTICES: &str = "
    SELECT code, path, claim, seq FROM notices
    WHERE stream = :stream AND (:code IS NULL OR code = :code) ORDER BY code, path, seq, claim";

/// Beside the smallest id stand the words of that very row.
const FINDINGS: &str = "
    SELECT code, coalesce(currency, '') AS currency, count(*) AS objects, sum(at_stake_minor) AS at_stake_minor,
           min(object_id) AS example_id, what, mend
    FROM findings WHERE stream = :stream AND (:code IS NULL OR code = :code)
    GROUP BY 1, 2 ORDER BY 1, 2";

const EVERY_FINDING: &str = "
    SELECT code, object_type, object_id, currency, at_stake_minor, what, mend
    FROM findings WHERE stream = :stream AND (:code IS NULL OR code = :code) ORDER BY object_type, object_id";

const WANTED: &str = "
    SELECT reason, object_type, count(*) AS objects, min(object_id) AS example_id
    FROM wanted WHERE stream = :stream AND (:code IS NULL OR reason = :code) GROUP BY 1, 2 ORDER BY 1, 2";

const EVERY_WANTED: &str = "
    SELECT reason, object_type, object_id
    FROM wanted WHERE stream = :stream AND (:code IS NULL OR reason = :code) ORDER BY object_type, object_id";

const CODES: &str = "
    SELECT code FROM notices WHERE stream = :stream UNION SELECT code FROM findings WHERE stream = :stream
    UNION SELECT reason FROM wanted WHERE stream = :stream";

/// The amount for which an object stands, by what its id begins with: table and column.
const AMOUNTS: &[(&str, &str, &str)] = &[
    ("cbtxn", "customer_balance_transactions", "amount_minor"),
    (
        "ccsbtxn",
        "customer_cash_balance_transactions",
        "net_amount_minor",
    ),
    ("ch", "charges", "amount_minor"),
    ("cn", "credit_notes", "total_minor"),
    ("credgr", "credit_grants", "amount_minor"),
    ("cs", "checkout_sessions", "total_minor"),
    ("dp", "disputes", "amount_minor"),
    ("du", "disputes", "amount_minor"),
    ("fee", "application_fees", "amount_minor"),
    ("fr", "application_fee_refunds", "amount_minor"),
    ("ii", "invoice_items", "amount_minor"),
    ("in", "invoices", "total_minor"),
    ("pi", "payment_intents", "amount_minor"),
    ("po", "payouts", "amount_minor"),
    ("py", "charges", "amount_minor"),
    ("pyr", "refunds", "amount_minor"),
    ("re", "refunds", "amount_minor"),
    ("tr", "transfers", "amount_minor"),
    ("trr", "transfer_reversals", "amount_minor"),
    ("tu", "topups", "amount_minor"),
    ("txn", "balance_transactions", "amount_minor"),
];

/// What it answers with.
const TABLES: [&str; 3] = ["notices", "findings", "wanted"];

/// Group what is odd, disagrees or should be read again, with the money at stake
#[derive(Debug, Args)]
#[command(
    after_help = "Notices are oddities in single entries; findings are disagreements in what Stripe said; wanted is what one read would settle. At stake: of a finding, the amount in question; of notices, the amounts of the objects that their entries speak of, each object once, so no more than that can be wrong. Objects without an amount count as none."
)]
pub(crate) struct Notices {
    /// Only this code, one row an entry or object
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
}

impl Notices {
    /// What it answers with.
    pub(super) fn tables(&self) -> &'static [&'static str] {
        &TABLES
    }

    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (book, stream, standing) = shell.book()?;
        let (log, _) = shell.log()?;
        let code = self.code.as_deref();
        let ask = |sql: &str| {
            let parameters = named_params! {":stream": stream.as_str(), ":code": code};
            Listing::ask(&book, sql, parameters)
        };
        let seen = seen(&log, &book, &stream, code)?;
        let (notices, findings, wanted) = match code {
            None => (grouped(&seen), FINDINGS, WANTED),
            Some(_) => (listed(&seen), EVERY_FINDING, EVERY_WANTED),
        };
        let tables = [
            (TABLES[0], notices),
            (TABLES[1], ask(findings)?),
            (TABLES[2], ask(wanted)?),
        ];
        let is_empty = tables.iter().all(|(_, table)| table.is_empty());
        shell.answer(&tables, &standing)?;
        if is_empty && code.is_some() {
            shell.screen.flush()?;
            let parameters = named_params! {":stream": stream.as_str()};
            let codes = Listing::ask(&book, CODES, parameters)?.texts_of("code");
            let codes: Vec<String> = codes.into_iter().collect();
            aside::hint(&match codes.is_empty() {
                true => "the book has no notice, no finding, and wants nothing".to_owned(),
                false => format!("there are: {}", harmless(&codes.join(", "))),
            });
        }
        Ok(Exit::AllTrue)
    }
}

/// A notice with the object that its entry speaks of.
struct Seen {
    code: String,
    path: String,
    claim: String,
    seq: u64,
    created_s: i64,
    object_id: Option<String>,
    worth: Option<Worth>,
}

/// The amount for which an object stands.
struct Worth {
    currency: String,
    /// Without its sign, in minor units.
    size_minor: i64,
}

fn seen(
    log: &dyn Log,
    book: &OpenBook,
    stream: &StreamId,
    code: Option<&str>,
) -> Result<Vec<Seen>, Failure> {
    let mut statement = book.connection().prepare(NOTICES)?;
    let parameters = named_params! {":stream": stream.as_str(), ":code": code};
    let rows = statement.query_map(parameters, |row| {
        Ok(Seen {
            code: row.get(0)?,
            path: row.get(1)?,
            claim: row.get(2)?,
            seq: u64::try_from(row.get::<_, Option<i64>>(3)?.unwrap_or(0)).unwrap_or(0),
            created_s: 0,
            object_id: None,
            worth: None,
        })
    })?;
    let mut all = rows.collect::<Result<Vec<_>, _>>()?;
    for one in &mut all {
        log.read(stream, one.seq..=one.seq, &mut |entry| {
            one.created_s = entry.created_s;
            one.object_id = entry.object_id.map(str::to_owned);
            std::ops::ControlFlow::Break(())
        })?;
        if let Some(id) = &one.object_id {
            one.worth = worth(book, stream, id)?;
        }
    }
    Ok(all)
}

fn worth(book: &OpenBook, stream: &StreamId, id: &str) -> Result<Option<Worth>, Failure> {
    let prefix = id.split_once('_').map_or("", |(prefix, _)| prefix);
    let Some((_, table, column)) = AMOUNTS.iter().find(|(known, _, _)| *known == prefix) else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT currency, {column} FROM {table} WHERE stream = :stream AND id = :id \
         AND currency IS NOT NULL AND {column} IS NOT NULL"
    );
    let mut statement = book.connection().prepare_cached(&sql)?;
    let parameters = named_params! {":stream": stream.as_str(), ":id": id};
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Worth {
            currency: row.get(0)?,
            size_minor: row.get::<_, i64>(1)?.saturating_abs(),
        })
    };
    Ok(statement.query_row(parameters, read).optional()?)
}

/// A row a code, path and currency.
fn grouped(seen: &[Seen]) -> Listing {
    let mut groups: BTreeMap<(&str, &str, &str), Vec<&Seen>> = BTreeMap::new();
    for one in seen {
        let currency = one.worth.as_ref().map_or("", |worth| &worth.currency);
        let key = (&*one.code, &*one.path, currency);
        groups.entry(key).or_default().push(one);
    }
    let rows = groups.iter().map(|((code, path, currency), group)| {
        let text = |text: &str| Cell::Text(text.to_owned());
        let number = |number: u64| Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX));
        let (first, last) = (group[0], group[group.len() - 1]);
        vec![
            text(code),
            text(path),
            number(group.len() as u64),
            number(first.seq),
            Cell::Integer(first.created_s),
            number(last.seq),
            Cell::Integer(last.created_s),
            text(&first.claim),
            text(currency),
            at_stake(group),
        ]
    });
    let columns = [
        "notice",
        "path",
        "entries",
        "first_seq",
        "first_s",
        "last_seq",
        "last_s",
        "example_id",
        "currency",
        "at_stake_minor",
    ];
    Listing::new(&columns, rows.collect()).with_details(&["first_seq", "last_seq"])
}

/// The amounts of the objects of a group, each object once; none where none has an amount.
fn at_stake(group: &[&Seen]) -> Cell {
    let amounts: BTreeSet<(&str, i64)> = group
        .iter()
        .filter_map(|one| Some((one.object_id.as_deref()?, one.worth.as_ref()?.size_minor)))
        .collect();
    match amounts.is_empty() {
        true => Cell::Null,
        false => Cell::Integer(
            amounts
                .iter()
                .fold(0, |sum, (_, minor)| sum.saturating_add(*minor)),
        ),
    }
}

/// A row a notice.
fn listed(seen: &[Seen]) -> Listing {
    let rows = seen.iter().map(|one| {
        let text = |text: &str| Cell::Text(text.to_owned());
        let (currency, minor) = match &one.worth {
            Some(worth) => (text(&worth.currency), Cell::Integer(worth.size_minor)),
            None => (Cell::Null, Cell::Null),
        };
        vec![
            text(&one.code),
            text(&one.path),
            text(&one.claim),
            Cell::Integer(i64::try_from(one.seq).unwrap_or(i64::MAX)),
            Cell::Integer(one.created_s),
            one.object_id.as_deref().map_or(Cell::Null, text),
            currency,
            minor,
        ]
    });
    let columns = [
        "notice",
        "path",
        "entry_id",
        "seq",
        "created_s",
        "object_id",
        "currency",
        "amount_minor",
    ];
    Listing::new(&columns, rows.collect())
}
