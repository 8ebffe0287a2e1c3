//! A run: the log is brought up to Stripe, what changed and a part of history are read again and held against the book, what differs is
//! looked at until it stands still, mended by appending, and written down. What a person may do about it is not decided here.

mod bench;
mod close;
mod crew;
mod cutter;
mod gaps;
mod judge;
mod kinds;
mod mend;
mod plan;
mod read;
mod settings;
mod settle;
mod span;
mod work;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sync::{
    Api, Clock, Desk, Follow, FollowSettings, Followed, ReadError, Reader, Selection, SyncError,
    first_answer,
};
use uuid::Uuid;

use crate::balance::{Cleared, Clearing, clear};
use crate::{Memory, ReconcileError, Report, Run};
use bench::Table;
use close::Closing;
use crew::Crew;
use judge::Case;
use plan::Terms;
use read::Tour;
use work::{About, Stage, Underway};

pub use settings::{NightProgress, NightSettings, RepairMode, Step};

/// A run that was broken off longer ago is begun anew: what it has read is old.
const STALE_S: i64 = 12 * 60 * 60;

/// How often somebody who waits looks whether the run is to end.
const LOOK_UP: Duration = Duration::from_secs(1);

/// Who reconciles.
pub struct Night {
    api: Api,
    desk: Desk,
    data: PathBuf,
    settings: NightSettings,
    clock: Clock,
    stop: Arc<AtomicBool>,
}

/// Who is told how far a run is.
pub type Watch<'a> = &'a mut (dyn FnMut(&NightProgress) + Send);

/// A run under way, with what it is done by.
struct Running<'n> {
    night: &'n Night,
    crew: Crew,
    follow: Follow,
    memory: Memory,
    underway: Underway,
    progress: NightProgress,
}

impl Night {
    /// Reconciles through `api` into the log behind `desk`, with the books and the memory of runs in the folder `data`. When `stop` is
    /// set, a run ends after what is in hand, and the next one goes on.
    #[must_use]
    pub fn new(
        api: Api,
        desk: Desk,
        data: PathBuf,
        settings: NightSettings,
        clock: Clock,
        stop: Arc<AtomicBool>,
    ) -> Self {
        Self {
            api,
            desk,
            data,
            settings,
            clock,
            stop,
        }
    }

    /// One run over a stream, or the rest of one that was broken off.
    ///
    /// # Errors
    /// When nothing could be begun or written: the key is refused, the disk is full; or [`ReadError::Stopped`]. A run that Stripe fails
    /// in its midst is recorded as not finished, and reported; the next one goes on with it.
    pub async fn run(&mut self, at: &Followed, watch: Watch<'_>) -> Result<Report, ReconcileError> {
        let sent = self.api.sent();
        let start = first_answer(&self.api, &at.stream, at.account.clone()).await?;
        let mut memory = Memory::open(&self.data.join("reconcile.db"))?;
        memory = self.caught_up(memory, at).await?;
        let table = Table::open(&self.data, &at.stream)?;
        let underway = self.enter(&table, &memory, at, start.date_s).await?;
        let reader = Reader::new(self.api.clone(), self.desk.clone(), Arc::clone(&self.stop));
        let case = Case {
            run: underway.id,
            began_s: underway.began_s,
            selection: self.selection(at)?,
            seen: Arc::default(),
        };
        let crew = Crew::new(
            (self.api.clone(), self.desk.clone(), reader),
            (table, self.data.clone()),
            at.clone(),
            (case, sent),
        );
        let running = Running {
            night: self,
            follow: self.follow(0),
            crew,
            memory,
            underway,
            progress: NightProgress::default(),
        };
        running.run(watch).await
    }

    fn selection(&self, at: &Followed) -> Result<Selection, ReconcileError> {
        match self.settings.only.as_slice() {
            [] => Ok(Selection::all(at.stream.livemode())),
            only => Selection::only(only).map_err(|name| ReconcileError::NoKind { name }),
        }
    }

    fn follow(&self, patience_s: u64) -> Follow {
        let settings = FollowSettings {
            patience_s,
            ..self.settings.follow.clone()
        };
        Follow::new(
            self.api.clone(),
            self.desk.clone(),
            self.data.clone(),
            settings,
            Arc::clone(&self.stop),
        )
    }

    /// The memory of runs, up to the log.
    async fn caught_up(&self, mut memory: Memory, at: &Followed) -> Result<Memory, ReconcileError> {
        let stream = at.stream.clone();
        let caught = self.desk.with(move |clerk| {
            let caught = memory.catch_up(clerk.log(), &stream);
            Ok(caught.map(|()| memory))
        });
        caught.await?
    }

    /// The run that is gone on with, or a new one.
    async fn enter(
        &self,
        table: &Table,
        memory: &Memory,
        at: &Followed,
        now_s: i64,
    ) -> Result<Underway, ReconcileError> {
        let stream = at.stream.clone();
        let settings = self.settings.key();
        let whole = memory.last_whole(&stream)?;
        let last = memory.last_finished(&stream)?;
        let mut underway = Underway {
            id: 0,
            name: Uuid::from_bytes(self.name()).to_string(),
            began_s: now_s,
            start_seq: whole.as_ref().map_or(0, head_seq),
            stage: Stage::Plan,
            laps: last.map_or_else(Vec::new, |run| run.sweep.laps),
            record: None,
        };
        table
            .with(move |bench| {
                bench.work.write(|work| {
                    work.forget_stale(&stream, now_s - STALE_S)?;
                    if let Some(left) = work.found(&stream, &settings)? {
                        return Ok(left);
                    }
                    work.begin(&stream, &settings, &mut underway)?;
                    Ok(underway)
                })
            })
            .await
    }

    /// Sixteen bytes that no other run has: the clock's milliseconds, and chance.
    fn name(&self) -> [u8; 16] {
        let now_ms = u64::try_from((self.clock)() / 1000).unwrap_or(0);
        let mut name = *Uuid::now_v7().as_bytes();
        name[..6].copy_from_slice(&now_ms.to_be_bytes()[2..]);
        name
    }
}

/// The last entry that a run knew.
fn head_seq(run: &Run) -> u64 {
    let mut parts = run.basis.head.rsplit(':');
    let seq = parts.nth(1).and_then(|seq| seq.parse().ok());
    seq.unwrap_or(run.start_seq)
}

/// The last entry that a run knew when it decided what it reads.
fn planned_seq(run: &Run) -> u64 {
    match run.planned_seq {
        0 => head_seq(run),
        seq => seq,
    }
}

impl Running<'_> {
    async fn run(mut self, watch: Watch<'_>) -> Result<Report, ReconcileError> {
        if let Some(report) = self.underway.record.as_deref().and_then(report_of) {
            return self.end(report).await;
        }
        let done = self.work(watch).await;
        let (cleared, stopped) = match done {
            Ok(cleared) => (Some(cleared), None),
            Err(error) if is_lost(&error) => (None, Some(format!("failed to {error}"))),
            Err(error) => return Err(error),
        };
        self.tell(Step::Record, watch);
        self.crew.count_requests().await?;
        let is_finished = stopped.is_none();
        let closing = Closing {
            command: self.night.settings.command.clone(),
            only: self.night.settings.only.clone(),
            underway: self.underway.clone(),
            cleared,
            stopped,
        };
        let at = self.crew.at.clone();
        self.memory = self.night.caught_up(self.memory, &at).await?;
        let (report, memory) = close::compose(&self.crew, self.memory, closing).await?;
        self.memory = memory;
        if !is_finished {
            // The work in hand stays, for the next run to go on with.
            close::append(&self.crew, &report).await?;
            return Ok(report);
        }
        self.end(report).await
    }

    /// Keeps the record, appends it, and forgets the work in hand.
    async fn end(self, report: Report) -> Result<Report, ReconcileError> {
        let run = self.underway.id;
        let text = serde_json::to_string(&report).expect("a report can be written as JSON");
        let table = &self.crew.table;
        table
            .with(move |bench| bench.work.keep_record(run, &text))
            .await?;
        close::append(&self.crew, &report).await?;
        table
            .with(move |bench| {
                bench.work.write(|work| {
                    work.forget(run)?;
                    work.doubt(&bench.stream)
                })
            })
            .await?;
        let at = self.crew.at.clone();
        self.night.caught_up(self.memory, &at).await?;
        Ok(report)
    }

    /// All that asks Stripe, from where the run was broken off.
    async fn work(&mut self, watch: Watch<'_>) -> Result<Cleared, ReconcileError> {
        self.tell(Step::Level, watch);
        self.level().await?;
        if self.underway.stage == Stage::Plan {
            self.tell(Step::Plan, watch);
            self.plan().await?;
        }
        if self.underway.stage <= Stage::Read {
            self.read(watch).await?;
            self.reach(Stage::Settle).await?;
        }
        if self.underway.stage <= Stage::Settle {
            self.settle(watch).await?;
            self.reach(Stage::Trace).await?;
        }
        if self.underway.stage <= Stage::Trace {
            mend::trace(&self.crew).await?;
            self.reach(Stage::Repair).await?;
        }
        if self.underway.stage <= Stage::Repair {
            self.tell(Step::Repair, watch);
            self.repair().await?;
            self.reach(Stage::Balance).await?;
        }
        self.tell(Step::Balance, watch);
        self.clear().await
    }

    fn tell(&mut self, step: Step, watch: Watch<'_>) {
        self.progress.step = step;
        watch(&self.progress);
    }

    async fn reach(&mut self, stage: Stage) -> Result<(), ReconcileError> {
        self.underway.stage = stage;
        let run = self.underway.id;
        self.progress.requests = self.crew.count_requests().await?;
        let table = &self.crew.table;
        table.with(move |bench| bench.work.reach(run, stage)).await
    }

    /// Brings log and book up to Stripe. What could not be followed, the record says.
    async fn level(&mut self) -> Result<(), ReconcileError> {
        let mut follow = self.night.follow(self.night.settings.follow.patience_s);
        let rounds = follow.round(std::slice::from_ref(&self.crew.at)).await?;
        let run = self.underway.id;
        let troubles: Vec<String> = rounds
            .iter()
            .flat_map(|round| &round.troubles)
            .map(|trouble| format!("{}: {}", trouble.what, trouble.error))
            .collect();
        let noted = self.crew.table.with(move |bench| {
            let mut troubles = troubles.iter();
            troubles.try_for_each(|what| bench.work.remark(run, About::Unproven, what))
        });
        noted.await?;
        self.crew.table.turn().await?;
        gaps::note(&self.crew, self.underway.start_seq).await
    }

    async fn plan(&mut self) -> Result<(), ReconcileError> {
        let stream = &self.crew.at.stream;
        let whole = self.memory.last_whole(stream)?;
        let standing = self.memory.standing(stream)?;
        let settings = &self.night.settings;
        let terms = Terms {
            last_s: whole.as_ref().map(|run| run.began_s),
            start_seq: whole.as_ref().map_or(0, planned_seq),
            laps: self.underway.laps.clone(),
            sweep_days: settings.sweep_days,
            since_s: settings.since_s,
            standing: standing
                .into_iter()
                .map(|tracked| tracked.outcome.finding)
                .map(|finding| (finding.object_type, finding.object_id, finding.parent_id))
                .collect(),
        };
        let log = self
            .crew
            .desk
            .with(|clerk| Ok(clerk.log().reader()?))
            .await?;
        let case = self.crew.case.clone();
        let planned = self
            .crew
            .table
            .with(move |bench| plan::plan(bench, &*log, &case, &terms));
        planned.await?;
        self.underway.stage = Stage::Read;
        Ok(())
    }

    async fn read(&mut self, watch: Watch<'_>) -> Result<(), ReconcileError> {
        let tour = Tour::new(&self.crew, self.night.settings.budget).await?;
        self.progress.step = Step::Read;
        let progress = &mut self.progress;
        tour.run(&mut |requests, requests_left, (objects, suspects)| {
            progress.requests = requests;
            progress.requests_left = requests_left;
            progress.objects = objects;
            progress.suspects = suspects;
            watch(progress);
        })
        .await?;
        self.progress.requests_left = 0;
        Ok(())
    }

    async fn settle(&mut self, watch: Watch<'_>) -> Result<(), ReconcileError> {
        self.progress.step = Step::Settle;
        let progress = &mut self.progress;
        let patience_s = self.night.settings.patience_s;
        let mut told = |suspects| {
            progress.suspects = suspects;
            watch(progress);
        };
        let settled = settle::settle(&self.crew, &mut self.follow, patience_s, &mut told);
        unless(&self.night.stop, settled).await
    }

    async fn repair(&mut self) -> Result<(), ReconcileError> {
        let standing = self.memory.standing(&self.crew.at.stream)?;
        let accepted = standing
            .into_iter()
            .filter_map(|one| one.outcome.accepted)
            .collect();
        let mode = self.night.settings.repair.clone();
        mend::decide(&self.crew, mode, accepted).await?;
        mend::mend(&self.crew, &mut self.follow).await
    }

    async fn clear(&mut self) -> Result<Cleared, ReconcileError> {
        let standing = self.memory.standing(&self.crew.at.stream)?;
        let known: BTreeSet<String> = standing
            .into_iter()
            .map(|one| one.outcome.finding.id)
            .collect();
        let clearing = Clearing {
            api: &self.crew.api,
            data: &self.crew.data,
            at: &self.crew.at,
            patience_s: self.night.settings.patience_s,
            is_known: &|id: &str| known.contains(id),
        };
        let cleared = unless(&self.night.stop, clear(&clearing, &mut self.follow)).await?;
        self.crew.table.turn().await?;
        Ok(cleared)
    }
}

/// Waits for what may wait for minutes itself, unless the run is to end: then it is dropped, and goes on another time.
async fn unless<T>(
    stop: &AtomicBool,
    work: impl Future<Output = Result<T, ReconcileError>>,
) -> Result<T, ReconcileError> {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(LOOK_UP) => if stop.load(Ordering::Relaxed) {
                return Err(ReadError::Stopped.into());
            },
        }
    }
}

/// Whether Stripe can't be reached any more, while all else is well.
fn is_lost(error: &ReconcileError) -> bool {
    matches!(
        error,
        ReconcileError::Read(ReadError::Api(_)) | ReconcileError::Sync(SyncError::Api(_))
    )
}

fn report_of(text: &str) -> Option<Report> {
    serde_json::from_str(text).ok()
}
