//! `import`: files through the one door, plain, gzip or zstd, and what came of them.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use chrono::NaiveDate;
use clap::Args;
use intake::{BareReading, Ended, ImportOptions, Intake, Rejected, Tally};
use ledger::Source;
use serde_json::json;

use crate::aside;
use crate::currency::count;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::moment;
use crate::progress::Progress;
use crate::screen::harmless;
use crate::shell::{Fact, Shell, now_us};
use crate::standing::Standing;

/// SQLite holds no body above 1,000,000,000 bytes.
const LINE_BYTES_LIMIT: u64 = 512 << 20;
const BUFFER_BYTES: usize = 1 << 18;
/// Before 2010 nothing could be read from Stripe.
const STRIPE_BEGINS_S: i64 = 1_262_304_000;
/// By how much this machine's clock may be behind.
const CLOCK_SLACK_S: i64 = 24 * 60 * 60;

/// Append the events, notifications and observations of files to the log
///
/// A file holds one JSON value a line, or one over many lines: events, notifications, observations, Stripe's list pages,
/// arrays of them, of any size. What can't enter is set aside in rejects/ with its reason, and the rest is imported.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Files, plain, gzip or zstd; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// For bare objects: the API version that rendered them
    #[arg(long, value_name = "VERSION", requires = "observed_at", value_parser = parse_version)]
    api_version: Option<String>,
    /// For bare objects: when they were read, FROM..TO; a single moment says that there is no doubt
    #[arg(long, value_name = "FROM..TO", requires = "api_version", value_parser = parse_reading)]
    observed_at: Option<(i64, i64)>,
    /// Bytes that a line, or a value over many lines, may have
    #[arg(long, value_name = "BYTES", default_value_t = intake::LINE_BYTES_MAX,
          value_parser = clap::value_parser!(u64).range(1..=LINE_BYTES_LIMIT))]
    line_bytes_max: u64,
}

/// A file that could not be read, or not to its end.
struct Unread {
    file: String,
    is_begun: bool,
    reason: String,
}

fn parse_version(text: &str) -> Result<String, String> {
    let (day, name) = text.split_once('.').unwrap_or((text, "any"));
    let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric());
    match is_name
        && day.len() == "2025-03-01".len()
        && NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok()
    {
        true => Ok(text.to_owned()),
        false => Err(
            "expected a version as Stripe writes it: 2024-06-20, or 2026-07-29.dahlia".to_owned(),
        ),
    }
}

impl Import {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let stream = shell.stream()?;
        let mut ledger = shell.folder.ledger()?;
        let rejects = shell.folder.rejects_path();
        let mut intake = Intake::new(&mut ledger, &stream, Source::Import, &rejects, &now_us);
        let options = self.options();
        let mut unread = Vec::new();
        for file in &self.files {
            unread.extend(import_file(file, &mut intake, &options)?);
        }
        let tally = intake.finish()?;
        let standing = Standing::of_log(&ledger, &stream)?;
        shell.answer_facts(&self.facts(&tally, &unread), &standing)?;
        self.warn(shell, &tally, &unread)?;
        Ok(match (unread.is_empty(), tally.rejected) {
            (false, _) => Exit::Unfinished,
            (true, 0) => Exit::AllTrue,
            (true, _) => Exit::Differences,
        })
    }

    fn options(&self) -> ImportOptions {
        let known = self.api_version.as_ref().zip(self.observed_at);
        ImportOptions {
            bare: known.map(|(version, (from_s, to_s))| BareReading {
                api_version: version.clone(),
                from_s,
                to_s,
            }),
            line_bytes_max: self.line_bytes_max,
        }
    }

    fn facts(&self, tally: &Tally, unread: &[Unread]) -> Vec<Fact> {
        let appended = tally.appended();
        let nothing_new = if appended == 0 { "nothing new" } else { "" };
        let opened: Vec<&str> = tally.opened.iter().map(|stream| stream.as_str()).collect();
        let shown = |number: u64| {
            if number == 0 {
                String::new()
            } else {
                count(number)
            }
        };
        let optional = |name, number| Fact::new(name, number, shown(number));
        let reads: Vec<_> = unread
            .iter()
            .map(|unread| json!({"file": unread.file, "reason": unread.reason}))
            .collect();
        let rejects: Vec<_> = tally
            .first_rejects
            .iter()
            .map(|one| json!({"file": one.file, "line": one.line, "item": one.item, "reason": one.reason}))
            .collect();
        vec![
            Fact::new("files", self.files.len(), count(self.files.len() as u64)),
            Fact::new(
                "appended",
                appended,
                if appended == 0 {
                    nothing_new.to_owned()
                } else {
                    count(appended)
                },
            ),
            optional("events", tally.events),
            optional("notifications", tally.notifications),
            optional("observations", tally.observations),
            optional("duplicates", tally.duplicates),
            optional("renderings", tally.renderings),
            optional("conflicts", tally.conflicts),
            optional("rejected", tally.rejected),
            Fact::new("first_rejects", rejects, ""),
            Fact::new("opened", opened.clone(), opened.join(", ")),
            Fact::new("unread", reads, shown(unread.len() as u64)),
            Fact::new(
                "no_doubt_of_time",
                self.is_single_moment(),
                self.moment_note(),
            ),
        ]
    }

    fn is_single_moment(&self) -> bool {
        self.observed_at
            .is_some_and(|(from_s, to_s)| from_s == to_s)
    }

    fn moment_note(&self) -> String {
        match self.observed_at {
            Some((from_s, to_s)) if from_s == to_s => {
                format!(
                    "bare objects count as read at {}, to the second",
                    moment::shown(from_s)
                )
            }
            _ => String::new(),
        }
    }

    /// Says on stderr what was not imported and where it is.
    fn warn(&self, shell: &mut Shell, tally: &Tally, unread: &[Unread]) -> Result<(), Failure> {
        shell.screen.flush()?;
        for one in unread {
            let extent = if one.is_begun { " to its end" } else { "" };
            let (file, reason) = (&one.file, &one.reason);
            aside::warn(&format!("{file} was not read{extent}: {reason}"));
        }
        if !unread.is_empty() {
            aside::hint("see to it, and import it again: what is in the log is not doubled");
        }
        if let Some(first) = tally.first_rejects.first() {
            let folder = shell.folder.rejects_path();
            aside::warn(&format!(
                "{} set aside; the first: {}",
                count(tally.rejected),
                harmless(&placed(first))
            ));
            aside::hint(&format!(
                "each is in {} with its reason; mend it and import it from there",
                folder.display()
            ));
        }
        Ok(())
    }
}

/// A reject's place and reason.
fn placed(reject: &Rejected) -> String {
    let item = reject.item.map(|item| format!(", item {item}"));
    format!(
        "{}, line {}{}: {}",
        reject.file,
        reject.line,
        item.unwrap_or_default(),
        reject.reason
    )
}

/// Reads when objects were read. The log keeps it for ever, so other units than seconds are not to pass for seconds.
fn parse_reading(text: &str) -> Result<(i64, i64), String> {
    let (from_s, to_s) = moment::parse_span(text)?;
    let told = |what: &str| {
        let moment = moment::shown(to_s);
        Err(format!(
            "{moment} is {what}; expected Unix seconds, 2025-03-01 or 2025-03-01T12:00:00Z"
        ))
    };
    if to_s > now_us() / 1_000_000 + CLOCK_SLACK_S {
        return told("in the future");
    }
    if to_s < STRIPE_BEGINS_S {
        return told("before Stripe was");
    }
    Ok((from_s, to_s))
}

/// Imports one file; why it could not be read to its end, if so.
fn import_file(
    file: &str,
    intake: &mut Intake<'_>,
    options: &ImportOptions,
) -> Result<Option<Unread>, Failure> {
    let unread = |is_begun, error: io::Error| Unread {
        file: file.to_owned(),
        is_begun,
        reason: error.to_string(),
    };
    let mut source = match open(file) {
        Ok(source) => source,
        Err(error) => return Ok(Some(unread(false, error))),
    };
    match intake::import(&mut source, file, intake, options)? {
        Ended::Whole => Ok(None),
        Ended::Cut(error) => Ok(Some(unread(true, error))),
    }
}

/// The bytes of a file.
fn open(file: &str) -> io::Result<impl BufRead> {
    let bytes: Box<dyn Read> = if file == "-" {
        Box::new(io::stdin())
    } else {
        let inner = File::open(Path::new(file))?;
        let total = inner.metadata()?.len();
        Box::new(Watched {
            inner,
            done: 0,
            total,
            progress: Progress::new("importing", total),
        })
    };
    Ok(BufReader::with_capacity(BUFFER_BYTES, bytes))
}

/// A file whose progress is shown.
struct Watched {
    inner: File,
    done: u64,
    total: u64,
    progress: Progress,
}

impl Read for Watched {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.done += read as u64;
        self.progress.set(self.done, self.total);
        Ok(read)
    }
}
