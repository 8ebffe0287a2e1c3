//! Work in hand: `night.db`. What a run that was broken off goes on from; it may be deleted at any time, and then the run begins anew.
//! It asks nobody and decides nothing.

mod left;
mod singles;
mod suspects;
mod windows;

use std::path::Path;

use rusqlite::params;
use sync::slate::{Shape, Slate, signed};

use crate::{Lap, ReconcileError};

pub(super) use singles::{Family, Single};
pub(super) use suspects::{Standing, Suspicion};
pub(super) use windows::{Part, Share};

const SHAPE: Shape = Shape {
    schema: include_str!("../../../../schema/reconcile/work.sql"),
    application_id: 0x6461_7957,
    format: 2,
    cache_kib: 2000,
    statements: 64,
};

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Plan,
    Read,
    Settle,
    Trace,
    Repair,
    Balance,
    Record,
}

impl Stage {
    const ALL: [Self; 7] = [
        Self::Plan,
        Self::Read,
        Self::Settle,
        Self::Trace,
        Self::Repair,
        Self::Balance,
        Self::Record,
    ];
}

/// A run under way.
#[derive(Clone, Debug)]
pub(super) struct Underway {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) began_s: i64,
    pub(super) start_seq: u64,
    pub(super) stage: Stage,
    pub(super) laps: Vec<Lap>,
    pub(super) record: Option<String>,
}

/// What was counted so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) requests: u64,
    pub(super) last_s: i64,
    pub(super) objects: u64,
    pub(super) fields: u64,
    pub(super) swept: u64,
}

/// What remarks are about.
#[derive(Clone, Copy, Debug)]
pub(super) enum About {
    Unproven,
    Cut,
    Gap,
    Unlisted,
    /// Sums of the book that did not hold when the run was planned, by their findings' ids.
    Doubt,
}

impl About {
    fn word(self) -> &'static str {
        match self {
            Self::Unproven => "unproven",
            Self::Cut => "cut",
            Self::Gap => "gap",
            Self::Unlisted => "unlisted",
            Self::Doubt => "doubt",
        }
    }
}

/// The file.
pub(super) struct Work {
    slate: Slate<ReconcileError>,
}

impl Work {
    /// Opens the file at `path` (0600), or makes an empty one.
    pub(super) fn open(path: &Path) -> Result<Self, ReconcileError> {
        let slate = Slate::open(path, &SHAPE)?;
        Ok(Self { slate })
    }

    /// Does `work` in one transaction; undoes it all if it fails.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, ReconcileError>,
    ) -> Result<T, ReconcileError> {
        self.slate.write(|| work(self))
    }

    /// Says that a run is at a stage.
    pub(super) fn reach(&self, run: i64, stage: Stage) -> Result<(), ReconcileError> {
        let step = Stage::ALL.iter().position(|known| *known == stage);
        let sql = "UPDATE runs SET step = ?2 WHERE id = ?1";
        self.slate
            .run(sql, params![run, signed(step.unwrap_or(0) as u64)])
    }

    /// Says how often what differs was looked at again.
    pub(super) fn tried(&self, run: i64, tries: u32) -> Result<(), ReconcileError> {
        self.slate.run(
            "UPDATE runs SET tries = ?2 WHERE id = ?1",
            params![run, tries],
        )
    }

    /// Keeps what is about to be appended.
    pub(super) fn keep_record(&self, run: i64, record: &str) -> Result<(), ReconcileError> {
        let sql = "UPDATE runs SET record = ?2 WHERE id = ?1";
        self.slate.run(sql, params![run, record])
    }

    /// Counts objects and their members.
    pub(super) fn count(&self, run: i64, objects: u64, fields: u64) -> Result<(), ReconcileError> {
        let sql = "UPDATE runs SET objects = objects + ?2, fields = fields + ?3 WHERE id = ?1";
        self.slate
            .run(sql, params![run, signed(objects), signed(fields)])
    }

    /// Says how many objects of the book can be swept.
    pub(super) fn set_swept(&self, run: i64, swept: u64) -> Result<(), ReconcileError> {
        let sql = "UPDATE runs SET swept = ?2 WHERE id = ?1";
        self.slate.run(sql, params![run, signed(swept)])
    }

    /// Counts requests, and keeps Stripe's second of the last answer.
    pub(super) fn asked(
        &self,
        run: i64,
        requests: u64,
        last_s: Option<i64>,
    ) -> Result<(), ReconcileError> {
        let sql = "UPDATE runs SET requests = requests + ?2, last_s = max(last_s, coalesce(?3, 0)) WHERE id = ?1";
        self.slate.run(sql, params![run, signed(requests), last_s])
    }

    /// What was counted so far.
    pub(super) fn tally(&self, run: i64) -> Result<Tally, ReconcileError> {
        let sql = "SELECT requests, last_s, objects, fields, swept FROM runs WHERE id = ?1";
        let found = self.slate.row(sql, [run], |row| {
            Ok(Tally {
                requests: row.get::<_, i64>(0)?.unsigned_abs(),
                last_s: row.get(1)?,
                objects: row.get::<_, i64>(2)?.unsigned_abs(),
                fields: row.get::<_, i64>(3)?.unsigned_abs(),
                swept: row.get::<_, i64>(4)?.unsigned_abs(),
            })
        })?;
        Ok(found.unwrap_or_default())
    }

    /// Notes something that the record will say.
    pub(super) fn remark(&self, run: i64, about: About, what: &str) -> Result<(), ReconcileError> {
        let sql = "INSERT OR IGNORE INTO remarks (run, about, what) VALUES (?1, ?2, ?3)";
        self.slate.run(sql, params![run, about.word(), what])
    }

    /// What was noted.
    pub(super) fn remarks(&self, run: i64, about: About) -> Result<Vec<String>, ReconcileError> {
        let sql = "SELECT what FROM remarks WHERE run = ?1 AND about = ?2 ORDER BY what";
        self.slate
            .rows(sql, params![run, about.word()], |row| row.get(0))
    }
}
