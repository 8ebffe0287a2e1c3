//! Following a company while it lives, in virtual time: what comes late, what has no event, what is broken off.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ledger::{Kind, Ledger, Log, Source, SqliteLedger, StreamId};
use simulator::{Config, Faults, LIVE_KEY, Recording, Stripe, Terms};
use sync::{
    Api, Desk, Follow, FollowSettings, Followed, Keeper, Limits, Patience, ReadError, StreamRound,
    Transport,
};
use tempfile::TempDir;
use tokio::time::{Instant, timeout};

use crate::in_process::InProcess;
use crate::outages::{Interrupted, Outage};
use crate::virtual_time::{governor, pass, run};

const MINUTE: Duration = Duration::from_secs(60);
const DAY_S: u64 = 86_400;

/// A company, and a data folder that follows it.
struct Setup {
    folder: TempDir,
    recording: Arc<Recording>,
    stripe: InProcess,
    began: Instant,
}

impl Setup {
    /// A company of a few days, followed from its first second.
    fn new(config: &Config, change: impl FnOnce(&mut Terms)) -> Self {
        let recording = Arc::new(simulator::simulate(config));
        let mut terms = Terms::plain(config.seed);
        change(&mut terms);
        let stripe = Stripe::new(Arc::clone(&recording), terms);
        let folder = TempDir::new().unwrap();
        SqliteLedger::create(&folder.path().join("ledger.db"), 0).unwrap();
        Self {
            folder,
            recording,
            stripe: InProcess::new(stripe, LIVE_KEY, config.start_s * 1_000_000),
            began: Instant::now(),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The streams of all accounts.
    fn streams(&self) -> Vec<Followed> {
        let own = self.recording.account();
        let followed = |account: &str| Followed {
            stream: StreamId::new(account, true).unwrap(),
            account: (account != own).then(|| account.to_owned()),
        };
        self.recording
            .accounts()
            .into_iter()
            .map(followed)
            .collect()
    }

    /// A process that follows.
    fn follow(&self, patience_s: u64) -> Follow {
        self.follow_overlapping(patience_s, FollowSettings::default().overlap_s)
    }

    fn follow_overlapping(&self, patience_s: u64, overlap_s: i64) -> Follow {
        self.follow_over(Arc::new(self.stripe.clone()), patience_s, overlap_s)
    }

    fn follow_over(
        &self,
        transport: Arc<dyn Transport>,
        patience_s: u64,
        overlap_s: i64,
    ) -> Follow {
        let ledger = SqliteLedger::open(&self.path().join("ledger.db")).unwrap();
        let keeper = Keeper::open(&self.path().join("sync.db")).unwrap();
        let rejects = self.path().join("rejects");
        let desk = Desk::new(Box::new(ledger), keeper, rejects, Arc::new(|| 0));
        let governor = governor(self.path(), Limits::LIVE, self.began, 1);
        let api = Api::new(transport, governor, Patience::default(), 1);
        let settings = FollowSettings {
            patience_s,
            overlap_s,
        };
        let stop = Arc::new(AtomicBool::new(false));
        Follow::new(api, desk, self.path().to_owned(), settings, stop)
    }

    fn log(&self) -> SqliteLedger {
        SqliteLedger::open_readonly(&self.path().join("ledger.db")).unwrap()
    }

    /// Ids of all entries of a kind.
    fn ids(&self, kind: Kind) -> BTreeSet<String> {
        let (log, mut ids) = (self.log(), BTreeSet::new());
        for at in self.streams() {
            log.read(&at.stream, 1..=u64::MAX, &mut |entry| {
                if entry.kind == kind {
                    assert!(ids.insert(entry.id.to_owned()), "{} came twice", entry.id);
                }
                ControlFlow::Continue(())
            })
            .unwrap();
        }
        ids
    }

    /// A notification of this moment, on the tenth day of the year, comes by webhook.
    fn notify(&self, id: &str, members: &str) {
        let of_day_s = self.stripe.now_us() / 1_000_000 % 86_400;
        let (hours, minutes, seconds) = (of_day_s / 3_600, of_day_s / 60 % 60, of_day_s % 60);
        let created = format!("2025-01-10T{hours:02}:{minutes:02}:{seconds:02}Z");
        let body = format!(
            r#"{{"id":"{id}","object":"v2.core.event","created":"{created}","livemode":true,{members}}}"#
        );
        let stream = &self.streams()[0].stream;
        let door = intake::Door::new(stream, Source::Webhook);
        let entry = door.delivered(body.into_bytes(), 0).unwrap();
        let mut ledger = SqliteLedger::open(&self.path().join("ledger.db")).unwrap();
        ledger.append(&[entry.as_new_entry()]).unwrap();
    }

    /// How often a single customer was asked for.
    fn customers_asked(&self) -> u64 {
        let endpoints = self
            .stripe
            .stripe(|stripe| stripe.served().endpoints.clone());
        let customers = endpoints.get("GET /v1/customers/:id");
        customers.map_or(0, |busiest| busiest.requests)
    }

    /// Events that happened and are not in the log.
    fn missing(&self) -> Vec<String> {
        let known = self.ids(Kind::Event);
        let now_us = self.stripe.now_us();
        let unborn: BTreeSet<String> = self.stripe.stripe(|stripe| {
            stripe
                .unborn()
                .iter()
                .map(|event| event.id.to_string())
                .collect()
        });
        let all = self.recording.events().iter();
        let happened =
            all.filter(|event| event.emitted_us < now_us && !unborn.contains(&*event.id));
        let ids = happened.map(|event| event.id.to_string());
        ids.filter(|id| !known.contains(id)).collect()
    }
}

fn days(seed: u64, days: u32) -> Config {
    Config {
        days,
        customers: 6,
        ..Config::small(seed)
    }
}

fn untroubled(rounds: &[StreamRound]) {
    for round in rounds {
        assert!(round.troubles.is_empty(), "{:?}", round.troubles);
    }
}

#[test]
fn events_are_followed_however_late_they_are_listed() {
    run(async {
        let setup = Setup::new(&days(1, 3), |terms| {
            terms.faults = Faults {
                events_late: 500,
                events_very_late: 100,
                skew_s: 2,
                lagging: 100,
                lag_ms: 2_000,
                ..Faults::none()
            };
        });
        let mut follow = setup.follow(0);
        let streams = setup.streams();
        while setup.stripe.now_us() < setup.recording.end_us() {
            untroubled(&follow.round(&streams).await.unwrap());
            pass(7 * MINUTE).await;
        }
        pass(5 * MINUTE).await;
        let rounds = follow.round(&streams).await.unwrap();
        assert_eq!(setup.missing(), Vec::<String>::new());
        let events: u64 = rounds.iter().map(|round| round.events.appended).sum();
        println!(
            "{} events, {events} in the last round",
            setup.ids(Kind::Event).len()
        );
    });
}

#[test]
fn what_has_no_event_is_read_because_something_hints_at_it() {
    run(async {
        let setup = Setup::new(&days(3, 60), |_| {});
        let mut follow = setup.follow(60);
        let streams = setup.streams();
        let mut fetched = 0;
        while setup.stripe.now_us() < setup.recording.end_us() {
            let rounds = follow.round(&streams).await.unwrap();
            untroubled(&rounds);
            for round in &rounds {
                assert_eq!(round.wanted, [], "{}", round.stream);
                fetched += round.fetched.appended;
            }
            pass(Duration::from_secs(DAY_S)).await;
        }
        untroubled(&follow.round(&streams).await.unwrap());
        assert_eq!(setup.missing(), Vec::<String>::new());
        let book = projector::open_book_readonly(setup.path()).unwrap();
        let sql = "SELECT object_id || ' ' || code || ': ' || what FROM findings";
        let mut statement = book.connection().prepare(sql).unwrap();
        let findings = statement.query_map([], |row| row.get::<_, String>(0));
        let findings: Vec<String> = findings.unwrap().map(Result::unwrap).collect();
        assert_eq!(findings, Vec::<String>::new());
        for object in ["customer_balance_transaction", "balance_transaction"] {
            let listed = setup.recording.list_ids(object);
            let held = |id: &&&str| {
                !book
                    .entries_of(&streams[0].stream, object, id)
                    .unwrap()
                    .is_empty()
            };
            assert_eq!(listed.iter().filter(held).count(), listed.len(), "{object}");
            println!("{} of {object}", listed.len());
        }
        println!("{fetched} objects fetched");
    });
}

#[test]
fn round_broken_off_anywhere_goes_on_where_it_was() {
    run(async {
        let config = days(4, 40);
        let setup = Setup::new(&config, |_| {});
        let streams = &setup.streams()[..1];
        setup.follow(0).round(streams).await.unwrap();
        pass(Duration::from_secs(29 * DAY_S)).await;
        let pages = |setup: &Setup| setup.stripe.stripe(|stripe| stripe.served().pages.clone());
        let before = pages(&setup);
        let mut broken = 0_u64;
        loop {
            let mut follow = setup.follow(0);
            let patience = Duration::from_millis(200 + broken * 37 % 900);
            if timeout(patience, follow.round(streams)).await.is_ok() {
                break;
            }
            broken += 1;
        }
        let read = pages(&setup);
        let new = read.iter().filter(|(page, _)| !before.contains_key(*page));
        let walked = new.filter(|(page, _)| page.contains("/events?") && page.contains("after="));
        let again: Vec<_> = walked.filter(|(_, times)| **times > 2).collect();
        assert_eq!(again, [], "no page but those in flight is read again");
        assert!(broken > 3, "{broken}");
        let own: BTreeSet<&str> = setup
            .recording
            .events()
            .iter()
            .filter(|event| event.account.is_none())
            .map(|event| &*event.id)
            .collect();
        let missing = setup.missing();
        let missing = missing.iter().filter(|id| own.contains(id.as_str()));
        assert_eq!(missing.count(), 0);
        println!("broken off {broken} times");
    });
}

#[test]
fn rounds_through_an_hour_without_network_lose_nothing() {
    for kind in [Outage::Unreachable, Outage::Garbage] {
        run(async {
            let setup = Setup::new(&days(8, 3), |_| {});
            let way = Interrupted::new(&setup.stripe, kind, DAY_S, DAY_S + 3_600);
            let streams = setup.streams();
            let settings = FollowSettings::default();
            let mut follow = setup.follow_over(Arc::new(way), 0, settings.overlap_s);
            let (mut failed, mut went_on) = (0, 0);
            while setup.stripe.now_us() < setup.recording.end_us() {
                match follow.round(&streams).await {
                    Ok(rounds) => {
                        untroubled(&rounds);
                        went_on += u32::from(failed > 0);
                    }
                    Err(ReadError::Api(error)) => {
                        assert!(kind.is_named(&error), "{error}");
                        failed += 1;
                    }
                    Err(error) => panic!("{error}"),
                }
                pass(5 * MINUTE).await;
            }
            untroubled(&follow.round(&streams).await.unwrap());
            assert!(failed > 3 && went_on > 3, "{failed} {went_on}");
            assert_eq!(setup.missing(), Vec::<String>::new());
        });
    }
}

#[test]
fn event_later_than_the_overlap_is_found_among_the_undelivered() {
    run(async {
        let config = days(5, 2);
        let setup = Setup::new(&config, |terms| {
            let start_us = config.start_s * 1_000_000;
            *terms = Terms::delivering(5, "https://books.example.com/webhooks", start_us);
            terms.faults.events_very_late = 300;
        });
        let mut follow = setup.follow_overlapping(0, 0);
        let streams = setup.streams();
        while setup.stripe.now_us() < setup.recording.end_us() {
            untroubled(&follow.round(&streams).await.unwrap());
            pass(10 * MINUTE).await;
        }
        untroubled(&follow.round(&streams).await.unwrap());
        assert_eq!(setup.missing(), Vec::<String>::new());
    });
}

#[test]
fn notification_has_its_object_read_once() {
    let failure = |customer: &str| {
        format!(
            r#""type":"v2.core.health.event_generation_failure.resolved","data":{{"impact":{{
               "event_type":"customer.updated","related_object":{{"id":"{customer}","type":"customer"}}}}}}"#
        )
    };
    let change = |customer: &str| {
        format!(
            r#""type":"v1.customer.updated","related_object":{{"id":"{customer}","type":"customer"}}"#
        )
    };
    run(async {
        let setup = Setup::new(&days(6, 10), |_| {});
        let streams = setup.streams();
        pass(Duration::from_secs(9 * DAY_S)).await;
        let mut follow = setup.follow(0);
        follow.round(&streams).await.unwrap();
        let customer = setup.recording.list_ids("customer")[0];
        for (id, members) in [("evt_65", failure(customer)), ("evt_66", change(customer))] {
            let before = setup.customers_asked();
            setup.notify(id, &members);
            pass(MINUTE).await;
            untroubled(&follow.round(&streams).await.unwrap());
            assert_eq!(setup.customers_asked(), before + 1, "{members}");
            untroubled(&follow.round(&streams).await.unwrap());
            assert_eq!(setup.customers_asked(), before + 1, "{members}");
        }
    });
}

#[test]
fn round_after_a_quiet_month_reads_events_as_far_as_stripe_has_them() {
    run(async {
        let setup = Setup::new(&days(2, 60), |_| {});
        let streams = setup.streams();
        let mut follow = setup.follow(60);
        follow.round(&streams).await.unwrap();
        pass(Duration::from_secs(45 * DAY_S)).await;
        let rounds = follow.round(&streams).await.unwrap();
        assert!(rounds[0].gap.is_some());
        let now_us = setup.stripe.now_us();
        let listed_us = now_us - 29 * 86_400_000_000;
        let known = setup.ids(Kind::Event);
        let all = setup.recording.events().iter();
        let mut listed = all.filter(|event| (listed_us..now_us).contains(&event.emitted_us));
        assert!(listed.all(|event| known.contains(&*event.id)));
        let again = follow.round(&streams).await.unwrap();
        assert!(again[0].gap.is_none());
        untroubled(&again);
    });
}
