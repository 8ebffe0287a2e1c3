//! The distinct states that the claims of one register state, and which claim states which.
//!
//! Picks, where claims come in several API versions, the rendering in which they can be compared. Knows no time.

use std::borrow::Cow;
use std::collections::BTreeMap;

use facts::{Claim, Origin, Record, Value};

use crate::snapshot;

/// Below this many contents comparing them one by one is cheaper than hashing them.
const HASH_FROM: usize = 24;

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
        snapshot::undo_together(&mut steps, &mut names);
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

    /// The state that this content is, if it is one of them.
    pub(crate) fn find(&self, content: &Record) -> Option<usize> {
        let is_it = |record: &Cow<'_, Record>| {
            record.same_state_within(content, &|place| *record.get(place) != Value::Unknown)
        };
        self.records.iter().position(is_it)
    }

    /// The claims that state it, in the rendering in which they were compared.
    pub(crate) fn stating(&self, state: usize) -> Vec<&'a Claim> {
        let steps = self.steps.iter().filter(|step| step.after == state);
        steps.map(|step| step.claim).collect()
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
    let mut renderings: BTreeMap<_, Vec<&Claim>> = BTreeMap::new();
    for claim in claims {
        renderings.entry(of_one(claim)).or_default().push(claim);
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

/// What the renderings of one claim share. One id with two intervals is two claims, in whatever layers they lie.
pub(crate) fn of_one(claim: &Claim) -> (&str, i64, i64) {
    (&claim.id, claim.lo_s, claim.hi_s)
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
pub(crate) struct Names<'a> {
    records: Vec<Cow<'a, Record>>,
    by_hash: Option<BTreeMap<[u8; 16], usize>>,
    known: Option<Vec<bool>>,
}

impl<'a> Names<'a> {
    /// One content of this state.
    pub(crate) fn record(&self, state: usize) -> &Record {
        &self.records[state]
    }

    /// The number of the state that a claim's content is; of equal contents the one that says most is kept.
    fn told(&mut self, record: &'a Record) -> usize {
        let record = self.masked(record);
        let next = self.records.len();
        let state = self.name(record.clone());
        if state < next && record > self.records[state] {
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

    /// The number of the state that this content is.
    pub(crate) fn name(&mut self, record: Cow<'a, Record>) -> usize {
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
