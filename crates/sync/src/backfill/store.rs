//! Runs and their parts as sync remembers them. Decides nothing about what is read.

use ledger::StreamId;
use requests::LISTINGS;
use rusqlite::{Row, params};

use crate::evidence::{Counts, Ids, Window};
use crate::slate::signed;
use crate::{Keeper, SyncError};

use super::kind::{List, Selection};
use super::part::Part;

/// How far a part is that is not over. In the file 2 is one whose evidence is in the log, 3 one that was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// To be read.
    Open = 0,
    /// Read to its end.
    Read = 1,
}

/// A run of one stream.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) id: i64,
    pub(super) stream: StreamId,
    pub(super) selection: Selection,
    /// The log's last entry when it began.
    pub(super) start_seq: u64,
    /// The second before which objects are its own.
    pub(super) until_s: i64,
}

const PART: &str = "id, list, object_type, parent, from_s, until_s, after, pages, items, appended, unchanged, set_aside,
                    first_id, last_id, ids_hash, newest_s, oldest_s, first_date_s, last_date_s, elapsed_ms";

impl Keeper {
    /// The unfinished run of this stream that reads the same kinds. One that reads others is forgotten.
    pub(super) fn unfinished(
        &self,
        stream: &StreamId,
        selection: &Selection,
    ) -> Result<Option<Run>, SyncError> {
        let sql =
            "SELECT id, selection, start_seq, until_s FROM runs WHERE stream = ?1 AND state < 2";
        let found = self.slate.row(sql, [stream.as_str()], |row| {
            let run = Run {
                id: row.get(0)?,
                stream: stream.clone(),
                selection: selection.clone(),
                start_seq: row.get::<_, i64>(2)?.unsigned_abs(),
                until_s: row.get(3)?,
            };
            Ok((run, row.get::<_, String>(1)?))
        })?;
        match found {
            Some((run, text)) if text == selection.text() => Ok(Some(run)),
            Some((run, _)) => self.end_run(run.id).map(|()| None),
            None => Ok(None),
        }
    }

    /// Begins a run: every list of an account is one window up to `until_s`.
    pub(super) fn begin(
        &self,
        stream: &StreamId,
        selection: &Selection,
        until_s: i64,
    ) -> Result<Run, SyncError> {
        let (start_seq, _) = self.position(stream)?;
        let sql = "INSERT INTO runs (stream, selection, start_seq, until_s, state) VALUES (?1, ?2, ?3, ?4, 0)";
        let values = params![
            stream.as_str(),
            selection.text(),
            signed(start_seq),
            until_s
        ];
        self.slate.run(sql, values)?;
        let run = Run {
            id: self.slate.last_row(),
            stream: stream.clone(),
            selection: selection.clone(),
            start_seq,
            until_s,
        };
        for listing in LISTINGS
            .iter()
            .filter(|listing| selection.has(listing.object))
        {
            let until_s = listing.takes_created.then_some(until_s);
            self.add_part(run.id, List::Whole(listing), None, (None, until_s))?;
        }
        Ok(run)
    }

    /// Says that a run has read everything. What it read stays known until those that were begun with it are over too.
    pub(super) fn set_read(&self, run: i64) -> Result<(), SyncError> {
        self.slate
            .run("UPDATE runs SET state = 1 WHERE id = ?1", [run])
    }

    /// Ends the run of a stream: the next one begins anew.
    pub(crate) fn end(&self, stream: &StreamId) -> Result<(), SyncError> {
        self.end_before(stream, i64::MAX)
    }

    /// Ends the run of a stream if objects are its own only up to a second before this one.
    pub(crate) fn end_before(&self, stream: &StreamId, until_s: i64) -> Result<(), SyncError> {
        let sql = "SELECT id FROM runs WHERE stream = ?1 AND state < 2 AND until_s <= ?2";
        let run = self
            .slate
            .row(sql, params![stream.as_str(), until_s], |row| row.get(0))?;
        run.map_or(Ok(()), |run| self.end_run(run))
    }

    /// Forgets the parts of a run, whose number stays taken. One that has not read everything is given up.
    fn end_run(&self, run: i64) -> Result<(), SyncError> {
        self.slate.run(
            "DELETE FROM pieces WHERE part IN (SELECT id FROM parts WHERE run = ?1)",
            [run],
        )?;
        self.slate.run("DELETE FROM parts WHERE run = ?1", [run])?;
        self.slate.run("DELETE FROM types WHERE run = ?1", [run])?;
        self.slate.run(
            "UPDATE runs SET state = iif(state = 1, 2, 3) WHERE id = ?1",
            [run],
        )
    }

    /// Adds a part to be read; a parent's second one is the first. Whether it is new.
    pub(super) fn add_part(
        &self,
        run: i64,
        list: List,
        parent: Option<&str>,
        (from_s, until_s): (Option<i64>, Option<i64>),
    ) -> Result<bool, SyncError> {
        let parent_type = match list {
            List::Whole(_) => None,
            List::Under(under) => Some(under.parent),
        };
        let line = parent.map_or_else(|| list.line(None), |_| String::new());
        let sql = "INSERT OR IGNORE INTO parts (run, list, object_type, parent_type, parent, from_s, until_s, state, pages,
                     items, appended, unchanged, set_aside, ids_hash, elapsed_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, 0, 0, 0, zeroblob(32), 0)";
        let kind = list.kind();
        let values = params![run, line, kind, parent_type, parent, from_s, until_s];
        Ok(self.slate.changed(sql, values)? > 0)
    }

    /// Remembers how far a part is.
    pub(super) fn keep_part(&self, part: &Part, state: State) -> Result<(), SyncError> {
        let sql = "UPDATE parts SET from_s = ?2, state = ?3, after = ?4, pages = ?5, items = ?6, appended = ?7,
                     unchanged = ?8, set_aside = ?9, first_id = ?10, last_id = ?11, ids_hash = ?12, newest_s = ?13,
                     oldest_s = ?14, first_date_s = ?15, last_date_s = ?16, elapsed_ms = ?17
                   WHERE id = ?1";
        let Window { ids, counts, .. } = &part.window;
        let values = params![
            part.id,
            part.window.from_s,
            state as i64,
            part.after,
            signed(counts.pages),
            signed(ids.count),
            signed(counts.appended),
            signed(counts.unchanged),
            signed(counts.set_aside),
            ids.first,
            ids.last,
            ids.hash,
            part.newest_s,
            part.oldest_s,
            part.window.first_date_s,
            part.window.last_date_s,
            part.elapsed_ms,
        ];
        self.slate.run(sql, values)
    }

    /// Parts of a kind in this state behind a number, in the order of numbers.
    pub(super) fn parts(
        &self,
        run: i64,
        kind: &str,
        state: State,
        (behind, limit): (i64, u32),
    ) -> Result<Vec<Part>, SyncError> {
        let sql = format!(
            "SELECT {PART} FROM parts
             WHERE run = ?1 AND state = ?2 AND object_type = ?3 AND id > ?4 ORDER BY id LIMIT ?5"
        );
        let values = params![run, state as i64, kind, behind, limit];
        let found = self.slate.rows(&sql, values, part)?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Says of parts that their evidence is in the log.
    pub(super) fn close(&self, parts: &[i64]) -> Result<(), SyncError> {
        for id in parts {
            self.slate
                .run("UPDATE parts SET state = 2 WHERE id = ?1", [id])?;
        }
        Ok(())
    }

    /// Gives up what is left of a kind; without a reason that is no failure.
    pub(super) fn leave(
        &self,
        run: i64,
        kind: &str,
        reason: Option<&str>,
    ) -> Result<(), SyncError> {
        let sql = "UPDATE parts SET state = 3 WHERE run = ?1 AND state = 0 AND object_type = ?2";
        self.slate.run(sql, params![run, kind])?;
        self.set_over(run, kind)?;
        reason.map_or(Ok(()), |reason| self.say_skipped(run, kind, reason))
    }

    /// Gives up one part.
    pub(super) fn leave_part(&self, part: i64) -> Result<(), SyncError> {
        self.drop_pieces(part)?;
        self.slate
            .run("UPDATE parts SET state = 3 WHERE id = ?1", [part])
    }

    /// Says why something of a kind was given up; the first reason stays.
    pub(super) fn say_skipped(&self, run: i64, kind: &str, reason: &str) -> Result<(), SyncError> {
        let sql =
            "INSERT INTO types (run, object_type, skipped, singles, absent, appended, is_over)
                   VALUES (?1, ?2, ?3, 0, 0, 0, 0)
                   ON CONFLICT DO UPDATE SET skipped = coalesce(skipped, excluded.skipped)";
        self.slate.run(sql, params![run, kind, reason])
    }

    /// Counts objects that were asked for by themselves.
    pub(super) fn add_single(
        &self,
        run: i64,
        kind: &str,
        (absent, appended): (u32, u32),
    ) -> Result<(), SyncError> {
        let sql = "INSERT INTO types (run, object_type, singles, absent, appended, is_over) VALUES (?1, ?2, 1, ?3, ?4, 0)
                   ON CONFLICT DO UPDATE SET singles = singles + 1, absent = absent + excluded.absent,
                     appended = appended + excluded.appended";
        self.slate.run(sql, params![run, kind, absent, appended])
    }

    /// Says that nothing of a kind is missing any more.
    pub(super) fn set_over(&self, run: i64, kind: &str) -> Result<(), SyncError> {
        let sql = "INSERT INTO types (run, object_type, singles, absent, appended, is_over) VALUES (?1, ?2, 0, 0, 0, 1)
                   ON CONFLICT DO UPDATE SET is_over = 1";
        self.slate.run(sql, params![run, kind])
    }

    /// Whether nothing of a kind is missing any more.
    pub(super) fn is_over(&self, run: i64, kind: &str) -> Result<bool, SyncError> {
        let sql = "SELECT is_over FROM types WHERE run = ?1 AND object_type = ?2";
        let found = self.slate.row(sql, params![run, kind], |row| row.get(0))?;
        Ok(found.unwrap_or(false))
    }

    /// How many lists of a kind under parents are to be read.
    pub(super) fn waiting(&self, run: i64, kind: &str) -> Result<u64, SyncError> {
        let sql = "SELECT count(*) FROM parts
                   WHERE run = ?1 AND state = 0 AND object_type = ?2 AND parent IS NOT NULL";
        let found = self
            .slate
            .row(sql, params![run, kind], |row| row.get::<_, i64>(0))?;
        Ok(found.unwrap_or(0).unsigned_abs())
    }

    /// Says that a list of this run showed an object.
    pub(super) fn show(&self, run: &Run, object: &str, id: &str) -> Result<(), SyncError> {
        let sql =
            "UPDATE objects SET shown_by = ?4 WHERE stream = ?1 AND object_type = ?2 AND id = ?3";
        self.slate
            .run(sql, params![run.stream.as_str(), object, id, run.id])
    }

    /// Ids behind `behind` of objects that the log knew when the run began, that it doesn't show, and that are not known to be gone.
    pub(super) fn missing(
        &self,
        run: &Run,
        object: &str,
        behind: &str,
        limit: u32,
    ) -> Result<Vec<String>, SyncError> {
        let sql = "SELECT id FROM objects
                   WHERE stream = ?1 AND object_type = ?2 AND id > ?3 AND shown_by != ?4 AND known_seq <= ?5 AND is_gone = 0
                   ORDER BY id LIMIT ?6";
        let stream = run.stream.as_str();
        let start_seq = signed(run.start_seq);
        let values = params![stream, object, behind, run.id, start_seq, limit];
        self.slate.rows(sql, values, |row| row.get(0))
    }

    /// Keeps the items of one page until their list is whole.
    pub(super) fn add_piece(&self, part: i64, page: u64, items: &str) -> Result<(), SyncError> {
        let sql = "INSERT OR REPLACE INTO pieces (part, page, items) VALUES (?1, ?2, ?3)";
        self.slate.run(sql, params![part, signed(page), items])
    }

    /// The items of all pages so far, each page joined with commas.
    pub(super) fn pieces(&self, part: i64) -> Result<Vec<String>, SyncError> {
        let sql = "SELECT items FROM pieces WHERE part = ?1 ORDER BY page";
        self.slate.rows(sql, [part], |row| row.get(0))
    }

    /// Forgets the items of a list.
    pub(super) fn drop_pieces(&self, part: i64) -> Result<(), SyncError> {
        self.slate.run("DELETE FROM pieces WHERE part = ?1", [part])
    }
}

/// A part as it was kept; none of a list that this program doesn't read.
fn part(row: &Row<'_>) -> rusqlite::Result<Option<Part>> {
    let number = |place| Ok::<_, rusqlite::Error>(row.get::<_, i64>(place)?.unsigned_abs());
    let (line, kind): (String, String) = (row.get(1)?, row.get(2)?);
    let parent: Option<String> = row.get(3)?;
    let Some(list) = List::named(&line, &kind, parent.is_some()) else {
        return Ok(None);
    };
    let window = Window {
        object: kind,
        from_s: row.get(4)?,
        until_s: row.get(5)?,
        ids: Ids {
            count: number(8)?,
            first: row.get(12)?,
            last: row.get(13)?,
            hash: row.get(14)?,
        },
        counts: Counts {
            pages: number(7)?,
            appended: number(9)?,
            unchanged: number(10)?,
            set_aside: number(11)?,
        },
        first_date_s: row.get(17)?,
        last_date_s: row.get(18)?,
        request: String::new(),
    };
    Ok(Some(Part {
        id: row.get(0)?,
        list,
        parent,
        after: row.get(6)?,
        before: Vec::new(),
        restarts: 0,
        window,
        newest_s: row.get(15)?,
        oldest_s: row.get(16)?,
        elapsed_ms: row.get(19)?,
        is_probe: false,
    }))
}
