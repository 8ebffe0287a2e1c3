//! A company followed while it lives gives what a recording delivered afterwards gives, and forgets what it can.

use std::collections::BTreeSet;

use serde_json::Value;
use simulator::{Company, Config, Delivery, Kind, Recording, Truth, count, deliver, simulate};

use crate::sameness::hash;

fn sizes() -> [Config; 4] {
    let small = Config::small(3);
    [
        Config {
            customers: 1,
            days: 1,
            ..small
        },
        small,
        Config {
            customers: 90,
            days: 200,
            ..small
        },
        Config {
            customers: 250,
            days: 40,
            seed: 9,
            ..small
        },
    ]
}

fn deliveries() -> [Delivery; 3] {
    let lossy = Delivery {
        lost_per_mille: 50,
        observation_per_mille: 1_300,
        stale_per_mille: 500,
        ..Delivery::demo(4)
    };
    [Delivery::in_order(1), Delivery::demo(1), lossy]
}

fn truth_hash(truth: &Truth<'_>) -> String {
    let objects = truth.objects().map(|(_, _, json)| json);
    let lists = truth.lists().map(|(_, _, json)| json);
    let sums = [
        truth.balance(),
        format!("{:?} {:?}", truth.sums(), truth.event_counts()),
    ];
    let all: Vec<String> = objects.chain(lists).chain(sums).collect();
    hash(all.iter().map(String::as_str))
}

#[test]
fn a_company_followed_while_it_lives_gives_the_lines_of_its_recording() {
    for config in sizes() {
        let recording = simulate(&config);
        for delivery in deliveries() {
            let delivered = deliver(&recording, &delivery);
            let mut company = Company::new(&config, &delivery);
            let followed: Vec<_> = company.by_ref().collect();
            assert_eq!(
                hash(delivered.iter().map(|one| &*one.line)),
                hash(followed.iter().map(|one| &*one.line)),
                "{config:?} {delivery:?}"
            );
            assert_eq!(count(&recording, &delivered), company.counts());
            assert_eq!(recording.accounts(), company.accounts());
            for account in recording.accounts() {
                let truth = company.truth_of(account).unwrap();
                assert_eq!(truth.at_us(), recording.end_us());
                assert_eq!(truth_hash(&recording.truth_of(account)), truth_hash(&truth));
            }
        }
    }
}

#[test]
fn a_company_keeps_one_state_per_object_and_little_else_however_long_it_lives() {
    let config = Config {
        customers: 60,
        days: 400,
        ..Config::small(2)
    };
    let mut company = Company::new(&config, &Delivery::demo(2));
    let (mut lines, mut most_spare, mut most_waiting) = (0, 0, 0);
    while company.next().is_some() {
        lines += 1;
        let now = company.standing();
        most_spare = most_spare.max(now.states - now.objects);
        most_waiting = most_waiting.max(now.waiting);
    }
    assert!(lines > 5_000, "{lines}");
    // A batch's changes, and what the longest delay holds back.
    assert!(most_spare < 1_000, "{most_spare}");
    assert!(most_waiting < 1_000, "{most_waiting}");
    assert!(company.truth_of(company.account()).is_some());
}

#[test]
fn nothing_is_true_in_the_end_before_the_end() {
    let mut company = Company::new(&Config::small(1), &Delivery::in_order(1));
    assert!(company.next().is_some());
    assert!(company.truth_of(company.account()).is_none());
}

fn list_reads(recording: &Recording, delivery: &Delivery) -> Vec<Value> {
    let delivered = deliver(recording, delivery).into_iter();
    let observed = delivered.filter(|one| one.kind == Kind::Observation);
    let read = observed.map(|one| serde_json::from_str::<Value>(&one.line).unwrap());
    read.filter(|line| line["object_type"] == "payout_membership")
        .collect()
}

#[test]
fn what_an_automatic_payout_paid_out_is_read_after_its_reconciliation() {
    let recording = simulate(&Config::small(1));
    let reads = list_reads(&recording, &Delivery::in_order(1));
    let mut seen = BTreeSet::new();
    for line in &reads {
        let id = line["object_id"].as_str().unwrap();
        assert_eq!(
            line["request"],
            format!("GET /v1/balance_transactions?payout={id}&limit=100")
        );
        let body = &line["body"];
        assert_eq!(body["object"], "payout_membership");
        assert_eq!(body["id"], id);
        assert_eq!(body["has_more"], false);
        let items = body["data"].as_array().unwrap();
        let ids: Vec<&str> = items
            .iter()
            .map(|one| one["id"].as_str().unwrap())
            .collect();
        let members: Vec<&str> = recording.payout_members(id).iter().map(|m| &**m).collect();
        assert_eq!(ids, members);
        let at_us = line["date_s"].as_i64().unwrap() * 1_000_000;
        let payout = recording.read("payout", id, at_us).unwrap();
        assert!(payout.contains("\"reconciliation_status\":\"completed\""));
        assert!(seen.insert(id.to_owned()), "{id} is read once");
    }
    let mut expected = BTreeSet::new();
    for account in recording.accounts() {
        let truth = recording.truth_of(account);
        for (_, id, _) in truth.lists().filter(|list| list.0 == "payout_membership") {
            let payout = recording.read("payout", id, recording.end_us()).unwrap();
            if payout.contains("\"reconciliation_status\":\"completed\"") {
                expected.insert(id.to_owned());
            }
        }
    }
    assert!(expected.len() > 5);
    assert_eq!(seen, expected);
    let unread = Delivery {
        lists_read: false,
        ..Delivery::in_order(1)
    };
    assert!(list_reads(&recording, &unread).is_empty());
}

#[test]
fn a_company_of_a_size_has_about_so_many_events() {
    for events in [4_000_u64, 12_000] {
        let mut company = Company::new(&Config::sized(5, events), &Delivery::in_order(5));
        while company.next().is_some() {}
        let share = company.counts().events * 100 / events;
        assert!((70..140).contains(&share), "{events}: {share} %");
        assert_eq!(company.lived_per_mille(), 1_000);
    }
}

#[test]
fn every_list_of_lines_is_read_as_it_is_in_the_end() {
    let config = Config {
        days: 200,
        ..Config::small(6)
    };
    let recording = simulate(&config);
    let delivered = deliver(&recording, &Delivery::in_order(6));
    for account in recording.accounts() {
        let truth = recording.truth_of(account);
        for (kind, id, list) in truth.lists().filter(|list| list.0 == "invoice_line_list") {
            let start = format!("\"object_type\":\"{kind}\",\"object_id\":\"{id}\",\"body\":");
            let end = format!("{start}{list}}}");
            let mut reads = delivered.iter().filter(|one| one.line.contains(&start));
            let last = reads.next_back().unwrap();
            assert!(last.line.ends_with(&end), "{}", last.line);
            assert_eq!(recording.read(kind, id, recording.end_us()), Some(list));
        }
    }
}
