//! `status`: log and book at a glance.

use clap::Args;
use ledger::{Log, StreamId};
use projector::ProjectorError;
use reconcile::Run;

use crate::currency::worded;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::moment;
use crate::past;
use crate::shell::{Fact, Shell};
use crate::standing::Standing;

const OF_ANOTHER_LOG: &str = "stands on another log: see `daybook check position`";

/// Show what is in the log and the book, and what waits
#[derive(Debug, Args)]
pub(crate) struct Status {}

impl Status {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (log, stream) = shell.log()?;
        let head = log.head(&stream)?;
        let streams = log.streams()?;
        let duplicates = streams
            .iter()
            .find(|info| info.stream == stream)
            .map_or(0, |info| info.duplicates);
        let others: Vec<&str> = streams
            .iter()
            .filter(|info| info.stream != stream)
            .map(|info| info.stream.as_str())
            .collect();
        let mut facts = vec![
            Fact::text("folder", shell.folder.path().display().to_string()),
            Fact::text("stream", stream.as_str()),
            Fact::new("others", others.clone(), others.join(", ")),
            Fact::count("entries", head.seq),
            Fact::count("duplicates", duplicates),
            Fact::count("rejects", shell.folder.count_rejects()?),
            Fact::text("head", head.to_string()),
        ];
        let standing = match projector::open_book_readonly(shell.folder.path()) {
            Err(ProjectorError::NoBook { .. }) => {
                facts.push(Fact::new(
                    "book",
                    serde_json::Value::Null,
                    "none yet: run `daybook project`",
                ));
                Standing::of_log(&log, &stream)?
            }
            Err(error) => return Err(error.into()),
            Ok(book) => match projector::check_position(&log, &book) {
                Ok(_) => {
                    facts.extend(of_book(&book, &stream, head.seq)?);
                    Standing::of_book(&book, &stream, &head)?
                }
                // What such a book says is not said of this log.
                Err(ProjectorError::OtherLog { .. } | ProjectorError::ShorterLog { .. }) => {
                    let path = book.path().display().to_string();
                    facts.push(Fact::new("book", path, OF_ANOTHER_LOG));
                    Standing::of_log(&log, &stream)?
                }
                Err(error) => return Err(error.into()),
            },
        };
        facts.extend(of_runs(shell, &log, &stream)?);
        shell.answer_facts(&facts, &standing)?;
        Ok(Exit::AllTrue)
    }
}

/// When book and Stripe were last held against each other, and when all was true; nothing where that never was.
fn of_runs(shell: &Shell, log: &dyn Log, stream: &StreamId) -> Result<Vec<Fact>, Failure> {
    if !past::is_there(&shell.folder) {
        return Ok(Vec::new());
    }
    let runs = past::open(&shell.folder, log, stream)?.runs(stream)?;
    let ended = |run: Option<&Run>| run.map(|run| run.ended_s);
    let last = [
        ("last_run_s", ended(runs.last())),
        ("last_true_s", ended(runs.iter().rfind(|run| run.is_true()))),
    ];
    let told = last.into_iter().filter(|(_, at_s)| at_s.is_some());
    let told =
        told.map(|(name, at_s)| Fact::new(name, at_s, at_s.map_or(String::new(), moment::shown)));
    Ok(told.collect())
}

fn of_book(
    book: &projector::OpenBook,
    stream: &ledger::StreamId,
    log_seq: u64,
) -> Result<Vec<Fact>, Failure> {
    let report = book.report(stream)?;
    let behind = log_seq.saturating_sub(report.position.head.seq);
    let behind_text = if behind == 0 {
        "up to the log".to_owned()
    } else {
        format!("{} behind the log", worded(behind, "entry", "entries"))
    };
    let rows = |table| report.rows_of(table).unsigned_abs();
    let invoices = book.connection().query_row(
        "SELECT count(*) FROM invoices WHERE stream = ?1 AND deleted = 0",
        [stream.as_str()],
        |row| row.get::<_, i64>(0),
    )?;
    let invoices = invoices.unsigned_abs();
    Ok(vec![
        Fact::new("book", book.path().display().to_string(), behind_text),
        Fact::text("digest", report.digest.to_string()),
        Fact::new(
            "book_clock_s",
            report.position.clock_s,
            report.position.clock_s.map_or(String::new(), moment::shown),
        ),
        Fact::count("customers", rows("customers")),
        Fact::count("subscriptions", rows("subscriptions")),
        Fact::count("invoices", invoices),
        Fact::count("charges", rows("charges")),
        Fact::count("refunds", rows("refunds")),
        Fact::count("payouts", rows("payouts")),
        Fact::count("findings", rows("findings")),
        Fact::count("wanted", rows("wanted")),
        Fact::count("notices", rows("notices")),
    ])
}
