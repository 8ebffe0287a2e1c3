//! `timeline ID`: all that was said of one object, of any kind, in the order in which it must have been.

use clap::Args;
use rusqlite::named_params;

use crate::dossier::{self, Dossier};
use crate::failure::Outcome;
use crate::listing::Listing;
use crate::shell::Shell;
use crate::timeline::{self, Order};

/// What it answers with.
pub(super) const TABLES: [&str; 2] = ["object", "timeline"];

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
            return Err(dossier::absent("object", &self.id, &stream, &standing));
        };
        let sql = "SELECT object, id, :entries AS entries FROM registers
                   WHERE stream = :stream AND object = :object AND id = :id";
        let entries = book.entries_of(&stream, key.schema.object, &key.id)?.len();
        let object = Listing::ask(
            &book,
            sql,
            named_params! {
                ":stream": stream.as_str(), ":object": key.schema.object, ":id": &*key.id,
                ":entries": i64::try_from(entries).unwrap_or(i64::MAX),
            },
        )?;
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
