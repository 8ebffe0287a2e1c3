//! What a night leaves on disk beside the log: a page to mail or keep, and figures for whoever watches. A file has its name only once it
//! is whole.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use ledger::{Log, StreamId};
use reconcile::Report;

use crate::access::streams_in_mode;
use crate::failure::{Failure, failed};
use crate::folder::Folder;
use crate::moment;
use crate::past;
use crate::report::{self, OWN, READABLE, Watched, replace};

/// So much of a run's name tells its millisecond.
const RUN_SIGNS: usize = 13;
/// Where pages are kept, in the data folder.
const REPORTS: &str = "reports";

/// Writes a page for each report, and the figures of all streams; the files, in that order.
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
    }
    if let Some(path) = metrics {
        let watched = watched(folder, &log)?;
        replace(path, READABLE, report::prometheus(&watched).as_bytes())?;
        written.push(path.to_owned());
    }
    Ok(written)
}

/// What is known of every stream of the mode that any run was over: one that could not be come to tonight is watched all the same.
fn watched(folder: &Folder, log: &dyn Log) -> Result<Vec<Watched>, Failure> {
    let mut watched = Vec::new();
    for stream in streams_in_mode(folder, &folder.stream()?, &[])? {
        let memory = past::open(folder, log, &stream)?;
        watched.push(Watched::read(&memory, &stream)?);
    }
    watched.retain(|one| !one.runs.is_empty());
    Ok(watched)
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

#[cfg(test)]
mod tests {
    use ledger::{Ledger, Source};
    use reconcile::{findings_notes, run_note};

    use super::*;
    use crate::report::fixture::{self, STREAM};

    fn leave(folder: &Folder, stream: &StreamId, report: &Report) {
        let mut ledger = folder.ledger().unwrap();
        let mut notes = findings_notes(&report.run.run, &report.findings);
        notes.push(run_note(&report.run));
        for note in notes {
            let moments = (report.run.ended_s, 0);
            let entry = intake::control(stream, note.type_, note.body, Source::Sync, moments);
            ledger.append(&[entry.as_new_entry()]).unwrap();
        }
    }

    #[test]
    fn a_stream_that_was_not_come_to_tonight_is_watched_all_the_same() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::new(data.path());
        let own: StreamId = STREAM.parse().unwrap();
        let other = StreamId::new("acct_other", own.livemode()).unwrap();
        folder.create(&own, 0).unwrap();
        folder.ledger().unwrap().open_stream(&other, 0).unwrap();
        let report = fixture::report();
        leave(&folder, &own, &report);
        let figures = data.path().join("nights.prom");
        let write = || {
            let page = data.path().join("page.html");
            let reports = std::slice::from_ref(&report);
            write(&folder, reports, Some(&page), Some(&figures)).unwrap();
            std::fs::read_to_string(&figures).unwrap()
        };
        assert!(!write().contains("acct_other"), "nobody reconciles it");
        leave(&folder, &other, &fixture::clean());
        let text = write();
        for stream in [&own, &other] {
            let last = format!("daybook_last_true_night_timestamp_seconds{{stream=\"{stream}\"}}");
            assert!(text.contains(&last), "{text}");
        }
    }
}
