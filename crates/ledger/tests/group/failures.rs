//! What ends a group: a commit that failed, a thread that died. Everyone is told at once, and nothing hangs.

use std::error::Error;
use std::sync::Arc;

use ledger::{AppendError, GroupCommit, LedgerError, Limits, SqliteLedger};

use crate::scripted::{
    BAD, COMMIT, PANIC, Scripted, answer, events, ids, in_memory, live, on_disk, submit,
};

/// Says whether the answer is that an earlier commit failed.
fn is_poisoned(error: &AppendError) -> bool {
    matches!(error, AppendError::Poisoned { cause } if matches!(**cause, LedgerError::Commit { .. }))
}

fn is_failed_commit(error: &AppendError) -> bool {
    matches!(error, AppendError::Refused(error) if matches!(**error, LedgerError::Commit { .. }))
}

#[test]
fn a_failed_commit_of_the_file_tells_its_group_those_who_wait_and_all_who_come() {
    let (_folder, path, ledger) = on_disk();
    // A deferred constraint is looked at by COMMIT, and by nothing before it.
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.execute_batch(
        "CREATE TABLE target (id TEXT PRIMARY KEY); \
         CREATE TABLE breaker (entry TEXT REFERENCES target (id) DEFERRABLE INITIALLY DEFERRED); \
         CREATE TRIGGER breaking AFTER INSERT ON entries WHEN NEW.id = 'evt_doomed' \
         BEGIN INSERT INTO breaker VALUES (NEW.id); END",
    )
    .unwrap();
    let (ledger, director) = Scripted::over(ledger);
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    let appender = group.appender();
    let before = submit(&appender, events(&["evt_1"]));
    director.begun();
    let shared = ["evt_2", "evt_doomed", "evt_3"].map(|id| submit(&appender, events(&[id])));
    director.let_go();
    assert!(answer(&before).is_ok());
    assert_eq!(director.begun(), 3);
    let waiting = ["evt_4", "evt_5"].map(|id| submit(&appender, events(&[id])));
    director.let_go();
    for shared in shared {
        let error = answer(&shared).unwrap_err();
        assert!(is_failed_commit(&error), "{error:?}");
    }
    for waiting in waiting {
        let error = answer(&waiting).unwrap_err();
        assert!(is_poisoned(&error), "{error:?}");
    }
    let error = appender.append(events(&["evt_6"])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "nothing is appended after a failed commit"
    );
    let cause = error.source().unwrap().to_string();
    assert!(cause.starts_with("the commit to "), "{cause}");
    assert!(is_poisoned(&group.stop().map(drop).unwrap_err()));

    raw.execute_batch("DROP TRIGGER breaking").unwrap();
    let reopened = SqliteLedger::open(&path).unwrap();
    assert_eq!(ids(&reopened, &live()), ["evt_1"]);
    let group = GroupCommit::start(reopened, Limits::default()).unwrap();
    assert!(group.appender().append(events(&["evt_doomed"])).is_ok());
}

#[test]
fn a_commit_that_fails_in_the_first_half_of_a_group_spares_the_second_the_attempt() {
    let (ledger, director) = in_memory();
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    let appender = group.appender();
    let first = submit(&appender, Vec::new());
    director.begun();
    // All four fail by the last of them, and then the first half of them by its commit.
    let parcels = [COMMIT, "evt_1", "evt_2", BAD];
    let parcels = parcels.map(|id| submit(&appender, events(&[id])));
    let begun = director.let_all_go();
    assert!(answer(&first).is_ok());
    let [a, b, c, d] = parcels.map(|parcel| answer(&parcel).unwrap_err());
    assert!(is_failed_commit(&a) && is_failed_commit(&b));
    assert!(is_poisoned(&c) && is_poisoned(&d));
    assert_eq!(begun.iter().take(2).collect::<Vec<_>>(), [4, 2]);
    assert!(group.stop().is_err());
    assert_eq!(begun.iter().count(), 0, "nothing more was tried");
}

#[test]
fn a_dead_thread_tells_its_group_those_who_wait_and_all_who_come() {
    let (ledger, director) = in_memory();
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    let appender = group.appender();
    let writing = submit(&appender, events(&[PANIC]));
    director.begun();
    let waiting = ["evt_1", "evt_2"].map(|id| submit(&appender, events(&[id])));
    director.let_all_go();
    for answered in [&writing, &waiting[0], &waiting[1]] {
        let error = answer(answered).unwrap_err();
        assert!(matches!(error, AppendError::Died), "{error:?}");
    }
    assert!(matches!(group.stop().map(drop), Err(AppendError::Died)));
    let late = appender.append(events(&["evt_3"]));
    assert!(matches!(late, Err(AppendError::Died)), "{late:?}");
}

#[test]
fn those_of_one_failed_commit_share_its_cause() {
    let (ledger, director) = in_memory();
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    let appender = group.appender();
    let first = submit(&appender, Vec::new());
    director.begun();
    let parcels = ["evt_1", COMMIT].map(|id| submit(&appender, events(&[id])));
    director.let_all_go();
    assert!(answer(&first).is_ok());
    let [a, b] = parcels.map(|parcel| match answer(&parcel) {
        Err(AppendError::Refused(error)) => error,
        answer => panic!("{answer:?}"),
    });
    assert!(Arc::ptr_eq(&a, &b));
}
