//! Events of one flow come in Stripe's order, whatever else happened to the same object in between.

use std::collections::BTreeMap;

use simulator::{Config, Recording, simulate};

/// Types in the order in which each first occurs, wherever the last of a list occurs.
const OF_INTENT: [&[&str]; 10] = [
    &[
        "payment_intent.created",
        "payment_intent.requires_action",
        "charge.succeeded",
        "payment_intent.succeeded",
    ],
    &[
        "payment_intent.created",
        "payment_intent.requires_action",
        "payment_intent.payment_failed",
        "payment_intent.canceled",
    ],
    &[
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
    ],
    &[
        "payment_intent.amount_capturable_updated",
        "charge.expired",
        "payment_intent.canceled",
    ],
    &[
        "payment_intent.created",
        "charge.pending",
        "payment_intent.processing",
        "charge.succeeded",
        "payment_intent.succeeded",
    ],
    &[
        "charge.pending",
        "payment_intent.processing",
        "charge.failed",
        "payment_intent.payment_failed",
    ],
    &[
        "payment_intent.succeeded",
        "refund.created",
        "refund.updated",
    ],
    &["refund.created", "refund.updated", "refund.failed"],
    &["charge.succeeded", "charge.dispute.created"],
    &["charge.failed", "payment_intent.payment_failed"],
];

const OF_ONE: [&[&str]; 10] = [
    &["charge.dispute.created", "charge.dispute.closed"],
    &[
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
    ],
    &[
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
    ],
    &[
        "payout.created",
        "payout.updated",
        "payout.paid",
        "payout.failed",
    ],
    &["payout.created", "payout.updated", "payout.canceled"],
    &["topup.created", "topup.succeeded", "topup.reversed"],
    &["topup.created", "topup.failed"],
    &["transfer.created", "transfer.reversed"],
    &["application_fee.created", "application_fee.refunded"],
    &[
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
    ],
];

#[test]
fn a_flows_events_come_in_their_order() {
    let (mut of_intent, mut of_one) = ([0; 10], [0; 10]);
    for seed in 1..6 {
        let recording = simulate(&Config {
            days: 200,
            customers: 60,
            ..Config::small(seed)
        });
        let families = told(&recording, |id| {
            let (_, rest) = id.split_once('_')?;
            (rest.len() == 24 && rest.starts_with('3')).then(|| &rest[..17])
        });
        count_in_order(&families, &OF_INTENT, &mut of_intent);
        count_in_order(&told(&recording, Some), &OF_ONE, &mut of_one);
    }
    assert!(of_intent.iter().all(|count| *count > 0), "{of_intent:?}");
    assert!(of_one.iter().all(|count| *count > 0), "{of_one:?}");
}

/// The types of the events of each object or family, in the order of emission; without requests whose events all show
/// the end, which have an order of their own.
fn told<'a>(
    recording: &'a Recording,
    name: impl Fn(&'a str) -> Option<&'a str>,
) -> BTreeMap<&'a str, Vec<&'static str>> {
    let mut told = BTreeMap::<_, Vec<_>>::new();
    let plain = recording
        .events()
        .iter()
        .filter(|event| !event.late_snapshot);
    for event in plain {
        if let Some(name) = name(&event.object_id) {
            told.entry(name).or_default().push(event.event_type);
        }
    }
    told
}

fn count_in_order(told: &BTreeMap<&str, Vec<&'static str>>, flows: &[&[&str]], counts: &mut [u32]) {
    for (name, types) in told {
        for (flow, count) in flows.iter().zip(&mut *counts) {
            let first = |wanted: &&str| types.iter().position(|found| found == wanted);
            let places: Option<Vec<usize>> = flow.iter().map(first).collect();
            let Some(places) = places else { continue };
            assert!(places.is_sorted(), "{name}: {flow:?} in {types:?}");
            *count += 1;
        }
    }
}
