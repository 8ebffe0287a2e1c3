//! Runs, what each left of its findings, and a finding's life over all of them. It decides nothing: states stand as runs recorded them,
//! but that an acceptance holds from the moment it is said.

use ledger::StreamId;
use rusqlite::types::Type;
use rusqlite::{Row, params};
use serde::de::DeserializeOwned;
use sync::slate::signed;

use super::Memory;
use crate::{Acceptance, Outcome, ReconcileError, Record, Report, Run, State};

/// A finding with its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracked {
    /// As the newest run that spoke of it left it; accepted, by the newest word, if somebody has said so since.
    pub outcome: Outcome,
    /// The run that found it, after it had last been repaired or gone.
    pub first_run: String,
    /// Stripe's second at which that run began.
    pub first_s: i64,
    /// The newest run that spoke of it.
    pub last_run: String,
    /// How often it was found anew.
    pub times: u32,
}

/// Behind every letter that a name has.
const LAST: char = '\u{10ffff}';

/// What stood of a finding before a run.
struct Earlier {
    state: State,
    first_place: i64,
    times: i64,
}

const TRACKED: &str =
    "SELECT o.body, first.run, json_extract(first.body, '$.began_s'), last.run, o.times, a.body
     FROM outcomes AS o
     JOIN runs AS first ON first.stream = o.stream AND first.place = o.first_place
     JOIN runs AS last ON last.stream = o.stream AND last.place = o.place
     LEFT JOIN acceptances AS a ON a.stream = o.stream AND a.finding = o.finding
     WHERE o.stream = ?1 AND o.is_last = 1";

impl Memory {
    /// Every run, oldest first: the newest record of each.
    ///
    /// # Errors
    /// When the memory can't be read; so with all that follow.
    pub fn runs(&self, stream: &StreamId) -> Result<Vec<Run>, ReconcileError> {
        let sql = "SELECT body FROM runs WHERE stream = ?1 ORDER BY place";
        self.slate
            .rows(sql, [stream.as_str()], |row| parsed(row, 0))
    }

    /// The newest run that came to its end.
    pub fn last_finished(&self, stream: &StreamId) -> Result<Option<Run>, ReconcileError> {
        let sql = "SELECT body FROM runs WHERE stream = ?1 AND is_finished = 1 ORDER BY place DESC LIMIT 1";
        self.slate.row(sql, [stream.as_str()], |row| parsed(row, 0))
    }

    /// The newest run that came to its end and looked at all kinds.
    pub fn last_whole(&self, stream: &StreamId) -> Result<Option<Run>, ReconcileError> {
        let sql = "SELECT body FROM runs WHERE stream = ?1 AND is_finished = 1 AND coalesce(json_array_length(body, '$.only'), 0) = 0
                   ORDER BY place DESC LIMIT 1";
        self.slate.row(sql, [stream.as_str()], |row| parsed(row, 0))
    }

    /// A run and its findings, the worst first: the newest run whose name begins like `run`, which may be empty. Nothing that came after
    /// the run is in it.
    pub fn report(&self, stream: &StreamId, run: &str) -> Result<Option<Report>, ReconcileError> {
        let sql = "SELECT body, place FROM runs WHERE stream = ?1 AND run >= ?2 AND run < ?3 ORDER BY place DESC LIMIT 1";
        let until = format!("{run}{LAST}");
        let found = self.slate.row(sql, [stream.as_str(), run, &until], |row| {
            Ok((parsed(row, 0)?, row.get::<_, i64>(1)?))
        })?;
        let Some((run, place)) = found else {
            return Ok(None);
        };
        let sql = "SELECT body FROM outcomes WHERE stream = ?1 AND place = ?2";
        let mut findings = self
            .slate
            .rows(sql, params![stream.as_str(), place], |row| parsed(row, 0))?;
        Outcome::sort(&mut findings);
        Ok(Some(Report {
            stream: stream.to_string(),
            run,
            findings,
        }))
    }

    /// Findings that are open or accepted after the newest run that spoke of them, the worst first.
    pub fn standing(&self, stream: &StreamId) -> Result<Vec<Tracked>, ReconcileError> {
        let sql = format!("{TRACKED} AND o.state IN ('new', 'known', 'accepted')");
        let mut found = self.slate.rows(&sql, [stream.as_str()], tracked)?;
        sort(&mut found);
        Ok(found)
    }

    /// Every finding there ever was, the worst first.
    pub fn findings(&self, stream: &StreamId) -> Result<Vec<Tracked>, ReconcileError> {
        let mut found = self.slate.rows(TRACKED, [stream.as_str()], tracked)?;
        sort(&mut found);
        Ok(found)
    }

    /// The finding with this name, or those whose names begin so; `fnd_` may be left out.
    pub fn finding(&self, stream: &StreamId, name: &str) -> Result<Vec<Tracked>, ReconcileError> {
        let from = format!("fnd_{}", name.strip_prefix("fnd_").unwrap_or(name));
        let until = format!("{from}{LAST}");
        let sql = format!("{TRACKED} AND o.finding >= ?2 AND o.finding < ?3 ORDER BY o.finding");
        self.slate
            .rows(&sql, [stream.as_str(), &from, &until], tracked)
    }

    /// Each run that spoke of a finding, oldest first, and how it left it.
    pub fn history(
        &self,
        stream: &StreamId,
        finding: &str,
    ) -> Result<Vec<(String, State)>, ReconcileError> {
        let sql = "SELECT r.run, o.state FROM outcomes AS o JOIN runs AS r ON r.stream = o.stream AND r.place = o.place
                   WHERE o.stream = ?1 AND o.finding = ?2 ORDER BY o.place";
        self.slate.rows(sql, [stream.as_str(), finding], |row| {
            Ok((row.get(0)?, state(row, 1)?))
        })
    }

    /// The newest word that a finding may be, unless it was repaired or gone since.
    pub fn acceptance(
        &self,
        stream: &StreamId,
        finding: &str,
    ) -> Result<Option<Acceptance>, ReconcileError> {
        let sql = "SELECT body FROM acceptances WHERE stream = ?1 AND finding = ?2";
        self.slate
            .row(sql, [stream.as_str(), finding], |row| parsed(row, 0))
    }

    /// The place of a run that has left a record.
    pub(super) fn place_of(
        &self,
        stream: &StreamId,
        run: &str,
    ) -> Result<Option<i64>, ReconcileError> {
        let sql = "SELECT place FROM runs WHERE stream = ?1 AND run = ?2";
        self.slate
            .row(sql, [stream.as_str(), run], |row| row.get(0))
    }

    /// Takes in one record, which stands at `seq`. Twice is once.
    pub(super) fn keep(
        &self,
        stream: &StreamId,
        seq: u64,
        record: &Record,
    ) -> Result<(), ReconcileError> {
        match record {
            Record::Findings { run, findings } => {
                let sql = "INSERT INTO pending (stream, run, finding, body) VALUES (?1, ?2, ?3, ?4)
                           ON CONFLICT DO UPDATE SET body = excluded.body";
                findings.iter().try_for_each(|outcome| {
                    let name = &outcome.finding.id;
                    self.slate
                        .run(sql, params![stream.as_str(), run, name, json(outcome)])
                })
            }
            Record::Accepted(acceptance) => {
                let sql = "INSERT INTO acceptances (stream, finding, body) VALUES (?1, ?2, ?3)
                           ON CONFLICT DO UPDATE SET body = excluded.body";
                let body = json(acceptance);
                self.slate
                    .run(sql, params![stream.as_str(), acceptance.finding, body])
            }
            Record::Run(run) => self.keep_run(stream, seq, run),
        }
    }

    fn keep_run(&self, stream: &StreamId, seq: u64, run: &Run) -> Result<(), ReconcileError> {
        let place = self.place_of(stream, &run.run)?.unwrap_or(signed(seq));
        let sql = "INSERT INTO runs (stream, run, place, is_finished, body) VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT DO UPDATE SET is_finished = excluded.is_finished, body = excluded.body";
        let body = json(run);
        self.slate.run(
            sql,
            params![stream.as_str(), run.run, place, run.finished, body],
        )?;
        let sql = "SELECT body FROM pending WHERE stream = ?1 AND run = ?2";
        let left = self
            .slate
            .rows(sql, [stream.as_str(), &run.run], |row| parsed(row, 0))?;
        for outcome in &left {
            self.keep_outcome(stream, place, outcome)?;
        }
        let sql = "DELETE FROM pending WHERE stream = ?1 AND run = ?2";
        self.slate.run(sql, [stream.as_str(), &run.run])
    }

    fn keep_outcome(
        &self,
        stream: &StreamId,
        place: i64,
        outcome: &Outcome,
    ) -> Result<(), ReconcileError> {
        let name = &outcome.finding.id;
        let sql = "SELECT state, first_place, times FROM outcomes
                   WHERE stream = ?1 AND finding = ?2 AND place < ?3 ORDER BY place DESC LIMIT 1";
        let earlier = self
            .slate
            .row(sql, params![stream.as_str(), name, place], |row| {
                Ok(Earlier {
                    state: state(row, 0)?,
                    first_place: row.get(1)?,
                    times: row.get(2)?,
                })
            })?;
        let (first_place, times) = match earlier {
            None => (place, 1),
            Some(earlier) if earlier.state.is_over() && outcome.state != State::Gone => {
                (place, earlier.times + 1)
            }
            Some(earlier) => (earlier.first_place, earlier.times),
        };
        let sql = "INSERT INTO outcomes (stream, finding, place, state, first_place, times, is_last, body)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)
                   ON CONFLICT DO UPDATE SET state = excluded.state, first_place = excluded.first_place,
                     times = excluded.times, body = excluded.body";
        let state = outcome.state.as_str();
        self.slate.run(
            sql,
            params![
                stream.as_str(),
                name,
                place,
                state,
                first_place,
                times,
                json(outcome)
            ],
        )?;
        let sql = "UPDATE outcomes SET is_last =
                     place = (SELECT max(place) FROM outcomes WHERE stream = ?1 AND finding = ?2)
                   WHERE stream = ?1 AND finding = ?2 AND (is_last = 1 OR place = ?3)";
        self.slate.run(sql, params![stream.as_str(), name, place])?;
        if !outcome.state.is_over() {
            return Ok(());
        }
        // What comes back is another matter, about which nobody has said anything.
        let sql = "DELETE FROM acceptances WHERE stream = ?1 AND finding = ?2";
        self.slate.run(sql, [stream.as_str(), name])
    }
}

fn tracked(row: &Row<'_>) -> rusqlite::Result<Tracked> {
    let mut outcome: Outcome = parsed(row, 0)?;
    let accepted: Option<Acceptance> = match row.get_ref(5)? {
        rusqlite::types::ValueRef::Null => None,
        _ => Some(parsed(row, 5)?),
    };
    let accepted = accepted.filter(|acceptance| acceptance.covers(&outcome.finding));
    if accepted.is_some() && !outcome.state.is_over() {
        outcome.state = State::Accepted;
        outcome.accepted = accepted;
    }
    Ok(Tracked {
        outcome,
        first_run: row.get(1)?,
        first_s: row.get(2)?,
        last_run: row.get(3)?,
        times: row.get(4)?,
    })
}

fn sort(found: &mut [Tracked]) {
    found.sort_by_cached_key(|tracked| tracked.outcome.rank());
}

fn state(row: &Row<'_>, place: usize) -> rusqlite::Result<State> {
    let word: String = row.get(place)?;
    let found = State::ALL.into_iter().find(|state| state.as_str() == word);
    found.ok_or_else(|| {
        let error = format!("{word} is no state");
        rusqlite::Error::FromSqlConversionFailure(place, Type::Text, error.into())
    })
}

/// What a cell's JSON says.
pub(super) fn parsed<T: DeserializeOwned>(row: &Row<'_>, place: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(place)?.as_str()?;
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(place, Type::Text, error.into()))
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("texts and numbers can be written as JSON")
}
