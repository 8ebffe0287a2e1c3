//! `project`: the current book brought up to the log's head.

use clap::Args;
use projector::{Report, Step};

use crate::currency::count;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::memory::Memory;
use crate::progress::Progress;
use crate::shell::{Fact, Shell};
use crate::standing::Standing;

/// Bring the book up to the log, or make the first one
#[derive(Debug, Args)]
pub(crate) struct Project {
    #[command(flatten)]
    memory: Memory,
}

impl Project {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let log = shell.folder.log()?;
        let books = shell.folder.books()?;
        let options = self.memory.options();
        let mut bar = Progress::new(doing(Step::Read), 0);
        let report = projector::project(&log, &books, &options, &mut |at| show(&mut bar, at))?;
        drop(bar);
        tell(shell, &report)?;
        Ok(Exit::AllTrue)
    }
}

/// Shows how far a run has come.
pub(super) fn show(bar: &mut Progress, at: projector::Progress<'_>) {
    bar.name(doing(at.step));
    bar.set(at.done, at.total);
}

/// A word for what is being done.
pub(super) fn doing(step: Step) -> &'static str {
    match step {
        Step::Read => "reading",
        Step::Link => "linking",
        Step::Write => "writing",
        Step::Seal => "syncing",
    }
}

/// Says where the stream's book stands after a run.
pub(super) fn tell(shell: &mut Shell, report: &Report) -> Result<(), Failure> {
    let stream = shell.stream()?;
    let book = shell.folder.book()?;
    let entries: u64 = report
        .streams
        .iter()
        .map(|stream| stream.position.head.seq.saturating_sub(stream.from_seq))
        .sum();
    let own = book.report(&stream)?;
    let tables = own.rows.iter().filter(|(_, rows)| *rows > 0).count();
    let rows = own.rows.iter().map(|(_, rows)| rows.unsigned_abs()).sum();
    let read = if entries == 0 {
        "nothing new".to_owned()
    } else {
        count(entries)
    };
    let facts = [
        Fact::text("book", report.path.display().to_string()),
        Fact::new(
            "made_anew",
            report.rebuilt,
            if report.rebuilt { "yes" } else { "" },
        ),
        Fact::new("entries_read", entries, read),
        Fact::new(
            "streams",
            report.streams.len(),
            count(report.streams.len() as u64),
        ),
        Fact::new("tables", tables, count(tables as u64)),
        Fact::count("rows", rows),
        Fact::count("findings", own.findings().unsigned_abs()),
        Fact::count("wanted", own.wanted().unsigned_abs()),
        Fact::new("digest", own.digest.to_string(), own.digest.to_string()),
    ];
    let standing = Standing::of_book(&book, &stream, &own.position.head)?;
    shell.answer_facts(&facts, &standing)
}
