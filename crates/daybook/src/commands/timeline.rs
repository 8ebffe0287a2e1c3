//! `timeline ID`: all that was said of one object, of any kind, in the order in which it must have been.

use clap::Args;
use facts::ObjectKey;
use ledger::StreamId;
use projector::OpenBook;
use rusqlite::named_params;

use crate::dossier::{self, Dossier};
use crate::failure::{Failure, Outcome};
use crate::listing::Listing;
use crate::shell::Shell;
use crate::timeline::{self, Order};

/// What it answers with.
pub(super) const TABLES: [&str; 2] = ["object", "timeline"];

/// For programs only.
const DETAILS: &[&str] = &["gap", "deleted"];

/// Show all that was said of an object, and what each event changed
#[derive(Debug, Args)]
pub(crate) struct Timeline {
    /// Its id, of whatever kind it is
    id: String,
    #[command(flatten)]
    view: View,
}

/// How a timeline is told.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct View {
    /// Tell in the order in which entries came: what the book said after each
    #[arg(long)]
    as_known: bool,
}

impl View {
    /// The order that was asked for.
    pub(super) fn order(self) -> Order {
        if self.as_known {
            Order::AsKnown
        } else {
            Order::Resolved
        }
    }
}

impl Timeline {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (book, stream, standing) = shell.book()?;
        let (log, _) = shell.log()?;
        let Some(key) = dossier::find(&book, &stream, &self.id)? else {
            return Err(dossier::absent(
                "object",
                &self.id,
                (&book, &stream),
                &standing,
            ));
        };
        let object = head(&book, &stream, &key)?;
        let timeline =
            timeline::Timeline::of((&book, &log, &stream), key, Vec::new(), self.view.order())?;
        let dossier = Dossier {
            name: TABLES[0],
            object,
            parts: Vec::new(),
            notes: Vec::new(),
            timeline,
        };
        dossier.answer(shell, &standing)
    }
}

/// What the book says of the object as a whole; nothing of its certainty while no content of it is known.
fn head(book: &OpenBook, stream: &StreamId, key: &ObjectKey) -> Result<Listing, Failure> {
    let schema = key.schema;
    let has_currency = schema.fields.iter().any(|field| field.name == "currency");
    let currency = if has_currency {
        "currency"
    } else {
        "NULL AS currency"
    };
    let entries = book.entries_of(stream, schema.object, &key.id)?.len();
    let entries = i64::try_from(entries).unwrap_or(i64::MAX);
    let known = format!(
        "SELECT :object AS object, id, :entries AS entries, certainty, gap, deleted, {currency}, at_stake_minor
         FROM {} WHERE stream = :stream AND id = :id",
        schema.table
    );
    let unknown = "SELECT object, id, :entries AS entries FROM registers
                   WHERE stream = :stream AND object = :object AND id = :id";
    let ask = |sql: &str| {
        let parameters = named_params! {
            ":stream": stream.as_str(), ":object": schema.object, ":id": &*key.id, ":entries": entries,
        };
        Listing::ask(book, sql, parameters)
    };
    let listing = ask(&known)?;
    let is_known = !listing.is_empty();
    let listing = if is_known { listing } else { ask(unknown)? };
    Ok(listing.with_details(DETAILS))
}
