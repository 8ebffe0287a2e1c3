//! A quarter of small companies, a night a day, with everything that can go wrong; then nights until nothing moves any more.
//! `DAYBOOK_NIGHTS` says how many seeds; each is printed with its figures.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, thread};

use ledger::StreamId;
use reconcile::compare::{Sums, Truth, compare};
use reconcile::{NightSettings, Policy, RepairMode};
use simulator::{Config, Faults, LossClass};
use sync::Followed;

use crate::home::{DAY_S, Home, MICROS};
use crate::verdict::{Account, Figures};
use crate::virtual_time::run;

/// Seeds that every run of the tests lives through, and what of a quarter.
const SEEDS: u64 = 2;
const DAYS: u32 = 12;
/// How often a run that Stripe made impossible is begun again.
const TRIES: u32 = 8;

#[test]
fn whatever_is_lost_is_found_the_same_night() {
    let asked = env::var("DAYBOOK_NIGHTS").ok();
    let seeds: u64 = asked.as_ref().map_or(SEEDS, |seeds| seeds.parse().unwrap());
    let first = env::var("DAYBOOK_NIGHTS_FROM").map_or(1, |first| first.parse().unwrap());
    let whole = if asked.is_some() { 90 } else { DAYS };
    let days = env::var("DAYBOOK_NIGHTS_DAYS").map_or(whole, |days| days.parse().unwrap());
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicU64::new(first);
    let wrong: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| live_through(&next, first + seeds, days)))
            .collect();
        let wrong = workers.into_iter().map(|worker| worker.join().unwrap());
        wrong.flatten().collect()
    });
    assert!(wrong.is_empty(), "{} wrong, as printed", wrong.len());
}

fn live_through(next: &AtomicU64, end: u64, days: u32) -> Vec<String> {
    let mut wrong = Vec::new();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return wrong;
        }
        let (line, found) = run(async { Quarter::new(seed, days).live().await });
        println!("seed {seed}: {line}");
        for one in found.iter().take(60) {
            println!("seed {seed}: WRONG {one}");
        }
        wrong.extend(found.into_iter().map(|one| format!("seed {seed}: {one}")));
    }
}

struct Quarter {
    home: Home,
    sweep_days: u32,
    end_us: i64,
    accounts: BTreeMap<StreamId, Account>,
    figures: Figures,
    wrong: Vec<String>,
}

impl Quarter {
    fn new(seed: u64, days: u32) -> Self {
        let config = Config {
            customers: 12 * days / 90 + 4,
            days,
            ..Config::small(seed)
        };
        let recording = Arc::new(simulator::simulate(&config));
        let end_us = recording.end_us();
        let mut home = Home::new(seed, config.start_s, recording, |terms| {
            terms.faults = Faults::dark(seed);
        });
        home.down_per_mille = 40;
        Self {
            home,
            // Every other company compares everything each night, the others within thirty days.
            sweep_days: if seed % 2 == 1 { 1 } else { 30 },
            end_us,
            accounts: BTreeMap::new(),
            figures: Figures::default(),
            wrong: Vec::new(),
        }
    }

    async fn live(mut self) -> (String, Vec<String>) {
        let mut next_us = self.home.now_us() + 2 * 3_600 * MICROS;
        while next_us < self.end_us {
            self.home.live_until(next_us).await;
            self.night().await;
            next_us += DAY_S * MICROS;
        }
        // Until the last post was tried for the last time, and everything was swept once more.
        for day in 1..=i64::from(self.sweep_days) + 4 {
            let until_us = self.end_us + day * DAY_S * MICROS;
            self.home.live_until(until_us).await;
            self.night().await;
        }
        self.clean_night().await;
        self.whole_truth();
        (self.told(), self.wrong)
    }

    async fn night(&mut self) {
        for at in self.home.followed() {
            let stream = at.stream.clone();
            let account = self.accounts.entry(stream.clone());
            let account = account.or_insert_with(|| Account::new(at.clone()));
            account.look_before(&self.home);
            let Some((report, night)) = self.run(&at).await else {
                return;
            };
            let account = self.accounts.get_mut(&stream).expect("it is there");
            account.nights.push(night);
            let sweep_days = i64::from(self.sweep_days);
            let wrong = account.judge(&self.home, &report, sweep_days, &mut self.figures);
            self.wrong.extend(wrong);
        }
    }

    /// A run, begun again for as long as Stripe makes it impossible.
    async fn run(&mut self, at: &Followed) -> Option<(reconcile::Report, simulator::Night)> {
        let settings = NightSettings {
            command: "nightly".to_owned(),
            sweep_days: self.sweep_days,
            repair: RepairMode::By(Policy::default()),
            ..NightSettings::default()
        };
        let begun_us = self.home.now_us();
        for _ in 0..TRIES {
            self.figures.tries += 1;
            let (report, night) = self.home.night(at, &settings).await;
            match report {
                Ok(report) if report.run.finished => {
                    let night = simulator::Night { begun_us, ..night };
                    return Some((report, night));
                }
                Ok(_) => {}
                Err(reconcile::ReconcileError::Read(error)) if error.is_final() => {}
                Err(error) => {
                    self.wrong.push(format!("{}: {error}", at.stream));
                    return None;
                }
            }
        }
        self.wrong.push(format!("{}: never finished", at.stream));
        None
    }

    /// When nothing moves, a further run finds nothing and leaves its record alone.
    async fn clean_night(&mut self) {
        for at in self.home.followed() {
            let Some((report, _)) = self.run(&at).await else {
                continue;
            };
            let found = report.findings.iter().map(|one| &one.finding.object_id);
            let found: Vec<&String> = found.collect();
            if !found.is_empty() || !report.run.unsettled.is_empty() {
                self.wrong.push(format!("in the end: {found:?}"));
            }
            if !report.run.balance_settled {
                self.wrong.push("in the end: balance moves".to_owned());
            }
            if let Some(account) = self.accounts.get_mut(&at.stream) {
                self.wrong.extend(account.left_behind(&self.home));
            }
        }
    }

    /// The books of all accounts that were ever heard of against all that is true in the end, sums too.
    fn whole_truth(&mut self) {
        let recording = self.home.recording();
        let book = self.home.book();
        for at in self.home.followed() {
            let (account, stream) = (at.stream.account(), at.stream.clone());
            let position = book.position(&stream).unwrap();
            let clock_us = position.clock_s.unwrap_or_default() * MICROS;
            let now_us = self.home.now_us();
            let states = recording.states_at(account, now_us, clock_us);
            let states = states.map(|(_, _, json, _)| json);
            let truth = recording.truth_of(account);
            let members = truth.lists();
            let members = members.filter(|(kind, ..)| *kind == "payout_membership");
            let members = members.map(|(.., json)| json);
            let texts = states.chain(members);
            let texts = texts.chain([recording.balance_of(account, clock_us)]);
            let comparison = compare(
                &book,
                &stream,
                Truth {
                    objects: &mut texts.map(|text| serde_json::from_str(&text).unwrap()),
                    sums: sums(&truth),
                },
            )
            .unwrap();
            // What the balance was when it was last read; the sums are compared by themselves.
            let differences = comparison.differences.iter();
            let differences = differences.filter(|one| one.object != "balance");
            self.wrong
                .extend(differences.map(|one| format!("in the end: {one:?}")));
        }
    }

    fn told(&self) -> String {
        let home = &self.home;
        let mut losses = BTreeMap::<LossClass, u64>::new();
        for loss in self.accounts.values().flat_map(|one| one.losses(home)) {
            *losses.entry(loss.class).or_default() += 1;
        }
        let recording = home.recording();
        let events = recording.events();
        let is_lost = |id: &str| !home.arrived.contains_key(id);
        let lost = events.iter().filter(|event| is_lost(&event.id)).count();
        let late = events.iter().filter(|event| {
            let arrived_us = home.arrived.get(&*event.id);
            arrived_us.is_some_and(|arrived_us| arrived_us - event.emitted_us > 6 * 3_600 * MICROS)
        });
        let figures = &self.figures;
        format!(
            "{} events, {lost} lost, {} late, {} doubled, {} accounts; {} nights in {} tries, sweep {} days; losses {losses:?}, \
             named {:?}, followed {}, known otherwise {}; findings {:?}; causes {:?}; unsettled {}, balances unsettled {}, moved {}; \
             requests a night {} on average, {} at most; {} objects compared",
            events.len(),
            late.count(),
            home.doubled,
            self.accounts.len(),
            figures.nights,
            figures.tries,
            self.sweep_days,
            figures.named,
            figures.followed,
            figures.known_otherwise,
            figures.findings,
            figures.causes,
            figures.unsettled,
            figures.balances_unsettled,
            figures.moved,
            figures.requests / figures.nights.max(1),
            figures.most_requests,
            figures.objects,
        )
    }
}

/// What an account's balance transactions sum up to in the end.
pub(crate) fn sums(truth: &simulator::Truth<'_>) -> Sums {
    let sums = truth.sums().into_iter();
    let named = sums.map(|((currency, category), sum)| {
        let count = i64::try_from(sum.count).unwrap();
        let numbers = [count, sum.amount_minor, sum.fee_minor, sum.net_minor];
        ((currency.to_owned(), category.to_owned()), numbers)
    });
    named.collect()
}
