//! A book that says something else than its log, as a defect of the fold would have it: named as ours, with field and sum, in every
//! night until it is mended, and never repaired away.

use std::sync::Arc;

use reconcile::{Cause, Class, NightSettings, Policy, Repair, RepairMode, Report, State};
use rusqlite::Connection;
use simulator::Config;

use crate::home::{Home, MICROS};
use crate::virtual_time::run;

/// Changes of the book alone: the table, what is set, the kind of object, Stripe's member, and by how much.
const DEFECTS: [(&str, &str, &str, &str, i64); 3] = [
    (
        "charges",
        "amount_minor = amount_minor + 700",
        "charge",
        "amount",
        700,
    ),
    (
        "payouts",
        "amount_minor = amount_minor - 5",
        "payout",
        "amount",
        5,
    ),
    (
        "customers",
        "balance_minor = balance_minor + 31",
        "customer",
        "balance",
        31,
    ),
];

async fn night(home: &mut Home) -> Report {
    let settings = NightSettings {
        command: "nightly".to_owned(),
        sweep_days: 1,
        repair: RepairMode::By(Policy::default()),
        ..NightSettings::default()
    };
    // The sweep's share goes by the time since the last run.
    home.live_until(home.now_us() + 25 * 3_600 * MICROS).await;
    let at = home.followed().remove(0);
    let (report, _) = home.night(&at, &settings).await;
    report.unwrap()
}

#[test]
fn a_defect_of_the_fold_is_named_as_ours_and_never_repaired_away() {
    run(async {
        let config = Config {
            customers: 12,
            days: 60,
            ..Config::small(3)
        };
        let recording = Arc::new(simulator::simulate(&config));
        let end_us = recording.end_us() + 4 * 86_400 * MICROS;
        let mut home = Home::new(3, config.start_s, recording, |_| {});
        home.live_until(end_us).await;
        night(&mut home).await;
        assert_eq!(night(&mut home).await.findings, []);
        let book = Connection::open(home.data().join("book.db")).unwrap();
        let mut ids = Vec::new();
        for (table, change, ..) in DEFECTS {
            let last = "FROM {table} WHERE stream = ?1 AND deleted = 0".replace("{table}", table);
            let own = home.own.as_str();
            let id: String = book
                .query_row(&format!("SELECT max(id) {last}"), [own], |row| row.get(0))
                .unwrap();
            let sql = format!("UPDATE {table} SET {change} WHERE stream = ?1 AND id = ?2");
            assert_eq!(book.execute(&sql, [own, &id]).unwrap(), 1);
            ids.push(id);
        }
        drop(book);
        for state in [State::New, State::Known, State::Known] {
            let report = night(&mut home).await;
            assert!(!report.run.is_true());
            for ((_, _, object, field, by), id) in DEFECTS.iter().zip(&ids) {
                let mut findings = report.findings.iter();
                let outcome = findings.find(|one| {
                    one.finding.class == Class::ObjectDiffers && one.finding.object_id == *id
                });
                let Some(outcome) = outcome else {
                    panic!("not named: {object} {id}: {:?}", report.findings);
                };
                let finding = &outcome.finding;
                assert_eq!((finding.cause, outcome.state), (Cause::OursWrong, state));
                assert_eq!(finding.repair, Repair::Look);
                assert_eq!(finding.object_type, *object);
                let fields: Vec<_> = finding.fields.iter().map(|one| &*one.field).collect();
                assert_eq!(fields, [*field]);
                assert_eq!(finding.at_stake[0].minor, *by, "{finding:?}");
                assert!(!finding.evidence.is_empty(), "{finding:?}");
            }
        }
    });
}
