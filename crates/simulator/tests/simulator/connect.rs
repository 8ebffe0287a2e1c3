//! Money between accounts: what leaves one arrives on the other, and comes back the same way. Events and objects belong to
//! the account that they are of.

use std::collections::BTreeMap;

use serde_json::Value;
use simulator::{Config, Odds, Recording, simulate};

type Objects = BTreeMap<String, Value>;

/// A company that passes much on, and takes much of it back.
fn company(seed: u64) -> Recording {
    let small = Config::small(seed);
    simulate(&Config {
        days: 250,
        customers: 60,
        odds: Odds {
            passed_on: 900,
            refunds: 300,
            ..small.odds
        },
        ..small
    })
}

fn objects(recording: &Recording, account: &str, object: &str) -> Objects {
    let truth = recording.truth_of(account);
    let all = truth.objects().filter(|(kind, ..)| *kind == object);
    all.map(|(_, id, json)| (id.to_owned(), serde_json::from_str(&json).unwrap()))
        .collect()
}

fn int(value: &Value, key: &str) -> i64 {
    value[key].as_i64().unwrap()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

#[test]
fn a_transfer_arrives_as_a_payment_and_is_reversed_by_its_reversals() {
    let (mut whole, mut refunds) = (0, 0);
    for seed in 1..4 {
        let recording = company(seed);
        let platform = recording.account();
        let reversals = objects(&recording, platform, "transfer_reversal");
        for (id, transfer) in objects(&recording, platform, "transfer") {
            let destination = text(&transfer, "destination");
            let payments = objects(&recording, destination, "charge");
            let payment = &payments[text(&transfer, "destination_payment")];
            assert_eq!(payment["source_transfer"], id.as_str());
            assert_eq!(payment["amount"], transfer["amount"]);
            let own = reversals
                .values()
                .filter(|one| one["transfer"] == id.as_str());
            let sum: i64 = own.clone().map(|one| int(one, "amount")).sum();
            assert_eq!(int(&transfer, "amount_reversed"), sum);
            assert_eq!(int(payment, "amount_refunded"), sum);
            assert_eq!(transfer["reversed"], sum == int(&transfer, "amount"));
            whole += usize::from(sum == int(&transfer, "amount"));
            let embedded = transfer["reversals"]["data"].as_array().unwrap();
            assert_eq!(embedded.len(), own.count());
            for one in embedded {
                assert_eq!(*one, reversals[text(one, "id")]);
                refunds += usize::from(!one["source_refund"].is_null());
            }
        }
        for reversal in reversals
            .values()
            .filter(|one| !one["source_refund"].is_null())
        {
            let refund = &objects(&recording, platform, "refund")[text(reversal, "source_refund")];
            assert_eq!(refund["transfer_reversal"], reversal["id"]);
        }
    }
    assert!(whole > 0 && refunds > 0);
}

#[test]
fn a_fee_is_taken_of_one_account_and_given_to_the_other() {
    let mut given_back = 0;
    for seed in 1..4 {
        let recording = company(seed);
        let platform = recording.account();
        let fee_refunds = objects(&recording, platform, "fee_refund");
        for (id, fee) in objects(&recording, platform, "application_fee") {
            let account = text(&fee, "account");
            let charges = objects(&recording, account, "charge");
            let charge = &charges[text(&fee, "charge")];
            let transactions = objects(&recording, account, "balance_transaction");
            let booked = &transactions[text(charge, "balance_transaction")];
            let parts = booked["fee_details"].as_array().unwrap();
            let parts = parts
                .iter()
                .filter(|part| part["type"] == "application_fee");
            let taken: i64 = parts.map(|part| int(part, "amount")).sum();
            if booked["currency"] == fee["currency"] {
                assert_eq!(taken, int(&fee, "amount"), "{id}");
            }
            assert!(taken > 0);
            let own = fee_refunds.values().filter(|one| one["fee"] == id.as_str());
            let sum: i64 = own.map(|one| int(one, "amount")).sum();
            assert_eq!(int(&fee, "amount_refunded"), sum);
            given_back += usize::from(sum > 0);
        }
    }
    assert!(given_back > 0);
}

#[test]
fn a_dispute_shows_what_it_moved() {
    let (mut disputes, mut twice) = (0, 0);
    for seed in 1..6 {
        let recording = company(seed);
        for account in recording.accounts() {
            let transactions = objects(&recording, account, "balance_transaction");
            let mut of_charge = BTreeMap::<String, i64>::new();
            for (id, dispute) in objects(&recording, account, "dispute") {
                let shown = dispute["balance_transactions"].as_array().unwrap();
                for one in shown {
                    assert_eq!(*one, transactions[text(one, "id")]);
                }
                let of_it = |one: &&Value| one["source"] == id.as_str();
                let moved = transactions.values().filter(of_it);
                let kept = moved.filter(|one| one["reporting_category"] != "fee");
                assert_eq!(kept.count(), shown.len());
                let net: i64 = shown.iter().map(|one| int(one, "net")).sum();
                match text(&dispute, "status") {
                    "warning_closed" => assert!(shown.is_empty()),
                    "lost" => assert_eq!(shown.len(), 1),
                    "won" => assert!(shown.len() >= 2 && net < int(&shown[1], "net")),
                    _ => {}
                }
                let charge = text(&dispute, "charge").to_owned();
                *of_charge.entry(charge).or_default() += int(&dispute, "amount");
                disputes += 1;
            }
            let charges = objects(&recording, account, "charge");
            for (charge, sum) in of_charge {
                assert_eq!(charges[&charge]["disputed"], true);
                assert!(sum <= int(&charges[&charge], "amount"), "{charge}");
                twice += usize::from(sum < int(&charges[&charge], "amount"));
            }
        }
    }
    assert!(disputes > 20 && twice > 0);
}

#[test]
fn an_accounts_events_are_told_of_its_own_objects() {
    let recording = company(1);
    let mut told = BTreeMap::<&str, u64>::new();
    for event in recording.events() {
        let account = event.account.as_deref().unwrap_or(recording.account());
        *told.entry(account).or_default() += 1;
        if event.object != "balance" {
            assert_eq!(recording.account_of(&event.object_id), account);
        }
    }
    assert_eq!(told.len(), 4);
    assert!(told.values().all(|count| *count > 5), "{told:?}");
    let ids = |account: &str| -> Vec<String> {
        let truth = recording.truth_of(account);
        truth.objects().map(|(_, id, _)| id.to_owned()).collect()
    };
    let all: Vec<String> = recording.accounts().into_iter().flat_map(ids).collect();
    let once: std::collections::BTreeSet<&String> = all.iter().collect();
    assert_eq!(once.len(), all.len());
}
