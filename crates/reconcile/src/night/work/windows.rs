//! Windows of lists, what they should show, and shares of the sweep, as they are kept.

use ledger::Hash;
use rusqlite::{Row, params};
use sync::Ids;
use sync::slate::signed;

use super::Work;
use crate::night::span::Span;
use crate::{ReconcileError, Window};

/// A window of a list, as far as it was read.
#[derive(Clone, Debug)]
pub(in crate::night) struct Part {
    pub(in crate::night) id: i64,
    /// The list's place among all.
    pub(in crate::night) list: usize,
    pub(in crate::night) object: String,
    /// The window that stands for the span.
    pub(in crate::night) span_of: i64,
    pub(in crate::night) span: Span,
    pub(in crate::night) is_sweep: bool,
    pub(in crate::night) has_families: bool,
    pub(in crate::night) after: Option<String>,
    pub(in crate::night) ids: Ids,
}

/// A share of the sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::night) struct Share {
    pub(in crate::night) span: Span,
    /// Objects of the book in it.
    pub(in crate::night) items: u64,
    /// Whether the lap is done with it.
    pub(in crate::night) is_last: bool,
}

const PART: &str = "SELECT id, list, object_type, span, from_s, until_s, is_sweep, has_families, after, items, first_id, last_id, ids_hash
                    FROM windows";

/// How many windows of a span are still to be read.
pub(super) const OPEN: &str = "SELECT count(*) FROM windows WHERE span = ?1 AND state = 0";

impl Work {
    /// Adds a window of several lists, which share its span.
    pub(in crate::night) fn add_windows(
        &self,
        run: i64,
        (object, lists): (&str, &[usize]),
        span: Span,
        (is_sweep, has_families): (bool, bool),
    ) -> Result<i64, ReconcileError> {
        let mut first = None;
        for list in lists {
            let sql = "INSERT INTO windows (run, list, object_type, span, from_s, until_s, is_sweep, has_families, state, items, ids_hash)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, zeroblob(32))";
            let list = signed(*list as u64);
            self.slate.run(
                sql,
                params![
                    run,
                    list,
                    object,
                    first.unwrap_or(0),
                    span.from_s,
                    span.until_s,
                    is_sweep,
                    has_families
                ],
            )?;
            let id = self.slate.last_row();
            if first.is_none() {
                self.slate
                    .run("UPDATE windows SET span = id WHERE id = ?1", [id])?;
                first = Some(id);
            }
        }
        Ok(first.unwrap_or(0))
    }

    /// Windows that are still to be read.
    pub(in crate::night) fn open_windows(&self, run: i64) -> Result<Vec<Part>, ReconcileError> {
        let sql = format!("{PART} WHERE run = ?1 AND state = 0 ORDER BY is_sweep, id");
        self.slate.rows(&sql, [run], part)
    }

    /// Windows that were read to their ends, as the record has them.
    pub(in crate::night) fn read_windows(&self, run: i64) -> Result<Vec<Window>, ReconcileError> {
        let sql = format!("{PART} WHERE run = ?1 AND state = 1 ORDER BY object_type, list, from_s");
        let parts = self.slate.rows(&sql, [run], part)?;
        let window = |part: Part| Window {
            object_type: part.object,
            from_s: part.span.first_s(),
            until_s: Some(part.span.until_s),
            count: part.ids.count,
            ids_hash: Hash(part.ids.hash).to_string(),
        };
        Ok(parts.into_iter().map(window).collect())
    }

    /// Keeps how far a window was read.
    pub(in crate::night) fn keep_window(
        &self,
        part: &Part,
        is_read: bool,
    ) -> Result<(), ReconcileError> {
        let sql = "UPDATE windows SET after = ?2, items = ?3, first_id = ?4, last_id = ?5, ids_hash = ?6, state = ?7 WHERE id = ?1";
        let Ids {
            count,
            first,
            last,
            hash,
        } = &part.ids;
        self.slate.run(
            sql,
            params![
                part.id,
                part.after,
                signed(*count),
                first,
                last,
                hash,
                is_read
            ],
        )
    }

    /// Gives a window up.
    pub(in crate::night) fn leave_window(
        &self,
        run: i64,
        part: &Part,
    ) -> Result<(), ReconcileError> {
        self.slate
            .run("UPDATE windows SET state = 2 WHERE id = ?1", [part.id])?;
        // What it did not show, nobody looked for.
        let sql = "DELETE FROM expected WHERE run = ?1 AND span = ?2";
        self.slate.run(sql, [run, part.span_of])
    }

    /// A list that Stripe does not offer to this account has nothing to be read.
    pub(in crate::night) fn pass_window(&self, part: &Part) -> Result<(), ReconcileError> {
        self.slate
            .run("UPDATE windows SET state = 3 WHERE id = ?1", [part.id])
    }

    /// Asks by themselves for objects that a window should have shown, once all lists of its span were read.
    pub(in crate::night) fn ask_for_the_rest(
        &self,
        run: i64,
        span_of: i64,
    ) -> Result<(), ReconcileError> {
        let open: Option<i64> = self.slate.row(OPEN, [span_of], |row| row.get(0))?;
        if open != Some(0) {
            return Ok(());
        }
        let sql = "INSERT OR IGNORE INTO singles (run, object_type, id, stripe_id, state)
                   SELECT run, object_type, id, coalesce(stripe_id, id), 0 FROM expected WHERE run = ?1 AND span = ?2";
        self.slate.run(sql, [run, span_of])?;
        let sql = "DELETE FROM expected WHERE run = ?1 AND span = ?2";
        self.slate.run(sql, [run, span_of])
    }

    /// Adds an object that a window should show.
    pub(in crate::night) fn expect(
        &self,
        run: i64,
        object: &str,
        (id, stripe_id): (&str, Option<&str>),
        span_of: i64,
    ) -> Result<(), ReconcileError> {
        let sql = "INSERT OR IGNORE INTO expected (run, object_type, id, stripe_id, span) VALUES (?1, ?2, ?3, ?4, ?5)";
        self.slate
            .run(sql, params![run, object, id, stripe_id, span_of])
    }

    /// An object was shown.
    pub(in crate::night) fn show(
        &self,
        run: i64,
        object: &str,
        id: &str,
    ) -> Result<(), ReconcileError> {
        let sql = "DELETE FROM expected WHERE run = ?1 AND object_type = ?2 AND id = ?3";
        self.slate.run(sql, params![run, object, id])
    }

    /// Adds a share of the sweep.
    pub(in crate::night) fn add_share(
        &self,
        run: i64,
        object: &str,
        share: &Share,
    ) -> Result<(), ReconcileError> {
        let sql = "INSERT OR IGNORE INTO shares (run, object_type, from_s, until_s, items, is_last) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let Share {
            span,
            items,
            is_last,
        } = share;
        self.slate.run(
            sql,
            params![
                run,
                object,
                span.from_s,
                span.until_s,
                signed(*items),
                is_last
            ],
        )
    }

    /// The shares of a kind in their order, and whether each is done.
    pub(in crate::night) fn shares(
        &self,
        run: i64,
        object: &str,
    ) -> Result<Vec<(Share, bool)>, ReconcileError> {
        let sql = "SELECT from_s, until_s, items, is_last, NOT EXISTS (
                     SELECT 1 FROM windows AS w WHERE w.run = s.run AND w.object_type = s.object_type AND w.state NOT IN (1, 3)
                       AND w.from_s < s.until_s AND w.until_s > s.from_s)
                   FROM shares AS s WHERE run = ?1 AND object_type = ?2 ORDER BY from_s";
        self.slate.rows(sql, params![run, object], |row| {
            let share = Share {
                span: Span::new(row.get(0)?, row.get(1)?),
                items: row.get::<_, i64>(2)?.unsigned_abs(),
                is_last: row.get(3)?,
            };
            Ok((share, row.get(4)?))
        })
    }
}

fn part(row: &Row<'_>) -> rusqlite::Result<Part> {
    Ok(Part {
        id: row.get(0)?,
        list: row.get::<_, u32>(1)? as usize,
        object: row.get(2)?,
        span_of: row.get(3)?,
        span: Span::new(row.get(4)?, row.get(5)?),
        is_sweep: row.get(6)?,
        has_families: row.get(7)?,
        after: row.get(8)?,
        ids: Ids {
            count: row.get::<_, i64>(9)?.unsigned_abs(),
            first: row.get(10)?,
            last: row.get(11)?,
            hash: row.get(12)?,
        },
    })
}
