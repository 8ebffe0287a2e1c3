//! Findings as rows: which, and in what columns.

use clap::Args;
use reconcile::{Amount, FieldDifference, Finding, Tracked};
use rusqlite::types::Value as Cell;
use serde::Serialize;

use crate::aside;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::listing::Listing;
use crate::past;
use crate::report::words;
use crate::shell::Shell;
use crate::standing::Standing;

/// What it answers with; people get the first.
pub(super) const TABLES: [&str; 3] = ["findings", "differences", "at_stake"];

const COLUMNS: [&str; 24] = [
    "id",
    "state",
    "class",
    "question",
    "code",
    "object_type",
    "object_id",
    "field",
    "fields",
    "ours",
    "theirs",
    "currency",
    "at_stake_minor",
    "cause",
    "repair",
    "since_s",
    "first_run",
    "last_run",
    "times",
    "held_back",
    "accepted_by",
    "accepted_why",
    "accepted_s",
    "request_id",
];

/// For programs only.
const DETAILS: &[&str] = &[
    "question",
    "code",
    "object_type",
    "fields",
    "repair",
    "first_run",
    "last_run",
    "times",
    "held_back",
    "request_id",
];

/// For programs only, where nothing is accepted.
const DETAILS_OF_OTHERS: &[&str] = &[
    "question",
    "code",
    "object_type",
    "fields",
    "repair",
    "first_run",
    "last_run",
    "times",
    "held_back",
    "accepted_by",
    "accepted_why",
    "accepted_s",
    "request_id",
];

/// Letters of a value that people are shown in a row.
const SHOWN: usize = 28;

/// As the log names them.
const CLASSES: [&str; 6] = [
    "event_missing",
    "object_missing",
    "object_differs",
    "object_gone",
    "balance_differs",
    "sum_differs",
];

/// States, and words that stand for several.
const STATES: [&str; 6] = ["open", "new", "known", "accepted", "repaired", "gone"];

/// Which findings.
#[derive(Debug, Args)]
pub(super) struct Filter {
    /// Only of this class
    #[arg(long, value_parser = CLASSES)]
    class: Option<String>,
    /// Only of objects of this type, as Stripe names it
    #[arg(long = "type", value_name = "TYPE")]
    object_type: Option<String>,
    /// Only those that stand so; open are new and known ones
    #[arg(long, value_parser = STATES)]
    state: Option<String>,
    /// Repaired and gone ones too
    #[arg(long)]
    all: bool,
}

impl Filter {
    pub(super) fn run(self, shell: &mut Shell) -> Outcome {
        let (log, stream) = shell.log()?;
        let memory = past::open(&shell.folder, &log, &stream)?;
        let mut found = match self.all || self.state.is_some() {
            true => memory.findings(&stream)?,
            false => memory.standing(&stream)?,
        };
        found.retain(|tracked| self.admits(tracked));
        let standing = Standing::of_log(&log, &stream)?;
        let is_for_people = shell.is_for_people();
        let rows = found.iter().map(|one| row(one, is_for_people)).collect();
        let is_accepted = found.iter().any(|one| one.outcome.accepted.is_some());
        let details = match is_accepted {
            true => DETAILS,
            false => DETAILS_OF_OTHERS,
        };
        let listing = Listing::new(&COLUMNS, rows).with_details(details);
        let mut tables = vec![(TABLES[0], listing.with_days())];
        if !is_for_people {
            tables.push((TABLES[1], differences(&found, false)));
            tables.push((TABLES[2], stakes(&found)));
        }
        shell.answer(&tables, &standing)?;
        if is_for_people && memory.last_finished(&stream)?.is_none() {
            shell.screen.flush()?;
            aside::hint("no run has come to its end yet: `daybook nightly` makes one");
        }
        Ok(Exit::AllTrue)
    }

    fn admits(&self, tracked: &Tracked) -> bool {
        let (finding, state) = (&tracked.outcome.finding, tracked.outcome.state);
        let is = |wanted: &Option<String>, found: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == found)
        };
        let stands_so = match self.state.as_deref() {
            Some("open") => state.is_open(),
            Some(word) => state.as_str() == word,
            None => true,
        };
        stands_so
            && is(&self.class, &word(&finding.class))
            && is(&self.object_type, &finding.object_type)
    }
}

/// A finding with its life as the cells of a row; people are shown the beginnings of names and values, and amounts as money.
fn row(tracked: &Tracked, is_for_people: bool) -> Vec<Cell> {
    let finding = &tracked.outcome.finding;
    let (first, most, accepted) = (
        finding.fields.first(),
        most(finding),
        &tracked.outcome.accepted,
    );
    let field = |first: &FieldDifference| match (is_for_people, finding.fields.len()) {
        (true, 2..) => format!("{} and {} more", first.field, finding.fields.len() - 1),
        _ => first.field.clone(),
    };
    let [ours, theirs] = first.map_or([Cell::Null, Cell::Null], |first| {
        sides(first, is_for_people.then_some(SHOWN))
    });
    let of_people = |shown: &str, whole: &str| match is_for_people {
        true => text(shown),
        false => text(whole),
    };
    vec![
        of_people(past::short(&finding.id), &finding.id),
        text(tracked.outcome.state.as_str()),
        of_people(words::of_class(finding.class), &word(&finding.class)),
        text(words::of_question(finding.class.question())),
        or_null(finding.code.as_deref()),
        text(&finding.object_type),
        text(&finding.object_id),
        or_null(first.map(field).as_deref()),
        Cell::Integer(i64::try_from(finding.fields.len()).unwrap_or(i64::MAX)),
        ours,
        theirs,
        or_null(most.map(|most| &*most.currency)),
        most.map_or(Cell::Null, |most| Cell::Integer(most.minor)),
        of_people(words::of_cause(finding.cause), &word(&finding.cause)),
        text(&word(&finding.repair)),
        Cell::Integer(tracked.first_s),
        text(&tracked.first_run),
        text(&tracked.last_run),
        Cell::Integer(tracked.times.into()),
        or_null(tracked.outcome.held_back.as_deref()),
        or_null(accepted.as_ref().map(|said| &*said.by)),
        accepted.as_ref().map_or(Cell::Null, |said| {
            of_people(&words::cut(&said.why, SHOWN), &said.why)
        }),
        accepted
            .as_ref()
            .map_or(Cell::Null, |said| Cell::Integer(said.at_s)),
        or_null(finding.request_id.as_deref()),
    ]
}

/// What the book says and what Stripe says; for people with at most so many letters, and amounts as money.
fn sides(field: &FieldDifference, letters_max: Option<usize>) -> [Cell; 2] {
    [&field.ours, &field.theirs].map(|side| match letters_max {
        Some(letters_max) => text(&words::value(side, field, letters_max)),
        None => text(side),
    })
}

/// The columns of one finding, for `findings ID`.
pub(super) fn one(tracked: &Tracked) -> Listing {
    Listing::new(&COLUMNS, vec![row(tracked, false)])
}

/// What differs, a row a member.
pub(super) fn differences(found: &[Tracked], is_for_people: bool) -> Listing {
    let mut rows = Vec::new();
    for finding in found.iter().map(|tracked| &tracked.outcome.finding) {
        rows.extend(finding.fields.iter().map(|field| {
            let [ours, theirs] = sides(field, is_for_people.then_some(usize::MAX));
            let amount = field.amount.as_ref();
            vec![
                text(&finding.id),
                text(&field.field),
                ours,
                theirs,
                or_null(amount.map(|amount| &*amount.currency)),
                amount.map_or(Cell::Null, |amount| Cell::Integer(amount.minor)),
            ]
        }));
    }
    let columns = ["id", "field", "ours", "theirs", "currency", "amount_minor"];
    Listing::new(&columns, rows)
}

/// Money at stake, a row a currency: a finding's row has the most of them alone.
pub(super) fn stakes(found: &[Tracked]) -> Listing {
    let mut rows = Vec::new();
    for finding in found.iter().map(|tracked| &tracked.outcome.finding) {
        rows.extend(finding.at_stake.iter().map(|amount| {
            let minor = Cell::Integer(amount.minor);
            vec![text(&finding.id), text(&amount.currency), minor]
        }));
    }
    Listing::new(&["id", "currency", "at_stake_minor"], rows)
}

/// The most that is at stake in one currency.
fn most(finding: &Finding) -> Option<&Amount> {
    let stakes = finding.at_stake.iter();
    stakes.max_by_key(|amount| amount.minor.unsigned_abs())
}

/// The word that the log has for it.
pub(super) fn word(named: &impl Serialize) -> String {
    match serde_json::to_value(named) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

pub(super) fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn or_null(shown: Option<&str>) -> Cell {
    shown.map_or(Cell::Null, text)
}
