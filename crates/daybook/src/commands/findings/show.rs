//! One finding: what it says, the entries of the log that show it, how each run left it, and what mends it.

use ledger::{Log, StreamId};
use reconcile::{Cause, Memory, Repair, Tracked};
use rusqlite::types::Value as Cell;
use serde_json::json;

use super::list::{self, text};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::listing::Listing;
use crate::paint::{HEADING, painted};
use crate::past;
use crate::shell::Shell;
use crate::standing::Standing;

/// What it answers with.
pub(super) const TABLES: [&str; 5] = ["finding", "differences", "at_stake", "evidence", "life"];

/// For programs only, in the table of this name.
const EVIDENCE_DETAILS: &[&str] = &["source", "recorded_us"];
/// A finding's members are told of one by one under it.
const FINDING_DETAILS: &[&str] = &["field", "fields", "ours", "theirs", "first_run", "last_run"];
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
            list::differences(found).with_details(PART_DETAILS),
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
        for (name, part) in parts.iter().filter(|(_, part)| !part.is_empty()) {
            let heading = painted(HEADING, &crate::listing::heading(name));
            shell.screen.line(format!("\n{heading}\n{}", part.text()))?;
        }
        shell.screen.line(format!("\n{}", mends(&tracked)))?;
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
    let mut rows = Vec::new();
    for (name, state) in history {
        let report = memory.report(stream, &name)?;
        let began_s = report.map_or(Cell::Null, |report| Cell::Integer(report.run.began_s));
        rows.push(vec![began_s, text(&name), text(state.as_str())]);
    }
    Ok(Listing::new(&["began_s", "run", "state"], rows))
}

/// What is to be done about it, in words.
fn mends(tracked: &Tracked) -> String {
    let (outcome, finding) = (&tracked.outcome, &tracked.outcome.finding);
    let id = past::short(&finding.id);
    if outcome.state.is_over() {
        return "nothing is to be done: the book agrees with Stripe again".to_owned();
    }
    match (finding.cause, finding.repair) {
        (Cause::OursWrong, _) => format!(
            "the log has what Stripe says and the book says otherwise: a defect of daybook's, that appending can't mend. The entries\nabove are what a report of it needs; until it is mended, `daybook findings accept {id} --why …` says that it is known."
        ),
        (_, Repair::Append) => format!(
            "`daybook findings repair {id}` appends what Stripe says and looks again; `daybook findings accept {id} --why …`\nsays that it may stay."
        ),
        (_, Repair::Look) => format!(
            "nothing that can be appended mends it: look at the entries above and at the object in Stripe's Dashboard.\n`daybook findings accept {id} --why …` says that it may stay."
        ),
    }
}
