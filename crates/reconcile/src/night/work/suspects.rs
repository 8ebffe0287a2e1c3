//! Objects that differed when they were read, and what became of each, as they are kept: bodies are here and not in memory.

use rusqlite::{Row, params};
use sync::Reading;
use sync::slate::signed;

use super::{Single, Work};
use crate::{Finding, ReconcileError};

/// How it stands with an object that differed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::night) enum Standing {
    /// It is looked at again.
    Open = 0,
    /// It differs for sure.
    Differs = 1,
    /// It moved whenever it was looked at.
    Moved = 2,
    /// What was read of it was appended.
    Appended = 3,
    /// Nothing more is done about it.
    Done = 4,
}

/// An object that differed.
#[derive(Clone, Debug)]
pub(in crate::night) struct Suspicion {
    pub(in crate::night) number: i64,
    pub(in crate::night) single: Single,
    /// SHA-256 of what the last read said, whatever its form.
    pub(in crate::night) read_hash: Option<[u8; 32]>,
    /// Stripe's second of the first read in a row that said so.
    pub(in crate::night) same_since_s: Option<i64>,
    /// The log's last entry before the last read.
    pub(in crate::night) read_seq: u64,
    pub(in crate::night) reading: Reading,
    pub(in crate::night) body: Option<String>,
    pub(in crate::night) finding: Option<Finding>,
    pub(in crate::night) is_repaired: bool,
    pub(in crate::night) held_back: Option<String>,
}

const SUSPICION: &str = "SELECT number, object_type, id, stripe_id, parent, read_hash, same_since_s, read_seq, reading, body, finding,
                           is_repaired, held_back
                         FROM suspects";

impl Work {
    /// Adds an object that differed when it was read so.
    pub(in crate::night) fn suspect(
        &self,
        run: i64,
        single: &Single,
        (read_hash, read_s): ([u8; 32], Option<i64>),
    ) -> Result<(), ReconcileError> {
        let sql = "INSERT OR IGNORE INTO suspects (run, object_type, id, stripe_id, parent, state, read_hash, same_since_s, read_seq, is_repaired)
                   VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, 0, 0)";
        let Single {
            object,
            id,
            stripe_id,
            parent,
        } = single;
        self.slate.run(
            sql,
            params![run, object, id, stripe_id, parent, read_hash, read_s],
        )
    }

    /// Those that stand so, behind this number.
    pub(in crate::night) fn suspects(
        &self,
        run: i64,
        standing: Standing,
        (behind, limit): (i64, u32),
    ) -> Result<Vec<Suspicion>, ReconcileError> {
        let sql = format!(
            "{SUSPICION} WHERE run = ?1 AND state = ?2 AND number > ?3 ORDER BY number LIMIT ?4"
        );
        self.slate.rows(
            &sql,
            params![run, standing as i64, behind, limit],
            suspicion,
        )
    }

    /// How many stand so.
    pub(in crate::night) fn suspects_count(
        &self,
        run: i64,
        standing: Standing,
    ) -> Result<u64, ReconcileError> {
        let sql = "SELECT count(*) FROM suspects WHERE run = ?1 AND state = ?2";
        let count: Option<i64> = self
            .slate
            .row(sql, params![run, standing as i64], |row| row.get(0))?;
        Ok(count.unwrap_or(0).unsigned_abs())
    }

    /// It equals after all.
    pub(in crate::night) fn acquit(&self, number: i64) -> Result<(), ReconcileError> {
        self.slate
            .run("DELETE FROM suspects WHERE number = ?1", [number])
    }

    /// It stands so now.
    pub(in crate::night) fn stand(
        &self,
        number: i64,
        standing: Standing,
    ) -> Result<(), ReconcileError> {
        let sql = "UPDATE suspects SET state = ?2 WHERE number = ?1";
        self.slate.run(sql, params![number, standing as i64])
    }

    /// Keeps what was read of it.
    pub(in crate::night) fn keep_read(&self, suspicion: &Suspicion) -> Result<(), ReconcileError> {
        let sql = "UPDATE suspects SET read_hash = ?2, same_since_s = ?3, read_seq = ?4, reading = ?5, body = ?6 WHERE number = ?1";
        let Reading {
            request,
            request_id,
            version,
            date_s,
            elapsed_ms,
        } = &suspicion.reading;
        let reading = serde_json::to_string(&(request, request_id, version, date_s, elapsed_ms))
            .expect("texts and numbers can be written as JSON");
        self.slate.run(
            sql,
            params![
                suspicion.number,
                suspicion.read_hash,
                suspicion.same_since_s,
                signed(suspicion.read_seq),
                reading,
                suspicion.body
            ],
        )
    }

    /// What was read of it is old: it moved since.
    pub(in crate::night) fn read_again(&self, number: i64) -> Result<(), ReconcileError> {
        let sql = "UPDATE suspects SET read_hash = NULL, same_since_s = NULL WHERE number = ?1";
        self.slate.run(sql, [number])
    }

    /// Keeps what it came to.
    pub(in crate::night) fn keep_finding(
        &self,
        number: i64,
        finding: &Finding,
        (is_repaired, held_back): (bool, Option<&str>),
    ) -> Result<(), ReconcileError> {
        let sql =
            "UPDATE suspects SET finding = ?2, is_repaired = ?3, held_back = ?4 WHERE number = ?1";
        let finding = serde_json::to_string(finding).expect("findings can be written as JSON");
        self.slate
            .run(sql, params![number, finding, is_repaired, held_back])
    }
}

fn suspicion(row: &Row<'_>) -> rusqlite::Result<Suspicion> {
    let json = |place| row.get::<_, Option<String>>(place);
    let reading = json(8)?.and_then(|text| serde_json::from_str(&text).ok());
    let (request, request_id, version, date_s, elapsed_ms) = reading.unwrap_or_default();
    Ok(Suspicion {
        number: row.get(0)?,
        single: Single {
            object: row.get(1)?,
            id: row.get(2)?,
            stripe_id: row.get(3)?,
            parent: row.get(4)?,
        },
        read_hash: row.get(5)?,
        same_since_s: row.get(6)?,
        read_seq: row.get::<_, i64>(7)?.unsigned_abs(),
        reading: Reading {
            request,
            request_id,
            version,
            date_s,
            elapsed_ms,
        },
        body: row.get(9)?,
        finding: json(10)?.and_then(|text| serde_json::from_str(&text).ok()),
        is_repaired: row.get(11)?,
        held_back: row.get(12)?,
    })
}
