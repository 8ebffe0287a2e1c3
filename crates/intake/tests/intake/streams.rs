//! Which stream a body enters, and how streams begin.

use ledger::{Kind, Log, StreamId};

use crate::desk::{Desk, event, home};

#[test]
fn a_stream_begins_with_the_control_entry_that_opens_it() {
    let mut desk = Desk::new();
    let tally = desk.import(event("evt_1").as_bytes());
    assert_eq!(tally.opened, [home()]);
    let entries = desk.entries(&home());
    let opening = &entries[0];
    assert_eq!(
        (opening.kind, &*opening.type_),
        (Kind::Control, "stream.opened")
    );
    assert_eq!(opening.created_s, 0);
    let body = String::from_utf8(opening.body.clone().unwrap()).unwrap();
    let meta = desk.ledger.meta_hash().unwrap().to_string();
    assert!(
        body.contains("acct_1/live") && body.contains(&meta),
        "{body}"
    );
    assert_eq!(opening.id.len(), 36);
    assert_eq!(&opening.id[14..15], "7", "a UUID of version 7");
    assert_eq!(entries[1].id, "evt_1");
}

#[test]
fn account_and_mode_of_a_body_decide_its_stream() {
    let other = |members: &str| event("evt_1").replacen('{', &format!("{{{members},"), 1);
    let lines = [
        event("evt_1"),
        other(r#""livemode":false"#),
        other(r#""account":"acct_2""#),
        other(r#""account":"acct_2","livemode":false"#),
        other(r#""account":null"#),
    ];
    let mut desk = Desk::new();
    let tally = desk.import(lines.join("\n").as_bytes());
    assert_eq!((tally.events, tally.duplicates), (4, 1));
    let streams = desk.ledger.streams().unwrap();
    let names: Vec<&str> = streams.iter().map(|info| info.stream.as_str()).collect();
    assert_eq!(
        names,
        ["acct_1/live", "acct_1/test", "acct_2/live", "acct_2/test"]
    );
    for info in &streams {
        assert_eq!(info.head.seq, 2, "{}", info.stream);
    }
    let duplicated = |stream: &StreamId| {
        streams
            .iter()
            .find(|info| info.stream == *stream)
            .unwrap()
            .duplicates
    };
    assert_eq!(duplicated(&home()), 1);
}
