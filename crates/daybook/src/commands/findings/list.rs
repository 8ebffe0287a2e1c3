//! Findings as rows: which, and in what columns.

use clap::Args;
use reconcile::{Finding, Question, Tracked};
use rusqlite::types::Value as Cell;
use serde::Serialize;

use crate::aside;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::listing::Listing;
use crate::past;
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
    "accepted_by",
    "accepted_why",
    "accepted_s",
    "request_id",
];

/// Letters of a value that people are shown in a row.
const SHOWN: usize = 32;

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
        let mut tables = vec![(
            TABLES[0],
            Listing::new(&COLUMNS, rows).with_details(DETAILS),
        )];
        if is_for_people {
            tables[0].1 = Listing::clone(&tables[0].1).with_days();
        } else {
            tables.push((TABLES[1], differences(&found)));
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

/// A finding with its life as the cells of a row; people are shown the beginnings of names and values.
fn row(tracked: &Tracked, is_for_people: bool) -> Vec<Cell> {
    let finding = &tracked.outcome.finding;
    let first = finding.fields.first();
    let cut = |value: &str| match is_for_people {
        true => text(&beginning(value)),
        false => text(value),
    };
    let field = |more: usize, name: &str| match (is_for_people, more) {
        (true, 1..) => text(&format!("{name} and {more} more")),
        _ => text(name),
    };
    let more = finding.fields.len().saturating_sub(1);
    let most = most(finding);
    let accepted = tracked.accepted.as_ref();
    vec![
        text(match is_for_people {
            true => past::short(&finding.id),
            false => &finding.id,
        }),
        text(tracked.outcome.state.as_str()),
        text(&word(&finding.class)),
        text(question(finding.class.question())),
        finding.code.as_deref().map_or(Cell::Null, text),
        text(&finding.object_type),
        text(&finding.object_id),
        first.map_or(Cell::Null, |first| field(more, &first.field)),
        Cell::Integer(i64::try_from(finding.fields.len()).unwrap_or(i64::MAX)),
        first.map_or(Cell::Null, |first| cut(&first.ours)),
        first.map_or(Cell::Null, |first| cut(&first.theirs)),
        most.map_or(Cell::Null, |(currency, _)| text(currency)),
        most.map_or(Cell::Null, |(_, minor)| Cell::Integer(minor)),
        text(&word(&finding.cause)),
        text(&word(&finding.repair)),
        Cell::Integer(tracked.first_s),
        text(&tracked.first_run),
        text(&tracked.last_run),
        Cell::Integer(tracked.times.into()),
        tracked
            .outcome
            .held_back
            .as_deref()
            .map_or(Cell::Null, text),
        accepted.map_or(Cell::Null, |accepted| text(&accepted.by)),
        accepted.map_or(Cell::Null, |accepted| text(&accepted.why)),
        accepted.map_or(Cell::Null, |accepted| Cell::Integer(accepted.at_s)),
        finding.request_id.as_deref().map_or(Cell::Null, text),
    ]
}

/// The columns of one finding, for `findings ID`.
pub(super) fn one(tracked: &Tracked) -> Listing {
    Listing::new(&COLUMNS, vec![row(tracked, false)])
}

/// What differs, a row a member.
pub(super) fn differences(found: &[Tracked]) -> Listing {
    let mut rows = Vec::new();
    for finding in found.iter().map(|tracked| &tracked.outcome.finding) {
        rows.extend(finding.fields.iter().map(|field| {
            let amount = field.amount.as_ref();
            vec![
                text(&finding.id),
                text(&field.field),
                text(&field.ours),
                text(&field.theirs),
                amount.map_or(Cell::Null, |amount| text(&amount.currency)),
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

fn most(finding: &Finding) -> Option<(&str, i64)> {
    let most = finding
        .at_stake
        .iter()
        .max_by_key(|amount| amount.minor.unsigned_abs())?;
    Some((&most.currency, most.minor))
}

fn question(question: Question) -> &'static str {
    match question {
        Question::Complete => "complete",
        Question::True => "true",
        Question::Clear => "clear",
    }
}

/// The word that the log has for it.
pub(super) fn word(named: &impl Serialize) -> String {
    match serde_json::to_value(named) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// A value that fits into a row.
fn beginning(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

pub(super) fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}
