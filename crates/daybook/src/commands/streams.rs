//! `streams`: every stream of the log, how far it has come, and how far the book is in it.

use clap::Args;
use ledger::{Kind, Log, StreamInfo};
use projector::{OpenBook, ProjectorError};
use rusqlite::types::Value as Cell;

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::listing::Listing;
use crate::shell::Shell;
use crate::standing::{Standing, short};

const COLUMNS: [&str; 14] = [
    "stream",
    "account",
    "mode",
    "whose",
    "entries",
    "duplicates",
    "last_type",
    "last_s",
    "recorded_s",
    "in_book",
    "behind",
    "book_clock_s",
    "head",
    "digest",
];

/// For programs only.
const DETAILS: &[&str] = &["account", "mode", "recorded_s", "head"];

/// List the streams of the log: entries, the last one, how far the book is, and its digest
#[derive(Debug, Args)]
#[command(
    after_help = "A stream is one account in one mode. Own is that of `init`; other accounts are connected ones whose events came along, or whatever else was imported with its account named."
)]
pub(crate) struct Streams {}

impl Streams {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (log, stream) = shell.log()?;
        let book = match projector::open_book_readonly(shell.folder.path()) {
            Err(ProjectorError::NoBook { .. }) => None,
            Err(error) => return Err(error.into()),
            Ok(book) => {
                projector::check_position(&log, &book)?;
                Some(book)
            }
        };
        let own = shell.folder.stream()?;
        let mut rows = Vec::new();
        for info in log.streams()? {
            let whose = match info.stream.account() == own.account() {
                true => "own",
                false => "other",
            };
            let last = last(&log, &info)?;
            let place = Place::of(&info, book.as_ref())?;
            rows.push(row(&info, whose, last, place, shell.is_for_people()));
        }
        let listing = Listing::new(&COLUMNS, rows).with_details(DETAILS);
        shell.answer(&[("streams", listing)], &Standing::of_log(&log, &stream)?)?;
        Ok(Exit::AllTrue)
    }
}

/// The last entry of a stream: its type, Stripe's second unless it is the log's own, and ours.
fn last(log: &dyn Log, info: &StreamInfo) -> Result<(String, Option<i64>, i64), Failure> {
    let mut found = Default::default();
    log.read(&info.stream, info.head.seq..=info.head.seq, &mut |entry| {
        let recorded_s = entry.recorded_us.div_euclid(1_000_000);
        let said_s = (entry.kind != Kind::Control).then_some(entry.created_s);
        found = (entry.type_.to_owned(), said_s, recorded_s);
        std::ops::ControlFlow::Break(())
    })?;
    Ok(found)
}

/// How far the book is in a stream.
#[derive(Default)]
struct Place {
    seq: u64,
    clock_s: Option<i64>,
    digest: Option<String>,
}

impl Place {
    fn of(info: &StreamInfo, book: Option<&OpenBook>) -> Result<Self, Failure> {
        let Some(book) = book else {
            return Ok(Self::default());
        };
        let position = book.position(&info.stream)?;
        Ok(Self {
            seq: position.head.seq,
            clock_s: position.clock_s,
            digest: Some(book.digest(&info.stream)?.to_string()),
        })
    }
}

fn row(
    info: &StreamInfo,
    whose: &str,
    (last_type, last_s, recorded_s): (String, Option<i64>, i64),
    place: Place,
    is_for_people: bool,
) -> Vec<Cell> {
    let count = |number: u64| Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    let mode = if info.stream.livemode() {
        "live"
    } else {
        "test"
    };
    let digest = place.digest.map(|digest| match is_for_people {
        true => short(&digest),
        false => digest,
    });
    vec![
        Cell::Text(info.stream.to_string()),
        Cell::Text(info.stream.account().to_owned()),
        Cell::Text(mode.to_owned()),
        Cell::Text(whose.to_owned()),
        count(info.head.seq),
        count(info.duplicates),
        Cell::Text(last_type),
        last_s.map_or(Cell::Null, Cell::Integer),
        Cell::Integer(recorded_s),
        count(place.seq),
        count(info.head.seq.saturating_sub(place.seq)),
        place.clock_s.map_or(Cell::Null, Cell::Integer),
        Cell::Text(info.head.to_string()),
        digest.map_or(Cell::Null, Cell::Text),
    ]
}
