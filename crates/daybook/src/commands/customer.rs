//! `customer ID`: who it is, the statement with its running balance and its proof, and what else the customer has.

use std::collections::BTreeMap;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use projector::OpenBook;
use rusqlite::named_params;
use rusqlite::types::Value as Cell;
use serde_json::json;

use super::filter::expect_forwards;
use super::subscriptions;
use crate::aside;
use crate::currency;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError};
use crate::listing::{self, Listing, text};
use crate::moment;
use crate::paint::{HEADING, PLAIN, WRONG, painted};
use crate::screen::harmless;
use crate::shell::Shell;
use crate::standing::Standing;
use crate::statement::{self, Documents, Kind, Line, Owner, Span, Sum};

/// Who is meant: an id, or else an e-mail address or a name as it is written.
const WHO: &str = "
    SELECT id, name, email FROM customers
    WHERE stream = :stream AND (id = :who OR lower(email) = lower(:who) OR lower(name) = lower(:who))
    ORDER BY id <> :who, id";

const CUSTOMER: &str = "
    SELECT c.id, c.name, c.email, c.description,
           CASE WHEN c.deleted THEN 'deleted' WHEN c.delinquent THEN 'delinquent' ELSE 'current' END AS status,
           c.created_s, c.currency, c.balance_minor,
           coalesce(c.default_payment_method_id, c.default_source_id) AS payment_method_id,
           nullif(concat_ws(' ', coalesce(m.card_brand, m.type), m.card_last4), '') AS payment_method,
           c.tax_exempt, c.invoice_prefix, c.test_clock_id, c.certainty, c.at_stake_minor, c.unknown, c.version, c.known_seq
    FROM customers AS c
    LEFT JOIN payment_methods AS m
        ON m.stream = c.stream AND m.id = coalesce(c.default_payment_method_id, c.default_source_id)
    WHERE c.stream = :stream AND c.id = :customer";

/// Overdue at the book clock.
const OPEN: &str = "
    SELECT i.number, i.id, i.created_s, i.due_s,
           CASE WHEN i.due_s <= (SELECT clock_s FROM position WHERE stream = :stream) THEN 'overdue' ELSE '' END AS overdue,
           i.currency, i.total_minor, i.amount_due_minor, i.amount_paid_minor, i.amount_remaining_minor, i.certainty
    FROM invoices AS i
    WHERE i.stream = :stream AND i.customer_id = :customer AND i.deleted = 0 AND i.status = 'open'
    ORDER BY i.created_s, i.id";

const CASH: &str = "
    SELECT m.currency, count(*) AS movements, max(m.created_s) AS last_s, sum(m.net_amount_minor) AS cash_minor
    FROM links AS l JOIN customer_cash_balance_transactions AS m ON m.stream = l.stream AND m.id = l.source_id
    WHERE l.stream = :stream AND l.target_type = 'customer' AND l.target_id = :customer
      AND l.relation = 'customer_cash_balance_transaction'
    GROUP BY 1 ORDER BY 1";

const GRANTS: &str = "
    SELECT g.id, g.name, g.category, g.effective_s, g.expires_s, g.voided_s, g.currency, g.amount_minor AS granted_minor,
           t.amount_minor AS left_minor
    FROM links AS l JOIN credit_grants AS g ON g.stream = l.stream AND g.id = l.source_id
    LEFT JOIN totals AS t ON t.stream = g.stream AND t.target_type = 'billing.credit_grant' AND t.target_id = g.id
        AND t.relation = 'credit_balance_transaction' AND t.currency = g.currency
    WHERE l.stream = :stream AND l.target_type = 'customer' AND l.target_id = :customer AND l.relation = 'credit_grant'
    ORDER BY g.created_s, g.id";

/// What it answers with; the statement is the main one.
pub(super) const TABLES: [&str; 7] = [
    "statement",
    "customer",
    "sums",
    "subscriptions",
    "open_invoices",
    "cash",
    "credit_grants",
];

/// The parts after the sums, in the order of `TABLES`.
const PARTS: [&str; 4] = [subscriptions::OF_CUSTOMER, OPEN, CASH, GRANTS];

/// For programs only.
const DETAILS: &[&str] = &["version", "known_seq", "at_stake_minor"];

/// Show one customer: the statement with its running balance, subscriptions, open invoices, cash and credits
///
/// A debit is what makes the customer owe more, a credit what makes it less. What the lines come to is held against what
/// open invoices still have to be paid and the customer balance; a difference ends with 3.
#[derive(Debug, Args)]
pub(crate) struct Customer {
    /// The customer's id, cus_…, or its e-mail address or name if only one has it
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    who: String,
    /// Statement from this moment on, with an opening balance: a date in UTC, an RFC 3339 moment, or Unix seconds
    #[arg(long, alias = "since", value_name = "MOMENT", value_parser = moment::parse)]
    from: Option<i64>,
    /// Statement up to this moment
    #[arg(long, alias = "until", value_name = "MOMENT", value_parser = moment::parse)]
    to: Option<i64>,
}

impl Customer {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        expect_forwards(self.from, self.to)?;
        let (book, stream, standing) = shell.book()?;
        let customer = self.find(&book, stream.as_str())?;
        let span = Span {
            from_s: self.from,
            to_s: self.to,
        };
        let parameters = named_params! {":stream": stream.as_str(), ":customer": customer};
        let facts = Listing::ask(&book, CUSTOMER, parameters)?.with_details(DETAILS);
        let owner = owner(&facts);
        let documents = Documents::of(&book, stream.as_str(), &customer)?;
        let lines = statement::lines(&documents);
        let sums = statement::sums(&owner, &documents, &lines, span);
        let mut tables = vec![
            (TABLES[0], statement_of(&lines, &sums, span).with_days()),
            (TABLES[1], facts),
            (TABLES[2], listing_of(&sums)),
        ];
        for (name, sql) in TABLES[3..].iter().zip(PARTS) {
            let table = Listing::ask(&book, sql, parameters)?;
            tables.push((name, table.with_details(subscriptions::DETAILS).with_days()));
        }
        let proofs: Vec<Proof> = sums.iter().map(|(code, sum)| proof(code, sum)).collect();
        show(shell, &tables, &proofs, &standing)?;
        if proofs.iter().all(|proof| proof.holds) {
            return Ok(Exit::AllTrue);
        }
        shell.screen.flush()?;
        aside::hint(NOT_HELD);
        Ok(Exit::Differences)
    }

    /// The id of the one customer that is meant.
    fn find(&self, book: &OpenBook, stream: &str) -> Result<String, Failure> {
        let parameters = named_params! {":stream": stream, ":who": self.who};
        let found = Listing::ask(book, WHO, parameters)?;
        let ids = found.texts_of("id");
        match found.first("id").map(text) {
            Some(id) if id == self.who || ids.len() == 1 => Ok(id.to_owned()),
            None => {
                let failure: Failure = ShellError::Absent {
                    what: "customer",
                    id: self.who.clone(),
                    stream: stream.to_owned(),
                }
                .into();
                Err(failure.hinting("`daybook customers` lists them with ids, names and e-mail addresses; the book may be behind the log: `daybook project` brings it up"))
            }
            Some(_) => {
                let ids: Vec<&str> = ids.iter().map(String::as_str).take(SHOWN).collect();
                let failure: Failure = ShellError::Several {
                    what: "customers",
                    name: self.who.clone(),
                }
                .into();
                Err(failure.hinting(format!("say which by id: {}", harmless(&ids.join(", ")))))
            }
        }
    }
}

const NOT_HELD: &str = "some document is not held: read the customer, its balance transactions, credit notes and invoice payments from Stripe and import the answers; `daybook notices` lists what is wanted";

/// How many ids a hint names.
const SHOWN: usize = 8;

fn owner(facts: &Listing) -> Owner {
    let currency = facts.first("currency").map(text).unwrap_or_default();
    let balance_minor = match facts.first("balance_minor") {
        Some(Cell::Integer(minor)) => Some(*minor),
        _ => None,
    };
    Owner {
        currency: (!currency.is_empty()).then(|| currency.to_owned()),
        balance_minor,
    }
}

/// The lines in the span with the balance after each; before them what was owed when it began.
fn statement_of(lines: &[Line], sums: &BTreeMap<String, Sum>, span: Span) -> Listing {
    let mut rows = Vec::new();
    for (currency, sum) in sums {
        let mut balance_minor = sum.opening_minor;
        if let Some(from_s) = span.from_s {
            rows.push(opening(from_s, currency, balance_minor));
        }
        let of_currency = lines.iter().filter(|line| line.currency == *currency);
        for line in of_currency.filter(|line| span.holds(line.date_s)) {
            balance_minor = balance_minor.saturating_add(line.net_minor());
            rows.push(row(line, balance_minor));
        }
    }
    let columns = [
        "date_s",
        "kind",
        "id",
        "document",
        "what",
        "currency",
        "debit_minor",
        "credit_minor",
        "balance_minor",
    ];
    Listing::new(&columns, rows).with_details(&["kind", "id"])
}

fn opening(from_s: i64, currency: &str, balance_minor: i64) -> Vec<Cell> {
    vec![
        Cell::Integer(from_s),
        Cell::Text(Kind::Opening.name().to_owned()),
        Cell::Null,
        Cell::Null,
        Cell::Text("owed before".to_owned()),
        Cell::Text(currency.to_owned()),
        Cell::Null,
        Cell::Null,
        Cell::Integer(balance_minor),
    ]
}

fn row(line: &Line, balance_minor: i64) -> Vec<Cell> {
    let side = |minor| match minor {
        0 => Cell::Null,
        minor => Cell::Integer(minor),
    };
    vec![
        Cell::Integer(line.date_s),
        Cell::Text(line.kind.name().to_owned()),
        Cell::Text(line.id.clone()),
        Cell::Text(line.document.clone()),
        Cell::Text(line.what.clone()),
        Cell::Text(line.currency.clone()),
        side(line.debit_minor),
        side(line.credit_minor),
        Cell::Integer(balance_minor),
    ]
}

fn listing_of(sums: &BTreeMap<String, Sum>) -> Listing {
    let maybe = |minor: Option<i64>| minor.map_or(Cell::Null, Cell::Integer);
    let rows = sums.iter().map(|(currency, sum)| {
        vec![
            Cell::Text(currency.clone()),
            Cell::Integer(sum.opening_minor),
            Cell::Integer(sum.debits_minor),
            Cell::Integer(sum.credits_minor),
            Cell::Integer(sum.closing_minor()),
            Cell::Integer(sum.owed_minor),
            Cell::Integer(sum.open_invoices_minor),
            maybe(sum.customer_balance_minor),
            Cell::Integer(sum.refunds_owed_minor),
            maybe(sum.difference_minor()),
            Cell::Integer(sum.unknown),
        ]
    });
    let columns = [
        "currency",
        "opening_minor",
        "debits_minor",
        "credits_minor",
        "closing_minor",
        "owed_minor",
        "open_invoices_minor",
        "customer_balance_minor",
        "refunds_owed_minor",
        "difference_minor",
        "unknown",
    ];
    Listing::new(&columns, rows.collect()).with_details(&[
        "owed_minor",
        "open_invoices_minor",
        "customer_balance_minor",
        "refunds_owed_minor",
        "difference_minor",
        "unknown",
    ])
}

fn show(
    shell: &mut Shell,
    tables: &[(&str, Listing)],
    proofs: &[Proof],
    standing: &Standing,
) -> Result<(), Failure> {
    if shell.is_csv() {
        return shell.answer(tables, standing);
    }
    let [(_, lines), (_, facts), (_, sums), parts @ ..] = tables else {
        return Ok(());
    };
    if shell.is_json() {
        let mut value = json!({
            "customer": facts.first_json(), "statement": lines.json(), "sums": sums.json(),
        });
        for (name, table) in parts {
            value[*name] = table.json();
        }
        return shell.answer_json(value, standing);
    }
    shell.screen.line(facts.first_text())?;
    for (name, table) in [("statement", lines), ("sums", sums)] {
        let name = painted(HEADING, name);
        shell.screen.line(format!("\n{name}\n{}", table.text()))?;
    }
    for proof in proofs {
        let style = if proof.holds { PLAIN } else { WRONG };
        shell.screen.line(painted(style, &proof.says))?;
    }
    for (name, table) in parts.iter().filter(|(_, table)| !table.is_empty()) {
        let name = painted(HEADING, &name.replace('_', " "));
        shell.screen.line(format!("\n{name}\n{}", table.text()))?;
    }
    shell.screen.line("")?;
    for line in listing::legend(tables.iter().map(|(_, table)| table)) {
        shell.screen.line(line)?;
    }
    shell.screen.line(standing.line())
}

/// What the lines of one currency were held against.
struct Proof {
    holds: bool,
    says: String,
}

fn proof(code: &str, sum: &Sum) -> Proof {
    let amount = |minor| currency::amount(minor, code);
    let mut must = format!("open invoices {}", amount(sum.open_invoices_minor));
    must.push_str(&match sum.customer_balance_minor {
        Some(minor) => format!(" + customer balance {}", amount(minor)),
        None => " + a customer balance that can't be known".to_owned(),
    });
    if sum.refunds_owed_minor != 0 {
        let owed = amount(sum.refunds_owed_minor);
        must.push_str(&format!(" - refunds that are promised {owed}"));
    }
    let owed = amount(sum.owed_minor);
    let (holds, mut says) = match sum.difference_minor() {
        Some(0) => (true, format!("proven: all lines come to {owed} = {must}")),
        None => (false, format!("unproven: all lines come to {owed}; {must}")),
        Some(minor) => (
            false,
            format!(
                "differs by {}: all lines come to {owed}, not {must}",
                amount(minor)
            ),
        ),
    };
    if sum.unknown > 0 {
        let unknown = sum.unknown;
        says.push_str(&format!("; the amounts of {unknown} lines can't be known"));
    }
    Proof {
        holds: holds && sum.unknown == 0,
        says,
    }
}
