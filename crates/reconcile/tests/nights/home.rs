//! A company, its Stripe and a data folder: posts are taken as they come, also while a run is under way. Judges nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use intake::Door;
use ledger::{Ledger, Log, Source, SqliteLedger, StreamId};
use projector::{Books, OpenBook, Options, open_book_readonly, project};
use reconcile::{Night, NightSettings, ReconcileError, Report, Watch};
use simulator::{Attempt, LIVE_KEY, Recording, Stripe, Terms};
use sync::{Api, Desk, Followed, Keeper, Limits, Patience, Transport};
use tempfile::TempDir;
use tokio::time::Instant;

use crate::in_process::InProcess;
use crate::virtual_time::{governor, pass};

pub(crate) const MICROS: i64 = 1_000_000;
pub(crate) const DAY_S: i64 = 86_400;
const URL: &str = "https://books.example.com/webhooks/stripe";
/// How often posts are taken while a run is under way.
const POSTS_EVERY: Duration = Duration::from_secs(7);

/// A company, its Stripe and a data folder.
pub(crate) struct Home {
    pub(crate) seed: u64,
    /// The company's own stream.
    pub(crate) own: StreamId,
    pub(crate) stripe: InProcess,
    folder: TempDir,
    ledger: SqliteLedger,
    began: Instant,
    /// When each event came first by post.
    pub(crate) arrived: BTreeMap<String, i64>,
    /// Posts of events that were there already.
    pub(crate) doubled: u64,
    /// Of a thousand days, those on which the endpoint answers no post.
    pub(crate) down_per_mille: u64,
    /// The instant before which it answers all.
    down_from_us: i64,
    /// Whether posts are taken at all.
    pub(crate) is_listening: bool,
}

impl Home {
    /// From the company's first second on, with endpoints for all its events.
    pub(crate) fn new(
        seed: u64,
        start_s: i64,
        recording: Arc<Recording>,
        change: impl FnOnce(&mut Terms),
    ) -> Self {
        let mut terms = Terms::delivering(seed, URL, start_s * MICROS);
        change(&mut terms);
        let own = StreamId::new(recording.account(), true).unwrap();
        let stripe = Stripe::new(recording, terms);
        Self::of(seed, start_s, stripe, own)
    }

    /// From a second on.
    fn of(seed: u64, start_s: i64, stripe: Stripe, own: StreamId) -> Self {
        let start_us = start_s * MICROS;
        let folder = TempDir::new().unwrap();
        let mut ledger = SqliteLedger::create(&folder.path().join("ledger.db"), start_us).unwrap();
        ledger.open_stream(&own, start_us).unwrap();
        Self {
            seed,
            own,
            stripe: InProcess::new(stripe, LIVE_KEY, start_us),
            folder,
            ledger,
            began: Instant::now(),
            arrived: BTreeMap::new(),
            doubled: 0,
            down_per_mille: 0,
            down_from_us: start_us + 2 * DAY_S * MICROS,
            is_listening: true,
        }
    }

    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn now_us(&self) -> i64 {
        self.stripe.now_us()
    }

    /// The company.
    pub(crate) fn recording(&self) -> Arc<Recording> {
        let recording = self.stripe.stripe(|stripe| stripe.recording().cloned());
        recording.expect("a recorded company is served")
    }

    /// The accounts of which something came so far, the company's own first.
    pub(crate) fn followed(&self) -> Vec<Followed> {
        let own = self.own.clone();
        let streams = self.ledger.streams().unwrap().into_iter();
        let others = streams
            .map(|info| info.stream)
            .filter(|stream| *stream != own);
        let others: Vec<StreamId> = others.collect();
        let all = std::iter::once(own.clone()).chain(others);
        let followed = |stream: StreamId| Followed {
            account: (stream != own).then(|| stream.account().to_owned()),
            stream,
        };
        all.map(followed).collect()
    }

    /// Lets time pass up to an instant, and takes posts every few hours.
    pub(crate) async fn live_until(&mut self, until_us: i64) {
        while self.now_us() < until_us {
            let rest = Duration::from_micros(u64::try_from(until_us - self.now_us()).unwrap());
            pass(rest.min(Duration::from_secs(4 * 3_600))).await;
            self.take_posts();
        }
    }

    /// Takes the posts that came since, unless the endpoint is down on their day.
    pub(crate) fn take_posts(&mut self) {
        let now_us = self.now_us();
        let door = Door::new(&self.own, Source::Webhook);
        let mut waiting: Vec<Attempt> = self.stripe.stripe(|stripe| stripe.deliveries(now_us));
        // What is refused is posted again, which may be due by now.
        while !waiting.is_empty() {
            let mut entries = Vec::new();
            for post in &waiting {
                let is_taken = self.is_listening && !self.is_down(post.at_us);
                if is_taken {
                    let entry = door.delivered(post.body.clone(), post.at_us).unwrap();
                    self.ledger.open_stream(&entry.stream, post.at_us).unwrap();
                    entries.push(entry);
                    self.doubled += u64::from(self.arrived.contains_key(&post.event_id));
                    self.arrived.entry(post.event_id.clone()).or_insert(now_us);
                }
                let status = is_taken.then_some(200);
                self.stripe.stripe(|stripe| stripe.delivered(post, status));
            }
            let entries: Vec<_> = entries.iter().map(|entry| entry.as_new_entry()).collect();
            self.ledger.append(&entries).unwrap();
            waiting = self.stripe.stripe(|stripe| stripe.deliveries(now_us));
        }
    }

    /// Never on the first days: whether events are missed is known once some came.
    fn is_down(&self, at_us: i64) -> bool {
        if at_us < self.down_from_us {
            return false;
        }
        let day = at_us.div_euclid(DAY_S * MICROS).unsigned_abs();
        mix(self.seed ^ day.rotate_left(32)) % 1000 < self.down_per_mille
    }

    /// One run over a stream while posts go on coming; the instants at which it began and ended.
    pub(crate) async fn night(
        &mut self,
        at: &Followed,
        settings: &NightSettings,
    ) -> (Result<Report, ReconcileError>, simulator::Night) {
        let way = Arc::new(self.stripe.clone());
        self.night_by(way, at, settings, &mut |_| {}).await
    }

    /// The same by a way to Stripe of its own, with somebody who watches.
    pub(crate) async fn night_by(
        &mut self,
        way: Arc<dyn Transport>,
        at: &Followed,
        settings: &NightSettings,
        watch: Watch<'_>,
    ) -> (Result<Report, ReconcileError>, simulator::Night) {
        let begun_us = self.now_us();
        let mut night = Night::new(
            self.api(way),
            self.desk(),
            self.data().to_owned(),
            settings.clone(),
            self.clock(),
            Arc::new(AtomicBool::new(false)),
        );
        let report = {
            let mut run = pin!(night.run(at, watch));
            loop {
                tokio::select! {
                    report = &mut run => break report,
                    () = pass(POSTS_EVERY) => self.take_posts(),
                }
            }
        };
        let ended_us = self.now_us();
        (report, simulator::Night { begun_us, ended_us })
    }

    fn clock(&self) -> sync::Clock {
        let stripe = self.stripe.clone();
        Arc::new(move || stripe.now_us())
    }

    fn api(&self, way: Arc<dyn Transport>) -> Api {
        let governor = governor(self.data(), Limits::LIVE, self.began, 1);
        Api::new(way, governor, Patience::default(), self.seed)
    }

    fn desk(&self) -> Desk {
        let keeper = Keeper::open(&self.data().join("sync.db")).unwrap();
        let ledger = SqliteLedger::open(&self.ledger_path()).unwrap();
        let rejects = self.data().join("rejects");
        Desk::new(Box::new(ledger), keeper, rejects, self.clock())
    }

    pub(crate) fn ledger_path(&self) -> PathBuf {
        self.data().join("ledger.db")
    }

    pub(crate) fn log(&self) -> SqliteLedger {
        SqliteLedger::open_readonly(&self.ledger_path()).unwrap()
    }

    /// The book, brought up to the log.
    pub(crate) fn book(&self) -> OpenBook {
        let books = Books::open(self.data()).unwrap();
        project(&self.log(), &books, &Options::default(), &mut |_| {}).unwrap();
        drop(books);
        open_book_readonly(self.data()).unwrap()
    }
}

/// Spreads a number over all bits.
pub(crate) fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
