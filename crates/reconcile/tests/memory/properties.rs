//! Whatever the nights were like: the memory is the log's, past reports stay, and judging again changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use reconcile::{Found, Memory, Outcome, Report, State};

use crate::nights::{Nights, all_of, finding, state_of, stream};

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    /// A run, in one part or more.
    Night(Vec<Part>),
    /// Somebody accepts what a charge's finding says when it differs by so much.
    Accept(u8, i64),
}

/// What a part of a run found and looked at.
#[derive(Clone, Debug)]
struct Part {
    /// By charge: by how much it differs, and whether that is repaired.
    found: BTreeMap<u8, (i64, bool)>,
    covered: BTreeSet<u8>,
    /// Whether it is killed between its findings and its record, and does it again.
    is_killed: bool,
}

impl Part {
    fn found(&self) -> Vec<Found> {
        let one = |(number, (minor, is_repaired)): (&u8, &(i64, bool))| {
            (finding(*number, *minor), *is_repaired, None)
        };
        self.found.iter().map(one).collect()
    }

    /// What was found was looked at.
    fn covers(&self, number: u8) -> bool {
        self.covered.contains(&number) || self.found.contains_key(&number)
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let found = prop::collection::btree_map(0..5_u8, (1..3_i64, any::<bool>()), 0..4);
    let covered = prop::collection::btree_set(0..5_u8, 0..5);
    let part = (found, covered, any::<bool>()).prop_map(|(found, covered, is_killed)| Part {
        found,
        covered,
        is_killed,
    });
    let step = prop_oneof![
        4 => prop::collection::vec(part, 1..3).prop_map(Step::Night),
        1 => (0..5_u8, 1..3_i64).prop_map(|(number, minor)| Step::Accept(number, minor)),
    ];
    prop::collection::vec(step, 1..9)
}

/// What ought to be so, said without a table: which findings stand, and what is accepted of them.
#[derive(Default)]
struct Model {
    standing: BTreeSet<u8>,
    accepted: BTreeMap<u8, i64>,
    times: BTreeMap<u8, u32>,
}

impl Model {
    /// How a run of one part leaves what it found and what stood.
    fn night(&mut self, part: &Part) -> Vec<(u8, State)> {
        let spoken: BTreeSet<u8> = self
            .standing
            .iter()
            .chain(part.found.keys())
            .copied()
            .collect();
        let states: Vec<(u8, State)> = spoken
            .into_iter()
            .map(|number| (number, self.state(part, number)))
            .collect();
        for (number, state) in &states {
            if state.is_over() {
                self.accepted.remove(number);
            }
            if !self.standing.contains(number) {
                *self.times.entry(*number).or_default() += 1;
            }
            match state.is_over() {
                true => self.standing.remove(number),
                false => self.standing.insert(*number),
            };
        }
        states
    }

    fn state(&self, part: &Part, number: u8) -> State {
        let accepted = self.accepted.get(&number);
        match part.found.get(&number) {
            Some((_, true)) => State::Repaired,
            Some((minor, false)) if accepted == Some(minor) => State::Accepted,
            Some(_) if self.standing.contains(&number) => State::Known,
            Some(_) => State::New,
            None => State::Gone,
        }
    }
}

/// Plays one part, and holds judging against itself; how it left its findings.
fn play(nights: &mut Nights, part: &Part, is_last: bool) -> Result<Vec<Outcome>, TestCaseError> {
    let covered = |number| part.covers(number);
    let outcomes = nights.judge(&part.found(), &covered);
    nights.leave_findings(&outcomes);
    if part.is_killed {
        let (entries, again) = (nights.entries(), nights.judge(&part.found(), &covered));
        prop_assert_eq!(&again, &outcomes);
        nights.leave_findings(&again);
        prop_assert_eq!(nights.entries(), entries);
    }
    nights.leave_record(is_last);
    prop_assert_eq!(&nights.judge(&part.found(), &covered), &outcomes);
    Ok(outcomes)
}

proptest! {
    #[test]
    fn batches_give_what_all_at_once_gives_and_past_reports_stay(
        steps in steps(),
        pauses in prop::collection::vec(any::<bool>(), 9),
    ) {
        let mut nights = Nights::new();
        let mut lazy = Memory::volatile().unwrap();
        let mut reports: BTreeMap<String, Report> = BTreeMap::new();
        for (step, is_pause) in steps.iter().zip(pauses) {
            match step {
                Step::Accept(number, minor) => {
                    let what = finding(*number, *minor);
                    nights.accept(&what, what.gist());
                }
                Step::Night(parts) => {
                    nights.fall();
                    for (place, part) in parts.iter().enumerate() {
                        let outcomes = play(&mut nights, part, place + 1 == parts.len())?;
                        let report = nights.report("").unwrap();
                        let open = |outcome: &&Outcome| outcome.state.is_open();
                        prop_assert_eq!(
                            report.findings.iter().filter(open).count(),
                            outcomes.iter().filter(open).count()
                        );
                        reports.insert(nights.name(), report);
                    }
                }
            }
            if is_pause {
                lazy.catch_up(&nights.log, &stream()).unwrap();
            }
        }
        lazy.catch_up(&nights.log, &stream()).unwrap();
        let mut fresh = Memory::volatile().unwrap();
        fresh.catch_up(&nights.log, &stream()).unwrap();
        prop_assert_eq!(all_of(&lazy), all_of(&nights.memory));
        prop_assert_eq!(all_of(&fresh), all_of(&nights.memory));
        for (name, report) in reports {
            prop_assert_eq!(nights.report(&name), Some(report));
        }
    }

    #[test]
    fn states_are_those_of_a_model_when_everything_is_looked_at(steps in steps()) {
        let mut nights = Nights::new();
        let mut model = Model::default();
        for step in &steps {
            match step {
                Step::Accept(number, minor) => {
                    let what = finding(*number, *minor);
                    nights.accept(&what, what.gist());
                    model.accepted.insert(*number, *minor);
                }
                Step::Night(parts) => {
                    let mut part = parts[0].clone();
                    part.covered = (0..5).collect();
                    nights.fall();
                    let outcomes = play(&mut nights, &part, true)?;
                    let mut states: Vec<(u8, State)> = outcomes.iter().map(state_of).collect();
                    states.sort();
                    prop_assert_eq!(states, model.night(&part));
                }
            }
        }
        let standing: BTreeSet<u8> = nights
            .memory
            .standing(&stream())
            .unwrap()
            .iter()
            .map(|tracked| state_of(&tracked.outcome).0)
            .collect();
        prop_assert_eq!(standing, model.standing);
        for (number, times) in model.times {
            prop_assert_eq!(nights.tracked(number).times, times);
        }
    }
}
