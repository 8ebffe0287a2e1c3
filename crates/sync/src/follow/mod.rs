//! Following: what is new at Stripe's, as it happens, and what the books want to be sure of. A round reads events from a
//! cursor that overlaps, what has no events, what the log's entries hint at, and what the book wants; it can be broken off
//! anywhere, and the next one goes on.

mod errand;
mod gap;
mod hint;
mod listen;
mod memory;
mod pauses;
mod reader;
mod settle;
mod walk;
mod wanted;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ledger::StreamId;

use crate::evidence::Counts;
use crate::{Api, Desk};
use pauses::Pauses;
use walk::Trail;

pub use errand::Errand;
pub use gap::{Gap, gaps, gaps_told};
pub use reader::{Followed, ReadError, Reader};
pub use wanted::{Wanted, parent_of};

/// How following is done.
#[derive(Clone, Debug)]
pub struct FollowSettings {
    /// By how many seconds a list is read again behind its cursor, since rows come to light late.
    pub overlap_s: i64,
    /// How many seconds a round may wait for what Stripe makes seconds later.
    pub patience_s: u64,
}

impl Default for FollowSettings {
    /// A quarter of an hour of overlap; up to a minute of patience.
    fn default() -> Self {
        Self {
            overlap_s: 15 * 60,
            patience_s: 60,
        }
    }
}

/// What came of one round in one stream.
#[derive(Debug)]
pub struct StreamRound {
    /// The stream.
    pub stream: StreamId,
    /// Events: `unchanged` are those that the log had.
    pub events: Counts,
    /// Balance transactions.
    pub transactions: Counts,
    /// What was read because something hinted at it or the book wanted it.
    pub fetched: Counts,
    /// The time of which Stripe lists no events any more, if there was some since the last round.
    pub gap: Option<Gap>,
    /// What the book still wants.
    pub wanted: Vec<Wanted>,
    /// Stripe's second up to which events were followed.
    pub cursor_s: Option<i64>,
    /// How many seconds that is behind Stripe's clock at the end of the round.
    pub lag_s: Option<i64>,
    /// What could not be read, while the rest could.
    pub troubles: Vec<Trouble>,
}

/// Something that could not be read.
#[derive(Debug)]
pub struct Trouble {
    /// What: a kind of object.
    pub what: String,
    /// Why.
    pub error: ReadError,
}

impl StreamRound {
    fn new(stream: StreamId) -> Self {
        Self {
            stream,
            events: Counts::default(),
            transactions: Counts::default(),
            fetched: Counts::default(),
            gap: None,
            wanted: Vec::new(),
            cursor_s: None,
            lag_s: None,
            troubles: Vec::new(),
        }
    }

    /// Keeps what can be lived with; what can't ends the round.
    fn note<T>(
        &mut self,
        what: &str,
        result: Result<T, ReadError>,
    ) -> Result<Option<T>, ReadError> {
        match result {
            Ok(done) => Ok(Some(done)),
            Err(error) if error.is_final() => Err(error),
            Err(error) => {
                let what = what.to_owned();
                self.troubles.push(Trouble { what, error });
                Ok(None)
            }
        }
    }
}

/// Who follows. What it remembers beside the log and `sync.db` is patience.
pub struct Follow {
    reader: Reader,
    settings: FollowSettings,
    /// The data folder, where the books are.
    data: PathBuf,
    pauses: Pauses,
}

impl Follow {
    /// Follows through `api` into the log behind `desk`, for the books in `data`. When `stop` is set, a round ends after
    /// what is in hand.
    #[must_use]
    pub fn new(
        api: Api,
        desk: Desk,
        data: PathBuf,
        settings: FollowSettings,
        stop: Arc<AtomicBool>,
    ) -> Self {
        Self {
            reader: Reader { api, desk, stop },
            settings,
            data,
            pauses: Pauses::default(),
        }
    }

    /// One round over these streams.
    ///
    /// # Errors
    /// When nothing more can be read or written: the key is refused, Stripe can't be reached, the disk is full. What was
    /// read until then is in the log.
    pub async fn round(&mut self, streams: &[Followed]) -> Result<Vec<StreamRound>, ReadError> {
        let mut rounds = Vec::with_capacity(streams.len());
        for at in streams {
            let mut round = StreamRound::new(at.stream.clone());
            self.read_new(at, &mut round).await?;
            rounds.push(round);
        }
        for (at, round) in streams.iter().zip(&mut rounds) {
            self.read_hinted(at, round).await?;
        }
        self.settle(streams, &mut rounds).await?;
        Ok(rounds)
    }

    /// Events and balance transactions, and the lists where events are gone.
    async fn read_new(&self, at: &Followed, round: &mut StreamRound) -> Result<(), ReadError> {
        let reader = &self.reader;
        let overlap_s = self.settings.overlap_s;
        self.begin(at).await?;
        let since_s = self.open(at, Trail::Events).await?;
        let walked = reader.walk(at, Trail::Events, since_s, overlap_s).await;
        let Some(walked) = round.note("event", walked)? else {
            return Ok(());
        };
        round.events = walked.counts;
        round.cursor_s = walked.date_s.or(since_s);
        let undelivered = reader.walk(at, Trail::Undelivered, None, 0).await;
        if let Some(undelivered) = round.note("event", undelivered)? {
            round.events.add(&undelivered.counts);
        }
        round.gap = self.close_gap(at, round).await?;
        let since_s = self.open(at, Trail::Transactions).await?;
        let walked = reader
            .walk(at, Trail::Transactions, since_s, overlap_s)
            .await;
        if let Some(walked) = round.note("balance_transaction", walked)? {
            round.transactions = walked.counts;
            round.lag_s = walked
                .date_s
                .zip(round.cursor_s)
                .map(|(now_s, cursor_s)| now_s - cursor_s);
            self.read_balance(at, walked.date_s, round).await?;
        }
        Ok(())
    }

    /// The cursor of a trail.
    async fn open(&self, at: &Followed, trail: Trail) -> Result<Option<i64>, ReadError> {
        let stream = at.stream.clone();
        let cursor = self
            .reader
            .desk
            .with(move |clerk| clerk.keeper().cursor(&stream, trail.name()));
        Ok(cursor.await?)
    }
}
