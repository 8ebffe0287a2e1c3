//! What entries say: small bodies, and the claims and notices that they give.

use std::fmt::Write;

use facts::objects::{charge, customer, invoice, invoice_payment, subscription};
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

#[test]
fn each_member_is_read_leniently_and_alone() {
    let (unknown, null) = (Value::Unknown, Value::Null);
    let text = |text: &str| Value::Text(text.into());
    let cases = [
        (
            r#""balance":-1200"#,
            customer::BALANCE_MINOR,
            Value::Int(-1200),
            "",
        ),
        (
            r#""balance":-0"#,
            customer::BALANCE_MINOR,
            Value::Int(0),
            "",
        ),
        (
            r#""balance":9223372036854775807"#,
            customer::BALANCE_MINOR,
            Value::Int(i64::MAX),
            "",
        ),
        (
            r#""balance":9223372036854775808"#,
            customer::BALANCE_MINOR,
            unknown.clone(),
            "out_of_range balance",
        ),
        (
            r#""balance":1999.0"#,
            customer::BALANCE_MINOR,
            unknown.clone(),
            "not_whole balance",
        ),
        (
            r#""balance":1e3"#,
            customer::BALANCE_MINOR,
            unknown.clone(),
            "not_whole balance",
        ),
        (
            r#""balance":"12""#,
            customer::BALANCE_MINOR,
            unknown.clone(),
            "not_a_number balance",
        ),
        (
            r#""balance":{"a":[1]}"#,
            customer::BALANCE_MINOR,
            unknown.clone(),
            "not_a_number balance",
        ),
        (
            r#""balance":true"#,
            customer::BALANCE_MINOR,
            unknown.clone(),
            "not_a_number balance",
        ),
        (
            r#""balance":null"#,
            customer::BALANCE_MINOR,
            null.clone(),
            "",
        ),
        (
            r#""balance":1,"balance":1"#,
            customer::BALANCE_MINOR,
            unknown.clone(),
            "doubled balance",
        ),
        (
            r#""bal\u0061nce":5"#,
            customer::BALANCE_MINOR,
            Value::Int(5),
            "",
        ),
        (
            r#""name":"A\u00e9\ud83d\ude00\n""#,
            customer::NAME,
            text("A\u{e9}\u{1f600}\n"),
            "",
        ),
        (
            r#""name":"\ud83d""#,
            customer::NAME,
            unknown.clone(),
            "bad_escape name",
        ),
        (
            r#""name":"\ude00\ud83d""#,
            customer::NAME,
            unknown.clone(),
            "bad_escape name",
        ),
        (
            r#""name":"\ud83dx\ude00""#,
            customer::NAME,
            unknown.clone(),
            "bad_escape name",
        ),
        (
            r#""name":12"#,
            customer::NAME,
            unknown.clone(),
            "not_a_text name",
        ),
        (r#""name":"""#, customer::NAME, text(""), ""),
        (
            r#""delinquent":true"#,
            customer::DELINQUENT,
            Value::Flag(true),
            "",
        ),
        (
            r#""delinquent":"true""#,
            customer::DELINQUENT,
            unknown.clone(),
            "not_a_flag delinquent",
        ),
        (r#""test_clock":"""#, customer::TEST_CLOCK_ID, text(""), ""),
        (
            r#""test_clock":7"#,
            customer::TEST_CLOCK_ID,
            unknown.clone(),
            "not_an_id test_clock",
        ),
        (
            r#""test_clock":{"id":"clock_1","object":"test_helpers.test_clock"}"#,
            customer::TEST_CLOCK_ID,
            text("clock_1"),
            "",
        ),
        (
            r#""test_clock":{"object":"test_helpers.test_clock"}"#,
            customer::TEST_CLOCK_ID,
            unknown.clone(),
            "not_an_id test_clock",
        ),
        (
            r#""invoice_settings":null"#,
            customer::DEFAULT_PAYMENT_METHOD_ID,
            null.clone(),
            "",
        ),
        (
            r#""invoice_settings":{}"#,
            customer::DEFAULT_PAYMENT_METHOD_ID,
            unknown.clone(),
            "",
        ),
        (
            r#""invoice_settings":{"default_payment_method":"pm_1"}"#,
            customer::DEFAULT_PAYMENT_METHOD_ID,
            text("pm_1"),
            "",
        ),
        (
            r#""invoice_settings":[]"#,
            customer::DEFAULT_PAYMENT_METHOD_ID,
            unknown.clone(),
            "not_an_object invoice_settings",
        ),
        (
            r#""invoice_settings":{"default_payment_method":1}"#,
            customer::DEFAULT_PAYMENT_METHOD_ID,
            unknown.clone(),
            "not_an_id invoice_settings.default_payment_method",
        ),
        (
            r#""invoice_settings":{"default_payment_method":"pm_1"},"invoice_settings":null"#,
            customer::DEFAULT_PAYMENT_METHOD_ID,
            unknown.clone(),
            "doubled invoice_settings",
        ),
        (
            r#""metadata":{"b":"2","a":"1"}"#,
            customer::METADATA,
            Value::Map([("a".into(), "1".into()), ("b".into(), "2".into())].into()),
            "",
        ),
        (
            r#""metadata":{}"#,
            customer::METADATA,
            Value::Map([].into()),
            "",
        ),
        (
            r#""metadata":{"a":1}"#,
            customer::METADATA,
            unknown.clone(),
            "not_a_text metadata",
        ),
        (
            r#""metadata":{"a":"\udfff"}"#,
            customer::METADATA,
            unknown.clone(),
            "bad_escape metadata",
        ),
        (
            r#""metadata":{"a":"1","\u0061":"2"}"#,
            customer::METADATA,
            unknown.clone(),
            "doubled metadata",
        ),
        (
            r#""metadata":[]"#,
            customer::METADATA,
            unknown.clone(),
            "not_a_map metadata",
        ),
        (
            r#""unread":{"object":"invoice","deep":[[{}]]}"#,
            customer::NAME,
            unknown,
            "",
        ),
    ];
    for (member, place, value, odd) in cases {
        let reading = event("customer.updated", &customer_with(member), "");
        let after = only_claim(&reading).after.clone().expect("a whole object");
        assert_eq!(*after.get(place), value, "{member}");
        assert_eq!(after.get(customer::CREATED_S).int(), Some(1), "{member}");
        let odd = match odd.split_once(' ') {
            Some((code, path)) => format!("{code} data.object.{path};"),
            None => String::new(),
        };
        assert_eq!(noticed(&reading.notices), odd, "{member}");
    }
}

const INVOICE: &str =
    r#""object":"invoice","customer":"cus_1","status":"paid","total":300,"currency":"usd""#;

#[test]
fn lists_are_sorted_by_id_and_read_whole_or_not_at_all() {
    let cases = [
        (
            r#"{"object":"list","data":[{"id":"b","amount":2},{"id":"a","amount":1}]}"#,
            Some("a1 b2"),
            "",
        ),
        (
            r#"[{"id":"b","amount":2},{"id":"a","amount":1}]"#,
            Some("a1 b2"),
            "",
        ),
        (r#"{"object":"list","data":[]}"#, Some(""), ""),
        ("null", None, ""),
        ("7", None, "not_a_list data.object.lines;"),
        (
            r#"{"object":"list"}"#,
            None,
            "not_a_list data.object.lines;",
        ),
        (r#"{"data":{}}"#, None, "not_a_list data.object.lines.data;"),
        (
            r#"{"data":[],"data":[]}"#,
            None,
            "doubled data.object.lines.data;",
        ),
        (
            r#"[{"id":"a"},7]"#,
            None,
            "not_an_object data.object.lines.1;",
        ),
        (
            r#"[{"id":"a"},{"amount":7}]"#,
            None,
            "partial data.object.lines.1;",
        ),
        (
            r#"[{"id":"a"},{"id":null}]"#,
            None,
            "no_id data.object.lines;",
        ),
        (
            r#"[{"id":"a"},{"id":"a"}]"#,
            None,
            "doubled data.object.lines;",
        ),
    ];
    for (lines, expected, odd) in cases {
        let reading = event(
            "invoice.paid",
            &format!(r#"{{"id":"in_1",{INVOICE},"lines":{lines}}}"#),
            "",
        );
        let after = only_claim(&reading).after.clone().expect("a whole object");
        let rows = after.get(invoice::LINES);
        let read = match rows {
            Value::List(rows) => Some(
                rows.iter()
                    .map(|row| {
                        let amount = row.int(invoice::line::AMOUNT_MINOR).expect("an amount");
                        format!("{}{amount}", row.text(invoice::line::ID).expect("an id"))
                    })
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
            _ => None,
        };
        assert_eq!(read.as_deref(), expected, "{lines}");
        assert_eq!(*rows == Value::Null, lines == "null", "{lines}");
        assert_eq!(noticed(&reading.notices), odd, "{lines}");
    }
}

#[test]
fn an_oddity_in_a_row_is_found_by_its_path() {
    let lines = r#"{"data":[{"id":"a"},{"id":"b","period":{"start":"x"},"pricing":{"unit_amount_decimal":"1.5"}}]}"#;
    let reading = event(
        "invoice.paid",
        &format!(r#"{{"id":"in_1",{INVOICE},"lines":{lines}}}"#),
        "",
    );
    let after = only_claim(&reading).after.clone().expect("a whole object");
    assert_eq!(
        after.get(invoice::LINES).rows()[1].text(invoice::line::UNIT_AMOUNT),
        Some("1.5")
    );
    assert_eq!(
        noticed(&reading.notices),
        "not_a_number data.object.lines.data.1.period.start;"
    );
}

#[test]
fn previous_values_are_undone_member_by_member() {
    let object = format!(
        r#"{{"id":"in_1",{INVOICE},"status_transitions":{{"paid_at":9,"finalized_at":8}},"metadata":{{"a":"1","b":"2"}},"lines":{{"data":[{{"id":"l1"}},{{"id":"l2"}}]}},"parent":null,"number":"N-1"}}"#
    );
    let previous = r#","previous_attributes":{"status":"open","status_transitions":{"paid_at":null},"metadata":{"b":null,"c":"3"},"lines":{"data":[{"id":"l1"}],"total_count":1},"parent":{"subscription_details":{"subscription":"sub_1"}},"hosted_invoice_url":null,"number":null}"#;
    let reading = event("invoice.paid", &object, previous);
    let claim = only_claim(&reading);
    let before = claim
        .before
        .as_ref()
        .expect("something that is kept differs");
    assert_eq!(before.text(invoice::STATUS), Some("open"));
    assert_eq!(*before.get(invoice::PAID_S), Value::Null);
    assert_eq!(before.int(invoice::FINALIZED_S), Some(8));
    assert_eq!(
        *before.get(invoice::METADATA),
        Value::Map([("a".into(), "1".into()), ("c".into(), "3".into())].into())
    );
    assert_eq!(before.get(invoice::LINES).rows().len(), 1);
    assert_eq!(before.text(invoice::SUBSCRIPTION_ID), Some("sub_1"));
    assert_eq!(*before.get(invoice::NUMBER), Value::Null);
    assert_eq!(before.int(invoice::TOTAL_MINOR), Some(300));
    assert_eq!(noticed(&reading.notices), "");
}

#[test]
fn previous_values_may_come_before_the_object() {
    let body = format!(
        r#"{{"data":{{"previous_attributes":{{"status":"open","total":"x"}},"object":{{{INVOICE},"id":"in_1"}}}}}}"#
    );
    let reading = read(&entry(Kind::Event, "invoice.updated", &body));
    let before = only_claim(&reading)
        .before
        .clone()
        .expect("the status differs");
    assert_eq!(before.text(invoice::STATUS), Some("open"));
    assert_eq!(*before.get(invoice::TOTAL_MINOR), Value::Unknown);
    assert_eq!(
        noticed(&reading.notices),
        "not_a_number data.previous_attributes.total;"
    );
}

#[test]
fn previous_values_that_change_nothing_kept_are_no_before() {
    let cases = [
        r#"{"hosted_invoice_url":null}"#,
        r#"{"status":"paid"}"#,
        r#"{"number":null}"#,
        r#"{"lines":{"total_count":3}}"#,
        r#"{"customer":{"balance":5}}"#,
        "{}",
        "null",
    ];
    for previous in cases {
        let rest = format!(r#","previous_attributes":{previous}"#);
        let reading = event(
            "invoice.updated",
            &format!(r#"{{"id":"in_1",{INVOICE}}}"#),
            &rest,
        );
        assert!(only_claim(&reading).before.is_none(), "{previous}");
        assert_eq!(noticed(&reading.notices), "", "{previous}");
    }
}

#[test]
fn previous_values_that_stand_twice_or_are_no_hash_are_no_before() {
    let cases = [
        (
            r#","previous_attributes":[1]"#,
            "not_an_object data.previous_attributes;",
        ),
        (
            r#","previous_attributes":{"status":"open"},"previous_attributes":{"status":"draft"}"#,
            "doubled data.previous_attributes;",
        ),
    ];
    for (rest, odd) in cases {
        let reading = event(
            "invoice.updated",
            &format!(r#"{{"id":"in_1",{INVOICE}}}"#),
            rest,
        );
        assert!(only_claim(&reading).before.is_none(), "{rest}");
        assert_eq!(noticed(&reading.notices), odd, "{rest}");
    }
}

#[test]
fn versions_with_partial_arrays_undo_nothing() {
    let body = format!(
        r#"{{"data":{{"object":{{{INVOICE},"id":"in_1"}},"previous_attributes":{{"status":"open"}}}}}}"#
    );
    let cases = [
        (None, false),
        (Some("2015-01-01"), false),
        (Some("2017-04-06"), false),
        (Some("2017-05-25"), true),
        (Some("2025-03-31.basil"), true),
    ];
    for (api_version, undone) in cases {
        let reading = read(&EntryText {
            api_version,
            ..entry(Kind::Event, "invoice.updated", &body)
        });
        assert_eq!(
            only_claim(&reading).before.is_some(),
            undone,
            "{api_version:?}"
        );
    }
}

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
        (
            r#"{"id":"pi_1","object":"payment_intent","amount":"x"}"#,
            "",
        ),
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
fn expanded_objects_claim_for_themselves_and_leave_their_id() {
    let movement = r#"{"id":"txn_1","object":"balance_transaction","amount":300,"net":270,"currency":"usd","available_on":86400,"exchange_rate":1.10,"source":{"id":"ch_1","object":"charge"}}"#;
    let refunds = r#"{"object":"list","has_more":true,"data":[{"id":"re_1","object":"refund","amount":5,"currency":"usd"},{"id":"re_2","object":"refund"},7]}"#;
    let object = format!(
        r#"{{"id":"ch_1","object":"charge","amount":300,"currency":"usd","status":"succeeded","balance_transaction":{movement},"refunds":{refunds},"customer":{{"id":"cus_1","object":"customer","deleted":true}}}}"#
    );
    let reading = event("charge.succeeded", &object, "");
    let claims = claims(&reading);
    let of = |kind: &str| {
        let claim = claims
            .iter()
            .find(|claim| claim.object.schema.object == kind);
        *claim.expect("a claim of each kind")
    };
    assert_eq!(claims.len(), 4, "{claims:?}");
    let parent = of("charge").after.as_ref().expect("a whole object");
    assert_eq!(parent.text(charge::BALANCE_TRANSACTION_ID), Some("txn_1"));
    assert_eq!(parent.text(charge::CUSTOMER_ID), Some("cus_1"));
    let movement = of("balance_transaction");
    assert_eq!(&*movement.id, "entry_1/balance_transaction");
    assert_eq!((movement.lo_s, movement.hi_s), (995, 1001));
    assert_eq!(
        (movement.origin, &*movement.event_type),
        (Origin::Embedded, "charge.succeeded")
    );
    let content = movement.after.as_ref().expect("a whole object");
    assert_eq!(
        content.text(facts::objects::balance_transaction::EXCHANGE_RATE),
        Some("1.10")
    );
    assert_eq!(&*of("refund").id, "entry_1/refunds.data.0");
    assert!(of("customer").deleted);
    assert_eq!(noticed(&reading.notices), "");
}

#[test]
fn invoice_payments_are_keyed_by_what_every_version_knows() {
    let payment = |rest: &str| {
        format!(
            r#"{{"id":"inpay_1","object":"invoice_payment","invoice":"in_1","status":"paid"{rest}}}"#
        )
    };
    let cases = [
        (
            r#","payment":{"type":"payment_intent","payment_intent":"pi_1"}"#,
            "in_1/pi_1",
            "",
        ),
        (
            r#","payment":{"payment_intent":null,"charge":"ch_1"}"#,
            "in_1/ch_1",
            "",
        ),
        ("", "inpay_1", "unlinked data.object;"),
    ];
    for (rest, key, odd) in cases {
        let reading = event("invoice_payment.paid", &payment(rest), "");
        let claim = only_claim(&reading);
        assert_eq!(&*claim.object.id, key);
        let after = claim.after.as_ref().expect("a whole object");
        assert_eq!(
            after.text(invoice_payment::INVOICE_PAYMENT_ID),
            Some("inpay_1")
        );
        assert_eq!(noticed(&reading.notices), odd);
    }
    let parent = format!(
        r#"{{"id":"in_1",{INVOICE},"payments":{{"data":[{}]}}}}"#,
        payment(r#","payment":{"payment_intent":"pi_1"}"#)
    );
    let reading = event("invoice.paid", &parent, "");
    assert_eq!(&*claims(&reading)[1].object.id, "in_1/pi_1");
    assert_eq!(&*claims(&reading)[1].id, "entry_1/payments.data.0");
}

#[test]
fn expansion_is_followed_four_levels_deep() {
    let mut charge = r#""ch_0""#.to_owned();
    for level in 1..=3 {
        charge = format!(
            r#"{{"id":"ch_{level}","object":"charge","amount":1,"currency":"usd","status":"failed","balance_transaction":{{"id":"txn_{level}","object":"balance_transaction","amount":1,"net":1,"currency":"usd","available_on":1,"source":{charge}}}}}"#
        );
    }
    let reading = event("charge.updated", &charge, "");
    let claims = claims(&reading);
    assert_eq!(claims.len(), 5);
    assert_eq!(
        &*claims[4].id,
        "entry_1/balance_transaction/source/balance_transaction/source"
    );
    assert!(
        noticed(&reading.notices).starts_with("too_deep data.object.balance_transaction.source.")
    );
}

fn observed(members: &str, body: &str) -> Reading {
    let line = format!(
        r#"{{"object":"daybook.observation","request":"GET /v1/x",{members},"object_type":"x","object_id":null,"body":{body}}}"#
    );
    read(&entry(Kind::Observation, "observation", &line))
}

#[test]
fn a_reading_holds_from_before_it_was_asked_until_the_answer() {
    let cases = [
        (r#""date_s":5000,"elapsed_ms":0"#, 4995, ""),
        (r#""date_s":5000,"elapsed_ms":1"#, 4994, ""),
        (r#""date_s":5000,"elapsed_ms":1000"#, 4994, ""),
        (r#""date_s":5000,"elapsed_ms":1001"#, 4993, ""),
        (
            r#""date_s":5000,"elapsed_ms":-1"#,
            5000 - 86_400 - 5,
            "odd_elapsed elapsed_ms;",
        ),
        (
            r#""date_s":5000,"elapsed_ms":null"#,
            5000 - 86_400 - 5,
            "odd_elapsed elapsed_ms;",
        ),
        (
            r#""date_s":5000"#,
            5000 - 86_400 - 5,
            "odd_elapsed elapsed_ms;",
        ),
        (
            r#""date_s":5000,"elapsed_ms":86400001"#,
            5000 - 86_401 - 5,
            "odd_elapsed elapsed_ms;",
        ),
    ];
    for (members, lo_s, odd) in cases {
        let reading = observed(members, &customer_with(r#""name":null"#));
        let claim = only_claim(&reading);
        assert_eq!((claim.lo_s, claim.hi_s), (lo_s, 5001), "{members}");
        assert_eq!(
            (claim.origin, &*claim.event_type),
            (Origin::Observation, "")
        );
        assert_eq!((&*claim.id, claim.request.as_deref()), ("entry_1", None));
        assert_eq!(noticed(&reading.notices), odd, "{members}");
    }
}

#[test]
fn a_reading_that_proves_nothing_claims_nothing() {
    let customer = customer_with(r#""name":null"#);
    let cases = [
        (
            r#""date_s":null,"elapsed_ms":1"#,
            customer.as_str(),
            "undated date_s;",
        ),
        (
            r#""date_s":5,"elapsed_ms":1,"absent":"not_found""#,
            "null",
            "absent absent;",
        ),
        (r#""date_s":5,"elapsed_ms":1"#, "null", "unreadable ;"),
        (r#""date_s":5,"elapsed_ms":1"#, "[1]", "unreadable body;"),
        (
            r#""date_s":5,"elapsed_ms":1"#,
            r#"{"id":"pi_1","object":"payment_intent"}"#,
            "",
        ),
        (
            r#""date_s":"5","elapsed_ms":1"#,
            customer.as_str(),
            "unreadable ;",
        ),
    ];
    for (members, body, odd) in cases {
        let reading = observed(members, body);
        assert!(reading.facts.is_empty(), "{members} {body}");
        assert_eq!(noticed(&reading.notices), odd, "{members} {body}");
    }
}

#[test]
fn the_balance_is_known_by_its_name_and_embedded_readings_keep_the_interval() {
    let reading = observed(
        r#""date_s":5000,"elapsed_ms":0"#,
        r#"{"object":"balance","available":[{"currency":"usd","amount":5}],"pending":[]}"#,
    );
    assert_eq!(&*only_claim(&reading).object.id, "balance");
    let reading = observed(
        r#""date_s":5000,"elapsed_ms":0"#,
        &format!(
            r#"{{"id":"ch_1","object":"charge","amount":1,"currency":"usd","status":"failed","customer":{}}}"#,
            customer_with(r#""name":null"#)
        ),
    );
    let inner = claims(&reading)[1];
    assert_eq!(
        (inner.lo_s, inner.hi_s, &*inner.id),
        (4995, 5001, "entry_1/customer")
    );
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
    for unheld in [r#"{"id":"pi_1","type":"payment_intent"}"#, "null", "[]"] {
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
fn deep_nesting_and_huge_texts_cost_only_their_field() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let reading = event(
        "customer.updated",
        &customer_with(&format!(r#""email":{deep}"#)),
        "",
    );
    assert_eq!(noticed(&reading.notices), "not_a_text data.object.email;");
    assert!(only_claim(&reading).after.is_some());
    let huge = "x".repeat(50_000_000);
    let reading = event(
        "customer.updated",
        &customer_with(&format!(r#""email":"{huge}""#)),
        "",
    );
    let after = only_claim(&reading).after.clone().expect("a whole object");
    assert_eq!(after.text(customer::EMAIL).map(str::len), Some(50_000_000));
}

#[test]
fn each_oddity_is_noticed_once_and_a_flood_is_cut() {
    let twice = customer_with(r#""\ud800":1,"\ud801":2"#);
    let reading = event("customer.updated", &twice, "");
    assert_eq!(noticed(&reading.notices), "bad_escape data.object;");
    let rows = "7,".repeat(1000) + "7";
    let flood = format!(r#"{{"id":"in_1",{INVOICE},"lines":[{rows}]}}"#);
    let notices = event("invoice.updated", &flood, "").notices;
    assert_eq!(notices.len(), 101);
    assert_eq!(notices[100].code, "too_many");
}
