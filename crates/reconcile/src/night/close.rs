//! The end of a run: what it found and covered is put together and appended, findings first, then the run's own record. It asks Stripe
//! nothing.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use ledger::Source;
use projector::OpenBook;
use sync::Selection;

use super::bench::Bench;
use super::crew::Crew;
use super::kinds::kinds;
use super::work::{About, Standing, Underway, Work};
use crate::balance::Cleared;
use crate::{
    Amount, Basis, Class, ClosedGap, Finding, Lap, Memory, Outcome, Question, ReconcileError,
    Report, Run, Score, State, Sweep, Tracked, Unsettled, events, findings_notes, run_note, sums,
};

/// Suspects that are held at once.
const LOAD: u32 = 64;

/// What a run comes to its end with.
pub(super) struct Closing {
    pub(super) command: String,
    pub(super) only: Vec<String>,
    pub(super) underway: Underway,
    /// What came of the sums; none if they were not come to.
    pub(super) cleared: Option<Cleared>,
    /// Why it ended early.
    pub(super) stopped: Option<String>,
}

/// What stands on the bench at the end.
struct Seen {
    found: Vec<(Finding, bool, Option<String>)>,
    unsettled: Vec<Unsettled>,
    run: Run,
    /// Standing findings whose objects were read: their kinds and ids.
    covered: BTreeSet<(String, String)>,
}

/// Puts the record together.
pub(super) async fn compose(
    crew: &Crew,
    memory: Memory,
    closing: Closing,
) -> Result<(Report, Memory), ReconcileError> {
    let (stream, start_seq) = (crew.at.stream.clone(), closing.underway.start_seq);
    let is_connected = crew.at.account.is_some();
    let (head, missed) = crew
        .desk
        .with(move |clerk| {
            let head = clerk.log().head(&stream)?;
            let missed =
                events::missed_events(clerk.log(), (&stream, is_connected), start_seq, head.seq);
            Ok((head, missed))
        })
        .await?;
    let (all_events, missed) = missed?;
    let livemode = crew.at.stream.livemode();
    crew.table
        .with(move |bench| {
            let standing = memory.standing(&bench.stream)?;
            let mut cleared = closing.cleared.clone();
            if let Some(cleared) = &mut cleared {
                leave_news(&bench.work, closing.underway.id, cleared, &standing)?;
            }
            let cleared = cleared.as_ref();
            let standing = standing.iter().map(|one| &one.outcome.finding);
            let mut seen = look(bench, &closing, standing)?;
            let (_, book, stream) = bench.parts()?;
            let position = book.position(stream)?;
            seen.run.basis = Basis {
                head: format!("{}:{}:{}", stream.as_str(), head.seq, head.hash),
                fold: book::FOLD_VERSION,
                digest: book.digest(stream)?.to_string(),
                clock_s: position.clock_s,
            };
            let mut found = seen.found;
            if closing.only.is_empty() {
                // A run over some kinds leaves them to the next whole one, which would name them again.
                found.extend(missed.into_iter().map(|missed| (missed, true, None)));
            }
            let sum_findings = sums_of(book, stream, cleared, &found)?;
            found.extend(sum_findings.into_iter().map(|sum| (sum, false, None)));
            let mut run = seen.run;
            run.unsettled = seen.unsettled;
            if let Some(cleared) = cleared {
                run.balance_settled = cleared.is_settled;
                run.balances.clone_from(&cleared.balances);
                run.unsettled.extend(cleared.unsettled.iter().cloned());
            }
            score_looks(&mut run, all_events, cleared, &found);
            let is_covered = |finding: &Finding| is_covered(finding, cleared, &seen.covered);
            let findings = memory.judge(stream, &run.run, found, &is_covered)?;
            score_ends(&mut run, &findings);
            run.sweep = sweep(&bench.work, &closing.underway, livemode)?;
            let report = Report {
                stream: bench.stream.as_str().to_owned(),
                run,
                findings,
            };
            Ok((report, memory))
        })
        .await
}

/// Whether a run looked at what a finding is about.
fn is_covered(
    finding: &Finding,
    cleared: Option<&Cleared>,
    covered: &BTreeSet<(String, String)>,
) -> bool {
    let (object, id) = (&finding.object_type, &finding.object_id);
    match finding.class {
        Class::EventMissing => true,
        Class::BalanceDiffers => cleared.is_some_and(|cleared| cleared.is_settled),
        Class::SumDiffers => cleared.is_some_and(|cleared| {
            let mut moved = cleared.unsettled.iter();
            !moved.any(|moved| (&moved.object_type, &moved.object_id) == (object, id))
        }),
        _ => covered.contains(&(object.clone(), id.clone())),
    }
}

/// Sums that held when the run was planned and hold no more are of what happened since, and of what this run has not looked at: they are
/// neither true nor found, unless their object was read.
fn leave_news(
    work: &Work,
    run: i64,
    cleared: &mut Cleared,
    standing: &[Tracked],
) -> Result<(), ReconcileError> {
    let doubts = work.remarks(run, About::Doubt)?;
    let mut findings = Vec::with_capacity(cleared.findings.len());
    for found in cleared.findings.drain(..) {
        let is_old = found.class != Class::SumDiffers
            || doubts.binary_search(&found.id).is_ok()
            || standing
                .iter()
                .any(|one| one.outcome.finding.id == found.id)
            || work.was_read(run, &found.object_type, &found.object_id)?;
        if is_old {
            findings.push(found);
            continue;
        }
        let moved = Unsettled {
            object_type: found.object_type,
            object_id: found.object_id,
        };
        if !cleared.unsettled.contains(&moved) {
            cleared.unsettled.push(moved);
        }
    }
    cleared.findings = findings;
    Ok(())
}

fn sums_of(
    book: &OpenBook,
    stream: &ledger::StreamId,
    cleared: Option<&Cleared>,
    found: &[(Finding, bool, Option<String>)],
) -> Result<Vec<Finding>, ReconcileError> {
    let mut findings = cleared.map_or_else(Vec::new, |cleared| cleared.findings.clone());
    let objects: Vec<Finding> = found.iter().map(|(finding, ..)| finding.clone()).collect();
    sums::explain(book, stream, &mut findings, &objects)?;
    Ok(findings)
}

/// What the work in hand says: the findings, what moved, and what was counted.
fn look<'f>(
    bench: &mut Bench,
    closing: &Closing,
    standing: impl Iterator<Item = &'f Finding>,
) -> Result<Seen, ReconcileError> {
    let (work, underway) = (&bench.work, &closing.underway);
    let run = underway.id;
    let mut found = Vec::new();
    each(work, run, Standing::Done, |one| {
        if let Some(finding) = one.finding {
            found.push((finding, one.is_repaired, one.held_back));
        }
    })?;
    let mut unsettled = Vec::new();
    // What was not come to any more is neither equal nor different, too.
    for standing in [
        Standing::Moved,
        Standing::Open,
        Standing::Differs,
        Standing::Appended,
    ] {
        each(work, run, standing, |one| {
            unsettled.push(Unsettled {
                object_type: one.single.object,
                object_id: one.single.stripe_id,
            });
        })?;
    }
    let covered = covered(work, run, &unsettled, standing)?;
    let tally = work.tally(run)?;
    let mut unproven = work.remarks(run, About::Unproven)?;
    if closing.stopped.is_some() {
        unproven.extend(left(work, run)?);
    }
    let cleared_s = closing.cleared.as_ref().and_then(|cleared| cleared.last_s);
    let cleared_s = cleared_s.unwrap_or(0);
    let run = Run {
        run: underway.name.clone(),
        command: closing.command.clone(),
        only: closing.only.clone(),
        began_s: underway.began_s,
        ended_s: tally.last_s.max(underway.began_s).max(cleared_s),
        finished: closing.stopped.is_none(),
        stopped: closing.stopped.clone(),
        unproven,
        start_seq: underway.start_seq,
        planned_seq: work.planned(run)?,
        objects: tally.objects,
        fields: tally.fields,
        requests: tally.requests,
        gaps: closed_gaps(work, run)?,
        unlisted: work.remarks(run, About::Unlisted)?,
        ..Run::default()
    };
    Ok(Seen {
        found,
        unsettled,
        run,
        covered,
    })
}

/// The gaps that were noted, in the order of time.
fn closed_gaps(work: &Work, run: i64) -> Result<Vec<ClosedGap>, ReconcileError> {
    let noted = work.remarks(run, About::Gap)?;
    let read = |text: &String| serde_json::from_str(text).ok();
    let mut gaps: Vec<ClosedGap> = noted.iter().filter_map(read).collect();
    gaps.sort_by_key(|gap| (gap.until_s, gap.from_s));
    Ok(gaps)
}

/// The standing findings whose objects were read by themselves and stood still.
fn covered<'f>(
    work: &Work,
    run: i64,
    unsettled: &[Unsettled],
    standing: impl Iterator<Item = &'f Finding>,
) -> Result<BTreeSet<(String, String)>, ReconcileError> {
    let moved: BTreeSet<(&str, &str)> = unsettled
        .iter()
        .map(|one| (&*one.object_type, &*one.object_id))
        .collect();
    let mut covered = BTreeSet::new();
    for finding in standing {
        let (object, id) = (&finding.object_type, &finding.object_id);
        if work.was_read(run, object, id)? && !moved.contains(&(object, id)) {
            covered.insert((object.clone(), id.clone()));
        }
    }
    Ok(covered)
}

fn each(
    work: &Work,
    run: i64,
    standing: Standing,
    mut visit: impl FnMut(super::work::Suspicion),
) -> Result<(), ReconcileError> {
    let mut behind = 0;
    loop {
        let some = work.suspects(run, standing, (behind, LOAD))?;
        let Some(last) = some.last() else {
            return Ok(());
        };
        behind = last.number;
        some.into_iter().for_each(&mut visit);
    }
}

/// What a run that ended early did not come to, in words.
fn left(work: &Work, run: i64) -> Result<Vec<String>, ReconcileError> {
    let windows = work.open_windows(run)?;
    let mut left: Vec<String> = Vec::new();
    if !windows.is_empty() {
        left.push(format!("{} windows of lists were not read", windows.len()));
    }
    if !work.open_singles(run, 0, 1)?.is_empty() || !work.open_families(run, 0, 1)?.is_empty() {
        left.push("not all single objects and lists under parents were read".to_owned());
    }
    left.push("balance and sums".to_owned());
    Ok(left)
}

/// How many agreed when they were looked at.
fn score_looks(
    run: &mut Run,
    all_events: u64,
    cleared: Option<&Cleared>,
    found: &[(Finding, bool, Option<String>)],
) {
    let count = |classes: &[Class]| {
        let of = found
            .iter()
            .filter(|(one, ..)| classes.contains(&one.class));
        of.count() as u64
    };
    let missing = count(&[Class::ObjectMissing]);
    let moved = run.unsettled.len() as u64;
    run.complete.of = all_events + run.objects;
    run.complete.agreed = run
        .complete
        .of
        .saturating_sub(missing + count(&[Class::EventMissing]));
    run.truth.of = run.objects.saturating_sub(missing + moved);
    let differing = count(&[Class::ObjectDiffers, Class::ObjectGone]);
    run.truth.agreed = run.truth.of.saturating_sub(differing);
    run.clear.of = cleared.map_or(0, |cleared| cleared.sums);
    let wrong = count(&[Class::BalanceDiffers, Class::SumDiffers]);
    run.clear.agreed = run.clear.of.saturating_sub(wrong);
}

/// How the findings stand in the end.
fn score_ends(run: &mut Run, findings: &[Outcome]) {
    for outcome in findings {
        let score: &mut Score = match outcome.finding.class.question() {
            Question::Complete => &mut run.complete,
            Question::True => &mut run.truth,
            Question::Clear => &mut run.clear,
        };
        score.repaired += u64::from(outcome.state == State::Repaired);
        if outcome.state.is_open() {
            score.open += 1;
            outcome
                .finding
                .at_stake
                .iter()
                .for_each(|amount| add(&mut score.at_stake, amount));
        }
    }
}

fn add(stakes: &mut Vec<Amount>, amount: &Amount) {
    match stakes
        .iter_mut()
        .find(|stake| stake.currency == amount.currency)
    {
        Some(stake) => stake.minor = stake.minor.saturating_add(amount.minor),
        None => stakes.push(amount.clone()),
    }
}

/// How much of history was compared, and where each kind's sweep stands now.
fn sweep(work: &Work, underway: &Underway, livemode: bool) -> Result<Sweep, ReconcileError> {
    let mut sweep = Sweep {
        objects: work.tally(underway.id)?.swept,
        windows: work.read_windows(underway.id)?,
        cut: work.remarks(underway.id, About::Cut)?,
        ..Sweep::default()
    };
    let mut all_since_s = Some(i64::MAX);
    for kind in kinds(&Selection::all(livemode)) {
        let mut laps = underway.laps.iter();
        let old = laps.find(|lap| lap.object_type == kind.object);
        let shares = work.shares(underway.id, kind.object)?;
        let done = shares.iter().take_while(|(_, is_done)| *is_done);
        let last = done
            .inspect(|(share, _)| sweep.compared += share.items)
            .last();
        let lap = match last {
            None => old.cloned(),
            Some((last, _)) => {
                let going = old.filter(|lap| lap.next_s.is_some());
                let began_s = going.map_or(underway.began_s, |lap| lap.began_s);
                let last_began_s = match last.is_last {
                    true => Some(began_s),
                    false => old.and_then(|lap| lap.last_began_s),
                };
                Some(Lap {
                    object_type: kind.object.to_owned(),
                    began_s,
                    next_s: (!last.is_last).then_some(last.span.until_s),
                    last_began_s,
                })
            }
        };
        let whole_s = lap.as_ref().and_then(|lap| lap.last_began_s);
        all_since_s = all_since_s
            .zip(whole_s)
            .map(|(all_s, one_s)| all_s.min(one_s));
        sweep.laps.extend(lap);
    }
    sweep.all_since_s = all_since_s.filter(|all_s| *all_s != i64::MAX);
    Ok(sweep)
}

/// Appends findings and record. Said twice, they are there once.
pub(super) async fn append(crew: &Crew, report: &Report) -> Result<(), ReconcileError> {
    let stream = crew.at.stream.clone();
    let mut notes = findings_notes(&report.run.run, &report.findings);
    notes.push(run_note(&report.run));
    let about_s = report.run.began_s;
    let appended = crew.desk.with(move |clerk| {
        notes
            .into_iter()
            .try_for_each(|note| clerk.note(&stream, Source::Sync, about_s, note, |_| Ok(())))
    });
    Ok(appended.await?)
}
