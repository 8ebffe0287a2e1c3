//! The served company has what the recording has: every list, every object, every event, at every instant.

use std::collections::BTreeSet;

use serde_json::Value;
use simulator::OBJECT_TYPES;

use crate::asking::{Client, SECOND_US, company, ids};

/// Lists of an account, and the type of their items.
const LISTS: &[(&str, &str)] = &[
    ("balance_transaction", "/v1/balance_transactions"),
    ("charge", "/v1/charges"),
    ("refund", "/v1/refunds"),
    ("dispute", "/v1/disputes"),
    ("payout", "/v1/payouts"),
    ("customer", "/v1/customers"),
    ("payment_intent", "/v1/payment_intents"),
    ("setup_intent", "/v1/setup_intents"),
    ("invoice", "/v1/invoices"),
    ("invoice_payment", "/v1/invoice_payments"),
    ("invoiceitem", "/v1/invoiceitems"),
    ("credit_note", "/v1/credit_notes"),
    ("subscription", "/v1/subscriptions?status=all"),
    ("subscription_schedule", "/v1/subscription_schedules"),
    ("billing.credit_grant", "/v1/billing/credit_grants"),
    ("test_helpers.test_clock", "/v1/test_helpers/test_clocks"),
    ("product", "/v1/products"),
    ("coupon", "/v1/coupons"),
    ("promotion_code", "/v1/promotion_codes"),
    ("tax_rate", "/v1/tax_rates"),
    ("checkout.session", "/v1/checkout/sessions"),
    ("topup", "/v1/topups"),
    ("transfer", "/v1/transfers"),
    ("application_fee", "/v1/application_fees"),
    ("reserve.hold", "/v1/reserve/holds"),
    ("reserve.release", "/v1/reserve/releases"),
];

/// Lists under every object of a type: the parent's list, the end of the path, the type of the items, and their member
/// that names the parent.
const NESTED: &[(&str, &str, &str, &str)] = &[
    (
        "customer",
        "balance_transactions",
        "customer_balance_transaction",
        "customer",
    ),
    (
        "customer",
        "cash_balance_transactions",
        "customer_cash_balance_transaction",
        "customer",
    ),
    ("customer", "payment_methods", "payment_method", "customer"),
    ("transfer", "reversals", "transfer_reversal", "transfer"),
    ("application_fee", "refunds", "fee_refund", "fee"),
    ("charge", "refunds", "refund", "charge"),
];

/// Whether lists leave an object out.
fn is_unlisted(object: &Value) -> bool {
    object["deleted"] == true
        || (object["object"] == "payment_method" && object["customer"].is_null())
}

#[test]
fn lists_hold_every_object_in_its_last_state() {
    let recording = company();
    let mut client = Client::of(&recording);
    let mut kinds = BTreeSet::new();
    for (object, path) in LISTS {
        let items = client.walk(path, 100);
        assert!(items.iter().all(|item| item["object"] == *object), "{path}");
        compare(object, &items, &recording);
        kinds.insert(*object);
    }
    let mut prices = client.walk("/v1/prices?active=false", 100);
    prices.extend(client.walk("/v1/prices", 100));
    compare("price", &prices, &recording);
    let mut nested = BTreeSet::from(["price"]);
    for (parent, name, object, member) in NESTED {
        let items = walk_nested(&mut client, &recording, parent, name, member);
        compare(object, &items, &recording);
        nested.insert(object);
    }
    let customers = recording.list_ids("customer");
    let credits: Vec<Value> = customers
        .iter()
        .flat_map(|id| {
            let path = format!("/v1/billing/credit_balance_transactions?customer={id}");
            client.walk(&path, 3)
        })
        .collect();
    compare("billing.credit_balance_transaction", &credits, &recording);
    let known = |object: &&str| {
        kinds.contains(object)
            || nested.contains(object)
            || ["discount", "billing.credit_balance_transaction"].contains(object)
    };
    let unknown: Vec<&&str> = OBJECT_TYPES
        .iter()
        .filter(|object| !known(object))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

fn walk_nested(
    client: &mut Client,
    recording: &simulator::Recording,
    parent: &str,
    name: &str,
    member: &str,
) -> Vec<Value> {
    let mut all = Vec::new();
    for id in recording.list_ids(parent) {
        let items = client.walk(&format!("/v1/{parent}s/{id}/{name}"), 2);
        assert!(
            items.iter().all(|item| item[member] == id),
            "{parent} {id} {name}"
        );
        all.extend(items);
    }
    all
}

/// Both are the platform's objects of a type that lists show, whatever their order.
fn compare(object: &str, items: &[Value], recording: &simulator::Recording) {
    let truth = recording.truth();
    let mut expected: Vec<Value> = truth
        .objects()
        .filter(|(known, ..)| *known == object)
        .map(|(.., json)| serde_json::from_str(&json).unwrap())
        .filter(|json| !is_unlisted(json))
        .collect();
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let mut found = items.to_vec();
    expected.sort_by_key(id);
    found.sort_by_key(id);
    assert_eq!(found.len(), expected.len(), "{object}");
    assert!(found == expected, "{object}");
}

#[test]
fn every_list_of_the_test_holds_something_somewhere() {
    let recording = std::sync::Arc::new(simulator::simulate(&simulator::Config {
        customers: 150,
        ..simulator::Config::small(3)
    }));
    let mut client = Client::of(&recording);
    for (object, path) in LISTS {
        let has = !client.read(path)["data"].as_array().unwrap().is_empty();
        assert_eq!(has, *object != "test_helpers.test_clock", "{object}");
    }
}

#[test]
fn single_objects_are_found_by_id() {
    let recording = company();
    let mut client = Client::of(&recording);
    let truth = recording.truth();
    let mut deleted = BTreeSet::new();
    for (object, id, json) in truth.objects() {
        let expected: Value = serde_json::from_str(&json).unwrap();
        let path = match object {
            "discount" => continue,
            "customer_balance_transaction" | "customer_cash_balance_transaction" => {
                let name = object.strip_prefix("customer_").unwrap();
                format!(
                    "customers/{}/{name}s/{id}",
                    expected["customer"].as_str().unwrap()
                )
            }
            "transfer_reversal" => {
                format!(
                    "transfers/{}/reversals/{id}",
                    expected["transfer"].as_str().unwrap()
                )
            }
            "fee_refund" => {
                format!(
                    "application_fees/{}/refunds/{id}",
                    expected["fee"].as_str().unwrap()
                )
            }
            _ => format!("{}s/{id}", object.replace('.', "/")),
        };
        let path = format!("/v1/{path}");
        if expected["deleted"] == true && object != "customer" {
            deleted.insert(object);
            assert_eq!(client.get(&path).status, 404, "{path}");
        } else {
            assert!(client.read(&path) == expected, "{path}");
        }
    }
    assert!(!deleted.is_empty());
}

#[test]
fn lists_that_objects_embed_are_served_whole() {
    let recording = company();
    let mut client = Client::of(&recording);
    let mut cut = 0;
    for id in recording.list_ids("invoice") {
        let answer = client.get(&format!("/v1/invoices/{id}"));
        if answer.status == 404 {
            continue;
        }
        let invoice: Value = serde_json::from_slice(&answer.body).unwrap();
        let lines = client.walk(&format!("/v1/invoices/{id}/lines"), 7);
        let embedded = &invoice["lines"];
        assert_eq!(
            lines.len(),
            embedded["total_count"].as_u64().unwrap() as usize
        );
        let first = embedded["data"].as_array().unwrap();
        assert_eq!(&lines[..first.len()], &first[..]);
        cut += usize::from(embedded["has_more"] == true);
    }
    assert!(cut > 0, "some invoice is longer than what it embeds");
    for id in recording.list_ids("subscription") {
        let subscription = client.read(&format!("/v1/subscriptions/{id}"));
        let items = client.walk(&format!("/v1/subscription_items?subscription={id}"), 1);
        assert_eq!(&subscription["items"]["data"], &Value::from(items.clone()));
        let one = ids(&items)[0];
        assert_eq!(
            client.read(&format!("/v1/subscription_items/{one}")),
            items[0]
        );
    }
    for id in recording.list_ids("credit_note") {
        let note = client.read(&format!("/v1/credit_notes/{id}"));
        let lines = client.walk(&format!("/v1/credit_notes/{id}/lines"), 1);
        assert_eq!(&note["lines"]["data"], &Value::from(lines));
    }
}

#[test]
fn payouts_list_what_they_paid_out() {
    let recording = company();
    let mut client = Client::of(&recording);
    let mut paid = 0;
    for id in recording.list_ids("payout") {
        let items = client.walk(&format!("/v1/balance_transactions?payout={id}"), 4);
        let mut found = ids(&items);
        let mut expected: Vec<&str> = recording
            .payout_members(id)
            .iter()
            .map(|id| &**id)
            .collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{id}");
        paid += found.len();
    }
    assert!(paid > 0);
}

#[test]
fn balance_and_account_are_those_of_the_recording() {
    let recording = company();
    let mut client = Client::of(&recording);
    let balance: Value = serde_json::from_str(&recording.balance_at(client.at_us)).unwrap();
    assert_eq!(client.read("/v1/balance"), balance);
    assert_eq!(client.read("/v1/account")["id"], recording.account());
    let accounts = client.walk("/v1/accounts", 1);
    let mut connected = ids(&accounts);
    connected.sort_unstable();
    assert_eq!(connected, recording.accounts()[1..]);
    assert_eq!(
        client.read(&format!("/v1/accounts/{}", connected[0]))["id"],
        connected[0]
    );
}

#[test]
fn connected_accounts_have_lists_of_their_own() {
    let recording = company();
    for account in &recording.accounts()[1..] {
        let mut client = Client::of(&recording).with("stripe-account", account);
        let items = client.walk("/v1/balance_transactions", 10);
        let mut found = ids(&items);
        let mut expected = recording.list_ids_of(account, "balance_transaction");
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
        let balance: Value =
            serde_json::from_str(&recording.balance_of(account, client.at_us)).unwrap();
        assert_eq!(client.read("/v1/balance"), balance);
        assert_eq!(client.read("/v1/account")["id"], **account);
    }
    let foreign = recording.list_ids("charge")[0];
    let mut client = Client::of(&recording).with("stripe-account", recording.accounts()[1]);
    assert_eq!(client.get(&format!("/v1/charges/{foreign}")).status, 404);
}

#[test]
fn what_has_not_happened_is_not_seen() {
    let recording = company();
    let mut client = Client::of(&recording);
    let events = recording.events();
    let first_us = events[0].emitted_us;
    for step in 0..40 {
        client.at_us = first_us + step * (recording.end_us() - first_us) / 40;
        for (object, path) in [("charge", "/v1/charges"), ("invoice", "/v1/invoices")] {
            for item in client.walk(path, 50) {
                let id = item["id"].as_str().unwrap();
                let state = recording.read(object, id, client.at_us).unwrap();
                assert_eq!(item, serde_json::from_str::<Value>(&state).unwrap());
            }
            let at_us = client.at_us;
            let made = recording.list_ids(object).into_iter().filter(|id| {
                let state = recording.read(object, id, at_us);
                state.is_some_and(|state| !state.contains("\"deleted\":true"))
            });
            assert_eq!(client.walk(path, 100).len(), made.count(), "{object}");
        }
    }
}

#[test]
fn events_are_listed_in_the_order_of_emission_for_thirty_days() {
    let recording = company();
    let mut client = Client::of(&recording);
    let oldest_s = client.at_us / SECOND_US - 30 * 86_400;
    let mut expected: Vec<&str> = recording
        .events()
        .iter()
        .filter(|event| event.created_s > oldest_s && event.account.is_none())
        .map(|event| &*event.id)
        .collect();
    expected.reverse();
    let listed = client.walk("/v1/events", 100);
    assert_eq!(ids(&listed), expected);
    assert!(listed.iter().all(|event| event["pending_webhooks"] == 0));
    let first = client.read(&format!("/v1/events/{}", expected[0]));
    assert_eq!(first, listed[0]);
    let gone = recording
        .events()
        .iter()
        .find(|event| event.created_s <= oldest_s)
        .unwrap();
    let (status, error) = client.refused(&format!("/v1/events/{}", gone.id));
    assert_eq!((status, &error["code"]), (404, &"resource_missing".into()));
    let message = error["message"].as_str().unwrap();
    assert!(
        message.ends_with("is no longer available because it's aged out of our retention policy.")
    );
}

#[test]
fn events_are_chosen_by_type_and_second() {
    let recording = company();
    let mut client = Client::of(&recording);
    let all = client.walk("/v1/events", 100);
    let chosen = |keep: &dyn Fn(&Value) -> bool| -> Vec<Value> {
        all.iter().filter(|event| keep(event)).cloned().collect()
    };
    let of = |event: &Value, start: &str| event["type"].as_str().unwrap().starts_with(start);
    assert_eq!(
        client.walk("/v1/events?type=invoice.paid", 3),
        chosen(&|event| event["type"] == "invoice.paid")
    );
    assert_eq!(
        client.walk(
            "/v1/events?types[]=invoice.*&types%5B1%5D=charge.succeeded",
            50
        ),
        chosen(&|event| of(event, "invoice.") || event["type"] == "charge.succeeded")
    );
    let middle = all[all.len() / 2]["created"].as_i64().unwrap();
    for (bound, keep) in [
        ("gt", &(|created| created > middle) as &dyn Fn(i64) -> bool),
        ("gte", &|created| created >= middle),
        ("lt", &|created| created < middle),
        ("lte", &|created| created <= middle),
    ] {
        let found = client.walk(&format!("/v1/events?created[{bound}]={middle}"), 20);
        let expected = chosen(&|event| keep(event["created"].as_i64().unwrap()));
        assert_eq!(found, expected, "{bound}");
    }
    assert_eq!(client.walk("/v1/events?delivery_success=true", 100), all);
    assert!(
        client
            .walk("/v1/events?delivery_success=false", 100)
            .is_empty()
    );
}
