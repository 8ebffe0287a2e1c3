//! What does not reach the company is classed as a reader of the API would find it, and changes behind its back show in every read.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use simulator::{Behind, Config, Faults, Limits, LossClass, Night, Terms, simulate};

use crate::asking::{Client, SECOND_US, company};

const DAY_US: i64 = 86_400 * SECOND_US;
const URL: &str = "http://127.0.0.1:1/webhooks/stripe";

fn nights(until_us: i64) -> Vec<Night> {
    let config = Config::small(7);
    let first_us = config.start_s * SECOND_US + DAY_US / 12;
    let night = |day: i64| Night {
        begun_us: first_us + day * DAY_US,
        ended_us: first_us + day * DAY_US + 60 * SECOND_US,
    };
    let all = (0..).map(night);
    all.take_while(|night| night.begun_us < until_us).collect()
}

/// A company that takes every post, and when each event came first.
fn posted(faults: Faults) -> (Client, BTreeMap<String, i64>) {
    let recording = company();
    let terms = Terms {
        faults,
        limits: Limits::none(),
        ..Terms::delivering(1, URL, 0)
    };
    let mut client = Client::on(&recording, terms);
    let mut arrived = BTreeMap::new();
    for attempt in client.stripe.deliveries(i64::MAX) {
        client.stripe.delivered(&attempt, Some(200));
        let at_us = attempt.at_us;
        arrived.entry(attempt.event_id).or_insert(at_us);
    }
    (client, arrived)
}

#[test]
fn of_events_that_all_arrive_nothing_is_lost_but_what_no_event_tells() {
    let (client, arrived) = posted(Faults::none());
    let recording = company();
    let nights = nights(recording.end_us() + DAY_US);
    let losses = client.stripe.losses(recording.account(), &arrived, &nights);
    assert!(!losses.is_empty(), "some changes have no event by design");
    assert!(
        losses.iter().all(|loss| loss.event_id.is_none()),
        "{losses:?}"
    );
}

#[test]
fn posts_that_are_swallowed_look_delivered_and_those_that_are_lost_do_not() {
    let swallowing = Faults {
        posts_swallowed: 100,
        ..Faults::none()
    };
    let losing = Faults {
        posts_lost: 100,
        ..Faults::none()
    };
    for (faults, pending) in [(swallowing, 0), (losing, 1)] {
        let (mut client, arrived) = posted(faults);
        let recording = company();
        let own = recording
            .events()
            .iter()
            .filter(|event| event.account.is_none());
        let newest = own.rev().filter(|event| !arrived.contains_key(&*event.id));
        let lost: Vec<&str> = newest.map(|event| &*event.id).collect();
        assert!(lost.len() > 20, "{}", lost.len());
        let event = client.read(&format!("/v1/events/{}", lost[0]));
        assert_eq!(event["pending_webhooks"], pending);
        let losses = client.stripe.losses(
            recording.account(),
            &arrived,
            &nights(recording.end_us() + DAY_US),
        );
        let named = |id: &str| {
            let mut losses = losses.iter();
            losses.any(|loss| {
                loss.class == LossClass::Listed
                    && loss.event_id.as_deref() == Some(id)
                    && loss.sure_by.is_some()
            })
        };
        assert!(lost.into_iter().all(named));
    }
}

#[test]
fn an_untold_change_is_a_difference_until_another_state_takes_its_place() {
    let untelling = Faults {
        changes_untold: 100,
        ..Faults::none()
    };
    let (mut client, arrived) = posted(untelling);
    let recording = company();
    let nights = nights(recording.end_us() + DAY_US);
    let losses = client.stripe.losses(recording.account(), &arrived, &nights);
    let unheard = losses.iter().filter(|loss| {
        // What a payout paid out is no state of an object.
        loss.event_id.is_some() && loss.object != "payout_membership"
    });
    let mut by_class = BTreeMap::<LossClass, u64>::new();
    for loss in unheard {
        *by_class.entry(loss.class).or_default() += 1;
        let (id, at_us) = (loss.event_id.as_deref().unwrap(), loss.from_us);
        assert!(!arrived.contains_key(id), "{id}");
        client.at_us = recording.end_us();
        let (status, _) = client.refused(&format!("/v1/events/{id}"));
        assert_eq!(status, 404);
        let state = recording.read(loss.object, &loss.object_id, at_us).unwrap();
        let before = recording.read(loss.object, &loss.object_id, at_us - 1);
        assert_eq!(before.is_none(), loss.is_making);
        assert_ne!(before, Some(state));
    }
    assert!(by_class[&LossClass::Difference] > 20, "{by_class:?}");
    assert!(by_class[&LossClass::WithoutTrace] > 0, "{by_class:?}");
    assert!(!by_class.contains_key(&LossClass::Listed));
}

#[test]
fn what_is_changed_behind_the_companys_back_shows_in_reads_lists_and_truth() {
    let mut recording = simulate(&Config::small(7));
    let at_us = recording.end_us() - 60 * SECOND_US;
    let customers: Vec<String> = recording
        .list_ids("customer")
        .iter()
        .map(|id| (*id).into())
        .collect();
    let product = recording.list_ids("product")[0].to_owned();
    let rename = Behind::Member {
        name: "description".into(),
        json: "\"by hand\"".into(),
    };
    let mut changeable = customers.into_iter().filter(|id| {
        let customer = recording.read("customer", id, at_us);
        customer.is_some_and(|customer| !customer.contains("\"deleted\":true"))
    });
    let (edited, deleted) = (changeable.next().unwrap(), changeable.next().unwrap());
    drop(changeable);
    assert!(recording.change_behind(&edited, at_us, rename.clone()));
    assert!(recording.change_behind(&deleted, at_us, Behind::Deleted));
    assert!(recording.change_behind(&product, at_us, Behind::Deleted));
    assert!(
        !recording.change_behind(&deleted, at_us + 1, rename),
        "it is gone"
    );
    let recording = Arc::new(recording);
    let mut client = Client::of(&recording);
    client.at_us = at_us - 1;
    assert_ne!(
        client.read(&format!("/v1/customers/{edited}"))["description"],
        "by hand"
    );
    client.at_us = at_us;
    assert_eq!(
        client.read(&format!("/v1/customers/{edited}"))["description"],
        "by hand"
    );
    assert_eq!(
        client.read(&format!("/v1/customers/{deleted}"))["deleted"],
        true
    );
    assert_eq!(client.refused(&format!("/v1/products/{product}")).0, 404);
    let listed = client.walk("/v1/customers", 100);
    assert!(
        listed
            .iter()
            .any(|one| one["id"] == *edited && one["description"] == "by hand")
    );
    assert!(listed.iter().all(|one| one["id"] != *deleted));
    let states = recording.states_at(recording.account(), at_us, at_us);
    let truth: BTreeMap<String, Value> = states
        .map(|(_, id, json, _)| (id.to_owned(), serde_json::from_str(&json).unwrap()))
        .collect();
    assert_eq!(truth[&edited]["description"], "by hand");
    assert_eq!(truth[&product]["deleted"], true);
    let seen = Night {
        begun_us: at_us + 10 * SECOND_US,
        ended_us: at_us + 20 * SECOND_US,
    };
    let losses = client
        .stripe
        .losses(recording.account(), &BTreeMap::new(), &[seen]);
    for id in [edited, deleted, product] {
        let found = losses
            .iter()
            .any(|loss| *loss.object_id == *id && loss.from_us == at_us && loss.sure_by == Some(0));
        assert!(found, "{id}");
    }
}
