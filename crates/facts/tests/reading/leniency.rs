//! What is odd costs its field and leaves a notice.

use facts::objects::{customer, invoice};
use facts::{Record, Value};

use crate::{INVOICE, customer_with, event, noticed, only_claim};

/// A member of a customer, the column that it should fill, its value as `shown`, and the notice's code and path.
const MEMBERS: &[(&str, &str, &str, &str)] = &[
    (r#""balance":-1200"#, "balance_minor", "-1200", ""),
    (r#""balance":-0"#, "balance_minor", "0", ""),
    (
        r#""balance":100000000000000"#,
        "balance_minor",
        "100000000000000",
        "",
    ),
    (
        r#""balance":-100000000000001"#,
        "balance_minor",
        "?",
        "out_of_range balance",
    ),
    (
        r#""balance":9223372036854775808"#,
        "balance_minor",
        "?",
        "out_of_range balance",
    ),
    (
        r#""balance":1999.0"#,
        "balance_minor",
        "?",
        "not_whole balance",
    ),
    (
        r#""balance":1e3"#,
        "balance_minor",
        "?",
        "not_whole balance",
    ),
    (
        r#""balance":"12""#,
        "balance_minor",
        "?",
        "not_a_number balance",
    ),
    (
        r#""balance":{"a":[1]}"#,
        "balance_minor",
        "?",
        "not_a_number balance",
    ),
    (
        r#""balance":true"#,
        "balance_minor",
        "?",
        "not_a_number balance",
    ),
    (r#""balance":null"#, "balance_minor", "null", ""),
    (
        r#""balance":1,"balance":1"#,
        "balance_minor",
        "?",
        "doubled balance",
    ),
    (r#""bal\u0061nce":5"#, "balance_minor", "5", ""),
    (
        r#""name":"A\u00e9\ud83d\ude00\n""#,
        "name",
        "'A\u{e9}\u{1f600}\n'",
        "",
    ),
    (r#""name":"\ud83d""#, "name", "?", "bad_escape name"),
    (r#""name":"\ude00\ud83d""#, "name", "?", "bad_escape name"),
    (r#""name":"\ud83dx\ude00""#, "name", "?", "bad_escape name"),
    (r#""name":"\ude00\ude01""#, "name", "?", "bad_escape name"),
    (r#""name":12"#, "name", "?", "not_a_text name"),
    (r#""name":"""#, "name", "''", ""),
    (r#""delinquent":true"#, "delinquent", "true", ""),
    (
        r#""delinquent":"true""#,
        "delinquent",
        "?",
        "not_a_flag delinquent",
    ),
    (r#""test_clock":"""#, "test_clock_id", "''", ""),
    (
        r#""test_clock":7"#,
        "test_clock_id",
        "?",
        "not_an_id test_clock",
    ),
    (
        r#""test_clock":{"id":"clock_1","object":"x"}"#,
        "test_clock_id",
        "'clock_1'",
        "",
    ),
    (
        r#""test_clock":{"object":"x"}"#,
        "test_clock_id",
        "?",
        "not_an_id test_clock",
    ),
    (r#""invoice_settings":null"#, METHOD, "null", ""),
    (r#""invoice_settings":{}"#, METHOD, "?", ""),
    (
        r#""invoice_settings":{"default_payment_method":"pm_1"}"#,
        METHOD,
        "'pm_1'",
        "",
    ),
    (
        r#""invoice_settings":[]"#,
        METHOD,
        "?",
        "not_an_object invoice_settings",
    ),
    (
        r#""invoice_settings":{"default_payment_method":1}"#,
        METHOD,
        "?",
        "not_an_id invoice_settings.default_payment_method",
    ),
    (
        r#""invoice_settings":{"default_payment_method":"pm_1"},"invoice_settings":null"#,
        METHOD,
        "?",
        "doubled invoice_settings",
    ),
    (
        r#""metadata":{"b":"2","a":"1"}"#,
        "metadata",
        "{a=1 b=2 }",
        "",
    ),
    (r#""metadata":{}"#, "metadata", "{}", ""),
    (
        r#""metadata":{"a":1}"#,
        "metadata",
        "?",
        "not_a_text metadata",
    ),
    (
        r#""metadata":{"a":"\udfff"}"#,
        "metadata",
        "?",
        "bad_escape metadata",
    ),
    (
        r#""metadata":{"a":"1","\u0061":"2"}"#,
        "metadata",
        "?",
        "doubled metadata",
    ),
    (
        r#""metadata":{"b":"1","a":"2","b":"3"}"#,
        "metadata",
        "?",
        "doubled metadata",
    ),
    (r#""metadata":[]"#, "metadata", "?", "not_a_map metadata"),
    (
        r#""unread":{"object":"invoice","deep":[[{}]]}"#,
        "name",
        "?",
        "",
    ),
];

const METHOD: &str = "default_payment_method_id";

fn shown(value: &Value) -> String {
    match value {
        Value::Unknown => "?".into(),
        Value::Null => "null".into(),
        Value::Flag(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => format!("'{text}'"),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(name, text)| format!("{name}={text} "));
            format!("{{{}}}", entries.collect::<String>())
        }
        Value::List(rows) => {
            let row = |row: &Record| shown(&row.values[0]) + &shown(&row.values[1]) + " ";
            format!("[{}]", rows.iter().map(row).collect::<String>())
        }
    }
}

#[test]
fn each_member_is_read_leniently_and_alone() {
    for (member, column, value, odd) in MEMBERS {
        let reading = event("customer.updated", &customer_with(member), "");
        let after = only_claim(&reading).after.clone().expect("a whole object");
        let read = after.get(customer::SCHEMA.at(column));
        assert_eq!(shown(read), *value, "{member}");
        assert_eq!(after.int(customer::CREATED_S), Some(1), "{member}");
        let odd = match odd.split_once(' ') {
            Some((code, path)) => format!("{code} data.object.{path};"),
            None => String::new(),
        };
        assert_eq!(noticed(&reading.notices), odd, "{member}");
    }
}

/// The lines of an invoice, how they are read as `shown`, and the notice.
const LISTS: &[(&str, &str, &str)] = &[
    (
        r#"{"data":[{"id":"b","amount":2},{"id":"a","amount":1}]}"#,
        "['a'1 'b'2 ]",
        "",
    ),
    (
        r#"[{"id":"b","amount":2},{"id":"a","amount":1}]"#,
        "['a'1 'b'2 ]",
        "",
    ),
    (r#"{"object":"list","data":[]}"#, "[]", ""),
    ("null", "null", ""),
    ("7", "?", "not_a_list data.object.lines;"),
    (r#"{"object":"list"}"#, "?", "not_a_list data.object.lines;"),
    (r#"{"data":{}}"#, "?", "not_a_list data.object.lines.data;"),
    (
        r#"{"data":[],"data":[]}"#,
        "?",
        "doubled data.object.lines.data;",
    ),
    (
        r#"[{"id":"a"},7]"#,
        "?",
        "not_an_object data.object.lines.1;",
    ),
    (
        r#"[{"id":"a"},{"amount":7}]"#,
        "?",
        "partial data.object.lines.1;",
    ),
    (
        r#"[{"id":"a"},{"id":null}]"#,
        "?",
        "no_id data.object.lines;",
    ),
    (
        r#"[{"id":"a"},{"id":"a"}]"#,
        "?",
        "doubled data.object.lines;",
    ),
];

#[test]
fn lists_are_sorted_by_id_and_read_whole_or_not_at_all() {
    for (lines, value, odd) in LISTS {
        let object = format!(r#"{{"id":"in_1",{INVOICE},"lines":{lines}}}"#);
        let reading = event("invoice.paid", &object, "");
        let after = only_claim(&reading).after.clone().expect("a whole object");
        assert_eq!(shown(after.get(invoice::LINES)), *value, "{lines}");
        assert_eq!(noticed(&reading.notices), *odd, "{lines}");
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
