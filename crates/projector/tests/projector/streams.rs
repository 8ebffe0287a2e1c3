//! Streams beside one another in one book, and books that stand on another log than the one at hand.

use ledger::{MemoryLedger, StreamId};
use projector::{Options, ProjectorError, check_position, dump, project};

use crate::log::{Folder, append, event, live, log_of};

fn test_mode() -> StreamId {
    StreamId::new("acct_1", false).unwrap()
}

fn customer(event_id: &str, id: &str, second: i64, name: &str) -> String {
    let body = format!(
        "{{\"id\":\"{id}\",\"object\":\"customer\",\"created\":{second},\"name\":\"{name}\"}}"
    );
    event(event_id, "customer.created", second, &body, None)
}

#[test]
fn streams_never_mix() {
    let mine = [customer("evt_1", "cus_1", 1000, "Customer 0001")];
    let others = [
        customer("evt_1", "cus_1", 2000, "Customer 0002"),
        customer("evt_2", "cus_2", 3000, "Customer 0003"),
    ];
    let alone = Folder::new();
    let of_one = alone.rebuild(&log_of(&mine), 1);
    let mut log = MemoryLedger::new();
    append(&mut log, &live(), &mine);
    append(&mut log, &test_mode(), &others);
    let together = Folder::new();
    let of_both = together.rebuild(&log, 2);
    let rows = |folder: &Folder| dump(&folder.open(), &live(), true).unwrap();
    assert_eq!(rows(&together), rows(&alone));
    assert_eq!(of_both.streams[0].digest, of_one.streams[0].digest);
    assert_eq!(of_both.streams[0].position.clock_s, Some(1000));
    assert_eq!(of_both.streams[1].position.clock_s, Some(3000));
    assert_eq!(of_both.streams[1].rows_of("customers"), 2);
    let test_rows = dump(&together.open(), &test_mode(), true).unwrap();
    assert!(test_rows.contains("Customer 0002") && !test_rows.contains("Customer 0001"));
}

#[test]
fn a_stream_that_opens_later_joins_the_book() {
    let mut log = MemoryLedger::new();
    append(
        &mut log,
        &live(),
        &[customer("evt_1", "cus_1", 1000, "Customer 0001")],
    );
    let folder = Folder::new();
    folder.project(&log, 10);
    append(
        &mut log,
        &test_mode(),
        &[customer("evt_1", "cus_1", 1000, "Customer 0001")],
    );
    let report = folder.project(&log, 10);
    assert!(!report.rebuilt);
    assert_eq!(report.streams.len(), 2);
    assert_eq!(report.streams[1].from_seq, 0);
    assert_eq!(report.streams[1].rows_of("customers"), 1);
}

#[test]
fn the_same_stream_in_another_stream_has_another_digest() {
    let line = [customer("evt_1", "cus_1", 1000, "Customer 0001")];
    let mut log = MemoryLedger::new();
    append(&mut log, &live(), &line);
    append(&mut log, &test_mode(), &line);
    let report = Folder::new().rebuild(&log, 1);
    assert_ne!(report.streams[0].digest, report.streams[1].digest);
}

#[test]
fn a_book_refuses_a_log_that_disagrees() {
    let folder = Folder::new();
    let one = customer("evt_1", "cus_1", 1000, "Customer 0001");
    folder.project(&log_of(std::slice::from_ref(&one)), 10);
    let before = folder.contents(&live());
    // Salts are drawn anew: the same lines make another log.
    let other = log_of(&[one, customer("evt_2", "cus_2", 1001, "Customer 0002")]);
    let refused = project(&other, &folder.books, &Options::default(), &mut |_| ());
    assert!(matches!(
        refused,
        Err(ProjectorError::OtherLog { seq: 1, .. })
    ));
    let refused = check_position(&other, &folder.open());
    assert!(matches!(
        refused,
        Err(ProjectorError::OtherLog { seq: 1, .. })
    ));
    assert_eq!(folder.contents(&live()), before);
}

#[test]
fn a_book_refuses_a_log_that_is_shorter() {
    let folder = Folder::new();
    let lines = [
        customer("evt_1", "cus_1", 1000, "Customer 0001"),
        customer("evt_2", "cus_2", 1001, "Customer 0002"),
    ];
    folder.project(&log_of(&lines), 10);
    let refused = project(
        &MemoryLedger::new(),
        &folder.books,
        &Options::default(),
        &mut |_| (),
    );
    assert!(matches!(
        refused,
        Err(ProjectorError::ShorterLog {
            seq: 2,
            log_seq: 0,
            ..
        })
    ));
    let rebuilt = folder.rebuild(&log_of(&lines), 1);
    assert_eq!(rebuilt.streams[0].position.head.seq, 2);
}
