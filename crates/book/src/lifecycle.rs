//! What may follow what: the lifecycles of objects and the fields that never go back.
//!
//! Used only as a hint between states that no `previous_attributes` join, and to notice that a state contradicts the
//! clock. A wrong row here can spoil a hinted answer, never an exact or linked one.

use std::cmp::Ordering;

use facts::objects::{
    balance_transaction, charge, customer, invoice, invoice_payment, payout, refund, subscription,
};
use facts::{Record, Value};

/// How a field moves, in all objects that are alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Motion {
    /// From nothing to a value, and never back or on.
    Once,
    /// Never falls.
    Up,
    /// From false to true, never back.
    Latch,
    /// From in_progress to completed.
    Completes,
}

/// The order of states of one kind of object.
struct Lifecycle {
    object: &'static str,
    status: Option<usize>,
    /// Steps from a status to those that may follow it at once.
    steps: &'static [(&'static str, &'static [&'static str])],
    motions: &'static [(usize, Motion)],
}

static LIFECYCLES: &[Lifecycle] = &[
    Lifecycle {
        object: "invoice",
        status: Some(invoice::STATUS),
        steps: &[
            ("draft", &["open", "paid"]),
            ("open", &["uncollectible", "paid", "void"]),
            ("uncollectible", &["paid", "void"]),
        ],
        motions: &[
            (invoice::FINALIZED_S, Motion::Once),
            (invoice::PAID_S, Motion::Once),
            (invoice::VOIDED_S, Motion::Once),
            (invoice::MARKED_UNCOLLECTIBLE_S, Motion::Once),
            (invoice::WEBHOOKS_DELIVERED_S, Motion::Once),
            (invoice::ATTEMPT_COUNT, Motion::Up),
            (invoice::ATTEMPTED, Motion::Latch),
        ],
    },
    Lifecycle {
        object: "invoice_payment",
        status: Some(invoice_payment::STATUS),
        steps: &[("open", &["paid", "canceled"])],
        motions: &[
            (invoice_payment::PAID_S, Motion::Once),
            (invoice_payment::CANCELED_S, Motion::Once),
        ],
    },
    Lifecycle {
        object: "charge",
        status: Some(charge::STATUS),
        steps: &[
            ("pending", &["succeeded", "failed"]),
            ("succeeded", &["failed"]),
        ],
        motions: &[
            (charge::BALANCE_TRANSACTION_ID, Motion::Once),
            (charge::FAILURE_BALANCE_TRANSACTION_ID, Motion::Once),
            (charge::CAPTURED, Motion::Latch),
            (charge::DISPUTED, Motion::Latch),
        ],
    },
    Lifecycle {
        object: "refund",
        status: Some(refund::STATUS),
        steps: &[
            ("pending", &["succeeded", "canceled"]),
            ("requires_action", &["succeeded", "canceled"]),
            ("succeeded", &["failed"]),
        ],
        motions: &[
            (refund::BALANCE_TRANSACTION_ID, Motion::Once),
            (refund::FAILURE_BALANCE_TRANSACTION_ID, Motion::Once),
        ],
    },
    Lifecycle {
        object: "payout",
        status: Some(payout::STATUS),
        steps: &[
            ("pending", &["in_transit", "canceled"]),
            ("in_transit", &["paid"]),
            ("paid", &["failed"]),
        ],
        motions: &[
            (payout::BALANCE_TRANSACTION_ID, Motion::Once),
            (payout::FAILURE_BALANCE_TRANSACTION_ID, Motion::Once),
            (payout::REVERSED_BY_ID, Motion::Once),
            (payout::RECONCILIATION_STATUS, Motion::Completes),
        ],
    },
    Lifecycle {
        object: "subscription",
        status: Some(subscription::STATUS),
        steps: &[
            (
                "incomplete",
                &[
                    "trialing",
                    "active",
                    "past_due",
                    "unpaid",
                    "paused",
                    "incomplete_expired",
                ],
            ),
            ("trialing", &["canceled"]),
            ("active", &["canceled"]),
            ("past_due", &["canceled"]),
            ("unpaid", &["canceled"]),
            ("paused", &["canceled"]),
        ],
        motions: &[(subscription::ENDED_S, Motion::Once)],
    },
    Lifecycle {
        object: "customer",
        status: None,
        steps: &[],
        motions: &[(customer::NEXT_INVOICE_SEQUENCE, Motion::Up)],
    },
];

/// Whether objects of this kind never change once made; two states of one are a conflict.
#[must_use]
pub(crate) fn is_immutable(record: &Record) -> bool {
    std::ptr::eq(record.schema, &balance_transaction::SCHEMA)
}

/// Whether none of the others must be later than this: by the fields that never go back, else, when those say nothing, by
/// lifecycle. Others that are likely to be later had better come first.
#[must_use]
pub(crate) fn is_last<'r>(record: &Record, mut others: impl Iterator<Item = &'r Record>) -> bool {
    lifecycle_of(record)
        .is_none_or(|lifecycle| !others.any(|other| is_later(lifecycle, other, record)))
}

fn is_later(lifecycle: &Lifecycle, one: &Record, other: &Record) -> bool {
    match compare_motions(lifecycle, one, other) {
        Clock::Says(order) => order.is_gt(),
        Clock::Contradicts => false,
        Clock::Silent => follows(lifecycle, one, other) && !follows(lifecycle, other, one),
    }
}

/// Whether the fields that never go back show `one` to be older than `other`.
#[must_use]
pub(crate) fn is_behind(one: &Record, other: &Record) -> bool {
    lifecycle_of(one).is_some_and(|lifecycle| {
        compare_motions(lifecycle, one, other) == Clock::Says(Ordering::Less)
    })
}

/// All that [`is_last`] looks at: contents that agree in it are equally late.
#[must_use]
pub(crate) fn clock(record: &Record) -> Vec<&Value> {
    let places = |lifecycle: &'static Lifecycle| {
        lifecycle
            .motions
            .iter()
            .map(|(place, _)| *place)
            .chain(lifecycle.status)
    };
    lifecycle_of(record)
        .into_iter()
        .flat_map(places)
        .map(|place| record.get(place))
        .collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Clock {
    Says(Ordering),
    Contradicts,
    Silent,
}

fn lifecycle_of(record: &Record) -> Option<&'static Lifecycle> {
    LIFECYCLES
        .iter()
        .find(|lifecycle| lifecycle.object == record.schema.object)
}

fn compare_motions(lifecycle: &Lifecycle, one: &Record, other: &Record) -> Clock {
    let mut verdict = Clock::Silent;
    for &(place, motion) in lifecycle.motions {
        let word = compare_motion(motion, one.get(place), other.get(place));
        verdict = match (verdict, word) {
            (verdict, Clock::Silent) => verdict,
            (Clock::Silent, word) => word,
            (verdict, word) if verdict == word => verdict,
            _ => return Clock::Contradicts,
        };
    }
    verdict
}

fn compare_motion(motion: Motion, one: &Value, other: &Value) -> Clock {
    if one == other || *one == Value::Unknown || *other == Value::Unknown {
        return Clock::Silent;
    }
    let order = match motion {
        Motion::Once if one.is_stated() && other.is_stated() => return Clock::Contradicts,
        Motion::Once => one.is_stated().cmp(&other.is_stated()),
        Motion::Up => one.int().cmp(&other.int()),
        Motion::Latch => one.flag().cmp(&other.flag()),
        Motion::Completes => {
            (one.text() == Some("completed")).cmp(&(other.text() == Some("completed")))
        }
    };
    if order.is_eq() {
        Clock::Silent
    } else {
        Clock::Says(order)
    }
}

/// Whether the status of `later` can be reached from the status of `earlier`.
fn follows(lifecycle: &Lifecycle, later: &Record, earlier: &Record) -> bool {
    let Some(place) = lifecycle.status else {
        return false;
    };
    let (Some(goal), Some(start)) = (later.text(place), earlier.text(place)) else {
        return false;
    };
    reaches(lifecycle.steps, start, goal)
}

fn reaches(steps: &[(&str, &[&str])], start: &str, goal: &str) -> bool {
    steps
        .iter()
        .filter(|(from, _)| *from == start)
        .flat_map(|(_, next)| next.iter())
        .any(|next| *next == goal || reaches(steps, next, goal))
}
