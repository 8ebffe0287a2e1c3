//! Backfill: everything that Stripe lists is in the log, read politely, once, and gone on with after any end.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use ledger::{Kind, Log, SqliteLedger, StreamId};
use simulator::{Config, Grant, Key, Odd, OddItem, Recording, Stripe, Terms, Warehouse};
use sync::{
    Api, ApiError, Backfill, Desk, Keeper, Limits, Patience, Progress, Report, Selection,
    SyncError, Target, Transport,
};
use tokio::time::Instant;

use crate::in_process::InProcess;
use crate::virtual_time::{governor, run};

/// A data folder, and the Stripe that it is filled from.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    pub(crate) served: InProcess,
    pub(crate) stream: StreamId,
    began: Instant,
    limits: Limits,
}

/// What the log knows of an object last: its JSON, or none if it was not found.
pub(crate) type Objects = BTreeMap<(String, String), Option<serde_json::Value>>;

impl Place {
    pub(crate) fn new(stripe: Stripe, account: &str, start_us: i64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        SqliteLedger::create(&folder.path().join("ledger.db"), start_us).unwrap();
        let key = stripe.terms().keys[0].secret.clone();
        Self {
            folder,
            served: InProcess::new(stripe, &key, start_us),
            stream: StreamId::new(account, true).unwrap(),
            began: Instant::now(),
            limits: Limits::LIVE,
        }
    }

    /// A whole year's company at its end.
    pub(crate) fn of(recording: &Arc<Recording>, terms: Terms) -> Self {
        let stripe = Stripe::new(Arc::clone(recording), terms);
        // A replica may be seconds behind: what was made within them is follow's to find.
        Self::new(stripe, recording.account(), recording.end_us() + 60_000_000)
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn log(&self) -> SqliteLedger {
        SqliteLedger::open_readonly(&self.path("ledger.db")).unwrap()
    }

    pub(crate) fn desk(&self) -> Desk {
        desk(self.folder.path(), &self.served)
    }

    pub(crate) fn api(&self, pid: u32) -> Api {
        self.api_over(Arc::new(self.served.clone()), pid)
    }

    /// As a process reaches Stripe over a way of the test's own.
    pub(crate) fn api_over(&self, transport: Arc<dyn Transport>, pid: u32) -> Api {
        let governor = governor(self.folder.path(), self.limits, self.began, pid);
        Api::new(transport, governor, Patience::default(), u64::from(pid))
    }

    pub(crate) async fn backfill(&self, selection: Selection) -> Result<Report, SyncError> {
        self.backfill_over(Arc::new(self.served.clone()), selection)
            .await
    }

    pub(crate) async fn backfill_over(
        &self,
        transport: Arc<dyn Transport>,
        selection: Selection,
    ) -> Result<Report, SyncError> {
        let target = Target {
            stream: self.stream.clone(),
            is_own: true,
        };
        let backfill = Backfill::new(self.api_over(transport, 1), self.desk(), selection);
        backfill.run(&target, &mut |_: &Progress| {}).await
    }

    /// How many entries there are of each kind.
    fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        self.log()
            .read(&self.stream, 1..=u64::MAX, &mut |entry| {
                *counts.entry(entry.kind.as_str()).or_default() += 1;
                ControlFlow::Continue(())
            })
            .unwrap();
        counts
    }

    /// The newest observation of every object.
    pub(crate) fn objects(&self) -> Objects {
        let mut objects = BTreeMap::new();
        self.log()
            .read(&self.stream, 1..=u64::MAX, &mut |entry| {
                if entry.kind == Kind::Observation {
                    let observation = facts::observation(entry.body.unwrap()).unwrap();
                    let header = observation.header;
                    let key = (header.object_type.unwrap(), header.object_id.unwrap());
                    // One that is nested too deep for this reader is as good as none.
                    let body = serde_json::from_str(observation.body).unwrap_or_default();
                    objects.insert(key, header.absent.is_none().then_some(body));
                }
                ControlFlow::Continue(())
            })
            .unwrap();
        objects
    }
}

fn desk(folder: &Path, served: &InProcess) -> Desk {
    let ledger = SqliteLedger::open(&folder.join("ledger.db")).unwrap();
    let keeper = Keeper::open(&folder.join("sync.db")).unwrap();
    let served = served.clone();
    let clock = Arc::new(move || served.now_us());
    Desk::new(Box::new(ledger), keeper, folder.join("rejects"), clock)
}

pub(crate) fn company() -> Arc<Recording> {
    Arc::new(simulator::simulate(&Config::small(7)))
}

/// What is true and the log doesn't say. What was deleted or detached, and discounts, are in no list: only events tell of them.
pub(crate) fn lacking(
    recording: &Recording,
    objects: &Objects,
) -> BTreeMap<&'static str, Vec<String>> {
    let truth = recording.truth();
    let mut lacking: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for (object, id, json) in truth.objects().chain(truth.lists()) {
        let known = objects.get(&(object.to_owned(), id.to_owned()));
        let body: serde_json::Value = serde_json::from_str(&json).unwrap();
        let is_unlisted = object == "discount"
            || body["deleted"] == true
            || (object == "payment_method" && body["customer"].is_null());
        if is_unlisted {
            continue;
        }
        let is_list = object.ends_with("_list") || object == "payout_membership";
        let is_there = known
            .and_then(Option::as_ref)
            .is_some_and(|known| *known == body || (is_list && ids(known) == ids(&body)));
        if !is_there {
            lacking.entry(object).or_default().push(id.to_owned());
        }
    }
    lacking
}

fn ids(list: &serde_json::Value) -> BTreeSet<String> {
    let items = list["data"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn log_has_every_object_that_stripe_holds() {
    run(async {
        let recording = company();
        let place = Place::of(&recording, Terms::plain(1));
        let report = place.backfill(Selection::all(true)).await.unwrap();
        let lacking = lacking(&recording, &place.objects());
        for (object, ids) in &lacking {
            println!("{object}: {} lack, as {:?}", ids.len(), ids.first());
        }
        assert!(report.is_whole(), "{report:?}");
        assert!(lacking.is_empty());
    });
}

#[test]
fn second_run_appends_nothing_but_its_evidence() {
    run(async {
        let recording = company();
        let place = Place::of(&recording, Terms::plain(1));
        place.backfill(Selection::all(true)).await.unwrap();
        let first = place.counts();
        let report = place.backfill(Selection::all(true)).await.unwrap();
        let second = place.counts();
        assert_eq!(report.total().appended, 0, "{report:?}");
        assert_eq!(second["observation"], first["observation"]);
        assert!(second["control"] > first["control"]);
    });
}

/// All windows of creation that were told of in the log, by their requests.
fn windows(place: &Place) -> Vec<serde_json::Value> {
    let mut windows = Vec::new();
    place
        .log()
        .read(&place.stream, 1..=u64::MAX, &mut |entry| {
            if entry.type_ == "sync.window" {
                windows.push(serde_json::from_slice(entry.body.unwrap()).unwrap());
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    windows
}

#[test]
fn run_that_is_broken_off_anywhere_ends_as_an_undisturbed_one() {
    let recording = company();
    let undisturbed = run(async {
        let place = Place::of(&recording, Terms::plain(1));
        place.backfill(Selection::all(true)).await.unwrap();
        (
            place.objects(),
            place.served.stripe(|stripe| stripe.served().pages_read()),
        )
    });
    for seed in 0..12_u64 {
        run(async {
            let place = Place::of(&recording, Terms::plain(1));
            let mut breaks = 0;
            loop {
                let span_ms = 40 + (seed * 7919 + breaks * 104_729) % 700;
                let span = std::time::Duration::from_millis(span_ms);
                let whole = place.backfill(Selection::all(true));
                match tokio::time::timeout(span, whole).await {
                    Ok(report) => break assert!(report.unwrap().is_whole()),
                    Err(_) => breaks += 1,
                }
            }
            assert_eq!(place.objects(), undisturbed.0, "seed {seed}");
            let pages = place.served.stripe(|stripe| stripe.served().pages.clone());
            let again: u64 = pages.values().map(|times| times - 1).sum();
            println!(
                "seed {seed}: {breaks} breaks, {again} pages again of {}",
                undisturbed.1
            );
            assert!(again <= breaks * 64);
            let told = windows(&place);
            let requests: BTreeSet<&str> = told
                .iter()
                .map(|window| window["request"].as_str().unwrap())
                .collect();
            assert_eq!(requests.len(), told.len(), "a window is told of once");
            ledger::verify(&place.log(), None, &mut |_| ()).unwrap();
        });
    }
}

#[test]
fn answers_that_go_wrong_cost_nothing_but_time() {
    run(async {
        let recording = company();
        let terms = Terms {
            faults: simulator::Faults::lively(),
            ..Terms::plain(3)
        };
        let place = Place::of(&recording, terms);
        let report = place.backfill(Selection::all(true)).await.unwrap();
        assert!(report.is_whole(), "{report:?}");
        assert_eq!(lacking(&recording, &place.objects()), BTreeMap::new());
    });
}

/// A store of as many objects of each type, and what its lists cost: pages and their share of what was needed, and of the allowed rate.
fn read_warehouse(count: u64) {
    run(async {
        let warehouse = Warehouse::of_each(count);
        let (account, end_us) = (warehouse.account.clone(), warehouse.until_s * 1_000_000);
        let place = Place::new(
            Stripe::of_warehouse(warehouse, Terms::plain(1)),
            &account,
            end_us,
        );
        let names = ["charge", "customer", "balance_transaction"].map(str::to_owned);
        let began = Instant::now();
        let target = Target {
            stream: place.stream.clone(),
            is_own: true,
        };
        let selection = Selection::only(&names).unwrap();
        let backfill = Backfill::new(place.api(1), place.desk(), selection);
        let mut per_s = BTreeMap::<u64, u64>::new();
        let mut watch = |_: &Progress| *per_s.entry(began.elapsed().as_secs()).or_default() += 1;
        let report = backfill.run(&target, &mut watch).await.unwrap();
        println!(
            "pages of each second: {:?}",
            per_s.values().collect::<Vec<_>>()
        );
        let span = began.elapsed();
        let needed = 3 * count.div_ceil(100);
        let pages = place.served.stripe(|stripe| stripe.served().pages_read());
        // Three endpoints, and four fifths of 25 a second each.
        let allowed = span.as_millis() * 60 / 1000;
        println!(
            "{count} of each: {pages} pages for {needed} ({} per mille), {} s, {} per mille of the allowed rate",
            pages * 1000 / needed,
            span.as_secs(),
            u128::from(pages) * 1000 / allowed,
        );
        assert!(
            report.types.iter().all(|of| of.objects == count),
            "{report:?}"
        );
        assert!(pages * 100 <= needed * 105);
        let over = place.served.stripe(|stripe| stripe.served().over_limit);
        assert_eq!(over, 0);
        if count >= 100_000 {
            assert!(u128::from(pages) * 100 >= allowed * 95);
        }
    });
}

#[test]
fn lists_of_a_thousand_need_no_pages_but_their_own() {
    read_warehouse(950);
}

#[test]
fn lists_of_many_thousands_use_the_allowed_rate() {
    read_warehouse(100_000);
}

#[test]
fn odd_item_is_set_aside_and_its_neighbours_are_kept() {
    run(async {
        let recording = company();
        let odds = [Odd::NoObject, Odd::NoId, Odd::WrongType, Odd::Deep];
        let odd_items = odds.into_iter().enumerate().map(|(place, odd)| OddItem {
            object: "charge".to_owned(),
            place: place * 3,
            odd,
        });
        let terms = Terms {
            odd_items: odd_items.collect(),
            ..Terms::plain(1)
        };
        let place = Place::of(&recording, terms);
        let report = place.backfill(Selection::all(true)).await.unwrap();
        let charges = report.types.iter().find(|of| of.kind == "charge").unwrap();
        println!("{charges:?}");
        let lacking = lacking(&recording, &place.objects());
        assert_eq!(lacking.keys().collect::<Vec<_>>(), [&"charge"]);
        assert_eq!(lacking["charge"].len(), 4);
        assert_eq!(charges.counts.set_aside, 2);
    });
}

#[test]
fn empty_account_is_read_to_its_end() {
    run(async {
        let warehouse = Warehouse {
            counts: Vec::new(),
            ..Warehouse::of_each(0)
        };
        let account = warehouse.account.clone();
        let place = Place::new(
            Stripe::of_warehouse(warehouse, Terms::plain(1)),
            &account,
            1_750_000_000_000_000,
        );
        let report = place.backfill(Selection::all(true)).await.unwrap();
        assert!(report.is_whole(), "{report:?}");
        assert_eq!(report.types.iter().map(|of| of.objects).sum::<u64>(), 0);
    });
}

#[test]
fn type_that_the_key_may_not_read_is_named_and_the_others_are_read() {
    run(async {
        let recording = company();
        let narrow = Key {
            grant: Grant::AllBut(vec!["rak_charge_read"]),
            ..Key::secret("rk_live_narrow")
        };
        let terms = Terms {
            keys: vec![narrow],
            ..Terms::plain(1)
        };
        let place = Place::of(&recording, terms);
        let report = place.backfill(Selection::all(true)).await.unwrap();
        let skipped: Vec<_> = report
            .types
            .iter()
            .filter(|of| of.skipped.is_some())
            .collect();
        println!("{skipped:?}");
        assert!(skipped.iter().any(|of| of.kind == "charge"));
        assert!(
            skipped
                .iter()
                .all(|of| of.skipped.as_deref() == Some("the key lacks rak_charge_read"))
        );
        let lacking = lacking(&recording, &place.objects());
        assert!(lacking.contains_key("charge") && !lacking.contains_key("invoice"));
    });
}

#[test]
fn key_that_is_revoked_ends_the_run_and_another_goes_on() {
    run(async {
        let recording = company();
        let place = Place::of(&recording, Terms::plain(1));
        let at_us = recording.end_us() + 60_600_000;
        place
            .served
            .stripe(|stripe| stripe.terms_mut().keys[0].revoked_us = Some(at_us));
        let error = place.backfill(Selection::all(true)).await.unwrap_err();
        assert!(
            matches!(&error, SyncError::Api(why) if matches!(**why, ApiError::Unauthorized { .. })),
            "{error}"
        );
        let before = place.objects().len();
        place
            .served
            .stripe(|stripe| stripe.terms_mut().keys[0].revoked_us = None);
        let report = place.backfill(Selection::all(true)).await.unwrap();
        assert!(report.is_whole() && before > 0 && before < place.objects().len());
        assert_eq!(lacking(&recording, &place.objects()), BTreeMap::new());
    });
}

#[test]
fn key_of_another_account_reads_nothing() {
    run(async {
        let recording = company();
        let mut place = Place::of(&recording, Terms::plain(1));
        place.stream = StreamId::new("acct_another", true).unwrap();
        let error = place.backfill(Selection::all(true)).await.unwrap_err();
        assert!(matches!(error, SyncError::OtherAccount { .. }), "{error}");
        assert!(place.log().streams().unwrap().is_empty());
    });
}
