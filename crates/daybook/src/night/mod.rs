//! Nights as commands run them: the lock, the settings, the streams one after the other, progress, and how it ends. What a night does
//! is reconcile's, how it looks is the report's.

pub(crate) mod papers;
mod settings;

use std::path::PathBuf;
use std::sync::Arc;

use ledger::StreamId;
use reconcile::{Night, NightProgress, NightSettings, Report, Step};
use serde_json::json;
use sync::{Followed, RunLock};
use tokio::runtime::Builder;

use crate::access::{Access, streams_in_mode};
use crate::commands::Checked;
use crate::ending::Ending;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError};
use crate::moment;
use crate::progress::Progress;
use crate::report;
use crate::shell::{Shell, now_us};

pub(crate) use settings::ReconcileSettings;

/// Held by the one that reconciles.
const LOCK: &str = "reconcile.lock";

/// Over which streams.
pub(crate) enum Which<'a> {
    /// All of the key's mode, the folder's own first, and those of these accounts.
    Mode(&'a [String]),
    /// This one.
    One(&'a StreamId),
}

/// What came of a night over several streams.
pub(crate) struct Nights {
    /// A report of each stream that it came to.
    pub(crate) reports: Vec<Report>,
    /// Why it came to no report of the others.
    failure: Option<Failure>,
}

impl Nights {
    /// How it ends: with what it could not do, with what it did not come to, with findings that are left, or well.
    pub(crate) fn end(self) -> Outcome {
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok(exit(&self.reports)),
        }
    }
}

/// Runs a night over streams, one after the other. Fails if it comes to no report at all.
pub(crate) fn run(
    shell: &Shell,
    settings: &NightSettings,
    which: &Which<'_>,
) -> Result<Nights, Failure> {
    let own = shell.folder.stream()?;
    let access = Access::open(&shell.folder)?;
    access.expect_mode_of(&own)?;
    let _lock = lock(shell, &settings.command)?;
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|source| ShellError::Runtime { source })?;
    runtime.block_on(async {
        let ending = Ending::listen()?;
        let mut night = Night::new(
            access.api.clone(),
            shell.folder.desk()?,
            shell.folder.path().to_owned(),
            settings.clone(),
            Arc::new(now_us),
            ending.flag(),
        );
        let (mut done, mut reports, mut failure) = (Vec::new(), Vec::new(), None);
        // Streams come to light while others are read: events of connected accounts open them.
        while let Some(at) = next(shell, &own, which, &done)? {
            match one(&mut night, &ending, &at).await {
                Ok(report) => reports.push(report),
                Err(error) if reports.is_empty() => return Err(error),
                // What one account refuses, others may not; what Stripe doesn't answer, it answers nobody.
                Err(error) => {
                    let is_last = error.exit() == Exit::Unfinished;
                    failure = failure.or(Some(error));
                    if is_last {
                        break;
                    }
                }
            }
            done.push(at.stream);
        }
        Ok(Nights { reports, failure })
    })
}

/// A night over one stream.
async fn one(night: &mut Night, ending: &Ending, at: &Followed) -> Result<Report, Failure> {
    let mut bar = Progress::counting(named(Step::Level));
    let mut watch = |at: &NightProgress| {
        bar.name(named(at.step));
        bar.set(at.requests, at.requests + at.requests_left);
    };
    let ran = ending.run(night.run(at, &mut watch)).await;
    Ok(ran.ok_or(ShellError::Ended)??)
}

/// The next stream after those that are done.
fn next(
    shell: &Shell,
    own: &StreamId,
    which: &Which<'_>,
    done: &[StreamId],
) -> Result<Option<Followed>, Failure> {
    let streams = match which {
        Which::Mode(accounts) => streams_in_mode(&shell.folder, own, accounts)?,
        Which::One(stream) => vec![(*stream).clone()],
    };
    let stream = streams.into_iter().find(|stream| !done.contains(stream));
    Ok(stream.map(|stream| Followed {
        account: (stream.account() != own.account()).then(|| stream.account().to_owned()),
        stream,
    }))
}

fn lock(shell: &Shell, command: &str) -> Result<RunLock, Failure> {
    let text = format!(
        "{command} is running since {} as process {}",
        moment::shown(now_us().div_euclid(1_000_000)),
        std::process::id()
    );
    Ok(RunLock::acquire(&shell.folder.path().join(LOCK), &text)?)
}

/// A step as people are told of it.
fn named(step: Step) -> &'static str {
    match step {
        Step::Level => "following",
        Step::Plan => "planning",
        Step::Read => "comparing",
        Step::Settle => "looking again",
        Step::Repair => "repairing",
        Step::Balance => "adding up",
        Step::Record => "recording",
    }
}

/// Shows the reports, what was checked besides, and which files were written: for programs one object.
pub(crate) fn tell(
    shell: &mut Shell,
    reports: &[Report],
    checked: &[Checked],
    files: &[PathBuf],
) -> Result<(), Failure> {
    if shell.is_json() {
        let checks = checked.iter().map(|one| {
            let (verdict, what) = one.words();
            json!({"stream": one.stream.as_str(), "name": one.name, "verdict": verdict, "what": what})
        });
        let checks: Vec<_> = checks.collect();
        return shell
            .screen
            .json(&json!({"reports": reports, "checks": checks, "files": files}));
    }
    for report in reports {
        report::page(shell, report)?;
    }
    for one in checked {
        let (verdict, what) = one.words();
        let line = format!("{:<10}{verdict:<11}{}  {what}", one.name, one.stream);
        shell.screen.line(line)?;
    }
    for file in files {
        shell.screen.line(format!("written   {}", file.display()))?;
    }
    Ok(())
}

fn exit(reports: &[Report]) -> Exit {
    let any = |holds: fn(&Report) -> bool| reports.iter().any(holds);
    match () {
        () if any(|report| !report.run.finished) => Exit::Unfinished,
        () if any(|report| report.run.open() > 0) => Exit::Differences,
        () if any(|report| report.run.has_doubts()) => Exit::Unfinished,
        () => Exit::AllTrue,
    }
}
