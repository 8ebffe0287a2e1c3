//! The way through what was said of one object: what ended before another began comes first, and among what overlaps each
//! change follows the state that it found. Says where nothing decides. Knows contents and intervals, no arrival.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::graph::is_creation;
use crate::lifecycle;
use crate::states::{States, Step, weight};

/// More than these that overlap are not weighed one against the other.
const CROWD_MIN: usize = 200;

/// What is to be placed: a step of the states, or something without content, each by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// A claim with content.
    Step(usize),
    /// A deletion or notification without content.
    Bare(usize),
}

/// Something to be placed, with its interval.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) what: What,
    pub(crate) lo_s: i64,
    pub(crate) hi_s: i64,
}

/// Something that has its place.
pub(crate) struct Placed {
    pub(crate) what: What,
    /// Whether it states another state than the one known before, and no change that it tells leads there from it.
    pub(crate) is_jump: bool,
    /// Whether nothing decides that it stands here.
    pub(crate) is_unsure: bool,
    /// The steps between which and this one nothing decides.
    pub(crate) rivals: Vec<usize>,
}

/// Places everything; `end` is the state that is known to stand last, if one is.
pub(crate) fn walk(states: &States<'_>, mut items: Vec<Item>, end: Option<usize>) -> Vec<Placed> {
    items.sort_by_key(|item| Reverse((item.lo_s, item.hi_s, item.what)));
    let mut ends_s = vec![i64::MAX; items.len() + 1];
    for (place, item) in items.iter().enumerate() {
        ends_s[place + 1] = ends_s[place].min(item.hi_s);
    }
    let mut walk = Walk {
        states,
        end,
        newest_s: states
            .steps
            .iter()
            .map(|step| step.claim.lo_s)
            .max()
            .unwrap_or(i64::MIN),
        known: None,
        pool: Vec::new(),
        recent: Vec::new(),
    };
    let mut placed = Vec::with_capacity(items.len());
    loop {
        let pool_ends_s = walk.pool.iter().map(|item| item.hi_s).min();
        let first_end_s = ends_s[items.len()].min(pool_ends_s.unwrap_or(i64::MAX));
        while items.last().is_some_and(|item| item.lo_s < first_end_s) {
            walk.pool.extend(items.pop());
        }
        if walk.pool.is_empty() {
            return placed;
        }
        let waiting_s = items.last().map_or(i64::MAX, |item| item.lo_s);
        walk.forget(waiting_s);
        placed.push(walk.place());
    }
}

struct Walk<'w, 'a> {
    states: &'w States<'a>,
    end: Option<usize>,
    /// The last second at which any step begins.
    newest_s: i64,
    /// The state that stands now.
    known: Option<usize>,
    /// What no unplaced item is older than.
    pool: Vec<Item>,
    /// Steps placed that may overlap with what is not placed yet.
    recent: Vec<usize>,
}

impl<'a> Walk<'_, 'a> {
    /// Forgets the steps that ended before all that waits begins.
    fn forget(&mut self, waiting_s: i64) {
        let begins_s = self.pool.iter().map(|item| item.lo_s).min();
        let begins_s = begins_s.unwrap_or(waiting_s).min(waiting_s);
        let states = self.states;
        self.recent
            .retain(|&step| states.steps[step].claim.hi_s > begins_s);
    }

    /// Takes the next one out of the pool.
    fn place(&mut self) -> Placed {
        if let Some(what) = self.bare() {
            return self.put(what, false, None);
        }
        let steps: Vec<usize> = self.pool.iter().filter_map(step_of).collect();
        if steps.len() > CROWD_MIN {
            return self.put_of_crowd(&steps);
        }
        if let Some(step) = self.least(steps.iter().filter(|&&step| self.restates(step))) {
            return self.put(What::Step(step), false, None);
        }
        if let Some(step) = self.least(steps.iter().filter(|&&step| self.comes_back(step, &steps)))
        {
            return self.put(What::Step(step), true, None);
        }
        let mut joined: Vec<usize> = steps
            .iter()
            .copied()
            .filter(|&step| self.known.is_some() && self.step(step).before == self.known)
            .collect();
        if !joined.is_empty() {
            self.keep(&mut joined, |walk, step, _| walk.returns(step, &steps));
            return self.put_least_of(joined, false);
        }
        let mut jumps = steps;
        self.keep(&mut jumps, |walk, step, others| walk.begins(step, others));
        if self.known.is_none() {
            self.keep(&mut jumps, |walk, step, _| is_creation(walk.step(step)));
            self.keep(&mut jumps, |walk, step, _| walk.step(step).before.is_none());
        }
        self.keep(&mut jumps, |walk, step, others| {
            walk.is_earliest(step, others)
        });
        self.put_least_of(jumps, true)
    }

    /// Takes one of too many to weigh them against each other: what joins, else the least; none of them is sure.
    fn put_of_crowd(&mut self, steps: &[usize]) -> Placed {
        let states_known = |step: &&usize| Some(self.step(**step).after) == self.known;
        let joins = |step: &&usize| self.known.is_some() && self.step(**step).before == self.known;
        let joined = self
            .least(steps.iter().filter(states_known))
            .or_else(|| self.least(steps.iter().filter(joins)));
        let step = joined.or_else(|| self.least(steps.iter()));
        let step = step.expect("a crowd is many");
        self.put(What::Step(step), joined.is_none(), Some(Vec::new()))
    }

    /// What has no content, once all that ends no later has its place.
    fn bare(&self) -> Option<What> {
        let first = self.pool.iter().min_by_key(|item| (item.hi_s, item.what))?;
        matches!(first.what, What::Bare(_)).then_some(first.what)
    }

    /// Whether it changes nothing: it states what is known, or tells once more a change that led there. One change makes at
    /// most one event of each type.
    fn restates(&self, step: usize) -> bool {
        let step = self.step(step);
        if Some(step.after) != self.known || step.before.is_none() {
            return Some(step.after) == self.known;
        }
        let mut told: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for placed in self.recent.iter().map(|&placed| self.step(placed)) {
            let is_same = (placed.before, placed.after) == (step.before, step.after);
            if is_same && overlap(placed, step) {
                let by_type = told.entry(&placed.claim.event_type).or_default();
                by_type.insert(placed.change);
            }
        }
        let most = told.values().map(BTreeSet::len).max().unwrap_or(0);
        let of_type = told.get(&*step.claim.event_type);
        of_type.is_some_and(|changes| changes.contains(step.change))
            || of_type.map_or(0, BTreeSet::len) < most
    }

    /// Whether it begins a way to the state that stands now, from a state to which nothing in the pool leads: put later it
    /// would stand behind the end of the chain.
    fn comes_back(&self, step: usize, pool: &[usize]) -> bool {
        let (Some(known), Some(before)) = (self.known, self.step(step).before) else {
            return false;
        };
        self.begins(step, pool)
            && self.returns(step, pool)
            && !self.reached(known, step, pool).contains(&before)
    }

    /// Whether the changes of the pool lead from this one back to the state that stands now.
    fn returns(&self, step: usize, pool: &[usize]) -> bool {
        let reached = self.reached(self.step(step).after, step, pool);
        self.known.is_some_and(|known| reached.contains(&known))
    }

    /// The states to which the changes of the pool but one lead from this state.
    fn reached(&self, state: usize, but: usize, pool: &[usize]) -> BTreeSet<usize> {
        let mut reached = BTreeSet::from([state]);
        let others = pool.iter().filter(|&&other| other != but);
        let edges: Vec<(usize, usize)> = others
            .filter_map(|&other| Some((self.step(other).before?, self.step(other).after)))
            .collect();
        loop {
            let size = reached.len();
            for &(before, after) in &edges {
                if reached.contains(&before) {
                    reached.insert(after);
                }
            }
            if reached.len() == size {
                return reached;
            }
        }
    }

    /// Whether no other of the pool tells how the state came about in which this one begins.
    fn begins(&self, step: usize, pool: &[usize]) -> bool {
        let (but, step) = (step, self.step(step));
        let here = step.before.unwrap_or(step.after);
        let leads_here = |other: &Step<'_>| {
            let is_elsewhere = other.before.map(|before| before != here);
            other.after == here && is_elsewhere.unwrap_or(step.before.is_some())
        };
        let mut others = pool.iter().filter(|&&other| other != but);
        !others.any(|&other| leads_here(self.step(other)))
    }

    /// Whether none of the others must have been true before it, by what never goes back.
    fn is_earliest(&self, step: usize, others: &[usize]) -> bool {
        let record = |step: usize| self.states.record(self.step(step).after);
        let is_after =
            |other: &usize| !lifecycle::is_last(record(*other), std::iter::once(record(step)));
        !others.iter().any(is_after)
    }

    /// Keeps those that hold to a rule, unless none does.
    fn keep(&self, steps: &mut Vec<usize>, rule: impl Fn(&Self, usize, &[usize]) -> bool) {
        let kept: Vec<usize> = steps
            .iter()
            .copied()
            .filter(|&step| rule(self, step, steps))
            .collect();
        if !kept.is_empty() {
            *steps = kept;
        }
    }

    fn put_least_of(&mut self, candidates: Vec<usize>, is_jump: bool) -> Placed {
        let step = self
            .least(candidates.iter())
            .expect("a pool without anything bare holds a step");
        let after = self.step(step).after;
        let mut rivals = candidates;
        rivals.retain(|&other| self.step(other).after != after);
        if is_jump {
            rivals.extend(self.overlapped(step));
        }
        rivals.sort_by_key(|&rival| self.order(rival));
        rivals.dedup();
        let is_unsure = !rivals.is_empty() || self.step(step).is_loose;
        self.put(What::Step(step), is_jump, is_unsure.then_some(rivals))
    }

    /// The steps placed before a jump that state what is known, and may as well have been true after it.
    fn overlapped(&self, step: usize) -> Vec<usize> {
        let (jump, record) = (self.step(step), |step: &Step<'_>| {
            self.states.record(step.after)
        });
        let is_rival = |placed: &usize| {
            let placed = self.step(*placed);
            Some(placed.after) == self.known
                && placed.after != jump.after
                && overlap(placed, jump)
                && !is_creation(placed)
                && lifecycle::is_last(record(placed), std::iter::once(record(jump)))
        };
        self.recent.iter().copied().filter(is_rival).collect()
    }

    fn put(&mut self, what: What, is_jump: bool, unsure: Option<Vec<usize>>) -> Placed {
        self.pool.retain(|item| item.what != what);
        let is_first = self.known.is_none();
        if let What::Step(step) = what {
            self.known = Some(self.step(step).after);
            self.recent.push(step);
        }
        Placed {
            what,
            is_jump: is_jump && !is_first,
            is_unsure: unsure.is_some(),
            rivals: unsure.unwrap_or_default(),
        }
    }

    fn least<'s>(&self, steps: impl Iterator<Item = &'s usize>) -> Option<usize> {
        steps.copied().min_by_key(|&step| self.order(step))
    }

    /// A fixed order for what nothing else orders: the state that is known to be the last one last, the making first, then
    /// by time, weight, type and id.
    fn order(&self, step: usize) -> impl Ord + use<'a> {
        let place = step;
        let step = self.step(step);
        let claim = step.claim;
        (
            self.end == Some(step.after) && claim.hi_s > self.newest_s,
            !is_creation(step),
            claim.hi_s,
            weight(claim),
            &*claim.event_type,
            &*claim.id,
            place,
        )
    }

    fn step(&self, step: usize) -> &Step<'a> {
        &self.states.steps[step]
    }
}

/// Whether neither of them ended before the other began.
fn overlap(one: &Step<'_>, other: &Step<'_>) -> bool {
    one.claim.hi_s > other.claim.lo_s && other.claim.hi_s > one.claim.lo_s
}

fn step_of(item: &Item) -> Option<usize> {
    match item.what {
        What::Step(step) => Some(step),
        What::Bare(_) => None,
    }
}
