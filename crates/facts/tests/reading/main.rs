//! What entries say: small bodies, and the claims and notices that they give.

mod cut;
mod inside;
mod leniency;
mod observed;
mod undo;

use std::fmt::Write;

use facts::objects::{customer, subscription};
use facts::{Claim, EntryText, Fact, Kind, Notice, Origin, Reading, Value, read};

const VERSION: &str = "2026-09-30.endive";

fn entry<'a>(kind: Kind, type_: &'a str, body: &'a str) -> EntryText<'a> {
    EntryText {
        kind,
        id: "entry_1",
        type_,
        api_version: Some(VERSION),
        created_s: 1000,
        seq: 7,
        body: body.as_bytes(),
    }
}

fn event(type_: &str, object: &str, rest: &str) -> Reading {
    let body = format!(
        r#"{{"id":"entry_1","object":"event","data":{{"object":{object}{rest}}},"request":{{"id":"req_1","idempotency_key":null}}}}"#
    );
    read(&entry(Kind::Event, type_, &body))
}

fn claims(reading: &Reading) -> Vec<&Claim> {
    reading.facts.iter().map(claim).collect()
}

fn claim(fact: &Fact) -> &Claim {
    match fact {
        Fact::Claim(claim) => claim,
        Fact::Thin { .. } => panic!("a thin fact where claims are expected"),
    }
}

fn only_claim(reading: &Reading) -> &Claim {
    let claims = claims(reading);
    assert_eq!(claims.len(), 1, "{reading:?}");
    claims[0]
}

fn noticed(notices: &[Notice]) -> String {
    let mut text = String::new();
    for notice in notices {
        assert_eq!((&*notice.claim, notice.seq), ("entry_1", 7));
        write!(text, "{} {};", notice.code, notice.path).expect("writing to a String");
    }
    text
}

/// A customer with this member besides what is required.
fn customer_with(member: &str) -> String {
    format!(r#"{{"id":"cus_1","object":"customer","created":1,{member}}}"#)
}

#[test]
fn an_event_claims_what_its_object_is() {
    let reading = event(
        "customer.created",
        &customer_with(r#""name":"Customer 0001""#),
        "",
    );
    let claim = only_claim(&reading);
    assert_eq!(claim.object.schema.object, "customer");
    assert_eq!(&*claim.object.id, "cus_1");
    assert_eq!(&*claim.id, "entry_1");
    assert_eq!(&*claim.version, VERSION);
    assert_eq!((claim.lo_s, claim.hi_s, claim.seq), (1000, 1001, 7));
    assert_eq!(&*claim.event_type, "customer.created");
    assert_eq!(claim.request.as_deref(), Some("req_1"));
    assert_eq!((claim.origin, claim.deleted), (Origin::Event, false));
    let after = claim.after.as_ref().expect("a whole object");
    assert_eq!(after.text(customer::NAME), Some("Customer 0001"));
    assert_eq!(*after.get(customer::EMAIL), Value::Unknown);
    assert!(claim.before.is_none());
    assert_eq!(noticed(&reading.notices), "");
}

const INVOICE: &str =
    r#""object":"invoice","customer":"cus_1","status":"paid","total":300,"currency":"usd""#;

#[test]
fn only_listed_types_and_deleted_objects_are_deletions() {
    let gone = r#"{"id":"cus_1","object":"customer","deleted":true}"#;
    let whole = customer_with(r#""name":"Customer 0001""#);
    let subscription =
        r#"{"id":"sub_1","object":"subscription","customer":"cus_1","status":"canceled"}"#;
    let cases = [
        ("customer.deleted", whole.as_str(), true, true),
        ("customer.updated", whole.as_str(), false, true),
        ("customer.deleted", gone, true, false),
        ("customer.updated", gone, true, false),
        ("customer.subscription.deleted", subscription, false, true),
    ];
    for (type_, object, deleted, content) in cases {
        let reading = event(type_, object, "");
        let claim = only_claim(&reading);
        assert_eq!(
            (claim.deleted, claim.after.is_some()),
            (deleted, content),
            "{type_} {object}"
        );
    }
    let reading = event("customer.subscription.deleted", subscription, "");
    let after = only_claim(&reading).after.clone().expect("a whole object");
    assert_eq!(after.text(subscription::STATUS), Some("canceled"));
}

#[test]
fn what_is_no_whole_object_claims_nothing() {
    let cases = [
        (
            r#"{"id":"in_1","object":"invoice","status":"paid"}"#,
            "partial data.object;",
        ),
        (r#"{"object":"customer","created":1}"#, "no_id data.object;"),
        (
            r#"{"id":null,"object":"customer","created":1}"#,
            "no_id data.object;",
        ),
        (
            r#"{"id":"a","id":"b","object":"customer","created":1}"#,
            "doubled data.object.id;",
        ),
        (r#"{"id":"a","created":1}"#, "unreadable data.object;"),
        ("[]", "unreadable data.object;"),
        ("null", "unreadable data.object;"),
        (r#"{"id":"rev_1","object":"review","amount":"x"}"#, ""),
        (
            r#"{"id":"upcoming_in_1","object":"customer","created":1}"#,
            "",
        ),
    ];
    for (object, odd) in cases {
        let reading = event("customer.updated", object, "");
        assert!(reading.facts.is_empty(), "{object}");
        assert_eq!(noticed(&reading.notices), odd, "{object}");
    }
    let preview = event("invoice.upcoming", &format!("{{{INVOICE}}}"), "");
    assert_eq!(preview, Reading::default());
}

#[test]
fn broken_bodies_are_unreadable_and_nothing_more() {
    let cases: [&[u8]; 7] = [
        b"",
        b"{",
        b"\xff",
        br#"{"data":{"object":{"id":"a","object":"customer","created":1}}"#,
        br#"{"data":{"object":{"id":"a","object":"customer","created":1,}}}"#,
        br#"{"data":{"object":{"id":"a","object":"customer","created":1}}} x"#,
        br#"{"data":{"object":{"id":"a","object":"customer","created":01}}}"#,
    ];
    for body in cases {
        let reading = read(&EntryText {
            body,
            ..entry(Kind::Event, "customer.updated", "")
        });
        assert!(reading.facts.is_empty());
        let text = noticed(&reading.notices);
        assert!(
            matches!(text.as_str(), "unreadable ;" | "unreadable data.object;"),
            "{text}"
        );
    }
}

#[test]
fn a_notification_says_which_object_changed_and_when() {
    let thin = |related: &str| {
        let body = format!(r#"{{"object":"v2.core.event","related_object":{related}}}"#);
        read(&entry(Kind::Notification, "v1.invoice.paid", &body))
    };
    let reading = thin(r#"{"id":"in_1","type":"invoice","url":"/v1/invoices/in_1"}"#);
    let [
        Fact::Thin {
            object,
            created_s,
            seq,
        },
    ] = &reading.facts[..]
    else {
        panic!("{reading:?}");
    };
    assert_eq!((object.schema.object, &*object.id), ("invoice", "in_1"));
    assert_eq!((*created_s, *seq), (1000, 7));
    for unheld in [r#"{"id":"rev_1","type":"review"}"#, "null", "[]"] {
        assert_eq!(thin(unheld), Reading::default());
    }
    assert_eq!(
        noticed(&thin(r#"{"id":null,"type":"invoice"}"#).notices),
        "no_id related_object.id;"
    );
}

#[test]
fn control_entries_say_nothing() {
    assert_eq!(
        read(&entry(Kind::Control, "x", "not even JSON")),
        Reading::default()
    );
}

#[test]
fn the_request_behind_an_event_is_found_in_every_form() {
    let cases = [
        (r#"{"id":"req_1","idempotency_key":"k"}"#, Some("req_1")),
        (r#"{"id":null,"idempotency_key":null}"#, None),
        (r#""req_1""#, Some("req_1")),
        ("null", None),
        ("7", None),
    ];
    for (request, id) in cases {
        let object = customer_with(r#""name":null"#);
        let body = format!(r#"{{"request":{request},"data":{{"object":{object}}}}}"#);
        let reading = read(&entry(Kind::Event, "customer.updated", &body));
        assert_eq!(only_claim(&reading).request.as_deref(), id, "{request}");
    }
}
