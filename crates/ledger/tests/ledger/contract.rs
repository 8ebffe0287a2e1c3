//! The promises both ledgers keep: one suite of facts, each shown of the file and of the twin.

use std::ops::ControlFlow;

use ledger::{
    Fault, Head, Kind, Ledger, LedgerError, Log, MemoryLedger, NewEntry, Outcome, Role, StreamId,
    TallyRow, verify,
};

use crate::draft::{Draft, append, append_events, entries, live, on_disk, test_mode};

/// Makes a test of each fact for each ledger.
macro_rules! contract {
    ($($fact:ident,)+) => {
        mod sqlite {
            $(#[test] fn $fact() {
                let (_folder, _path, mut ledger) = super::on_disk();
                super::$fact(&mut ledger);
            })+
        }
        mod memory {
            $(#[test] fn $fact() {
                super::$fact(&mut super::MemoryLedger::new());
            })+
        }
    };
}

contract! {
    seqs_are_dense_from_one,
    what_is_read_is_what_was_appended,
    the_same_content_again_is_tallied_and_not_stored,
    another_version_is_a_rendering_and_other_content_a_conflict,
    two_equal_ids_in_one_batch_meet,
    an_entry_without_version_conflicts_with_one_without,
    two_streams_keep_apart,
    an_unknown_stream_has_an_empty_head,
    an_empty_batch_changes_nothing,
    reading_keeps_to_its_range_and_stops_when_told,
    a_visitor_may_read_while_reading,
    find_gives_all_of_an_id_in_order,
    control_entries_are_told_by_type_and_range,
    the_tally_counts_by_type_and_version,
    a_reader_in_another_thread_sees_what_is_appended_later,
    the_head_extends_every_earlier_head,
    another_logs_head_is_refused,
    odd_texts_and_empty_bodies_come_back_as_they_went_in,
    verify_reports_progress_up_to_the_head,
    verify_holds_while_the_log_grows,
    an_id_that_two_streams_have_is_found_in_each,
    a_stream_is_opened_once_and_says_in_which_ledger,
}

fn appended(seq: u64, role: Role) -> Outcome {
    Outcome::Appended { seq, role }
}

fn seqs_are_dense_from_one(ledger: &mut dyn Ledger) {
    append_events(ledger, &live(), 3);
    let outcomes = append(ledger, &[Draft::new(&live(), "evt_9", None, 0)]);
    assert_eq!(outcomes, [appended(4, Role::Original)]);
    let seqs: Vec<_> = entries(ledger, &live())
        .iter()
        .map(|entry| entry.seq)
        .collect();
    assert_eq!(seqs, [1, 2, 3, 4]);
}

fn what_is_read_is_what_was_appended(ledger: &mut dyn Ledger) {
    let draft = Draft::new(&live(), "evt_1", Some("2026-01-01"), 3);
    append(ledger, std::slice::from_ref(&draft));
    let (new, read) = (draft.entry(), entries(ledger, &live()).remove(0));
    assert_eq!(
        (read.stream.as_str(), read.seq, read.kind),
        ("acct_1/live", 1, new.kind)
    );
    assert_eq!((read.id.as_str(), read.type_.as_str()), (new.id, new.type_));
    assert_eq!(
        (read.object_id.as_deref(), read.api_version.as_deref()),
        (new.object_id, new.api_version)
    );
    assert_eq!(
        (read.created_s, read.recorded_us),
        (new.created_s, new.recorded_us)
    );
    assert_eq!(
        (read.source, read.content_hash, read.role),
        (new.source, new.content_hash, Role::Original)
    );
    assert_eq!(read.body.as_deref(), Some(new.body));
    assert!(read.salt.is_some());
}

fn the_same_content_again_is_tallied_and_not_stored(ledger: &mut dyn Ledger) {
    let draft = Draft::new(&live(), "evt_1", Some("2026-01-01"), 0);
    append(
        ledger,
        &[Draft::new(&live(), "evt_0", None, 0), draft.clone()],
    );
    for _ in 0..2 {
        assert_eq!(
            append(ledger, std::slice::from_ref(&draft)),
            [Outcome::Duplicate { seq: 2 }]
        );
    }
    let info = ledger.streams().unwrap().remove(0);
    assert_eq!((info.head.seq, info.duplicates), (2, 2));
    assert_eq!(entries(ledger, &live()).len(), 2);
}

fn another_version_is_a_rendering_and_other_content_a_conflict(ledger: &mut dyn Ledger) {
    let told = [
        ("2020", 0),
        ("20260101", 0),
        ("2020", 1),
        ("20260101", 1),
        ("20260101", 0),
        ("20261", 7),
    ];
    let drafts =
        told.map(|(version, content)| Draft::new(&live(), "evt_1", Some(version), content));
    let expected = [
        appended(1, Role::Original),
        appended(2, Role::Rendering),
        appended(3, Role::Conflict),
        appended(4, Role::Conflict),
        Outcome::Duplicate { seq: 2 },
        appended(5, Role::Rendering),
    ];
    let outcomes: Vec<_> = drafts
        .iter()
        .flat_map(|draft| append(ledger, std::slice::from_ref(draft)))
        .collect();
    assert_eq!(outcomes, expected);
    verify(ledger.reader().unwrap().as_ref(), None, &mut |_| ()).unwrap();
}

fn two_equal_ids_in_one_batch_meet(ledger: &mut dyn Ledger) {
    let first = Draft::new(&live(), "evt_1", Some("2026"), 0);
    let batch = [
        first.clone(),
        first,
        Draft::new(&live(), "evt_1", Some("2026"), 1),
    ];
    let expected = [
        appended(1, Role::Original),
        Outcome::Duplicate { seq: 1 },
        appended(2, Role::Conflict),
    ];
    assert_eq!(append(ledger, &batch), expected);
}

fn an_entry_without_version_conflicts_with_one_without(ledger: &mut dyn Ledger) {
    let batch = [0, 1].map(|content| Draft::new(&live(), "evt_1", None, content));
    assert_eq!(
        append(ledger, &batch),
        [appended(1, Role::Original), appended(2, Role::Conflict)]
    );
}

fn two_streams_keep_apart(ledger: &mut dyn Ledger) {
    let batch = [live(), test_mode(), live()];
    let drafts =
        [0, 1, 2].map(|n| Draft::new(&batch[n], if n < 2 { "evt_1" } else { "evt_2" }, None, 0));
    let expected = [1, 1, 2].map(|seq| appended(seq, Role::Original));
    assert_eq!(append(ledger, &drafts), expected);
    let infos = ledger.streams().unwrap();
    let seen: Vec<_> = infos
        .iter()
        .map(|info| (info.stream.as_str(), info.head.seq))
        .collect();
    assert_eq!(seen, [("acct_1/live", 2), ("acct_1/test", 1)]);
    let first_hashes = [live(), test_mode()].map(|stream| entries(ledger, &stream)[0].chain_hash);
    assert_ne!(first_hashes[0], first_hashes[1]);
    assert_eq!(ledger.find(&test_mode(), "evt_2").unwrap(), []);
}

fn an_unknown_stream_has_an_empty_head(ledger: &mut dyn Ledger) {
    assert_eq!(ledger.head(&live()).unwrap(), Head::empty(&live()));
    assert_eq!(ledger.streams().unwrap(), []);
    assert_eq!(entries(ledger, &live()), []);
}

fn an_empty_batch_changes_nothing(ledger: &mut dyn Ledger) {
    append_events(ledger, &live(), 2);
    let before = ledger.streams().unwrap();
    assert_eq!(ledger.append(&[]).unwrap(), []);
    assert_eq!(ledger.streams().unwrap(), before);
}

fn reading_keeps_to_its_range_and_stops_when_told(ledger: &mut dyn Ledger) {
    append_events(ledger, &live(), 9);
    let seqs = |range, count| {
        let mut seqs = Vec::new();
        ledger
            .read(&live(), range, &mut |entry| {
                seqs.push(entry.seq);
                if seqs.len() == count {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
            .unwrap();
        seqs
    };
    assert_eq!(seqs(3..=5, 100), [3, 4, 5]);
    assert_eq!(seqs(8..=u64::MAX, 100), [8, 9]);
    assert_eq!(seqs(0..=u64::MAX, 2), [1, 2]);
    assert_eq!(seqs(10..=20, 100), [0; 0]);
    #[expect(
        clippy::reversed_empty_ranges,
        reason = "an empty range is what is asked"
    )]
    let reversed = seqs(5..=3, 100);
    assert_eq!(reversed, [0; 0]);
}

fn a_visitor_may_read_while_reading(ledger: &mut dyn Ledger) {
    append_events(ledger, &live(), 3);
    let mut inner = Vec::new();
    ledger
        .read(&live(), 1..=3, &mut |entry| {
            inner.push(ledger.find(entry.stream, entry.id).unwrap()[0].seq);
            inner.push(entries(ledger, entry.stream).len() as u64);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(inner, [1, 3, 2, 3, 3, 3]);
}

fn find_gives_all_of_an_id_in_order(ledger: &mut dyn Ledger) {
    // The greater content hash comes first: the order is that of seq, not of the key.
    let drafts = [9, 4, 6].map(|content| Draft::new(&live(), "evt_1", None, content));
    append(ledger, &drafts);
    append_events(ledger, &live(), 1);
    let found = ledger.find(&live(), "evt_1").unwrap();
    assert_eq!(
        found.iter().map(|entry| entry.seq).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(found, entries(ledger, &live())[..3]);
    assert_eq!(ledger.find(&live(), "evt").unwrap(), []);
}

fn control_entries_are_told_by_type_and_range(ledger: &mut dyn Ledger) {
    let drafts: Vec<Draft> = (0..4)
        .map(|number| Draft::new(&live(), &format!("c_{number}"), None, number))
        .collect();
    let control = |place: usize, type_: &'static str| NewEntry {
        kind: Kind::Control,
        type_,
        ..drafts[place].entry()
    };
    ledger
        .append(&[control(0, "run.a"), control(1, "run.b")])
        .unwrap();
    append_events(ledger, &live(), 2);
    ledger
        .append(&[control(2, "run.a"), control(3, "run.a")])
        .unwrap();
    let seqs = |type_: &str, seqs| ledger.control_seqs(&live(), type_, seqs).unwrap();
    assert_eq!(seqs("run.a", 0..=u64::MAX), [1, 5, 6]);
    assert_eq!(seqs("run.a", 2..=5), [5]);
    assert_eq!(seqs("run.b", 1..=9), [2]);
    assert!(seqs("run.", 1..=9).is_empty());
    assert!(seqs(&entries(ledger, &live())[2].type_, 1..=9).is_empty());
    let other = ledger.control_seqs(&test_mode(), "run.a", 1..=9);
    assert!(other.unwrap().is_empty());
}

fn the_tally_counts_by_type_and_version(ledger: &mut dyn Ledger) {
    let drafts = [
        (live(), "a", None),
        (live(), "b", Some("2026")),
        (live(), "c", None),
        (test_mode(), "a", None),
    ]
    .map(|(stream, id, version)| Draft::new(&stream, id, version, 0));
    append(ledger, &drafts);
    append(ledger, &drafts);
    let observation = Draft::new(&live(), "obs", None, 0);
    ledger
        .append(&[ledger::NewEntry {
            kind: Kind::Control,
            ..observation.entry()
        }])
        .unwrap();
    let row = |stream: StreamId, kind, version: Option<&str>, count| TallyRow {
        stream,
        kind,
        type_: "charge.updated".to_owned(),
        api_version: version.map(str::to_owned),
        count,
    };
    let expected = [
        row(live(), Kind::Control, None, 1),
        row(live(), Kind::Event, None, 2),
        row(live(), Kind::Event, Some("2026"), 1),
        row(test_mode(), Kind::Event, None, 1),
    ];
    assert_eq!(ledger.tally().unwrap(), expected);
}

fn a_reader_in_another_thread_sees_what_is_appended_later(ledger: &mut dyn Ledger) {
    let reader = ledger.reader().unwrap();
    append_events(ledger, &live(), 5);
    let seen = std::thread::spawn(move || {
        (
            entries(reader.as_ref(), &live()),
            reader.meta_hash().unwrap(),
        )
    });
    assert_eq!(
        seen.join().unwrap(),
        (entries(ledger, &live()), ledger.meta_hash().unwrap())
    );
}

fn the_head_extends_every_earlier_head(ledger: &mut dyn Ledger) {
    let mut heads = vec![Head::empty(&live()), Head::empty(&test_mode())];
    for n in 0..4 {
        append(ledger, &[Draft::new(&live(), &format!("evt_{n}"), None, 0)]);
        heads.push(ledger.head(&live()).unwrap());
    }
    let log = ledger.reader().unwrap();
    for head in &heads {
        assert_eq!(head.to_string().parse::<Head>().unwrap(), *head);
        let verified = verify(log.as_ref(), Some(head), &mut |_| ()).unwrap();
        assert_eq!(verified.streams[0].head, heads[5]);
    }
}

fn another_logs_head_is_refused(ledger: &mut dyn Ledger) {
    append_events(ledger, &live(), 3);
    let mut other = MemoryLedger::new();
    append_events(&mut other, &live(), 5);
    let log = ledger.reader().unwrap();
    let fault_of = |head: &Head| match verify(log.as_ref(), Some(head), &mut |_| ()) {
        Err(LedgerError::Faulty { stream, seq, fault }) => (stream, seq, fault),
        other => panic!("expected a fault, got {other:?}"),
    };
    let longer = other.head(&live()).unwrap();
    assert_eq!(
        fault_of(&longer),
        (live(), 5, Fault::Unreached { last_seq: 3 })
    );
    let differing = Head {
        seq: 2,
        hash: entries(&other, &live())[1].chain_hash,
        stream: live(),
    };
    assert!(matches!(
        fault_of(&differing),
        (_, 2, Fault::OtherHead { .. })
    ));
    let elsewhere = Head {
        stream: test_mode(),
        ..longer
    };
    assert_eq!(
        fault_of(&elsewhere),
        (test_mode(), 5, Fault::Unreached { last_seq: 0 })
    );
    let wrong_start = Head {
        seq: 0,
        ..elsewhere
    };
    assert!(matches!(
        fault_of(&wrong_start),
        (_, 0, Fault::OtherHead { .. })
    ));
}

fn odd_texts_and_empty_bodies_come_back_as_they_went_in(ledger: &mut dyn Ledger) {
    let odd = Draft::new(&live(), "a\0b '\"ünï\u{10FFFF}", Some(""), 0);
    let bodies: [&[u8]; 3] = [b"", &[0, 255, 254, 0], &[b'x'; 100_000]];
    for (content, body) in bodies.into_iter().enumerate() {
        let content_hash = ledger::Hash([content as u8; 32]);
        let new = ledger::NewEntry {
            body,
            content_hash,
            created_s: i64::MIN,
            recorded_us: i64::MAX,
            ..odd.entry()
        };
        ledger.append(&[new]).unwrap();
    }
    let read = ledger.find(&live(), odd.entry().id).unwrap();
    assert_eq!(
        read.iter()
            .map(|entry| entry.body.as_deref().unwrap())
            .collect::<Vec<_>>(),
        bodies
    );
    assert!(
        read.iter()
            .all(|entry| (entry.created_s, entry.recorded_us) == (i64::MIN, i64::MAX))
    );
    verify(ledger.reader().unwrap().as_ref(), None, &mut |_| ()).unwrap();
}

fn verify_reports_progress_up_to_the_head(ledger: &mut dyn Ledger) {
    append_events(ledger, &live(), 2500);
    let mut reported = Vec::new();
    let log = ledger.reader().unwrap();
    let verified = verify(log.as_ref(), None, &mut |at| {
        reported.push((at.seq, at.head_seq))
    })
    .unwrap();
    assert_eq!(reported, [(1024, 2500), (2048, 2500), (2500, 2500)]);
    let bytes: usize = entries(ledger, &live())
        .iter()
        .map(|entry| entry.body.as_ref().unwrap().len())
        .sum();
    assert_eq!(
        (verified.streams[0].body_bytes, verified.streams[0].erased),
        (bytes as u64, 0)
    );
}

fn verify_holds_while_the_log_grows(ledger: &mut dyn Ledger) {
    append_events(ledger, &live(), 3);
    let log = ledger.reader().unwrap();
    // Between the heads that it reads first and the tallies that it reads last.
    let verified = verify(log.as_ref(), None, &mut |_| {
        append(ledger, &[Draft::new(&live(), "evt_late", None, 0)]);
        append_events(ledger, &test_mode(), 2);
    })
    .unwrap();
    assert_eq!(verified.streams.len(), 1);
    assert_eq!(verified.streams[0].head.seq, 3);
    assert_eq!(log.streams().unwrap().len(), 2);
}

fn an_id_that_two_streams_have_is_found_in_each(ledger: &mut dyn Ledger) {
    let other = |version| Draft::new(&test_mode(), "evt_1", version, 0);
    let own = |version| Draft::new(&live(), "evt_1", version, 0);
    let told = [
        other(None),
        own(None),
        other(Some("2026")),
        own(None),
        own(Some("2026")),
    ];
    let outcomes = append(ledger, &told);
    let expected = [
        appended(1, Role::Original),
        appended(1, Role::Original),
        appended(2, Role::Rendering),
        Outcome::Duplicate { seq: 1 },
        appended(2, Role::Rendering),
    ];
    assert_eq!(outcomes, expected);
    for stream in [live(), test_mode()] {
        let found = ledger.find(&stream, "evt_1").unwrap();
        assert_eq!(found, entries(ledger, &stream));
    }
}

fn a_stream_is_opened_once_and_says_in_which_ledger(ledger: &mut dyn Ledger) {
    assert!(ledger.open_stream(&live(), 1_700_000_000_000_000).unwrap());
    assert!(!ledger.open_stream(&live(), 1_700_000_000_000_001).unwrap());
    append_events(ledger, &test_mode(), 1);
    assert!(
        !ledger.open_stream(&test_mode(), 0).unwrap(),
        "it has an entry"
    );
    let opening = entries(ledger, &live()).remove(0);
    let meta = ledger.meta_hash().unwrap();
    let told = format!(
        r#"{{"object":"daybook.control","type":"stream.opened","stream":"acct_1/live","ledger":"{meta}"}}"#
    );
    assert_eq!(opening.body, Some(told.into_bytes()));
    assert_eq!(
        (opening.kind, opening.type_.as_str()),
        (Kind::Control, "stream.opened")
    );
    assert_eq!(
        (opening.seq, opening.recorded_us, opening.id.len()),
        (1, 1_700_000_000_000_000, 36)
    );
    let verified = verify(ledger.reader().unwrap().as_ref(), None, &mut |_| ()).unwrap();
    assert_eq!(verified.streams.len(), 2);
}
