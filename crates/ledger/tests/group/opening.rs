//! Streams that are opened on their first entry, what waits, and why a group takes nothing more.

use std::ops::ControlFlow;
use std::sync::mpsc;

use ledger::{
    AppendError, GroupCommit, Kind, Limits, Log, MemoryLedger, StreamId, Waiting, verify,
};

use crate::scripted::{COMMIT, answer, event, events, in_memory, live, on_disk, submit};

fn first_kind(log: &dyn Log, stream: &StreamId) -> Kind {
    let mut first = None;
    log.read(stream, 1..=1, &mut |entry| {
        first = Some(entry.kind);
        ControlFlow::Continue(())
    })
    .unwrap();
    first.unwrap()
}

#[test]
fn the_first_entry_of_a_stream_opens_it_and_no_other_does() {
    let (_folder, _, ledger) = on_disk();
    let (told, opened) = mpsc::channel();
    let group = GroupCommit::start_opening(ledger, Limits::default(), move |stream| {
        told.send(stream.clone()).unwrap();
    })
    .unwrap();
    let test = StreamId::new("acct_1", false).unwrap();
    let appender = group.appender();
    for (stream, id) in [
        (live(), "evt_1"),
        (live(), "evt_2"),
        (test.clone(), "evt_1"),
    ] {
        appender.append(vec![event(&stream, id)]).unwrap();
    }
    let ledger = group.stop().unwrap();
    assert_eq!(opened.iter().collect::<Vec<_>>(), [live(), test.clone()]);
    for (stream, entries) in [(live(), 3), (test, 2)] {
        assert_eq!(ledger.head(&stream).unwrap().seq, entries);
        assert_eq!(first_kind(&ledger, &stream), Kind::Control);
    }
    verify(&ledger, None, &mut |_| ()).unwrap();

    let (told, opened) = mpsc::channel();
    let group = GroupCommit::start_opening(ledger, Limits::default(), move |stream| {
        told.send(stream.clone()).unwrap();
    })
    .unwrap();
    group.appender().append(events(&["evt_3"])).unwrap();
    drop(group.stop().unwrap());
    assert_eq!(opened.iter().count(), 0, "it has been open for long");
}

#[test]
fn a_group_that_opens_nothing_leaves_streams_as_they_come() {
    let group = GroupCommit::start(MemoryLedger::new(), Limits::default()).unwrap();
    group.appender().append(events(&["evt_1"])).unwrap();
    let ledger = group.stop().unwrap();
    assert_eq!(first_kind(&ledger, &live()), Kind::Event);
}

#[test]
fn what_waits_is_told_until_it_is_answered() {
    let (ledger, director) = in_memory();
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    let appender = group.appender();
    assert_eq!(appender.waiting(), Waiting::default());
    let writing = submit(&appender, events(&["evt_1"]));
    director.begun();
    let waiting = submit(&appender, events(&["evt_2", "evt_3"]));
    let told = appender.waiting();
    assert_eq!(told.entries, 3);
    assert!(told.bytes > 3 * "evt_1".len());
    director.let_all_go();
    for answered in [writing, waiting] {
        assert!(answer(&answered).is_ok());
    }
    assert_eq!(appender.waiting(), Waiting::default());
}

#[test]
fn why_nothing_is_taken_any_more_is_told() {
    let (ledger, director) = in_memory();
    director.let_all_go();
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    let appender = group.appender();
    assert!(appender.end().is_none());
    appender.append(events(&[COMMIT])).unwrap_err();
    assert!(matches!(appender.end(), Some(AppendError::Poisoned { .. })));

    let group = GroupCommit::start(MemoryLedger::new(), Limits::default()).unwrap();
    let appender = group.appender();
    drop(group.stop().unwrap());
    assert!(matches!(appender.end(), Some(AppendError::Stopped)));
}
