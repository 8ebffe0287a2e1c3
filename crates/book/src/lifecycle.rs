//! What may follow what: the lifecycles of objects and the fields that never go back.
//!
//! Used only as a hint between states that no `previous_attributes` join, and to notice that a state contradicts the
//! clock. A wrong row here can spoil a hinted answer, never an exact or linked one.

use std::cmp::Ordering;

use facts::objects::{
    application_fee, charge, checkout_session, coupon, credit_grant, credit_note, customer,
    dispute, invoice, invoice_payment, payment_intent, payout, promotion_code, refund,
    setup_intent, subscription, subscription_schedule, test_clock, topup, transfer,
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
    /// Never has fewer rows.
    Grows,
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
    Lifecycle {
        object: "payment_intent",
        status: Some(payment_intent::STATUS),
        steps: &[
            (
                "requires_payment_method",
                &["requires_capture", "succeeded", "canceled"],
            ),
            (
                "requires_confirmation",
                &["requires_capture", "succeeded", "canceled"],
            ),
            (
                "requires_action",
                &["requires_capture", "succeeded", "canceled"],
            ),
            ("processing", &["requires_capture", "succeeded", "canceled"]),
            ("requires_capture", &["succeeded", "canceled"]),
        ],
        motions: &[
            (payment_intent::CANCELED_S, Motion::Once),
            (payment_intent::AMOUNT_RECEIVED_MINOR, Motion::Up),
        ],
    },
    Lifecycle {
        object: "setup_intent",
        status: Some(setup_intent::STATUS),
        steps: &[
            ("requires_payment_method", &["succeeded", "canceled"]),
            ("requires_confirmation", &["succeeded", "canceled"]),
            ("requires_action", &["succeeded", "canceled"]),
            ("processing", &["succeeded", "canceled"]),
        ],
        motions: &[],
    },
    Lifecycle {
        object: "dispute",
        status: Some(dispute::STATUS),
        steps: &[
            (
                "warning_needs_response",
                &["warning_closed", "needs_response", "under_review"],
            ),
            (
                "warning_under_review",
                &["warning_closed", "needs_response", "under_review"],
            ),
            ("needs_response", &["won", "lost"]),
            ("under_review", &["won", "lost"]),
        ],
        motions: &[
            (dispute::SUBMISSION_COUNT, Motion::Up),
            (dispute::BALANCE_TRANSACTIONS, Motion::Grows),
        ],
    },
    Lifecycle {
        object: "subscription_schedule",
        status: Some(subscription_schedule::STATUS),
        steps: &[
            ("not_started", &["active", "released", "canceled"]),
            ("active", &["completed", "released", "canceled"]),
        ],
        motions: &[
            (subscription_schedule::COMPLETED_S, Motion::Once),
            (subscription_schedule::RELEASED_S, Motion::Once),
            (subscription_schedule::CANCELED_S, Motion::Once),
        ],
    },
    Lifecycle {
        object: "credit_note",
        status: Some(credit_note::STATUS),
        steps: &[("issued", &["void"])],
        motions: &[(credit_note::VOIDED_S, Motion::Once)],
    },
    Lifecycle {
        object: "billing.credit_grant",
        status: None,
        steps: &[],
        motions: &[
            (credit_grant::VOIDED_S, Motion::Once),
            (credit_grant::UPDATED_S, Motion::Up),
        ],
    },
    Lifecycle {
        object: "transfer",
        status: None,
        steps: &[],
        motions: &[(transfer::AMOUNT_REVERSED_MINOR, Motion::Up)],
    },
    Lifecycle {
        object: "application_fee",
        status: None,
        steps: &[],
        motions: &[(application_fee::AMOUNT_REFUNDED_MINOR, Motion::Up)],
    },
    Lifecycle {
        object: "topup",
        status: Some(topup::STATUS),
        steps: &[
            ("pending", &["succeeded", "failed", "canceled"]),
            ("succeeded", &["reversed"]),
        ],
        motions: &[(topup::BALANCE_TRANSACTION_ID, Motion::Once)],
    },
    Lifecycle {
        object: "checkout.session",
        status: Some(checkout_session::STATUS),
        steps: &[("open", &["complete", "expired"])],
        motions: &[],
    },
    Lifecycle {
        object: "coupon",
        status: None,
        steps: &[],
        motions: &[(coupon::TIMES_REDEEMED, Motion::Up)],
    },
    Lifecycle {
        object: "promotion_code",
        status: None,
        steps: &[],
        motions: &[(promotion_code::TIMES_REDEEMED, Motion::Up)],
    },
    Lifecycle {
        object: "test_helpers.test_clock",
        status: None,
        steps: &[],
        motions: &[(test_clock::FROZEN_S, Motion::Up)],
    },
];

/// Kinds of objects that never change once made, and what a company may write on them all the same.
static IMMUTABLE: &[(&str, &[&str])] = &[
    ("balance_transaction", &[]),
    ("billing.credit_balance_transaction", &[]),
    ("customer_balance_transaction", &["description", "metadata"]),
    ("customer_cash_balance_transaction", &[]),
    ("fee_refund", &["metadata"]),
    ("transfer_reversal", &["metadata"]),
];

/// Whether objects of this kind never change once made.
#[must_use]
pub(crate) fn is_immutable(record: &Record) -> bool {
    free_fields(record).is_some()
}

/// Whether two contents of an immutable object disagree in what both know and nobody may write.
#[must_use]
pub(crate) fn contradicts(one: &Record, other: &Record) -> bool {
    let free = free_fields(one).unwrap_or(&[]);
    let is_fixed = |place: usize| {
        let is_known = |record: &Record| *record.get(place) != Value::Unknown;
        is_known(one) && is_known(other) && !free.contains(&one.schema.fields[place].name)
    };
    !one.same_state_within(other, &is_fixed)
}

/// The fields of an immutable object that a company may write; none when it is not immutable.
fn free_fields(record: &Record) -> Option<&'static [&'static str]> {
    let mut kinds = IMMUTABLE.iter();
    let found = kinds.find(|(object, _)| *object == record.schema.object);
    found.map(|(_, free)| *free)
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
        Motion::Grows => one.rows().len().cmp(&other.rows().len()),
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
