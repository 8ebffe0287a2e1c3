//! Every way that money takes occurs: a list of cases, each counted over a few small companies. It says what occurs, and
//! nothing of whether it is right.

use std::collections::BTreeMap;

use serde_json::Value;
use simulator::{Config, simulate};

/// Small companies looked at.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=24;

const CASES: [&str; 66] = [
    "charge authorised, let go or expired",
    "charge by bank debit",
    "charge by card that was proven",
    "charge captured in part",
    "charge disputed",
    "charge in eur",
    "charge in gbp",
    "charge in jpy",
    "charge in kwd",
    "charge in usd",
    "charge passed on in part",
    "charge passed on less a fee",
    "charge pending that failed",
    "charge received by transfer",
    "charge refunded in part",
    "charge refunded whole",
    "charge refused",
    "charge with a fee for another",
    "dispute closed inquiry",
    "dispute lost after evidence",
    "dispute lost without evidence",
    "dispute won and adjusted at another rate",
    "dispute won in part",
    "dispute won whole",
    "dispute won with its fee",
    "fee refunded",
    "intent abandoned",
    "intent expired",
    "payout canceled",
    "payout drawn from the bank",
    "payout failed",
    "payout instant",
    "payout paid",
    "payout standard by hand",
    "refund by bank transfer",
    "refund canceled",
    "refund failed after it succeeded",
    "refund failed before any money moved",
    "refund of an authorisation",
    "refund of what was not captured",
    "refund with a transfer's reversal",
    "session expired",
    "session paid",
    "session unpaid for ever",
    "setup succeeded",
    "method detached",
    "topup canceled",
    "topup failed",
    "topup reversed",
    "topup succeeded",
    "transaction exchanged",
    "transaction of a dispute's answer",
    "transaction of a fee given back",
    "transaction payment_failure_refund",
    "transaction payout_minimum_balance_hold",
    "transaction payout_minimum_balance_release",
    "transaction reserve_hold",
    "transaction reserve_release",
    "transaction reserve_transaction",
    "transaction stripe_fee",
    "transaction tax_fee",
    "transaction with conversion fee",
    "transaction with tax on its fee",
    "transfer reversed",
    "transfer reversed in part",
    "transfer without a charge",
];

#[test]
fn every_case_occurs_within_two_dozen_small_companies() {
    let mut counts: BTreeMap<&str, u64> = CASES.map(|case| (case, 0)).into();
    for seed in SEEDS {
        let recording = simulate(&Config::small(seed));
        for account in recording.accounts() {
            for (object, _, json) in recording.truth_of(account).objects() {
                let one: Value = serde_json::from_str(&json).unwrap();
                for case in cases_of(object, &one) {
                    let count = counts.get_mut(case.as_str());
                    *count.unwrap_or_else(|| panic!("{case} is on no list")) += 1;
                }
            }
        }
    }
    let missing: Vec<_> = counts.iter().filter(|(_, count)| **count == 0).collect();
    assert!(missing.is_empty(), "{missing:?} of {counts:?}");
}

fn cases_of(object: &str, one: &Value) -> Vec<String> {
    let (word, found) = match object {
        "charge" => ("charge", charge_cases(one)),
        "dispute" => ("dispute", dispute_cases(one)),
        "refund" => ("refund", refund_cases(one)),
        "payout" => ("payout", payout_cases(one)),
        "balance_transaction" => ("transaction", transaction_cases(one)),
        "topup" => ("topup", vec![(one["status"] != "pending", status(one))]),
        "payment_intent" => ("intent", intent_cases(one)),
        "checkout.session" => ("session", session_cases(one)),
        "transfer" => ("transfer", transfer_cases(one)),
        "application_fee" => ("fee", vec![(int(one, "amount_refunded") > 0, "refunded")]),
        "setup_intent" => ("setup", vec![(one["status"] == "succeeded", "succeeded")]),
        "payment_method" => ("method", vec![(one["customer"].is_null(), "detached")]),
        _ => return Vec::new(),
    };
    let found = found.into_iter().filter(|(holds, _)| *holds);
    found.map(|(_, case)| format!("{word} {case}")).collect()
}

type Found<'a> = Vec<(bool, &'a str)>;

fn int(one: &Value, key: &str) -> i64 {
    one[key].as_i64().unwrap()
}

fn text<'a>(one: &'a Value, key: &str) -> &'a str {
    one[key].as_str().unwrap_or("")
}

fn status(one: &Value) -> &str {
    text(one, "status")
}

fn charge_cases(one: &Value) -> Found<'_> {
    let method = text(&one["payment_method_details"], "type");
    let proven = !one["payment_method_details"]["card"]["three_d_secure"].is_null();
    let (amount, captured) = (int(one, "amount"), int(one, "amount_captured"));
    let back = int(one, "amount_refunded");
    let pays = status(one) == "succeeded";
    let to = &one["transfer_data"];
    let in_currency = match text(one, "currency") {
        "usd" => "in usd",
        "eur" => "in eur",
        "gbp" => "in gbp",
        "jpy" => "in jpy",
        _ => "in kwd",
    };
    let for_another = !one["application"].is_null() && !one["application_fee"].is_null();
    let debit = method == "us_bank_account" || method == "sepa_debit";
    vec![
        (
            pays && captured == 0 && one["refunded"] == true,
            "authorised, let go or expired",
        ),
        (
            captured > 0 && back > 0 && back < captured,
            "refunded in part",
        ),
        (captured > 0 && back == amount, "refunded whole"),
        (debit, "by bank debit"),
        (method == "card" && proven, "by card that was proven"),
        (captured > 0 && captured < amount, "captured in part"),
        (one["disputed"] == true, "disputed"),
        (true, in_currency),
        (!to["amount"].is_null(), "passed on in part"),
        (
            !to.is_null() && !one["application_fee"].is_null(),
            "passed on less a fee",
        ),
        (
            !one["failure_balance_transaction"].is_null(),
            "pending that failed",
        ),
        (!one["source_transfer"].is_null(), "received by transfer"),
        (status(one) == "failed" && method == "card", "refused"),
        (for_another, "with a fee for another"),
    ]
}

fn dispute_cases(one: &Value) -> Found<'_> {
    let movements = one["balance_transactions"].as_array().unwrap();
    let back = movements.get(1);
    let won = status(one) == "won";
    let answered = one["evidence_details"]["has_evidence"] == true;
    let taken = movements.first().map_or(0, |first| -int(first, "amount"));
    let given = back.map_or(0, |back| int(back, "amount"));
    let with_fee = back.is_some_and(|back| int(back, "fee") < 0);
    let in_part = given * 4 < taken * 3;
    vec![
        (status(one) == "warning_closed", "closed inquiry"),
        (status(one) == "lost" && answered, "lost after evidence"),
        (status(one) == "lost" && !answered, "lost without evidence"),
        (movements.len() == 3, "won and adjusted at another rate"),
        (won && in_part, "won in part"),
        (won && !in_part, "won whole"),
        (with_fee, "won with its fee"),
    ]
}

fn refund_cases(one: &Value) -> Found<'_> {
    let moved = !one["balance_transaction"].is_null();
    let failed = status(one) == "failed";
    let released = one["destination_details"]["card"]["type"] == "reversal";
    let by_transfer = text(&one["destination_details"], "type").ends_with("bank_transfer");
    vec![
        (by_transfer, "by bank transfer"),
        (status(one) == "canceled", "canceled"),
        (failed && moved, "failed after it succeeded"),
        (failed && !moved, "failed before any money moved"),
        (released && !moved, "of an authorisation"),
        (released && moved, "of what was not captured"),
        (
            !one["transfer_reversal"].is_null(),
            "with a transfer's reversal",
        ),
    ]
}

fn payout_cases(one: &Value) -> Found<'_> {
    let by_hand = one["automatic"] == false;
    vec![
        (status(one) == "canceled", "canceled"),
        (int(one, "amount") < 0, "drawn from the bank"),
        (status(one) == "failed", "failed"),
        (one["method"] == "instant", "instant"),
        (status(one) == "paid", "paid"),
        (by_hand && one["method"] == "standard", "standard by hand"),
    ]
}

fn transaction_cases(one: &Value) -> Found<'_> {
    let kind = text(one, "type");
    let listed = CASES
        .iter()
        .any(|case| case.strip_prefix("transaction ") == Some(kind));
    let parts = one["fee_details"].as_array().unwrap();
    let described = |words: &str| parts.iter().any(|part| text(part, "description") == words);
    let of_fee = kind == "adjustment" && one["reporting_category"] == "fee";
    let net = int(one, "net");
    vec![
        (listed, kind),
        (!one["exchange_rate"].is_null(), "exchanged"),
        (of_fee && net < 0, "of a dispute's answer"),
        (of_fee && net > 0, "of a fee given back"),
        (
            described("Stripe currency conversion fee"),
            "with conversion fee",
        ),
        (
            parts.iter().any(|part| part["type"] == "tax"),
            "with tax on its fee",
        ),
    ]
}

fn intent_cases(one: &Value) -> Found<'_> {
    vec![
        (one["cancellation_reason"] == "abandoned", "abandoned"),
        (one["cancellation_reason"] == "automatic", "expired"),
    ]
}

fn session_cases(one: &Value) -> Found<'_> {
    let paid = one["payment_status"] == "paid";
    vec![
        (status(one) == "expired", "expired"),
        (paid, "paid"),
        (status(one) == "complete" && !paid, "unpaid for ever"),
    ]
}

fn transfer_cases(one: &Value) -> Found<'_> {
    let in_part = int(one, "amount_reversed") > 0 && one["reversed"] == false;
    vec![
        (one["reversed"] == true, "reversed"),
        (in_part, "reversed in part"),
        (one["source_transaction"].is_null(), "without a charge"),
    ]
}
