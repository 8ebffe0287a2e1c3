//! A finding's life from run to run, case by case.

use reconcile::State::{Accepted, Gone, Known, New, Repaired};
use reconcile::{Found, Run, State, run_note};

use crate::nights::{Nights, finding, is_repaired, is_still, stream};

/// What a run finds, and how it is to leave each.
type Night<'a> = (&'a [Found], &'a [(u8, State)]);

fn check(nights: &[Night<'_>]) -> Nights {
    let mut log = Nights::new();
    for (found, expected) in nights {
        assert_eq!(log.night(found), *expected, "{}", log.name());
    }
    log
}

#[test]
fn a_finding_is_new_then_known_then_gone_and_found_again_it_is_new_once_more() {
    let nights = check(&[
        (&[is_still(1)], &[(1, New)]),
        (&[is_still(1)], &[(1, Known)]),
        (&[], &[(1, Gone)]),
        (&[], &[]),
        (&[is_still(1)], &[(1, New)]),
    ]);
    let tracked = nights.tracked(1);
    assert_eq!(tracked.times, 2);
    assert_eq!(
        (tracked.first_run.as_str(), tracked.last_run.as_str()),
        ("run 5", "run 5")
    );
    let history = nights
        .memory
        .history(&stream(), &tracked.outcome.finding.id)
        .unwrap();
    let states: Vec<State> = history.iter().map(|(_, state)| *state).collect();
    assert_eq!(states, [New, Known, Gone, New]);
}

#[test]
fn a_life_begins_with_the_run_that_found_it_after_it_was_over() {
    let nights = check(&[
        (&[is_repaired(1)], &[(1, Repaired)]),
        (&[is_still(1)], &[(1, New)]),
        (&[is_still(1)], &[(1, Known)]),
    ]);
    let tracked = nights.tracked(1);
    assert_eq!(
        (tracked.first_run.as_str(), tracked.first_s),
        ("run 2", 172_800)
    );
    assert_eq!((tracked.last_run.as_str(), tracked.times), ("run 3", 2));
    assert_eq!(nights.memory.standing(&stream()).unwrap(), [tracked]);
}

#[test]
fn what_a_run_did_not_look_at_stands_as_it_stood() {
    let mut nights = check(&[(&[is_still(1), is_still(2)], &[(1, New), (2, New)])]);
    nights.fall();
    let outcomes = nights.judge(&[], &|number| number == 2);
    nights.leave_findings(&outcomes);
    nights.leave_record(true);
    assert_eq!(nights.tracked(1).outcome.state, Known);
    assert_eq!(nights.tracked(2).outcome.state, Gone);
}

#[test]
fn an_acceptance_holds_at_once_and_in_later_runs_until_the_finding_is_over() {
    let mut nights = check(&[(&[is_still(1)], &[(1, New)])]);
    nights.accept(&finding(1, 5), finding(1, 5).gist());
    assert_eq!(nights.tracked(1).outcome.state, Accepted);
    assert_eq!(nights.report("run 1").unwrap().findings[0].state, New);
    assert_eq!(nights.night(&[is_still(1)]), [(1, Accepted)]);
    assert_eq!(
        nights.tracked(1).outcome.accepted.unwrap().why,
        "it is known"
    );
    assert_eq!(nights.night(&[]), [(1, Gone)]);
    assert_eq!(nights.tracked(1).outcome.accepted, None);
    assert_eq!(nights.night(&[is_still(1)]), [(1, New)]);
    assert_eq!(nights.tracked(1).outcome.accepted, None);
}

#[test]
fn a_report_names_whose_word_it_was_when_its_run_ended() {
    let mut nights = check(&[(&[is_still(1), is_still(2)], &[(1, New), (2, New)])]);
    nights.accept(&finding(1, 5), finding(1, 5).gist());
    nights.night(&[is_still(1), is_still(2)]);
    let word = |report: &reconcile::Report| {
        let of = |outcome: &reconcile::Outcome| outcome.accepted.as_ref().map(|said| said.at_s);
        let mut words: Vec<_> = report.findings.iter().map(of).collect();
        words.sort();
        words
    };
    let second = nights.report("run 2").unwrap();
    assert_eq!(word(&nights.report("run 1").unwrap()), [None, None]);
    assert_eq!(word(&second), [None, Some(2 * 86_400 - 86_400 + 3_600)]);
    // A newer word, and the end of it, are another report's.
    nights.accept(&finding(1, 5), finding(1, 5).gist());
    assert_eq!(
        nights.tracked(1).outcome.accepted.unwrap().at_s,
        2 * 86_400 + 3_600
    );
    assert_eq!(nights.report("run 2"), Some(second.clone()));
    nights.night(&[]);
    assert_eq!(word(&nights.report("run 3").unwrap()), [None, None]);
    assert_eq!(nights.report("run 2"), Some(second));
}

#[test]
fn a_record_that_does_not_say_whose_word_it_was_is_read() {
    let nights = check(&[(&[is_still(1)], &[(1, New)])]);
    let outcome = nights.tracked(1).outcome;
    let mut told = serde_json::to_value(&outcome).unwrap();
    told.as_object_mut().unwrap().remove("accepted").unwrap();
    let read: reconcile::Outcome = serde_json::from_value(told).unwrap();
    assert_eq!(read, outcome);
}

#[test]
fn an_acceptance_of_one_difference_is_none_of_another() {
    let mut nights = check(&[(&[is_still(1)], &[(1, New)])]);
    nights.accept(&finding(1, 5), finding(1, 5).gist());
    let other = (finding(1, 900), false, None);
    assert_eq!(nights.night(&[other]), [(1, Known)]);
    assert_eq!(nights.tracked(1).outcome.accepted, None);
    assert_eq!(nights.night(&[is_still(1)]), [(1, Accepted)]);
    // What moves on both sides alike is the same difference.
    let (mut moved, still) = (finding(1, 5), finding(1, 5));
    moved.fields[0].ours = "200".to_owned();
    moved.fields[0].theirs = "205".to_owned();
    assert_eq!(moved.gist(), still.gist());
}

#[test]
fn findings_without_the_record_of_their_run_count_as_none() {
    let mut nights = Nights::new();
    nights.fall();
    let outcomes = nights.judge(&[is_still(1)], &|_| true);
    nights.leave_findings(&outcomes);
    nights.catch_up();
    assert!(nights.memory.standing(&stream()).unwrap().is_empty());
    assert_eq!(nights.report(""), None);
    // Killed here, the run goes on, finds the same, and writes the same down.
    let (entries, again) = (nights.entries(), nights.judge(&[is_still(1)], &|_| true));
    nights.leave_findings(&again);
    assert_eq!((again, nights.entries()), (outcomes, entries));
    nights.leave_record(true);
    assert_eq!(nights.tracked(1).outcome.state, New);
}

#[test]
fn the_second_part_of_a_run_goes_on_from_the_first() {
    let mut nights = check(&[(&[is_still(4)], &[(4, New)])]);
    nights.fall();
    let outcomes = nights.judge(&[is_repaired(1), is_still(2), is_still(3)], &|n| n < 4);
    nights.leave_findings(&outcomes);
    nights.leave_record(false);
    assert_eq!(
        nights.memory.last_finished(&stream()).unwrap().unwrap().run,
        "run 1"
    );
    let outcomes = nights.judge(&[is_still(2), is_repaired(4)], &|_| true);
    nights.leave_findings(&outcomes);
    nights.leave_record(true);
    let report = nights.report("").unwrap();
    let mut states: Vec<_> = report
        .findings
        .iter()
        .map(crate::nights::state_of)
        .collect();
    states.sort();
    assert_eq!(states, [(1, Repaired), (2, New), (3, Gone), (4, Repaired)]);
    assert!(report.run.finished);
    assert_eq!(nights.memory.runs(&stream()).unwrap().len(), 2);
    assert_eq!(nights.tracked(2).times, 1);
}

#[test]
fn the_last_whole_run_is_the_newest_that_ended_and_looked_at_all_kinds() {
    let mut nights = Nights::new();
    let whole = |nights: &Nights| Some(nights.memory.last_whole(&stream()).unwrap()?.run);
    assert_eq!(whole(&nights), None);
    nights.night(&[]);
    let partial = Run {
        run: "of charges".to_owned(),
        finished: true,
        only: vec!["charge".to_owned()],
        ..Run::default()
    };
    nights.append(run_note(&partial), 0);
    nights.catch_up();
    let last = nights.memory.last_finished(&stream()).unwrap();
    assert_eq!(last, Some(partial));
    assert_eq!(whole(&nights).as_deref(), Some("run 1"));
    nights.fall();
    nights.leave_record(false);
    assert_eq!(whole(&nights).as_deref(), Some("run 1"));
    nights.leave_record(true);
    assert_eq!(whole(&nights).as_deref(), Some("run 2"));
}

#[test]
fn names_may_be_cut_and_what_they_begin_may_be_several() {
    let nights = check(&[(&[is_still(1), is_still(2)], &[(1, New), (2, New)])]);
    let id = finding(1, 5).id;
    let found = |name: &str| nights.memory.finding(&stream(), name).unwrap().len();
    assert_eq!((found(&id), found(&id[..12]), found(&id[4..12])), (1, 1, 1));
    assert_eq!(
        (found("fnd_"), found(""), found("fnd_zz"), found("%")),
        (2, 2, 0, 0)
    );
}

#[test]
fn a_report_is_of_the_newest_run_whose_name_begins_so() {
    let mut nights = check(&[(&[is_still(1)], &[(1, New)]), (&[], &[(1, Gone)])]);
    for _ in 0..9 {
        nights.night(&[]);
    }
    let run = |name: &str| Some(nights.report(name)?.run.run);
    for (asked, expected) in [("", "run 11"), ("run 1", "run 11"), ("run 2", "run 2")] {
        assert_eq!(run(asked).as_deref(), Some(expected));
    }
    assert_eq!(run("run 12"), None);
}

#[test]
fn the_worst_stands_first() {
    let small = (finding(1, 5), false, None);
    let large = (finding(2, 90), false, None);
    let mended = (finding(3, 500), true, None);
    let mut nights = Nights::new();
    nights.night(&[small, mended, large]);
    let report = nights.report("").unwrap();
    let ids: Vec<&str> = report
        .findings
        .iter()
        .map(|outcome| &*outcome.finding.object_id)
        .collect();
    assert_eq!(ids, ["ch_2", "ch_1", "ch_3"]);
}
