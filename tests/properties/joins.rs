//! Properties of joining: whatever the order, doubling, batching and restarting, the same registers, rows and digest.

use book::{Digest, Register, stored};
use facts::{Fact, ObjectKey};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::agreement::facts_of_one;
use crate::contents::{KINDS, Told, key};
use crate::noise;
use crate::shelf::Shelf;

/// The register of one object, joined in one go.
fn register(facts: &[Fact]) -> Register {
    let mut register = Register::default();
    register.extend(facts.iter().cloned());
    register
}

fn joined(one: &Register, other: &Register) -> Register {
    let mut joined = one.clone();
    joined.join(other.clone());
    joined
}

/// The same facts with other entry numbers, as another order of arrival gives them.
fn renumbered(facts: &[Fact]) -> Vec<Fact> {
    let number = |(fact, place): (&Fact, u64)| match fact.clone() {
        Fact::Claim(claim) => Fact::Claim(facts::Claim {
            seq: place,
            ..claim
        }),
        Fact::Thin {
            object, created_s, ..
        } => Fact::Thin {
            object,
            created_s,
            seq: place,
        },
    };
    facts.iter().zip(1..).map(number).collect()
}

/// Facts about one object, and the same in another order with some of them doubled.
pub(crate) fn two_orders() -> impl Strategy<Value = (ObjectKey, Told, Told)> {
    (0..KINDS.len(), prop::collection::vec(any::<Index>(), 0..4)).prop_flat_map(
        |(kind, doubled)| {
            facts_of_one(kind).prop_flat_map(move |Told(facts)| {
                let again = doubled.iter().map(|index| index.get(&facts).clone());
                let other: Vec<Fact> = facts.iter().cloned().chain(again).collect();
                (
                    Just(key(kind)),
                    Just(Told(facts)),
                    Just(other).prop_shuffle().prop_map(Told),
                )
            })
        },
    )
}

/// Facts about several objects, the same shuffled, and where batches end there and processes restart.
pub(crate) fn two_deliveries() -> impl Strategy<Value = (Told, Told, Vec<(bool, bool)>)> {
    noise::about_several().prop_flat_map(|Told(facts)| {
        let cuts = prop::collection::vec((prop::bool::weighted(0.4), any::<bool>()), facts.len());
        (
            Just(Told(facts.clone())),
            Just(facts).prop_shuffle().prop_map(Told),
            cuts,
        )
    })
}

/// Delivers in batches: after each fact, whether a batch ends there, and whether the process restarts then.
fn delivered(facts: &[Fact], cuts: &[(bool, bool)]) -> Shelf {
    let mut shelf = Shelf::default();
    let mut batch = Vec::new();
    for (fact, (ends, restarts)) in facts.iter().zip(cuts) {
        batch.push(fact.clone());
        if *ends {
            shelf.apply(&std::mem::take(&mut batch));
            if *restarts {
                shelf.restart();
            }
        }
    }
    shelf.apply(&batch);
    shelf
}

proptest! {
    #[test]
    fn join_is_commutative_associative_and_idempotent(
        (_, Told(one), Told(other)) in two_orders(),
        cut in any::<Index>(),
        second_cut in any::<Index>(),
    ) {
        let (a, rest) = one.split_at(cut.index(one.len()));
        let (b, c) = rest.split_at(second_cut.index(rest.len()));
        let (a, b, c) = (register(a), register(b), register(c));
        prop_assert_eq!(joined(&a, &b), joined(&b, &a));
        prop_assert_eq!(joined(&joined(&a, &b), &c), joined(&a, &joined(&b, &c)));
        prop_assert_eq!(&joined(&a, &a), &a);
        prop_assert_eq!(joined(&joined(&a, &b), &c), register(&other));
    }

    #[test]
    fn order_and_doubling_leave_the_register_alone((_, Told(one), Told(other)) in two_orders()) {
        prop_assert_eq!(register(&one), register(&other));
    }

    #[test]
    fn batches_and_restarts_leave_every_row_alone((Told(one), Told(other), cuts) in two_deliveries()) {
        let (whole, pieces) = (Shelf::of(&one), delivered(&other, &cuts));
        prop_assert_eq!(&whole.registers, &pieces.registers);
        prop_assert_eq!(whole.dump_with_history(), pieces.dump_with_history());
        prop_assert_eq!(whole.digest, pieces.digest);
    }

    #[test]
    fn order_of_arrival_leaves_every_state_column_alone((Told(one), Told(other), cuts) in two_deliveries()) {
        let (whole, pieces) = (Shelf::of(&renumbered(&one)), delivered(&renumbered(&other), &cuts));
        prop_assert_eq!(whole.dump(), pieces.dump());
        prop_assert_eq!(whole.digest.of_book(), pieces.digest.of_book());
    }

    #[test]
    fn digest_by_difference_is_the_digest_of_the_rows((Told(one), Told(other), cuts) in two_deliveries()) {
        let mut shelf = delivered(&one, &cuts);
        prop_assert_eq!(&shelf.digest, &shelf.digest_anew());
        shelf.apply(&other);
        prop_assert_eq!(&shelf.digest, &shelf.digest_anew());
        let mut restored = Digest::default();
        shelf.digest.sums().for_each(|(table, bucket, sum)| {
            restored.insert(table, bucket, book::digest::Sum::from_parts(sum.rows, sum.bytes()));
        });
        prop_assert_eq!(restored.of_book(), shelf.digest.of_book());
    }

    #[test]
    fn stored_register_comes_back((key, Told(one), _) in two_orders()) {
        let register = register(&one);
        let bytes = stored::encode(&register);
        prop_assert_eq!(stored::decode(&key, &bytes), Ok(register.clone()));
        prop_assert_eq!(stored::encode(&stored::decode(&key, &bytes).expect("just shown")), bytes);
    }

    #[test]
    fn stored_bytes_that_were_cut_or_changed_never_panic(
        (key, Told(one), _) in two_orders(),
        end in any::<Index>(),
        place in any::<Index>(),
        byte in prop_oneof![Just(0), any::<u8>()],
    ) {
        let bytes = stored::encode(&register(&one));
        prop_assert_eq!(stored::decode(&key, &bytes[..end.index(bytes.len())]), Err(stored::Unreadable));
        let mut changed = bytes.clone();
        changed[place.index(bytes.len())] = byte;
        if let Ok(register) = stored::decode(&key, &changed) {
            prop_assert_eq!(book::resolve(&register).is_some(), !register.claims().is_empty());
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(kind in 0..KINDS.len(), mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(first) = bytes.first_mut() {
            *first = stored::ENCODING;
        }
        if let Ok(register) = stored::decode(&key(kind), &bytes) {
            prop_assert_eq!(book::resolve(&register).is_some(), !register.claims().is_empty());
        }
    }
}
