//! Whole logs of a simulated company, read from their bytes: one book, whatever the order, batches and restarts of delivery.
//!
//! Bodies go through `facts`, as from the log. How many logs there are follows `PROPTEST_CASES`.

use std::collections::BTreeMap;

use facts::{EntryText, Fact, ObjectKey};
use proptest::prelude::*;
use simulator::{Config, Delivery, deliver, simulate};

use crate::agreement::fold;
use crate::model::recompute;
use crate::shelf::{Shelf, object};

/// The facts in one line of a log.
pub(crate) fn facts_in(line: &str, seq: u64) -> Vec<Fact> {
    let envelope =
        facts::envelope(line.as_bytes()).expect("the simulator writes what enters the log");
    let entry = EntryText {
        kind: envelope.kind,
        id: &envelope.id,
        type_: &envelope.type_,
        api_version: envelope.api_version.as_deref(),
        created_s: envelope.created_s,
        seq,
        body: line.as_bytes(),
    };
    facts::read(&entry).facts
}

/// A month of a small company, delivered late, doubled and out of order, with one in twenty events lost.
fn delivered(seed: u64) -> Vec<Fact> {
    let recording = simulate(&Config {
        days: 40,
        customers: 6,
        ..Config::small(seed)
    });
    let delivery = Delivery {
        lost_per_mille: 50,
        observation_per_mille: 100,
        ..Delivery::demo(seed)
    };
    let lines = deliver(&recording, &delivery);
    lines
        .iter()
        .zip(1..)
        .flat_map(|(delivered, seq)| facts_in(&delivered.line, seq))
        .collect()
}

fn logs() -> ProptestConfig {
    let all = ProptestConfig::default();
    ProptestConfig {
        cases: (all.cases / 32).max(1),
        ..all
    }
}

proptest! {
    #![proptest_config(logs())]

    #[test]
    fn log_in_any_order_makes_one_book(
        (facts, shuffled) in any::<u64>().prop_map(delivered).prop_flat_map(|facts| {
            (Just(facts.clone()), Just(facts).prop_shuffle())
        }),
        batch in 1..200_usize,
    ) {
        let whole = Shelf::of(&facts);
        let mut pieces = Shelf::default();
        for batch in shuffled.chunks(batch) {
            pieces.apply(batch);
            pieces.restart();
        }
        prop_assert!(whole.dump_with_history() == pieces.dump_with_history(), "the rows differ");
        prop_assert_eq!(whole.digest.of_book(), pieces.digest.of_book());
        prop_assert_eq!(&pieces.digest, &pieces.digest_anew());
    }

    #[test]
    fn model_agrees_about_every_object_of_a_log(facts in any::<u64>().prop_map(delivered)) {
        let mut objects: BTreeMap<ObjectKey, Vec<Fact>> = BTreeMap::new();
        for fact in facts {
            objects.entry(object(&fact).clone()).or_default().push(fact);
        }
        for (key, facts) in objects {
            prop_assert_eq!(fold(key, &facts), recompute(&facts));
        }
    }
}
