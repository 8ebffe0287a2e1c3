//! What goes wrong goes wrong by seed: every kind of it, the same each time, and never so that a truth is lost.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use simulator::{
    ApiAnswer, Config, Fate, Faults, Limits, Odd, OddItem, Recording, Terms, simulate,
};

use crate::asking::{Client, SECOND_US, company, header, ids};

fn lively(seed: u64) -> Terms {
    Terms {
        faults: Faults::lively(),
        limits: Limits::none(),
        ..Terms::plain(seed)
    }
}

/// What an answer is, as a client can tell.
fn kind(answer: &ApiAnswer) -> &'static str {
    let body = serde_json::from_slice::<Value>(&answer.body);
    let retry = header(answer, "Stripe-Should-Retry");
    let wait = header(answer, "Retry-After").is_some();
    let limited = header(answer, "Stripe-Rate-Limited-Reason").is_some();
    match (answer.fate, answer.status) {
        (Fate::Refused, 0) => "refused",
        (Fate::Stalled, 0) => "stalled",
        (Fate::Reset { after_bytes }, 200) if after_bytes < answer.body.len() => "reset",
        (Fate::Whole, 200) if body.is_err() => "garbage",
        (Fate::Whole, 200) if answer.took_us > SECOND_US => "slow",
        (Fate::Whole, 200) => "good",
        (Fate::Whole, 429) if limited && wait => "limited with wait",
        (Fate::Whole, 429) if limited => "limited",
        (Fate::Whole, 429) if body.unwrap()["error"]["code"] == "lock_timeout" => "locked",
        (Fate::Whole, 500) if retry == Some("true") => "failed, again",
        (Fate::Whole, 500) if retry == Some("false") => "failed, not again",
        (Fate::Whole, 502) if header(answer, "Content-Type") == Some("text/html") => "bad gateway",
        (Fate::Whole, 503) if header(answer, "Content-Type") == Some("text/html") => "unavailable",
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_mishap_occurs_about_as_often_as_said() {
    let mut client = Client::on(&company(), lively(11));
    let mut counts = BTreeMap::<&str, u32>::new();
    for _ in 0..20_000 {
        *counts.entry(kind(&client.get("/v1/balance"))).or_default() += 1;
    }
    let lively = Faults::lively();
    let expected = [
        ("limited with wait", lively.limited_with_wait),
        ("limited", lively.limited),
        ("locked", lively.locked),
        ("failed, again", lively.failed_retry),
        ("failed, not again", lively.failed_no_retry),
        ("bad gateway", lively.bad_gateway),
        ("unavailable", lively.unavailable),
        ("reset", lively.reset),
        ("refused", lively.refused),
        ("stalled", lively.stalled),
        ("garbage", lively.garbage),
        ("slow", lively.slow),
    ];
    for (name, share) in expected {
        let found = counts.remove(name).unwrap_or(0);
        assert!(
            (share * 14..share * 26).contains(&found),
            "{name}: {found} of 20,000, not about {share} per mille"
        );
    }
    assert_eq!(counts.keys().collect::<Vec<_>>(), [&"good"]);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let recording = company();
    let ask = |seed: u64| -> Vec<ApiAnswer> {
        let mut client = Client::on(&recording, lively(seed));
        let targets = [
            "/v1/charges?limit=3",
            "/v1/events",
            "/v1/balance",
            "/v1/charges/ch_x",
        ];
        (0..400)
            .map(|step| {
                client.at_us += 1_234_567;
                client.get(targets[step % targets.len()])
            })
            .collect()
    };
    let (first, again, other) = (ask(5), ask(5), ask(6));
    assert!(first == again);
    assert!(first != other);
}

#[test]
fn date_is_off_by_the_skew_at_the_most() {
    let mut terms = Terms::plain(3);
    terms.limits = Limits::none();
    terms.latency_ms = (0, 0);
    terms.faults.skew_s = 2;
    let mut client = Client::on(&company(), terms);
    client.at_us = 1_741_000_030 * SECOND_US;
    let seconds: BTreeSet<String> = (0..200)
        .map(|_| {
            header(&client.get("/v1/balance"), "Date")
                .unwrap()
                .to_owned()
        })
        .collect();
    let minute: Vec<&str> = seconds.iter().map(|date| &date[date.len() - 6..]).collect();
    assert_eq!(minute, ["08 GMT", "09 GMT", "10 GMT", "11 GMT", "12 GMT"]);
}

#[test]
fn replica_shows_what_was_true_two_seconds_ago_at_the_most() {
    let recording = company();
    let mut terms = Terms::plain(3);
    terms.limits = Limits::none();
    terms.faults = Faults {
        lagging: 500,
        lag_ms: 2_000,
        ..Faults::none()
    };
    let mut client = Client::on(&recording, terms);
    let (mut stale, mut fresh) = (0, 0);
    for event in recording
        .events()
        .iter()
        .filter(|event| event.event_type == "charge.succeeded")
    {
        if event.account.is_some() {
            continue;
        }
        client.at_us = event.committed_us + SECOND_US;
        let answer = client.get(&format!("/v1/charges/{}", event.object_id));
        let now = recording
            .read("charge", &event.object_id, client.at_us)
            .unwrap();
        let before = recording.read("charge", &event.object_id, client.at_us - 2 * SECOND_US);
        let same = |state: &str| {
            serde_json::from_str::<Value>(state).unwrap()
                == serde_json::from_slice::<Value>(&answer.body).unwrap()
        };
        if answer.status == 200 && same(&now) {
            fresh += 1;
        } else {
            assert!(
                answer.status == 404 && before.is_none() || same(&before.unwrap()),
                "{}",
                event.object_id
            );
            stale += 1;
        }
    }
    assert!(stale > 0 && fresh > stale, "{stale} stale, {fresh} fresh");
}

#[test]
fn late_events_appear_at_their_place() {
    let recording = company();
    let mut terms = Terms::plain(3);
    terms.limits = Limits::none();
    terms.faults = Faults {
        events_late: 500,
        events_very_late: 100,
        ..Faults::none()
    };
    let mut client = Client::on(&recording, terms);
    let events: Vec<_> = recording
        .events()
        .iter()
        .filter(|event| event.account.is_none())
        .collect();
    let (mut overtaken, mut hidden) = (0, 0);
    for (place, event) in events.iter().enumerate().skip(200).take(300) {
        client.at_us = event.emitted_us + SECOND_US;
        let listed = client.read("/v1/events?limit=100");
        let listed: Vec<String> = ids(listed["data"].as_array().unwrap())
            .iter()
            .map(|id| (*id).to_owned())
            .collect();
        let expected: Vec<&str> = events[..=place]
            .iter()
            .rev()
            .map(|event| &*event.id)
            .collect();
        // What is listed stands in the order of emission, with holes.
        let mut rest = expected.iter();
        let newest = listed.iter().position(|id| *id == *event.id);
        let after = listed.iter().skip_while(|id| !expected.contains(&&***id));
        assert!(
            after.clone().all(|id| rest.any(|other| id == other)),
            "{}",
            event.id
        );
        hidden += usize::from(newest.is_none());
        overtaken += usize::from(
            newest.is_none()
                && listed
                    .first()
                    .is_some_and(|id| events[place + 1..].iter().any(|later| *later.id == **id)),
        );
    }
    assert!(
        hidden > 50 && overtaken > 0,
        "{hidden} hidden, {overtaken} overtaken"
    );
    client.at_us = events[600].emitted_us + 300 * SECOND_US;
    let since = events[300].created_s;
    let all = client.walk(&format!("/v1/events?created[gte]={since}"), 100);
    let all: BTreeSet<&str> = ids(&all).into_iter().collect();
    assert!(
        events[310..600]
            .iter()
            .all(|event| all.contains(&*event.id) || event.created_s < since)
    );
}

#[test]
fn events_never_generated_are_nowhere_and_their_objects_can_be_read() {
    let recording: std::sync::Arc<Recording> = std::sync::Arc::new(simulate(&Config {
        customers: 100,
        ..Config::small(2)
    }));
    let mut terms = Terms::delivering(5, "http://127.0.0.1:1/", 0);
    terms.limits = Limits::none();
    terms.faults = Faults {
        events_unborn: 100,
        ..Faults::none()
    };
    let mut client = Client::on(&recording, terms);
    let unborn: Vec<(String, String, &str, Option<String>)> = client
        .stripe
        .unborn()
        .iter()
        .map(|event| {
            let account = event.account.as_deref().map(str::to_owned);
            (
                event.id.to_string(),
                event.object_id.to_string(),
                event.object,
                account,
            )
        })
        .collect();
    assert!(unborn.len() > recording.events().len() / 20);
    let listed = client.walk("/v1/events", 100);
    let listed: BTreeSet<&str> = ids(&listed).into_iter().collect();
    let posted: BTreeSet<String> = client
        .stripe
        .deliveries(i64::MAX)
        .into_iter()
        .map(|one| one.event_id)
        .collect();
    assert_eq!(posted.len() + unborn.len(), recording.events().len());
    for (id, object_id, object, account) in &unborn {
        assert!(!listed.contains(&**id) && !posted.contains(id));
        assert_eq!(client.get(&format!("/v1/events/{id}")).status, 404);
        client.headers.retain(|header| header.0 != "stripe-account");
        client
            .headers
            .extend(account.clone().map(|account| ("stripe-account", account)));
        let item = client.read(&format!("/v1/{}s/{object_id}", object.replace('.', "/")));
        assert!(item["deleted"].is_null(), "{object} {object_id}");
        client.headers.retain(|header| header.0 != "stripe-account");
    }
}

#[test]
fn odd_item_stands_alone_among_good_ones() {
    let recording = company();
    for odd in [Odd::NoObject, Odd::NoId, Odd::WrongType, Odd::Deep] {
        let mut terms = Terms::plain(1);
        terms.odd_items = vec![OddItem {
            object: "charge".to_owned(),
            place: 5,
            odd,
        }];
        let body = Client::on(&recording, terms)
            .get("/v1/charges?limit=100")
            .body;
        let good = Client::of(&recording).get("/v1/charges?limit=100").body;
        assert_ne!(body, good, "{odd:?}");
        if odd == Odd::Deep {
            assert!(
                String::from_utf8(body)
                    .unwrap()
                    .contains("\"metadata\": [\n")
            );
            continue;
        }
        let (body, good): (Value, Value) = (
            serde_json::from_slice(&body).unwrap(),
            serde_json::from_slice(&good).unwrap(),
        );
        let items = body["data"]
            .as_array()
            .unwrap()
            .iter()
            .zip(good["data"].as_array().unwrap());
        assert_eq!(
            items.filter(|(item, good)| item != good).count(),
            1,
            "{odd:?}"
        );
    }
}

#[test]
fn events_left_out_by_name_are_nowhere() {
    let recording = company();
    let event = recording
        .events()
        .iter()
        .rev()
        .find(|event| event.account.is_none());
    let id = event.unwrap().id.to_string();
    let mut terms = Terms::delivering(1, "http://127.0.0.1:1/", 0);
    terms.unborn = vec![id.clone()];
    let mut client = Client::on(&recording, terms);
    assert_eq!(client.stripe.unborn().len(), 1);
    assert_eq!(client.get(&format!("/v1/events/{id}")).status, 404);
    let posted = client.stripe.deliveries(i64::MAX);
    assert_eq!(posted.len(), recording.events().len() - 1);
    assert!(posted.iter().all(|attempt| attempt.event_id != id));
}
