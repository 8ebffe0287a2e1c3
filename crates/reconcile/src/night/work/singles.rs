//! Objects that are read by themselves, lists under parents, and what of these was shown, as they are kept.

use rusqlite::params;

use super::Work;
use crate::ReconcileError;

/// Objects left to be read, and lists. Their numbers lead, so that each load costs what it loads: by way of the run all of them would be
/// sorted each time.
const OPEN_SINGLES: &str = "SELECT number, object_type, id, stripe_id, parent FROM singles
     WHERE +run = ?1 AND state = 0 AND number > ?2 ORDER BY number LIMIT ?3";
const OPEN_FAMILIES: &str = "SELECT id, kind, parent FROM lists WHERE +run = ?1 AND state = 0 AND id > ?2 ORDER BY id LIMIT ?3";

/// An object, and how Stripe finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::night) struct Single {
    pub(in crate::night) object: String,
    /// The id under which the book keeps it.
    pub(in crate::night) id: String,
    pub(in crate::night) stripe_id: String,
    pub(in crate::night) parent: Option<String>,
}

/// A list under a parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::night) struct Family {
    pub(in crate::night) id: i64,
    pub(in crate::night) kind: String,
    pub(in crate::night) parent: String,
}

impl Work {
    /// Adds an object that is to be read by itself, unless it was.
    pub(in crate::night) fn add_single(
        &self,
        run: i64,
        single: &Single,
    ) -> Result<(), ReconcileError> {
        let sql = "INSERT OR IGNORE INTO singles (run, object_type, id, stripe_id, parent, state) VALUES (?1, ?2, ?3, ?4, ?5, 0)";
        let Single {
            object,
            id,
            stripe_id,
            parent,
        } = single;
        self.slate
            .run(sql, params![run, object, id, stripe_id, parent])
    }

    /// Objects that are still to be read, behind this number.
    pub(in crate::night) fn open_singles(
        &self,
        run: i64,
        behind: i64,
        limit: u32,
    ) -> Result<Vec<(i64, Single)>, ReconcileError> {
        self.slate
            .rows(OPEN_SINGLES, params![run, behind, limit], |row| {
                let single = Single {
                    object: row.get(1)?,
                    id: row.get(2)?,
                    stripe_id: row.get(3)?,
                    parent: row.get(4)?,
                };
                Ok((row.get(0)?, single))
            })
    }

    /// An object was read, or given up.
    pub(in crate::night) fn end_single(
        &self,
        run: i64,
        single: &Single,
        is_read: bool,
    ) -> Result<(), ReconcileError> {
        let sql = "UPDATE singles SET state = ?4 WHERE run = ?1 AND object_type = ?2 AND id = ?3";
        let state = if is_read { 1 } else { 2 };
        self.slate
            .run(sql, params![run, single.object, single.id, state])
    }

    /// Whether an object was read by itself, by Stripe's id of it.
    pub(in crate::night) fn was_read(
        &self,
        run: i64,
        object: &str,
        stripe_id: &str,
    ) -> Result<bool, ReconcileError> {
        let id = stripe_id;
        let sql = "SELECT 1 FROM singles WHERE run = ?1 AND object_type = ?2 AND stripe_id = ?3 AND state = 1";
        Ok(self
            .slate
            .row(sql, params![run, object, id], |_| Ok(()))?
            .is_some())
    }

    /// Adds a list under a parent, unless it is there.
    pub(in crate::night) fn add_family(
        &self,
        run: i64,
        kind: &str,
        parent: &str,
    ) -> Result<(), ReconcileError> {
        let sql = "INSERT OR IGNORE INTO lists (run, kind, parent, state) VALUES (?1, ?2, ?3, 0)";
        self.slate.run(sql, params![run, kind, parent])
    }

    /// Lists that are still to be read, behind this one.
    pub(in crate::night) fn open_families(
        &self,
        run: i64,
        behind: i64,
        limit: u32,
    ) -> Result<Vec<Family>, ReconcileError> {
        self.slate
            .rows(OPEN_FAMILIES, params![run, behind, limit], |row| {
                Ok(Family {
                    id: row.get(0)?,
                    kind: row.get(1)?,
                    parent: row.get(2)?,
                })
            })
    }

    /// A list was read to its end, or given up.
    pub(in crate::night) fn end_family(
        &self,
        family: &Family,
        is_read: bool,
    ) -> Result<(), ReconcileError> {
        let state = if is_read { 1 } else { 2 };
        let sql = "UPDATE lists SET state = ?2 WHERE id = ?1";
        self.slate.run(sql, params![family.id, state])
    }

    /// The parents of which a kind of list was read to its end.
    pub(in crate::night) fn has_read_family(
        &self,
        run: i64,
        kind: &str,
        parent: &str,
    ) -> Result<bool, ReconcileError> {
        let sql = "SELECT 1 FROM lists WHERE run = ?1 AND kind = ?2 AND parent = ?3 AND state = 1";
        Ok(self
            .slate
            .row(sql, [&run.to_string(), kind, parent], |_| Ok(()))?
            .is_some())
    }

    /// The kinds of which lists were read.
    pub(in crate::night) fn families_read(&self, run: i64) -> Result<Vec<String>, ReconcileError> {
        let sql = "SELECT DISTINCT kind FROM lists WHERE run = ?1 AND state = 1 ORDER BY kind";
        self.slate.rows(sql, [run], |row| row.get(0))
    }

    /// A list under a parent showed an object.
    pub(in crate::night) fn show_in_family(
        &self,
        run: i64,
        object: &str,
        id: &str,
    ) -> Result<(), ReconcileError> {
        let sql = "INSERT OR IGNORE INTO shown (run, object_type, id) VALUES (?1, ?2, ?3)";
        self.slate.run(sql, params![run, object, id])
    }

    /// Whether one did.
    pub(in crate::night) fn is_shown(
        &self,
        run: i64,
        object: &str,
        id: &str,
    ) -> Result<bool, ReconcileError> {
        let sql = "SELECT 1 FROM shown WHERE run = ?1 AND object_type = ?2 AND id = ?3";
        Ok(self
            .slate
            .row(sql, params![run, object, id], |_| Ok(()))?
            .is_some())
    }

    /// An entry of the log spoke of an object.
    pub(in crate::night) fn touch(
        &self,
        run: i64,
        object: &str,
        id: &str,
    ) -> Result<(), ReconcileError> {
        let sql = "INSERT OR IGNORE INTO touched (run, object_type, id) VALUES (?1, ?2, ?3)";
        self.slate.run(sql, params![run, object, id])
    }

    /// Forgets that an entry spoke of an object; whether one did.
    pub(in crate::night) fn untouch(
        &self,
        run: i64,
        object: &str,
        id: &str,
    ) -> Result<bool, ReconcileError> {
        let sql = "DELETE FROM touched WHERE run = ?1 AND object_type = ?2 AND id = ?3";
        Ok(self.slate.changed(sql, params![run, object, id])? > 0)
    }

    /// The objects of a kind of which entries spoke, behind this id.
    pub(in crate::night) fn touched(
        &self,
        run: i64,
        object: &str,
        behind: &str,
        limit: u32,
    ) -> Result<Vec<String>, ReconcileError> {
        let sql = "SELECT id FROM touched WHERE run = ?1 AND object_type = ?2 AND id > ?3 ORDER BY id LIMIT ?4";
        self.slate
            .rows(sql, params![run, object, behind, limit], |row| row.get(0))
    }

    /// Whether an entry spoke of an object.
    pub(in crate::night) fn is_touched(
        &self,
        run: i64,
        object: &str,
        id: &str,
    ) -> Result<bool, ReconcileError> {
        let sql = "SELECT 1 FROM touched WHERE run = ?1 AND object_type = ?2 AND id = ?3";
        Ok(self
            .slate
            .row(sql, params![run, object, id], |_| Ok(()))?
            .is_some())
    }

    /// Whether a window that no lack of requests cuts should show an object.
    pub(in crate::night) fn is_expected(
        &self,
        run: i64,
        object: &str,
        id: &str,
    ) -> Result<bool, ReconcileError> {
        let sql = "SELECT 1 FROM expected AS e JOIN windows AS w ON w.id = e.span
                   WHERE e.run = ?1 AND e.object_type = ?2 AND e.id = ?3 AND w.is_sweep = 0";
        Ok(self
            .slate
            .row(sql, params![run, object, id], |_| Ok(()))?
            .is_some())
    }

    /// The kinds of objects of which entries spoke.
    pub(in crate::night) fn touched_kinds(&self, run: i64) -> Result<Vec<String>, ReconcileError> {
        let sql = "SELECT DISTINCT object_type FROM touched WHERE run = ?1 ORDER BY object_type";
        self.slate.rows(sql, [run], |row| row.get(0))
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn what_is_left_is_loaded_without_looking_at_all_of_it() {
        let folder = TempDir::new().unwrap();
        let work = Work::open(&folder.path().join("night.db")).unwrap();
        for sql in [OPEN_SINGLES, OPEN_FAMILIES, super::super::windows::OPEN] {
            // Numbers in place of values: nothing is bound to a plan.
            let asked = format!("EXPLAIN QUERY PLAN {}", sql.replace('?', ""));
            let steps: Vec<String> = work.slate.rows(&asked, [], |row| row.get(3)).unwrap();
            let [step] = steps.as_slice() else {
                panic!("{sql}\n{steps:?}");
            };
            let is_direct = step.contains("(rowid>?)") || step.contains("(span=? AND state=?)");
            assert!(is_direct, "{sql}\n{step}");
        }
    }
}
