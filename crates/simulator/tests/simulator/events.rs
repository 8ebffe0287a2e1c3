//! Events say what is so: each is held against the object as it can be read, and undone to the state before it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use simulator::{Config, Event, Recording, simulate};

fn company(seed: u64) -> Recording {
    simulate(&Config {
        days: 120,
        customers: 40,
        ..Config::small(seed)
    })
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn shown(event: &Event) -> Value {
    parse(&event.body)["data"]["object"].clone()
}

/// Stripe's undoing: hashes by their members, all else whole; null is the same as absent.
fn undo(after: &mut Value, previous: &Value) {
    let (Some(after), Some(previous)) = (after.as_object_mut(), previous.as_object()) else {
        panic!("only objects are undone");
    };
    for (key, old) in previous {
        match after.get_mut(key) {
            Some(now) if now.is_object() && old.is_object() => undo(now, old),
            _ => drop(after.insert(key.clone(), old.clone())),
        }
    }
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

fn without_nulls(mut value: Value) -> Value {
    drop_nulls(&mut value);
    value
}

#[test]
fn an_event_shows_the_object_as_it_could_be_read() {
    for seed in 1..4 {
        let recording = company(seed);
        for event in recording.events() {
            let read = recording.read(event.object, &event.object_id, event.committed_us);
            let read = read.expect("an event's object exists when it is committed");
            assert!(
                event.body.contains(&read),
                "{} {}",
                event.event_type,
                event.id
            );
        }
    }
}

#[test]
fn undoing_previous_values_gives_the_state_before() {
    let mut undone = BTreeSet::new();
    for seed in 1..7 {
        let recording = company(seed);
        let single = recording
            .events()
            .iter()
            .filter(|event| !event.late_snapshot);
        for event in single {
            let body = parse(&event.body);
            let Some(previous) = body["data"].get("previous_attributes") else {
                continue;
            };
            assert!(
                !previous.as_object().unwrap().is_empty(),
                "{} says nothing",
                event.id
            );
            let mut before = shown(event);
            undo(&mut before, previous);
            let read = recording.read(event.object, &event.object_id, event.committed_us - 1);
            let read = parse(&read.expect("a change has a state before it"));
            assert_eq!(
                without_nulls(before),
                without_nulls(read),
                "{}",
                event.event_type
            );
            undone.insert(event.event_type);
        }
    }
    let told: Vec<_> = undone.into_iter().collect();
    assert_eq!(
        told,
        [
            "billing.credit_grant.updated",
            "charge.dispute.closed",
            "charge.dispute.updated",
            "charge.refund.updated",
            "charge.refunded",
            "charge.updated",
            "coupon.updated",
            "credit_note.updated",
            "customer.discount.updated",
            "customer.subscription.updated",
            "customer.updated",
            "invoice.updated",
            "payment_method.detached",
            "payout.updated",
            "price.updated",
            "product.updated",
            "promotion_code.updated",
            "refund.updated",
            "subscription_schedule.updated",
            "tax_rate.updated",
            "transfer.updated",
        ]
    );
}

#[test]
fn a_late_request_shows_its_end_in_every_event_and_undoes_to_its_start() {
    let mut chains = 0;
    for seed in 1..8 {
        let recording = company(seed);
        let mut requests = BTreeMap::<(String, &str), Vec<&Event>>::new();
        for event in recording
            .events()
            .iter()
            .filter(|event| event.late_snapshot)
        {
            let body = parse(&event.body);
            // A step of Stripe's own names no request.
            let Some(request) = body["request"]["id"].as_str().map(str::to_owned) else {
                continue;
            };
            requests
                .entry((request, &event.object_id))
                .or_default()
                .push(event);
        }
        for events in requests.values() {
            let states: BTreeSet<String> = events.iter().map(|e| shown(e).to_string()).collect();
            assert_eq!(states.len(), 1);
            assert!(
                events
                    .iter()
                    .all(|event| event.created_s == events[0].created_s)
            );
            let changes: Vec<_> = events
                .iter()
                .filter(|e| e.body.contains("previous_attributes"))
                .collect();
            if changes.len() < 2 {
                continue;
            }
            let mut before = shown(changes[0]);
            for change in changes.iter().rev() {
                undo(
                    &mut before,
                    &parse(&change.body)["data"]["previous_attributes"],
                );
            }
            let (object, id) = (changes[0].object, &changes[0].object_id);
            let earlier = recording.read(object, id, changes[0].committed_us - 1_000_000);
            if let Some(earlier) = earlier {
                chains += usize::from(without_nulls(before) == without_nulls(parse(&earlier)));
            }
        }
    }
    assert!(
        chains >= 5,
        "late chains that undo to their start: {chains}"
    );
}

#[test]
fn ids_are_unique_and_have_their_lengths() {
    let recording = company(1);
    let ids: BTreeSet<_> = recording.events().iter().map(|event| &event.id).collect();
    assert_eq!(ids.len(), recording.events().len());
    for event in recording.events() {
        assert_eq!(event.id.len(), "evt_".len() + 24);
        // What a payment intent began shares its family, and nothing else does.
        let id = event.object_id.split_once('_').map_or("", |(_, id)| id);
        let of_intent = id.len() == 24 && id.starts_with('3');
        let family = if of_intent { 3 } else { 1 };
        assert_eq!(event.id[4..5], family.to_string());
        if of_intent {
            assert_eq!(event.id[4..21], id[..17]);
        }
    }
    let mut objects = BTreeSet::new();
    for (object, id, _) in recording.truth().objects() {
        let length = match object {
            "coupon" => 8,
            "customer" | "product" => 14,
            "checkout.session" => 58,
            _ => 24,
        };
        let rest = id.rsplit_once('_').map_or(id, |parts| parts.1);
        assert_eq!(rest.len(), length, "{object} {id}");
        assert!(objects.insert(id));
    }
}

#[test]
fn created_is_within_two_seconds_of_the_change_and_never_runs_backwards_per_object() {
    for created_drifts in [true, false] {
        let recording = simulate(&Config {
            days: 365,
            customers: 300,
            created_drifts,
            ..Config::small(5)
        });
        let mut last = BTreeMap::new();
        let (mut off, mut deletions) = (0, 0);
        // In the order of their making, which per object is that of its changes.
        let mut events: Vec<_> = recording.events().iter().collect();
        events.sort_by_key(|event| event.committed_us);
        for event in events {
            let before = last.insert(&event.object_id, event.created_s).unwrap_or(0);
            assert!(
                before <= event.created_s,
                "{} {}",
                event.event_type,
                event.id
            );
            let tells_no_change = [
                "invoice.overdue",
                "customer.subscription.trial_will_end",
                "invoice.deleted",
                "invoiceitem.deleted",
                "customer.discount.deleted",
                "price.deleted",
                "product.deleted",
                "coupon.deleted",
            ];
            if tells_no_change.contains(&event.event_type) {
                continue;
            }
            if event.event_type == "customer.deleted" {
                // It shows the state before; it is made when the customer goes.
                let gone = recording.read(
                    "customer",
                    &event.object_id,
                    event.created_s * 1_000_000 + 3_000_000,
                );
                assert!(gone.unwrap().ends_with("\"deleted\":true}"));
                deletions += 1;
                continue;
            }
            if event.event_type == "checkout.session.async_payment_failed" {
                // The session stays as it was.
                continue;
            }
            // The events of a late request are made at its end.
            let late_s = i64::from(event.late_snapshot);
            let drift_s = event.created_s - event.committed_us / 1_000_000;
            assert!(
                (-1..=2 + late_s).contains(&drift_s),
                "{} is {drift_s} s off",
                event.id
            );
            off += usize::from(drift_s != 0 && !event.late_snapshot);
        }
        assert!(deletions > 0);
        assert_eq!(off > 0, created_drifts);
    }
}

#[test]
fn members_stand_in_wire_order() {
    let recording = company(2);
    for event in recording.events() {
        check_order(&event.body);
    }
}

/// `id`, `object`, then alphabetical, in every object outside the envelope's own lists of the user.
fn check_order(json: &str) {
    let mut keys: Vec<Vec<&str>> = Vec::new();
    let bytes = json.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' => keys.push(Vec::new()),
            b'[' => keys.push(vec!["["]),
            b'}' | b']' => assert_sorted(&keys.pop().unwrap()),
            b'"' => {
                let end = at + 1 + json[at + 1..].find('"').unwrap();
                if bytes.get(end + 1) == Some(&b':') {
                    keys.last_mut().unwrap().push(&json[at + 1..end]);
                }
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
}

fn assert_sorted(keys: &[&str]) {
    let lead =
        |key: &&str| usize::from(*key != "id") + usize::from(!["id", "object"].contains(key));
    let ordered = keys
        .windows(2)
        .all(|pair| (lead(&pair[0]), pair[0]) < (lead(&pair[1]), pair[1]));
    assert!(ordered, "{keys:?}");
}

#[test]
fn the_envelope_has_stripes_members_and_no_others() {
    let recording = company(3);
    for event in recording.events() {
        let body = parse(&event.body);
        let members: Vec<_> = body
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .filter(|key| *key != "account" || event.account.is_none())
            .collect();
        assert_eq!(body.get("account").map(Value::as_str), {
            event.account.as_deref().map(Some)
        });
        assert_eq!(
            members,
            [
                "api_version",
                "created",
                "data",
                "id",
                "livemode",
                "object",
                "pending_webhooks",
                "request",
                "type"
            ]
        );
        assert_eq!(body["type"], event.event_type);
        assert_eq!(body["created"], event.created_s);
        assert_eq!(body["id"], *event.id);
        assert!(!event.body.contains('\n'));
    }
}

const EVENT_TYPES: [&str; 100] = [
    "application_fee.created",
    "application_fee.refunded",
    "balance.available",
    "billing.credit_balance_transaction.created",
    "billing.credit_grant.created",
    "billing.credit_grant.updated",
    "charge.captured",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.expired",
    "charge.failed",
    "charge.pending",
    "charge.refund.updated",
    "charge.refunded",
    "charge.succeeded",
    "charge.updated",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "coupon.created",
    "coupon.deleted",
    "coupon.updated",
    "credit_note.created",
    "credit_note.updated",
    "credit_note.voided",
    "customer.created",
    "customer.deleted",
    "customer.discount.created",
    "customer.discount.deleted",
    "customer.discount.updated",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.trial_will_end",
    "customer.subscription.updated",
    "customer.updated",
    "customer_cash_balance_transaction.created",
    "invoice.created",
    "invoice.deleted",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.overdue",
    "invoice.overpaid",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_succeeded",
    "invoice.sent",
    "invoice.updated",
    "invoice.voided",
    "invoice_payment.paid",
    "invoiceitem.created",
    "invoiceitem.deleted",
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "payment_intent.created",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "payment_method.attached",
    "payment_method.detached",
    "payout.canceled",
    "payout.created",
    "payout.failed",
    "payout.paid",
    "payout.reconciliation_completed",
    "payout.updated",
    "price.created",
    "price.deleted",
    "price.updated",
    "product.created",
    "product.deleted",
    "product.updated",
    "promotion_code.created",
    "promotion_code.updated",
    "refund.created",
    "refund.failed",
    "refund.updated",
    "reserve.hold.created",
    "reserve.release.created",
    "setup_intent.created",
    "setup_intent.succeeded",
    "subscription_schedule.canceled",
    "subscription_schedule.completed",
    "subscription_schedule.created",
    "subscription_schedule.released",
    "subscription_schedule.updated",
    "tax_rate.created",
    "tax_rate.updated",
    "topup.canceled",
    "topup.created",
    "topup.failed",
    "topup.reversed",
    "topup.succeeded",
    "transfer.created",
    "transfer.reversed",
    "transfer.updated",
];

#[test]
fn a_year_shows_every_kind_of_event() {
    let recording = simulate(&Config {
        days: 365,
        customers: 260,
        ..Config::small(1)
    });
    let counts = recording.truth().event_counts();
    let told: Vec<&str> = counts.keys().copied().collect();
    assert_eq!(
        told, EVENT_TYPES,
        "a new type of event belongs into this list"
    );
}

#[test]
fn a_write_off_is_told_by_one_event_without_previous_values() {
    let recording = simulate(&Config {
        days: 365,
        customers: 200,
        ..Config::small(4)
    });
    let events = recording.events();
    let mut write_offs = 0;
    for event in events
        .iter()
        .filter(|e| e.event_type == "invoice.marked_uncollectible")
    {
        assert!(!event.body.contains("previous_attributes"));
        assert_eq!(shown(event)["status"], "uncollectible");
        let beside = |other: &&Event| {
            other.object_id == event.object_id && other.committed_us == event.committed_us
        };
        assert_eq!(events.iter().filter(beside).count(), 1);
        write_offs += 1;
    }
    assert!(write_offs > 3);
}
