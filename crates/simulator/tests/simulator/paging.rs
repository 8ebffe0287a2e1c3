//! Pages of a list: their order and their cursors, windows and choices, and what happens to them while a company lives.

use serde_json::Value;
use simulator::{Terms, Warehouse};

use crate::asking::{Client, SECOND_US, company, ids};

#[test]
fn pages_of_every_size_add_up_to_the_list() {
    let mut client = Client::of(&company());
    for path in [
        "/v1/charges",
        "/v1/events",
        "/v1/prices",
        "/v1/subscriptions?status=all",
    ] {
        let whole = client.walk(path, 100);
        for limit in [1, 2, 7, 10, 99] {
            assert!(client.walk(path, limit) == whole, "{path} by {limit}");
        }
        let default = client.read(path);
        assert_eq!(
            default["data"],
            Value::from(whole[..10.min(whole.len())].to_vec())
        );
        if path != "/v1/events" {
            let created = whole.iter().map(|item| item["created"].as_i64().unwrap());
            assert!(created.rev().is_sorted(), "{path}: newest first");
        }
    }
}

#[test]
fn ending_before_gives_the_page_nearest_to_the_cursor() {
    let mut client = Client::of(&company());
    let whole = client.walk("/v1/charges", 100);
    let ids = ids(&whole);
    let page = |client: &mut Client, id: &str, limit: usize| {
        client.read(&format!("/v1/charges?ending_before={id}&limit={limit}"))
    };
    for (place, id) in ids.iter().enumerate() {
        let found = page(&mut client, id, 4);
        let start = place.saturating_sub(4);
        assert_eq!(
            found["data"],
            Value::from(whole[start..place].to_vec()),
            "{place}"
        );
        assert_eq!(found["has_more"], start > 0, "{place}");
    }
    // Walked towards the newest, pages add up too.
    let mut walked: Vec<Value> = vec![whole.last().unwrap().clone()];
    loop {
        let found = page(&mut client, walked[0]["id"].as_str().unwrap(), 3);
        let mut newer = found["data"].as_array().unwrap().clone();
        newer.extend(walked);
        walked = newer;
        if found["has_more"] == false {
            break;
        }
    }
    assert!(walked == whole);
}

#[test]
fn windows_of_creation_part_a_list() {
    let mut client = Client::of(&company());
    for path in ["/v1/charges", "/v1/invoices", "/v1/balance_transactions"] {
        let whole = client.walk(path, 100);
        let middle = whole[whole.len() / 2]["created"].as_i64().unwrap();
        let mut newer = client.walk(&format!("{path}?created[gte]={middle}"), 9);
        let older = client.walk(&format!("{path}?created[lt]={middle}"), 9);
        assert!(
            older
                .iter()
                .all(|item| item["created"].as_i64().unwrap() < middle)
        );
        newer.extend(older);
        assert!(newer == whole, "{path}");
        let mut after = client.walk(&format!("{path}?created%5Bgt%5D={middle}"), 9);
        let at = client.walk(&format!("{path}?created={middle}"), 9);
        assert!(!at.is_empty());
        after.extend(at);
        after.extend(client.walk(&format!("{path}?created[lte]={}", middle - 1), 9));
        assert!(after == whole, "{path}");
        assert!(
            client
                .walk(&format!("{path}?created[gt]=5&created[lt]=5"), 9)
                .is_empty()
        );
    }
}

#[test]
fn lists_are_chosen_by_what_their_items_say() {
    let mut client = Client::of(&company());
    let charges = client.walk("/v1/charges", 100);
    let invoices = client.walk("/v1/invoices", 100);
    let subscriptions = client.walk("/v1/subscriptions?status=all", 100);
    let payments = client.walk("/v1/invoice_payments", 100);
    let choose = |items: &[Value], path: &str, value: &Value| -> Vec<Value> {
        let chosen = items
            .iter()
            .filter(|item| item.pointer(path) == Some(value));
        chosen.cloned().collect()
    };
    let customer = &charges[3]["customer"];
    let invoice = &payments[0]["invoice"];
    let intent = payments
        .iter()
        .find_map(|one| one["payment"].get("payment_intent"))
        .unwrap();
    let subscription = &subscriptions[0]["id"];
    let parent = "/parent/subscription_details/subscription";
    let cases = [
        ("charges?customer=", customer, &charges, "/customer"),
        ("invoices?status=", &"paid".into(), &invoices, "/status"),
        ("invoices?customer=", customer, &invoices, "/customer"),
        ("invoices?subscription=", subscription, &invoices, parent),
        (
            "subscriptions?status=",
            &"canceled".into(),
            &subscriptions,
            "/status",
        ),
        ("invoice_payments?invoice=", invoice, &payments, "/invoice"),
        (
            "invoice_payments?payment[payment_intent]=",
            intent,
            &payments,
            "/payment/payment_intent",
        ),
    ];
    for (path, value, items, member) in cases {
        let expected = choose(items, member, value);
        assert!(!expected.is_empty(), "{path}");
        let target = format!("/v1/{path}{}", value.as_str().unwrap());
        assert!(client.walk(&target, 2) == expected, "{path}");
    }
    let both = format!(
        "/v1/invoices?status=paid&customer={}",
        customer.as_str().unwrap()
    );
    let paid = choose(&invoices, "/status", &"paid".into());
    assert!(client.walk(&both, 2) == choose(&paid, "/customer", customer));
}

#[test]
fn cancelled_subscriptions_and_prices_out_of_use_must_be_asked_for() {
    let mut client = Client::of(&company());
    let all = client.walk("/v1/subscriptions?status=all", 100);
    let is_over = |item: &&Value| {
        matches!(
            item["status"].as_str(),
            Some("canceled" | "incomplete_expired")
        )
    };
    let ended: Vec<Value> = all.iter().filter(is_over).cloned().collect();
    let usual: Vec<Value> = all.iter().filter(|item| !is_over(item)).cloned().collect();
    assert!(!ended.is_empty() && !usual.is_empty());
    assert!(client.walk("/v1/subscriptions", 10) == usual);
    assert!(client.walk("/v1/subscriptions?status=ended", 10) == ended);
    let prices = client.walk("/v1/prices", 10);
    assert!(!prices.is_empty() && prices.iter().all(|price| price["active"] == true));
    assert!(client.walk("/v1/prices?active=true", 10) == prices);
}

#[test]
fn ids_are_expanded_where_asked() {
    let mut client = Client::of(&company());
    let page =
        client.read("/v1/charges?limit=5&expand[]=data.balance_transaction&expand[]=data.customer");
    for charge in page["data"].as_array().unwrap() {
        let plain = client.read(&format!("/v1/charges/{}", charge["id"].as_str().unwrap()));
        for (name, path) in [
            ("balance_transaction", "balance_transactions"),
            ("customer", "customers"),
        ] {
            match plain[name].as_str() {
                Some(id) => assert_eq!(charge[name], client.read(&format!("/v1/{path}/{id}"))),
                None => assert!(charge[name].is_null()),
            }
        }
    }
    let discounted = client.walk("/v1/invoices", 100);
    let discounted = discounted
        .iter()
        .find(|one| one["discounts"] != Value::from(Vec::<Value>::new()));
    let id = discounted.unwrap()["id"].as_str().unwrap();
    let invoice = client.read(&format!(
        "/v1/invoices/{id}?expand[]=discounts&expand[]=customer.discount"
    ));
    assert_eq!(invoice["discounts"][0]["object"], "discount");
    assert_eq!(invoice["customer"]["object"], "customer");
}

#[test]
fn objects_made_while_a_list_is_read_shift_no_page() {
    let recording = company();
    let mut client = Client::of(&recording);
    let events = recording.events();
    client.at_us = events[events.len() / 2].emitted_us;
    let before = client.walk("/v1/charges", 100);
    let mut found: Vec<Value> = Vec::new();
    loop {
        let after = found.last().map_or(String::new(), |last| {
            format!("&starting_after={}", last["id"].as_str().unwrap())
        });
        let page = client.read(&format!("/v1/charges?limit=3{after}"));
        found.extend(page["data"].as_array().unwrap().clone());
        if page["has_more"] == false {
            break;
        }
        client.at_us += 86_400 * SECOND_US;
    }
    assert_eq!(ids(&found), ids(&before));
    assert!(client.walk("/v1/charges", 100).len() > before.len());
}

#[test]
fn warehouse_serves_millions() {
    let mut terms = Terms::plain(1);
    terms.limits = simulator::Limits::none();
    let warehouse = Warehouse::of_each(5_000_000);
    let mut client = Client::of(&company());
    client.stripe = simulator::Stripe::of_warehouse(warehouse, terms);
    client.at_us = 1_800_000_000 * SECOND_US;
    for object in ["customer", "charge", "balance_transaction"] {
        let first = client.read(&format!("/v1/{object}s?limit=100"));
        let items = first["data"].as_array().unwrap();
        assert_eq!((items.len(), &first["has_more"]), (100, &true.into()));
        let middle = 1_735_689_600 + 180 * 86_400;
        let day = client.walk(
            &format!(
                "/v1/{object}s?created[gte]={middle}&created[lt]={}",
                middle + 3_600
            ),
            100,
        );
        assert!(
            (570..=571).contains(&day.len()),
            "an hour of five million in a year"
        );
        assert_eq!(
            client.read(&format!("/v1/{object}s/{}", ids(&day)[7])),
            day[7]
        );
    }
    let charge = client.read("/v1/charges?limit=1")["data"][0].clone();
    let transaction = charge["balance_transaction"].as_str().unwrap();
    let transaction = client.read(&format!("/v1/balance_transactions/{transaction}"));
    assert_eq!(
        (&transaction["source"], &transaction["amount"]),
        (&charge["id"], &charge["amount"])
    );
    let customer = charge["customer"].as_str().unwrap();
    assert_eq!(
        client.read(&format!("/v1/customers/{customer}"))["id"],
        customer
    );
    assert!(
        client.walk("/v1/invoices", 100).is_empty() && client.walk("/v1/events", 100).is_empty()
    );
    assert!(
        client
            .walk(
                &format!("/v1/customers/{customer}/balance_transactions"),
                100
            )
            .is_empty()
    );
}

#[test]
fn warehouse_walks_from_end_to_end() {
    let mut client = Client::of(&company());
    let terms = client.stripe.terms().clone();
    client.stripe = simulator::Stripe::of_warehouse(Warehouse::of_each(1_234), terms);
    client.at_us = 1_800_000_000 * SECOND_US;
    let items = client.walk("/v1/charges", 100);
    assert_eq!(items.len(), 1_234);
    let mut ids = ids(&items);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 1_234);
    let net: i64 = client
        .walk("/v1/balance_transactions", 100)
        .iter()
        .map(|one| one["net"].as_i64().unwrap())
        .sum();
    assert_eq!(client.read("/v1/balance")["available"][0]["amount"], net);
}
