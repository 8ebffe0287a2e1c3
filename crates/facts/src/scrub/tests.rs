//! What scrubbing keeps, and that nothing else survives it.

use super::{scrub, scrub_with};

/// The scrubbed body with every mask shown as one star.
fn shown(body: &str) -> String {
    let kept = scrub_with(body.as_bytes(), |kept, bytes, _| {
        kept.extend((bytes > 0).then_some(b'*'))
    });
    String::from_utf8(kept).expect("what is kept of a text is one")
}

#[test]
fn how_a_body_is_made_stays_and_what_it_says_goes() {
    for (body, kept) in [
        (
            r#"{"object":"event","created":1735689600}"#,
            r#"{"object":"event","created":*}"#,
        ),
        (
            "{\n  \"a\" : [ true,false, null ,0,1,-5, 2.5e9 ]\n}",
            "{\n  \"a\" : [ true,false, null ,0,1,*, * ]\n}",
        ),
        (
            r#"{"id":"cus_TEPLoPWZbEXOp2","x":"cus_"}"#,
            r#"{"id":"cus_*","x":"*"}"#,
        ),
        (
            r#"{"id":"sub_sched_1AbC","y":"pi_1_secret_2"}"#,
            r#"{"id":"sub_sched_*","y":"*"}"#,
        ),
        (
            r#"{"currency":"usd","status":"paid","name":"Customer 0001"}"#,
            r#"{"currency":"usd","status":"paid","name":"*"}"#,
        ),
        (
            r#"{"email":"customer-0001@example.com","empty":""}"#,
            r#"{"email":"*","empty":""}"#,
        ),
        (
            r#"{"url":"/v1/charges/ch_12345/refunds"}"#,
            r#"{"url":"/v1/charges/ch_*/refunds"}"#,
        ),
        (
            r#"{"request":"GET /v1/customers?email=someone"}"#,
            r#"{"request":"GET /v1/customers?*"}"#,
        ),
        (
            r#"{"url":"https://pay.stripe.com/receipts/payment/CAc"}"#,
            r#"{"url":"https://pay.stripe.com/receipts/payment/*"}"#,
        ),
        (
            r#"{"Name":1,"a b":1,"é":1,"a\u0062":1}"#,
            r#"{"*":1,"*":1,"*":1,"*":1}"#,
        ),
        (r#"{"x":"cus_someone@example.com"}"#, r#"{"x":"*"}"#),
        (
            r#"{"forty_letters_may_be_a_name_of_stripes_":1,"forty_one_letters_are_what_a_user_wrote__":1}"#,
            r#"{"forty_letters_may_be_a_name_of_stripes_":1,"*":1}"#,
        ),
        (r#"{"t":"a\"b\\","u":"paid"}"#, r#"{"t":"*","u":"paid"}"#),
        (r#"["paid",["12345"]]"#, r#"["paid",["*"]]"#),
        (r#""Paid up""#, r#""*""#),
    ] {
        assert_eq!(shown(body), kept, "{body}");
    }
}

#[test]
fn what_users_name_goes_with_its_names() {
    let body = r#"{"metadata":{"paid":"usd","deep":{"open":[true,1,{"card":0}]}},"object":"card"}"#;
    let kept = r#"{"metadata":{"*":"*","*":{"*":[true,*,{"*":*}]}},"object":"card"}"#;
    assert_eq!(shown(body), kept);
    // The names around it are Stripe's again, and a map that is none hides nothing that comes later.
    let body = r#"{"metadata":"paid","object":"card","metadata":null,"list":{"object":"list"}}"#;
    let kept = r#"{"metadata":"*","object":"card","metadata":null,"list":{"object":"list"}}"#;
    assert_eq!(shown(body), kept);
}

#[test]
fn what_is_not_json_leaves_nothing() {
    for body in [
        &b"{"[..],
        b"",
        b"{}}",
        b"nonsense",
        b"{\"a\":\"\xff\"}",
        b"{\"a\":01}",
    ] {
        assert_eq!(scrub(body), b"", "{}", String::from_utf8_lossy(body));
    }
}
