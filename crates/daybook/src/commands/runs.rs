//! `runs`: how past runs answered their three questions, and what they took. A single run is `report`'s.

use clap::Args;
use reconcile::{Amount, Run, Score};
use rusqlite::types::Value as Cell;

use crate::exit::Exit;
use crate::failure::Outcome;
use crate::listing::Listing;
use crate::past;
use crate::report::words::{self, Verdict};
use crate::shell::Shell;
use crate::standing::Standing;

/// What it answers with.
pub(super) const TABLES: [&str; 2] = ["runs", "at_stake"];

const COLUMNS: [&str; 25] = [
    "began_s",
    "ended_s",
    "run",
    "command",
    "verdict",
    "stopped",
    "complete_ppm",
    "complete_agreed",
    "complete_of",
    "true_ppm",
    "true_agreed",
    "true_of",
    "clear_ppm",
    "clear_agreed",
    "clear_of",
    "repaired",
    "open",
    "at_stake",
    "unsettled",
    "objects",
    "requests",
    "swept_ppm",
    "all_since_s",
    "head",
    "digest",
];

/// For programs only.
const DETAILS: &[&str] = &[
    "ended_s",
    "stopped",
    "complete_agreed",
    "complete_of",
    "true_agreed",
    "true_of",
    "clear_agreed",
    "clear_of",
    "objects",
    "head",
    "digest",
];

/// Letters of a run's name that people are shown: they tell its millisecond.
const SHOWN: usize = 13;

/// List past runs with their scores, the newest last
#[derive(Debug, Args)]
#[command(
    after_help = "Complete, true and clear: the share that agreed before anything was repaired, of what was looked at. Unsettled is what moved all the while. Swept: the share of all objects that the run compared for the sake of the sweep; all since: the moment since which every object was compared at least once."
)]
pub(crate) struct Runs {
    /// Only so many, the newest
    #[arg(long, value_name = "N")]
    last: Option<usize>,
}

impl Runs {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (log, stream) = shell.log()?;
        let memory = past::open(&shell.folder, &log, &stream)?;
        let mut runs = memory.runs(&stream)?;
        let first = runs.len().saturating_sub(self.last.unwrap_or(usize::MAX));
        runs.drain(..first);
        let is_for_people = shell.is_for_people();
        let rows = runs.iter().map(|run| row(run, is_for_people)).collect();
        let mut tables = vec![(
            TABLES[0],
            Listing::new(&COLUMNS, rows).with_details(DETAILS),
        )];
        if !is_for_people {
            tables.push((TABLES[1], stakes(&runs)));
        }
        shell.answer(&tables, &Standing::of_log(&log, &stream)?)?;
        Ok(Exit::AllTrue)
    }
}

fn row(run: &Run, is_for_people: bool) -> Vec<Cell> {
    let scores = [&run.complete, &run.truth, &run.clear];
    let sum = |of: fn(&Score) -> u64| scores.iter().map(|score| of(score)).sum();
    let name = match is_for_people {
        true => run.run.get(..SHOWN).unwrap_or(&run.run),
        false => &run.run,
    };
    let unsettled = run.unsettled.len() as u64 + u64::from(!run.balance_settled);
    let mut cells = vec![
        Cell::Integer(run.began_s),
        Cell::Integer(run.ended_s),
        text(name),
        text(&run.command),
        text(verdict(run)),
        run.stopped.as_deref().map_or(Cell::Null, text),
    ];
    for score in scores {
        cells.extend([
            share(score.agreed, score.of),
            count(score.agreed),
            count(score.of),
        ]);
    }
    cells.extend([
        count(sum(|score| score.repaired)),
        count(sum(|score| score.open)),
        text(&words::money(&words::at_stake(run)).join(", ")),
        count(unsettled),
        count(run.objects),
        count(run.requests),
        share(run.sweep.compared, run.sweep.objects),
        run.sweep.all_since_s.map_or(Cell::Null, Cell::Integer),
        text(&run.basis.head),
        text(&run.basis.digest),
    ]);
    cells
}

/// How a run ended, in a word.
fn verdict(run: &Run) -> &'static str {
    match Verdict::of(run) {
        Verdict::True => "true",
        Verdict::FindingsLeft => "findings",
        Verdict::Unproven => "unproven",
        Verdict::Unfinished => "unfinished",
    }
}

fn share(part: u64, of: u64) -> Cell {
    words::parts_of(part, of).map_or(Cell::Null, count)
}

/// For programs: a row a run, question and currency.
fn stakes(runs: &[Run]) -> Listing {
    let mut rows = Vec::new();
    for run in runs {
        for question in words::QUESTIONS {
            let row = |amount: &Amount| {
                let name = text(words::of_question(question));
                let minor = Cell::Integer(amount.minor);
                vec![text(&run.run), name, text(&amount.currency), minor]
            };
            rows.extend(words::score(run, question).at_stake.iter().map(row));
        }
    }
    Listing::new(&["run", "question", "currency", "at_stake_minor"], rows)
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn count(number: u64) -> Cell {
    Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
