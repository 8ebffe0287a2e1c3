//! Where the model's changes end: which hang together, what each group comes to, and what is left when some must be later.

use std::collections::{BTreeMap, BTreeSet};

use book::Certainty;
use facts::Origin;

use super::changes::{Change, State};
use crate::lifecycles::is_later;

/// Some changes that hang together: its states with how often each was entered more than left, and where it ended.
struct Group {
    scores: BTreeMap<State, i64>,
    ends: Vec<State>,
    starts: Vec<State>,
}

pub(super) struct Outcome {
    pub(super) state: State,
    pub(super) certainty: Certainty,
    pub(super) candidates: Vec<State>,
    pub(super) starts: Vec<State>,
    pub(super) is_split: bool,
    pub(super) begins_at_creation: bool,
}

/// Where these changes ended, when they began at `start` if that is known.
pub(super) fn follow(changes: &[Change<'_>], start: Option<&State>) -> Outcome {
    let is_creation =
        |change: &Change<'_>| *change.claim.event_type == *change.claim.object.schema.created_by;
    let made: BTreeSet<&State> = changes
        .iter()
        .filter(|change| !change.claim.event_type.is_empty() && is_creation(change))
        .map(|change| &change.after)
        .collect();
    let groups = groups(changes, start, &made);
    let said: BTreeSet<&State> = changes.iter().map(|change| &change.after).collect();
    let only_made = |group: &Group| {
        let mut states = changes
            .iter()
            .filter(|change| group.scores.contains_key(&change.after));
        group.scores.len() == 1
            && states.all(|change| !change.claim.event_type.is_empty() && is_creation(change))
    };
    let later: Vec<&Group> = groups.iter().filter(|group| !only_made(group)).collect();
    let standing: Vec<&Group> = if later.is_empty() {
        groups.iter().collect()
    } else {
        later
    };
    let is_split = standing.len() > 1;
    let ends: Vec<State> = standing
        .into_iter()
        .flat_map(|group| group.ends.clone())
        .collect();
    let is_last = |end: &&State| !ends.iter().any(|other| is_later(&other.told, &end.told));
    let mut candidates: Vec<State> = ends.iter().filter(is_last).cloned().collect();
    if candidates.is_empty() {
        candidates = ends.clone();
    }
    let is_loose = changes.iter().any(|change| change.is_loose);
    let is_certain = groups.iter().all(|group| group.ends.len() == 1) && !is_loose;
    let certainty = match (said.len(), groups.len(), candidates.len()) {
        (1, ..) => Certainty::Exact,
        (_, 1, _) if is_certain => Certainty::Linked,
        (_, _, 1) if is_certain => Certainty::Hinted,
        _ => Certainty::Ambiguous,
    };
    let state = match said.iter().next() {
        Some(state) if said.len() == 1 => (*state).clone(),
        _ => heaviest(changes, &candidates),
    };
    let candidates = if certainty == Certainty::Exact {
        vec![state.clone()]
    } else {
        candidates
    };
    let starts: Vec<State> = groups
        .iter()
        .flat_map(|group| group.starts.clone())
        .collect();
    let begins_at_creation = starts.iter().all(|start| made.contains(start));
    Outcome {
        state,
        certainty,
        candidates,
        starts,
        is_split,
        begins_at_creation,
    }
}

fn groups(changes: &[Change<'_>], start: Option<&State>, made: &BTreeSet<&State>) -> Vec<Group> {
    let mut groups: Vec<BTreeSet<&State>> = Vec::new();
    let mut times: BTreeMap<(&State, &State), BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for change in changes {
        let states: BTreeSet<&State> = change.before.iter().chain([&change.after]).collect();
        let (joined, apart): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|group| !group.is_disjoint(&states));
        groups = apart;
        groups.push(joined.into_iter().flatten().chain(states).collect());
        if let Some(before) = &change.before {
            let by_type = times.entry((before, &change.after)).or_default();
            by_type
                .entry(&change.claim.event_type)
                .or_default()
                .insert(change.id);
        }
    }
    let score = |state: &State| -> i64 {
        let times_of = |by_type: &BTreeMap<&str, BTreeSet<&str>>| {
            by_type.values().map(BTreeSet::len).max().unwrap_or(0)
        };
        let gained = |(edge, by_type): (&(&State, &State), &_)| {
            (i64::from(edge.1 == state) - i64::from(edge.0 == state)) * times_of(by_type) as i64
        };
        times.iter().map(gained).sum()
    };
    let of_group = |states: BTreeSet<&State>| {
        group(
            states
                .into_iter()
                .map(|state| (state.clone(), score(state)))
                .collect(),
            start,
            made,
        )
    };
    groups.into_iter().map(of_group).collect()
}

fn group(scores: BTreeMap<State, i64>, start: Option<&State>, made: &BTreeSet<&State>) -> Group {
    let with = |is: &dyn Fn(i64) -> bool| -> Vec<State> {
        scores
            .iter()
            .filter(|(_, score)| is(**score))
            .map(|(state, _)| state.clone())
            .collect()
    };
    let (ends, starts) = (with(&|score| score > 0), with(&|score| score < 0));
    let all = with(&|_| true);
    if !ends.is_empty() || all.len() == 1 {
        let ends = if ends.is_empty() { all } else { ends };
        return Group {
            scores,
            ends,
            starts,
        };
    }
    let created: Vec<State> = all
        .iter()
        .filter(|state| made.contains(state))
        .cloned()
        .collect();
    match (
        start.filter(|start| all.contains(start)),
        created.as_slice(),
    ) {
        (Some(turn), _) | (None, [turn]) => Group {
            ends: vec![turn.clone()],
            starts: vec![turn.clone()],
            scores,
        },
        _ => Group {
            ends: all,
            starts: Vec::new(),
            scores,
        },
    }
}

/// What is shown when nothing decides: a read, the object's own claim, one with a before, the later, the greater hash.
fn heaviest(changes: &[Change<'_>], candidates: &[State]) -> State {
    let weight = |change: &Change<'_>| {
        let claim = change.claim;
        (
            claim.origin == Origin::Observation,
            claim.origin != Origin::Embedded,
            claim.before.is_some(),
            claim.hi_s,
        )
    };
    let of_state = |state: &&State| {
        let stating = changes.iter().filter(|change| change.after == **state);
        (stating.map(weight).max(), state.plain.state_hash())
    };
    candidates
        .iter()
        .max_by_key(of_state)
        .expect("changes end somewhere")
        .clone()
}
