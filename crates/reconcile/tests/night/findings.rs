//! What a run finds of what happened behind the log's back, and that it mends it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use ledger::{Kind, Log};
use reconcile::{Cause, Class, NightSettings, Policy, RepairMode, Report, State};
use simulator::{Config, Faults, Terms};

use crate::home::{DAY_S, Home, MICROS};
use crate::virtual_time::run;

/// A company of some weeks.
pub(crate) fn home(seed: u64, change: impl FnOnce(&mut Terms)) -> Home {
    let config = Config {
        days: 40,
        customers: 8,
        ..Config::small(seed)
    };
    let recording = Arc::new(simulator::simulate(&config));
    Home::new(seed, config.start_s, recording, change)
}

/// One of whose events Stripe generates no fifth one.
fn unheard_of_company() -> Home {
    home(3, |terms| {
        terms.faults = Faults {
            events_unborn: 200,
            ..Faults::none()
        };
    })
}

pub(crate) fn settings() -> NightSettings {
    NightSettings {
        repair: RepairMode::By(Policy::default()),
        ..NightSettings::default()
    }
}

/// Lives on for some days.
pub(crate) async fn live(home: &mut Home, days: i64) {
    let until_us = home.now_us() + days * DAY_S * MICROS;
    home.live_until(until_us).await;
}

/// Lives through a first night, in which everything is read, and then on for some weeks: for less than Stripe lists events.
pub(crate) async fn live_for_weeks(home: &mut Home) {
    live(home, 2).await;
    night(home, &settings()).await;
    live(home, 25).await;
}

/// One run over the company's own stream.
pub(crate) async fn night(home: &mut Home, settings: &NightSettings) -> Report {
    let at = home.followed().remove(0);
    home.night(&at, settings).await.0.unwrap()
}

/// How many entries of each type the own stream has.
pub(crate) fn types(home: &Home) -> BTreeMap<String, u64> {
    let mut types = BTreeMap::new();
    let mut count = |entry: ledger::EntryRef<'_>| {
        let name = match entry.kind {
            Kind::Control => entry.type_.to_owned(),
            kind => kind.as_str().to_owned(),
        };
        *types.entry(name).or_default() += 1;
        ControlFlow::Continue(())
    };
    home.log()
        .read(&home.own, 1..=u64::MAX, &mut count)
        .unwrap();
    types
}

fn states(report: &Report) -> BTreeSet<(Class, State)> {
    let states = report.findings.iter();
    states
        .map(|outcome| (outcome.finding.class, outcome.state))
        .collect()
}

#[test]
fn night_after_a_clean_one_appends_its_record_alone() {
    run(async {
        let mut home = home(1, |_| {});
        live(&mut home, 20).await;
        let first = night(&mut home, &settings()).await;
        assert!(first.run.is_true(), "{:#?}", first.findings);
        assert_eq!(first.run.unproven, Vec::<String>::new());
        let before = types(&home);
        let second = night(&mut home, &settings()).await;
        assert_eq!(second.findings, []);
        assert!(second.run.is_true() && second.run.balance_settled);
        let mut after = types(&home);
        *after.get_mut("reconcile.run").unwrap() -= 1;
        assert_eq!(after, before);
        assert!(second.run.requests < first.run.requests);
        println!(
            "{} requests, then {}",
            first.run.requests, second.run.requests
        );
    });
}

#[test]
fn events_that_no_post_brought_are_named_and_mended() {
    run(async {
        let mut home = home(2, |terms| {
            terms.faults = Faults {
                posts_lost: 300,
                ..Faults::none()
            };
        });
        live(&mut home, 20).await;
        let report = night(&mut home, &settings()).await;
        let lost = report.findings.iter().filter(|outcome| {
            outcome.finding.class == Class::EventMissing
                && matches!(
                    outcome.finding.cause,
                    Cause::WebhookLost | Cause::WebhookLate
                )
        });
        assert!(lost.count() > 10, "{:?}", states(&report));
        assert!(report.run.is_true(), "{:?}", states(&report));
        let again = night(&mut home, &settings()).await;
        assert_eq!(again.findings, []);
    });
}

#[test]
fn changes_without_an_event_are_found_and_mended() {
    run(async {
        let mut home = unheard_of_company();
        live_for_weeks(&mut home).await;
        let report = night(&mut home, &settings()).await;
        assert!(report.run.is_true(), "{:#?}", report.findings);
        let found = states(&report);
        assert!(
            found.contains(&(Class::ObjectDiffers, State::Repaired)),
            "{found:?}"
        );
        let again = night(&mut home, &settings()).await;
        assert_eq!(again.findings, []);
    });
}

#[test]
fn without_leave_nothing_is_mended_and_what_stands_is_known() {
    run(async {
        let mut home = unheard_of_company();
        live_for_weeks(&mut home).await;
        let first = night(&mut home, &NightSettings::default()).await;
        let open = |report: &Report, wanted: State| -> BTreeSet<String> {
            let open = report.findings.iter();
            let open = open.filter(|outcome| outcome.state == wanted);
            open.map(|outcome| outcome.finding.id.clone()).collect()
        };
        let new = open(&first, State::New);
        assert!(!new.is_empty() && !first.run.is_true());
        let second = night(&mut home, &NightSettings::default()).await;
        assert_eq!(open(&second, State::New), BTreeSet::new());
        assert_eq!(open(&second, State::Known), new);
        let third = night(&mut home, &settings()).await;
        assert!(third.run.is_true(), "{:#?}", third.findings);
    });
}

#[test]
fn book_that_says_something_else_than_the_log_is_ours_to_mend() {
    run(async {
        let mut home = home(4, |_| {});
        live(&mut home, 20).await;
        assert!(night(&mut home, &settings()).await.run.is_true());
        drop(home.book());
        let book = rusqlite::Connection::open(home.data().join("book.db")).unwrap();
        let sql = "UPDATE charges SET amount_minor = amount_minor + 7
                   WHERE id = (SELECT max(id) FROM charges WHERE stream = ?1)";
        assert_eq!(book.execute(sql, [home.own.as_str()]), Ok(1));
        drop(book);
        let since = NightSettings {
            since_s: Some(0),
            ..settings()
        };
        let report = night(&mut home, &since).await;
        let outcomes = report.findings.iter();
        let mut wrong = outcomes.filter(|outcome| outcome.finding.class == Class::ObjectDiffers);
        let outcome = wrong.next().unwrap();
        assert_eq!(wrong.next(), None);
        assert_eq!(outcome.finding.cause, Cause::OursWrong);
        assert_eq!(outcome.state, State::New);
        assert_eq!(outcome.finding.fields[0].field, "amount");
        assert_eq!(outcome.finding.fields[0].amount.as_ref().unwrap().minor, 7);
        assert_eq!(report.run.truth.open, 1);
        let before = types(&home);
        let again = night(&mut home, &since).await;
        assert_eq!(again.findings[0].state, State::Known);
        assert_eq!(types(&home)["observation"], before["observation"]);
    });
}

#[test]
fn budget_is_the_sweeps_alone_whatever_is_new_takes() {
    run(async {
        let mut home = home(6, |_| {});
        live(&mut home, 20).await;
        let settings = NightSettings {
            budget: Some(30),
            sweep_days: 7,
            ..settings()
        };
        night(&mut home, &settings).await;
        for _ in 0..3 {
            live(&mut home, 1).await;
            let run = night(&mut home, &settings).await.run;
            assert!(run.requests > 30, "{} requests", run.requests);
            assert_eq!(run.sweep.cut, Vec::<String>::new());
        }
    });
}

#[test]
fn budget_cuts_the_sweep_and_later_nights_make_up_for_it() {
    run(async {
        let mut home = home(6, |_| {});
        live(&mut home, 20).await;
        let scarce = NightSettings {
            budget: Some(0),
            ..settings()
        };
        let first = night(&mut home, &scarce).await;
        assert!(first.run.finished && first.run.sweep.all_since_s.is_none());
        assert!(!first.run.sweep.cut.is_empty());
        live(&mut home, 1).await;
        let second = night(&mut home, &settings()).await;
        let sweep = &second.run.sweep;
        assert!(sweep.all_since_s >= Some(first.run.began_s), "{sweep:?}");
        let weekly = NightSettings {
            sweep_days: 7,
            ..settings()
        };
        for _ in 0..8 {
            live(&mut home, 1).await;
            let report = night(&mut home, &weekly).await;
            assert_eq!(report.run.sweep.cut, Vec::<String>::new());
        }
        live(&mut home, 1).await;
        let last = night(&mut home, &weekly).await;
        let since_s = last.run.sweep.all_since_s.unwrap();
        // What was compared last at the beginning of one lap is compared again by the end of the next.
        assert!(last.run.began_s - since_s <= 2 * 7 * DAY_S);
        assert!(since_s > second.run.began_s, "a whole lap was done since");
    });
}

#[test]
fn sweep_keeps_its_time_whatever_other_runs_lie_between() {
    run(async {
        let mut home = home(6, |_| {});
        live(&mut home, 20).await;
        let nightly = NightSettings {
            sweep_days: 6,
            ..settings()
        };
        night(&mut home, &nightly).await;
        for _ in 0..12 {
            live(&mut home, 1).await;
            let since = NightSettings {
                since_s: Some(home.now_us() / MICROS - 3_600),
                ..nightly.clone()
            };
            night(&mut home, &since).await;
            let run = night(&mut home, &nightly).await.run;
            // From the beginning of one lap to the end of the next.
            let since_s = run.sweep.all_since_s.unwrap();
            assert!(
                run.began_s - since_s <= 2 * 6 * DAY_S,
                "{:?}",
                run.sweep.laps
            );
        }
        let last = night(&mut home, &nightly).await.run;
        let laps = last.sweep.laps.iter();
        let mut began = laps.filter_map(|lap| lap.last_began_s);
        assert!(
            began.all(|began_s| last.began_s - began_s <= 12 * DAY_S),
            "{:?}",
            last.sweep.laps
        );
    });
}
