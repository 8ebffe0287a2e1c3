//! All turns that billing takes occur: each is known by an event and what that shows, or by a change that no event tells.

use std::collections::BTreeMap;

use serde_json::Value;
use simulator::{Config, Recording, simulate};

/// Whether an event's object, with its previous values, takes the turn.
type Takes = fn(&Value, &Value) -> bool;

const TURNS: [(&str, &str, Takes); 30] = [
    ("inclusive tax", "invoice.finalized", |o, _| {
        shows(o, "total_taxes", "\"inclusive\"")
    }),
    ("exclusive tax", "invoice.finalized", |o, _| {
        shows(o, "total_taxes", "\"exclusive\"")
    }),
    ("two taxes on a line", "invoice.finalized", |o, _| {
        many(o, "total_taxes", 2)
    }),
    ("discount", "invoice.finalized", |o, _| {
        many(o, "total_discount_amounts", 1)
    }),
    ("credits used", "invoice.finalized", |o, _| {
        shows(o, "total_pretax_credit_amounts", "credit_balance")
    }),
    ("total below zero", "invoice.finalized", |o, _| {
        o["total"].as_i64() < Some(0)
    }),
    ("list of lines cut", "invoice.finalized", |o, _| {
        o["lines"]["has_more"] == true
    }),
    ("proration billed at once", "invoice.finalized", |o, _| {
        o["billing_reason"] == "subscription_update"
    }),
    ("proration on a renewal", "invoice.finalized", |o, _| {
        o["billing_reason"] == "subscription_cycle" && shows(o, "lines", "\"proration\":true")
    }),
    ("trial", "customer.subscription.created", |o, _| {
        o["status"] == "trialing"
    }),
    ("trial over", "customer.subscription.updated", |_, p| {
        p["status"] == "trialing"
    }),
    (
        "incomplete, then paid",
        "customer.subscription.updated",
        |o, p| p["status"] == "incomplete" && o["status"] == "active",
    ),
    (
        "incomplete, then expired",
        "customer.subscription.updated",
        |o, _| o["status"] == "incomplete_expired",
    ),
    (
        "collection paused",
        "customer.subscription.updated",
        |_, p| p.get("pause_collection").is_some_and(Value::is_null),
    ),
    (
        "cancelled at the period's end",
        "customer.subscription.updated",
        |_, p| p["cancel_at_period_end"] == false,
    ),
    ("paid in part", "invoice.updated", |o, _| {
        o["status"] == "open" && o["amount_paid"].as_i64() > Some(0)
    }),
    ("paid by balance or credit alone", "invoice.paid", |o, _| {
        o["total"].as_i64() > Some(0) && o["amount_due"] == 0
    }),
    ("credited before payment", "credit_note.created", |o, _| {
        o["type"] == "pre_payment"
    }),
    ("credited after payment", "credit_note.created", |o, _| {
        o["type"] == "post_payment"
    }),
    ("credited partly before", "credit_note.created", |o, _| {
        o["type"] == "mixed"
    }),
    ("credited by refund", "credit_note.created", |o, _| {
        many(o, "refunds", 1)
    }),
    ("credited past Stripe", "credit_note.created", |o, _| {
        !o["out_of_band_amount"].is_null()
    }),
    ("payment recorded", "invoice_payment.paid", |o, _| {
        o["payment"]["type"] == "payment_record"
    }),
    (
        "cash sent",
        "customer_cash_balance_transaction.created",
        |o, _| o["type"] == "funded",
    ),
    (
        "cash applied",
        "customer_cash_balance_transaction.created",
        |o, _| o["type"] == "applied_to_payment",
    ),
    (
        "cash taken back",
        "customer_cash_balance_transaction.created",
        |o, _| o["type"] == "unapplied_from_payment",
    ),
    (
        "cash refunded",
        "customer_cash_balance_transaction.created",
        |o, _| o["type"] == "refunded_from_payment",
    ),
    (
        "credits expired",
        "billing.credit_balance_transaction.created",
        |o, _| o["debit"]["type"] == "credits_expired",
    ),
    (
        "credits voided",
        "billing.credit_balance_transaction.created",
        |o, _| o["debit"]["type"] == "credits_voided",
    ),
    (
        "credits given back",
        "billing.credit_balance_transaction.created",
        |o, _| o["credit"]["type"] == "credits_application_invoice_voided",
    ),
];

fn shows(object: &Value, key: &str, part: &str) -> bool {
    object[key].to_string().contains(part)
}

fn many(object: &Value, key: &str, least: usize) -> bool {
    object[key]
        .as_array()
        .is_some_and(|items| items.len() >= least)
}

fn count(recording: &Recording, counts: &mut BTreeMap<&'static str, u32>) {
    for event in recording.events() {
        let body: Value = serde_json::from_str(&event.body).unwrap();
        let data = &body["data"];
        for (turn, event_type, takes) in TURNS {
            if event.event_type == event_type
                && takes(&data["object"], &data["previous_attributes"])
            {
                *counts.entry(turn).or_default() += 1;
            }
        }
        let asked = body["request"]["id"].is_string();
        let by_hand = data["previous_attributes"].get("email").is_some();
        if event.event_type == "customer.updated" && !asked && by_hand {
            *counts.entry("changed on the dashboard").or_default() += 1;
        }
    }
    for (kind, _, json) in recording.truth().objects() {
        if ["customer", "invoice", "subscription"].contains(&kind) && json.contains("unheard") {
            *counts.entry("changed without an event").or_default() += 1;
        }
    }
}

#[test]
fn every_turn_of_billing_occurs() {
    let mut counts = BTreeMap::new();
    for seed in 1..9 {
        let config = Config {
            days: 200,
            customers: 60,
            ..Config::small(seed)
        };
        count(&simulate(&config), &mut counts);
    }
    let missing: Vec<_> = TURNS
        .iter()
        .filter(|turn| !counts.contains_key(turn.0))
        .collect();
    let names: Vec<_> = missing.iter().map(|turn| turn.0).collect();
    assert!(names.is_empty(), "{names:?} never: {counts:?}");
    assert_eq!(counts.len(), TURNS.len() + 2);
}

#[test]
fn a_small_company_takes_most_turns_over_a_few_seeds() {
    let mut counts = BTreeMap::new();
    for seed in 1..9 {
        count(&simulate(&Config::small(seed)), &mut counts);
    }
    assert!(counts.len() >= 22, "{counts:?}");
}
