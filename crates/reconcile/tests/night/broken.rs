//! Runs that are broken off anywhere, and what the next one makes of it.

use std::collections::BTreeSet;
use std::time::Duration;

use reconcile::{Class, NightSettings, ReconcileError, RepairMode, Report, State};
use rusqlite::Connection;
use simulator::Faults;
use tokio::time::timeout;

use crate::findings::{home, live_for_weeks, settings, types};
use crate::home::Home;
use crate::virtual_time::run;

fn troubled() -> Home {
    home(5, |terms| {
        terms.faults = Faults {
            events_unborn: 200,
            posts_lost: 100,
            ..Faults::none()
        };
    })
}

/// What a report says of objects.
fn said(report: &Report) -> BTreeSet<String> {
    let objects = report.findings.iter();
    let said = objects.filter(|outcome| outcome.finding.class != Class::EventMissing);
    said.map(|outcome| format!("{:?} {}", outcome.state, outcome.finding.id))
        .collect()
}

#[test]
fn run_that_is_broken_off_anywhere_ends_as_an_undisturbed_one() {
    run(async {
        let mut calm = troubled();
        live_for_weeks(&mut calm).await;
        let at = calm.followed().remove(0);
        let (undisturbed, _) = calm.night(&at, &settings()).await;
        let undisturbed = undisturbed.unwrap();
        let mut home = troubled();
        live_for_weeks(&mut home).await;
        let (mut broken, mut patience_ms) = (0, 300);
        let settings = settings();
        let report = loop {
            let night = timeout(
                Duration::from_millis(patience_ms),
                home.night(&at, &settings),
            );
            match night.await {
                Ok((report, _)) => break report.unwrap(),
                Err(_) => broken += 1,
            }
            patience_ms = patience_ms * 9 / 8;
        };
        assert!(broken > 10);
        println!(
            "broken off {broken} times, {} findings",
            report.findings.len()
        );
        assert_eq!(said(&report), said(&undisturbed));
        let (mine, other) = (types(&home), types(&calm));
        assert_eq!(mine["reconcile.run"], other["reconcile.run"]);
    });
}

#[test]
fn run_that_stripe_fails_is_recorded_and_gone_on_with() {
    run(async {
        let mut home = troubled();
        live_for_weeks(&mut home).await;
        let at = home.followed().remove(0);
        let revoked_us = home.now_us() + 2_500_000;
        home.stripe
            .stripe(|stripe| stripe.terms_mut().keys[0].revoked_us = Some(revoked_us));
        let (report, _) = home.night(&at, &settings()).await;
        let report = report.unwrap();
        assert!(!report.run.finished && report.run.stopped.is_some());
        assert!(!report.run.unproven.is_empty());
        let (refused, _) = home.night(&at, &settings()).await;
        assert!(matches!(refused, Err(ReconcileError::Sync(_))));
        home.stripe
            .stripe(|stripe| stripe.terms_mut().keys[0].revoked_us = None);
        let (whole, _) = home.night(&at, &settings()).await;
        let whole = whole.unwrap();
        assert!(whole.run.finished && whole.run.is_true());
        assert_eq!(whole.run.run, report.run.run);
    });
}

/// The runs in hand: their names, and how far each is.
fn in_hand(home: &Home) -> Vec<(String, i64)> {
    let file = Connection::open(home.data().join("night.db")).unwrap();
    let mut runs = file
        .prepare("SELECT name, step FROM runs ORDER BY id")
        .unwrap();
    let rows = runs.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

#[test]
fn run_that_is_broken_off_goes_on_after_one_that_was_asked_for_something_else() {
    run(async {
        let mut home = troubled();
        live_for_weeks(&mut home).await;
        let at = home.followed().remove(0);
        let looking = NightSettings {
            repair: RepairMode::Never,
            // Nothing is waited for, so that it can be broken off between any two requests.
            patience_s: 0,
            ..settings()
        };
        // Broken off once it has found what it finds, and written nothing of it.
        let mut patience_ms = 300;
        let broken = loop {
            let patience = Duration::from_millis(patience_ms);
            let night = timeout(patience, home.night(&at, &looking)).await;
            assert!(night.is_err(), "it is broken off in time");
            match &in_hand(&home)[..] {
                [(name, 3..)] => break name.clone(),
                [_] => patience_ms = patience_ms * 33 / 32,
                others => panic!("{others:?}"),
            }
        };
        let mending = NightSettings {
            command: "findings repair".to_owned(),
            only: ["customer", "charge", "payment_intent"]
                .map(str::to_owned)
                .to_vec(),
            ..settings()
        };
        let (mended, _) = home.night(&at, &mending).await;
        let mended = mended.unwrap();
        let repaired: BTreeSet<&str> = mended
            .findings
            .iter()
            .filter(|one| one.state == State::Repaired && one.finding.class != Class::EventMissing)
            .map(|one| &*one.finding.id)
            .collect();
        assert!(!repaired.is_empty(), "{:#?}", mended.findings);
        assert_eq!(in_hand(&home), [(broken.clone(), 2)], "it looks again");
        let (whole, _) = home.night(&at, &looking).await;
        let whole = whole.unwrap();
        assert!(whole.run.finished);
        assert_eq!(whole.run.run, broken);
        let open: BTreeSet<&str> = whole
            .findings
            .iter()
            .filter(|one| one.state.is_open())
            .map(|one| &*one.finding.id)
            .collect();
        assert!(!open.is_empty(), "other kinds are as they were");
        assert!(open.is_disjoint(&repaired), "{open:?} {repaired:?}");
        assert_eq!(in_hand(&home), []);
        let (last, _) = home.night(&at, &settings()).await;
        assert!(last.unwrap().run.is_true());
    });
}
