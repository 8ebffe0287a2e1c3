//! From a register to a view: the newest state of an object and how sure it is.
//!
//! A pure function of the register's claims. It knows nothing of delivery, sequence, batch or thread, and never guesses
//! silently: where nothing decides, the view is ambiguous and says how much money is at stake.

use std::collections::BTreeSet;
use std::sync::Arc;

use facts::{Claim, GUARD_S, Record, Shape};

use crate::graph::{self, Certainty, Outcome};
use crate::lifecycle;
use crate::register::Register;
use crate::states::{States, content, of_one};

/// The newest state of an object, as far as its claims tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What the object is; for a deleted one, what it last was.
    pub content: Arc<Record>,
    /// The API version that rendered it.
    pub version: Box<str>,
    /// How sure it is.
    pub certainty: Certainty,
    /// Whether a change must have happened that no event announced.
    pub gap: bool,
    /// By how many minor units the candidates of an ambiguous view differ in the amount that differs most; else 0.
    pub at_stake_minor: i64,
    /// The smallest sequence number of a claim that states it (history, not state).
    pub known_seq: u64,
}

/// Finds the newest state; none when no claim with content is held.
#[must_use]
pub fn resolve(register: &Register) -> Option<View> {
    let layers = register.layers();
    let all: Vec<&Claim> = layers.front.iter().chain(&layers.base).copied().collect();
    if let [only] = all.as_slice() {
        return Some(view_of_one(only));
    }
    let newest_s = register.newest_s()?;
    let states = States::of(&all);
    let (front, base): (Vec<usize>, Vec<usize>) =
        (0..states.steps.len()).partition(|&place| states.steps[place].claim.hi_s > newest_s);
    let (outcome, gap) = decide(&states, &front, &base);
    Some(view(register, &states, &outcome, gap))
}

/// The front's answer, held against the base's where the front does not begin with it.
fn decide(states: &States<'_>, front: &[usize], base: &[usize]) -> (Outcome, bool) {
    let before = (!base.is_empty()).then(|| graph::follow(states, base, None));
    let sure = before
        .as_ref()
        .filter(|before| before.certainty != Certainty::Ambiguous);
    let view = graph::follow(states, front, sure.map(|before| before.state));
    let begins = begins_with(&view, before.as_ref());
    let gap = view.is_split || view.starts.len() > 1 || begins == Some(false);
    if (begins == Some(true) && !gap) || is_read_last(states, front, base, view.state) {
        return (view, gap);
    }
    match before {
        Some(before) => (hold_against(states, front, base, view, &before), gap),
        None => (view, gap),
    }
}

/// Whether a read in the front states this, and no change of the base can have left it since.
fn is_read_last(states: &States<'_>, front: &[usize], base: &[usize], state: usize) -> bool {
    let steps = |places: &'_ [usize]| places.iter().map(|&place| &states.steps[place]).collect();
    let (front, base): (Vec<_>, Vec<_>) = (steps(front), steps(base));
    let mut reads = front
        .iter()
        .filter(|step| step.claim.origin == facts::Origin::Observation && step.after == state);
    let is_left_since = |read_s: i64| {
        let mut left = base.iter().filter(|step| step.before == Some(state));
        left.any(|step| step.claim.hi_s > read_s)
    };
    reads.any(|read| !is_left_since(read.claim.lo_s))
}

/// Whether the front's changes begin where the base ended; none when no change says where they began.
fn begins_with(view: &Outcome, before: Option<&Outcome>) -> Option<bool> {
    let start = *view.starts.first()?;
    match before {
        None => Some(view.is_creation),
        Some(before) if before.certainty == Certainty::Ambiguous => {
            Some(before.candidates.contains(&start))
        }
        Some(before) => Some(before.state == start),
    }
}

/// Takes the answer of both layers together where the front's alone goes back in time.
fn hold_against(
    states: &States<'_>,
    front: &[usize],
    base: &[usize],
    view: Outcome,
    before: &Outcome,
) -> Outcome {
    let both: Vec<usize> = front.iter().chain(base).copied().collect();
    let union = graph::follow(states, &both, None);
    let is_behind = lifecycle::is_behind(states.record(view.state), states.record(before.state));
    let mut others = union
        .candidates
        .iter()
        .filter(|state| **state != view.state);
    let is_near = others.any(|state| is_near(states, front, base, *state));
    let was_left = view.state != before.state
        && base
            .iter()
            .any(|&place| states.steps[place].before == Some(view.state));
    if is_behind {
        return if union.certainty >= Certainty::Hinted {
            union
        } else {
            doubtful(union, None)
        };
    }
    if was_left && is_near {
        return if union.certainty == Certainty::Linked {
            union
        } else {
            doubtful(union, Some(view.state))
        };
    }
    let is_whole = !union.is_split && union.starts.len() <= 1;
    if union.certainty == Certainty::Linked && is_whole && is_near && union.state != view.state {
        union
    } else {
        view
    }
}

/// Whether this is stated in the front, or so shortly before it that Stripe's own seconds may be wrong by as much.
fn is_near(states: &States<'_>, front: &[usize], base: &[usize], state: usize) -> bool {
    let step = |place: &usize| &states.steps[*place];
    let newest_s = front.iter().map(|place| step(place).claim.lo_s).max();
    let is_near = |place: &usize| {
        Some(step(place).claim.hi_s.saturating_add(GUARD_S)) > newest_s
            && step(place).after == state
    };
    front.iter().any(|place| step(place).after == state) || base.iter().any(is_near)
}

/// The answer as one of several: it, or what else may be true.
fn doubtful(outcome: Outcome, other: Option<usize>) -> Outcome {
    Outcome {
        certainty: Certainty::Ambiguous,
        candidates: outcome.candidates.into_iter().chain(other).collect(),
        ..outcome
    }
}

fn view_of_one(claim: &Claim) -> View {
    View {
        content: Arc::clone(
            claim
                .after
                .as_ref()
                .expect("a register holds no claim without content"),
        ),
        version: claim.version.clone(),
        certainty: Certainty::Exact,
        gap: claim
            .before
            .as_deref()
            .is_some_and(|before| !before.same_state(content(claim))),
        at_stake_minor: 0,
        known_seq: claim.seq,
    }
}

fn view(register: &Register, states: &States<'_>, outcome: &Outcome, gap: bool) -> View {
    let mut stating = states.stating(outcome.state);
    let mut certainty = outcome.certainty;
    let mut at_stake_minor = stake_of(states, outcome);
    if states.is_masked {
        let told = in_newest_version(&stating);
        let finer = States::of(&told);
        let all: Vec<usize> = (0..finer.steps.len()).collect();
        let end = graph::follow(&finer, &all, None);
        if end.certainty == Certainty::Ambiguous {
            at_stake_minor = stake_of(&finer, &end);
        }
        if told.len() > finer.stating(end.state).len() {
            certainty = certainty.min(end.certainty);
            stating = finer.stating(end.state);
        }
    }
    let shown = newest_rendering(register, states, stating);
    let states_it = |claim: &&Claim| content(claim).same_state(content(shown));
    View {
        content: Arc::clone(
            shown
                .after
                .as_ref()
                .expect("a register holds no claim without content"),
        ),
        version: shown.version.clone(),
        certainty,
        gap,
        at_stake_minor,
        known_seq: register
            .claims()
            .iter()
            .filter(states_it)
            .map(|claim| claim.seq)
            .min()
            .unwrap_or(shown.seq),
    }
}

fn stake_of(states: &States<'_>, outcome: &Outcome) -> i64 {
    match outcome.certainty {
        Certainty::Ambiguous => stake(outcome.candidates.iter().map(|&state| states.record(state))),
        _ => 0,
    }
}

fn in_newest_version<'a>(claims: &[&'a Claim]) -> Vec<&'a Claim> {
    let newest = claims.iter().map(|claim| &claim.version).max();
    let is_newest = |claim: &&&Claim| Some(&claim.version) == newest;
    claims.iter().filter(is_newest).copied().collect()
}

/// The rendering in the newest version of these claims; between equal states the one that says most.
fn newest_rendering<'a>(
    register: &'a Register,
    states: &States<'a>,
    stating: Vec<&'a Claim>,
) -> &'a Claim {
    let others = match states.steps.len() == register.claims().len() {
        true => Vec::new(),
        false => other_renderings(register, states, &stating),
    };
    let newest = stating.into_iter().chain(others);
    newest
        .max_by(|one, other| (&one.version, &one.after).cmp(&(&other.version, &other.after)))
        .expect("a state is stated by some claim")
}

/// The renderings of these claims that were not the ones to be compared.
fn other_renderings<'a>(
    register: &'a Register,
    states: &States<'a>,
    stating: &[&'a Claim],
) -> Vec<&'a Claim> {
    let told: BTreeSet<_> = stating.iter().map(|claim| of_one(claim)).collect();
    let compared: BTreeSet<*const Claim> = states
        .steps
        .iter()
        .map(|step| std::ptr::from_ref(step.claim))
        .collect();
    let is_other = |claim: &&Claim| {
        told.contains(&of_one(claim)) && !compared.contains(&std::ptr::from_ref(*claim))
    };
    register.claims().iter().filter(is_other).collect()
}

/// By how much these contents differ in the amount that differs most.
pub(crate) fn stake<'a>(records: impl Iterator<Item = &'a Record> + Clone) -> i64 {
    let Some(first) = records.clone().next() else {
        return 0;
    };
    let amounts = (0..first.values.len())
        .filter(|&place| matches!(first.schema.fields[place].shape, Shape::Minor));
    let spread = |place: usize| {
        let values = records.clone().map(|record| record.int(place).unwrap_or(0));
        let (least, most) = values.fold((i64::MAX, i64::MIN), |(least, most), value| {
            (least.min(value), most.max(value))
        });
        most.saturating_sub(least)
    };
    amounts.map(spread).max().unwrap_or(0)
}
