//! How a run's findings stand, given what stood before it. Reads the memory, and writes nothing: what is judged counts once the run has
//! recorded it.

use std::collections::BTreeMap;

use ledger::StreamId;
use rusqlite::{Params, params};

use super::Memory;
use super::life::parsed;
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
        let place = self.place_of(stream, run)?;
        let before = self.before(stream, place)?;
        let mut judged = BTreeMap::new();
        for (finding, is_repaired, held_back) in found {
            let (state, accepted) = match is_repaired {
                true => (State::Repaired, None),
                false => self.stands(stream, &finding, before.contains_key(&finding.id))?,
            };
            let outcome = Outcome {
                finding,
                state,
                held_back,
                accepted,
            };
            judged.insert(outcome.finding.id.clone(), outcome);
        }
        // What an earlier part of this run says of a finding is newer than what stood before the run.
        let mut rest = before.clone();
        rest.extend(self.own(stream, place)?);
        rest.retain(|name, _| !judged.contains_key(name));
        for (name, mut outcome) in rest {
            let finding = &outcome.finding;
            if !outcome.state.is_over() {
                (outcome.state, outcome.accepted) = match covered(finding) {
                    true => (State::Gone, None),
                    false => self.stands(stream, finding, before.contains_key(&name))?,
                };
            }
            judged.insert(name, outcome);
        }
        let mut judged: Vec<Outcome> = judged.into_values().collect();
        Outcome::sort(&mut judged);
        Ok(judged)
    }

    /// How a finding stands that is still so, and whose word it is if it is accepted.
    fn stands(
        &self,
        stream: &StreamId,
        finding: &Finding,
        is_known: bool,
    ) -> Result<(State, Option<Acceptance>), ReconcileError> {
        let accepted = self.acceptance(stream, &finding.id)?;
        let accepted = accepted.filter(|acceptance| acceptance.covers(finding));
        let state = match (&accepted, is_known) {
            (Some(_), _) => State::Accepted,
            (None, true) => State::Known,
            (None, false) => State::New,
        };
        Ok((state, accepted))
    }

    /// What stood, open or accepted, before a run, by name; `place` is the run's if it has left a record.
    fn before(
        &self,
        stream: &StreamId,
        place: Option<i64>,
    ) -> Result<BTreeMap<String, Outcome>, ReconcileError> {
        let Some(place) = place else {
            let sql = "SELECT finding, body FROM outcomes
                       WHERE stream = ?1 AND is_last = 1 AND state IN ('new', 'known', 'accepted')";
            return self.named(sql, [stream.as_str()]);
        };
        let sql = "SELECT o.finding, o.body FROM outcomes AS o
                   WHERE o.stream = ?1 AND o.place < ?2 AND o.state IN ('new', 'known', 'accepted') AND NOT EXISTS (
                     SELECT 1 FROM outcomes AS later WHERE later.stream = o.stream AND later.finding = o.finding
                       AND later.place > o.place AND later.place < ?2)";
        self.named(sql, params![stream.as_str(), place])
    }

    /// What earlier parts of a run left, by name.
    fn own(
        &self,
        stream: &StreamId,
        place: Option<i64>,
    ) -> Result<BTreeMap<String, Outcome>, ReconcileError> {
        let sql = "SELECT finding, body FROM outcomes WHERE stream = ?1 AND place = ?2";
        self.named(sql, params![stream.as_str(), place])
    }

    fn named(
        &self,
        sql: &str,
        values: impl Params,
    ) -> Result<BTreeMap<String, Outcome>, ReconcileError> {
        let rows = self
            .slate
            .rows(sql, values, |row| Ok((row.get(0)?, parsed(row, 1)?)))?;
        Ok(rows.into_iter().collect())
    }
}
