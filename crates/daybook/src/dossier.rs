//! One object with all that belongs to it, as an answer: its columns, tables of its parts, its timeline. Which parts those are
//! is each command's own; what an id that is not there may be is said here.

use facts::ObjectKey;
use ledger::StreamId;
use projector::OpenBook;
use rusqlite::{OptionalExtension, named_params};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError};
use crate::listing::{self, Listing, heading};
use crate::paint::{HEADING, painted};
use crate::shell::Shell;
use crate::standing::Standing;
use crate::timeline::Timeline;

/// What ids begin with, and Stripe's name of the kind of object.
const PREFIXES: [(&str, &str); 30] = [
    ("in_", "invoice"),
    ("ch_", "charge"),
    ("py_", "charge"),
    ("pi_", "payment_intent"),
    ("re_", "refund"),
    ("pyr_", "refund"),
    ("po_", "payout"),
    ("txn_", "balance_transaction"),
    ("cus_", "customer"),
    ("sub_sched_", "subscription_schedule"),
    ("sub_", "subscription"),
    ("dp_", "dispute"),
    ("du_", "dispute"),
    ("cn_", "credit_note"),
    ("ii_", "invoiceitem"),
    ("inpay_", "invoice_payment"),
    ("price_", "price"),
    ("prod_", "product"),
    ("promo_", "promotion_code"),
    ("di_", "discount"),
    ("txr_", "tax_rate"),
    ("tr_", "transfer"),
    ("trr_", "transfer_reversal"),
    ("fee_", "application_fee"),
    ("fr_", "fee_refund"),
    ("tu_", "topup"),
    ("cs_", "checkout.session"),
    ("seti_", "setup_intent"),
    ("pm_", "payment_method"),
    ("cbtxn_", "customer_balance_transaction"),
];

/// Kinds of object that have a command of their own.
const COMMANDS: [&str; 4] = ["invoice", "charge", "payout", "customer"];

/// One object with all that belongs to it.
pub(crate) struct Dossier {
    /// Stripe's name of the kind of object.
    pub(crate) name: &'static str,
    /// Its columns.
    pub(crate) object: Listing,
    /// Tables of what belongs to it.
    pub(crate) parts: Vec<(&'static str, Listing)>,
    /// What is to be said under the tables: a name for programs, whether it holds if it is one of those, and the words.
    pub(crate) notes: Vec<(&'static str, serde_json::Value, String)>,
    pub(crate) timeline: Timeline,
}

impl Dossier {
    /// Answers with it.
    pub(crate) fn answer(self, shell: &mut Shell, standing: &Standing) -> Outcome {
        if shell.is_csv() {
            let mut tables = vec![(self.name, self.object)];
            tables.extend(self.parts);
            tables.push(("timeline", self.timeline.listing()));
            shell.answer(&tables, standing)?;
            return Ok(Exit::AllTrue);
        }
        if shell.is_json() {
            let mut value = json!({self.name: self.object.first_json()});
            for (name, listing) in &self.parts {
                value[*name] = listing.json();
            }
            for (name, note, _) in self.notes {
                value[name] = note;
            }
            value["timeline"] = self.timeline.json();
            shell.answer_json(value, standing)?;
            return Ok(Exit::AllTrue);
        }
        shell.screen.line(self.object.first_text())?;
        for (name, listing) in self.parts.iter().filter(|(_, part)| !part.is_empty()) {
            shell.screen.line(format!(
                "\n{}\n{}",
                painted(HEADING, &heading(name)),
                listing.text()
            ))?;
        }
        for (_, _, words) in &self.notes {
            shell.screen.line(format!("\n{words}"))?;
        }
        shell.screen.line(format!(
            "\n{}\n{}",
            painted(HEADING, "timeline"),
            self.timeline.text()
        ))?;
        shell.screen.line("")?;
        let tables = self.parts.iter().map(|(_, part)| part);
        for line in listing::legend(tables.chain([&self.object])) {
            shell.screen.line(line)?;
        }
        shell.screen.line(standing.line())?;
        Ok(Exit::AllTrue)
    }
}

/// The object of the book with this id, whatever its kind; the id of an invoice payment is one of its other names.
pub(crate) fn find(
    book: &OpenBook,
    stream: &StreamId,
    id: &str,
) -> Result<Option<ObjectKey>, Failure> {
    let mut alias = book.connection().prepare_cached(
        "SELECT id FROM invoice_payments WHERE stream = :stream AND invoice_payment_id = :id",
    )?;
    let parameters = named_params! {":stream": stream.as_str(), ":id": id};
    let other: Option<String> = alias.query_row(parameters, |row| row.get(0)).optional()?;
    let id = other.as_deref().unwrap_or(id);
    for schema in facts::objects::ALL {
        if !book.entries_of(stream, schema.object, id)?.is_empty() {
            let id = id.into();
            return Ok(Some(ObjectKey { schema, id }));
        }
    }
    Ok(None)
}

/// The objects of one kind whose ids a query gives; parameters `:stream` and `:id`.
pub(crate) fn keys(
    (book, stream): (&OpenBook, &StreamId),
    object: &str,
    sql: &str,
    id: &str,
) -> Result<Vec<ObjectKey>, Failure> {
    let schema = facts::objects::schema(object).expect("the books hold this kind");
    let mut statement = book.connection().prepare(sql)?;
    let parameters = named_params! {":stream": stream.as_str(), ":id": id};
    let ids = statement.query_map(parameters, |row| row.get::<_, String>(0))?;
    ids.map(|id| {
        let id = id?.into();
        Ok(ObjectKey { schema, id })
    })
    .collect()
}

/// That no object of this kind has this id, with what the id may be.
pub(crate) fn absent(
    what: &'static str,
    id: &str,
    (book, stream): (&OpenBook, &StreamId),
    standing: &Standing,
) -> Failure {
    let failure: Failure = ShellError::Absent {
        what,
        id: id.to_owned(),
        stream: stream.to_string(),
    }
    .into();
    if let Some(other) = elsewhere(book, stream, id) {
        return failure.hinting(format!("it is in another stream: --stream {other}"));
    }
    let kind = PREFIXES.iter().find(|(prefix, _)| id.starts_with(prefix));
    match kind.filter(|(_, kind)| *kind != what && what != "object") {
        _ if id.starts_with("evt_") || id.starts_with("obs_") => {
            failure.hinting(format!("it is the id of an entry: `daybook event {id}`"))
        }
        Some((_, kind)) => {
            let command = if COMMANDS.contains(kind) { kind } else { "timeline" };
            failure.hinting(format!(
                "ids that begin so are of kind {kind}: `daybook {command} {id}`"
            ))
        }
        _ if standing.is_behind() => {
            failure.hinting("the book is behind the log: `daybook project` brings it up")
        }
        _ => failure.hinting(
            "ids are given whole; the book is level with the log, which never spoke of it; another stream is named with --stream",
        ),
    }
}

/// Another stream of the book that holds an object with this id; none too if the book can't be asked, for it is but a hint.
fn elsewhere(book: &OpenBook, own: &StreamId, id: &str) -> Option<StreamId> {
    let sql = "SELECT stream FROM position WHERE stream <> ?1 ORDER BY stream";
    let mut statement = book.connection().prepare(sql).ok()?;
    let rows = statement.query_map([own.as_str()], |row| row.get::<_, String>(0));
    let mut streams = rows
        .ok()?
        .filter_map(|stream| StreamId::parse(&stream.ok()?).ok());
    streams.find(|stream| matches!(find(book, stream, id), Ok(Some(_))))
}
