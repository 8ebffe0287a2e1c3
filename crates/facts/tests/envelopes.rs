//! What is taken from a body for the log's columns, what is refused and why, and how answers are cut and wrapped.

use facts::{
    Envelope, EnvelopeError, Kind, ObservationHeader, bare, envelope, items, observation,
    observation_line,
};
use sha2::{Digest, Sha256};

const EVENT: &str = r#"{"id":"evt_1","object":"event","account":"acct_1","api_version":"2026-09-30.endive","created":1790000000,"data":{"previous_attributes":{},"object":{"object":"invoice","id":"in_1"}},"livemode":true,"pending_webhooks":3,"type":"invoice.paid"}"#;

fn read(body: &str) -> Envelope {
    envelope(body.as_bytes()).unwrap_or_else(|error| panic!("{error}: {body}"))
}

#[test]
fn an_event_fills_the_columns() {
    let envelope = read(EVENT);
    assert_eq!(envelope.kind, Kind::Event);
    assert_eq!(envelope.account.as_deref(), Some("acct_1"));
    assert_eq!(envelope.livemode, Some(true));
    assert_eq!(&*envelope.id, "evt_1");
    assert_eq!(&*envelope.type_, "invoice.paid");
    assert_eq!(envelope.object_id.as_deref(), Some("in_1"));
    assert_eq!(envelope.api_version.as_deref(), Some("2026-09-30.endive"));
    assert_eq!(envelope.created_s, 1_790_000_000);
    let content = EVENT
        .replace(r#""account":"acct_1","#, "")
        .replace(r#""pending_webhooks":3,"#, "");
    assert_eq!(envelope.content_hash, *Sha256::digest(content));
}

#[test]
fn an_event_needs_no_more_than_four_members() {
    let envelope = read(r#" { "type":"x", "created":-1, "object":"\u0065vent", "id":"é\n" } "#);
    assert_eq!((&*envelope.id, envelope.created_s), ("é\n", -1));
    let rest = (
        envelope.account,
        envelope.livemode,
        envelope.object_id,
        envelope.api_version,
    );
    assert_eq!(rest, (None, None, None, None));
}

#[test]
fn a_notification_fills_the_columns() {
    let envelope = read(
        r#"{"id":"evt_2","object":"v2.core.event","type":"v1.invoice.paid","created":"2026-09-30T14:34:56.789+02:00","livemode":false,"context":"org_1/acct_1","related_object":{"id":"in_1","type":"invoice","url":"/v1/invoices/in_1"},"reason":null}"#,
    );
    assert_eq!(envelope.kind, Kind::Notification);
    assert_eq!(envelope.created_s, 1_790_771_696);
    assert_eq!(envelope.object_id.as_deref(), Some("in_1"));
    assert_eq!(envelope.account.as_deref(), Some("acct_1"));
    assert_eq!(envelope.livemode, Some(false));
}

fn header() -> ObservationHeader {
    ObservationHeader {
        request: "GET /v1/invoices?limit=\"100\"\n".into(),
        version: Some("2026-09-30.endive".into()),
        account: Some("acct_1".into()),
        livemode: Some(false),
        date_s: Some(1_790_000_000),
        elapsed_ms: Some(120),
        object_type: Some("invoice".into()),
        object_id: Some("in_1".into()),
        ..ObservationHeader::default()
    }
}

#[test]
fn an_observation_reads_back_as_it_was_written() {
    let absent = ObservationHeader {
        request_id: Some("req_\\1".into()),
        absent: Some("not_found".into()),
        ..ObservationHeader::default()
    };
    let body = "{ \"id\" : \"in_1\",\n \"object\":\"invoice\" }";
    for (header, body) in [(header(), body), (absent, "null")] {
        let line = observation_line(&header, body);
        let read = observation(line.as_bytes()).expect("a line that was just written");
        assert_eq!((read.header, read.body), (header, body));
        assert!(line.starts_with(r#"{"object":"daybook.observation","request":"#));
        assert!(line.ends_with(&format!(r#","body":{body}}}"#)));
    }
}

#[test]
fn an_observation_fills_the_columns() {
    let body = "{ \"id\" : \"in_1\",\n \"account\":\" kept \" }";
    let envelope = read(&observation_line(&header(), body));
    assert_eq!(envelope.kind, Kind::Observation);
    assert_eq!(&*envelope.type_, "observation");
    assert_eq!(envelope.object_id.as_deref(), Some("in_1"));
    assert_eq!(envelope.account.as_deref(), Some("acct_1"));
    assert_eq!(envelope.livemode, Some(false));
    assert_eq!(envelope.api_version.as_deref(), Some("2026-09-30.endive"));
    assert_eq!(envelope.created_s, 1_790_000_000);
    assert_eq!(
        envelope.content_hash,
        *Sha256::digest(r#"{"id":"in_1","account":" kept "}"#)
    );
    let mut claim = Sha256::new();
    for part in [body, "1790000000", &header().request] {
        claim.update(
            u32::try_from(part.len())
                .expect("a short text")
                .to_le_bytes(),
        );
        claim.update(part);
    }
    let hex: String = claim
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(&*envelope.id, format!("obs_{hex}"));
}

#[test]
fn an_undated_observation_is_kept_at_second_zero() {
    let undated = ObservationHeader {
        date_s: None,
        ..header()
    };
    let envelope = read(&observation_line(&undated, "{}"));
    assert_eq!(envelope.created_s, 0);
    assert_ne!(envelope.id, read(&observation_line(&header(), "{}")).id);
}

/// Bodies, and what is said of them.
const REFUSED: &[(&str, &str)] = &[
    (
        "",
        "not JSON at byte 0: a value expected; give one whole JSON object",
    ),
    (
        "{",
        "not JSON at byte 1: the name of a member expected; give one whole JSON object",
    ),
    (
        r#"{"a":1,}"#,
        "not JSON at byte 7: the name of a member expected; give one whole JSON object",
    ),
    (
        r#"{"a":01}"#,
        "not JSON at byte 6: `,` or `}` expected; give one whole JSON object",
    ),
    (
        r#"{"a":[1 2]}"#,
        "not JSON at byte 8: `,` or `]` expected; give one whole JSON object",
    ),
    (
        r#"{"a":[1}}"#,
        "not JSON at byte 7: `,` or `]` expected; give one whole JSON object",
    ),
    (
        r#"{"a":{"b":1]}"#,
        "not JSON at byte 11: `,` or `}` expected; give one whole JSON object",
    ),
    (
        r#"{"a":"\x"}"#,
        "not JSON at byte 7: an escape that JSON knows expected; give one whole JSON object",
    ),
    (
        "{\"a\":\"\t\"}",
        "not JSON at byte 6: no raw control character in a text expected; give one whole JSON object",
    ),
    (
        "{} {}",
        "not JSON at byte 3: nothing after the value expected; give one whole JSON object",
    ),
    (
        " [1]",
        "not a JSON object at byte 1; give one event, notification or observation",
    ),
    (
        "{}",
        "`object` is missing or null; give the event or observation whole",
    ),
    (
        r#"{"object":null}"#,
        "`object` is missing or null; give the event or observation whole",
    ),
    (
        r#"{"object":7}"#,
        "`object` at byte 10 is not a text; give it as Stripe sent it",
    ),
    (
        r#"{"object":"event","object":"event"}"#,
        "a second `object` at byte 27; give it as Stripe sent it",
    ),
    (
        r#"{"object":"invoice","id":"in_1"}"#,
        "`object` at byte 10 is `invoice`; event, v2.core.event or daybook.observation can enter, \
             and a bare object or list only with its version and time of reading",
    ),
    (
        r#"{"object":"event","id":"","type":"x","created":1}"#,
        "`id` at byte 23 is not a text that is not empty; give it as Stripe sent it",
    ),
    (
        r#"{"object":"event","id":"\ud800","type":"x","created":1}"#,
        "`id` at byte 23 is not a text; give it as Stripe sent it",
    ),
    (
        r#"{"object":"event","id":"a","created":1}"#,
        "`type` is missing or null; give the event or observation whole",
    ),
    (
        r#"{"object":"event","id":"a","type":"x"}"#,
        "`created` is missing or null; give the event or observation whole",
    ),
    (
        r#"{"object":"event","id":"a","type":"x","created":1.5}"#,
        "`created` at byte 48 is not a whole number of 64 bits; give it as Stripe sent it",
    ),
    (
        r#"{"object":"event","id":"a","type":"x","created":1790000000000}"#,
        "`created` at byte 48 is not a second before the year 10000; give it as Stripe sent it",
    ),
    (
        r#"{"object":"event","id":"a","type":"x","created":"1"}"#,
        "`created` at byte 48 is not a whole number of 64 bits; give it as Stripe sent it",
    ),
    (
        r#"{"object":"event","id":"a","type":"x","created":1,"livemode":0}"#,
        "`livemode` at byte 61 is not true or false; give it as Stripe sent it",
    ),
    (
        r#"{"object":"v2.core.event","id":"a","type":"x","created":"yesterday"}"#,
        "`created` at byte 56 is not a moment like 2026-01-31T12:00:00Z; give it as Stripe sent it",
    ),
    (
        r#"{"object":"daybook.observation","request":""}"#,
        "`body` is missing or null; give the event or observation whole",
    ),
];

#[test]
fn what_can_not_enter_is_refused_with_place_and_advice() {
    for (body, expected) in REFUSED {
        let error = envelope(body.as_bytes()).expect_err(body);
        assert_eq!(error.to_string(), *expected, "{body}");
    }
    assert_eq!(
        envelope(b"{\"a\":\"\xff\"}").map(|_| ()),
        Err(EnvelopeError::NotUtf8 { at: 6 })
    );
}

#[test]
fn deep_nesting_and_huge_texts_enter_without_harm() {
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    let huge = "x".repeat(50_000_000);
    for value in [deep, format!("\"{huge}\"")] {
        let body = EVENT
            .replace("\"acct_1\"", "null")
            .replace(r#""previous_attributes":{}"#, &format!(r#""x":{value}"#));
        assert_eq!(read(&body).object_id.as_deref(), Some("in_1"));
    }
    let unclosed = "[{\"a\":".repeat(200_000);
    assert!(matches!(
        envelope(unclosed.as_bytes()),
        Err(EnvelopeError::NotJson { .. })
    ));
}

#[test]
fn kinds_are_found_by_their_names() {
    for kind in [
        Kind::Event,
        Kind::Notification,
        Kind::Observation,
        Kind::Control,
    ] {
        assert_eq!(Kind::named(kind.name()), Some(kind));
    }
    assert_eq!(Kind::named("Event"), None);
}

#[test]
fn pages_and_arrays_are_cut_into_exact_slices() {
    let cases: [(&str, Option<&[&str]>); 10] = [
        (
            r#"{"object":"list","data":[{"id":"a" }, {"id":"b"}],"has_more":false}"#,
            Some(&[r#"{"id":"a" }"#, r#"{"id":"b"}"#]),
        ),
        (
            r#"{"data":[{"id":"a"}],"url":"/v1/x","object":"list"}"#,
            Some(&[r#"{"id":"a"}"#]),
        ),
        (r#"{"object":"list","data":[]}"#, Some(&[])),
        (r#" [ {"id":"a"} , 7 ] "#, Some(&[r#"{"id":"a"}"#, "7"])),
        (r#"{"object":"list","data":{}}"#, None),
        (r#"{"object":"list","data":[],"data":[]}"#, None),
        (r#"{"object":"list"}"#, None),
        (r#"{"object":"invoice","data":[]}"#, None),
        (r#"[{"id":"a"}"#, None),
        ("7", None),
    ];
    for (body, expected) in cases {
        let rows = items(body).map(Iterator::collect::<Vec<_>>);
        assert_eq!(rows.as_deref(), expected, "{body}");
    }
}

#[test]
fn a_bare_object_says_what_it_is() {
    let cases = [
        (
            r#"{"id":"in_1","object":"invoice"}"#,
            Some(("invoice", Some("in_1"))),
        ),
        (r#"{"object":"balance"}"#, Some(("balance", None))),
        (
            r#"{"id":"in_1","id":"in_2","object":"invoice"}"#,
            Some(("invoice", Some("in_1"))),
        ),
        (r#"{"id":"in_1"}"#, None),
        (r#"{"object":"balance""#, None),
        ("[]", None),
    ];
    for (body, expected) in cases {
        let found = bare(body);
        let found = found
            .as_ref()
            .map(|(object, id)| (&**object, id.as_deref()));
        assert_eq!(found, expected, "{body}");
    }
}
