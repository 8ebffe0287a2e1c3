//! A run: what is asked next, and what is done with each answer. Many requests are under way at once; what an answer says goes through
//! `step`.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use requests::LISTINGS;

use crate::desk::{Clerk, Desk};
use crate::{Api, SyncError};

use super::Watch;
use super::asker::{Asker, Done};
use super::kind::{BALANCE, List, UNDER, shows_all};
use super::lane::{Job, Lane, Phase};
use super::report::{Progress, Report};
use super::step::{self, Division, Taken};
use super::store::{Run, State};

/// How many requests may be under way: at 100 a second enough for answers that take half a second.
const IN_FLIGHT_MAX: usize = 64;
/// Windows of all lists together are few.
const WINDOWS_MAX: u32 = 10_000;
/// Lists under parents, or single objects, that are held at once.
const LOAD: u32 = 128;

/// A run under way.
pub(super) struct Engine<'a> {
    api: &'a Api,
    desk: &'a Desk,
    run: Arc<Run>,
    account: Option<String>,
    begins_s: Option<i64>,
    lanes: BTreeMap<&'static str, Lane>,
    progress: Progress,
}

type Doing<'a> = BoxFuture<'a, Result<(&'static str, Done), SyncError>>;

impl<'a> Engine<'a> {
    pub(super) fn new(
        api: &'a Api,
        desk: &'a Desk,
        run: Arc<Run>,
        account: Option<String>,
        begins_s: Option<i64>,
    ) -> Self {
        let mut lanes = BTreeMap::new();
        for listing in LISTINGS {
            lanes.insert(listing.object, Lane::new(listing.object, None));
        }
        for under in &UNDER {
            lanes.insert(under.kind, Lane::new(under.kind, Some(under.told_by)));
        }
        lanes.retain(|kind, _| run.selection.has(kind));
        Self {
            api,
            desk,
            run,
            account,
            begins_s,
            lanes,
            progress: Progress::default(),
        }
    }

    /// Reads everything that is left; what was done.
    pub(super) async fn run(mut self, watch: Watch<'_>) -> Result<Report, SyncError> {
        self.resume().await?;
        let mut doing = FuturesUnordered::new();
        loop {
            self.refill().await?;
            while doing.len() < IN_FLIGHT_MAX
                && let Some(job) = self.pick()
            {
                doing.push(job);
            }
            let Some(done) = doing.next().await else {
                break;
            };
            let (kind, done) = done?;
            self.settle(kind, done);
            watch(&self.told());
        }
        self.read_balance().await?;
        self.end().await
    }

    /// Notes what a run that was broken off had read and not noted, and counts what it had left.
    async fn resume(&mut self) -> Result<(), SyncError> {
        let run = Arc::clone(&self.run);
        let kinds: Vec<&'static str> = self.lanes.keys().copied().collect();
        let found = self
            .desk
            .with(move |clerk| found(clerk, &run, &kinds))
            .await?;
        for (kind, is_over, waiting) in found {
            let lane = self.lane(kind);
            lane.waiting = waiting;
            if is_over {
                lane.leave();
            }
        }
        Ok(())
    }

    fn lane(&mut self, kind: &'static str) -> &mut Lane {
        self.lanes
            .get_mut(kind)
            .expect("only kinds that have a lane are asked for")
    }

    /// Loads what lanes lack, and lets those go on whose phase is over.
    async fn refill(&mut self) -> Result<(), SyncError> {
        let kinds: Vec<&'static str> = self.lanes.keys().copied().collect();
        for kind in kinds {
            loop {
                let lane = &self.lanes[kind];
                if lane.phase == Phase::Over || lane.is_filled() {
                    break;
                }
                if lane.is_hungry {
                    self.load(kind).await?;
                } else if lane.is_idle() && self.is_told(kind) {
                    self.turn(kind).await?;
                } else {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Whether no list of this kind can come any more.
    fn is_told(&self, kind: &str) -> bool {
        let told_by = self.lanes[kind].told_by;
        let lane = told_by.and_then(|told_by| self.lanes.get(told_by));
        lane.is_none_or(|lane| lane.phase != Phase::Lists)
    }

    async fn load(&mut self, kind: &'static str) -> Result<(), SyncError> {
        let run = Arc::clone(&self.run);
        let begins_s = self.begins_s;
        let lane = &self.lanes[kind];
        let (behind, behind_id) = (lane.behind, lane.behind_id.clone());
        if lane.phase == Phase::Lists {
            let limit = if lane.told_by.is_some() {
                LOAD
            } else {
                WINDOWS_MAX
            };
            let parts = self
                .desk
                .with(move |clerk| {
                    clerk
                        .keeper()
                        .parts(run.id, kind, State::Open, (behind, limit))
                })
                .await?;
            let lane = self.lane(kind);
            lane.is_hungry = parts.len() == limit as usize;
            lane.load(parts, begins_s);
        } else {
            let ids = self
                .desk
                .with(move |clerk| clerk.keeper().missing(&run, kind, &behind_id, LOAD))
                .await?;
            let lane = self.lane(kind);
            lane.is_hungry = ids.len() == LOAD as usize;
            lane.load_singles(ids);
        }
        Ok(())
    }

    /// Ends a phase of a kind.
    async fn turn(&mut self, kind: &'static str) -> Result<(), SyncError> {
        let run = Arc::clone(&self.run);
        let livemode = run.stream.livemode();
        let mut listings = LISTINGS.iter().filter(|listing| listing.object == kind);
        let asks = self.lanes[kind].phase == Phase::Lists
            && listings
                .next()
                .is_some_and(|listing| shows_all(listing, livemode));
        if asks {
            let lane = self.lane(kind);
            lane.phase = Phase::Singles;
            lane.is_hungry = true;
            return Ok(());
        }
        self.desk
            .with(move |clerk| {
                step::note_lists(clerk, &run, kind, true)?;
                clerk.keeper().set_over(run.id, kind)
            })
            .await?;
        self.lane(kind).phase = Phase::Over;
        Ok(())
    }

    /// The next request: of the kind that has the fewest under way, so that no kind waits for another.
    fn pick(&mut self) -> Option<Doing<'a>> {
        let ready = self.lanes.values_mut().filter(|lane| lane.is_ready());
        let lane = ready.min_by_key(|lane| lane.in_flight)?;
        let kind = lane.kind;
        let asker = Asker {
            api: self.api,
            desk: self.desk,
            run: Arc::clone(&self.run),
            account: self.account.clone(),
            kind,
        };
        Some(match lane.next()? {
            Job::Page(part, is_allowed) => {
                let begins_s = self.begins_s;
                Box::pin(asker.page(
                    part,
                    Division {
                        is_allowed,
                        begins_s,
                    },
                ))
            }
            Job::Single(id) => Box::pin(asker.single(id)),
        })
    }

    fn settle(&mut self, kind: &'static str, done: Done) {
        let begins_s = self.begins_s;
        self.progress.requests += 1;
        let lane = self.lane(kind);
        lane.in_flight -= 1;
        match done {
            Done::Page { taken, was_allowed } => {
                let Taken {
                    mut part, lower, ..
                } = *taken;
                lane.passed(&mut part, taken.is_read, was_allowed, lower);
                if taken.is_read {
                    lane.is_done_with(part.id);
                } else if lane.phase != Phase::Over {
                    lane.go_on(part, begins_s);
                }
                self.progress.objects += taken.items;
                self.told_of_lists(taken.lists);
            }
            Done::SteppedBack { part } => lane.go_on(*part, begins_s),
            Done::PartLeft { part } => lane.is_done_with(part),
            Done::KindLeft => lane.leave(),
            Done::Single => {}
        }
    }

    fn told_of_lists(&mut self, lists: BTreeMap<&'static str, u64>) {
        for (kind, count) in lists {
            let lane = self.lane(kind);
            if lane.phase != Phase::Over {
                lane.is_hungry = true;
                lane.waiting += count;
            }
        }
    }

    fn told(&self) -> Progress {
        let left = self
            .lanes
            .values()
            .map(|lane| lane.pages_left() + lane.in_flight as u64);
        Progress {
            requests_left: left.sum(),
            ..self.progress
        }
    }

    /// Reads the balance, last of all, unless this run has.
    async fn read_balance(&self) -> Result<(), SyncError> {
        let run = self.run.id;
        let is_over = self
            .desk
            .with(move |clerk| clerk.keeper().is_over(run, BALANCE));
        if !self.run.selection.has(BALANCE) || is_over.await? {
            return Ok(());
        }
        let asker = Asker {
            api: self.api,
            desk: self.desk,
            run: Arc::clone(&self.run),
            account: self.account.clone(),
            kind: BALANCE,
        };
        asker.single(BALANCE.to_owned()).await.map(drop)
    }

    async fn end(self) -> Result<Report, SyncError> {
        let run = self.run;
        self.desk
            .with(move |clerk| {
                let report = clerk.keeper().report(&run)?;
                clerk.keeper().write(|keeper| keeper.set_read(run.id))?;
                Ok(report)
            })
            .await
    }
}

/// What a run has left of each kind, after what was read and not noted has been.
fn found(
    clerk: &mut Clerk,
    run: &Run,
    kinds: &[&'static str],
) -> Result<Vec<(&'static str, bool, u64)>, SyncError> {
    let mut found = Vec::with_capacity(kinds.len());
    for kind in kinds {
        for part in clerk
            .keeper()
            .parts(run.id, kind, State::Read, (0, WINDOWS_MAX))?
        {
            if matches!(part.list, List::Whole(_)) {
                step::note_window(clerk, run, &part)?;
            }
        }
        let keeper = clerk.keeper();
        let is_over = keeper.is_over(run.id, kind)?;
        found.push((*kind, is_over, keeper.waiting(run.id, kind)?));
    }
    Ok(found)
}
