//! One finding: what it says, the entries of the log that show it, how each run left it, and what to do.

use ledger::{Log, StreamId};
use reconcile::{Memory, State, Tracked};
use rusqlite::types::Value as Cell;
use serde_json::json;

use super::list::{self, text};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::listing::Listing;
use crate::paint::{HEADING, painted};
use crate::past;
use crate::report::advice;
use crate::shell::Shell;
use crate::standing::Standing;

/// What it answers with.
pub(super) const TABLES: [&str; 5] = ["finding", "differences", "at_stake", "evidence", "life"];

/// For programs only, in the table of this name.
const EVIDENCE_DETAILS: &[&str] = &["id", "recorded_us"];
/// A finding's members are told of one by one under it.
const FINDING_DETAILS: &[&str] = &["field", "fields", "ours", "theirs", "first_run", "last_run"];
/// Of a finding that no run left accepted the first three are told to people.
const LIFE_COLUMNS: [&str; 6] = [
    "began_s",
    "run",
    "state",
    "accepted_by",
    "accepted_why",
    "accepted_s",
];
/// The name stands above.
const PART_DETAILS: &[&str] = &["id"];

pub(super) fn run(shell: &mut Shell, name: &str) -> Outcome {
    let (log, stream) = shell.log()?;
    let memory = past::open(&shell.folder, &log, &stream)?;
    let tracked = past::finding(&memory, &stream, name)?;
    let standing = Standing::of_log(&log, &stream)?;
    let found = std::slice::from_ref(&tracked);
    let parts = [
        (
            TABLES[1],
            list::differences(found, shell.is_for_people()).with_details(PART_DETAILS),
        ),
        (TABLES[2], list::stakes(found).with_details(PART_DETAILS)),
        (TABLES[3], evidence(&log, &stream, &tracked)?),
        (TABLES[4], life(&memory, &stream, &tracked)?),
    ];
    let finding = list::one(&tracked).with_details(FINDING_DETAILS);
    if shell.is_csv() {
        let mut tables = vec![(TABLES[0], finding)];
        tables.extend(parts);
        shell.answer(&tables, &standing)?;
    } else if shell.is_json() {
        let mut value = json!({TABLES[0]: finding.first_json()});
        for (name, part) in &parts {
            value[*name] = part.json();
        }
        shell.answer_json(value, &standing)?;
    } else {
        shell.screen.line(finding.first_text())?;
        // One currency stands above.
        let is_told =
            |(name, part): &&(&str, Listing)| part.count() > usize::from(*name == TABLES[2]);
        for (name, part) in parts.iter().filter(is_told) {
            let heading = painted(HEADING, &crate::listing::heading(name));
            shell.screen.line(format!("\n{heading}\n{}", part.text()))?;
        }
        let meaning = advice::meaning(tracked.outcome.finding.cause);
        shell.screen.line(format!("\n{meaning}"))?;
        shell.screen.line(to_do(&tracked))?;
        shell.screen.line(standing.line())?;
    }
    Ok(Exit::AllTrue)
}

/// The entries of the log that show it, oldest first.
fn evidence(log: &dyn Log, stream: &StreamId, tracked: &Tracked) -> Result<Listing, Failure> {
    let mut rows = Vec::new();
    for &seq in &tracked.outcome.finding.evidence {
        log.read(stream, seq..=seq, &mut |entry| {
            rows.push(vec![
                Cell::Integer(i64::try_from(entry.seq).unwrap_or(i64::MAX)),
                text(entry.kind.as_str()),
                text(entry.type_),
                entry.object_id.map_or(Cell::Null, text),
                text(entry.id),
                Cell::Integer(entry.created_s),
                text(entry.source.as_str()),
                Cell::Integer(entry.recorded_us),
            ]);
            std::ops::ControlFlow::Break(())
        })?;
    }
    let columns = [
        "seq",
        "kind",
        "type",
        "object_id",
        "id",
        "created_s",
        "source",
        "recorded_us",
    ];
    Ok(Listing::new(&columns, rows).with_details(EVIDENCE_DETAILS))
}

/// Each run that spoke of it, oldest first.
fn life(memory: &Memory, stream: &StreamId, tracked: &Tracked) -> Result<Listing, Failure> {
    let history = memory.history(stream, &tracked.outcome.finding.id)?;
    let (mut rows, mut is_accepted) = (Vec::new(), false);
    for (name, state) in history {
        let report = memory.report(stream, &name)?;
        let began_s = report
            .as_ref()
            .map_or(Cell::Null, |report| Cell::Integer(report.run.began_s));
        let mut left = report.iter().flat_map(|report| &report.findings);
        let left = left.find(|one| one.finding.id == tracked.outcome.finding.id);
        let said = left.and_then(|left| left.accepted.as_ref());
        is_accepted |= said.is_some();
        let word = |word: Option<&String>| word.map_or(Cell::Null, |word| text(word));
        rows.push(vec![
            began_s,
            text(&name),
            text(state.as_str()),
            word(said.map(|said| &said.by)),
            word(said.map(|said| &said.why)),
            said.map_or(Cell::Null, |said| Cell::Integer(said.at_s)),
        ]);
    }
    let details = match is_accepted {
        true => &LIFE_COLUMNS[..0],
        false => &LIFE_COLUMNS[3..],
    };
    Ok(Listing::new(&LIFE_COLUMNS, rows).with_details(details))
}

/// What is to be done about it, in words.
fn to_do(tracked: &Tracked) -> String {
    match tracked.outcome.state {
        State::Repaired => {
            "It is repaired: what was missing is in the log now, and the book equals Stripe."
                .to_owned()
        }
        State::Gone => "It is gone: book and Stripe agree again.".to_owned(),
        State::Accepted => "Nothing is to be done, as somebody has said.".to_owned(),
        State::New | State::Known => advice::of(&tracked.outcome.finding),
    }
}
