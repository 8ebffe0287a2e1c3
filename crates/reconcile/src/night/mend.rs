//! What differs for sure gets its cause, and is mended as the policy lets: what was read is appended, and held against the book once more.
//! Nothing is edited, and what appending does not mend is ours.

use std::collections::BTreeMap;

use ledger::Source;
use sync::{Came, Find, Follow};

use super::crew::Crew;
use super::judge::{hash_of, held_single, value_of};
use super::read::reason;
use super::settings::RepairMode;
use super::settle::{differs, heard_since, round};
use super::work::{About, Standing, Suspicion};
use crate::causes::{Suspect, finding_of};
use crate::{Acceptance, Cause, Finding, ReconcileError, Repair};

/// Suspects that are held at once.
const LOAD: u32 = 32;
/// How often what was appended is looked at, if it moves meanwhile.
const LOOKS: u32 = 3;

/// What was appended, by the suspects' numbers: how many entries.
type Mine = BTreeMap<i64, usize>;

/// Traces the cause of everything that differs for sure.
pub(super) async fn trace(crew: &Crew) -> Result<(), ReconcileError> {
    let run = crew.case.run;
    let mut behind = 0;
    loop {
        let some = crew
            .table
            .with(move |bench| bench.work.suspects(run, Standing::Differs, (behind, LOAD)))
            .await?;
        let Some(last) = some.last() else {
            return Ok(());
        };
        behind = last.number;
        let untraced = some.into_iter().filter(|one| one.finding.is_none());
        for (number, finding) in traced(crew, untraced.collect()).await? {
            crew.table
                .with(move |bench| bench.work.keep_finding(number, &finding, (false, None)))
                .await?;
        }
    }
}

/// The findings about these, by their numbers. Those that equal by now are acquitted.
async fn traced(crew: &Crew, some: Vec<Suspicion>) -> Result<Vec<(i64, Finding)>, ReconcileError> {
    let suspects = crew.table.with(move |bench| {
        let (work, book, stream) = bench.parts()?;
        let mut suspects = Vec::with_capacity(some.len());
        for one in some {
            let value = value_of(one.body.as_deref());
            let held = held_single(book, stream, &one.single, &value, one.reading.date_s)?;
            if held.differences.is_empty() {
                work.acquit(one.number)?;
                continue;
            }
            let suspect = Suspect {
                object_type: one.single.object,
                object_id: one.single.stripe_id,
                parent_id: one.single.parent,
                reading: one.reading,
                body: one.body,
                differences: held.differences,
            };
            suspects.push((one.number, suspect));
        }
        Ok(suspects)
    });
    let suspects = suspects.await?;
    let (stream, data) = (crew.at.stream.clone(), crew.data.clone());
    let found = crew.desk.with(move |clerk| {
        clerk.enter(&stream, |_| Ok(()))?;
        let book = projector::open_book_readonly(&data)?;
        let (log, keeper) = (clerk.log(), clerk.keeper());
        let find = |(number, suspect): (i64, Suspect)| {
            Ok((number, finding_of(log, keeper, &book, &stream, &suspect)?))
        };
        let found: Result<Vec<_>, ReconcileError> = suspects.into_iter().map(find).collect();
        Ok(found)
    });
    found.await?
}

/// Why a finding is not repaired; none: it is.
fn held_back(mode: &RepairMode, finding: &Finding, accepted: &[Acceptance]) -> Option<String> {
    let policy = match mode {
        RepairMode::Never => return Some("repairing was not asked for".to_owned()),
        RepairMode::DryRun(policy) | RepairMode::By(policy) => policy,
    };
    let is_accepted = accepted.iter().any(|said| said.covers(finding));
    if is_accepted && !policy.named.contains(&finding.id) {
        return Some("somebody has said that it may be".to_owned());
    }
    if finding.repair == Repair::Look {
        return Some("nothing that could be appended mends it".to_owned());
    }
    let is_dry = matches!(mode, RepairMode::DryRun(_));
    let dry = is_dry.then(|| "it would be repaired; this was a dry run".to_owned());
    policy.holds_back(finding).or(dry)
}

/// Decides what is repaired.
pub(super) async fn decide(
    crew: &Crew,
    mode: RepairMode,
    accepted: Vec<Acceptance>,
) -> Result<(), ReconcileError> {
    let run = crew.case.run;
    crew.table
        .with(move |bench| {
            loop {
                let some = bench.work.suspects(run, Standing::Differs, (0, LOAD))?;
                if some.is_empty() {
                    return Ok(());
                }
                bench.work.write(|work| {
                    for one in &some {
                        let Some(finding) = &one.finding else {
                            work.stand(one.number, Standing::Done)?;
                            continue;
                        };
                        match held_back(&mode, finding, &accepted) {
                            None => work.stand(one.number, Standing::Appended)?,
                            Some(why) => {
                                work.keep_finding(one.number, finding, (false, Some(&why)))?;
                                work.stand(one.number, Standing::Done)?;
                            }
                        }
                    }
                    Ok(())
                })?;
            }
        })
        .await
}

/// Appends what is to be, brings the book up to it, and looks whether it says the same now.
pub(super) async fn mend(crew: &Crew, follow: &mut Follow) -> Result<(), ReconcileError> {
    let at = [crew.at.clone()];
    for look in 0..LOOKS {
        let mine = append(crew, look > 0).await?;
        if mine.is_empty() {
            return Ok(());
        }
        round(follow, &at).await?;
        crew.table.turn().await?;
        let wrong = check(crew, mine, look + 1 == LOOKS).await?;
        accuse(crew, wrong).await?;
    }
    Ok(())
}

/// Appends what was read of each; where it moved since, as it may have while a run was broken off, it is read again, and appended only
/// if the book still says something else.
async fn append(crew: &Crew, again: bool) -> Result<Mine, ReconcileError> {
    let run = crew.case.run;
    let (mut behind, mut mine) = (0, Mine::new());
    loop {
        let some = crew
            .table
            .with(move |bench| bench.work.suspects(run, Standing::Appended, (behind, LOAD)))
            .await?;
        let Some(last) = some.last() else {
            return Ok(mine);
        };
        behind = last.number;
        for (mut one, is_old) in aged(crew, some).await? {
            let is_read_again = again || is_old;
            if is_read_again && !read_again(crew, &mut one).await? {
                continue;
            }
            let own = mine.entry(one.number).or_default();
            if is_read_again && !differs_now(crew, one.clone()).await? {
                continue;
            }
            let (object, id) = (one.single.object, one.single.stripe_id);
            let find = match one.body {
                Some(body) => Find::Object { object, id, body },
                None => Find::Absent { object, id },
            };
            let stream = &crew.at.stream;
            let took = crew
                .desk
                .take(stream, Source::Sync, one.reading, vec![find]);
            let took = took.await?;
            *own = took.iter().filter(|came| **came == Came::Appended).count();
        }
    }
}

/// With each, whether the book has something of it from behind its read.
async fn aged(crew: &Crew, some: Vec<Suspicion>) -> Result<Vec<(Suspicion, bool)>, ReconcileError> {
    crew.table
        .with(move |bench| {
            let (_, book, stream) = bench.parts()?;
            let aged = some.into_iter().map(|one| {
                let is_old = heard_since(book, stream, &one, one.read_seq)? > 0;
                Ok((one, is_old))
            });
            aged.collect()
        })
        .await
}

async fn differs_now(crew: &Crew, one: Suspicion) -> Result<bool, ReconcileError> {
    crew.table
        .with(move |bench| {
            let (_, book, stream) = bench.parts()?;
            differs(book, stream, &one)
        })
        .await
}

/// Reads once more what moved after it had been appended; whether it could be.
async fn read_again(crew: &Crew, one: &mut Suspicion) -> Result<bool, ReconcileError> {
    let (run, number) = (crew.case.run, one.number);
    one.read_seq = crew.head().await?;
    let why = match crew.read(&one.single).await {
        Ok(Some(read)) => {
            one.read_hash = Some(hash_of(&value_of(read.body.as_deref())));
            one.reading = read.reading;
            one.body = read.body;
            let kept = one.clone();
            crew.table
                .with(move |bench| bench.work.keep_read(&kept))
                .await?;
            return Ok(true);
        }
        Ok(None) => "Stripe answers with something else".to_owned(),
        Err(error) => reason(error)?.text,
    };
    let what = format!("{}: {why}", one.single.object);
    crew.table
        .with(move |bench| {
            bench.work.remark(run, About::Unproven, &what)?;
            bench.work.stand(number, Standing::Moved)
        })
        .await?;
    Ok(false)
}

/// Looks what the book says of what was appended; what differs from it and has not moved is ours.
async fn check(crew: &Crew, mine: Mine, is_last: bool) -> Result<Vec<Suspicion>, ReconcileError> {
    let run = crew.case.run;
    crew.table
        .with(move |bench| {
            let (work, book, stream) = bench.parts()?;
            let (mut wrong, mut behind) = (Vec::new(), 0);
            loop {
                let some = work.suspects(run, Standing::Appended, (behind, LOAD))?;
                let Some(last) = some.last() else {
                    return Ok(wrong);
                };
                behind = last.number;
                for one in some {
                    let own = mine.get(&one.number).copied().unwrap_or(0);
                    let has_moved = heard_since(book, stream, &one, one.read_seq)? > own;
                    if !differs(book, stream, &one)? {
                        if let Some(finding) = &one.finding {
                            work.keep_finding(one.number, finding, (true, None))?;
                        }
                        work.stand(one.number, Standing::Done)?;
                    } else if !has_moved {
                        wrong.push(one);
                    } else if is_last {
                        work.stand(one.number, Standing::Moved)?;
                    }
                }
            }
        })
        .await
}

/// What appending did not mend is a defect of ours, and stays open.
async fn accuse(crew: &Crew, wrong: Vec<Suspicion>) -> Result<(), ReconcileError> {
    for (number, finding) in traced(crew, wrong).await? {
        let finding = Finding {
            cause: Cause::OursWrong,
            repair: Repair::Look,
            ..finding
        };
        crew.table
            .with(move |bench| {
                let why = "it was appended, and the book says something else";
                bench
                    .work
                    .keep_finding(number, &finding, (false, Some(why)))?;
                bench.work.stand(number, Standing::Done)
            })
            .await?;
    }
    Ok(())
}
