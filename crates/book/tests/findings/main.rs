//! Every named invariant, held and broken: what a finding says, how much money it names, and that it goes away again.

mod billing;
mod lists;
mod money;

use std::sync::Arc;

use book::finding::{INVARIANTS, findings};
use book::link::{self, Link};
use book::{Folded, Register, Target, Totals};
use facts::objects::{balance_transaction, charge, customer, invoice, payout};
use facts::{Claim, Fact, ObjectKey, Origin, Record, Schema, Value};

/// A stream of live money.
const LIVE: &str = "acct_1/live";

/// A content in which the named fields have values and all others are null.
fn content(schema: &'static Schema, fields: &[(usize, Value)]) -> Record {
    let mut record = Record {
        schema,
        values: vec![Value::Null; schema.fields.len()].into(),
    };
    for (place, value) in fields {
        record.values[*place] = value.clone();
    }
    record
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn claim(id: &str, created_s: i64, record: Record) -> Claim {
    Claim {
        object: ObjectKey {
            schema: record.schema,
            id: "object_1".into(),
        },
        id: id.into(),
        version: "2026-07-29.dahlia".into(),
        origin: Origin::Event,
        lo_s: created_s,
        hi_s: created_s + 1,
        event_type: "".into(),
        request: None,
        deleted: false,
        after: Some(Arc::new(record)),
        before: None,
        seq: 1,
    }
}

fn fold(claims: Vec<Claim>) -> Folded {
    let key = claims[0].object.clone();
    let mut register = Register::default();
    register.extend(claims.into_iter().map(Fact::Claim));
    Folded::new(key, register)
}

fn totals(links: &[(&'static str, &str, i64)]) -> Totals {
    let mut totals = Totals::new();
    for (place, (relation, currency, amount_minor)) in links.iter().enumerate() {
        let target = Target {
            object: "invoice",
            id: "object_1".into(),
        };
        let source = Target {
            object: "source",
            id: place.to_string().into(),
        };
        let link = Link {
            target,
            relation,
            source,
            amount_minor: *amount_minor,
            currency: (*currency).into(),
        };
        link::add(&mut totals, &link, 1);
    }
    totals
}

/// Folds the content alone and gives the findings as (code, amount at stake).
fn found(record: Record, links: &[(&'static str, &str, i64)]) -> Vec<(&'static str, i64)> {
    found_in(&fold(vec![claim("evt_1", 100, record)]), links)
}

fn found_in(folded: &Folded, links: &[(&'static str, &str, i64)]) -> Vec<(&'static str, i64)> {
    let target = Target::from(&folded.key);
    let held = folded.view.as_ref().map(|view| (&folded.register, view));
    let found = findings(LIVE, &target, held, &totals(links));
    for finding in &found {
        assert!(
            INVARIANTS.iter().any(|(code, _)| *code == finding.code),
            "{} is not listed",
            finding.code
        );
        assert!(!finding.what.contains('{'), "unfilled: {}", finding.what);
    }
    found
        .into_iter()
        .map(|finding| (finding.code, finding.at_stake_minor))
        .collect()
}

/// Some rows of a list, each with these fields.
fn list(schema: &'static Schema, rows: &[&[(usize, Value)]]) -> Value {
    Value::List(rows.iter().map(|fields| content(schema, fields)).collect())
}

fn open_invoice(due: i64, paid: i64, remaining: i64) -> Record {
    content(
        &invoice::SCHEMA,
        &[
            (invoice::CURRENCY, text("usd")),
            (invoice::AMOUNT_DUE_MINOR, Value::Int(due)),
            (invoice::AMOUNT_PAID_MINOR, Value::Int(paid)),
            (invoice::AMOUNT_REMAINING_MINOR, Value::Int(remaining)),
        ],
    )
}

#[test]
fn amount_remaining_is_amount_due_less_amount_paid() {
    assert_eq!(found(open_invoice(4900, 900, 4000), &[]), []);
    assert_eq!(
        found(open_invoice(4900, 900, 4900), &[]),
        [("invoice_remaining", 900)]
    );
}

#[test]
fn an_amount_that_is_not_known_is_no_finding() {
    let mut record = open_invoice(4900, 900, 4900);
    record.values[invoice::AMOUNT_DUE_MINOR] = Value::Unknown;
    assert_eq!(found(record, &[]), []);
}

#[test]
fn the_lines_add_up_to_the_subtotal() {
    let line = |amount: i64| {
        content(
            &invoice::line::SCHEMA,
            &[(invoice::line::AMOUNT_MINOR, Value::Int(amount))],
        )
    };
    let with = |subtotal: i64| {
        let lines = Value::List([line(3000), line(1900)].into());
        content(
            &invoice::SCHEMA,
            &[
                (invoice::SUBTOTAL_MINOR, Value::Int(subtotal)),
                (invoice::LINES, lines),
            ],
        )
    };
    assert_eq!(found(with(4900), &[]), []);
    assert_eq!(found(with(5000), &[]), [("invoice_lines", 100)]);
}

#[test]
fn payments_of_an_invoice_are_no_more_than_its_amount_paid() {
    assert_eq!(
        found(open_invoice(4900, 4900, 0), &[("payment", "usd", 4900)]),
        []
    );
    assert_eq!(
        found(open_invoice(4900, 4900, 0), &[]),
        [],
        "paid outside Stripe"
    );
    assert_eq!(
        found(open_invoice(4900, 0, 4900), &[("payment", "usd", 4900)]),
        [("invoice_payments", 4900)]
    );
    let mut overpaid = open_invoice(4900, 4900, 0);
    overpaid.values[invoice::AMOUNT_OVERPAID_MINOR] = Value::Int(100);
    assert_eq!(
        found(overpaid.clone(), &[("payment", "usd", 5000)]),
        [],
        "it may hold what is too much"
    );
    assert_eq!(
        found(overpaid, &[("payment", "usd", 5100)]),
        [("invoice_payments", 100)]
    );
}

fn settled_charge(captured: i64, refunded: i64) -> Record {
    content(
        &charge::SCHEMA,
        &[
            (charge::CURRENCY, text("usd")),
            (charge::STATUS, text("succeeded")),
            (charge::AMOUNT_CAPTURED_MINOR, Value::Int(captured)),
            (charge::AMOUNT_REFUNDED_MINOR, Value::Int(refunded)),
        ],
    )
}

#[test]
fn refunds_of_a_charge_add_up_to_its_amount_refunded() {
    let refunds = [("refund", "usd", 500), ("refund", "usd", 700)];
    assert_eq!(found(settled_charge(4900, 1200), &refunds), []);
    assert_eq!(
        found(settled_charge(4900, 500), &refunds),
        [("charge_refunds", 700)]
    );
    assert_eq!(
        found(settled_charge(4900, 1200), &[]),
        [("charge_refunds", 1200)]
    );
}

#[test]
fn balance_transactions_of_a_charge_carry_what_was_captured() {
    assert_eq!(
        found(
            settled_charge(4900, 0),
            &[("balance_transaction", "usd", 4900)]
        ),
        []
    );
    assert_eq!(
        found(
            settled_charge(4900, 0),
            &[("balance_transaction", "eur", 4500)]
        ),
        [],
        "settled in another currency"
    );
    assert_eq!(
        found(
            settled_charge(4900, 0),
            &[("balance_transaction", "usd", 4800)]
        ),
        [("charge_balance", 100)]
    );
}

#[test]
fn balance_transactions_of_a_payout_carry_its_amount_and_a_failure_brings_it_back() {
    let sent = |failure: Value| {
        let fields = [
            (payout::CURRENCY, text("usd")),
            (payout::AMOUNT_MINOR, Value::Int(10_000)),
            (payout::FAILURE_BALANCE_TRANSACTION_ID, failure),
        ];
        content(&payout::SCHEMA, &fields)
    };
    let (out, back) = (
        ("balance_transaction", "usd", -10_000),
        ("balance_transaction", "usd", 10_000),
    );
    assert_eq!(found(sent(Value::Null), &[out]), []);
    assert_eq!(found(sent(text("txn_2")), &[out, back]), []);
    assert_eq!(
        found(sent(Value::Null), &[back]),
        [("payout_balance", 20_000)]
    );
}

fn transaction(amount: i64, fee: i64, net: i64, part: i64) -> Record {
    let part = content(
        &balance_transaction::fee::SCHEMA,
        &[(balance_transaction::fee::AMOUNT_MINOR, Value::Int(part))],
    );
    content(
        &balance_transaction::SCHEMA,
        &[
            (balance_transaction::CURRENCY, text("usd")),
            (balance_transaction::AMOUNT_MINOR, Value::Int(amount)),
            (balance_transaction::FEE_MINOR, Value::Int(fee)),
            (balance_transaction::NET_MINOR, Value::Int(net)),
            (balance_transaction::FEE_DETAILS, Value::List([part].into())),
        ],
    )
}

#[test]
fn net_is_amount_less_fee_and_the_fee_is_the_sum_of_its_parts() {
    assert_eq!(found(transaction(4900, 172, 4728, 172), &[]), []);
    assert_eq!(
        found(transaction(4900, 172, 4700, 172), &[]),
        [("transaction_net", 28)]
    );
    assert_eq!(
        found(transaction(4900, 172, 4728, 142), &[]),
        [("transaction_fees", 30)]
    );
}

#[test]
fn a_balance_transaction_that_changed_is_a_finding_with_the_difference() {
    let folded = fold(vec![
        claim("obs_1", 100, transaction(4900, 172, 4728, 172)),
        claim("obs_2", 200, transaction(4800, 72, 4728, 72)),
    ]);
    assert_eq!(found_in(&folded, &[]), [("changed", 100)]);
}

#[test]
fn one_event_with_two_contents_is_a_conflict_whichever_came_first() {
    let (one, other) = (
        claim("evt_1", 100, open_invoice(4900, 0, 4900)),
        claim("evt_1", 100, open_invoice(4900, 4900, 0)),
    );
    let forth = fold(vec![one.clone(), other.clone()]);
    assert_eq!(found_in(&forth, &[]), [("conflict", 4900)]);
    assert_eq!(forth.view, fold(vec![other, one]).view);
}

#[test]
fn news_of_a_deleted_object_is_a_finding_and_it_stays_deleted() {
    let person = || content(&customer::SCHEMA, &[(customer::CREATED_S, Value::Int(1))]);
    let gone = Claim {
        deleted: true,
        ..claim("evt_1", 100, person())
    };
    assert_eq!(
        found_in(&fold(vec![gone.clone(), claim("evt_0", 50, person())]), &[]),
        []
    );
    let folded = fold(vec![gone, claim("evt_2", 200, person())]);
    assert_eq!(found_in(&folded, &[]), [("undead", 0)]);
    assert!(folded.register.tombstone().is_some());
}

#[test]
fn an_object_that_others_refer_to_and_nobody_has_seen_is_missing() {
    let target = Target {
        object: "charge",
        id: "ch_1".into(),
    };
    let found = findings(LIVE, &target, None, &totals(&[("refund", "usd", 500)]));
    assert_eq!(
        (found[0].code, found[0].at_stake_minor, &*found[0].currency),
        ("missing", 500, "usd")
    );
    let elsewhere = Target {
        object: "payment_intent",
        id: "pi_1".into(),
    };
    assert_eq!(
        findings(LIVE, &elsewhere, None, &totals(&[("charge", "usd", 500)])),
        [],
        "its charges tell what it tells"
    );
    assert_eq!(
        findings(LIVE, &target, None, &Totals::new()),
        [],
        "nobody refers to it"
    );
}
