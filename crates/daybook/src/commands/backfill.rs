//! `backfill`: everything that Stripe lists into the log, once, and gone on with if it was ended before.

use clap::Args;
use ledger::StreamId;
use rusqlite::types::Value as Cell;
use serde_json::{Map, Value};
use sync::{
    ApiError, BACKFILL_LOCK, Backfill as Reader, Report, RunLock, Selection, SyncError, Target,
    TypeReport,
};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

use crate::access::{Access, streams_in_mode};
use crate::aside;
use crate::currency::{count, worded};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError};
use crate::listing::Listing;
use crate::moment;
use crate::progress::Progress;
use crate::screen::harmless;
use crate::shell::{Shell, now_us};
use crate::standing::Standing;

const COLUMNS: [&str; 11] = [
    "stream",
    "type",
    "lists",
    "pages",
    "objects",
    "appended",
    "unchanged",
    "set_aside",
    "singles",
    "absent",
    "skipped",
];

/// For programs only.
const DETAILS: &[&str] = &["lists"];

/// Read everything that Stripe lists into the log
///
/// All objects that the books hold, in windows of creation side by side, newest first, as fast as the governor allows; then the
/// lists under them, what the log knows and no list shows, and the balance. What is in the log already with the same content is not
/// appended again. Ended anyhow, the same command goes on where it stopped. The books are brought up with `daybook project`.
#[derive(Debug, Args)]
pub(crate) struct Backfill {
    /// Only these types, and the lists in which their parents are found
    #[arg(long, value_name = "TYPE", num_args = 1.., value_parser = Selection::names())]
    only: Vec<String>,
    /// A connected account to read, besides those that the log has entries of
    #[arg(long = "account", value_name = "ACCT")]
    accounts: Vec<String>,
}

/// What became of the streams.
#[derive(Default)]
struct Read {
    reports: Vec<Report>,
    /// Connected accounts that may not be read, and why.
    refused: Vec<(StreamId, ApiError)>,
}

impl Backfill {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let own = shell.folder.stream()?;
        let access = Access::open(&shell.folder)?;
        access.expect_mode_of(&own)?;
        let selection = self.selection(own.livemode())?;
        let targets = self.targets(shell, &own)?;
        let _lock = lock(shell)?;
        let desk = shell.folder.desk()?;
        let reader = Reader::new(access.api, desk, selection);
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|source| ShellError::Runtime { source })?;
        let read = runtime.block_on(async {
            let ended = ended()?;
            tokio::select! {
                read = read(&reader, &targets) => read,
                () = ended => Err(ShellError::Ended.into()),
            }
        })?;
        let standing = Standing::of_log(&shell.folder.log()?, &own)?;
        tell(shell, &read, &standing)?;
        shell.screen.flush()?;
        tell_rest(shell, &read);
        Ok(exit(&read))
    }

    fn selection(&self, livemode: bool) -> Result<Selection, Failure> {
        if self.only.is_empty() {
            return Ok(Selection::all(livemode));
        }
        let selection = Selection::only(&self.only);
        Ok(selection.expect("clap takes no other names than the selection's own"))
    }

    fn targets(&self, shell: &Shell, own: &StreamId) -> Result<Vec<Target>, Failure> {
        let spoken = shell.stream()?;
        let streams = match spoken == *own {
            true => streams_in_mode(&shell.folder, own, &self.accounts)?,
            false => vec![spoken],
        };
        let target = |stream: StreamId| Target {
            is_own: stream.account() == own.account(),
            stream,
        };
        Ok(streams.into_iter().map(target).collect())
    }
}

fn lock(shell: &Shell) -> Result<RunLock, Failure> {
    let text = format!(
        "backfill is running since {} as process {}",
        moment::shown(now_us().div_euclid(1_000_000)),
        std::process::id()
    );
    Ok(RunLock::acquire(
        &shell.folder.path().join(BACKFILL_LOCK),
        &text,
    )?)
}

/// Waits until SIGTERM or SIGINT comes.
fn ended() -> Result<impl Future<Output = ()>, Failure> {
    let listen =
        |kind| signal(kind).map_err(|source| Failure::from(ShellError::Runtime { source }));
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Reads one stream after the other. A connected account that the key may not read any more keeps none of the others from being read.
async fn read(reader: &Reader, targets: &[Target]) -> Result<Read, Failure> {
    let mut all = Read::default();
    let mut bar = Progress::counting("reading");
    let mut before = 0;
    for target in targets {
        let mut requests = 0;
        let mut watch = |at: &sync::Progress| {
            requests = at.requests;
            bar.set(
                before + at.requests,
                before + at.requests + at.requests_left,
            );
        };
        match reader.run(target, &mut watch).await {
            Ok(report) => all.reports.push(report),
            Err(SyncError::Api(error)) if !target.is_own && is_of_account(&error) => {
                all.refused.push((target.stream.clone(), *error));
            }
            Err(error) => return Err(error.into()),
        }
        before += requests;
    }
    Ok(all)
}

fn is_of_account(error: &ApiError) -> bool {
    matches!(
        error,
        ApiError::Forbidden { .. } | ApiError::Refused { .. } | ApiError::Absent { .. }
    )
}

fn exit(read: &Read) -> Exit {
    let is_whole = read.reports.iter().all(Report::is_whole) && read.refused.is_empty();
    match (is_whole, sum(read, |of| of.counts.set_aside)) {
        (false, _) => Exit::Unfinished,
        (true, 0) => Exit::AllTrue,
        (true, _) => Exit::Differences,
    }
}

fn sum(read: &Read, of: fn(&TypeReport) -> u64) -> u64 {
    let types = read.reports.iter().flat_map(|report| &report.types);
    types.map(of).sum()
}

fn tell(shell: &mut Shell, read: &Read, standing: &Standing) -> Result<(), Failure> {
    let rows = read.reports.iter().flat_map(|report| {
        let rows = report.types.iter();
        rows.map(|of| row(&report.stream, of))
    });
    let listing = Listing::new(&COLUMNS, rows.collect()).with_details(DETAILS);
    if !shell.is_json() {
        return shell.answer(&[("types", listing)], standing);
    }
    let totals = [
        ("requests", sum(read, |of| of.counts.pages + of.singles)),
        ("objects", sum(read, |of| of.objects)),
        ("appended", sum(read, |of| of.counts.appended)),
        ("unchanged", sum(read, |of| of.counts.unchanged)),
        ("set_aside", sum(read, |of| of.counts.set_aside)),
        ("absent", sum(read, |of| of.absent)),
    ];
    let totals = totals.map(|(name, number)| (name.to_owned(), Value::from(number)));
    let mut told: Map<String, Value> = totals.into_iter().collect();
    told.insert("types".to_owned(), listing.json());
    shell.answer_json(told.into(), standing)
}

fn row(stream: &StreamId, of: &TypeReport) -> Vec<Cell> {
    let number = |number: u64| Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    let skipped = of.skipped.clone();
    vec![
        Cell::Text(stream.to_string()),
        Cell::Text(of.kind.clone()),
        number(of.lists),
        number(of.counts.pages),
        number(of.objects),
        number(of.counts.appended),
        number(of.counts.unchanged),
        number(of.counts.set_aside),
        number(of.singles),
        number(of.absent),
        skipped.map_or(Cell::Null, Cell::Text),
    ]
}

/// Beside the table: what it came to, what was left out, and what comes next.
fn tell_rest(shell: &Shell, read: &Read) {
    for report in &read.reports {
        for of in &report.types {
            if let Some(reason) = &of.skipped {
                let (kind, reason) = (&of.kind, harmless(reason));
                aside::warn(&format!(
                    "{}: {kind} was not read whole: {reason}",
                    report.stream
                ));
            }
        }
    }
    for (stream, error) in &read.refused {
        let why = harmless(&error.to_string());
        aside::warn(&format!("{stream} was not read: {why}"));
    }
    let set_aside = sum(read, |of| of.counts.set_aside);
    if set_aside > 0 {
        let folder = shell.folder.rejects_path();
        aside::warn(&format!(
            "{} set aside, each in {} with its reason",
            count(set_aside),
            folder.display()
        ));
    }
    let appended = sum(read, |of| of.counts.appended);
    let read_of = worded(sum(read, |of| of.objects), "object", "objects");
    aside::note(&format!("{read_of} read, {} appended", count(appended)));
    if exit(read) == Exit::Unfinished {
        aside::hint(
            "`daybook doctor` lists the permissions that the key lacks; what was read is in the log",
        );
    } else if appended > 0 {
        aside::hint("bring the book up to it with `daybook project`");
    }
}
