//! Everything that the served company refuses, in Stripe's words, and the headers that answers have.

use serde_json::Value;
use simulator::{API_VERSION, Grant, Key, Terms};

use crate::asking::{Client, SECOND_US, company, header};

/// Requests and what they are refused with: status, code, parameter, how the message begins.
const REFUSED: &[(&str, u16, &str, &str, &str)] = &[
    (
        "/v1/charges?limit=0",
        400,
        "parameter_invalid_integer",
        "limit",
        "This value must be greater than or equal to 1.",
    ),
    (
        "/v1/charges?limit=-3",
        400,
        "parameter_invalid_integer",
        "limit",
        "This value must be greater than or equal to 1.",
    ),
    (
        "/v1/charges?limit=101",
        400,
        "parameter_invalid_integer",
        "limit",
        "This value must be less than or equal to 100 (it currently is '101').",
    ),
    (
        "/v1/charges?limit=ten",
        400,
        "parameter_invalid_integer",
        "limit",
        "Invalid integer: ten",
    ),
    (
        "/v1/charges?limit=",
        400,
        "parameter_invalid_empty",
        "limit",
        "You passed an empty string for 'limit'.",
    ),
    (
        "/v1/charges?created[gte]=x",
        400,
        "parameter_invalid_integer",
        "created[gte]",
        "Invalid integer: x",
    ),
    (
        "/v1/charges?created[after]=1",
        400,
        "parameter_unknown",
        "created[after]",
        "Received unknown parameter: created[after]",
    ),
    (
        "/v1/charges?foo=1",
        400,
        "parameter_unknown",
        "foo",
        "Received unknown parameter: foo",
    ),
    (
        "/v1/charges?foo=1&limit=3&bar=2",
        400,
        "parameter_unknown",
        "foo",
        "Received unknown parameters: foo, bar",
    ),
    (
        "/v1/billing/credit_grants?created[gte]=1",
        400,
        "parameter_unknown",
        "created[gte]",
        "Received unknown parameter: created[gte]",
    ),
    (
        "/v1/charges?starting_after=ch_x",
        400,
        "resource_missing",
        "starting_after",
        "No such charge: 'ch_x'",
    ),
    (
        "/v1/charges?ending_before=ch_x",
        400,
        "resource_missing",
        "ending_before",
        "No such charge: 'ch_x'",
    ),
    (
        "/v1/events?starting_after=evt_x",
        400,
        "resource_missing",
        "starting_after",
        "No such event: 'evt_x'",
    ),
    (
        "/v1/charges?customer=cus_x",
        400,
        "resource_missing",
        "customer",
        "No such customer: 'cus_x'",
    ),
    (
        "/v1/balance_transactions?payout=po_x",
        400,
        "resource_missing",
        "payout",
        "No such payout: 'po_x'",
    ),
    (
        "/v1/subscription_items",
        400,
        "parameter_missing",
        "subscription",
        "Missing required param: subscription.",
    ),
    (
        "/v1/subscription_items?subscription=sub_x",
        400,
        "resource_missing",
        "subscription",
        "No such subscription: 'sub_x'",
    ),
    (
        "/v1/events?delivery_success=maybe",
        400,
        "parameter_invalid_boolean",
        "delivery_success",
        "Invalid boolean: maybe",
    ),
    (
        "/v1/charges/ch_x",
        404,
        "resource_missing",
        "id",
        "No such charge: 'ch_x'",
    ),
    (
        "/v1/payment_methods/pm_x",
        404,
        "resource_missing",
        "id",
        "No such PaymentMethod: 'pm_x'",
    ),
    (
        "/v1/events/evt_x",
        404,
        "resource_missing",
        "id",
        "No such event: 'evt_x'",
    ),
    (
        "/v1/invoices/in_x/lines",
        404,
        "resource_missing",
        "id",
        "No such invoice: 'in_x'",
    ),
    (
        "/v1/customers/cus_x/balance_transactions",
        404,
        "resource_missing",
        "id",
        "No such customer: 'cus_x'",
    ),
    (
        "/v1/nothing",
        404,
        "",
        "",
        "Unrecognized request URL (GET: /v1/nothing).",
    ),
    (
        "/v1/discounts/di_x",
        404,
        "",
        "",
        "Unrecognized request URL (GET: /v1/discounts/di_x).",
    ),
    (
        "/v1/charges/",
        404,
        "",
        "",
        "Unrecognized request URL (GET: /v1/charges/).",
    ),
    (
        "/v2/charges",
        404,
        "",
        "",
        "Unrecognized request URL (GET: /v2/charges).",
    ),
    ("/", 404, "", "", "Unrecognized request URL (GET: /)."),
    (
        "/v1/charges?starting_after=ch_x&ending_before=ch_y",
        400,
        "",
        "",
        "Received both starting_after and ending_before parameters. Please pass in only one.",
    ),
    (
        "/v1/charges?expand[]=data.amount",
        400,
        "",
        "",
        "This property cannot be expanded (data.amount).",
    ),
    (
        "/v1/charges?expand[]=data.a.b.c.d",
        400,
        "",
        "",
        "You cannot expand more than 4 levels of a property.",
    ),
];

#[test]
fn requests_are_refused_in_stripes_words() {
    let mut client = Client::of(&company());
    for (target, status, code, param, message) in REFUSED {
        let (found, error) = client.refused(target);
        assert_eq!(found, *status, "{target}: {error}");
        assert_eq!(error["type"], "invalid_request_error", "{target}");
        assert_eq!(error["code"].as_str().unwrap_or(""), *code, "{target}");
        assert_eq!(error["param"].as_str().unwrap_or(""), *param, "{target}");
        let said = error["message"].as_str().unwrap();
        assert!(said.starts_with(message), "{target}: {said}");
        assert!(error["request_log_url"].is_string(), "{target}");
        let page = format!(
            "https://stripe.com/docs/error-codes/{}",
            code.replace('_', "-")
        );
        let documented = error["doc_url"].as_str().unwrap_or("");
        assert_eq!(
            documented,
            if code.is_empty() { "" } else { &page },
            "{target}"
        );
    }
}

#[test]
fn more_than_twenty_types_are_refused() {
    let mut client = Client::of(&company());
    let types = "&types[]=charge.failed".repeat(20);
    assert_eq!(
        client.get(&format!("/v1/events?limit=1{types}")).status,
        200
    );
    let (status, error) = client.refused(&format!("/v1/events?types[]=a{types}"));
    assert_eq!((status, &error["param"]), (400, &"types".into()));
}

#[test]
fn objects_of_the_company_cannot_be_written() {
    let mut client = Client::of(&company());
    for method in ["POST", "DELETE", "PUT"] {
        assert_eq!(client.send(method, "/v1/customers").status, 405, "{method}");
        let answer = client.send(method, "/v1/nothing");
        let body = String::from_utf8(answer.body).unwrap();
        assert_eq!(answer.status, 404);
        assert!(body.contains(&format!(
            "Unrecognized request URL ({method}: /v1/nothing)."
        )));
    }
}

#[test]
fn answers_have_stripes_headers() {
    let recording = company();
    let mut client = Client::of(&recording);
    let answer = client.get("/v1/charges");
    let expected = [
        ("Content-Type", "application/json"),
        ("Stripe-Version", API_VERSION),
        ("Cache-Control", "no-cache, no-store"),
        ("Server", "nginx"),
    ];
    for (name, value) in expected {
        assert_eq!(header(&answer, name), Some(value), "{name}");
    }
    let request_id = header(&answer, "Request-Id").unwrap();
    assert!(request_id.starts_with("req_") && request_id.len() == 18);
    assert_eq!(header(&answer, "Stripe-Account"), None);
    assert_ne!(
        header(&client.get("/v1/charges"), "Request-Id"),
        Some(request_id)
    );
    let connected = recording.accounts()[1].to_owned();
    let mut client = client
        .with("stripe-account", &connected)
        .with("stripe-version", "2025-03-31.basil");
    let answer = client.get("/v1/charges");
    assert_eq!(header(&answer, "Stripe-Account"), Some(&*connected));
    assert_eq!(header(&answer, "Stripe-Version"), Some("2025-03-31.basil"));
}

#[test]
fn date_is_the_second_in_which_the_answer_leaves() {
    let mut client = Client::of(&company());
    for at_s in [1_741_000_000, 1_741_000_001] {
        client.at_us = at_s * SECOND_US + 999_000;
        let answer = client.get("/v1/balance");
        let left_s = (client.at_us + answer.took_us) / SECOND_US;
        let of_minute = header(&answer, "Date").unwrap();
        let minutes = format!(":{:02}:{:02} GMT", left_s / 60 % 60, left_s % 60);
        assert!(of_minute.ends_with(&minutes), "{of_minute}");
        assert!(of_minute.starts_with("Mon, 03 Mar 2025 "), "{of_minute}");
    }
}

#[test]
fn bodies_are_written_over_lines_as_stripe_does() {
    let recording = company();
    let mut client = Client::of(&recording);
    let body = String::from_utf8(client.get("/v1/charges?limit=1").body).unwrap();
    let start = "{\n  \"object\": \"list\",\n  \"url\": \"/v1/charges\",\n  \"has_more\": true,\n  \"data\": [\n    {\n      \"id\": \"ch_";
    assert!(body.starts_with(start), "{body}");
    assert!(body.contains("\"metadata\": {},\n"), "{body}");
    client.stripe.terms_mut().pretty = false;
    let line = String::from_utf8(client.get("/v1/charges?limit=1").body).unwrap();
    let parsed: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(parsed, serde_json::from_str::<Value>(&body).unwrap());
    assert!(!line.contains('\n'));
}

#[test]
fn keys_that_are_unknown_are_refused_without_a_request_id() {
    let recording = company();
    let mut client =
        Client::of(&recording).with("authorization", "Bearer sk_live_somebodyelses1234");
    let answer = client.get("/v1/charges");
    let error: Value = serde_json::from_slice(&answer.body).unwrap();
    let message = "Invalid API Key provided: sk_live_*************1234";
    assert_eq!(
        (answer.status, &error["error"]["message"]),
        (401, &message.into())
    );
    assert_eq!(error["error"]["request_log_url"], Value::Null);
    assert_eq!(header(&answer, "Request-Id"), None);
    assert_eq!(header(&answer, "Stripe-Version"), None);
    assert_eq!(
        header(&answer, "WWW-Authenticate"),
        Some("Bearer realm=\"Stripe\"")
    );
    client.headers.clear();
    let (status, error) = client.refused("/v1/charges");
    assert_eq!(status, 401);
    let message = error["message"].as_str().unwrap();
    assert!(message.starts_with("You did not provide an API key."));
    // `sk_live_simulated:` as curl -u sends it.
    let mut client = client.with("authorization", "Basic c2tfbGl2ZV9zaW11bGF0ZWQ6");
    assert_eq!(client.get("/v1/charges").status, 200);
}

#[test]
fn key_is_good_until_it_is_revoked() {
    let recording = company();
    let revoked_us = recording.end_us();
    let mut terms = Terms::plain(1);
    terms.keys[0].revoked_us = Some(revoked_us);
    let mut client = Client::on(&recording, terms);
    client.at_us = revoked_us - 1;
    assert_eq!(client.get("/v1/charges").status, 200);
    client.at_us = revoked_us;
    let (status, error) = client.refused("/v1/charges");
    assert_eq!((status, &error["code"]), (401, &"api_key_expired".into()));
}

#[test]
fn restricted_key_reads_what_it_may() {
    let recording = company();
    let restricted = |grant| Terms {
        keys: vec![Key {
            secret: "rk_live_simulatedkey".to_owned(),
            grant,
            revoked_us: None,
        }],
        ..Terms::plain(1)
    };
    let authorization = "Bearer rk_live_simulatedkey";
    let only = restricted(Grant::Only(vec!["rak_charge_read"]));
    let mut client = Client::on(&recording, only).with("authorization", authorization);
    assert_eq!(client.get("/v1/charges").status, 200);
    assert_eq!(client.get("/v1/refunds").status, 200);
    let (status, error) = client.refused("/v1/subscriptions");
    assert_eq!(status, 403);
    assert_eq!(error["code"], Value::Null);
    let message = format!(
        "The provided key 'rk_live_********dkey' does not have the required permissions for this endpoint on \
         account '{}'. Having the 'rak_subscription_read' permission would allow this request to continue.",
        recording.account()
    );
    assert_eq!(error["message"], message);
    let all_but = restricted(Grant::AllBut(vec!["rak_event_read"]));
    let mut client = Client::on(&recording, all_but).with("authorization", authorization);
    assert_eq!(client.get("/v1/events").status, 403);
    assert_eq!(client.get("/v1/balance").status, 200);
}

#[test]
fn unknown_accounts_and_versions_are_refused() {
    let recording = company();
    let mut client = Client::of(&recording).with("stripe-account", "acct_1Unknown");
    let (status, error) = client.refused("/v1/charges");
    assert_eq!((status, &error["code"]), (403, &"account_invalid".into()));
    let known = [
        "2011-01-01",
        "2020-08-27",
        "2024-09-30.acacia",
        API_VERSION,
        "2026-11-18.preview",
    ];
    let unknown = [
        "2020-08-27.basil",
        "2025-04-30",
        "2025-04-30.acacia",
        "yesterday",
        "",
        "2031-01-01.zebra",
    ];
    for version in known {
        let mut client = Client::of(&recording).with("stripe-version", version);
        assert_eq!(client.get("/v1/balance").status, 200, "{version}");
    }
    for version in unknown {
        let mut client = Client::of(&recording).with("stripe-version", version);
        let (status, error) = client.refused("/v1/balance");
        let message = format!("Invalid Stripe API version: {version}");
        assert_eq!(
            (status, &error["message"]),
            (400, &message.into()),
            "{version}"
        );
    }
}
