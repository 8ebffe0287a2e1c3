//! Runs in hand: one is begun, found again, told how far it is left, and forgotten. Runs that were asked for other things lie beside each
//! other. It compares nothing.

use ledger::StreamId;
use rusqlite::params;
use sync::slate::signed;

use super::{Stage, Standing, Underway, Work};
use crate::ReconcileError;

/// So many runs of a stream are kept beside each other: of more the oldest goes.
const RUNS_MAX: i64 = 8;

impl Work {
    /// The run of a stream that was asked for the same and broken off.
    pub(in crate::night) fn found(
        &self,
        stream: &StreamId,
        settings: &str,
    ) -> Result<Option<Underway>, ReconcileError> {
        let sql = "SELECT id, name, began_s, start_seq, step, laps, record FROM runs
                   WHERE stream = ?1 AND settings = ?2";
        self.slate.row(sql, [stream.as_str(), settings], |row| {
            let laps: String = row.get(5)?;
            let stage: usize = row.get::<_, u32>(4)? as usize;
            Ok(Underway {
                id: row.get(0)?,
                name: row.get(1)?,
                began_s: row.get(2)?,
                start_seq: row.get::<_, i64>(3)?.unsigned_abs(),
                stage: Stage::ALL.get(stage).copied().unwrap_or(Stage::Plan),
                laps: serde_json::from_str(&laps).unwrap_or_default(),
                record: row.get(6)?,
            })
        })
    }

    /// Begins a run of a stream.
    pub(in crate::night) fn begin(
        &self,
        stream: &StreamId,
        settings: &str,
        underway: &mut Underway,
    ) -> Result<(), ReconcileError> {
        let sql = "INSERT INTO runs (name, stream, settings, began_s, start_seq, step, tries, requests, last_s, objects, fields, swept, laps)
                   VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, 0, ?4, 0, 0, 0, ?6)";
        let laps = serde_json::to_string(&underway.laps).expect("laps can be written as JSON");
        self.slate.run(
            sql,
            params![
                underway.name,
                stream.as_str(),
                settings,
                underway.began_s,
                signed(underway.start_seq),
                laps
            ],
        )?;
        underway.id = self.slate.last_row();
        let sql = "SELECT id FROM runs WHERE stream = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2";
        self.forget_all(sql, params![stream.as_str(), RUNS_MAX])
    }

    /// Forgets a stream's runs that began at this second or before.
    pub(in crate::night) fn forget_stale(
        &self,
        stream: &StreamId,
        until_s: i64,
    ) -> Result<(), ReconcileError> {
        let sql = "SELECT id FROM runs WHERE stream = ?1 AND began_s <= ?2";
        self.forget_all(sql, params![stream.as_str(), until_s])
    }

    fn forget_all(&self, sql: &str, values: impl rusqlite::Params) -> Result<(), ReconcileError> {
        let runs: Vec<i64> = self.slate.rows(sql, values, |row| row.get(0))?;
        runs.into_iter().try_for_each(|run| self.forget(run))
    }

    /// Forgets a run and all that belongs to it.
    pub(in crate::night) fn forget(&self, run: i64) -> Result<(), ReconcileError> {
        for sql in [
            "DELETE FROM windows WHERE run = ?1",
            "DELETE FROM shares WHERE run = ?1",
            "DELETE FROM expected WHERE run = ?1",
            "DELETE FROM touched WHERE run = ?1",
            "DELETE FROM lists WHERE run = ?1",
            "DELETE FROM shown WHERE run = ?1",
            "DELETE FROM singles WHERE run = ?1",
            "DELETE FROM suspects WHERE run = ?1",
            "DELETE FROM remarks WHERE run = ?1",
            "DELETE FROM runs WHERE id = ?1",
        ] {
            self.slate.run(sql, [run])?;
        }
        Ok(())
    }

    /// A run of a stream came to its end: what others found of it and did not mend may be so no more, and they look again.
    pub(in crate::night) fn doubt(&self, stream: &StreamId) -> Result<(), ReconcileError> {
        let sql = "UPDATE suspects SET state = ?2, read_hash = NULL, same_since_s = NULL, finding = NULL, held_back = NULL
                   WHERE run IN (SELECT id FROM runs WHERE stream = ?1) AND is_repaired = 0";
        self.slate
            .run(sql, params![stream.as_str(), Standing::Open as i64])?;
        let sql =
            "UPDATE runs SET step = min(step, ?2), tries = 0, record = NULL WHERE stream = ?1";
        let step = Stage::ALL.iter().position(|known| *known == Stage::Settle);
        self.slate.run(
            sql,
            params![stream.as_str(), signed(step.unwrap_or(0) as u64)],
        )
    }

    /// Says at which entry it was decided what is read.
    pub(in crate::night) fn keep_planned(&self, run: i64, seq: u64) -> Result<(), ReconcileError> {
        let sql = "UPDATE runs SET planned_seq = ?2 WHERE id = ?1";
        self.slate.run(sql, params![run, signed(seq)])
    }

    /// The log's last entry when it was decided what is read; 0 before.
    pub(in crate::night) fn planned(&self, run: i64) -> Result<u64, ReconcileError> {
        let sql = "SELECT coalesce(planned_seq, 0) FROM runs WHERE id = ?1";
        let seq: Option<i64> = self.slate.row(sql, [run], |row| row.get(0))?;
        Ok(seq.unwrap_or(0).unsigned_abs())
    }

    /// How often what differs was looked at again.
    pub(in crate::night) fn tries(&self, run: i64) -> Result<u32, ReconcileError> {
        let tries = self
            .slate
            .row("SELECT tries FROM runs WHERE id = ?1", [run], |row| {
                row.get(0)
            })?;
        Ok(tries.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn begun(work: &Work, stream: &StreamId, settings: &str, began_s: i64) -> i64 {
        let mut underway = Underway {
            id: 0,
            name: format!("{settings} {began_s}"),
            began_s,
            start_seq: 7,
            stage: Stage::Plan,
            laps: Vec::new(),
            record: None,
        };
        work.begin(stream, settings, &mut underway).unwrap();
        underway.id
    }

    #[test]
    fn what_was_asked_for_tells_runs_apart_until_they_are_stale_or_too_many() {
        let folder = TempDir::new().unwrap();
        let work = Work::open(&folder.path().join("night.db")).unwrap();
        let stream = StreamId::new("acct_1", true).unwrap();
        let other = StreamId::new("acct_2", true).unwrap();
        let found = |stream: &StreamId, settings: &str| {
            let found = work.found(stream, settings).unwrap();
            found.map(|underway| underway.id)
        };
        let nightly = begun(&work, &stream, "nightly", 100);
        let repair = begun(&work, &stream, "findings repair", 200);
        begun(&work, &other, "nightly", 100);
        assert_eq!(found(&stream, "nightly"), Some(nightly));
        assert_eq!(found(&stream, "findings repair"), Some(repair));
        assert_eq!(found(&stream, "reconcile"), None);
        work.forget_stale(&stream, 100).unwrap();
        assert_eq!(found(&stream, "nightly"), None);
        assert_eq!(found(&stream, "findings repair"), Some(repair));
        assert!(found(&other, "nightly").is_some());
        for number in 0..RUNS_MAX {
            begun(&work, &stream, &number.to_string(), 300);
        }
        assert_eq!(found(&stream, "findings repair"), None);
        assert!(found(&stream, "0").is_some() && found(&other, "nightly").is_some());
    }
}
