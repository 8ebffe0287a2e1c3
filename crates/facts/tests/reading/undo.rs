//! What an object was before an event changed it.

use facts::objects::invoice;
use facts::{EntryText, Kind, Value, read};

use crate::{INVOICE, entry, event, noticed, only_claim};

#[test]
fn previous_values_are_undone_member_by_member() {
    let object = format!(
        r#"{{"id":"in_1",{INVOICE},"status_transitions":{{"paid_at":9,"finalized_at":8}},"metadata":{{"a":"1","b":"2"}},"lines":{{"data":[{{"id":"l1"}},{{"id":"l2"}}]}},"parent":null,"number":"N-1"}}"#
    );
    let previous = r#","previous_attributes":{"status":"open","status_transitions":{"paid_at":null},"metadata":{"c":"3","b":null},"lines":{"data":[{"id":"l1"}],"total_count":1},"parent":{"subscription_details":{"subscription":"sub_1"}},"hosted_invoice_url":null,"number":null}"#;
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
fn the_past_of_what_is_unreadable_is_unknown() {
    let object = format!(r#"{{"id":"in_1",{INVOICE},"metadata":{{"a":1}}}}"#);
    let previous = r#","previous_attributes":{"status":"open","metadata":{"b":"2"}}"#;
    let reading = event("invoice.updated", &object, previous);
    let before = only_claim(&reading).before.clone();
    let before = before.expect("the status differs");
    assert_eq!(*before.get(invoice::METADATA), Value::Unknown);
}

#[test]
fn two_previous_values_ahead_of_the_object_are_no_before() {
    let body = format!(
        r#"{{"data":{{"previous_attributes":{{"status":"open"}},"previous_attributes":{{}},"object":{{{INVOICE},"id":"in_1"}}}}}}"#
    );
    let reading = read(&entry(Kind::Event, "invoice.updated", &body));
    assert!(only_claim(&reading).before.is_none());
    assert_eq!(
        noticed(&reading.notices),
        "doubled data.previous_attributes;"
    );
}

#[test]
fn another_name_of_the_same_object_is_no_change() {
    let object = r#"{"id":"inpay_1","object":"invoice_payment","invoice":"in_1","status":"paid","payment":{"charge":"ch_1"}}"#;
    let previous = r#","previous_attributes":{"id":"inpay_0"}"#;
    let reading = event("invoice_payment.paid", object, previous);
    assert!(only_claim(&reading).before.is_none());
}
