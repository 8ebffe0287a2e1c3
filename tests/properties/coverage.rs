//! What the generators must reach, counted over a whole run: a property over sets that never tie proves little.

use std::collections::{BTreeMap, BTreeSet};

use book::{Certainty, Register, resolve};
use facts::{Claim, Fact, Origin};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::agreement::facts_of_one;
use crate::contents::KINDS;
use crate::joins::two_deliveries;

/// How many of this many generated sets must show each thing.
const SETS: usize = 2_000;

#[test]
fn generators_reach_every_difficulty() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..SETS {
        let facts = (0..KINDS.len())
            .prop_flat_map(facts_of_one)
            .new_tree(&mut runner);
        for difficulty in difficulties(&facts.expect("nothing is rejected").current().0) {
            *seen.entry(difficulty).or_default() += 1;
        }
        let delivery = two_deliveries()
            .new_tree(&mut runner)
            .expect("nothing is rejected")
            .current();
        let restarts = delivery
            .2
            .iter()
            .filter(|(ends, restarts)| *ends && *restarts)
            .count();
        *seen.entry("restarts between batches").or_default() += usize::from(restarts > 0);
    }
    println!("of {SETS} sets: {seen:#?}");
    for (difficulty, least) in LEAST {
        let count = seen.get(difficulty).copied().unwrap_or(0);
        assert!(
            count >= least,
            "only {count} of {SETS} sets have {difficulty}, {least} wanted"
        );
    }
}

const LEAST: [(&str, usize); 18] = [
    ("ties between states", 600),
    ("loops", 80),
    ("late snapshots", 60),
    ("late snapshots that nothing orders", 8),
    ("one change told by several types", 200),
    ("conflicts", 50),
    ("deletions", 50),
    ("claims after a deletion", 20),
    ("reads between events", 200),
    ("several versions", 200),
    ("several renderings of one event", 50),
    ("embedded claims", 100),
    ("duplicates", 20),
    ("restarts between batches", 800),
    ("exact answers", 200),
    ("linked answers", 200),
    ("hinted answers", 50),
    ("ambiguous answers", 200),
];

/// What two claims of one set can be to each other.
type OfTwo = fn(&Claim, &Claim) -> bool;

const OF_TWO: [(&str, OfTwo); 10] = [
    ("ties between states", |one, other| {
        one.lo_s == other.lo_s && one.after != other.after
    }),
    ("loops", |one, other| {
        one.before.is_some() && one.before == other.after && one.after == other.before
    }),
    ("late snapshots", |one, other| {
        is_late(one, other) && one.before != other.before
    }),
    ("late snapshots that nothing orders", |one, other| {
        is_late(one, other) && turned_alike(one, other)
    }),
    ("one change told by several types", |one, other| {
        is_late(one, other) && one.before == other.before && one.event_type != other.event_type
    }),
    ("conflicts", |one, other| {
        (&one.id, &one.version) == (&other.id, &other.version) && one.after != other.after
    }),
    ("claims after a deletion", |one, other| {
        one.deleted && other.after.is_some() && one.hi_s <= other.lo_s
    }),
    ("reads between events", |one, other| {
        one.origin == Origin::Observation
            && other.origin == Origin::Event
            && one.lo_s < other.lo_s
            && other.hi_s <= one.hi_s
    }),
    ("several renderings of one event", |one, other| {
        one.id == other.id && one.version != other.version
    }),
    ("duplicates", |one, other| {
        one.seq < other.seq
            && Claim {
                seq: one.seq,
                ..other.clone()
            } == *one
    }),
];

fn difficulties(facts: &[Fact]) -> Vec<&'static str> {
    let mut register = Register::default();
    register.extend(facts.iter().cloned());
    let claims: Vec<&Claim> = facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Claim(claim) => Some(claim),
            Fact::Thin { .. } => None,
        })
        .collect();
    let any_two = |is: OfTwo| {
        claims
            .iter()
            .any(|one| claims.iter().any(|other| is(one, other)))
    };
    let versions: BTreeSet<_> = claims.iter().map(|claim| &claim.version).collect();
    let certainty = resolve(&register).map(|view| view.certainty);
    let of_all = [
        ("deletions", register.tombstone().is_some()),
        ("several versions", versions.len() > 1),
        (
            "embedded claims",
            claims.iter().any(|claim| claim.origin == Origin::Embedded),
        ),
        ("exact answers", certainty == Some(Certainty::Exact)),
        ("linked answers", certainty == Some(Certainty::Linked)),
        ("hinted answers", certainty == Some(Certainty::Hinted)),
        ("ambiguous answers", certainty == Some(Certainty::Ambiguous)),
    ];
    let of_two = OF_TWO.map(|(name, is)| (name, any_two(is)));
    of_two
        .into_iter()
        .chain(of_all)
        .filter(|(_, is)| *is)
        .map(|(name, _)| name)
        .collect()
}

/// Whether two changes of one request and second show one state.
fn is_late(one: &Claim, other: &Claim) -> bool {
    one.request.is_some()
        && (&one.request, one.lo_s, &one.after) == (&other.request, other.lo_s, &other.after)
        && one.before.is_some()
        && other.before.is_some()
        && one.id != other.id
}

/// Whether both changes found another value in one field, and neither what stands there now.
fn turned_alike(one: &Claim, other: &Claim) -> bool {
    let (Some(end), Some(first), Some(second)) = (&one.after, &one.before, &other.before) else {
        return false;
    };
    let mut places = 0..end.values.len();
    places.any(|place| {
        let (end, first, second) = (end.get(place), first.get(place), second.get(place));
        first != end && second != end && first != second
    })
}
