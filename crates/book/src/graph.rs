//! The changes among some states, as a graph: where did it end?
//!
//! Every claim with previous values is an edge from the state before to the state after. Whatever the order of the
//! changes, the end of a chain is the state that was entered once more often than left. Knows no time and no arrival.

use std::collections::{BTreeMap, BTreeSet};

use facts::{Record, Value};

use crate::lifecycle;
use crate::states::{States, Step, weight};

/// What following the changes led to.
pub(crate) struct Outcome {
    /// The state to show.
    pub(crate) state: usize,
    pub(crate) certainty: Certainty,
    /// The states between which nothing decides, the shown one among them; one when it is decided.
    pub(crate) candidates: Vec<usize>,
    /// Where the changes began, if they say so.
    pub(crate) starts: Vec<usize>,
    /// Whether the changes after the making of the object fall into several parts that nothing joins.
    pub(crate) is_split: bool,
    /// Whether the beginning is the making of the object.
    pub(crate) is_creation: bool,
}

/// How sure a state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Nothing decides between several states: one is shown, and the object must be fetched.
    Ambiguous,
    /// Several unconnected changes, ordered by fields that never go back or by lifecycle.
    Hinted,
    /// The end of a chain of changes that join.
    Linked,
    /// All claims say the same.
    Exact,
}

impl Certainty {
    /// The word for it in tables and on screens.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Certainty::Exact => "exact",
            Certainty::Linked => "linked",
            Certainty::Hinted => "hinted",
            Certainty::Ambiguous => "ambiguous",
        }
    }
}

/// Some changes that hang together.
struct Part {
    states: Vec<usize>,
    /// The state that it ends in, or all that it may end in.
    ends: Vec<usize>,
    starts: Vec<usize>,
}

/// Follows the changes that the steps at `chosen` make, which began at `start` if that is known.
pub(crate) fn follow(states: &States<'_>, chosen: &[usize], start: Option<usize>) -> Outcome {
    let steps: Vec<&Step<'_>> = chosen.iter().map(|&place| &states.steps[place]).collect();
    let edges = edges(&steps);
    let created = created_states(&steps);
    let parts = parts(states.len(), &steps, &edges, start, &created);
    let starts: Vec<usize> = parts.iter().flat_map(|part| part.starts.clone()).collect();
    let is_creation = starts.iter().all(|start| created.contains(start));
    let later = later(&parts, &steps);
    let is_split = later.len() > 1;
    let said: BTreeSet<usize> = steps.iter().map(|step| step.after).collect();
    if said.len() == 1 {
        let state = steps[0].after;
        return Outcome {
            state,
            certainty: Certainty::Exact,
            candidates: vec![state],
            starts,
            is_split,
            is_creation,
        };
    }
    let is_certain =
        parts.iter().all(|part| part.ends.len() == 1) && steps.iter().all(|step| !step.is_loose);
    if parts.len() == 1 && is_certain {
        let state = parts[0].ends[0];
        return Outcome {
            state,
            certainty: Certainty::Linked,
            candidates: vec![state],
            starts,
            is_split,
            is_creation,
        };
    }
    let ends = later.iter().flat_map(|part| part.ends.iter().copied());
    let candidates = latest(states, ends.collect());
    let certainty = if candidates.len() == 1 && is_certain {
        Certainty::Hinted
    } else {
        Certainty::Ambiguous
    };
    let state = heaviest(states, &steps, &candidates);
    Outcome {
        state,
        certainty,
        candidates,
        starts,
        is_split,
        is_creation,
    }
}

/// Every change once, with how often it happened: one change makes at most one event of each type.
fn edges(steps: &[&Step<'_>]) -> BTreeMap<(usize, usize), i64> {
    let mut types: BTreeMap<(usize, usize), BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for step in steps {
        let Some(before) = step.before else { continue };
        let by_type = types.entry((before, step.after)).or_default();
        by_type
            .entry(&step.claim.event_type)
            .or_default()
            .insert(step.change);
    }
    let most = |by_type: BTreeMap<&str, BTreeSet<&str>>| {
        by_type.values().map(BTreeSet::len).max().unwrap_or(0)
    };
    types
        .into_iter()
        .map(|(edge, by_type)| (edge, i64::try_from(most(by_type)).unwrap_or(i64::MAX)))
        .collect()
}

/// The states that the event of the object's making shows.
fn created_states(steps: &[&Step<'_>]) -> BTreeSet<usize> {
    steps
        .iter()
        .filter(|step| is_creation(step))
        .map(|step| step.after)
        .collect()
}

/// Whether the event of the object's making shows it.
pub(crate) fn is_creation(step: &Step<'_>) -> bool {
    !step.claim.event_type.is_empty()
        && *step.claim.event_type == *step.claim.object.schema.created_by
}

/// Groups the states into those that changes join, and finds where each group begins and ends.
fn parts(
    count: usize,
    steps: &[&Step<'_>],
    edges: &BTreeMap<(usize, usize), i64>,
    start: Option<usize>,
    created: &BTreeSet<usize>,
) -> Vec<Part> {
    let mut roots: Vec<usize> = (0..count).collect();
    let mut scores = vec![0_i64; count];
    for (&(before, after), &times) in edges {
        scores[before] -= times;
        scores[after] += times;
        let (one, other) = (root(&mut roots, before), root(&mut roots, after));
        roots[one.max(other)] = one.min(other);
    }
    let present: BTreeSet<usize> = steps
        .iter()
        .flat_map(|step| step.before.into_iter().chain([step.after]))
        .collect();
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for state in present {
        members
            .entry(root(&mut roots, state))
            .or_default()
            .push(state);
    }
    members
        .into_values()
        .map(|states| part(states, &scores, start, created))
        .collect()
}

/// The least state of the group, with the way to it made short.
fn root(roots: &mut [usize], mut state: usize) -> usize {
    while roots[state] != state {
        roots[state] = roots[roots[state]];
        state = roots[state];
    }
    state
}

fn part(
    states: Vec<usize>,
    scores: &[i64],
    start: Option<usize>,
    created: &BTreeSet<usize>,
) -> Part {
    let with = |sign: i64| {
        states
            .iter()
            .copied()
            .filter(|&state| scores[state].signum() == sign)
            .collect::<Vec<_>>()
    };
    let (ends, starts) = (with(1), with(-1));
    if !ends.is_empty() || states.len() == 1 {
        let ends = if ends.is_empty() {
            states.clone()
        } else {
            ends
        };
        return Part {
            states,
            ends,
            starts,
        };
    }
    let turn = start.filter(|start| states.contains(start)).map_or_else(
        || {
            states
                .iter()
                .copied()
                .filter(|state| created.contains(state))
                .collect::<Vec<_>>()
        },
        |start| vec![start],
    );
    match turn.as_slice() {
        [turn] => Part {
            ends: vec![*turn],
            starts: vec![*turn],
            states,
        },
        _ => Part {
            ends: states.clone(),
            starts: Vec::new(),
            states,
        },
    }
}

/// All parts, less those known only from the making of the object when there are others.
fn later<'p>(parts: &'p [Part], steps: &[&Step<'_>]) -> Vec<&'p Part> {
    if parts.len() == 1 {
        return parts.iter().collect();
    }
    let changed: BTreeSet<usize> = steps
        .iter()
        .filter(|step| !is_creation(step))
        .map(|step| step.after)
        .collect();
    let only_created = |part: &Part| part.states.len() == 1 && !changed.contains(&part.states[0]);
    let later: Vec<&Part> = parts.iter().filter(|part| !only_created(part)).collect();
    if later.is_empty() {
        return parts.iter().collect();
    }
    later
}

/// Leaves out every state that another one must be later than; all of them when none would be left.
fn latest(states: &States<'_>, ends: Vec<usize>) -> Vec<usize> {
    let mut alike: BTreeMap<Vec<&Value>, Vec<usize>> = BTreeMap::new();
    for &end in &ends {
        alike
            .entry(lifecycle::clock(states.record(end)))
            .or_default()
            .push(end);
    }
    let heads: Vec<&Record> = alike
        .values()
        .map(|group| states.record(group[0]))
        .collect();
    // What is later sorts behind, so that from the end on it is met at once.
    let is_last = |record: &Record| lifecycle::is_last(record, heads.iter().rev().copied());
    let last: Vec<usize> = alike
        .values()
        .filter(|group| is_last(states.record(group[0])))
        .flatten()
        .copied()
        .collect();
    if last.is_empty() { ends } else { last }
}

/// The candidate to show when nothing decides, by a rule that knows only contents and times.
fn heaviest(states: &States<'_>, steps: &[&Step<'_>], candidates: &[usize]) -> usize {
    let mut weights = vec![None; states.len()];
    for step in steps {
        weights[step.after] = weights[step.after].max(Some(weight(step.claim)));
    }
    let weigh = |&state: &usize| (weights[state], states.record(state).state_hash());
    candidates
        .iter()
        .copied()
        .max_by_key(weigh)
        .expect("changes end somewhere")
}
