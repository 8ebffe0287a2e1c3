//! Events that had to be fetched, with webhooks in use and without.

use intake::Door;
use ledger::{Ledger, Source, StreamId};
use serde_json::{Value, json};

use super::missed_events;
use crate::tests::Sample;
use crate::{Amount, Cause, Class};

fn charged(sample: &Sample, id: &str, at_s: i64) -> Value {
    let charge = sample.find("charge", |charge| charge["amount"].as_i64() > Some(0));
    sample.event(id, "charge.updated", &charge, at_s)
}

#[test]
fn each_fetched_event_is_missed_and_repaired_where_webhooks_are_in_use() {
    let mut sample = Sample::new();
    let before = sample.head_seq();
    let at_s = sample.read_s + 60;
    let webhook = charged(&sample, "evt_1", at_s).to_string();
    sample.append(Source::Webhook, &[webhook]);
    let mut late = charged(&sample, "evt_2", at_s + 60);
    late["pending_webhooks"] = json!(1);
    let lost = charged(&sample, "evt_3", at_s + 120);
    sample.append(Source::Poll, &[late.to_string(), lost.to_string()]);
    let head = sample.head_seq();
    let (events, found) =
        missed_events(&sample.log, (&sample.stream, false), before, head).unwrap();
    assert_eq!(events, 3);
    let causes: Vec<_> = found
        .iter()
        .map(|found| (&*found.object_id, found.cause))
        .collect();
    assert_eq!(
        causes,
        [("evt_2", Cause::WebhookLate), ("evt_3", Cause::WebhookLost)]
    );
    assert_eq!(found[1].class, Class::EventMissing);
    assert_eq!(found[1].fields[0].theirs, "charge.updated");
    assert_eq!(found[1].evidence, [head]);
    let charge = &lost["data"]["object"];
    let worth = Amount::new(
        charge["amount"].as_i64().unwrap(),
        charge["currency"].as_str().unwrap(),
    );
    assert_eq!(found[1].at_stake, [worth]);
}

#[test]
fn a_webhook_of_the_last_thirty_days_says_that_they_are_in_use() {
    for (days, missed) in [(29, 1), (31, 0)] {
        let mut sample = Sample::new();
        let webhook = charged(&sample, "evt_1", sample.read_s + 60).to_string();
        sample.append(Source::Webhook, &[webhook]);
        let at_s = sample.read_s + 60 + days * 86_400;
        let fetched = charged(&sample, "evt_2", at_s);
        sample.append(Source::Poll, &[fetched.to_string()]);
        let before = sample.head_seq();
        // However long nobody looked: what counts is what was in use when the last run ended.
        let fetched = charged(&sample, "evt_3", at_s + 60 * 86_400);
        sample.append(Source::Poll, &[fetched.to_string()]);
        let head = sample.head_seq();
        let (events, found) =
            missed_events(&sample.log, (&sample.stream, false), before, head).unwrap();
        assert_eq!((events, found.len()), (1, missed), "{days} days");
    }
}

#[test]
fn who_fetches_all_events_misses_none() {
    let mut sample = Sample::new();
    let fetched = charged(&sample, "evt_1", sample.read_s + 60).to_string();
    sample.append(Source::Poll, &[fetched]);
    let head = sample.head_seq();
    let (events, found) = missed_events(&sample.log, (&sample.stream, false), 0, head).unwrap();
    assert_eq!((events, found), (1, Vec::new()));
}

#[test]
fn other_connected_accounts_say_that_the_endpoint_for_them_is_in_use() {
    let posted = |account: Option<&str>, days: i64, is_connected: bool| {
        let mut sample = Sample::new();
        let at_s = sample.read_s + 100 * 86_400;
        let other = StreamId::new(account.unwrap_or("acct_1Other"), sample.stream.livemode());
        let other = other.unwrap();
        sample.log.open_stream(&other, 0).unwrap();
        let mut webhook = charged(&sample, "evt_1", at_s - days * 86_400);
        if let Some(account) = account {
            webhook["account"] = json!(account);
        }
        let door = Door::new(&other, Source::Webhook);
        let entry = door.delivered(webhook.to_string().into_bytes(), 0).unwrap();
        sample.log.append(&[entry.as_new_entry()]).unwrap();
        let before = sample.head_seq();
        let fetched = charged(&sample, "evt_2", at_s);
        sample.append(Source::Poll, &[fetched.to_string()]);
        let head = sample.head_seq();
        let stream = (&sample.stream, is_connected);
        missed_events(&sample.log, stream, before, head)
            .unwrap()
            .1
            .len()
    };
    assert_eq!(posted(Some("acct_1Other"), 29, true), 1);
    assert_eq!(posted(Some("acct_1Other"), 31, true), 0);
    // What comes by the platform's own endpoint says nothing of the other, nor the other of the platform's own.
    assert_eq!(posted(None, 29, true), 0);
    assert_eq!(posted(Some("acct_1Other"), 29, false), 0);
}
