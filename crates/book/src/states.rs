//! The distinct states that the claims of one register state, and which claim states which.
//!
//! Picks, where claims come in several API versions, the rendering in which they can be compared. Knows no time.

use std::borrow::Cow;
use std::collections::BTreeMap;

use facts::{Claim, Origin, Record, Value};

/// Below this many contents comparing them one by one is cheaper than hashing them.
const HASH_FROM: usize = 24;

/// The distinct states among some claims; a state is named by its place in `records`.
pub(crate) struct States<'a> {
    records: Vec<Cow<'a, Record>>,
    /// The claims compared, one rendering each (more when bodies under one version conflict).
    pub(crate) steps: Vec<Step<'a>>,
}

/// A claim as a step from one state to another.
pub(crate) struct Step<'a> {
    pub(crate) claim: &'a Claim,
    /// What tells this change from others: the claim's id, or the least among those of one change.
    pub(crate) change: &'a str,
    pub(crate) before: Option<usize>,
    pub(crate) after: usize,
}

impl<'a> States<'a> {
    /// Finds the states of these claims. Claims without content must have been left out.
    pub(crate) fn of(claims: &[&'a Claim]) -> Self {
        let (rendered, known) = choose_renderings(claims);
        let mut names = Names {
            records: Vec::new(),
            by_hash: None,
            known,
        };
        let mut steps: Vec<Step<'a>> = rendered
            .into_iter()
            .map(|claim| {
                let after = names.name(Cow::Borrowed(content(claim)));
                let before = claim
                    .before
                    .as_deref()
                    .map(|before| names.name(Cow::Borrowed(before)));
                Step {
                    claim,
                    change: &claim.id,
                    before: before.filter(|before| *before != after),
                    after,
                }
            })
            .collect();
        undo_together(&mut steps, &mut names);
        States {
            records: names.records,
            steps,
        }
    }

    /// How many states there are.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// One content that stands for this state.
    pub(crate) fn record(&self, state: usize) -> &Record {
        &self.records[state]
    }
}

/// Several changes of one request can each show the request's final state: they are one change, undone together.
fn undo_together<'a>(steps: &mut [Step<'a>], names: &mut Names<'a>) {
    let mut of_request: BTreeMap<(&str, i64, usize), Vec<usize>> = BTreeMap::new();
    for (place, step) in steps.iter().enumerate() {
        if let (Some(request), Some(_)) = (&step.claim.request, step.before) {
            of_request
                .entry((request, step.claim.lo_s, step.after))
                .or_default()
                .push(place);
        }
    }
    for members in of_request.values().filter(|members| members.len() > 1) {
        let claims: Vec<&'a Claim> = members.iter().map(|&place| steps[place].claim).collect();
        let Some(start) = undo(&claims) else { continue };
        let before = names.name(Cow::Owned(start));
        let change = claims
            .iter()
            .map(|claim| &*claim.id)
            .min()
            .expect("there are several");
        for &place in members {
            let after = steps[place].after;
            steps[place] = Step {
                claim: steps[place].claim,
                change,
                before: Some(before).filter(|before| *before != after),
                after,
            };
        }
    }
}

/// The state before all these changes to one state; none when two of them changed the same field.
fn undo(changes: &[&Claim]) -> Option<Record> {
    let end = content(changes[0]);
    let mut start = end.clone();
    for before in changes.iter().filter_map(|claim| claim.before.as_deref()) {
        for (place, was) in before.values.iter().enumerate() {
            if was == end.get(place) || was == start.get(place) {
                continue;
            }
            if start.get(place) != end.get(place) {
                return None;
            }
            start.values[place] = was.clone();
        }
    }
    Some(start)
}

/// The claim's content; claims without one never enter a register.
pub(crate) fn content(claim: &Claim) -> &Record {
    claim
        .after
        .as_deref()
        .expect("a register holds no claim without content")
}

/// The claims in the newest version that renders all of them; else each in its newest, compared where every one can speak.
fn choose_renderings<'a>(claims: &[&'a Claim]) -> (Vec<&'a Claim>, Option<Vec<bool>>) {
    let one_version = claims
        .windows(2)
        .all(|pair| pair[0].version == pair[1].version);
    if one_version {
        return (claims.to_vec(), None);
    }
    let mut renderings: BTreeMap<&str, Vec<&Claim>> = BTreeMap::new();
    for claim in claims {
        renderings.entry(&claim.id).or_default().push(claim);
    }
    let renders_all = |version: &str| {
        renderings
            .values()
            .all(|of_one| of_one.iter().any(|claim| &*claim.version == version))
    };
    let shared = claims
        .iter()
        .map(|claim| &*claim.version)
        .filter(|version| renders_all(version))
        .max();
    let pick = |of_one: &Vec<&'a Claim>| -> Vec<&'a Claim> {
        let newest = of_one.iter().map(|claim| &*claim.version).max();
        of_one
            .iter()
            .copied()
            .filter(|claim| Some(&*claim.version) == shared.or(newest))
            .collect()
    };
    let picked: Vec<&Claim> = renderings.values().flat_map(pick).collect();
    let known = shared.is_none().then(|| known_to_all(&picked));
    (picked, known)
}

fn known_to_all(claims: &[&Claim]) -> Vec<bool> {
    let fields = claims
        .first()
        .map_or(0, |claim| content(claim).values.len());
    (0..fields)
        .map(|place| {
            claims
                .iter()
                .all(|claim| *content(claim).get(place) != Value::Unknown)
        })
        .collect()
}

/// Gives each distinct state a number.
struct Names<'a> {
    records: Vec<Cow<'a, Record>>,
    by_hash: Option<BTreeMap<[u8; 16], usize>>,
    known: Option<Vec<bool>>,
}

impl<'a> Names<'a> {
    fn name(&mut self, record: Cow<'a, Record>) -> usize {
        if self.known.is_none() && self.records.len() >= HASH_FROM {
            return self.name_by_hash(record);
        }
        let counts = |place: usize| self.known.as_ref().is_none_or(|known| known[place]);
        let found = self
            .records
            .iter()
            .position(|known| known.same_state_within(&record, &counts));
        found.unwrap_or_else(|| self.add(record))
    }

    fn name_by_hash(&mut self, record: Cow<'a, Record>) -> usize {
        let by_hash = self.by_hash.get_or_insert_with(|| {
            self.records
                .iter()
                .enumerate()
                .map(|(state, record)| (record.state_hash(), state))
                .collect()
        });
        let next = self.records.len();
        let state = *by_hash.entry(record.state_hash()).or_insert(next);
        if state == next {
            self.records.push(record);
        }
        state
    }

    fn add(&mut self, record: Cow<'a, Record>) -> usize {
        self.records.push(record);
        self.records.len() - 1
    }
}

/// How much a claim's word counts when nothing else decides: a read, the object's own event, previous values, time.
pub(crate) fn weight(claim: &Claim) -> (bool, bool, bool, i64) {
    (
        claim.origin == Origin::Observation,
        claim.origin != Origin::Embedded,
        claim.before.is_some(),
        claim.hi_s,
    )
}
