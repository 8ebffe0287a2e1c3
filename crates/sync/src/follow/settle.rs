//! What a round reads for the books' sake: what entries of the log hint at, and what the book wants once it was brought up
//! to the log, until it wants nothing or waiting is of no use.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use futures_util::stream;
use futures_util::{FutureExt, StreamExt};
use ledger::StreamId;
use projector::{Books, Options, ProjectorError};
use tokio::time::Instant;

use crate::SyncError;
use crate::evidence::Counts;
use crate::follow::errand::Errand;
use crate::follow::listen::{Heard, listen, name};
use crate::follow::reader::{Followed, ReadError};
use crate::follow::wanted::{Wanted, errands, wanted};
use crate::follow::{Follow, StreamRound};

/// Reads under way at once; how many Stripe gets to see is the governor's to say.
const AT_ONCE: usize = 8;
/// The cursor of the balance: it is read when money moved, at most once in so many seconds.
const BALANCE: &str = "balance";
const BALANCE_REST_S: i64 = 60 * 60;
/// The cursor that is there from when money moved until the balance was read.
pub(super) const MOVED: &str = "balance.moved";

impl Follow {
    /// Reads what the log's entries hint at, from where it was last listened to.
    pub(super) async fn read_hinted(
        &self,
        at: &Followed,
        round: &mut StreamRound,
    ) -> Result<(), ReadError> {
        loop {
            let heard = self.listen(at).await?;
            let runs = heard.errands.iter().map(|((account, errand), seq)| {
                let run = self.run_hinted(at, account.as_deref(), errand, *seq);
                run.map(|result| (at.stream.clone(), errand.clone(), result))
            });
            let mut is_done = true;
            for (_, errand, result) in run_all(runs).await {
                is_done &= !matches!(&result, Err(error) if error.may_pass());
                take(round, &errand, result)?;
            }
            if !is_done {
                // The next round listens to the same entries again.
                return Ok(());
            }
            let (stream, seq) = (at.stream.clone(), heard.seq);
            let desk = &self.reader.desk;
            desk.with(move |clerk| {
                let keeper = clerk.keeper();
                keeper.write(|keeper| keeper.set_heard(&stream, seq))
            })
            .await?;
            if heard.is_all {
                return Ok(());
            }
        }
    }

    async fn listen(&self, at: &Followed) -> Result<Heard, ReadError> {
        let stream = at.stream.clone();
        let heard = self.reader.desk.with(move |clerk| {
            let keeper = clerk.keeper();
            let seq = keeper.heard(&stream)?.unwrap_or(0);
            let mut heard = listen(clerk.log(), &stream, seq)?;
            heard.leave_out(&keeper.errands(&stream)?);
            Ok(heard)
        });
        Ok(heard.await?)
    }

    /// Runs an errand at which entries up to `seq` hint, and remembers that it was, so that a round that is broken off doesn't run it
    /// again.
    async fn run_hinted(
        &self,
        at: &Followed,
        account: Option<&str>,
        errand: &Errand,
        seq: u64,
    ) -> Result<Option<Counts>, ReadError> {
        let there = at.on(account.map(str::to_owned));
        let result = self.reader.run(&there, errand).await;
        let is_left = |error: &ReadError| error.may_pass() || error.is_final();
        if !result.as_ref().is_err_and(is_left) {
            let (stream, name) = (at.stream.clone(), name(account, errand));
            let desk = &self.reader.desk;
            desk.with(move |clerk| clerk.keeper().add_errand(&stream, &name, seq))
                .await?;
        }
        result
    }

    /// Reads what the book wants, brings it up to the log, and looks again, as long as there is hope.
    pub(super) async fn settle(
        &mut self,
        streams: &[Followed],
        rounds: &mut [StreamRound],
    ) -> Result<(), ReadError> {
        let end = Instant::now() + Duration::from_secs(self.settings.patience_s);
        loop {
            let wanted = self.project(streams).await?;
            for (round, wanted) in rounds.iter_mut().zip(wanted) {
                round.wanted = wanted;
            }
            let (due, next) = self.due(streams, rounds);
            if due.is_empty() {
                match next.filter(|next| *next <= end && !self.reader.is_stopped()) {
                    Some(next) => tokio::time::sleep_until(next).await,
                    None => return Ok(()),
                }
                continue;
            }
            let runs = due.iter().map(|(place, errand)| {
                let at = &streams[*place];
                let run = self.reader.run(at, errand);
                run.map(|result| (at.stream.clone(), errand.clone(), result))
            });
            let results = run_all(runs).await;
            for (stream, errand, result) in results {
                self.pauses.note(&stream, &errand, Instant::now());
                let round = rounds.iter_mut().find(|round| round.stream == stream);
                let round = round.expect("errands are run for the streams of the rounds");
                take(round, &errand, result)?;
            }
        }
    }

    /// The errands that may be run now, with the place of their stream, and else when the next one may.
    fn due(
        &mut self,
        streams: &[Followed],
        rounds: &[StreamRound],
    ) -> (Vec<(usize, Errand)>, Option<Instant>) {
        let now = Instant::now();
        let (mut due, mut next) = (Vec::new(), None::<Instant>);
        for (place, (at, round)) in streams.iter().zip(rounds).enumerate() {
            let errands: BTreeMap<Errand, usize> = errands(&round.wanted);
            self.pauses
                .keep(&at.stream, |errand| errands.contains_key(errand));
            for errand in errands.into_keys() {
                match self.pauses.next(&at.stream, &errand) {
                    Some(wait) if wait > now => {
                        next = Some(next.map_or(wait, |next| next.min(wait)));
                    }
                    _ => due.push((place, errand)),
                }
            }
        }
        (due, next)
    }

    /// Brings the book up to the log; what it then wants, stream by stream.
    async fn project(&self, streams: &[Followed]) -> Result<Vec<Vec<Wanted>>, ReadError> {
        let desk = &self.reader.desk;
        let log = desk.with(|clerk| Ok(clerk.log().reader()?)).await?;
        let data = self.data.clone();
        let streams: Vec<StreamId> = streams.iter().map(|at| at.stream.clone()).collect();
        let work = tokio::task::spawn_blocking(move || {
            let books = Books::open(&data)?;
            projector::project(&*log, &books, &Options::default(), &mut |_| {})?;
            let book = projector::open_book_readonly(&data)?;
            let found = streams.iter().map(|stream| wanted(&book, stream));
            Ok::<_, BookError>(found.collect::<Result<_, _>>()?)
        });
        let done = work.await.unwrap_or(Err(BookError::Died));
        done.map_err(|error| ReadError::Sync(error.into()))
    }

    /// Reads the balance where money moved and the last read is old enough.
    pub(super) async fn read_balance(
        &self,
        at: &Followed,
        date_s: Option<i64>,
        round: &mut StreamRound,
    ) -> Result<(), ReadError> {
        let desk = &self.reader.desk;
        let stream = at.stream.clone();
        let (read_s, moved_s) = desk
            .with(move |clerk| {
                let keeper = clerk.keeper();
                let read_s = keeper.cursor(&stream, BALANCE)?;
                Ok((read_s, keeper.cursor(&stream, MOVED)?))
            })
            .await?;
        let Some(date_s) = date_s.filter(|_| moved_s.is_some()) else {
            return Ok(());
        };
        if read_s.is_some_and(|read_s| date_s < read_s + BALANCE_REST_S) {
            return Ok(());
        }
        let errand = Errand::object(BALANCE, BALANCE).expect("the books hold balances");
        let result = self.reader.run(at, &errand).await;
        take(round, &errand, result)?;
        let stream = at.stream.clone();
        desk.with(move |clerk| {
            let keeper = clerk.keeper();
            keeper.write(|keeper| {
                keeper.drop_cursor(&stream, MOVED)?;
                keeper.set_cursor(&stream, BALANCE, date_s)
            })
        })
        .await?;
        Ok(())
    }
}

/// What came of an errand of a stream.
type Ran = (StreamId, Errand, Result<Option<Counts>, ReadError>);

/// Runs errands, some at once; what came of each, in the order in which they ended. A failure that ends everything ends it here.
async fn run_all(runs: impl Iterator<Item = impl Future<Output = Ran>>) -> Vec<Ran> {
    let mut runs = pin!(stream::iter(runs).buffer_unordered(AT_ONCE));
    let mut results = Vec::new();
    while let Some(run) = runs.next().await {
        let is_final = matches!(&run.2, Err(error) if error.is_final());
        results.push(run);
        if is_final {
            break;
        }
    }
    results
}

/// Why the book could not be asked.
#[derive(Debug, thiserror::Error)]
enum BookError {
    #[error(transparent)]
    Projector(#[from] ProjectorError),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("died")]
    Died,
}

impl From<BookError> for SyncError {
    fn from(error: BookError) -> Self {
        match error {
            BookError::Projector(error) => Self::Book(error),
            BookError::Sqlite(source) => Self::Wanted { source },
            BookError::Died => Self::Died,
        }
    }
}

/// Counts what came of an errand.
fn take(
    round: &mut StreamRound,
    errand: &Errand,
    result: Result<Option<Counts>, ReadError>,
) -> Result<(), ReadError> {
    if let Some(Some(counts)) = round.note(errand.what(), result)? {
        round.fetched.add(&counts);
    }
    Ok(())
}
