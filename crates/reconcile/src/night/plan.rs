//! What a run reads: what is new, what entries of the log spoke of since the last run, what still stands, and the next part of all
//! history. Decided from the book and the last run alone; nothing is asked of Stripe.

use std::ops::ControlFlow;

use ledger::{Log, StreamId};
use projector::OpenBook;
use rusqlite::params;

use super::bench::Bench;
use super::cutter::Cutter;
use super::judge::Case;
use super::kinds::{Kind, can_be_asked_for, id_column, is_readable, kinds};
use super::read::single_of;
use super::span::{BEGINNING, Span, joined, place_of, without};
use super::work::{About, Share, Single, Stage, Work};
use crate::compare::map_of;
use crate::sums::invariants;
use crate::{CompareError, Lap, ReconcileError};

const DAY_S: i64 = 86_400;
/// Objects that one page shows.
const PAGE_ITEMS: u64 = 100;
/// Objects of which entries spoke that are looked up at once.
const LOAD: u32 = 500;

/// Objects of which the book itself says that something does not add up; more would be no work of one night.
const DOUBTFUL: &str =
    "SELECT DISTINCT object_type, object_id FROM findings WHERE stream = ?1 LIMIT 1000";

/// What a plan is made from.
#[derive(Clone)]
pub(super) struct Terms {
    /// Stripe's second at which the last whole run began; none: there was none.
    pub(super) last_s: Option<i64>,
    /// The last entry that it knew when it was planned.
    pub(super) start_seq: u64,
    /// Where each kind's sweep stands.
    pub(super) laps: Vec<Lap>,
    pub(super) sweep_days: u32,
    /// From this second of creation on everything is read, and nothing is swept.
    pub(super) since_s: Option<i64>,
    /// Findings that stand: kinds, ids, and the parents under which alone Stripe finds them.
    pub(super) standing: Vec<(String, String, Option<String>)>,
}

/// Plans a run, all of it or nothing.
pub(super) fn plan(
    bench: &mut Bench,
    log: &dyn Log,
    case: &Case,
    terms: &Terms,
) -> Result<(), ReconcileError> {
    let (work, book, stream) = bench.parts()?;
    let head_seq = log.head(stream)?.seq;
    work.write(|work| {
        work.keep_planned(case.run, head_seq)?;
        let planner = Planner {
            work,
            book,
            stream,
            case,
            terms,
        };
        planner.note_touched(log)?;
        planner.rename_touched()?;
        planner.add_standing()?;
        planner.add_doubtful()?;
        let mut swept = 0;
        for kind in kinds(&case.selection) {
            swept += planner.kind(&kind)?;
        }
        planner.add_touched_singly()?;
        work.set_swept(case.run, swept)?;
        work.reach(case.run, Stage::Read)
    })
}

struct Planner<'p> {
    work: &'p Work,
    book: &'p OpenBook,
    stream: &'p StreamId,
    case: &'p Case,
    terms: &'p Terms,
}

impl Planner<'_> {
    /// Notes the objects of which the log's entries spoke since the last run, or that speak of what happened since the second that was
    /// asked for. Before the first run all history is swept anyway.
    fn note_touched(&self, log: &dyn Log) -> Result<(), ReconcileError> {
        let Terms {
            last_s,
            since_s,
            start_seq,
            ..
        } = *self.terms;
        let after_seq = match (since_s, last_s) {
            (Some(_), _) => 0,
            (None, Some(_)) => start_seq,
            (None, None) => return Ok(()),
        };
        let is_due = |entry: &ledger::EntryRef<'_>| {
            (last_s.is_some() && entry.seq > start_seq)
                || since_s.is_some_and(|since_s| entry.created_s >= since_s)
        };
        let mut noted = Ok(());
        log.read(self.stream, after_seq + 1..=u64::MAX, &mut |entry| {
            if is_due(&entry)
                && let Some((object, id)) = sync::spoken_of(&entry)
                && is_readable(&object)
                && self.case.selection.has(&object)
            {
                noted = self.work.touch(self.case.run, &object, &id);
            }
            match noted {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        })?;
        noted
    }

    /// What was found before, and what a sum of the book that does not hold is about: a change of which nothing told shows there first.
    fn add_standing(&self) -> Result<(), ReconcileError> {
        let (_, sums) = invariants(self.book, self.stream)?;
        for doubt in &sums {
            self.work.remark(self.case.run, About::Doubt, &doubt.id)?;
        }
        let of_sums = sums
            .iter()
            .map(|finding| (&finding.object_type, &finding.object_id, None));
        let standing = self.terms.standing.iter();
        let standing = standing.map(|(object, id, parent)| (object, id, parent.as_ref()));
        for (object, id, parent) in standing.chain(of_sums) {
            if is_readable(object) && self.case.selection.has(object) {
                let mut single = self.named(object, id)?;
                single.parent = single.parent.or_else(|| parent.cloned());
                self.work.add_single(self.case.run, &single)?;
            }
        }
        Ok(())
    }

    /// Objects whose sums don't hold: whether they do at Stripe, reading them tells.
    fn add_doubtful(&self) -> Result<(), ReconcileError> {
        let mut statement = sqlite(self.book.connection().prepare_cached(DOUBTFUL))?;
        let mut rows = sqlite(statement.query([self.stream.as_str()]))?;
        while let Some(row) = sqlite(rows.next())? {
            let (object, id): (String, String) = (sqlite(row.get(0))?, sqlite(row.get(1))?);
            if is_readable(&object) && self.case.selection.has(&object) {
                let single = single_of(self.book, self.stream, &object, &id)?;
                self.work.add_single(self.case.run, &single)?;
            }
        }
        Ok(())
    }

    /// Plans one kind; how many objects of it can be swept.
    fn kind(&self, kind: &Kind) -> Result<u64, ReconcileError> {
        let began_s = self.case.began_s;
        let items = self.count(kind)?;
        let new_s = self.terms.last_s.unwrap_or(began_s) - DAY_S;
        let since_s = self
            .terms
            .since_s
            .map_or(new_s, |since_s| since_s.min(new_s));
        let mut must = vec![Span::new(since_s, began_s)];
        let shares = match self.terms.since_s {
            Some(_) => Vec::new(),
            None if kind.takes_created => self.shares(kind, items)?,
            None => self.whole(kind, items),
        };
        let is_one_page = matches!(shares.as_slice(), [share] if share.is_last
            && share.span.from_s == BEGINNING && share.items <= PAGE_ITEMS && !kind.has_families);
        if is_one_page || !kind.takes_created {
            // It costs no more than the new part of it.
            must.extend(shares.iter().map(|share| share.span));
        }
        if kind.takes_created {
            must.extend(self.touched_pages(kind, since_s)?);
        }
        let must = joined(must);
        let sweep = shares.iter().flat_map(|share| without(share.span, &must));
        let mut windows: Vec<(Span, bool)> = sweep.map(|span| (span, true)).collect();
        windows.extend(must.iter().map(|span| (*span, false)));
        windows.sort_unstable();
        for share in &shares {
            self.work.add_share(self.case.run, kind.object, share)?;
        }
        self.add_windows(kind, &windows)?;
        Ok(items)
    }

    /// Adds windows that are in order and apart, with what the book has of each.
    fn add_windows(&self, kind: &Kind, windows: &[(Span, bool)]) -> Result<(), ReconcileError> {
        let spans: Vec<Span> = windows.iter().map(|(span, _)| *span).collect();
        let mut ids = Vec::with_capacity(windows.len());
        for (span, is_sweep) in windows {
            let kinds = (kind.object, kind.lists.as_slice());
            let flags = (*is_sweep, kind.has_families);
            ids.push(self.work.add_windows(self.case.run, kinds, *span, flags)?);
        }
        let own = id_column(kind.object).unwrap_or("NULL");
        let sql = format!(
            "SELECT id, {own}, created_s FROM {} WHERE stream = ?1 AND deleted IS NOT 1 AND created_s IS NOT NULL",
            kind.table
        );
        let mut statement = sqlite(self.book.connection().prepare(&sql))?;
        let mut rows = sqlite(statement.query([self.stream.as_str()]))?;
        while let Some(row) = sqlite(rows.next())? {
            let created_s: i64 = sqlite(row.get(2))?;
            if let Some(place) = place_of(&spans, created_s) {
                let id: String = sqlite(row.get(0))?;
                let own: Option<String> = sqlite(row.get(1))?;
                let names = (&*id, own.as_deref());
                self.work
                    .expect(self.case.run, kind.object, names, ids[place])?;
            }
        }
        Ok(())
    }

    fn count(&self, kind: &Kind) -> Result<u64, ReconcileError> {
        let sql = format!(
            "SELECT count(*) FROM {} WHERE stream = ?1 AND deleted IS NOT 1",
            kind.table
        );
        let connection = self.book.connection();
        let items: i64 =
            sqlite(connection.query_row(&sql, [self.stream.as_str()], |row| row.get(0)))?;
        Ok(items.unsigned_abs())
    }

    /// How many objects a lap has come by.
    fn done(&self, kind: &Kind, lap: &Lap) -> Result<u64, ReconcileError> {
        let Some(next_s) = lap.next_s else {
            return Ok(0);
        };
        let sql = format!(
            "SELECT count(*) FROM {} WHERE stream = ?1 AND deleted IS NOT 1 AND created_s < ?2",
            kind.table
        );
        let values = params![self.stream.as_str(), next_s];
        let connection = self.book.connection();
        let done: i64 = sqlite(connection.query_row(&sql, values, |row| row.get(0)))?;
        Ok(done.unsigned_abs())
    }

    fn lap(&self, object: &str) -> Option<&Lap> {
        self.terms.laps.iter().find(|lap| lap.object_type == object)
    }

    /// Days in which a lap is to be done: one less than wanted, since what is due in a night is done by its end.
    fn lap_s(&self) -> i64 {
        i64::from(self.terms.sweep_days.saturating_sub(1).max(1)) * DAY_S
    }

    /// A list that can't be cut: all of it, once a lap.
    fn whole(&self, kind: &Kind, items: u64) -> Vec<Share> {
        let last_s = self.lap(kind.object).and_then(|lap| lap.last_began_s);
        let is_due = last_s.is_none_or(|last_s| self.case.began_s - last_s >= self.lap_s());
        let share = Share {
            span: Span::new(BEGINNING, self.case.began_s),
            items,
            is_last: true,
        };
        if is_due { vec![share] } else { Vec::new() }
    }

    /// The next part of a kind's history, in windows: what the lap is behind its time, at least a page where that costs no more. A new
    /// lap begins with as much as of a lap's time has gone by since the last run.
    fn shares(&self, kind: &Kind, items: u64) -> Result<Vec<Share>, ReconcileError> {
        let began_s = self.case.began_s;
        let lap = self.lap(kind.object);
        let least = if kind.has_families { 1 } else { PAGE_ITEMS };
        let quota = match (self.terms.last_s, lap) {
            (Some(last_s), Some(lap)) => {
                let gone_s = match lap.next_s {
                    Some(_) => began_s - lap.began_s + DAY_S,
                    None => began_s - last_s,
                };
                // Nights are not a day apart to the second.
                let slack_s = if self.lap_s() == DAY_S { DAY_S / 12 } else { 0 };
                let gone_s = u64::try_from(gone_s + slack_s).unwrap_or(0);
                let due = items
                    .saturating_mul(gone_s)
                    .div_ceil(self.lap_s().unsigned_abs());
                due.saturating_sub(self.done(kind, lap)?).max(least)
            }
            _ => u64::MAX,
        };
        let from_s = lap.and_then(|lap| lap.next_s).unwrap_or(BEGINNING);
        let sql = format!(
            "SELECT created_s FROM {} WHERE stream = ?1 AND deleted IS NOT 1 AND created_s >= ?2 AND created_s < ?3
             ORDER BY created_s LIMIT ?4",
            kind.table
        );
        let limit = i64::try_from(quota.saturating_add(1)).unwrap_or(i64::MAX);
        let mut statement = sqlite(self.book.connection().prepare(&sql))?;
        let values = params![self.stream.as_str(), from_s, began_s, limit];
        let mut rows = sqlite(statement.query(values))?;
        let mut cutter = Cutter::new(from_s, quota);
        while let Some(row) = sqlite(rows.next())? {
            cutter.add(sqlite(row.get(0))?);
        }
        Ok(cutter.end(began_s))
    }

    /// Where entries spoke of two objects or more that a page of the list shows together, that page is read.
    fn touched_pages(&self, kind: &Kind, new_s: i64) -> Result<Vec<Span>, ReconcileError> {
        let run = self.case.run;
        if self.work.touched(run, kind.object, "", 2)?.len() < 2 {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT id, created_s FROM {} WHERE stream = ?1 AND deleted IS NOT 1 AND created_s < ?2 ORDER BY created_s",
            kind.table
        );
        let mut statement = sqlite(self.book.connection().prepare(&sql))?;
        let mut rows = sqlite(statement.query(params![self.stream.as_str(), new_s]))?;
        let (mut spans, mut seen, mut found) = (Vec::new(), 0, Vec::new());
        while let Some(row) = sqlite(rows.next())? {
            let id: String = sqlite(row.get(0))?;
            if self.work.is_touched(run, kind.object, &id)? {
                found.push(sqlite(row.get(1))?);
            }
            seen += 1;
            if seen == PAGE_ITEMS {
                spans.extend(page_of(&found));
                seen = 0;
                found.clear();
            }
        }
        spans.extend(page_of(&found));
        Ok(spans)
    }

    /// Objects of which entries spoke are read by themselves, unless a window that is read for sure shows them.
    fn add_touched_singly(&self) -> Result<(), ReconcileError> {
        let run = self.case.run;
        for object in self.work.touched_kinds(run)? {
            let mut behind = String::new();
            loop {
                let ids = self.work.touched(run, &object, &behind, LOAD)?;
                let Some(last) = ids.last() else {
                    break;
                };
                behind.clone_from(last);
                for id in &ids {
                    let single = single_of(self.book, self.stream, &object, id)?;
                    let is_shown = self.work.is_expected(run, &object, &single.id)?;
                    if !is_shown && can_be_asked_for(&single) {
                        self.work.add_single(run, &single)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// An object by Stripe's id of it.
    fn named(&self, object: &str, stripe_id: &str) -> Result<Single, ReconcileError> {
        let single = single_of(self.book, self.stream, object, stripe_id)?;
        let (Some(column), Some(map)) = (id_column(object), map_of(object)) else {
            return Ok(single);
        };
        let sql = format!(
            "SELECT id FROM {} WHERE stream = ?1 AND {column} = ?2",
            map.table
        );
        let mut statement = sqlite(self.book.connection().prepare_cached(&sql))?;
        let mut rows = sqlite(statement.query([self.stream.as_str(), stripe_id]))?;
        Ok(match sqlite(rows.next())? {
            Some(row) => Single {
                id: sqlite(row.get(0))?,
                ..single
            },
            None => single,
        })
    }

    /// Entries name some objects by Stripe's id where the book has another.
    fn rename_touched(&self) -> Result<(), ReconcileError> {
        let run = self.case.run;
        for object in self.work.touched_kinds(run)? {
            let (Some(column), Some(map)) = (id_column(&object), map_of(&object)) else {
                continue;
            };
            let sql = format!(
                "SELECT id, {column} FROM {} WHERE stream = ?1 AND {column} IS NOT NULL",
                map.table
            );
            let mut statement = sqlite(self.book.connection().prepare(&sql))?;
            let mut rows = sqlite(statement.query([self.stream.as_str()]))?;
            while let Some(row) = sqlite(rows.next())? {
                let (id, own): (String, String) = (sqlite(row.get(0))?, sqlite(row.get(1))?);
                if self.work.untouch(run, &object, &own)? {
                    self.work.touch(run, &object, &id)?;
                }
            }
        }
        Ok(())
    }
}

/// The span of two objects or more of one page.
fn page_of(created_s: &[i64]) -> Option<Span> {
    match created_s {
        [first_s, .., last_s] => Some(Span::new(*first_s, last_s + 1)),
        _ => None,
    }
}

fn sqlite<T>(result: rusqlite::Result<T>) -> Result<T, ReconcileError> {
    Ok(result.map_err(CompareError::from)?)
}
