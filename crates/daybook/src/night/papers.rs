//! What a night leaves on disk beside the log: a page to mail or keep, and figures for whoever watches. A file has its name only once it
//! is whole.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use ledger::StreamId;
use reconcile::Report;

use crate::failure::{Failure, failed};
use crate::folder::Folder;
use crate::moment;
use crate::past;
use crate::report::{self, OWN, READABLE, Watched, replace};

/// So much of a run's name tells its millisecond.
const RUN_SIGNS: usize = 13;
/// Where pages are kept, in the data folder.
const REPORTS: &str = "reports";

/// Writes a page for each report and the figures of all; the files, in that order.
///
/// A page goes to `html` if that is given and there is one report; beside it, with the stream in its name, if there are more.
pub(crate) fn write(
    folder: &Folder,
    reports: &[Report],
    html: Option<&Path>,
    metrics: Option<&Path>,
) -> Result<Vec<PathBuf>, Failure> {
    let log = folder.log()?;
    let mut written = Vec::new();
    let mut runs = Vec::new();
    for (place, report) in reports.iter().enumerate() {
        let stream: StreamId = report.stream.parse()?;
        let path = match html {
            Some(path) if place == 0 => path.to_owned(),
            Some(path) => beside(path, &stream),
            None => kept(folder, report)?,
        };
        let memory = past::open(folder, &log, &stream)?;
        let past = memory.runs(&stream)?;
        replace(&path, OWN, report::html(report, &past).as_bytes())?;
        written.push(path);
        runs.push(Watched::read(&memory, &stream)?);
    }
    if let Some(path) = metrics {
        replace(path, READABLE, report::prometheus(&runs).as_bytes())?;
        written.push(path.to_owned());
    }
    Ok(written)
}

/// The place of a report in the data folder: `reports/2026-01-31-acct_1-live-<run>.html`.
fn kept(folder: &Folder, report: &Report) -> Result<PathBuf, Failure> {
    let reports = folder.path().join(REPORTS);
    match DirBuilder::new().mode(0o700).create(&reports) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(failed("make", &reports)(error));
        }
        _ => {}
    }
    let day = moment::day(report.run.began_s);
    let stream = report.stream.replace('/', "-");
    let run: String = report.run.run.chars().take(RUN_SIGNS).collect();
    Ok(reports.join(format!("{day}-{stream}-{run}.html")))
}

fn beside(path: &Path, stream: &StreamId) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let stream = stream.as_str().replace('/', "-");
    path.with_file_name(format!("{stem}-{stream}.html"))
}
