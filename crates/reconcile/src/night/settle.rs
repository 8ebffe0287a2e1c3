//! Looking again at what differed, until it stands still or turns out to be equal: late events and rows come in, and replicas catch up.
//! Decides what differs for sure, not why.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use projector::OpenBook;
use sync::{Follow, Followed, ReadError};

use super::bench::Bench;
use super::crew::{AT_ONCE, Crew};
use super::judge::{hash_of, held_single, value_of};
use super::read::reason;
use super::work::{About, Standing, Suspicion};
use crate::ReconcileError;
use crate::balance::WAITS_S;

/// Two reads that say the same are one where a replica may have given both: they are so many seconds apart, if patience lasts so long.
const APART_S: u64 = 5;
/// Suspects that are held at once.
const LOAD: u32 = 64;

/// Looks at all suspects again, as long as patience lasts. Brings log and book up to Stripe each time.
pub(super) async fn settle(
    crew: &Crew,
    follow: &mut Follow,
    patience_s: u64,
    told: &mut (dyn FnMut(u64) + Send),
) -> Result<(), ReconcileError> {
    let run = crew.case.run;
    let at = [crew.at.clone()];
    let apart_s = i64::try_from(APART_S.min(patience_s)).unwrap_or(0);
    let mut tries = tries_of(crew).await?;
    let mut waited_s = WAITS_S.iter().take(tries).sum::<u64>();
    while tries < WAITS_S.len() {
        let open = count(crew).await?;
        told(open);
        if open == 0 {
            return Ok(());
        }
        waited_s += WAITS_S[tries];
        if waited_s > patience_s && tries > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_secs(WAITS_S[tries])).await;
        read_again(crew, apart_s).await?;
        round(follow, &at).await?;
        crew.table.turn().await?;
        compare_again(crew).await?;
        tries += 1;
        let tried = u32::try_from(tries).expect("there are few tries");
        crew.table
            .with(move |bench| bench.work.tried(run, tried))
            .await?;
        crew.count_requests().await?;
    }
    end(crew, apart_s).await
}

async fn tries_of(crew: &Crew) -> Result<usize, ReconcileError> {
    let run = crew.case.run;
    let tries = crew.table.with(move |bench| bench.work.tries(run));
    Ok(tries.await? as usize)
}

async fn count(crew: &Crew) -> Result<u64, ReconcileError> {
    let run = crew.case.run;
    crew.table
        .with(move |bench| bench.work.suspects_count(run, Standing::Open))
        .await
}

/// One round of following; what only part of it came upon is for the next one.
pub(super) async fn round(follow: &mut Follow, at: &[Followed]) -> Result<(), ReadError> {
    follow.round(at).await.map(drop)
}

/// Reads every suspect again that is not sure yet.
async fn read_again(crew: &Crew, apart_s: i64) -> Result<(), ReconcileError> {
    let run = crew.case.run;
    let head_seq = crew.head().await?;
    let mut behind = 0;
    loop {
        let some = crew
            .table
            .with(move |bench| bench.work.suspects(run, Standing::Open, (behind, LOAD)))
            .await?;
        let Some(last) = some.last() else {
            return Ok(());
        };
        behind = last.number;
        let due = some
            .into_iter()
            .filter(|suspicion| !is_sure(suspicion, apart_s));
        let mut reads = stream::iter(due)
            .map(|suspicion| read_one(crew, suspicion, head_seq))
            .buffer_unordered(AT_ONCE);
        while let Some(read) = reads.next().await {
            read?;
        }
    }
}

/// Whether two reads in a row, far enough apart, said what was read.
fn is_sure(suspicion: &Suspicion, apart_s: i64) -> bool {
    let read_s = suspicion.reading.date_s;
    let since_s = suspicion.same_since_s;
    suspicion.read_hash.is_some()
        && read_s
            .zip(since_s)
            .is_some_and(|(read_s, since_s)| read_s - since_s >= apart_s)
}

async fn read_one(
    crew: &Crew,
    mut suspicion: Suspicion,
    head_seq: u64,
) -> Result<(), ReconcileError> {
    let run = crew.case.run;
    let (number, object) = (suspicion.number, suspicion.single.object.clone());
    let why = match crew.read(&suspicion.single).await {
        Ok(Some(read)) => {
            let hash = hash_of(&value_of(read.body.as_deref()));
            if suspicion.read_hash != Some(hash) {
                suspicion.same_since_s = read.reading.date_s;
            }
            suspicion.read_hash = Some(hash);
            suspicion.read_seq = head_seq;
            suspicion.reading = read.reading;
            suspicion.body = read.body;
            let keep = crew
                .table
                .with(move |bench| bench.work.keep_read(&suspicion));
            return keep.await;
        }
        Ok(None) => "Stripe answers with something else".to_owned(),
        Err(error) => reason(error)?.text,
    };
    crew.table
        .with(move |bench| {
            let what = format!("{object}: {why}");
            bench.work.remark(run, About::Unproven, &what)?;
            bench.work.stand(number, Standing::Moved)
        })
        .await
}

/// Holds every suspect against the book once more.
async fn compare_again(crew: &Crew) -> Result<(), ReconcileError> {
    let run = crew.case.run;
    crew.table
        .with(move |bench| {
            let (work, book, stream) = bench.parts()?;
            let mut behind = 0;
            loop {
                let some = work.suspects(run, Standing::Open, (behind, LOAD))?;
                let Some(last) = some.last() else {
                    return Ok(());
                };
                behind = last.number;
                work.write(|work| {
                    for suspicion in &some {
                        if !differs(book, stream, suspicion)? {
                            work.acquit(suspicion.number)?;
                        } else if heard_since(book, stream, suspicion, suspicion.read_seq)? > 0 {
                            work.read_again(suspicion.number)?;
                        }
                    }
                    Ok(())
                })?;
            }
        })
        .await
}

/// Whether what was read of it is not what the book says.
pub(super) fn differs(
    book: &OpenBook,
    stream: &ledger::StreamId,
    suspicion: &Suspicion,
) -> Result<bool, ReconcileError> {
    let value = value_of(suspicion.body.as_deref());
    let read_s = suspicion.reading.date_s;
    let held = held_single(book, stream, &suspicion.single, &value, read_s)?;
    Ok(!held.differences.is_empty())
}

/// How many entries behind this one the book has of it.
pub(super) fn heard_since(
    book: &OpenBook,
    stream: &ledger::StreamId,
    suspicion: &Suspicion,
    seq: u64,
) -> Result<usize, ReconcileError> {
    let single = &suspicion.single;
    let entries = book.entries_of(stream, &single.object, &single.id)?;
    Ok(entries.iter().filter(|entry| **entry > seq).count())
}

/// What is sure differs; what is not has moved each time.
async fn end(crew: &Crew, apart_s: i64) -> Result<(), ReconcileError> {
    let run = crew.case.run;
    crew.table
        .with(move |bench| sort_out(bench, run, apart_s))
        .await
}

fn sort_out(bench: &mut Bench, run: i64, apart_s: i64) -> Result<(), ReconcileError> {
    loop {
        let some = bench.work.suspects(run, Standing::Open, (0, LOAD))?;
        if some.is_empty() {
            return Ok(());
        }
        bench.work.write(|work| {
            for suspicion in &some {
                let standing = match is_sure(suspicion, apart_s) {
                    true => Standing::Differs,
                    false => Standing::Moved,
                };
                work.stand(suspicion.number, standing)?;
            }
            Ok(())
        })?;
    }
}
