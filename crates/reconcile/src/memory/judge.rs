//! How a run's findings stand, given what stood before it. Reads the memory, and writes nothing: what is judged counts once the run has
//! recorded it.

use std::collections::BTreeMap;

use ledger::StreamId;
use rusqlite::params;

use super::life::parsed;
use super::{Memory, signed};
use crate::{Acceptance, Finding, Outcome, ReconcileError, State};

/// What a run found: the finding, whether it was repaired, and why not if it could have been.
pub type Found = (Finding, bool, Option<String>);

impl Memory {
    /// How the findings of the run named `run` stand, the worst first: new, known, repaired or accepted; with those that are gone; with
    /// those that stand and that this run did not look at, as `covered` says; and with what an earlier part of the same run repaired.
    ///
    /// # Errors
    /// When the memory can't be read.
    pub fn judge(
        &self,
        stream: &StreamId,
        run: &str,
        found: Vec<Found>,
        covered: &dyn Fn(&Finding) -> bool,
    ) -> Result<Vec<Outcome>, ReconcileError> {
        let place = self.place_of(stream, run)?.unwrap_or(signed(u64::MAX));
        let before = self.before(stream, place)?;
        let mut judged = BTreeMap::new();
        for (finding, is_repaired, held_back) in found {
            let earlier = before.get(&finding.id);
            let accepted = self.acceptance(stream, &finding.id)?;
            let state = match is_repaired {
                true => State::Repaired,
                false => standing(&finding, earlier.is_some(), accepted.as_ref()),
            };
            let outcome = Outcome {
                finding,
                state,
                held_back,
            };
            judged.insert(outcome.finding.id.clone(), outcome);
        }
        for (name, mut outcome) in before {
            if judged.contains_key(&name) {
                continue;
            }
            let accepted = self.acceptance(stream, &name)?;
            outcome.state = match covered(&outcome.finding) {
                true => State::Gone,
                false => standing(&outcome.finding, true, accepted.as_ref()),
            };
            judged.insert(name, outcome);
        }
        for mut outcome in self.own(stream, place)? {
            let name = outcome.finding.id.clone();
            if judged.contains_key(&name) {
                continue;
            }
            if outcome.state.is_open() && covered(&outcome.finding) {
                outcome.state = State::Gone;
            }
            judged.insert(name, outcome);
        }
        let mut judged: Vec<Outcome> = judged.into_values().collect();
        Outcome::sort(&mut judged);
        Ok(judged)
    }

    /// What stood, open or accepted, before the run at `place`, by name.
    fn before(
        &self,
        stream: &StreamId,
        place: i64,
    ) -> Result<BTreeMap<String, Outcome>, ReconcileError> {
        let sql = "SELECT o.finding, o.body FROM outcomes AS o
                   WHERE o.stream = ?1 AND o.place < ?2 AND o.state IN ('new', 'known', 'accepted') AND NOT EXISTS (
                     SELECT 1 FROM outcomes AS later WHERE later.stream = o.stream AND later.finding = o.finding
                       AND later.place > o.place AND later.place < ?2)";
        let rows = self.rows(sql, params![stream.as_str(), place], |row| {
            Ok((row.get(0)?, parsed(row, 1)?))
        })?;
        Ok(rows.into_iter().collect())
    }

    /// What earlier parts of the run at `place` left.
    fn own(&self, stream: &StreamId, place: i64) -> Result<Vec<Outcome>, ReconcileError> {
        let sql = "SELECT body FROM outcomes WHERE stream = ?1 AND place = ?2";
        self.rows(sql, params![stream.as_str(), place], |row| parsed(row, 0))
    }
}

fn standing(finding: &Finding, is_known: bool, accepted: Option<&Acceptance>) -> State {
    match accepted {
        Some(acceptance) if acceptance.covers(finding) => State::Accepted,
        _ if is_known => State::Known,
        _ => State::New,
    }
}
