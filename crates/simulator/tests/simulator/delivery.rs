//! The delivery layer repeats, delays and drops, and never invents: counts are right and reads are honest.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use simulator::{
    Arrival, Config, Delivered, Delivery, Kind, Read, Recording, count, deliver, simulate,
};

fn company() -> Recording {
    simulate(&Config {
        days: 200,
        customers: 50,
        ..Config::small(1)
    })
}

fn parse(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

fn events(delivered: &[Delivered]) -> impl Iterator<Item = &Delivered> {
    delivered.iter().filter(|one| one.kind == Kind::Event)
}

fn observations(delivered: &[Delivered]) -> impl Iterator<Item = Value> {
    delivered
        .iter()
        .filter(|one| one.kind == Kind::Observation)
        .map(|one| parse(&one.line))
}

#[test]
fn in_order_every_event_comes_once_as_it_was_emitted() {
    let recording = company();
    let delivered = deliver(&recording, &Delivery::in_order(1));
    let lines: Vec<_> = events(&delivered).map(|one| &one.line).collect();
    let bodies: Vec<_> = recording.events().iter().map(|event| &event.body).collect();
    assert_eq!(lines, bodies);
}

#[test]
fn the_demo_loses_nothing_and_counts_what_it_does() {
    let recording = company();
    let delivered = deliver(&recording, &Delivery::demo(1));
    let counts = count(&recording, &delivered);
    let mut seen = BTreeMap::<String, u64>::new();
    for one in events(&delivered) {
        *seen
            .entry(parse(&one.line)["id"].as_str().unwrap().to_owned())
            .or_default() += 1;
    }
    assert_eq!(seen.len(), recording.events().len());
    let total: u64 = seen.values().sum();
    assert_eq!(counts.lost, 0);
    assert_eq!(counts.events, u64::try_from(seen.len()).unwrap());
    assert_eq!(counts.duplicates, total - counts.events);
    let per_mille = |part: u64| part * 1000 / counts.events;
    assert!(
        (45..75).contains(&per_mille(counts.duplicates)),
        "{counts:?}"
    );
    assert!((80..120).contains(&per_mille(counts.late)), "{counts:?}");
}

#[test]
fn a_duplicate_says_the_same_but_for_pending_webhooks() {
    let recording = company();
    let delivered = deliver(&recording, &Delivery::demo(2));
    let bodies: BTreeMap<_, _> = recording
        .events()
        .iter()
        .map(|event| (&*event.id, parse(&event.body)))
        .collect();
    let mut spaced = 0;
    for one in events(&delivered).filter(|one| one.what == Arrival::Duplicate) {
        let mut again = parse(&one.line);
        assert_eq!(again["pending_webhooks"], 0);
        again["pending_webhooks"] = 1.into();
        assert_eq!(again, bodies[again["id"].as_str().unwrap()]);
        spaced += usize::from(one.line.starts_with("{ "));
    }
    assert!(spaced > 0);
}

#[test]
fn a_withheld_event_is_told_by_nothing_else() {
    let recording = simulate(&Config {
        days: 365,
        customers: 100,
        ..Config::small(1)
    });
    let withheld = recording.withholdable()[0].to_owned();
    let event = recording
        .events()
        .iter()
        .find(|event| *event.id == *withheld)
        .unwrap();
    let withhold = Some(withheld.clone());
    let delivery = Delivery {
        withhold,
        observation_per_mille: 400,
        ..Delivery::demo(1)
    };
    let delivered = deliver(&recording, &delivery);
    assert_eq!(count(&recording, &delivered).lost, 1);
    assert!(delivered.iter().all(|one| !one.line.contains(&withheld)));
    let told = "\"status\":\"uncollectible\"";
    let knows = |one: &&Delivered| one.line.contains(&*event.object_id) && one.line.contains(told);
    assert_eq!(delivered.iter().filter(knows).count(), 0);
    let truth = recording
        .read("invoice", &event.object_id, recording.end_us())
        .unwrap();
    assert!(truth.contains(told));
    assert!(truth.contains("\"currency\":\"usd\""));
}

#[test]
fn lost_events_never_come() {
    let recording = company();
    let delivery = Delivery {
        lost_per_mille: 100,
        ..Delivery::demo(3)
    };
    let counts = count(&recording, &deliver(&recording, &delivery));
    assert_eq!(
        counts.events + counts.lost,
        u64::try_from(recording.events().len()).unwrap()
    );
    assert!((70..130).contains(&(counts.lost * 1000 / (counts.events + counts.lost))));
}

#[test]
fn every_balance_transaction_is_read_once_or_twice() {
    let recording = company();
    let delivered = deliver(
        &recording,
        &Delivery {
            observation_per_mille: 0,
            ..Delivery::demo(1)
        },
    );
    let mut reads = BTreeMap::<String, u32>::new();
    for line in observations(&delivered) {
        if line["object_type"] == "balance_transaction" {
            *reads
                .entry(line["object_id"].as_str().unwrap().to_owned())
                .or_default() += 1;
        }
    }
    let accounts = recording.accounts().into_iter();
    let ids: BTreeSet<_> = accounts
        .flat_map(|account| recording.list_ids_of(account, "balance_transaction"))
        .collect();
    assert_eq!(
        reads.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        ids
    );
    assert!(reads.values().all(|count| (1..=2).contains(count)));
    assert!(reads.values().any(|count| *count == 2));
}

#[test]
fn every_last_state_is_told_by_an_event_or_a_read() {
    let recording = company();
    let delivered = deliver(&recording, &Delivery::demo(1));
    let mut told = BTreeSet::new();
    for one in &delivered {
        let line = parse(&one.line);
        let shown = if one.kind == Kind::Event {
            &line["data"]["object"]
        } else {
            &line["body"]
        };
        told.insert(shown.to_string());
        // A deletion's event shows the object as it was; a cancelled subscription lives on.
        let gone = line["type"]
            .as_str()
            .is_some_and(|kind| kind.ends_with(".deleted"));
        if gone && line["type"] != "customer.subscription.deleted" {
            told.insert(format!("deleted {}", shown["id"]));
        }
    }
    let accounts = recording.accounts().into_iter();
    let truths: Vec<_> = accounts.map(|one| recording.truth_of(one)).collect();
    for (object, id, json) in truths.iter().flat_map(|truth| truth.objects()) {
        let state = parse(&json);
        let deleted = told.contains(&format!("deleted \"{id}\""));
        // What passing time alone changes is told by the date a transaction turns available on.
        assert!(
            deleted || object == "balance_transaction" || told.contains(&state.to_string()),
            "{json}"
        );
    }
}

#[test]
fn an_observation_shows_a_state_that_held_inside_its_interval() {
    let recording = simulate(&Config::small(4));
    let delivery = Delivery {
        observation_per_mille: 300,
        stale_per_mille: 0,
        ..Delivery::demo(4)
    };
    let delivered = deliver(&recording, &delivery);
    let mut seen = BTreeMap::<String, u32>::new();
    for line in observations(&delivered) {
        let (date_s, elapsed_ms) = (
            line["date_s"].as_i64().unwrap(),
            line["elapsed_ms"].as_i64().unwrap(),
        );
        let object = line["object_type"].as_str().unwrap();
        let id = line["object_id"].as_str().unwrap();
        let from_us = date_s * 1_000_000 - elapsed_ms * 1_000;
        let until_us = (date_s + 1) * 1_000_000;
        let mut held = held_within(&recording, object, id, from_us, until_us);
        if object == "balance" {
            let account = line["account"].as_str().unwrap();
            for at_us in (from_us..until_us).step_by(200_000) {
                held.insert(parse(&recording.balance_of(account, at_us)).to_string());
            }
        }
        assert!(held.contains(&line["body"].to_string()), "{line}");
        *seen.entry(object.to_owned()).or_default() += 1;
    }
    assert!(seen.len() >= 8, "{seen:?}");
}

/// The states at the start of an interval and at each millisecond of it.
fn held_within(
    recording: &Recording,
    object: &str,
    id: &str,
    from_us: i64,
    to_us: i64,
) -> BTreeSet<String> {
    let step_us = if object == "balance" { 200_000 } else { 1_000 };
    let mut held = BTreeSet::new();
    let mut last = None;
    for at_us in (from_us..to_us).step_by(step_us).chain([to_us - 1]) {
        let read = recording.read(object, id, at_us);
        if read != last {
            held.extend(read.as_deref().map(|json| parse(json).to_string()));
            last = read;
        }
    }
    held
}

#[test]
fn a_stale_read_is_at_most_two_seconds_older_than_it_says() {
    let recording = company();
    let delivery = Delivery {
        observation_per_mille: 900,
        stale_per_mille: 1000,
        ..Delivery::demo(5)
    };
    let delivered = deliver(&recording, &delivery);
    let mut stale = 0;
    for line in observations(&delivered).filter(|line| line["object_type"] == "customer") {
        let id = line["object_id"].as_str().unwrap();
        let from_us = line["date_s"].as_i64().unwrap() * 1_000_000
            - line["elapsed_ms"].as_i64().unwrap() * 1_000;
        let to_us = (line["date_s"].as_i64().unwrap() + 1) * 1_000_000;
        let body = line["body"].to_string();
        let honest = held_within(&recording, "customer", id, from_us, to_us);
        let lagging = held_within(&recording, "customer", id, from_us - 2_000_000, to_us);
        assert!(lagging.contains(&body), "{line}");
        stale += usize::from(!honest.contains(&body));
    }
    assert!(stale > 0);
}

#[test]
fn an_observation_has_its_members_in_their_order() {
    let recording = simulate(&Config::small(1));
    let id = recording.list_ids("customer")[0];
    let at_us = recording.end_us();
    let line = recording.observe("customer", id, at_us, 120).unwrap();
    let date_s = at_us / 1_000_000;
    let account = recording.account();
    let request_id = parse(&line)["request_id"].as_str().unwrap().to_owned();
    let read = recording.read("customer", id, at_us).unwrap();
    let expected = format!(
        "{{\"object\":\"daybook.observation\",\"request\":\"GET /v1/customers/{id}\",\
         \"request_id\":\"{request_id}\",\"version\":\"2026-07-29.dahlia\",\"account\":\"{account}\",\
         \"livemode\":true,\"date_s\":{date_s},\"elapsed_ms\":120,\"absent\":null,\
         \"object_type\":\"customer\",\"object_id\":\"{id}\",\"body\":{read}}}"
    );
    assert_eq!(line, expected);
    assert_eq!(
        recording.observe("customer", "cus_unknown", at_us, 120),
        None
    );
    assert_eq!(recording.observe("customer", id, 0, 120), None);
    let read = Read {
        at_us,
        elapsed_ms: 120,
        lag_us: 0,
    };
    let absent = recording.observe_absent("customer", "cus_unknown", read);
    assert_eq!(parse(&absent)["absent"], "not_found");
    assert!(absent.ends_with("\"object_id\":\"cus_unknown\",\"body\":null}"));
}

#[test]
fn stripped_events_lack_their_previous_values_and_nothing_else() {
    let recording = company();
    let delivery = Delivery {
        previous_values: false,
        ..Delivery::in_order(1)
    };
    let delivered = deliver(&recording, &delivery);
    for (one, event) in events(&delivered).zip(recording.events()) {
        let mut whole = parse(&event.body);
        whole["data"]
            .as_object_mut()
            .unwrap()
            .remove("previous_attributes");
        assert_eq!(parse(&one.line), whole);
    }
}
