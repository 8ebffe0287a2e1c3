//! Timelines: the same whatever the order of delivery, never against time, and right where every change was told.

use std::collections::BTreeSet;
use std::sync::Arc;

use book::{Certainty, Change, Doubt, Register, Turn, changes, learned, resolve, timeline};
use facts::{Claim, Fact, Record};
use proptest::prelude::*;

use crate::agreement::facts_of_one;
use crate::contents::{self, KINDS, Told};
use crate::histories::{self, Telling};
use crate::joins::two_orders;

/// Everything happens but late snapshots, with losses among which any way is one of several, and what Stripe never does.
const HARD_AND_LAWFUL: Telling = Telling {
    is_lawful: true,
    late: 0,
    ..Telling::HARD
};

/// All that a turn says but for the entries that hold it.
type Said = (
    String,
    Vec<Change>,
    Vec<Change>,
    Vec<Doubt>,
    Vec<String>,
    i64,
    bool,
);

fn said(turn: &Turn<'_>) -> Said {
    let name = match turn.fact {
        Fact::Claim(claim) => format!("{} {} {:?}", claim.id, claim.version, claim.after),
        Fact::Thin { created_s, .. } => format!("thin {created_s}"),
    };
    (
        name,
        turn.unannounced.clone(),
        turn.changes.clone(),
        turn.doubts.clone(),
        turn.rivals.iter().map(|id| (*id).to_owned()).collect(),
        turn.at_stake_minor,
        turn.is_first,
    )
}

fn interval(turn: &Turn<'_>) -> (i64, i64) {
    match turn.fact {
        Fact::Claim(claim) => (claim.lo_s, claim.hi_s),
        Fact::Thin { created_s, .. } => (*created_s, created_s + 1),
    }
}

fn claim<'a>(turn: &Turn<'a>) -> Option<&'a Claim> {
    match turn.fact {
        Fact::Claim(claim) => Some(claim),
        Fact::Thin { .. } => None,
    }
}

fn last_content<'a>(turns: &[Turn<'a>]) -> Option<&'a Record> {
    let contents = turns.iter().filter_map(claim);
    contents
        .filter_map(|claim| claim.after.as_deref())
        .next_back()
}

proptest! {
    #[test]
    fn a_timeline_is_the_same_whatever_the_order_of_delivery((_, Told(one), Told(other)) in two_orders()) {
        let of = |facts: &[Fact]| timeline(facts).iter().map(said).collect::<Vec<_>>();
        prop_assert_eq!(of(&one), of(&other));
    }

    #[test]
    fn nothing_stands_before_what_ended_before_it_began(Told(facts) in (0..KINDS.len()).prop_flat_map(facts_of_one)) {
        let turns = timeline(&facts);
        let mut begins_s = i64::MIN;
        for turn in &turns {
            let (lo_s, hi_s) = interval(turn);
            prop_assert!(begins_s < hi_s, "{:?}", turn);
            begins_s = begins_s.max(lo_s);
        }
    }

    #[test]
    fn every_claim_has_its_place_and_every_entry_its_turn(Told(facts) in (0..KINDS.len()).prop_flat_map(facts_of_one)) {
        let turns = timeline(&facts);
        let ids: BTreeSet<&str> = turns.iter().filter_map(claim).map(|claim| &*claim.id).collect();
        let is_sound = |claim: &&Claim| claim.lo_s < claim.hi_s;
        let claims = facts.iter().filter_map(|fact| match fact {
            Fact::Claim(claim) => Some(claim),
            Fact::Thin { .. } => None,
        });
        let told: Vec<&Claim> = claims.filter(is_sound).collect();
        prop_assert_eq!(ids, told.iter().map(|claim| &*claim.id).collect::<BTreeSet<_>>());
        let seqs: BTreeSet<u64> = turns.iter().flat_map(|turn| turn.seqs.clone()).collect();
        prop_assert!(told.iter().all(|claim| seqs.contains(&claim.seq)));
    }

    #[test]
    fn where_every_change_is_told_the_timeline_ends_in_the_truth_and_doubts_nothing(
        history in (0..KINDS.len()).prop_flat_map(|kind| histories::of(kind, Telling::PLAIN))
    ) {
        let turns = timeline(&history.facts.0);
        let last = last_content(&turns).expect("the object was made");
        prop_assert!(last.same_state(&history.truth), "{:?}", history.facts);
        for turn in &turns {
            prop_assert!(!turn.doubts.contains(&Doubt::Gap), "{:?}: {:?}", turn.doubts, history.facts);
            prop_assert!(turn.unannounced.is_empty());
        }
    }

    #[test]
    fn a_timeline_ends_in_the_truth_where_the_book_is_sure_of_it(
        history in (0..KINDS.len()).prop_flat_map(|kind| histories::of(kind, HARD_AND_LAWFUL))
    ) {
        let mut register = Register::default();
        register.extend(history.facts.0.iter().cloned());
        let view = resolve(&register).expect("the object was made");
        let is_sure = view.certainty >= Certainty::Linked && !view.gap;
        if !is_sure || !history.is_heard || !view.content.same_state(&history.truth) {
            return Ok(());
        }
        let turns = timeline(&history.facts.0);
        let last = last_content(&turns).expect("the object was made");
        let (last, known) = (last.values.iter(), view.content.values.iter());
        let is_same = last.zip(known).all(|(last, known)| {
            last == known || *last == facts::Value::Unknown || *known == facts::Value::Unknown
        });
        prop_assert!(is_same, "{:?}", history.facts);
    }

    #[test]
    fn what_is_learned_last_is_what_the_book_says(Told(facts) in (0..KINDS.len()).prop_flat_map(facts_of_one)) {
        let mut register = Register::default();
        register.extend(facts.iter().cloned());
        let lessons = learned(&facts);
        let last = lessons.last().expect("something was said");
        prop_assert_eq!(&last.view, &resolve(&register));
        prop_assert_eq!(last.is_deleted, register.tombstone().is_some());
    }

    #[test]
    fn contents_without_a_change_are_one_state_and_others_are_not(
        history in (0..KINDS.len()).prop_flat_map(|kind| histories::of(kind, Telling::PLAIN))
    ) {
        let contents: Vec<&Record> = history.facts.0.iter().filter_map(|fact| match fact {
            Fact::Claim(claim) => claim.after.as_deref(),
            Fact::Thin { .. } => None,
        }).collect();
        for one in &contents {
            for other in &contents {
                prop_assert_eq!(changes(one, other).is_empty(), one.same_state(other));
            }
        }
    }
}

#[test]
fn a_crowd_of_one_second_has_its_timeline_in_little_time() {
    let claims = (0..5000_u64).map(|place| {
        let digits = [
            (place % 3) as u8,
            (place % 2) as u8,
            0,
            (place % 5 % 3) as u8,
            0,
        ];
        Fact::Claim(Claim {
            object: contents::key(0),
            id: format!("evt_{place}").into(),
            version: contents::VERSIONS[0].into(),
            origin: facts::Origin::Event,
            lo_s: 100,
            hi_s: 101,
            event_type: "invoice.updated".into(),
            request: None,
            deleted: false,
            after: Some(Arc::new(contents::content(0, digits, 0))),
            before: (place % 7 == 0)
                .then(|| Arc::new(contents::content(0, [0; contents::DIALS], 0))),
            seq: place + 1,
        })
    });
    let facts: Vec<Fact> = claims.collect();
    let turns = timeline(&facts);
    assert_eq!(turns.len(), facts.len());
    assert!(turns.iter().any(|turn| turn.doubts.contains(&Doubt::Order)));
}
