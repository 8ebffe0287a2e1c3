//! Money is exact and goes nowhere: every sum that Stripe promises is added up again from the JSON alone.

use std::collections::BTreeMap;

use serde_json::Value;
use simulator::{Config, Recording, simulate};

type Objects = BTreeMap<String, Value>;

/// A small company over most of a year: large enough that every kind of movement occurs.
fn company(seed: u64) -> Recording {
    simulate(&Config {
        days: 300,
        customers: 60,
        ..Config::small(seed)
    })
}

fn objects(recording: &Recording, object: &str) -> Objects {
    let all = recording.truth();
    all.objects()
        .filter(|(kind, _, _)| *kind == object)
        .map(|(_, id, json)| (id.to_owned(), serde_json::from_str(&json).unwrap()))
        .collect()
}

fn int(value: &Value, key: &str) -> i64 {
    value[key]
        .as_i64()
        .unwrap_or_else(|| panic!("{key} is no integer in {value}"))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} is no text in {value}"))
}

#[test]
fn the_balance_is_the_sum_of_its_transactions() {
    for seed in 1..4 {
        let recording = company(seed);
        let balance: Value = serde_json::from_str(&recording.truth().balance()).unwrap();
        let mut sums = BTreeMap::<(String, String), i64>::new();
        for transaction in objects(&recording, "balance_transaction").values() {
            let side = text(transaction, "status").to_owned();
            let currency = text(transaction, "currency").to_owned();
            *sums.entry((side, currency)).or_default() += int(transaction, "net");
        }
        for side in ["available", "pending"] {
            for row in balance[side].as_array().unwrap() {
                let key = (side.to_owned(), text(row, "currency").to_owned());
                assert_eq!(
                    int(row, "amount"),
                    sums.remove(&key).unwrap_or(0),
                    "{key:?}"
                );
                assert_eq!(row["source_types"]["card"], row["amount"]);
            }
        }
        assert!(sums.is_empty(), "currencies outside the balance: {sums:?}");
    }
}

#[test]
fn net_is_amount_less_fee_and_fees_are_itemised() {
    let recording = company(1);
    for transaction in objects(&recording, "balance_transaction").values() {
        let (amount, fee) = (int(transaction, "amount"), int(transaction, "fee"));
        assert_eq!(int(transaction, "net"), amount - fee);
        let details = transaction["fee_details"].as_array().unwrap();
        assert_eq!(
            details.iter().map(|row| int(row, "amount")).sum::<i64>(),
            fee
        );
        assert_eq!(int(transaction, "available_on") % 86_400, 0);
        if text(transaction, "type") == "charge" {
            // In tenths of a minor unit, halves up.
            let expected = match text(transaction, "currency") {
                "usd" => (amount * 29 + 500) / 1000 + 30,
                _ => (amount * 36 + 500) / 1000,
            };
            assert_eq!(fee, expected);
        } else {
            assert_eq!(fee, 0);
        }
    }
}

#[test]
fn every_movement_is_named_by_its_source() {
    let recording = company(2);
    let transactions = objects(&recording, "balance_transaction");
    let mut named = BTreeMap::new();
    for (object, sign) in [("charge", 1), ("refund", -1), ("payout", -1)] {
        for source in objects(&recording, object).values() {
            for (member, sign) in [
                ("balance_transaction", sign),
                ("failure_balance_transaction", -sign),
            ] {
                let Some(id) = source[member].as_str() else {
                    continue;
                };
                let transaction = &transactions[id];
                assert_eq!(transaction["source"], source["id"]);
                assert_eq!(transaction["currency"], source["currency"]);
                assert_eq!(int(transaction, "amount"), sign * int(source, "amount"));
                assert!(
                    named.insert(id.to_owned(), object).is_none(),
                    "{id} is named twice"
                );
            }
        }
    }
    assert_eq!(named.len(), transactions.len());
}

#[test]
fn a_payout_is_the_sum_of_what_it_sweeps() {
    let mut failed = 0;
    for seed in 1..6 {
        let recording = company(seed);
        let transactions = objects(&recording, "balance_transaction");
        let payouts = objects(&recording, "payout");
        let mut swept = BTreeMap::new();
        for (id, payout) in &payouts {
            let members = recording.payout_members(id);
            let sum: i64 = members
                .iter()
                .map(|member| int(&transactions[&**member], "net"))
                .sum();
            assert_eq!(sum, int(payout, "amount"));
            for member in members {
                assert!(
                    swept.insert(member.clone(), id).is_none(),
                    "{member} is paid out twice"
                );
                assert!(int(&transactions[&**member], "available_on") <= int(payout, "created"));
            }
        }
        let of_failed = payouts.values();
        failed += of_failed
            .filter(|payout| text(payout, "status") == "failed")
            .count();
    }
    assert!(failed > 0);
}

#[test]
fn an_invoice_is_paid_by_what_paid_it() {
    let (mut by_card, mut out_of_band, mut unpaid) = (0, 0, 0);
    for seed in 1..5 {
        let recording = company(seed);
        let mut paid = BTreeMap::<String, i64>::new();
        for payment in objects(&recording, "invoice_payment").values() {
            let amount = payment["amount_paid"].as_i64().unwrap_or(0);
            *paid.entry(text(payment, "invoice").to_owned()).or_default() += amount;
            assert_eq!(text(payment, "status") == "paid", amount > 0);
        }
        for (id, invoice) in objects(&recording, "invoice") {
            if invoice["deleted"] == true {
                continue;
            }
            let amount = paid.get(&id).copied().unwrap_or(0);
            let received = int(&invoice, "amount_paid") + int(&invoice, "amount_overpaid");
            // A payment may still wait to be recorded, or have come past Stripe.
            assert!(amount <= received, "{id}");
            match (text(&invoice, "status") == "paid", amount > 0) {
                (true, true) => by_card += 1,
                (true, false) => out_of_band += 1,
                (false, _) => unpaid += 1,
            }
        }
    }
    assert!(by_card > 500 && out_of_band > 0 && unpaid > 20);
}

#[test]
fn a_charge_is_refunded_by_its_refunds() {
    let mut failed = 0;
    for seed in 1..6 {
        let recording = company(seed);
        let mut refunded = BTreeMap::<String, i64>::new();
        for refund in objects(&recording, "refund").values() {
            match text(refund, "status") {
                "failed" => failed += 1,
                _ => {
                    *refunded.entry(text(refund, "charge").into()).or_default() +=
                        int(refund, "amount")
                }
            }
        }
        for (id, charge) in objects(&recording, "charge") {
            let amount = refunded.get(&id).copied().unwrap_or(0);
            assert_eq!(int(&charge, "amount_refunded"), amount);
            assert_eq!(
                charge["refunded"],
                amount > 0 && amount == int(&charge, "amount")
            );
            assert!(amount <= int(&charge, "amount_captured"));
        }
    }
    assert!(failed > 0);
}

#[test]
fn the_sums_of_the_truth_are_those_of_its_transactions() {
    let mut categories = std::collections::BTreeSet::new();
    for seed in 1..6 {
        let recording = company(seed);
        check_sums(&recording);
        categories.extend(recording.truth().sums().into_keys().map(|key| key.1));
    }
    for category in [
        "charge",
        "payout",
        "payout_reversal",
        "refund",
        "refund_failure",
    ] {
        assert!(categories.contains(&category), "{category}");
    }
}

fn check_sums(recording: &Recording) {
    let sums = recording.truth().sums();
    let net: i64 = sums.values().map(|sum| sum.net_minor).sum();
    let transactions = objects(recording, "balance_transaction");
    assert_eq!(
        net,
        transactions
            .values()
            .map(|one| int(one, "net"))
            .sum::<i64>()
    );
    let count: u64 = sums.values().map(|sum| sum.count).sum();
    assert_eq!(count, u64::try_from(transactions.len()).unwrap());
}
