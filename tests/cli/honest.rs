//! What an answer must not say: a sum of which a part is not known, a draft that is no more, a moment that nothing has.

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::shop::event;

const STREAM: &str = "--stream acct_other/live";

fn invoice(id: &str, status: &str) -> Value {
    json!({
        "id": id, "object": "invoice", "customer": "cus_1", "created": 1_741_000_000, "currency": "usd", "status": status,
        "total": 500, "amount_due": 500, "amount_paid": 0, "amount_remaining": 500, "livemode": true,
        "lines": {"object": "list", "has_more": false, "data": []},
    })
}

fn customer() -> Value {
    json!({
        "id": "cus_1", "object": "customer", "balance": 0, "currency": "usd", "created": 1_741_000_000, "livemode": true,
        "name": "Customer A",
    })
}

/// A book of the customer and these events, with one more invoice in the stream of another account.
fn book(mut events: Vec<Value>) -> Desk {
    let desk = Desk::new();
    events.push(event(
        "evt_c",
        0,
        "customer.created",
        &customer(),
        Value::Null,
    ));
    let held = invoice("in_other", "open");
    let mut other = event("evt_o", 0, "invoice.created", &held, Value::Null);
    other["account"] = "acct_other".into();
    events.push(other);
    let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
    desk.write("events.ndjson", lines);
    desk.ok("init --account acct_1");
    desk.ok("import events.ndjson");
    desk.ok("project");
    desk
}

#[test]
fn a_deleted_draft_is_counted_listed_and_shown_by_one_definition() {
    let draft = invoice("in_draft", "draft");
    let desk = book(vec![
        event(
            "evt_1",
            1,
            "invoice.created",
            &invoice("in_open", "open"),
            Value::Null,
        ),
        event("evt_2", 1, "invoice.created", &draft, Value::Null),
        event("evt_3", 2, "invoice.deleted", &draft, Value::Null),
    ]);
    assert_eq!(desk.json("status")["invoices"], 1);
    let listed = desk.run("invoices");
    assert!(!listed.stdout.contains("in_draft"), "{}", listed.stdout);
    assert_eq!(
        listed.stderr,
        "hint: 1 deleted one is left out (--status deleted)\n"
    );
    assert_eq!(desk.run("invoices --json").stderr, "");
    let deleted = desk.json("invoices --status deleted");
    assert_eq!(deleted["invoices"].as_array().unwrap().len(), 1);
    assert_eq!(deleted["invoices"][0]["id"], "in_draft");
    assert_eq!(deleted["invoices"][0]["status"], "deleted");
    let shown = desk.ok("invoice in_draft");
    let is_said = |line: &str| line.starts_with("status ") && line.ends_with(" deleted");
    assert!(shown.lines().any(is_said), "{shown}");
    assert_eq!(desk.json("invoice in_draft")["invoice"]["status"], "draft");
}

#[test]
fn a_sum_with_an_unknown_part_is_not_shown_as_exact() {
    let mut open = invoice("in_open", "open");
    let whole = book(vec![event(
        "evt_1",
        1,
        "invoice.created",
        &open,
        Value::Null,
    )]);
    let row = &whole.json("customers")["customers"][0];
    assert_eq!(
        (&row["owes_minor"], &row["certainty"]),
        (&json!(500), &json!("exact"))
    );
    open["amount_remaining"] = "five".into();
    let unsure = book(vec![event(
        "evt_1",
        1,
        "invoice.created",
        &open,
        Value::Null,
    )]);
    let row = &unsure.json("customers")["customers"][0];
    assert_eq!(
        (&row["owes_minor"], &row["certainty"]),
        (&Value::Null, &json!("unknown"))
    );
}

#[test]
fn an_id_that_another_stream_holds_is_told_with_that_stream() {
    let desk = book(Vec::new());
    for line in ["invoice in_other", "timeline in_other"] {
        let run = desk.run(line);
        assert_eq!(run.exit, 1);
        assert!(run.stderr.contains(STREAM), "{}", run.stderr);
        desk.ok(&format!("{line} {STREAM}"));
    }
}

#[test]
fn an_entry_of_the_logs_own_has_no_moment() {
    let desk = Desk::new();
    desk.ok("init --account acct_1");
    assert!(desk.json("events")["events"][0]["at_s"].is_null());
    assert!(desk.json("streams")["streams"][0]["last_s"].is_null());
    for line in ["events", "streams"] {
        assert!(!desk.ok(line).contains("1970"));
    }
}

#[test]
fn a_balance_after_the_book_clock_says_that_it_is_not_known_yet() {
    let desk = book(Vec::new());
    assert_eq!(desk.run("balances").stderr, "");
    let later = desk.run("balances --at 2100-01-01");
    assert_eq!(later.exit, 0);
    assert!(
        later
            .stderr
            .starts_with("hint: the book clock stands at 2025-"),
        "{}",
        later.stderr
    );
}

#[test]
fn simulated_files_are_written_over_only_if_that_is_said() {
    let desk = Desk::new();
    let line = "simulate --seed 1 --out sim --customers 1 --days 1";
    desk.ok(line);
    desk.write("sim/events.ndjson", "mine");
    let again = desk.run(line);
    assert_eq!(again.exit, 1);
    assert!(again.stderr.contains("--force"), "{}", again.stderr);
    assert_eq!(desk.lines("sim/events.ndjson"), ["mine"]);
    desk.ok(&format!("{line} --force"));
    assert_ne!(desk.lines("sim/events.ndjson"), ["mine"]);
}

#[test]
fn a_customer_without_a_name_is_a_slip() {
    let desk = book(Vec::new());
    let run = desk.command("customer").arg("").output().unwrap();
    assert_eq!(run.status.code(), Some(2));
}
