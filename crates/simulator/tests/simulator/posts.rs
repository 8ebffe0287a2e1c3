//! Deliveries: what is posted where and when, signed as Stripe signs, tried again as long as Stripe tries.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use simulator::{Attempt, Endpoint, Faults, Limits, Terms, WEBHOOK_SECRET};

use crate::asking::{Client, SECOND_US, company, ids};

const URL: &str = "http://127.0.0.1:1/webhooks/stripe";

/// HMAC by its definition, written apart from the library that signs.
fn hmac(secret: &str, message: &[u8]) -> String {
    let pad = |with: u8| -> Vec<u8> {
        let mut block = [0_u8; 64];
        block[..secret.len()].copy_from_slice(secret.as_bytes());
        block.iter().map(|byte| byte ^ with).collect()
    };
    let inner = Sha256::digest([&pad(0x36), message].concat());
    let outer = Sha256::digest([&pad(0x5c)[..], &inner[..]].concat());
    outer.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn header<'a>(attempt: &'a Attempt, name: &str) -> &'a str {
    let found = attempt.headers.iter().find(|header| header.0 == name);
    &found.unwrap().1
}

fn accept_all(client: &mut Client, until_us: i64) -> Vec<Attempt> {
    let attempts = client.stripe.deliveries(until_us);
    for attempt in &attempts {
        client.stripe.delivered(attempt, Some(200));
    }
    attempts
}

fn delivering() -> Terms {
    Terms {
        limits: Limits::none(),
        ..Terms::delivering(1, URL, 0)
    }
}

#[test]
fn every_event_is_posted_once_to_the_endpoint_it_is_for() {
    let recording = company();
    let mut client = Client::on(&recording, delivering());
    let attempts = accept_all(&mut client, i64::MAX);
    assert_eq!(attempts.len(), recording.events().len());
    for (attempt, event) in attempts.iter().zip(recording.events()) {
        assert_eq!(
            (&*attempt.event_id, attempt.at_us),
            (&*event.id, event.emitted_us)
        );
        assert_eq!(
            (attempt.number, attempt.endpoint),
            (1, usize::from(event.account.is_some()))
        );
        let body: Value = serde_json::from_slice(&attempt.body).unwrap();
        assert_eq!(body, serde_json::from_str::<Value>(&event.body).unwrap());
        assert_eq!(body["pending_webhooks"], 1);
    }
    assert!(client.stripe.deliveries(i64::MAX).is_empty());
    assert_eq!(client.stripe.next_delivery_us(), None);
}

#[test]
fn posts_are_signed_and_written_as_stripe_does() {
    let recording = company();
    let mut terms = delivering();
    terms.endpoints[0].secrets.push("whsec_rolled".to_owned());
    let mut client = Client::on(&recording, terms);
    let attempts = accept_all(&mut client, recording.events()[50].emitted_us);
    for attempt in &attempts {
        let sent_s = attempt.at_us.div_euclid(SECOND_US);
        let message = [format!("{sent_s}.").as_bytes(), &attempt.body].concat();
        let mut expected = format!("t={sent_s},v1={}", hmac(WEBHOOK_SECRET, &message));
        if attempt.endpoint == 0 {
            expected.push_str(&format!(",v1={}", hmac("whsec_rolled", &message)));
        }
        assert_eq!(header(attempt, "Stripe-Signature"), expected);
        assert_eq!(
            header(attempt, "Content-Type"),
            "application/json; charset=utf-8"
        );
        assert_eq!(
            header(attempt, "User-Agent"),
            "Stripe/1.0 (+https://stripe.com/docs/webhooks)"
        );
        let body = std::str::from_utf8(&attempt.body).unwrap();
        assert!(body.starts_with("{\n  \"id\": \"evt_"), "{body}");
        assert!(
            !body.contains("{}") && !body.contains("[]"),
            "what is empty is spread"
        );
    }
    let metadata = attempts.iter().find(|attempt| {
        let body = String::from_utf8_lossy(&attempt.body);
        body.contains("\"metadata\": {\n      },\n")
    });
    assert!(metadata.is_some());
}

#[test]
fn posts_are_given_in_order_however_time_is_cut() {
    let recording = company();
    let mut terms = delivering();
    terms.faults = Faults {
        posts_late: 100,
        posts_doubled: 100,
        posts_moved_ms: 4_000,
        ..Faults::none()
    };
    let mut whole = Client::on(&recording, terms.clone());
    let whole = accept_all(&mut whole, i64::MAX);
    assert!(whole.is_sorted_by_key(|attempt| attempt.at_us));
    assert!(whole.len() > recording.events().len());
    let mut cut = Client::on(&recording, terms);
    let mut parts = Vec::new();
    while let Some(next_us) = cut.stripe.next_delivery_us() {
        parts.extend(accept_all(&mut cut, next_us + 3_600 * SECOND_US));
    }
    let key = |attempt: &Attempt| (attempt.at_us, attempt.event_id.clone(), attempt.number);
    assert_eq!(
        parts.iter().map(key).collect::<Vec<_>>(),
        whole.iter().map(key).collect::<Vec<_>>()
    );
}

#[test]
fn refused_posts_are_tried_again_for_three_days() {
    let recording = company();
    let mut client = Client::on(&recording, delivering());
    let first = client.stripe.deliveries(recording.events()[0].emitted_us);
    let (event, answers) = (&first[0].event_id, [Some(500), None, Some(302), Some(404)]);
    client.stripe.delivered(&first[0], Some(503));
    let mut instants = vec![first[0].at_us];
    for attempt in client_attempts(&mut client, event, &answers) {
        instants.push(attempt.at_us);
        assert_eq!(attempt.number as usize, instants.len());
    }
    let waits: Vec<i64> = instants
        .windows(2)
        .map(|two| (two[1] - two[0]) / SECOND_US)
        .collect();
    for (doublings, wait) in waits.iter().enumerate() {
        let least = 300 << doublings;
        assert!((least..=least + least / 10).contains(wait), "{waits:?}");
    }
    let span_s = (instants.last().unwrap() - instants[0]) / SECOND_US;
    assert!(waits.len() > 6 && span_s <= 3 * 86_400, "{waits:?}");
    assert!(
        span_s + waits.last().unwrap() * 2 > 3 * 86_400,
        "there was no time for another: {waits:?}"
    );
}

/// All further attempts for an event while every answer is bad; other events are accepted.
fn client_attempts(client: &mut Client, event: &str, answers: &[Option<u16>]) -> Vec<Attempt> {
    let mut found = Vec::new();
    while let Some(next_us) = client.stripe.next_delivery_us() {
        for attempt in client.stripe.deliveries(next_us) {
            let of_event = attempt.event_id == event;
            let status = if of_event {
                answers[found.len() % answers.len()]
            } else {
                Some(200)
            };
            client.stripe.delivered(&attempt, status);
            if of_event {
                found.push(attempt);
            }
        }
    }
    found
}

#[test]
fn accepted_posts_are_not_tried_again() {
    let recording = company();
    let mut client = Client::on(&recording, delivering());
    let first = client.stripe.deliveries(recording.events()[0].emitted_us);
    client.stripe.delivered(&first[0], None);
    let event = first[0].event_id.clone();
    assert_eq!(
        client_attempts(&mut client, &event, &[Some(500), Some(204)]).len(),
        2
    );
}

#[test]
fn events_tell_how_their_delivery_stands() {
    let recording = company();
    let mut client = Client::on(&recording, delivering());
    let end_us = client.at_us;
    let mut failed = BTreeSet::new();
    let mut posted = BTreeMap::new();
    for (number, attempt) in client.stripe.deliveries(end_us).into_iter().enumerate() {
        let good = number % 10 != 0;
        client
            .stripe
            .delivered(&attempt, Some(if good { 200 } else { 500 }));
        if !good {
            failed.insert(attempt.event_id.clone());
        }
        posted.insert(attempt.event_id, good);
    }
    let all = client.walk("/v1/events", 100);
    assert!(all.len() > 100);
    for event in &all {
        let good = posted[event["id"].as_str().unwrap()];
        assert_eq!(event["pending_webhooks"], i32::from(!good));
    }
    let unsuccessful = client.walk("/v1/events?delivery_success=false", 7);
    let successful = client.walk("/v1/events?delivery_success=true", 100);
    assert!(!unsuccessful.is_empty());
    assert!(ids(&unsuccessful).iter().all(|id| failed.contains(*id)));
    assert!(ids(&successful).iter().all(|id| !failed.contains(*id)));
    assert_eq!(unsuccessful.len() + successful.len(), all.len());
}

#[test]
fn endpoint_gets_the_types_it_wants_from_when_it_was_made() {
    let recording = company();
    let events = recording.events();
    let from_us = events[events.len() / 2].emitted_us;
    let endpoint = |types: &[&str], from_us| Endpoint {
        url: URL.to_owned(),
        secrets: vec![WEBHOOK_SECRET.to_owned()],
        types: types.iter().map(|one| (*one).to_owned()).collect(),
        connect: false,
        from_us,
    };
    let mut terms = delivering();
    terms.endpoints = vec![
        endpoint(&["invoice.*", "charge.succeeded"], from_us),
        endpoint(&[], 0),
    ];
    let mut client = Client::on(&recording, terms);
    let attempts = accept_all(&mut client, i64::MAX);
    let own = events.iter().filter(|event| event.account.is_none());
    let wanted = own.clone().filter(|event| {
        let kind = event.event_type;
        event.emitted_us >= from_us && (kind.starts_with("invoice.") || kind == "charge.succeeded")
    });
    let got = |endpoint: usize| {
        attempts
            .iter()
            .filter(move |attempt| attempt.endpoint == endpoint)
    };
    assert_eq!(got(0).count(), wanted.count());
    assert_eq!(got(1).count(), own.count());
    let pending: BTreeSet<u64> = attempts
        .iter()
        .map(|attempt| {
            serde_json::from_slice::<Value>(&attempt.body).unwrap()["pending_webhooks"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert_eq!(pending.into_iter().collect::<Vec<_>>(), [1, 2]);
    let listed = client.walk("/v1/webhook_endpoints", 1);
    assert_eq!(listed.len(), 2);
    assert_eq!(
        listed[1]["enabled_events"],
        Value::from(vec!["invoice.*", "charge.succeeded"])
    );
    let one = format!("/v1/webhook_endpoints/{}", ids(&listed)[0]);
    assert_eq!(client.read(&one), listed[0]);
}

#[test]
fn lost_posts_never_come_and_are_listed_as_undelivered() {
    let recording = company();
    let mut terms = delivering();
    terms.faults = Faults {
        posts_lost: 200,
        ..Faults::none()
    };
    let mut client = Client::on(&recording, terms);
    let attempts = accept_all(&mut client, i64::MAX);
    let posted: BTreeSet<&str> = attempts.iter().map(|attempt| &*attempt.event_id).collect();
    assert!(posted.len() < recording.events().len() * 9 / 10);
    let listed = client.walk("/v1/events?delivery_success=false", 100);
    assert!(!listed.is_empty());
    assert!(ids(&listed).iter().all(|id| !posted.contains(id)));
}

#[test]
fn registered_endpoint_gets_what_happens_from_then_on() {
    let recording = company();
    let terms = Terms {
        limits: Limits::none(),
        ..Terms::plain(1)
    };
    let mut client = Client::on(&recording, terms);
    client.at_us = recording.events()[300].emitted_us;
    let form = "url=http%3A%2F%2F127.0.0.1%3A9%2Fhook&enabled_events[]=charge.*&enabled_events[]=invoice.paid";
    let answer = client.send_form("POST", "/v1/webhook_endpoints", form);
    let made: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(
        (answer.status, &made["url"]),
        (200, &"http://127.0.0.1:9/hook".into())
    );
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert_eq!(client.stripe.terms().endpoints[0].secrets, [secret]);
    let mut listed = client.walk("/v1/webhook_endpoints", 1);
    listed[0]["secret"] = made["secret"].clone();
    assert_eq!(listed, [made]);
    let attempts = accept_all(&mut client, i64::MAX);
    let wanted = recording.events()[300..].iter().filter(|event| {
        let kind = event.event_type;
        event.account.is_none() && (kind.starts_with("charge.") || kind == "invoice.paid")
    });
    let posted: Vec<&str> = attempts.iter().map(|one| &*one.event_id).collect();
    assert_eq!(posted, wanted.map(|event| &*event.id).collect::<Vec<_>>());
}

#[test]
fn the_same_key_makes_one_endpoint() {
    let mut client = Client::of(&company()).with("idempotency-key", "key-1");
    let form = "url=http%3A%2F%2F127.0.0.1%3A9%2Fhook&enabled_events[]=*";
    let send =
        |client: &mut Client, form: &str| client.send_form("POST", "/v1/webhook_endpoints", form);
    let first = send(&mut client, form);
    let again = send(&mut client, form);
    let said = |answer: &simulator::ApiAnswer, name: &str| {
        crate::asking::header(answer, name).map(str::to_owned)
    };
    assert_eq!(first.body, again.body);
    assert_eq!(said(&first, "Original-Request"), said(&first, "Request-Id"));
    assert_eq!(said(&again, "Original-Request"), said(&first, "Request-Id"));
    assert_ne!(said(&again, "Request-Id"), said(&first, "Request-Id"));
    assert_eq!(said(&first, "Idempotent-Replayed"), None);
    assert_eq!(said(&again, "Idempotent-Replayed").as_deref(), Some("true"));
    let other = send(&mut client, &form.replace("hook", "other"));
    let error: Value = serde_json::from_slice(&other.body).unwrap();
    assert_eq!(
        (other.status, &error["error"]["type"]),
        (400, &"idempotency_error".into())
    );
    let mut client = client.with("idempotency-key", "key-2");
    assert_eq!(send(&mut client, "url=x").status, 400);
    assert_eq!(send(&mut client, "enabled_events[]=*").status, 400);
    assert_eq!(send(&mut client, &format!("{form}&colour=red")).status, 400);
    assert_eq!(client.stripe.terms().endpoints.len(), 1);
}
