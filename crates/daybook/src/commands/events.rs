//! `events`: the entries of the log, chosen by their columns. Reads no body and asks no book.

use std::ops::{ControlFlow, RangeInclusive};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use ledger::{EntryRef, Kind, Log, Source, SqliteLedger, StreamId};
use rusqlite::types::Value as Cell;

use super::filter::expect_forwards;
use crate::aside;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::failure::Outcome;
use crate::listing::Listing;
use crate::moment;
use crate::screen::harmless;
use crate::shell::Shell;
use crate::standing::Standing;

/// Entries are sought from the newest backwards, so many at a time.
const STRIDE: u64 = 4096;

/// How often the log is asked for new entries.
const POLL: Duration = Duration::from_millis(300);

const COLUMNS: [&str; 10] = [
    "seq",
    "at_s",
    "type",
    "object_id",
    "source",
    "role",
    "kind",
    "id",
    "api_version",
    "recorded_us",
];

/// For programs only.
const DETAILS: &[&str] = &["kind", "id", "api_version", "recorded_us"];

/// List entries of the log, the newest last
#[derive(Debug, Args)]
pub(crate) struct Events {
    /// Only of this type; `invoice.*` means all that begin so
    #[arg(long = "type", value_name = "TYPE")]
    type_: Option<String>,
    /// Only about this object, by its id; `timeline ID` also has what was said of it inside others
    #[arg(long, value_name = "ID")]
    object: Option<String>,
    /// Only of this moment of Stripe's or later: a date in UTC, an RFC 3339 moment, or Unix seconds
    #[arg(long, alias = "since", value_name = "MOMENT", value_parser = moment::parse)]
    from: Option<i64>,
    /// Only before this moment
    #[arg(long, alias = "until", value_name = "MOMENT", value_parser = moment::parse)]
    to: Option<i64>,
    /// Only what came so: webhook, poll, backfill, import or sync
    #[arg(long, value_parser = parse_source)]
    source: Option<Source>,
    /// Only what is so: event, notification, observation or control
    #[arg(long, value_parser = parse_kind)]
    kind: Option<Kind>,
    /// At most so many, the newest
    #[arg(long, default_value_t = 50, value_name = "COUNT")]
    limit: usize,
    /// Go on and show entries as they come, until Ctrl-C; in JSON one entry a line
    #[arg(long)]
    follow: bool,
    /// Follow for so many seconds only
    #[arg(long = "for", value_name = "SECONDS", requires = "follow")]
    for_s: Option<u64>,
}

fn parse_source(text: &str) -> Result<Source, String> {
    Source::parse(text).ok_or_else(|| one_of(Source::ALL.iter().map(|source| source.as_str())))
}

fn parse_kind(text: &str) -> Result<Kind, String> {
    Kind::parse(text).ok_or_else(|| one_of(Kind::ALL.iter().map(|kind| kind.as_str())))
}

fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    format!("expected {}", names.collect::<Vec<_>>().join(", "))
}

impl Events {
    /// A table ends; what is followed does not.
    pub(crate) fn tables(&self) -> &'static [&'static str] {
        if self.follow { &[] } else { &["events"] }
    }

    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        expect_forwards(self.from, self.to)?;
        let (log, stream) = shell.log()?;
        let standing = Standing::of_log(&log, &stream)?;
        let head_seq = log.head(&stream)?.seq;
        let rows = self.newest(&log, &stream, head_seq)?;
        if !self.follow {
            let is_empty = rows.is_empty();
            shell.answer(&[("events", listing(rows))], &standing)?;
            if is_empty && head_seq > 0 {
                shell.screen.flush()?;
                aside::hint("no entry is so; `daybook versions` lists the types that there are");
            }
            return Ok(Exit::AllTrue);
        }
        show(shell, rows)?;
        self.follow(shell, &log, &stream, head_seq)
    }

    /// The newest entries up to `last` that are asked for, in the order of seq.
    fn newest(
        &self,
        log: &SqliteLedger,
        stream: &StreamId,
        last: u64,
    ) -> Result<Vec<Vec<Cell>>, Failure> {
        let mut rows = Vec::new();
        let mut end = last;
        while end > 0 && rows.len() < self.limit {
            let start = end.saturating_sub(STRIDE - 1).max(1);
            let mut stride = self.among(log, stream, start..=end)?;
            stride.append(&mut rows);
            rows = stride;
            end = start - 1;
        }
        let surplus = rows.len().saturating_sub(self.limit);
        rows.drain(..surplus);
        Ok(rows)
    }

    fn among(
        &self,
        log: &SqliteLedger,
        stream: &StreamId,
        seqs: RangeInclusive<u64>,
    ) -> Result<Vec<Vec<Cell>>, Failure> {
        let mut rows = Vec::new();
        log.read(stream, seqs, &mut |entry| {
            if self.accepts(&entry) {
                rows.push(row(&entry));
            }
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    fn accepts(&self, entry: &EntryRef<'_>) -> bool {
        let is_type = |asked: &String| match asked.strip_suffix('*') {
            Some(front) => entry.type_.starts_with(front),
            None => entry.type_ == asked,
        };
        self.type_.as_ref().is_none_or(is_type)
            && self
                .object
                .as_deref()
                .is_none_or(|id| entry.object_id == Some(id))
            && self.from.is_none_or(|from| entry.created_s >= from)
            && self.to.is_none_or(|to| entry.created_s < to)
            && self.source.is_none_or(|source| entry.source == source)
            && self.kind.is_none_or(|kind| entry.kind == kind)
    }

    fn follow(
        &self,
        shell: &mut Shell,
        log: &SqliteLedger,
        stream: &StreamId,
        mut seen: u64,
    ) -> Outcome {
        let ends = self
            .for_s
            .and_then(|for_s| Instant::now().checked_add(Duration::from_secs(for_s)));
        loop {
            let head_seq = log.head(stream)?.seq;
            if head_seq > seen {
                show(shell, self.among(log, stream, seen + 1..=head_seq)?)?;
                seen = head_seq;
            }
            let left = ends.map(|ends| ends.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) || shell.screen.is_gone() {
                return Ok(Exit::AllTrue);
            }
            thread::sleep(left.unwrap_or(POLL).min(POLL));
        }
    }
}

fn row(entry: &EntryRef<'_>) -> Vec<Cell> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let optional = |value: Option<&str>| value.map_or(Cell::Null, text);
    vec![
        Cell::Integer(i64::try_from(entry.seq).unwrap_or(i64::MAX)),
        // The log's own entries have no moment of Stripe's.
        match entry.kind {
            Kind::Control => Cell::Null,
            _ => Cell::Integer(entry.created_s),
        },
        text(entry.type_),
        optional(entry.object_id),
        text(entry.source.as_str()),
        text(entry.role.as_str()),
        text(entry.kind.as_str()),
        text(entry.id),
        optional(entry.api_version),
        Cell::Integer(entry.recorded_us),
    ]
}

fn listing(rows: Vec<Vec<Cell>>) -> Listing {
    Listing::new(&COLUMNS, rows).with_details(DETAILS)
}

/// Rows as they come, each by itself: in columns that were wide enough for all before.
fn show(shell: &mut Shell, rows: Vec<Vec<Cell>>) -> Result<(), Failure> {
    for row in rows {
        if shell.is_json() {
            shell.screen.json(&listing(vec![row]).first_json())?;
            continue;
        }
        let text = |place: usize| match &row[place] {
            Cell::Integer(number) => number.to_string(),
            Cell::Text(text) => harmless(text),
            _ => String::new(),
        };
        let at = match row[1] {
            Cell::Integer(second) => moment::shown(second),
            _ => String::new(),
        };
        let line = format!(
            "{:>8}  {at}  {:<30}  {:<28}  {}",
            text(0),
            text(2),
            text(3),
            text(4)
        );
        shell.screen.line(line)?;
    }
    shell.screen.flush()
}
