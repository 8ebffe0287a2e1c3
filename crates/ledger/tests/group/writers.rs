//! Many threads on a ledger in a file: what was acknowledged is in the log, there, once, in one chain.

use std::ops::ControlFlow;
use std::thread;

use ledger::{GroupCommit, Ledger, Limits, Log, Outcome, Role, SqliteLedger, StreamId, verify};

use crate::scripted::{Answer, counts, event, ids, live, on_disk};

const WRITERS: usize = 8;
const PARCELS: usize = 40;

fn id(writer: usize, parcel: usize, n: usize) -> String {
    format!("evt_{writer}_{parcel}_{n}")
}

/// Parcels of none to four entries.
fn entries_of(parcel: usize) -> usize {
    parcel % 5
}

/// Every writer appends its parcels one after the other; the answers by writer and parcel.
fn append_from_all(group: &GroupCommit<SqliteLedger>, stream: &StreamId) -> Vec<Vec<Answer>> {
    let write = |writer: usize| {
        let appender = group.appender();
        let stream = stream.clone();
        move || {
            let batch = |parcel| {
                let ids = (0..entries_of(parcel)).map(|n| id(writer, parcel, n));
                ids.map(|id| event(&stream, &id)).collect()
            };
            (0..PARCELS)
                .map(|parcel| appender.append(batch(parcel)))
                .collect::<Vec<_>>()
        }
    };
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS).map(|n| scope.spawn(write(n))).collect();
        writers
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .collect()
    })
}

#[test]
fn every_acknowledged_entry_is_in_the_log_once_at_its_seq() {
    let (_folder, path, ledger) = on_disk();
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    let answers = append_from_all(&group, &live());
    drop(group.stop().unwrap());

    let log = SqliteLedger::open(&path).unwrap();
    let found = ids(&log, &live());
    for (writer, answers) in answers.iter().enumerate() {
        for (parcel, answer) in answers.iter().enumerate() {
            let outcomes = answer.as_ref().unwrap();
            assert_eq!(outcomes.len(), entries_of(parcel));
            for (n, outcome) in outcomes.iter().enumerate() {
                // A parcel's entries stand next to each other, whoever shared its commit.
                let seq = outcomes[0].seq() + n as u64;
                let role = Role::Original;
                assert_eq!(*outcome, Outcome::Appended { seq, role });
                assert_eq!(found[seq as usize - 1], id(writer, parcel, n));
            }
        }
    }
    let entries = WRITERS * (0..PARCELS).map(entries_of).sum::<usize>();
    assert_eq!(found.len(), entries);
    assert!(counts(&found).values().all(|&count| count == 1));
    let verified = verify(&log, None, &mut |_| ()).unwrap();
    assert_eq!(verified.streams[0].head.seq, entries as u64);
}

#[test]
fn one_writers_parcels_stand_in_its_order() {
    let (_folder, path, ledger) = on_disk();
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    append_from_all(&group, &live());
    drop(group);
    let log = SqliteLedger::open_readonly(&path).unwrap();
    for writer in 0..WRITERS {
        let own = format!("evt_{writer}_");
        let found = ids(&log, &live()).into_iter();
        let found: Vec<_> = found.filter(|id| id.starts_with(&own)).collect();
        let told = (0..PARCELS)
            .flat_map(|parcel| (0..entries_of(parcel)).map(move |n| id(writer, parcel, n)));
        assert_eq!(found, told.collect::<Vec<_>>());
    }
}

#[test]
fn what_all_send_is_stored_once_and_tallied_for_the_others() {
    let (_folder, path, ledger) = on_disk();
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    let send_all = |_| {
        let appender = group.appender();
        move || {
            let send = |n: usize| appender.append(vec![event(&live(), &format!("evt_{n}"))]);
            (0..PARCELS)
                .map(|n| send(n).unwrap()[0])
                .collect::<Vec<_>>()
        }
    };
    let outcomes: Vec<Vec<Outcome>> = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS).map(|n| scope.spawn(send_all(n))).collect();
        let joined = writers.into_iter().map(|writer| writer.join().unwrap());
        joined.collect()
    });
    drop(group.stop().unwrap());
    let log = SqliteLedger::open(&path).unwrap();
    let found = ids(&log, &live());
    assert_eq!(found.len(), PARCELS);
    for n in 0..PARCELS {
        let of_n = outcomes.iter().map(|outcomes| outcomes[n]);
        let appended = |outcome: &Outcome| matches!(outcome, Outcome::Appended { .. });
        assert_eq!(of_n.clone().filter(appended).count(), 1);
        for outcome in of_n {
            assert_eq!(found[outcome.seq() as usize - 1], format!("evt_{n}"));
        }
    }
    let duplicates = log.streams().unwrap()[0].duplicates;
    assert_eq!(duplicates, ((WRITERS - 1) * PARCELS) as u64);
    verify(&log, None, &mut |_| ()).unwrap();
}

#[test]
fn streams_share_commits_and_keep_chains_of_their_own() {
    let (_folder, path, ledger) = on_disk();
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    let streams = ["acct_1/live", "acct_1/test", "acct_2/live"].map(|name| name.parse().unwrap());
    thread::scope(|scope| {
        for stream in &streams {
            scope.spawn(|| append_from_all(&group, stream));
        }
    });
    drop(group.stop().unwrap());
    let log = SqliteLedger::open(&path).unwrap();
    let entries = (WRITERS * (0..PARCELS).map(entries_of).sum::<usize>()) as u64;
    for stream in verify(&log, None, &mut |_| ()).unwrap().streams {
        assert_eq!(stream.head.seq, entries, "{}", stream.head);
    }
    assert_eq!(log.streams().unwrap().len(), streams.len());
}

#[test]
fn two_groups_and_a_plain_writer_take_turns_on_one_chain() {
    let (_folder, path, ledger) = on_disk();
    let mut plain = SqliteLedger::open(&path).unwrap();
    let groups = [ledger, SqliteLedger::open(&path).unwrap()]
        .map(|ledger| GroupCommit::start(ledger, Limits::default()).unwrap());
    let streams = ["acct_1/live", "acct_2/live"].map(|name| name.parse::<StreamId>().unwrap());
    thread::scope(|scope| {
        for group in &groups {
            for stream in &streams {
                scope.spawn(move || append_from_all(group, stream));
            }
        }
        for n in 0..PARCELS {
            let batch = streams
                .each_ref()
                .map(|stream| event(stream, &format!("evt_{n}")));
            plain
                .append(&batch.each_ref().map(|entry| entry.as_new_entry()))
                .unwrap();
        }
    });
    let entries = PARCELS + WRITERS * (0..PARCELS).map(entries_of).sum::<usize>();
    for stream in verify(&plain, None, &mut |_| ()).unwrap().streams {
        assert_eq!(stream.head.seq, entries as u64, "{}", stream.head);
    }
    let visible = |log: &dyn Log, stream| {
        let mut seqs = 0;
        log.read(stream, 1..=u64::MAX, &mut |_| {
            seqs += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
        seqs
    };
    for group in groups {
        let ledger = group.stop().unwrap();
        assert_eq!(visible(&ledger, &streams[0]), entries);
    }
}
