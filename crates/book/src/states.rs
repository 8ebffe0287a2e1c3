//! The distinct states that the claims of one register state, and which claim states which.
//!
//! Picks, where claims come in several API versions, the rendering in which they can be compared. Knows no time.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use facts::{Claim, Origin, Record, Value};

/// Below this many contents comparing them one by one is cheaper than hashing them.
const HASH_FROM: usize = 24;

/// More states than these before changes that were shown late are not sought among.
const STARTS_MAX: usize = 16;

/// The distinct states among some claims; a state is named by its place in `records`.
pub(crate) struct States<'a> {
    records: Vec<Cow<'a, Record>>,
    /// The claims compared, one rendering each (more when bodies under one version conflict).
    pub(crate) steps: Vec<Step<'a>>,
    /// Whether some fields were left out of the comparison, because not every claim's version knows them.
    pub(crate) is_masked: bool,
}

/// A claim as a step from one state to another.
pub(crate) struct Step<'a> {
    pub(crate) claim: &'a Claim,
    /// What tells this change from others: the claim's id, or the least among those of one change.
    pub(crate) change: &'a str,
    pub(crate) before: Option<usize>,
    pub(crate) after: usize,
    /// Whether it is one of several changes shown late between which nothing tells where they began.
    pub(crate) is_loose: bool,
}

impl<'a> States<'a> {
    /// Finds the states of these claims. Claims without content must have been left out.
    pub(crate) fn of(claims: &[&'a Claim]) -> Self {
        let (rendered, known) = choose_renderings(claims);
        let is_masked = known.is_some();
        let mut names = Names {
            records: Vec::new(),
            by_hash: None,
            known,
        };
        let mut steps: Vec<Step<'a>> = rendered
            .into_iter()
            .map(|claim| {
                let after = names.told(content(claim));
                let before = claim.before.as_deref().map(|before| names.told(before));
                Step {
                    claim,
                    change: &claim.id,
                    before: before.filter(|before| *before != after),
                    after,
                    is_loose: false,
                }
            })
            .collect();
        undo_together(&mut steps, &mut names);
        States {
            records: names.records,
            steps,
            is_masked,
        }
    }

    /// How many states there are.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// The content that says most of those that are this state.
    pub(crate) fn record(&self, state: usize) -> &Record {
        &self.records[state]
    }

    /// The claims that state it, in the rendering in which they were compared.
    pub(crate) fn stating(&self, state: usize) -> Vec<&'a Claim> {
        let steps = self.steps.iter().filter(|step| step.after == state);
        steps.map(|step| step.claim).collect()
    }
}

/// What late snapshots share: request, second, and the state that they show.
type Snapshot<'c> = (&'c str, i64, usize);

/// Several changes of one request can each show the request's final state: they are one change, undone together. A
/// request that left the state again showed it in passing, and is taken at its word.
fn undo_together<'a>(steps: &mut [Step<'a>], names: &mut Names<'a>) {
    let mut shown: BTreeMap<Snapshot<'_>, Vec<usize>> = BTreeMap::new();
    let mut left: BTreeSet<(&str, usize)> = BTreeSet::new();
    let mut stated: BTreeMap<usize, BTreeSet<Option<&str>>> = BTreeMap::new();
    for (place, step) in steps.iter().enumerate() {
        let request = step.claim.request.as_deref();
        stated.entry(step.after).or_default().insert(request);
        let Some(request) = request else { continue };
        left.extend(step.before.map(|before| (request, before)));
        if step.before.is_some() || is_update(step.claim) {
            let snapshot = (request, step.claim.lo_s, step.after);
            shown.entry(snapshot).or_default().push(place);
        }
    }
    for ((request, _, after), members) in shown {
        if members.len() < 2 || left.contains(&(request, after)) {
            continue;
        }
        let befores = members.iter().map(|&place| steps[place].before);
        let starts = starts(after, befores.collect(), names);
        let is_known = |start: &usize| {
            let by = stated.get(start);
            by.is_some_and(|by| by.iter().any(|by| *by != Some(request)))
        };
        let known: Vec<usize> = starts.iter().copied().filter(is_known).collect();
        let (([start], _) | (_, [start])) = (starts.as_slice(), known.as_slice()) else {
            members.iter().for_each(|&place| steps[place].is_loose = true);
            continue;
        };
        let change = members.iter().map(|&place| steps[place].change).min();
        for place in members {
            steps[place].change = change.expect("a group has members");
            steps[place].before = Some(*start).filter(|start| *start != after);
        }
    }
}

/// An update without previous values changed nothing that is kept, or what its own snapshot shows changed back.
fn is_update(claim: &Claim) -> bool {
    claim.event_type.ends_with(".updated")
}

/// The states that can have stood before all these changes to one state: each field as one of the changes found it, or,
/// when a change found what stands there now, as it is.
fn starts<'a>(after: usize, befores: Vec<Option<usize>>, names: &mut Names<'a>) -> Vec<usize> {
    let end = names.record(after).clone();
    let is_mute = befores.contains(&None);
    let mut starts = vec![end.clone()];
    for place in 0..end.values.len() {
        let mut was: Vec<Value> = Vec::new();
        for before in befores.iter().flatten() {
            let value = names.record(*before).get(place);
            if !is_same(value, end.get(place)) && !was.iter().any(|was| is_same(was, value)) {
                was.push(value.clone());
            }
        }
        if was.is_empty() {
            continue;
        }
        if is_mute {
            was.push(end.get(place).clone());
        }
        starts = with_each(&starts, place, &was);
        if starts.len() > STARTS_MAX {
            return Vec::new();
        }
    }
    starts.into_iter().map(|start| names.name(Cow::Owned(start))).collect()
}

fn with_each(records: &[Record], place: usize, values: &[Value]) -> Vec<Record> {
    let with = |record: &Record, value: &Value| {
        let mut record = record.clone();
        record.values[place] = value.clone();
        record
    };
    let of = |record| values.iter().map(move |value| with(record, value));
    records.iter().flat_map(of).collect()
}

/// Whether both values say the same, where unknown and null say nothing.
fn is_same(one: &Value, other: &Value) -> bool {
    let of_rows = |one: &[Record], other: &[Record]| {
        one.len() == other.len()
            && one
                .iter()
                .zip(other)
                .all(|(one, other)| one.same_state(other))
    };
    match (one, other) {
        (Value::List(one), Value::List(other)) => of_rows(one, other),
        _ => one == other || !(one.is_stated() || other.is_stated()),
    }
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
    fn record(&self, state: usize) -> &Record {
        &self.records[state]
    }

    /// The number of the state that a claim's content is; of equal contents the one that says most is kept.
    fn told(&mut self, record: &'a Record) -> usize {
        let record = self.masked(record);
        let state = self.name(record.clone());
        if record > self.records[state] {
            self.records[state] = record;
        }
        state
    }

    /// The content without the fields that can't be compared.
    fn masked(&self, record: &'a Record) -> Cow<'a, Record> {
        let Some(known) = &self.known else {
            return Cow::Borrowed(record);
        };
        let mut record = record.clone();
        for (value, _) in record
            .values
            .iter_mut()
            .zip(known)
            .filter(|(_, known)| !**known)
        {
            *value = Value::Unknown;
        }
        Cow::Owned(record)
    }

    fn name(&mut self, record: Cow<'a, Record>) -> usize {
        if self.records.len() >= HASH_FROM {
            return self.name_by_hash(record);
        }
        let mut known = self.records.iter();
        let found = known.position(|known| known.same_state(&record));
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
