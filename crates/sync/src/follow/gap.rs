//! Gaps: time of which Stripe lists no events any more. What happened in it can be seen in the objects alone, so all lists
//! are read, and the log is told that its events of that time may be missing.

use std::ops::{ControlFlow, RangeInclusive};

use ledger::{Log, Source, StreamId};
use serde::Deserialize;

use crate::follow::reader::{Followed, ReadError, Reader};
use crate::follow::walk::Trail;
use crate::follow::{Follow, StreamRound, Trouble};
use crate::{BACKFILL_LOCK, Backfill, Keeper, Note, RunLock, Selection, SyncError, Target};

/// For how long Stripe lists events, in seconds, with an hour to spare (<https://docs.stripe.com/api/events>).
const LISTED_S: i64 = 30 * 24 * 60 * 60 - 60 * 60;
/// The two ends of a gap that is not closed yet, among the cursors; 0 is the beginning of everything.
const FROM: &str = "gap.from";
const UNTIL: &str = "gap.until";

/// A time of which Stripe lists no events any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Gap {
    /// The Unix second from which on events may be missing; none: from the beginning.
    pub from_s: Option<i64>,
    /// The Unix second at which the gap was found; the newest thirty days before it have their events.
    pub until_s: i64,
}

/// Remembers that there is a gap, if there is one: events were followed up to the cursor, and now up to `date_s`. All that entries
/// up to `head` hint at is in the lists that close it.
pub(crate) fn find(
    keeper: &Keeper,
    stream: &StreamId,
    date_s: i64,
    head: u64,
) -> Result<(), SyncError> {
    let followed_s = keeper.cursor(stream, Trail::Events.name())?;
    if followed_s.is_some_and(|followed_s| date_s <= followed_s + LISTED_S) {
        return Ok(());
    }
    if keeper.cursor(stream, FROM)?.is_none() {
        keeper.set_cursor(stream, FROM, followed_s.unwrap_or(0))?;
    }
    keeper.set_cursor(stream, UNTIL, date_s)?;
    keeper.set_heard(stream, head)
}

impl Follow {
    /// Where nothing was ever followed and a backfill has read everything, it is where following begins.
    pub(super) async fn begin(&self, at: &Followed) -> Result<(), ReadError> {
        let stream = at.stream.clone();
        let done = self.reader.desk.with(move |clerk| {
            clerk.keeper().write(|keeper| {
                if keeper.cursor(&stream, Trail::Events.name())?.is_some() {
                    return Ok(());
                }
                let all = Selection::all(stream.livemode()).text();
                let Some((until_s, seq)) = keeper.backfilled(&stream, &all)? else {
                    return Ok(());
                };
                keeper.set_cursor(&stream, Trail::Events.name(), until_s)?;
                keeper.set_cursor(&stream, Trail::Transactions.name(), until_s)?;
                keeper.set_heard(&stream, seq)
            })
        });
        Ok(done.await?)
    }

    /// Reads all lists if there is a gap; the gap, once it is closed.
    pub(super) async fn close_gap(
        &self,
        at: &Followed,
        round: &mut StreamRound,
    ) -> Result<Option<Gap>, ReadError> {
        let stream = at.stream.clone();
        let ends = self.reader.desk.with(move |clerk| {
            let keeper = clerk.keeper();
            Ok(keeper
                .cursor(&stream, FROM)?
                .zip(keeper.cursor(&stream, UNTIL)?))
        });
        let Some((from_s, until_s)) = ends.await? else {
            return Ok(None);
        };
        let gap = Gap::between((from_s, until_s));
        self.fill(at, &gap, round).await?;
        let stream = at.stream.clone();
        let done = self.reader.desk.with(move |clerk| {
            clerk.note(&stream, Source::Poll, until_s, gap.note(), |keeper| {
                keeper.end(&stream)?;
                keeper.drop_cursor(&stream, FROM)?;
                keeper.drop_cursor(&stream, UNTIL)?;
                keeper.set_cursor(&stream, Trail::Transactions.name(), until_s)
            })
        });
        done.await?;
        Ok(Some(gap))
    }

    /// Reads every list of the account. What one kind lacks in permissions keeps no gap open: it is told, and once it may be read,
    /// a backfill of it reads it.
    async fn fill(
        &self,
        at: &Followed,
        gap: &Gap,
        round: &mut StreamRound,
    ) -> Result<(), ReadError> {
        let Reader { api, desk, .. } = &self.reader;
        let text = format!("follow is closing a gap as process {}", std::process::id());
        let _lock = RunLock::acquire(&self.data.join(BACKFILL_LOCK), &text)?;
        let (stream, until_s) = (at.stream.clone(), gap.until_s);
        // A run that began before the gap was found would not read what was created in it.
        desk.with(move |clerk| {
            let keeper = clerk.keeper();
            keeper.write(|keeper| keeper.end_before(&stream, until_s))
        })
        .await?;
        let selection = Selection::all(at.stream.livemode());
        let backfill = Backfill::new(api.clone(), desk.clone(), selection);
        let target = Target {
            stream: at.stream.clone(),
            is_own: at.account.is_none(),
        };
        let report = backfill
            .read(&target, &mut |_| {})
            .await
            .map_err(ReadError::of)?;
        round.fetched.add(&report.total());
        for (kind, reason) in report
            .types
            .into_iter()
            .filter_map(|of| of.skipped.map(|reason| (of.kind, reason)))
        {
            let error = ReadError::Skipped { reason };
            round.troubles.push(Trouble { what: kind, error });
        }
        Ok(())
    }
}

impl Gap {
    /// The type of the control entry that tells of one.
    const TYPE: &str = "sync.gap";

    /// Whether events of something that happened between these two seconds, the later one included, may be missing.
    #[must_use]
    pub fn may_hide(&self, from_s: i64, until_s: i64) -> bool {
        self.from_s.is_none_or(|gap_s| gap_s <= until_s) && from_s <= self.listed_from_s()
    }

    /// The Unix second after which Stripe listed all events again when the gap was found.
    #[must_use]
    pub fn listed_from_s(&self) -> i64 {
        self.until_s.saturating_sub(LISTED_S)
    }

    /// As cursors have it.
    fn between((from_s, until_s): (i64, i64)) -> Self {
        Self {
            from_s: Some(from_s).filter(|from_s| *from_s > 0),
            until_s,
        }
    }

    /// As the control entry tells it; none if it tells something else.
    fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// The control entry that tells of it.
    fn note(&self) -> Note {
        let from_s = self
            .from_s
            .map_or("null".to_owned(), |from_s| from_s.to_string());
        let until_s = self.until_s;
        Note {
            type_: Self::TYPE,
            body: format!(
                r#"{{"object":"daybook.control","type":"sync.gap","from_s":{from_s},"until_s":{until_s}}}"#
            ),
        }
    }
}

/// Every time of which Stripe listed no events any more, in the order in which they were found; the one that is not closed yet is the
/// last.
///
/// # Errors
/// When the log, or what sync remembers, can't be read.
pub fn gaps(log: &dyn Log, keeper: &Keeper, stream: &StreamId) -> Result<Vec<Gap>, SyncError> {
    let told = gaps_told(log, stream, 1..=u64::MAX)?;
    let mut gaps: Vec<Gap> = told.into_iter().map(|(_, gap)| gap).collect();
    let open = keeper
        .cursor(stream, FROM)?
        .zip(keeper.cursor(stream, UNTIL)?);
    gaps.extend(open.map(Gap::between));
    Ok(gaps)
}

/// The gaps of which the entries `seqs` of the log tell, each behind the number of its entry: all lists were read by then.
///
/// # Errors
/// When the log can't be read.
pub fn gaps_told(
    log: &dyn Log,
    stream: &StreamId,
    seqs: RangeInclusive<u64>,
) -> Result<Vec<(u64, Gap)>, SyncError> {
    let mut gaps = Vec::new();
    for seq in log.control_seqs(stream, Gap::TYPE, seqs)? {
        log.read(stream, seq..=seq, &mut |entry| {
            gaps.extend(entry.body.and_then(Gap::read).map(|gap| (seq, gap)));
            ControlFlow::Break(())
        })?;
    }
    Ok(gaps)
}
