//! How serve begins and ends: with a hint, with all that it acknowledged, with other secrets; and when the log takes nothing.

use std::fs;

use rusqlite::Connection;
use rustix::process::Signal;

use crate::client::ask;
use crate::delivery::{event, head, request};
use crate::server::{Server, command, entries, folder};
use crate::signing::{SECRET, signature};

#[test]
fn without_a_secret_or_a_place_it_does_not_begin() {
    let folder = folder();
    let run = |line: &str, secret: &str| {
        let output = command(&folder, line)
            .env("STRIPE_WEBHOOK_SECRET", secret)
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    for secret in ["", " , ,"] {
        let (exit, said) = run("serve --listen 127.0.0.1:0", secret);
        assert_eq!(exit, Some(2));
        assert!(
            said.contains("hint: ") && said.contains("STRIPE_WEBHOOK_SECRET"),
            "{said}"
        );
    }
    let (exit, said) = run("serve --secret-file nowhere", SECRET);
    assert!(
        exit == Some(1) && said.contains("nowhere") && !said.contains(SECRET),
        "{said}"
    );
    let (exit, said) = run("serve --data elsewhere", SECRET);
    assert!(exit == Some(1) && said.contains("daybook init"), "{said}");
    let server = Server::start("");
    let (exit, said) = run(&format!("serve --listen {}", server.address), SECRET);
    assert!(exit == Some(1) && said.contains("--listen"), "{said}");
}

#[test]
fn a_stop_answers_what_was_begun_and_keeps_what_was_answered() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = Server::start("");
        let now_s = server.now_s();
        let mut idle = server.connect();
        idle.send(&request(now_s, &event("evt_idle", 1000)));
        assert_eq!(idle.answer().unwrap().status, 200);
        let mut begun = server.connect();
        let body = event("evt_begun", 4000);
        let signed = signature(SECRET, now_s, &body);
        let head = head(&signed, body.len(), "expect: 100-continue\r\n");
        assert!(begun.send(head.as_bytes()));
        assert_eq!(begun.answer().unwrap().status, 100, "it waits for the body");
        server.signal(signal);
        server.line("stopping");
        assert!(idle.is_closed());
        assert!(begun.send(&body));
        assert_eq!(begun.answer().unwrap().status, 200);
        let ended = server.wait();
        assert_eq!(ended.exit, Some(0));
        assert_eq!(ended.answer["accepted"], 2);
        let ids: Vec<_> = server
            .entries("acct_1/live")
            .into_iter()
            .map(|one| one.id)
            .collect();
        assert_eq!(ids, ["evt_idle", "evt_begun"]);
    }
}

#[test]
fn secrets_of_a_file_are_read_again_when_told() {
    let folder = folder();
    let file = folder.path().join("secrets");
    fs::write(&file, "whsec_old\n").unwrap();
    let server = Server::start_in(folder, "--secret-file secrets", "");
    let body = event("evt_1", 500);
    let status = |secret| {
        let head = head(&signature(secret, server.now_s(), &body), body.len(), "");
        ask(server.address, &[head.as_bytes(), &body].concat()).status
    };
    assert_eq!((status("whsec_old"), status("whsec_new")), (200, 400));
    fs::write(&file, "whsec_old\nwhsec_new\n").unwrap();
    server.signal(Signal::HUP);
    assert_eq!(server.line("the secrets were read again")["secrets"], 2);
    assert_eq!((status("whsec_old"), status("whsec_new")), (200, 200));
    fs::write(&file, "").unwrap();
    server.signal(Signal::HUP);
    server.line("the secrets could not be read again: those before stay in force");
    assert_eq!(status("whsec_new"), 200);
}

#[test]
fn a_failed_commit_poisons_until_a_restart() {
    let server = Server::start("--no-book");
    assert_eq!(server.deliver(&event("evt_1", 1000)).status, 200);
    // A deferred constraint is looked at by COMMIT, and by nothing before it.
    let raw = Connection::open(server.path("ledger.db")).unwrap();
    raw.execute_batch(
        "CREATE TABLE target (id TEXT PRIMARY KEY); \
         CREATE TABLE breaker (entry TEXT REFERENCES target (id) DEFERRABLE INITIALLY DEFERRED); \
         CREATE TRIGGER breaking AFTER INSERT ON entries WHEN NEW.id = 'evt_doomed' \
         BEGIN INSERT INTO breaker VALUES (NEW.id); END",
    )
    .unwrap();
    for id in ["evt_doomed", "evt_2", "evt_1"] {
        assert_eq!(server.deliver(&event(id, 1000)).status, 500, "{id}");
    }
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(server.get("/readyz").status, 503);
    assert_eq!(server.metric("daybook_ledger_poisoned"), 1);
    raw.execute_batch("DROP TRIGGER breaking; DROP TABLE breaker; DROP TABLE target")
        .unwrap();
    let (ended, folder) = server.stop();
    assert_eq!(ended.exit, Some(5));
    let server = Server::start_in(folder, "--no-book", SECRET);
    for id in ["evt_doomed", "evt_2", "evt_1"] {
        assert_eq!(server.deliver(&event(id, 1000)).status, 200, "{id}");
    }
    assert_eq!(entries(&server.folder, "acct_1/live").len(), 3);
}

#[test]
fn while_somebody_else_writes_it_asks_to_be_tried_again() {
    let server = Server::start("--no-book");
    let raw = Connection::open(server.path("ledger.db")).unwrap();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = server.deliver(&event("evt_1", 1000));
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (503, Some("5"))
    );
    assert_eq!(server.get("/readyz").status, 503);
    raw.execute_batch("ROLLBACK").unwrap();
    assert_eq!(server.deliver(&event("evt_1", 1000)).status, 200);
    assert_eq!(server.get("/readyz").status, 200);
}

#[test]
fn what_cannot_be_kept_aside_is_not_acknowledged() {
    let server = Server::start("");
    fs::write(server.path("rejects"), "a file where the folder was to be").unwrap();
    assert_eq!(server.deliver(b"not json").status, 500);
    fs::remove_file(server.path("rejects")).unwrap();
    assert_eq!(server.deliver(b"not json").status, 200);
}

#[test]
fn a_book_that_cannot_follow_is_told_and_stops_nothing() {
    let folder = folder();
    let books = folder.path().join("daybook-data").join("books");
    fs::write(&books, "a file where the folder was to be").unwrap();
    let server = Server::start_in(folder, "--book-lag-max-s 0", SECRET);
    assert_eq!(server.deliver(&event("evt_1", 1000)).status, 200);
    server.line("the book could not follow; tried again every second");
    server.wait_until(|server| server.metric("daybook_book_failures") > 0);
    assert_eq!(server.deliver(&event("evt_2", 1000)).status, 200);
    fs::remove_file(&books).unwrap();
    server.line("the book follows again");
    server.wait_until(|server| server.get("/readyz").status == 200);
}
