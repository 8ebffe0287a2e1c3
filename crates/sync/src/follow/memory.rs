//! What follow remembers between its runs, beside the cursors: walks that were broken off, and how far it has heard the log.

use std::collections::BTreeMap;

use ledger::StreamId;
use rusqlite::{Row, params};

use crate::evidence::{Counts, Ids, Window};
use crate::follow::walk::Walk;
use crate::slate::signed;
use crate::{Keeper, SyncError};

impl Keeper {
    /// The walk of this name that was broken off.
    pub(crate) fn walk(&self, stream: &StreamId, name: &str) -> Result<Option<Walk>, SyncError> {
        let sql = "SELECT after, request, object_type, from_s, items, first_id, last_id, ids_hash,
                          pages, appended, unchanged, set_aside, first_date_s, last_date_s
                   FROM walks WHERE stream = ?1 AND name = ?2";
        self.slate.row(sql, [stream.as_str(), name], |row| {
            let window = Window {
                request: row.get(1)?,
                object: row.get(2)?,
                from_s: row.get(3)?,
                until_s: None,
                ids: Ids {
                    count: count(row, 4)?,
                    first: row.get(5)?,
                    last: row.get(6)?,
                    hash: row.get(7)?,
                },
                counts: Counts {
                    pages: count(row, 8)?,
                    appended: count(row, 9)?,
                    unchanged: count(row, 10)?,
                    set_aside: count(row, 11)?,
                },
                first_date_s: row.get(12)?,
                last_date_s: row.get(13)?,
            };
            let after = row.get(0)?;
            Ok(Walk { window, after })
        })
    }

    /// Remembers where a walk is.
    pub(crate) fn set_walk(
        &self,
        stream: &StreamId,
        name: &str,
        walk: &Walk,
    ) -> Result<(), SyncError> {
        let Window {
            ids,
            counts,
            request,
            object,
            ..
        } = &walk.window;
        let sql = "INSERT OR REPLACE INTO walks
                     (stream, name, after, request, object_type, from_s, items, first_id, last_id, ids_hash,
                      pages, appended, unchanged, set_aside, first_date_s, last_date_s)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
        self.slate.run(
            sql,
            params![
                stream.as_str(),
                name,
                walk.after,
                request,
                object,
                walk.window.from_s,
                signed(ids.count),
                ids.first,
                ids.last,
                ids.hash,
                signed(counts.pages),
                signed(counts.appended),
                signed(counts.unchanged),
                signed(counts.set_aside),
                walk.window.first_date_s,
                walk.window.last_date_s
            ],
        )
    }

    /// Forgets a walk: it has arrived.
    pub(crate) fn drop_walk(&self, stream: &StreamId, name: &str) -> Result<(), SyncError> {
        let sql = "DELETE FROM walks WHERE stream = ?1 AND name = ?2";
        self.slate.run(sql, [stream.as_str(), name])
    }

    /// Forgets a cursor.
    pub(crate) fn drop_cursor(&self, stream: &StreamId, name: &str) -> Result<(), SyncError> {
        let sql = "DELETE FROM cursors WHERE stream = ?1 AND name = ?2";
        self.slate.run(sql, [stream.as_str(), name])
    }

    /// The last entry of the log that was listened to; none if none was.
    pub(crate) fn heard(&self, stream: &StreamId) -> Result<Option<u64>, SyncError> {
        let sql = "SELECT seq FROM heard WHERE stream = ?1";
        self.slate.row(sql, [stream.as_str()], |row| count(row, 0))
    }

    /// Remembers which entry was listened to last; what those up to it hint at was read.
    pub(crate) fn set_heard(&self, stream: &StreamId, seq: u64) -> Result<(), SyncError> {
        let sql = "INSERT INTO heard (stream, seq) VALUES (?1, ?2)
                   ON CONFLICT DO UPDATE SET seq = excluded.seq";
        self.slate.run(sql, params![stream.as_str(), signed(seq)])?;
        self.slate
            .run("DELETE FROM errands WHERE stream = ?1", [stream.as_str()])
    }

    /// What was read of that at which entries hint that are not all listened to, each with the last entry that hinted at it then.
    pub(crate) fn errands(&self, stream: &StreamId) -> Result<BTreeMap<String, u64>, SyncError> {
        let sql = "SELECT errand, seq FROM errands WHERE stream = ?1";
        let rows = self.slate.rows(sql, [stream.as_str()], |row| {
            Ok((row.get(0)?, count(row, 1)?))
        })?;
        Ok(rows.into_iter().collect())
    }

    /// Remembers that something was read at which entries up to `seq` hint.
    pub(crate) fn add_errand(
        &self,
        stream: &StreamId,
        errand: &str,
        seq: u64,
    ) -> Result<(), SyncError> {
        let sql = "INSERT INTO errands (stream, errand, seq) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO UPDATE SET seq = excluded.seq";
        self.slate
            .run(sql, params![stream.as_str(), errand, signed(seq)])
    }

    /// The newest run of a backfill that read all of these types: the second before which it has everything, and the last
    /// entry of the log when it began.
    pub(crate) fn backfilled(
        &self,
        stream: &StreamId,
        selection: &str,
    ) -> Result<Option<(i64, u64)>, SyncError> {
        let sql = "SELECT until_s, start_seq FROM runs
                   WHERE stream = ?1 AND selection = ?2 AND state IN (1, 2) ORDER BY until_s DESC LIMIT 1";
        self.slate.row(sql, [stream.as_str(), selection], |row| {
            Ok((row.get(0)?, count(row, 1)?))
        })
    }
}

fn count(row: &Row<'_>, place: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(place)?.unsigned_abs())
}
