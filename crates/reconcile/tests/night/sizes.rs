//! What a night costs in which nothing happened, by the size of the account: its share of the sweep and the totals. `DAYBOOK_SIZES` says
//! the sizes, joined with commas; what each took is printed. Accounts stay in the folder that `DAYBOOK_SIZES_IN` names, if it does: where
//! one is there already, another night of it is run, by a process that has filled nothing.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use ledger::{Log, Source, SqliteLedger, StreamId};
use reconcile::{Basis, Lap, Night, NightSettings, Report, Run, Step, Sweep, run_note};
use simulator::{LIVE_KEY, Stripe, Terms, Warehouse};
use sync::{
    Api, Backfill, Clerk, Desk, Follow, FollowSettings, Followed, Keeper, Limits, Patience,
    Selection, SyncError, Target,
};
use tempfile::TempDir;

use crate::home::{DAY_S, MICROS};
use crate::in_process::InProcess;
use crate::virtual_time::{governor, pass, run};

/// Requests of any night: one for each list, those of following, and the balance before and behind it.
const ANY_NIGHT: u64 = 60;

/// An account of so many customers, charges and balance transactions, all of them in the log.
struct Account {
    folder: PathBuf,
    stripe: InProcess,
    began: tokio::time::Instant,
    at: Followed,
}

impl Account {
    /// The account in `folder`: filled, unless it is.
    async fn at(folder: &Path, count: u64) -> Self {
        let warehouse = Warehouse::of_each(count);
        let stream = StreamId::new(&warehouse.account, true).unwrap();
        let reached_us = fs::read_to_string(folder.join("reached"));
        let start_us = match &reached_us {
            Ok(reached_us) => reached_us.parse().unwrap(),
            Err(_) => (warehouse.until_s + 30 * DAY_S) * MICROS,
        };
        // Its seconds are those of the process that wrote it.
        let _ = fs::remove_file(folder.join("requests"));
        let stripe = Stripe::of_warehouse(warehouse, Terms::plain(1));
        let account = Self {
            folder: folder.to_owned(),
            stripe: InProcess::new(stripe, LIVE_KEY, start_us),
            began: tokio::time::Instant::now(),
            at: Followed {
                stream,
                account: None,
            },
        };
        if reached_us.is_err() {
            let path = folder.join("ledger.db");
            let mut ledger = SqliteLedger::create(&path, start_us).unwrap();
            ledger::Ledger::open_stream(&mut ledger, &account.at.stream, start_us).unwrap();
            account.fill().await;
            account.keep();
        }
        account
    }

    /// Remembers how late it is.
    fn keep(&self) {
        let reached_us = self.stripe.now_us().to_string();
        fs::write(self.folder.join("reached"), reached_us).unwrap();
    }

    fn api(&self) -> Api {
        let governor = governor(&self.folder, Limits::LIVE, self.began, 1);
        Api::new(
            Arc::new(self.stripe.clone()),
            governor,
            Patience::default(),
            1,
        )
    }

    fn desk(&self) -> Desk {
        Desk::new(
            Box::new(SqliteLedger::open(&self.folder.join("ledger.db")).unwrap()),
            Keeper::open(&self.folder.join("sync.db")).unwrap(),
            self.folder.join("rejects"),
            Arc::new(|| 0),
        )
    }

    /// Reads everything there is, and says that a run has compared it. Lists that show nothing are not asked for: three for each customer.
    async fn fill(&self) {
        let names = ["customer", "charge", "balance_transaction", "balance"].map(str::to_owned);
        let selection = Selection::only(&names).unwrap();
        let target = Target {
            stream: self.at.stream.clone(),
            is_own: true,
        };
        let backfill = Backfill::new(self.api(), self.desk(), selection);
        backfill.run(&target, &mut |_| {}).await.unwrap();
        let (now_s, stream) = (self.stripe.now_us() / MICROS, self.at.stream.clone());
        let desk = self.desk();
        let noted = desk.with(move |clerk| {
            for trail in ["events", "balance_transactions"] {
                clerk.keeper().set_cursor(&stream, trail, now_s)?;
            }
            note_filled(clerk, &stream, now_s)
        });
        noted.await.unwrap();
        let settings = FollowSettings::default();
        let stop = Arc::new(AtomicBool::new(false));
        let data = self.folder.clone();
        let mut follow = Follow::new(self.api(), self.desk(), data, settings, stop);
        let rounds = follow.round(std::slice::from_ref(&self.at)).await.unwrap();
        assert!(rounds[0].gap.is_none(), "all is read already");
    }

    /// One run; what it took of this machine.
    async fn night(&self) -> (Report, String) {
        let mut night = Night::new(
            self.api(),
            self.desk(),
            self.folder.clone(),
            NightSettings::default(),
            Arc::new(|| 0),
            Arc::new(AtomicBool::new(false)),
        );
        // From here on the most memory is counted anew.
        let _ = fs::write("/proc/self/clear_refs", "5");
        let held = memory("VmRSS");
        let (began, mut took, mut step) = (Instant::now(), String::new(), (Step::Level, 0));
        let mut watch = |progress: &reconcile::NightProgress| {
            if progress.step != step.0 {
                let at_ms = began.elapsed().as_millis();
                write!(took, "{:?} {} ms, ", step.0, at_ms - step.1).unwrap();
                step = (progress.step, at_ms);
            }
        };
        let report = night.run(&self.at, &mut watch).await.unwrap();
        let all_ms = began.elapsed().as_millis();
        write!(took, "{:?} {} ms", step.0, all_ms - step.1).unwrap();
        let most = memory("VmHWM");
        let size = |name: &str| fs::metadata(self.folder.join(name)).map_or(0, |file| file.len());
        let took = format!(
            "{all_ms} ms ({took}); {held} held before, {most} at most; bytes of night.db {} with {} in its WAL, of reconcile.db {}, of \
             ledger.db {}",
            size("night.db"),
            size("night.db-wal"),
            size("reconcile.db"),
            size("ledger.db"),
        );
        (report, took)
    }

    fn entries(&self) -> u64 {
        let log = SqliteLedger::open_readonly(&self.folder.join("ledger.db")).unwrap();
        log.head(&self.at.stream).unwrap().seq
    }
}

/// Says that a run has compared everything.
fn note_filled(clerk: &mut Clerk, stream: &StreamId, now_s: i64) -> Result<(), SyncError> {
    let head = clerk.log().head(stream)?;
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
    clerk.note(stream, Source::Sync, now_s, run_note(&run), |_| Ok(()))
}

/// What Linux says of this process's memory under a name.
fn memory(name: &str) -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines().filter_map(|line| line.split_once(':'));
    lines
        .find(|(known, _)| *known == name)
        .map_or_else(|| "unknown".to_owned(), |(_, size)| size.trim().to_owned())
}

#[test]
fn night_with_nothing_new_costs_its_share_of_the_sweep_and_totals() {
    let sizes = env::var("DAYBOOK_SIZES").unwrap_or_else(|_| "600".to_owned());
    for size in sizes.split(',') {
        let count: u64 = size.parse().unwrap();
        let passing = TempDir::new().unwrap();
        let folder = match env::var_os("DAYBOOK_SIZES_IN") {
            Some(all) => Path::new(&all).join(size),
            None => passing.path().to_owned(),
        };
        fs::create_dir_all(&folder).unwrap();
        run(async {
            let account = Account::at(&folder, count).await;
            pass(Duration::from_secs(86_400)).await;
            // The next one is to begin a day after this one does, however long this one takes.
            account.keep();
            let before = account.entries();
            let (report, took) = account.night().await;
            println!(
                "{count} of each: {} objects compared, {} requests, {took}; {:?}",
                report.run.objects,
                report.run.requests,
                report
                    .findings
                    .iter()
                    .map(|found| &found.finding.id)
                    .collect::<Vec<_>>(),
            );
            let share = count.div_ceil(29);
            let windows = 2 * (share.div_ceil(100) + 1);
            // Of a customer's lists those are read of which nothing on him tells that they are empty.
            let customers = share.div_ceil(100) + 1 + 3 * share;
            assert!(report.run.requests <= ANY_NIGHT + windows + customers);
            assert!(report.run.sweep.compared >= 3 * share);
            assert!(
                account.entries() - before <= 4,
                "the record, findings, and what follow notes"
            );
        });
    }
}
