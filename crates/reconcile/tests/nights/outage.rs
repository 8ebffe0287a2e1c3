//! One night after sixty days without anything: no post came, nobody asked, and half of the events are listed no more. After it the
//! books are true, and a further one is clean. `DAYBOOK_OUTAGES` says how many seeds.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ops::ControlFlow;
use std::sync::Arc;

use ledger::{Kind, Log, Source};
use reconcile::{Class, NightSettings, Policy, RepairMode, Report, State};
use serde_json::Value;
use simulator::{Config, Faults};
use sync::Followed;

use crate::home::{DAY_S, Home, MICROS};
use crate::verdict::Account;
use crate::virtual_time::run;

const DAYS: u32 = 80;
const SEEDS: u64 = 1;
/// How often a run that Stripe made impossible is begun again.
const TRIES: u32 = 8;

#[test]
fn one_night_after_sixty_days_of_outage_makes_the_books_true() {
    let seeds = env::var("DAYBOOK_OUTAGES").map_or(SEEDS, |seeds| seeds.parse().unwrap());
    for seed in 1..=seeds {
        println!("seed {seed}: {}", run(live(seed)));
    }
}

async fn live(seed: u64) -> String {
    let config = Config {
        customers: 10,
        days: DAYS,
        ..Config::small(seed)
    };
    let recording = Arc::new(simulator::simulate(&config));
    let mut home = Home::new(seed, config.start_s, Arc::clone(&recording), |terms| {
        terms.faults = Faults::dark(seed);
    });
    let day = |day: i64| (config.start_s + day * DAY_S) * MICROS;
    for night in 1..=20 {
        home.live_until(day(night)).await;
        whole_night(&mut home).await;
    }
    home.is_listening = false;
    let dark_s = home.now_us() / MICROS;
    home.live_until(recording.end_us() + 600 * MICROS).await;
    home.is_listening = true;
    let before = whole_truth(&home);
    let report = whole_night(&mut home).await;
    let gone = open(&report);
    let differences = whole_truth(&home);
    let mut differences = differences.iter().filter(|(id, _)| !gone.contains(id));
    assert_eq!(differences.next(), None, "seed {seed}");
    let further = whole_night(&mut home).await;
    for report in &further {
        let findings = report.findings.iter();
        let all_known = findings.clone().all(|one| one.state == State::Known);
        assert!(all_known, "seed {seed}: {:?}", report.findings);
    }
    assert_eq!(open(&further), gone, "seed {seed}");
    let heads = heads(&home);
    let known = whole_night(&mut home).await;
    // Its record alone, with what is known if there is something.
    let records = known
        .iter()
        .map(|report| 1 + u64::from(!report.findings.is_empty()));
    let after: Vec<u64> = heads
        .iter()
        .zip(records)
        .map(|(seq, records)| seq + records)
        .collect();
    assert_eq!(self::heads(&home), after, "seed {seed}: its record alone");
    let found: usize = report.iter().map(|report| report.findings.len()).sum();
    assert!(
        found > 0,
        "seed {seed}: events that are still listed are named"
    );
    let counted = told_of_the_gap(&home, &report, dark_s);
    assert!(
        further.iter().all(|report| report.run.gaps.is_empty()),
        "seed {seed}: it is told once"
    );
    let requests: u64 = report.iter().map(|report| report.run.requests).sum();
    let missed = recording.events().iter();
    let missed = missed.filter(|event| !home.arrived.contains_key(&*event.id));
    format!(
        "{} of {} events never came; {} differences before; {} objects new, {} changed by the lists; {found} findings, {} open, in \
         {requests} requests",
        missed.count(),
        recording.events().len(),
        before.len(),
        counted.0,
        counted.1,
        gone.len(),
    )
}

/// Holds what each report says of its gap, which began by then, against the log; objects that were new and that had changed, of all.
fn told_of_the_gap(home: &Home, reports: &[Report], dark_s: i64) -> (u64, u64) {
    let (mut new, mut changed) = (0, 0);
    for (report, at) in reports.iter().zip(home.followed()) {
        let [gap] = report.run.gaps[..] else {
            panic!("{}: {:?}", report.stream, report.run.gaps);
        };
        assert!(
            gap.from_s <= dark_s && gap.until_s <= report.run.began_s - 29 * DAY_S,
            "{gap:?}"
        );
        let counts = read_in_the_gap(home, &at, report);
        assert_eq!((gap.new, gap.changed), counts, "{}", report.stream);
        new += counts.0;
        changed += counts.1;
    }
    assert!(new > 0 && changed > 0, "{new} new, {changed} changed");
    (new, changed)
}

/// How many objects the backfill of a night was the first to speak of, and of how many it said something else than the newest word
/// before it: told by going through the whole log, without the book.
fn read_in_the_gap(home: &Home, at: &Followed, report: &Report) -> (u64, u64) {
    let log = home.log();
    let mut words: BTreeMap<(String, String), (i64, Vec<Value>)> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let (mut new, mut changed, mut has_begun) = (0, 0, false);
    log.read(&at.stream, 1..=u64::MAX, &mut |entry| {
        let body: Value = serde_json::from_slice(entry.body.unwrap()).unwrap();
        let object = match entry.kind {
            Kind::Event => body["data"]["object"].clone(),
            Kind::Observation => serde_json::from_str(facts_of(entry.body.unwrap())).unwrap(),
            Kind::Notification | Kind::Control => return ControlFlow::Continue(()),
        };
        let is_of_gap = entry.source == Source::Backfill && entry.created_s >= report.run.began_s;
        has_begun |= is_of_gap;
        let name = (
            object["object"].as_str().unwrap_or_default().to_owned(),
            entry.object_id.unwrap_or_default().to_owned(),
        );
        let is_kept = reconcile::compare::map_of(&name.0).is_some();
        if is_of_gap && is_kept && seen.insert(name.clone()) {
            match words.get(&name) {
                None => new += 1,
                Some((_, newest)) => changed += u64::from(!newest.contains(&object)),
            }
        }
        if !has_begun {
            let word = words.entry(name).or_insert((entry.created_s, Vec::new()));
            if entry.created_s > word.0 {
                *word = (entry.created_s, Vec::new());
            }
            if entry.created_s == word.0 {
                word.1.push(object);
            }
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    (new, changed)
}

/// What was observed, in an entry's body.
fn facts_of(body: &[u8]) -> &str {
    facts::observation(body).unwrap().body
}

/// A night of every account that is known.
async fn whole_night(home: &mut Home) -> Vec<Report> {
    let mut reports = Vec::new();
    for at in home.followed() {
        reports.push(finished(home, &at).await);
    }
    reports
}

async fn finished(home: &mut Home, at: &Followed) -> Report {
    let settings = NightSettings {
        command: "nightly".to_owned(),
        repair: RepairMode::By(Policy::default()),
        ..NightSettings::default()
    };
    for _ in 0..TRIES {
        let (report, _) = home.night(at, &settings).await;
        if let Ok(report) = report
            && report.run.finished
        {
            return report;
        }
    }
    panic!("{} never finished", at.stream);
}

/// What is deleted, and Stripe shows no stub of it nor lists the event any more: for a person to look at, and nothing else may be open.
fn open(reports: &[Report]) -> BTreeSet<String> {
    let findings = reports.iter().flat_map(|report| &report.findings);
    let open = findings.filter(|one| one.state.is_open());
    let open = open.map(|one| {
        assert_eq!(one.finding.class, Class::ObjectGone, "{one:?}");
        assert_ne!(one.finding.object_type, "customer", "{one:?}");
        one.finding.object_id.clone()
    });
    open.collect()
}

/// What differs between the books and the truth, of all accounts that are known. No list has discounts: one that began and ended meanwhile
/// left no trace.
fn whole_truth(home: &Home) -> Vec<(String, String)> {
    let accounts = home.followed().into_iter().map(Account::new);
    let all = accounts.flat_map(|account| account.compare(home, home.now_us()).1);
    let all = all.filter(|one| one.object != "discount" || one.ours != "missing");
    all.map(|one| {
        let what = format!("{} {}: {} {}", one.object, one.member, one.ours, one.truth);
        (one.id, what)
    })
    .collect()
}

fn heads(home: &Home) -> Vec<u64> {
    let log = home.log();
    let seq = |at: Followed| log.head(&at.stream).unwrap().seq;
    home.followed().into_iter().map(seq).collect()
}
