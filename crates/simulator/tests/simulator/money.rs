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
    objects_of(recording, recording.account(), object)
}

fn objects_of(recording: &Recording, account: &str, object: &str) -> Objects {
    let all = recording.truth_of(account);
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
fn every_accounts_balance_is_the_sum_of_its_transactions() {
    for seed in 1..4 {
        let recording = company(seed);
        assert_eq!(recording.accounts().len(), 4);
        for account in recording.accounts() {
            check_balance(&recording, account);
        }
    }
}

fn check_balance(recording: &Recording, account: &str) {
    let balance = recording.truth_of(account).balance();
    let balance: Value = serde_json::from_str(&balance).unwrap();
    let mut sums = BTreeMap::<(String, String), i64>::new();
    for transaction in objects_of(recording, account, "balance_transaction").values() {
        let side = text(transaction, "status").to_owned();
        let currency = text(transaction, "currency").to_owned();
        let net = int(transaction, "net");
        *sums.entry((side, currency.clone())).or_default() += net;
        if text(transaction, "reporting_category") == "connect_reserved_funds" {
            *sums.entry(("reserved".into(), currency)).or_default() -= net;
        }
    }
    for side in ["available", "pending"] {
        for row in balance[side].as_array().unwrap() {
            let key = (side.to_owned(), text(row, "currency").to_owned());
            let sum = sums.remove(&key).unwrap_or(0);
            assert_eq!(int(row, "amount"), sum, "{account} {key:?}");
            assert_eq!(row["source_types"]["card"], row["amount"]);
        }
    }
    for row in balance["connect_reserved"].as_array().into_iter().flatten() {
        let key = ("reserved".to_owned(), text(row, "currency").to_owned());
        assert_eq!(Some(int(row, "amount")), sums.remove(&key));
    }
    assert!(sums.is_empty(), "outside the balance: {sums:?}");
}

#[test]
fn net_is_amount_less_fee_and_fees_are_itemised() {
    let recording = company(1);
    let mut in_dollars = 0;
    for account in recording.accounts() {
        for transaction in objects_of(&recording, account, "balance_transaction").values() {
            let (amount, fee) = (int(transaction, "amount"), int(transaction, "fee"));
            assert_eq!(int(transaction, "net"), amount - fee);
            let details = transaction["fee_details"].as_array().unwrap();
            let parts = details.iter().map(|row| int(row, "amount"));
            assert_eq!(parts.sum::<i64>(), fee);
            assert_eq!(int(transaction, "available_on") % 86_400, 0);
            let of_card = text(transaction, "type") == "charge";
            if of_card && text(transaction, "currency") == "usd" {
                // In tenths of a minor unit, halves up; 1 % more where it was exchanged.
                assert_eq!(int(&details[0], "amount"), (amount * 29 + 500) / 1000 + 30);
                let exchanged = !transaction["exchange_rate"].is_null();
                let rest = if exchanged {
                    (amount * 10 + 500) / 1000
                } else {
                    0
                };
                assert_eq!(fee - int(&details[0], "amount"), rest);
                in_dollars += 1;
            }
        }
    }
    assert!(in_dollars > 100);
}

/// Which member of which object names a movement of how much of it.
const NAMED: [(&str, &str, i64); 11] = [
    ("charge", "balance_transaction", 1),
    ("charge", "failure_balance_transaction", -1),
    ("refund", "balance_transaction", -1),
    ("refund", "failure_balance_transaction", 1),
    ("payout", "balance_transaction", -1),
    ("payout", "failure_balance_transaction", 1),
    ("topup", "balance_transaction", 1),
    ("transfer", "balance_transaction", -1),
    ("transfer_reversal", "balance_transaction", 1),
    ("application_fee", "balance_transaction", 1),
    ("fee_refund", "balance_transaction", -1),
];

/// The movements that nothing names: they name what they are of, or are of nothing.
const UNNAMED: [&str; 9] = [
    "adjustment",
    "payout_minimum_balance_hold",
    "payout_minimum_balance_release",
    "reserve_hold",
    "reserve_release",
    "reserve_transaction",
    "stripe_fee",
    "tax_fee",
    "topup_reversal",
];

#[test]
fn every_movement_is_named_by_its_source_and_is_its_amount_at_the_rate() {
    let mut exchanged = 0;
    for seed in 1..4 {
        let recording = company(seed);
        for account in recording.accounts() {
            let mut transactions = objects_of(&recording, account, "balance_transaction");
            for (object, member, sign) in NAMED {
                for source in objects_of(&recording, account, object).values() {
                    let Some(id) = source[member].as_str() else {
                        continue;
                    };
                    let named = transactions.remove(id);
                    let named = named.unwrap_or_else(|| panic!("{id} is named twice"));
                    assert_eq!(named["source"], source["id"]);
                    let amount = sign * int(source, "amount");
                    assert_eq!(int(&named, "amount"), at_rate(amount, source, &named));
                    exchanged += usize::from(!named["exchange_rate"].is_null());
                }
            }
            for rest in transactions.values() {
                assert!(UNNAMED.contains(&text(rest, "type")), "{rest}");
            }
        }
    }
    assert!(exchanged > 100, "{exchanged}");
}

/// An amount of an object in the currency of its movement: the exact product with the rate, halves away from zero.
fn at_rate(amount: i64, source: &Value, transaction: &Value) -> i64 {
    let rate = &transaction["exchange_rate"];
    let same = source["currency"] == transaction["currency"];
    assert_eq!(same, rate.is_null(), "{transaction}");
    if same {
        return amount;
    }
    let rate = rate.to_string();
    let (whole, part) = rate.split_once('.').unwrap_or((&rate, ""));
    let millionths: i64 = format!("{whole}{part:0<6}").parse().unwrap();
    let product = amount * millionths;
    (product + product.signum() * 500_000) / 1_000_000
}

#[test]
fn an_automatic_payout_is_the_sum_of_what_it_sweeps_and_lists_itself_last() {
    let (mut debits, mut by_hand) = (0, 0);
    for seed in 1..4 {
        let recording = company(seed);
        for account in recording.accounts() {
            let transactions = objects_of(&recording, account, "balance_transaction");
            let mut swept = BTreeMap::new();
            for (id, payout) in objects_of(&recording, account, "payout") {
                let members = recording.payout_members(&id);
                if payout["automatic"] == false {
                    assert!(members.is_empty());
                    by_hand += 1;
                    continue;
                }
                let nets = members.iter().map(|member| &transactions[&**member]);
                assert_eq!(nets.map(|one| int(one, "net")).sum::<i64>(), 0);
                let (own, members) = members.split_last().unwrap();
                let amount = int(&payout, "amount");
                let own = &transactions[&**own];
                assert_eq!(own["id"], payout["balance_transaction"]);
                assert_eq!(
                    (&own["type"], &own["source"]),
                    (&"payout".into(), &payout["id"])
                );
                assert_eq!(int(own, "net"), -amount);
                let nets = members.iter().map(|member| &transactions[&**member]);
                let sum: i64 = nets.map(|one| int(one, "net")).sum();
                assert_eq!(sum, amount);
                debits += usize::from(sum < 0);
                for member in members {
                    let doubled = swept.insert(member.clone(), id.clone());
                    assert!(doubled.is_none(), "{member} is paid out twice");
                    let available_s = int(&transactions[&**member], "available_on");
                    assert!(available_s <= int(&payout, "created"));
                }
            }
        }
    }
    assert!(debits > 0 && by_hand > 0);
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
    let mut undone = 0;
    for seed in 1..6 {
        let recording = company(seed);
        for account in recording.accounts() {
            let mut refunded = BTreeMap::<String, i64>::new();
            for refund in objects_of(&recording, account, "refund").values() {
                let status = text(refund, "status");
                assert_eq!(status == "failed", !refund["failure_reason"].is_null());
                if status == "failed" || status == "canceled" {
                    undone += 1;
                } else {
                    let charge = text(refund, "charge").to_owned();
                    *refunded.entry(charge).or_default() += int(refund, "amount");
                }
            }
            for (id, charge) in objects_of(&recording, account, "charge") {
                let amount = refunded.get(&id).copied().unwrap_or(0);
                assert_eq!(int(&charge, "amount_refunded"), amount, "{id}");
                let whole = amount > 0 && amount == int(&charge, "amount");
                assert_eq!(charge["refunded"], whole);
                assert!(amount <= int(&charge, "amount"));
            }
        }
    }
    assert!(undone > 3);
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
        "dispute",
        "payout",
        "payout_reversal",
        "platform_earning",
        "refund",
        "transfer",
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
