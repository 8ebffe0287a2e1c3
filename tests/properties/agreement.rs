//! The fold against the naive model: on every set of facts both say the same of every object.

use std::collections::BTreeSet;

use book::{Folded, Register};
use facts::{Fact, ObjectKey};
use proptest::prelude::*;

use crate::contents::{KINDS, Told, key};
use crate::model::{Answer, Known, recompute};
use crate::noise;

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

proptest! {
    #[test]
    fn fold_is_the_model((kind, Told(facts)) in (0..KINDS.len()).prop_flat_map(|kind| (Just(kind), noise::about(kind)))) {
        prop_assert_eq!(fold(key(kind), &facts), recompute(&facts));
    }
}
