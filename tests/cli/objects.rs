//! Screens of single objects, their timelines, and the list of entries.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::desk::Desk;
use crate::shop;

#[test]
fn one_invoice_charge_and_payout() {
    let session = shop::desk().session(&[
        "invoice SHOP-0001",
        "charge ch_shop1",
        "payout po_shop1",
        "payout po_shop2",
        "payout po_shop3",
    ]);
    insta::assert_snapshot!("one_invoice_charge_and_payout", session);
}

#[test]
fn what_is_unsure_in_a_timeline() {
    let session = shop::desk().session(&[
        "timeline in_shop2",
        "timeline in_shop3",
        "timeline --as-known in_shop1",
        "timeline inpay_shop1",
    ]);
    insta::assert_snapshot!("what_is_unsure_in_a_timeline", session);
}

#[test]
fn entries_of_the_log() {
    let session = shop::desk().session(&[
        "events --limit 5",
        "events --type invoice.* --until 2025-03-03T10:00:00Z",
        "events --object ch_shop1",
        "events --kind observation --since 2025-03-05",
        "event 29",
        "events --type invoice.voided",
        "events --kind else",
    ]);
    insta::assert_snapshot!("entries_of_the_log", session);
}

#[test]
fn an_id_that_is_not_there_is_told_what_it_may_be() {
    let session = shop::desk().session(&[
        "invoice ch_shop1",
        "charge in_shop1",
        "payout re_shop1",
        "timeline evt_shop01",
        "timeline cus_none",
    ]);
    insta::assert_snapshot!("an_id_that_is_not_there", session);
}

#[test]
fn a_timeline_is_the_same_however_its_entries_came() {
    let desk = shop::desk();
    let turned = Desk::new();
    let mut lines = desk.lines("events.ndjson");
    lines.reverse();
    turned.write("events.ndjson", lines.join("\n"));
    turned.write("reads.ndjson", desk.lines("reads.ndjson").join("\n"));
    turned.ok("init --account acct_shop");
    turned.ok("import reads.ndjson events.ndjson");
    turned.ok("project");
    for line in ["invoice in_shop1", "timeline in_shop2", "charge ch_shop1"] {
        let told = |desk: &Desk| {
            let mut timeline = desk.json(line)["timeline"].clone();
            for line in timeline.as_array_mut().unwrap() {
                for of_arrival in ["seq", "seqs", "recorded_us"] {
                    line.as_object_mut().unwrap().remove(of_arrival);
                }
            }
            timeline
        };
        assert_eq!(told(&desk), told(&turned), "{line}");
    }
}

#[test]
fn a_timeline_in_json_says_what_changed_in_minor_units() {
    let invoice = shop::desk().json("invoice in_shop1");
    let timeline = invoice["timeline"].as_array().unwrap();
    let paid: Vec<&Value> = timeline
        .iter()
        .filter(|line| line["what"] == "invoice.updated" && line["id"] == "in_shop1")
        .collect();
    let changes = paid[1]["changes"].as_array().unwrap();
    let remaining = changes
        .iter()
        .find(|change| change["column"] == "amount_remaining_minor")
        .unwrap();
    assert_eq!(remaining["old"], 12_000);
    assert_eq!(remaining["new"], 0);
    assert_eq!(remaining["currency"], "usd");
    let related: Vec<&Value> = timeline
        .iter()
        .filter(|line| line["related"] == true)
        .collect();
    let of = |object: &str| related.iter().any(|line| line["object"] == object);
    assert!(of("charge") && of("refund") && of("dispute") && of("payment_intent"));
}

/// What the payout covers, read once more somewhat later, now with another text in the place of a part of it.
fn membership_becomes(desk: &Desk, part: &str, other: &str) {
    let reads = desk.lines("reads.ndjson");
    let membership = reads.iter().find(|line| line.contains("membership"));
    let membership = membership.unwrap();
    assert!(membership.contains(part), "{membership}");
    let read: Value = serde_json::from_str(membership).unwrap();
    let read_s = read["date_s"].as_i64().unwrap();
    let later = membership
        .replace(part, other)
        .replace(&read_s.to_string(), &(read_s + 100).to_string());
    desk.write("later.ndjson", later);
    desk.ok("import later.ndjson");
    desk.ok("project");
}

#[test]
fn a_payout_is_proven_whether_its_list_has_its_own_transaction_or_not() {
    let desk = shop::desk();
    let answer = || {
        let payout = desk.json("payout po_shop1");
        let sql = "SELECT balance_transaction_id, net_minor FROM payout_items ORDER BY 1";
        let items = desk.run_with_input("query - --csv", sql.as_bytes());
        (
            payout["itemised"].clone(),
            payout["items"].clone(),
            items.stdout,
        )
    };
    let with_own = answer();
    assert_eq!(with_own.0["state"], "proven");
    assert_eq!(with_own.2.lines().count(), 3, "{}", with_own.2);
    membership_becomes(&desk, ",{\"id\":\"txn_po_shop1\"}", "");
    assert_eq!(answer(), with_own);
}

#[test]
fn a_payout_whose_members_come_to_something_else_ends_with_3() {
    let desk = shop::desk();
    membership_becomes(&desk, "{\"id\":\"txn_shop2\"},", "");
    let run = desk.run("payout po_shop1");
    assert_eq!(run.exit, 3, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains(
            "its one transaction comes to 116.22 USD, its amount is 96.22 USD: 20.00 USD apart"
        ),
        "{}",
        run.stdout
    );
    assert_eq!(desk.json("payout po_shop1")["itemised"]["state"], "differs");
}

#[test]
fn followed_events_are_shown_as_they_come() {
    let desk = shop::desk();
    let mut child = desk
        .command("events --follow --limit 1 --json --for 600")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let last = desk.json("head")["seq"].clone();
    assert_eq!(next()["seq"], last, "what is there already comes first");
    let product = serde_json::json!({"id": "prod_shop1", "object": "product", "name": "Something"});
    let event = shop::event("evt_shop99", 9000, "product.created", &product, Value::Null);
    desk.write("more.ndjson", event.to_string());
    desk.ok("import more.ndjson");
    assert_eq!(next()["id"], "evt_shop99");
    child.kill().unwrap();
    child.wait().unwrap();
    let ended = desk.run("events --follow --limit 1 --for 0");
    assert_eq!(ended.exit, 0, "{}", ended.stderr);
    assert!(ended.stdout.contains("product.created"), "{}", ended.stdout);
}
