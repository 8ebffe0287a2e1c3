//! Who shares a commit, and what a parcel owes to the others in it: nothing.

use std::sync::mpsc::Receiver;

use ledger::{AppendError, GroupCommit, LedgerError, Limits, Outcome, Role, verify};
use proptest::prelude::*;

use crate::scripted::{
    Answer, BAD, BUSY, Scripted, answer, events, ids, in_memory, live, on_disk, submit,
};

fn appended(seq: u64) -> Outcome {
    let role = Role::Original;
    Outcome::Appended { seq, role }
}

/// Why a parcel was refused by the ledger.
fn refusal(answer: &Answer) -> &LedgerError {
    match answer {
        Err(AppendError::Refused(error)) => error,
        answer => panic!("{answer:?} is no refusal of the ledger"),
    }
}

#[test]
fn all_who_wait_while_one_commits_share_the_next_commit() {
    let (ledger, director) = in_memory();
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    let first = submit(&group.appender(), events(&["evt_0"]));
    assert_eq!(director.begun(), 1);
    let waiting: Vec<_> = (1..=10)
        .map(|n| submit(&group.appender(), events(&[&format!("evt_{n}")])))
        .collect();
    let is_answered = |answer: &Receiver<Answer>| answer.try_recv().is_ok();
    assert!(!is_answered(&first), "answered before its commit");
    director.let_go();
    assert_eq!(answer(&first).unwrap(), [appended(1)]);
    assert_eq!(director.begun(), 10);
    assert!(
        !waiting.iter().any(is_answered),
        "answered before their commit"
    );
    director.let_go();
    for (n, waiting) in waiting.iter().enumerate() {
        assert_eq!(answer(waiting).unwrap(), [appended(n as u64 + 2)]);
    }
    let begun = director.let_all_go();
    drop(group.stop().unwrap());
    assert_eq!(begun.iter().count(), 0, "nothing else was appended");
}

#[test]
fn duplicates_in_parcels_of_one_commit_meet() {
    let (ledger, director) = in_memory();
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    let appender = group.appender();
    let first = submit(&appender, Vec::new());
    director.begun();
    let parcels = [
        &["evt_1", "evt_2"][..],
        &["evt_2", "evt_3", "evt_2"],
        &["evt_1"],
    ]
    .map(|ids| submit(&appender, events(ids)));
    director.let_all_go();
    assert_eq!(answer(&first).unwrap(), []);
    let again = |seq| Outcome::Duplicate { seq };
    let [a, b, c] = parcels.map(|parcel| answer(&parcel).unwrap());
    assert_eq!(a, [appended(1), appended(2)]);
    assert_eq!(b, [again(2), appended(3), again(2)]);
    assert_eq!(c, [again(1)]);
}

#[test]
fn a_parcel_that_fails_fails_whole_and_alone() {
    let (_folder, path, ledger) = on_disk();
    // The file itself refuses one entry, after the entries before it were written.
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch(
            "CREATE TRIGGER breaker BEFORE INSERT ON entries WHEN NEW.id = 'evt_refused' \
             BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
        .unwrap();
    let (ledger, director) = Scripted::over(ledger);
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    let first = submit(&group.appender(), events(&["evt_0"]));
    director.begun();
    let batches = [
        events(&["evt_1", "evt_2"]),
        events(&["evt_3", "evt_refused", "evt_4"]),
        events(&["evt_5"]),
        events(&["evt_3"]),
        events(&["evt_refused"]),
    ];
    let parcels = batches.map(|batch| submit(&group.appender(), batch));
    director.let_all_go();
    assert!(answer(&first).is_ok());
    let [a, b, c, d, e] = parcels.map(|parcel| answer(&parcel));
    assert_eq!(a.unwrap(), [appended(2), appended(3)]);
    assert_eq!(c.unwrap(), [appended(4)]);
    assert_eq!(d.unwrap(), [appended(5)]);
    for refused in [b, e] {
        assert!(matches!(refusal(&refused), LedgerError::Sqlite { .. }));
    }
    let ledger = group.stop().unwrap();
    let expected = ["evt_0", "evt_1", "evt_2", "evt_5", "evt_3"];
    assert_eq!(ids(&ledger, &live()), expected);
    verify(&ledger, None, &mut |_| ()).unwrap();
}

#[test]
fn who_waited_for_another_writer_in_vain_does_not_wait_once_more_per_parcel() {
    let (ledger, director) = in_memory();
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    let first = submit(&group.appender(), Vec::new());
    director.begun();
    let parcels = ["evt_1", BUSY, "evt_2"].map(|id| submit(&group.appender(), events(&[id])));
    let begun = director.let_all_go();
    assert!(answer(&first).is_ok());
    for parcel in parcels {
        assert!(matches!(
            refusal(&answer(&parcel)),
            LedgerError::Busy { .. }
        ));
    }
    assert_eq!(begun.recv().unwrap(), 3);
    let later = submit(&group.appender(), events(&["evt_1"]));
    assert_eq!(answer(&later).unwrap(), [appended(1)]);
    assert_eq!(
        begun.recv().unwrap(),
        1,
        "the three were tried once, together"
    );
}

/// Parcels of one commit, told by their ids; some hold an id that fails.
fn parcels() -> impl Strategy<Value = Vec<Vec<String>>> {
    let id = prop_oneof![
        9 => (0..40_u8).prop_map(|n| format!("evt_{n}")),
        1 => Just(BAD.to_owned()),
    ];
    prop::collection::vec(prop::collection::vec(id, 0..4), 1..20)
}

/// What each parcel is answered when it is appended alone, in turn; and the ids that are then in the log.
fn one_by_one(parcels: &[Vec<String>]) -> (Vec<Option<Vec<Outcome>>>, Vec<String>) {
    let mut log: Vec<String> = Vec::new();
    let mut append = |parcel: &Vec<String>| {
        let place = |id: &String| {
            let seq = log.iter().position(|known| known == id);
            seq.map(|at| Outcome::Duplicate { seq: at as u64 + 1 })
                .unwrap_or_else(|| {
                    log.push(id.clone());
                    appended(log.len() as u64)
                })
        };
        let is_good = !parcel.iter().any(|id| id == BAD);
        is_good.then(|| parcel.iter().map(place).collect())
    };
    let answers = parcels.iter().map(&mut append).collect();
    (answers, log)
}

proptest! {
    #[test]
    fn sharing_a_commit_answers_as_appending_one_by_one(parcels in parcels()) {
        let (expected, expected_ids) = one_by_one(&parcels);
        let (ledger, director) = in_memory();
        let group = GroupCommit::start(ledger, Limits::default()).unwrap();
        let first = submit(&group.appender(), Vec::new());
        director.begun();
        let batch = |ids: &Vec<String>| events(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        let waiting: Vec<_> = parcels
            .iter()
            .map(|ids| submit(&group.appender(), batch(ids)))
            .collect();
        let begun = director.let_all_go();
        prop_assert!(answer(&first).is_ok());
        for (waiting, expected) in waiting.iter().zip(expected) {
            match (answer(waiting), expected) {
                (Ok(outcomes), Some(expected)) => prop_assert_eq!(outcomes, expected),
                (refused, None) => {
                    let said = refusal(&refused).to_string();
                    prop_assert_eq!(said, "the disk of ledger.db is full");
                }
                (Err(error), Some(_)) => prop_assert!(false, "{} with {:?}", error, parcels),
            }
        }
        let ledger = group.stop().unwrap();
        prop_assert_eq!(ids(&ledger, &live()), expected_ids);
        drop(ledger);
        // One that fails costs two commits for each halving that leads to it, not one for each parcel.
        let bad = parcels.iter().filter(|ids| ids.iter().any(|id| id == BAD)).count();
        let halvings = usize::BITS - (parcels.len() - 1).leading_zeros();
        prop_assert!(begun.iter().count() <= 1 + 2 * bad * halvings as usize);
    }
}
