//! What is not believed, not understood or too much: refused with the right status, and nothing of it kept.

use std::net::SocketAddr;

use crate::client::ask;
use crate::delivery::{event, head};
use crate::server::Server;
use crate::signing::{SECRET, code, signature};

/// Posts a body under this header of signature and these others.
fn post(address: SocketAddr, signature: &str, others: &str, body: &[u8]) -> crate::client::Answer {
    let head = head(signature, body.len(), others);
    ask(address, &[head.as_bytes(), body].concat())
}

#[test]
fn what_is_not_signed_as_it_must_be_learns_nothing_but_that() {
    let server = Server::start("");
    let now_s = server.now_s();
    let body = event("evt_1", 4000);
    let good = signature(SECRET, now_s, &body);
    let altered = [&body[..100], b" ", &body[100..]].concat();
    let v1 = code(SECRET, now_s, &body);
    let cases: [(&str, String, &[u8]); 9] = [
        ("forged", signature("whsec_wrong", now_s, &body), &body),
        ("forged", good.clone(), &altered),
        ("forged", format!("t={},v1={v1}", now_s + 1), &body),
        ("stale", signature(SECRET, now_s - 400, &body), &body),
        ("stale", signature(SECRET, 1_000_000_000, &body), &body),
        ("early", signature(SECRET, now_s + 400, &body), &body),
        ("unsigned", format!("t={now_s},v0={v1}"), &body),
        ("unsigned", format!("t={now_s},t={now_s},v1={v1}"), &body),
        ("unsigned", "nonsense".to_owned(), &body),
    ];
    let before = post(server.address, "t=1", "", &body);
    for (reason, header, body) in &cases {
        let answer = post(server.address, header, "", body);
        assert_eq!(
            (answer.status, &answer.body),
            (400, &before.body),
            "{reason}: {header}"
        );
    }
    let doubled = format!("stripe-signature: {good}\r\n");
    assert_eq!(post(server.address, &good, &doubled, &body).status, 400);
    for (reason, number) in [("forged", 3), ("stale", 2), ("early", 1), ("unsigned", 5)] {
        let name = format!("daybook_webhooks_rejected_total{{reason=\"{reason}\"}}");
        assert_eq!(server.metric(&name), number, "{reason}");
    }
    assert_eq!(
        post(server.address, &good, "", &body).status,
        200,
        "the good one"
    );
    assert_eq!(server.entries("acct_1/live").len(), 1);
    let said = server
        .line("a request was not signed with any secret")
        .to_string();
    assert!(!said.contains("cus_1") && !said.contains("whsec"), "{said}");
}

#[test]
fn the_tolerance_can_be_set() {
    let server = Server::start("--tolerance-s 1000");
    let body = event("evt_1", 500);
    let now_s = server.now_s();
    for (at_s, status) in [(now_s - 900, 200), (now_s + 900, 200), (now_s - 1100, 400)] {
        let answer = post(server.address, &signature(SECRET, at_s, &body), "", &body);
        assert_eq!(answer.status, status);
    }
}

#[test]
fn other_methods_paths_and_codings_are_refused() {
    let server = Server::start("");
    let body = event("evt_1", 500);
    let good = signature(SECRET, server.now_s(), &body);
    for coding in ["gzip", "deflate", "br", "identity"] {
        let header = format!("content-encoding: {coding}\r\n");
        assert_eq!(
            post(server.address, &good, &header, &body).status,
            415,
            "{coding}"
        );
    }
    for (line, status) in [
        ("GET /webhooks/stripe", 405),
        ("PUT /webhooks/stripe", 405),
        ("DELETE /webhooks/stripe", 405),
        ("POST /metrics", 405),
        ("GET /", 404),
        ("POST /webhooks", 404),
        ("POST /webhooks/stripe/", 404),
        ("POST /webhooks%2fstripe", 404),
        ("POST //webhooks/stripe", 404),
    ] {
        let request = format!("{line} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(
            ask(server.address, request.as_bytes()).status,
            status,
            "{line}"
        );
    }
    assert_eq!(server.metric("daybook_webhooks_accepted_total"), 0);
}

#[test]
fn a_body_over_the_limit_is_refused_however_it_announces_itself() {
    let server = Server::start("--body-bytes-max 10000");
    let now_s = server.now_s();
    let (fits, over) = (event("evt_1", 9000), event("evt_2", 12_000));
    assert_eq!(
        post(server.address, &signature(SECRET, now_s, &fits), "", &fits).status,
        200
    );
    let answer = post(server.address, &signature(SECRET, now_s, &over), "", &over);
    assert_eq!(
        (answer.status, answer.header("connection")),
        (413, Some("close"))
    );
    let head = head(
        &signature(SECRET, now_s, &over),
        0,
        "transfer-encoding: chunked\r\n",
    );
    let head = head.replace("content-length: 0\r\n", "");
    let chunk = format!("{:x}\r\n", over.len());
    let request = [head.as_bytes(), chunk.as_bytes(), &over, b"\r\n0\r\n\r\n"].concat();
    assert_eq!(ask(server.address, &request).status, 413);
    assert_eq!(server.entries("acct_1/live").len(), 1);
}

#[test]
fn who_asks_first_is_told_before_it_sends() {
    let server = Server::start("");
    let head = head(
        &signature(SECRET, server.now_s(), b""),
        50 << 20,
        "expect: 100-continue\r\n",
    );
    assert_eq!(ask(server.address, head.as_bytes()).status, 413);
}
