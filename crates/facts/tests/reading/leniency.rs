//! What is odd costs its field and leaves a notice.

use facts::Value;
use facts::objects::{customer, invoice};

use crate::{INVOICE, customer_with, event, noticed, only_claim};

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
