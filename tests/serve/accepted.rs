//! What Stripe delivers: answered with 200, and in the log byte for byte, once.

use std::fs;

use ledger::Role;

use crate::client::ask;
use crate::delivery::{event, event_with, head, request};
use crate::server::Server;
use crate::signing::{SECRET, code, signature};

#[test]
fn what_is_acknowledged_is_in_the_log_byte_for_byte() {
    let server = Server::start("");
    let bodies = [event("evt_1", 4096), event("evt_2", 300_000)];
    for body in &bodies {
        let answer = server.deliver(body);
        assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    }
    let entries = server.entries("acct_1/live");
    let kept: Vec<_> = entries
        .iter()
        .map(|entry| entry.body.as_deref().unwrap())
        .collect();
    assert_eq!(kept, bodies.each_ref().map(Vec::as_slice));
    assert!(
        entries
            .iter()
            .all(|entry| entry.source == ledger::Source::Webhook)
    );
    assert!(
        entries
            .iter()
            .all(|entry| entry.recorded_us / 1_000_000 >= server.now_s() - 60)
    );
}

#[test]
fn one_connection_serves_one_delivery_after_the_other() {
    let server = Server::start("");
    let now_s = server.now_s();
    let mut client = server.connect();
    for n in 0..50 {
        assert!(client.send(&request(now_s, &event(&format!("evt_{n}"), 2000))));
        assert_eq!(client.answer().unwrap().status, 200);
    }
    let both = [
        request(now_s, &event("evt_a", 2000)),
        request(now_s, &event("evt_b", 2000)),
    ];
    assert!(client.send(&both.concat()), "two at once");
    assert_eq!(
        [
            client.answer().unwrap().status,
            client.answer().unwrap().status
        ],
        [200, 200]
    );
    assert_eq!(server.entries("acct_1/live").len(), 52);
}

#[test]
fn a_body_in_chunks_is_the_same_body() {
    let server = Server::start("");
    let body = event("evt_1", 3000);
    let head = head(
        &signature(SECRET, server.now_s(), &body),
        0,
        "transfer-encoding: chunked\r\n",
    );
    let mut request = head.replace("content-length: 0\r\n", "").into_bytes();
    for piece in body.chunks(700) {
        request.extend(format!("{:x}\r\n", piece.len()).into_bytes());
        request.extend(piece);
        request.extend(b"\r\n");
    }
    request.extend(b"0\r\n\r\n");
    assert_eq!(ask(server.address, &request).status, 200);
    assert_eq!(server.entries("acct_1/live")[0].body, Some(body));
}

#[test]
fn what_comes_again_is_counted_and_not_kept_again() {
    let server = Server::start("");
    let first = event_with("evt_1", "2026-07-29.dahlia", "first");
    for (body, status) in [
        (&first, 200),
        (&first, 200),
        (&event_with("evt_1", "2024-06-20", "first"), 200),
        (&event_with("evt_1", "2026-07-29.dahlia", "other"), 200),
    ] {
        assert_eq!(server.deliver(body).status, status);
    }
    let roles: Vec<_> = server
        .entries("acct_1/live")
        .iter()
        .map(|entry| entry.role)
        .collect();
    assert_eq!(roles, [Role::Original, Role::Rendering, Role::Conflict]);
    for (name, number) in [
        ("accepted", 3),
        ("duplicates", 1),
        ("renderings", 1),
        ("conflicts", 1),
        ("set_aside", 0),
    ] {
        assert_eq!(
            server.metric(&format!("daybook_webhooks_{name}_total")),
            number,
            "{name}"
        );
    }
    assert_eq!(server.metric("daybook_commit_seconds_count"), 4);
    let line = server.line("an event came with other content than before");
    assert_eq!(line["event"], "evt_1");
    let (ended, _folder) = server.stop();
    assert_eq!(ended.exit, Some(0));
    assert_eq!(
        (&ended.answer["accepted"], &ended.answer["duplicates"]),
        (&3.into(), &1.into())
    );
}

#[test]
fn while_a_secret_is_exchanged_both_are_good() {
    let server = Server::start_in(crate::server::folder(), "", "whsec_old, whsec_new");
    let now_s = server.now_s();
    let headers: [fn(&[u8], i64) -> String; 3] = [
        |body, at_s| signature("whsec_old", at_s, body),
        |body, at_s| signature("whsec_new", at_s, body),
        |body, at_s| {
            let other = signature("whsec_other", at_s, body);
            format!("{other},v1={}", code("whsec_new", at_s, body))
        },
    ];
    for (n, header) in headers.iter().enumerate() {
        let body = event(&format!("evt_{n}"), 1000);
        let head = head(&header(&body, now_s), body.len(), "");
        let answer = ask(server.address, &[head.as_bytes(), &body].concat());
        assert_eq!(answer.status, 200);
    }
    let body = event("evt_9", 1000);
    let head = head(&signature("whsec_other", now_s, &body), body.len(), "");
    assert_eq!(
        ask(server.address, &[head.as_bytes(), &body].concat()).status,
        400
    );
    assert_eq!(server.entries("acct_1/live").len(), 3);
}

#[test]
fn accounts_and_modes_have_streams_of_their_own() {
    let server = Server::start("");
    let live = String::from_utf8(event("evt_1", 1000)).unwrap();
    let test = live.replace(
        "\"livemode\": true,\n  \"pending",
        "\"livemode\": false,\n  \"pending",
    );
    let connected = live.replace(
        "\"created\": 1789999999",
        "\"created\": 1789999999, \"account\": \"acct_2\"",
    );
    let thin = r#"{"id":"evt_thin","object":"v2.core.event","created":"2026-09-21T12:00:00.000Z","livemode":true,"type":"v1.billing.meter.error_report_triggered"}"#;
    let odd = live
        .replace("customer.updated", "a.type.of.the.future")
        .replace("evt_1", "evt_odd");
    for body in [&live, &test, &connected, thin, &odd] {
        assert_eq!(server.deliver(body.as_bytes()).status, 200);
    }
    // That of `init` is open already.
    let opened = [(); 2].map(|()| server.line("a stream was opened")["stream"].clone());
    assert_eq!(opened, ["acct_1/test", "acct_2/live"]);
    assert_eq!(server.entries("acct_1/live").len(), 3);
    assert_eq!(server.entries("acct_1/test").len(), 1);
    assert_eq!(server.entries("acct_2/live").len(), 1);
}

#[test]
fn what_is_rightly_signed_and_cannot_be_read_is_kept_aside_and_acknowledged() {
    let server = Server::start("");
    let bodies: [&[u8]; 4] = [b"not json", b"{}", b"", b"\xff\xfe"];
    for body in bodies {
        assert_eq!(server.deliver(body).status, 200);
        assert_eq!(server.deliver(body).status, 200, "again");
    }
    server.line("a delivery can't be read and was kept in rejects");
    let mut kept: Vec<Vec<u8>> = Vec::new();
    for file in fs::read_dir(server.path("rejects")).unwrap() {
        let path = file.unwrap().path();
        match path.extension().unwrap().to_str().unwrap() {
            "body" => kept.push(fs::read(&path).unwrap()),
            _ => assert!(
                fs::read_to_string(&path)
                    .unwrap()
                    .contains("file: POST /webhooks/stripe")
            ),
        }
    }
    kept.sort();
    let mut expected = bodies.map(<[u8]>::to_vec);
    expected.sort();
    assert_eq!(kept, expected);
    assert_eq!(server.metric("daybook_webhooks_set_aside_total"), 8);
    assert_eq!(server.entries("acct_1/live"), []);
}

#[test]
fn the_book_follows_the_log() {
    let server = Server::start("");
    for n in 0..20 {
        assert_eq!(
            server.deliver(&event(&format!("evt_{n}"), 1000)).status,
            200
        );
    }
    server.wait_until(|server| {
        server.metric("daybook_log_entries") >= 21 && server.metric("daybook_book_lag_entries") == 0
    });
    let ready = server.get("/readyz");
    assert_eq!(ready.status, 200);
    let ready: serde_json::Value = serde_json::from_str(&ready.body).unwrap();
    assert_eq!(
        (&ready["ledger"], &ready["book"]),
        (&"writable".into(), &"follows".into())
    );
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(
        server.metric("daybook_last_event_timestamp_seconds"),
        1_789_999_999
    );
    let (ended, folder) = server.stop();
    assert_eq!(ended.exit, Some(0));
    let check = crate::server::command(&folder, "check digest --json")
        .output()
        .unwrap();
    assert!(
        check.status.success(),
        "{}",
        String::from_utf8_lossy(&check.stdout)
    );
}
