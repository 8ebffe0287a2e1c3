//! How a group ends when all is well, and that no caller's doing can make it hang.

use std::sync::mpsc;
use std::time::Duration;

use ledger::{AppendError, GroupCommit, Limits, Log, MemoryLedger};

use crate::scripted::{answer, events, ids, in_memory, live, submit};

fn in_plain_memory() -> (GroupCommit<MemoryLedger>, Box<dyn Log + Send>) {
    let ledger = MemoryLedger::new();
    let log = ledger.reader().unwrap();
    (GroupCommit::start(ledger, Limits::default()).unwrap(), log)
}

#[test]
fn stop_finishes_what_was_accepted_and_refuses_the_rest() {
    let (ledger, director) = in_memory();
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    let appender = group.appender();
    let writing = submit(&appender, events(&["evt_1"]));
    director.begun();
    let waiting = ["evt_2", "evt_3"].map(|id| submit(&appender, events(&[id])));
    director.let_all_go();
    let ledger = group.stop().unwrap();
    let refused = appender.append(events(&["evt_4"])).unwrap_err();
    assert!(matches!(refused, AppendError::Stopped), "{refused}");
    for answered in [&writing, &waiting[0], &waiting[1]] {
        assert!(answer(answered).is_ok());
    }
    assert_eq!(ids(&ledger, &live()), ["evt_1", "evt_2", "evt_3"]);
}

#[test]
fn a_group_that_is_dropped_finishes_what_was_accepted() {
    let (ledger, director) = in_memory();
    let log = ledger.reader().unwrap();
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    let appender = group.appender();
    let waiting = ["evt_1", "evt_2"].map(|id| submit(&appender, events(&[id])));
    director.let_all_go();
    drop(group);
    assert_eq!(ids(log.as_ref(), &live()), ["evt_1", "evt_2"]);
    for answered in waiting {
        assert!(answer(&answered).is_ok());
    }
    assert!(matches!(
        appender.append(Vec::new()),
        Err(AppendError::Stopped)
    ));
}

#[test]
fn a_group_that_its_own_answer_drops_ends() {
    let (group, log) = in_plain_memory();
    let appender = group.appender();
    let (told, tell) = mpsc::channel();
    appender.clone().submit(events(&["evt_1"]), move |result| {
        drop(group);
        told.send(result.is_ok()).unwrap();
    });
    assert_eq!(tell.recv_timeout(Duration::from_secs(60)), Ok(true));
    assert!(matches!(
        appender.append(events(&["evt_2"])),
        Err(AppendError::Stopped)
    ));
    assert_eq!(ids(log.as_ref(), &live()), ["evt_1"]);
}

#[test]
fn a_group_that_its_own_answer_stops_panics_there_and_ends() {
    let (group, log) = in_plain_memory();
    let appender = group.appender();
    let (told, tell) = mpsc::channel::<()>();
    appender.clone().submit(events(&["evt_1"]), move |_| {
        let _told = told;
        group.stop().map(drop).unwrap();
    });
    let ended = tell.recv_timeout(Duration::from_secs(60));
    assert_eq!(ended, Err(mpsc::RecvTimeoutError::Disconnected));
    assert!(matches!(
        appender.append(events(&["evt_2"])),
        Err(AppendError::Stopped)
    ));
    assert_eq!(ids(log.as_ref(), &live()), ["evt_1"]);
}

#[test]
fn an_answer_that_panics_costs_nobody_else_anything() {
    let (group, log) = in_plain_memory();
    let appender = group.appender();
    appender.submit(events(&["evt_1"]), |_| panic!("a caller's mistake"));
    assert!(appender.append(events(&["evt_2"])).is_ok());
    group.stop().unwrap();
    assert_eq!(ids(log.as_ref(), &live()), ["evt_1", "evt_2"]);
}

#[test]
fn an_answer_that_waits_for_its_own_thread_panics_and_does_not_hang() {
    let (group, log) = in_plain_memory();
    let (appender, inner) = (group.appender(), group.appender());
    let (told, tell) = mpsc::channel();
    appender.submit(events(&["evt_1"]), move |_| {
        // Dropped by the panic, without a word.
        let told = told;
        told.send(inner.append(events(&["evt_2"]))).unwrap();
    });
    let ended = tell.recv_timeout(Duration::from_secs(60));
    assert!(matches!(ended, Err(mpsc::RecvTimeoutError::Disconnected)));
    assert!(appender.append(events(&["evt_3"])).is_ok());
    assert_eq!(ids(log.as_ref(), &live()), ["evt_1", "evt_3"]);
}

#[test]
fn an_answer_may_submit_the_next_parcel() {
    let (group, log) = in_plain_memory();
    let (appender, inner) = (group.appender(), group.appender());
    let (told, tell) = mpsc::channel();
    appender.submit(events(&["evt_1"]), move |_| {
        inner.submit(events(&["evt_2"]), move |result| {
            told.send(result.is_ok()).unwrap();
        });
    });
    assert_eq!(tell.recv_timeout(Duration::from_secs(60)), Ok(true));
    assert_eq!(ids(log.as_ref(), &live()), ["evt_1", "evt_2"]);
}
