//! `follow`: what is new at Stripe's into the log, and the book behind it; once, or for as long as nobody ends it.

use std::time::Duration;

use clap::Args;
use ledger::StreamId;
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};
use sync::{
    ApiError, Counts, Follow as Follower, FollowSettings, Followed, ReadError, RunLock,
    StreamRound, SyncError,
};
use tokio::runtime::Builder;

use crate::access::{Access, streams_in_mode};
use crate::aside;
use crate::currency::worded;
use crate::ending::Ending;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError};
use crate::listing::Listing;
use crate::moment;
use crate::screen::harmless;
use crate::shell::{Shell, now_us};
use crate::standing::Standing;

/// Held by the one that follows.
const LOCK: &str = "follow.lock";
/// Of more things wanted people are told the number alone.
const WANTED_SHOWN: usize = 5;

const COLUMNS: [&str; 12] = [
    "stream",
    "events",
    "events_known",
    "transactions",
    "fetched",
    "unchanged",
    "set_aside",
    "gap_from_s",
    "wanted",
    "cursor_s",
    "seconds_behind",
    "requests",
];

/// For programs only.
const DETAILS: &[&str] = &["unchanged", "gap_from_s", "requests"];

/// Read what is new at Stripe's, and what the book wants, into the log
///
/// Events since the last round, with an overlap for those that come late; balance transactions and whatever else has no event;
/// then the book follows, and what it is not sure of is read again. Where Stripe lists the events no more, or nothing was ever
/// read, all lists are read, as `daybook backfill` does.
#[derive(Debug, Args)]
pub(crate) struct Follow {
    /// Go on, a round after the other, through outages too, until SIGTERM or SIGINT
    #[arg(long)]
    watch: bool,
    /// Seconds between two rounds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "watch",
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    every: u64,
    /// Seconds that are read again behind the last round
    #[arg(long, value_name = "SECONDS", default_value_t = 900,
          value_parser = clap::value_parser!(u32).range(0..=2_592_000))]
    overlap: u32,
    /// Seconds that a round may wait for what Stripe makes a little later; 60, with --watch 0: the next round sees it
    #[arg(long, value_name = "SECONDS")]
    patience: Option<u32>,
    /// A connected account to follow, besides those whose events the log has
    #[arg(long = "account", value_name = "ACCT")]
    accounts: Vec<String>,
}

impl Follow {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let own = shell.folder.stream()?;
        let access = Access::open(&shell.folder)?;
        access.expect_mode_of(&own)?;
        let _lock = lock(shell)?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|source| ShellError::Runtime { source })?;
        runtime.block_on(async {
            let ending = Ending::listen()?;
            let mut follower = self.follower(shell, &access, &ending)?;
            match self.watch {
                true => self.watch(shell, &mut follower, &own, &ending).await,
                false => self.once(shell, &mut follower, &own, &ending).await,
            }
        })
    }

    fn follower(
        &self,
        shell: &Shell,
        access: &Access,
        ending: &Ending,
    ) -> Result<Follower, Failure> {
        let folder = &shell.folder;
        let desk = folder.desk()?;
        let usual = FollowSettings::default();
        let patience_s = match self.watch {
            true => 0,
            false => usual.patience_s,
        };
        let settings = FollowSettings {
            overlap_s: self.overlap.into(),
            patience_s: self.patience.map_or(patience_s, u64::from),
        };
        let data = folder.path().to_owned();
        let stop = ending.flag();
        Ok(Follower::new(
            access.api.clone(),
            desk,
            data,
            settings,
            stop,
        ))
    }

    /// The streams of the key's mode: those that the log has, and those that are asked for.
    fn streams(&self, shell: &Shell, own: &StreamId) -> Result<Vec<Followed>, Failure> {
        let streams = streams_in_mode(&shell.folder, own, &self.accounts)?;
        let followed = |stream: StreamId| Followed {
            account: (stream.account() != own.account()).then(|| stream.account().to_owned()),
            stream,
        };
        Ok(streams.into_iter().map(followed).collect())
    }

    async fn once(
        &self,
        shell: &mut Shell,
        follower: &mut Follower,
        own: &StreamId,
        ending: &Ending,
    ) -> Outcome {
        let streams = self.streams(shell, own)?;
        let rounds = round(follower, &streams, ending).await?;
        let log = shell.folder.log()?;
        let listing = Listing::new(&COLUMNS, rounds.iter().map(row).collect());
        let listing = listing.with_details(DETAILS);
        shell.answer(&[("streams", listing)], &Standing::of_log(&log, own)?)?;
        tell_rest(&rounds);
        Ok(exit(&rounds))
    }

    async fn watch(
        &self,
        shell: &mut Shell,
        follower: &mut Follower,
        own: &StreamId,
        ending: &Ending,
    ) -> Outcome {
        loop {
            let streams = self.streams(shell, own)?;
            match round(follower, &streams, ending).await {
                Ok(rounds) => tell_round(shell, &rounds)?,
                Err(_) if ending.is_asked() => return Ok(Exit::AllTrue),
                Err(error) if passes(&error) => tell_outage(shell, &error)?,
                Err(error) => return Err(error.into()),
            }
            if ending.rest(Duration::from_secs(self.every)).await {
                return Ok(Exit::AllTrue);
            }
        }
    }
}

/// A round, unless it takes too long once the run is asked to end.
async fn round(
    follower: &mut Follower,
    streams: &[Followed],
    ending: &Ending,
) -> Result<Vec<StreamRound>, ReadError> {
    let done = ending.run(follower.round(streams)).await;
    done.unwrap_or(Err(ReadError::Stopped))
}

fn lock(shell: &Shell) -> Result<RunLock, Failure> {
    let text = format!(
        "follow is running since {} as process {}",
        moment::shown(now_us().div_euclid(1_000_000)),
        std::process::id()
    );
    Ok(RunLock::acquire(&shell.folder.path().join(LOCK), &text)?)
}

/// Whether the next round may fare better without anybody's help.
fn passes(error: &ReadError) -> bool {
    use ledger::LedgerError as L;
    match error {
        ReadError::Api(ApiError::Unauthorized { .. } | ApiError::Governor(_)) => false,
        ReadError::Api(_) | ReadError::Page { .. } | ReadError::Skipped { .. } => true,
        ReadError::Sync(SyncError::Locked { .. }) => true,
        ReadError::Sync(SyncError::Ledger(L::Busy { .. } | L::Full { .. })) => true,
        ReadError::Sync(_) | ReadError::Stopped => false,
    }
}

/// How a round ends: with what could not be read, with what was set aside, or well.
fn exit(rounds: &[StreamRound]) -> Exit {
    let total = total(rounds);
    match rounds.iter().all(|round| round.troubles.is_empty()) {
        false => Exit::Unfinished,
        true if total.set_aside > 0 => Exit::Differences,
        true => Exit::AllTrue,
    }
}

fn total(rounds: &[StreamRound]) -> Counts {
    let mut total = Counts::default();
    for round in rounds {
        for counts in [&round.events, &round.transactions, &round.fetched] {
            total.add(counts);
        }
    }
    total
}

fn row(round: &StreamRound) -> Vec<Cell> {
    let count = |number: u64| Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    let optional = |number: Option<i64>| number.map_or(Cell::Null, Cell::Integer);
    let counts = total(std::slice::from_ref(round));
    vec![
        Cell::Text(round.stream.to_string()),
        count(round.events.appended),
        count(round.events.unchanged),
        count(round.transactions.appended),
        count(round.fetched.appended),
        count(round.transactions.unchanged + round.fetched.unchanged),
        count(counts.set_aside),
        optional(round.gap.map(|gap| gap.from_s.unwrap_or(0))),
        count(round.wanted.len() as u64),
        optional(round.cursor_s),
        optional(round.lag_s),
        count(counts.pages),
    ]
}

/// Beside the table: gaps, what could not be read, what is still wanted.
fn tell_rest(rounds: &[StreamRound]) {
    rounds.iter().for_each(tell_odd);
    for round in rounds {
        let stream = &round.stream;
        for wanted in round.wanted.iter().take(WANTED_SHOWN) {
            let (object, id) = (&wanted.object, harmless(&wanted.id));
            aside::note(&format!(
                "{stream}: {object} {id} is still wanted: {}",
                wanted.reason
            ));
        }
        if round.wanted.len() > WANTED_SHOWN {
            let more = (round.wanted.len() - WANTED_SHOWN) as u64;
            aside::note(&format!(
                "{stream}: and {}",
                worded(more, "other", "others")
            ));
        }
    }
}

/// A gap, and what could not be read.
fn tell_odd(round: &StreamRound) {
    let stream = &round.stream;
    if let Some(gap) = &round.gap {
        let from = gap.from_s.map_or("the beginning".to_owned(), moment::shown);
        aside::note(&format!(
            "{stream}: Stripe lists the events of the last thirty days only; what happened from {from} on was read from the lists of objects"
        ));
    }
    for trouble in &round.troubles {
        let why = harmless(&trouble.error.to_string());
        aside::warn(&format!(
            "{stream}: {} could not be read: {why}",
            trouble.what
        ));
    }
}

/// One line for a round.
fn tell_round(shell: &mut Shell, rounds: &[StreamRound]) -> Result<(), Failure> {
    let at_s = now_us().div_euclid(1_000_000);
    if shell.is_json() {
        let rounds: Vec<Value> = rounds.iter().map(json_of).collect();
        shell
            .screen
            .json(&json!({"at_s": at_s, "streams": rounds}))?;
        return shell.screen.flush();
    }
    let sum = |of: fn(&StreamRound) -> u64| rounds.iter().map(of).sum::<u64>();
    let events = sum(|round| round.events.appended);
    let read = sum(|round| round.transactions.appended + round.fetched.appended);
    let wanted = sum(|round| round.wanted.len() as u64);
    let behind_s = rounds.iter().filter_map(|round| round.lag_s).max();
    let behind = behind_s.map_or(String::new(), |seconds| format!(", {seconds} s behind"));
    shell.screen.line(format!(
        "{}  {}, {}, {wanted} wanted{behind}",
        moment::shown(at_s),
        worded(events, "new event", "new events"),
        worded(read, "object read", "objects read"),
    ))?;
    shell.screen.flush()?;
    rounds.iter().for_each(tell_odd);
    Ok(())
}

fn tell_outage(shell: &mut Shell, error: &ReadError) -> Result<(), Failure> {
    let at_s = now_us().div_euclid(1_000_000);
    let why = harmless(&error.to_string());
    match shell.is_json() {
        true => shell.screen.json(&json!({"at_s": at_s, "error": why}))?,
        false => shell
            .screen
            .line(format!("{}  failed: {why}; going on", moment::shown(at_s)))?,
    }
    shell.screen.flush()
}

fn json_of(round: &StreamRound) -> Value {
    let troubles = round.troubles.iter();
    let troubles: Vec<Value> = troubles
        .map(|trouble| json!({"what": trouble.what, "why": trouble.error.to_string()}))
        .collect();
    json!({
        "stream": round.stream.as_str(),
        "events": round.events.appended,
        "events_known": round.events.unchanged,
        "transactions": round.transactions.appended,
        "fetched": round.fetched.appended,
        "wanted": round.wanted.len(),
        "gap_from_s": round.gap.map(|gap| gap.from_s.unwrap_or(0)),
        "cursor_s": round.cursor_s,
        "seconds_behind": round.lag_s,
        "troubles": troubles,
    })
}
