//! What a night costs in which nothing happened, by the size of the account: its share of the sweep and the totals. `DAYBOOK_SIZES` says
//! the sizes, joined with commas; what each took is printed.

use std::env;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use ledger::{Log, Source, SqliteLedger, StreamId};
use reconcile::{Basis, Lap, Night, NightSettings, Run, Sweep, run_note};
use simulator::{LIVE_KEY, Stripe, Terms, Warehouse};
use sync::{Api, Desk, Follow, FollowSettings, Followed, Keeper, Limits, Patience};
use tempfile::TempDir;

use crate::home::{DAY_S, MICROS};
use crate::in_process::InProcess;
use crate::virtual_time::{governor, pass, run};

/// Requests of any night: one for each list, those of following, and the balance before and behind it.
const ANY_NIGHT: u64 = 60;

/// An account of so many customers, charges and balance transactions, all of them in the log.
struct Account {
    folder: TempDir,
    stripe: InProcess,
    began: tokio::time::Instant,
    at: Followed,
}

impl Account {
    fn new(count: u64) -> Self {
        let warehouse = Warehouse::of_each(count);
        let start_us = (warehouse.until_s + 30 * DAY_S) * MICROS;
        let stream = StreamId::new(&warehouse.account, true).unwrap();
        let folder = TempDir::new().unwrap();
        let mut ledger = SqliteLedger::create(&folder.path().join("ledger.db"), start_us).unwrap();
        ledger::Ledger::open_stream(&mut ledger, &stream, start_us).unwrap();
        let stripe = Stripe::of_warehouse(warehouse, Terms::plain(1));
        Self {
            folder,
            stripe: InProcess::new(stripe, LIVE_KEY, start_us),
            began: tokio::time::Instant::now(),
            at: Followed {
                stream,
                account: None,
            },
        }
    }

    fn api(&self) -> Api {
        let governor = governor(self.folder.path(), Limits::LIVE, self.began, 1);
        Api::new(
            Arc::new(self.stripe.clone()),
            governor,
            Patience::default(),
            1,
        )
    }

    fn desk(&self) -> Desk {
        let data = self.folder.path();
        Desk::new(
            Box::new(SqliteLedger::open(&data.join("ledger.db")).unwrap()),
            Keeper::open(&data.join("sync.db")).unwrap(),
            data.join("rejects"),
            Arc::new(|| 0),
        )
    }

    /// Reads everything, and says that a run has compared it.
    async fn fill(&self) {
        let data = self.folder.path().to_owned();
        let stop = Arc::new(AtomicBool::new(false));
        let mut follow = Follow::new(
            self.api(),
            self.desk(),
            data,
            FollowSettings::default(),
            stop,
        );
        follow.round(std::slice::from_ref(&self.at)).await.unwrap();
        let now_s = self.stripe.now_us() / MICROS;
        let stream = self.at.stream.clone();
        let desk = self.desk();
        let noted = desk.with(move |clerk| {
            let head = clerk.log().head(&stream)?;
            let lap = |object: &str| Lap {
                object_type: object.to_owned(),
                began_s: now_s,
                next_s: None,
                last_began_s: Some(now_s),
            };
            let laps = requests::LISTINGS.iter().map(|list| lap(list.object));
            let run = Run {
                run: "filled".to_owned(),
                finished: true,
                began_s: now_s,
                ended_s: now_s,
                basis: Basis {
                    head: format!("{}:{}:{}", stream.as_str(), head.seq, head.hash),
                    ..Basis::default()
                },
                sweep: Sweep {
                    laps: laps.collect(),
                    ..Sweep::default()
                },
                ..Run::default()
            };
            clerk.note(&stream, Source::Sync, now_s, run_note(&run), |_| Ok(()))
        });
        noted.await.unwrap();
    }

    fn entries(&self) -> u64 {
        let log = SqliteLedger::open_readonly(&self.folder.path().join("ledger.db")).unwrap();
        log.head(&self.at.stream).unwrap().seq
    }
}

#[test]
fn night_with_nothing_new_costs_its_share_of_the_sweep_and_totals() {
    let sizes = env::var("DAYBOOK_SIZES").unwrap_or_else(|_| "600".to_owned());
    for size in sizes.split(',') {
        let count: u64 = size.parse().unwrap();
        run(async {
            let account = Account::new(count);
            account.fill().await;
            pass(Duration::from_secs(86_400)).await;
            let before = account.entries();
            let watch = Instant::now();
            let mut night = Night::new(
                account.api(),
                account.desk(),
                account.folder.path().to_owned(),
                NightSettings::default(),
                Arc::new(|| 0),
                Arc::new(AtomicBool::new(false)),
            );
            let report = night.run(&account.at, &mut |_| {}).await.unwrap();
            let share = count.div_ceil(29);
            let windows = 2 * (share.div_ceil(100) + 1);
            // Of a customer's lists those are read of which nothing on him tells that they are empty.
            let customers = share.div_ceil(100) + 1 + 3 * share;
            println!(
                "{count} of each: {} objects compared, {} requests, {} ms of this machine; {:?}",
                report.run.objects,
                report.run.requests,
                watch.elapsed().as_millis(),
                report
                    .findings
                    .iter()
                    .map(|found| &found.finding.id)
                    .collect::<Vec<_>>(),
            );
            assert!(report.run.requests <= ANY_NIGHT + windows + customers);
            assert!(report.run.sweep.compared >= 3 * share);
            assert!(
                account.entries() - before <= 4,
                "the record, findings, and what follow notes"
            );
        });
    }
}
