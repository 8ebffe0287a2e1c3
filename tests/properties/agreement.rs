//! The fold against the naive model: on every set of facts both say the same of every object.

use std::collections::BTreeSet;

use std::sync::Arc;

use book::{Certainty, Folded, Register};
use facts::{Claim, Fact, GUARD_S, ObjectKey, Origin, Record};
use proptest::prelude::*;

use crate::contents::{KINDS, Told, VERSIONS, key};
use crate::histories::Telling;
use crate::model::{Answer, Known, recompute};
use crate::{histories, noise};

/// What the fold knows of an object, in the model's terms.
pub(crate) fn fold(key: ObjectKey, facts: &[Fact]) -> Known {
    let mut register = Register::default();
    for fact in facts {
        register.extend([fact.clone()]);
    }
    let folded = Folded::new(key, register);
    let wanted: BTreeSet<&'static str> = folded
        .wanted()
        .into_iter()
        .map(|(reason, _)| reason)
        .collect();
    let answer = folded.view.map(|view| Answer {
        content: (*view.content).clone(),
        version: view.version,
        certainty: view.certainty,
        gap: view.gap,
        at_stake_minor: view.at_stake_minor,
    });
    Known {
        deleted: folded.register.tombstone().is_some(),
        answer,
        wanted,
    }
}

/// Facts about the one object of this kind, with or without a history behind them.
pub(crate) fn facts_of_one(kind: usize) -> impl Strategy<Value = Told> {
    prop_oneof![
        noise::about(kind),
        histories::of(kind, Telling::HARD).prop_map(|history| history.facts)
    ]
}

proptest! {
    #[test]
    fn fold_is_the_model((kind, Told(facts)) in (0..KINDS.len()).prop_flat_map(|kind| (Just(kind), facts_of_one(kind)))) {
        prop_assert_eq!(fold(key(kind), &facts), recompute(&facts));
    }

    #[test]
    fn one_read_after_all_else_makes_any_answer_exact(
        (kind, history) in (0..KINDS.len()).prop_flat_map(|kind| (Just(kind), histories::of(kind, Telling::HARD))),
        place in any::<prop::sample::Index>(),
    ) {
        let mut facts = history.facts.0;
        let newest_s = facts.iter().filter_map(|fact| match fact {
            Fact::Claim(claim) => Some(claim.hi_s),
            Fact::Thin { .. } => None,
        }).max().expect("the object was made");
        let read = read_at(key(kind), newest_s + GUARD_S, &history.truth);
        facts.insert(place.index(facts.len() + 1), read);
        let known = fold(key(kind), &facts);
        let answer = known.answer.expect("it was read");
        prop_assert_eq!(&answer.content, &history.truth);
        prop_assert_eq!((answer.certainty, answer.gap), (Certainty::Exact, false));
        prop_assert!(!known.wanted.contains("ambiguous"));
    }
}

/// An answer of the API that was true at some moment of this second or of the few before it.
pub(crate) fn read_at(object: ObjectKey, at_s: i64, content: &Record) -> Fact {
    Fact::Claim(Claim {
        object,
        id: "obs_last".into(),
        version: VERSIONS[0].into(),
        origin: Origin::Observation,
        lo_s: at_s - GUARD_S,
        hi_s: at_s + 1,
        event_type: "".into(),
        request: None,
        deleted: false,
        after: Some(Arc::new(content.clone())),
        before: None,
        seq: 1000,
    })
}
