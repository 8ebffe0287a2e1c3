//! What a run did, by kind, and how far one is. Numbers only.

use ledger::StreamId;
use rusqlite::params;

use crate::evidence::Counts;
use crate::{Keeper, SyncError};

use super::store::Run;

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Requests that were answered since it was begun or gone on with.
    pub requests: u64,
    /// Objects on them.
    pub objects: u64,
    /// Requests that are left, as far as it can be guessed.
    pub requests_left: u64,
}

/// What a run did: also what it had done before it was gone on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The stream.
    pub stream: StreamId,
    /// The second before which objects were read; later ones are follow's.
    pub until_s: i64,
    /// Every kind of which anything was asked, in the order of their names.
    pub types: Vec<TypeReport>,
}

/// What a run did of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeReport {
    /// What the objects call themselves, or the kind of their list.
    pub kind: String,
    /// Lists, or windows of the one list, that were read.
    pub lists: u64,
    /// Items on their pages.
    pub objects: u64,
    /// What became of them, and of what was asked for by itself.
    pub counts: Counts,
    /// Objects that were asked for by themselves, because the log knows them and the list doesn't show them.
    pub singles: u64,
    /// Of those, how many Stripe doesn't find.
    pub absent: u64,
    /// Why something of it was given up.
    pub skipped: Option<String>,
}

impl Report {
    /// Whether everything was read.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.types.iter().all(|of| of.skipped.is_none())
    }

    /// Requests of lists and of single objects.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.types
            .iter()
            .map(|of| of.counts.pages + of.singles)
            .sum()
    }

    /// All kinds together.
    #[must_use]
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.types.iter().for_each(|of| total.add(&of.counts));
        total
    }
}

impl Keeper {
    /// What a run has done so far.
    pub(super) fn report(&self, run: &Run) -> Result<Report, SyncError> {
        let sql = "SELECT p.object_type, count(*), sum(p.items), sum(p.pages), sum(p.appended), sum(p.unchanged),
                     sum(p.set_aside)
                   FROM parts AS p WHERE p.run = ?1 AND p.pages > 0 GROUP BY p.object_type";
        let number = |row: &rusqlite::Row<'_>, place| {
            Ok::<_, rusqlite::Error>(row.get::<_, i64>(place)?.unsigned_abs())
        };
        let mut types = self.slate.rows(sql, params![run.id], |row| {
            Ok(TypeReport {
                kind: row.get(0)?,
                lists: number(row, 1)?,
                objects: number(row, 2)?,
                counts: Counts {
                    pages: number(row, 3)?,
                    appended: number(row, 4)?,
                    unchanged: number(row, 5)?,
                    set_aside: number(row, 6)?,
                },
                ..TypeReport::default()
            })
        })?;
        let sql = "SELECT object_type, singles, absent, appended, skipped FROM types
                   WHERE run = ?1 AND (singles > 0 OR skipped IS NOT NULL)";
        let others = self.slate.rows(sql, params![run.id], |row| {
            Ok(TypeReport {
                kind: row.get(0)?,
                singles: number(row, 1)?,
                absent: number(row, 2)?,
                counts: Counts {
                    appended: number(row, 3)?,
                    ..Counts::default()
                },
                skipped: row.get(4)?,
                ..TypeReport::default()
            })
        })?;
        for other in others {
            join(&mut types, other);
        }
        types.sort_unstable_by(|one, other| one.kind.cmp(&other.kind));
        Ok(Report {
            stream: run.stream.clone(),
            until_s: run.until_s,
            types,
        })
    }
}

fn join(types: &mut Vec<TypeReport>, other: TypeReport) {
    let Some(own) = types.iter_mut().find(|own| own.kind == other.kind) else {
        return types.push(other);
    };
    own.singles = other.singles;
    own.absent = other.absent;
    own.skipped = other.skipped;
    own.counts.add(&other.counts);
}
