//! Backfill: everything that Stripe lists is in the log, read politely, once, and gone on with after any end.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use ledger::{Kind, Log, SqliteLedger, StreamId};
use simulator::{Config, Recording, Stripe, Terms};
use sync::{
    Api, Backfill, Desk, Keeper, Limits, Patience, Progress, Report, Selection, SyncError, Target,
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
type Objects = BTreeMap<(String, String), Option<serde_json::Value>>;

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
        Self::new(stripe, recording.account(), recording.end_us())
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn log(&self) -> SqliteLedger {
        SqliteLedger::open_readonly(&self.path("ledger.db")).unwrap()
    }

    pub(crate) fn desk(&self) -> Desk {
        desk(self.folder.path(), &self.served)
    }

    pub(crate) fn api(&self, pid: u32) -> Api {
        let governor = governor(self.folder.path(), self.limits, self.began, pid);
        let transport = Arc::new(self.served.clone());
        Api::new(transport, governor, Patience::default(), u64::from(pid))
    }

    pub(crate) async fn backfill(&self, selection: Selection) -> Result<Report, SyncError> {
        let target = Target {
            stream: self.stream.clone(),
            is_own: true,
        };
        let backfill = Backfill::new(self.api(1), self.desk(), selection);
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
                    let body = serde_json::from_str(observation.body).unwrap();
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

fn company() -> Arc<Recording> {
    Arc::new(simulator::simulate(&Config::small(7)))
}

/// What is true and the log doesn't say.
fn lacking(recording: &Recording, objects: &Objects) -> BTreeMap<&'static str, Vec<String>> {
    let truth = recording.truth();
    let mut lacking: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for (object, id, json) in truth.objects().chain(truth.lists()) {
        let known = objects.get(&(object.to_owned(), id.to_owned()));
        let body: serde_json::Value = serde_json::from_str(&json).unwrap();
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
        for of in &report.types {
            println!("{of:?}");
        }
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
