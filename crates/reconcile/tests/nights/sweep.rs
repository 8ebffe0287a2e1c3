//! History in its turn: what somebody changes in old objects, without any event, is found within the sweep's days, whatever kind of
//! object it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use reconcile::{Class, NightSettings, Outcome, Policy, RepairMode, Report, State};
use simulator::{Behind, Config, Recording};
use sync::Followed;

use crate::home::{DAY_S, Home, MICROS};
use crate::virtual_time::run;

const SWEEP_DAYS: u32 = 30;

fn nightly() -> NightSettings {
    NightSettings {
        command: "nightly".to_owned(),
        sweep_days: SWEEP_DAYS,
        repair: RepairMode::By(Policy::default()),
        ..NightSettings::default()
    }
}

/// What somebody might change of an object by hand, as member and value.
fn edit_of(object: &str) -> Option<(&'static str, &'static str)> {
    match object {
        // Entries in books of Stripe's, and what exists as a part of other objects alone: nobody can change them.
        "balance_transaction"
        | "customer_cash_balance_transaction"
        | "billing.credit_balance_transaction"
        | "reserve.hold"
        | "reserve.release"
        | "discount" => None,
        "payout" => Some(("status", "\"failed\"")),
        "charge" => Some(("description", "\"by hand\"")),
        "invoice_payment" => Some(("status", "\"canceled\"")),
        "application_fee" => Some(("amount_refunded", "1")),
        _ => Some(("metadata", "{\"by_hand\":\"yes\"}")),
    }
}

/// A change behind the company's back.
struct Edit {
    object: String,
    id: String,
    at_us: i64,
    is_deletion: bool,
}

/// Changes an old object of each kind, one a day, from a day on: which, and the kinds of which none could be changed.
fn change_each(recording: &mut Recording, from_us: i64) -> (Vec<Edit>, BTreeSet<String>) {
    let own = recording.account().to_owned();
    let states = recording.states_at(&own, from_us, from_us);
    let mut by_kind = BTreeMap::<String, Vec<String>>::new();
    for (object, id, ..) in states.filter(|(object, ..)| !object.ends_with("_list")) {
        by_kind
            .entry(object.to_owned())
            .or_default()
            .push(id.to_owned());
    }
    let deletions = ["customer", "product"].map(|object| (object.to_owned(), Behind::Deleted));
    let kinds = by_kind.keys().cloned();
    let changes = kinds.filter_map(|object| {
        let (member, json) = edit_of(&object)?;
        let change = Behind::Member {
            name: member.to_owned(),
            json: json.to_owned(),
        };
        Some((object, change))
    });
    let changes: Vec<(String, Behind)> = changes.chain(deletions).collect();
    let (mut edits, mut unchanged) = (Vec::new(), BTreeSet::new());
    for (place, (object, change)) in changes.into_iter().enumerate() {
        let at_us = from_us + i64::try_from(place).unwrap() * DAY_S * MICROS / 2;
        let ids = by_kind[&object].iter();
        let mut untouched = ids.filter(|id| edits.iter().all(|edit: &Edit| edit.id != **id));
        match untouched.find(|id| recording.change_behind(id, at_us, change.clone())) {
            Some(id) => edits.push(Edit {
                object,
                id: id.clone(),
                at_us,
                is_deletion: change == Behind::Deleted,
            }),
            None => drop(unchanged.insert(object)),
        }
    }
    (edits, unchanged)
}

async fn finished(home: &mut Home, at: &Followed) -> Report {
    let (report, _) = home.night(at, &nightly()).await;
    let report = report.unwrap();
    assert!(report.run.finished, "{:?}", report.run.stopped);
    report
}

#[test]
fn changes_behind_the_back_of_old_objects_are_found_within_the_sweeps_days() {
    run(async {
        let config = Config {
            customers: 24,
            days: 120,
            ..Config::small(5)
        };
        let mut recording = simulator::simulate(&config);
        let from_us = recording.end_us() + 10 * DAY_S * MICROS;
        let (edits, unchanged) = change_each(&mut recording, from_us);
        assert_eq!(unchanged, BTreeSet::new());
        let mut home = Home::new(5, config.start_s, Arc::new(recording), |_| {});
        home.live_until(from_us - 3 * DAY_S * MICROS).await;
        let at = home.followed().remove(0);
        finished(&mut home, &at).await;
        let quiet = finished(&mut home, &at).await;
        assert_eq!(quiet.findings, []);
        let mut found = BTreeMap::<String, i64>::new();
        let last_us = edits.last().unwrap().at_us;
        let days = (last_us - from_us) / (DAY_S * MICROS) + i64::from(SWEEP_DAYS) + 2;
        let mut swept_since_s = None;
        for day in 0..days {
            home.live_until(from_us + day * DAY_S * MICROS + 7_200 * MICROS)
                .await;
            let began_us = home.now_us();
            let report = finished(&mut home, &at).await;
            swept_since_s = report.run.sweep.all_since_s;
            for outcome in &report.findings {
                take(outcome, &edits, began_us, &mut found);
            }
        }
        for Edit { object, id, .. } in &edits {
            let after = found
                .get(id)
                .unwrap_or_else(|| panic!("never found: {object} {id}"));
            println!("{object}: found {after} days later");
            assert!(*after <= i64::from(SWEEP_DAYS), "{object} {id}");
        }
        let age_s = home.now_us() / MICROS - swept_since_s.expect("a lap is done");
        assert!(age_s <= (2 * i64::from(SWEEP_DAYS) + 1) * DAY_S, "{age_s}");
    });
}

/// Takes a finding of a night for an edit; each is found once, unless there is nothing that would mend it.
fn take(outcome: &Outcome, edits: &[Edit], began_us: i64, found: &mut BTreeMap<String, i64>) {
    let finding = &outcome.finding;
    let edit = edits.iter().find(|edit| edit.id == finding.object_id);
    let edit = edit.unwrap_or_else(|| panic!("invented: {outcome:?}"));
    assert!(edit.at_us < began_us, "before it was: {outcome:?}");
    if finding.class == Class::SumDiffers && edit.object == "application_fee" {
        // What was given back of it lies in objects that nobody made here.
        return;
    }
    let class = match edit.is_deletion {
        true => Class::ObjectGone,
        false => Class::ObjectDiffers,
    };
    assert_eq!(finding.class, class, "{outcome:?}");
    // Stripe shows no stub of what is deleted but of customers: that is for a person to look at.
    let is_for_a_person = edit.is_deletion && edit.object != "customer";
    match outcome.state {
        State::New | State::Known => assert!(is_for_a_person, "{outcome:?}"),
        State::Repaired => assert!(
            !is_for_a_person && !found.contains_key(&edit.id),
            "{outcome:?}"
        ),
        _ => panic!("{outcome:?}"),
    }
    let after = (began_us - edit.at_us) / (DAY_S * MICROS);
    found.entry(edit.id.clone()).or_insert(after);
}
