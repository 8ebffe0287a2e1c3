//! Years of small companies read as a real set-up reads them, with everything that can go wrong with a Stripe and with us: posts
//! lost, doubled and late, an endpoint that is down for days, answers refused, cut off and never given, events that are listed
//! late or never made, rounds broken off anywhere. In the end the log must have every event that Stripe still lists, and the
//! books must equal the truth. `DAYBOOK_FAULTS` says how many seeds; each is printed.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use intake::Door;
use ledger::{Kind, Ledger, Log, Source, SqliteLedger, StreamId};
use simulator::{Attempt, Config, Faults, LIVE_KEY, Recording, Stripe, Terms};
use sync::{
    Api, Backfill, Desk, Follow, FollowSettings, Followed, Keeper, Limits, Patience, ReadError,
    Selection, Target,
};
use tempfile::TempDir;
use tokio::time::{Instant, timeout};

use super::seeds::each_seed;
use crate::compare::recorded::{compare_recorded, streams};
use crate::folder::Folder;
use crate::in_process::InProcess;
use crate::virtual_time::{governor, pass, run};

/// Seeds that every run of the tests lives through.
const SEEDS: u64 = 2;
const HOUR_S: u64 = 3_600;
const MICROS: i64 = 1_000_000;
/// Between two rounds.
const STEP_S: u64 = 18 * HOUR_S;
/// Of a thousand rounds, those that are broken off.
const BROKEN_PER_MILLE: u64 = 200;
/// Of a thousand days, those on which the endpoint answers no post.
const DOWN_PER_MILLE: u64 = 60;

#[test]
fn whatever_goes_wrong_the_log_is_complete_and_the_books_are_true() {
    each_seed("DAYBOOK_FAULTS", SEEDS, |seed| {
        run(async { Year::new(seed).live().await })
    });
}

/// What happened in a year.
#[derive(Default)]
struct Figures {
    posts: u64,
    refused: u64,
    rounds: u64,
    broken: u64,
    failed: u64,
    troubles: u64,
}

/// A company, its Stripe, and a data folder that reads it.
struct Year {
    seed: u64,
    dice: u64,
    home: TempDir,
    recording: Arc<Recording>,
    stripe: InProcess,
    began: Instant,
    end_us: i64,
    figures: Figures,
}

impl Year {
    fn new(seed: u64) -> Self {
        let config = Config {
            customers: 10,
            days: 365,
            ..Config::small(seed)
        };
        let recording = Arc::new(simulator::simulate(&config));
        let start_us = config.start_s * MICROS;
        let terms = Terms {
            faults: Faults::lively(),
            ..Terms::delivering(seed, "https://books.example.com/webhooks/stripe", start_us)
        };
        let home = TempDir::new().unwrap();
        let own = StreamId::new(recording.account(), true).unwrap();
        Folder::new(&home.path().join("data"))
            .create(&own, start_us)
            .unwrap();
        Self {
            seed,
            dice: seed,
            home,
            end_us: recording.end_us(),
            stripe: InProcess::new(
                Stripe::new(Arc::clone(&recording), terms),
                LIVE_KEY,
                start_us,
            ),
            recording,
            began: Instant::now(),
            figures: Figures::default(),
        }
    }

    async fn live(mut self) -> String {
        let middle_us = (self.stripe.now_us() + self.end_us) / 2;
        let mut follow = self.follow();
        let mut is_backfilled = false;
        while self.stripe.now_us() < self.end_us {
            let rest_us = u64::try_from(self.end_us - self.stripe.now_us()).unwrap();
            pass(Duration::from_secs(STEP_S).min(Duration::from_micros(rest_us + 1))).await;
            self.take_posts();
            if self.stripe.now_us() > middle_us && !is_backfilled {
                is_backfilled = self.backfill().await;
            }
            if self.roll() < BROKEN_PER_MILLE {
                let patience = Duration::from_millis(self.roll() * 5);
                let _ = timeout(patience, follow.round(&self.followed())).await;
                self.figures.broken += 1;
                follow = self.follow();
                continue;
            }
            self.round(&mut follow).await;
        }
        // The last events are listed minutes later.
        pass(Duration::from_secs(300)).await;
        self.take_posts();
        while !self.backfill().await {}
        for _ in 0..2 {
            while !self.round(&mut follow).await {}
        }
        self.judge()
    }

    /// One round; whether nothing was left out of it.
    async fn round(&mut self, follow: &mut Follow) -> bool {
        self.figures.rounds += 1;
        match follow.round(&self.followed()).await {
            Ok(rounds) => {
                let troubles: usize = rounds.iter().map(|round| round.troubles.len()).sum();
                self.figures.troubles += troubles as u64;
                troubles == 0
            }
            Err(ReadError::Api(_)) => {
                self.figures.failed += 1;
                false
            }
            Err(error) => panic!("seed {}: {error}", self.seed),
        }
    }

    /// Reads everything; whether nothing was left out.
    async fn backfill(&mut self) -> bool {
        let mut is_whole = true;
        for at in self.followed() {
            let backfill = Backfill::new(self.api(), self.desk(), Selection::all(true));
            let target = Target {
                is_own: at.account.is_none(),
                stream: at.stream,
            };
            match backfill.run(&target, &mut |_| {}).await {
                Ok(report) => is_whole &= report.is_whole(),
                Err(sync::SyncError::Api(_)) => is_whole = false,
                Err(error) => panic!("seed {}: {error}", self.seed),
            }
        }
        is_whole
    }

    /// Takes the posts that came since, as `serve` does, unless the endpoint is down on their day.
    fn take_posts(&mut self) {
        let now_us = self.stripe.now_us();
        let posts = self.stripe.stripe(|stripe| stripe.deliveries(now_us));
        // What is refused is posted again, which may be due by now.
        let mut waiting: Vec<Attempt> = posts;
        let door = Door::new(&self.own(), Source::Webhook);
        let mut ledger = self.ledger();
        while !waiting.is_empty() {
            for post in waiting {
                let is_down = self.is_down(post.at_us);
                if !is_down {
                    let entry = door.delivered(post.body.clone(), post.at_us).unwrap();
                    ledger.open_stream(&entry.stream, post.at_us).unwrap();
                    ledger.append(&[entry.as_new_entry()]).unwrap();
                }
                self.figures.posts += u64::from(!is_down);
                self.figures.refused += u64::from(is_down);
                let status = if is_down { None } else { Some(200) };
                self.stripe.stripe(|stripe| stripe.delivered(&post, status));
            }
            waiting = self.stripe.stripe(|stripe| stripe.deliveries(now_us));
        }
    }

    fn is_down(&self, at_us: i64) -> bool {
        let day = at_us.div_euclid(86_400 * MICROS).unsigned_abs();
        mix(self.seed ^ day.rotate_left(32)) % 1000 < DOWN_PER_MILLE
    }

    fn judge(&self) -> String {
        let seed = self.seed;
        let (events, missing) = self.events();
        assert_eq!(missing, Vec::<String>::new(), "seed {seed}");
        let folder = Folder::new(&self.data());
        let book = folder.book().unwrap();
        let comparison = compare_recorded(&book, &self.recording).unwrap();
        assert_eq!(comparison.differences, [], "seed {seed}");
        let served = self.stripe.stripe(|stripe| stripe.served().clone());
        let wanted: i64 = streams(&self.recording)
            .unwrap()
            .iter()
            .map(|(_, stream)| book.report(stream).unwrap().wanted())
            .sum();
        let Figures {
            posts,
            refused,
            rounds,
            broken,
            failed,
            troubles,
        } = self.figures;
        format!(
            "{events} events, {} never made, {posts} posts, {refused} refused; {rounds} rounds, {broken} broken off, \
             {failed} failed, {troubles} troubles; {} requests, {} over a limit; {} objects, {} members and {} sums equal, {wanted} wanted",
            self.stripe.stripe(|stripe| stripe.unborn().len()),
            served.all.requests,
            served.over_limit,
            comparison.objects,
            comparison.fields,
            comparison.sums,
        )
    }

    /// How many events the log has, and those that Stripe still lists and the log lacks.
    fn events(&self) -> (usize, Vec<String>) {
        let ledger = self.ledger();
        let mut known = BTreeSet::new();
        for (_, stream) in streams(&self.recording).unwrap() {
            let mut take = |entry: ledger::EntryRef<'_>| {
                if entry.kind == Kind::Event {
                    assert!(
                        known.insert(entry.id.to_owned()),
                        "{} is there twice",
                        entry.id
                    );
                }
                ControlFlow::Continue(())
            };
            ledger.read(&stream, 1..=u64::MAX, &mut take).unwrap();
        }
        let unborn: BTreeSet<String> = self.stripe.stripe(|stripe| {
            stripe
                .unborn()
                .iter()
                .map(|event| event.id.to_string())
                .collect()
        });
        let listed_s = self.stripe.now_us().div_euclid(MICROS) - 30 * 86_400;
        let all = self.recording.events().iter();
        let listed = all.filter(|event| event.created_s > listed_s && !unborn.contains(&*event.id));
        let ids = listed.map(|event| event.id.to_string());
        let missing = ids.filter(|id| !known.contains(id)).collect();
        (known.len(), missing)
    }

    fn data(&self) -> std::path::PathBuf {
        self.home.path().join("data")
    }

    fn ledger(&self) -> SqliteLedger {
        Folder::new(&self.data()).ledger().unwrap()
    }

    fn own(&self) -> StreamId {
        StreamId::new(self.recording.account(), true).unwrap()
    }

    /// The accounts of which something happened so far.
    fn followed(&self) -> Vec<Followed> {
        let own = self.recording.account();
        let known = self.ledger().streams().unwrap();
        let others = known.into_iter().map(|info| info.stream);
        let others = others.filter(|stream| stream.account() != own);
        let followed = |stream: StreamId| Followed {
            account: (stream.account() != own).then(|| stream.account().to_owned()),
            stream,
        };
        [self.own()]
            .into_iter()
            .chain(others)
            .map(followed)
            .collect()
    }

    fn api(&self) -> Api {
        let governor = governor(self.home.path(), Limits::LIVE, self.began, 1);
        Api::new(
            Arc::new(self.stripe.clone()),
            governor,
            Patience::default(),
            self.seed,
        )
    }

    fn desk(&self) -> Desk {
        let data: &Path = &self.data();
        let keeper = Keeper::open(&data.join("sync.db")).unwrap();
        Desk::new(
            Box::new(self.ledger()),
            keeper,
            data.join("rejects"),
            Arc::new(|| 0),
        )
    }

    fn follow(&self) -> Follow {
        let stop = Arc::new(AtomicBool::new(false));
        Follow::new(
            self.api(),
            self.desk(),
            self.data(),
            FollowSettings::default(),
            stop,
        )
    }

    /// A number below a thousand.
    fn roll(&mut self) -> u64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.dice) % 1000
    }
}

/// Spreads a number over all bits.
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
