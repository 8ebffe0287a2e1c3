//! All that was ever said of one object, in the order in which it must have been true, and what was known when.
//!
//! The order is a function of the set of claims: intervals first, then the changes that join, then what never goes back.
//! Where nothing decides, that is said. Nothing here reads arrival, but for [`learned`], which is about it.

use std::collections::BTreeMap;
use std::sync::Arc;

use facts::{Claim, Fact, Record};

use crate::change::{Change, changes, statements};
use crate::register::{Register, compare};
use crate::resolve::{View, resolve, stake};
use crate::states::{States, Step, content, of_one};
use crate::walk::{Item, Placed, What, walk};

/// One thing that was said of an object, at its place among the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn<'a> {
    /// What was said, in the API version in which it could be compared with the others.
    pub fact: &'a Fact,
    /// The log entries that say it, in every API version, for tracing only.
    pub seqs: Vec<u64>,
    /// What changed before it without being said.
    pub unannounced: Vec<Change>,
    /// What it changed; of the first turn all that it states.
    pub changes: Vec<Change>,
    /// Whether the object was not known before.
    pub is_first: bool,
    /// Why its place or what it says is not sure; none where it is.
    pub doubts: Vec<Doubt>,
    /// The ids of the claims between which and this one nothing decides.
    pub rivals: Vec<&'a str>,
    /// By how many minor units it and its rivals differ in the amount that differs most.
    pub at_stake_minor: i64,
}

/// Why a turn is not sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Others were said of the same time, and nothing tells which came first.
    Order,
    /// It says that it changed another state than the one known before it: a change between them was not announced.
    Gap,
    /// A read that differs from what was known, and that no event explains.
    Found,
    /// Its entry says what was before, but the log has nothing of that time.
    Beginning,
    /// The same event was delivered with other content under the same API version.
    Conflict,
    /// It said that the object changed, not how.
    Thin,
}

impl Doubt {
    /// The word for it in answers to programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Doubt::Order => "order",
            Doubt::Gap => "gap",
            Doubt::Found => "found",
            Doubt::Beginning => "beginning",
            Doubt::Conflict => "conflict",
            Doubt::Thin => "thin",
        }
    }
}

/// What the book said of an object once an entry had come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned<'a> {
    /// The entry.
    pub seq: u64,
    /// What the entry said of the object: the fact that says most, its own before what is inside others.
    pub fact: &'a Fact,
    /// What the entry changed in what the book said; of the first one all that it said.
    pub changes: Vec<Change>,
    /// Whether the book said nothing before.
    pub is_first: bool,
    /// Whether the book called it deleted.
    pub is_deleted: bool,
    /// What the book said; none as long as it knew no content.
    pub view: Option<View>,
}

/// All facts about one object in the order in which they must have been true.
#[must_use]
pub fn timeline(facts: &[Fact]) -> Vec<Turn<'_>> {
    let told = Told::of(facts);
    let states = States::of(&told.claims);
    let end = resolve(&told.register).and_then(|view| states.find(&view.content));
    let mut turns: Vec<Turn<'_>> = Vec::new();
    let mut known: Option<&Record> = None;
    for placed in walk(&states, told.items(&states), end) {
        match placed.what {
            What::Bare(place) => turns.push(told.bare_turn(place)),
            What::Step(step) => {
                turns.push(told.turn(&states, step, &placed, known));
                known = Some(content(states.steps[step].claim));
            }
        }
    }
    mark_conflicts(&mut turns);
    turns
}

/// What the book said of an object after each of these entries, in the order of their arrival.
#[must_use]
pub fn learned(facts: &[Fact]) -> Vec<Learned<'_>> {
    let mut by_seq: BTreeMap<u64, Vec<&Fact>> = BTreeMap::new();
    for fact in facts {
        by_seq.entry(seq_of(fact)).or_default().push(fact);
    }
    let mut register = Register::default();
    let mut known: Option<Arc<Record>> = None;
    let mut lessons = Vec::new();
    for (seq, facts) in by_seq {
        register.extend(facts.iter().map(|fact| (*fact).clone()));
        let view = resolve(&register);
        let now = view.as_ref().map(|view| Arc::clone(&view.content));
        let own = facts.into_iter().min_by_key(|fact| origin_of(fact));
        lessons.push(Learned {
            seq,
            fact: own.expect("an entry is here for a fact"),
            changes: difference(known.as_deref(), now.as_deref()),
            is_first: known.is_none(),
            is_deleted: register.tombstone().is_some(),
            view,
        });
        known = now.or(known);
    }
    lessons
}

fn difference(old: Option<&Record>, new: Option<&Record>) -> Vec<Change> {
    match (old, new) {
        (Some(old), Some(new)) => changes(old, new),
        (None, Some(new)) => statements(new),
        (_, None) => Vec::new(),
    }
}

fn origin_of(fact: &Fact) -> Option<facts::Origin> {
    match fact {
        Fact::Claim(claim) => Some(claim.origin),
        Fact::Thin { .. } => None,
    }
}

fn seq_of(fact: &Fact) -> u64 {
    match fact {
        Fact::Claim(claim) => claim.seq,
        Fact::Thin { seq, .. } => *seq,
    }
}

/// Everything that was said of one object, each thing once, in a fixed order that has nothing to do with arrival.
struct Told<'a> {
    /// Claims with content.
    claims: Vec<&'a Claim>,
    /// Deletions and notifications without content.
    bare: Vec<&'a Fact>,
    /// The facts in which claims stand, by their place in memory.
    facts: BTreeMap<*const Claim, &'a Fact>,
    /// The entries that say a claim, in whatever version.
    seqs: BTreeMap<(&'a str, i64, i64), Vec<u64>>,
    register: Register,
}

impl<'a> Told<'a> {
    fn of(facts: &'a [Fact]) -> Self {
        let mut told = Told {
            claims: Vec::new(),
            bare: Vec::new(),
            facts: BTreeMap::new(),
            seqs: BTreeMap::new(),
            register: Register::default(),
        };
        told.register.extend(facts.iter().cloned());
        for fact in facts {
            match fact {
                Fact::Claim(claim) => told.push(claim, fact),
                Fact::Thin { .. } => told.bare.push(fact),
            }
        }
        told.claims
            .sort_by(|one, other| compare(one, other).then(one.seq.cmp(&other.seq)));
        told.claims
            .dedup_by(|later, earlier| compare(later, earlier).is_eq());
        told.bare
            .sort_by_key(|fact| (span(fact), name_of(fact), seq_of(fact)));
        told.bare
            .dedup_by_key(|fact| (span(fact), name_of(fact).to_owned()));
        told.seqs.values_mut().for_each(|seqs| {
            seqs.sort_unstable();
            seqs.dedup();
        });
        told
    }

    /// A claim that holds at no second says nothing.
    fn push(&mut self, claim: &'a Claim, fact: &'a Fact) {
        if claim.lo_s >= claim.hi_s {
            return;
        }
        self.facts.insert(std::ptr::from_ref(claim), fact);
        self.seqs.entry(of_one(claim)).or_default().push(claim.seq);
        match claim.after {
            Some(_) => self.claims.push(claim),
            None => self.bare.push(fact),
        }
    }

    fn items(&self, states: &States<'_>) -> Vec<Item> {
        let steps = (0..states.steps.len()).map(|step| {
            let claim = states.steps[step].claim;
            (What::Step(step), (claim.hi_s, claim.lo_s))
        });
        let bare = self.bare.iter().enumerate();
        let bare = bare.map(|(place, fact)| (What::Bare(place), span(fact)));
        let item = |(what, (hi_s, lo_s))| Item { what, lo_s, hi_s };
        steps.chain(bare).map(item).collect()
    }

    fn turn(
        &self,
        states: &States<'a>,
        step: usize,
        placed: &Placed,
        known: Option<&Record>,
    ) -> Turn<'a> {
        let Step { claim, before, .. } = &states.steps[step];
        let after = content(claim);
        let jumps = known.filter(|_| placed.is_jump);
        let began = before
            .filter(|_| placed.is_jump)
            .map(|state| states.record(state));
        let from = began.or(known);
        let candidates = placed.rivals.iter().chain([&step]);
        let contents = candidates.map(|&step| content(states.steps[step].claim));
        let mut doubts: Vec<Doubt> = Vec::new();
        doubts.extend((placed.is_unsure).then_some(Doubt::Order));
        doubts.extend(jumps.and(began).map(|_| Doubt::Gap));
        doubts.extend(
            jumps
                .filter(|_| claim.event_type.is_empty())
                .map(|_| Doubt::Found),
        );
        doubts.extend(before.filter(|_| known.is_none()).map(|_| Doubt::Beginning));
        Turn {
            fact: self.facts[&std::ptr::from_ref(*claim)],
            seqs: self.seqs[&of_one(claim)].clone(),
            unannounced: known
                .zip(began)
                .map_or_else(Vec::new, |(known, began)| changes(known, began)),
            changes: difference(from, Some(after)),
            is_first: known.is_none(),
            doubts,
            rivals: placed
                .rivals
                .iter()
                .map(|&step| &*states.steps[step].claim.id)
                .collect(),
            at_stake_minor: stake(contents),
        }
    }

    fn bare_turn(&self, place: usize) -> Turn<'a> {
        let fact = self.bare[place];
        let (seqs, doubts) = match fact {
            Fact::Claim(claim) => (self.seqs[&of_one(claim)].clone(), Vec::new()),
            Fact::Thin { seq, .. } => (vec![*seq], vec![Doubt::Thin]),
        };
        Turn {
            fact,
            seqs,
            unannounced: Vec::new(),
            changes: Vec::new(),
            is_first: false,
            doubts,
            rivals: Vec::new(),
            at_stake_minor: 0,
        }
    }
}

/// Marks what was delivered with other content under the same version.
fn mark_conflicts(turns: &mut [Turn<'_>]) {
    let mut seen: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (place, turn) in turns.iter().enumerate() {
        if let Fact::Claim(claim) = turn.fact {
            let name = (claim.id.to_string(), claim.version.to_string());
            seen.entry(name).or_default().push(place);
        }
    }
    for place in seen
        .into_values()
        .filter(|places| places.len() > 1)
        .flatten()
    {
        turns[place].doubts.push(Doubt::Conflict);
    }
}

/// The interval of a fact, its end first.
fn span(fact: &Fact) -> (i64, i64) {
    match fact {
        Fact::Claim(claim) => (claim.hi_s, claim.lo_s),
        Fact::Thin { created_s, .. } => (created_s.saturating_add(1), *created_s),
    }
}

fn name_of(fact: &Fact) -> &str {
    match fact {
        Fact::Claim(claim) => &claim.id,
        Fact::Thin { .. } => "",
    }
}
